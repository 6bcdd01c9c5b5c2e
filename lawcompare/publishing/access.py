"""Who may see and decide on what became of notes in a later text: the members of their organisation."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation, Person
from lawcompare.annotations.access import organisation_of, organisation_reviewed_by, publishes_own, with_words_of
from lawcompare.annotations.models import Annotation
from lawcompare.laws.access import visible_versions
from lawcompare.publishing.models import Carried, CarriedQuerySet, Carrying

# Searches on one page: there is one for each two texts of a law, and those in which something waits come first.
LISTED = 100


def publishes_carried(user: Person, carried: Carried) -> bool:
    """Whether the person's decision to carry it over publishes it: a reviewer's, on a note that another wrote."""
    return not carried.annotation.organisation.two_person_rule and carried.pk in closable(user, [carried])


def closable(user: Person, rows: Iterable[Carried]) -> set[int]:
    """Those of the rows that the person closes or judges, by which it is public: a reviewer, as for publishing."""
    reviewed, notes = organisation_reviewed_by(user), {row.pk: row.annotation_id for row in rows}
    if reviewed is None:
        return set()
    written = with_words_of(user).intersection(notes.values())
    if written and publishes_own(reviewed):
        return set(notes)
    return {row for row, note in notes.items() if note not in written}


def visible_carryings(user: Person) -> QuerySet[Carrying]:
    """Those of texts on which the person's organisation has published notes; none for who writes for none."""
    notes = Annotation.objects.published().filter(organisation=organisation_of(user))
    carryings = Carrying.objects.filter(old__in=notes.values("version"), new__in=visible_versions(user).values("pk"))
    origins = ("old__origin__organisation", "new__origin__organisation")
    return carryings.select_related("old__law", "new__law", "job", *origins)


def waiting_concerns(user: Person) -> CarriedQuerySet:
    """The notes of the person's organisation on whose concern it has still to decide."""
    waiting = Carried.objects.waiting().filter(annotation__organisation=organisation_of(user))
    return waiting.filter(carrying__in=visible_carryings(user).values("pk")).order_by()


def carryings_of(user: Person) -> tuple[Organisation, list[Carrying]]:
    """The carryings that concern the notes of the person's organisation, each with how many wait: ``waiting_count``."""
    organisation, waiting = _deciding(user), waiting_concerns(user)
    waits = Exists(waiting.filter(carrying=OuterRef("pk")))
    carryings = list(visible_carryings(user).order_by(waits.desc(), "-job__requested_at", "-pk")[:LISTED])
    counts = dict(waiting.filter(carrying__in=carryings).values_list("carrying").annotate(n=Count("pk")))
    for carrying in carryings:
        carrying.waiting_count = counts.get(carrying.pk, 0)  # type: ignore[attr-defined]
    return organisation, carryings


def _deciding(user: Person) -> Organisation:
    organisation = organisation_of(user)
    if organisation is None:
        raise PermissionDenied(_("Only members of an organisation decide on its notes."))
    return organisation


def get_carrying(user: Person, number: int) -> tuple[Organisation, Carrying]:
    organisation = _deciding(user)
    carrying = visible_carryings(user).filter(pk=number).first()
    if carrying is None:
        raise Http404(_("Your organisation has no notes under this number."))
    return organisation, carrying


def get_carried(user: Person, number: int) -> Carried:
    organisation = organisation_of(user)
    rows = Carried.objects.for_queue().filter(carrying__in=visible_carryings(user))
    carried = rows.filter(pk=number, annotation__organisation=organisation).first()
    if carried is None or organisation is None:
        raise Http404(_("Your organisation has no notes under this number."))
    return carried
