from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "lawcompare.mail"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register, register_chore
        from lawcompare.mail.access import visible_deliveries
        from lawcompare.mail.models import Delivery

        register(Delivery, "lawcompare.mail.job.run_delivery", visible_deliveries)
        register_chore("lawcompare.mail.services.tidy")
