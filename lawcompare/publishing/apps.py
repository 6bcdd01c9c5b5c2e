from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from lawcompare.accounts.models import Organisation
    from lawcompare.laws.models import Version


def _search_anew(old: Version, new: Version, owner: Organisation | None) -> None:
    # Imported when it is asked: what finds words again takes a second to import, and most commands ask nothing of it.
    from lawcompare.publishing.carrying_forward.services import search_anew

    search_anew(old, new, owner)


class PublishingConfig(AppConfig):
    name = "lawcompare.publishing"

    def ready(self) -> None:
        from lawcompare.comparisons.apps import after_correction
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.publishing.access import visible_carryings
        from lawcompare.publishing.models import Carrying

        after_correction.append(_search_anew)
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
