"""compare LAW/VERSION LAW/VERSION: have two versions compared, and show the result."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.serialisers import comparison_data
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.models import UNFINISHED
from lawcompare.laws.access import find_version
from lawcompare.laws.models import Version

SECONDS_BETWEEN_LOOKS = 0.2


class Command(BaseCommand):
    help = "Compare two versions; asking again for a comparison that is there computes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("old", metavar="LAW/VERSION")
        parser.add_argument("new", metavar="LAW/VERSION")
        parser.add_argument("--wait", action="store_true", help="until it is computed")
        parser.add_argument("--json", action="store_true", help="print the result as JSON (waits)")

    def handle(self, *, old: str, new: str, wait: bool, **options: Any) -> None:
        versions = [self.version(address) for address in (old, new)]
        if versions[0] == versions[1]:
            raise CommandError("A text is not compared with itself.", returncode=2)
        comparison = request_comparison(*versions)
        comparison.refresh_from_db()
        if wait or options["json"]:
            self.wait(comparison)
        if options["json"]:
            self.print_json(comparison)
        elif comparison.is_done:
            kinds = ", ".join(f"{count} {kind}" for kind, count in comparison.tally.items())
            self.stdout.write(f"{old} with {new}: {kinds or 'nothing to compare'}")
        else:
            self.stdout.write(f"{old} with {new}: {comparison.job.get_state_display()}")

    def version(self, address: str) -> Version:
        try:
            return find_version(address)
        except Version.DoesNotExist:
            raise CommandError(f"There is no version {address}.", returncode=2) from None

    def wait(self, comparison: Comparison) -> None:
        job = comparison.job
        while job.state in UNFINISHED:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            job.refresh_from_db()
            if job.is_abandoned:
                raise CommandError("No worker has taken this comparison up; is one running?", returncode=1)
        if job.is_failed:
            raise CommandError(f"The comparison failed: {job.reason}", returncode=1)
        comparison.refresh_from_db()

    def print_json(self, comparison: Comparison) -> None:
        self.stdout.write(json.dumps(comparison_data(comparison), ensure_ascii=False, indent=1))
