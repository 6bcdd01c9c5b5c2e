"""Django's own ``migrate``, which refuses the database of another program and then sets the triggers of public tables.

They change the token of kept pages (``page_cache/content_token.py``).
"""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader

from lawcompare.core.page_cache.content_token import drop_triggers, set_triggers

REFUSAL = (
    "This database was made by a version before 0.1.0, or by a newer one, and cannot be migrated: `make fresh` sets it "
    "aside under a dated name, deletes nothing, and the next start makes a new one."
)


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unknown(options["database"])
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        drop_triggers()
        try:
            super().handle(*args, **options)
        finally:
            set_triggers()


def refuse_unknown(database: str = DEFAULT_DB_ALIAS) -> None:
    """Raise CommandError, exit status 2, where a migration was applied that this program does not have."""
    loader = MigrationLoader(connections[database])
    if loader.applied_migrations.keys() - loader.disk_migrations.keys():
        raise CommandError(REFUSAL, returncode=2)
