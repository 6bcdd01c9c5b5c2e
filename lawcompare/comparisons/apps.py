from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    name = "lawcompare.comparisons"

    def ready(self) -> None:
        from lawcompare.comparisons import access
        from lawcompare.comparisons.computing.job import map_translation, run_comparison
        from lawcompare.comparisons.models import Comparison
        from lawcompare.jobs.registry import register
        from lawcompare.laws.access import visible_jobs
        from lawcompare.laws.models import TranslationMapping

        register(Comparison, run_comparison, access.visible_jobs)
        register(TranslationMapping, map_translation, visible_jobs(TranslationMapping))
