"""The stored HTML of clauses, rendered again: to make it anew, or to prove that it says the words of the text."""

from collections.abc import Iterator

from lawcompare.laws.models import Clause
from lawcompare.laws.rendering import RENDERER, paragraphs

CHUNK = 500


def rendered_clauses(stale_only: bool = False) -> Iterator[tuple[Clause, str]]:
    """Each clause with its HTML as it is rendered now; ``stale_only``: those that an earlier renderer made."""
    clauses = Clause.objects.select_related("version__law").order_by("pk")
    if stale_only:
        clauses = clauses.exclude(renderer=RENDERER)
    for clause in clauses.iterator(CHUNK):
        yield clause, paragraphs(clause.text, clause.version.language)
