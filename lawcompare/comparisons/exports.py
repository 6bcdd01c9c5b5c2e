"""A comparison as a file: Word with tracked changes, PDF, spreadsheet.

A long comparison is written by a worker: its file is requested, followed while it is written, and given out for a day.
"""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import VISITOR, Person
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import has_place, may_take_long, methods, number_of
from lawcompare.comparisons import access
from lawcompare.comparisons.elements import element_changes
from lawcompare.comparisons.models import (
    ClausePair,
    Comparison,
    ComparisonFile,
    Concordance,
    Level,
    MapDecision,
    Standing,
    is_unknown,
    slips_in,
)
from lawcompare.comparisons.rows import kinds
from lawcompare.comparisons.services import are_long, size_of
from lawcompare.core.encryption import site_cipher
from lawcompare.core.jobs import runner
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.jobs.registry import Report as Progress
from lawcompare.core.models import Entry
from lawcompare.core.translations.texts import looked_at_once
from lawcompare.crosswalk.access import visible_values
from lawcompare.crosswalk.exports import report_of_two_laws
from lawcompare.crosswalk.provisions import rows_between, subject_page, texts_inside
from lawcompare.engine.document import Document
from lawcompare.engine.errors import EngineError
from lawcompare.engine.writing import report
from lawcompare.engine.writing import typeset as pdf
from lawcompare.engine.writing.redline import Link, Paragraph, redline
from lawcompare.engine.writing.word import MEDIA_TYPE as DOCX
from lawcompare.engine.writing.word import WordDocument
from lawcompare.languages import digits
from lawcompare.laws.access import get_two_versions
from lawcompare.laws.amendments.access import Instructions, amendment_between
from lawcompare.laws.citing import pin, plain_address, site_root
from lawcompare.laws.documents import document_of, load_document
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.plain_words.services import plain_words_of
from lawcompare.laws.reports import XLSX, Report, Sheet, SheetCell, answer_with, clause_link, provenance, write_xlsx
from lawcompare.laws.uploads.sandbox import Limits, MakersBusy, SetterFailed, set_in_box

# Two laws by subject of so many pages stand in one file; of more each page has its own.
FILE_PAGES = 5

# Hands on the paragraphs of a redline one by one, and may tell somebody how many have been written.
type Watch = Callable[[Sequence[Paragraph]], Iterable[Paragraph]]


def as_docx(comparison: Comparison, root: str, watch: Watch = iter, row: str = "") -> bytes:
    """With tracked changes: all accepted it is the new text, all refused the old one; of one row where it is named."""
    words = _around(comparison, root)
    moment = comparison.public_day
    word = WordDocument(
        words["title"],
        settings.SITE_NAME,
        moment,
        language=words["language"],
        header=words["title"],
        footer=words["footer"],
    )
    word.paragraph("Title", comparison.old.name)
    word.paragraph("Subtitle", f"→ {comparison.new.name}")
    if words["lead"]:
        word.paragraph("Subtitle", words["lead"])
    for notice in words["notices"]:
        word.run(word.paragraph(), notice, bold=True)
    if _labels(comparison):
        tracked = _(
            "Nothing in this file is tracked as deleted or inserted. Words struck out or underlined tell where what is "
            "known of a clause differs between the two texts."
        )
    else:
        tracked = _("Accept all changes and the new text stands here; refuse all and the old one does.")
    word.paragraph("Remark", tracked)
    for side in words["sides"]:
        word.table(side["facts"], heads=(side["label"], side["title"]))
    word.table(words["facts"])
    word.page_break()
    report.write_redline(
        word,
        watch(paragraphs_of(comparison, _row_named(comparison, row) if row else None)),
        moment,
        comparison.new.language,
    )
    word.paragraph("Remark", words["end"])
    return word.save(title_page=True)


def as_pdf(comparison: Comparison, root: str, watch: Watch, seconds: int) -> bytes:
    return write_redline(_around(comparison, root), watch(paragraphs_of(comparison)), comparison.public_day, seconds)


def paragraphs_of(comparison: Comparison, row: ClausePair | None = None) -> list[Paragraph]:
    """Both texts, or one row of them, as one redline, from the words that were marked when they were compared. A few
    queries.

    After an article of two restatements stand its elements, and what it says in plain words, a line each.
    """
    old, new = comparison.old, comparison.new
    texts = [load_document(old), load_document(new)] if row is None else [_inside(row.old, old), _inside(row.new, new)]
    names = old.short_name, new.short_name
    paragraphs = redline(texts[0], texts[1], links_of(comparison, row), _labels(comparison), names)
    if not (old.is_partial and new.is_partial):
        return paragraphs
    rows = comparison.pairs.filter(level=Level.UNIT).prefetch_related("old", "new")
    pairs = (rows.filter(pk=row.pk) if row else rows).in_bulk()
    elements = element_changes(comparison, pairs.values())
    plain = plain_words_of(VISITOR, old, new)
    lines = {
        pair.pk: [
            *(one.in_words for one in elements.get(pair.pk, ())),
            *(
                f"{text.short_name} · {_('in plain words')} · {say.words}"
                for text, clause in ((old, pair.old), (new, pair.new))
                if (say := plain.get(clause.pk if clause else 0)) and say.words
            ),
        ]
        for pair in pairs.values()
    }
    units: dict[str, Any] = {pair.new.eid: pair for pair in pairs.values() if pair.old and pair.new and lines[pair.pk]}
    told: list[Paragraph] = []
    at: Any = None
    for paragraph in [*paragraphs, Paragraph(eid="end")]:
        if at and paragraph.eid and not paragraph.eid.startswith((f"{at.new.eid}__", f"{at.old.eid}__")):
            told += [Paragraph([("label", line)], indent=1, is_tracked=False) for line in lines[at.pk]]
            at = None
        at = units.pop(paragraph.eid, at)
        told.append(paragraph)
    return told[:-1]


def _row_named(comparison: Comparison, name: str) -> ClausePair:
    rows = comparison.pairs.filter(level=Level.UNIT).prefetch_related("old", "new")
    if row := next((pair for pair in rows if pair.anchor == name), None):
        return row
    raise Http404(_("This comparison has no row of that name."))


def _inside(clause: Clause | None, version: Version) -> Document:
    """The engine's document of a clause with what stands in it; empty without one."""
    start, end = (clause.position, clause.end) if clause else (0, 0)
    return document_of(version, version.clauses.filter(position__gte=start, position__lt=end).order_by("position"))


def _labels(comparison: Comparison) -> dict[str, str]:
    """By side the label of its clauses of which the other text, known in part, says nothing."""
    labels = {"old": Standing.NOT_IN_NEW.label} if comparison.new.is_partial else {}
    labels |= {"new": Standing.NOT_IN_OLD.label} if comparison.old.is_partial else {}
    return {side: f"[{label}] " for side, label in labels.items()}


def links_of(comparison: Comparison, row: ClausePair | None = None) -> list[Link]:
    """Which clauses belong together, in the order of the comparison, with the redlines of their own words; of one row
    where it is named.

    An article's own words are a part of its row beside the row itself; both are one link.
    """
    pairs = comparison.pairs.exclude(old=None).exclude(new=None).order_by("position")
    pairs = pairs.filter(Q(pk=row.pk) | Q(row=row)) if row else pairs
    words: dict[tuple[str, str], tuple[Any, Any, bool]] = {}
    for old, new, changes, heading, level, is_flat in pairs.values_list(
        "old__eid", "new__eid", "changes", "heading_changes", "level", "is_flat"
    ):
        known_changes, known_heading, is_whole = words.get((old, new), ([], [], False))
        own = changes if level == Level.PART or not known_changes else known_changes
        words[old, new] = (own or known_changes, known_heading or heading, is_whole or is_flat)
    return [Link(old, new, *known) for (old, new), known in words.items()]


def _around(comparison: Comparison, root: str) -> dict[str, Any]:
    """What stands around the redline, in the reader's language."""
    old, new = comparison.old, comparison.new
    address = root + access.pinned_comparison(comparison)
    counts = ", ".join(f"{digits(count)} {label}" for _look, label, count in kinds(comparison))
    counts = ". ".join(filter(None, [counts, comparison.decided_in_words]))
    day = format_date(f"{comparison.public_day:%Y-%m-%d}")
    marks = [("insert", _("inserted")), ("delete", _("deleted"))]
    slips = sum(map(slips_in, comparison.pairs.filter(level=Level.UNIT).values_list("sentences", flat=True)))
    # What a reader must know before taking a mark for a change of the law.
    notices = []
    if new.is_partial:
        notices.append(
            _(
                "The new text is known only in part. A clause marked “not reported in the new text” is not a deletion: "
                "it may still stand in it."
            )
        )
    if old.is_partial:
        notices.append(
            _(
                "The old text is known only in part. A clause marked “first reported” is not an insertion: "
                "it may have stood in it too."
            )
        )
    if slips:
        marks.append(("slip", _("probable slip of reading")))
        notices.append(
            ngettext(
                "One probable slip of reading is set apart from the changes: the new text’s words stand, dotted, and a "
                "footnote has the old text’s.",
                "%(count)s probable slips of reading are set apart from the changes: the new text’s words stand, "
                "dotted, and footnotes have the old text’s.",
                slips,
            )
            % {"count": digits(slips)}
        )
    if labels := _labels(comparison):
        marks += [("label", label) for label in labels.values()]
    else:
        marks += [("moved-from", _("moved from here")), ("moved-to", _("moved to here"))]
    return {
        "title": f"{old.short_name} → {new.short_name}",
        "lead": access.lead_in_words(old, new),
        "site": settings.SITE_NAME,
        "language": get_language() or "en",
        "law_language": new.language,
        "provenance": _("About the texts"),
        "sides": [
            {"label": label, "title": version.name, "facts": provenance(version)}
            for version, label in ((old, _("Old text")), (new, _("New text")))
        ],
        "facts": [
            (_("Articles"), counts or digits(0)),
            (_("Compared on"), f"{day}, {settings.SITE_NAME}, {_('rules')} {comparison.engine}"),
            (_("Address"), address),
        ],
        "notices": notices,
        "legend": {"label": _("Marks"), "runs": marks},
        "footer": address,
        "end": _("End of the comparison. Texts are shown with where they come from; a restatement is not the law."),
    }


# --- The PDF, set by a child process in the box, so that what breaks there ends only the child ------------------------


WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "pdf"]
# The longest comparison of the demonstration corpus takes a second or two, and some hundred megabytes. While a reader
# waits there are fewer seconds: words that all differ take ten times as many as others.
MEGABYTES, SECONDS, SECONDS_AT_ONCE = 2048, 60, 10
BYTES_MAX = 200_000_000


class ExportFailed(Exception):
    """A file could not be made of a comparison."""


class ExportBusy(ExportFailed):
    """Others are being made at this moment."""


def write_redline(labels: dict[str, Any], paragraphs: Iterable[Paragraph], moment: datetime, seconds: int) -> bytes:
    """Returns the PDF, as ``pdf.write_redline`` does. Raises ``ExportFailed``."""
    if not settings.READER_SANDBOX:
        return pdf.write_redline(labels, paragraphs, moment)
    asked = {"data": pdf.redline_data(labels, paragraphs, moment), "moment": moment.isoformat()}
    try:
        return set_in_box(WORKER, asked, Limits(MEGABYTES, seconds, BYTES_MAX), b"%PDF-")
    except MakersBusy:
        raise ExportBusy from None
    except SetterFailed:
        raise ExportFailed from None


# --- A spreadsheet: a row for each article ----------------------------------------------------------------------------


def report_of(comparison: Comparison, root: str) -> Report:
    """A row for each article, and the texts. Four queries, however many they are."""
    old, new = comparison.old, comparison.new
    return Report(
        title=f"{old.short_name} → {new.short_name}",
        address=access.pinned_comparison(comparison),
        texts=[old, new],
        lead=access.lead_in_words(old, new),
        sheets=[_sheet_of_rows(comparison, root)],
    )


def _sheet_of_rows(comparison: Comparison, root: str) -> Sheet:
    old, new = comparison.old, comparison.new
    head = [
        _("Number"), old.name, new.name, _("Kind of change"), _("What changed"), _("Share of words changed"),
        _("Probable slips of reading"), _("Old words"), _("New words"), _("Clauses belong together by"), _("Reason"),
    ]  # fmt: skip
    pairs = comparison.pairs.filter(level=Level.UNIT).order_by("position")
    related = ["old", "new", "decision__decision__organisation", "decision__decision__by"]
    old_words, new_words, elements = _Words(old), _Words(new), element_changes(comparison)
    act = Instructions(amendment_between(VISITOR, old, new))
    decided: dict[int | None, list[Concordance | None]] = defaultdict(list)
    for part in comparison.pairs.filter(level=Level.PART, decision__isnull=False).select_related(*related[2:]):
        decided[part.row_id].append(part.decision)

    def by_whom(pair: ClausePair) -> tuple[str, str]:
        """Who decided on the row and its parts, else the program, and why."""
        known = [one for one in (pair.decision, *decided[pair.pk]) if one]
        if not known:
            return _("program"), comparison.decided_in_words if pair.may_rest_on else ""
        who, why = dict.fromkeys(one.credit for one in known), dict.fromkeys(one.reason for one in known)
        return "\n".join(who), "\n".join(why)

    def by_act(pair: ClausePair) -> str:
        places = ", ".join(one["act"] for one in act.of_row(pair.old, pair.new))
        return f"{_('Amended by the act:')} {places}" if places else ""

    rows: list[Sequence[SheetCell]] = [
        [
            number,
            _link(pair.old, old, root),
            _link(pair.new, new, root),
            str(pair.get_standing_display()),
            "\n".join(
                filter(None, [pair.sentence, *(one.in_words for one in elements.get(pair.pk, [])), by_act(pair)])
            ),
            "" if is_unknown(pair) or pair.standing == Standing.SAME_SUBJECT else round(pair.size, 3),
            slips_in(pair.sentences),
            old_words.of(pair.old),
            new_words.of(pair.new),
            *by_whom(pair),
        ]
        for number, pair in enumerate(pairs.select_related(*related), start=1)
    ]
    return Sheet(_("Articles"), head, rows, [8, 32, 32, 16, 48, 12, 12, 60, 60, 24, 40])


def _link(clause: Clause | None, version: Version, root: str) -> SheetCell:
    if clause is None:
        return ""
    clause.version = version
    return clause_link(clause, root)


class _Words:
    """The words of a text's clauses, each with what stands inside it, read at once."""

    def __init__(self, version: Version) -> None:
        rows = version.clauses.order_by("position").values_list("num", "heading", "text")
        self.lines = [" ".join(filter(None, row)) for row in rows]

    def of(self, clause: Clause | None) -> str:
        return "\n".join(filter(None, self.lines[clause.position : clause.end])) if clause else ""


# --- Files of long comparisons, which a worker writes -----------------------------------------------------------------


# Of two texts that together have more, a worker writes the file: some 100 pages, four seconds as PDF.
CLAUSES_AT_ONCE, CHARACTERS_AT_ONCE = 1_000, 200_000
KEPT_FOR = timedelta(days=1)
PURPOSE = "comparison-file"
# What the log calls it where staff, or who is named beside a decision, may have taken something back that a file has.
BY_STAFF = ["admin.change", "admin.delete", "confirm", "refuse", "undo"]
BY_WHO_IS_NAMED = ["change name", "withdraw name"]


def write(comparison: Comparison, form: str, root: str, progress: Progress | None = None, row: str = "") -> bytes:
    """The file in the reader's language; without ``progress`` a reader waits for it. Raises ``ExportFailed``."""
    if form == "xlsx":
        return write_xlsx(report_of(comparison, root), root)

    def watched(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph]:
        for done, paragraph in enumerate(paragraphs, start=1):
            yield paragraph
            if progress:
                progress("writing", done, len(paragraphs))

    if form == "docx":
        return as_docx(comparison, root, watched, row)
    return as_pdf(comparison, root, watched, SECONDS if progress else SECONDS_AT_ONCE)


@transaction.atomic
def request_file(comparison: Comparison, form: str, language: str, root: str, by: Person) -> ComparisonFile:
    """Have a worker write the file, unless it is being written or is there: work of the organisation of who asks."""
    membership = membership_of(by)
    owner = membership and membership.organisation
    new = {"root": root, "job": lambda: jobs.create("comparisonfile", owner)}
    file, is_new = ComparisonFile.objects.get_or_create(
        comparison=comparison, form=form, language=language, defaults=new
    )
    if not (is_new or (is_there(file) and content_of(file))):
        jobs.start(file.job, owner)
    return file


def is_there(file: ComparisonFile) -> bool:
    """Whether the file may be given out: it is done, not too old, and nothing in it was taken back since."""
    job = file.job
    if not job.is_done or job.finished_at is None or job.finished_at <= timezone.now() - KEPT_FOR:
        return False
    named = MapDecision.objects.filter(made__in=file.comparison.pairs.order_by().values("decision")).order_by()
    changed = Q(actor__in=named.filter(names_person=True).values("by"), action="change name")
    withdrawn = Q(action="withdraw name", subject__in=[f"decision/{pk}" for pk in named.values_list("pk", flat=True)])
    return not taken_back_since(job, changed | withdrawn)


def taken_back_since(job: Job, named: Q) -> bool:
    """Whether staff, or people who may be ``named`` in a file, may have taken something back since it was asked for."""
    taken_back = Q(action__in=BY_STAFF, organisation="") | Q(named, action__in=BY_WHO_IS_NAMED)
    since = job.requested_at.astimezone(UTC).isoformat(timespec="microseconds")
    return Entry.objects.filter(taken_back, at__gte=since).exists()


def content_of(file: ComparisonFile) -> bytes | None:
    """The file; None where the key that sealed it is gone."""
    stored = ComparisonFile.objects.get(pk=file.pk).content
    try:
        return site_cipher(PURPOSE).decrypt(bytes(stored))
    except InvalidToken:
        return None


def run_file(file: ComparisonFile, report: Progress) -> None:
    comparison = Comparison.objects.select_related("old__law", "new__law").get(pk=file.comparison_id)
    with override(file.language), looked_at_once():
        try:
            content = write(comparison, file.form, file.root, report)
        except ExportFailed as failure:
            raise EngineError("The PDF could not be made. Use the Word file, and please tell us.") from failure
    with transaction.atomic():
        ComparisonFile.objects.filter(pk=file.pk).update(content=site_cipher(PURPOSE).encrypt(content))
        runner.finish(file.job)


def forget_old_files(job: Job, report: Progress) -> None:
    """Delete the files that are no longer given out, and requests of which nothing became."""
    before = timezone.now() - KEPT_FOR
    old = Q(job__state=JobState.DONE, job__finished_at__lt=before)
    old |= Q(job__state=JobState.FAILED, job__requested_at__lt=before)
    ComparisonFile.objects.filter(old).delete()


# --- Addresses of the files -------------------------------------------------------------------------------------------


MEDIA_TYPES = {"docx": DOCX, "pdf": "application/pdf", "xlsx": XLSX}


@require_safe
def two_laws_file(request: HttpRequest, form: str, **pair: str) -> HttpResponse:
    """Two laws by subject as a file, or one page of them where they are long; their page where nothing is known of how
    they correspond.
    """
    old, new = (pair["old_law"], pair["old_version"]), (pair["new_law"], pair["new_version"])
    versions = get_two_versions(request.user, old, new)
    access.check_pins(request.GET, *versions)
    stated = access.stated_between(request.user, *versions)
    if not stated:
        return redirect(Comparison(old=versions[0], new=versions[1]).get_absolute_url())
    number = number_of(request.GET.get("page", "")) or 1
    name = f"{'-'.join(old)}--{'-'.join(new)}-by-subject{f'-{number}' if number > 1 else ''}"

    def report() -> Report:
        pages = subject_page(stated, visible_values(request.user), *versions, request.GET.get("page", ""))
        page = pages.page if pages.page.paginator.num_pages > FILE_PAGES else None
        rows = pages.shown if page else rows_between(stated, visible_values(request.user), *versions)
        clauses = {clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}
        inside, values = texts_inside(clauses.values()), visible_values(request.user)
        pinned = f"{plain_address('comparison', *old, *new)}?texts={pin(versions[0])}-{pin(versions[1])}"
        return report_of_two_laws(*versions, rows, values, inside, pinned, site_root(request), page)

    return answer_with(request, report, form, name)


@csrf_exempt  # a visitor gets no cookie; a form must come from here
@methods("GET", "HEAD", "POST")
def comparison_file(request: HttpRequest, form: str, **pair: str) -> HttpResponse:
    """The file; where the comparison is not there yet, its page, which says how far it is or how to ask for it.

    The file of a long comparison is written by a worker: POST asks for it, and this address has it once it is there.
    """
    if request.method == "POST" and not access.comes_from_here(request):
        raise PermissionDenied(_("Request a file from this site’s own pages."))
    old, new = (pair["old_law"], pair["old_version"]), (pair["new_law"], pair["new_version"])
    versions = get_two_versions(request.user, old, new)
    access.check_pins(request.GET, *versions)
    edition, engine = (request.GET.get(name, "") for name in ("edition", "engine"))
    comparison = access.find_comparison(*versions, edition, engine)
    if comparison is None or not comparison.is_done:
        by_text = "?by=text" if versions[0].law_id != versions[1].law_id else ""
        return redirect(Comparison(old=versions[0], new=versions[1]).get_absolute_url() + by_text)
    name = f"{'-'.join(old)}--{'-'.join(new)}.{form}"
    if _is_long(comparison, form):
        return _long_file(request, comparison, form, name)
    if request.method == "POST":
        return redirect(request.get_full_path())
    if not (may_take_long(request) and has_place(request) and allow(request, "files", settings.FILES_PER_HOUR)):
        return _problem(request, comparison, _too_many(), 429)
    try:
        return _file(write(comparison, form, site_root(request), row=request.GET.get("row", "")), form, name)
    except ExportBusy:
        return _problem(
            request, comparison, _("Other files are being made at this moment. Try again in a minute."), 503
        )
    except ExportFailed:
        return _problem(
            request, comparison, _("The PDF could not be made. Use the Word file, and please tell us."), 503
        )


def _is_long(comparison: Comparison, form: str) -> bool:
    """Whether a worker writes it. Letters beyond ASCII are set in many times the time of others, whatever language a
    text says that it is in: 120,000 of Khmer take ten seconds.
    """
    pair = comparison.old_id, comparison.new_id
    if are_long(*pair, CLAUSES_AT_ONCE, CHARACTERS_AT_ONCE):
        return True
    return form == "pdf" and _letters_set(*pair) > CHARACTERS_AT_ONCE


def _letters_set(old_id: int, new_id: int) -> int:
    """Letters of two texts by what setting them takes: one beyond ASCII counts as those of its UTF-8, and more."""
    texts = Clause.objects.filter(version__in=[old_id, new_id]).order_by().values_list("heading", "text")
    return sum(2 * len(words.encode()) - len(words) for words in chain.from_iterable(texts))


# Clauses, and characters, that make a file count once more, which then takes some four seconds more.
SET_A_USE, WRITTEN_A_USE = (1_000, 250_000), (5_000, 1_000_000)


def _count_file(request: HttpRequest, comparison: Comparison, form: str) -> None:
    """Count a long file against the limit of this hour; of visitors, who wait in one line, by its length against a
    tenth of it in ten minutes too. Raises ``AskedTooMuch``.
    """
    pair, soon = (comparison.old_id, comparison.new_id), max(1, settings.FILES_PER_HOUR // 10)
    clauses, characters = size_of(*pair)
    of_clauses, of_characters = SET_A_USE if form == "pdf" else WRITTEN_A_USE
    if form == "pdf" and characters <= soon * of_characters:  # of longer ones it need not be known more closely
        characters = _letters_set(*pair)
    uses = 1 + max(clauses // of_clauses, characters // of_characters)
    is_soon_again = access.is_for_visitors(request, uses, soon) and not (
        allow(request, "files-soon", soon - uses, per=600, uses=0)
        and allow(request, "files-soon", soon, per=600, uses=uses)
    )
    if is_soon_again or not allow(request, "files", settings.FILES_PER_HOUR):
        raise access.AskedTooMuch(_too_many())


def _long_file(request: HttpRequest, comparison: Comparison, form: str, name: str) -> HttpResponse:
    """The file that a worker made; else the page that asks for it and says how far it is."""
    language = get_language() or "en"
    related = ["comparison__old__law", "comparison__new__law", "job"]
    files = ComparisonFile.objects.filter(comparison=comparison, form=form, language=language)
    file = files.select_related(*related).defer("content").first()
    if request.method == "POST":
        if file is None or not (is_there(file) and content_of(file)):
            organisation = access.organisation_of(request.user)
            is_under_way = file is not None and file.job.is_under_way
            waits_elsewhere = file is not None and is_under_way and jobs.may_take_over(file.job, organisation)
            try:
                if waits_elsewhere or not is_under_way:
                    _count_file(request, comparison, form)
            except access.AskedTooMuch as refusal:
                if not is_under_way:
                    return _problem(request, comparison, str(refusal), 429)
                waits_elsewhere = False  # and goes on waiting there
            requested = request_file(comparison, form, language, site_root(request), request.user)
            if waits_elsewhere:
                jobs.take_over(requested.job, organisation)
        return redirect(request.get_full_path())
    is_asked_how_far = bool(getattr(request, "htmx", False))
    is_readable = file is not None and is_there(file)
    if file is not None and is_readable and not is_asked_how_far:
        content = content_of(file)
        if content is not None:
            return _file(content, form, name)
        is_readable = False
    context = {
        "old": comparison.old, "new": comparison.new, "comparison": comparison, "form": form.upper(), "file": file,
        "is_there": is_readable, "is_under_way": file is not None and file.job.is_under_way,
    }  # fmt: skip
    part = "comparisons/long_file.html#progress" if is_asked_how_far else "comparisons/long_file.html"
    return render(request, part, context)


def _file(content: bytes, form: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=MEDIA_TYPES[form], headers=headers)


def _too_many() -> str:
    return _("Too many files were requested in the last hour. Try again later.")


def _problem(request: HttpRequest, comparison: Comparison, problem: str, status: int) -> HttpResponse:
    context = {"old": comparison.old, "new": comparison.new, "problem": problem}
    return render(request, "comparisons/waiting.html", context, status=status)
