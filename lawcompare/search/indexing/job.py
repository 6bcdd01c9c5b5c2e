"""What a worker does to index a text."""

from django.db import transaction

from lawcompare.jobs.registry import Report
from lawcompare.jobs.runner import finish
from lawcompare.search.indexing.entries import index_clauses
from lawcompare.search.models import Indexing


@transaction.atomic
def run_indexing(indexing: Indexing, report: Report) -> None:
    index_clauses(indexing.version)
    finish(indexing)
