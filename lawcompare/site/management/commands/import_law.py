from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.core.log.services import record
from lawcompare.core.standard_names import JURISDICTIONS
from lawcompare.engine.errors import EngineError
from lawcompare.languages import columns_of
from lawcompare.laws.models import VERSION_STATUSES, LawKind
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish

METADATA = [
    "title",
    "law_title",
    *columns_of("title")[1:],
    "jurisdiction",
    "kind",
    "law_date",
    "organisation",
    "language",
    "date",
    "text_status",
    "source_url",
    "note",
]
LINKS = ["follows", "corrects", "translates"]


class Command(BaseCommand):
    help = "Read a law file (text, Markdown, DOCX, PDF, HTML, USLM, Akoma Ntoso) and store it as a version of a law."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        # Django has a --version of its own, which would print Django's; here it names the version of the law.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--law", default="", help="slug of the law; new laws need --jurisdiction and --kind")
        parser.add_argument("--version", dest="version_slug", default="", help="slug of the version")
        parser.add_argument("--title", help="title of this version")
        parser.add_argument("--law-title", help="title of the law, where it is new")
        parser.add_argument("--title-km", help="what the law is called in Khmer, where it is new")
        parser.add_argument("--jurisdiction", choices=sorted(JURISDICTIONS), metavar="CODE")
        parser.add_argument("--kind", choices=LawKind.values)
        parser.add_argument("--law-date", help="of the law itself, where it is new: part of its Akoma Ntoso address")
        parser.add_argument("--organisation", help="of a new international law: who it was made with, as in un or coe")
        parser.add_argument("--language", help="en or km; found out from the text where it is not given")
        parser.add_argument("--date", help="of the text: YYYY, YYYY-MM or YYYY-MM-DD")
        parser.add_argument("--text-status", choices=VERSION_STATUSES)
        parser.add_argument("--source-url")
        parser.add_argument("--note")
        for link in LINKS:
            parser.add_argument(f"--{link}", metavar="LAW/VERSION", help=f"the text that this one {link}")
        parser.add_argument("--sections", default="", help="only these sections, as in 1030,2510-2523")
        parser.add_argument("--accept-warnings", action="store_true", help="import although a number is repeated")
        parser.add_argument(
            "--before-changes", action="store_true", help="of a Word file: its text before the changes tracked in it"
        )
        parser.add_argument("--publish", action="store_true", help="make it public, and compare it with its neighbours")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            data = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from None
        wanted = Import(
            data,
            file.name,
            law=options["law"],
            version=options["version_slug"],
            sections=options["sections"],
            metadata={name: options.get(name) for name in [*METADATA, *LINKS]},
            accept_warnings=options["accept_warnings"],
            before_changes=options["before_changes"],
            sandboxed=True,
            publishes=options["publish"],
        )
        try:
            imported = import_law(wanted, self.progress)
        except EngineError as error:
            raise CommandError(f"{file.name}: {error}", returncode=2) from None
        version = imported.version
        for warning in imported.warnings:
            self.stderr.write(f"{file.name}: {warning}")
        if imported.is_new:
            self.stdout.write(f"{version.address}: {version.clause_count} clauses stored.")
        else:
            self.stdout.write(f"{version.address} is already here with this very text; nothing was changed.")
        if options["publish"] and publish(version):
            record("publish", f"text/{version.address}")
            self.stdout.write(f"{version.address} is public.")

    def progress(self, step: str, done: int, total: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{step} {done}/{total} ", ending="" if done < total else "\n")
