from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "lawcompare.core"

    def ready(self) -> None:
        from lawcompare.core import numbers  # noqa: F401  # how numbers stand in addresses
        from lawcompare.core.jobs import tasks  # noqa: F401  # sent by name
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.core.mail import KEPT_FOR

        function = "lawcompare.core.mail.send_email"
        kind = Kind("email", "e-mail", function, retried_by="", attempts_max=1, goes_first=True, kept_for=KEPT_FOR)
        register(kind)
