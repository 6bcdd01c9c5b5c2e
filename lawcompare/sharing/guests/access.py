"""Who may show what to an outsider, and what the holder of a link may read."""

from django.core import signing
from django.db.models import Count, Max, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_of, membership_that_may
from lawcompare.accounts.leaving import still_given
from lawcompare.accounts.models import Organisation, Person, digest_of
from lawcompare.crosswalk.access import get_draft
from lawcompare.crosswalk.models import DraftComparison
from lawcompare.laws.access import get_two_versions, get_version, visible_versions
from lawcompare.laws.models import Version
from lawcompare.sharing.guests.models import GuestLink

SALT = "lawcompare.sharing.guests"


class LinkRefused(Exception):
    """Why a link opens nothing, in one sentence. ``status`` is 404 for what never was a link, 410 for what is over."""

    def __init__(self, sentence: str, status: int = 410) -> None:
        super().__init__(sentence)
        self.sentence, self.status = sentence, status


def organisation_that_shows(user: Person) -> Organisation:
    """The organisation for which the person may give guest links. Raises ``PermissionDenied``."""
    membership = membership_that_may(
        user, "import", _("Only an editor can share a private text outside the organisation.")
    )
    return membership.organisation


def is_private(user: Person, *versions: Version) -> bool:
    """Whether one of the texts is private to the organisation that the person acts for."""
    membership = membership_of(user)
    return membership is not None and any(
        not version.is_published and version.brought_by == membership.organisation for version in versions
    )


def private_texts(user: Person) -> QuerySet[Version]:
    """The private texts of the person's organisation, the latest first. Raises ``PermissionDenied``."""
    organisation = organisation_that_shows(user)
    private = visible_versions(user).filter(published_at__isnull=True, origin__organisation=organisation)
    return private.order_by("-pk")


def get_text_to_show(user: Person, law: str, version: str) -> Version:
    """A private text of the person's organisation. Raises ``Http404`` or ``PermissionDenied``."""
    organisation_that_shows(user)
    text_version = get_version(user, law, version)
    if not is_private(user, text_version):
        raise Http404(_("This text is not private: send its address."))
    return text_version


def get_pair_to_show(user: Person, old: tuple[str, str], new: tuple[str, str]) -> tuple[Version, Version]:
    """Two texts of which one is private to the person's organisation. Raises ``Http404`` or ``PermissionDenied``."""
    organisation_that_shows(user)
    versions = get_two_versions(user, old, new)
    if not is_private(user, *versions):
        raise Http404(_("This comparison is not private: send its address."))
    return versions


def get_draft_to_show(user: Person, key: str) -> DraftComparison:
    """A draft comparison by subject of the person's organisation. Raises ``Http404`` or ``PermissionDenied``."""
    organisation_that_shows(user)
    draft = get_draft(user, key)
    if draft.is_published and not is_private(user, draft.source, draft.target):
        raise Http404(_("This comparison is not private: send its address."))
    return draft


def links_of(user: Person) -> QuerySet[GuestLink]:
    """The links that the person's organisation gave, with how often and when last each was opened."""
    links = GuestLink.objects.filter(organisation=organisation_that_shows(user))
    links = links.select_related("old__law", "new__law", "draft", "memo")
    return links.annotate(opened=Count("openings"), last_opened=Max("openings__at")).order_by("-made_at", "-pk")


def get_link(token: str) -> GuestLink:
    """The link of a token that may still be opened. Raises ``LinkRefused``."""
    try:
        signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        raise LinkRefused(_("This link is invalid or incomplete."), 404) from None
    related = ["old__law", "new__law", "organisation", "draft__organisation", "memo", "by"]
    links = GuestLink.objects.select_related(*related).annotate(given=still_given("import"))
    link = links.filter(token_digest=digest_of(token)).first()
    if link is None:
        raise LinkRefused(_("What this link opened no longer exists."))
    if link.ended_at is not None or not link.given:
        raise LinkRefused(_("Whoever gave you this link has closed it."))
    if link.is_over:
        raise LinkRefused(_("This link has expired. Ask whoever gave it to you for another one."))
    return link


def are_public(link: GuestLink) -> bool:
    """Whether everybody may read by now what the link shows."""
    if link.memo is not None or (link.draft is not None and not link.draft.is_published):
        return False
    numbers = [version.pk for version in link.versions]
    return Version.objects.published().filter(pk__in=numbers).count() == len(numbers)


def may_still_be_shown(link: GuestLink) -> bool:
    """Whether each text is public, or still private to the organisation that gave the link; none was withdrawn."""
    public = set(
        Version.objects.published().filter(pk__in=[one.pk for one in link.versions]).values_list("pk", flat=True)
    )
    return all(
        version.pk in public or (not version.is_published and version.brought_by == link.organisation)
        for version in link.versions
    )
