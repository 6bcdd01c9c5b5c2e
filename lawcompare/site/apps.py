import gc
from typing import Any

from celery.signals import worker_init
from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "lawcompare.site"

    def ready(self) -> None:
        worker_init.connect(_load_for_worker, dispatch_uid="load for worker")
        # Keep what is loaded at the start out of the searches for garbage, a tenth of a comparison's time.
        gc.freeze()
        # And search after ten times as many new objects as Python does by itself: less of what is still used is looked
        # through, of a comparison's time a twentieth.
        gc.set_threshold(20_000, 20, 20)


def _load_for_worker(**_: Any) -> None:
    from lawcompare.site.data_files import load_for_worker

    load_for_worker()
