from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.accounts.models import Organisation
from lawcompare.laws.timeline.services import EventFileError, import_events


class Command(BaseCommand):
    help = "Take in events in the making of laws from a YAML or CSV file, as fixtures/events.yaml has them."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--organisation", metavar="SLUG", help="the organisation that states them")

    def handle(self, *, file: str, organisation: str | None, **options: Any) -> None:
        owner = Organisation.objects.filter(slug=organisation).first() if organisation else None
        if organisation and owner is None:
            raise CommandError(f"There is no organisation {organisation!r}.", returncode=2)
        try:
            count = import_events(Path(file).read_bytes(), file, owner)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}", returncode=2) from None
        except EventFileError as error:
            raise CommandError(f"{file}: {error}", returncode=2) from None
        self.stdout.write(f"{count} events new or changed")
