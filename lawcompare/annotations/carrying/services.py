"""What an organisation decides on its notes once they were looked for in a later text.

Nothing is published by itself. A member's decision that makes a note submits it; a reviewer's publishes it, where
another person wrote it. What became of a risk is public once a published note or a reviewer stands for it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_of, membership_that_may
from lawcompare.annotations import services
from lawcompare.annotations.access import publishes_carried
from lawcompare.annotations.carrying.passage import Passage
from lawcompare.annotations.markdown import BodyError
from lawcompare.annotations.models import Annotation, Carried, Carrying, Fate, Motivation, NoteStatus, Verdict
from lawcompare.annotations.services import content_of, relations_of, with_content
from lawcompare.annotations.writing.targets import set_target
from lawcompare.core.log.services import record
from lawcompare.laws.models import Clause

Decision = Carried.Decision
# A risk that a note on the later text can stand for.
SURVIVING = (Fate.KEPT, Fate.SOFTENED, Fate.WORSENED)


@transaction.atomic
def confirm(
    user: Any, carried: Carried, fate: str, passage: Passage | None = None, at: datetime | None = None
) -> Annotation:
    """Say that the concern stands at the place found: a note like the old one, on the later text.

    ``passage`` is that of the clause found which a person chose instead of the words found; ``at`` is the time of a
    decision on several rows, which is undone as one.
    """
    _check(user, carried, "annotate")
    if carried.clause is None:
        raise ValidationError(_("No place was found in the new text: choose one, or close the concern."))
    if fate not in SURVIVING:
        raise ValidationError(_("A concern that is carried over was kept, softened or worsened."))
    successor = copy_of(carried, passage=passage)
    # A standard that was withdrawn since is not carried: readers could not open it.
    _write(user, successor, relations_of(content_of(carried.annotation), AnonymousUser()))
    services.submit_annotation(user, successor)
    if publishes_carried(user, carried):
        services.publish_annotation(user, successor, repeats_another=True)
    _move(user, carried, at, decision=Decision.CONFIRMED, fate=fate, successor=successor)
    return successor


def _write(user: Any, successor: Annotation, relations: dict[str, list[Any]]) -> None:
    try:
        services.write_annotation(user, successor, relations)
    except BodyError as error:
        raise ValidationError(_("Its reasoning no longer fits what a note may hold: edit it.")) from error


def copy_of(carried: Carried, clause: Clause | None = None, passage: Passage | None = None) -> Annotation:
    """The note for the later text as the old one has it, unsaved: at the place found, on a passage of the clause found,
    or on another clause.
    """
    successor = with_content(Annotation(), content_of(carried.annotation))
    successor.descends_from = carried.annotation
    target = clause or carried.clause
    if target is None:
        raise ValidationError(_("No place was found in the new text: choose one, or close the concern."))
    exact, start = (carried.exact, carried.start) if target == carried.clause else ("", None)
    if passage is not None and target == carried.clause:
        exact, start = target.text[passage.start : passage.end], passage.start
    set_target(successor, target, exact, start if exact else None)
    if carried.annotation.exact and not exact:
        # What was proposed for some words is not proposed for all of a clause; and nobody proposes to strike it out.
        successor.proposed_text = ""
        if successor.motivation == Motivation.EDITING:
            successor.motivation = Motivation.COMMENTING
    successor.checklist = {
        test: answer | {"words": answer["words"] if answer.get("words", "") in target.text else ""}
        for test, answer in successor.checklist.items()
    }
    return successor


@transaction.atomic
def confirm_unchanged(user: Any, rows: Iterable[Carried]) -> int:
    """Confirm in one go those of the rows whose words were kept. Returns how many."""
    kept, now = [row for row in rows if row.verdict == Verdict.KEPT and not row.decision], timezone.now()
    for row in kept:
        confirm(user, row, Fate.KEPT, at=now)
    return len(kept)


@transaction.atomic
def confirm_equal(user: Any, carried: Carried, rows: Iterable[Carried], fate: str, passage: Passage | None) -> int:
    """Confirm a row, and with it those of the rows that say of the same old words that they are the same new words.

    Returns how many were confirmed; they are undone as one.
    """
    equal, now = [row for row in rows if is_equal(carried, row)], timezone.now()
    for row in [carried, *equal]:
        confirm(user, row, fate, passage, now)
    return 1 + len(equal)


def is_equal(one: Carried, other: Carried) -> bool:
    """Whether two undecided rows are of the same words in both texts."""
    places = [(row.clause_id, row.start, row.end, row.annotation.clause_id, row.annotation.start, row.annotation.end)
              for row in (one, other)]  # fmt: skip
    return one.pk != other.pk and not other.decision and places[0] == places[1]


@transaction.atomic
def close_all(user: Any, rows: Iterable[Carried], fate: str, reason: str) -> int:
    """Close in one go those of the rows whose words were not found. Returns how many; they are undone as one."""
    lost, now = [row for row in rows if row.verdict == Verdict.LOST and not row.decision], timezone.now()
    for row in lost:
        close(user, row, fate, reason, now)
    return len(lost)


@transaction.atomic
def take_up(user: Any, carried: Carried, successor: Annotation, relations: dict[str, list[Any]]) -> None:
    """Say the concern anew: a draft on the later text, which goes the normal way. Its fate is judged afterwards."""
    _check(user, carried, "annotate")
    successor.descends_from = carried.annotation
    services.write_annotation(user, successor, relations)
    _move(user, carried, None, decision=Decision.EDITED, successor=successor)


@transaction.atomic
def close(user: Any, carried: Carried, fate: str, reason: str, at: datetime | None = None) -> None:
    """End the concern in this text without a note, with the reason that readers see."""
    _check(user, carried, "review")
    if fate not in Fate.values:
        raise ValidationError(_("State what became of the risk."))
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    _move(user, carried, at, decision=Decision.CLOSED, fate=fate, reason=reason.strip())


@transaction.atomic
def judge(user: Any, carried: Carried, fate: str, reason: str = "") -> None:
    """Say what became of a risk that a note on the later text has taken up already."""
    _check(user, carried, "review")
    if fate not in Fate.values or not carried.decision:
        raise ValidationError(_("State what became of the risk."))
    held = Carried.objects.filter(pk=carried.pk, decision=carried.decision, fate="")
    now = timezone.now()
    if not held.update(fate=fate, reason=reason.strip(), decided_by=user, decided_at=now):
        raise PermissionDenied(_("Somebody else has decided on this in the meantime."))
    carried.refresh_from_db()
    _record(user, "judge", carried)


@transaction.atomic
def undo(user: Any, carrying: Carrying) -> list[Carried]:
    """Take back the last decision that the person made in this carrying: of all rows on which it was made.

    A note that it published is withdrawn; one that was only submitted is its author's draft again. Raises
    PermissionDenied where a note has been worked on since; then nothing is taken back.
    """
    decided = Carried.objects.for_queue().filter(carrying=carrying, decided_by=user)
    last = decided.order_by("-decided_at", "-pk").first()
    if last is None:
        return []
    rows = list(decided.filter(decided_at=last.decided_at).order_by("pk"))
    for row in rows:
        _undo_one(user, row)
    return rows


def _undo_one(user: Any, row: Carried) -> None:
    _check(user, row, "annotate", is_decided=True)
    if row.decision == Decision.CONFIRMED and row.successor is not None:
        _take_back(user, row.successor)
    held = Carried.objects.filter(pk=row.pk, decided_at=row.decided_at)
    nothing = {"decision": "", "fate": "", "reason": "", "successor": None, "decided_by": None, "decided_at": None}
    held.update(**nothing)
    _record(user, "undo", row)
    row.refresh_from_db()


def _take_back(user: Any, successor: Annotation) -> None:
    if successor.revision > 1 or successor.pending or successor.replies.exists():
        raise PermissionDenied(_("The note has been worked on since; change or withdraw it on its own page."))
    if successor.status == NoteStatus.PUBLISHED:
        services.withdraw_annotation(user, successor, _("It was carried over by mistake."))
    elif successor.status == NoteStatus.SUBMITTED:
        services.take_back_annotation(user, successor)


def _check(user: Any, carried: Carried, action: str, is_decided: bool = False) -> None:
    membership = membership_that_may(user, action, _("Only a reviewer of the organisation can decide this."))
    if carried.annotation.organisation_id != membership.organisation_id:
        raise PermissionDenied(_("This note is of another organisation than the one you act for."))
    if not is_decided and carried.annotation.status != NoteStatus.PUBLISHED:
        raise PermissionDenied(_("The note has been withdrawn in the meantime."))


def _move(user: Any, carried: Carried, at: datetime | None, **changes: Any) -> None:
    """Decide what is undecided: of two who decide at once, one wins, and the other's note is never written."""
    held = Carried.objects.filter(pk=carried.pk, decision="")
    if not held.update(decided_by=user, decided_at=at or timezone.now(), **changes):
        raise PermissionDenied(_("Somebody else has decided on this in the meantime."))
    for name, value in changes.items():
        setattr(carried, name, value)
    _record(user, changes["decision"], carried)


def _record(user: Any, action: str, carried: Carried) -> None:
    membership = membership_of(user)
    record(
        f"carried-{action}",
        f"annotation/{carried.annotation.slug}",
        by=user,
        organisation=membership.organisation.slug if membership else "",
        text=carried.carrying.new.address,
        fate=carried.fate,
    )


def record_fate(annotation: Annotation, carrying: Carrying, fate: str, reason: str) -> bool:
    """Keep what was judged elsewhere before: of the demonstration corpus. Returns False where somebody has judged."""
    row, _is_new = Carried.objects.get_or_create(carrying=carrying, annotation=annotation)
    if row.fate or row.decided_by_id:
        return False
    descendant = Annotation.objects.published().filter(version=carrying.new_id, descends_from=annotation).first()
    row.decision = Decision.EDITED if descendant else Decision.CLOSED
    row.fate, row.reason, row.successor = Fate(fate), reason, descendant
    row.save(update_fields=["decision", "fate", "reason", "successor"])
    return True
