"""Which clauses of its own section a clause names: ``an offense under subsection (a)(2), (a)(3) or (a)(6)``.

A penalty or an exception that stands in a clause of its own belongs to the offences that this clause, a clause under
it, or else a clause above it names.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lawcompare.engine.document import UNIT_ELEMENTS, Document

# Characters before a reference in which stand the words that make it none to an offence.
_REACH = 80
# The numbers of a clause inside its section, from the outside: ("a", "5", "B"). Empty for the section itself.
type Path = tuple[str, ...]

_NUMBER = r"\(\w{1,5}\)"
_NUMBERS = rf"{_NUMBER}(?:\s*{_NUMBER})*"
_MORE = rf"(?:\s*(?:,\s*(?:and|or)?|or|and|through|to)\s*{_NUMBERS})*"
_REFERENCE = re.compile(
    rf"(?i)\b(?:paragraphs?\s+(?P<inner>{_NUMBERS}{_MORE})\s+of\s+subsection\s+(?P<outer>{_NUMBER})"
    rf"|\bsubsections?\s+(?P<refs>{_NUMBERS}{_MORE}))(?!\w|\s+of\s+(?:section|title)\s+\d)"
)
_WHOLE = re.compile(r"(?i)\bthis\s+(?:section|article)\b")
# "another offense under this section" is an earlier one; "unless subsection (b) applies" names no offence.
_NO_OFFENCE_BEFORE = re.compile(
    r"(?i)\b(?:except\s+as\s+(?:otherwise\s+)?provided\s+(?:in|by)|provided\s+(?:in|by|under)|unless|(?:described|defined|listed"
    r"|required|set\s+forth|specified|enumerated)\s+(?:in|by|under)|requirements?\s+of|pursuant\s+to|accordance\s+with"
    r"|another\s+offen[cs]e\s+under|prior\s+offen[cs]e\s+under)\s*$"
)
# The same in Khmer: កថាខណ្ឌ is a subsection, ចំណុច a paragraph, and spaces stand where the typist put them.
_KHMER_MORE = rf"(?:\s*(?:,|ឬ|និង|រហូតដល់|ដល់)\s*{_NUMBERS})*"
_KHMER_REFERENCE = re.compile(
    rf"(?<!អនុ)ចំណុច\s*(?P<inner>{_NUMBERS}{_KHMER_MORE})\s*នៃកថាខណ្ឌ\s*(?P<outer>{_NUMBER})"
    rf"|កថាខណ្ឌ\s*(?P<refs>{_NUMBERS}{_KHMER_MORE})(?!\s*នៃមាត្រា\s*\d)"
)
_KHMER_WHOLE = re.compile("(?:មាត្រា|ផ្នែក)នេះ")
_KHMER_NO_OFFENCE_BEFORE = re.compile(
    "(?:អនុវត្ត|ចែង|កំណត់|រៀបរាប់|និយមន័យ|លក្ខខណ្ឌ|យោង|ស្រប|ផ្សេង(?:ទៀត)?|មុន)\\s*(?:ក្នុង|តាម|នៃ|ដោយ|នឹង)?\\s*$"
)
_EACH_NUMBER = re.compile(r"\((\w{1,5})\)")
_KINDS = (re.compile(r"[ivx]{2,}"), re.compile(r"\d+\w?"), re.compile(r"[a-z]{1,2}"), re.compile(r"[A-Z]{1,2}"))


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: clauses by their path, and whether it names the whole section."""

    paths: frozenset[Path]
    whole: bool = False

    def covers(self, path: Path) -> bool:
        """Whether the clause of a path, one that holds it, or one inside it is named."""
        return self.whole or any(one[: len(path)] == path[: len(one)] for one in self.paths)

    def __bool__(self) -> bool:
        return self.whole or bool(self.paths)


def path_of(document: Document, eid: str) -> Path:
    """The numbers of a clause inside its section or article.

    >>> from lawcompare.engine.document import Clause
    >>> section = Clause("sec_1", "section", "§ 1")
    >>> one = Clause("sec_1__subsec_a", "subsection", "(a)", parent="sec_1")
    >>> path_of(Document("Law", "en", (section, one)), "sec_1__subsec_a")
    ('a',)
    """
    numbers: list[str] = []
    current = document.by_eid[eid]
    while current.element not in UNIT_ELEMENTS and current.parent is not None:
        own = _EACH_NUMBER.findall(current.num)
        numbers = (own or ([current.num.strip(" .")] if current.num.strip() else [])) + numbers
        current = document.by_eid[current.parent]
    return tuple(numbers)


def named_in(text: str) -> Named:
    """
    >>> sorted(named_in("an offense under subsection (a)(1), (2) or (b)").paths)
    [('a', '1'), ('a', '2'), ('b',)]
    >>> sorted(named_in("បទល្មើសក្នុងកថាខណ្ឌ (a)(2) ឬ (a)(6)").paths)
    [('a', '2'), ('a', '6')]
    """
    paths: set[Path] = set()
    whole = False
    for reference, section, no_offence_before in (
        (_REFERENCE, _WHOLE, _NO_OFFENCE_BEFORE),
        (_KHMER_REFERENCE, _KHMER_WHOLE, _KHMER_NO_OFFENCE_BEFORE),
    ):
        for match in reference.finditer(text):
            if not no_offence_before.search(text, max(0, match.start() - _REACH), match.start()):
                outer = tuple(_EACH_NUMBER.findall(match["outer"] or ""))
                paths.update(outer + path for path in _paths(match["refs"] or match["inner"]))
        whole = whole or any(
            not no_offence_before.search(text, max(0, match.start() - _REACH), match.start())
            for match in section.finditer(text)
        )
    return Named(frozenset(paths), whole)


def _paths(references: str) -> Iterator[Path]:
    """Each reference of a list; one that begins lower than the one before goes on with its numbers."""
    last: Path = ()
    for match in re.finditer(_NUMBERS, references):
        numbers = tuple(_EACH_NUMBER.findall(match[0]))
        kind = _kind(numbers[0])
        level = next((at for at, number in enumerate(last) if at and _kind(number) == kind), 0)
        last = last[:level] + numbers
        yield last


def _kind(number: str) -> int:
    return next((at for at, kind in enumerate(_KINDS) if kind.fullmatch(number)), len(_KINDS))
