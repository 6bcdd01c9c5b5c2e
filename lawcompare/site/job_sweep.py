"""What concerns the work of all rooms together: how much there is, and what has been lost on the way."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from lawcompare.annotations.models import Carrying
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import take_up_lost_carryings, take_up_lost_comparisons
from lawcompare.crosswalk.models import SuggestionRun
from lawcompare.crosswalk.services import close_lost_searches
from lawcompare.findings.models import Examination
from lawcompare.findings.services import take_up_lost_examinations
from lawcompare.imports.services import forget_names, take_up_lost_readings, take_up_lost_storings
from lawcompare.search.services import take_up_lost_indexes
from lawcompare.uscode.services import take_up_lost_fetches


def sweep() -> dict[str, int]:
    """Find work whose message was lost or whose worker died, and send it again. Returns how much of each kind.

    Safe to run at any time and by several at once: whoever takes a piece of work up claims it first.
    """
    forget_names()
    return {
        "comparisons": take_up_lost_comparisons(),
        "examinations": take_up_lost_examinations(),
        "carryings": take_up_lost_carryings(),
        "indexes": take_up_lost_indexes(),
        "searches": close_lost_searches(),
        "readings": take_up_lost_readings(),
        "storings": take_up_lost_storings(),
        "fetches": take_up_lost_fetches(),
    }


def work_by_state() -> Counter[tuple[str, str]]:
    """(kind, state) → how many: queued, running, done, failed."""
    counted: Counter[tuple[str, str]] = Counter()
    for kind, rows in (("comparison", Comparison.objects.all()), ("carrying", Carrying.objects.all())):
        for row in rows.order_by().values("state").annotate(n=Count("pk")):
            counted[kind, row["state"]] = row["n"]
    for model, kind, reason in ((Examination, "examination", "reason"), (SuggestionRun, "search", "failure")):
        done, failed = model.objects.exclude(finished_at=None), model.objects.filter(finished_at=None)
        counted[kind, "done"] = done.count()
        counted[kind, "failed"] = failed.exclude(**{reason: ""}).count()
        counted[kind, "queued"] = failed.filter(**{reason: ""}).count()
    return counted
