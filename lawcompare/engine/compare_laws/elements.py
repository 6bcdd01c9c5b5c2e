"""The elements of a provision as values, each with the words it rests on, for setting two laws side by side.

What a clause does not say itself is looked for where it stands: in the words above it in its article, and, for
penalties, in the clause of the same article that names it (``in the case of an offense under subsection (a)(2)``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.rules.provisions import ExaminedProvision, ExaminedProvisions, provisions_of
from lawcompare.engine.values.penalties import Penalty
from lawcompare.engine.values.readers import thresholds_in, values_in

_CONDUCT = 200  # code points of conduct that are quoted
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
    is_partly_known: bool = False


def elements(document: Document, eid: str) -> Elements:
    """Return the elements of the clause ``eid`` with all that is under it. Raises EngineError for an unknown eid.

    >>> from lawcompare.engine.document import Clause
    >>> text = "Whoever dishonestly enters a system is punished by imprisonment of up to one year."
    >>> found = elements(Document("Law", "en", (Clause("art_1", "article", text=text),)), "art_1")
    >>> found.mental[0].quote, found.penalties[0].values
    ('dishonestly', {'prison_months_max': 12})
    """
    return elements_of(document, [eid])[eid]


def elements_of(document: Document, eids: Iterable[str]) -> dict[str, Elements]:
    """The same for many clauses of one document, which is read once."""
    provisions = provisions_of(document)
    by_eid = {provision.clause.eid: provision for provision in provisions.all}
    by_provision = {}
    for eid in eids:
        if eid not in document.by_eid:
            raise EngineError(f"there is no clause {eid!r} in the text")
        own = [by_eid[clause.eid] for clause in document.subtree(eid) if clause.eid in by_eid]
        above = [by_eid[each] for each in _above(document, eid) if each in by_eid]
        by_provision[eid] = _elements(own, above, _referring(document, eid, provisions))
    return by_provision


def _elements(
    own: Sequence[ExaminedProvision], above: Sequence[ExaminedProvision], referring: Sequence[ExaminedProvision]
) -> Elements:
    def first(read: Callable[[ExaminedProvision], Iterable[Excerpt]]) -> tuple[Excerpt, ...]:
        return tuple(_all(own, read)) or tuple(_all(above, read))

    def named(rule: str) -> tuple[Excerpt, ...]:
        return first(lambda provision: _values(provision, rule))

    return Elements(
        conduct=tuple(_all(own[:1] or above[:1], _conduct)),
        mental=named("mental-element"),
        harm=first(_harm),
        defences=named("defence"),
        penalties=first(_penalties) or tuple(_all(referring, _penalties)),
        authorisation=named("authorisation"),
        time_limits=named("time-limit"),
        is_partly_known=any(provision.is_partly_known for provision in (*own, *above)),
    )


def _all(
    provisions: Iterable[ExaminedProvision], read: Callable[[ExaminedProvision], Iterable[Excerpt]]
) -> Iterator[Excerpt]:
    for provision in provisions:
        yield from read(provision)


def _excerpt(provision: ExaminedProvision, start: int, end: int, values: Mapping[str, Any] | None = None) -> Excerpt:
    return Excerpt(provision.clause.eid, start, end, provision.clause.text[start:end], values or {})


def _conduct(provision: ExaminedProvision) -> Iterator[Excerpt]:
    """The first sentence, cut at a space where it is long; Khmer is cut at its own marks alone."""
    text = provision.clause.text
    stop = _SENTENCE.search(text)
    end = stop.start() if stop else len(text)
    if end > _CONDUCT and " " in text[:_CONDUCT]:
        end = text.rindex(" ", 0, _CONDUCT)
    yield _excerpt(provision, 0, len(text[:end].rstrip()))


def _harm(provision: ExaminedProvision) -> Iterator[Excerpt]:
    for start, end in thresholds_in(provision.seen):
        yield _excerpt(provision, start, end)


def _penalties(provision: ExaminedProvision) -> Iterator[Excerpt]:
    for penalty in provision.penalties:
        if penalty.values:
            yield _excerpt(provision, penalty.start, penalty.end, penalty.all_values)


def _values(provision: ExaminedProvision, rule: str) -> Iterator[Excerpt]:
    taken = [(penalty.start, penalty.end) for penalty in provision.penalties if penalty.values]
    for value in values_in(provision.seen, taken):
        if value.rule == rule:
            yield _excerpt(provision, value.start, value.end, value.values)


def _above(document: Document, eid: str) -> list[str]:
    """What the clause stands under inside its article, nearest first, with the words that close its list."""
    eids: list[str] = []
    current = document.by_eid[eid]
    while current.parent is not None and current.element not in ("article", "section"):
        current = document.by_eid[current.parent]
        if current.element in ("chapter", "part", "title", "book"):
            break
        eids.append(current.eid)
        eids += [child.eid for child in document.children[current.eid] if child.element == "wrapUp"]
    return eids


def _referring(document: Document, eid: str, provisions: ExaminedProvisions) -> list[ExaminedProvision]:
    """The clauses of the same article that name this one by its number, ``(a)(2)`` for the paragraph (2) of (a)."""
    path: list[str] = []
    current = document.by_eid[eid]
    while current.parent is not None and current.element not in ("article", "section"):
        path.insert(0, current.num.strip())
        current = document.by_eid[current.parent]
    if not path or not all(path):
        return []
    own = "".join(path)
    wider = re.compile(rf"(?<![\w)]){re.escape(own)}(?!\w)|under subsection {re.escape(path[0])}(?!\s*\()")
    members = provisions.units.get(current.eid, ())
    return [each for each in members if each.penalties and wider.search(each.clause.text) and each.clause.eid != eid]


def penalty_of(excerpt: Excerpt) -> Penalty:
    """The penalty that an excerpt of ``Elements.penalties`` stands for."""
    known = {name: value for name, value in excerpt.values.items() if name in Penalty.__dataclass_fields__}
    return Penalty(excerpt.start, excerpt.end, **known)
