"""Editing a law's record: titles, jurisdiction, kind, date, and the short name in addresses."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may, membership_of
from lawcompare.audit.services import record
from lawcompare.languages import columns_of
from lawcompare.laws.models import Law, LawChange, Version
from lawcompare.laws.renaming.services import RenamingRefused, rename_law, rename_version
from lawcompare.laws.withdrawal.services import is_staff

# What of a law can be changed, in the order of the form.
COLUMNS = [*columns_of("title"), "slug", "jurisdiction", "organisation", "kind", "date", "description"]


class EditedMeanwhile(Exception):
    """Somebody else changed the law since the form was opened; ``law`` is as it stands."""

    def __init__(self, law: Law) -> None:
        super().__init__(_("Somebody else has changed this law since you opened the form. Yours is not saved."))
        self.law = law


def may_edit(user: Any, law: Law) -> bool:
    """Returns whether the person may edit the record of a law.

    Staff may. An editor may where their organisation brought every public text of it, or, of a law without public
    texts, every text.
    """
    if not user.is_authenticated:
        return False
    if is_staff(user):
        return True
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return False
    texts = Version.objects.filter(law=law).order_by()
    public = set(texts.filter(published_at__isnull=False).values_list("origin__organisation", flat=True))
    return (public or set(texts.values_list("origin__organisation", flat=True))) == {membership.organisation_id}


def may_rename(user: Any, version: Version) -> bool:
    """Returns whether the person may rename a text: staff, and editors of the organisation that brought it."""
    if not user.is_authenticated:
        return False
    if is_staff(user):
        return True
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return False
    return Version.objects.filter(pk=version.pk, origin__organisation=membership.organisation).exists()


@transaction.atomic
def rename_text(user: Any, version: Version, slug: str, seen: str) -> bool:
    """Give a text another name in addresses; the old ones lead on. Returns whether it is another one.

    ``seen`` is the name when the form was opened. Raises ``PermissionDenied``, ``RenamingRefused`` for a name that is
    taken or where somebody else renamed it meanwhile; then nothing is stored.
    """
    if not may_rename(user, version):
        raise PermissionDenied(_("Only an editor of the organisation that brought a text here can rename it."))
    held = Version.objects.select_for_update(of=("self",)).select_related("law").get(pk=version.pk)
    if held.slug != seen:
        raise RenamingRefused(_("Somebody else has renamed this text since you opened the form."))
    if slug == held.slug:
        return False
    rename_version(held, slug, user)
    return True


def state_of(law: Law) -> dict[str, str]:
    return {name: str(getattr(law, name)) for name in COLUMNS}


@transaction.atomic
def edit_law(user: Any, law: Law, fields: dict[str, str], reason: str = "", seen: int | None = None) -> bool:
    """Store the record of a law, with its history. Returns whether anything of it is new.

    ``seen`` is the number of changes that there were when the form was opened. Raises ``PermissionDenied``,
    ``RenamingRefused`` for a name that is taken, ``EditedMeanwhile``; then nothing is stored.
    """
    if not may_edit(user, law):
        raise PermissionDenied(_("Only an editor of the organisation that brought a law here can change it."))
    law = Law.objects.select_for_update().get(pk=law.pk)
    if seen is not None and law.changes.count() != seen:
        raise EditedMeanwhile(law)
    before = state_of(law)
    changed = {name: [before[name], fields[name]] for name in COLUMNS if before[name] != fields[name]}
    if not changed:
        return False
    if "slug" in changed:
        rename_law(law, fields["slug"], user)
    for name in changed:
        setattr(law, name, fields[name])
    law.full_clean()
    law.save()
    membership = membership_of(user)
    organisation = None if is_staff(user) or membership is None else membership.organisation
    LawChange.objects.create(law=law, fields=changed, reason=reason, organisation=organisation, by=user)
    slug = organisation.slug if organisation else ""
    record("change law", f"law/{law.slug}", by=user, organisation=slug, fields=sorted(changed))
    return True
