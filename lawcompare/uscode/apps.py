from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class UscodeConfig(AppConfig):
    name = "lawcompare.uscode"

    def ready(self) -> None:
        from lawcompare.jobs.registry import Kind, register
        from lawcompare.uscode.access import visible_fetches
        from lawcompare.uscode.models import Fetch

        steps = {
            "fetching": _("Fetching the file"),
            "storing": _("Reading and storing"),
            "carrying": _("Comparing, and carrying what was stated"),
        }
        register(
            Kind(
                "fetch",
                _("fetch of US law"),
                "lawcompare.uscode.fetching.run_fetch",
                Fetch,
                visible=visible_fetches,
                retried_by="import",
                steps=steps,
                attempts_max=5,
            )
        )
        if settings.USCODE_CHECK:
            check = "lawcompare.uscode.release_check.check_current"
            register(Kind("release-check", "weekly check of US law", check, every=timedelta(weeks=1)))
