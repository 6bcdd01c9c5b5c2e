from django.apps import AppConfig


class UscodeConfig(AppConfig):
    name = "lawcompare.uscode"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register
        from lawcompare.uscode.access import visible_fetches
        from lawcompare.uscode.models import Fetch

        register(Fetch, "lawcompare.uscode.job.run_fetch", visible_fetches, retried_by="import")
