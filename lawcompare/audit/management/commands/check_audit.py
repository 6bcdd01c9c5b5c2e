"""check_audit [--noted NUMBER:DIGEST|FILE|FOLDER]: prove that no entry of the log was changed, removed or cut off."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lawcompare.audit.services import BrokenLog, Head, check_log
from lawcompare.audit.statements import BadStatement, check_statement, read_files, read_signing_key


class Command(BaseCommand):
    help = "Check the chain of the audit log and print its newest entry, to be noted somewhere else."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--noted",
            metavar="NUMBER:DIGEST",
            help="a newest entry noted earlier, or a file or a folder with statements that were kept",
        )

    def handle(self, *, noted: str | None, **options: Any) -> None:
        kept = Path(noted) if noted and Path(noted).exists() else None
        try:
            head = check_log(_read(noted) if noted and kept is None else None)
            count = _check_statements(kept) if kept else 0
        except BrokenLog as error:
            raise CommandError(f"The audit log is broken: {error}.", returncode=1) from None
        except BadStatement as error:
            raise CommandError(f"{error}.", returncode=2) from None
        self.stdout.write(f"The audit log is whole: {head.number}:{head.digest}")
        if kept:
            self.stdout.write(f"It is the log of {count} statements in {kept}.")


def _check_statements(kept: Path) -> int:
    statements = read_files(kept)
    if not statements and settings.MIRROR_KEY:
        raise BadStatement(f"{kept} holds no statement")
    key = read_signing_key(settings.MIRROR_KEY).public_key() if settings.MIRROR_KEY else None
    for statement in statements:
        if key and not statement.is_signed_by(key):
            raise BadStatement(f"the statement of {statement.day} is not signed by this site")
        check_statement(statement)
    return len(statements)


def _read(noted: str) -> Head:
    number, _, digest = noted.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise CommandError(f"--noted is NUMBER:DIGEST as this command prints it, not {noted!r}.", returncode=2)
    return Head(int(number), digest)
