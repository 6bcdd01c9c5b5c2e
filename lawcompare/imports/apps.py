from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "lawcompare.imports"

    def ready(self) -> None:
        from lawcompare.imports.access import visible_drafts
        from lawcompare.imports.models import ImportDraft
        from lawcompare.jobs.registry import Kind, register

        steps = {
            "": _("Opening the file"),
            "pages": _("Reading the pages"),
            "recognising": _("Recognising the text in the pictures"),
            "clauses": _("Finding the clauses"),
        }
        register(
            Kind(
                "reading",
                _("reading of a file"),
                "lawcompare.imports.upload.reading_job.run_reading",
                ImportDraft,
                field="reading_job",
                visible=visible_drafts,
                retried_by="import",
                is_private=True,  # what the file is called is its organisation's own
                steps=steps,
                unit="pages",
                counted_steps=("pages", "recognising"),
                at_once_max=settings.READINGS_AT_ONCE,
            ),
            Kind(
                "storing",
                _("storing of a text"),
                "lawcompare.imports.storing.store.run_storing",
                ImportDraft,
                field="storing_job",
                visible=visible_drafts,
                retried_by="import",
                is_private=True,
                steps={"publishing": _("Publishing"), "keeping": _("Keeping it for your organisation")},
                unit="clauses",
                is_one_transaction=True,
            ),
            Kind(
                "forgotten-names",
                "deletion of the names of files",
                "lawcompare.imports.upload.services.forget_names",
                every=timedelta(minutes=10),
            ),
        )
