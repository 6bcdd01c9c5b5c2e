from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.laws.uploads.originals import reencrypt


class Command(BaseCommand):
    help = "Encrypt with ORIGINALS_KEY what was encrypted with one of ORIGINALS_KEYS_OLD. Safe to end and to run again."

    def handle(self, **options: Any) -> None:
        done, closed = reencrypt()
        self.stdout.write(f"Encrypted with today's key: {done}")
        if closed:
            raise CommandError(
                f"{closed} are encrypted with a key that is neither ORIGINALS_KEY nor in ORIGINALS_KEYS_OLD.",
                returncode=2,
            )
