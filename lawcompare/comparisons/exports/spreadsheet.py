"""The rows of a comparison as a spreadsheet: what happened to each article, with its old and new words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from lawcompare.comparisons.exports.printable import pinned_comparison
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.comparisons.row_html import is_unknown
from lawcompare.laws.exports.reports import Report, clause_link
from lawcompare.laws.exports.tabular import Sheet, SheetCell
from lawcompare.laws.models import Clause, Version


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
