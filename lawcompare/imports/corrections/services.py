"""How people correct a text: begin, make a correction, undo it, make it again; and check the warnings of the reader.

Two people may do this at once, or one in two windows. Each says on which state of the text (``revision``) they worked;
what touches a clause that was changed since is refused with what was done, and nothing of either is lost.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.core.log.services import record
from lawcompare.engine.structure.corrections import (
    CorrectedDocument,
    CorrectionError,
    affected_keys,
    basis_of,
    split_values,
    takes_many,
)
from lawcompare.imports.access import editor
from lawcompare.imports.corrections import apply
from lawcompare.imports.corrections.source_pages import beside_source, copy_pages, source_of
from lawcompare.imports.corrections.warning_keys import keys_of, still_checked
from lawcompare.imports.models import NAME_MAX, CorrectionKind, ImportCorrection, ImportDraft
from lawcompare.imports.review_page.layout import line_spans
from lawcompare.laws.access import name_to
from lawcompare.laws.documents import document_to_correct
from lawcompare.laws.models import Version

REASON_MAX = 1000
TEXT_MAX = 200_000
# The details of a text that hold of its correction too.
KEPT_IN_CORRECTION = (
    *("title", "language", "date", "text_status", "source_url", "became_public", "became_public_on", "note"),
    *("articles_total", "chapters_total"),
)


class Conflict(Exception):
    """The same clause was corrected since; ``corrections`` are those, one's own too."""

    def __init__(self, corrections: list[ImportCorrection]) -> None:
        super().__init__(len(corrections))
        self.corrections = corrections


@transaction.atomic
def start_correcting(user: Any, version: Version) -> ImportDraft:
    """Take up a stored text to be corrected: what comes of it is a new version that names this one.

    Taking it up twice leads to the same draft, as long as that is not published. Where the organisation has the file
    that the text was read from, its pages stand beside it again.
    """
    membership = editor(user)
    drafts = ImportDraft.objects.filter(organisation=membership.organisation, corrects=version, version=None)
    draft = drafts.order_by("pk").first()
    if draft is not None:
        return draft
    document = document_to_correct(version)
    source = source_of(version, membership.organisation)
    if source is not None and (beside := beside_source(document, source)) is not None:
        document = beside
    else:
        source = None
    details = {name: getattr(version, name) for name in KEPT_IN_CORRECTION if getattr(version, name)}
    details |= {"law": version.law.slug, "corrects": version.address}
    for link in ("follows", "translates"):
        other = name_to(user, getattr(version, link))  # it may be private to others
        details |= {link: other.address} if other else {}
    draft = ImportDraft.objects.create(
        organisation=membership.organisation,
        creator=user,
        name=version.title[:NAME_MAX],
        original=version.file_hash,
        reading=apply.keep_reading(document, membership.organisation_id),
        title=version.title,
        clause_count=len(document.clauses),
        corrects=version,
        details=details,
    )
    if source is not None:
        copy_pages(source, draft)
    record("correct", f"text/{version.address}", by=user, organisation=membership.organisation.slug)
    return draft


@transaction.atomic
def make_correction(
    user: Any, draft: ImportDraft, kind: str, target: str, values: Mapping[str, Any], reason: str, revision: int
) -> ImportCorrection:
    """Make one correction. Raises ``Conflict`` and ``CorrectionError``; nothing is then written."""
    held = _hold(user, draft)
    reason = " ".join(reason.split())[:REASON_MAX]
    if kind not in CorrectionKind.values:
        raise CorrectionError(_("There is no such kind of correction."))
    if kind in (CorrectionKind.NUMBER, CorrectionKind.WORDS) and not reason:
        raise CorrectionError(_("Say why, for those who read the text later."))
    refuse_conflict(held, [target], revision)
    now = apply.corrected(held)
    if kind == CorrectionKind.SPLIT:
        values = split_values(now, target, int(values["at"]), inside=bool(values.get("inside")))
    if any(isinstance(value, str) and len(value) > TEXT_MAX for value in values.values()):
        raise CorrectionError(_("A clause of that length cannot be kept."))
    number = held.corrections.count() + 1
    touches = _touches(now, kind, target, values, number)
    if takes_many(values):
        values = {**values, "count": len(touches)}
    refuse_conflict(held, touches, revision)
    row = ImportCorrection(
        draft=held,
        number=number,
        kind=kind,
        target=target,
        values=dict(values),
        was=basis_of(now, kind, target, values),
        touches=touches,
        clause=clause_name(now, target),
        reason=reason,
        by=user,
        made_in=held.revision + 1,
    )
    apply.apply_corrections(held, [*held.corrections.active().order_by("number"), row])
    row.save()
    _count_as_checked(held, now, touches)
    _revise(user, "correct clause", held, draft)
    return row


@transaction.atomic
def undo(user: Any, draft: ImportDraft, number: int | None = None) -> ImportCorrection:
    """Undo a correction, or the last one. Raises ``CorrectionError`` where a later one rests on it."""
    held = _hold(user, draft)
    active = list(held.corrections.active().order_by("number"))
    row = _named(active, number, _("There is nothing to undo."))
    try:
        apply.apply_corrections(held, [each for each in active if each is not row])
    except CorrectionError as error:
        raise CorrectionError(
            _("Correction %(later)s depends on correction %(this)s. Undo correction %(later)s first.")
            % {"later": error.number, "this": row.number}
        ) from None
    row.undone_at, row.undone_by, row.undone_in = timezone.now(), user, held.revision + 1
    row.save()
    _revise(user, "undo correction", held, draft)
    return row


@transaction.atomic
def redo(user: Any, draft: ImportDraft, number: int | None = None) -> ImportCorrection:
    """Redo a correction, or the one undone last. Raises ``CorrectionError`` where it no longer fits."""
    held = _hold(user, draft)
    undone = list(held.corrections.filter(undone_at__isnull=False).order_by("undone_in"))
    row = _named(undone, number, _("There is nothing to make again."))
    try:
        apply.apply_corrections(held, sorted([*held.corrections.active(), row], key=lambda each: each.number))
    except CorrectionError as error:
        raise CorrectionError(
            _(
                "Correction %(this)s no longer applies, because correction %(later)s was made later. "
                "Undo correction %(later)s first."
            )
            % {"this": row.number, "later": error.number}
        ) from None
    row.undone_at = row.undone_by = None
    row.undone_in = held.revision + 1
    row.save()
    _revise(user, "redo correction", held, draft)
    return row


@transaction.atomic
def check_warnings(user: Any, draft: ImportDraft, key: str = "", kind: str = "") -> None:
    """Note that a warning of the reader, each of them, or each of a kind, was checked by a person."""
    held = _hold(user, draft)
    keyed = list(zip(apply.warning_keys(held), apply.corrected(held).document.warnings, strict=True))
    wanted = [name for name, warning in keyed if (not key or name == key) and (not kind or warning.kind == kind)]
    held.warnings_checked = still_checked([*held.warnings_checked, *wanted], [name for name, _warning in keyed])
    held.save(update_fields=["warnings_checked", "changed_at"])
    draft.warnings_checked = held.warnings_checked
    record("check warnings", f"import/{held.pk}", by=user, organisation=held.organisation.slug, warnings=len(wanted))


def clause_name(now: CorrectedDocument, key: str) -> str:
    """How a clause is named in the list of corrections: by numbers, never by its words.

    Where it has no number of its own, it is named by what it stands in.
    """
    clause = now.clause(key)
    nums = [clause.num]
    while clause.parent is not None and clause.element not in ("article", "section"):
        clause = now.document.by_eid[clause.parent]
        nums.append(clause.num)
    return " ".join(num for num in reversed(nums) if num)[:300]


def _hold(user: Any, draft: ImportDraft) -> ImportDraft:
    editor(user)
    held = ImportDraft.objects.select_for_update().get(pk=draft.pk)
    if not held.is_open:
        raise CorrectionError(_("This text is stored already. It is corrected by a new version that names it."))
    return held


def _named(rows: list[ImportCorrection], number: int | None, nothing: str) -> ImportCorrection:
    matches = [row for row in rows if number is None or row.number == number]
    if not matches:
        raise CorrectionError(nothing)
    return matches[-1]


def _touches(now: CorrectedDocument, kind: str, target: str, values: Mapping[str, Any], number: int) -> list[str]:
    at = now.place(target)
    if takes_many(values):
        return affected_keys(now, kind, target, values)
    if kind == CorrectionKind.JOIN and at:
        return [target, now.keys[at - 1]]
    makes_clauses = kind in (CorrectionKind.SPLIT, CorrectionKind.BRING_BACK)
    return [target, f"m{number}"] if makes_clauses else [target]


def refuse_conflict(held: ImportDraft, touches: list[str], revision: int) -> None:
    """Refuse what touches a clause that a correction, or its undoing, has changed since ``revision``.

    A revision that is not there yet says nothing of what was seen: then any change counts.
    """
    revision = revision if revision <= held.revision else 0
    since = held.corrections.filter(Q(made_in__gt=revision) | Q(undone_in__gt=revision)).order_by("number")
    done = [row for row in since.select_related("by", "undone_by") if set(row.touches) & set(touches)]
    if done:
        raise Conflict(done)


def _count_as_checked(held: ImportDraft, now: CorrectedDocument, keys: Iterable[str]) -> None:
    """Whoever corrects clauses has checked the reader's warnings there."""
    places = {key: place for place, key in enumerate(now.keys)}
    spans = line_spans(now.document)
    lines = {line for key in keys if key in places for line in spans[places[key]]}
    warnings = now.document.warnings
    here = {key for key, warning in zip(keys_of(warnings), warnings, strict=True) if warning.line in lines}
    held.warnings_checked = [*held.warnings_checked, *here.difference(held.warnings_checked)]


def _revise(user: Any, action: str, held: ImportDraft, draft: ImportDraft) -> None:
    """Raise the revision, and log what made it: which clause, the rows of the corrections say.

    The warnings are those of the text as it now stands; those that are gone need no longer be checked.
    """
    keys = apply.warning_keys(held)
    held.revision += 1
    held.warning_count = len(keys)
    held.warnings_checked = still_checked(held.warnings_checked, keys)
    changed = ["revision", "warning_count", "warnings_checked"]
    held.save(update_fields=[*changed, "changed_at"])
    for name in changed:
        setattr(draft, name, getattr(held, name))
    record(action, f"import/{held.pk}", by=user, organisation=held.organisation.slug, revision=held.revision)
