from django.apps import AppConfig


class PublishingConfig(AppConfig):
    name = "lawcompare.publishing"

    def ready(self) -> None:
        from lawcompare.annotations.access import visible_carryings
        from lawcompare.annotations.models import Carrying
        from lawcompare.jobs.registry import register

        register(Carrying, "lawcompare.publishing.carry_notes.run_carrying", visible_carryings)
