"""The parts of a row as HTML: the words of each clause or sub-clause, old and new. Not a template: a page has many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from lawcompare.annotations.templatetags.annotations import changed_words, law_text, marked_changes
from lawcompare.comparisons.models import ClausePair
from lawcompare.comparisons.reading.paragraph_diff import Stretch, cut_stretches
from lawcompare.comparisons.templatetags.redline import headed, indent, numbered, redline_words
from lawcompare.languages import digits
from lawcompare.laws.models import Version

register = template.Library()


@register.simple_tag
def ways_out(pair: ClausePair, old: Version, new: Version) -> SafeString:
    """Links from a row to its clauses."""
    links = [
        f'<a href="{reverse("clause", args=[version.law.slug, version.slug, clause.eid])}">{escape(label)}'
        f'<span class="sr"> {escape(clause)}</span></a> '
        for version, clause, label in ((old, pair.old, _("old clause")), (new, pair.new, _("new clause")))
        if clause
    ]
    return mark_safe("".join(links))  # noqa: S308


@register.simple_tag
def row_link(pair: ClausePair) -> SafeString:
    said = f'title="{escape(_("Link to this row"))}">¶<span class="sr"> {escape(_("link to this row"))}</span>'
    return mark_safe(f'<a class="perma" href="#{escape(pair.anchor)}" {said}</a>')  # noqa: S308


@register.simple_tag(takes_context=True)
def part_words(context: Any, part: ClausePair) -> SafeString:
    """The words of a part, old and new. Needs in the context: pair and row, old, new, notes, switches."""
    pair, old, new = context["pair"], context["old"], context["new"]
    step, is_inline = indent(part, pair), context["switches"].is_inline
    leads = {side: _lead(part, pair, side) for side in ("old", "new")}
    said: list[str] = []
    for old_words, new_words in _sides(context, part, leads, step):
        if new_words is None:
            said.append(old_words)
            continue
        beside = "" if is_inline else f'<div class="old law i{step}" lang="{old.language}">{old_words}</div>\n'
        said.append(
            f'<div class="pair">{beside}<div class="new law i{step}" lang="{new.language}">{new_words}</div></div>'
        )
    if part.kind == "moved" and leads["new"] and part.old and part.new:
        stood = escape(_("moved; it stood at %(place)s") % {"place": part.old})
        said.append(f'<div class="pair"><div></div><p class="moved-note i{step}">{stood}</p></div>')
    return mark_safe("\n".join(said))  # noqa: S308


def _sides(context: Any, part: ClausePair, leads: dict[str, SafeString], step: int) -> Iterator[tuple[str, str | None]]:
    """What stands side by side, old and new; new None: the same in both, folded."""
    found = _stretches(part, context["notes"])
    if not found:
        yield _whole(context, part, leads)
    for number, stretch in enumerate(found):
        if stretch.inside:
            yield _quiet(stretch, step, context["new"]), None
        else:
            old, new = (leads["old"], leads["new"]) if number == 0 else ("", "")
            yield _stretched(stretch, "old", old), _stretched(stretch, "new", new)


def _stretches(pair: ClausePair, notes: dict[int, Any]) -> list[Stretch]:
    """The redline of a pair's own text, cut so that paragraphs stand side by side; empty where nothing differs."""
    if not (pair.changes and pair.old and pair.new):
        return []
    # Notes point into a clause's own words; a flat redline goes over all that stands inside it.
    return cut_stretches(marked_changes(pair.changes, pair.old, pair.new, {} if pair.is_flat else notes))


def _stretched(stretch: Stretch, side: str, lead: str = "") -> str:
    """A stretch on one side. ``lead``, the clause's number as HTML, begins the first of them."""
    return f'<p class="runs">{lead}{redline_words(stretch.runs, side)}</p>'


def _quiet(stretch: Stretch, step: int, new: Version) -> str:
    """Unchanged paragraphs inside a clause, the same in both texts."""
    count = len(stretch.inside)
    said = ngettext("%(n)s unchanged paragraph", "%(n)s unchanged paragraphs", count) % {"n": digits(count)}
    words = "".join(_stretched(one, "new") for one in stretch.inside)
    law = f'<div class="law i{step}" lang="{new.language}">{words}</div>'
    return f'<details class="gap"><summary>{escape(said)}</summary>{law}</details>'


def _whole(context: Any, part: ClausePair, leads: dict[str, SafeString]) -> tuple[str, str]:
    """The words of both sides where they are shown without a redline."""
    notes = context["notes"]
    old = law_text(part.old, notes, leads["old"])
    new = law_text(part.new, notes, leads["new"])
    if context["row"].look == "unknown":
        label = f'<p class="side-label" lang="{get_language()}">{escape(_("Old text"))}</p>'
        alone = new if part.new else f"{label}{old}"
        only = '<div class="only">' if part.new else '<div class="only inline-only">'
        return f'<div class="only">{old}</div>' if part.old else "", f"{only}{alone}</div>"
    if part.new is None:
        sr = f'<span class="sr">{escape(_("deleted:"))} </span>'
        return f'<del class="whole">{sr}{old}</del>', f'<del class="whole gone">{sr}{old}</del>'
    if part.old is None:
        sr = f'<span class="sr">{escape(_("inserted:"))} </span>'
        return "", f'<ins class="whole">{sr}{new}</ins>'
    return old, new


def _lead(part: ClausePair, row: ClausePair, side: str) -> SafeString:
    """The number and heading that run into a part's first line; none for the article's own words."""
    is_own = {"old": part.old_id == row.old_id, "new": part.new_id == row.new_id}
    clause = part.old if side == "old" else part.new
    if is_own["old"] or is_own["new"]:
        # What was the article's own text stands beside a part that has a number, or the other way round.
        if clause is None or is_own[side]:
            return SafeString()
        op = "delete" if side == "old" else "insert"
        number, heading = (changed_words(op, escape(said)) if said else "" for said in (clause.num, clause.heading))
        number, heading = mark_safe(number), mark_safe(heading)  # noqa: S308
    else:
        number, heading = numbered(part, side), headed(part, side)
    lead = format_html('<span class="hang">{} </span>', number) if number else SafeString()
    return lead + format_html('<span class="run-in">{}</span> ', heading) if heading else lead
