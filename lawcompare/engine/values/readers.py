"""What a text says as values besides penalties: mental elements, who authorises, defences, times, thresholds, scope.

Each value carries the words it rests on. The words are data (``words.yaml``); what denies them is read in one way for
all values (:mod:`negation`); authorisation and time limits have a grammar of their own.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lawcompare.engine.text.search_form import View, khmer_pattern, lazy_compile
from lawcompare.engine.values.authorisation import find_authorisations
from lawcompare.engine.values.negation import around, is_denied, is_forbidden_without, sentence_after, sentence_before
from lawcompare.engine.values.time_limits import find_time_limits
from lawcompare.engine.values.words import ValueKind, contexts_of, joined, load_value_words, overlapping

_NEAR = contexts_of("readers")
_AWAY = lazy_compile(r"(?i)abroad|overseas|in\s+a\s+foreign\s+(?:country|state)")
_KHMER_NO_SCOPE_AFTER = lazy_compile(khmer_pattern("(?:មិន|ពុំ)(?:អាច|ត្រូវ|មាន|បាន)"))


@dataclass(frozen=True, slots=True)
class StatedValue:
    """A value of ``rule``: ``text[start:end]`` in code points, and what it says by name."""

    rule: str
    start: int
    end: int
    values: Mapping[str, Any]


def values_in(seen: View, taken: Sequence[tuple[int, int]] = ()) -> list[StatedValue]:
    """Return the values of a text other than its penalties, in its order.

    A time inside one of the ``taken`` ranges of the source is no time limit.

    >>> from lawcompare.engine.text.search_form import view
    >>> text = "Whoever knowingly keeps it for at least 180 days"
    >>> [(each.rule, dict(each.values)) for each in values_in(view(text))]
    [('mental-element', {'word': 'knowingly', 'level': 'knowledge'}), ('time-limit', {'days': 180, 'bound': 'least'})]
    >>> values_in(view("The police may search without a court order"))
    []
    """
    words = load_value_words()
    values: list[StatedValue] = []
    for place, level in _named(seen, words.mental):
        if _ABSENT_INTENT.match(seen.text[slice(*place)]) and is_forbidden_without(seen, *place):
            values.append(_value(seen, "mental-element", place, level="intent"))  # no punishment without intent
        elif not _is_no_mental_element(seen, place, level):
            values.append(_value(seen, "mental-element", place, level=level))
    authorisations = find_authorisations(seen)
    values += [_value(seen, "authorisation", (one.start, one.end), body=one.body) for one in authorisations]
    starts = [one.start for one in authorisations]
    is_none = _is_no_defence_in_khmer if seen.language == "km" else _is_no_defence
    for place, kind in _named(seen, words.defences):
        if not (kind == "exception" and _is_on_an_order(seen, place, starts)) and not is_none(seen, place, kind):
            values.append(_value(seen, "defence", place, kind=kind))
    taken = joined(taken)
    for limit in find_time_limits(seen):
        start, end = seen.place(limit.start, limit.end)
        if overlapping(taken, start, end):
            continue
        found: dict[str, Any] = {"days": limit.duration.days, "bound": limit.bound}
        # In its own units where these are longer than days: a year is not shown as 365 days.
        if {part.unit for part in limit.duration.parts} & {"week", "month", "year"}:
            found["amount"] = limit.duration.amount
        values.append(StatedValue("time-limit", start, end, found))
    return sorted(values, key=lambda value: (value.start, value.end))


def thresholds_in(seen: View) -> list[tuple[int, int]]:
    """Places of the source that name a threshold of harm."""
    kept = []
    for match in load_value_words().harm.find(seen):
        start, end = match.span()
        before = sentence_before(seen.text, start, seen.language)
        is_khmer = seen.language == "km"
        is_none = _NEAR["khmer-no-threshold-before" if is_khmer else "no-threshold-before"].search(before) or (
            not is_khmer and "no harm" in match[0].lower()
        )
        if not is_none and not is_denied(seen, start, end):
            kept.append(seen.place(start, end))
    return kept


def scopes_in(seen: View) -> list[tuple[int, int, str]]:
    """Places of the source whose words delimit what it reaches, with what they delimit: territory, persons, matter.

    >>> from lawcompare.engine.text.search_form import view
    >>> [kind for _start, _end, kind in scopes_in(view("An act in its territory by one of its nationals"))]
    ['territory', 'persons']
    >>> scopes_in(view("This chapter does not apply to stored data"))
    []
    """
    kept = []
    for (start, end), kind in _named(seen, load_value_words().scope):
        before, after = around(seen, start, end)
        if seen.language == "km":
            is_none = _NEAR["khmer-no-scope-before"].search(before) or _KHMER_NO_SCOPE_AFTER.match(after)
        elif _AWAY.fullmatch(seen.text, start, end) and not _NEAR["act-before"].search(before):
            continue
        else:
            is_none = _NEAR["no-scope-before"].search(before) or _NEAR["no-scope-after"].match(after)
        if not is_none:
            kept.append((*seen.place(start, end), kind))
    return kept


type Place = tuple[int, int]


def _value(seen: View, rule: str, place: Place, **values: str) -> StatedValue:
    start, end = seen.place(*place)
    return StatedValue(rule, start, end, {"word": " ".join(seen.source[start:end].split()), **values})


def _named(seen: View, kinds: Sequence[ValueKind]) -> Iterator[tuple[Place, str]]:
    """Places with the kind that they name; the longest reading of a place is the one."""
    last = -1
    matches = [(match, kind.name) for kind in kinds for match in kind.words.find(seen)]
    for match, name in sorted(matches, key=lambda each: (each[0].start(), -each[0].end())):
        if match.start() >= last:
            last = match.end()
            yield match.span(), name


# --- mental elements --------------------------------------------------------------------------------------------------

_ABSENT_INTENT = lazy_compile(khmer_pattern("without|ដោយគ្មាន|ដោយពុំមាន|ដោយមិនមាន"), re.IGNORECASE)
_KHMER_TO_INFORM = lazy_compile(khmer_pattern("(?:ដើម្បីឱ្យ|ជូនដំណឹង|ផ្សព្វផ្សាយ)[^។៕;]{0,24}$"))


def _is_no_mental_element(seen: View, place: Place, level: str) -> bool:
    start, end = place
    before, after = around(seen, *place)
    is_khmer = seen.language == "km"
    script = "khmer-" if is_khmer else ""
    if level == "reason-to-know" and _NEAR[f"{script}official-before"].search(before):
        return True
    if level == "negligence" and _NEAR[f"{script}unpunished-after"].match(after):
        return True
    if is_khmer:
        aims = "បំណង" in seen.text[start:end] or "គោលដៅ" in seen.text[start:end]
        if level == "knowledge" and not seen.text.startswith(("ដោយ", "ទាំង"), start) and _KHMER_TO_INFORM.search(before):
            return True
        if aims and (
            _NEAR["khmer-office-first"].search(before)
            or _NEAR["khmer-aim-of-a-law"].search(before)
            or _NEAR["khmer-aim-of-a-measure"].match(after)
        ):
            return True
    elif _NEAR["mentioned"].search(before) or (
        _NEAR["aim"].match(seen.text, start) and _NEAR["office-first"].search(before)
    ):
        return True
    elif _NEAR["aim-of-a-law"].search(before) and not re.search(r"(?i)\b(?:who|whoever|person)\b", before):
        return "ly" not in seen.text[start:end] and "knowing" not in seen.text[start:end].lower()
    elif level == "knowledge" and _NEAR["of-another"].match(after):
        return True
    return is_denied(seen, start, end)


# --- defences ---------------------------------------------------------------------------------------------------------

_ORDER_NEAR = 40  # characters after "unless" or "except" in which the order stands
_LIST_ITEM = lazy_compile(r"\s*[\"'(]*(?:\w{1,3}\)\s*[\"']*)*[a-z]")


_KHMER_EVEN_IF = lazy_compile(khmer_pattern("(?:ទោះ(?:បី)?(?:ជា)?|ថ្វីបើ|ថ្វីត្បិត)[^។៕;,]{0,30}$"))


_CARVES_OUT = lazy_compile(khmer_pattern("unless|except|save|other|លើកលែង|វៀរលែង|ក្រៅ"), re.IGNORECASE)


def _is_on_an_order(seen: View, place: Place, starts: Sequence[int]) -> bool:
    """``unless the minister so orders``: what is taken out is what somebody authorises, and that is said elsewhere."""
    start, end = place
    if not _CARVES_OUT.match(seen.text, start):
        return False
    after = bisect_left(starts, start)
    last = end + min(len(sentence_after(seen.text, end, seen.language)), _ORDER_NEAR)
    return after < len(starts) and starts[after] < last


def _is_no_defence(seen: View, place: Place, kind: str) -> bool:
    words = seen.text[slice(*place)].lower()
    before, after = around(seen, *place)
    excepts = words.startswith(("unless", "except", "save", "other"))
    if excepts and _NEAR["benefit-denied-before"].search(before):
        return True
    if excepts:
        # An item of a list goes on with a sentence that began above it: what that one forbids is not known here.
        sentence = f"{before} {after}"
        is_prohibition = _LIST_ITEM.match(sentence) or _NEAR["prohibits"].search(sentence)
        if _NEAR["no-exception-after"].match(after) or not is_prohibition:
            return True
    if kind == "exception":
        return _NEAR["exception-denied-before"].search(before) is not None and "apply" in words
    if "defence" in words or "defense" in words:
        return bool(_NEAR["defence-denied"].search(before) or _NEAR["unavailable"].match(after))
    if kind == "defence":
        return re.search(r"(?i)\b(?:nobody|no\s+one|no\s+person|not)\s+(?:\w+\s+){0,2}$", before) is not None
    if _EVEN_IF.search(before) or _NEAR["no-avail-after"].match(after):
        return True
    return _NO_DEFENCE_OF.search(before) is not None or is_denied(seen, *place)


_EVEN_IF = lazy_compile(r"(?i)\beven\s+(?:if|though|where|when)\b[^.;:,]{0,60}$")
_NO_DEFENCE_OF = lazy_compile(r"(?i)\bno\s+defen[cs]e\s+of\s+$")


def _is_no_defence_in_khmer(seen: View, place: Place, kind: str) -> bool:
    before, after = around(seen, *place)
    words = seen.text[slice(*place)]
    if kind == "lawful authority" and not _NEAR["khmer-exculpates"].search(f"{before}{after}"):
        return True
    if words.startswith(("លើកលែង", "វៀរលែង")) and _NEAR["khmer-no-exception-after"].match(after):
        return True
    return (_NEAR["khmer-denied-before"].search(before) or _KHMER_EVEN_IF.search(before)) is not None or (
        kind not in ("defence", "exception") and is_denied(seen, *place)
    )
