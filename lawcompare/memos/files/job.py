"""The file of a big memo, written by a worker and kept sealed until it is fetched."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q
from django.utils.translation import override

from lawcompare.annotations.models import NoteDecision, NoteStep
from lawcompare.core.encryption import site_cipher
from lawcompare.core.jobs import runner
from lawcompare.core.jobs.registry import Report as ReportProgress
from lawcompare.laws.reports import write_docx, write_xlsx
from lawcompare.memos.files.document import report_of_memo
from lawcompare.memos.models import Memo, MemoFile, MemoItem

PURPOSE = "memo-file"


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
    values = {"of_revision": memo.revision, "texts": [version.pk for version in made.texts]}
    with transaction.atomic():
        MemoFile.objects.filter(pk=file.pk).update(content=site_cipher(PURPOSE).encrypt(content), **values)
        runner.finish(file.job)


def content_of(file: MemoFile, versions: Any) -> bytes | None:
    """The file; None where it is of an earlier writing, or holds what is not to be seen any more: a text, a note.

    Nor is it given out where the key that sealed it is gone.
    """
    stored = MemoFile.objects.get(pk=file.pk)
    seen = versions.filter(pk__in=stored.texts).count()
    if not stored.job.is_done or stored.of_revision != file.memo.revision or seen < len(stored.texts):
        return None
    if _has_old_notes(stored):
        return None
    try:
        return site_cipher(PURPOSE).decrypt(bytes(stored.content))
    except InvalidToken:
        return None


def _has_old_notes(file: MemoFile) -> bool:
    """Whether a note that may be in it, alone or in a chart, was withdrawn or written anew since it was asked for."""
    gone = Q(status=NoteStep.WITHDRAWN, annotation__version__in=file.texts)
    own = MemoItem.objects.filter(memo=file.memo_id, annotation__isnull=False).values("annotation")
    rewritten = Q(status=NoteStep.PUBLISHED, annotation__in=own)
    return NoteDecision.objects.filter(gone | rewritten, at__gte=file.job.requested_at).exists()
