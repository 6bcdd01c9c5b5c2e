from django.apps import AppConfig

from lawcompare.engine.compare_laws.thesaurus import load_thesaurus


class CrosswalkConfig(AppConfig):
    name = "lawcompare.crosswalk"

    def ready(self) -> None:
        load_thesaurus()  # a mistake in it stops the start, with its line
