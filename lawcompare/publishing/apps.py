from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "lawcompare.publishing"

    def ready(self) -> None:
        from lawcompare.comparisons.apps import ComparisonsConfig
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.publishing.access import visible_carryings
        from lawcompare.publishing.models import Carrying

        ComparisonsConfig.after_correction.append(_search_notes_anew)
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


def _search_notes_anew(old: Any, new: Any) -> None:
    from lawcompare.publishing.carrying_forward.services import search_anew  # what it needs takes long to load

    search_anew(old, new)
