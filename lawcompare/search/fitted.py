"""What the search learns from the public texts: how many entries have each word, and which words stand together.

The first tells rare words from common ones and finds what a misspelt word may be; the second finds clauses close in
meaning, across languages, by latent semantic indexing: a clause and its translation are one document. Both are fitted
on public texts alone, by ``manage.py index`` and by a periodic task where the index changed, and are stored as one row.
Nothing is learned from a text that an organisation brought and staff have not confirmed, nor from what organisations
write; it is found all the same.
Whatever they name is looked up in the index before it is shown, so that what was withdrawn meanwhile is not.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, reduce
from itertools import islice, pairwise
from math import log
from operator import or_
from typing import Any

import numpy as np
import regex
from django.db import transaction
from django.db.models import Count, Max, Q
from rapidfuzz import process
from rapidfuzz.distance import OSA

from lawcompare.accounts.models import EDITORS
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import Report
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import STOP_WORDS, has_no_spaces
from lawcompare.laws.models import ClauseTranslation, Version
from lawcompare.search.asking import public_versions
from lawcompare.search.everyday import asking_words, everyday_words, khmer_sayings
from lawcompare.search.models import EntryKind, SearchEntry, SearchModel
from lawcompare.search.question import Part, Question, Token
from lawcompare.search.words import SearchWord, read_words, stem

# Dimensions of the vectors, and documents in two languages below which there are none.
DIMENSIONS, DOCUMENTS_LEAST = 120, 50
# A term in one document alone says nothing of what stands together.
DOCUMENTS_WITH_TERM = 2
# The most common ones that are learned: each process keeps them all, a kilobyte each while it reads them.
TERMS_MAX = 50_000
# The most common words that are known, two of Khmer beside each other among them: a second's work for each process.
WORDS_MAX = 100_000
# Clauses close in meaning that are shown, the cosine below which none is, and how many are looked up.
CLOSE_SHOWN, CLOSE_LEAST, CLOSE_LOOKED_UP = 5, 0.35, 200
# Words of a question that are looked at for mistakes: each is set beside all known ones.
LOOKED_AT = 40
# Pieces of Khmer before an unknown one that may belong to the same word.
PIECES_BEFORE = 4
# Letters of a word from which one letter may be wrong, and two.
ONE_WRONG, TWO_WRONG = 4, 7
# Vectors that are kept as they are multiplied; of more, so many at a time are made so.
IN_MEMORY = 20_000
BATCH = 2000

# What is confused in Khmer: letters that sound alike, and signs that are left out or doubled.
_SIGNS = regex.compile("[\u17c9-\u17d1\u17dd]")
_ALIKE = str.maketrans("ដឌណឍធឺឹីូួៃែឱឲ", "តទនទថិិិុុេេអអ")


def _sound(word: str) -> str:
    """Returns a Khmer word without what is often misspelt; any other word unchanged."""
    return _SIGNS.sub("", word).translate(_ALIKE) if has_no_spaces(word) else word


def _is_other(near: str, word: str) -> bool:
    """Whether what is spelt nearly as a word is another word: one with another ending, as teaches and teacher, or of a
    short word one that begins otherwise or has another letter, not one more or less.
    """
    if near[:-1] == word[:-1] and {near[-1:], word[-1:]} <= {"d", "r", "s"}:
        return True
    has_another = not has_no_spaces(near) and len(near) == len(word) and sorted(near) != sorted(word)
    return len(word) < TWO_WRONG and (near[:1] != word[:1] or has_another)


class KnownWords:
    """``words``: by how they sound, the most common word that does. Few of them are compared with a word typed."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words, self._sounds = words, list(words)
        self.lengths = np.array([len(sound) for sound in words], np.int64)
        self._letters = np.array([*map(self._letters_of, words)], np.uint64)

    @staticmethod
    def _letters_of(sound: str) -> int:
        return reduce(or_, (1 << ord(letter) % 64 for letter in sound), 0)

    def perhaps(self, sound: str, wrong: int | np.ndarray) -> list[str]:
        """Returns all sounds with so many letters wrong at most, and some others: each letter changes two bits."""
        others = np.bitwise_count(self._letters ^ np.uint64(self._letters_of(sound)))
        may_be = (others <= 2 * wrong) & (np.abs(self.lengths - len(sound)) <= wrong)
        return [self._sounds[at] for at in np.flatnonzero(may_be)]


@dataclass
class Fitted:
    """``words``: of how many entries each word is, and each two Khmer words that stand together; ``entries`` in all."""

    token: str
    entries: int
    words: dict[str, int]
    _arrays: dict[str, Any] | None = field(default=None, repr=False)

    @cached_property
    def stems(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for word, number in self.words.items():
            counts[stem(word)] += number
        return counts

    def rarity(self, part: Part) -> float:
        """Returns how much a part of a question tells, from 0 to 1: by the rarest word, on average of its ways."""
        rarest = [max((self._rarity(word) for term in way for word in term.words), default=1.0) for way in part.ways]
        return sum(rarest) / len(rarest)

    def _rarity(self, word: str) -> float:
        number = min(self.stems[stem(word)], self.entries)
        return log(1 + self.entries / (1 + number)) / log(2 + self.entries)

    def knows(self, word: SearchWord, *, is_open: bool) -> bool:
        """Whether a word is in a public text or a common saying, or no word in which a mistake could be found."""
        text = word.text
        if text in self.words or text in STOP_WORDS or text in asking_words() or any(map(str.isdigit, text)):
            return True
        if word.is_khmer:
            return False
        if len(text) < ONE_WRONG or self.stems[stem(text)] or stem(text) in everyday_words().stems:
            return True
        return is_open and any(one.startswith(text) for one in self.words)

    def correct(self, text: str) -> str:
        """Returns a question with each word that no public text has replaced by the nearest one that some has; empty
        where there is nothing to correct.
        """
        form = normalise(text, "km")
        words = list(islice(read_words(form, "km"), LOOKED_AT))
        pieces, at = [], 0
        for first, last, instead in self._corrections(words, is_open=not text[-1:].isspace()):
            typed = form.text[words[first].start : words[last].end]
            # What people say is no mistake, though no law has it and a dictionary cuts it anywhere.
            if instead != typed and not any(law for _piece, law in khmer_sayings(typed)):
                pieces += [form.text[at : words[first].start], instead]
                at = words[last].end
        return "".join([*pieces, form.text[at:]]) if pieces else ""

    def _corrections(self, words: list[SearchWord], *, is_open: bool) -> Iterator[tuple[int, int, str]]:
        """Yields the first and last place of words to replace, and what by. Of Khmer what stands beside may belong to
        the word: a dictionary cuts what it does not know anywhere.
        """

        def joins(place: int) -> bool:
            """Whether a word of Khmer and the next one stand together."""
            if not 0 <= place < len(words) - 1:
                return False
            one, following = words[place : place + 2]
            return one.end == following.start and one.is_khmer and following.is_khmer

        nearest = cache(self._nearest)
        at = 0
        while at < len(words):
            if self.knows(words[at], is_open=is_open and at == len(words) - 1):
                at += 1
                continue
            end = at
            while joins(end) and not self.knows(words[end + 1], is_open=False):
                end += 1
            firsts, after = [at], end + joins(end)
            while len(firsts) <= PIECES_BEFORE and joins(firsts[-1] - 1):
                firsts.append(firsts[-1] - 1)
            spans = {(first, last) for first in firsts for last in (end, after)}
            near = [
                (*nearest("".join(word.text for word in words[first : last + 1])), first, last) for first, last in spans
            ]
            share, instead, first, last = min(near, key=lambda one: (one[0], one[2] - one[3]))
            if instead and share < 1:
                yield first, last, instead
                end = last
            at = max(end, at) + 1

    def _nearest(self, word: str) -> tuple[float, str]:
        """Returns the nearest known word and the share of its letters that differ; 1 and nothing where none is near."""
        sound, known = _sound(word), self._sounds[has_no_spaces(word)]
        most = 0 if len(sound) < ONE_WRONG else 1 if len(sound) < TWO_WRONG else 2
        near = process.extract(sound, known.perhaps(sound, most), scorer=OSA.distance, score_cutoff=most, limit=8)
        near = [one for one in near if not _is_other(one[0], sound)]
        near.sort(key=lambda one: (one[1], one[0][:1] != sound[:1], -self.words.get(known.words[one[0]], 0)))
        best = next((one for one in near if self._is_public(known.words[one[0]])), None)
        return (best[1] / len(sound), known.words[best[0]].replace("·", "")) if best else (1.0, "")

    def near_words(self, text: str, most: int = 5) -> list[str]:
        """Returns known words that are spelt nearly as those of a question, for whoever found nothing."""
        found: dict[str, None] = {}
        for word in islice(read_words(normalise(text, "km"), "km"), LOOKED_AT):
            known, sound = self._sounds[has_no_spaces(word.text)], _sound(word.text)
            if len(sound) >= ONE_WRONG and not sound.isdigit():
                # A share of letters that differ, 2 of 5: of longer words more may.
                alike = known.perhaps(sound, 2 * np.maximum(known.lengths, len(sound)) // 5)
                near = process.extract(sound, alike, scorer=OSA.normalized_similarity, score_cutoff=0.6, limit=3)
                found |= dict.fromkeys(known.words[one] for one, _score, _at in near)
        return list(islice((word.replace("·", "") for word in found if self._is_public(word)), most))

    def _is_public(self, word: str) -> bool:
        """Whether a known word is a common one, or in something that is public still."""
        if word not in self.words or word in STOP_WORDS:
            return True
        token = Token(f"p{word}" if "·" in word else f"x{word}")
        entries = SearchEntry.objects.filter(Q(version=None) | Q(version__in=Version.objects.published().values("pk")))
        return entries.filter(tokens__answers=token).exists()

    @cached_property
    def _sounds(self) -> tuple[KnownWords, KnownWords]:
        """Latin words, and Khmer ones, two together among them."""
        sounds: tuple[dict[str, str], dict[str, str]] = {}, {}
        book = everyday_words()
        said = dict.fromkeys([*book.khmer, *(key[0] for key in book.english if len(key) == 1)], 0)
        for word in sorted({**said, **self.words}, key=lambda one: self.words.get(one, 0)):
            if word[0].isalpha():
                sounds[has_no_spaces(word)][_sound(word.replace("·", ""))] = word
        return KnownWords(sounds[0]), KnownWords(sounds[1])

    def closest(self, questions: Iterable[Question]) -> list[int]:
        """Returns the keys of entries whose words are close in meaning to those of a question, the closest first."""
        arrays = self.arrays
        if not arrays:
            return []
        weights: dict[str, float] = defaultdict(float)
        for part in (part for question in questions for part in question.parts):
            for way in part.ways:
                for term in (stem(word) for each in way for word in each.words):
                    weights[term] = max(weights[term], 1.0 if way is part.terms else 0.5)
        rows = [arrays["places"][term] for term in weights if term in arrays["places"]]
        values = [weight for term, weight in weights.items() if term in arrays["places"]]
        asked = (np.array(values, np.float32) * arrays["rarity"][rows]) @ arrays["basis"][rows].astype(np.float32)
        asked /= max(np.linalg.norm(asked), 1e-6)
        parts = np.array_split(arrays["vectors"], 1 + len(arrays["vectors"]) // IN_MEMORY)
        cosines = np.concatenate([part.astype(np.float32, copy=False) @ asked for part in parts])
        best = np.argsort(-cosines)[:CLOSE_LOOKED_UP]
        return [int(arrays["keys"][at]) for at in best if cosines[at] >= CLOSE_LEAST]

    @property
    def arrays(self) -> dict[str, Any]:
        """The vectors, read when they are first used; empty where there are none."""
        if self._arrays is None:
            data = SearchModel.objects.filter(token=self.token).values_list("meaning", flat=True).first()
            arrays: dict[str, Any] = {}
            if data:
                with np.load(io.BytesIO(bytes(data))) as file:
                    arrays = {name: file[name] for name in file.files}
                if len(arrays["vectors"]) <= IN_MEMORY:
                    arrays["vectors"] = arrays["vectors"].astype(np.float32)
                terms = arrays.pop("terms").tobytes().decode().split("\n")
                arrays["places"] = {term: at for at, term in enumerate(terms)}
            self._arrays = arrays  # whole: another thread may read it
        return self._arrays


_last = Fitted("", 0, {})


def fitted() -> Fitted:
    """Returns what was last learned; kept until it is learned anew."""
    global _last
    newest = SearchModel.objects.order_by("-pk").values_list("token", flat=True).first() or ""
    if newest != _last.token:
        row = SearchModel.objects.defer("meaning").filter(token=newest).first()
        lines = (line.rpartition(" ") for line in row.words.splitlines()) if row else ()
        words = {word: int(number) for word, _space, number in lines}
        _last = Fitted(newest, row.entries if row else 0, words)
    return _last


def run_fitting(job: Job, report: Report) -> None:
    fit_if_changed()


def fit_if_changed() -> None:
    """Learn anew where the index has changed since."""
    newest = SearchModel.objects.order_by("-pk").values_list("of", flat=True).first()
    if newest != _state():
        fit()


def _state() -> str:
    of_public = SearchEntry.objects.of_texts(public_versions()).order_by()
    counted = of_public.aggregate(number=Count("pk"), last=Max("pk"))
    return f"{counted['number']} {counted['last']} {Version.objects.published().confirmed().count()}"


def fit() -> None:
    """Learn from all that is public. Takes about a second for 1,000 clauses in two languages."""
    state, rows = _state(), []
    of_site = Q(organisation=None) | Q(organisation__slug=EDITORS)
    confirmed = SearchEntry.objects.of_texts(Version.objects.published().confirmed()).filter(of_site)
    checked = set(confirmed.order_by().values_list("pk", flat=True))
    number: Counter[str] = Counter()
    for row in _rows():
        rows.append(row)
        if row[0] not in checked:
            continue
        words = row[-1].split()
        distinct = set(words)
        distinct |= {f"{one}·{two}" for one, two in pairwise(words) if has_no_spaces(one) and has_no_spaces(two)}
        number.update(distinct)
    known = [(word, count) for word, count in number.items() if "·" not in word or count > 1]
    known.sort(key=lambda one: (-one[1], one[0]))
    lines = (f"{word} {count}" for word, count in sorted(known[:WORDS_MAX]))
    with transaction.atomic():
        SearchModel.objects.create(
            entries=len(checked), of=state, words="\n".join(lines), meaning=_vectors(rows, checked)
        )
        newest = SearchModel.objects.order_by("-pk").values_list("pk", flat=True)[:1]
        SearchModel.objects.exclude(pk__in=list(newest)).delete()


Row = tuple[int, str, str, int | None, str]


def _rows() -> Iterator[Row]:
    entries = SearchEntry.objects.of_texts(public_versions()).order_by("pk")
    yield from entries.values_list("pk", "kind", "key", "clause_id", "words").iterator(BATCH)


def _vectors(rows: list[Row], checked: Collection[int]) -> bytes:
    """Returns the vectors of the entries ``checked``, fitted on those that stand in two languages, by their keys; or
    nothing where these are too few. What others bring has none: it would take the places of the law that is close.
    """
    import scipy

    learned = [row for row in rows if row[0] in checked]
    documents = _documents(learned)
    if len(documents) < DOCUMENTS_LEAST:
        return b""
    counts = [Counter(_terms(" ".join(learned[at][-1] for at in document))) for document in documents]
    having = Counter(term for count in counts for term in count)
    common = [term for term, number in having.items() if number >= DOCUMENTS_WITH_TERM]
    terms = sorted(sorted(common, key=lambda term: (-having[term], term))[:TERMS_MAX])
    places = {term: at for at, term in enumerate(terms)}
    rarity = np.array([log(len(documents) / having[term]) for term in terms], dtype=np.float32)

    def matrix(of: Sequence[Counter[str]]) -> Any:
        """The rows of term weights, each of length 1."""
        lines = [{places[term]: 1 + log(number) for term, number in one.items() if term in places} for one in of]
        values = np.array([value for line in lines for value in line.values()], dtype=np.float32)
        columns = np.array([at for line in lines for at in line], dtype=np.int32)
        ends = np.cumsum([0, *map(len, lines)])
        values *= rarity[columns]
        lengths = np.sqrt(np.add.reduceat(np.append(values, 0) ** 2, ends[:-1])) if len(values) else np.zeros(len(of))
        lengths[np.diff(ends) == 0] = 1
        values /= np.repeat(np.maximum(lengths, 1e-6), np.diff(ends))
        return scipy.sparse.csr_matrix((values, columns, ends), shape=(len(of), len(terms)))

    fitted_on = matrix(counts)
    size = min(DIMENSIONS, min(fitted_on.shape) - 1)
    start = np.ones(min(fitted_on.shape), dtype=np.float32)  # so that two fits give the same
    basis = scipy.sparse.linalg.svds(fitted_on, k=size, v0=start)[2].T.astype(np.float32)
    vectors = []
    for at in range(0, len(learned), BATCH):
        part = matrix([Counter(_terms(row[-1])) for row in learned[at : at + BATCH]]) @ basis
        vectors.append((part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-6)).astype(np.float16))
    file = io.BytesIO()
    np.savez(
        file,
        terms=np.frombuffer("\n".join(terms).encode(), dtype=np.uint8),
        rarity=rarity,
        basis=basis.astype(np.float16),
        vectors=np.concatenate(vectors),
        keys=np.array([row[0] for row in learned], dtype=np.int64),
    )
    return file.getvalue()


def _terms(words: str) -> Iterator[str]:
    left_out = STOP_WORDS | asking_words()
    return (stem(word) for word in words.split() if word not in left_out)


def _documents(rows: list[Row]) -> list[list[int]]:
    """Returns the places of rows that say the same in two languages, together: clauses, annotations, topics."""
    by_clause = {clause: at for at, (_pk, kind, _key, clause, _words) in enumerate(rows) if kind == EntryKind.CLAUSE}
    pairs = ClauseTranslation.objects.values_list("original", "translation")
    documents = [
        [by_clause[one], by_clause[other]]
        for one, other in pairs.iterator(BATCH)
        if one in by_clause and other in by_clause
    ]
    others: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, (_pk, kind, key, _clause, _words) in enumerate(rows):
        if kind != EntryKind.CLAUSE:
            others[kind, key].append(at)
    return documents + [places for places in others.values() if len(places) > 1]
