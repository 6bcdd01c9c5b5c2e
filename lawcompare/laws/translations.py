"""Versions that translate one another, and which clause of one corresponds to which of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q

from lawcompare.engine.align import align_translations
from lawcompare.jobs import services as jobs
from lawcompare.laws.documents import BATCH, load_document
from lawcompare.laws.models import Clause, ClauseTranslation, TranslationMapping, Version

# Ids of clauses set together, or set apart where one is missing -> whose word it is.
Decided = Mapping[tuple[int | None, int | None], str]


def map_translation(translation: Version, decided: Decided) -> int:
    """Compute which clause translates which, and store it in place of the earlier map. Returns the number of pairs.

    Safe to run twice; what people decided (``decided``) is kept.
    """
    original = translation.translates
    if original is None:
        return 0
    olds, news = (dict(version.clauses.values_list("eid", "pk")) for version in (original, translation))
    names = {pk: eid for eids in (olds, news) for eid, pk in eids.items()}
    decided_eids = [(names.get(old or 0), names.get(new or 0)) for old, new in decided]
    pairs = align_translations(load_document(original), load_document(translation), decided=decided_eids)
    rows = [
        ClauseTranslation(
            original_version=original,
            translation_version=translation,
            original_id=olds[pair.old],
            translation_id=news[pair.new],
            confidence=pair.confidence,
            evidence=list(pair.evidence),
            confirmed_by=decided.get((olds[pair.old], news[pair.new]), ""),
        )
        for pair in pairs
    ]
    with transaction.atomic():
        Version.objects.select_for_update().get(pk=translation.pk)
        translation.clause_translations.all().delete()
        ClauseTranslation.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def request_mapping(translation: Version) -> None:
    """Have the clause map between a translation and its original made, or made anew."""
    jobs.request(TranslationMapping, version=translation)


def aligned_clauses(clauses: Iterable[Clause], other: Version) -> dict[int, list[Clause]]:
    """Returns for the id of each clause its counterparts in ``other``. One query.

    ``other`` is a translation of the text the clauses are of, or what that text translates. A clause without a
    counterpart is missing. The caller has checked that ``other`` may be seen.
    """
    wanted = {clause.pk for clause in clauses}
    rows = ClauseTranslation.objects.filter(
        Q(original__in=wanted, translation_version=other) | Q(translation__in=wanted, original_version=other)
    ).select_related("original", "translation")
    aligned: dict[int, list[Clause]] = {}
    for row in rows.order_by("original__position", "translation__position"):
        here, there = row.original, row.translation
        if here.pk not in wanted:
            here, there = there, here
        aligned.setdefault(here.pk, []).append(there)
    return aligned


def rendering_among(version: Version, others: Iterable[Version]) -> Version | None:
    """Returns the one of ``others`` that translates this version or that it translates, or None."""
    return next((one for one in others if version.pk == one.translates_id or one.pk == version.translates_id), None)


def set_renderings(clauses: Iterable[Clause], rendering: Version | None) -> None:
    """Set ``in_other_language`` of each clause to its counterparts. One query, or none."""
    clauses = list(clauses)
    aligned = aligned_clauses(clauses, rendering) if rendering else {}
    for clause in clauses:
        others = aligned.get(clause.pk, [])
        for other in others:
            other.version = rendering  # type: ignore[assignment]
        clause.in_other_language = others  # type: ignore[attr-defined]
