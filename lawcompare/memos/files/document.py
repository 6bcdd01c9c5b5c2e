"""A memo as a Word file and a spreadsheet."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from lawcompare.engine.writing.report import Block, Prose, StyledText
from lawcompare.laws.citing.permalinks import plain_address
from lawcompare.laws.models import Version
from lawcompare.laws.reports import LinkCell, Report, Sheet, SheetCell, write_docx, write_xlsx
from lawcompare.memos.items import ChangeSince, MemoReader, ShownItem, items_of, lines_of
from lawcompare.memos.models import ItemKind, Memo, MemoItem

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
        marks += [Prose((StyledText(change.sentence, italic=True),), "Remark"), *change.blocks]
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
