from typing import Any

from django.core.management.base import BaseCommand

from lawcompare.crosswalk.findings.services import request_missing_examinations


class Command(BaseCommand):
    help = "Have published texts examined that today's rules have not examined, as after an upgrade. Safe to run twice."

    def handle(self, **options: Any) -> None:
        for examination in request_missing_examinations():
            self.stdout.write(f"{examination.version.address}: examined by rules {examination.engine}")
