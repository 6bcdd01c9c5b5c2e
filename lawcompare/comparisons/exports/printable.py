"""A comparison as a file to print or to work on: what stands in it. How it is set, the engine's writers say."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.comparisons.exports import boxed_pdf
from lawcompare.comparisons.models import Comparison, Level, Standing
from lawcompare.comparisons.reading.rows import kinds
from lawcompare.engine.writing import report
from lawcompare.engine.writing.redline import Link, Paragraph, redline
from lawcompare.engine.writing.word import WordDocument
from lawcompare.languages import digits
from lawcompare.laws.citing.permalinks import pin, plain_address
from lawcompare.laws.documents import load_document
from lawcompare.laws.exports.reports import provenance
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Version

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
    return boxed_pdf.write_redline(_around(comparison, root), watch(paragraphs_of(comparison)), comparison.public_day)


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
    return {
        "title": _("%(old)s against %(new)s") % {"old": old.name, "new": new.name},
        "site": settings.SITE_NAME,
        "language": get_language() or "en",
        "law_language": new.language,
        "provenance": _("About the texts"),
        "sides": [_side(old, _("Old text")), _side(new, _("New text"))],
        "facts": [
            (_("Articles"), counts or digits(0)),
            (_("Compared on"), f"{day}, {settings.SITE_NAME}, {_('rules')} {comparison.engine}"),
            (_("Address"), address),
        ],
        "notices": _notices(comparison),
        "legend": {"label": _("Marks"), "runs": _legend(comparison)},
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


def _legend(comparison: Comparison) -> list[tuple[str, str]]:
    marks = [("insert", _("inserted")), ("delete", _("deleted"))]
    if labels := _labels(comparison):
        return [*marks, *(("label", label) for label in labels.values())]
    return [*marks, ("moved-from", _("moved from here")), ("moved-to", _("moved to here"))]


def _side(version: Version, label: str) -> dict[str, Any]:
    return {"label": label, "title": version.name, "facts": provenance(version)}


def pinned_comparison(comparison: Comparison) -> str:
    """The comparison's lasting address: with the hashes of both texts and the rules by which they were compared."""
    old, new = comparison.old, comparison.new
    address = plain_address("comparison", old.law.slug, old.slug, new.law.slug, new.slug)
    return f"{address}?{pin_of(comparison)}"


def pin_of(comparison: Comparison) -> str:
    by_text = "by=text&" if comparison.old.law_id != comparison.new.law_id else ""
    rules = f"engine={comparison.engine}&edition={comparison.edition}"
    return f"{by_text}texts={pin(comparison.old)}-{pin(comparison.new)}&{rules}"
