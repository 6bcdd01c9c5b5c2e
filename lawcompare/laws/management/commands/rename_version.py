from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.laws.access import find_version
from lawcompare.laws.editing.services import RenamingRefused, rename_version
from lawcompare.laws.models import Version


class Command(BaseCommand):
    help = "Give a version another name in its addresses. The old addresses redirect to the new ones for good."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("old", metavar="LAW/VERSION")
        parser.add_argument("new", metavar="NEW")

    def handle(self, *, old: str, new: str, **options: Any) -> None:
        try:
            version = find_version(old)
            rename_version(version, new)
        except Version.DoesNotExist:
            raise CommandError(f"There is no version {old}.", returncode=2) from None
        except RenamingRefused as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"{old} is {version.address}; its old addresses lead there")
