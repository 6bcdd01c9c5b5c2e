from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.laws.editing.services import RenamingRefused, rename_law
from lawcompare.laws.models import Law


class Command(BaseCommand):
    help = "Give a law another name in its addresses. The old addresses redirect to the new ones for good."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("old", metavar="LAW")
        parser.add_argument("new", metavar="NEW")

    def handle(self, *, old: str, new: str, **options: Any) -> None:
        law = Law.objects.filter(slug=old).first()
        if law is None:
            raise CommandError(f"There is no law {old}.", returncode=2)
        try:
            rename_law(law, new)
        except RenamingRefused as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"{old} is {new}; its old addresses lead there")
