"""What waits for a person, over all rooms: each a number and a way there; and who did what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.display import masked
from lawcompare.accounts.models import Membership
from lawcompare.annotations.access import carryings_of, open_flags, replies_to_moderate
from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.audit.models import Entry
from lawcompare.crosswalk.access import reviewable_correspondences
from lawcompare.crosswalk.models import CorrespondenceStatus
from lawcompare.imports.access import drafts_of
from lawcompare.imports.models import Reading, Storing
from lawcompare.jobs.access import jobs_of
from lawcompare.jobs.models import JobState
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import ClauseTranslation

ENTRIES_PER_PAGE = 50


@dataclass(frozen=True)
class Waits:
    """So many of something wait. ``is_problem``: something went wrong, or somebody may be in danger."""

    count: int
    label: str
    address: str
    is_problem: bool = False


def waits_for(user: Any) -> list[Waits]:
    """What waits for the person, problems first; nothing that does not wait is in it."""
    membership = membership_of(user)
    if membership is None:
        return []
    waiting = [one for one in _all(user, membership) if one.count]
    return sorted(waiting, key=lambda one: not one.is_problem)


def _all(user: Any, membership: Membership) -> Iterator[Waits]:
    if may(user, "import"):
        yield from _imports(user)
    if may(user, "review"):
        yield from _reviews(user, membership)
    if may(user, "map"):
        texts = visible_versions(user)
        n = ClauseTranslation.objects.filter(
            confirmed_by="", translation_version__in=texts, original_version__in=texts
        ).count()
        label = ngettext(
            "pair of clauses in two languages to confirm", "pairs of clauses in two languages to confirm", n
        )
        yield Waits(n, label, "#languages")
    _organisation, carryings = carryings_of(user)
    n = sum(carrying.waiting_count for carrying in carryings)  # type: ignore[attr-defined]
    yield Waits(
        n,
        ngettext("concern to look at in a later text", "concerns to look at in a later text", n),
        reverse("carryings"),
    )
    yield from _jobs(user)


def _imports(user: Any) -> Iterator[Waits]:
    drafts = drafts_of(user)
    address = reverse("imports")
    n = drafts.filter(reading="", read_by__state=JobState.FAILED).count()
    yield Waits(n, ngettext("file that could not be read", "files that could not be read", n), address, True)
    n = drafts.filter(storing__state=JobState.FAILED).count()
    yield Waits(n, ngettext("text that could not be stored", "texts that could not be stored", n), address, True)
    ready = drafts.open().filter(storing=None)
    waiting = [draft for draft in ready.defer("said") if draft.unread]
    n = len(waiting)
    yield Waits(n, ngettext("import with doubts nobody has read", "imports with doubts nobody has read", n), address)
    n = ready.count() - n
    yield Waits(n, ngettext("import to finish", "imports to finish", n), address)


def _reviews(user: Any, membership: Membership) -> Iterator[Waits]:
    organisation = membership.organisation
    flags = open_flags(organisation)
    n = flags.filter(kind="danger").count()
    yield Waits(
        n,
        ngettext("reader says that a note endangers someone", "readers say that notes endanger someone", n),
        "#flags",
        True,
    )
    n = flags.exclude(kind="danger").count()
    yield Waits(n, ngettext("reader says that something is wrong", "readers say that something is wrong", n), "#flags")
    n = replies_to_moderate(organisation).count()
    yield Waits(n, ngettext("reply to read", "replies to read", n), "#held")
    waits = Q(status=NoteStatus.SUBMITTED) | Q(status=NoteStatus.PUBLISHED, pending=NoteStatus.SUBMITTED)
    n = Annotation.objects.filter(waits, organisation=organisation).count()
    yield Waits(n, ngettext("annotation to decide on", "annotations to decide on", n), "#waiting")
    n = reviewable_correspondences(user).filter(status=CorrespondenceStatus.SUGGESTED).count()
    yield Waits(
        n,
        ngettext("likely counterpart to confirm or refuse", "likely counterparts to confirm or refuse", n),
        reverse("suggestions"),
    )


def _jobs(user: Any) -> Iterator[Waits]:
    jobs = [job for job in jobs_of(user) if not isinstance(job, Reading | Storing)]  # which are counted as imports
    address = reverse("jobs")
    n = sum(job.may_be_retried for job in jobs)
    yield Waits(n, ngettext("job that failed", "jobs that failed", n), address, True)
    n = len(jobs) - n
    yield Waits(n, ngettext("job under way", "jobs under way", n), address)


def check_member(user: Any) -> Membership:
    membership = membership_of(user)
    if membership is None:
        raise PermissionDenied(_("Only members of an organisation have a workspace."))
    return membership


# --- Who did what ----------------------------------------------------------------------------------------------------

ACTIONS = {
    "publish": gettext_lazy("published"),
    "withdraw": gettext_lazy("withdrawn"),
    "restore": gettext_lazy("shown again"),
    "import": gettext_lazy("handed in"),
    "submit": gettext_lazy("submitted for review"),
    "take back": gettext_lazy("taken back"),
    "return": gettext_lazy("returned to its author"),
    "drop other words": gettext_lazy("other words dropped"),
    "reply": gettext_lazy("reply written"),
    "confirm counterpart": gettext_lazy("counterpart confirmed"),
    "refuse counterpart": gettext_lazy("counterpart refused"),
    "reopen counterpart": gettext_lazy("counterpart taken up again"),
    "look for counterparts": gettext_lazy("counterparts looked for"),
    "finding dismissed": gettext_lazy("question of the program dismissed"),
    "finding reopened": gettext_lazy("question of the program taken up again"),
    "withdraw name": gettext_lazy("name withdrawn"),
    "mend": gettext_lazy("clause put right"),
    "undo mend": gettext_lazy("mend undone"),
    "redo mend": gettext_lazy("mend made again"),
    "read doubts": gettext_lazy("doubts of the reader looked at"),
    "retry": gettext_lazy("job tried again"),
    "uscode.notice-read": gettext_lazy("notice on US law read"),
    "add member": gettext_lazy("member added"),
    "open original": gettext_lazy("original file opened"),
    "discard": gettext_lazy("discarded"),
    "correct": gettext_lazy("taken up to be corrected"),
    "ask to store": gettext_lazy("asked to be stored"),
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
    "edit": gettext_lazy("taken up to be edited"),
    "close": pgettext_lazy("a concern", "closed"),
    "annotations-imported": gettext_lazy("annotations imported"),
    "uscode.fetch": gettext_lazy("US law fetched"),
    "law-renamed": gettext_lazy("law renamed"),
    "version-renamed": gettext_lazy("text renamed"),
}


@require_safe
@login_required
def log(request: HttpRequest) -> HttpResponse:
    """What was done in the name of the person's organisation, newest first."""
    membership = check_member(request.user)
    entries = Entry.objects.filter(organisation=membership.organisation.slug)
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    people = {one.user_id: one.user for one in membership.organisation.memberships.select_related("user")}
    lines = [
        (entry, _who(people.get(entry.actor or 0), entry.actor, request.user), ACTIONS.get(entry.action, entry.action))
        for entry in page.object_list
    ]
    return render(request, "pages/log.html", {"page": page, "lines": lines, "organisation": membership.organisation})


def _who(person: Any, actor: int | None, reader: Any) -> str:
    """As little as tells members of an organisation apart."""
    if actor is None:
        return _("the program")
    if actor == reader.pk:
        return _("you")
    return masked(person.email) if person else _("a former member")
