from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from lawcompare.annotations.search_entries import index_all_annotations
from lawcompare.crosswalk.services import index_all_topics
from lawcompare.laws.models import Version
from lawcompare.search import services as search
from lawcompare.search.fitted import fit
from lawcompare.search.models import EntryKind
from lawcompare.search.services import index_clauses


class Command(BaseCommand):
    help = "Write the search index of everything public anew. It is kept in step by itself; this is for repair."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missing", action="store_true", help="only what is not in the index at all")

    def handle(self, **options: Any) -> None:
        is_repair = not options["missing"]
        if is_repair:
            search.take_out_all(EntryKind.CLAUSE)
        for version in Version.objects.published().select_related("law"):  # by what is public of them
            if is_repair or not search.has_any(EntryKind.CLAUSE, version=version):
                try:
                    self.stdout.write(f"{version.address}: {index_clauses(version)} clauses")
                except DatabaseError as error:  # one text keeps no release of the site from all others
                    self.stderr.write(f"{version.address} is not in the search: {error}")
        if is_repair or not search.has_any(EntryKind.ANNOTATION):
            self.stdout.write(f"{index_all_annotations()} annotations")
        if is_repair or not search.has_any(EntryKind.TOPIC):
            self.stdout.write(f"{index_all_topics()} topics")
        fit()
