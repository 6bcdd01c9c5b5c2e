"""What a worker does for a comparison, and for the clause map between a text and its translation."""

from django.db import transaction
from django.db.models import Q

from lawcompare.comparisons.computing.compare import compare
from lawcompare.comparisons.models import ENGINE, Comparison, Concordance
from lawcompare.comparisons.services import follow_decisions, lock_texts
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.crosswalk.values.services import carry_values
from lawcompare.laws.models import Version
from lawcompare.laws.renderings import translations


def run_comparison(comparison: Comparison, report: Report) -> None:
    compare(comparison, report)
    old, new = comparison.old, comparison.new
    is_later = old.date < new.date or new.corrects_id == old.pk
    if old.law_id == new.law_id and old.language == new.language and is_later:
        carry_values(old, new)


def map_translation(version: Version, report: Report) -> None:
    """Find which clause of a translation renders which clause of its original; what people decided stays."""
    if version.translates is None:
        return
    decided = Concordance.objects.between(version.translates.pk, version.pk).in_force()
    decided = decided.select_related("decision__organisation", "decision__by")
    with transaction.atomic():
        comparisons = list(Comparison.objects.current().filter(Q(old=version) | Q(new=version), engine=ENGINE))
        lock_texts(version.pk, *(comparison.new_id for comparison in comparisons))
        translations.map_translation(version, {(row.old_id, row.new_id): row.credit for row in decided})
        for comparison in comparisons:
            follow_decisions(comparison)
        if version.mapping_job is not None:
            finish(version.mapping_job)
