from typing import Any

from django.core.management.base import BaseCommand

from lawcompare.core.jobs.runner import sweep


class Command(BaseCommand):
    help = "Queue again the jobs that were lost. Celery beat does the same every minute."

    def handle(self, **options: Any) -> None:
        counts = ", ".join(f"{count} {kind}" for kind, count in sweep().items())
        self.stdout.write(f"Taken up: {counts}")
