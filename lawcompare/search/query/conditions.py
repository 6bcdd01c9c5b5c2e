"""Conditions on the tokens of an entry, in the query language of each database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A token that must be there; with ``is_prefix`` one that begins with it."""

    text: str
    is_prefix: bool = False

    def for_postgresql(self) -> str:
        return f"'{self.text}'" + (":*" if self.is_prefix else "")

    def for_sqlite(self) -> str:
        return f'"{self.text}"' + (" *" if self.is_prefix else "")


@dataclass(frozen=True, slots=True)
class All:
    """A condition that every part holds."""

    parts: tuple[Condition, ...]

    def for_postgresql(self) -> str:
        return "(" + " & ".join(part.for_postgresql() for part in self.parts) + ")"

    def for_sqlite(self) -> str:
        return "(" + " AND ".join(part.for_sqlite() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class Any:
    """A condition that one part at least holds."""

    parts: tuple[Condition, ...]

    def for_postgresql(self) -> str:
        return "(" + " | ".join(part.for_postgresql() for part in self.parts) + ")"

    def for_sqlite(self) -> str:
        return "(" + " OR ".join(part.for_sqlite() for part in self.parts) + ")"


type Condition = Token | All | Any


def all_of(parts: Iterable[Condition]) -> Condition:
    """The condition that every part holds; of one part, or of equal parts, that part itself.

    >>> all_of([Token("xlaw"), Token("xpe", is_prefix=True)]).for_postgresql()
    "('xlaw' & 'xpe':*)"
    """
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else All(distinct)


def any_of(parts: Iterable[Condition]) -> Condition:
    """The condition that one part at least holds; of one part, or of equal parts, that part itself.

    >>> any_of([Token("xlaw"), Token("slaw")]).for_sqlite()
    '("xlaw" OR "slaw")'
    """
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else Any(distinct)
