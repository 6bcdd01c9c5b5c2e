from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    name = "lawcompare.comparisons"

    def ready(self) -> None:
        from lawcompare.comparisons import access
        from lawcompare.comparisons.computing.job import map_translation, run_comparison
        from lawcompare.comparisons.exports.long_files import forget_old_files, run_file
        from lawcompare.comparisons.models import Comparison, ComparisonFile
        from lawcompare.jobs.registry import register, register_chore
        from lawcompare.laws.access import visible_jobs
        from lawcompare.laws.models import TranslationMapping

        register(Comparison, run_comparison, access.visible_jobs)
        register(ComparisonFile, run_file, lambda user: ComparisonFile.objects.none())  # its own page shows it
        register_chore(forget_old_files)
        register(TranslationMapping, map_translation, visible_jobs(TranslationMapping))
