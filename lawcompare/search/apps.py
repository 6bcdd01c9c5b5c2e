from datetime import timedelta

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "lawcompare.search"

    def ready(self) -> None:
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.laws.access import visible_versions
        from lawcompare.laws.models import Version

        services = "lawcompare.search.services"
        register(
            Kind(
                "indexing",
                _("search index of a text"),
                "lawcompare.annotations.search_entries.run_indexing",
                Version,
                field="index_job",
                visible=visible_versions,
            ),
            Kind(
                "missing-indexes",
                "search for texts without an index",
                f"{services}.request_missing",
                every=timedelta(minutes=10),
            ),
            Kind(
                "search-model",
                "words of public texts, for the search",
                "lawcompare.search.fitted.run_fitting",
                every=timedelta(minutes=10),
            ),
        )
