"""Giving guest links, and the pages that their holders read: no account, no cookie, in no index and no cache."""

from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from lawcompare.accounts.access import act_for
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import comes_from_here, methods, refused_on, signed_in, too_many
from lawcompare.comparisons import rows
from lawcompare.comparisons.access import find_comparison, stated_between, subject_page_of_texts
from lawcompare.crosswalk.drafts.services import pages_of_draft, rows_of_draft
from lawcompare.crosswalk.provisions import texts_of_rows
from lawcompare.languages import digits
from lawcompare.laws.citing import site_root
from lawcompare.laws.models import Version
from lawcompare.laws.reports import surround
from lawcompare.laws.version_page import lay_out, set_lines
from lawcompare.memos.access import get_memo, own_memos
from lawcompare.memos.files import report_of_parts
from lawcompare.memos.items import MemoReader, items_of
from lawcompare.memos.models import Memo
from lawcompare.sharing.guests import access, services
from lawcompare.sharing.guests.models import GuestLink
from lawcompare.sharing.guests.services import DAYS

NEVER_INDEXED = "noindex, nofollow, noarchive"
# Pages of one link, each of which is noted: more than anybody reads; and of all links of an organisation.
OPENINGS_PER_HOUR, OPENINGS_OF_ALL = 200, 3000
# So many memos and texts are offered on the page of links; each has the link on its own page too.
SHOWN_MAX = 20
LINKS_SHOWN = 50


class GuestForm(forms.Form):
    """A name that tells members of the organisation who was given the link, and the days it works."""

    name = forms.CharField(
        label=gettext_lazy("For whom"),
        max_length=100,
        help_text=gettext_lazy("Only your organisation sees this name. A pen name will do."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(label=gettext_lazy("Valid for (days)"), coerce=int, initial="7")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(str(days), digits(days)) for days in DAYS]  # type: ignore[attr-defined]


@never_cache
@signed_in("GET")
def guest_links(request: HttpRequest) -> HttpResponse:
    """The links that the person's organisation gave, and how often each was opened."""
    page = Paginator(access.links_of(request.user), LINKS_SHOWN).get_page(request.GET.get("page"))
    links = [(link, services.name_of(link)) for link in page]
    memos, texts = own_memos(request.user), access.private_texts(request.user)
    context = {"links": links, "page": page, "memos": memos[:SHOWN_MAX], "texts": texts[:SHOWN_MAX]}
    return render(request, "sharing/guests/links.html", context)


@never_cache
@signed_in("GET", "POST")
def show_text(request: HttpRequest, law: str, version: str) -> HttpResponse:
    return _give(request, GuestLink(new=access.get_text_to_show(request.user, law, version)))


@never_cache
@signed_in("GET", "POST")
def show_pair(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    old, new = access.get_pair_to_show(request.user, (old_law, old_version), (new_law, new_version))
    return _give(request, GuestLink(old=old, new=new))


@never_cache
@signed_in("GET", "POST")
def show_subjects(request: HttpRequest, old_law: str, old_version: str, new_law: str, new_version: str) -> HttpResponse:
    """Give a link to two laws by subject, of which one text is private."""
    old, new = access.get_pair_to_show(request.user, (old_law, old_version), (new_law, new_version))
    if not stated_between(request.user, old, new):
        raise Http404(_("Nothing is stated yet of how these two laws answer each other."))
    return _give(request, GuestLink(old=old, new=new, by_subject=True))


@never_cache
@signed_in("GET", "POST")
def show_draft(request: HttpRequest, key: str) -> HttpResponse:
    draft = access.get_draft_to_show(request.user, key)
    return _give(request, GuestLink(old=draft.source, new=draft.target, by_subject=True, draft=draft))


@never_cache
@signed_in("GET", "POST")
def show_memo(request: HttpRequest, key: str) -> HttpResponse:
    """Give a link to a memo of the person's organisation."""
    access.organisation_that_shows(request.user)
    return _give(request, GuestLink(memo=get_memo(request.user, key)))


def _give(request: HttpRequest, link: GuestLink) -> HttpResponse:
    form, address = GuestForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            link, token = services.give(request.user, form.cleaned_data["name"], form.cleaned_data["days"], link)
            address = site_root(request) + reverse("guest", args=[token])
    context = {"form": form, "link": link, "address": address}
    return render(request, "sharing/guests/give.html", context, status=400 if form.errors else 200)


@signed_in("POST")
def end(request: HttpRequest, number: int) -> HttpResponse:
    try:
        services.end(request.user, number)
        messages.success(request, _("Closed. The link no longer works."))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    return redirect("guest_links")


# --- What the holder of a link sees -----------------------------------------------------------------------------------


@csrf_exempt  # so that a reader gets no cookie; where the form came from is asked of the browser instead
@methods("GET", "HEAD", "POST")
@never_cache
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """A page that names nothing, since messengers look at links before people do; its button opens what it leads to.

    Every page is the answer to such a button, so that nothing but the address is needed to read on.
    """
    # Whoever reads it, it is the guest's page; what it takes is counted to who reads it all the same.
    request = copy(request)
    request.user = AnonymousUser()
    if request.method == "POST" and not comes_from_here(request):
        raise PermissionDenied(_("This form is sent from this site’s own pages."))
    try:
        response = _open(request, access.get_link(token)) if request.method == "POST" else _wait(request, token)
    except access.LinkRefused as refused:
        context = {"sentence": refused.sentence, "status": refused.status}
        response = render(request, "site/problem.html", context, status=refused.status)
    response.headers["X-Robots-Tag"] = NEVER_INDEXED
    return response


def _wait(request: HttpRequest, token: str) -> HttpResponse:
    access.get_link(token)
    return render(request, "sharing/guests/wait.html")


def _open(request: HttpRequest, link: GuestLink) -> HttpResponse:
    if access.are_public(link):
        return render(request, "sharing/guests/public.html", {"link": link})
    if not access.may_still_be_shown(link):
        raise access.LinkRefused(_("What this link opened no longer exists."))
    of_all = f"organisation-{link.organisation_id}"
    if not (allow(str(link), "guest-link", OPENINGS_PER_HOUR) and allow(of_all, "guest-links", OPENINGS_OF_ALL)):
        return too_many(request)
    number = request.POST.get("page", "")
    services.note_opening(link, int(number) if number.isdecimal() and len(number) < 6 else 1)
    context = {"link": link, "is_guest": True, "is_preview": True}
    if link.memo is not None:
        return render(request, "sharing/guests/memo.html", context | _memo(link, link.memo))
    assert link.new is not None
    if link.old is None:
        return render(request, "sharing/guests/text.html", context | _text(link.new, number))
    if link.by_subject:
        return render(request, "sharing/guests/by_subject.html", context | _subjects(link, link.old, link.new, number))
    return _comparison(request, link.old, link.new, number, context)


def _text(version: Version, number: str) -> dict[str, Any]:
    layout = lay_out(version)
    page = Paginator(layout.pages, 1).get_page(number)
    shown = layout.pages[page.number - 1]
    clauses = list(version.clauses.filter(position__gte=shown.start, position__lt=shown.end).order_by("position"))
    return {"version": version, "page": page, "lines": set_lines(clauses)}


def _memo(link: GuestLink, memo: Memo) -> dict[str, Any]:
    """The document as who gave the link reads it, which they may: else the link is over."""
    reader: Any = link.by or AnonymousUser()
    act_for(reader, link.organisation_id)
    reader.is_staff = False  # a guest reads nothing that staff alone do
    parts = MemoReader(reader).read_today(items_of(memo))
    before, after = surround(report_of_parts(memo, parts, ""), "")
    return {"blocks": [*before, *(block for one in parts for block in one.printed), *after]}


def _subjects(link: GuestLink, old: Version, new: Version, number: str) -> dict[str, Any]:
    """The rows as the organisation reads them, of what belongs to these two texts alone."""
    draft = link.draft
    if draft is not None:
        draft.source, draft.target = old, new  # read already, with their laws
        page = pages_of_draft(draft, number)
        rows_shown = rows_of_draft(draft, page)
    else:
        published = subject_page_of_texts(old, new, number)
        page, rows_shown = published.page, published.shown
    inside = texts_of_rows(rows_shown, old, new)
    return {"old": old, "new": new, "page": page, "rows": rows_shown, "inside": inside, "notes": {}}


def _comparison(request: HttpRequest, old: Version, new: Version, number: str, context: dict[str, Any]) -> HttpResponse:
    comparison = find_comparison(old, new)
    if comparison is None or not comparison.is_done:
        raise access.LinkRefused(_("This comparison is still being computed. Open the link again in a minute."), 503)
    is_inline = request.POST.get("view") == "inline"
    switches = rows.Switches(is_inline=is_inline, only_changes=True, hides_noise=False, by_text=True)
    strip = rows.strip(comparison, switches)
    page = Paginator(range(strip.pages), 1).get_page(number)
    shown = rows.page_of_rows(comparison, strip, page.number, switches)
    context |= {
        "comparison": comparison,
        "old": old,
        "new": new,
        "switches": switches,
        "kinds": rows.kinds(comparison),
        "page": page,
        "rows": rows.fold(shown, strip, switches),
    }
    return render(request, "sharing/guests/comparison.html", context)
