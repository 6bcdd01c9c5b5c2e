"""check_texts [--manifest FILE]: prove that every published text is, word for word, what was published.

The stored HTML of clauses and redlines is rendered again and compared, so that pages never show other words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.stored_html import rendered_pairs
from lawcompare.laws.documents import load_document, text_hash
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.rendering import RENDERER
from lawcompare.laws.stored_html import rendered_clauses


class Command(BaseCommand):
    help = "Compute the hash of every published text again; print them as JSON, or compare them with an earlier print."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--manifest", type=Path, metavar="FILE", help="what this command printed earlier")

    def handle(self, *, manifest: Path | None, **options: Any) -> None:
        noted = _read(manifest) if manifest else {}
        hashes = {}
        for version in Version.objects.published().select_related("law").order_by("law__slug", "slug"):
            hashes[version.address] = text_hash(load_document(version).clauses)
            if hashes[version.address] != noted.get(version.address, version.text_hash):
                raise CommandError(f"{version.address} is not the text that was published.", returncode=1)
        for address in noted.keys() - hashes.keys():
            raise CommandError(f"{address} is gone, though it was published.", returncode=1)
        for clause, html in rendered_clauses():
            _check_html(f"{clause.version.address}#{clause.eid}", clause, html)
        for pair, html in rendered_pairs():
            _check_html(f"{pair.comparison} at {pair.anchor}", pair, html)
        self.stdout.write(json.dumps(hashes, indent=1))


def _check_html(name: str, row: Clause | ClausePair, html: str) -> None:
    if row.renderer != RENDERER:
        raise CommandError(f"{name} was rendered by renderer {row.renderer}: run render_texts.", returncode=1)
    if row.html != html:
        raise CommandError(f"The stored HTML of {name} does not say its words.", returncode=1)


def _read(manifest: Path) -> dict[str, str]:
    try:
        return dict(json.loads(manifest.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise CommandError(f"{manifest} is not what check_texts printed.", returncode=2) from error
