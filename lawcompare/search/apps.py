from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "lawcompare.search"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register, register_chore
        from lawcompare.laws.access import visible_jobs
        from lawcompare.search.indexing.job import run_indexing
        from lawcompare.search.models import Indexing
        from lawcompare.search.services import request_missing

        register(Indexing, run_indexing, visible_jobs(Indexing))
        register_chore(request_missing)
