from django.apps import AppConfig


class CrosswalkConfig(AppConfig):
    name = "lawcompare.crosswalk"

    def ready(self) -> None:
        from lawcompare.crosswalk.access import visible_runs
        from lawcompare.crosswalk.models import SuggestionRun
        from lawcompare.jobs.registry import register

        register(SuggestionRun, "lawcompare.crosswalk.suggestions.job.run_suggestions", visible_runs)
