"""A memo as a Word file and a spreadsheet, and the worker's job for a big one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.annotations.models import NoteDecision, NoteStep
from lawcompare.encryption import make_cipher
from lawcompare.engine.writing.report import Block, Prose, Words
from lawcompare.jobs import runner
from lawcompare.jobs.registry import Report as ReportProgress
from lawcompare.laws.citing.permalinks import plain_address
from lawcompare.laws.models import Version
from lawcompare.laws.reports import Report, write_docx, write_xlsx
from lawcompare.laws.tabular import LinkCell, Sheet, SheetCell
from lawcompare.memos.changed_since import ChangeSince
from lawcompare.memos.items import MemoReader, ShownItem, items_of
from lawcompare.memos.lines import lines_of
from lawcompare.memos.models import ItemKind, Memo, MemoFile, MemoItem

# More parts than these, or a whole comparison, a worker writes.
ITEMS_AT_ONCE = 40


def is_big(items: Sequence[MemoItem]) -> bool:
    return len(items) > ITEMS_AT_ONCE or any(item.kind == ItemKind.COMPARISON for item in items)


def report_of_memo(memo: Memo, user: Any, root: str, progress: Callable[[int], None] = lambda done: None) -> Report:
    """The memo as its reader may see it today, each part with what changed since."""
    shown = MemoReader(user, root, writes_whole=True).read(items_of(memo), progress)
    texts = list({version.pk: version for one in shown for version in _texts_of(one)}.values())
    return Report(
        title=memo.title,
        address=plain_address("memo", memo.key),
        texts=texts,
        lead=memo.organisation.name,
        blocks=[block for one in shown for block in _blocks(one)],
        sheets=[_sheet(shown, root)],
    )


def _blocks(one: ShownItem) -> list[Block]:
    marks: list[Block] = []
    for change in one.changes:
        marks += [Prose((Words(change.sentence, italic=True),), "Say"), *change.blocks]
    return [*one.blocks[:1], *marks, *one.blocks[1:]]


def _texts_of(one: ShownItem) -> list[Version]:
    """Whose words stand in a part, or in the redline of its changes."""
    return [*one.texts, *(version for change in one.changes for version in change.texts)]


def _sheet(shown: Sequence[ShownItem], root: str) -> Sheet:
    head = [_("Number"), _("Kind"), _("Title"), _("Words"), _("Changed since"), _("Texts")]
    rows: list[Sequence[SheetCell]] = [
        [
            number,
            str(ItemKind(one.item.kind).label),
            LinkCell(one.title, root + one.address) if one.address else one.title,
            "\n".join(lines_of(one.blocks, is_marked=True)),
            "\n".join(line for change in one.changes for line in _lines_of_change(change)),
            "; ".join(version.name for version in one.texts),
        ]
        for number, one in enumerate(shown, start=1)
    ]
    return Sheet(_("Memo"), head, rows, [8, 24, 48, 80, 32, 48])


def _lines_of_change(change: ChangeSince) -> list[str]:
    return [change.sentence, *lines_of(change.blocks, is_marked=True)]


def write_file(memo: Memo, user: Any, form: str, root: str) -> bytes:
    report = report_of_memo(memo, user, root)
    return write_docx(report, root) if form == "docx" else write_xlsx(report, root)


# --- By a worker ------------------------------------------------------------------------------------------------------


def run_memo_file(file: MemoFile, report: ReportProgress) -> None:
    """Write the file as who asked for it may see it, for the organisation of the memo."""
    memo = Memo.objects.select_related("organisation").get(pk=file.memo_id)
    asker: Any = file.asked_by
    is_member = asker and asker.is_active and asker.memberships.filter(organisation=memo.organisation_id).exists()
    user: Any = asker if is_member else AnonymousUser()  # who left meanwhile may have private texts of others to see
    user.acting_for = memo.organisation_id
    total = memo.items.count() + 1
    with override(file.language):
        made = report_of_memo(memo, user, file.root, lambda done: report("writing", done, total))
        content = write_docx(made, file.root) if file.form == "docx" else write_xlsx(made, file.root)
    report("writing", total, total)
    sealed = _cipher().encrypt(content)
    runner.finish(file, content=sealed, of_revision=memo.revision, texts=[version.pk for version in made.texts])


def content_of(file: MemoFile, versions: Any) -> bytes | None:
    """The file; None where it is of an earlier writing, or holds what is not to be seen any more: a text, a note.

    Nor is it given out where the key that sealed it is gone.
    """
    stored = MemoFile.objects.get(pk=file.pk)
    seen = versions.filter(pk__in=stored.texts).count()
    if not stored.is_done or stored.of_revision != file.memo.revision or seen < len(stored.texts):
        return None
    if _has_old_notes(stored):
        return None
    try:
        return _cipher().decrypt(bytes(stored.content))
    except InvalidToken:
        return None


def _has_old_notes(file: MemoFile) -> bool:
    """Whether a note that may be in it, alone or in a chart, was withdrawn or written anew since it was asked for."""
    gone = Q(status=NoteStep.WITHDRAWN, annotation__version__in=file.texts)
    own = MemoItem.objects.filter(memo=file.memo_id, annotation__isnull=False).values("annotation")
    rewritten = Q(status=NoteStep.PUBLISHED, annotation__in=own)
    return NoteDecision.objects.filter(gone | rewritten, at__gte=file.requested_at).exists()


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([make_cipher(secret, "memo-file") for secret in secrets])
