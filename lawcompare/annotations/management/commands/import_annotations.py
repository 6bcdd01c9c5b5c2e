"""import_annotations FILE --organisation SLUG: take in annotations from W3C JSON-LD, all of them or none."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.exchange.jsonld_shapes import NotImported
from lawcompare.annotations.exchange.services import import_annotations


class Command(BaseCommand):
    help = "Take in annotations from a W3C JSON-LD file for an organisation, as drafts of a member or published."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--organisation", required=True, metavar="SLUG")
        parser.add_argument("--by", metavar="EMAIL", help="the member who holds the drafts")
        parser.add_argument("--publish", action="store_true", help="publish them at once")

    def handle(self, *, file: str, organisation: str, by: str | None, publish: bool, **options: Any) -> None:
        owner = Organisation.objects.filter(slug=organisation).first()
        if owner is None:
            raise CommandError(f"There is no organisation {organisation!r}.", returncode=2)
        author = owner.members.filter(email__iexact=by).first() if by else None
        if by and author is None:
            raise CommandError(f"{by} is no member of {owner.name}.", returncode=2)
        if author is None and not publish:
            raise CommandError("Say who holds the drafts with --by, or publish them with --publish.", returncode=2)
        if author is not None and publish:
            raise CommandError("Another reviewer publishes what a member holds: give --by or --publish.", returncode=2)
        try:
            rows = import_annotations(Path(file).read_bytes(), owner, author, publish=publish)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}", returncode=2) from None
        except NotImported as error:
            raise CommandError(str(error), returncode=2) from None
        self.stdout.write(f"{len(rows)} annotations of {owner.name}, {'published' if publish else 'as drafts'}")
