"""A memo as a Word file and a spreadsheet, and the name under which the file is saved."""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from cryptography.fernet import InvalidToken
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.accounts.access import act_for
from lawcompare.accounts.models import Person
from lawcompare.annotations.models import Annotation, NoteDecision, NoteStep
from lawcompare.comparisons.exports import taken_back_since
from lawcompare.comparisons.models import MapDecision
from lawcompare.core.encryption import site_cipher
from lawcompare.core.jobs import registry, runner
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.laws.citing import plain_address
from lawcompare.laws.models import Version
from lawcompare.laws.reports import LinkCell, Report, Sheet, SheetCell, write_docx, write_xlsx
from lawcompare.memos.items import MemoReader, ShownItem, items_of, lines_of
from lawcompare.memos.models import ItemKind, Memo, MemoFile, MemoItem

# More parts than these, or a whole comparison, a worker writes.
ITEMS_AT_ONCE = 40


def is_big(items: Sequence[MemoItem]) -> bool:
    return len(items) > ITEMS_AT_ONCE or any(item.kind == ItemKind.COMPARISON for item in items)


def report_of_memo(memo: Memo, user: Person, root: str, progress: Callable[[int], None] = lambda done: None) -> Report:
    """The memo as its reader may see it today, each part with what changed since."""
    return report_of_parts(memo, MemoReader(user, root, writes_whole=True).read(items_of(memo), progress), root)


def report_of_parts(memo: Memo, shown: Sequence[ShownItem], root: str) -> Report:
    """The memo of these parts, for a file and for the page on which it is written."""
    texts: dict[int, Version] = {}
    for one in shown:  # whose words stand in a part, or in the redline of its changes
        for version in (*one.texts, *(version for change in one.changes for version in change.texts)):
            texts[version.pk] = version
    return Report(
        title=memo.title,
        address=plain_address("memo", memo.key),
        texts=list(texts.values()),
        lead=memo.organisation.name,
        blocks=[block for one in shown for block in one.printed],
        sheets=[_sheet(shown, root)],
    )


def _sheet(shown: Sequence[ShownItem], root: str) -> Sheet:
    head = [_("Number"), _("Kind"), _("Title"), _("Words"), _("Changed since"), _("Texts")]
    rows: list[Sequence[SheetCell]] = [
        [
            number,
            str(ItemKind(one.item.kind).label),
            LinkCell(one.title, root + one.address) if one.address else one.title,
            "\n".join(lines_of(one.blocks, is_marked=True)),
            "\n".join(
                line for change in one.changes for line in (change.sentence, *lines_of(change.blocks, is_marked=True))
            ),
            "; ".join(version.name for version in one.texts),
        ]
        for number, one in enumerate(shown, start=1)
    ]
    return Sheet(_("Memo"), head, rows, [8, 24, 48, 80, 32, 48])


def write_file(memo: Memo, user: Person, form: str, root: str) -> bytes:
    report = report_of_memo(memo, user, root)
    return write_docx(report, root) if form == "docx" else write_xlsx(report, root)


# --- Names of files ---------------------------------------------------------------------------------------------------

# Three bytes of UTF-8 a Khmer letter, in the 255 that file systems take.
TITLE_MAX = 70
# What Windows takes in no name, and what is no letter to be seen.
_UNFIT = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]+')


def file_name(title: str, day: date, form: str) -> str:
    """Returns the name of a file.

    >>> file_name("On: both/drafts", date(2026, 11, 26), "docx")
    'On both drafts 2026-11-26.docx'
    """
    words = " ".join(_UNFIT.sub(" ", title).split())[:TITLE_MAX].strip(" .")
    return f"{words} {day.isoformat()}.{form}".strip()


def disposition(title: str, day: date, form: str) -> str:
    r"""Returns the header by which a browser saves a file under its name (RFC 6266, RFC 8187).

    Programs that read no name in other letters take the plain one.

    >>> disposition("Memo", date(2026, 11, 26), "docx")
    'attachment; filename="memo-2026-11-26.docx"; filename*=UTF-8\'\'Memo%202026-11-26.docx'
    """
    plain = f"{slugify(title)[:TITLE_MAX].strip('-') or 'memo'}-{day.isoformat()}.{form}"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name(title, day, form), safe='')}"


# --- The file of a big memo, written by a worker and kept sealed until it is fetched ----------------------------------

PURPOSE, KEPT_FOR = "memo-file", timedelta(days=1)


def run_memo_file(file: MemoFile, report: registry.Report) -> None:
    """Write the file as who asked for it may see it, for the organisation of the memo."""
    memo = Memo.objects.select_related("organisation").get(pk=file.memo_id)
    asker: Any = file.asked_by
    is_member = asker and asker.is_active and act_for(asker, memo.organisation_id)
    user: Any = asker if is_member else AnonymousUser()  # who left meanwhile may have private texts of others to see
    total = memo.items.count() + 1
    with override(file.language):
        made = report_of_memo(memo, user, file.root, lambda done: report("writing", done, total))
        content = write_docx(made, file.root) if file.form == "docx" else write_xlsx(made, file.root)
    report("writing", total, total)
    values = {"of_revision": memo.revision, "texts": [version.pk for version in made.texts]}
    with transaction.atomic():
        MemoFile.objects.filter(pk=file.pk).update(content=site_cipher(PURPOSE).encrypt(content), **values)
        runner.finish(file.job)


def forget_old_files(job: Job, report: registry.Report) -> None:
    """Delete the files that were made a day ago: whoever wants one has it, or has it written anew."""
    MemoFile.objects.filter(job__state=JobState.DONE, job__finished_at__lt=timezone.now() - KEPT_FOR).delete()


def content_of(file: MemoFile, versions: Any) -> bytes | None:
    """The file; None where it is of an earlier writing, or holds what is not to be seen any more: a text, a note.

    Nor is it given out where the key that sealed it is gone.
    """
    stored = MemoFile.objects.get(pk=file.pk)
    seen = versions.filter(pk__in=stored.texts).count()
    if not stored.job.is_done or stored.of_revision != file.memo.revision or seen < len(stored.texts):
        return None
    # Whether a note that may be in it, alone or in a chart, was withdrawn or written anew since it was asked for.
    gone = Q(status=NoteStep.WITHDRAWN, annotation__version__in=stored.texts)
    own = MemoItem.objects.filter(memo=stored.memo_id, annotation__isnull=False).values("annotation")
    rewritten = Q(status=NoteStep.PUBLISHED, annotation__in=own)
    if NoteDecision.objects.filter(gone | rewritten, at__gte=stored.job.requested_at).exists():
        return None
    texts = Version.objects.filter(pk__in=stored.texts)
    # A translation takes over what was decided between originals, and says who did.
    between = {pk for row in texts.values_list("pk", "translates") for pk in row if pk}
    decided = MapDecision.objects.filter(old_version__in=between, new_version__in=between).order_by()
    named = Q(actor__in=decided.filter(names_person=True).values("by"), action="change name")
    named |= Q(action="withdraw name", subject__in=[f"decision/{pk}" for pk in decided.values_list("pk", flat=True)])
    # Of other organisations who was named in public alone: the refusal would tell that there is a note.
    own_notes = Annotation.objects.filter(organisation=stored.memo.organisation_id)
    notes = own_notes | Annotation.objects.ever_public().filter(credits_person=True)
    credited = notes.filter(version__in=texts).order_by().values("creator")
    if taken_back_since(stored.job, named | Q(actor__in=credited, action="change name")):
        return None
    try:
        return site_cipher(PURPOSE).decrypt(bytes(stored.content))
    except InvalidToken:
        return None
