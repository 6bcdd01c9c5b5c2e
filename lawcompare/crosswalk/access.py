"""Which topics and correspondences may be seen, and who decides on them."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff, may, membership_of, membership_that_may
from lawcompare.accounts.models import VISITOR, Confirmation, Membership, Organisation, Person, ProposableQuerySet
from lawcompare.accounts.responses import first_or_404
from lawcompare.crosswalk.findings.models import Examination, Finding, FindingQuerySet
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    DraftComparison,
    SuggestionRun,
    Topic,
    Value,
    ValueStatus,
)
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.laws.access import get_version, visible_versions
from lawcompare.laws.citing import CitationError, Citations
from lawcompare.laws.models import Clause, Origin, Version

# Texts that the reader may choose as columns of a matrix.
COLUMNS_MAX = 12
# What others see of a value: what one person alone states is its organisation's own.
SHOWN_VALUES = [ValueStatus.CONFIRMED, ValueStatus.DISPUTED]
# What names the two texts of a correspondence, and who brought them.
TEXTS_OF_ROW = (
    *("subject_version__law", "subject_version__origin__organisation"),
    *("object_version__law", "object_version__origin__organisation"),
)


def organisation_of(user: Person) -> Organisation | None:
    membership = membership_of(user)
    return membership.organisation if membership else None


def visible_correspondences(user: Person) -> ProposableQuerySet[Correspondence]:
    """Confirmed ones between versions the person may see, under topics that they may see.

    What one person alone stands for is shown only where their organisation waives the second person.
    """
    return correspondences_among(visible_versions(user).standing(), organisation_of(user))


def visible_values(user: Person) -> QuerySet[Value]:
    """What was confirmed or is disputed of clauses of texts that the person may see."""
    return values_among(visible_versions(user).standing())


def correspondences_among(
    texts: QuerySet[Version], organisation: Organisation | None = None
) -> ProposableQuerySet[Correspondence]:
    """Those that everybody sees who may see these texts; with those under topics that ``organisation`` proposes."""
    versions = texts.values("pk")
    rows = _confirmed_under_topics(organisation).filter(subject_version__in=versions, object_version__in=versions)
    # A clause of many rows is loaded once.
    return rows.select_related("topic", "organisation", *TEXTS_OF_ROW).prefetch_related("subject", "object")


def without_words(rows: ProposableQuerySet[Correspondence]) -> ProposableQuerySet[Correspondence]:
    """The same whose clauses come without their words: a page reads those that it shows (``provisions.read_words``)."""
    sides = [Prefetch(side, Clause.objects.defer("text")) for side in ("subject", "object")]
    return rows.prefetch_related(None).prefetch_related(*sides)


def _confirmed_under_topics(organisation: Organisation | None) -> ProposableQuerySet[Correspondence]:
    topics = Topic.objects.offered_to(organisation).order_by().values("pk")
    return (
        Correspondence.objects.filter(status=CorrespondenceStatus.CONFIRMED, topic__in=topics)
        .not_refused()
        .exclude(Correspondence.BY_ONE)
    )


def correspondences_of(user: Person, clauses: Iterable[int]) -> list[Correspondence]:
    """The visible ones in which one of these clauses takes part.

    Of the many clauses that have none a visitor's page learns it with a query that is soon made; nothing that is not
    public changes how many there are.
    """
    of_clauses = Q(subject__in=list(clauses)) | Q(object__in=list(clauses))
    if not user.is_authenticated:
        public = Q(subject_version__published_at__isnull=False, object_version__published_at__isnull=False)
        if not _confirmed_under_topics(None).filter(of_clauses, public).exists():
            return []
    return list(visible_correspondences(user).filter(of_clauses))


def values_among(texts: QuerySet[Version]) -> QuerySet[Value]:
    """What everybody sees of the values of these texts who may see them."""
    values = Value.objects.not_refused().filter(status__in=SHOWN_VALUES, version__in=texts.values("pk"))
    of_text = ("version__law", "version__origin__organisation")
    named = values.select_related("organisation", "confirmed_for", *of_text)
    # Without their words, which no page of values prints: of all texts together they are more than a process holds.
    return named.prefetch_related(
        *(Prefetch(side, Clause.objects.defer("text")) for side in ("clause", "words_clause"))
    )


def values_known(organisation: Organisation | None) -> QuerySet[Value]:
    """Those that an organisation may know of: its own, the site's (what waits there, while it does not say the same),
    and what others made public.
    """
    same = {name: OuterRef(name) for name in ("clause", "element", "words_clause", "start")}
    own = Value.objects.exclude(status=ValueStatus.STRUCK).filter(organisation=organisation, **same)
    is_sites = Q(organisation=None) & (~Q(status=ValueStatus.STATED) | ~Exists(own))
    shown = Q(status__in=SHOWN_VALUES) & ~Q(confirmation=Confirmation.REFUSED)
    return Value.objects.filter(Q(organisation=organisation) | is_sites | shown)


def reviewable_values(user: Person) -> QuerySet[Value]:
    """Those of any status of texts that a reviewer may see, but others' own, and but for what the program carried to
    others' texts that staff have not confirmed. Raises PermissionDenied for others.
    """
    if not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer can say what a clause lays down."))
    organisation = organisation_of(user)
    values = values_known(organisation).filter(version__in=visible_versions(user).values("pk"))
    others = Origin.objects.exclude(Q(confirmation=Confirmation.CONFIRMED) | Q(organisation=organisation))
    carried = {"status": ValueStatus.STATED, "carried_from__isnull": False}
    values = values.exclude(**carried, version__in=others.order_by().values("version"))
    of_text = ("version__law", "version__origin__organisation")
    # An earlier text that they do not know of is not mentioned.
    earlier = Value.objects.filter(pk=OuterRef("carried_from"), version__in=visible_versions(user).values("pk"))
    values = values.annotate(is_carried=Exists(earlier))
    clauses = Prefetch("clause", Clause.objects.select_related("version__law"))
    return values.select_related("organisation", "confirmed_for", *of_text).prefetch_related(clauses, "words_clause")


def get_value(user: Person, number: int) -> Value:
    """A value of a text that the reviewer may see. Raises Http404, and PermissionDenied for others."""
    return first_or_404(reviewable_values(user).filter(pk=number), _("There is no such value here."))


def get_topic(slug: str, user: Person = VISITOR) -> Topic:
    """A topic by its slug, or the one it was merged into; a proposed one for its organisation and staff alone.

    Raises Http404.
    """
    topic = Topic.objects.filter(slug=slug).select_related("organisation", "merged_into__organisation").first()
    if topic is not None and topic.merged_into is not None:
        topic = topic.merged_into
    if topic is None or not (topic.stands or topic.organisation == organisation_of(user) or is_staff(user)):
        raise Http404(_("There is no topic “%(slug)s” here.") % {"slug": slug})
    if topic.retired_at is not None:
        raise Http404(_("The topic “%(title)s” is no longer in use.") % {"title": topic})
    return topic


def get_topic_to_change(user: Person, slug: str) -> Topic:
    """A topic that the person may change, or propose to: of their organisation, any as an editor. Raises Http404."""
    reviewer(user)
    topic = first_or_404(
        known_topics(user).filter(slug=slug),
        _("There is no topic “%(slug)s” here.") % {"slug": slug},
    )
    if not may_change_topic(user, topic):
        raise PermissionDenied(_("Only an editor, or the organisation that added it, changes a topic."))
    return topic


def known_topics(user: Person) -> QuerySet[Topic]:
    """Those that stand, used or retired, and what the person's organisation proposes."""
    own = Topic.objects.not_refused().filter(organisation=organisation_of(user))
    return (Topic.objects.stand() | own).filter(merged_into__isnull=True)


def may_change_topic(user: Person, topic: Topic) -> bool:
    """Whether the person may change it, or propose to: an editor any, a reviewer those that their organisation added.

    What is the site's changes once staff confirm it (``topics/services.py``).
    """
    membership = membership_of(user)
    if membership is None or not may(user, "review"):
        return False
    return topic.organisation_id == membership.organisation_id or may(user, "categorise")


def topics_offered(user: Person) -> QuerySet[Topic]:
    """Those under which the person may state something."""
    return Topic.objects.offered_to(organisation_of(user))


def clauses_under(user: Person, topic: Topic) -> list[Clause]:
    """The clauses set under a topic that the person may see, by law and in their order, without their words."""
    versions = visible_versions(user).standing().values("pk")
    rows = topic.clauses.filter(version__in=versions).select_related("version__law", "version__origin__organisation")
    return list(rows.defer("text").order_by("version", "position"))


def columns_named(user: Person, addresses: Iterable[str]) -> list[Version]:
    """The texts that addresses (``law/version``) name as columns of a matrix, each once and at most ``COLUMNS_MAX``.

    Raises ``Http404`` where one is not here for the person, ``WithdrawnError`` where it was withdrawn.
    """
    names = list(dict.fromkeys(filter(None, addresses)))[:COLUMNS_MAX]
    return [get_version(user, *name.partition("/")[::2]) for name in names]


def reviewable_correspondences(user: Person) -> QuerySet[Correspondence]:
    """Those of any status between versions a reviewer may see, but others' own; none for anybody else."""
    if not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer can decide on a correspondence."))
    versions = visible_versions(user).values("pk")
    rows = correspondences_known(organisation_of(user)).filter(
        subject_version__in=versions, object_version__in=versions
    )
    return rows.select_related("topic", *TEXTS_OF_ROW).prefetch_related("subject", "object")


def correspondences_known(organisation: Organisation | None) -> ProposableQuerySet[Correspondence]:
    """Those of any status that an organisation may know of: its own, with what it had looked for, the site's, but for
    suggestions on which it has decided, and what others show.
    """
    none = Q(object=None, status=CorrespondenceStatus.CONFIRMED)
    this_way = _inside("subject") & (_inside("object") | none & Q(object_version=OuterRef("object_version")))
    other_way = _inside("subject", "object") & (
        _inside("object", "subject") | none & Q(object_version=OuterRef("subject_version"))
    )
    own = Correspondence.objects.filter(this_way | other_way, organisation=organisation).order_by()
    texts = Version.objects.filter(Version.objects.is_public() | Q(origin__organisation=organisation))
    shown = correspondences_among(texts, organisation).order_by().values("pk")
    is_sites = Q(organisation=None) & (~Q(status=CorrespondenceStatus.SUGGESTED) | ~Exists(own))
    return Correspondence.objects.filter(Q(organisation=organisation) | is_sites | Q(pk__in=shown))


def _inside(side: str, of: str = "") -> Q:
    """The condition that a clause of a row is one of those of the outer query's row, or stands inside it."""
    outer = of or side
    return Q(**{f"{side}__version": OuterRef(f"{outer}__version")}) & Q(
        **{f"{side}__position__gte": OuterRef(f"{outer}__position"), f"{side}__position__lt": OuterRef(f"{outer}__end")}
    )


def get_correspondence(user: Person, number: int) -> Correspondence:
    """A correspondence between texts that the reviewer may see. Raises Http404, and PermissionDenied for others."""
    return first_or_404(reviewable_correspondences(user).filter(pk=number), _("There is no such correspondence here."))


def clauses_to_answer(version: Version) -> QuerySet[Clause]:
    """The clauses of a text that are matched with another: its articles, or its innermost clauses without any."""
    units = version.clauses.filter(element__in=UNIT_ELEMENTS)
    clauses = units if units.exists() else version.clauses.filter(end=F("position") + 1)
    return clauses.order_by("position")


def visible_runs(user: Person) -> QuerySet[SuggestionRun]:
    """The searches for which the person's organisation asked, between texts that they may see."""
    versions, organisation = visible_versions(user).values("pk"), organisation_of(user)
    if organisation is None:
        return SuggestionRun.objects.none()
    runs = SuggestionRun.objects.filter(organisation=organisation)
    runs = runs.filter(subject_version__in=versions, object_version__in=versions)
    return runs.select_related("job", "subject_version__law", "object_version__law")


def own_drafts(user: Person) -> QuerySet[DraftComparison]:
    """Draft comparisons of the organisation the person acts for, of texts that they may see; none for anybody else."""
    membership = membership_of(user)
    if membership is None or not may(user, "annotate"):
        return DraftComparison.objects.none()
    versions = visible_versions(user).values("pk")
    drafts = DraftComparison.objects.filter(
        organisation=membership.organisation, source__in=versions, target__in=versions
    )
    return drafts.select_related("organisation", "source__law", "target__law", "job")


def get_draft(user: Person, key: str) -> DraftComparison:
    """A draft comparison of the person's organisation. Raises Http404, and PermissionDenied for who is in none."""
    if membership_of(user) is None or not may(user, "annotate"):
        raise PermissionDenied(_("Only members of an organisation can do this."))
    return first_or_404(own_drafts(user).filter(key=key), _("There is no such draft comparison here."))


def reviewer(user: Person) -> Membership:
    """The membership under which a person decides on correspondences. Raises PermissionDenied."""
    return membership_that_may(user, "review", _("Only a reviewer can decide on a correspondence."))


def check_visible(user: Person, *versions: int) -> None:
    """Raise PermissionDenied where the person may not see one of the versions, named by their primary keys."""
    if visible_versions(user).filter(pk__in=set(versions)).count() < len(set(versions)):
        raise PermissionDenied(_("One of these texts is not public, and you may not see it."))


def visible_findings(user: Person) -> FindingQuerySet:
    """Returns the findings of the present rules that a person may see."""
    return Finding.objects.of_today().filter(version__in=visible_versions(user).values("pk"))


def visible_examinations(user: Person) -> QuerySet[Examination]:
    """Returns the examinations of texts that a person may see."""
    rows = Examination.objects.filter(version__in=visible_versions(user).values("pk"))
    return rows.select_related("version__law")


def get_finding(user: Person, number: int) -> Finding:
    """Returns a question by its key, with clause, version and law. Raises ``Http404``."""
    questions = visible_findings(user).questions().select_related("clause", "version__law")
    return first_or_404(questions.filter(pk=number), _("There is no such finding here."))


def clause_cited(version: Version, cited: str) -> Clause:
    """The clause of a text that its number as printed, or its eId, names. Raises ValidationError."""
    try:
        return Citations(version).find(cited)
    except CitationError:
        names = {"title": version.name, "eid": cited}
        raise ValidationError(_("“%(title)s” has no clause with the address “%(eid)s”.") % names) from None
