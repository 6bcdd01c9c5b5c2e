"""What people say and what laws say instead (``everyday.yaml``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import regex
import yaml

from lawcompare.engine.text.words import STOP_WORDS, clusters
from lawcompare.search.words import stem, words_of

PATH = Path(__file__).parent / "everyday.yaml"
Phrases = tuple[str, ...]


@dataclass(frozen=True)
class EverydayWords:
    """``english``: by the stems of a saying in alphabetical order, ``khmer`` by its letters, what laws say instead.

    ``names`` are names of laws as people call them, with words of their titles. ``asking`` words only ask, as do the
    phrases of ``asks``. ``alike``: stems that count as one in a saying of several.
    """

    english: dict[tuple[str, ...], Phrases]
    khmer: dict[str, Phrases]
    names: dict[str, str]
    asking: frozenset[str]
    asks: regex.Pattern[str]
    alike: dict[str, str]

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of all words of English sayings."""
        return frozenset(self.alike).union(*self.english)

    def key(self, words: Sequence[str]) -> tuple[str, ...]:
        """Returns by what an English saying is known: the stems of its words that tell, in alphabetical order."""
        stems = [stem(word) for word in words if word not in STOP_WORDS and word not in self.asking]
        return tuple(sorted(self.alike.get(one, one) for one in stems)) if len(stems) > 1 else tuple(stems)

    @cached_property
    def longest(self) -> tuple[int, int]:
        """The most words of an English saying, and clusters of a Khmer one."""
        return max(map(len, self.english)), max(len(clusters(saying)) for saying in self.khmer)


@cache
def everyday_words() -> EverydayWords:
    file = yaml.load(PATH.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    asking = frozenset(_letters(word) for word in file["asking"])
    asks = regex.compile(rf"(?i)\b(?:{'|'.join(map(regex.escape, file['asking phrases']))})\b")
    alike = {stem(word): stem(words[0]) for words in file["alike"] for word in words}
    names = {_letters(saying): row["name"] for row in file["names"] for saying in row["say"]}
    english: dict[tuple[str, ...], Phrases] = {}
    khmer: dict[str, Phrases] = {}
    book = EverydayWords(english, khmer, names, asking, asks, alike)
    for row in [*file["groups"], *({"say": row["say"], "law": [row["name"]]} for row in file["names"])]:
        for saying in row["say"]:
            words = words_of(saying, "km")
            if any(word.is_khmer for word in words):
                khmer[_letters(saying)] = tuple(dict.fromkeys((*khmer.get(_letters(saying), ()), *row["law"])))
                continue
            key = book.key([word.text for word in words])
            # What is left of several words alone would be found in any question.
            if len(key) > 1 or len(words) == 1:
                english[key] = tuple(dict.fromkeys((*english.get(key, ()), *row["law"])))
    return book


def _letters(text: str) -> str:
    """Returns a text in normal form; of Khmer its letters without spaces."""
    words = words_of(text, "km")
    return ("" if any(word.is_khmer for word in words) else " ").join(word.text for word in words)


def asking_words() -> frozenset[str]:
    """Returns the words that only make a question of what is asked."""
    return everyday_words().asking


def saying_at(words: Sequence[str]) -> tuple[int, Phrases]:
    """Returns how many of the first words are a saying, and what laws say instead; 0 where none is. The longest counts,
    its words in any order.

    >>> saying_at(["tapping", "my", "phone", "today"])[0], saying_at(["of", "the"])
    (3, (0, ()))
    """
    book = everyday_words()
    if not words or words[0] in book.asking:
        return 0, ()
    found: tuple[int, Phrases] = 0, ()
    for length in range(1, len(words) + 1):
        key = book.key(words[:length])
        if len(key) > book.longest[0]:
            break
        if key in book.english and words[length - 1] not in book.asking:
            found = length, book.english[key]
    return found


def khmer_sayings(letters: str) -> Iterator[tuple[str, Phrases]]:
    """Yields a run of Khmer in pieces: sayings with what laws say instead, and what stands between them without.

    >>> [(text, bool(law)) for text, law in khmer_sayings("តើហេគគណនី")]
    [('តើ', False), ('ហេគ', True), ('គណនី', False)]
    """
    book = everyday_words()
    run = clusters(letters)
    at = between = 0
    while at < len(run):
        longest = min(book.longest[1], len(run) - at)
        end = next((at + n for n in range(longest, 0, -1) if "".join(run[at : at + n]) in book.khmer), at)
        if end > at:
            if at > between:
                yield "".join(run[between:at]), ()
            saying = "".join(run[at:end])
            yield saying, book.khmer[saying]
            at = between = end
        else:
            at += 1
    if between < len(run):
        yield "".join(run[between:]), ()


def with_titles(text: str) -> str:
    """Returns words beside a citation with names of laws as people call them replaced by words of their titles.

    >>> with_titles("penal code"), with_titles("ច្បាប់សារព័ត៌មាន")
    ('kh criminal code', 'kh press law')
    """
    words = [word.text for word in words_of(text, "km")]
    found: list[str] = []
    at = 0
    while at < len(words):
        for end in range(len(words), at, -1):
            joined = words[at:end]
            name = everyday_words().names.get(" ".join(joined)) or everyday_words().names.get("".join(joined))
            if name:
                break
        else:
            end, name = at + 1, words[at]
        found.append(name)
        at = end
    return " ".join(found)
