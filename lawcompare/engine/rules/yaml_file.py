"""A YAML file whose every value knows its line, so that a mistake can be named with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import yaml

from lawcompare.engine.errors import EngineError


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

    def mapping(self, key: str, *, optional: bool = False) -> YamlMapping | None:
        if optional and key not in self.nodes:
            return None
        return _entry(self._node(key), self.file, key)

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
    return _entry(root, path.name, "the file")


def _entry(node: yaml.Node | None, file: str, name: str) -> YamlMapping:
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
