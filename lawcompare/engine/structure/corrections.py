"""What a person puts right in what a reader made of a file: a Document and mends -> a Document.

Mends are applied in order to the text as it was read, and nothing is edited in place: leaving one out undoes it. Each
says what it found when it was made, and is refused where it finds something else. Clauses are named by keys that no
mend changes: ``c12`` for the clause read twelfth (from 0), ``m5`` for the one that mend 5 split off.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lawcompare.engine.document import Clause, Document, Furniture
from lawcompare.engine.errors import EngineError
from lawcompare.engine.structure.eid import eid_for

KINDS = ("join", "split", "level", "number", "words", "aside")

# What a mend says it found, by its kind: on these names of ``was`` it rests.
RESTS_ON = {
    "join": ("previous", "num", "heading", "text"),
    "split": ("text",),
    "level": (),
    "number": ("num", "element"),
    "words": ("heading", "text"),
    "aside": ("num", "heading", "text"),
}


class MendError(EngineError):
    """A mend does not fit the text it is to be applied to. ``number`` says which."""

    def __init__(self, reason: str, number: int = 0) -> None:
        super().__init__(reason)
        self.number = number


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing put right.

    ``kind`` and its ``values``:

    - ``join``: the words of ``target`` go to the end of the clause before it; ``glue`` between them (space or newline),
      ``into`` the ``text`` or the ``heading``
    - ``split``: the words from ``at`` on become a clause of their own, with ``element``, ``num``, ``heading``, ``text``
      and the ``separator`` between them; ``inside`` the target or beside it; ``line`` where they stand in the source
    - ``level``: the clause with all inside it one step in (``by`` 1) or out (-1)
    - ``number``: another ``num`` or ``element``
    - ``words``: another ``heading`` or ``text``
    - ``aside``: its own words are no law text and become furniture
    """

    number: int
    kind: str
    target: str
    values: Mapping[str, Any] = field(default_factory=dict)
    was: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mended:
    """A document after its mends, and the key of each of its clauses."""

    document: Document
    keys: tuple[str, ...]

    def place(self, key: str) -> int:
        """Where the clause with this key stands. Raises MendError where it is no more."""
        try:
            return self.keys.index(key)
        except ValueError:
            raise MendError("the clause is no longer there") from None

    def clause(self, key: str) -> Clause:
        return self.document.clauses[self.place(key)]


@dataclass(slots=True)
class _Piece:
    key: str
    clause: Clause
    depth: int
    fixed: bool = False  # its address was given by the source

    @property
    def words(self) -> str:
        """All it says, as one run: number, heading, text."""
        head = " ".join(filter(None, [self.clause.num, self.clause.heading]))
        return ("\n" if self.clause.heading else " ").join(filter(None, [head, self.clause.text]))


@dataclass
class _Work:
    pieces: list[_Piece]
    furniture: list[Furniture]

    def find(self, key: str) -> int:
        for at, piece in enumerate(self.pieces):
            if piece.key == key:
                return at
        raise MendError("the clause is no longer there")

    def end(self, at: int) -> int:
        """The place after the last clause inside the one at ``at``."""
        end = at + 1
        while end < len(self.pieces) and self.pieces[end].depth > self.pieces[at].depth:
            end += 1
        return end

    def settle(self) -> None:
        """Make the depths a tree again: no clause is more than one step inside the one it stands in."""
        open_depths: list[int] = []
        for piece in self.pieces:
            while open_depths and open_depths[-1] >= piece.depth:
                open_depths.pop()
            open_depths.append(piece.depth)
            piece.depth = len(open_depths) - 1


def mend(document: Document, mends: Iterable[Mend]) -> Mended:
    """Apply mends in order. Raises MendError, with the number of the first that does not fit.

    >>> law = Document("Law", "en", (Clause("art_1", "article", "Article 1", "Aim of the"),
    ...                              Clause("para_1", "paragraph", text="law")))
    >>> mend(law, [Mend(1, "join", "c1", {"into": "heading"})]).document.clauses[0].heading
    'Aim of the law'
    """
    mends = list(mends)
    keys = tuple(f"c{at}" for at in range(len(document.clauses)))
    if not mends:
        return Mended(document, keys)
    given = _addresses_given(document)
    pieces = [
        _Piece(key, clause, clause.depth, clause.eid in given)
        for key, clause in zip(keys, document.clauses, strict=True)
    ]
    work = _Work(pieces, list(document.furniture))
    for each in mends:
        try:
            _rest(work, each)
            _DO[each.kind](work, each)
        except MendError as error:
            raise MendError(error.reason, each.number) from None
        work.settle()
    if not work.pieces:
        raise MendError("no clause would be left", mends[-1].number)
    clauses = tuple(_addressed(work.pieces))
    return Mended(replace(document, clauses=clauses, furniture=tuple(work.furniture)), tuple(p.key for p in pieces))


def found_by(mended: Mended, kind: str, target: str) -> dict[str, Any]:
    """What a mend that is about to be made finds: its ``was``."""
    at = mended.place(target)
    clause = mended.document.clauses[at]
    names = RESTS_ON[kind]
    was = {name: getattr(clause, name) for name in names if name != "previous"}
    if "previous" in names:
        was["previous"] = mended.keys[at - 1] if at else None
    return was


def _rest(work: _Work, each: Mend) -> None:
    """Refuse a mend that finds something else than it found when it was made."""
    at = work.find(each.target)
    clause = work.pieces[at].clause
    for name, value in each.was.items():
        now = (work.pieces[at - 1].key if at else None) if name == "previous" else getattr(clause, name)
        if now != value:
            raise MendError("another mend has changed what it rests on")


def _join(work: _Work, each: Mend) -> None:
    at = work.find(each.target)
    if at == 0:
        raise MendError("there is no clause before the first one")
    above, piece = work.pieces[at - 1], work.pieces[at]
    into = each.values.get("into", "text")
    glue = " " if into == "heading" else each.values.get("glue", "\n")
    if into not in ("text", "heading") or glue not in (" ", "\n"):
        raise MendError("a clause is joined to the words or to the heading before it")
    words = piece.words if into == "text" else " ".join(piece.words.split())
    whole = glue.join(filter(None, [getattr(above.clause, into), words]))
    above.clause = replace(above.clause, text=whole) if into == "text" else replace(above.clause, heading=whole)
    del work.pieces[at]


def _split(work: _Work, each: Mend) -> None:
    at = work.find(each.target)
    piece, values = work.pieces[at], each.values
    cut = values.get("at")
    if not isinstance(cut, int) or not 0 <= cut <= len(piece.clause.text):
        raise MendError("the place to split at is not in the words")
    tail = Clause(
        "", values["element"], values["num"], values["heading"], values["text"], line=values.get("line") or 0
    )  # fmt: skip
    piece.clause = replace(piece.clause, text=piece.clause.text[:cut].rstrip())
    if values.get("separator", "").strip():
        work.furniture.append(Furniture("separator", values["separator"].strip(), tail.line))
    depth = piece.depth + 1 if values.get("inside") else piece.depth
    work.pieces.insert(at + 1, _Piece(f"m{each.number}", tail, depth))


def _level(work: _Work, each: Mend) -> None:
    at = work.find(each.target)
    by = each.values.get("by")
    if by not in (1, -1):
        raise MendError("a clause is moved one step in or out")
    depth = work.pieces[at].depth
    if by == 1 and (at == 0 or work.pieces[at - 1].depth < depth):
        raise MendError("there is no clause before it on its level to stand in")
    if by == -1 and depth == 0:
        raise MendError("it already stands on the outermost level")
    for piece in work.pieces[at : work.end(at)]:
        piece.depth += by


def _number(work: _Work, each: Mend) -> None:
    _change(work, each, ("num", "element"))


def _words(work: _Work, each: Mend) -> None:
    _change(work, each, ("heading", "text"))


def _change(work: _Work, each: Mend, names: Sequence[str]) -> None:
    piece = work.pieces[work.find(each.target)]
    changed = {name: each.values[name] for name in names if name in each.values}
    if not changed or not all(isinstance(value, str) for value in changed.values()):
        raise MendError("it says nothing that is to be changed")
    if not changed.get("element", "x"):
        raise MendError("it does not say what kind of clause it is")
    piece.clause = replace(piece.clause, **changed)
    piece.fixed = piece.fixed and "num" not in changed and "element" not in changed


def _aside(work: _Work, each: Mend) -> None:
    at = work.find(each.target)
    piece = work.pieces.pop(at)
    if piece.words:
        work.furniture.append(Furniture("set-aside", piece.words, piece.clause.line))


_DO: dict[str, Callable[[_Work, Mend], None]] = {
    "join": _join,
    "split": _split,
    "level": _level,
    "number": _number,
    "words": _words,
    "aside": _aside,
}


# Addresses.


def _addresses_given(document: Document) -> set[str]:
    """The addresses that the source gave: those that the naming convention alone would not give."""
    taken: set[str] = set()
    counts: dict[str | None, Counter[str]] = {}
    given = set()
    for clause in document.clauses:
        count = counts.setdefault(clause.parent, Counter())
        count[clause.element] += 1
        if eid_for(clause.parent, clause.element, clause.num, taken, count[clause.element]) != clause.eid:
            given.add(clause.eid)
            taken.add(clause.eid)
    return given


def _addressed(pieces: Sequence[_Piece]) -> Iterable[Clause]:
    """The clauses with their addresses, depths and parents as they now stand."""
    taken = {piece.clause.eid for piece in pieces if piece.fixed}
    counts: dict[str | None, Counter[str]] = {}
    above: list[str] = []
    for piece in pieces:
        del above[piece.depth :]
        parent = above[-1] if above else None
        count = counts.setdefault(parent, Counter())
        count[piece.clause.element] += 1
        eid = piece.clause.eid
        if not piece.fixed:
            eid = eid_for(parent, piece.clause.element, piece.clause.num, taken, count[piece.clause.element])
        above.append(eid)
        yield replace(piece.clause, eid=eid, depth=piece.depth, parent=parent)
