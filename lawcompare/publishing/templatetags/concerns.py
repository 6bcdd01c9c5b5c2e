"""What templates show of concerns and of what became of them."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from lawcompare.annotations.access import organisation_of
from lawcompare.annotations.models import Annotation
from lawcompare.engine.diff import diff
from lawcompare.laws.html import changed, in_context, joined, marked
from lawcompare.laws.models import Clause, Version
from lawcompare.publishing.concerns.outcomes import Concern, survival
from lawcompare.publishing.models import Carried

register = template.Library()


@register.filter
def rows_of(elsewhere: dict[int, dict[str, str]], clause: Clause) -> Iterable[tuple[str, str]]:
    """The rows that set a clause beside other law, as ``rows_in_other_law`` found them: (name, address)."""
    return elsewhere.get(clause.pk, {}).items()


@register.filter
def outcome_sign(state: str) -> SafeString:
    """The sign of what became of a concern, as on the picture. It goes with a word, never instead of one."""
    return render_to_string("components/note/_outcome.svg", {"state": state})


@register.simple_tag(takes_context=True)
def concern_of_note(context: Any, annotation: Annotation) -> Concern | None:
    """The concern of a published note, text by text, where its law has more than one text in that language."""
    if not annotation.is_published:
        return None
    version = annotation.version
    known = Version.objects.published().confirmed(organisation_of(context["user"]))
    texts = list(known.filter(law=version.law_id, language=version.language))
    if len(texts) < 2:
        return None
    return next((one for one in survival(texts).concerns if annotation.pk in {note.pk for note in one.notes}), None)


@register.simple_tag
def fates_of(notes: Annotation | Iterable[Annotation]) -> list[tuple[int, str]]:
    """Returns (key of a note, what its author says became of the risk): it is public once a reviewer publishes that."""
    wanted = [notes] if isinstance(notes, Annotation) else list(notes)
    rows = Carried.objects.filter(successor__in=wanted).exclude(fate="").order_by("pk")
    return [(row.successor_id or 0, row.get_fate_display()) for row in rows]


# Of a whole clause so much is shown in the queue; the rest is a click away.
SHOWN_MAX = 1200
AROUND = 90


@register.simple_tag
def carried_sides(row: Carried) -> dict[str, Any]:
    """The old words and the new ones with what differs marked, each with what stands around it."""
    note = row.annotation
    old = note.exact or note.clause.text[:SHOWN_MAX]
    new = "" if row.clause is None else row.exact or row.clause.text[:SHOWN_MAX]
    language = row.carrying.new.language
    changes = diff(old, new, language=language).changes if new else []
    words = [(c.op, changed(c.op, marked(c.text, language), c.noise)) for c in changes]
    gone = "".join(html for op, html in words if op != "insert") or marked(old, language)
    come = "".join(html for op, html in words if op != "delete")
    return {
        "old": _in_context(note.clause, note.start, note.end, gone, language),
        "new": _in_context(row.clause, row.start, row.end, come, language),
        "percent": round(100 * row.score),
    }


def _in_context(clause: Clause | None, start: int | None, end: int | None, words: str, language: str) -> SafeString:
    """Words, as HTML, between what stands around them in the clause."""
    before = after = ""
    if clause is not None and start is not None and end is not None:
        before, after = clause.text[:start], clause.text[end:]
    if len(before) > AROUND:
        before = "…" + before[-AROUND:].partition(" ")[2]
    if len(after) > AROUND:
        after = after[:AROUND].rpartition(" ")[0] + "…"
    return joined(in_context(before, words, after, language))
