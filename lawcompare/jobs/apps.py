from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "lawcompare.jobs"

    def ready(self) -> None:
        from lawcompare.jobs import tasks  # noqa: F401  # sent by name
