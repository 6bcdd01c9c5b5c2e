from pathlib import Path
from typing import Any

from django.contrib.sessions.models import Session
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lawcompare.core.ending import end_in_order
from lawcompare.core.jobs.models import UNFINISHED, Job, JobState
from lawcompare.core.mail import KINDS
from lawcompare.laws.uploads.originals import count_closed
from lawcompare.sharing.emails.models import Notice
from lawcompare.site.backups.archive import BackupError, NotAsKept, restore_backup

# Of jobs that cause e-mails, those about what happened before the backup.
TELLING = ["note-news", "text-news", "job-news"]


class Command(BaseCommand):
    help = "Restore a backup into an empty database, and prove that nothing differs."
    requires_migrations_checks = False

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", metavar="FILE", type=Path)

    def handle(self, *, path: Path, **options: Any) -> None:
        try:
            end_in_order()
            kept = restore_backup(path, _end_what_went_on)
        except NotAsKept as error:
            reason = f"Restored, but {error}: does a program work with it? End it and restore into a new one."
            raise CommandError(reason, returncode=2) from None
        except BackupError as error:
            raise CommandError(f"Not restored: {error}.", returncode=2) from None
        self.stdout.write(
            f"Restored and compared: {kept.rows} rows in {kept.tables} tables, {kept.originals} originals. "
            "Nobody is signed in, and emails that waited are gone. "
            "What was withdrawn, ended or taken away since that backup is there again."
        )
        if closed := count_closed():
            self.stderr.write(
                f"{closed} originals are encrypted with a key that is not here: put it into ORIGINALS_KEYS_OLD."
            )


def _end_what_went_on() -> None:
    """Sign everybody out, who may have been removed since, and send no e-mail that may have left since.

    By queries that name no table that an earlier release may not have.
    """
    Session.objects.all().delete()
    Notice.objects.filter(job=None).delete()
    waiting = Job.objects.filter(kind__in=[*KINDS, *TELLING], state__in=UNFINISHED)
    waiting.update(state=JobState.DONE, sealed="", finished_at=timezone.now())
