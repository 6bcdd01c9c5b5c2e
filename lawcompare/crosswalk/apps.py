from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from lawcompare.accounts.models import Organisation


def _date_statements_of_one(organisation: Organisation) -> None:
    """Date what one person stated, which nobody else saw as long as a second had to confirm it."""
    from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus

    stated = Correspondence.objects.filter(organisation=organisation, status=CorrespondenceStatus.CONFIRMED)
    stated.filter(seconded_for=None).update(made_at=timezone.now())


class CrosswalkConfig(AppConfig):
    name = "lawcompare.crosswalk"

    def ready(self) -> None:
        from lawcompare.accounts.apps import after_waiving
        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.crosswalk.access import own_drafts, visible_runs
        from lawcompare.crosswalk.models import DraftComparison, SuggestionRun

        after_waiving.append(_date_statements_of_one)
        register(
            Kind(
                "suggestionrun",
                _("search for counterparts"),
                "lawcompare.crosswalk.suggestions.services.run_suggestions",
                SuggestionRun,
                visible=visible_runs,
                steps={"searching": _("Looking for counterparts")},
            ),
            Kind(
                "draftpublishing",
                _("publishing of a draft comparison"),
                "lawcompare.crosswalk.drafts.services.run_publishing",
                DraftComparison,
                visible=own_drafts,
                # Who has it tried again asks for it anew, in their own name: what it holds may be another one by then.
                retried_by="",
                is_private=True,
                steps={"publishing": _("Publishing")},
                is_one_transaction=True,
            ),
        )

        from lawcompare.core.jobs.registry import Kind, register
        from lawcompare.crosswalk.access import visible_examinations
        from lawcompare.crosswalk.findings.models import Examination

        register(
            Kind(
                "examination",
                _("examination"),
                "lawcompare.crosswalk.findings.services.run_examination",
                Examination,
                visible=visible_examinations,
                steps={"examining": _("Examining the text")},
            )
        )
