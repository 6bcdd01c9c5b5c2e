from django.apps import AppConfig


class CrosswalkConfig(AppConfig):
    name = "lawcompare.crosswalk"

    def ready(self) -> None:
        from lawcompare.crosswalk.access import visible_runs
        from lawcompare.crosswalk.models import SuggestionRun
        from lawcompare.crosswalk.suggestions.job import run_suggestions
        from lawcompare.jobs.registry import register

        register(SuggestionRun, run_suggestions, visible_runs)
