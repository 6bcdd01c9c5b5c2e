"""reencrypt_originals: seal every uploaded file with today's key, so that an earlier one can be thrown away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.laws.originals import reseal


class Command(BaseCommand):
    help = "Seal with ORIGINALS_KEY what was sealed with one of ORIGINALS_KEYS_OLD. Safe to end and to run again."

    def handle(self, **options: Any) -> None:
        done, closed = reseal()
        self.stdout.write(f"Sealed with today's key: {done}")
        if closed:
            raise CommandError(
                f"{closed} are sealed with a key that is neither ORIGINALS_KEY nor in ORIGINALS_KEYS_OLD.", returncode=2
            )
