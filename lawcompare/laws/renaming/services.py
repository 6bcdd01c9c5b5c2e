"""New slugs for laws and versions; the old addresses redirect for good."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.audit.services import record
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import FormerAddress, Law, Version

SLUG_MAX = 80
# The names in addresses that say which law and version is meant.
PAIRS = [("law", "version"), ("old_law", "old_version"), ("new_law", "new_version")]


class RenamingRefused(ValueError):
    """Why a slug cannot be given, in one sentence. Nothing was changed."""


@transaction.atomic
def rename_law(law: Law, slug: str, by: Any = None) -> None:
    """Give a law another slug. Raises ``RenamingRefused``."""
    _check(slug)
    if Law.objects.filter(slug=slug).exists():
        raise RenamingRefused(_("There is a law “%(slug)s” already.") % {"slug": slug})
    _take_back(FormerAddress.objects.filter(version=None, slug=slug), law=law)
    FormerAddress.objects.get_or_create(slug=law.slug, version=None, defaults={"law": law})
    before, law.slug = law.slug, slug
    law.save(update_fields=["slug"])
    record("law-renamed", before, by, now=slug)


@transaction.atomic
def rename_version(version: Version, slug: str, by: Any = None) -> None:
    """Give a version another slug; its text stays frozen. Raises ``RenamingRefused``."""
    _check(slug)
    if Version.objects.filter(law=version.law, slug=slug).exists():
        raise RenamingRefused(_("There is a text “%(address)s” already.") % {"address": f"{version.law.slug}/{slug}"})
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


def names_now(user: Any, names: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the keyword arguments of an address with the present slugs; None where nothing in it was renamed.

    Only what ``user`` may see is resolved.
    """
    slugs = {names[name] for pair in PAIRS for name in pair if name in names}
    if not FormerAddress.objects.filter(slug__in=slugs).exists():
        return None
    now = dict(names)
    for law_name, version_name in PAIRS:
        if law_name in names:
            _rename_pair(user, now, law_name, version_name)
    return now if now != names else None


def _rename_pair(user: Any, now: dict[str, Any], law_name: str, version_name: str) -> None:
    law = Law.objects.filter(slug=now[law_name]).first()
    if law is None:
        former = FormerAddress.objects.filter(slug=now[law_name], version=None).select_related("law").first()
        law = former.law if former else None
    if law is None or not visible_versions(user).filter(law=law).exists():
        return
    now[law_name] = law.slug
    versions = visible_versions(user).filter(law=law)
    if version_name in now and not versions.filter(slug=now[version_name]).exists():
        version = versions.filter(former_addresses__slug=now[version_name]).first()
        now[version_name] = version.slug if version else now[version_name]
