from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CrosswalkConfig(AppConfig):
    name = "lawcompare.crosswalk"

    def ready(self) -> None:
        from lawcompare.crosswalk.access import visible_runs
        from lawcompare.crosswalk.models import SuggestionRun
        from lawcompare.jobs.registry import Kind, register

        register(
            Kind(
                "suggestionrun",
                _("search for counterparts"),
                "lawcompare.crosswalk.suggestions.services.run_suggestions",
                SuggestionRun,
                visible=visible_runs,
                steps={"searching": _("Looking for counterparts")},
            )
        )
