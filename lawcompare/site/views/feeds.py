"""Atom feeds: annotations; and all that was published of a law, a topic or an organisation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import batched
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, Greatest, RowNumber, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.filters import NAMES, file_filter, public_organisations
from lawcompare.annotations.html import body_in_reader_language
from lawcompare.annotations.models import Annotation, AnnotationQuerySet
from lawcompare.comparisons.access import visible_comparisons
from lawcompare.comparisons.rows import kinds
from lawcompare.core.models import Statement
from lawcompare.core.page_cache.public import public
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.access import get_topic, visible_correspondences, without_words
from lawcompare.crosswalk.models import Correspondence, CorrespondenceDecision
from lawcompare.engine.text.words import NOT_IN_XML
from lawcompare.languages import digits
from lawcompare.laws.access import TITLE, get_law, proposal_of_law, titled
from lawcompare.laws.citing import cite, site_root
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Law, Version, public_day
from lawcompare.search.ranking import in_turns

ENTRIES_MAX = 50
# The year from which the names of feeds count (RFC 4151); it never changes.
NAMED_SINCE = "2026"
NOTHING_YET = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FeedEntry:
    """An entry of a feed. ``name`` identifies it for good, whatever its address and title become."""

    name: str
    title: str
    address: str
    published: datetime
    updated: datetime
    author: str
    summary: str
    categories: list[str] = field(default_factory=list)
    is_proposed: bool = False  # merely: it takes the place of nothing that stands


class Feed(Atom1Feed):
    """An Atom feed whose bytes stay the same as long as nothing is new."""

    def latest_post_date(self) -> datetime:
        return max((item["updateddate"] for item in self.items), default=NOTHING_YET)


@require_safe
@public(*NAMES)
def annotations_feed(request: HttpRequest) -> HttpResponse:
    chosen = file_filter(request.GET)
    notes = chosen.of(_annotations())
    title = " · ".join([_("Annotations"), *chosen.names()])
    return _answer(request, "annotations", title, reverse("annotations"), note_entries(_newest_notes(notes)))


@require_safe
@public()
def law_feed(request: HttpRequest, law: str) -> HttpResponse:
    """New versions of a law, their comparisons, and annotations on them."""
    requested = get_law(VISITOR, law)
    notes = _newest_notes(_annotations().filter(version__law=requested))
    entries = [*note_entries(notes), *comparison_entries(requested), *version_entries(requested)]
    title = titled(requested.name, proposal_of_law(requested, of=TITLE))
    return _answer(request, f"laws/{requested.slug}", title, requested.get_absolute_url(), entries)


@require_safe
@public()
def topic_feed(request: HttpRequest, topic: str) -> HttpResponse:
    """Correspondences under a topic, and annotations on its clauses."""
    requested = get_topic(topic)
    under = without_words(visible_correspondences(VISITOR).filter(topic=requested))
    decided = CorrespondenceDecision.objects.filter(correspondence=OuterRef("pk")).order_by("-at").values("at")[:1]
    texts_public = ("subject_version__published_at", "object_version__published_at")
    day = TruncDate(Greatest("made_at", *texts_public, Coalesce(Subquery(decided), "made_at")))
    newest = under.order_by(day.desc(), *(Correspondence._meta.ordering or ())).prefetch_related("decisions")
    # What is merely proposed under it brings in no notes of others.
    sides = (under.stand().order_by().exclude(**{side: None}).values_list(*_place(f"{side}__")) for side in SIDES)
    clauses = set(requested.clauses.values_list(*_place())).union(*sides)
    stated = _newest(newest, newest.stand(), "organisation")
    entries = [*note_entries(_annotations_inside(clauses)), *correspondence_entries(stated)]
    return _answer(request, f"topics/{requested.slug}", str(requested), requested.get_absolute_url(), entries)


@require_safe
@public()
def organisation_feed(request: HttpRequest, organisation: str) -> HttpResponse:
    requested = get_object_or_404(public_organisations(), slug=organisation)
    notes = _newest_notes(_annotations().filter(organisation=requested))
    address = f"{reverse('annotations')}?organisation={requested.slug}"
    return _answer(request, f"organisations/{requested.slug}", str(requested), address, note_entries(notes))


@require_safe
@public()
def statements_feed(request: HttpRequest) -> HttpResponse:
    """The daily statements, so that whoever reads feeds keeps the digest of each without doing anything."""
    entries = []
    for made in Statement.objects.order_by("-day")[:ENTRIES_MAX]:
        at = datetime.combine(made.day, time.min, tzinfo=UTC)
        title = _("Statement of %(day)s") % {"day": format_date(made.day.isoformat())}
        summary = _summary(text=f"sha256: {made.digest}")
        entries.append(FeedEntry(f"statement/{made.day}", title, reverse("statement", args=[made.day]), at, at,
                                 settings.SITE_NAME, summary))  # fmt: skip
    return _answer(request, "statements", _("Daily statements"), reverse("statements"), entries)


def _annotations() -> AnnotationQuerySet:
    return Annotation.objects.listed().for_reading()


SIDES = "subject", "object"


def _newest[Row: Model](rows: QuerySet[Row], standing: QuerySet[Row], of: str | Coalesce) -> list[Row]:
    """The first rows that stand, and of the others as many as may be shown where there are few of them; ``of`` each
    organisation the first before the second of any.
    """
    others = rows.exclude(pk__in=standing.order_by().values("pk"))
    order: Any = rows.query.order_by or rows.model._meta.ordering
    place = Window(RowNumber(), partition_by=of, order_by=order)
    # Their keys first: sorting carries no long words.
    keys = [
        key
        for some in (standing, others)
        for key in some.annotate(place=place).order_by("place", *order).values_list("pk", flat=True)[:ENTRIES_MAX]
    ]
    found = rows.in_bulk(keys)
    return [found[key] for key in keys]


def _newest_notes(notes: AnnotationQuerySet) -> list[Annotation]:
    """The same of notes, of which those on confirmed texts stand."""
    confirmed = Version.objects.confirmed().order_by().values("pk")
    return _newest(notes, notes.filter(version__in=confirmed), "organisation")


def _place(of: str = "") -> list[str]:
    return [f"{of}{name}" for name in ("version", "position", "end")]


def _annotations_inside(places: Iterable[tuple[int, int, int]]) -> list[Annotation]:
    """Returns the newest annotations on these clauses and on what stands inside them, in queries for every 300."""
    found: set[int] = set()
    for some in batched(places, 300):
        inside = (Q(version=of, clause__position__gte=start, clause__position__lt=end) for of, start, end in some)
        found.update(note.pk for note in _newest_notes(_annotations().filter(Q(*inside, _connector=Q.OR))))
    return _newest_notes(_annotations().filter(pk__in=found))


# --- What is new ------------------------------------------------------------------------------------------------------


def note_entries(annotations: Iterable[Annotation]) -> Iterator[FeedEntry]:
    for note in annotations:
        yield FeedEntry(
            f"annotation/{note.slug}",
            f"{note.version.name}, {cite(note.clause)}{_(':')} {note.get_risk_display()}",
            note.get_absolute_url(),
            note.public_day,
            note.changed_day,
            str(note.organisation),
            _summary(quote=note.exact, body=body_in_reader_language(note), note=note),
            note.kinds,
            is_proposed=note.version.unchecked_of is not None,
        )


def version_entries(law: Law) -> Iterator[FeedEntry]:
    """Yields the entries of a law's newest versions; renderings of them are no texts of their own."""
    versions = Version.objects.published().originals().filter(law=law).select_related("law", "origin__organisation")
    versions = versions.order_by("-published_at", "-date", "-slug")
    for version in _newest(versions, versions.confirmed(), "origin__organisation"):
        day = public_day(version.published_at)
        facts = [
            str(version.get_text_status_display()),
            format_date(version.date),
            localised(version.became_public),
            localised(version.note),
        ]
        yield FeedEntry(
            f"version/{version.address}",
            _("New text: %(title)s") % {"title": version.name},
            version.get_absolute_url(),
            day,
            day,
            str(version.unchecked_of or settings.SITE_NAME),
            _summary(text=" · ".join(filter(None, facts))),
            is_proposed=version.unchecked_of is not None,
        )


def comparison_entries(law: Law) -> Iterator[FeedEntry]:
    """Yields the entries of a law's newest comparisons, but for those of renderings."""
    done = visible_comparisons(VISITOR).filter(Q(old__law=law) | Q(new__law=law), finished_at__isnull=False)
    originals = Version.objects.published().originals().order_by().values("pk")
    done = done.filter(old__in=originals, new__in=originals)
    done = done.select_related("old__law", "new__law", "old__origin__organisation", "new__origin__organisation")
    newest = Greatest("finished_at", "old__published_at", "new__published_at").desc()
    done = done.order_by(newest, "-new__date", "-old__date", "new", "old")
    confirmed = Version.objects.confirmed().order_by().values("pk")
    of = Coalesce("new__origin__organisation", "old__origin__organisation")
    for comparison in _newest(done, done.filter(old__in=confirmed, new__in=confirmed), of):
        counts = ", ".join(f"{digits(count)} {label}" for _look, label, count in kinds(comparison))
        yield FeedEntry(
            f"comparison/{comparison.old.address}/{comparison.new.address}/{comparison.engine}",
            _("Compared: %(old)s with %(new)s") % {"old": comparison.old.name, "new": comparison.new.name},
            comparison.get_absolute_url(),
            comparison.public_day,
            comparison.public_day,
            settings.SITE_NAME,
            _summary(text=". ".join(filter(None, [counts, comparison.decided_in_words]))),
            is_proposed=bool(comparison.old.unchecked_of or comparison.new.unchecked_of),
        )


def correspondence_entries(stated: Iterable[Correspondence]) -> Iterator[FeedEntry]:
    for row in stated:
        answer = f"{row.object_version.name}, {cite(row.object)}" if row.object else row.object_version.name
        pair = [row.subject_version.law.slug, row.subject_version.slug, row.object_version.law.slug]
        # What is merely proposed makes no page of the two laws by subject.
        of_laws = reverse("comparison", args=[*pair, row.object_version.slug]) if row.stands else None
        day = _day_of(row)
        sides = [row.subject_version.address, row.subject.eid, row.object_version.address]
        sides.append(row.object.eid if row.object else "none")
        by = [row.organisation.slug] if row.organisation else []
        yield FeedEntry(
            "/".join(["correspondence", row.stated_topic.slug, *sides, *by]),
            f"{row.subject_version.name}, {cite(row.subject)} – {row.get_relation_display()} – {answer}",
            f"{of_laws}#{row.stated_topic.slug}" if of_laws else row.stated_topic.get_absolute_url(),
            day,
            day,
            row.by,
            _summary(text=localised(row.reasoning)),
            is_proposed=not row.stands,
        )


def _day_of(row: Correspondence) -> datetime:
    decided = [decision.at for decision in row.decisions.all()]
    return public_day(row.made_at, row.subject_version.published_at, row.object_version.published_at, *decided)


def _summary(**parts: Any) -> str:
    """Returns the HTML of an entry: a ``quote`` and a ``body`` of HTML with the ``note`` they are of, or a ``text``."""
    return render_to_string("site/feed_entry.html", parts).strip()


# --- The feed ---------------------------------------------------------------------------------------------------------


def _answer(request: HttpRequest, name: str, title: str, address: str, entries: Iterable[FeedEntry]) -> HttpResponse:
    root = site_root(request)
    language, query = get_language() or "en", file_filter(request.GET).query
    feed = Feed(
        title=_clean(f"{title} · {settings.SITE_NAME}"),
        link=root + address,
        description=None,
        language=language,
        feed_url=root + request.get_full_path(),
        feed_guid=_tag(request, NAMED_SINCE, f"feed/{language}/{name}?{query}" if query else f"feed/{language}/{name}"),
        author_name=settings.SITE_NAME,
    )
    newest = sorted(entries, key=lambda entry: entry.published, reverse=True)
    by_turns = in_turns(newest, lambda entry: entry.author)
    shown = sorted(by_turns, key=lambda entry: entry.is_proposed)[:ENTRIES_MAX]
    for entry in sorted(shown, key=lambda entry: entry.published, reverse=True):
        feed.add_item(
            title=_clean(entry.title),
            link=root + entry.address,
            description=_clean(entry.summary),
            author_name=_clean(entry.author) or settings.SITE_NAME,
            unique_id=_tag(request, f"{entry.published:%Y-%m-%d}", entry.name),
            pubdate=entry.published,
            updateddate=entry.updated,
            categories=list(map(_clean, entry.categories)),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _tag(request: HttpRequest, date: str, name: str) -> str:
    """Returns a lasting identifier (RFC 4151): the host, a day on which it was ours, and the name."""
    return f"tag:{urlsplit(site_root(request)).hostname},{date}:{name}"


def _clean(words: str) -> str:
    """Returns the text without characters that XML cannot contain."""
    return NOT_IN_XML.sub("", words)
