"""Memos in the workspace: the list, collecting into one, writing it, and its files."""

from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import attempt, refused_on, signed_in, takes_long_forms
from lawcompare.engine.writing.word import MEDIA_TYPE as DOCX
from lawcompare.laws.access import visible_versions
from lawcompare.laws.citing import site_root
from lawcompare.laws.formatting import format_date
from lawcompare.laws.reports import XLSX, surround, too_many_files
from lawcompare.memos import access, services
from lawcompare.memos.files import ITEMS_AT_ONCE, content_of, disposition, is_big, report_of_parts, write_file
from lawcompare.memos.forms import CollectForm, MemoForm, NewMemoForm
from lawcompare.memos.items import MemoReader, ShownItem, items_of, seen_of
from lawcompare.memos.models import ItemKind, Memo, MemoFile, MemoItem
from lawcompare.memos.services import candidates

NAMED_BY = ("old", "new", "topic", "matrix", "note", "law")
FORMS = {"docx": DOCX, "xlsx": XLSX}


@login_required
def memos(request: HttpRequest) -> HttpResponse:
    access.member(request.user)
    form = NewMemoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refused_on(form, "title"):
            return redirect(services.make_memo(request.user, form.cleaned_data["title"]))
    context = {"memos": access.own_memos(request.user)[:200], "form": form}
    return render(request, "memos/memos.html", context, status=400 if form.errors else 200)


@login_required
def collect(request: HttpRequest) -> HttpResponse:
    """Put rows of two texts, a topic, a note or a chart into a memo, or into a new one."""
    access.member(request.user)
    asked = {name: request.GET[name] for name in NAMED_BY if name in request.GET}
    title, offered, page = candidates(request.user, asked, request.GET.get("page", ""))
    form = CollectForm(
        request.POST if request.method == "POST" else None,
        memos=access.own_memos(request.user)[:200],
        offered=offered,
        title=title,
    )
    if form.is_valid():
        with refused_on(form):
            key, title_of_new = form.cleaned_data["memo"], form.cleaned_data["title"]
            memo = access.get_memo(request.user, key) if key else services.make_memo(request.user, title_of_new)
            services.add_items(request.user, memo, form.cleaned_data["items"])
            request.session["memo"] = memo.key
            messages.success(request, _("Saved."))
            return redirect(memo)
    context = {"form": form, "title": title, "offered": offered, "page": page, "query": urlencode(asked)}
    return render(request, "memos/collect.html", context, status=400 if form.errors else 200)


@signed_in("POST")
def memo_add(request: HttpRequest) -> HttpResponse:
    """Put one part, named as in an address, into the memo worked on last or a new one; the reader stays on the page."""
    access.member(request.user)
    asked = QueryDict(request.POST.get("part", "")).dict()
    part = services.part_named(request.user, asked)
    chosen = access.memo_at_work(request.user, request.session.get("memo", ""))
    if chosen is None:
        title = _("Memo of %(day)s") % {"day": format_date(timezone.localdate().isoformat())}
        chosen = services.make_memo(request.user, title)
    try:
        services.add_items(request.user, chosen, [part])
    except ValidationError as error:
        said = escape(" ".join(error.messages))
    else:
        request.session["memo"] = chosen.key
        said = render_to_string("memos/_added.html", {"memo": chosen, "number": chosen.items.count()})
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(said)
    messages.success(request, said, extra_tags="basket")
    back = request.POST.get("back", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return redirect(chosen)
    return redirect(f"{back}#{quote(asked.get('row') or asked.get('subject') or 'main')}")


@takes_long_forms
@login_required
def memo(request: HttpRequest, key: str) -> HttpResponse:
    """A memo with its parts. Who saves after somebody else is told, and keeps what they wrote in the form."""
    chosen = access.get_memo(request.user, key)
    items = items_of(chosen)
    if request.method != "POST":
        return _page(request, chosen, items, MemoForm.of(chosen, items))
    form = MemoForm(request.POST, items=items)
    try:
        if form.is_valid():
            data, order = form.cleaned_data, form.new_order
            with refused_on(form):
                services.edit_memo(request.user, chosen, data["title"], form.words, order, form.added, data["based_on"])
                request.session["memo"] = chosen.key
                return redirect(f"{chosen.get_absolute_url()}{f'#move-{form.pressed}' if form.pressed else ''}")
    except services.MemoConflict as conflict:
        return _conflict(request, conflict, items)
    return _page(request, chosen, items, form)


def _conflict(request: HttpRequest, conflict: services.MemoConflict, items: list[MemoItem]) -> HttpResponse:
    """What stands there now above one's own words, which are saved in place of it when they are sent again."""
    data = request.POST.copy()
    data["based_on"] = str(conflict.memo.revision)
    theirs = [(_("Title"), conflict.memo.title)] if conflict.memo.title != request.POST.get("title") else []
    for item in items:
        if item.kind != ItemKind.WORDS:
            continue
        mine = (request.POST.get(f"heading_{item.key}"), request.POST.get(f"text_{item.key}"))
        if mine != (item.heading, item.text):
            theirs.append((item.heading or str(ItemKind.WORDS.label), item.text))
    # Words of a part that somebody else took out stay in the form, as a new one.
    known = {item.key for item in items}
    written = {name: str(words).strip() for name, words in request.POST.items() if name.startswith("text_")}
    lost = [words for name, words in written.items() if words and name.removeprefix("text_") not in known]
    if lost:
        data["new_text"] = "\n\n".join([*lost, request.POST.get("new_text", "")]).strip()
    shown = {"reason": str(conflict), "theirs": theirs}
    return _page(request, conflict.memo, items, MemoForm(data, items=items), status=409, conflict=shown)


def _page(
    request: HttpRequest, memo: Memo, items: list[MemoItem], form: MemoForm, status: int = 0, conflict: Any = None
) -> HttpResponse:
    asked = request.GET.get("part", "")
    printed = {item.pk for item in items if len(items) <= ITEMS_AT_ONCE or asked == item.key}
    root = site_root(request)
    parts: list[ShownItem] = MemoReader(request.user, root).read(items, wants_redline=printed.__contains__)
    for part in parts:
        part.is_printed = part.item.pk in printed
    before, after = surround(report_of_parts(memo, parts, root), root)
    files = list(access.visible_files(request.user).filter(memo=memo, language=get_language() or "en"))
    context = {
        "memo": memo,
        "form": form,
        "parts": [(part, form.fields_of(part.item)) for part in parts],
        "before": before,
        "after": after,
        "may_share": may(request.user, "import"),
        "has_changes": any(part.changes for part in parts),
        "seen": seen_of(parts),
        "conflict": conflict,
        "is_big": is_big(items),
        "files": files,
        "is_under_way": any(file.job.is_under_way for file in files),
    }
    return render(request, "memos/memo.html", context, status=status or (400 if form.errors else 200))


@signed_in("POST")
def memo_take_note(request: HttpRequest, key: str) -> HttpResponse:
    chosen = access.get_memo(request.user, key)
    sentence = _("Marked as seen. New changes will be marked.")
    attempt(request, lambda: services.take_note(request.user, chosen, request.POST.get("seen", "")), sentence)
    return redirect(chosen)


@signed_in("POST")
def memo_delete(request: HttpRequest, key: str) -> HttpResponse:
    services.delete_memo(request.user, access.get_memo(request.user, key))
    messages.success(request, _("Deleted."))
    return redirect("memos")


@signed_in("POST")
def memo_write(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """Have the file of a big memo made by a worker."""
    chosen = access.get_memo(request.user, key)
    if form not in FORMS:
        raise Http404(_("There is no such file here."))
    if not allow(request, "files", settings.FILES_PER_HOUR):
        return too_many_files()
    services.request_file(request.user, chosen, form, get_language() or "en", site_root(request))
    return redirect(f"{chosen.get_absolute_url()}#files")


@signed_in("GET")
def memo_file(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The file: of a small memo at once, of a big one what a worker made. Its page where there is none."""
    chosen = access.get_memo(request.user, key)
    if form not in FORMS:
        raise Http404(_("There is no such file here."))
    if is_big(items_of(chosen)):
        files = MemoFile.objects.filter(memo=chosen, form=form, language=get_language() or "en").select_related("memo")
        file = files.first()
        content = content_of(file, visible_versions(request.user)) if file else None
        if content is None:
            messages.error(request, _("This memo has changed since its file was written. Write it again."))
            return redirect(f"{chosen.get_absolute_url()}#files")
    else:
        if not allow(request, "files", settings.FILES_PER_HOUR):
            return too_many_files()
        content = write_file(chosen, request.user, form, site_root(request))
    headers = {
        "Content-Disposition": disposition(chosen.title, timezone.localdate(), form),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=FORMS[form], headers=headers)
