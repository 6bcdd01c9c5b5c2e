"""Django's own ``migrate``, after which the public tables are watched again: see ``page_cache/edition.py``."""

from typing import Any

from django.core.management.commands import migrate

from lawcompare.page_cache.edition import watch_public_tables


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not (options["plan"] or options["check_unapplied"]):
            watch_public_tables()
