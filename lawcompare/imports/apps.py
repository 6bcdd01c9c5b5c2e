from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "lawcompare.imports"

    def ready(self) -> None:
        from lawcompare.imports.access import visible_readings, visible_storings
        from lawcompare.imports.models import Reading, Storing
        from lawcompare.imports.storing.job import run_storing
        from lawcompare.imports.upload.reading_job import run_reading
        from lawcompare.imports.upload.services import forget_names
        from lawcompare.jobs.registry import register, register_chore

        register(Reading, run_reading, visible_readings, retried_by="import")
        register(Storing, run_storing, visible_storings, retried_by="import")
        register_chore(forget_names)
