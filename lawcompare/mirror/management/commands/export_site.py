import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.http.request import validate_host

from lawcompare.core.log.services import BadStatement, read_signing_key
from lawcompare.laws.citing import site_of_settings
from lawcompare.mirror.manifest import MirrorError
from lawcompare.mirror.writing import MirrorOrder, write_mirror

PROCESSES_MAX = 4


class Command(BaseCommand):
    help = "Write a mirror of everything public into DIR, or bring the one that is there up to date."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--site", default="", help="address that citations name (default: SITE_URL)")
        parser.add_argument("--processes", type=int, default=min(os.cpu_count() or 1, PROCESSES_MAX))
        parser.add_argument("--whole", action="store_true", help="make every page anew even if nothing changed")

    def handle(self, *, folder: Path, site: str, processes: int, whole: bool, **options: Any) -> None:
        try:
            key = read_signing_key(settings.MIRROR_KEY) if settings.MIRROR_KEY else None
            order = MirrorOrder(folder, site_of_settings(site), max(processes, 1), key, whole)
            if not validate_host(urlsplit(order.site).hostname or "", settings.ALLOWED_HOSTS):
                raise ValueError(f"{order.site} is not among the site's ALLOWED_HOSTS")
            written = write_mirror(order, self.stdout.write)
        except (BadStatement, MirrorError, ValueError) as error:
            raise CommandError(f"No mirror was written: {error}.", returncode=2) from None
        signed = "signed" if written.is_signed else "not signed, since MIRROR_KEY is not set"
        self.stdout.write(
            f"{folder}: {written.files} files, {written.changed} written, {written.removed} removed; {signed}."
        )
        if written.failed:
            missing = ", ".join(written.failed)
            raise CommandError(f"Of the site these pages could not be made and are missing: {missing}", returncode=1)
