from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from lawcompare.core.log.services import BadStatement, BrokenLog, check_log, read_files, read_signing_key


class Command(BaseCommand):
    help = "Check every entry of the activity log and every daily statement of it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--noted", type=Path, help="a statement that was kept, or a folder with statements")

    def handle(self, *, noted: Path | None, **options: Any) -> None:
        try:
            key = read_signing_key(settings.MIRROR_KEY).public_key() if settings.MIRROR_KEY else None
            kept = read_files(noted) if noted else []
            if noted and key and not kept:
                raise BadStatement(f"{noted} holds no statement")
            for one in kept:
                if key and not one.is_signed_by(key):
                    raise BadStatement(f"the statement of {one.day} is not signed by this site")
            entries, statements = check_log(key, kept)
        except BrokenLog as error:
            raise CommandError(f"The activity log is broken: {error}.", returncode=1) from None
        except BadStatement as error:
            raise CommandError(f"{error}.", returncode=2) from None
        self.stdout.write(f"The activity log is whole: {entries} entries, {statements} statements.")
        if noted:
            self.stdout.write(f"It is the log of {len(kept)} statements in {noted}.")
