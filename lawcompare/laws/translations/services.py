"""Texts that translate another: which clause answers which, which one is shown, and whether it was checked."""

from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import EDITORS, Confirmation, Organisation, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.engine.align import align_translations
from lawcompare.languages import reader_language
from lawcompare.laws.access import visible_versions
from lawcompare.laws.documents import BATCH, load_document
from lawcompare.laws.models import Clause, ClauseTranslation, TextStatus, TranslationReview, Version, VersionQuerySet
from lawcompare.laws.proposals import confirmation_of, lock_texts

# Other texts that translate one are official, or leaked, in both languages: nobody translated them.
TRANSLATED = (TextStatus.RESTATEMENT, TextStatus.UNOFFICIAL_TRANSLATION)


def visible_translations(user: Person) -> VersionQuerySet:
    """Returns the translations a reviewer may see, of originals that they may see, each with the number of pairs that
    nobody has confirmed as ``waiting``.
    """
    waiting = Count("clause_translations", filter=Q(clause_translations__confirmed_by=""))
    versions = visible_versions(user).filter(translates__in=visible_versions(user), text_status__in=TRANSLATED)
    return versions.annotate(waiting=waiting).select_related("translates__law").order_by("law", "date", "slug")


def review_of(version: Version) -> TranslationReview | None:
    """Returns the last review of a translation that stands. Asks nothing of other texts."""
    if version.translates_id is None or version.text_status not in TRANSLATED:
        return None
    standing = (review for review in version.reviews.all() if review.stands)  # may be prefetched
    return max(standing, key=lambda review: review.pk, default=None)


def label_of(version: Version) -> str:
    """Returns the label of a translation, in the reader's language; empty for other texts."""
    if not version.stands:
        words = {"language": version.get_language_display(), "organisation": version.brought_by}
        return _("%(language)s translation, proposed by %(organisation)s") % words
    if version.translates_id is None or version.text_status not in TRANSLATED:
        return ""
    values = {"language": version.get_language_display()}
    review = review_of(version)
    if review is not None and review.is_checked:
        values |= {"credit": review.credit}
        if review.organisation.slug == EDITORS:
            return _("%(language)s translation, checked by %(credit)s") % values
        values |= {"organisation": str(review.organisation)}
        return _("%(language)s translation, checked by %(credit)s, as %(organisation)s says") % values
    if version.brought_by is None:
        return _("%(language)s translation by the project, not checked by a lawyer") % values
    return _("%(language)s translation, not checked by a lawyer") % values


@transaction.atomic
def set_review(user: Any, version: Version, *, is_checked: bool, credit: str, note: str) -> TranslationReview:
    """Say that a translation was checked, and by whom, or that it was not, in place of what waits of the organisation.

    Who takes back what they said themselves waits for nobody. Raises ValidationError, PermissionDenied.
    """
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        raise PermissionDenied(_("Only an editor says whether a translation was checked."))
    if not visible_translations(user).filter(pk=version.pk).exists():
        raise PermissionDenied(_("This text translates no other, or you may not see it."))
    credit = " ".join(credit.split())
    if is_checked and not credit:
        raise ValidationError({"credit": _("Name who checked it, as they wish to be named.")})
    version.reviews.filter(organisation=membership.organisation, confirmation=Confirmation.PROPOSED).delete()
    concerned = [version, *filter(None, [version.translates])]
    lock_texts(*(text.pk for text in concerned))  # staff hold a text while they decide on it
    said = version.reviews.filter(confirmation=Confirmation.CONFIRMED).order_by("-pk").first()
    takes_back = bool(not is_checked and said and said.organisation_id == membership.organisation_id)
    review = TranslationReview.objects.create(
        version=version,
        is_checked=is_checked,
        credit=credit if is_checked else "",
        note=note.strip(),
        organisation=membership.organisation,
        by=user,
        confirmation=Confirmation.CONFIRMED
        if takes_back
        else confirmation_of(membership, *concerned, last=version.reviews.all()),
    )
    record("review rendering", f"text/{version.address}", by=user, organisation=membership.organisation.slug)
    return review


# Ids of clauses set together, or set apart where one is missing -> whose word it is.
Decided = Mapping[tuple[int | None, int | None], str]


def map_of(translation: Version, decided: Decided) -> list[ClauseTranslation]:
    """Returns which clause translates which, as rows to be stored; what people decided (``decided``) is kept."""
    original = translation.translates
    if original is None:
        return []
    olds, news = (dict(version.clauses.values_list("eid", "pk")) for version in (original, translation))
    names = {pk: eid for eids in (olds, news) for eid, pk in eids.items()}
    decided_eids = [(names.get(old or 0), names.get(new or 0)) for old, new in decided]
    pairs = align_translations(load_document(original), load_document(translation), decided=decided_eids)
    return [
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


def store_map(translation: Version, rows: Iterable[ClauseTranslation]) -> None:
    """Store which clause translates which in place of what was stored. The caller holds the text."""
    translation.clause_translations.all().delete()
    ClauseTranslation.objects.bulk_create(rows, batch_size=BATCH)


def request_mapping(translation: Version, owner: Organisation | None = None) -> None:
    """Have the clause map between a translation and its original made, or made anew: as work of who decided on it."""
    jobs.request("translationmapping", translation, owner or translation.brought_by)


def aligned_clauses(clauses: Iterable[Clause], other: Version) -> dict[int, list[Clause]]:
    """Returns for the id of each clause its counterparts in ``other``. Two queries.

    ``other`` is a translation of the text the clauses are of, or what that text translates. A clause without a
    counterpart is missing. The caller has checked that ``other`` may be seen.
    """
    wanted = {clause.pk for clause in clauses}
    rows = ClauseTranslation.objects.filter(
        Q(original__in=wanted, translation_version=other) | Q(translation__in=wanted, original_version=other)
    ).order_by("original__position", "translation__position")
    pairs = [pair if pair[0] in wanted else pair[::-1] for pair in rows.values_list("original", "translation")]
    counterparts = Clause.objects.in_bulk({there for _here, there in pairs})  # each once, however many it renders
    aligned: dict[int, list[Clause]] = {}
    for here, there in pairs:
        aligned.setdefault(here, []).append(counterparts[there])
    return aligned


def original_of(version: Version) -> int:
    """Returns the id of the version with which this one is counted: of what it translates, or its own."""
    return version.translates_id or version.pk


def uncorrected_among(texts: Iterable[Version]) -> list[Version]:
    """Returns those of the visible texts of laws that stand and that whoever brought them did not correct since: in
    Python what ``standing`` and ``uncorrected`` ask of the database.
    """
    by_pk: dict[int | None, Version] = {text.pk: text for text in texts}
    corrected = set()
    for text in by_pk.values():
        for name in ("translates", "corrects"):
            if other := by_pk.get(getattr(text, f"{name}_id")):
                setattr(text, name, other)  # so that nobody asks for it
        if (other := by_pk.get(text.corrects_id)) and text.is_published and text.brought_by == other.brought_by:
            corrected.add(other.pk)
    return [text for text in by_pk.values() if text.stands and text.pk not in corrected]


def standing_translations(original: Version, others: Iterable[Version]) -> list[Version]:
    """Returns those of other texts that stand for this one and were not corrected, but those of its originator last.

    The last is shown: what staff confirmed of somebody else takes nobody's own place. Asks nothing of visible texts.
    """
    of_it = [other for other in others if other.translates_id == original.pk]
    for other in of_it:
        other.translates = original
    standing = [other for other in of_it if other.stands]
    corrected = {other.corrects_id for other in standing}
    return sorted((other for other in standing if other.pk not in corrected), key=attrgetter("is_by_originator"))


def families(versions: Iterable[Version]) -> list[Version]:
    """Returns the texts without translations of others among them, in their order. Asks nothing of visible ones.

    Each has ``standing_translations``, those of them that stand for it, and ``shown``: itself, or the last of those in
    the reader's language, to which a page leads.
    """
    listed = list(versions)
    known = {version.pk for version in listed}
    originals = [version for version in listed if version.translates_id not in known and version.stands]
    by_original: dict[int | None, list[Version]] = {}
    for version in listed:
        by_original.setdefault(version.translates_id, []).append(version)
    for version in originals:
        of_it = standing_translations(version, by_original.get(version.pk, ()))
        version.standing_translations = of_it  # type: ignore[attr-defined]
        version.shown = in_language(version, of_it, reader_language().code)  # type: ignore[attr-defined]
    return originals


def in_language(original: Version, translations: Iterable[Version], language: str) -> Version:
    """Returns the last translation of a text in a language; the text itself where it is in it, or none is."""
    if original.language == language:
        return original
    return next((one for one in reversed(list(translations)) if one.language == language), original)


def members_in(language: str, versions: Iterable[Version]) -> list[Version]:
    """Returns of each text, with its translations among the versions, the one in a language; the text without one."""
    originals: list[Any] = families(versions)
    return [in_language(each, each.standing_translations, language) for each in originals]


def comparable(version: Version, others: Iterable[Version]) -> list[Version]:
    """Returns of each other text of the law the one that this is compared with: in its language, where there is one."""
    others = list(others)
    root = next((one for one in others if one.pk == version.translates_id), version)
    family = {root.pk, version.pk, *(one.pk for one in others if one.translates_id == root.pk)}
    return members_in(version.language, [one for one in others if one.pk not in family])


def public_translations(versions: Iterable[Version]) -> dict[int, Version]:
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
    """Set ``shown`` of each clause: its public translation in the reader's language, or itself. Three queries at most.

    The version of each must be loaded.
    """
    clauses = list(clauses)
    translations = public_translations({clause.version_id: clause.version for clause in clauses}.values())
    wanted = [clause.pk for clause in clauses if clause.version_id in translations]
    rows: Any = []
    if wanted:
        rows = ClauseTranslation.objects.filter(
            original__in=wanted, translation_version__in=[version.pk for version in translations.values()]
        ).prefetch_related("translation")
    shown: dict[int, Clause] = {}
    by_pk = {version.pk: version for version in translations.values()}
    for row in rows.order_by("translation__position") if wanted else ():
        row.translation.version = by_pk[row.translation_version_id]
        shown.setdefault(row.original_id, row.translation)
    for clause in clauses:
        clause.shown = shown.get(clause.pk, clause)  # type: ignore[attr-defined]


def translation_among(version: Version, others: Iterable[Version]) -> Version | None:
    """Returns the one of ``others`` that this version translates or that stands for it, or None."""
    others = list(others)
    original = next((one for one in others if one.pk == version.translates_id), None)
    return original or next(reversed(standing_translations(version, others)), None)


def set_translations(clauses: Iterable[Clause], translation: Version | None) -> None:
    """Set ``in_other_language`` of each clause to its counterparts. One query, or none."""
    clauses = list(clauses)
    aligned = aligned_clauses(clauses, translation) if translation else {}
    for clause in clauses:
        others = aligned.get(clause.pk, [])
        for other in others:
            other.version = translation  # type: ignore[assignment]
        clause.in_other_language = others  # type: ignore[attr-defined]
