"""What organisations propose (``accounts.models.Proposable``): how it begins, what staff see, how much may wait."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from lawcompare.accounts.models import EDITORS, Confirmation, Membership, Organisation, Proposable
from lawcompare.laws.models import Clause, Origin, Version

# Clauses of all public texts of an organisation that staff did not confirm: each is an answer to everybody's search.
CLAUSES_WAITING_MAX = 40_000
# And the letters of their words and headings, which a phrase is looked for in: two of the longest texts.
LETTERS_WAITING_MAX = 40_000_000


def confirmation_of(membership: Membership, *concerned: Version, last: QuerySet[Any] | None = None) -> str:
    """Returns how what a person brings begins: confirmed where they act for the site, or where their organisation
    brought all texts ``concerned`` and staff confirmed these. Raises ValidationError where too much of it waits.

    ``last``: what was brought of the same before, the last of which stands; nobody replaces at once what others said.
    """
    wanted = {text.pk for text in concerned}
    lock_texts(*wanted)  # staff hold a text while they decide on it
    brought = Origin.objects.filter(version__in=wanted, organisation=membership.organisation)
    own = bool(wanted) and sum(origin.stands for origin in brought) == len(wanted)
    if own and last is not None:
        stands = last.filter(confirmation=Confirmation.CONFIRMED).order_by("-pk").first()
        own = stands is None or stands.organisation_id == membership.organisation_id
    if own or membership.organisation.slug == EDITORS:
        return Confirmation.CONFIRMED
    check_room(membership.organisation)
    return Confirmation.PROPOSED


def lock_texts(*ids: int) -> None:
    """Hold texts until the transaction ends, always in one order, so that no two workers wait for each other."""
    if ids:
        list(Version.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


def check_room(organisation: Organisation, coming: int = 0, text: Version | None = None) -> None:
    """Raise ValidationError where as many things of an organisation wait for staff as may, or are ``coming``.

    ``text``: what it decided on this one, which is to be published, waits from then on too.
    """
    model: Any
    for model in Proposable.__subclasses__():
        soon = seen_by_staff(model, model.SOON).filter(confirmation=Confirmation.PROPOSED)
        waits = Q(pk__in=waiting_for_staff(model).order_by().values("pk")) | Q(pk__in=soon.order_by().values("pk"))
        for name in model.CONCERNED if text is not None else ():
            waits |= Q(model.DECIDED_ON, **{name: text}) | Q(model.SOON, **{name: text})
        coming += model._default_manager.filter(waits, organisation=organisation).order_by().distinct().count()
    if coming >= settings.PROPOSALS_WAITING_MAX:
        number = settings.PROPOSALS_WAITING_MAX
        sentence = _("%(number)s proposals of your organisation wait for the staff of this site: no more are taken.")
        raise ValidationError(sentence % {"number": number})


def check_room_for_texts(organisation: Organisation, clauses: int = 0) -> None:
    """Raise ValidationError where public texts of an organisation that wait for staff, with so many clauses that are
    coming, have as many clauses or letters as they may.
    """
    texts = _unconfirmed(organisation)
    clauses += texts.aggregate(sum=Sum("clause_count"))["sum"] or 0
    if clauses >= CLAUSES_WAITING_MAX:
        sentence = _("Texts of your organisation with %(number)s clauses wait for staff: no more are taken.")
        raise ValidationError(sentence % {"number": clauses})
    if letters_waiting(organisation) > LETTERS_WAITING_MAX:
        raise ValidationError(_("Too many letters of your organisation’s texts wait for staff: no more are taken."))


def letters_waiting(organisation: Organisation) -> int:
    """Returns how many letters its public texts have that wait for staff."""
    letters = Sum(Length("text") + Length("heading") + Length("note"))
    clauses = Clause.objects.filter(version__in=_unconfirmed(organisation))
    return clauses.aggregate(letters=letters)["letters"] or 0


def _unconfirmed(organisation: Organisation) -> QuerySet[Version]:
    """Public texts of an organisation that staff did not confirm."""
    whose = {"origin__organisation": organisation, "origin__confirmation": Confirmation.PROPOSED}
    return Version.objects.published().filter(**whose).order_by()


def waiting_for_staff(model: Any) -> QuerySet[Any]:
    """Returns what of a kind staff have yet to decide on."""
    rows = seen_by_staff(model).filter(confirmation=Confirmation.PROPOSED)
    if model is Origin:  # who brought both a text and its translation proposes nothing
        rows = rows.exclude(version__in=Version.objects.standing().filter(translates__isnull=False).order_by())
    return rows


def seen_by_staff(model: Any, which: Q | None = None) -> QuerySet[Any]:
    """Returns what organisations brought of a kind, on public texts alone. ``which``: not what staff decide on."""
    public = Version.objects.published().order_by().values("pk")
    rows = model._default_manager.exclude(organisation__slug=EDITORS).filter(organisation__isnull=False)
    rows = rows.filter(model.DECIDED_ON if which is None else which)
    concerned = Q(**{f"{name}__in": public for name in model.CONCERNED})
    seen = rows.filter(concerned | model.ALSO_PUBLIC if concerned else concerned)
    return rows.filter(pk__in=seen.order_by().values("pk"))
