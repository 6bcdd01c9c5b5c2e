"""The rows of a page as HTML for one reader: stored HTML joined, with what is laid over the few rows that have more."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape
from typing import Any

from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from lawcompare.annotations.reading.marked_text import law_text
from lawcompare.comparisons.models import Standing
from lawcompare.comparisons.reading.rows import FoldedPart, PairHead, PrintedRow, RowFold, title
from lawcompare.comparisons.row_html import Notes, PairWords, heading_line, indent, pair_html, part_html
from lawcompare.laws import rendering


class RowWriter:
    """Writes rows of the comparison of ``old`` and ``new`` for the page of ``context``.

    Needs in it: old, new, switches; takes the notes where there are any, and corrects: for who may correct pairings.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        old, new, switches = context["old"], context["new"], context["switches"]
        self.new, self.is_inline = new, switches.is_inline
        self.notes: Notes = context.get("notes") or {}
        self.languages = old.language, new.language
        # The guest of a private comparison can open no page of its clauses: links stay on the page.
        self.is_guest = bool(context.get("is_guest"))
        places = [self._place if self.is_guest else rendering.ClauseAddresses(version) for version in (old, new)]
        self.addresses: Sequence[Callable[[str], str]] = places
        self.labels = escape(_("old clause")), escape(_("new clause"))
        names = [old.law.slug, old.slug, new.law.slug, new.slug]
        corrects = context.get("corrects") and not switches.edition
        self.correcting = reverse("correct", args=names) if corrects else ""
        # A row of a private text is shared with nobody; of an earlier edition the present one would be shown.
        is_shared = old.is_published and new.is_published and not switches.edition
        self.sharing = reverse("share_row", args=[*names, "row"]).removesuffix("row/") if is_shared else ""
        self.kind = cache(self._kind)  # a template for each kind on the page, not for each row

    @staticmethod
    def _place(eid: str) -> str:
        return f"#{eid}"

    def write(self, items: Iterable[PrintedRow | RowFold]) -> SafeString:
        """Rows, folds and headings in order, in the reader's language."""
        html = "".join(map(self._item, items))
        return rendering.in_language(rendering.without_old_side(html) if self.is_inline else html)

    def _item(self, item: PrintedRow | RowFold) -> str:
        if isinstance(item, RowFold):
            return self._template("row/_fold", fold=item, rows=rendering.joined(*map(self._folded, item.rows)))
        if item.is_heading:
            return self._template("row/_group_head", row=item, heading=rendering.joined(self._headings(item.pair)))
        return self._row(item)

    def _template(self, component: str, /, **more: Any) -> str:
        return rendering.component(self.context, component, **more)

    def _kind(self, look: str, standing: str) -> str:
        """The sign and name of what happened to a row."""
        return self._template("row/_kind", look=look, words=capfirst(Standing(standing).label))

    # --- A row that is printed ----------------------------------------------------------------------------------------

    def _row(self, row: PrintedRow) -> str:
        pair, look, name, sentence = row.pair, row.look, title(row.pair), row.sentence
        header = rendering.row_header(
            self.kind(look, pair.standing), name, "" if look == "unchanged" else sentence, self._links(pair, name)
        )
        body = [self._headings(pair)]
        if pair.decision_id or pair.is_coarse or (pair.is_replaced and not sentence):
            body.insert(0, self._template("row/_remarks", pair=pair, sentence=sentence))
        for part in row.all:
            if part.is_gap:
                body.append(rendering.gap(part.count, self.addresses[1](pair.new.eid) if pair.new else ""))
                continue
            if part.decision_id:
                body.append(self._template("row/_decided", decision=part.decision, pair=part))
            body.append(self._part(part, pair))
        if isinstance(pair, PairHead):  # nobody wrote a note on it, and its clauses name no source of their own
            return rendering.row(pair.anchor, look, header, "\n".join(body))
        if row.has_sources:
            body.append(self._template("row/_sources", row=row, pair=pair))
        notes = self._template("row/_notes", row=row, name=name) if self.notes else ""
        return rendering.row(pair.anchor, look, header, "\n".join(body), notes, corrects=bool(self.correcting))

    def _links(self, pair: Any, name: str) -> str:
        """From a row to its clauses, to correcting it, and to itself."""
        if self.is_guest:
            return rendering.row_link(pair.anchor)
        links = [
            rendering.link(address(clause.eid), label, str(clause))
            for clause, address, label in zip((pair.old, pair.new), self.addresses, self.labels, strict=True)
            if clause
        ]
        if self.correcting:
            eids = (pair.old.eid if pair.old else ""), (pair.new.eid if pair.new else "")
            links.append(rendering.correcting_link(self.correcting, *eids, name))
        if self.sharing and (pair.old or pair.new):
            links.append(rendering.share_link(f"{self.sharing}{pair.anchor}/", name))
        return "".join(links) + rendering.row_link(pair.anchor)

    def _headings(self, pair: Any) -> str:
        return pair.html or pair_html(PairWords.of(pair), None, self.languages)

    def _part(self, part: Any, pair: Any) -> str:
        if part.html and part.old_id not in self.notes and part.new_id not in self.notes:
            return str(part.html)
        return part_html(PairWords.of(part), PairWords.of(pair), self.languages, self.notes)

    # --- A row that is folded -----------------------------------------------------------------------------------------

    def _folded(self, row: PrintedRow) -> str:
        pair = row.pair
        if not row.parts:
            clause = pair.new or pair.old
            address = self.addresses[1 if pair.new else 0](clause.eid)
            return rendering.folded_name(pair.anchor, address, str(clause))
        if row.look == "unknown":
            return self._row(row)
        words = PairWords(pair.kind, pair.level, pair.old, pair.new)
        parts = "".join(self._folded_part(part, row) for part in row.parts)
        if not isinstance(pair, PairHead):
            parts += self._template("clause/_source", clause=pair.new)
        return rendering.folded_row(pair.anchor, self.new.language, heading_line(words, "new", self.languages), parts)

    def _folded_part(self, part: Any, row: PrintedRow) -> str:
        if isinstance(part, FoldedPart):
            steps, clause, html = part.depth - row.parts[0].depth, part, part.html
        elif part.new is None:
            return ""
        else:
            steps, clause, html = (
                indent(part, row.pair),
                part.new,
                law_text(part.new, self.notes, language=self.new.language),
            )
        if part.new_id != row.pair.new_id:
            html = rendering.with_lead(html, rendering.lead_of(clause, self.new.language))
        return rendering.folded_part(html, steps)
