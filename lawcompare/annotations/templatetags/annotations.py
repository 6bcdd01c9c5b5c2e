"""Annotations in the margin, for pages of rooms below and above this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lawcompare.annotations.access import visible_annotations
from lawcompare.annotations.compute import ChangeRun, Run, Span, cut, cut_changes
from lawcompare.annotations.models import Annotation, Category, Risk
from lawcompare.engine.diff import diff
from lawcompare.laws.models import Clause

register = template.Library()

INDENT_MAX = 6


@register.simple_tag(takes_context=True)
def annotations_on(context: Any, clauses: Iterable[Clause]) -> dict[int, list[Annotation]]:
    """What the reader may see on these clauses, by clause. Three queries, whatever the number of clauses.

    Kept in the context as ``notes``, where ``marked`` and ``notes_of`` find it.
    """
    rows = list(clauses)
    notes: dict[int, list[Annotation]] = {}
    if rows:
        by_version = {clause.version_id for clause in rows}
        positions = {clause.pk for clause in rows}
        found = visible_annotations(context["request"].user).for_reading().filter(version__in=by_version)
        for annotation in found.order_by("-risk", "pk"):
            if annotation.clause_id in positions:
                notes.setdefault(annotation.clause_id, []).append(annotation)
    return notes


@register.filter
def of_clause(notes: dict[int, list[Annotation]], clause: Clause | None) -> list[Annotation]:
    return notes.get(clause.pk, []) if clause else []


@register.simple_tag
def marked(clause: Clause, notes: dict[int, list[Annotation]]) -> list[list[Run]]:
    """The clause's text as paragraphs of runs, each run with the annotations on it."""
    return _paragraphs(cut(clause.text, spans_of(notes.get(clause.pk, []))))


def spans_of(annotations: Iterable[Annotation]) -> list[Span]:
    return [Span(a.start, a.end, a) for a in annotations if a.start is not None and a.end is not None]


def _paragraphs(runs: Iterable[Run]) -> list[list[Run]]:
    paragraphs: list[list[Run]] = [[]]
    for run in runs:
        for number, line in enumerate(run.text.split("\n")):
            if number:
                paragraphs.append([])
            if line:
                paragraphs[-1].append(Run(line, run.annotations))
    return [paragraph for paragraph in paragraphs if paragraph]


@register.simple_tag
def law_text(clause: Clause | None, notes: dict[int, list[Annotation]], lead: str = "") -> SafeString:
    """The clause's text as HTML paragraphs, annotated words marked. ``lead``, HTML, begins the first of them."""
    if clause is None:
        return mark_safe("")
    paragraphs = ["".join(mark_words(run.text, run.annotations) for run in runs) for runs in marked(clause, notes)]
    if lead:
        paragraphs = [conditional_escape(lead) + "".join(paragraphs[:1]), *paragraphs[1:]]
    return mark_safe("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))  # noqa: S308


@register.simple_tag
def own_notes(annotation: Annotation | None) -> dict[int, list[Annotation]]:
    """One annotation as the notes of its clause: a text with its words alone marked; none, with no words marked."""
    return {annotation.clause_id: [annotation]} if annotation else {}


@register.simple_tag
def proposed(annotation: Annotation) -> SafeString:
    """The words an annotation proposes, as a redline of those it is on."""
    redline = diff(annotation.exact, annotation.proposed_text, language=annotation.version.language)
    runs = [changed_words(c.op, escape(c.text), c.noise) for c in redline.changes]
    return mark_safe("".join(runs))  # noqa: S308


def changed_words(op: str, words: str, noise: str = "") -> str:
    """Words put in or taken out, with a word for those who listen; ``words`` is HTML."""
    if op == "equal":
        return words
    tag, said = ("ins", _("inserted:")) if op == "insert" else ("del", _("deleted:"))
    kind = ' class="noise"' if noise else ""
    return f'<{tag}{kind}><span class="sr">{escape(said)} </span>{words}</{tag}>'


@register.filter
def risk_name(risk: int | str | None) -> str:
    return str(Risk(int(risk or 0)).label)


@register.simple_tag
def category_names() -> dict[str, str]:
    """What the codes of categories are called, in the reader's language."""
    return {category.code: str(category) for category in Category.objects.all()}


@register.filter
def get(names: dict[str, str], code: str) -> str:
    return names.get(code, code)


@register.filter
def steps_inside(part: Clause, clause: Clause) -> int:
    """How many steps a clause stands inside another."""
    return min(max(part.depth - clause.depth, 0), INDENT_MAX)


@register.simple_tag
def clause_lead(clause: Clause) -> SafeString:
    """The number and heading that run into a clause's first line."""
    number = format_html('<span class="hang">{} </span>', clause.num) if clause.num else SafeString()
    heading = format_html('<span class="run-in">{}</span> ', clause.heading) if clause.heading else SafeString()
    return number + heading


def mark_words(words: str, annotations: Sequence[Any]) -> str:
    """Words as HTML, underlined where something was said of them, by the highest risk."""
    if not annotations:
        return escape(words)
    return f'<mark class="r{max(a.risk for a in annotations)}">{escape(words)}</mark>'


@register.simple_tag
def marked_changes(
    changes: list[list[str]], old: Clause | None, new: Clause | None, notes: dict[int, list[Annotation]]
) -> list[ChangeRun]:
    """The runs of a redline, each with the annotations on its words on either side."""
    old_spans = spans_of(notes.get(old.pk, [])) if old else []
    new_spans = spans_of(notes.get(new.pk, [])) if new else []
    return cut_changes(changes, old_spans, new_spans)
