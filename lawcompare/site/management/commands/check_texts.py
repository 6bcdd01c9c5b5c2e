"""check_texts [--manifest FILE | FOLDER]: prove that every published text is, word for word, what was published.

The stored HTML of clauses and redlines is rendered again and compared, so that pages never show other words.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.audit.statements import BadStatement, read_files
from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.stored_html import rendered_pairs
from lawcompare.laws.documents import load_document, text_hash
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.rendering import RENDERER
from lawcompare.laws.stored_html import rendered_clauses


class Command(BaseCommand):
    help = "Compute the hash of every published text again; print them as JSON, or compare them with an earlier print."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--manifest",
            type=Path,
            metavar="FILE",
            help="what this command printed earlier, or statements that were kept",
        )

    def handle(self, *, manifest: Path | None, **options: Any) -> None:
        hashes, withdrawn = _texts()
        if manifest is not None and _holds_statements(manifest):
            _compare_statements(manifest, hashes, withdrawn)
        elif manifest is not None:
            for address, noted in _read(manifest).items():
                if address not in hashes:
                    raise CommandError(f"{address} is gone, though it was published.", returncode=1)
                if hashes[address] != noted:
                    raise CommandError(f"{address} is not the text that was published.", returncode=1)
        for clause, html in rendered_clauses():
            _check_html(f"{clause.version.address}#{clause.eid}", clause, html)
        for pair, html in rendered_pairs():
            _check_html(f"{pair.comparison} at {pair.anchor}", pair, html)
        self.stdout.write(json.dumps(hashes, indent=1))


def _texts() -> tuple[dict[str, str], set[str]]:
    """The hashes of published texts by address, and of those that were withdrawn, computed from their clauses."""
    hashes: dict[str, str] = {}
    withdrawn: set[str] = set()
    public = set(Version.objects.published().values_list("pk", flat=True))
    versions = Version.objects.filter(published_at__isnull=False).select_related("law")
    for version in versions.order_by("law__slug", "slug"):
        digest = text_hash(load_document(version).clauses)
        if digest != version.text_hash:
            raise CommandError(f"{version.address} is not the text that was published.", returncode=1)
        if version.pk in public:
            hashes[version.address] = digest
        else:
            withdrawn.add(digest)
    return hashes, withdrawn


def _holds_statements(manifest: Path) -> bool:
    return manifest.is_dir() or manifest.suffix == ".txt"


def _compare_statements(kept: Path, hashes: dict[str, str], withdrawn: set[str]) -> None:
    """Each text that was ever stated is still here; at its address, unless it was renamed or withdrawn."""
    try:
        statements = read_files(kept)
    except BadStatement as error:
        raise CommandError(f"{error}.", returncode=2) from None
    present = withdrawn | set(hashes.values())
    for statement in statements:
        for digest, address in statement.texts:
            if hashes.get(address, digest) != digest:
                raise CommandError(f"{address} is not the text that was stated on {statement.day}.", returncode=1)
            if digest not in present:
                name = address or f"a withdrawn text ({digest})"
                raise CommandError(f"{name} is gone, though it was stated on {statement.day}.", returncode=1)


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
