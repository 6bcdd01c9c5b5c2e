from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

    from lawcompare.accounts.models import Organisation, Person
    from lawcompare.comparisons.models import Comparison
    from lawcompare.laws.models import Version

# Called with both texts, and in whose turn to work, after people said otherwise where clauses went; apps above add to
# it in their ``apps.py``.
after_correction: list[Callable[[Version, Version, Organisation | None], None]] = []


def _visible_jobs(user: Person) -> QuerySet[Comparison]:
    # Imported when it is asked: what compares texts takes a second to import, and most commands ask nothing of it.
    from lawcompare.comparisons.access import visible_jobs

    return visible_jobs(user)


class ComparisonsConfig(AppConfig):
    name = "lawcompare.comparisons"

    def ready(self) -> None:
        from lawcompare.comparisons.models import Comparison, ComparisonFile
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.laws.access import visible_versions
        from lawcompare.laws.models import Version

        computing, files = "lawcompare.comparisons.computing.compare", "lawcompare.comparisons.exports"
        steps = {
            "reading": _("Reading both texts"),
            "mapping": _("Finding which clauses belong together"),
            "marking": _("Marking the words that changed"),
            "storing": _("Storing the result"),
        }
        register(
            Kind(
                "comparison",
                _("comparison"),
                f"{computing}.run_comparison",
                Comparison,
                visible=_visible_jobs,
                steps=steps,
                unit="clauses",
            ),
            Kind(
                "translationmapping",
                _("clause map of a translation"),
                f"{computing}.map_translation",
                Version,
                field="mapping_job",
                visible=visible_versions,
            ),
            Kind(
                "comparisonfile",
                _("file of a comparison"),
                f"{files}.run_file",
                ComparisonFile,
                steps={"writing": _("Writing the file")},
                unit="paragraphs",
            ),
            Kind(
                "earlier-rules",
                "comparison of texts that were compared by earlier rules",
                "lawcompare.comparisons.services.compare_anew",
                every=timedelta(minutes=10),
            ),
            Kind(
                "old-files",
                "deletion of files that are no longer given out",
                f"{files}.forget_old_files",
                every=timedelta(minutes=10),
            ),
        )
