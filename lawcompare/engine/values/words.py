"""The words that carry values, from ``words.yaml``: mental elements, bodies that authorise, defences, thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lawcompare.engine.rules import WordPattern, word_pattern
from lawcompare.engine.rules.yaml_file import YamlMapping, read_yaml

FILE = Path(__file__).parent / "words.yaml"


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A value that words name: a mental element with its ``name`` as level, an authorising body, a defence."""

    name: str
    words: WordPattern


@dataclass(frozen=True, slots=True)
class ValueWords:
    """``named`` are the kinds of each rule of values (``mental-element`` …), ``harm`` the words of a threshold."""

    named: Mapping[str, tuple[ValueKind, ...]]
    harm: WordPattern


@cache
def load_value_words(path: Path = FILE) -> ValueWords:
    """Raises RuleError with the line of a mistake."""
    entry = read_yaml(path)
    entry.allow([*RULES, "harm"])
    return ValueWords({rule: _kinds(entry, rule) for rule in RULES}, word_pattern(entry, "harm", optional=False))


RULES = ("mental-element", "authorisation", "defence")


def _kinds(entry: YamlMapping, rule: str) -> tuple[ValueKind, ...]:
    named = entry.mapping(rule)
    assert named is not None
    return tuple(ValueKind(name, word_pattern(named, name, optional=False)) for name in named)
