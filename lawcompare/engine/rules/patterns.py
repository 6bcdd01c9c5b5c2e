"""Patterns of words as rule files write them, and YAML whose values know their lines, so that mistakes are named.

``<authority> … <may> … <search>`` finds words of three concepts in that order with other words between them, inside a
sentence. ``<authority> & <block> & <website>`` finds them in any order, inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]  # the one reader of expressions there is
from typing import Any, NoReturn

import yaml

from lawcompare.engine.errors import EngineError
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.search_form import View, bounded

# Letters between two parts of a pattern. Longer gaps would join what a long sentence says of two things.
GAPS = {"en": "[^.;]{0,120}?", "km": "[^។៕]{0,80}?"}
# How far before a span the beginning of its sentence is looked for first.
_NEAR = 2000
# Places of one part that are looked at in a sentence; which of more are nearest to each other matters to nobody.
_MOST_PLACES = 50
_GAP = re.compile(r"\s*…\s*")
_REFERENCE = re.compile(r"<([a-z][a-z-]*)>")
_SENTENCE_END = {"en": re.compile(r"[.;](?=\s|$)"), "km": re.compile("[។៕]")}

# A pattern may not begin or end inside a cluster: «ធនាគារ» is no part of «ពន្ធនាគារ».
_KHMER_START, _KHMER_END = "(?<!\u17d2)", "(?![\u17b6-\u17d3\u17dd])"
_ENGLISH_START = "(?<![A-Za-z])"
_NASAL = re.compile("(?:\u17c6|\u1798\u17d2)(?P<next>[\u1780-\u17a2])")
_LOOK_BEHIND = re.compile(r"(\(\?<[!=][^()]*\))")
_SILENT_SIGN = re.compile("[\u17cc\u17cd\u17d0]")

# The words that patterns cannot do without: all are looked for once in a text, which spares most searches.
_needed: dict[str, set[str]] = {"en": set(), "km": set()}


@dataclass(frozen=True, slots=True)
class PatternParts:
    """A pattern: one part, or several that stand in one sentence in any order.

    ``needs`` are sets of words; it matches no text in which a set has none of its words.
    """

    parts: Sequence[re.Pattern[str]]
    needs: Sequence[frozenset[str]]

    @classmethod
    def of(cls, language: str, *parts: re.Pattern[str]) -> PatternParts:
        needs = [words for part in parts for words in _words_needed(_parser.parse(part.pattern, part.flags))]
        _needed[language].update(*needs)
        return cls(parts, needs)

    def can_match(self, seen: View) -> bool:
        words = _needed[seen.language]
        present = seen.memo.get(len(words))
        if present is None:
            standing = filter(small_letters(seen.text).__contains__, list(words))  # a list: another thread may add some
            present = seen.memo[len(words)] = frozenset(standing)
        for each in self.needs:  # noqa: SIM110 - asked a million times a law
            if each.isdisjoint(present):
                return False
        return True

    def spans(self, seen: View) -> Iterator[tuple[int, int]]:
        """Where it stands in ``seen.text``; of several parts, once in a sentence."""
        if len(self.parts) > 1:
            return _together(self.parts, seen)
        return (match.span() for match in self.parts[0].finditer(seen.text))


def small_letters(text: str) -> str:
    """A text in the letters in which words are looked for: patterns take the Turkish ones for an i too.

    >>> small_letters("Pr\u0131son of a YEAR")
    'prison of a year'
    """
    return text.replace("\u0131", "i").replace("\u0130", "i").casefold()


def _words_needed(parsed: Iterable[tuple[Any, Any]]) -> list[frozenset[str]]:
    """Sets of words in small letters; of each set one stands in whatever a parsed expression matches."""
    needs: list[frozenset[str]] = []
    word = ""
    for kind, what in [*parsed, ("END", None)]:
        name = str(kind)
        if name == "LITERAL":
            word += chr(what).casefold()
            continue
        # To which of its words a space is counted depends on the version of Python.
        if word.strip():
            needs.append(frozenset({word.strip()}))
        word = ""
        if name == "SUBPATTERN" or (name == "MAX_REPEAT" and what[0]):
            needs += _words_needed(what[-1])
        elif name == "BRANCH":
            # Of each alternative the words that are likely to be the rarest.
            rarest = [max(_words_needed(one), key=lambda words: min(map(len, words)), default=None) for one in what[1]]
            if None not in rarest:
                needs.append(frozenset().union(*filter(None, rarest)))
    return needs


def words_needed(pattern: re.Pattern[str]) -> frozenset[str]:
    """Returns words in small letters of which one stands in whatever a pattern matches, as rare as may be; none where
    it can do without.

    >>> sorted(words_needed(re.compile(r"(?i)\\b(?:without|nor) (?:a|the) court")))
    ['court']
    """
    needs = _words_needed(_parser.parse(pattern.pattern, pattern.flags))
    return max(needs, key=lambda words: (min(map(len, words)), -len(words)), default=frozenset())


@dataclass(frozen=True, slots=True)
class WordPattern:
    """Patterns by language; a language without patterns finds nothing."""

    patterns: Mapping[str, Sequence[PatternParts]] = field(default_factory=dict)

    def find(self, seen: View) -> list[re.Match[str]]:
        """The matches of patterns whose parts have an order, from the start of the text, none inside another."""
        possible = self._possible(seen)
        matches = [match for one in possible if len(one.parts) == 1 for match in one.parts[0].finditer(seen.text)]
        return _outermost(matches, lambda match: match.span())

    def spans(self, seen: View) -> list[tuple[int, int]]:
        """Where patterns stand in ``seen.text``, from its start, none inside another."""
        return _outermost([span for one in self._possible(seen) for span in one.spans(seen)], lambda span: span)

    def stands_in(self, seen: View) -> bool:
        return any(True for one in self._possible(seen) for _span in one.spans(seen))

    def _possible(self, seen: View) -> Iterator[PatternParts]:
        return (each for each in self.patterns.get(seen.language, ()) if each.can_match(seen))

    def __bool__(self) -> bool:
        return bool(self.patterns)


def _outermost[T](spans: Sequence[T], span_of: Callable[[T], tuple[int, int]]) -> list[T]:
    """Those that no other holds, by their start."""
    kept: list[T] = []
    for each in sorted(spans, key=lambda one: (span_of(one)[0], -span_of(one)[1])):
        if not kept or span_of(each)[1] > span_of(kept[-1])[1]:
            kept.append(each)
    return kept


def sentences(seen: View) -> Iterator[tuple[int, int]]:
    """The sentences of a form for matching, as ranges; the sign that ends one belongs to it."""
    start = 0
    for end in _SENTENCE_END[seen.language].finditer(seen.text):
        yield start, end.end()
        start = end.end()
    if start < len(seen.text):
        yield start, len(seen.text)


def sentence_at(seen: View, span: tuple[int, int]) -> tuple[int, int]:
    """The range of the sentence in which a span lies."""
    pattern = _SENTENCE_END[seen.language]
    start = 0
    for near in (_NEAR, span[0]):  # the sentence mostly begins near by
        begins = max(span[0] - near, 0)
        ends = [match.end() for match in pattern.finditer(seen.text, begins, span[0] + 1) if match.end() <= span[0]]
        if ends:
            start = ends[-1]
            break
    after = pattern.search(seen.text, max(span[1] - 1, span[0]))
    return start, after.end() if after else len(seen.text)


def _together(parts: Sequence[re.Pattern[str]], seen: View) -> Iterator[tuple[int, int]]:
    if not all(part.search(seen.text) for part in parts):
        return
    for start, end in sentences(seen):
        spans = [
            [match.span() for match in islice(part.finditer(seen.text, start, end), _MOST_PLACES)] for part in parts
        ]
        if all(spans):
            yield min((_around(first, spans[1:]) for first in spans[0]), key=lambda span: span[1] - span[0])


def _around(first: tuple[int, int], others: Sequence[Sequence[tuple[int, int]]]) -> tuple[int, int]:
    """The smallest range that holds ``first`` and the nearest span of each of the others."""
    start, end = first
    for spans in others:
        nearest = min(spans, key=lambda span: max(end, span[1]) - min(start, span[0]))
        start, end = min(start, nearest[0]), max(end, nearest[1])
    return start, end


def read_concepts(entry: YamlMapping) -> dict[str, dict[str, str]]:
    """The expression of each concept by language. A concept may be made of those above it. Raises RuleError."""
    concepts: dict[str, dict[str, str]] = {"en": {}, "km": {}}
    for name in entry:
        named = entry.mapping(name, tuple(concepts))
        for language in named:
            forms = [_form(text, line, language, concepts, entry) for text, line in named.texts(language)]
            concepts[language][name] = "(?:" + "|".join(forms) + ")"
    return concepts


def compile_words(entry: YamlMapping, language: str, concepts: Mapping[str, Mapping[str, str]]) -> list[PatternParts]:
    """The patterns of a language, for the forms of :mod:`lawcompare.engine.text.search_form`. Raises RuleError.

    In English patterns a space stands for any white space and the ends are ends of words; Khmer has no spaces, and
    its patterns begin and end with a cluster.
    """
    plain: list[tuple[str, int]] = []
    patterns: list[PatternParts] = []
    for text, line in entry.texts(language):
        parts = [_form(part.strip(), line, language, concepts, entry) for part in text.split(" & ")]
        if len(parts) == 1 and not _REFERENCE.search(text):
            plain += [(part, line) for part in parts]
        else:
            patterns.append(PatternParts.of(language, *(_compiled(part, line, entry) for part in parts)))
    if plain:
        # As alternatives. What all begin with is asked once of a place: few places begin a word.
        forms = [form for form, _line in plain]
        starts = (one for one in (_ENGLISH_START, _KHMER_START) if all(f.startswith(f"(?:{one}") for f in forms))
        try:
            together = re.compile(bounded(f"{next(starts, '')}(?:{'|'.join(forms)})"), re.IGNORECASE)
        except re.error:
            for form, line in plain:
                _compiled(form, line, entry)  # raises for the one that is wrong
            raise
        patterns.insert(0, PatternParts.of(language, together))
    return patterns


def _compiled(form: str, line: int, entry: YamlMapping) -> re.Pattern[str]:
    try:
        return re.compile(bounded(form), re.IGNORECASE)
    except re.error as error:
        raise RuleError(f"the pattern is wrong: {error}", file=entry.file, line=line) from error


def khmer_phrases(phrases: Sequence[str]) -> re.Pattern[str]:
    """Finds any of some Khmer phrases, the longest first, in a form without spaces and never inside a cluster.

    >>> bank = khmer_phrases(["ធនាគារ"])
    >>> [bool(bank.search(text)) for text in ("គណនីធនាគារ", "ដាក់ពន្ធនាគារ")]
    [True, False]
    """
    longest_first = sorted({"".join(phrase.split()) for phrase in phrases}, key=lambda each: (-len(each), each))
    forms = "|".join(_khmer_form(re.escape(phrase)) for phrase in longest_first)
    return re.compile(f"{_KHMER_START}(?:{forms}){_KHMER_END}")


def _form(text: str, line: int, language: str, concepts: Mapping[str, Mapping[str, str]], entry: YamlMapping) -> str:
    """One pattern as a regular expression, in a group of its own."""
    try:
        re.compile(_GAP.sub("", _REFERENCE.sub("", text)))  # alone: a bracket left open could swallow what is around it
        form = GAPS[language].join(_part(part, language, concepts) for part in _GAP.split(text))
    except re.error as error:
        raise RuleError(f"the pattern {text!r} is wrong: {error}", file=entry.file, line=line) from error
    except KeyError as error:
        raise RuleError(f"the concept {error} of {text!r} is not known", file=entry.file, line=line) from error
    return f"(?:{form})"


def _part(text: str, language: str, concepts: Mapping[str, Mapping[str, str]]) -> str:
    """What stands between two gaps: its own words, and the expressions of the concepts it names."""
    inner = ""
    for at, piece in enumerate(_REFERENCE.split(text)):
        if at % 2:
            inner += concepts[language][piece]
        elif language == "km":
            inner += _khmer_form(piece)
        else:
            inner += re.sub(r" +", r"(?:\\s+)", piece)  # in a group: "web ?site" makes the space optional
    if language == "km":
        return f"{_KHMER_START}(?:{inner}){_KHMER_END}"
    return rf"{_ENGLISH_START}(?:{inner})(?![A-Za-z])"


def _khmer_form(pattern: str) -> str:
    """The pattern in normal form, with the spellings that are one word: សំដី and សម្តី, អោយ and ឱ្យ, ពត៌មាន and ព័ត៌មាន."""
    form = re.sub(r"\s+", "", normalise(pattern, "km").text)
    pieces = _LOOK_BEHIND.split(form)  # of one length, so that it has one spelling
    for at in range(0, len(pieces), 2):
        form = _SILENT_SIGN.sub(r"\g<0>?", _NASAL.sub(_either_nasal, pieces[at]))
        pieces[at] = form.replace("ឱ្យ", "(?:ឱ្យ|អោយ|ឱយ)")
    return "".join(pieces)


def _either_nasal(match: re.Match[str]) -> str:
    following = match["next"]
    return "(?:\u17c6[ដត]|\u1798\u17d2ត)" if following in "ដត" else f"(?:\u17c6|\u1798\u17d2){following}"


class RuleError(EngineError):
    """A file of rules has a mistake: ``no-defence.yaml, line 4: …``."""

    def __init__(self, reason: str, *, file: str, line: int) -> None:
        super().__init__(reason, line=line)
        self.file = file
        self.args = (f"{file}, line {line}: {reason}",)


@dataclass(frozen=True, slots=True)
class YamlMapping:
    """A mapping of the file. ``lines`` are those of its keys, ``line`` is its own."""

    file: str
    line: int
    nodes: dict[str, yaml.Node]
    lines: dict[str, int]

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def allow(self, known: Collection[str]) -> None:
        for key in self.nodes:
            if key not in known:
                self.fail(key, f"{key!r} is not known here; known are {', '.join(known)}")

    def fail(self, key: str, reason: str) -> NoReturn:
        raise RuleError(reason, file=self.file, line=self.lines.get(key, self.line))

    def text(self, key: str) -> str:
        node = self._node(key)
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            self.fail(key, f"{key!r} must be a text")
        return " ".join(node.value.split())

    def number(self, key: str) -> float:
        try:
            return float(self.text(key))
        except ValueError:
            self.fail(key, f"{key!r} must be a number")

    def choice(self, key: str, known: Collection[str], *, default: str | None = None) -> str:
        if default is not None and key not in self.nodes:
            return default
        chosen = self.text(key)
        if chosen not in known:
            self.fail(key, f"{key!r} is {chosen!r}; known are {', '.join(sorted(known))}")
        return chosen

    def choices(self, key: str, known: Collection[str]) -> list[str]:
        values = [value for value, _ in self.texts(key)]
        for value in values:
            if value not in known:
                self.fail(key, f"{value!r} under {key!r} is not known; known are {', '.join(known)}")
        return values

    def texts(self, key: str) -> list[tuple[str, int]]:
        """A text or a list of texts, each with its line."""
        node = self._node(key)
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        texts = []
        for each in nodes:
            line = each.start_mark.line + 1
            if not isinstance(each, yaml.ScalarNode) or not each.value.strip():
                raise RuleError(f"{key!r} must be a text or a list of texts", file=self.file, line=line)
            texts.append((each.value.strip(), line))
        if not texts:
            self.fail(key, f"{key!r} is empty")
        return texts

    def mapping(self, key: str, known: Collection[str] = ()) -> YamlMapping:
        """The mapping under a key; where ``known`` are given, it may hold no other names."""
        mapping = _mapping_of(self._node(key), self.file, key)
        if known:
            mapping.allow(known)
        return mapping

    def _node(self, key: str) -> yaml.Node:
        if key not in self.nodes:
            self.fail(key, f"{key!r} is missing")
        return self.nodes[key]


def read_yaml(path: Path) -> YamlMapping:
    """The mapping that a file holds. Raises RuleError with the line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"the file cannot be read: {error}", file=path.name, line=1) from error
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RuleError(
            f"this is no YAML: {error.problem}", file=path.name, line=mark.line + 1 if mark else 1
        ) from error
    except yaml.YAMLError as error:
        raise RuleError(f"this is no YAML: {error}", file=path.name, line=1) from error
    return _mapping_of(root, path.name, "the file")


def _mapping_of(node: yaml.Node | None, file: str, name: str) -> YamlMapping:
    line = node.start_mark.line + 1 if node is not None else 1
    if not isinstance(node, yaml.MappingNode):
        raise RuleError(f"{name!r} must hold names with values", file=file, line=line)
    nodes: dict[str, yaml.Node] = {}
    lines: dict[str, int] = {}
    for key, value in node.value:
        key_line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise RuleError("a name must be a word", file=file, line=key_line)
        if key.value in nodes:
            raise RuleError(f"{key.value!r} is given twice", file=file, line=key_line)
        nodes[key.value], lines[key.value] = value, key_line
    return YamlMapping(file, line, nodes, lines)
