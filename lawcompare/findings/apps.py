from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FindingsConfig(AppConfig):
    name = "lawcompare.findings"

    def ready(self) -> None:
        from lawcompare.findings.access import visible_examinations
        from lawcompare.findings.models import Examination
        from lawcompare.jobs.registry import SILENCE_MAX, Kind, register

        register(
            Kind(
                "examination",
                _("examination"),
                "lawcompare.findings.examine_version.run_examination",
                Examination,
                visible=visible_examinations,
                steps={"examining": _("Examining the text")},
                silence_max=2 * SILENCE_MAX,  # it reports nothing while it reads a text, which takes seconds
            )
        )
