from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured


class FindingsConfig(AppConfig):
    name = "lawcompare.findings"

    def ready(self) -> None:
        # A rule file with a mistake stops the start with its line, not the first page that needs it.
        from lawcompare.engine.errors import EngineError
        from lawcompare.engine.rules.runner import check_rules
        from lawcompare.findings.job import run_examination
        from lawcompare.findings.models import Examination
        from lawcompare.jobs.registry import register
        from lawcompare.laws.access import visible_jobs

        register(Examination, run_examination, visible_jobs(Examination))
        try:
            check_rules()
        except EngineError as error:
            raise ImproperlyConfigured(str(error)) from None
