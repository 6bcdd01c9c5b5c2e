from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "lawcompare.findings"

    def ready(self) -> None:
        from lawcompare.findings.models import Examination
        from lawcompare.jobs.registry import register
        from lawcompare.laws.access import visible_jobs

        register(Examination, "lawcompare.findings.job.run_examination", visible_jobs(Examination))
