"""Clauses of a text as HTML: each drawn by ``ClauseWriter``, with the notes, sources and questions that some have."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.reading.marked_text import law_text
from lawcompare.languages import reader_language
from lawcompare.laws.html import ClauseAddresses, as_html, component, joined, lead, with_lead
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.reading.version_page import ClauseLine

NoteMap = Mapping[int, list[Annotation]]


class ClauseWriter:
    """Writes clauses of ``version`` for the page of ``context``: with its notes, its questions, a text set beside."""

    def __init__(self, version: Version, context: Context) -> None:
        self.context, self.language = context, version.language
        self.notes: NoteMap = context.get("notes") or {}
        self.questions: Mapping[int, Any] = context.get("asked") or {}
        self.former: Mapping[int, list[str]] = context.get("former") or {}
        self.is_beside = bool(context.get("beside"))
        # In a preview the pages of clauses are not there yet.
        self.addresses = None if context.get("is_preview") else ClauseAddresses(version)
        self.annotates = bool(context.get("membership"))
        # Looked up once, for a page has hundreds of clauses.
        self.before_link = f'<span class="tools" lang="{reader_language().code}"><a href="#'
        self.to_itself = f'" title="{escape(_("Link to this clause"))}">¶<span class="sr"> {escape(_("link to"))} '
        self.opens, self.annotate = escape(_("open")), escape(_("annotate"))

    def write(self, lines: Iterable[ClauseLine]) -> SafeString:
        """Lines in order."""
        return joined(*map(self._line, lines))

    def _line(self, line: ClauseLine) -> str:
        """A heading above articles, an article, or what stands inside one."""
        clause, language = line.clause, self.language
        eid, number, heading = escape(clause.eid), as_html(clause.num, language), as_html(clause.heading, language)
        # Empty places with the ids that the clause had before, so that old links land on it.
        former = "".join(
            f'<span class="former-id" id="{escape(old)}"></span>' for old in self.former.get(clause.pk, ())
        )
        notes = self._notes(clause)
        text: str = law_text(clause, self.notes, language=language)
        if line.is_division:
            numbered = f'<span class="num">{number}</span> ' if number else ""
            if text:
                text = f'<div class="clause law" lang="{language}"><div data-eid="{eid}">{text}</div></div>\n'
            words = f"{numbered}{former}{heading}"
            return (
                f'<h{line.level} class="division" id="{eid}" lang="{language}">{words}</h{line.level}>\n'
                f'{text}<div class="clause">{notes}{self._sources(clause)}</div>\n'
            )
        if line.is_unit:
            stop = ". " if number and heading else ""
            head = f'<h{line.level} class="heading">{number}{stop}{heading} {self._tools(clause)}</h{line.level}>\n'
            body = f"{head}{notes}" + (f'<div data-eid="{eid}">{text}</div>' if text else "")
        else:
            text = with_lead(text, lead(number, heading))
            body = f'{notes}<div data-eid="{eid}">{text}</div>\n{self._tools(clause)}'
        unit = " unit" if line.is_unit else ""
        return (
            f'<div class="clause law{unit} i{line.indent}" id="{eid}" lang="{language}">\n'
            f"{former}{body}{self._after(clause)}\n</div>\n"
        )

    def _tools(self, clause: Clause) -> str:
        """The links at a clause: to itself, to its own page, to writing a note on it."""
        name = as_html(str(clause))
        links = f"{self.before_link}{escape(clause.eid)}{self.to_itself}{name}</span></a>"
        if self.addresses:
            address = self.addresses(clause.eid)
            links += f' <a href="{address}">{self.opens}<span class="sr"> {name}</span></a>'
            if self.annotates:
                links += f' <a href="{address}annotate/">{self.annotate}<span class="sr"> {name}</span></a>'
        return f"{links}</span>"

    def _after(self, clause: Clause) -> str:
        """What stands below the words of a clause."""
        html = ""
        if not clause.text and clause.end == clause.position + 1:
            html += self._component("clause/_unseen", clause=clause)
        if self.is_beside:
            html += self._component("clause/_rendered", clause=clause)
        html += self._sources(clause)
        if questions := self.questions.get(clause.pk):
            html += self._component("clause/_questions", clause=clause, questions=questions)
        return html

    def _notes(self, clause: Clause) -> str:
        own = notes_with_rendered(self.notes, clause) if self.notes else ()
        return self._component("note/_notes", own=own) if own else ""

    def _sources(self, clause: Clause) -> str:
        has_any = clause.text_status or clause.source_url or clause.note
        return self._component("clause/_source", clause=clause) if has_any else ""

    def _component(self, name: str, **more: Any) -> str:
        return component(self.context, name, **more)


def notes_with_rendered(notes: NoteMap, clause: Clause) -> list[Annotation]:
    """The notes on a clause, then those on the clauses of the other language that say the same."""
    own = notes.get(clause.pk, [])
    return [*own, *(note for other in getattr(clause, "in_other_language", ()) for note in notes.get(other.pk, []))]
