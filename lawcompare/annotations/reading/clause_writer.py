"""The clauses of a page as HTML: what is stored of each, with notes, sources and questions laid over the few."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template import Context
from django.utils.safestring import SafeString

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.reading.marked_text import law_text
from lawcompare.laws import rendering
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
        addresses = None if context.get("is_preview") else rendering.ClauseAddresses(version)
        self.tools = rendering.ClauseTools(addresses, annotates=bool(context.get("membership")))

    def write(self, lines: Iterable[ClauseLine]) -> SafeString:
        """Lines in order."""
        return rendering.joined(*map(self._line, lines))

    def _line(self, line: ClauseLine) -> str:
        clause = line.clause
        number, heading = (rendering.marked(words, self.language) for words in (clause.num, clause.heading))
        former = rendering.former_ids(self.former.get(clause.pk, ()))
        if line.is_division:
            text = self._text(clause) if clause.text else ""
            laid_over = self._notes(clause) + self._sources(clause)
            return rendering.division(
                clause.eid, line.level, (number, former + heading), text, laid_over, self.language
            )
        notes, tools = self._notes(clause), self.tools(clause)
        if line.is_unit:
            head = rendering.clause_heading(line.level, number, heading, tools) + notes
            body = head + (rendering.clause_text(clause.eid, self._text(clause)) if clause.text else "")
        else:
            text = rendering.with_lead(self._text(clause), rendering.lead(number, heading))
            body = f"{notes}{rendering.clause_text(clause.eid, text)}\n{tools}"
        body = former + body + self._after(clause)
        return rendering.clause(clause.eid, line.indent, line.is_unit, body, self.language)

    def _text(self, clause: Clause) -> str:
        return law_text(clause, self.notes, language=self.language)

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
        return rendering.component(self.context, name, **more)


def notes_with_rendered(notes: NoteMap, clause: Clause) -> list[Annotation]:
    """The notes on a clause, then those on the clauses of the other language that say the same."""
    own = notes.get(clause.pk, [])
    return [*own, *(note for other in getattr(clause, "in_other_language", ()) for note in notes.get(other.pk, []))]
