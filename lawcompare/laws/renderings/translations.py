"""Versions that translate one another, and which clause of one corresponds to which of the other."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.db.models import Q

from lawcompare.core.jobs import services as jobs
from lawcompare.engine.align import align_translations
from lawcompare.languages import reader_language
from lawcompare.laws.documents import BATCH, load_document
from lawcompare.laws.models import Clause, ClauseTranslation, Version

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
        Version.objects.select_for_update(no_key=True).get(pk=translation.pk)
        translation.clause_translations.all().delete()
        ClauseTranslation.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def request_mapping(translation: Version) -> None:
    """Have the clause map between a translation and its original made, or made anew."""
    jobs.request("translationmapping", translation, translation.brought_by)


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


def original_of(version: Version) -> int:
    """Returns the id of the version with which this one is counted: of what it renders, or its own."""
    return version.translates_id or version.pk


def standing_translations(original: Version, others: Iterable[Version]) -> list[Version]:
    """Returns those of other texts that stand for this one, in their order, but those of its originator last.

    The last is shown: what staff confirmed of somebody else takes nobody's own place. Asks nothing of visible texts.
    """
    of_it = [other for other in others if other.translates_id == original.pk]
    for other in of_it:
        other.translates = original
    return sorted((other for other in of_it if other.stands), key=attrgetter("is_by_originator"))


def families(versions: Iterable[Version]) -> list[Version]:
    """Returns the texts without renderings of others among them, in their order. Asks nothing of visible ones.

    Each has ``renderings``, those among them that stand for it, and ``shown``: itself, or the last of those in the
    reader's language, to which a page leads.
    """
    listed = list(versions)
    known = {version.pk for version in listed}
    originals = [version for version in listed if version.translates_id not in known and version.stands]
    for version in originals:
        of_it = standing_translations(version, listed)
        version.renderings = of_it  # type: ignore[attr-defined]
        version.shown = in_language(version, of_it, reader_language().code)  # type: ignore[attr-defined]
    return originals


def in_language(original: Version, renderings: Iterable[Version], language: str) -> Version:
    """Returns the last rendering of a text in a language; the text itself where it is in it, or none is."""
    if original.language == language:
        return original
    return next((one for one in reversed(list(renderings)) if one.language == language), original)


def members_in(language: str, versions: Iterable[Version]) -> list[Version]:
    """Returns of each text, with its renderings among the versions, the one in a language; the text without one."""
    return [in_language(each, each.renderings, language) for each in families(versions)]  # type: ignore[attr-defined]


def comparable(version: Version, others: Iterable[Version]) -> list[Version]:
    """Returns of each other text of the law the one that this is compared with: in its language, where there is one."""
    others = list(others)
    root = next((one for one in others if one.pk == version.translates_id), version)
    family = {root.pk, version.pk, *(one.pk for one in others if one.translates_id == root.pk)}
    return members_in(version.language, [one for one in others if one.pk not in family])


def public_renderings(versions: Iterable[Version]) -> dict[int, Version]:
    """Returns original -> what stands for it in the reader's language. Asks nothing where all are in it."""
    language = reader_language().code
    foreign = {version.pk for version in versions if version.language != language}
    if not foreign:
        return {}
    rows = Version.objects.published().standing().filter(translates__in=foreign, language=language)
    rows = rows.select_related("law", "origin__organisation", "translates__origin__organisation")
    ordered = sorted(rows.order_by("date", "slug"), key=attrgetter("is_by_originator"))
    return {row.translates_id: row for row in ordered if row.translates_id}


def set_shown(clauses: Iterable[Clause]) -> None:
    """Set ``shown`` of each clause: its public rendering in the reader's language, or itself. Two queries at most.

    The version of each must be loaded.
    """
    clauses = list(clauses)
    renderings = public_renderings({clause.version_id: clause.version for clause in clauses}.values())
    wanted = [clause.pk for clause in clauses if clause.version_id in renderings]
    rows: Any = []
    if wanted:
        rows = ClauseTranslation.objects.filter(
            original__in=wanted, translation_version__in=[version.pk for version in renderings.values()]
        ).select_related("translation")
    shown: dict[int, Clause] = {}
    by_pk = {version.pk: version for version in renderings.values()}
    for row in rows.order_by("translation__position") if wanted else ():
        row.translation.version = by_pk[row.translation_version_id]
        shown.setdefault(row.original_id, row.translation)
    for clause in clauses:
        clause.shown = shown.get(clause.pk, clause)  # type: ignore[attr-defined]


def rendering_among(version: Version, others: Iterable[Version]) -> Version | None:
    """Returns the one of ``others`` that this version translates or that stands for it, or None."""
    others = list(others)
    original = next((one for one in others if one.pk == version.translates_id), None)
    return original or next(reversed(standing_translations(version, others)), None)


def set_renderings(clauses: Iterable[Clause], rendering: Version | None) -> None:
    """Set ``in_other_language`` of each clause to its counterparts. One query, or none."""
    clauses = list(clauses)
    aligned = aligned_clauses(clauses, rendering) if rendering else {}
    for clause in clauses:
        others = aligned.get(clause.pk, [])
        for other in others:
            other.version = rendering  # type: ignore[assignment]
        clause.in_other_language = others  # type: ignore[attr-defined]
