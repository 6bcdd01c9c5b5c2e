"""Who is at a draft, and how people divide the pages of its file between them and say which they have read."""

import time

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person, User
from lawcompare.accounts.services import masked
from lawcompare.core.log.services import record
from lawcompare.engine.structure.corrections import CorrectionError
from lawcompare.imports.corrections import hold_open
from lawcompare.imports.models import DraftPage, ImportDraft

# Who is at a draft just now, and at which clause, is known for so long, in the cache alone, to the organisation.
SECONDS = 30


def name_of(user: Person | None) -> str:
    """How colleagues know a person: by name, else by the masked address."""
    if not isinstance(user, User):
        return ""
    return user.display_name or user.get_full_name() or masked(user.email)


def note_presence(user: Person, draft: ImportDraft, clause: str = "") -> None:
    """Say that the person is at the draft, and which clause they have open."""
    here = _here(draft)
    here[str(user.pk)] = (name_of(user), clause, time.time())
    cache.set(_key(draft), here, SECONDS)


def others_present(user: Person, draft: ImportDraft) -> list[dict[str, str]]:
    here = sorted(_here(draft).items())
    return [{"name": name, "clause": clause} for pk, (name, clause, _at) in here if pk != str(user.pk)]


def _here(draft: ImportDraft) -> dict[str, tuple[str, str, float]]:
    since = time.time() - SECONDS
    return {pk: seen for pk, seen in (cache.get(_key(draft)) or {}).items() if seen[2] > since}


def _key(draft: ImportDraft) -> str:
    return f"import-{draft.pk}-here"


@transaction.atomic
def take_pages(user: Person, draft: ImportDraft, first: int, last: int, *, is_given_back: bool = False) -> None:
    """Take a run of pages to read, or give one's own of them back. Raises ``CorrectionError``; nothing is then done."""
    held = hold_open(user, draft, _("This text is stored already; its pages can no longer be marked."))
    rows = held.pages.filter(number__gte=first, number__lte=last)
    if not 0 < first <= last or not rows.filter(number=last).exists():
        raise CorrectionError(_("Name the first and the last of the pages to read."))
    if is_given_back:
        rows.filter(taken_by=user.pk).update(taken_by=None)
    else:
        others = rows.exclude(taken_by=None).exclude(taken_by=user.pk).select_related("taken_by").first()
        if others is not None:
            message = _("%(name)s reads page %(page)s already.")
            raise CorrectionError(message % {"name": name_of(others.taken_by), "page": others.number})
        rows.update(taken_by=user.pk)
    action = "give pages back" if is_given_back else "take pages"
    record(action, f"import/{held.pk}", by=user, organisation=held.organisation.slug, first=first, last=last)


@transaction.atomic
def mark_page(user: Person, draft: ImportDraft, number: int, *, is_read: bool) -> None:
    """Say that one has read a page against the text, or that it is not read after all."""
    held = hold_open(user, draft, _("This text is stored already; its pages can no longer be marked."))
    page = DraftPage.objects.filter(draft=held, number=number).first()
    if page is None:
        raise CorrectionError(_("There is no image of this page."))
    if is_read == (page.read_at is not None):
        return
    page.read_by_id, page.read_at = (user.pk, timezone.now()) if is_read else (None, None)
    page.save(update_fields=["read_by", "read_at"])
    action = "proofread page" if is_read else "take back proofreading"
    record(action, f"import/{held.pk}", by=user, organisation=held.organisation.slug, page=number)
