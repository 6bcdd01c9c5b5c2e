from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "lawcompare.imports"

    def ready(self) -> None:
        from lawcompare.accounts.leaving import OPENINGS, Opening
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.imports.access import visible_drafts, visible_fetches
        from lawcompare.imports.models import DraftPage, ImportDraft
        from lawcompare.imports.uscode.models import Fetch

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
                "lawcompare.imports.upload.reading.run_reading",
                ImportDraft,
                field="reading_job",
                visible=visible_drafts,
                retried_by="import",
                is_private=True,  # what the file is called is its organisation's own
                steps=steps,
                unit="pages",
                counted_steps=("pages", "recognising"),
            ),
            Kind(
                "amending",
                _("carrying out of an act"),
                "lawcompare.imports.amending.services.run_amending",
                ImportDraft,
                field="reading_job",
                visible=visible_drafts,
                retried_by="import",
                is_private=True,
                steps={"reading": _("Opening the text"), "carrying-out": _("Carrying out the instructions")},
                unit="clauses",
            ),
            Kind(
                "storing",
                _("storing of a text"),
                "lawcompare.imports.storing.services.run_storing",
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

        OPENINGS.append(Opening(
            "import", "taken_by",
            lambda: DraftPage.objects.exclude(taken_by=None).filter(read_at=None).select_related("draft__organisation"),
            lambda: {"taken_by": None}, "give pages back",
            lambda row: _("Page %(number)s of an import, which waits to be read") % {"number": row.number},
            "draft__organisation",
        ))  # fmt: skip
        fetching = {
            "fetching": _("Fetching the file"),
            "storing": _("Reading and storing"),
            "carrying": _("Comparing, and carrying what was stated"),
        }
        register(
            Kind(
                "fetch",
                _("fetch of US law"),
                "lawcompare.imports.uscode.fetching.run_fetch",
                Fetch,
                visible=visible_fetches,
                retried_by="import",
                steps=fetching,
                attempts_max=5,
            )
        )
        if settings.USCODE_CHECK:
            check = "lawcompare.imports.uscode.fetching.check_current"
            register(Kind("release-check", "weekly check of US law", check, every=timedelta(weeks=1)))
