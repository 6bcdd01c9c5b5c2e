"""The review page: the clauses of a draft beside its source, and the forms that correct them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.responses import first_or_404, has_place, may_take_long, number_of, takes_long_forms, too_many
from lawcompare.engine.errors import EngineError
from lawcompare.engine.structure.corrections import (
    CorrectedDocument,
    CorrectionError,
    affected_keys,
    numbered_heading,
    places_to_split,
)
from lawcompare.imports import access, corrections
from lawcompare.imports.amending.services import laws_named
from lawcompare.imports.models import KIND_OF_BUTTON, CorrectionKind, ImportDraft
from lawcompare.imports.review_page import services
from lawcompare.imports.review_page.layout import clause_found, clause_on_page, divide, lay_out
from lawcompare.imports.upload.reading import CONTENT_TYPE, open_image
from lawcompare.imports.upload.views import editors_only, render_waiting, report_stored
from lawcompare.languages import digits
from lawcompare.laws.uploads.sandbox import MakersBusy

ELEMENTS = (
    *("article", "section", "paragraph", "subparagraph", "point", "subsection", "clause", "chapter", "part", "title"),
    *("book", "division", "subchapter", "preamble", "schedule", "rule"),
)
# As many clauses after one are offered as the end of a range.
RANGE_MAX = 500


@require_safe
@editors_only
def review(request: HttpRequest, number: int) -> HttpResponse:
    """One page of a draft; while it is being read, how far that is."""
    draft = access.get_draft(request.user, number)
    is_waiting_page = getattr(request, "htmx", False)
    if draft.version is not None:
        if not is_waiting_page and "stored" not in request.GET:
            return redirect("import_about", number)
        report_stored(request, draft)
        # To where the text is now; of an act, to what it makes and waits for it.
        target = access.drafts_of(request.user).open().filter(act_file=draft).first() or draft.version
        if is_waiting_page:
            return HttpResponse(headers={"HX-Redirect": target.get_absolute_url()})
        return redirect(target)  # it was stored before the page that waits for it was there
    if not draft.is_open:
        return render_waiting(request, draft)
    if is_waiting_page:
        return HttpResponse(headers={"HX-Refresh": "true"})  # the page that waited for it now loads it whole
    if draft.amends_id is not None:
        return redirect(f"{reverse('amending', args=[number])}?{request.GET.urlencode()}")
    wanted = " ".join(request.GET.get("find", "").split())[:100]
    if wanted and "at" not in request.GET:
        key = clause_found(corrections.corrected(draft), wanted, request.GET.get("after", ""))
        if key:
            return redirect(f"{draft.get_absolute_url()}?{urlencode({'find': wanted, 'at': key})}#c-{key}")
        messages.error(request, _("No clause has this number or these words."))
    return _render_review(request, draft)


def _render_review(
    request: HttpRequest, draft: ImportDraft, typed: dict[str, Any] | None = None, problem: str = ""
) -> HttpResponse:
    now = corrections.corrected(draft)
    rows = list(draft.corrections.select_related("by", "undone_by").order_by("-number"))
    undone = [row for row in rows if not row.is_active]
    opened = (typed or {}).get("target") or request.GET.get("correct", "")
    images = list(draft.pages.select_related("taken_by", "read_by"))
    at = opened or request.GET.get("at", "") or clause_on_page(now, images, number_of(request.GET.get("file_page", "")))
    touched = [key for row in rows if row.is_active for key in row.touches]
    laid = lay_out(draft, now, touched, page=number_of(request.GET.get("page", "")) or 1, at=at, images=images)
    context = {
        "draft": draft,
        "laws_amended": laws_named(draft),  # None but of an amending act
        "review": laid,
        "tongue": now.document.language,
        "corrections": rows,
        "active_count": sum(row.is_active for row in rows),
        # What the two buttons name, so that a page from before does not undo what was done since.
        "last_made": next((row.number for row in rows if row.is_active), ""),
        "last_undone": max((row.undone_in, row.number) for row in undone)[1] if undone else "",
        "others": services.others_present(request.user, draft),
        "division": divide(images, request.user),
        "panel": _panel(now, opened, typed, problem) if opened in now.keys else None,
        "problem": problem if opened not in now.keys else "",
        "page_before": laid["page"] - 1,
        "page_after": laid["page"] + 1 if laid["page"] < len(laid["pages"]) else 0,
    }
    return render(request, "imports/review_page/review.html", context, status=400 if problem else 200)


def _panel(now: CorrectedDocument, key: str, typed: dict[str, Any] | None = None, problem: str = "") -> dict[str, Any]:
    """What the form that corrects one clause shows: the clause, or what was typed and did not fit."""
    place = now.place(key)
    clause = now.document.clauses[place]
    before = now.document.clauses[place - 1] if place else None
    values = {name: getattr(clause, name) for name in ("num", "element", "heading", "text")}
    following = range(place + 1, min(place + 1 + RANGE_MAX, len(now.keys)))
    return {
        "following": [(now.keys[at], now.document.clauses[at]) for at in following],
        "numbered_headings": len(affected_keys(now, "heading-number", key, {"everywhere": True}))
        if numbered_heading(clause)
        else 0,
        "key": key,
        "name": corrections.clause_name(now, key),
        "typed": values | {"reason": ""} | (typed or {}),
        "places": list(places_to_split(clause.text)),
        "elements": dict.fromkeys((clause.element, *ELEMENTS)),
        "has_before": before is not None,
        "joins_heading": before is not None and bool(before.heading or before.num) and not before.text,
        "problem": problem,
    }


@require_safe
@editors_only
def clause(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """The form that corrects one clause: alone for htmx, else in its place on the review page."""
    draft = access.get_draft(request.user, number)
    if not draft.is_open or not getattr(request, "htmx", False):
        return redirect(f"{draft.get_absolute_url()}?correct={key}#c-{key}")
    now = corrections.corrected(draft)
    if key not in now.keys:
        raise Http404(_("The clause is no longer there; somebody has joined it or set it aside."))
    context = {"draft": draft, "panel": _panel(now, key), "tongue": now.document.language}
    return render(request, "imports/review_page/_panel.html", context)


@require_safe
@editors_only
def page_image(request: HttpRequest, number: int, page: int) -> HttpResponse:
    """The image of a page of the file, for its organisation alone; no browser keeps it."""
    draft = access.get_draft(request.user, number)
    row = first_or_404(draft.pages.select_related("draft").filter(number=page), _("There is no image of this page."))
    # If it is drawn now: each page has an address of its own.
    if not row.image and not (may_take_long(request) and has_place(request)):
        return too_many(request)
    try:
        image = open_image(row)
    except MakersBusy:
        return too_many(request)
    except EngineError:
        raise Http404(_("There is no image of this page.")) from None
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": "inline"}
    return HttpResponse(image, content_type=CONTENT_TYPE, headers=headers)


@editors_only
@require_POST
def pages(request: HttpRequest, number: int) -> HttpResponse:
    """Take pages to read, or give them back."""
    draft = access.get_draft(request.user, number)
    first, last = (number_of(request.POST.get(name, "")) or 0 for name in ("first", "last"))
    is_given_back = "give_back" in request.POST
    try:
        services.take_pages(request.user, draft, first, last or first, is_given_back=is_given_back)
    except CorrectionError as refused:
        messages.error(request, str(refused))
    return redirect(f"{draft.get_absolute_url()}?file_page={first}#division")


@editors_only
@require_POST
def page_read(request: HttpRequest, number: int, page: int) -> HttpResponse:
    """Say that one has read a page against the text, or that it is not read after all."""
    draft = access.get_draft(request.user, number)
    try:
        services.mark_page(request.user, draft, page, is_read="not_read" not in request.POST)
    except CorrectionError as refused:
        messages.error(request, str(refused))
    return redirect(f"{draft.get_absolute_url()}?file_page={page}#page-{page}")


@takes_long_forms
@editors_only
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Put a clause, or many, right: what the button pressed says, or all that was changed in the form."""
    draft = access.get_draft(request.user, number)
    is_closed = draft.version_id is not None or draft.is_being_stored
    if request.method != "POST" or not (draft.is_open or is_closed):
        return redirect(draft)
    names = ("kind", "reason", "at", "into", "revision", "name", "until", "inside_too")
    typed = {name: request.POST.get(name, "") for name in names}
    for name in ("target", "num", "element", "heading", "text"):
        typed[name] = request.POST.get(name, "").strip()
    if is_closed:
        return _render_conflict(request, draft, typed, corrections.Conflict([]))
    keys = corrections.corrected(draft).keys
    place = keys.index(typed["target"]) if typed["target"] in keys else 0
    try:
        made = _make_corrections(request, draft, typed)
    except corrections.Conflict as conflict:
        return _render_conflict(request, draft, typed, conflict)
    except CorrectionError as error:
        return _render_review(request, draft, typed, str(error))
    if made is None:
        return _render_review(request, draft, typed | {"revision": ""}, _("Nothing was changed."))
    services.note_presence(request.user, draft, made.clause)
    at = _after(draft, made.touches[1] if made.kind == CorrectionKind.JOIN else made.target, place)
    return redirect(f"{draft.get_absolute_url()}?stored=correct&at={at}#c-{at}")


def _after(draft: ImportDraft, key: str, place: int = 0) -> str:
    """The clause itself, or where it is no more the one that now stands at its place."""
    keys = corrections.corrected(draft).keys
    if draft.amends_id is not None:
        return key  # of an instruction
    return key if key in keys else keys[min(place, len(keys) - 1)]


def _make_corrections(request: HttpRequest, draft: ImportDraft, typed: dict[str, str]) -> Any:
    """Make the correction that the form asks for. None where it changes nothing."""
    revision = number_of(typed["revision"]) or 0
    corrections.refuse_conflict(draft, [typed["target"]], revision)
    make = lambda kind, values, seen: corrections.make_correction(  # noqa: E731
        request.user, draft, kind, typed["target"], values, typed["reason"], seen
    )
    button, _separator, variant = typed["kind"].partition("-")
    until: dict[str, Any] = {"until": typed["until"]} if typed["until"] else {}
    many = until | ({"inside_too": True} if typed["inside_too"] else {})
    simple: dict[str, dict[str, Any]] = {
        "join": {"into": "heading" if variant == "heading" else "text", "glue": "\n" if variant == "line" else " "},
        "level": {"by": 1 if variant == "in" else -1} | until,
        "split": {"at": number_of(typed["at"]) or 0, "inside": variant == "inside"},
        "aside": many,
        "contents": many | {"name": "table-of-contents"},
        "kinds": {"element": typed["element"]} | until,
        "numbering": {"everywhere": True} if variant == "everywhere" else {},
        "bring": {"name": typed["name"]},
    }
    if button not in simple:
        changes = _changes(draft, typed)
        if not changes:
            return None
        is_of_words = "heading" in changes or "text" in changes
        return make(CorrectionKind.WORDS if is_of_words else CorrectionKind.NUMBER, changes, revision)
    if button == "kinds" and not until:
        raise CorrectionError(_("First choose the last clause."))
    changed = _changes(draft, typed).keys() - ({"element"} if button == "kinds" else set())
    if not request.POST.get("as_is") and changed:
        raise CorrectionError(_("The number, heading or words were changed too. Keep those first."))
    return make(KIND_OF_BUTTON.get(button, button), simple[button], revision)


def _changes(draft: ImportDraft, typed: dict[str, str]) -> dict[str, str]:
    """What in the form is other than in the clause as it stands."""
    now = corrections.corrected(draft).clause(typed["target"])
    return {name: typed[name] for name in ("num", "element", "heading", "text") if typed[name] != getattr(now, name)}


def _render_conflict(
    request: HttpRequest, draft: ImportDraft, typed: dict[str, str], conflict: corrections.Conflict
) -> HttpResponse:
    """Both: what was done to the clause since, and what was to be done now. Nothing is lost, nothing written."""
    draft.refresh_from_db()
    now = corrections.corrected(draft)
    there = now.clause(typed["target"]) if typed["target"] in now.keys else None
    is_of_words, differs = typed["kind"] == "words", there is None or bool(_changes(draft, typed))
    if is_of_words and not differs:  # the same form, sent twice
        if not draft.is_open:
            return redirect(draft)
        return _render_review(request, draft, typed | {"revision": ""}, _("Nothing was changed."))
    is_own = {row.undone_by_id or row.by_id for row in conflict.corrections} == {request.user.pk}
    own, theirs = _("You changed this clause yourself in another tab or window"), _("Somebody else changed this clause")
    stored_already = _("This text is stored already. It is corrected by a new version that names it.")
    context = {
        "title": (own if is_own else theirs) if draft.is_open else stored_already,
        "has_words": is_of_words or (differs and not request.POST.get("as_is")),
        "draft": draft,
        "typed": typed,
        "there": there,
        "done": conflict.corrections,
        "tongue": now.document.language,
    }
    return render(request, "imports/review_page/conflict.html", context, status=409)


@editors_only
def step(request: HttpRequest, number: int, is_redo: bool) -> HttpResponse:
    draft = access.get_draft(request.user, number)
    if request.method != "POST":
        return redirect(draft)
    try:
        action = corrections.redo if is_redo else corrections.undo
        row = action(request.user, draft, number_of(request.POST.get("correction", "")) or None)
    except EngineError as error:
        messages.error(request, str(error))
        return redirect(draft)
    at = _after(draft, row.target)
    return redirect(f"{draft.get_absolute_url()}?at={at}#c-{at}")


@editors_only
def warnings(request: HttpRequest, number: int) -> HttpResponse:
    """Note that a warning, or all of them, was checked."""
    draft = access.get_draft(request.user, number)
    if request.method != "POST" or not draft.is_open:
        return redirect(draft)
    chosen = request.POST.get("warning", "")
    of_kind = request.POST.get("kind", "")
    is_one = chosen != "all" and not of_kind
    if is_one and not chosen:
        return redirect(draft)
    try:
        corrections.check_warnings(request.user, draft, chosen if is_one else "", of_kind)
    except CorrectionError as refused:
        messages.error(request, str(refused))
        return redirect(draft)
    if draft.unchecked_count:
        words = ngettext("%(n)s warning left.", "%(n)s warnings left.", draft.unchecked_count)
        messages.success(request, words % {"n": digits(draft.unchecked_count)})
    else:
        messages.success(request, _("All warnings were reviewed."))
    page = number_of(request.POST.get("page", "")) or 1
    return redirect(f"{draft.get_absolute_url()}?page={page}#{request.POST.get('back', 'warnings')[:40]}")


@editors_only
@require_POST
def here(request: HttpRequest, number: int) -> HttpResponse:
    """Say that one is here, and at which clause; answers with who else is, and whether they changed the text."""
    draft = access.get_draft(request.user, number)
    services.note_presence(request.user, draft, request.POST.get("editing", "")[:300])
    seen = number_of(request.POST.get("revision", ""))
    context = {
        "draft": draft,
        "others": services.others_present(request.user, draft),
        "has_moved": seen is not None and seen < draft.revision,
    }
    return render(request, "imports/review_page/_others.html", context)
