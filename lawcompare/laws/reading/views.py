"""Pages for reading: the library, a law, a version, a clause, and the JSON of the last two."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language

from lawcompare.accounts.access import may
from lawcompare.laws import access
from lawcompare.laws.citing.permalinks import check_pin
from lawcompare.laws.editing.services import may_edit
from lawcompare.laws.exports.as_json import clause_data, version_data
from lawcompare.laws.models import Clause, Jurisdiction, Law, LawKind, Version
from lawcompare.laws.reading.version_page import Layout, VersionPage, lay_out, set_inside, set_lines
from lawcompare.laws.renderings.translations import comparable, families, rendering_among, set_renderings
from lawcompare.laws.timeline.picture import draw
from lawcompare.laws.timeline.services import changeable_events, visible_events
from lawcompare.page_cache.public import public


@public()
def library(request: HttpRequest) -> HttpResponse:
    """All laws with their visible versions."""
    versions = access.visible_versions(request.user).prefetch_related("reviews").order_by("date", "slug")
    laws = [
        law
        for law in Law.objects.prefetch_related(Prefetch("versions", queryset=versions, to_attr="shown"))
        if law.shown
    ]
    for law in laws:
        law.shown = families(law.shown)
    return render(request, "laws/library.html", {"shelves": _shelves(laws)})


def _shelves(laws: Sequence[Law]) -> list[tuple[str, list[Law]]]:
    """Returns (name, laws) of drafts, US law, treaties and standards, and Cambodian law in force, in this order."""
    shelves: dict[str, list[Law]] = {"drafts": [], "us": [], "treaties": [], "cambodia": []}
    for law in laws:
        if law.kind == LawKind.DRAFT and law.jurisdiction == Jurisdiction.CAMBODIA:
            shelves["drafts"].append(law)
        elif law.jurisdiction == Jurisdiction.UNITED_STATES:
            shelves["us"].append(law)
        elif law.kind == LawKind.TREATY or law.jurisdiction == Jurisdiction.INTERNATIONAL:
            shelves["treaties"].append(law)
        else:
            shelves["cambodia"].append(law)
    return [(name, laws_on_shelf) for name, laws_on_shelf in shelves.items() if laws_on_shelf]


@public()
def law(request: HttpRequest, law: str) -> HttpResponse:
    """A law with its versions."""
    requested = access.get_law(request.user, law)
    visible = access.visible_versions(request.user)
    versions = families(visible.filter(law=requested).prefetch_related("reviews").order_by("date", "slug"))
    steps = list(zip(versions, [None, *versions], strict=False))
    events = list(visible_events(request.user, requested))
    shown = {version.pk: version.shown for version in versions}  # type: ignore[attr-defined]
    for event in events:
        event.shown = [shown.get(text.pk, text) for text in event.shown]  # type: ignore[attr-defined]
    context: dict[str, Any] = {
        "law": requested,
        "versions": [version.shown for version in versions],  # type: ignore[attr-defined]
        "steps": steps,
        "events": events,
        "picture": draw(events),
        "may_edit": may_edit(request.user, requested),
        "may_add_events": may(request.user, "import"),
        "changeable": set(changeable_events(request.user, requested).values_list("pk", flat=True)),
    }
    if len(versions) > 1:
        old, new = context["versions"][-2:]
        context |= {"old_chosen": old.address, "new_chosen": new.address}
    return render(request, "laws/law.html", context)


@public("page", "at", "text", "beside")
def version(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """A version, or the page of it that ``?page=`` or ``?at=<eid>`` names."""
    text_version, others = access.get_version_among(request.user, law, version)
    check_pin(request.GET.get("text"), text_version)
    layout = lay_out(text_version)
    page = _page_asked_for(request, text_version, layout)
    clauses = access.clauses_where(text_version, Q(position__gte=page.start, position__lt=page.end))
    rendering = rendering_among(text_version, others)
    set_renderings(clauses, rendering)
    context = {
        "version": text_version,
        "rendering": rendering,
        "beside": rendering is not None and request.GET.get("beside") == "yes",
        "contents": layout.contents,
        "units": layout.unit_count,
        "page": page,
        "page_before": layout.pages[page.number - 2] if page.number > 1 else None,
        "page_after": layout.pages[page.number] if page.number < len(layout.pages) else None,
        "pages": layout.pages,
        "clauses": clauses,
        "lines": set_lines(clauses),
        "others": others,
        "comparable": comparable(text_version, others),
    }
    return render(request, "laws/version.html", context)


def _page_asked_for(request: HttpRequest, version: Version, layout: Layout) -> VersionPage:
    eid = request.GET.get("at")
    if eid:
        clause = access.get_clause(request.user, version.law.slug, version.slug, eid)
        return layout.page_of(clause.position)
    number = Paginator(layout.pages, 1).get_page(request.GET.get("page")).number
    return layout.pages[number - 1]


@public("text", "beside")
def clause(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """A clause with what stands inside and above it."""
    clauses, place, others = access.get_clause_in_place(request.user, law, version, eid)
    requested, inside = clauses[place], clauses[place:]
    check_pin(request.GET.get("text"), requested.version)
    rendering = rendering_among(requested.version, others)
    set_renderings(inside, rendering)
    context = {
        "clause": requested,
        "rendering": rendering,
        "beside": _is_beside(request, requested.version, rendering),
        "version": requested.version,
        "others": others,
        "comparable": comparable(requested.version, others),
        "counted": _counted(requested, rendering),
        "counted_inside": [_counted(each, rendering) for each in inside],
        "clauses": inside,
        "lines": set_inside(requested, inside),
        "above": clauses[:place],
    }
    return render(request, "laws/clause.html", context)


def _is_beside(request: HttpRequest, version: Version, rendering: Version | None) -> bool:
    """Whether a clause shows its rendering too: asked for, in the reader's language, or the words of which it is one.

    Who reads a text in its own language is not sent the letters of another.
    """
    if rendering is None:
        return False
    is_rendering = version.translates_id is not None
    return is_rendering or rendering.language == get_language() or request.GET.get("beside") == "yes"


def _counted(clause: Clause, rendering: Version | None) -> Clause:
    """Returns the clause of which other rooms speak: that of the original, where this one stands in a rendering."""
    originals = getattr(clause, "in_other_language", ())
    if rendering is None or clause.version.translates_id != rendering.pk or not originals:
        return clause
    return originals[0]


@public()
def version_json(request: HttpRequest, law: str, version: str) -> JsonResponse:
    """A version with its clauses as JSON."""
    text_version = access.get_version(request.user, law, version)
    clauses = text_version.clauses.select_related("parent").order_by("position")
    return JsonResponse(version_data(text_version) | {"clauses": [clause_data(row) for row in clauses]})


@public()
def clause_json(request: HttpRequest, law: str, version: str, eid: str) -> JsonResponse:
    """A clause with those inside it as JSON."""
    requested = access.get_clause(request.user, law, version, eid)
    inside = requested.version.clauses.filter(position__gte=requested.position, position__lt=requested.end)
    return JsonResponse(
        {
            "version": version_data(requested.version),
            "clauses": [clause_data(row) for row in inside.select_related("parent").order_by("position")],
        }
    )
