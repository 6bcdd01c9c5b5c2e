"""sweep: find work whose message was lost or whose worker died, and send it again."""

from typing import Any

from django.core.management.base import BaseCommand

from lawcompare.site.job_sweep import sweep


class Command(BaseCommand):
    help = "Send again what was accepted and never ended. Celery beat does the same every minute."

    def handle(self, **options: Any) -> None:
        counts = ", ".join(f"{count} {kind}" for kind, count in sweep().items())
        self.stdout.write(f"Taken up: {counts}")
