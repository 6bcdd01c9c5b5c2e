"""Which topics and correspondences may be seen."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.crosswalk.models import Correspondence, Topic
from lawcompare.laws.access import visible_versions


def visible_correspondences(user: Any) -> QuerySet[Correspondence]:
    """Confirmed ones between versions the person may see."""
    versions = visible_versions(user).values("pk")
    return Correspondence.objects.filter(
        status=Correspondence.Status.CONFIRMED, subject_version__in=versions, object_version__in=versions
    ).select_related("topic", "subject", "object", "subject_version__law", "object_version__law")


def get_topic(slug: str) -> Topic:
    found = Topic.objects.filter(slug=slug).first()
    if found is None:
        raise Http404(_("There is no topic “%(slug)s” here.") % {"slug": slug})
    return found
