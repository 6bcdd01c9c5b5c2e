from typing import Any

from celery.signals import worker_ready
from django.apps import AppConfig


class LawsConfig(AppConfig):
    name = "lawcompare.laws"

    def ready(self) -> None:
        worker_ready.connect(_measure_box, dispatch_uid="measure box")


def _measure_box(**_: Any) -> None:
    """A worker says which box its readers have before a file comes, since pages cannot know of its machine."""
    from lawcompare.laws.uploads.sandbox import measure_box

    measure_box()
