"""render_texts: make anew the stored HTML that an earlier renderer made."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Model

from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.stored_html import rendered_pairs
from lawcompare.laws.models import Clause
from lawcompare.laws.rendering import RENDERER
from lawcompare.laws.stored_html import rendered_clauses

BATCH = 500


class Command(BaseCommand):
    help = "Render again the clauses and redlines whose stored HTML an earlier renderer made. Safe to end and repeat."

    def handle(self, **options: Any) -> None:
        clauses = _store(Clause, rendered_clauses(stale_only=True))
        pairs = _store(ClausePair, rendered_pairs(stale_only=True))
        self.stdout.write(f"Rendered {clauses} clauses and {pairs} redlines with renderer {RENDERER}.")


def _store(model: type[Model], rendered: Iterator[tuple[Any, str]]) -> int:
    """Write rows with their HTML; returns how many."""
    count = 0
    for batch in batched(list(rendered), BATCH):
        for row, html in batch:
            row.html, row.renderer = html, RENDERER
        model._default_manager.bulk_update([row for row, _html in batch], ["html", "renderer"])
        count += len(batch)
    return count
