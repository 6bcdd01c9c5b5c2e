"""What people do with the values of a clause: state, take over, correct, confirm, dispute, strike out.

A value is stated by one person and confirmed by another. Two who state one value differently dispute it: both stay, and
are shown as disputed, until one of them is corrected or struck out.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Membership
from lawcompare.audit.services import record
from lawcompare.crosswalk.access import check_visible, reviewer
from lawcompare.crosswalk.elements.values import read_clauses
from lawcompare.crosswalk.models import Value, ValueAction, ValueChange, ValueStatus
from lawcompare.crosswalk.values.checks import ClauseSpan, check_value
from lawcompare.laws.models import Clause


@transaction.atomic
def state_value(
    user: Any,
    clause: Clause,
    element: str,
    values: Mapping[str, Any],
    words: ClauseSpan | None,
    *,
    action: ValueAction = ValueAction.STATED,
) -> Value:
    """State a value. What another person stated alike is confirmed by it, what they stated otherwise is disputed."""
    membership = reviewer(user)
    check_visible(user, clause.version_id)
    check_value(clause, element, values, words)
    value = _filled(Value(clause=clause, version_id=clause.version_id, element=element), values, words)
    same = next((other for other in _live(value) if _is_same(value, other)), None)
    if same is not None:
        if same.stated_by_id == user.pk or same.status != ValueStatus.STATED:
            raise ValidationError(_("This is already stated of the clause."))
        return confirm_value(user, same)
    value.organisation, value.stated_by, value.status = membership.organisation, user, ValueStatus.STATED
    value.save()
    _record(value, action, membership)
    _dispute_rivals(value, membership)
    return value


@transaction.atomic
def take_over(user: Any, clause: Clause, element: str, eid: str, start: int) -> Value:
    """State what the program read at the place ``start`` of the clause ``eid``, as it read it."""
    elements = read_clauses([(clause.version, clause)])[clause.pk].elements
    excerpts = getattr(elements, element, ()) or ()
    excerpt = next((each for each in excerpts if (each.eid, each.start) == (eid, start)), None)
    if excerpt is None:
        raise ValidationError(_("The program reads no such value here any more."))
    words_clause = clause.version.clauses.get(eid=eid)
    words = ClauseSpan(words_clause, excerpt.start, excerpt.end, excerpt.quote)
    values = {name: value for name, value in excerpt.values.items() if name != "word"}
    return state_value(user, clause, element, values, words, action=ValueAction.TAKEN_OVER)


@transaction.atomic
def confirm_value(user: Any, value: Value) -> Value:
    """Confirm what another person stated, so that it is public. Raises ValidationError for one's own statement."""
    membership = reviewer(user)
    check_visible(user, value.version_id)
    value = _held(value)
    if value.status != ValueStatus.STATED:
        raise ValidationError(_("Only a value that one person stated can be confirmed."))
    if value.stated_by_id == user.pk:
        raise ValidationError(_("You stated this yourself: a second person has to confirm it."))
    value.status, value.confirmed_by, value.confirmed_for = ValueStatus.CONFIRMED, user, membership.organisation
    value.save()
    _record(value, ValueAction.CONFIRMED, membership)
    return value


@transaction.atomic
def correct_value(user: Any, value: Value, values: Mapping[str, Any], words: ClauseSpan | None, reason: str) -> Value:
    """State a value of one's own organisation, or of the project, anew; it waits for a second person again."""
    membership = reviewer(user)
    check_visible(user, value.version_id)
    value = _held(value)
    _check_own(value, membership)
    _check_reason(reason)
    check_value(value.clause, value.element, values, words)
    _filled(value, values, words)
    value.status, value.organisation, value.stated_by = ValueStatus.STATED, membership.organisation, user
    value.confirmed_by = value.confirmed_for = None
    value.save()
    _record(value, ValueAction.CORRECTED, membership, reason)
    _dispute_rivals(value, membership)
    _settle(value, membership)
    return value


@transaction.atomic
def dispute_value(user: Any, value: Value, values: Mapping[str, Any], words: ClauseSpan | None, reason: str) -> Value:
    """State otherwise what another organisation stated: both are then shown as disputed. Returns the new value."""
    membership = reviewer(user)
    check_visible(user, value.version_id)
    value = _held(value)
    _check_reason(reason)
    check_value(value.clause, value.element, values, words)
    rival = _filled(Value(clause=value.clause, version_id=value.version_id, element=value.element), values, words)
    if _is_same(value, rival):
        raise ValidationError(_("This says the same as what it disputes."))
    rival.organisation, rival.stated_by, rival.status = membership.organisation, user, ValueStatus.STATED
    rival.disputes = value
    rival.save()
    _record(rival, ValueAction.STATED, membership, reason)
    _dispute_rivals(rival, membership, reason)
    return rival


@transaction.atomic
def strike_value(user: Any, value: Value, reason: str) -> Value:
    """Strike out a value of one's own organisation, or of the project. What it disputed stands again."""
    membership = reviewer(user)
    check_visible(user, value.version_id)
    value = _held(value)
    _check_own(value, membership)
    _check_reason(reason)
    value.status = ValueStatus.STRUCK
    value.save(update_fields=["status"])
    _record(value, ValueAction.STRUCK, membership, reason)
    _settle(value, membership)
    return value


@transaction.atomic
def state_for_project(
    clause: Clause,
    element: str,
    values: Mapping[str, Any],
    words: ClauseSpan | None,
    reason: str = "",
    *,
    is_confirmed: bool = True,
) -> bool:
    """Store a value that two readings of the project agree on, or one has stated. Returns False where it, or what a
    person made of it, is there.
    """
    check_value(clause, element, values, words)
    value = _filled(Value(clause=clause, version_id=clause.version_id, element=element), values, words)
    stored = ValueChange.objects.filter(
        value__clause=clause,
        value__element=element,
        organisation=None,
        values=value.values,
        quote=value.quote,
        words_eid=words.clause.eid if words else "",
    )
    if stored.exists():
        return False
    value.status = ValueStatus.CONFIRMED if is_confirmed else ValueStatus.STATED
    value.save()
    _record(value, ValueAction.CONFIRMED if is_confirmed else ValueAction.STATED, None, reason)
    return True


# --- one value and another --------------------------------------------------------------------------------------------


def _filled(value: Value, values: Mapping[str, Any], words: ClauseSpan | None) -> Value:
    value.values = dict(values)
    value.words_clause = words.clause if words else None
    value.start, value.end = (words.start, words.end) if words else (None, None)
    value.quote = words.quote if words else ""
    return value


def _live(value: Value) -> list[Value]:
    """The other values of the element of its clause that are not struck out."""
    others = Value.objects.filter(clause=value.clause_id, element=value.element).exclude(status=ValueStatus.STRUCK)
    return list(others.exclude(pk=value.pk).order_by("pk"))


def _overlap(one: Value, other: Value) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return one.is_absence and other.is_absence
    return one.words_clause_id == other.words_clause_id and one.start < other.end and other.start < one.end


def _is_same(one: Value, other: Value) -> bool:
    return one.values == other.values and _overlap(one, other)


def _are_rivals(one: Value, other: Value) -> bool:
    """Whether two persons state one value differently: of the same words, or that there is such an element at all."""
    if one.pk and other.pk and (one.disputes_id == other.pk or other.disputes_id == one.pk):
        return not _is_same(one, other)
    if one.stated_by_id == other.stated_by_id:
        return False
    if one.is_absence != other.is_absence:
        return True
    same_case = one.values.get("condition") == other.values.get("condition")
    return _overlap(one, other) and same_case and one.values != other.values


def _dispute_rivals(value: Value, membership: Membership, reason: str = "") -> None:
    rivals = [other for other in _live(value) if _are_rivals(value, other)]
    for disputed in [*rivals, *([value] if rivals else [])]:
        if disputed.status != ValueStatus.DISPUTED:
            disputed.status = ValueStatus.DISPUTED
            disputed.save(update_fields=["status"])
            _record(disputed, ValueAction.DISPUTED, membership, reason)


def _settle(value: Value, membership: Membership) -> None:
    """Give the values that are disputed by nobody any more the status that they had before."""
    for other in _live(value):
        if other.status == ValueStatus.DISPUTED and not any(_are_rivals(other, each) for each in _live(other)):
            before = other.changes.exclude(status=ValueStatus.DISPUTED).order_by("-pk").first()
            other.status = ValueStatus(before.status) if before else ValueStatus.STATED
            other.save(update_fields=["status"])
            _record(other, ValueAction.SETTLED, membership)


def _held(value: Value) -> Value:
    """The row as it is now, held until the transaction ends: of two who act at once the second sees the first."""
    # No joins: PostgreSQL holds no rows on the outer side of one.
    return Value.objects.select_for_update().get(pk=value.pk)


def _check_own(value: Value, membership: Membership) -> None:
    if value.status == ValueStatus.STRUCK:
        raise ValidationError(_("This value was struck out."))
    if value.organisation_id not in {None, membership.organisation_id}:
        raise PermissionDenied(_("Another organisation stands for this value: state otherwise to dispute it."))


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))


def _record(value: Value, action: ValueAction, membership: Membership | None, reason: str = "") -> None:
    """Write down what was done, in the history of the value and in the log."""
    ValueChange.objects.create(
        value=value,
        action=action,
        status=value.status,
        values=value.values,
        words_eid=value.words_clause.eid if value.words_clause else "",
        quote=value.quote,
        reason=reason.strip(),
        organisation=membership.organisation if membership else None,
        by=membership.user if membership else None,
    )
    organisation = membership.organisation.slug if membership else ""
    record(f"value.{action}", f"value/{value.pk}", membership.user if membership else None, organisation)
