"""Likely counterparts of a clause in another law: a list for a person to confirm or refuse, never a correspondence.

Two laws of different traditions share few words, and a Khmer and an English text none. What they share is concepts: an
article headed "illegal access" and a section on whoever "exceeds authorized access". So a clause is read as the
concepts of ``thesaurus.yaml`` it names, in its heading above all, and as words where both texts are of one language.
Nothing here is learnt from correspondences but three weights.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy  # loads its parts when they are first used

from lawcompare.engine.compare_laws.thesaurus import load_thesaurus, stemmed, stems
from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document
from lawcompare.engine.scoring import scorer

LIMIT = 5
# How much each way of being alike counts is in ``weights.toml``. Concepts lead: they hold across languages and ways of
# drafting. Words of the text come next, for what the thesaurus does not know; a heading is short, and mostly in the
# concepts already.
# A mention in a heading says what a clause is about; the heading above it says in which company it stands.
_IN_HEADING, _IN_TEXT, _ABOVE = 5.0, 1.0, 0.75
_ABOVE_MAX = 2_000  # letters, the nearest first: they are read for each clause below
_WEIGHTS = {"subject": 1.0, "part": 0.6, "term": 0.3}
# A neighbouring concept counts for less than the concept itself.
_NEAR = 0.35
# Definitions, reports and remedies name every concept of their law; they answer only what is of their kind.
_OTHER_PART = 0.6
# BM25: how soon more mentions stop counting, and how much a long text is discounted. Robertson & Zaragoza 2009.
_SATURATION, _LENGTH = 1.2, 0.6
_WORDS_SHOWN, _CONCEPTS_SHOWN = 4, 4
_IN_EVERY_LAW = frozenset({"definitions", "purpose"})
_MERE_HEADING = 3  # words: "Use of terms" answers "Definitions"
_HALF_STRENGTH = 10.0  # of the sum of rarities: what makes a strength of a half


@dataclass(frozen=True, slots=True)
class SuggestionReason:
    """Why a counterpart was suggested.

    ``kind`` is one of ``wording.changes.REASONS``; ``concepts`` are names of the thesaurus, ``words`` those of the
    asking clause that both have.
    """

    kind: str
    concepts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A clause of the target that may answer, with a score from 0 to 1 that orders and proves nothing.

    ``strength``, 0 to 1, orders the suggestions of all clauses of a law: it is greater the rarer in both laws is what
    both clauses speak of.
    """

    eid: str
    score: float
    reasons: tuple[SuggestionReason, ...]
    strength: float = 0.0


@dataclass(frozen=True, slots=True)
class _ClauseTerms:
    """What a provision names: concepts with weights, those of its heading, and its words, some as ``printed``."""

    concepts: Mapping[str, float]
    headed: frozenset[str]
    words: Counter[str]
    heading: Counter[str]
    printed: Mapping[str, str]


class Counterparts:
    """The provisions of one law, read once, against which many clauses can be held."""

    def __init__(self, target: Document) -> None:
        self.language = target.language
        self.units = units_of(target)
        self._read = [_read(target, unit) for unit in self.units]
        self._concepts = _TermMatrix([reading.concepts for reading in self._read])
        self._words = _TermMatrix([reading.words for reading in self._read])
        self._headings = _TermMatrix([reading.heading for reading in self._read])
        self._asking: tuple[Document, Counter[str], int] | None = (
            None  # the law that asks, and how common what is in it
        )

    def suggest(self, source: Document, eid: str, *, limit: int = LIMIT) -> list[Suggestion]:
        """Return the articles or sections of the target that most likely answer the clause ``eid`` of ``source``.

        Best first, at most ``limit``, none without a reason. Raises KeyError where ``source`` has no such clause.

        >>> draft = Document("A draft", "en", (Clause("art_1", "article", "Article 1", "Illegal Access"),))
        >>> law = Document("A law", "en", (
        ...     Clause("sec_1", "section", "1", "Copyright", "Whoever infringes a copyright."),
        ...     Clause("sec_2", "section", "2", "Computers", "Whoever exceeds authorized access to a computer."),
        ... ))
        >>> [(each.eid, [reason.kind for reason in each.reasons]) for each in Counterparts(law).suggest(draft, "art_1")]
        [('sec_2', ['both-speak'])]
        """
        asked = _read(source, source.by_eid[eid])
        if not self.units:
            return []
        known = load_thesaurus().concepts
        wanted = _weighted(asked)
        for name, weight in list(wanted.items()):
            for near in known[name].near:
                wanted[near] = max(wanted.get(near, 0.0), _NEAR * weight)
        parts = {name for name, concept in known.items() if concept.weight == "part"}
        same_part = np.array([1.0 if one.headed & parts <= asked.headed else _OTHER_PART for one in self._read])
        nothing = np.zeros(len(self.units))
        is_one_language = source.language == self.language
        weigh = scorer("suggestions")
        scores = weigh(
            {
                "concepts": self._concepts.likeness(wanted) * same_part,
                "words": self._words.likeness(asked.words) if is_one_language else nothing,
                "headings": self._headings.likeness(asked.heading) if is_one_language else nothing,
            }
        )
        best = sorted(range(len(self.units)), key=lambda row: (-scores[row], row))
        suggestions = []
        for row in best[:limit]:
            reasons = self._reasons(asked, row, is_one_language)
            if scores[row] >= weigh.floors["least"] and reasons:
                # A counterpart far behind the best one of its clause, or in another part of the law, is worth less.
                share = same_part[row] * math.sqrt(scores[row] / scores[best[0]])
                strength = round(self._strength(source, asked, row, float(share)), 4)
                suggestions.append(Suggestion(self.units[row].eid, round(float(scores[row]), 4), reasons, strength))
        return suggestions

    def _strength(self, source: Document, asked: _ClauseTerms, row: int, share: float) -> float:
        """How much the concepts that both name tell: what many clauses of either law name tells little.

        ``share`` of it counts, 0 to 1.
        """
        if self._asking is None or self._asking[0] is not source:
            readings = [_read(source, unit).concepts for unit in units_of(source)]
            self._asking = source, Counter(name for concepts in readings for name in concepts), len(readings)
        _source, counts, total = self._asking
        known, reading = load_thesaurus().concepts, self._read[row]
        weights = _weighted(asked)
        strength = 0.0
        for name in asked.concepts.keys() & reading.concepts.keys():
            if known[name].weight != "part":
                in_headings = 2 if name in asked.headed and name in reading.headed else 1
                rarity = math.log((total + 1) / (counts[name] + 1)) * self._concepts.rarity(name)
                strength += in_headings * weights[name] * max(rarity, 0.0)
        strength *= share
        return strength / (strength + _HALF_STRENGTH)

    def _reasons(self, asked: _ClauseTerms, row: int, same_language: bool) -> tuple[SuggestionReason, ...]:
        reading = self._read[row]
        reasons = []
        headed = asked.headed & reading.headed
        known = load_thesaurus().concepts
        # "Definition of fraud" and "Definitions": no reason by itself.
        says_more = asked.headed > _IN_EVERY_LAW & asked.headed or asked.heading.total() > _MERE_HEADING
        if headed <= _IN_EVERY_LAW and says_more:
            headed = frozenset()
        spoken = {name for name in asked.concepts if name in reading.concepts} - headed - _IN_EVERY_LAW
        if headed:
            reasons.append(SuggestionReason("both-headed", {"concepts": self._ordered(headed, asked)}))
        if spoken:
            reasons.append(SuggestionReason("both-speak", {"concepts": self._ordered(spoken, asked)}))
        if not reasons:
            pairs = ((name, near) for name in asked.concepts for near in known[name].near if near in reading.concepts)
            if pair := next(pairs, None):
                reasons.append(SuggestionReason("neighbours", {"own": pair[:1], "other": pair[1:]}))
        if same_language and not headed and (shared := self._shared_words(asked, reading)):
            reasons.append(SuggestionReason("shared-words", words=shared))
        return tuple(reasons)

    def _ordered(self, names: Iterable[str], asked: _ClauseTerms) -> tuple[str, ...]:
        weights = _weighted(asked)
        return tuple(sorted(names, key=lambda name: (-weights.get(name, 0), name))[:_CONCEPTS_SHOWN])

    def _shared_words(self, asked: _ClauseTerms, reading: _ClauseTerms) -> tuple[str, ...]:
        """The rarest words of both, as the asking clause has them: two at least, for one is chance."""
        both = [word for word in asked.words if word in reading.words and word in self._words.rare]
        rarest = sorted(both, key=lambda word: (-self._words.rare[word], word))[:_WORDS_SHOWN]
        return tuple(asked.printed[word] for word in rarest) if len(rarest) > 1 else ()


def units_of(document: Document) -> list[Clause]:
    """The articles or sections of a text, or its innermost clauses where it has none.

    >>> units_of(Document("", "en", (Clause("chp_1", "chapter"), Clause("art_1", "article", parent="chp_1", depth=1))))
    ... # doctest: +ELLIPSIS
    [Clause(eid='art_1', ...)]
    """
    units = [clause for clause in document.clauses if clause.element in UNIT_ELEMENTS]
    return units or [clause for clause in document.clauses if clause.eid not in document.children]


def _read(document: Document, clause: Clause) -> _ClauseTerms:
    thesaurus, language = load_thesaurus(), document.language
    above = [each.heading for each in document.ancestors(clause.eid) if each.heading]
    heading = clause.heading or (above[0] if clause.element not in UNIT_ELEMENTS and above else "")
    texts = [each.text if each is clause else f"{each.heading}\n{each.text}" for each in document.subtree(clause.eid)]
    text = "\n".join(texts)
    in_heading = thesaurus.count(heading, language)
    concepts: Counter[str] = Counter()
    for mentions, weight in (
        (in_heading, _IN_HEADING),
        (_without_parts(thesaurus.count(text, language)), _IN_TEXT),
        (_without_parts(thesaurus.count("\n".join(above)[:_ABOVE_MAX], language)), _ABOVE),
    ):
        for name, number in mentions.items():
            concepts[name] += weight * number  # type: ignore[assignment]
    printed: dict[str, str] = {}
    words = stemmed(f"{heading}\n{text}", language)
    for word, form in words:
        printed.setdefault(form, word)
    return _ClauseTerms(
        concepts,
        frozenset(in_heading),
        Counter(form for _word, form in words),
        Counter(stems(heading, language)),
        printed,
    )


def _without_parts(mentions: Mapping[str, int]) -> dict[str, int]:
    """Which part of a law a clause is, its own heading says; its text speaks of reports and notices in passing."""
    known = load_thesaurus().concepts
    return {name: number for name, number in mentions.items() if known[name].weight != "part"}


def _weighted(asked: _ClauseTerms) -> dict[str, float]:
    """What the clause asks for: a concept counts by its kind and by how much of the clause it is."""
    known = load_thesaurus().concepts
    return {
        name: _WEIGHTS[known[name].weight] * weight / (weight + _SATURATION) for name, weight in asked.concepts.items()
    }


class _TermMatrix:
    """Rows of weighted terms, compared by BM25. Row i is the i-th provision."""

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        self._columns = {term: number for number, term in enumerate(sorted({term for row in rows for term in row}))}
        columns = [self._columns[term] for row in rows for term in row]
        data = np.array([weight for row in rows for weight in row.values()], dtype=np.float64)
        indptr = np.cumsum([0, *(len(row) for row in rows)])
        counts = scipy.sparse.csr_matrix((data, columns, indptr), shape=(len(rows), max(len(self._columns), 1)))
        frequency = np.bincount(np.array(columns, dtype=np.int64), minlength=counts.shape[1])
        self._rarity = np.log1p((len(rows) - frequency + 0.5) / (frequency + 0.5))
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        mean = lengths.mean() if lengths.size and lengths.any() else 1.0
        discount = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / mean)
        self._matrix = counts.copy()
        self._matrix.data = counts.data / (counts.data + np.repeat(discount, np.diff(counts.indptr)))
        is_rare = frequency <= max(1, len(rows) / 4)
        # How rare each term is that at most a quarter of the rows has.
        self.rare = {term: float(self._rarity[at]) for term, at in self._columns.items() if is_rare[at]}

    def rarity(self, term: str) -> float:
        return float(self._rarity[self._columns[term]])

    def likeness(self, asked: Mapping[str, float]) -> np.ndarray:
        """How much of what is asked each row has, from 0 to 1."""
        query = np.zeros(self._matrix.shape[1])
        for term, weight in asked.items():
            if term in self._columns:
                query[self._columns[term]] = weight * self._rarity[self._columns[term]]
        total = query.sum()
        return self._matrix @ query / total if total > 0 else np.zeros(self._matrix.shape[0])
