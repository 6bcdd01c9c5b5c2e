"""Which words of a clause an annotation is on: copied, chosen on the page, or from the first to the last."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.engine.anchor import select
from lawcompare.laws.formatting import digits
from lawcompare.laws.models import Clause

# A passage that runs on is looked for in so many clauses after the one it begins in, to say what is wrong with it.
_CLAUSES_AFTER = 5
_QUOTES = {"'": "['‘’]", "’": "['‘’]", '"': '["“”]', "“": '["“”]', "”": '["“”]'}


class SelectionError(ValueError):
    """The words chosen are not in the clause as said."""


def place(annotation: Annotation, clause: Clause, exact: str, start: int | None = None) -> None:
    """Point an annotation at words of a clause, or at all of it where ``exact`` is empty.

    ``start`` (code points into ``clause.text``) says which occurrence is meant; without it there must be only one.
    Raises ``SelectionError``.
    """
    annotation.clause, annotation.version = clause, clause.version
    if not exact:
        if start is not None:
            raise SelectionError(_("No words are chosen. To speak of the whole clause, say so below."))
        annotation.exact = annotation.prefix = annotation.suffix = ""
        annotation.start = annotation.end = None
        return
    if not exact.strip():
        raise SelectionError(_("No words are chosen, only the space between them."))
    if start is None:
        start = _only_occurrence(clause, exact)
    elif clause.text[start : start + len(exact)] != exact:
        raise SelectionError(_("The words chosen are not at that place of the clause."))
    quote, position = select(clause.text, start, start + len(exact))
    annotation.exact, annotation.prefix, annotation.suffix = quote.exact, quote.prefix, quote.suffix
    annotation.start, annotation.end = position.start, position.end


def between(clause: Clause, first: str, last: str) -> tuple[str, int]:
    """The passage from the first words to the last, both included, and where it begins.

    Capitals, spaces and the shape of quotation marks need not agree. Raises ``SelectionError``.
    """
    start = _only_place(clause.text, first, 0)[0]
    end = _only_place(clause.text, last, start)[1]
    return clause.text[start:end], start


def _only_place(text: str, words: str, after: int) -> tuple[int, int]:
    matches = list(_typed(words).finditer(text, after))
    if not matches:
        raise SelectionError(_("The words “%(words)s” are not there in the clause.") % {"words": words[:80]})
    if len(matches) > 1:
        raise SelectionError(
            _("The words “%(words)s” stand there %(count)s times; type more of them.")
            % {"words": words[:80], "count": digits(len(matches))}
        )
    return matches[0].span()


def _typed(words: str) -> re.Pattern[str]:
    """What somebody typed, as it may stand in a text: Khmer has invisible breaks between words that nobody types."""
    letters = ("\u200b*".join(_QUOTES.get(letter, re.escape(letter)) for letter in word) for word in words.split())
    return re.compile(r"\s+".join(letters), re.I)


def _only_occurrence(clause: Clause, exact: str) -> int:
    count = clause.text.count(exact)
    if count == 0:
        if _runs_on(clause, exact):
            raise SelectionError(_("The words run over more than one clause. Annotate each clause by itself."))
        raise SelectionError(_("The words chosen are not in the clause; copy them as they stand there."))
    if count > 1:
        raise SelectionError(
            _("The words chosen stand in the clause %(count)s times; choose more words around them.")
            % {"count": digits(count)}
        )
    return clause.text.index(exact)


def _runs_on(clause: Clause, exact: str) -> bool:
    """Whether the words go on into what follows, with or without the numbers there."""
    near = {"position__gte": clause.position, "position__lte": clause.position + _CLAUSES_AFTER}
    rows = list(clause.version.clauses.filter(**near).order_by("position"))
    bare = " ".join(row.text for row in rows)
    numbered = " ".join(f"{row.num} {row.heading} {row.text}" for row in rows)
    return any(_one_line(exact) in _one_line(text) for text in (bare, numbered))


def _one_line(text: str) -> str:
    return " ".join(text.split())
