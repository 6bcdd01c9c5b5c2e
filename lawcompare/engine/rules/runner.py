"""What a text itself shows: its values, and questions that rules raise. A question for a person, never a verdict.

Rules are data (``rules/``). Headings alone and clauses that nobody has seen are not examined: nothing can be said of
them. That something is missing is said of a restatement only where the known words carry a penalty. A clause is an
offence, a power, a definition … by its own words and by those it stands under: the head ``(1)`` of a list is an offence
because the line above says ``whoever``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document
from lawcompare.engine.rules import Rule, load_rules, load_vocabulary
from lawcompare.engine.rules.patterns import WordPattern, sentence_at
from lawcompare.engine.text.search_form import View, view
from lawcompare.engine.values.penalties import Penalty, penalties_in
from lawcompare.engine.values.readers import StatedValue, values_in
from lawcompare.engine.values.words import load_value_words

UNSEEN = frozenset({"heading-only", "not-known", "headings-only"})
PARTLY_KNOWN = frozenset({"restatement", "quotation"})
NO_WORDS = WordPattern()
NOUN = "សេចក្តី"  # makes a noun of the verb behind it: words that a rule finds do not begin inside
_MOST_CLOSING = 20  # clauses that close one list
_HEADINGS = {
    "definition": re.compile(r"(?i)\bdefinitions?\b|\buse of terms\b|និយមន័យ|សទ្ទានុក្រម"),
    "scope": re.compile(r"(?i)^\s*scope\b|វិសាលភាព|ដែនអនុវត្ត"),
    "purpose": re.compile(r"(?i)^\s*(?:purpose|objective)s?\b|គោលបំណង|គោលដៅ"),
}


@dataclass(slots=True)
class ExaminedProvision:
    """A clause whose own words are known. ``chain`` is itself and what it stands under, inside its unit."""

    clause: Clause
    seen: View
    status: str
    unit: str
    penalties: Sequence[Penalty]
    kinds: frozenset[str]
    chain: Sequence[ExaminedProvision] = field(default_factory=list)
    # What was once asked of it, by its place in the text and the words: rules are loaded once, and asked many times.
    _answers: dict[tuple[int, ...], bool] = field(default_factory=dict, repr=False)
    _values: Sequence[StatedValue] | None = field(default=None, repr=False)

    @property
    def values(self) -> Sequence[StatedValue]:
        """What it says as values besides its penalties, read once; a time inside a penalty is no time limit."""
        if self._values is None:
            taken = [(penalty.start, penalty.end) for penalty in self.penalties if penalty.values]
            self._values = values_in(self.seen, taken)
        return self._values

    def mentions(self, words: WordPattern, ignoring: WordPattern = NO_WORDS) -> bool:
        asked = id(words), id(ignoring)
        if words and asked not in self._answers:
            self._answers[asked] = words.stands_in(_without(self.seen, ignoring))
        return bool(words) and self._answers[asked]

    def sentence_mentions(self, span: tuple[int, int], words: WordPattern, ignoring: WordPattern = NO_WORDS) -> bool:
        start, end = sentence_at(self.seen, span)
        asked = start, end, id(words), id(ignoring)
        if asked not in self._answers:
            sentence = _without(self.seen.with_text(self.seen.text[start:end]), ignoring)
            self._answers[asked] = words.stands_in(sentence)
        return self._answers[asked]

    @property
    def is_partly_known(self) -> bool:
        return self.status in PARTLY_KNOWN


@dataclass(frozen=True, slots=True)
class ExaminedProvisions:
    """The provisions of a document in order, and by article or section."""

    all: Sequence[ExaminedProvision]
    units: Mapping[str, Sequence[ExaminedProvision]]
    defined: frozenset[str]
    _answers: dict[tuple[str, int, int], bool] = field(default_factory=dict, repr=False)

    def unit_mentions(self, unit: str, words: WordPattern, ignoring: WordPattern = NO_WORDS) -> bool:
        """Whether the words stand in a unit; ``""`` is the whole document. Looked for once."""
        asked = unit, id(words), id(ignoring)
        if words and asked not in self._answers:
            members = self.units[unit] if unit else self.all
            self._answers[asked] = any(each.mentions(words, ignoring) for each in members)
        return bool(words) and self._answers[asked]


def _without(seen: View, words: WordPattern) -> View:
    """The form with some words blanked, so that a pattern cannot reach across them into another word."""
    if not words:
        return seen
    pieces, done = [], 0
    for start, end in words.spans(seen):
        pieces += [seen.text[done:start], "_" * (end - max(start, done))]
        done = end
    return seen.with_text("".join([*pieces, seen.text[done:]]))


def provisions_of(document: Document, *, language: str | None = None) -> ExaminedProvisions:
    """Read every clause of which words are known; headings alone, and what is not known, are left out."""
    statuses: dict[str, str] = {}
    provisions: dict[str, ExaminedProvision] = {}
    for clause in document.clauses:
        # Its own word on it; else its parent's, but a part that is seen is seen though the whole is not.
        above = statuses.get(clause.parent or "") or str(document.meta.get("text_status") or "")
        statuses[clause.eid] = clause.attributes.get("text_status") or ("" if above in UNSEEN else above)
        if clause.text.strip() and statuses[clause.eid] not in UNSEEN:
            provisions[clause.eid] = _provision(clause, document, statuses[clause.eid], language)
    units: dict[str, list[ExaminedProvision]] = {}
    inside = document.children.items()
    closing = {eid: [one.eid for one in some if one.element == "wrapUp"][:_MOST_CLOSING] for eid, some in inside}
    for provision in provisions.values():
        units.setdefault(provision.unit, []).append(provision)
        provision.chain = [provisions[eid] for eid in _chain(provision, document, closing) if eid in provisions]
    for provision in provisions.values():
        inherited = frozenset().union(*(each.kinds for each in provision.chain))
        provision.kinds = provision.kinds | inherited
    terms: set[str] = set()
    for provision in provisions.values():
        for match in load_vocabulary().defines.find(provision.seen):
            terms |= {group.strip(" ,.;\"'").casefold() for group in match.groups() if group}
    return ExaminedProvisions(list(provisions.values()), units, frozenset(terms))


def _provision(clause: Clause, document: Document, status: str, language: str | None) -> ExaminedProvision:
    seen = view(clause.text, language)
    penalties = penalties_in(seen)
    kinds = {name for name, words in load_vocabulary().kinds.items() if words.stands_in(seen)}
    if any(penalty.values for penalty in penalties):
        kinds.add("offence")
    unit = _unit(clause, document)
    headings = (clause.heading, document.by_eid[unit].heading)
    kinds |= {name for name, pattern in _HEADINGS.items() if any(pattern.search(heading) for heading in headings)}
    return ExaminedProvision(clause, seen, status, unit, penalties, frozenset(kinds))


def _unit(clause: Clause, document: Document) -> str:
    """The article or section a clause belongs to; itself where it stands above all articles."""
    current: Clause | None = clause
    while current is not None:
        if current.element in UNIT_ELEMENTS:
            return current.eid
        current = document.by_eid.get(current.parent or "")
    return clause.eid


def _chain(provision: ExaminedProvision, document: Document, closing: Mapping[Any, Sequence[str]]) -> Iterator[str]:
    """The clause, those above it up to its article, and the words that close their lists (``closing``)."""
    current = provision.clause
    while True:
        yield current.eid
        yield from (eid for eid in closing.get(current.eid, ()) if eid != provision.clause.eid)
        above = document.by_eid.get(current.parent or "")
        if current.eid == provision.unit or above is None:
            return
        current = above


# --- findings ---

VALUE_RULES = ("penalty", "time-limit", "mental-element", "authorisation", "defence")


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """Something noticed in the clause ``eid``, with the words it rests on: ``quote`` is ``text[start:end]`` of it.

    ``rule`` is one of ``VALUE_RULES`` or the id of a rule file; offsets are code points; ``values`` is what was read.
    The sentence of a finding is made of these by ``wording.values``.
    """

    eid: str
    rule: str
    start: int
    end: int
    quote: str
    values: Mapping[str, Any] = field(default_factory=dict)


def examine(document: Document, *, language: str | None = None) -> list[RuleFinding]:
    """Return the findings of a document in its order.

    ``language`` (``en`` or ``km``) says in which language to read every clause; without it its script decides. Raises
    RuleError if a rule file has a mistake.

    >>> from lawcompare.engine.document import Clause
    >>> text = "Whoever knowingly does it is punished by imprisonment of up to six months."
    >>> for each in examine(Document("Law", "en", (Clause("art_1", "article", text=text),))):
    ...     print(each.rule, each.quote, dict(each.values))
    mental-element knowingly {'word': 'knowingly', 'level': 'knowledge'}
    penalty imprisonment of up to six months {'prison_months_max': 6}
    """
    provisions = provisions_of(document, language=language)
    findings = [finding for provision in provisions.all for finding in stated_in(provision)]
    for rule in load_rules():
        findings += _CHECKS[rule.check](rule, provisions)
    position = {clause.eid: at for at, clause in enumerate(document.clauses)}
    return sorted(findings, key=lambda each: (position[each.eid], each.start, each.end, each.rule))


def stated_in(provision: ExaminedProvision) -> Iterator[RuleFinding]:
    """What the words of a provision say as values, its penalties first."""
    for penalty in provision.penalties:
        if penalty.values:
            yield _finding(provision, "penalty", (penalty.start, penalty.end), penalty.all_values)
    for value in provision.values:
        yield _finding(provision, value.rule, (value.start, value.end), value.values)


def _finding(provision: ExaminedProvision, rule: str, place: tuple[int, int], values: Mapping[str, Any]) -> RuleFinding:
    start, end = place
    return RuleFinding(provision.clause.eid, rule, start, end, provision.clause.text[start:end], values)


def _raise(
    rule: Rule, provision: ExaminedProvision, place: tuple[int, int], values: Mapping[str, Any] | None = None
) -> RuleFinding:
    """The finding of a rule, with its category among the values."""
    start, end = place
    if provision.clause.text[:start].endswith(NOUN):
        place = start - len(NOUN), end
    partly = {"is_partly_known": True} if rule.check == "missing" and provision.is_partly_known else {}
    return _finding(provision, rule.id, place, {"category": rule.category, **(values or {}), **partly})


def _applies(rule: Rule, provision: ExaminedProvision) -> bool:
    return "any" in rule.applies_to or bool(rule.applies_to & provision.kinds)


def _is_answered(rule: Rule, provision: ExaminedProvision, provisions: ExaminedProvisions) -> bool:
    return (
        any(each.mentions(rule.unless_clause, rule.ignoring) for each in provision.chain)
        or provisions.unit_mentions(provision.unit, rule.unless_unit, rule.ignoring)
        or provisions.unit_mentions("", rule.unless_document)
    )


def _open_spans(rule: Rule, provision: ExaminedProvision) -> Iterator[tuple[int, int]]:
    """Where the words of a rule stand in a sentence that does not answer them."""
    for span in rule.words.spans(provision.seen):
        if not rule.unless_sentence or not provision.sentence_mentions(span, rule.unless_sentence, rule.ignoring):
            yield span


def _matches(rule: Rule, provisions: ExaminedProvisions) -> Iterator[tuple[ExaminedProvision, tuple[int, int]]]:
    for provision in provisions.all:
        if not _applies(rule, provision):
            continue
        spans = _open_spans(rule, provision)
        first = next(spans, None)
        if first is None or _is_answered(rule, provision, provisions):
            continue
        if rule.within and not provisions.unit_mentions(provision.unit, rule.within):
            continue
        for span in (first, *(() if rule.times == "clause" else spans)):
            yield provision, provision.seen.place(*span)


def _find_words(rule: Rule, provisions: ExaminedProvisions) -> Iterator[RuleFinding]:
    reported: set[tuple[str, str]] = set()
    for provision, place in _matches(rule, provisions):
        words = "" if rule.times == "clause" else provision.clause.text[place[0] : place[1]].casefold()
        scope = "" if rule.times == "document" else provision.clause.eid
        if (scope, words) not in reported:
            reported.add((scope, words))
            yield _raise(rule, provision, place)


def _find_undefined(rule: Rule, provisions: ExaminedProvisions) -> Iterator[RuleFinding]:
    for finding in _find_words(rule, provisions):
        # In the form in which definitions were read, in the singular or plural.
        term = " ".join(view(finding.quote).text.split()).casefold()
        if provisions.defined.isdisjoint((term, term.removesuffix("s"), term.removesuffix("es"), f"{term}s")):
            yield finding


def _find_missing(rule: Rule, provisions: ExaminedProvisions) -> Iterator[RuleFinding]:
    """One finding for an article: its words are all that is known, and none of them answers."""
    for members in provisions.units.values():
        anchor = _anchor(rule, members)
        if anchor is None:
            continue
        provision, place = anchor
        if not _is_answered(rule, provision, provisions):
            yield _raise(rule, provision, place)


def _anchor(rule: Rule, members: Sequence[ExaminedProvision]) -> tuple[ExaminedProvision, tuple[int, int]] | None:
    """The words that the rule names, or else the penalty or the formula that makes the article an offence."""
    candidates = [each for each in members if _applies(rule, each)]
    # Of a restatement only what carries a penalty is known well enough to say what is not in it.
    is_known = not any(each.is_partly_known for each in members) or any(
        penalty.values for each in members for penalty in each.penalties
    )
    if not candidates or not is_known:
        return None
    if rule.words:
        for provision in candidates:
            if (span := next(_open_spans(rule, provision), None)) is not None:
                return provision, provision.seen.place(*span)
        return None
    for provision in candidates:
        for penalty in provision.penalties:
            quote = provision.clause.text[max(0, penalty.start - 10) : penalty.end].casefold()
            if penalty.values and (penalty.has_prison or "civil" not in quote):
                return provision, (penalty.start, penalty.end)
    return None


def _find_in_penalties(rule: Rule, provisions: ExaminedProvisions) -> Iterator[RuleFinding]:
    """A minimum prison term, a smallest that is above the largest, or digits that are not what the words say."""
    for provision in provisions.all:
        if not _applies(rule, provision) or _is_answered(rule, provision, provisions):
            continue
        for penalty in provision.penalties:
            place = (penalty.start, penalty.end)
            if rule.check == "prison-minimum" and penalty.prison_months_min:
                yield _raise(rule, provision, place, {"prison_months_min": penalty.prison_months_min})
            elif rule.check == "smallest-above-largest" and penalty.absurdities:
                yield _raise(rule, provision, place, {"of": list(penalty.absurdities)})
            elif rule.check == "digits-against-words":
                for mismatch in penalty.mismatches:
                    numbers = {"in_digits": mismatch.digits, "in_words": mismatch.words}
                    known = {name: number for name, number in numbers.items() if number is not None}
                    yield _raise(rule, provision, (mismatch.start, mismatch.end), known)


_CHECKS: dict[str, Callable[[Rule, ExaminedProvisions], Iterator[RuleFinding]]] = {
    "words": _find_words,
    "missing": _find_missing,
    "undefined": _find_undefined,
    "prison-minimum": _find_in_penalties,
    "smallest-above-largest": _find_in_penalties,
    "digits-against-words": _find_in_penalties,
}


def check_rules() -> None:
    """Load every rule and all words, so that a mistake stops the start. Raises RuleError."""
    load_rules()
    load_vocabulary()
    load_value_words()
