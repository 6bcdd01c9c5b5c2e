"""The words that carry values, from ``words.yaml``, and what stands around them and changes what they say.

``words.yaml`` has mental elements, bodies, defences, thresholds, scope; ``contexts.yaml`` the surroundings.
"""

import re
import sys
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import yaml

from lawcompare.engine.rules import LANGUAGES, WordPattern, word_pattern
from lawcompare.engine.rules.patterns import YamlMapping, read_concepts, read_yaml, small_letters, words_needed
from lawcompare.engine.text.search_form import khmer_pattern, lazy_compile

FILE = Path(__file__).parent / "words.yaml"
CONTEXTS = Path(__file__).parent / "contexts.yaml"


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A value that words name: a mental element with its ``name`` as level, an authorising body, a defence."""

    name: str
    words: WordPattern


@dataclass(frozen=True, slots=True)
class ValueWords:
    """``bodies`` are those who may authorise: by language, the name of each with an expression for its nouns."""

    mental: tuple[ValueKind, ...]
    defences: tuple[ValueKind, ...]
    bodies: Mapping[str, Mapping[str, str]]
    harm: WordPattern
    scope: tuple[ValueKind, ...]

    @property
    def names(self) -> frozenset[str]:
        """All names of levels, bodies and defences; a warrant is a body of its own where no court is named."""
        kinds = {kind.name for kind in (*self.mental, *self.defences)}
        return frozenset(kinds | {"warrant"}).union(*self.bodies.values())


@cache
def load_value_words(path: Path = FILE) -> ValueWords:
    """Raises RuleError with the line of a mistake."""
    entry = read_yaml(path)
    entry.allow(["concepts", "mental-element", "bodies", "defence", "harm", "scope"])
    concepts = read_concepts(entry.mapping("concepts"))
    return ValueWords(
        mental=_kinds(entry, "mental-element", concepts),
        defences=_kinds(entry, "defence", concepts),
        bodies=_bodies(entry),
        harm=word_pattern(entry, "harm", optional=False, concepts=concepts),
        scope=_kinds(entry, "scope", concepts),
    )


def _kinds(entry: YamlMapping, rule: str, concepts: Mapping[str, Mapping[str, str]]) -> tuple[ValueKind, ...]:
    named = entry.mapping(rule)
    return tuple(ValueKind(name, word_pattern(named, name, optional=False, concepts=concepts)) for name in named)


def _bodies(entry: YamlMapping) -> dict[str, dict[str, str]]:
    named = entry.mapping("bodies")
    bodies: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for name in named:
        word_pattern(named, name, optional=False)  # a mistake is named with its line
        nouns = named.mapping(name)
        for language in nouns:
            texts = [text for text, _line in nouns.texts(language)]
            forms = [khmer_pattern(one) if language == "km" else re.sub(" +", r"\\s+", one) for one in texts]
            bodies[language][name] = "|".join(forms)
    return bodies


@cache
def _read_contexts() -> dict[str, dict[str, str]]:
    return yaml.load(CONTEXTS.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


class Context:
    """A pattern that is searched for only in texts which have a word of those that it cannot do without: most have
    none, and each value asks a dozen patterns of its sentence.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self._pattern = pattern

    @cached_property
    def _needs(self) -> frozenset[str]:
        return words_needed(self._pattern)

    def match(self, text: str, *place: int) -> re.Match[str] | None:
        return self._pattern.match(text, *place)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self._pattern.search(text, start, end) if self._may_stand_in(text[start:end]) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._pattern.finditer(text) if self._may_stand_in(text) else iter(())

    def _may_stand_in(self, text: str) -> bool:
        return not self._needs or any(map(small_letters(text).__contains__, self._needs))


def contexts_of(reader: str) -> dict[str, Context]:
    """The patterns of one reader of values, by name."""
    return {
        name: Context(lazy_compile(khmer_pattern(text) if name.startswith("khmer-") else text))
        for name, text in _read_contexts()[reader].items()
    }


def joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Returns ranges in order, with those that overlap as one.

    >>> joined([(5, 9), (0, 3), (2, 4)])
    [(0, 4), (5, 9)]
    """
    apart: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def overlapping(ranges: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """Returns the last of ``ranges``, which are in order and apart, that overlaps another; None where none does.

    >>> overlapping([(0, 4), (5, 9)], 4, 5), overlapping([(0, 4), (5, 9)], 3, 5)
    (None, (0, 4))
    """
    before_end = bisect_left(ranges, (end,))
    return ranges[before_end - 1] if before_end and ranges[before_end - 1][1] > start else None
