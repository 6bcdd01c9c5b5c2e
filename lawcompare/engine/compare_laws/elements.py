"""The elements of a provision as values, each with the words it rests on, for setting two laws side by side.

What a clause does not say itself is looked for where it stands: in the words above it in its article, and, for
penalties and exceptions, in the clause of the same article that names it: ``in the case of an offense under subsection
(a)(2), (a)(3) or (a)(6)``. Such a value belongs to the offences that its own clause, a clause under it, or else a
clause above it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, pairwise
from typing import Any

from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.rules.runner import ExaminedProvision, provisions_of, stated_in
from lawcompare.engine.values.money import in_dollars
from lawcompare.engine.values.penalties import Penalty
from lawcompare.engine.values.readers import scopes_in, thresholds_in

# --- which clauses of its own section a clause names ---

# Characters before a reference in which stand the words that make it none to an offence.
_REACH = 80
# The numbers of a clause inside its section, from the outside: ("a", "5", "B"). Empty for the section itself.
type Path = tuple[str, ...]

_NUMBER = r"\(\w{1,5}\)"
_NUMBERS = rf"{_NUMBER}(?:\s*{_NUMBER})*"
# Blanks are read in one way: with two, a list of twenty numbers had a million.
_MORE = rf"(?:\s*(?:,(?:\s*(?:and|or))?|or|and|through|to)\s*{_NUMBERS})*"
_REFERENCE = re.compile(
    rf"(?i)\b(?:paragraphs?\s+(?P<inner>{_NUMBERS}{_MORE})\s+of\s+subsection\s+(?P<outer>{_NUMBER})"
    rf"|\bsubsections?\s+(?P<refs>{_NUMBERS}{_MORE}))(?!\w|\s+of\s+(?:section|title)\s+\d)"
)
_WHOLE = re.compile(r"(?i)\bthis\s+(?:section|article)\b")
# "another offense under this section" is an earlier one; "unless subsection (b) applies" names no offence.
_NO_OFFENCE_BEFORE = re.compile(
    r"(?i)\b(?:except\s+as\s+(?:otherwise\s+)?provided\s+(?:in|by)|provided\s+(?:in|by|under)|unless|(?:described|defined|listed"
    r"|required|set\s+forth|specified|enumerated)\s+(?:in|by|under)|requirements?\s+of|pursuant\s+to|accordance\s+with"
    r"|another\s+offen[cs]e\s+under|prior\s+offen[cs]e\s+under)\s*$"
)
# The same in Khmer: កថាខណ្ឌ is a subsection, ចំណុច a paragraph, and spaces stand where the typist put them.
_KHMER_MORE = rf"(?:\s*(?:,|ឬ|និង|រហូតដល់|ដល់)\s*{_NUMBERS})*"
_KHMER_REFERENCE = re.compile(
    rf"(?<!អនុ)ចំណុច\s*(?P<inner>{_NUMBERS}{_KHMER_MORE})\s*នៃកថាខណ្ឌ\s*(?P<outer>{_NUMBER})"
    rf"|កថាខណ្ឌ\s*(?P<refs>{_NUMBERS}{_KHMER_MORE})(?!\s*នៃមាត្រា\s*\d)"
)
_KHMER_WHOLE = re.compile("(?:មាត្រា|ផ្នែក)នេះ")
_KHMER_NO_OFFENCE_BEFORE = re.compile(
    "(?:អនុវត្ត|ចែង|កំណត់|រៀបរាប់|និយមន័យ|លក្ខខណ្ឌ|យោង|ស្រប|ផ្សេង(?:ទៀត)?|មុន)\\s*(?:ក្នុង|តាម|នៃ|ដោយ|នឹង)?\\s*$"
)
_EACH_NUMBER = re.compile(r"\((\w{1,5})\)")
_KINDS = (re.compile(r"[ivx]{2,}"), re.compile(r"\d+\w?"), re.compile(r"[a-z]{1,2}"), re.compile(r"[A-Z]{1,2}"))


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: clauses by their path, and whether it names the whole section."""

    paths: frozenset[Path]
    whole: bool = False

    def covers(self, path: Path) -> bool:
        """Whether the clause of a path, one that holds it, or one inside it is named."""
        return self.whole or any(one[: len(path)] == path[: len(one)] for one in self.paths)

    def __bool__(self) -> bool:
        return self.whole or bool(self.paths)


def path_of(document: Document, eid: str) -> Path:
    """The numbers of a clause inside its section or article.

    >>> from lawcompare.engine.document import Clause
    >>> section = Clause("sec_1", "section", "§ 1")
    >>> one = Clause("sec_1__subsec_a", "subsection", "(a)", parent="sec_1")
    >>> path_of(Document("Law", "en", (section, one)), "sec_1__subsec_a")
    ('a',)
    """
    numbers: list[str] = []
    for clause in _up_to_unit(document, eid)[:-1]:
        own = _EACH_NUMBER.findall(clause.num)
        numbers = (own or ([clause.num.strip(" .")] if clause.num.strip() else [])) + numbers
    return tuple(numbers)


def _up_to_unit(document: Document, eid: str) -> list[Clause]:
    """The clause and what it stands under, nearest first, up to its section or article."""
    clauses = [document.by_eid[eid], *document.ancestors(eid)]
    units = (at for at, clause in enumerate(clauses, 1) if clause.element in UNIT_ELEMENTS)
    return clauses[: next(units, None)]


def named_in(text: str) -> Named:
    """
    >>> sorted(named_in("an offense under subsection (a)(1), (2) or (b)").paths)
    [('a', '1'), ('a', '2'), ('b',)]
    >>> sorted(named_in("បទល្មើសក្នុងកថាខណ្ឌ (a)(2) ឬ (a)(6)").paths)
    [('a', '2'), ('a', '6')]
    """
    paths: set[Path] = set()
    whole = False
    for reference, section, no_offence_before in (
        (_REFERENCE, _WHOLE, _NO_OFFENCE_BEFORE),
        (_KHMER_REFERENCE, _KHMER_WHOLE, _KHMER_NO_OFFENCE_BEFORE),
    ):
        for match in reference.finditer(text):
            if not no_offence_before.search(text, max(0, match.start() - _REACH), match.start()):
                outer = tuple(_EACH_NUMBER.findall(match["outer"] or ""))
                paths.update(outer + path for path in _paths(match["refs"] or match["inner"]))
        whole = whole or any(
            not no_offence_before.search(text, max(0, match.start() - _REACH), match.start())
            for match in section.finditer(text)
        )
    return Named(frozenset(paths), whole)


def _paths(references: str) -> Iterator[Path]:
    """Each reference of a list; one that begins lower than the one before goes on with its numbers."""
    last: Path = ()
    for match in re.finditer(_NUMBERS, references):
        numbers = tuple(_EACH_NUMBER.findall(match[0]))
        kind = _kind(numbers[0])
        level = next((at for at, number in enumerate(last) if at and _kind(number) == kind), 0)
        last = last[:level] + numbers
        yield last


def _kind(number: str) -> int:
    return next((at for at, kind in enumerate(_KINDS) if kind.fullmatch(number)), len(_KINDS))


# --- elements ---

_CONDUCT = 200  # code points of conduct that are quoted
_ITEMS = 8
_OPENING = 16  # code points of "knowingly" or "either", which open a list and say nothing of conduct
_PUNISHES = re.compile(r"(?i)\bpunish(?:ed|able|ment)\b")
_OPENS_LIST = re.compile(
    r"(?i)(?:[:—–-]|\bwhoever\b[^.;]{0,80}|\bwho|\bto do any of the following:?|[,៖])\s*[\"'’”]*\s*$"
)
# Letters of a condition, which each penalty repeats: of 26,000, for 700 penalties of 90 clauses, they took 3.4 GB.
_CONDITION_MAX = 500
# So much of the end of a clause is looked at, in letters.
_OPENING_MAX = 200
# The case that a clause above a penalty sets: "where it follows such a conviction,"
_CASE = re.compile(r"(?i)(?:where|if|in (?:the|any|every)(?: other)? cases?|unless|after|for)\b[^:]*$")
_SENTENCE = re.compile(r"[.;:។៕](?=\s|$)")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Words of the clause ``eid``: ``quote`` is ``text[start:end]`` of it; ``values`` is what they say."""

    eid: str
    start: int
    end: int
    quote: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elements:
    """What a provision says of each element, in the order of the text; an empty one is not in its known words.

    ``is_partly_known``: the clause is restated or quoted, so that what is missing here may stand in the law.
    """

    conduct: tuple[Excerpt, ...] = ()
    mental: tuple[Excerpt, ...] = ()
    harm: tuple[Excerpt, ...] = ()
    defences: tuple[Excerpt, ...] = ()
    penalties: tuple[Excerpt, ...] = ()
    authorisation: tuple[Excerpt, ...] = ()
    time_limits: tuple[Excerpt, ...] = ()
    scope: tuple[Excerpt, ...] = ()
    is_partly_known: bool = False


def elements_of(document: Document, eids: Iterable[str]) -> dict[str, Elements]:
    """Return the elements of each clause with all that is under it, by eid. Raises EngineError for an unknown eid.

    >>> from lawcompare.engine.document import Clause
    >>> text = "Whoever dishonestly enters a system is punished by imprisonment of up to one year."
    >>> read = elements_of(Document("Law", "en", (Clause("art_1", "article", text=text),)), ["art_1"])["art_1"]
    >>> read.mental[0].quote, read.penalties[0].values
    ('dishonestly', {'prison_months_max': 12})
    """
    provisions = provisions_of(document)
    by_eid = {provision.clause.eid: provision for provision in provisions.all}
    by_provision: dict[str, Elements] = {}
    namings: dict[str, list[_Naming]] = {}
    reads = _reads()
    for eid in eids:
        if eid not in document.by_eid:
            raise EngineError(f"there is no clause {eid!r} in the text")
        own = [by_eid[clause.eid] for clause in document.subtree(eid) if clause.eid in by_eid]
        # What a chapter itself says is not what one of its articles says.
        own = [each for each in own if each.unit == eid] or own
        above = [by_eid[each] for each in _above(document, eid) if each in by_eid]
        unit = _up_to_unit(document, eid)[-1].eid
        if unit not in namings:
            namings[unit] = list(_namings_in(document, provisions.units.get(unit, ())))
        by_provision[eid] = _elements(own, above, _Unit(document, eid, namings[unit], reads))
    return by_provision


type _Read = Callable[[ExaminedProvision], Iterable[Excerpt]]


def _elements(own: Sequence[ExaminedProvision], above: Sequence[ExaminedProvision], unit: _Unit) -> Elements:
    reads = unit.reads

    def first(read: _Read, own: Sequence[ExaminedProvision] = own) -> tuple[Excerpt, ...]:
        return tuple(chain.from_iterable(map(read, own))) or tuple(chain.from_iterable(map(read, above)))

    # A definition says what a word means, not how the offence is committed.
    offences = [each for each in own if "definition" not in each.kinds or "offence" in each.kinds] or own
    defences = [*first(reads["defence"]), *(excerpt for excerpt, _ in unit.naming("defence"))]
    return Elements(
        conduct=tuple(_conduct(own or above)),
        mental=first(reads["mental-element"], offences),
        harm=first(reads["harm"], offences),
        defences=tuple({(each.eid, each.start, each.end): each for each in defences}.values()),
        penalties=first(reads["penalty"]) or tuple(unit.penalties()),
        authorisation=first(reads["authorisation"]),
        time_limits=first(reads["time-limit"]),
        scope=first(reads["scope"]),
        is_partly_known=any(provision.is_partly_known for provision in (*own, *above)),
    )


def _excerpt(provision: ExaminedProvision, start: int, end: int, values: Mapping[str, Any] | None = None) -> Excerpt:
    return Excerpt(provision.clause.eid, start, end, provision.clause.text[start:end], values or {})


def _conduct(own: Sequence[ExaminedProvision]) -> Iterator[Excerpt]:
    """The first sentence; where it only opens a list, the first sentence of each of its items too."""
    if not own:
        return
    yield _first_sentence(own[0])
    if _OPENS_LIST.search(own[0].clause.text.rstrip()[-_OPENING_MAX:]):
        items = [each for each in own[1:] if each.clause.parent == own[0].clause.eid and _states_conduct(each)]
        yield from map(_first_sentence, items[:_ITEMS])


def _states_conduct(item: ExaminedProvision) -> bool:
    """Not the words that close a list with its penalty, nor a word that only opens another list."""
    if item.clause.element == "wrapUp" and (item.penalties or _PUNISHES.search(item.clause.text)):
        return False
    return len(item.clause.text) > _OPENING or item.seen.language == "km"


def _first_sentence(provision: ExaminedProvision) -> Excerpt:
    """Cut at a space where it is long; Khmer is cut at its own marks alone."""
    text = provision.clause.text
    stop = _SENTENCE.search(text)
    end = stop.start() if stop else len(text)
    if end > _CONDUCT and " " in text[:_CONDUCT]:
        end = text.rindex(" ", 0, _CONDUCT)
    return _excerpt(provision, 0, len(text[:end].rstrip()))


def _harm(provision: ExaminedProvision) -> Iterator[Excerpt]:
    """What only makes a penalty heavier is the condition of that penalty, and no threshold of the offence."""
    conditions = [penalty.condition for penalty in provision.penalties if penalty.condition]
    for start, end in thresholds_in(provision.seen):
        excerpt = _excerpt(provision, start, end)
        words = " ".join(excerpt.quote.split())
        if not any(words in condition for condition in conditions):
            yield excerpt


def _scope(provision: ExaminedProvision) -> Iterator[Excerpt]:
    for start, end, kind in scopes_in(provision.seen):
        yield _excerpt(provision, start, end, {"reach": kind})


def _values(rule: str) -> _Read:
    return lambda provision: (
        _excerpt(provision, one.start, one.end, one.values) for one in stated_in(provision) if one.rule == rule
    )


def _reads() -> Mapping[str, _Read]:
    """What is read of a provision, by name, and then kept: each clause below it may need what stands above."""
    rules = ("mental-element", "defence", "penalty", "authorisation", "time-limit")
    return {name: _kept(read) for name, read in [("harm", _harm), ("scope", _scope), *((r, _values(r)) for r in rules)]}


def _kept(read: _Read) -> _Read:
    known: dict[str, tuple[Excerpt, ...]] = {}

    def kept(provision: ExaminedProvision) -> tuple[Excerpt, ...]:
        if provision.clause.eid not in known:
            known[provision.clause.eid] = tuple(read(provision))
        return known[provision.clause.eid]

    return kept


def _above(document: Document, eid: str) -> list[str]:
    """What the clause stands under inside its article, nearest first, with the words that close its list."""
    eids: list[str] = []
    for below, clause in pairwise([document.by_eid[eid], *document.ancestors(eid)]):
        if below.element in ("article", "section") or clause.element in ("chapter", "part", "title", "book"):
            break
        eids += [clause.eid, *(child.eid for child in document.children[clause.eid] if child.element == "wrapUp")]
    return eids


@dataclass(frozen=True, slots=True)
class _Naming:
    """A provision that names clauses of its unit; ``texts`` say whose its values are, those in ``deciding`` decide."""

    provision: ExaminedProvision
    texts: Sequence[tuple[str, str, Named]]
    at: int
    deciding: Sequence[Named]

    def condition(self, path: Path) -> str:
        """What a text under a penalty adds to the offence it names, or a text above the penalty says of its case."""
        if self.texts[self.at][0] == "under":
            chosen = [text for place, text, named in self.texts if place == "under" and named.covers(path)]
            return "; ".join(
                " ".join(text.split()).rstrip(" ,;:.").removesuffix("; or").removesuffix("; and") for text in chosen
            )
        between = [text for place, text, _named in self.texts[: self.at + 1] if place == "above"]
        ends = (" ".join(text.split()).rstrip(",:—-").rstrip() for text in reversed(between))
        return "; ".join(text for text in ends if _CASE.match(text))


def _namings_in(document: Document, members: Sequence[ExaminedProvision]) -> Iterator[_Naming]:
    """The provisions of an article or section that name clauses of it. Each text is read once."""
    read = cache(named_in)
    for provision in members:
        own, *under = document.subtree(provision.clause.eid)
        # In the order in which they say whose value it is.
        around = [
            ("own", own),
            *(("under", each) for each in under if each.text),
            *(("above", each) for each in _up_to_unit(document, own.eid)[1:]),
        ]
        texts = [(place, one.text, read(one.text)) for place, one in around]
        at = next((at for at, (_, _, named) in enumerate(texts) if named), None)
        if at is not None:
            # All texts under a provision decide together; its own text, or one above it, decides alone.
            deciding = [each for each in texts if each[0] == "under"] if texts[at][0] == "under" else [texts[at]]
            yield _Naming(provision, texts, at, [named for _, _, named in deciding])


@dataclass(frozen=True, slots=True)
class _Unit:
    """The article or section of a clause: what it lays down elsewhere for the offences of that clause."""

    document: Document
    eid: str
    namings: Sequence[_Naming]
    reads: Mapping[str, _Read]

    def penalties(self) -> Iterator[Excerpt]:
        """Every tier, with the condition that stands in its own clause or in those it stands under."""
        for excerpt, condition in self.naming("penalty"):
            conditions = dict.fromkeys(filter(None, (condition, excerpt.values.get("condition"))))
            known = {"condition": "; ".join(conditions)} if conditions else {}
            yield replace(excerpt, values={**excerpt.values, **known})

    def naming(self, name: str) -> Iterator[tuple[Excerpt, str]]:
        """What stands outside the clause in provisions that name it, with what they make a condition of it."""
        path = path_of(self.document, self.eid)
        inside = {clause.eid for clause in self.document.subtree(self.eid)} | set(_above(self.document, self.eid))
        for naming in self.namings if path else ():
            provision = naming.provision
            if provision.clause.eid not in inside and any(named.covers(path) for named in naming.deciding):
                excerpts = list(self.reads[name](provision))
                condition = naming.condition(path)[:_CONDITION_MAX] if excerpts else ""
                yield from ((excerpt, condition) for excerpt in excerpts)


def penalty_of(excerpt: Excerpt) -> Penalty:
    """The penalty that an excerpt of ``Elements.penalties`` stands for."""
    known = {name: value for name, value in excerpt.values.items() if name in Penalty.__dataclass_fields__}
    return Penalty(excerpt.start, excerpt.end, **known)


# --- differences: what one text has and the other has not, with the words it rests on; never which is better ---

_STRICTNESS = {"intent": 4, "knowledge": 3, "recklessness": 2, "reason-to-know": 1, "negligence": 1}


@dataclass(frozen=True, slots=True)
class ProvisionDifference:
    """A difference in one ``element``: mental, harm, defences, penalties, authorisation or time_limits.

    ``kind`` is one of ``wording.values.SENTENCES``, ``values`` are those of its sentence: months, amounts, names,
    quoted words, lists of time limits; ``words`` are the places of either text that it rests on.
    """

    element: str
    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)
    words: tuple[Excerpt, ...] = ()


def contrast(own: Elements, other: Elements) -> list[ProvisionDifference]:
    """Return what distinguishes ``own`` from ``other``.

    Call it a second time with the two exchanged for the differences in the other direction.

    >>> required = Excerpt("sec_1030", 0, 13, "intentionally", {"level": "intent"})
    >>> for difference in contrast(Elements(), Elements(mental=(required,))):
    ...     print(difference.kind, difference.values)
    no-mental {'words': 'intentionally'}
    """
    return [
        *_mental_differences(own.mental, other.mental),
        *_absent("harm", "no-harm", own.harm, other.harm),
        *_absent("defences", "no-defence", own.defences, other.defences),
        *_penalty_differences(own.penalties, other.penalties),
        *_authorisation_differences(own.authorisation, other.authorisation),
        *_time_differences(own.time_limits, other.time_limits),
    ]


def compare_penalties(own: Penalty, other: Penalty) -> list[ProvisionDifference]:
    """Return in what ``own`` is heavier than ``other``.

    >>> compare_penalties(Penalty(0, 0, fine=True), Penalty(0, 0))[0].kind
    'fine'
    """
    return [ProvisionDifference("penalties", kind, values) for kind, values in _heavier(own, other)]


def _heavier(own: Penalty, other: Penalty) -> Iterator[tuple[str, dict[str, Any]]]:
    if own.has_prison and not other.has_prison:
        yield "prison", {"term": own.values}
    elif own.has_prison:
        yield from _longer(own, other)
    if own.fine and not other.fine and not own.has_prison:
        yield "fine", {}
    # Fines in two currencies are compared in dollars.
    if own.fine_max is None or other.fine_max is None or not own.currency or not other.currency:
        return
    dollars = in_dollars(own.fine_max, own.currency), in_dollars(other.fine_max, other.currency)
    mine, theirs = (own.fine_max, other.fine_max) if own.currency == other.currency else dollars
    if mine is not None and theirs is not None and mine > theirs:
        values = {"most": own.fine_max, "currency": own.currency}
        yield "higher-fine", values | {"other_most": other.fine_max, "other_currency": other.currency}


def _longer(own: Penalty, other: Penalty) -> Iterator[tuple[str, dict[str, Any]]]:
    least, other_least = own.prison_months_min, other.prison_months_min
    if least and not other_least:
        yield "minimum", {"least": least}
    elif least and other_least and least > other_least:
        yield "higher-minimum", {"least": least, "other_least": other_least}
    most, other_most = own.prison_months_max, other.prison_months_max
    if own.life and not other.life and other_most is not None:
        yield "life", {"other_most": other_most}
    elif most is not None and other_most is not None and most > other_most and not other.life:
        yield "higher-maximum", {"most": most, "other_most": other_most}


def _penalty_differences(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    """The heaviest penalty of either: a law of many grades is compared at its top, its minimum at its lightest."""
    if not own or not other:
        return

    def weight(excerpt: Excerpt) -> tuple[bool, float, float]:
        penalty = penalty_of(excerpt)
        return penalty.life, penalty.prison_months_max or penalty.prison_months_min or 0, penalty.fine_max or 0

    heaviest = max(own, key=weight), max(other, key=weight)
    for difference in compare_penalties(_whole(own), _whole(other)):
        yield replace(difference, words=heaviest)


def _whole(excerpts: Sequence[Excerpt]) -> Penalty:
    """The penalties of a provision as one: the smallest minimum, the largest maximum."""
    all_of_them = [penalty_of(excerpt) for excerpt in excerpts]
    prison = [each for each in all_of_them if each.has_prison]
    leasts = [each.prison_months_min for each in prison]
    mosts = [each.prison_months_max for each in prison if each.prison_months_max is not None]
    fines = [each for each in all_of_them if each.fine_max is not None]
    dearest = max(fines, key=lambda each: each.fine_max or 0) if fines else None
    return Penalty(
        all_of_them[0].start,
        all_of_them[0].end,
        prison_months_min=min(each for each in leasts if each is not None) if leasts and None not in leasts else None,
        prison_months_max=max(mosts) if mosts else None,
        life=any(each.life for each in prison),
        fine=any(each.fine for each in all_of_them),
        fine_max=dearest.fine_max if dearest else None,
        currency=dearest.currency if dearest else None,
    )


def _absent(element: str, kind: str, own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if other and not own:
        yield ProvisionDifference(element, kind, {"words": _quote(other[0])}, (other[0],))


def _mental_differences(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if not other:
        return
    # Of several offences the mildest counts as what the other requires, and the strictest as what this one does.
    required = min(other, key=_strictness)
    if not own:
        yield ProvisionDifference("mental", "no-mental", {"words": _quote(required)}, (required,))
        return
    enough = max(own, key=_strictness)
    if _strictness(enough) < _strictness(required):
        values = {"own": _quote(enough), "words": _quote(required)}
        yield ProvisionDifference("mental", "lower-mental", values, (enough, required))


def _strictness(excerpt: Excerpt) -> int:
    return _STRICTNESS.get(str(excerpt.values.get("level")), 0)


def _authorisation_differences(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if not own:
        yield from _absent("authorisation", "no-authorisation", own, other)
        return
    bodies, other_bodies = _bodies(own), _bodies(other)
    if other and not set(bodies) & set(other_bodies):
        values = {"own": bodies, "body": other_bodies}
        yield ProvisionDifference("authorisation", "other-authorisation", values, (own[0], other[0]))


def _bodies(excerpts: Sequence[Excerpt]) -> list[str]:
    return list(dict.fromkeys(str(excerpt.values["body"]) for excerpt in excerpts))


def _time_differences(own: Sequence[Excerpt], other: Sequence[Excerpt]) -> Iterator[ProvisionDifference]:
    if not other:
        return
    limits = _limits(other)
    if not own:
        yield ProvisionDifference("time_limits", "no-time", {"time": limits}, (other[0],))
    elif {_bound(each) for each in own} != {_bound(each) for each in other}:
        values = {"own": _limits(own), "time": limits}
        yield ProvisionDifference("time_limits", "other-time", values, (own[0], other[0]))


def _bound(excerpt: Excerpt) -> tuple[float, str]:
    return excerpt.values["days"], str(excerpt.values.get("bound"))


def _limits(excerpts: Sequence[Excerpt]) -> list[Mapping[str, Any]]:
    """The time limits of a provision, each once, with the bound: a sentence without it would invert one of them."""
    return [excerpt.values for excerpt in {_bound(excerpt): excerpt for excerpt in excerpts}.values()]


def _quote(excerpt: Excerpt) -> str:
    return " ".join(excerpt.quote.split())
