"""Who may see which text: the only way a view gets a law, a version or a clause."""

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.laws.models import Clause, Law, Version, VersionQuerySet


def visible_versions(user: Any) -> VersionQuerySet:
    """Published versions; a version in preparation is seen by staff alone."""
    versions = Version.objects.select_related("law")
    return versions if user.is_staff else versions.published()


def get_law(user: Any, slug: str) -> Law:
    law = Law.objects.filter(slug=slug).first()
    if law is None or not visible_versions(user).filter(law=law).exists():
        raise Http404(_("There is no law “%(slug)s” here.") % {"slug": slug})
    return law


def get_version(user: Any, law: str, version: str) -> Version:
    found = visible_versions(user).filter(law__slug=law, slug=version).first()
    if found is None:
        raise Http404(_("There is no text “%(address)s” here.") % {"address": f"{law}/{version}"})
    return found


def get_version_among(user: Any, law: str, version: str) -> tuple[Version, list[Version]]:
    """A version and the other texts of its law, by date, in one query."""
    texts = list(visible_versions(user).filter(law__slug=law).order_by("date", "slug"))
    found = next((text for text in texts if text.slug == version), None)
    if found is None:
        raise Http404(_("There is no text “%(address)s” here.") % {"address": f"{law}/{version}"})
    return found, [text for text in texts if text is not found]


def get_two_versions(user: Any, old: tuple[str, str], new: tuple[str, str]) -> tuple[Version, Version]:
    """Two versions in one query. Each is (law, version)."""
    wanted = Q(law__slug=old[0], slug=old[1]) | Q(law__slug=new[0], slug=new[1])
    found = {(version.law.slug, version.slug): version for version in visible_versions(user).filter(wanted)}
    for name in (old, new):
        if name not in found:
            raise Http404(_("There is no text “%(address)s” here.") % {"address": "/".join(name)})
    return found[old], found[new]


def get_clause(user: Any, law: str, version: str, eid: str) -> Clause:
    """A clause with its version and law. What exactly is missing is only asked when something is."""
    clauses = Clause.objects.filter(version__in=visible_versions(user).values("pk")).select_related(
        "version__law", "parent"
    )
    clause = clauses.filter(version__law__slug=law, version__slug=version, eid=eid).first()
    if clause is None:
        found = get_version(user, law, version)
        raise Http404(_("“%(title)s” has no clause with the address “%(eid)s”.") % {"title": found.title, "eid": eid})
    return clause


def find_version(address: str) -> Version:
    """The version a command names as ``law/version``, published or not. Raises ``Version.DoesNotExist``."""
    law, _separator, version = address.partition("/")
    return Version.objects.select_related("law").get(law__slug=law, slug=version)
