from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lawcompare.imports"

    def ready(self) -> None:
        from lawcompare.imports.access import visible_readings, visible_storings
        from lawcompare.imports.models import Reading, Storing
        from lawcompare.jobs.registry import register, register_chore

        register(Reading, "lawcompare.imports.upload.reading_job.run_reading", visible_readings, retried_by="import")
        register(Storing, "lawcompare.imports.storing.job.run_storing", visible_storings, retried_by="import")
        register_chore("lawcompare.imports.upload.services.forget_names")
