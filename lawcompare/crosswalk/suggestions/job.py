"""What a worker does to find the counterparts of a whole text."""

from lawcompare.crosswalk.models import SuggestionRun
from lawcompare.crosswalk.suggestions.services import store_suggestions
from lawcompare.jobs.registry import Report


def run_suggestions(run: SuggestionRun, report: Report) -> None:
    store_suggestions(run.subject_version, run.object_version, report=report)
