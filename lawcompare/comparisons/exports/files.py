"""Writes a comparison as a file: DOCX, PDF or XLSX.

A long comparison is written by a worker: its file is requested, followed while it is written, and given out for a day.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import override

from lawcompare.comparisons.exports import documents
from lawcompare.comparisons.exports.documents import ExportFailed, report_of
from lawcompare.comparisons.models import Comparison, ComparisonFile
from lawcompare.core.encryption import site_cipher
from lawcompare.core.jobs import runner
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import Report, ignore_progress
from lawcompare.engine.errors import EngineError
from lawcompare.engine.writing.redline import Paragraph
from lawcompare.laws.models import Clause
from lawcompare.laws.reports import write_xlsx

# Of two texts that together have more clauses a worker writes the file: some 250 pages, ten seconds as PDF.
CLAUSES_AT_ONCE = 2_000
KEPT_FOR = timedelta(days=1)
PURPOSE = "comparison-file"


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
    new = {"root": root, "job": lambda: jobs.create("comparisonfile", comparison.new.brought_by)}
    file, is_new = ComparisonFile.objects.get_or_create(
        comparison=comparison, form=form, language=language, defaults=new
    )
    if not (is_new or (is_there(file) and content_of(file))):
        jobs.start(file.job)
    return file


def find_file(comparison: Comparison, form: str, language: str) -> ComparisonFile | None:
    return (
        ComparisonFile.objects.filter(comparison=comparison, form=form, language=language)
        .select_related("comparison__old__law", "comparison__new__law", "job")
        .defer("content")
        .first()
    )


def is_there(file: ComparisonFile) -> bool:
    """Whether the file may be given out: it is done, and not too old."""
    job = file.job
    return job.is_done and job.finished_at is not None and job.finished_at > timezone.now() - KEPT_FOR


def content_of(file: ComparisonFile) -> bytes | None:
    """The file; None where the key that sealed it is gone."""
    stored = ComparisonFile.objects.get(pk=file.pk).content
    try:
        return site_cipher(PURPOSE).decrypt(bytes(stored))
    except InvalidToken:
        return None


def run_file(file: ComparisonFile, report: Report) -> None:
    comparison = Comparison.objects.select_related("old__law", "new__law").get(pk=file.comparison_id)
    with override(file.language):
        try:
            content = write(comparison, file.form, file.root, report)
        except ExportFailed as failure:
            raise EngineError("The PDF could not be made. Take the Word file, and tell us of it.") from failure
    with transaction.atomic():
        ComparisonFile.objects.filter(pk=file.pk).update(content=site_cipher(PURPOSE).encrypt(content))
        runner.finish(file.job)


def forget_old_files(job: Job, report: Report) -> None:
    """Delete the files that are no longer given out, and requests of which nothing became."""
    before = timezone.now() - KEPT_FOR
    old = Q(job__state=JobState.DONE, job__finished_at__lt=before)
    old |= Q(job__state=JobState.FAILED, job__requested_at__lt=before)
    ComparisonFile.objects.filter(old).delete()
