"""The only way to publish a version."""

from datetime import datetime

from django.db import transaction

from lawcompare.accounts.models import Confirmation
from lawcompare.comparisons.correcting.services import forget_private_work
from lawcompare.comparisons.services import lock_pairs_of, neighbours, request_comparison
from lawcompare.core.jobs.services import request
from lawcompare.crosswalk.findings.services import request_examination
from lawcompare.crosswalk.values.services import forget_carried
from lawcompare.laws.models import Amendment, Origin, Version
from lawcompare.laws.services import mark_published
from lawcompare.laws.translations.services import request_mapping
from lawcompare.publishing.carrying_forward.services import request_carryings
from lawcompare.search.services import request_indexing


@transaction.atomic
def publish(version: Version, at: datetime | None = None) -> bool:
    """Make a version public, have it examined, indexed, compared with its neighbours, and earlier notes carried to it.

    ``at``: when it was published, of a text that others could read before; now without. Returns False where it already
    was public.
    """
    lock_pairs_of(version)
    if Version.objects.filter(pk=version.pk, published_at__isnull=False).exists():
        return False
    forget_private_work(version)
    forget_carried(version)  # others may have taken theirs back since; what still holds is carried anew
    mark_published(version, at)
    # Staff confirmed them as texts, without knowing that they translate this one.
    renderings = Origin.objects.filter(version__translates=version, version__published_at__isnull=False)
    renderings.filter(confirmation=Confirmation.CONFIRMED).update(confirmation=Confirmation.PROPOSED)
    # No list of notes, by when they were published, tells which were there before.
    version.annotations.filter(published_at__isnull=False).update(published_at=version.published_at)
    # Before what points the text to its jobs: whoever asked for the same comparison a moment before holds it until they
    # have seen their texts, which nobody may whose job is being changed, and the two would wait for each other.
    amended = Amendment.objects.filter(version=version).select_related("base")
    for old, new in [*neighbours(version), *((one.base, version) for one in amended)]:
        request_comparison(old, new)
    request_examination(version)
    request_indexing(version)
    if version.translates_id:
        request_mapping(version)
    request_carryings(version)
    request("text-news", version, version.brought_by)
    return True
