"""The activity log: who did what in an organisation, and the daily statements by which anybody holds the site to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import Membership, Person, User
from lawcompare.accounts.responses import signed_in
from lawcompare.accounts.services import masked
from lawcompare.core.log.services import public_key
from lawcompare.core.models import Entry, Statement
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk.models import ValueAction
from lawcompare.site.workspace import require_membership

ENTRIES_PER_PAGE = 50
LATEST = 6


def _on_value(action: ValueAction) -> str:
    return _("what a clause lays down: %(done)s") % {"done": action.label}


ACTIONS: dict[str, Any] = {
    "publish": gettext_lazy("published"),
    "withdraw": gettext_lazy("withdrawn"),
    "restore": gettext_lazy("shown again"),
    "import": gettext_lazy("uploaded"),
    "submit": gettext_lazy("submitted for review"),
    "take back": gettext_lazy("withdrawn from review"),
    "return": gettext_lazy("returned to its author"),
    "drop other words": gettext_lazy("edit discarded"),
    "remark": gettext_lazy("remark between author and reviewer"),
    "reply": gettext_lazy("reply written"),
    "confirm counterpart": gettext_lazy("counterpart confirmed"),
    "refuse counterpart": gettext_lazy("counterpart refused"),
    "reopen counterpart": gettext_lazy("counterpart taken up again"),
    "begin draft comparison": gettext_lazy("draft comparison begun"),
    "decide in draft comparison": gettext_lazy("pair decided in a draft comparison"),
    "undo in draft comparison": gettext_lazy("decision undone in a draft comparison"),
    "ask to publish draft comparison": gettext_lazy("publishing of a draft comparison asked for"),
    "publish draft comparison": gettext_lazy("draft comparison published"),
    "discard draft comparison": gettext_lazy("draft comparison deleted"),
    "topic added": gettext_lazy("topic added"),
    "topic changed": gettext_lazy("topic changed"),
    "topic merged": gettext_lazy("topic merged into another"),
    "topic retired": gettext_lazy("topic retired"),
    "topic restored": gettext_lazy("topic in use again"),
    "make memo": gettext_lazy("memo begun"),
    "add to memo": gettext_lazy("added to a memo"),
    "change memo": gettext_lazy("memo changed"),
    "take note of changes": gettext_lazy("changes since taken note of"),
    "delete memo": gettext_lazy("memo deleted"),
    "have memo written": gettext_lazy("file of a memo requested"),
    "look for counterparts": gettext_lazy("counterparts looked for"),
    "finding dismissed": gettext_lazy("question of the program dismissed"),
    "finding reopened": gettext_lazy("question of the program taken up again"),
    "withdraw name": gettext_lazy("name withdrawn"),
    "correct clause": gettext_lazy("clause corrected"),
    "undo correction": gettext_lazy("correction undone"),
    "redo correction": gettext_lazy("correction redone"),
    "check warnings": gettext_lazy("warnings reviewed"),
    "retry": gettext_lazy("job tried again"),
    "uscode.notice-read": gettext_lazy("notice on US law read"),
    "add member": gettext_lazy("member added"),
    "open original": gettext_lazy("original file opened"),
    "discard": gettext_lazy("discarded"),
    "correct": gettext_lazy("taken up to be corrected"),
    "amend": gettext_lazy("act applied to a text"),
    "decide on instruction": gettext_lazy("instruction of an act decided"),
    "ask to store": gettext_lazy("storing requested"),
    "keep": gettext_lazy("kept private"),
    "invite": gettext_lazy("invited"),
    "withdraw invitation": gettext_lazy("invitation withdrawn"),
    "accept invitation": gettext_lazy("invitation accepted"),
    "change role": gettext_lazy("role changed"),
    "remove member": gettext_lazy("member removed"),
    "describe organisation": gettext_lazy("organisation described"),
    "change address": gettext_lazy("e-mail address changed"),
    "change category": gettext_lazy("kind of risk changed"),
    "add category": gettext_lazy("kind of risk added"),
    "close notice": gettext_lazy("reader’s notice closed"),
    "judge": gettext_lazy("fate judged"),
    "undo": gettext_lazy("decision undone"),
    "confirm": gettext_lazy("confirmed"),
    "refuse": gettext_lazy("refused"),
    "edit": gettext_lazy("taken up to be edited"),
    "close": pgettext_lazy("a concern", "closed"),
    "imports.fetch": gettext_lazy("US law fetched"),
    "carried-confirmed": gettext_lazy("carried over"),
    "carried-edited": gettext_lazy("taken up in a new note"),
    "carried-closed": pgettext_lazy("a concern", "closed"),
    "carried-undo": gettext_lazy("decision undone"),
    "carried-judge": gettext_lazy("fate judged"),
    "carrying.look-again": gettext_lazy("notes looked for again"),
    "propose sentence": gettext_lazy("sentence on a comparison written"),
    "add event": gettext_lazy("event added"),
    "change event": gettext_lazy("event changed"),
    "give guest link": gettext_lazy("guest link given"),
    "end guest link": gettext_lazy("guest link closed"),
    "reset second factor": gettext_lazy("second factor removed by an administrator"),
    "open guest link": gettext_lazy("guest link opened"),
    "change law": gettext_lazy("law edited"),
    "law-renamed": gettext_lazy("law renamed"),
    "version-renamed": gettext_lazy("text renamed"),
    "review rendering": gettext_lazy("translation reviewed"),
    "tell in plain words": gettext_lazy("clause told in plain words"),
    "mark rendering": gettext_lazy("words of a translation marked"),
}
ACTIONS |= {f"value.{action}": lazy(_on_value, str)(action) for action in ValueAction}


@signed_in("GET")
def log(request: HttpRequest) -> HttpResponse:
    """Actions in the name of the person's organisation, newest first."""
    membership = require_membership(request.user)
    entries = Entry.objects.filter(organisation=membership.organisation.slug)
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    lines = _lines(page.object_list, membership, request.user)
    return render(request, "site/log.html", {"page": page, "lines": lines, "organisation": membership.organisation})


def latest(user: Person) -> list[tuple[Entry, str, Any]]:
    """What was done last in the name of the person's organisation: (entry, who, what). Two queries."""
    membership = membership_of(user)
    if membership is None:
        return []
    return _lines(Entry.objects.filter(organisation=membership.organisation.slug)[:LATEST], membership, user)


def _lines(entries: Iterable[Entry], membership: Membership, reader: Person) -> list[tuple[Entry, str, Any]]:
    people = {one.user_id: one.user for one in membership.organisation.memberships.select_related("user")}
    return [
        (entry, _who(people.get(entry.actor or 0), entry.actor, reader), ACTIONS.get(entry.action, entry.action))
        for entry in entries
    ]


def _who(person: User | None, actor: int | None, reader: Person) -> str:
    """Returns a name that tells the members of an organisation from one another, and no more."""
    if actor is None:
        return _("the program")
    if actor == reader.pk:
        return _("you")
    return masked(person.email) if person else _("a former member")


# --- Daily statements -------------------------------------------------------------------------------------------------

STATEMENTS_MAX = 400


@require_safe
@public()
def statements(request: HttpRequest) -> HttpResponse:
    days = Statement.objects.order_by("-day").values_list("day", flat=True)[:STATEMENTS_MAX]
    context = {"days": days, "public_key": public_key(settings.MIRROR_KEY)}
    return render(request, "site/statements.html", context)


@require_safe
@public()
def statement(request: HttpRequest, day: date) -> HttpResponse:
    requested = get_object_or_404(Statement, day=day)
    return HttpResponse(requested.words, content_type="text/plain; charset=utf-8")
