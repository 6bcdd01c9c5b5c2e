"""Writes a comparison as a file: DOCX, PDF or XLSX.

A long comparison is written by a worker: its file is requested, followed while it is written, and given out for a day.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from lawcompare.comparisons.exports import documents
from lawcompare.comparisons.exports.documents import ExportFailed, report_of
from lawcompare.comparisons.models import Comparison, ComparisonFile
from lawcompare.encryption import make_cipher
from lawcompare.engine.errors import EngineError
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.jobs import runner
from lawcompare.jobs import services as jobs
from lawcompare.jobs.models import JobState
from lawcompare.jobs.registry import Report, ignore_progress
from lawcompare.laws.models import Clause
from lawcompare.laws.reports import write_xlsx

# Of two texts that together have more clauses a worker writes the file: some 250 pages, ten seconds as PDF.
CLAUSES_AT_ONCE = 2_000
KEPT_FOR = timedelta(days=1)


def is_long(comparison: Comparison) -> bool:
    return Clause.objects.filter(version__in=[comparison.old_id, comparison.new_id]).count() > CLAUSES_AT_ONCE


def write(comparison: Comparison, form: str, root: str, report: Report = ignore_progress) -> bytes:
    """The file in the reader's language. Raises ``ExportFailed``."""
    if form == "xlsx":
        return write_xlsx(report_of(comparison, root), root)
    maker = documents.as_docx if form == "docx" else documents.as_pdf
    return maker(comparison, root, lambda paragraphs: _watched(paragraphs, report))


def _watched(paragraphs: Sequence[Paragraph], report: Report) -> Iterator[Paragraph]:
    for done, paragraph in enumerate(paragraphs, start=1):
        yield paragraph
        report("writing", done, len(paragraphs))


@transaction.atomic
def request_file(comparison: Comparison, form: str, language: str, root: str) -> ComparisonFile:
    """Have a worker write the file, unless it is being written or is there."""
    file, is_new = ComparisonFile.objects.get_or_create(
        comparison=comparison, form=form, language=language, defaults={"root": root}
    )
    if is_new:
        jobs.enqueue(file)
    elif not (is_there(file) and content_of(file)):
        jobs.start(file)
    return file


def find_file(comparison: Comparison, form: str, language: str) -> ComparisonFile | None:
    return (
        ComparisonFile.objects.filter(comparison=comparison, form=form, language=language)
        .select_related("comparison__old__law", "comparison__new__law")
        .defer("content")
        .first()
    )


def is_there(file: ComparisonFile) -> bool:
    """Whether the file may be given out: it is done, and not too old."""
    return file.is_done and file.finished_at is not None and file.finished_at > timezone.now() - KEPT_FOR


def content_of(file: ComparisonFile) -> bytes | None:
    """The file; None where the key that sealed it is gone."""
    stored = ComparisonFile.objects.get(pk=file.pk).content
    try:
        return _cipher().decrypt(bytes(stored))
    except InvalidToken:
        return None


def run_file(file: ComparisonFile, report: Report) -> None:
    comparison = Comparison.objects.select_related("old__law", "new__law").get(pk=file.comparison_id)
    with override(file.language):
        try:
            content = write(comparison, file.form, file.root, report)
        except ExportFailed as failure:
            raise EngineError("The PDF could not be made. Take the Word file, and tell us of it.") from failure
    runner.finish(file, content=_cipher().encrypt(content))


def forget_old_files() -> None:
    """At each sweep: delete the files that are no longer given out, and requests of which nothing became."""
    before = timezone.now() - KEPT_FOR
    old = Q(state=JobState.DONE, finished_at__lt=before) | Q(state=JobState.FAILED, requested_at__lt=before)
    ComparisonFile.objects.filter(old).delete()


def _cipher() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([make_cipher(secret, "comparison-file") for secret in secrets])
