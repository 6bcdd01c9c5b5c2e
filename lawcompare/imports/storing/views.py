"""From a corrected draft to a version: what is said of it, how readers will see it, and making it one."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from rapidfuzz import fuzz

from lawcompare.accounts.responses import attempt, makes_public, number_of
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.models import Level
from lawcompare.core.jobs import services as jobs
from lawcompare.core.page_cache.public import public
from lawcompare.engine.errors import EngineError
from lawcompare.engine.structure.corrections import CorrectionError
from lawcompare.imports import access
from lawcompare.imports.amending.services import why_private
from lawcompare.imports.corrections import correct_slips as take_over
from lawcompare.imports.corrections import corrected, start_correcting
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.storing import services
from lawcompare.imports.storing.forms import AboutForm
from lawcompare.imports.upload.views import editors_only, sentence_of_published
from lawcompare.languages import in_every_language
from lawcompare.laws.access import get_two_versions, get_version, get_version_among, visible_versions
from lawcompare.laws.documents import clause_rows
from lawcompare.laws.services import describe_text
from lawcompare.laws.version_page import lay_out_unsaved, set_lines

# How like the title of a law the title of a file must be for it to be proposed, of a hundred.
LIKENESS = 60.0
# What the page asks of the database by these numbers is not there.
NO_ROW = 0


def _form(request: HttpRequest, draft: ImportDraft, data: Any = None) -> AboutForm:
    needs_comparing = services.needs_comparing(draft, corrected(draft).document)
    versions = visible_versions(request.user)
    amended = draft.amends_id is not None
    about = {"versions": versions, "initial": draft.details}
    form = AboutForm(data, **about, needs_comparing=needs_comparing, is_amended=amended)
    if draft.title and not draft.details.get("title"):
        form.fields["title"].help_text = _("Read from the picture as “%(words)s”.") % {"words": draft.title}
    return form


@editors_only
def about(request: HttpRequest, number: int) -> HttpResponse:
    """What is said of the text. Kept as typed, complete or not; going on needs it complete."""
    draft = access.get_draft(request.user, number)
    if draft.version is not None:
        return render(request, "imports/storing/stored.html", {"draft": draft, "version": draft.version})
    if not draft.is_open:
        return redirect(draft)
    revision = services.details_state(draft)
    if request.method != "POST":
        kept = draft.details if "check" in request.GET else None
        # The law whose title, or that of one of its texts, is most like the file's.
        best, slug = LIKENESS, ""
        for version in visible_versions(request.user):
            for title in {*in_every_language(version.law, "title").values(), version.title}:
                likeness = fuzz.ratio(title.lower(), draft.title.lower())
                if likeness > best:
                    best, slug = likeness, version.law.slug
        draft.details = {"law": slug} | draft.details
        return _render_about(request, draft, _form(request, draft, kept), revision)
    form = _form(request, draft, request.POST)
    typed = {name: request.POST.get(name, "").strip()[:5000] for name in form.fields}
    is_by_itself = getattr(request, "htmx", False)
    try:
        services.save_details(request.user, draft, typed, request.POST.get("revision", ""))
    except services.DetailsChanged as changed:
        if is_by_itself:
            problem = _("Not saved: these details were changed in another tab or window. “Save” shows both.")
            return _saved(request, problem, request.POST.get("revision", ""))
        differs = [(form[name].label, words) for name, words in changed.stored.items()]
        return _render_about(request, draft, form, revision, differs)
    if is_by_itself:
        return _saved(request, _("Saved."), services.details_state(draft))
    if "preview" in request.POST:  # what is wrong is said by an address, so that the way back leads past no form sent
        return redirect("import_preview", number) if form.is_valid() else _check(number)
    messages.success(request, _("Saved."))
    return redirect(f"{request.path}?stored=about")


def _saved(request: HttpRequest, message: str, revision: str) -> HttpResponse:
    return render(request, "imports/storing/_saved.html", {"message": message, "revision": revision})


def _render_about(
    request: HttpRequest, draft: ImportDraft, form: AboutForm, revision: str, differs: Any = ()
) -> HttpResponse:
    """The form; ``differs``: labels and stored words of the fields that were changed since it was shown."""
    context = {"draft": draft, "form": form, "revision": revision, "differs": differs}
    return render(request, "imports/storing/about.html", context, status=409 if differs else 200)


def _check(number: int) -> HttpResponse:
    return redirect(f"{reverse('import_about', args=[number])}?check=1")


def _complete(request: HttpRequest, draft: ImportDraft) -> AboutForm | None:
    """The form as it was kept, where it is complete."""
    form = _form(request, draft, draft.details)
    return form if form.is_valid() else None


@require_safe
@editors_only
def preview(request: HttpRequest, number: int) -> HttpResponse:
    """The page as readers will see it, made of rows that are never written."""
    draft = access.get_draft(request.user, number)
    form = _complete(request, draft) if draft.is_open else None
    if form is None:
        return _check(number)
    document, details = corrected(draft).document, form.details()
    try:
        # Under names that nothing has: whether a text or a law that nobody sees has one is not told.
        version = describe_text(document, services.private_names(details), draft.original)
    except EngineError as refused:
        form.add_error(None, str(refused))
        return _render_about(request, draft, form, services.details_state(draft))
    version.pk, version.slug = NO_ROW, details["version"]
    if version.law.pk is None:
        version.law.slug = details["law"]
    rows = clause_rows(version, document)
    for row in rows:
        row.pk = NO_ROW - 1 - row.position  # the page tells clauses apart by it
    layout = lay_out_unsaved(rows)
    page = layout.pages[min(number_of(request.GET.get("page", "")) or 1, len(layout.pages)) - 1]
    clauses = rows[page.start : page.end]
    context = {
        "draft": draft,
        "previewed": services.state_of(draft),
        "why_private": why_private(draft) if draft.amends_id else "",
        "gaps": services.gaps_of(draft, details),
        "version": version,
        **layout.context(page),
        "clauses": clauses,
        "lines": set_lines(clauses),
        "others": [],
        "is_preview": True,
    }
    return render(request, "imports/storing/preview.html", context)


@editors_only
@makes_public
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Have it made a version: public, or the organisation's own. Warnings that nobody checked are asked about once.

    A worker stores it; the answer is the page that waits for that.
    """
    draft = access.get_draft(request.user, number)
    if request.method != "POST":
        return _ask(request, draft)
    is_public = "private" not in request.POST
    if draft.version is not None:
        if is_public:
            was_published = draft.version.is_published
            attempt(request, lambda: services.publish_kept(request.user, draft))
            draft.version.refresh_from_db()
            if draft.version.is_published and not was_published:
                messages.success(request, sentence_of_published(draft.version))
        return redirect(draft.version)
    if draft.storing_job is not None and draft.is_being_stored:
        jobs.retry(draft.storing_job, request.user, draft.organisation.slug)  # nothing, but where its worker was lost
        return redirect(draft)
    form = _complete(request, draft) if draft.is_open else None
    if form is None:
        return _check(number)
    asked = {name: request.POST[name] for name in ("private", "unchecked", "previewed") if request.POST.get(name)}
    try:
        services.ask_to_store(
            request.user,
            draft,
            form.details(),
            is_public=is_public,
            unchecked_is_known="unchecked" in request.POST,
            gaps_are_known="gaps" in request.POST,
            previewed=request.POST.get("previewed", ""),
        )
    except services.ChangedSincePreview:
        messages.error(request, _("The text or its details were changed since your preview. Read it again."))
        return redirect("import_preview", number)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(draft) if draft.amends_id else redirect("import_about", number)
    except services.UncheckedWarnings:
        return redirect(f"{request.path}?{urlencode(asked | {'ask': 'warnings'})}")
    except services.ClausesWithoutCounterpart:
        return redirect(f"{request.path}?{urlencode(asked | {'ask': 'gaps'})}")
    return redirect(f"{draft.get_absolute_url()}?stored=about")


def _ask(request: HttpRequest, draft: ImportDraft) -> HttpResponse:
    """What a person must know before the text is stored all the same."""
    form = _complete(request, draft) if draft.is_open else None
    if form is None or "ask" not in request.GET:
        return redirect("import_about", draft.pk)
    asked = {name: request.GET.get(name, "") for name in ("previewed", "unchecked")}
    context = {"draft": draft, "is_public": "private" not in request.GET} | asked
    if request.GET["ask"] == "warnings":
        return render(request, "imports/storing/unchecked.html", context | {"count": draft.unchecked_count})
    gaps = services.gaps_of(draft, form.details())
    return render(request, "imports/storing/without_counterpart.html", context | {"gaps": gaps})


@login_required
def correct(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """Take up a stored text to be corrected by a new version."""
    text = get_version(request.user, law, version)
    access.editor(request.user)
    if request.method == "POST":
        return redirect(start_correcting(request.user, text))
    return redirect(text)


@editors_only
@require_POST
def correct_slips(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """Take up the scan of two texts to be corrected, with the other's words for its probable slips in a row."""
    old, new = get_two_versions(request.user, (old_law, old_version), (new_law, new_version))
    comparison = find_comparison(old, new)
    pairs = comparison.pairs.exclude(old=None).exclude(new=None).filter(level=Level.UNIT) if comparison else []
    row = next((pair for pair in pairs if pair.anchor == request.POST.get("row")), None)
    if row is None:
        raise Http404(_("This comparison has no row of that name."))
    try:
        draft, key = take_over(request.user, row)
    except CorrectionError as refused:
        messages.error(request, str(refused))
        return redirect(f"{row.comparison.get_absolute_url()}#{row.anchor}")
    return redirect(f"{draft.get_absolute_url()}?at={key}#c-{key}")


@require_safe
@public()
def corrections(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """The corrections of a text before it became a version: for every reader, without its words and without names."""
    text, _others = get_version_among(request.user, law, version)
    draft = ImportDraft.objects.filter(version=text).select_related("organisation").first()
    rows = draft.corrections.active().order_by("number") if draft else []
    return render(request, "imports/storing/corrections.html", {"version": text, "draft": draft, "corrections": rows})
