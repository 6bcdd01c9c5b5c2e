from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "lawcompare.publishing"

    def ready(self) -> None:
        from lawcompare.annotations.access import visible_carryings
        from lawcompare.annotations.models import Carrying
        from lawcompare.core.jobs.registry import Kind, register

        register(
            Kind(
                "carrying",
                _("search for notes in a later text"),
                "lawcompare.publishing.carry_notes.run_carrying",
                Carrying,
                visible=visible_carryings,
                steps={"carrying": _("Looking for the words")},
                unit="notes",
                attempts_max=12,  # it goes on where it ended, and is requested again when more notes are there
            )
        )
