"""An amending act carried out on a text: begin, decide on each instruction, store what it was with the result."""

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from lawcompare.accounts.models import Organisation, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import JobState
from lawcompare.core.jobs.registry import Report
from lawcompare.core.jobs.runner import finish
from lawcompare.core.log.services import record
from lawcompare.engine.amend import AmendError, Change, Outcome, Words, amend
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.engine.structure.corrections import CorrectionError
from lawcompare.engine.structure.provisions import label
from lawcompare.engine.wording.amending import outcome_message
from lawcompare.engine.wording.provisions import AMEND_ERRORS
from lawcompare.imports.access import editor
from lawcompare.imports.corrections import (
    REASON_MAX,
    TEXT_MAX,
    Review,
    State,
    amended,
    check_room,
    corrected,
    hold_open,
    keep_reading,
    keep_review,
    laws_amended,
    load_reading,
    refuse_conflict,
    review_of,
    revise,
)
from lawcompare.imports.models import NAME_MAX, CorrectionKind, ImportCorrection, ImportDraft
from lawcompare.imports.upload.services import discard
from lawcompare.languages import digits
from lawcompare.laws.access import visible_versions
from lawcompare.laws.amendments.access import visible_amendments
from lawcompare.laws.documents import whole_document
from lawcompare.laws.formatting import LOCALE
from lawcompare.laws.models import Amendment, TextStatus, Version
from lawcompare.laws.services import ImportRefused

DECISIONS = (CorrectionKind.SKIP, CorrectionKind.TARGET, CorrectionKind.OUTCOME)


# --- Whether an uploaded file is an amending act, and of what ---------------------------------------------------------


def laws_named(draft: ImportDraft) -> list[str] | None:
    """The laws that an uploaded act amends most, as it names them; None where it holds no amending instruction."""
    return draft.details.get("laws_amended") if draft.reading and draft.amends_id is None else None


@lru_cache(maxsize=64)
def _laws_named(act: str) -> list[str] | None:
    return laws_amended(load_reading(act))


def refusal_of(draft: ImportDraft) -> str:
    """Why an act could not be carried out at all, in the language of the page; empty where nothing is known of that."""
    message = AMEND_ERRORS.get(draft.reading_job.result) if draft.amends_id and draft.reading_job else None
    return _(message) % {"laws": ", ".join((_laws_named(draft.original) or ())[:3])} if message else ""


# --- Beginning --------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_amending(
    user: Person, base: Version, act: Version | None = None, act_file: ImportDraft | None = None
) -> ImportDraft:
    """Have an act carried out on a text: one that is here, or an upload that was read. The same again is one draft;
    attempts with this act that failed are discarded.

    Raises ``ImportRefused`` where the two cannot be brought together, or another act comes first.
    """
    membership = editor(user)
    if act_file is not None and act_file.version is not None:
        act, act_file = act_file.version, None
    if act_file is not None and laws_named(act_file) is None:
        raise ImportRefused(_("No instruction that amends a law was found in this file."))
    same = ImportDraft.objects.filter(organisation=membership.organisation, version=None, act=act, act_file=act_file)
    for failed in same.filter(amends__isnull=False, reading="", reading_job__state=JobState.FAILED):
        discard(user, failed)
    known = same.filter(amends=base).order_by("pk").first()
    if known is not None:
        return known
    if act_file is not None:
        document = corrected(act_file).document
    else:
        assert act is not None
        document = whole_document(act)
    details: dict[str, Any] = act_file.details if act_file else {}
    title, date = (act.title, act.date) if act else (str(act_file), str(details.get("date") or ""))
    if act == base:
        raise ImportRefused(_("An act is not carried out on itself: choose the text that it amends."))
    if document.language != base.language:
        raise ImportRefused(_("The act and the text are in two languages: choose the text in the language of the act."))
    _check_order(user, membership.organisation, base, act, date)
    with override(base.language if base.language in dict(settings.LANGUAGES) else "en"):
        named = _("%(title)s, as amended %(date)s") % {"title": base.title, "date": date and max(date, base.date)}
    details = {
        "law": base.law.slug,
        "title": named.strip()[:300],
        "language": base.language,
        "date": date and max(date, base.date),
        "text_status": TextStatus.CONSOLIDATED,
        "follows": base.address,
    }
    draft = ImportDraft.objects.create(
        organisation=membership.organisation,
        creator_id=user.pk,
        name=title[:NAME_MAX],
        original=keep_reading(document, membership.organisation_id),
        title=base.title,
        amends=base,
        act=act,
        act_file=act_file,
        details=details,
        reading_job=jobs.create("amending", membership.organisation),
    )
    record("amend", f"text/{base.address}", by=user, organisation=membership.organisation.slug)
    return draft


def _check_order(user: Person, organisation: Organisation, base: Version, act: Version | None, date: str) -> None:
    """Raises ``ImportRefused`` where acts would be carried out in another order than that of their dates."""
    if not date:
        return
    done = Amendment.objects.filter(Q(version=base) | Q(base=base), version__in=visible_versions(user).values("pk"))
    for other in done.select_related("version__law", "version__origin__organisation", "base", "act"):
        earlier = (other.act.date if other.act else "") or other.version.date
        if other.act == act and act is not None:
            continue
        said = {"text": other.version.name, "date": earlier}
        if other.version == base and date < earlier:
            raise ImportRefused(
                _("“%(text)s” carries out an act of %(date)s already. Carry out the earlier act first.") % said
            )
        counts = not other.proposed_by or other.version.brought_by == organisation
        if other.base == base and earlier < date and counts:
            raise ImportRefused(
                _("An act of %(date)s comes before this one. Carry this one out on its result, “%(text)s”.") % said
            )


def run_amending(draft: ImportDraft, report: Report) -> None:
    """What a worker does: bring the text and the act together. Raises ``EngineError`` where that is not possible."""
    job, base = draft.reading_job, draft.amends
    assert job is not None and base is not None
    report("reading", 0, 0)
    document, act = whole_document(base), load_reading(draft.original)
    report("carrying-out", 0, len(act.clauses))
    done = amend(document, act)
    with transaction.atomic():
        finish(job)
        keep_review(draft, done)
        ImportDraft.objects.filter(pk=draft.pk).update(
            reading=keep_reading(document, draft.organisation_id),
            review=draft.review,
            clause_count=len(done.document.clauses),
            changed_at=timezone.now(),
        )


# --- Deciding ---------------------------------------------------------------------------------------------------------


def is_undecided(one: State | Outcome) -> bool:
    """Whether a person must decide on an instruction before the result is stored."""
    return one.decided == "stale" or bool(one.reason)


def of_other_laws(review: Review) -> list[int]:
    """The places of the instructions that are to be decided and amend another law, or the text in another language."""
    return [at for at, one in enumerate(review.states) if one.reason in ("names-another-act", "other-language")]


@transaction.atomic
def decide(
    user: Person, draft: ImportDraft, number: int, kind: str, values: dict[str, Any], reason: str, revision: int
) -> ImportCorrection:
    """Decide on an instruction, by its place in the act from 0.

    ``values``: of ``skip`` the ``places`` of all that are left out with it; of ``target`` the address of a clause of
    the text; of ``outcome`` the ``key`` of a provision, the three words ``seen`` (number, heading, text) and what they
    are to be. Raises ``Conflict`` and ``CorrectionError``; nothing is then written.
    """
    held = hold_open(user, draft)
    check_room(held)
    review = review_of(held) if held.amends_id is not None else Review([], [])
    if kind not in DECISIONS or not 0 <= number < len(review.states):
        raise CorrectionError(_("There is no such instruction."))
    target = f"i{number}"
    touches = [f"i{at}" for at in values.get("places", [number])]
    refuse_conflict(held, touches, revision)
    if any(len(words) > TEXT_MAX for words in values.get("words", ())):
        raise CorrectionError(_("A clause of that length cannot be kept."))
    row = ImportCorrection(
        draft=held,
        number=held.corrections.count() + 1,
        kind=kind,
        target=target,
        values=values,
        touches=touches,
        clause=review.outcome(number).instruction.act[:300],
        reason=" ".join(reason.split())[:REASON_MAX],
        by_id=user.pk,
        made_in=held.revision + 1,
    )
    try:
        now = amended(held, [*held.corrections.active().order_by("number"), row]).outcomes[number]
    except AmendError as refused:
        raise CorrectionError(_(AMEND_ERRORS[refused.result]) % {"laws": ""}) from None
    if kind == CorrectionKind.TARGET and (now.reason or now.decided != "target"):
        raise CorrectionError(outcome_message(LOCALE, now))
    if kind == CorrectionKind.OUTCOME and now.decided != "words":
        raise CorrectionError(_("The clause reads otherwise by now. Look at it again."))
    row.save()
    revise(user, "decide on instruction", held, draft)
    return row


def with_instruction(draft: ImportDraft, number: int) -> Review:
    """What became of each instruction, were this one not left out."""
    review = review_of(draft)
    if review.states[number].decided != "skip":
        return review
    rows = draft.corrections.active().order_by("number")
    kept = [row for row in rows if row.kind != CorrectionKind.SKIP or f"i{number}" not in row.touches]
    return Review.of(amended(draft, kept))


def words_seen(draft: ImportDraft, number: int, key: str) -> Words | None:
    """What the provision reads after the instruction, or in the text where the instruction does not touch it."""
    review = with_instruction(draft, number)
    touching = (at for at in range(number, -1, -1) if json.dumps(key, ensure_ascii=False) in review.kept[at])
    changes = (one for at in touching for one in review.outcome(at).changes if one.key == key)
    if change := next(changes, None):
        return change.new
    before = load_reading(draft.reading).by_eid.get(key)
    return Words(before.num, before.heading, before.text) if before else None


# --- Storing ----------------------------------------------------------------------------------------------------------


def check_decided(draft: ImportDraft, *, is_public: bool) -> None:
    """Raise ValidationError where somebody must decide first, or the result would tell of what is not public."""
    left = sum(map(is_undecided, review_of(draft).states))
    if left:
        words = ngettext("%(n)s instruction is not decided.", "%(n)s instructions are not decided.", left)
        raise ValidationError(words % {"n": digits(left)})
    if is_public and (problem := why_private(draft)):
        raise ValidationError(problem)


def why_private(draft: ImportDraft) -> str:
    """Why the result cannot be published yet; empty where nothing is in the way."""
    texts = [one.pk for one in (draft.amends, act_of(draft)) if one]
    if Version.objects.published().filter(pk__in=texts).count() == 2:
        return ""
    return _("First publish the act and the text that it amends, or keep the result private.")


def act_of(draft: ImportDraft) -> Version | None:
    """The act as a text here; None where it is an upload that was not stored."""
    return draft.act or (draft.act_file.version if draft.act_file else None)


def carried_out_before(user: Person, draft: ImportDraft) -> list[Version]:
    """The texts, of those that a person may see, in which this act is carried out on this text already."""
    act = act_of(draft)
    known = visible_amendments(user).filter(Q(base=draft.amends) | Q(version=draft.amends), act=act)
    return [one.version for one in known] if act else []


def store_amendment(draft: ImportDraft, version: Version) -> None:
    """Keep with a text that an act amended which text that was, which act, and which instruction changed what."""
    act = act_of(draft)
    places = _clauses_by_place(act) if act else {}
    kept = [_kept(outcome, places) for outcome in amended(draft).outcomes if outcome.decided != "skip"]
    instructions = [one for one in kept if one["clauses"] or one["removed"]]
    said = {"base": draft.amends, "act": act, "instructions": instructions}
    Amendment.objects.update_or_create(version=version, defaults=said)


def _clauses_by_place(act: Version) -> dict[str, str]:
    """The addresses of an act's clauses by themselves and, since plain text is read by its lines, by ``s. 1(2)``."""
    cited, found = dict[str, str](), dict[str, str]()
    for clause in whole_document(act).clauses:
        above, num = cited.get(clause.parent or "", ""), label(clause.num)
        cited[clause.eid] = place = f"s. {num}" if clause.element in UNIT_ELEMENTS else above and f"{above}({num})"
        found |= {clause.eid: clause.eid} | ({} if place in found else {place: clause.eid})
    return found


def _kept(outcome: Outcome, places: dict[str, str]) -> dict[str, Any]:
    said = outcome.instruction
    changes = [one for one in outcome.changes if one.old != one.new]
    return {
        "act": said.act,
        "eid": places.get(said.eid, ""),
        "operation": said.operation,
        "clauses": _eids(one for one in changes if one.new),
        "removed": _eids(one for one in changes if one.new is None),
        "by_hand": outcome.decided == "words",
    }


def _eids(changes: Iterable[Change]) -> list[str]:
    return list(dict.fromkeys(one.eid for one in changes if one.eid))
