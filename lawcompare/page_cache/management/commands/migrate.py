"""Django's own ``migrate``, which refuses a database from before the first release and then watches the public tables.

The tables are watched for ``page_cache/edition.py``.
"""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

from lawcompare.page_cache.edition import watch_public_tables

# Migrations of the time before the first release, when rooms and tables had other names.
BEFORE_RELEASE = {("pages", "0001_edition"), ("laws", "0002_published_text_is_frozen")}
REFUSAL = (
    "This database is from before the first release and cannot be migrated: with the program that made it, save its "
    "texts (the Markdown address of each) and notes (/annotations.jsonld), then import both into a new database "
    "(manage.py import_law, manage.py import_annotations)."
)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unreleased(options["database"])
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            watch_public_tables()


def refuse_unreleased(database: str = DEFAULT_DB_ALIAS) -> None:
    """Raise CommandError, exit status 2, where the database has the tables of before the first release."""
    recorder = MigrationRecorder(connections[database])
    if BEFORE_RELEASE & recorder.applied_migrations().keys():
        raise CommandError(REFUSAL, returncode=2)
