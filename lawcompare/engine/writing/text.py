"""Write a law as plain text, a paragraph a line, set in by its place."""

from lawcompare.engine.document import Document
from lawcompare.engine.writing.lines import set_lines


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
