from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "lawcompare.mail"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register, register_chore
        from lawcompare.mail.access import visible_deliveries
        from lawcompare.mail.job import run_delivery
        from lawcompare.mail.models import Delivery
        from lawcompare.mail.services import tidy

        register(Delivery, run_delivery, visible_deliveries)
        register_chore(tidy)
