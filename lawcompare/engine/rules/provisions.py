"""A document as the rules see it: each clause with its form for matching, what is known of it, and what it is.

A clause is an offence, a power, a definition … by its own words and by those it stands under: the head
``(1)`` of a list is an offence because the line above says ``whoever``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document
from lawcompare.engine.rules import load_vocabulary
from lawcompare.engine.rules.patterns import WordPattern, sentence_at
from lawcompare.engine.text.search_form import View, view
from lawcompare.engine.values.penalties import Penalty, penalties_in
from lawcompare.engine.values.readers import StatedValue, values_in

UNSEEN = frozenset({"heading-only", "not-known", "headings-only"})
PARTLY_KNOWN = frozenset({"restatement", "quotation"})
NO_WORDS = WordPattern()
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
    _answers: dict[tuple[int, int, int, int], bool] = field(default_factory=dict, repr=False)
    _values: Sequence[StatedValue] | None = field(default=None, repr=False)

    @property
    def values(self) -> Sequence[StatedValue]:
        """What it says as values besides its penalties, read once; a time inside a penalty is no time limit."""
        if self._values is None:
            taken = [(penalty.start, penalty.end) for penalty in self.penalties if penalty.values]
            self._values = values_in(self.seen, taken)
        return self._values

    def mentions(self, words: WordPattern, ignoring: WordPattern = NO_WORDS) -> bool:
        return bool(words) and words.stands_in(_without(self.seen, ignoring))

    def sentence_mentions(self, span: tuple[int, int], words: WordPattern, ignoring: WordPattern = NO_WORDS) -> bool:
        start, end = sentence_at(self.seen, span)
        asked = (
            start,
            end,
            id(words),
            id(ignoring),
        )  # rules are loaded once, and a sentence may be asked of many times
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

    def mentions(self, words: WordPattern) -> bool:
        return bool(words) and any(each.mentions(words) for each in self.all)

    def unit_mentions(self, unit: str, words: WordPattern, ignoring: WordPattern = NO_WORDS) -> bool:
        return bool(words) and any(each.mentions(words, ignoring) for each in self.units[unit])


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
        statuses[clause.eid] = _status(clause, document, statuses)
        if clause.text.strip() and statuses[clause.eid] not in UNSEEN:
            provisions[clause.eid] = _provision(clause, document, statuses[clause.eid], language)
    units: dict[str, list[ExaminedProvision]] = {}
    for provision in provisions.values():
        units.setdefault(provision.unit, []).append(provision)
        provision.chain = [provisions[eid] for eid in _chain(provision.clause, document) if eid in provisions]
    for provision in provisions.values():
        inherited = frozenset().union(*(each.kinds for each in provision.chain))
        provision.kinds = provision.kinds | inherited
    return ExaminedProvisions(list(provisions.values()), units, _defined(provisions.values()))


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


def _status(clause: Clause, document: Document, statuses: Mapping[str, str]) -> str:
    """Its own word on it; else its parent's, but a part that is seen is seen though the whole is not."""
    own = clause.attributes.get("text_status")
    if own:
        return own
    above = statuses.get(clause.parent or "") or str(document.meta.get("text_status") or "")
    return "" if above in UNSEEN else above


def _unit(clause: Clause, document: Document) -> str:
    """The article or section a clause belongs to; itself where it stands above all articles."""
    current: Clause | None = clause
    while current is not None:
        if current.element in UNIT_ELEMENTS:
            return current.eid
        current = document.by_eid.get(current.parent or "")
    return clause.eid


def _chain(clause: Clause, document: Document) -> Iterator[str]:
    """The clause, those above it up to its article, and the words that close their lists."""
    unit, current = _unit(clause, document), clause
    while True:
        yield current.eid
        for child in document.children.get(current.eid, ()):
            if child.element == "wrapUp" and child.eid != clause.eid:
                yield child.eid
        above = document.by_eid.get(current.parent or "")
        if current.eid == unit or above is None:
            return
        current = above


def _defined(provisions: Iterable[ExaminedProvision]) -> frozenset[str]:
    defines = load_vocabulary().defines
    terms: set[str] = set()
    for provision in provisions:
        for match in defines.find(provision.seen):
            terms |= {group.strip(" ,.;\"'").casefold() for group in match.groups() if group}
    return frozenset(terms)
