"""Withdrawing a version or a law from public view, and restoring it. Rows are only added and closed, never deleted.

What was never public is not withdrawn, which would tell that it exists: its organisation discards it
(``imports.upload.services.discard``).
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff, may, membership_of
from lawcompare.accounts.models import Confirmation, Organisation, Person
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.core.translations.texts import check_length
from lawcompare.laws.access import bringers_of
from lawcompare.laws.models import Law, Version, Withdrawal
from lawcompare.laws.proposals import check_room, check_room_for_texts


def may_withdraw(user: Person, target: Law | Version) -> bool:
    """Returns whether the person may withdraw a public text, or a law with all its texts.

    Staff may. An editor may where their organisation brought every public text concerned (``bringers_of``): what others
    keep private takes nothing away, and what came with the site is its staff's.
    """
    texts = Version.objects.filter(pk=target.pk) if isinstance(target, Version) else target.versions.all()
    brought_by = bringers_of(texts)
    if not brought_by:
        return False
    if is_staff(user):
        return True
    if isinstance(target, Law) and target.wanted.exists():
        return False  # with it would go what the site says of texts that nobody has seen
    membership = membership_of(user)
    return membership is not None and may(user, "import") and brought_by == {membership.organisation_id}


def may_restore(user: Person, withdrawal: Withdrawal) -> bool:
    """Returns whether the person may take a withdrawal back; what staff withdrew, staff alone."""
    return may_withdraw(user, withdrawal.target) and (withdrawal.organisation_id is not None or is_staff(user))


def _acting_for(user: Person, is_allowed: bool) -> Organisation | None:
    """The organisation for which the person acts, None for the site's staff. Raises ``PermissionDenied``."""
    if not is_allowed:
        raise PermissionDenied(_("Only an editor of the organisation that brought a text here can do this."))
    membership = membership_of(user)
    return None if is_staff(user) or membership is None else membership.organisation


@transaction.atomic
def withdraw(user: Person, target: Law | Version, reason: str) -> Withdrawal:
    """Withdraw a public version, or a law with all its versions, for a reason that readers will see.

    Returns the withdrawal; one that stands already is returned unchanged. Raises ``PermissionDenied``,
    ``ValidationError`` for a reason that is too long.
    """
    organisation = _acting_for(user, may_withdraw(user, target))
    check_length(reason)
    named = {"version": target} if isinstance(target, Version) else {"law": target}
    details = {"reason": reason, "organisation": organisation, "by": user}
    withdrawal, is_new = Withdrawal.objects.standing().get_or_create(**named, restored_at=None, defaults=details)
    if is_new:
        _record("withdraw", user, target, organisation, reason=reason)
    return withdrawal


@transaction.atomic
def restore(user: Person, withdrawal: Withdrawal) -> None:
    """Make public again what was withdrawn. Raises ``PermissionDenied``, and ``ValidationError`` where more would wait
    for staff than may: what is withdrawn does not wait for them.
    """
    organisation = _acting_for(user, may_restore(user, withdrawal))
    held = Withdrawal.objects.standing().filter(pk=withdrawal.pk)
    if held.update(restored_at=timezone.now(), restored_by=user):
        target = withdrawal.target
        own = Q(pk=target.pk) if isinstance(target, Version) else Q(law=target)
        waiting = Version.objects.published().filter(own, origin__confirmation=Confirmation.PROPOSED)
        if organisation is not None and waiting.exists():
            check_room(organisation, coming=-1)  # with all that waits anew, by a text or by its law
            check_room_for_texts(organisation, clauses=-1)
        _record("restore", user, withdrawal.target, organisation)


def _record(action: str, by: Person, target: Law | Version, organisation: Organisation | None, **details: str) -> None:
    """Write it into the log; and have the search take out, or in, what translations say in the text's plain words."""
    of = Q(translates=target) if isinstance(target, Version) else Q(translates__law=target)
    for text in Version.objects.published().filter(of):
        jobs.request("indexing", text, text.brought_by)
    subject = f"text/{target.address}" if isinstance(target, Version) else f"law/{target.slug}"
    record(action, subject, by=by, organisation=organisation.slug if organisation else "", **details)
