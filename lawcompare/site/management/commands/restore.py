from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError

from lawcompare.core.jobs.models import Job
from lawcompare.core.mail import KINDS
from lawcompare.laws.uploads.originals import count_closed
from lawcompare.site.backups.archive import BackupError, restore_backup


class Command(BaseCommand):
    help = "Restore a backup into an empty database, and prove that nothing differs."
    requires_migrations_checks = False

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", metavar="FILE", type=Path)

    def handle(self, *, path: Path, **options: Any) -> None:
        try:
            kept = restore_backup(path)
        except BackupError as error:
            raise CommandError(f"Not restored: {error}.", returncode=2) from None
        Session.objects.all().delete()  # of people who may have been removed since
        Job.objects.filter(kind__in=KINDS).delete()  # e-mails that left since would leave again
        self.stdout.write(
            f"Restored and compared: {kept.rows} rows in {kept.tables} tables, {kept.originals} originals. "
            "Nobody is signed in, and emails that waited are gone. "
            "What was withdrawn, ended or taken away since that backup is there again."
        )
        if closed := count_closed():
            self.stderr.write(
                f"{closed} originals are encrypted with a key that is not here: put it into ORIGINALS_KEYS_OLD."
            )
