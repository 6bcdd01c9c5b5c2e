from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "lawcompare.search"

    def ready(self) -> None:
        from lawcompare.jobs.registry import register, register_chore
        from lawcompare.laws.access import visible_jobs
        from lawcompare.search.models import Indexing

        register(Indexing, "lawcompare.search.indexing.job.run_indexing", visible_jobs(Indexing))
        register_chore("lawcompare.search.services.request_missing")
