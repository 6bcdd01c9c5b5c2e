"""Who sees what was asked for of US law."""

from django.db.models import Prefetch, QuerySet

from lawcompare.accounts.access import may
from lawcompare.accounts.models import Person
from lawcompare.imports.uscode.models import Fetch, ReleaseNotice
from lawcompare.laws.access import visible_versions


def visible_fetches(user: Person) -> QuerySet[Fetch]:
    """All of them for an editor, none for anybody else."""
    versions = Prefetch("versions", queryset=visible_versions(user).select_related("follows__law"))
    fetches = Fetch.objects.select_related("organisation", "job").prefetch_related(versions)
    return fetches if may(user, "import") else fetches.none()


def unread_notices(user: Person) -> QuerySet[ReleaseNotice]:
    """The notices of newer releases that nobody put aside, between texts that an editor may see; none for others."""
    versions = visible_versions(user).values("pk")
    notices = ReleaseNotice.objects.filter(read_at__isnull=True, old__in=versions, new__in=versions)
    return notices.select_related("law", "old__law", "new__law") if may(user, "import") else notices.none()
