"""A comparison as a document: as Word with tracked changes, as PDF, as a spreadsheet."""

import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.comparisons.models import ClausePair, Comparison, Level, Standing, is_unknown
from lawcompare.comparisons.reading.rows import kinds
from lawcompare.engine.writing import report
from lawcompare.engine.writing import typeset as pdf
from lawcompare.engine.writing.redline import Link, Paragraph, redline
from lawcompare.engine.writing.word import WordDocument
from lawcompare.languages import digits
from lawcompare.laws.citing.permalinks import pin, plain_address
from lawcompare.laws.documents import load_document
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.reports import Report, Sheet, SheetCell, clause_link, provenance
from lawcompare.laws.uploads.boxed_setter import Limits, SetterFailed, set_in_box

# Hands on the paragraphs of a redline one by one, and may tell somebody how many have been written.
type Watch = Callable[[Sequence[Paragraph]], Iterable[Paragraph]]


def as_docx(comparison: Comparison, root: str, watch: Watch = iter) -> bytes:
    """With tracked changes: all accepted it is the new text, all refused the old one."""
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
    word.paragraph("Subtitle", f"{_('against')} {comparison.new.name}")
    for notice in words["notices"]:
        word.run(word.paragraph(), notice, bold=True)
    if words["notices"]:
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
    report.write_redline(word, watch(paragraphs_of(comparison)), moment, comparison.new.language)
    word.paragraph("Remark", words["end"])
    return word.save(title_page=True)


def as_pdf(comparison: Comparison, root: str, watch: Watch = iter) -> bytes:
    return write_redline(_around(comparison, root), watch(paragraphs_of(comparison)), comparison.public_day)


def paragraphs_of(comparison: Comparison) -> list[Paragraph]:
    """Both texts as one redline, from the words that were marked when they were compared. Three queries."""
    old, new = comparison.old, comparison.new
    return redline(load_document(old), load_document(new), links_of(comparison), _labels(comparison))


def _labels(comparison: Comparison) -> dict[str, str]:
    """By side the label of its clauses of which the other text, known in part, says nothing."""
    labels = {"old": Standing.NOT_IN_NEW.label} if comparison.new.is_partial else {}
    labels |= {"new": Standing.NOT_IN_OLD.label} if comparison.old.is_partial else {}
    return {side: f"[{label}] " for side, label in labels.items()}


def links_of(comparison: Comparison) -> list[Link]:
    """Which clauses belong together, in the order of the comparison, with the redlines of their own words.

    An article's own words are a part of its row beside the row itself; both are one link.
    """
    pairs = comparison.pairs.exclude(old=None).exclude(new=None).order_by("position")
    words: dict[tuple[str, str], tuple[Any, Any]] = {}
    for old, new, changes, heading, level in pairs.values_list(
        "old__eid", "new__eid", "changes", "heading_changes", "level"
    ):
        known_changes, known_heading = words.get((old, new), ([], []))
        own = changes if level == Level.PART or not known_changes else known_changes
        words[old, new] = (own or known_changes, known_heading or heading)
    return [Link(old, new, changes, heading) for (old, new), (changes, heading) in words.items()]


def _around(comparison: Comparison, root: str) -> dict[str, Any]:
    """What stands around the redline, in the reader's language."""
    old, new = comparison.old, comparison.new
    address = root + pinned_comparison(comparison)
    counts = ", ".join(f"{digits(count)} {label}" for _look, label, count in kinds(comparison))
    day = format_date(f"{comparison.public_day:%Y-%m-%d}")
    marks = [("insert", _("inserted")), ("delete", _("deleted"))]
    if labels := _labels(comparison):
        marks += [("label", label) for label in labels.values()]
    else:
        marks += [("moved-from", _("moved from here")), ("moved-to", _("moved to here"))]
    return {
        "title": _("%(old)s against %(new)s") % {"old": old.name, "new": new.name},
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
        "notices": _notices(comparison),
        "legend": {"label": _("Marks"), "runs": marks},
        "footer": address,
        "end": _("End of the comparison. Texts are shown with where they come from; a restatement is not the law."),
    }


def _notices(comparison: Comparison) -> list[str]:
    """What a reader must know before taking a mark for a change of the law."""
    notices = []
    if comparison.new.is_partial:
        notices.append(
            _(
                "The new text is known only in part. A clause marked “not reported in the new text” is not a deletion: "
                "it may still stand in it."
            )
        )
    if comparison.old.is_partial:
        notices.append(
            _(
                "The old text is known only in part. A clause marked “first reported” is not an insertion: "
                "it may have stood in it too."
            )
        )
    return notices


def pinned_comparison(comparison: Comparison) -> str:
    """The comparison's lasting address: with the hashes of both texts and the rules by which they were compared."""
    old, new = comparison.old, comparison.new
    address = plain_address("comparison", old.law.slug, old.slug, new.law.slug, new.slug)
    return f"{address}?{pin_of(comparison)}"


def pin_of(comparison: Comparison) -> str:
    by_text = "by=text&" if comparison.old.law_id != comparison.new.law_id else ""
    rules = f"engine={comparison.engine}&edition={comparison.edition}"
    return f"{by_text}texts={pin(comparison.old)}-{pin(comparison.new)}&{rules}"


# --- The PDF, set by a child process in the box, so that what breaks there ends only the child ------------------------


WORKER = [sys.executable, "-m", "lawcompare.engine.sandbox.maker", "pdf"]
# The longest comparison of the demonstration corpus takes a second or two, and some hundred megabytes.
MEGABYTES, SECONDS = 2048, 60
BYTES_MAX = 200_000_000


class ExportFailed(Exception):
    """A file could not be made of a comparison."""


def write_redline(labels: dict[str, Any], paragraphs: Iterable[Paragraph], moment: datetime) -> bytes:
    """Returns the PDF, as ``pdf.write_redline`` does. Raises ``ExportFailed``."""
    if not settings.READER_SANDBOX:
        return pdf.write_redline(labels, paragraphs, moment)
    asked = {"data": pdf.redline_data(labels, paragraphs, moment), "moment": moment.isoformat()}
    try:
        return set_in_box(WORKER, asked, Limits(MEGABYTES, SECONDS, BYTES_MAX), b"%PDF-")
    except SetterFailed:
        raise ExportFailed from None


# --- A spreadsheet: a row for each article ----------------------------------------------------------------------------


def report_of(comparison: Comparison, root: str) -> Report:
    """A row for each article, and the texts. Three queries, however many they are."""
    old, new = comparison.old, comparison.new
    return Report(
        title=_("%(old)s against %(new)s") % {"old": old.name, "new": new.name},
        address=pinned_comparison(comparison),
        texts=[old, new],
        sheets=[_sheet_of_rows(comparison, root)],
    )


def _sheet_of_rows(comparison: Comparison, root: str) -> Sheet:
    old, new = comparison.old, comparison.new
    head = [
        _("Number"), old.name, new.name, _("Kind of change"), _("What changed"), _("Share of words changed"),
        _("Old words"), _("New words"), _("Clauses belong together by"), _("Reason"),
    ]  # fmt: skip
    pairs = comparison.pairs.filter(level=Level.UNIT).order_by("position")
    related = ["old", "new", "decision__decision__organisation", "decision__decision__by"]
    old_words, new_words = _Words(old), _Words(new)
    rows: list[Sequence[SheetCell]] = [
        [
            number,
            _link(pair.old, old, root),
            _link(pair.new, new, root),
            str(pair.get_standing_display()),
            pair.sentence,
            "" if is_unknown(pair) else round(pair.size, 3),
            old_words.of(pair.old),
            new_words.of(pair.new),
            *_decided(pair),
        ]
        for number, pair in enumerate(pairs.select_related(*related), start=1)
    ]
    return Sheet(_("Articles"), head, rows, [8, 32, 32, 16, 48, 12, 60, 60, 24, 40])


def _link(clause: Clause | None, version: Version, root: str) -> SheetCell:
    if clause is None:
        return ""
    clause.version = version
    return clause_link(clause, root)


def _decided(pair: ClausePair) -> list[SheetCell]:
    if pair.decision is None:
        return [_("program"), ""]
    return [pair.decision.credit, pair.decision.reason]


class _Words:
    """The words of a text's clauses, each with what stands inside it, read at once."""

    def __init__(self, version: Version) -> None:
        rows = version.clauses.order_by("position").values_list("num", "heading", "text")
        self.lines = [" ".join(filter(None, row)) for row in rows]

    def of(self, clause: Clause | None) -> str:
        return "\n".join(filter(None, self.lines[clause.position : clause.end])) if clause else ""
