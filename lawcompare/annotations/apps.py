from django.apps import AppConfig


class AnnotationsConfig(AppConfig):
    name = "lawcompare.annotations"

    def ready(self) -> None:
        from lawcompare.annotations.search_entries import index_annotations_with_bodies
        from lawcompare.core.translations.texts import follow

        follow(index_annotations_with_bodies)
