"""Celery's way into the index."""

from celery import shared_task

from lawcompare.search.indexing.job import run_indexing


@shared_task
def index_version(version_id: int) -> None:
    run_indexing(version_id)
