"""Texts that render one another in two languages, and which clause of one is which clause of the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from lawcompare.engine.align import align_translations
from lawcompare.jobs import services as jobs
from lawcompare.laws.access import visible_versions
from lawcompare.laws.documents import BATCH, load_document
from lawcompare.laws.models import Clause, ClauseTranslation, TranslationMapping, Version, VersionQuerySet

# Ids of clauses set together, or set apart where one is missing -> whose word it is.
Decided = Mapping[tuple[int | None, int | None], str]


def map_translation(translation: Version, decided: Decided) -> int:
    """Find which clause renders which, and store it in place of what was found before. Returns how many pairs.

    Safe to run twice; ``decided`` is kept.
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


def renderings_of(user: Any, version: Version) -> VersionQuerySet:
    """Texts in the other language of which the clause map is known, and which the person may see. One query."""
    linked = Q(translates=version) | Q(pk=version.translates_id)
    return visible_versions(user).filter(linked).order_by("date", "slug")


def aligned_clauses(clauses: Iterable[Clause], other: Version) -> dict[int, list[Clause]]:
    """Id of each clause -> the clauses of ``other`` that say the same in the other language. One query.

    ``other`` is a translation of the text the clauses are of, or what that text translates. A clause that has none
    there is not in the answer. Whether ``other`` may be seen is for the caller to have asked.
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
    """The text among others that renders this one in the other language, or that this one renders."""
    return next((one for one in others if version.pk == one.translates_id or one.pk == version.translates_id), None)


def set_renderings(clauses: Iterable[Clause], rendering: Version | None) -> None:
    """Give each clause as ``in_other_language`` those of the other language that say the same. One query, or none."""
    clauses = list(clauses)
    aligned = aligned_clauses(clauses, rendering) if rendering else {}
    for clause in clauses:
        others = aligned.get(clause.pk, [])
        for other in others:
            other.version = rendering  # type: ignore[assignment]
        clause.in_other_language = others  # type: ignore[attr-defined]


def aligned_version(version: Version, other: Version) -> dict[int, list[int]]:
    """Id of each clause of a whole text -> ids in ``other``, for pages that have both texts at hand. One query."""
    aligned: dict[int, list[int]] = {}
    rows = ClauseTranslation.objects.filter(
        Q(original_version=version, translation_version=other) | Q(original_version=other, translation_version=version)
    )
    for original, translation, first in rows.values_list("original_id", "translation_id", "original_version_id"):
        here, there = (original, translation) if first == version.pk else (translation, original)
        aligned.setdefault(here, []).append(there)
    return aligned
