"""How a law is set on paper: its clauses as paragraphs of words, and these as plain text."""

from collections.abc import Iterator
from dataclasses import dataclass

from lawcompare.engine.document import UNIT_ELEMENTS, Clause, Document

# What stands above articles (AKN hierarchical elements).
DIVISION_ELEMENTS = frozenset(
    {"book", "tome", "title", "subtitle", "part", "subpart", "chapter", "subchapter", "division", "subdivision"}
    | {"annex", "attachment", "hcontainer"}
)
HEADED = UNIT_ELEMENTS | DIVISION_ELEMENTS
LEVEL_MAX = 6
INDENT_MAX = 6


@dataclass(frozen=True, slots=True)
class Setting:
    """A clause and how it is set: ``level`` of its heading, 0 for none; ``indent`` steps inside its article."""

    clause: Clause
    level: int
    indent: int

    @property
    def heading(self) -> str:
        """Number and heading as one line.

        >>> Setting(Clause("art_1", "article", "Article 1", "Aim"), 1, 0).heading
        'Article 1. Aim'
        """
        return self.clause.num + self.stop + self.clause.heading

    @property
    def stop(self) -> str:
        return stop_between(self.clause.num, self.clause.heading)

    @property
    def lead(self) -> str:
        """Number and heading as they run into the first line of a clause that has no line for them."""
        return self.heading + " " if self.heading and self.clause.text else self.heading

    @property
    def paragraphs(self) -> list[str]:
        """The clause as it is read: a line of its own for the heading, or the heading run into the text."""
        lines = self.clause.text.split("\n")
        if self.level:
            return [self.heading, *(lines if self.clause.text else [])]
        return [self.lead + lines[0], *lines[1:]] if self.lead or self.clause.text else []


def stop_between(num: str, heading: str) -> str:
    """What stands between a number and a heading: a stop, where the number does not end as if with one."""
    if not (num and heading):
        return ""
    return " " if num.endswith((".", ")", "។")) else ". "


def set_lines(document: Document) -> Iterator[Setting]:
    """Every clause in order. Headings of articles and of what stands above them have a line of their own.

    >>> article = Clause("art_1", "article", "Article 1", "Aim", "An aim.")
    >>> law = Document("", "en", (article, Clause("art_1__para_a", "paragraph", "(a)", "", "First;", 1, "art_1")))
    >>> [(line.level, line.indent, line.paragraphs) for line in set_lines(law)]
    [(1, 0, ['Article 1. Aim', 'An aim.']), (0, 1, ['(a) First;'])]
    """
    placed: dict[str, tuple[int, Clause | None]] = {}  # eid -> headings above what is inside, the article around it
    for clause in document.clauses:
        above, unit = placed.get(clause.parent or "", (0, None))
        is_headed = unit is None and clause.element in HEADED and bool(clause.num or clause.heading)
        indent = min(clause.depth - unit.depth, INDENT_MAX) if unit else 0
        yield Setting(clause, min(above + 1, LEVEL_MAX) if is_headed else 0, indent)
        is_unit = is_headed and clause.element in UNIT_ELEMENTS
        placed[clause.eid] = (above + is_headed, clause if is_unit else unit)


def write(document: Document) -> str:
    """The words of the law, each clause with its number.

    >>> from lawcompare.engine.document import Clause
    >>> write(Document("Law", "en", (Clause("art_1", "article", "Article 1", "Aim", "An aim."),)))
    'Article 1. Aim\\n\\nAn aim.\\n'
    """
    lines = [
        "  " * setting.indent + line if line else "" for setting in set_lines(document) for line in setting.paragraphs
    ]
    return "\n\n".join(lines) + "\n"
