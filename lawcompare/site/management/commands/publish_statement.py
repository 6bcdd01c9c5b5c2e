from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lawcompare.core.log.services import BadStatement, publish, read_signing_key
from lawcompare.core.models import Statement
from lawcompare.site.stated import record_rules, stated_texts, stated_things


class Command(BaseCommand):
    help = "Sign the new entries of the activity log and hashes of all that is public, once a day, and publish them."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="where the file is kept beside")

    def handle(self, *, folder: Path | None, **options: Any) -> None:
        if not settings.MIRROR_KEY:
            self.stdout.write("No statement: MIRROR_KEY is not set.")
            return
        host = next((host for host in settings.ALLOWED_HOSTS if "*" not in host), settings.SITE_NAME)
        try:
            key = read_signing_key(settings.MIRROR_KEY)
            record_rules()
            made = publish(host, timezone.now().date(), stated_texts, key, stated_things)
            if folder is not None:
                _keep(folder, made)
        except BadStatement as error:
            raise CommandError(f"{error}.", returncode=2) from None
        except OSError as error:
            raise CommandError(f"{folder} cannot be written to: {error.strerror}.", returncode=2) from None
        self.stdout.write(f"Statement of {made.day}: sha256 {made.digest}.")


def _keep(folder: Path, made: Statement) -> None:
    """Write the statement, and before it those since the last that is kept: the folder may have been full."""
    kept = [path.stem for path in folder.glob("[0-9]*-[0-9]*-[0-9]*.txt")]
    since = max((day for day in kept if day < f"{made.day}"), default=f"{made.day}")
    for one in Statement.objects.exclude(words="").filter(day__range=(since, made.day)).order_by("day"):
        _write(folder / f"{one.day}.txt", one.words)


def _write(path: Path, words: str) -> None:
    """Write a file as a whole or not at all: every night's checks read all that are here.

    Raises ``BadStatement`` where another statement of that day is kept: the database may be an older one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.read_text("utf-8") != words:
        raise BadStatement(f"{path} is another statement of that day, and stays")
    new = path.with_suffix(".new")
    try:
        new.write_text(words, "utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
