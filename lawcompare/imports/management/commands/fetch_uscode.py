from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.engine.errors import EngineError
from lawcompare.imports.uscode.fetching import fetch_sections
from lawcompare.imports.uscode.publisher import read_wanted, source_of


class Command(BaseCommand):
    help = "Bring official sections of the United States Code as new texts of their laws, with what was stated of them."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("wanted", nargs="+", metavar="TITLE:SECTIONS", help="such as 18:1030,2510-2523 47:230")
        parser.add_argument("--release-point", default="", help="such as 119-36; the current one where it is left out")
        parser.add_argument(
            "--from",
            dest="source",
            default="",
            metavar="DIR_OR_URL",
            help="a folder with the files, or another address with the publisher's layout",
        )

    def handle(self, *, wanted: list[str], release_point: str, source: str, **options: Any) -> None:
        try:
            stored = fetch_sections(read_wanted(" ".join(wanted)), release_point, source_of(source), self.progress)
        except EngineError as error:
            raise CommandError(str(error), returncode=2) from None
        for one in stored:
            outcome = f"{one.version.clause_count} clauses stored and public" if one.is_new else "already here"
            self.stdout.write(f"{one.version.address}: {outcome}.")

    def progress(self, step: str, done: int, total: int) -> None:
        if self.stderr.isatty():
            share = f"{100 * done // total} %" if total else f"{done} bytes"
            self.stderr.write(f"\r{step} {share} ", ending="" if done < total else "\n")
