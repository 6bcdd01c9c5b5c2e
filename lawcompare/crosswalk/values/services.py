"""What people do with the values of a clause: state, take over, correct, confirm, dispute, strike out.

A value is stated by one person and confirmed by another. Two who state one value differently dispute it: both stay, and
are shown as disputed, until one of them is corrected or struck out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lawcompare.accounts.models import EDITORS, Confirmation, Membership, Organisation, Person
from lawcompare.core.log.services import record
from lawcompare.core.seen import check_seen
from lawcompare.crosswalk.access import SHOWN_VALUES, check_visible, reviewer, values_known
from lawcompare.crosswalk.elements import WHOLE, read_clauses
from lawcompare.crosswalk.models import Element, Value, ValueAction, ValueChange, ValueStatus
from lawcompare.engine.align import align
from lawcompare.engine.anchor import AnnotatedSpan, Carrier
from lawcompare.engine.wording.values import NAMES
from lawcompare.laws.citing import cite
from lawcompare.laws.documents import document_of
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.proposals import confirmation_of, lock_texts

# Words typed by letters of the clause: to look for more takes seconds, and the spaces must agree.
STEPS_MAX = 2_000_000
# Of one element of a clause, in an organisation's name: each that is stated is set beside all that are there.
VALUES_MAX = 100


@dataclass(frozen=True)
class ClauseSpan:
    """Words that a value rests on: ``quote`` is ``clause.text[start:end]``."""

    clause: Clause
    start: int
    end: int
    quote: str


def find_words(clause: Clause, words: str, start: int | None = None) -> ClauseSpan:
    """The place of words in a clause's own text, whatever spaces they are typed with; ``start`` says which is meant.

    Raises ValidationError where they do not stand there, or stand there more than once and ``start`` is none of them.
    """
    typed = words.split()
    if not typed:
        raise ValidationError(_("Name the words of the text on which it rests."))
    is_short = len(typed) * len(clause.text) <= STEPS_MAX
    sought = typed if is_short else [words.strip()]
    places = list(re.finditer(r"\s+".join(map(re.escape, sought)), clause.text))
    meant = [place for place in places if place.start() == start] or places
    if not meant:
        raise ValidationError(
            _("The words “%(words)s” do not stand in %(clause)s.") % {"words": " ".join(typed), "clause": cite(clause)}
        )
    if len(meant) > 1:
        raise ValidationError(
            _("The words “%(words)s” stand more than once in %(clause)s: name more of them.")
            % {"words": " ".join(typed), "clause": cite(clause)}
        )
    return ClauseSpan(clause, meant[0].start(), meant[0].end(), meant[0][0])


def check_value(clause: Clause, element: str, values: Mapping[str, Any], words: ClauseSpan | None) -> None:
    """Raise ValidationError where the values cannot be those of this element, or rest on no words of the same text."""
    if element not in Element.values:
        raise ValidationError(_("There is no element “%(element)s”.") % {"element": element})
    if values.get("none"):
        if words is not None:
            raise ValidationError(_("Where there is no such element, no words can be named."))
        if read_clauses([(clause.version, clause)])[clause.pk].known != WHOLE:
            raise ValidationError(
                _("The whole text of %(clause)s is not known here: nothing can be said to be missing in it.")
                % {"clause": cite(clause)}
            )
        return
    if words is None:
        raise ValidationError(_("Name the words of the text on which it rests."))
    if words.clause.version_id != clause.version_id:
        raise ValidationError(_("The words stand in another text than the clause."))
    if not values and element not in IN_ITS_WORDS:
        raise ValidationError(_("Say what the words lay down."))
    if element == Element.PENALTIES:
        check_penalty(values)


@transaction.atomic
def state_value(
    user: Person,
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
    value = Value(clause=clause, version_id=clause.version_id, element=element, organisation=membership.organisation)
    _filled(value, values, words)
    same = next((other for other in _live(value) if _is_same(value, other)), None)
    if same is not None:
        if same.stated_by_id == user.pk or same.status != ValueStatus.STATED:
            raise ValidationError(_("This is already stated of the clause."))
        is_read = (same.start, same.end, same.note) == (value.start, value.end, value.note)
        return confirm_value(user, same, same.seen if is_read else "")
    _state(value, membership)
    _record(value, action, membership)
    _dispute_rivals(value, membership)
    return value


@transaction.atomic
def take_over(user: Person, clause: Clause, element: str, eid: str, start: int) -> Value:
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
def confirm_value(user: Person, value: Value, seen: str) -> Value:
    """Confirm what another person stated, in the words ``seen``, so that it is public. Raises ValidationError for one's
    own statement, and where it says something else by now, as all that decides on a value does.

    What the site states its editors confirm; another organisation says the same beside it, in its own name.
    """
    membership, value = _held(user, value, seen)
    if value.status != ValueStatus.STATED:
        raise ValidationError(_("Only a value that one person stated can be confirmed."))
    if value.stated_by_id == user.pk:
        raise ValidationError(_("You stated this yourself: a second person has to confirm it."))
    if value.stands and not is_own(value, membership) and _is_sites(value):
        _take_as_own(value, membership)
    elif not value.stands:
        begins = confirmation_of(membership, value.version)
        if value.confirmation == Confirmation.PROPOSED and is_own(value, membership):
            value.confirmation = begins  # when one person stated it is known to their organisation alone
    value.status = ValueStatus.CONFIRMED
    value.confirmed_by, value.confirmed_for = membership.user, membership.organisation
    value.save()
    _record(value, ValueAction.CONFIRMED, membership)
    _dispute_rivals(value, membership)
    return value


@transaction.atomic
def correct_value(
    user: Person, value: Value, values: Mapping[str, Any], words: ClauseSpan | None, reason: str, seen: str
) -> Value:
    """State a value of one's own organisation anew; it waits for a second person again."""
    membership, value = _held(user, value, seen)
    _check_own(value, membership)
    _check_reason(reason)
    check_value(value.clause, value.element, values, words)
    _filled(value, values, words)
    value.confirmed_by = value.confirmed_for = None
    _state(value, membership)
    _record(value, ValueAction.CORRECTED, membership, reason)
    _dispute_rivals(value, membership)
    _settle(value, membership)
    return value


@transaction.atomic
def dispute_value(
    user: Person, value: Value, values: Mapping[str, Any], words: ClauseSpan | None, reason: str, seen: str
) -> Value:
    """State otherwise what another organisation stated: both are then shown as disputed, but for one for which the site
    stands beside one that is merely proposed. Returns the new value.
    """
    membership, value = _held(user, value, seen)
    _check_reason(reason)
    check_value(value.clause, value.element, values, words)
    rival = _filled(Value(clause=value.clause, version_id=value.version_id, element=value.element), values, words)
    if _is_same(value, rival):
        raise ValidationError(_("This says the same as what it disputes."))
    rival.disputes = value
    _state(rival, membership)
    _record(rival, ValueAction.STATED, membership, reason)
    _dispute_rivals(rival, membership, reason)
    return rival


@transaction.atomic
def strike_value(user: Person, value: Value, reason: str, seen: str) -> Value:
    """Strike out a value of one's own organisation. What it disputed stands again."""
    membership, value = _held(user, value, seen)
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
    note: str = "",
    is_confirmed: bool = True,
) -> bool:
    """Store a value that two readings of the project agree on, or one has stated. Returns False where it, or what a
    person made of it, is there; a value of the project then gets the ``note``.
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
        same = Value.objects.filter(pk__in=stored.values("value"), organisation=None)
        same.exclude(note=note).update(note=note)
        return False
    value.note = note
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


def _state(value: Value, membership: Membership) -> None:
    own = Value.objects.filter(clause=value.clause_id, element=value.element, organisation=membership.organisation)
    if value.pk is None and own.exclude(status=ValueStatus.STRUCK).count() >= VALUES_MAX:
        sentence = _("Your organisation has stated %(number)s values of this element here: strike one out first.")
        raise ValidationError(sentence % {"number": VALUES_MAX})
    value.organisation, value.stated_by, value.status = membership.organisation, membership.user, ValueStatus.STATED
    value.confirmation = confirmation_of(membership, value.version)
    value.save()


def _live(value: Value) -> list[Value]:
    """The other values of the element of its clause, neither struck out nor refused, that its organisation knows."""
    others = values_known(value.organisation).filter(clause=value.clause_id, element=value.element)
    gone = Q(status=ValueStatus.STRUCK) | Q(confirmation=Confirmation.REFUSED) | Q(pk=value.pk)
    return list(others.exclude(gone).order_by("pk"))


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
    # Of the site no person is known; of accounts that are gone neither, but what they disputed stays disputed.
    is_sites = one.organisation_id is other.organisation_id is None
    if one.stated_by_id == other.stated_by_id and (one.stated_by_id or is_sites):
        return False
    if one.is_absence != other.is_absence:
        return True
    same_case = one.values.get("condition") == other.values.get("condition")
    return _overlap(one, other) and same_case and one.values != other.values


def _disputes(one: Value, other: Value) -> bool:
    """Whether ``one`` makes ``other`` disputed: nothing for which the site stands is by what is merely proposed, nor,
    since what is disputed is shown, what one person stated by what another did; nor does or is what the site has yet to
    confirm.
    """
    waiting = [each for each in (one, other) if each.status == ValueStatus.STATED]
    if len(waiting) > 1 or any(each.organisation_id is None for each in waiting):
        return False
    return _are_rivals(one, other) and (one.stands or not other.stands)


def standing_rivals(value: Value) -> list[Value]:
    """What stands now and is disputed where the site stands for the value too."""
    return [one for one in _live(value) if one.stands and one.status in SHOWN_VALUES and _are_rivals(value, one)]


def follow_confirmation(value: Value) -> None:
    """Have what a value disputes shown so, or no longer, after whether the site stands for it was decided."""
    if value.confirmation != Confirmation.REFUSED and value.status in SHOWN_VALUES:
        _dispute_rivals(value, None)
    _settle(value, None)


def _dispute_rivals(value: Value, membership: Membership | None, reason: str = "") -> None:
    # What another stated alone their organisation alone sees: nothing that is done to this value shows it as disputed.
    others = [other for other in _live(value) if other.status in SHOWN_VALUES]
    disputed_by_it = [other for other in others if _disputes(value, other)]
    for disputed in [*([value] if any(_disputes(other, value) for other in others) else []), *disputed_by_it]:
        if disputed.status == ValueStatus.DISPUTED:
            continue
        # By what its organisation may not know of, it is not yet.
        if values_known(disputed.organisation).filter(pk=value.pk).exists():
            disputed.status = ValueStatus.DISPUTED
            disputed.save(update_fields=["status"])
            _record(disputed, ValueAction.DISPUTED, membership, reason)


def _settle(value: Value, membership: Membership | None) -> None:
    """Give the values that are disputed by nobody any more the status that they had before."""
    live = _live(value)
    is_there = value.pk and value.confirmation != Confirmation.REFUSED
    live += [value] if is_there and value.status == ValueStatus.DISPUTED else []
    # What each organisation knows is asked for once; a value does not dispute itself.
    known = {by: [*_live(one), one] for by, one in {one.organisation_id: one for one in live}.items()}
    for other in live:
        rivals = known[other.organisation_id]
        if other.status == ValueStatus.DISPUTED and not any(_disputes(each, other) for each in rivals):
            before = other.changes.exclude(status=ValueStatus.DISPUTED).order_by("-pk").first()
            other.status = ValueStatus(before.status) if before else ValueStatus.STATED
            other.save(update_fields=["status"])
            _record(other, ValueAction.SETTLED, membership)


def _held(user: Person, value: Value, seen: str) -> tuple[Membership, Value]:
    """The reviewer's membership, and the row as it is now, held until the transaction ends: of two who act at once the
    second sees the first. Raises PermissionDenied, and ValidationError where it is not what was ``seen``.
    """
    membership = reviewer(user)
    check_visible(user, value.version_id)
    lock_texts(value.version_id)  # as staff do
    # First its clause, since others of its values change with it.
    list(Clause.objects.select_for_update(no_key=True).filter(pk=value.clause_id).values_list("pk"))
    # No joins: PostgreSQL holds no rows on the outer side of one.
    held = Value.objects.select_for_update(no_key=True).get(pk=value.pk)
    check_seen(held.seen, seen)
    return membership, held


def is_own(value: Value, membership: Membership) -> bool:
    """Whether it is of the organisation that the person acts for; what the site states is of its editors."""
    is_by_editors = membership.organisation.slug == EDITORS
    return value.organisation_id == membership.organisation_id or (is_by_editors and _is_sites(value))


def _is_sites(value: Value) -> bool:
    return value.organisation is None or value.organisation.slug == EDITORS


def _take_as_own(value: Value, membership: Membership) -> None:
    """Make of what the site states, for its editors to confirm, what the organisation says: a row that it proposes."""
    value.pk, value._state.adding, value.disputes = None, True, None
    value.organisation, value.confirmation = membership.organisation, confirmation_of(membership, value.version)
    if any(other.organisation_id == membership.organisation_id and _is_same(value, other) for other in _live(value)):
        raise ValidationError(_("This is already stated of the clause."))


def _check_own(value: Value, membership: Membership) -> None:
    if value.status == ValueStatus.STRUCK:
        raise ValidationError(_("This value was struck out."))
    if not is_own(value, membership):
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


@transaction.atomic
def carry_values(old: Version, new: Version) -> int:
    """Store, as stated, the confirmed values of ``old`` whose words stand unchanged in ``new``. Returns how many.

    A value is carried where its words and its clause were kept; the others wait for a person to state them. Safe to run
    twice: what was carried once is not carried again, whatever people made of it.
    """
    carried = Value.objects.filter(version=new, carried_from__isnull=False).values("carried_from")
    values = Value.objects.not_refused().filter(version=old, status=ValueStatus.CONFIRMED, words_clause__isnull=False)
    values = values.exclude(pk__in=carried).select_related("organisation")
    waiting = list(values.prefetch_related("clause", "words_clause"))
    if not waiting:
        return 0
    # What is stated of the later text already, as of a correction that came with its values, as far as each knows.
    stated = {
        (by, one.clause_id, one.element, str(one.values), one.quote)
        for by in {value.organisation for value in waiting}
        for one in values_known(by).filter(version=new)
    }
    olds, news = _clauses(old), _clauses(new)
    old_clauses, new_clauses = document_of(old, olds.values()).clauses, document_of(new, news.values()).clauses
    alignments = align(old_clauses, new_clauses)
    partner = {one.old[0]: one.new[0] for one in alignments if len(one.old) == len(one.new) == 1}
    carrier = Carrier(old_clauses, new_clauses, alignments, new.language)
    count = 0
    for value in waiting:
        clause, words_clause = news.get(partner.get(value.clause.eid, "")), value.words_clause
        if clause is None or words_clause is None or value.start is None or value.end is None:
            continue
        span = carrier.carry(AnnotatedSpan(str(value.pk), words_clause.eid, value.start, value.end))
        if span.verdict != "kept" or span.clause is None or span.start is None or span.end is None:
            continue
        if (value.organisation, clause.pk, value.element, str(value.values), value.quote) in stated:
            continue
        _carry(value, clause, news[span.clause], span.start, span.end)
        count += 1
    return count


def forget_carried(version: Version, *, keeps: Organisation | None = None) -> None:
    """Delete the values of a private text that were carried to it and that nobody has touched, but for those that
    ``keeps`` states.
    """
    by_people = ValueChange.objects.exclude(action=ValueAction.CARRIED)
    carried = Value.objects.filter(version=version, changes__action=ValueAction.CARRIED).order_by()
    carried = carried.exclude(organisation=keeps) if keeps else carried
    values = list(carried.exclude(changes__in=by_people).distinct())
    ValueChange.objects.filter(value__in=values).delete()
    Value.objects.filter(pk__in=[value.pk for value in values]).delete()
    left = Value.objects.filter(version=version, status=ValueStatus.DISPUTED).order_by()
    disputed = set(left.values_list("clause", "element"))
    for value in values:
        if (value.clause_id, value.element) in disputed:
            value.pk = None
            _settle(value, None)


def _carry(value: Value, clause: Clause, words_clause: Clause, start: int, end: int) -> None:
    new = Value.objects.create(
        clause=clause,
        version_id=clause.version_id,
        element=value.element,
        values=value.values,
        words_clause=words_clause,
        start=start,
        end=end,
        quote=words_clause.text[start:end],
        status=ValueStatus.STATED,
        organisation=value.organisation,
        stated_by=value.stated_by,
        carried_from=value,
    )
    ValueChange.objects.create(
        value=new,
        action=ValueAction.CARRIED,
        status=new.status,
        values=new.values,
        words_eid=words_clause.eid,
        quote=new.quote,
        organisation=value.organisation,
    )


def _clauses(version: Version) -> dict[str, Clause]:
    return {clause.eid: clause for clause in version.clauses.order_by("position")}


NONE = "none"
ANY_TERM = "any term or life"
LEVELS = ("intent", "knowledge", "recklessness", "reason-to-know", "negligence")
KINDS = ("defence", "exception", "authorised testing", "lawful authority", "good faith", "consent", "public interest")
# Who may authorise: the engine's names of bodies.
BODIES = tuple(name for name in NAMES if name not in {*LEVELS, *KINDS})
# The key under which an element that is one word has it, and the words it may have.
_WORDS = {Element.MENTAL: ("level", LEVELS), Element.DEFENCES: ("kind", KINDS), Element.AUTHORISATION: ("body", BODIES)}
# The elements whose own words are all there is to state.
IN_ITS_WORDS = frozenset({Element.CONDUCT, Element.HARM, Element.SCOPE, Element.PENALTIES})

_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
# Of a number with hundreds of digits no page could say how much it is in dollars.
_TIME = re.compile(r"(?:at )?(least|most|exactly) (\d{1,9}) (hour|day|week|month|year)s?")
_DURATION = re.compile(r"(\d{1,9}) (day|month|year)s?")
_FINE = re.compile(r"fine(?: (?P<least>\d{1,15})?(?P<range>\.\.)?(?P<most>(?<!\d)\d{1,15})? (?P<currency>[A-Z]{3}))?")
_JOINED = {"and": "and", "or": "or", "or both": "or-both"}


def parse_value(element: str, line: str) -> dict[str, Any]:
    """The values of an element from a line, empty where its words alone are the value. Raises ValidationError.

    >>> parse_value("penalties", "prison 1 year..3 years; fine ..5000 USD; or both")["prison_months_max"]
    36
    >>> parse_value("time_limits", "at most 90 days")
    {'days': 90, 'bound': 'most', 'amount': [[90, 'day']]}
    """
    line = " ".join(line.split())
    if line == NONE:
        return {"none": True}
    if element in _WORDS:
        key, allowed = _WORDS[Element(element)]
        if line not in allowed:
            raise ValidationError(
                _("There is no value “%(value)s”; choose one of: %(allowed)s.")
                % {"value": line, "allowed": ", ".join(allowed)}
            )
        return {key: line}
    if element == Element.PENALTIES and line:  # without, a report says that there is one and no amount
        return _penalty(line)
    if element == Element.TIME_LIMITS:
        match = _TIME.fullmatch(line)
        if match is None:
            raise ValidationError(_("A time is written like “at most 90 days” or “at least 2 years”."))
        bound, number, unit = match[1].removesuffix("ly"), int(match[2]), match[3]
        days = number / 24 if unit == "hour" else number * _DAYS[unit]
        return {"days": days, "bound": bound, "amount": [[number, unit]]}
    if line:
        raise ValidationError(_("Of this element the words alone are stated: leave the value empty."))
    return {}


def _penalty(line: str) -> dict[str, Any]:
    before, _mark, condition = line.partition("if:")
    values: dict[str, Any] = {}
    for part in filter(None, (part.strip() for part in before.split(";"))):
        values |= _penalty_part(part)
    if condition.strip():
        values["condition"] = condition.strip()
    if not values.keys() & {"prison_months_min", "prison_months_max", "life", "fine", "death"}:
        raise _unclear(line)
    check_penalty(values)
    return values


def _penalty_part(part: str) -> dict[str, Any]:
    if part in _JOINED:
        return {"combination": _JOINED[part]}
    if part == ANY_TERM:
        return {"prison_months_min": 0, "life": True}
    if part in {"life", "death"}:
        return {part: True}
    if part == "per day":
        return {"per_day": True}
    if part.startswith("prison "):
        return _prison(part.removeprefix("prison "))
    return _fine(part)


def _prison(part: str) -> dict[str, Any]:
    least, mark, most = part.partition("..")
    if not mark:
        most = least
    bounds = {"prison_months_min": least.strip(), "prison_months_max": most.strip()}
    if not any(bounds.values()):
        raise _unclear(part)
    return {name: _months(bound) for name, bound in bounds.items() if bound}


def _months(words: str) -> float:
    match = _DURATION.fullmatch(words)
    if match is None:
        raise _unclear(words)
    number, unit = int(match[1]), match[2]
    return number / 30 if unit == "day" else number * _MONTHS[unit]


def _fine(part: str) -> dict[str, Any]:
    match = _FINE.fullmatch(part)
    if match is None:
        raise _unclear(part)
    values: dict[str, Any] = {"fine": True}
    if match["currency"]:
        least, most = match["least"], match["most"] or ("" if match["range"] else match["least"])
        if not least and not most:
            raise _unclear(part)
        bounds = {"fine_min": least, "fine_max": most}
        values |= {name: int(amount) for name, amount in bounds.items() if amount} | {"currency": match["currency"]}
    return values


def _unclear(words: str) -> ValidationError:
    return ValidationError(
        _("“%(words)s” is no penalty; write it like “prison 1 year..3 years; fine ..5000 USD; or both”.")
        % {"words": words}
    )


def check_penalty(values: Mapping[str, Any]) -> None:
    """Raise ValidationError for a penalty whose least is more than its most."""
    for least, most in (("prison_months_min", "prison_months_max"), ("fine_min", "fine_max")):
        low, high = values.get(least), values.get(most)
        if low is not None and high is not None and low > high:
            raise ValidationError(
                _("The least of a penalty is more than its most: “%(value)s”.")
                % {
                    "value": format_value(
                        Element.PENALTIES, {least: low, most: high, "currency": values.get("currency")}
                    )
                }
            )


def format_value(element: str, values: Mapping[str, Any]) -> str:
    """The line that ``parse_value`` reads as these values.

    >>> format_value("penalties", {"prison_months_max": 60, "fine": True, "combination": "or-both"})
    'prison ..5 years; fine; or both'
    """
    if values.get("none"):
        return NONE
    if element in _WORDS:
        return str(values.get(_WORDS[Element(element)][0], ""))
    if element == Element.TIME_LIMITS:
        number, unit = (values.get("amount") or [[round(values["days"]), "day"]])[0]
        bound = str(values.get("bound") or "exact")
        start = "exactly" if bound == "exact" else f"at {bound}"
        return f"{start} {number} {_plural(unit, number)}"
    return "; ".join(_penalty_parts(values)) if element == Element.PENALTIES else ""


def _plural(unit: str, number: float) -> str:
    return unit if number == 1 else f"{unit}s"


def _penalty_parts(values: Mapping[str, Any]) -> list[str]:
    parts = [name for name in ("death", "life") if values.get(name)]
    low, high = values.get("prison_months_min"), values.get("prison_months_max")
    if low == 0 and values.get("life"):
        parts, low = [ANY_TERM if part == "life" else part for part in parts], None
    if low is not None or high is not None:
        parts.append(f"prison {_range(*(None if each is None else _duration(each) for each in (low, high)))}")
    low, high = values.get("fine_min"), values.get("fine_max")
    if low is not None or high is not None:
        amounts = (None if each is None else f"{each:.0f}" for each in (low, high))
        parts.append(f"fine {_range(*amounts)} {values.get('currency') or ''}".rstrip())
    elif values.get("fine"):
        parts.append("fine")
    if values.get("per_day"):
        parts.append("per day")
    parts += [words for words, name in _JOINED.items() if values.get("combination") == name]
    if values.get("condition"):
        parts.append(f"if: {values['condition']}")
    return parts


def _range(low: str | None, high: str | None) -> str:
    return low if low is not None and low == high else f"{low or ''}..{high or ''}"


def _duration(months: float) -> str:
    if months != int(months):
        days = round(months * 30)
        return f"{days} {_plural('day', days)}"
    unit = "year" if months >= 12 and months % 12 == 0 else "month"
    number = int(months / _MONTHS[unit])
    return f"{number} {_plural(unit, number)}"
