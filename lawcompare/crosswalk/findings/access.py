"""Which findings a person may see: those of versions they may see."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.responses import first_or_404
from lawcompare.crosswalk.findings.models import Examination, Finding, FindingQuerySet
from lawcompare.laws.access import visible_versions


def visible_findings(user: Any) -> FindingQuerySet:
    """Returns the findings of the present rules that a person may see."""
    return Finding.objects.of_today().filter(version__in=visible_versions(user).values("pk"))


def visible_examinations(user: Any) -> QuerySet[Examination]:
    """Returns the examinations of texts that a person may see."""
    rows = Examination.objects.filter(version__in=visible_versions(user).values("pk"))
    return rows.select_related("version__law")


def get_finding(user: Any, number: int) -> Finding:
    """Returns a question by its key, with clause, version and law. Raises ``Http404``."""
    questions = visible_findings(user).questions().select_related("clause", "version__law")
    return first_or_404(questions.filter(pk=number), _("There is no such finding here."))
