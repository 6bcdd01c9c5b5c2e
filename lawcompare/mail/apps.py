from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "lawcompare.mail"

    def ready(self) -> None:
        from lawcompare.jobs.registry import Kind, register
        from lawcompare.mail.services import KEPT_FOR

        function = "lawcompare.mail.services.send_email"
        register(Kind("email", "e-mail", function, retried_by="", attempts_max=1, kept_for=KEPT_FOR))
