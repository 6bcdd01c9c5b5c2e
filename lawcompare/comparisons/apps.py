from django.apps import AppConfig


class ComparisonsConfig(AppConfig):
    name = "lawcompare.comparisons"

    def ready(self) -> None:
        from lawcompare.comparisons import access
        from lawcompare.comparisons.models import Comparison, ComparisonFile
        from lawcompare.jobs.registry import register, register_chore
        from lawcompare.laws.access import visible_jobs
        from lawcompare.laws.models import TranslationMapping

        computing, files = "lawcompare.comparisons.computing.job", "lawcompare.comparisons.exports.files"
        register(Comparison, f"{computing}.run_comparison", access.visible_jobs)
        register(TranslationMapping, f"{computing}.map_translation", visible_jobs(TranslationMapping))
        register(ComparisonFile, f"{files}.run_file", lambda user: ComparisonFile.objects.none())  # on its own page
        register_chore(f"{files}.forget_old_files")
