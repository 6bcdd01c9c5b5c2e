"""check_audit [--noted NUMBER:DIGEST]: prove that no entry of the audit log was changed, removed or cut off."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.audit.services import BrokenLog, Head, check_log


class Command(BaseCommand):
    help = "Check the chain of the audit log and print its newest entry, to be noted somewhere else."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--noted", metavar="NUMBER:DIGEST", help="a newest entry noted earlier")

    def handle(self, *, noted: str | None, **options: Any) -> None:
        try:
            head = check_log(_read(noted) if noted else None)
        except BrokenLog as error:
            raise CommandError(f"The audit log is broken: {error}.", returncode=1) from None
        self.stdout.write(f"The audit log is whole: {head.number}:{head.digest}")


def _read(noted: str) -> Head:
    number, _, digest = noted.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise CommandError(f"--noted is NUMBER:DIGEST as this command prints it, not {noted!r}.", returncode=2)
    return Head(int(number), digest)
