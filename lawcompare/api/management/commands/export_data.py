from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from lawcompare.api.datasets.writing import DatasetError, DatasetOrder, write_dataset
from lawcompare.core.ending import end_in_order
from lawcompare.laws.citing import site_of_settings


class Command(BaseCommand):
    help = "Write the public corpus into DIR as JSON Lines, with a data package and a citation file."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--site", default="", help="address of this site (default: the first allowed host)")
        parser.add_argument("--licence", default="", help="under which the data are given out, such as CC-BY-4.0")

    def handle(self, *, folder: Path, site: str, licence: str, **options: Any) -> None:
        end_in_order()
        try:
            address = site_of_settings(site)
            order = DatasetOrder(folder, address, settings.SITE_NAME, timezone.now().date(), licence)
            counts = write_dataset(order)
        except (DatasetError, ValueError) as error:
            raise CommandError(f"No data were written: {error}.", returncode=2) from None
        rows = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(f"{folder}: {rows}.")
