from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "lawcompare.publishing"

    def ready(self) -> None:
        from lawcompare.comparisons.services import after_correction
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.publishing.access import visible_carryings
        from lawcompare.publishing.carrying_forward.services import search_anew
        from lawcompare.publishing.models import Carrying

        after_correction.append(search_anew)
        register(
            Kind(
                "carrying",
                _("search for notes in a later text"),
                "lawcompare.publishing.carrying_forward.find_notes.run_carrying",
                Carrying,
                visible=visible_carryings,
                steps={"carrying": _("Looking for the words")},
                unit="notes",
                attempts_max=12,  # it goes on where it ended, and is requested again when more notes are there
            )
        )
