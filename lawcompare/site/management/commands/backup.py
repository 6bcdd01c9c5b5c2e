from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.core.ending import end_in_order
from lawcompare.site.backups.archive import BackupError, make_backup


class Command(BaseCommand):
    help = "Back up the database, uploaded files encrypted in it, into a file in DIR. Keep it where few can read it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            end_in_order()
            kept = make_backup(folder)
        except BackupError as error:
            raise CommandError(f"No backup was made: {error}.", returncode=2) from None
        self.stdout.write(f"{kept.path}: {kept.rows} rows in {kept.tables} tables, {kept.originals} originals")
