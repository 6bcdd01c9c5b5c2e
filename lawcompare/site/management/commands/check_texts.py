"""check_texts [--manifest FILE | FOLDER]: prove that every published text is, word for word, what was published, and
that nothing else that is public was changed without an entry in the log since it was stated; and that redlines say the
words of their texts.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.comparisons.computing.check import false_redlines
from lawcompare.core.log.services import BadStatement, read_files, read_statement
from lawcompare.core.models import Statement
from lawcompare.laws.documents import load_document, text_hash
from lawcompare.laws.models import Version
from lawcompare.site.stated import changed_by_hand


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
        if manifest is not None and (manifest.is_dir() or manifest.suffix == ".txt"):
            _compare_statements(manifest, hashes, withdrawn)
        elif manifest is not None:
            for address, noted in _read(manifest).items():
                if address not in hashes:
                    raise CommandError(f"{address} is gone, though it was published.", returncode=1)
                if hashes[address] != noted:
                    raise CommandError(f"{address} is not the text that was published.", returncode=1)
        for name, day in changed_by_hand(read_statement(one.words) for one in Statement.objects.order_by("day")):
            raise CommandError(f"{name} is not as stated on {day}, and no entry of the log says why.", returncode=1)
        for row in false_redlines():
            names = f"{row.comparison.old.address} and {row.comparison.new.address}"
            said = f"A redline of {names} does not say what their clauses do: {row.old}, {row.new}."
            raise CommandError(said, returncode=1)
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


def _compare_statements(kept: Path, hashes: dict[str, str], withdrawn: set[str]) -> None:
    """Each text that was ever stated is still here; at its address, unless it was renamed or withdrawn."""
    try:
        statements = read_files(kept)
        if not statements:
            raise BadStatement(f"{kept} holds no statement")
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


def _read(manifest: Path) -> dict[str, str]:
    try:
        if noted := dict(json.loads(manifest.read_text("utf-8"))):
            return noted
        raise ValueError("it is empty")
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise CommandError(f"{manifest} is not what check_texts printed.", returncode=2) from error
