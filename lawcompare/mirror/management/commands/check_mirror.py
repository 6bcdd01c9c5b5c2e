from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.mirror.checking import check_mirror
from lawcompare.mirror.manifest import MirrorError, read_public_key

SHOWN_MAX = 50


class Command(BaseCommand):
    help = "Check the signature, every hash and every link of a mirror, and that nothing private is in it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--public-key", default="", help="the publisher's key: base64, or a file that holds it")

    def handle(self, *, folder: Path, public_key: str, **options: Any) -> None:
        try:
            result = check_mirror(folder, read_public_key(public_key) if public_key else None)
        except MirrorError as error:
            raise CommandError(f"Nothing was checked: {error}.", returncode=2) from None
        for note in result.notes:
            self.stdout.write(note)
        for problem in result.problems[:SHOWN_MAX]:
            self.stderr.write(problem)
        if result.problems:
            raise CommandError(f"{folder}: {len(result.problems)} problems.", returncode=1)
        self.stdout.write(f"{folder}: {result.files} files and {result.links} links, all in order.")
