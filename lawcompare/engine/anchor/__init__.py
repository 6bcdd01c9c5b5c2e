"""Finding the words of an annotation again in another version, or saying that they need a person or are lost.

First where the aligned clauses' redlines say the words went, then in the aligned clauses, then in the whole version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from lawcompare.engine.align import align
from lawcompare.engine.align.model import Alignment
from lawcompare.engine.anchor.candidates import Place, SearchedText, to_clusters
from lawcompare.engine.anchor.model import (
    CONTEXT,
    MARGIN,
    Anchor,
    AnnotatedSpan,
    CarriedSpan,
    Spot,
    TextPositionSelector,
    TextQuoteSelector,
    Verdict,
)
from lawcompare.engine.anchor.trace import Redline, Trace
from lawcompare.engine.document import Clause
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import borders, is_word, words

__all__ = [
    "CONTEXT",
    "MARGIN",
    "Anchor",
    "Carried",
    "Carrier",
    "Span",
    "Spot",
    "TextPositionSelector",
    "TextQuoteSelector",
    "Verdict",
    "carry",
    "find",
    "select",
]

# Shares of the words, and of the words around them, that must have gone to a place to say that it is the same place;
# of the words around, more where the words are few or stand in the clause more than once.
_WORDS_KEPT = 0.6
_AROUND_KEPT, _MORE_AROUND_KEPT = 0.35, 0.6
_FEW_WORDS = 8
# Below this share of words nobody would see the likeness.
_WORDS_LIKE = 0.3
# Below this score an alignment only suggests where to look.
_SURE_ALIGNMENT = 0.4
# Likeness of a quote to words in an aligned clause, 0 to 1, worth showing to a person.
_LIKE_IN_PARTNER = 0.55
# Likeness of the context, 0 to 1, from which a place is the one meant: off the redline's way, and on it.
_LIKE_CONTEXT, _LIKE_CONTEXT_ON_THE_WAY = 0.7, 0.5
# Words that tell a place by themselves if they stand once in either version.
_TELLING_WORDS = 5


def select(text: str, start: int, end: int) -> tuple[TextQuoteSelector, TextPositionSelector]:
    """The selectors of a range of a text. Raises ``ComparisonError`` for a range that is none.

    >>> select("Any person who steals is punished.", 15, 21)[0]
    TextQuoteSelector(exact='steals', prefix='Any person who ', suffix=' is punished.')
    """
    if not 0 <= start < end <= len(text):
        raise ComparisonError(f"{start} to {end} is no range of a text of {len(text)} characters")
    allowed = borders(text)
    before = min((border for border in allowed if border >= start - CONTEXT), default=0)
    after = max((border for border in allowed if border <= end + CONTEXT), default=len(text))
    quote = TextQuoteSelector(text[start:end], text[min(before, start) : start], text[end : max(after, end)])
    return quote, TextPositionSelector(start, end)


def find(
    selector: TextQuoteSelector,
    position: TextPositionSelector | None,
    candidates: Mapping[str, str],
    *,
    language: str = "en",
) -> Anchor | None:
    """Find quoted words in texts (clause id -> text): exactly, else by likeness; None below the floor.

    Among equally good places the one nearest to ``position`` wins; it never makes up for wrong words or context.

    >>> find(TextQuoteSelector("who steals", "Any person ", " pays"), None, {"a": "A person who steals pays."})
    Anchor(clause='a', start=9, end=19, score=0.98, second=0.0, is_exact=True)
    """
    return _best_anchor(SearchedText(candidates, language), selector, position)


def _best_anchor(
    version: SearchedText, selector: TextQuoteSelector, position: TextPositionSelector | None
) -> Anchor | None:
    places = version.exact(*selector) or version.fuzzy(*selector)
    if not places:
        return None
    best = places[0]
    if position is not None:
        equals = [place for place in places if place.score == best.score]
        best = min(equals, key=lambda place: abs(place.start - position.start))
    return _anchor(best, [place for place in places if place != best])


def _anchor(best: Place, others: Sequence[Place]) -> Anchor:
    other = max(others, key=lambda place: place.score, default=None)
    second = round(other.score, 3) if other else 0.0
    rival = Spot(other.clause, other.start, other.end) if other else None
    return Anchor(best.clause, best.start, best.end, round(best.score, 3), second, best.is_exact, rival)


def carry(
    old_clauses: Sequence[Clause],
    new_clauses: Sequence[Clause],
    annotations: Iterable[AnnotatedSpan],
    *,
    alignments: Sequence[Alignment] | None = None,
    language: str = "en",
) -> list[CarriedSpan]:
    """Carry annotations from one version to the next, one answer each, in their order.

    Without ``alignments`` the clauses are aligned here. Raises ``ComparisonError`` for an annotation on a clause that
    is not there, or on a range that its text does not have.
    """
    alignments_used = align(old_clauses, new_clauses) if alignments is None else alignments
    carrier = Carrier(old_clauses, new_clauses, alignments_used, language)
    return [carrier.carry(span) for span in annotations]


class _Traced(NamedTuple):
    """A trace of the span in an aligned clause."""

    clause: str
    trace: Trace
    is_exact: bool

    @property
    def neighbours(self) -> float:
        return self.trace.kept if self.trace.neighbours is None else self.trace.neighbours

    @property
    def score(self) -> float:
        return 0.7 * self.trace.kept + 0.3 * self.neighbours

    @property
    def spot(self) -> Spot:
        return Spot(self.clause, self.trace.start, self.trace.end)


class Carrier:
    """Two versions and what carrying needs of them, made once for all annotations, which it carries one by one."""

    def __init__(
        self, old: Sequence[Clause], new: Sequence[Clause], alignments: Sequence[Alignment], language: str
    ) -> None:
        self._language = language
        self._old = SearchedText({unit.eid: unit.text for unit in old}, language)
        self._new = SearchedText({unit.eid: unit.text for unit in new}, language)
        self._partners: defaultdict[str, list[str]] = defaultdict(list)
        self._suggested: set[tuple[str, str]] = set()
        for alignment in alignments:
            if alignment.score < _SURE_ALIGNMENT:
                self._suggested.update(product(alignment.old, alignment.new))
            for clause in alignment.old:
                self._partners[clause] += [other for other in alignment.new if other in self._new.texts]
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        for unit in new:
            if unit.parent is not None:
                self._children[unit.parent].append(unit.eid)
        self._redlines: dict[tuple[str, str], Redline] = {}

    def carry(self, span: AnnotatedSpan) -> CarriedSpan:
        if span.clause not in self._old.texts:
            raise ComparisonError(f"annotation {span.id}: the old text has no clause {span.clause}")
        text = self._old.texts[span.clause]
        if not 0 <= span.start < span.end <= len(text):
            raise ComparisonError(
                f"annotation {span.id}: {span.start} to {span.end} is no range of clause {span.clause}, "
                f"which has {len(text)} characters"
            )
        partners = list(dict.fromkeys(self._partners[span.clause]))
        if len(partners) == 1 and self._new.texts[partners[0]] == text:
            return CarriedSpan(span.id, "kept", partners[0], span.start, span.end, 1.0)
        quote, _ = select(text, span.start, span.end)
        traces = self._traces(span, partners)
        return (
            self._by_redline(span, quote, traces)
            or self._by_search(span, quote, partners, traces)
            or self._by_likeness(span, quote, partners, traces)
            or CarriedSpan(span.id, "lost")
        )

    # --- where the redline says ---

    def _traces(self, span: AnnotatedSpan, partners: Sequence[str]) -> list[_Traced]:
        traces = []
        for clause in partners:
            trace = self._redline(span.clause, clause).trace(span.start, span.end)
            if trace is not None:
                is_exact = self._form(self._words(span)) == self._form(self._new.texts[clause][trace.start : trace.end])
                traces.append(_Traced(clause, trace, is_exact))
        return sorted(traces, key=lambda traced: (-traced.score, not traced.is_exact))

    def _redline(self, old: str, new: str) -> Redline:
        if (old, new) not in self._redlines:
            self._redlines[old, new] = Redline(self._old.texts[old], self._new.texts[new], self._language)
        return self._redlines[old, new]

    def _by_redline(
        self, span: AnnotatedSpan, quote: TextQuoteSelector, traces: Sequence[_Traced]
    ) -> CarriedSpan | None:
        """The place the words went to, if they went there whole, or most of them with their neighbours."""
        if not traces:
            return None
        best = traces[0]
        rivals = [traced for traced in traces[1:] if best.score - traced.score < MARGIN]
        is_suggested = (span.clause, best.clause) in self._suggested
        if is_suggested and not self._stands_only_in(quote.exact, [traced.clause for traced in traces]):
            anchor = self._sure_anchor(self._new.exact(*quote), quote)
            return self._placed(span, "kept", anchor) if anchor is not None and anchor.clause == best.clause else None
        # Two parts of a split that both have the very words are both right.
        if any(not (best.is_exact and rival.is_exact) for rival in rivals):
            return None
        if best.is_exact and (self._is_same_in_order(span, best) or best.neighbours >= _MORE_AROUND_KEPT):
            return self._carried(span, "kept", traces)
        anchor = self._anchor_on_the_way(quote, best)
        if anchor is not None:
            return self._placed(span, "kept", anchor)
        if not best.is_exact and not is_suggested and best.trace.kept >= _WORDS_KEPT:
            is_telling = self._is_single(span, best) and self._says(quote.exact) >= _FEW_WORDS
            if best.neighbours >= (_AROUND_KEPT if is_telling else _MORE_AROUND_KEPT):
                # Where the very words stand elsewhere in the clause, a person says to which place they went.
                stands_elsewhere = self._form(quote.exact) in self._new.form(best.clause).text
                return self._carried(span, "review" if stands_elsewhere else "changed", traces)
        return None

    def _stands_only_in(self, words: str, clauses: Sequence[str]) -> bool:
        form = self._form(words)
        return 0 < self._new.count(words) == sum(self._new.form(clause).text.count(form) for clause in clauses)

    def _anchor_on_the_way(self, quote: TextQuoteSelector, traced: _Traced) -> Anchor | None:
        """The same words where the redline leads, though it took others of the same for them or they stand twice."""
        places = self._new.exact(*quote, clauses=[traced.clause])
        if not places or places[0].context < _LIKE_CONTEXT_ON_THE_WAY:
            return None
        anchor = _anchor(places[0], places[1:])
        is_there = anchor.start < traced.trace.end and traced.trace.start < anchor.end
        return anchor if is_there and anchor.is_sure else None

    def _is_same_in_order(self, span: AnnotatedSpan, traced: _Traced) -> bool:
        """Whether the words stand as often in either clause, and the trace leads from the n-th place to the n-th."""
        quote = self._words(span)
        old = [place.start for place in self._old.exact(quote, "", "", clauses=[span.clause])]
        new = [place.start for place in self._new.exact(quote, "", "", clauses=[traced.clause])]
        if len(old) != len(new) or span.start not in old or traced.trace.start not in new:
            return False
        is_supported = len(old) == 1 or traced.neighbours >= _AROUND_KEPT
        return is_supported and sorted(old).index(span.start) == sorted(new).index(traced.trace.start)

    def _is_single(self, span: AnnotatedSpan, traced: _Traced) -> bool:
        """Whether the words stand once in the old clause, and what they became once in the new one."""
        old, new = self._old.form(span.clause).text, self._new.form(traced.clause).text
        new_words = self._new.texts[traced.clause][traced.trace.start : traced.trace.end]
        return old.count(self._form(self._words(span))) == 1 == new.count(self._form(new_words))

    # --- where the same words stand ---

    def _by_search(
        self, span: AnnotatedSpan, quote: TextQuoteSelector, partners: Sequence[str], traces: Sequence[_Traced]
    ) -> CarriedSpan | None:
        """The same words in the aligned clauses and what is inside them, else in the whole version."""
        near = self._new.exact(*quote, clauses=self._with_children(partners))
        anchor = self._sure_anchor(near, quote)
        if anchor is not None and (span.clause, anchor.clause) not in self._suggested:
            return self._placed(span, "kept", anchor)
        if traces and traces[0].trace.kept >= _WORDS_KEPT and not traces[0].is_exact:
            return None
        everywhere = self._new.exact(*quote)
        if len(everywhere) == 1 and self._old.count(quote.exact) == 1 and self._says(quote.exact) >= _TELLING_WORDS:
            return self._placed(span, "kept", _anchor(everywhere[0], []))
        places = near or everywhere
        if places and (not traces or traces[0].is_exact):
            return self._placed(span, "review", _anchor(places[0], places[1:]))
        return None

    def _sure_anchor(self, places: Sequence[Place], quote: TextQuoteSelector) -> Anchor | None:
        """The best of exact places if its context, or that it is the only one of enough words, tells it."""
        if not places:
            return None
        anchor = _anchor(places[0], places[1:])
        if places[0].context >= _LIKE_CONTEXT and anchor.is_sure:
            return anchor
        return anchor if len(places) == 1 and self._says(quote.exact) >= _TELLING_WORDS else None

    def _with_children(self, clauses: Sequence[str]) -> list[str]:
        with_children = list(clauses)
        for clause in with_children:
            with_children += [child for child in self._children.get(clause, ()) if child not in with_children]
        return with_children

    # --- where something like it stands ---

    def _by_likeness(
        self,
        span: AnnotatedSpan,
        quote: TextQuoteSelector,
        partners: Sequence[str],
        traces: Sequence[_Traced],
    ) -> CarriedSpan | None:
        """For a person to look at: what is likest in the aligned clauses, else in the whole version."""
        if traces and traces[0].trace.kept >= _WORDS_LIKE:
            return self._carried(span, "review", traces)
        near = self._new.fuzzy(*quote, clauses=self._with_children(partners), floor=_LIKE_IN_PARTNER)
        places = near or self._new.fuzzy(*quote)
        if places:
            return self._placed(span, "review", _anchor(places[0], places[1:]))
        if traces:
            return self._carried(span, "review", traces)
        return self._gone(span, partners)

    def _gone(self, span: AnnotatedSpan, partners: Sequence[str]) -> CarriedSpan | None:
        """Where the words would stand had they not been taken out: between their old neighbours."""
        for clause in partners:
            spot = self._redline(span.clause, clause).spot(span.start, span.end)
            if spot is not None:
                return self._answer(span, "review", Spot(clause, *spot), 0.0)
        return None

    # --- answers ---

    def _carried(self, span: AnnotatedSpan, verdict: Verdict, traces: Sequence[_Traced]) -> CarriedSpan:
        best, other = traces[0], traces[1] if len(traces) > 1 else None
        return self._answer(
            span, verdict, best.spot, best.score, other.score if other else 0.0, other.spot if other else None
        )

    def _placed(self, span: AnnotatedSpan, verdict: Verdict, anchor: Anchor) -> CarriedSpan:
        spot = Spot(anchor.clause, anchor.start, anchor.end)
        return self._answer(span, verdict, spot, anchor.score, anchor.second, anchor.rival)

    def _answer(
        self,
        span: AnnotatedSpan,
        verdict: Verdict,
        spot: Spot,
        score: float,
        second: float = 0.0,
        rival: Spot | None = None,
    ) -> CarriedSpan:
        place = self._whole(spot)
        other = self._whole(rival) if rival else None
        return CarriedSpan(span.id, verdict, *place, round(score, 3), round(second, 3), other)

    def _whole(self, spot: Spot) -> Spot:
        """The spot, with no cluster cut."""
        text = self._new.texts[spot.clause]
        return spot if text.isascii() else Spot(spot.clause, *to_clusters(text, spot.start, spot.end))

    def _words(self, span: AnnotatedSpan) -> str:
        return self._old.texts[span.clause][span.start : span.end]

    def _form(self, text: str) -> str:
        return normalise(text, self._language).text.strip()

    def _says(self, text: str) -> int:
        return sum(map(is_word, words(text, self._language)))
