"""Events of a law: which of them a person may see and change, and changing them, each change with its history."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.models import Organisation
from lawcompare.audit.services import record
from lawcompare.languages import columns_of
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Event, EventChange, Law, Version, check_date

COLUMNS = ["date", "date_is_inferred", "kind", *columns_of("title"), *columns_of("body"), "sources", "is_retired"]


def visible_events(user: Any, law: Law) -> QuerySet[Event]:
    """The events of a law that the person may see, by date, each with the texts of it that they may see."""
    texts = Prefetch("versions", queryset=visible_versions(user).standing().order_by("date", "slug"), to_attr="shown")
    return law.events.filter(is_retired=False).select_related("organisation").prefetch_related(texts)


def changeable_events(user: Any, law: Law) -> QuerySet[Event]:
    """The events that the person may change, also retired ones: an editor those of the organisation they act for.

    Those that no organisation stated are changed by ``import_events``.
    """
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return law.events.none()
    return law.events.filter(organisation=membership.organisation)


def check_sources(sources: list[dict[str, str]]) -> None:
    """Raises ``ValidationError`` where there is none, or one that is no address of the web."""
    if not sources:
        raise ValidationError(_("Name at least one source: an event without a source is not kept."))
    for source in sources:
        try:
            URLValidator(schemes=["http", "https"])(source["url"])
        except ValidationError:
            raise ValidationError(_("“%(url)s” is no address of a page.") % {"url": source["url"]}) from None


def state_of(event: Event, versions: Iterable[Version]) -> dict[str, Any]:
    """The columns of an event and the addresses of its texts, as its history keeps them."""
    return {name: getattr(event, name) for name in COLUMNS} | {"versions": sorted(each.address for each in versions)}


@transaction.atomic
def save_event(user: Any, event: Event, versions: Iterable[Version]) -> bool:
    """Store a new event or a changed one with its texts. Returns whether anything of it is new.

    A new event belongs to the organisation the person acts for. Raises ``PermissionDenied`` for a person who may not,
    ``ValidationError`` for an event without a source or with a wrong date.
    """
    if event.pk is None:
        membership = membership_of(user)
        if membership is None or not may(user, "import"):
            raise PermissionDenied(_("Only an editor can state events."))
        event.organisation = membership.organisation
        event.slug = get_random_string(10).lower()
    elif not changeable_events(user, event.law).filter(pk=event.pk).exists():
        raise PermissionDenied(_("Only an editor of the organisation that stated an event can change it."))
    return store_event(event, versions, by=user)


@transaction.atomic
def store_event(event: Event, versions: Iterable[Version], by: Any = None) -> bool:
    """Store an event, its history and the log, whoever asks. Returns whether anything of it is new."""
    versions = list(versions)
    check_date(event.date)
    check_sources(event.sources)
    stored = Event.objects.select_for_update().filter(pk=event.pk).first()
    before = state_of(stored, stored.versions.select_related("law")) if stored else {}
    after = state_of(event, versions)
    if before == after:
        return False
    event.full_clean(exclude=["law", "organisation"], validate_constraints=False)
    event.save()
    event.versions.set(versions)
    EventChange.objects.create(event=event, before=before, after=after, by=by)
    organisation: Organisation | None = event.organisation
    record(
        "change event" if stored else "add event",
        f"law/{event.law.slug}",
        by=by,
        organisation=organisation.slug if organisation else "",
        event=event.slug,
    )
    return True
