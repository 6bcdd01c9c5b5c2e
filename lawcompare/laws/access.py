"""Which texts a person may see: the only functions by which views get a law, a version or a clause.

Whatever names one text beside another (what it corrects, the standard that a note relies on) asks here too:
``visible_versions``, ``visible_clauses``, ``visible_laws`` and ``name_to``. ``tests/naming`` plants private texts in
every relation of the data model and looks for them in every answer.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff, membership_of
from lawcompare.accounts.models import EDITORS, Confirmation, Organisation, Person
from lawcompare.languages import columns_of
from lawcompare.laws.models import Clause, Law, Origin, Version, VersionQuerySet, WantedText, Withdrawal

# A clause with more inside has no page of its own: chapters of the longest laws are read page by page.
CLAUSE_PAGE_MAX = 2_000


class WithdrawnError(Exception):
    """The law or version asked for was withdrawn; ``WithdrawnPages`` answers with the page that says why."""

    def __init__(self, withdrawal: Withdrawal) -> None:
        super().__init__(withdrawal.reason)
        self.withdrawal = withdrawal


def visible_versions(user: Person) -> VersionQuerySet:
    """Returns the versions a person may see: public ones, those of their own organisation, and for staff what commands
    stored.
    """
    membership = membership_of(user)
    reads_unpublished = is_staff(user)
    if membership is None and not reads_unpublished:
        return _public_versions().all()
    shown = Version.objects.is_public()
    if membership is not None:
        shown |= Q(published_at__isnull=True, origin__organisation=membership.organisation)
    if reads_unpublished:
        shown |= Q(published_at__isnull=True, origin__isnull=True)
    return Version.objects.select_related("law", "origin__organisation").filter(shown)


# Always the same, and asked for again and again for a page: each time a copy is asked.
_public_versions = cache(lambda: Version.objects.published().select_related("law", "origin__organisation"))


def visible_originals(user: Person) -> VersionQuerySet:
    """Returns the versions a person may see but for translations of another of them, which are counted with it."""
    visible = visible_versions(user).standing()
    return visible.exclude(translates__in=visible_versions(user).order_by().values("pk"))


def visible_clauses(user: Person) -> QuerySet[Clause]:
    """Returns the clauses of the versions that a person may see."""
    return Clause.objects.filter(version__in=visible_versions(user).values("pk"))


def visible_laws(user: Person) -> QuerySet[Law]:
    """Returns the laws of which a person may see a version, and those of which a text is known and wanted."""
    withdrawn = Withdrawal.objects.standing().filter(law=OuterRef("pk"))
    wanted = Q(~Exists(withdrawn), pk__in=WantedText.objects.order_by().values("law"))
    return Law.objects.filter(wanted | Q(pk__in=visible_versions(user).order_by().values("law")))


def name_to(user: Person, version: Version | None) -> Version | None:
    """Returns a version that another one names, where the person may know of it."""
    if version is None or not visible_versions(user).filter(pk=version.pk).exists():
        return None
    return version


def private_until(user: Person, *texts: Version) -> datetime | None:
    """Returns until when others than the person's organisation did in private what was done on texts: when the last of
    them was published. None where it brought that one, and while one is not public.
    """
    if not all(text.is_published for text in texts):
        return None
    membership, last = membership_of(user), max(texts, key=attrgetter("published_at"))
    return None if membership is not None and membership.organisation == last.brought_by else last.published_at


def history_known[Row](
    user: Person, rows: Iterable[Row], by: Callable[[Row], Organisation | None], public: Version | None, at: str = "at"
) -> list[Row]:
    """Returns what was done that a person may know of: by whom each is, their organisation and the site at any time,
    others since the text ``public`` is.
    """
    membership, since = membership_of(user), public and public.published_at
    own = {None, membership and membership.organisation}
    return [row for row in rows if by(row) in own or (since and getattr(row, at) > since)]


def first_public(law: Law) -> Version | None:
    """Returns the text with which a law became public."""
    texts = Version.objects.filter(law=law, published_at__isnull=False).select_related("origin__organisation")
    return texts.order_by("published_at").first()


def bringers_of(texts: QuerySet[Version]) -> set[int | None]:
    """Returns the organisations that brought public texts, None for the site; not those whose text staff refused: it
    takes nothing from who brought the first.
    """
    public = texts.filter(published_at__isnull=False).order_by("published_at", "pk")
    kept = public.exclude(origin__confirmation=Confirmation.REFUSED)
    brought = "origin__organisation"
    return set(kept.values_list(brought, flat=True)) | set(public.values_list(brought, flat=True)[:1])


def corrections_of(user: Person, version: Version) -> QuerySet[Version]:
    """Returns the texts that correct this one, the newest first; what others propose is no correction."""
    later = visible_versions(user).filter(corrects=version).without_proposals()
    return later.select_related("law").order_by("-published_at", "-date", "-slug")


def current_of(user: Person, version: Version) -> Version:
    """Returns the text by which this one is known today: its original, where it is a translation, as last corrected."""
    current = name_to(user, version.translates) or version
    while later := corrections_of(user, current).first():
        current = later
    return current


# What of the record of a law is words: what it is called, and what it is.
TITLE, ABOUT = (*columns_of("title"), "organisation"), ("description",)


def proposal_of_law(law: Law, texts: Iterable[Version] | None = None, of: Iterable[str] = TITLE + ABOUT) -> str:
    """``Proposed by …`` of a law, in the reader's language, by who wrote these columns of its record that staff did not
    read; else empty. ``texts``: those of it that are at hand, where these are all.
    """
    return proposed_by(unread_of_law(law, texts), of)


def proposed_by(unread: Mapping[str, Organisation], of: Iterable[str]) -> str:
    """``Proposed by …`` of who wrote these of the columns (``unread_of_law``); empty where none of them is unread."""
    names = sorted({str(by) for name, by in unread.items() if name in of})
    return capfirst("; ".join(_("proposed by %(organisation)s") % {"organisation": name} for name in names))


def unread_of_law(law: Law, texts: Iterable[Version] | None = None) -> dict[str, Organisation]:
    """Returns by column who wrote what staff did not read of the record of a law that is not wanted."""
    if texts is None:
        texts = Version.objects.published().filter(law=law).select_related("origin__organisation")
    public = [text for text in texts if text.is_published]
    is_read = any(text.origin.stands for text in public if text.brought_by and text.brought_by.slug != EDITORS)
    if is_read or law.wanted.all():
        return {}
    is_brought = any(text.brought_by for text in public)
    # An organisation may have written it of which no text is public any more.
    if not is_brought and not any(one.organisation_id and not one.confirmation for one in law.changes.all()):
        return {}
    return _writers_of(law, is_brought=is_brought)


def titled(name: str, proposal: str) -> str:
    """The name of a law where it goes out alone, as in a preview: with who proposes it (``proposal_of_law``)."""
    return f"{name} ({proposal})" if proposal else name


def title_of_law(version: Version) -> str:
    """What the law of a text is called where that goes out alone from a page of the text."""
    law, by = version.law, version.brought_by
    is_read = by is None or (version.origin.stands and by.slug != EDITORS)  # as in ``_writers_of``, without a query
    return law.name if is_read else titled(law.name, proposal_of_law(law, of=TITLE))


def _writers_of(law: Law, *, is_brought: bool) -> dict[str, Organisation]:
    """Returns by column which organisation wrote these words of a law's record; none where staff did, or confirmed
    another's text of it, also of those that are withdrawn by now. ``is_brought``: by an organisation, as its first
    text may have been.
    """
    # With a text staff read the record of its law, but for what they bring themselves.
    if Origin.objects.stand().filter(version__law=law).exclude(organisation__slug=EDITORS).exists():
        return {}
    last: dict[str, Organisation | None] = {}
    for change in law.changes.filter(confirmation="").select_related("organisation"):  # the newest first
        for name in change.fields:
            last.setdefault(name, change.organisation)
    first = first_public(law) if is_brought else None
    bringer = first.brought_by if first and first.brought_by and first.brought_by.slug != EDITORS else None
    return {name: by for name in TITLE + ABOUT if getattr(law, name) and (by := last.get(name, bringer)) is not None}


def get_law(user: Person, slug: str) -> Law:
    """Returns the law with this slug. Raises ``Http404``, or ``WithdrawnError`` where it was withdrawn."""
    law = visible_laws(user).filter(slug=slug).first()
    if law is None:
        _refuse_if_withdrawn(slug)
        raise Http404(_("There is no law “%(slug)s” here.") % {"slug": slug})
    return law


def get_version(user: Person, law: str, version: str) -> Version:
    """Returns a version with its law, by the slugs of both. Raises ``Http404`` or ``WithdrawnError``."""
    text_version = visible_versions(user).filter(law__slug=law, slug=version).first()
    if text_version is None:
        raise _no_text(law, version)
    return text_version


def _no_text(law: str, version: str) -> Http404:
    _refuse_if_withdrawn(law, version)
    wanted = WantedText.objects.filter(law__slug=law).select_related("law").first()
    if wanted and not Version.objects.published().filter(law=wanted.law).exists():
        return nobody_saw(wanted.law)
    return Http404(_("There is no text “%(address)s” here.") % {"address": f"{law}/{version}"})


def nobody_saw(law: Law) -> Http404:
    """Returns the answer where a text is asked for of a law that has none."""
    return Http404(_("Nobody here has seen a text of “%(law)s”: it can be neither read nor compared.") % {"law": law})


def _refuse_if_withdrawn(law: str, version: str | None = None) -> None:
    """Raises ``WithdrawnError`` where the law, or this version of it, was withdrawn."""
    which = Q(version__law__slug=law, version__published_at__isnull=False)
    if version is not None:
        which &= Q(version__slug=version)
    standing = Withdrawal.objects.standing().select_related("law", "version__law", "organisation")
    withdrawal = standing.filter(Q(law__slug=law) | which).order_by("-at").first()
    # Of a withdrawn law every address that it had says so; what never was public never was, for readers.
    public = Version.objects.filter(law__slug=law, published_at__isnull=False)
    if withdrawal is not None and (public if version is None else public.filter(slug=version)).exists():
        raise WithdrawnError(withdrawal)


def texts_of_laws(user: Person, *laws: str) -> list[Version]:
    """Returns the visible versions of laws, by date, in one query."""
    return list(visible_versions(user).filter(law__slug__in=laws).order_by("date", "slug"))


def get_version_among(user: Person, law: str, version: str) -> tuple[Version, list[Version]]:
    """Returns a version and the other visible versions of its law, by date, in one query."""
    text_version, _same, texts = get_two_versions_among(user, (law, version), (law, version))
    return text_version, [text for text in texts if text is not text_version]


def get_two_versions(user: Person, old: tuple[str, str], new: tuple[str, str]) -> tuple[Version, Version]:
    """Returns two versions, each named by (law slug, version slug), in one query. Raises ``Http404``."""
    return get_two_versions_among(user, old, new)[:2]


def get_two_versions_among(
    user: Person, old: tuple[str, str], new: tuple[str, str]
) -> tuple[Version, Version, list[Version]]:
    """Returns the same, and all visible versions of their laws, by date."""
    texts = texts_of_laws(user, old[0], new[0])
    versions = {(version.law.slug, version.slug): version for version in texts}
    for name in (old, new):
        if name not in versions:
            raise _no_text(*name)
    return versions[old], versions[new], texts


def get_clause(user: Person, law: str, version: str, eid: str) -> Clause:
    """Returns a clause with its version and law. Raises ``Http404``, which tells whether text or clause is missing."""
    clauses = visible_clauses(user).select_related("version__law", "version__origin__organisation", "parent")
    clause = clauses.filter(version__law__slug=law, version__slug=version, eid=eid).first()
    if clause is None:
        raise _no_clause(get_version(user, law, version), eid)
    return clause


def get_clause_in_place(user: Person, law: str, version: str, eid: str) -> tuple[list[Clause], int, list[Version]]:
    """Returns a clause with those it stands in and those inside it, in order, its place among them, and the other
    visible versions of its law, in two queries; one more than ``CLAUSE_PAGE_MAX`` where there are more. Raises
    ``Http404`` as ``get_clause`` does.
    """
    text_version, others = get_version_among(user, law, version)
    named = Clause.objects.filter(version=text_version, eid=eid).order_by()
    above_or_inside = Q(position__lt=Subquery(named.values("end")), end__gt=Subquery(named.values("position")))
    clauses = clauses_where(text_version, above_or_inside, CLAUSE_PAGE_MAX + 1)
    if not clauses:
        raise _no_clause(text_version, eid)
    by_pk = {clause.pk: clause for clause in clauses}
    parent = Clause._meta.get_field("parent")
    for clause in clauses:
        if clause.parent_id in by_pk:
            parent.set_cached_value(clause, by_pk[clause.parent_id])
    return clauses, next(at for at, clause in enumerate(clauses) if clause.eid == eid), others


def clauses_where(version: Version, which: Q, most: int | None = None) -> list[Clause]:
    """Returns some clauses of a version in order, each with the version, in one query; the first ``most``.

    ``version.clauses`` takes as long as the query to give each row the version.
    """
    clauses = list(Clause.objects.filter(which, version=version).order_by("position")[:most])
    field = Clause._meta.get_field("version")
    for clause in clauses:
        field.set_cached_value(clause, version)
    return clauses


def _no_clause(version: Version, eid: str) -> Http404:
    return Http404(_("“%(title)s” has no clause with the address “%(eid)s”.") % {"title": version.name, "eid": eid})


def find_version(address: str) -> Version:
    """Returns the version that a command names as ``law/version``, public or not. Raises ``Version.DoesNotExist``."""
    law, _separator, version = address.partition("/")
    return Version.objects.select_related("law").get(law__slug=law, slug=version)
