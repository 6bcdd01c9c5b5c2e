import sys
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from lawcompare.sharing.emails.services import end_for_addresses


class Command(BaseCommand):
    help = "Write no more to addresses whose mail came back: one a line on standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        lines = [line.strip() for line in sys.stdin]
        try:
            ended = end_for_addresses(line for line in lines if line)
        except ValidationError:
            raise CommandError("A line is no email address; nothing was ended.", returncode=2) from None
        self.stdout.write(f"Letters to {ended} of {len(lines)} ended.")
