"""A brief to print or to hand in: what organisations say of a law, each concern with the words it is about.

Quotes in their context, the risk, the question that tests for it, reasons, standards in their own words, legal tests
and other words proposed. The file names organisations, and a person only where they asked for it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lawcompare.annotations.brief.paragraphs import write_markdown
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Risk
from lawcompare.annotations.writing.checklist import answered
from lawcompare.engine.diff import diff
from lawcompare.engine.text.words import clusters
from lawcompare.engine.writing.word import WordDocument
from lawcompare.languages import digits
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.citing.permalinks import pinned_clause, pinned_version, plain_address
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Version

# Letters of a clause shown on either side of the words a note is about, and of a standard.
CONTEXT, STANDARD_MAX = 400, 1500


def for_brief(annotations: AnnotationQuerySet) -> list[Annotation]:
    """Annotations with all that a brief says of them, text by text and clause by clause, the gravest first."""
    ordered = annotations.for_brief().order_by(
        "version__law__title", "version__date", "version_id", "clause__position", "-risk", "published_at", "pk"
    )
    return list(ordered)


def write_brief(annotations: Sequence[Annotation], chosen: Sequence[str], root: str) -> bytes:
    """The DOCX. ``chosen`` are the names of what the annotations were narrowed to, ``root`` the site's address."""
    return _Brief(annotations, chosen, root).write()


class _Brief:
    def __init__(self, annotations: Sequence[Annotation], chosen: Sequence[str], root: str) -> None:
        self.annotations, self.chosen, self.root = annotations, chosen, root
        self.language = get_language() or "en"
        # The last change in it: the same notes give the same file.
        self.moment: datetime = max(note.changed_day for note in annotations)
        title = " · ".join([_("Brief"), *chosen])
        footer = f"{settings.SITE_NAME} · {root}{plain_address('annotations')}"
        self.word = WordDocument(
            title, settings.SITE_NAME, self.moment, language=self.language, header=title, footer=footer
        )

    def write(self) -> bytes:
        self.write_title_page()
        self.write_contents()
        version: Version | None = None
        for number, note in enumerate(self.annotations, start=1):
            if note.version != version:
                version = note.version
                self.word.page_break()
                self.write_version(version)
            self.write_concern(number, note)
        return self.word.save(title_page=True)

    # --- Front ---

    def write_title_page(self) -> None:
        word = self.word
        word.paragraph("Title", _("What is said of the words of a law, by whom, and by which standard"))
        for name in self.chosen:
            word.paragraph("Subtitle", name)
        word.paragraph("Remark", f"{settings.SITE_NAME}, {format_date(f'{self.moment:%Y-%m-%d}')}")
        counts = Counter(note.risk for note in self.annotations)
        rows = [(str(Risk(risk).label).capitalize(), digits(counts[risk])) for risk in sorted(counts, reverse=True)]
        total = len(self.annotations)
        head = ngettext("%(count)s concern", "%(count)s concerns", total) % {"count": digits(total)}
        word.table(rows, heads=(_("Risk"), head))
        word.paragraph("Remark", _("Texts are shown with where they come from; a restatement is not the law."))

    def write_contents(self) -> None:
        word = self.word
        word.page_break()
        word.paragraph("Heading1", _("Contents"))
        version: Version | None = None
        for number, note in enumerate(self.annotations, start=1):
            if note.version != version:
                version = note.version
                word.run(word.paragraph("Contents"), version.name, bold=True)
            line = word.paragraph("Contents")
            word.link(line, f"{cite(note.clause)} – {note.get_risk_display()}", anchor=_name(number))
            word.run(line, "\t")
            word.page_of(line, _name(number))

    def write_version(self, version: Version) -> None:
        self.word.paragraph("Heading1", version.name)
        details = [str(version.get_text_status_display()), format_date(version.date), version.became_public]
        line = self.word.paragraph("Remark", " · ".join(filter(None, details)) + " ")
        if version.source_url:
            self.word.link(line, version.source_url, version.source_url)
        if version.note:
            self.word.paragraph("Remark", version.note)
        self.link_line(_("Address"), self.root + pinned_version(version))

    # --- One concern ---

    def write_concern(self, number: int, note: Annotation) -> None:
        heading = self.word.paragraph("Heading2")
        self.word.bookmark(heading, _name(number))
        self.word.run(heading, cite(note.clause), language=note.version.language)
        line = self.word.paragraph()
        self.word.run(line, str(note.get_risk_display()).capitalize(), bold=True)
        self.word.run(line, f" · {_by(note)}")
        self.write_quote(note)
        self.write_questions(note)
        self.section(_("Reasoning"))
        write_markdown(self.word, note.body)
        self.write_standards(_("Standard relied on"), note.public_standards)
        self.write_standards(_("Compare"), note.public_answers)
        self.write_tests(note)
        self.write_proposal(note)
        self.write_sources(note)

    def section(self, title: str) -> None:
        self.word.paragraph("Heading3", title)

    def write_quote(self, note: Annotation) -> None:
        """The clause's words around those the note is about, which are marked."""
        clause = note.clause
        quote: Any = None
        for words, is_marked in in_context(note):
            for place, line in enumerate(words.split("\n")):
                quote = self.word.paragraph("Quotation") if place or quote is None else quote
                if line:
                    self.word.run(quote, line, marked=is_marked, bold=is_marked, language=note.version.language)
        if not clause.text:
            self.word.paragraph("Remark", _("The words of this clause have not been seen, or stand in its parts."))
        details = [str(clause.get_text_status_display()) if clause.text_status else "", clause.note, clause.source_url]
        if any(details):
            self.word.paragraph("Remark", " · ".join(filter(None, details)))

    def write_questions(self, note: Annotation) -> None:
        for category in note.categories.all():
            line = self.word.paragraph("Bullet", "•\t")
            self.word.run(line, str(category), bold=True)
            if category.question_text:
                self.word.run(line, f": {category.question_text}")

    def write_standards(self, title: str, clauses: Any) -> None:
        rows = list(clauses)
        if not rows:
            return
        self.section(title)
        for clause in rows:
            line = self.word.paragraph()
            self.word.link(line, f"{clause.version.law.name}, {cite(clause)}", self.root + pinned_clause(clause))
            status = (
                clause.get_text_status_display() if clause.text_status else clause.version.get_text_status_display()
            )
            self.word.run(line, f" · {status}")
            for paragraph in _shortened(clause.text, STANDARD_MAX).split("\n") if clause.text else []:
                quote = self.word.paragraph("Quotation")
                self.word.run(quote, paragraph, language=clause.version.language)

    def write_tests(self, note: Annotation) -> None:
        rows = [
            (str(row.test.label), f"{row.answer.label}: “{row.words}”" if row.words else str(row.answer.label))
            for row in answered(note.checklist)
        ]
        if rows:
            self.section(_("Legal tests"))
            self.word.table(rows)

    def write_proposal(self, note: Annotation) -> None:
        if not note.proposed_text:
            return
        self.section(_("Proposed wording"))
        line = self.word.paragraph("Quotation")
        for change in diff(note.exact, note.proposed_text, language=note.version.language).changes:
            look = "" if change.op == "equal" else change.op
            self.word.run(line, change.text, look=look, language=note.version.language)

    def write_sources(self, note: Annotation) -> None:
        source = [note.source_organisation, note.source_title, format_date(note.source_date)]
        if any(source):
            line = self.word.paragraph("Remark", f"{_('Restates')}: {', '.join(filter(None, source))} ")
            if note.source_url:
                self.word.link(line, note.source_url, note.source_url)
        self.link_line(_("Address of the words"), self.root + pinned_clause(note.clause))
        self.link_line(_("This note"), self.root + plain_address("annotation", note.slug))

    def link_line(self, label: str, address: str) -> None:
        self.word.link(self.word.paragraph("Remark", f"{label}: "), address, address)


def _name(number: int) -> str:
    return f"concern{number}"


def _by(note: Annotation) -> str:
    return ", ".join(filter(None, [str(note.organisation), note.person_credited, note.restating]))


def in_context(note: Annotation) -> list[tuple[str, bool]]:
    """The clause's words in runs of (words, whether the note is about them), with at most ``CONTEXT`` letters around.

    Of a note on a whole clause the beginning is shown and nothing is marked.
    """
    text = note.clause.text
    if note.start is None or note.end is None:
        return [(_shortened(text, STANDARD_MAX), False)] if text else []
    before, after = text[: note.start], text[note.end :]
    shown = "…" + "".join(clusters(before)[-CONTEXT:]).lstrip() if len(before) > CONTEXT else before
    runs = [(shown, False), (text[note.start : note.end], True), (_shortened(after, CONTEXT), False)]
    return [run for run in runs if run[0]]


def _shortened(text: str, limit: int) -> str:
    """The first letters of a text, never cut inside a cluster, with a sign where it goes on."""
    if len(text) <= limit:
        return text
    kept, length = [], 0
    for cluster in clusters(text):
        length += len(cluster)
        if length > limit:
            break
        kept.append(cluster)
    return "".join(kept).rstrip() + "…"
