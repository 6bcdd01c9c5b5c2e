"""The only way to publish a version."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from lawcompare.accounts.models import EDITORS, Confirmation
from lawcompare.annotations.services import keep_words_of_kinds
from lawcompare.comparisons.correcting.services import forget_private_work
from lawcompare.comparisons.services import lock_pairs_of, neighbours, request_comparison
from lawcompare.core.jobs.services import request
from lawcompare.crosswalk.findings.services import request_examination
from lawcompare.crosswalk.values.services import forget_carried
from lawcompare.laws.models import Amendment, Version
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
    translations = list(_kept_translations(version))
    Version.objects.filter(pk__in=[text.pk for text in translations]).update(translates=version, kept_original=None)
    forget_private_work(version)
    # Others may have taken theirs back since; what still holds is carried anew.
    forget_carried(version, keeps=version.brought_by)
    # What it was said to follow or correct in private would tell, once that is public too, that it was there before.
    for link in ("follows", "corrects"):
        Version.objects.filter(**{"pk": version.pk, f"{link}__published_at": None}).update(**{link: None})
    mark_published(version, at)
    # What the editors of the site bring, they confirm by publishing it: nobody else decides on it.
    if version.brought_by and version.brought_by.slug == EDITORS:
        version.origin.confirmation = Confirmation.CONFIRMED
        version.origin.save(update_fields=["confirmation"])
    # No list of notes, by when they were published, tells which were there before.
    version.annotations.filter(published_at__isnull=False).update(published_at=version.published_at)
    keep_words_of_kinds(version)
    # Before what points the text to its jobs: whoever asked for the same comparison a moment before holds it until they
    # have seen their texts, which nobody may whose job is being changed, and the two would wait for each other.
    amended = Amendment.objects.filter(version=version).select_related("base")
    for old, new in [*neighbours(version), *((one.base, version) for one in amended)]:
        request_comparison(old, new)
    request_examination(version)
    request_indexing(version)
    for text in [*([version] if version.translates_id else []), *translations]:
        request_mapping(text)
    request_carryings(version)
    request("text-news", version, version.brought_by)
    return True


def _kept_translations(original: Version) -> QuerySet[Version]:
    """Those published before it, but for what was corrected or translated since, by which it is known as a text by
    itself, and for what staff confirmed of an organisation: they read it as one.
    """
    unread = ~Q(origin__confirmation=Confirmation.CONFIRMED) | Q(origin__organisation__slug=EDITORS)
    translated = Version.objects.filter(translates__isnull=False, published_at__isnull=False).values("translates")
    kept = Version.objects.uncorrected().exclude(pk__in=translated)
    return kept.filter(Q(origin=None) | unread, kept_original=original)
