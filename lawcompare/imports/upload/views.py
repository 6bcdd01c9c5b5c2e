"""Handing in files: the list of imports, one upload or many, and what became of each."""

from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.responses import takes_long_forms
from lawcompare.comparisons.services import neighbours
from lawcompare.core.standard_names import language_name
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import LANGUAGES
from lawcompare.imports import access
from lawcompare.imports.amending.services import refusal_of
from lawcompare.imports.corrections import neutral_name
from lawcompare.imports.models import DraftState, ImportDraft
from lawcompare.imports.upload import services
from lawcompare.imports.upload.files import is_picture, packed, unpack
from lawcompare.laws.models import Version
from lawcompare.laws.services import ImportRefused, check_file
from lawcompare.laws.uploads.originals import OriginalClosed, OriginalLost, OriginalsBusy
from lawcompare.laws.uploads.sandbox import missing_layers, weaknesses

PER_PAGE = 50


def _page_of(request: HttpRequest, named: dict[str, Any]) -> str:
    """The page on which a form stands, by the address it posts to, with the clause that was being corrected."""
    if request.path.endswith("/about/") or "number" not in named:
        return request.path if "number" in named else reverse("imports")
    page, clause = reverse("import", args=[named["number"]]), request.POST.get("target", "")
    return f"{page}?{urlencode({'correct': clause})}" if clause else page


def editors_only(view: Any) -> Any:
    """A person who is signed out (perhaps since the page was opened) comes back to the page, not to where it posted."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            back = request.get_full_path()
            if getattr(request, "htmx", False):
                return render(request, "imports/upload/_signed_out.html", {"back": _page_of(request, kwargs)})
            if request.method == "POST":
                messages.warning(request, _("You had been signed out. What you typed is put back when you return."))
                back = _page_of(request, kwargs)
            return redirect_to_login(back)
        access.editor(request.user)
        try:
            return view(request, *args, **kwargs)
        except (OriginalClosed, OriginalLost, OriginalsBusy) as reason:
            status = 404 if isinstance(reason, OriginalLost) else 503
            return render(request, "imports/upload/closed.html", {"reason": reason}, status=status)

    return checked


@takes_long_forms
@editors_only
def imports(request: HttpRequest) -> HttpResponse:
    """The organisation's imports, and the form to hand in more."""
    problem = ""
    if request.method == "POST":
        try:
            return _take_in(request)
        except EngineError as refused:
            problem = str(refused)
    context = {
        "page": Paginator(access.drafts_of(request.user), PER_PAGE).get_page(request.GET.get("page")),
        "problem": problem,
        "pasted": request.POST.get("pasted", ""),
        "languages": [(code, language_name(code)) for code in LANGUAGES],
        "chosen": request.POST.get("language", ""),
        "weaknesses": weaknesses(missing_layers()),
        "megabytes": settings.IMPORT_BYTES_MAX // (1024 * 1024),
    }
    return render(request, "imports/upload/imports.html", context, status=400 if problem else 200)


def _take_in(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in LANGUAGES:
        language = ""
    before = "before_changes" in request.POST
    files: list[Any] = request.FILES.getlist("files")
    pasted = request.POST.get("pasted", "")
    if pasted.strip() and not files:
        return _show_one(request, services.take_in(request.user, pasted.encode(), _("Pasted text"), language))
    if not files:
        raise ImportRefused(_("Choose a file, or paste the text of a law."))
    if len(files) == 1 and not _is_zip(files[0]):
        file = files[0]
        check_file(services.clean_name(file.name), file.size)
        return _show_one(request, services.take_in(request.user, file.read(), file.name, language, wants_before=before))
    if all(is_picture(file.name) for file in files):
        # Uploaded at once, they are the pages of one text.
        if sum(file.size for file in files) > settings.IMPORT_BYTES_MAX:
            raise ImportRefused(_("the pictures together are larger than the limit"))
        for file in files:
            check_file(services.clean_name(file.name), file.size)
        name, data = packed((services.clean_name(file.name), file.read()) for file in files)
        return _show_one(request, services.take_in(request.user, data, name, language))
    batch = services.take_in_many(request.user, _each(files), language, wants_before=before)
    return redirect(f"{batch.get_absolute_url()}?stored=hand-in")


def _is_zip(file: Any) -> bool:
    return str(file.name).lower().endswith(".zip")


def _each(files: list[Any]) -> Any:
    """(name, bytes or refusal) of every file, those inside a ZIP one by one: all together as many and as large as one
    ZIP may hold, since each is unpacked and encrypted while the person waits.
    """
    number = size = 0
    for file in files:
        name = services.clean_name(file.name)
        try:
            if _is_zip(file):
                if file.size > settings.IMPORT_BYTES_MAX:
                    raise ImportRefused(_("the ZIP is larger than the limit"))
                for inside, data in unpack(file.read(), name, number, size):
                    number, size = number + 1, size + (len(data) if isinstance(data, bytes) else 0)
                    yield inside, data
            else:
                check_file(name, file.size)
                number, size = number + 1, size + file.size
                if size > settings.IMPORT_BYTES_MAX:
                    raise ImportRefused(_("the files together are larger than the limit"))
                yield name, file.read()
        except EngineError as refused:
            yield name, refused


def _show_one(request: HttpRequest, taken: tuple[ImportDraft, bool]) -> HttpResponse:
    draft, is_new = taken
    if not is_new:
        messages.info(request, _("This file is already here. It was not stored again."))
    return redirect(f"{draft.get_absolute_url()}?stored=hand-in")


@require_safe
@editors_only
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """What became of each file of several; looks again by itself until the last one is read."""
    batch = access.get_batch(request.user, number)
    drafts = list(access.drafts_of(request.user).filter(batch=batch).order_by("pk"))
    context = {"batch": batch, "drafts": drafts, "others": batch.others}
    context["is_under_way"] = any(draft.job and draft.job.is_under_way for draft in drafts)
    part = "imports/upload/batch.html#results" if request.htmx else "imports/upload/batch.html"  # type: ignore[attr-defined]
    return render(request, part, context)


@editors_only
def read_again(request: HttpRequest, number: int) -> HttpResponse:
    draft = access.get_draft(request.user, number)
    if request.method == "POST":
        language = request.POST.get("language")
        services.read_again(request.user, draft, language if language in ("", *LANGUAGES) else None)
    return redirect(draft)


@require_POST
@editors_only
def original(request: HttpRequest, number: int) -> HttpResponse:
    """The file as it was handed in, under a name that tells nothing. A form asks for it, since opening is logged."""
    draft = access.get_draft(request.user, number)
    data = services.open_original(request.user, draft)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{neutral_name(draft)}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@editors_only
def discard(request: HttpRequest, number: int) -> HttpResponse:
    draft = access.get_draft(request.user, number)
    if draft.version is not None and draft.version.is_published:
        return redirect(draft.version)
    problem = ""
    if request.method == "POST":
        try:
            services.discard(request.user, draft)
        except ImportRefused as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Discarded."))
            return redirect("imports")
    context = {"draft": draft, "problem": problem}
    return render(request, "imports/upload/discard.html", context, status=409 if problem else 200)


def render_waiting(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    """Waiting, being read or stored, or failed. htmx asks for the inner part alone until the text is there."""
    languages = [(code, language_name(code)) for code in LANGUAGES]
    context = {"draft": draft, "job": draft.job, "languages": languages, "refusal": refusal_of(draft)}
    part = "imports/upload/waiting.html#progress" if request.htmx else "imports/upload/waiting.html"  # type: ignore[attr-defined]
    return render(request, part, context)


def sentence_of_published(version: Version | None) -> str:
    has_neighbours = version is not None and bool(neighbours(version))
    return _("Published. Its comparisons are being made.") if has_neighbours else _("Published.")


def report_stored(request: HttpRequest, draft: ImportDraft) -> None:
    is_public = draft.state == DraftState.PUBLISHED
    sentence = sentence_of_published(draft.version) if is_public else _("Saved. Only your organisation sees it.")
    messages.success(request, sentence)
