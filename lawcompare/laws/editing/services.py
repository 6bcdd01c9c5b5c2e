"""Editing a law's record: titles, jurisdiction, kind, date, and the short names in addresses, which lead on."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff, may, membership_of
from lawcompare.accounts.models import Confirmation, Person
from lawcompare.core.log.services import record
from lawcompare.core.seen import are_same_words, digest_of_words
from lawcompare.languages import columns_of
from lawcompare.laws.access import bringers_of, visible_versions
from lawcompare.laws.models import RESERVED, FormerAddress, Law, LawChange, Origin, Version
from lawcompare.laws.proposals import check_room

# What of a law can be changed, in the order of the form.
COLUMNS = [*columns_of("title"), "slug", "jurisdiction", "organisation", "kind", "date", "description"]


def seen_of(law: Law) -> str:
    """Returns what tells the record of a law from another (``core.seen``)."""
    return digest_of_words(*(str(getattr(law, name)) for name in COLUMNS))


class EditedMeanwhile(Exception):
    """Somebody else changed the law since the form was opened; ``law`` is as it stands."""

    def __init__(self, law: Law) -> None:
        super().__init__(_("Somebody else has changed this law since you opened the form. Yours is not saved."))
        self.law = law


def may_edit(user: Person, law: Law) -> bool:
    """Returns whether the person may edit the record of a law.

    Staff may. An editor may where their organisation brought every public text of it (``bringers_of``), or, of a law
    that is not public, every text.
    """
    if is_staff(user):
        return True
    membership = membership_of(user) if may(user, "import") else None
    if membership is None:
        return False
    texts = Version.objects.filter(law=law).order_by()
    public = bringers_of(texts)
    if not public and not law.wanted.exists():
        public = set(texts.values_list("origin__organisation", flat=True))
    return public == {membership.organisation_id}


def may_rename(user: Person, version: Version) -> bool:
    """Returns whether the person may rename a text: staff, and editors of the organisation that brought it."""
    if is_staff(user):
        return True
    membership = membership_of(user) if may(user, "import") else None
    return membership is not None and version.brought_by == membership.organisation


@transaction.atomic
def rename_text(user: Any, version: Version, slug: str, seen: str) -> LawChange | bool:
    """Give a text another name in addresses; the old ones lead on. Of a text that staff confirmed an organisation
    proposes it. Returns False where it is called so.

    ``seen`` is the name when the form was opened. Raises ``PermissionDenied``, ``RenamingRefused`` for a name that is
    taken or where somebody else renamed it meanwhile; then nothing is stored.
    """
    if not may_rename(user, version):
        raise PermissionDenied(_("Only an editor of the organisation that brought a text here can rename it."))
    held = Version.objects.select_for_update(no_key=True, of=("self",)).select_related("law").get(pk=version.pk)
    if held.slug != seen:
        raise RenamingRefused(_("Somebody else has renamed this text since you opened the form."))
    if slug == held.slug:
        return False
    _check_names(user, held.former_addresses)
    if not held.is_published:
        rename_version(held, private_name(slug), user)
        return True
    _check_name(held, slug, user)
    return _change(
        user, held.law, {"version": [held.slug, slug]}, is_confirmed=held.brought_by is None or held.origin.stands
    )


@transaction.atomic
def edit_law(user: Any, law: Law, fields: dict[str, str], reason: str = "", seen: str = "") -> LawChange | None:
    """Store the record of a law, with its history; propose it where staff confirmed a text of the law, or say that one
    is wanted, and an organisation changes it. Returns None where nothing of it is new.

    ``seen`` is what ``seen_of`` returned when the form was opened. Raises ``PermissionDenied``,
    ``RenamingRefused`` for a name that is taken, ``EditedMeanwhile``; then nothing is stored.
    """
    if not may_edit(user, law):
        raise PermissionDenied(_("Only an editor of the organisation that brought a law here can change it."))
    law = _hold(law.pk)
    before = {name: str(getattr(law, name)) for name in COLUMNS}
    # Those that were changed, and not by the browser alone.
    said = [name for name in COLUMNS if not are_same_words(before[name], fields[name], lines=name == "description")]
    changed = {name: [before[name], fields[name]] for name in said}
    if not changed:
        return None
    if seen and seen_of(law) != seen:
        raise EditedMeanwhile(law)
    if "slug" in changed:
        _check_names(user, law.former_addresses.filter(version=None))
        _check_law_name(changed["slug"][1], user)
    confirmed = Origin.objects.filter(version__law=law, confirmation=Confirmation.CONFIRMED)
    confirmed = confirmed.exclude(version__published_at=None)
    return _change(user, law, changed, reason, is_confirmed=confirmed.exists() or law.wanted.exists())


def _hold(law_id: int) -> Law:
    """A law held for this transaction, so that staff do not confirm what is changed at the same moment."""
    return Law.objects.select_for_update(no_key=True).get(pk=law_id)


def _change(user: Any, law: Law, changed: dict[str, list[str]], reason: str = "", *, is_confirmed: bool) -> LawChange:
    """Store a change, as a proposal where an organisation changes what staff confirmed."""
    membership = membership_of(user)
    organisation = None if is_staff(user) or membership is None else membership.organisation
    is_proposed = organisation is not None and is_confirmed
    if organisation is not None and is_proposed:
        check_room(organisation)
    change = LawChange(law=law, fields=changed, reason=reason, organisation=organisation, by=user)
    change.confirmation = Confirmation.PROPOSED if is_proposed else ""
    change.save()
    if not is_proposed:
        _set_record(law, change.before, change.after, user)
    slug, action = organisation.slug if organisation else "", "propose law" if is_proposed else "change law"
    record(action, f"law/{law.slug}", by=user, organisation=slug, fields=sorted(changed))
    return change


def _set_record(law: Law, now: dict[str, str], fields: dict[str, str], by: Person | None) -> None:
    if "version" in fields:  # of a text of it, by its name now
        text = law.versions.select_for_update(no_key=True, of=("self",)).get(slug=now["version"])
        return rename_version(text, fields["version"], by)
    if "slug" in fields:
        is_public = law.versions.filter(published_at__isnull=False).exists()
        rename_law(law, fields["slug"] if is_public else private_name(fields["slug"]), by)
        fields = fields | {"slug": law.slug}
    for name, words in fields.items():
        setattr(law, name, words)
    law.full_clean()
    law.save()


def follow_confirmation(change: LawChange, was: str) -> None:
    """Change the record of a law where staff confirmed that, and back where they took it back. Raises ValidationError
    where it is no longer as the change found or left it.
    """
    if change.stands == (was == Confirmation.CONFIRMED):
        return
    law = _hold(change.law_id)
    now, then = (change.before, change.after) if change.stands else (change.after, change.before)
    is_there = (
        law.versions.filter(slug=now["version"]).exists()
        if "version" in now
        else all(str(getattr(law, name)) == words for name, words in now.items())
    )
    if not is_there:
        raise ValidationError(_("It was changed again since: take that back first."))
    try:
        _set_record(law, now, then, change.by)
    except RenamingRefused as refused:
        raise ValidationError(str(refused)) from None


# --- New slugs for laws and versions; the old addresses redirect for good ---------------------------------------------


SLUG_MAX = 80
# What ``private_name`` makes of a name.
PRIVATE_NAME = re.compile(r"(.+)-[0-9a-f]{8}")
# Names that an organisation gives a law or a text one after another.
NAMES_MAX = 10
# The names in addresses that say which law and version is meant.
PAIRS = [("law", "version"), ("old_law", "old_version"), ("new_law", "new_version")]


def private_name(wanted: str) -> str:
    """Returns a name in addresses for what is not public, which nobody guesses, whatever names there are.

    Else somebody who chose the same one would learn from its being taken, or from another ending, what there is.
    """
    ending = f"-{secrets.token_hex(4)}"
    return f"{wanted[: SLUG_MAX - len(ending)]}{ending}"


def private_name_pattern(wanted: str) -> str:
    """Returns a pattern of a name, and of the private ones that may have been made of it."""
    return rf"^({re.escape(wanted)}|{re.escape(wanted[: SLUG_MAX - 9])}-[0-9a-f]{{8}})$"


def unseen(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Returns those of the laws or texts that commands stored and staff alone see."""
    if rows.model is Version:
        return rows.filter(published_at=None, origin=None)
    public, brought = Version.objects.filter(published_at__isnull=False), Origin.objects.values("version__law")
    return rows.filter(wanted=None).exclude(pk__in=public.values("law")).exclude(pk__in=brought)


def give_way(rows: QuerySet[Any], slug: str, by: Person | None) -> None:
    """Give what staff alone see another name, where it has or had the one that somebody else wants: who was refused it
    would learn that there is something.
    """
    if by is None or is_staff(by):
        return
    own = {"version": None} if rows.model is Law else {}
    for row in unseen(rows).filter(Q(slug=slug) | Q(former_addresses__slug=slug)).distinct():
        row.former_addresses.filter(slug=slug, **own).delete()
        if row.slug == slug:
            before, action = (slug, "law-renamed") if rows.model is Law else (row.address, "version-renamed")
            row.slug = private_name(slug)
            row.save(update_fields=["slug"])
            record(action, before, now=row.slug)


class RenamingRefused(ValueError):
    """Why a slug cannot be given, in one sentence. Nothing was changed."""


@transaction.atomic
def rename_law(law: Law, slug: str, by: Person | None = None) -> None:
    """Give a law another slug. Raises ``RenamingRefused``."""
    _check_law_name(slug, by)
    _take_back(FormerAddress.objects.filter(version=None, slug=slug), law=law)
    FormerAddress.objects.get_or_create(slug=law.slug, version=None, defaults={"law": law})
    before, law.slug = law.slug, slug
    law.save(update_fields=["slug"])
    record("law-renamed", before, by, now=slug)


@transaction.atomic
def rename_version(version: Version, slug: str, by: Person | None = None) -> None:
    """Give a version another slug; its text stays frozen. Raises ``RenamingRefused``."""
    _check_name(version, slug, by)
    former = FormerAddress.objects.filter(law=version.law, version__isnull=False, slug=slug)
    _take_back(former, version=version)
    before = version.address
    # First the way from the old name, without which the database refuses the new one.
    FormerAddress.objects.get_or_create(
        slug=version.slug, law=version.law, version__isnull=False, defaults={"version": version}
    )
    version.slug = slug
    version.save(update_fields=["slug"])
    record("version-renamed", before, by, now=version.address)


def _check_law_name(slug: str, by: Person | None) -> None:
    _check(slug)
    give_way(Law.objects.all(), slug, by)
    if Law.objects.filter(slug=slug).exists():
        raise RenamingRefused(_("There is a law “%(slug)s” already.") % {"slug": slug})


def _check_name(version: Version, slug: str, by: Person | None) -> None:
    _check(slug)
    give_way(version.law.versions.all(), slug, by)
    if slug in RESERVED or Version.objects.filter(law=version.law, slug=slug).exists():
        raise RenamingRefused(_("There is a text “%(address)s” already.") % {"address": f"{version.law.slug}/{slug}"})


def _check_names(user: Person, former: Any) -> None:
    """Raises ``RenamingRefused`` where an organisation gave a law or a text names enough: each leads here for good."""
    if not is_staff(user) and former.count() >= NAMES_MAX:
        raise RenamingRefused(
            _("It has had %(number)s names already: ask the staff of this site for another.") % {"number": NAMES_MAX}
        )


def _check(slug: str) -> None:
    try:
        validate_slug(slug)
    except ValidationError:
        slug = ""
    if not slug or len(slug) > SLUG_MAX:
        raise RenamingRefused(_("A name in an address has letters, digits, “-” and “_”, at most 80."))


def _take_back(former: Any, **owner: Any) -> None:
    """Lets a thing take an earlier slug of its own. Raises ``RenamingRefused`` for one that leads elsewhere."""
    if former.exclude(**owner).exists():
        raise RenamingRefused(_("This name leads to another text and must go on doing so."))
    former.delete()


def names_now(user: Person, names: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the keyword arguments of an address with the present slugs; None where nothing in it was renamed.

    Only what ``user`` may see is resolved.
    """
    slugs = {names[name] for pair in PAIRS for name in pair if name in names}
    # Of what they may not see no query more is asked than of what is not there.
    seen = visible_versions(user).order_by()
    of_seen = Q(version=None, law__in=seen.values("law")) | Q(version__in=seen.values("pk"))
    if not FormerAddress.objects.filter(of_seen, slug__in=slugs).exists():
        return None
    now = dict(names)
    for law_name, version_name in PAIRS:
        if law_name not in names:
            continue
        law = Law.objects.filter(slug=now[law_name]).first()
        if law is None:
            former = FormerAddress.objects.filter(slug=now[law_name], version=None).select_related("law").first()
            law = former.law if former else None
        if law is None or not visible_versions(user).filter(law=law).exists():
            continue
        now[law_name] = law.slug
        versions = visible_versions(user).filter(law=law)
        if version_name in now and not versions.filter(slug=now[version_name]).exists():
            version = versions.filter(former_addresses__slug=now[version_name]).first()
            now[version_name] = version.slug if version else now[version_name]
    return now if now != names else None
