"""Pages that belong to no other app: home, about, glossary, style guide, background jobs, errors."""

import base64
import hashlib
import sys
from typing import Any

from django.contrib import messages
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.accounts.models import Confirmation
from lawcompare.accounts.responses import signed_in
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.rendered_words import clauses_with_versions
from lawcompare.comparisons.access import drafts_beside_other_law, lead_of, successive_drafts
from lawcompare.comparisons.models import Comparison, Standing
from lawcompare.comparisons.rows import Switches, strip, title
from lawcompare.core.jobs.registry import kinds
from lawcompare.core.jobs.services import get_job, jobs_of, retry
from lawcompare.core.page_cache.public import public
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.access import visible_originals
from lawcompare.laws.editing.services import names_now
from lawcompare.laws.html import SIGNS
from lawcompare.laws.models import EventKind, Jurisdiction, LawKind, Version
from lawcompare.laws.timeline.services import draw, milestones, visible_events
from lawcompare.laws.translations.services import original_of, public_translations, set_shown
from lawcompare.publishing.models import Outcome
from lawcompare.search.ranking import in_turns
from lawcompare.site.glossary import terms_with_clauses
from lawcompare.site.styleguide import sample_context
from lawcompare.site.workspace import require_membership

LATEST = 3
# After a database did not answer, this long until it is worth asking again.
RETRY_SECONDS = 10
FOR_MACHINES = {"/healthz", "/readyz", "/metrics"}


@public()
def home(request: HttpRequest) -> HttpResponse:
    """What happened, what the latest draft does, where US law came in, three ways to go on, and the latest notes."""
    drafts = visible_originals(request.user).filter(law__kind=LawKind.DRAFT, law__jurisdiction=Jurisdiction.CAMBODIA)
    # Drafts of the law that most topics are about come before those of others.
    public = Version.objects.published().order_by().values("pk")
    of_law = Topic.objects.current().order_by()
    of_law = of_law.filter(clauses__version__law=OuterRef("law"), clauses__version__in=public)
    topics = of_law.values("clauses__version__law").annotate(number=Count("pk", distinct=True)).values("number")
    by_subject = drafts.confirmed().annotate(topics=Coalesce(Subquery(topics), 0))
    latest = by_subject.order_by("-topics", "-date", "-law__slug", "-slug").first()
    unchecked = drafts.without_proposals().filter(origin__confirmation=Confirmation.PROPOSED)
    order = ("-date", "-law__slug", "-slug")
    # Of each organisation the newest before the second of any.
    place = Window(RowNumber(), partition_by="origin__organisation", order_by=order)
    newer = unchecked.filter(date__gt=latest.date if latest else "").annotate(place=place).order_by("place", *order)
    events = list(visible_events(request.user, latest.law).stand()) if latest else []
    successive = successive_drafts(request.user)
    since = next((done for done in successive if latest and original_of(done.new) == latest.pk), None)
    shown = public_translations([latest]).get(latest.pk, latest) if latest else None
    gravest, newest = notes_for_home(latest)
    context = {
        "latest": shown,
        "newer": newer.select_related("origin__organisation")[:LATEST],
        "newest_event": events[-1] if events else None,
        "picture": draw(events),
        "milestones": milestones(events),
        "us_events": [event for event in events if event.kind == EventKind.US_LAW],
        "beside_us": _beside_us(request, latest) if latest else [],
        "gravest": gravest,
        "since": since,
        "lead": lead_of(since.old, since.new) if since else None,
        "changes": changes_in(since) if since else [],
        "annotations": newest,
    }
    return render(request, "site/home/home.html", context)


def _beside_us(request: HttpRequest, latest: Version) -> list[tuple[Version, Version]]:
    """Returns (draft, US law) pairs with correspondences: of the latest draft, or of the last that has any."""
    pairs = drafts_beside_other_law(request.user)
    # What an organisation brought counts once staff confirmed it, as for the latest draft.
    pairs = [pair for pair in pairs if all(text.brought_by is None or text.origin.stands for text in pair)]
    of_law = [pair for pair in pairs if pair[0].law_id == latest.law_id and pair[1].law.jurisdiction == "us"]
    last = max((draft.date for draft, _other in of_law), default="")
    return [pair for pair in of_law if pair[0].date == last]


def notes_for_home(latest: Version | None) -> tuple[list[Annotation], list[Annotation]]:
    """Returns what the first page has of notes: the gravest on the latest draft, and of the others the newest."""
    published = Annotation.objects.listed()
    # Those on texts that staff did not confirm take no place of others.
    is_confirmed = Exists(Version.objects.confirmed().filter(pk=OuterRef("version")))
    order = ("-is_confirmed", "-published_at", "slug")
    rows = published.annotate(is_confirmed=is_confirmed).order_by(*order)
    place = Window(RowNumber(), partition_by="organisation", order_by=order)
    wanted = Q(pk__in=rows.annotate(place=place).order_by("place", *order).values("pk")[: 2 * LATEST])
    rows = rows.filter(wanted | Q(version=latest) | Q(version__translates=latest) if latest else wanted)
    risks, of, on_latest = {}, {}, []
    columns = ("pk", "risk", "organisation", "version", "version__translates")
    for pk, risk, organisation, version, original in rows.values_list(*columns):
        risks[pk], of[pk] = risk, organisation
        if latest and latest.pk in {version, original}:
            on_latest.append(pk)
    # Of notes that are as grave, or stand on confirmed texts, each organisation's first before the second of any.
    grave = sorted(in_turns(on_latest, of.__getitem__), key=lambda pk: -risks[pk])[:LATEST]
    others = in_turns((pk for pk in risks if pk not in grave), of.__getitem__)[: LATEST - 1]  # a first visit's weight
    notes = published.for_reading().in_bulk([*grave, *others])
    set_shown(clauses_with_versions(notes.values()))
    return [notes[pk] for pk in grave], [notes[pk] for pk in others]


ORDER: dict[str, int] = {Standing.NOT_IN_OLD: 0, Standing.ADDED: 0, Standing.NOT_IN_NEW: 2, Standing.REMOVED: 2}
# So many clauses of a group are named, more are counted.
NAMED = 6


def changes_in(comparison: Comparison) -> list[dict[str, Any]]:
    """Returns what changed between two texts, by group: what is new first, what is gone last.

    Of each the ``label``, the ``count`` of its rows, and (name, address) of the first as ``named``.
    """
    switches = Switches(is_inline=False, only_changes=True, hides_noise=False)
    address = comparison.get_absolute_url()
    groups: dict[Standing, list[tuple[str, str]]] = {}
    for cell in strip(comparison, switches).cells:
        pair, page = cell.pair, f"?page={cell.page}" if cell.page > 1 else ""
        name = localised((pair.new or pair.old).heading) or title(pair)
        groups.setdefault(Standing(pair.standing), []).append((name, f"{address}{page}#{pair.anchor}"))
    groups.pop(Standing.UNCHANGED, None)
    return [
        {"label": standing.label, "count": len(named), "named": list(dict(named).items())[:NAMED]}
        for standing, named in sorted(groups.items(), key=lambda group: ORDER.get(group[0], 1))
    ]


@public()
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "site/about.html")


@public()
def glossary(request: HttpRequest) -> HttpResponse:
    """The words of the law and of the site, explained."""
    return render(request, "site/glossary.html", {"terms": terms_with_clauses()})


@public()
def styleguide(request: HttpRequest) -> HttpResponse:
    signs = {"signs": list(SIGNS), "outcomes": ["raised", *Outcome.values, "unjudged"]}
    return render(request, "site/styleguide.html", signs | sample_context())


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    request.GET = QueryDict()  # it may be what cannot be read
    if isinstance(exception, RequestDataTooBig):
        return _problem(request, 413, _("That is too much for one form. Send a long text as a file."))
    if isinstance(exception, SessionInterrupted):  # it ended elsewhere, or the database takes no writes
        return _problem(request, 503, _("It could not be noted that you are signed in. Load the page again."))
    return _problem(request, 400, _("This address is not valid."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _problem(request, 403, str(exception) or _("You are not allowed to do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page with status 404; a redirect where the law or version only has another slug now."""
    moved = _where_it_is_now(request)
    if moved:
        return HttpResponsePermanentRedirect(moved)
    sentence = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    if not sentence or _names_a_model(sentence):
        sentence = _("There is no page at this address.")
    return _problem(request, 404, sentence)


def _names_a_model(text: str) -> bool:
    """Whether it is what Django's ``get_object_or_404`` says: with the name of a model, a word of the program."""
    before, _name, after = _("No %s matches the given query.").partition("%s")
    return text.startswith(before) and text.endswith(after)


def _where_it_is_now(request: HttpRequest) -> str:
    match = request.resolver_match
    if request.method not in {"GET", "HEAD"} or match is None:
        return ""
    names = names_now(request.user, match.kwargs)
    if names is None:
        return ""
    query = request.META.get("QUERY_STRING", "")
    return reverse(match.view_name, kwargs=names) + (f"?{query}" if query else "")


def server_error(request: HttpRequest) -> HttpResponse:
    """The page with status 500, made without database, static files or context, any of which may be what failed.

    It is 503 where the database does not answer, is full or takes no more connections. Machines get JSON.
    """
    # An InternalError is that of a database which takes no writes.
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError | InternalError)
    status, headers = (503, {"Retry-After": str(RETRY_SECONDS)}) if is_away else (500, {})
    headers["Cache-Control"] = "private, no-store"
    if request.path.startswith("/api/") or request.path in FOR_MACHINES or request.path.endswith((".json", ".jsonld")):
        title = "The database does not answer" if is_away else "Something went wrong on our side"
        problem = {"type": "about:blank", "title": title, "status": status}
        return JsonResponse(problem, status=status, headers=headers, content_type="application/problem+json")
    page = render_to_string("site/server_error.html", {"language": get_language() or "en", "is_away": is_away})
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return HttpResponse(page, status=status, headers=headers | {"Content-Security-Policy": policy})


def _problem(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    request.public_parameters = None  # type: ignore[attr-defined]  # it has no canonical address
    return render(request, "site/problem.html", {"sentence": sentence, "status": status}, status=status)


@signed_in("GET")
def jobs(request: HttpRequest) -> HttpResponse:
    require_membership(request.user)
    visible = jobs_of(request.user)
    failed = [(job, may(request.user, job.registered.retried_by)) for job in visible if job.may_be_retried]
    return render(
        request, "site/jobs.html", {"failed": failed, "running": [job for job in visible if job.is_under_way]}
    )


@signed_in("POST")
def retry_job(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Have a job run again that failed, or whose worker was lost."""
    membership = require_membership(request.user)
    if kind in kinds and not may(request.user, kinds[kind].retried_by):
        raise PermissionDenied(_("You may not retry this job."))
    job = get_job(request.user, kind, number)
    if job is None or not retry(job, request.user, membership.organisation.slug):
        raise Http404(_("There is no such job here, or it cannot be retried."))
    messages.success(request, _("Restarted."))
    return redirect("jobs")
