"""Finding the words of an annotation again in another version, or saying that they need a person or are lost.

Every place is a candidate: where the redlines of aligned clauses say that the words went, where the same words stand,
and where words like them do. One scorer weighs them all, and two cut-offs of the probability decide (``scoring``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from lawcompare.engine.align import align
from lawcompare.engine.align.model import Alignment
from lawcompare.engine.anchor.candidates import SearchedText, TokenMap, Trace, to_clusters
from lawcompare.engine.anchor.scoring import (
    CONTEXT,
    AnnotatedSpan,
    CarriedSpan,
    ScoredPlace,
    Sighting,
    Spot,
    TextPositionSelector,
    TextQuoteSelector,
    Verdict,
    weigh,
)
from lawcompare.engine.document import Clause
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.scoring import scorer
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import borders, is_word, words

__all__ = [
    "CONTEXT",
    "Carrier",
    "Spot",
    "TextPositionSelector",
    "TextQuoteSelector",
    "Verdict",
    "carry",
    "select",
]

# Below this share of words, of those a redline leads to a place, what is like them is looked for elsewhere too.
_WORDS_LIKE = 0.3
# Share of the words around that must have gone along for the n-th of several same places to be the n-th.
_AROUND_KEPT = 0.35
# Below this score an alignment only suggests where to look.
_SURE_ALIGNMENT = 0.4
# Likeness of a quote to words in an aligned clause, 0 to 1, worth showing to a person.
_LIKE_IN_PARTNER = 0.55
# Words that tell a place by themselves if they stand once in either version.
_TELLING_WORDS = 5
# A second place as likely as this is no mere rival.
_LIKELY = 0.9
# Code points after which the borders of a text cut anywhere are its own again.
_CLUSTER_MAX = 16
# Of words that stand everywhere so many places are weighed beside those in aligned clauses.
_PLACES_WEIGHED = 12


def select(text: str, start: int, end: int) -> tuple[TextQuoteSelector, TextPositionSelector]:
    """The selectors of a range of a text. Raises ``ComparisonError`` for a range that is none.

    >>> select("Any person who steals is punished.", 15, 21)[0]
    TextQuoteSelector(exact='steals', prefix='Any person who ', suffix=' is punished.')
    """
    if not 0 <= start < end <= len(text):
        raise ComparisonError(f"{start} to {end} is no range of a text of {len(text)} characters")
    before = min(_borders_between(text, start - CONTEXT, start), default=start)
    after = max(_borders_between(text, end, end + CONTEXT), default=end)
    return TextQuoteSelector(text[start:end], text[before:start], text[end:after]), TextPositionSelector(start, end)


def _borders_between(text: str, first: int, last: int) -> list[int]:
    """Where a text may be cut from one place to another, without going through all of it."""
    begin = max(first - _CLUSTER_MAX, 0)
    places = (begin + border for border in borders(text[begin : last + _CLUSTER_MAX]))
    return [place for place in places if first <= place <= last]


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
        self._redlines: dict[tuple[str, str], TokenMap] = {}

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
        return self._answer(span, self.candidates(span))

    def candidates(self, span: AnnotatedSpan) -> list[ScoredPlace]:
        """Every place where the words may be, with the probability that it is the right one, best first."""
        partners = list(dict.fromkeys(self._partners[span.clause]))
        quote, _ = select(self._old.texts[span.clause], span.start, span.end)
        near = list(partners)
        for clause in near:  # with all that stands in them
            near += [child for child in self._children.get(clause, ()) if child not in near]
        sightings = self._same_words(span, quote, partners, near)
        for traced in self._traced(span, quote, partners):
            # Two ways may lead to the same words, or a redline to others where the same words stand.
            clause, start, end = traced.spot
            spots = [one.spot for one in sightings]
            same = (at for at, one in enumerate(spots) if one.clause == clause and one.start < end and start < one.end)
            if (at := next(same, None)) is None:
                sightings.append(traced)
            else:
                sightings[at] = sightings[at].merged(traced)
        if not any(one.is_exact or one.words >= _WORDS_LIKE for one in sightings):
            places = self._new.fuzzy(*quote, clauses=near, floor=_LIKE_IN_PARTNER) or self._new.fuzzy(*quote)
            sightings += [replace(place, partner=0.5 * (place.spot.clause in near)) for place in places]
        return weigh(sightings or self._gone(span, partners))

    # --- where the redline says ---

    def _traced(self, span: AnnotatedSpan, quote: TextQuoteSelector, partners: Sequence[str]) -> Iterator[Sighting]:
        for clause in partners:
            trace = self._redline(span.clause, clause).trace(span.start, span.end)
            if trace is None:
                continue
            form = self._form(quote.exact)
            is_exact = form == self._form(self._new.texts[clause][trace.start : trace.end])
            # Of a pair that is hardly alike nothing follows, but where the very words stand nowhere else.
            is_sure = (span.clause, clause) not in self._suggested or 0 < self._new.count(form) == sum(
                self._new.form(partner).text.count(form) for partner in partners
            )
            neighbours = trace.kept if trace.neighbours is None else trace.neighbours
            yield Sighting(
                Spot(clause, trace.start, trace.end),
                is_exact,
                words=1.0 if is_exact else trace.kept,
                around=self._new.context(clause, trace.start, trace.end, quote.prefix, quote.suffix),
                neighbours=neighbours,
                partner=1.0 if is_sure else 0.5,
                in_order=float(is_exact and is_sure and self._is_same_in_order(span, clause, trace, neighbours)),
                elsewhere=float(not is_exact and form in self._new.form(clause).text),
            )

    def _redline(self, old: str, new: str) -> TokenMap:
        if (old, new) not in self._redlines:
            self._redlines[old, new] = TokenMap(self._old.texts[old], self._new.texts[new], self._language)
        return self._redlines[old, new]

    def _is_same_in_order(self, span: AnnotatedSpan, clause: str, trace: Trace, neighbours: float) -> bool:
        """Whether the words stand as often in either clause, and the trace leads from the n-th place to the n-th."""
        quote = self._old.texts[span.clause][span.start : span.end]
        old = [place.spot.start for place in self._old.exact(quote, "", "", clauses=[span.clause])]
        new = [place.spot.start for place in self._new.exact(quote, "", "", clauses=[clause])]
        if len(old) != len(new) or span.start not in old or trace.start not in new:
            return False
        is_supported = len(old) == 1 or neighbours >= _AROUND_KEPT
        return is_supported and sorted(old).index(span.start) == sorted(new).index(trace.start)

    # --- where the same words stand ---

    def _same_words(
        self, span: AnnotatedSpan, quote: TextQuoteSelector, partners: Sequence[str], near: Sequence[str]
    ) -> list[Sighting]:
        places = self._new.exact(*quote)
        is_single = len(places) == 1 and self._old.count(quote.exact) == 1
        is_telling = is_single and sum(map(is_word, words(quote.exact, self._language))) >= _TELLING_WORDS
        weighed = dict.fromkeys(self._new.exact(*quote, clauses=near))
        weighed |= dict.fromkeys(places[:_PLACES_WEIGHED])
        sure = {clause for clause in partners if (span.clause, clause) not in self._suggested}
        return [
            replace(
                place,
                partner=1.0 if place.spot.clause in sure else 0.5 * (place.spot.clause in near),
                alone=float(is_telling),
            )
            for place in weighed
        ]

    def _gone(self, span: AnnotatedSpan, partners: Sequence[str]) -> list[Sighting]:
        """Where the words would stand had they not been taken out: between their old neighbours."""
        for clause in partners:
            spot = self._redline(span.clause, clause).spot(span.start, span.end)
            if spot is not None:
                return [Sighting(Spot(clause, *spot), is_exact=False, words=0.0, partner=1.0)]
        return []

    # --- the answer ---

    def _answer(self, span: AnnotatedSpan, candidates: Sequence[ScoredPlace]) -> CarriedSpan:
        """The best place, for what its probability is worth by the two cut-offs."""
        floors = scorer("anchors").floors
        if not candidates or candidates[0].probability < floors["review"]:
            return CarriedSpan(span.id, "lost")
        best, rest = candidates[0], candidates[1:]
        verdict: Verdict = "review"
        second = rest[0] if rest else None
        # The very words in one place and altered ones in another, both likely: a person says which were meant.
        is_either = second and second.probability >= _LIKELY and second.sighting.is_exact != best.sighting.is_exact
        if best.probability >= floors["sure"] and not is_either:
            verdict = "kept" if best.sighting.is_exact else "changed"
        return CarriedSpan(
            span.id,
            verdict,
            *self._whole(best.sighting.spot),
            round(best.probability, 3),
            round(second.probability, 3) if second else 0.0,
            self._whole(second.sighting.spot) if second else None,
        )

    def _whole(self, spot: Spot) -> Spot:
        """The spot, with no cluster cut."""
        text = self._new.texts[spot.clause]
        return spot if text.isascii() else Spot(spot.clause, *to_clusters(text, spot.start, spot.end))

    def _form(self, text: str) -> str:
        return normalise(text, self._language).text.strip()
