"""The forms by which analysts correct a clause map, the same with and without JavaScript, and their choices."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.comparisons.correcting.services import Edge
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.core.numbers import seal, unseal
from lawcompare.engine.align.model import number_key
from lawcompare.laws.citing import CitationError, Citations, cite
from lawcompare.laws.models import Clause, ClauseTranslation, Version

# So many neighbours on either side are offered.
NEIGHBOURS = 2
# So many on either side stand in the list of all others: of ten thousand articles it took seconds and was a megabyte.
LISTED = 500
# Pairs of one decision, ticked or in a table: each of hundreds beside each of hundreds would be written one by one.
PAIRS_MAX = 2_000


@dataclass(frozen=True)
class ClauseChoice:
    """One side: ``chosen`` are set together now; ``clauses`` are all of that side in order."""

    chosen: list[Clause]
    clauses: list[Clause]
    likely: list[Clause]


def choices_of(
    comparison: Comparison | None, old: Version, new: Version, eids: tuple[str, str]
) -> tuple[ClauseChoice, ClauseChoice] | None:
    """What can be chosen for the pair of two addresses, one of which may be empty; None where there is no such pair."""
    if comparison is None:
        return _between_languages(old, new, eids)
    pair = pair_at(comparison, eids)
    if pair is None:
        return None
    same = comparison.pairs.filter(level=pair.level, row=pair.row_id).select_related("old", "new")
    same = same.defer("old__text", "new__text")
    before = same.filter(position__lte=pair.position).order_by("-position")[:LISTED]
    after = same.filter(position__gt=pair.position).order_by("position")[:LISTED]
    beside = sorted({*before, *after, *same.filter(group=pair.group)[:LISTED]}, key=lambda one: one.position)
    group = [one for one in beside if one.group == pair.group]
    sides = [_in_order(getattr(one, name) for one in beside) for name in ("old", "new")]
    if pair.level == Level.PART and pair.row is not None:
        # A paragraph may belong to another one of either article, wherever the program put that.
        tops = pair.row.old, pair.row.new
        sides = [_in_order([*side, *_inside(top)]) for side, top in zip(sides, tops, strict=True)]
    chosen = [_in_order(getattr(one, name) for one in group) for name in ("old", "new")]
    # Where a side has none the place of the row among the others tells what is near.
    at = beside.index(pair)
    near = [_nearest(beside, at, name) for name in ("old", "new")]
    return _choice(sides[0], chosen[0], chosen[1], near[0]), _choice(sides[1], chosen[1], chosen[0], near[1])


def pair_at(comparison: Comparison, eids: tuple[str, str]) -> ClausePair | None:
    """The row, or else the part, of two addresses, one of which may be empty."""
    wanted = Q()
    for side, eid in zip(("old", "new"), eids, strict=True):
        wanted &= Q(**{f"{side}__eid": eid}) if eid else Q(**{f"{side}__isnull": True})
    pairs = comparison.pairs.filter(wanted).exclude(level=Level.CONTAINER).select_related("row__old", "row__new")
    return min(pairs, key=lambda pair: pair.level == Level.PART, default=None)


def _between_languages(old: Version, new: Version, eids: tuple[str, str]) -> tuple[ClauseChoice, ClauseChoice] | None:
    rows = ClauseTranslation.objects.filter(original_version=old, translation_version=new)
    named = [list(version.clauses.filter(eid=eid)) for version, eid in zip((old, new), eids, strict=True)]
    if not any(named) or any(eid and not clauses_named for eid, clauses_named in zip(eids, named, strict=True)):
        return None
    if named[0]:
        rows = rows.filter(original=named[0][0])
    if named[1]:
        rows = rows.filter(translation=named[1][0])
    together = rows.values_list("original", "translation")
    ids = {pk for row in together for pk in row} | {clause.pk for part in named for clause in part}
    place = (named[0] or named[1])[0].position
    listed = Q(position__range=(place - LISTED, place + LISTED)) | Q(pk__in=ids)
    sides = [list(version.clauses.filter(listed).order_by("position").defer("text")) for version in (old, new)]
    chosen = [[clause for clause in side if clause.pk in ids] for side in sides]
    near = [part[0] if part else None for part in chosen]
    for at in (0, 1):
        if near[at] is None and (beside := near[1 - at]):  # what stands at the same place
            near[at] = min(sides[at], key=lambda one: abs(one.position - beside.position), default=None)
    return _choice(sides[0], chosen[0], chosen[1], near[0]), _choice(sides[1], chosen[1], chosen[0], near[1])


def _in_order(clauses: Iterable[Clause | None]) -> list[Clause]:
    return sorted({clause for clause in clauses if clause}, key=lambda clause: clause.position)


def _inside(clause: Clause | None) -> list[Clause]:
    if clause is None:
        return []
    inside = clause.version.clauses.filter(position__gte=clause.position, position__lt=clause.end)
    return list(inside.order_by("position").defer("text")[:LISTED])


def _nearest(rows: Sequence[ClausePair], at: int, name: str) -> Clause | None:
    places = sorted(range(len(rows)), key=lambda place: (abs(place - at), place))
    return next((clause for place in places if (clause := getattr(rows[place], name))), None)


def _choice(clauses: list[Clause], chosen: list[Clause], partners: list[Clause], near: Clause | None) -> ClauseChoice:
    """``likely``: those chosen, their neighbours, and what has the number of a partner."""
    known = {*chosen, near}
    places = {
        at + step for at, clause in enumerate(clauses) if clause in known for step in range(-NEIGHBOURS, NEIGHBOURS + 1)
    }
    numbers = {number_key(partner.num) for partner in partners} - {""}
    likely = [
        clause
        for at, clause in enumerate(clauses)
        if at in places or (number_key(clause.num) in numbers and clause.depth == (near or clause).depth)
    ]
    return ClauseChoice(chosen, clauses, likely)


def label(clause: Clause) -> str:
    """A clause in one line of a list."""
    citation = cite(clause)
    return citation if len(citation) <= 90 else citation[:89] + "…"


# --- A correspondence table as people send it: CSV with the columns old and new, one pair of clauses a line -----------


BYTES_MAX = 1_000_000
# So many bad lines are named; a table with more is wrong as a whole.
PROBLEMS_MAX = 50
HEADER = ("old", "new")


def read_table(data: bytes, old: Version, new: Version) -> list[Edge]:
    """The pairs of a table; a cell left empty means that the clause has no partner.

    Raises ValidationError with a sentence for each line that cannot be used; the table is then used not at all.
    """
    lines = _lines(data)
    citations = Citations(old), Citations(new)
    edges: list[Edge] = []
    problems: list[str] = []
    seen: dict[tuple[int | None, int | None], int] = {}
    for number, cells in lines:
        try:
            edge = _edge(cells, citations)
        except ValueError as reason:
            problems.append(_("Line %(number)s: %(reason)s") % {"number": number, "reason": reason})
            continue
        key = edge[0].pk if edge[0] else None, edge[1].pk if edge[1] else None
        if key in seen:
            values = {"number": number, "other": seen[key]}
            problems.append(_("Line %(number)s: the same as line %(other)s.") % values)
            continue
        seen[key] = number
        edges.append(edge)
    problems += _contradictions(edges, list(seen.values()))
    if problems:
        raise ValidationError(problems[:PROBLEMS_MAX])
    if not edges:
        raise ValidationError(_("The table has no line below its heading."))
    return edges


def _lines(data: bytes) -> list[tuple[int, list[str]]]:
    """(line number, old and new) of every line with anything in it, without the heading."""
    if len(data) > BYTES_MAX:
        raise ValidationError(_("The table is larger than a megabyte."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValidationError(_("The table is not in UTF-8. Save it as “CSV UTF-8”.")) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = [(rows.line_num, [cell.strip() for cell in row]) for row in rows]
    except csv.Error as error:
        raise ValidationError(_("The table cannot be read as CSV: %(reason)s.") % {"reason": error}) from None
    if not lines or tuple(cell.lower() for cell in lines[0][1][:2]) != HEADER:
        raise ValidationError(_("The first line of the table has to be: old,new"))
    if len(lines) > PAIRS_MAX + 1:
        raise ValidationError(_("The table has more than %(number)s lines.") % {"number": PAIRS_MAX})
    return [(number, cells) for number, cells in lines[1:] if any(cells)]


def _edge(cells: list[str], citations: tuple[Citations, Citations]) -> Edge:
    if len(cells) != len(HEADER):
        raise ValueError(_("it has %(number)s columns instead of two.") % {"number": len(cells)})
    found: list[Clause | None] = []
    for cited, side in zip(cells, citations, strict=True):
        try:
            found.append(side.find(cited) if cited else None)
        except CitationError:
            values = {"cited": cited[:80], "title": side.version.name}
            raise ValueError(_("there is no “%(cited)s” in “%(title)s”.") % values) from None
    return found[0], found[1]


def _contradictions(edges: list[Edge], numbers: list[int]) -> list[str]:
    """A clause that has a partner on one line and none on another."""
    problems = []
    for side in (0, 1):
        paired = {edge[side]: number for edge, number in zip(edges, numbers, strict=True) if all(edge)}
        for edge, number in zip(edges, numbers, strict=True):
            if not all(edge) and edge[side] in paired:
                values = {"number": number, "clause": edge[side], "other": paired[edge[side]]}
                problems.append(
                    _("Line %(number)s: “%(clause)s” has no partner here, and one in line %(other)s.") % values
                )
    return problems


# --- Forms ------------------------------------------------------------------------------------------------------------


REASON_MAX = 2_000


class Reasoned(forms.Form):
    """What every decision states: why, and whether the person is named beside the organisation."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, which readers see"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )
    names_person = forms.BooleanField(label=gettext_lazy("Name me beside my organisation"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.display_name:
            del self.fields["names_person"]


class ClausesField(forms.MultipleChoiceField):
    """Clauses by address. What is offered is read where the form is shown; what came back is looked up by the form."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        return True


class OtherField(forms.ChoiceField):
    def valid_value(self, value: str) -> bool:
        return True


class CorrectForm(Reasoned):
    """Which clauses of two texts belong together: boxes for what is likely, a list for all others."""

    old = ClausesField(label=gettext_lazy("Clauses of the old text"), required=False)
    old_more = OtherField(label=gettext_lazy("and, of the old text"), required=False)
    new = ClausesField(label=gettext_lazy("Clauses of the new text"), required=False)
    new_more = OtherField(label=gettext_lazy("and, of the new text"), required=False)
    is_moved = forms.BooleanField(label=gettext_lazy("It was moved to another place"), required=False)
    # The last decision when the form was opened, sealed.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ["old", "old_more", "new", "new_more", "is_moved", "reason", "names_person", "seen"]

    def __init__(self, *args: Any, texts: tuple[Version, Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = texts

    def offer(self, choices: tuple[ClauseChoice, ClauseChoice]) -> None:
        """Say what is to be chosen from, for a form that is shown."""
        for name, side in zip(("old", "new"), choices, strict=True):
            # What was ticked is offered again where the form is shown again, also what is not likely.
            ticked = self.data.getlist(name) if self.is_bound and hasattr(self.data, "getlist") else []
            likely = {*(clause.eid for clause in side.likely), *ticked}
            self.fields[name].choices = [(c.eid, label(c)) for c in side.clauses if c.eid in likely]  # type: ignore[attr-defined]
            others = [(c.eid, label(c)) for c in side.clauses if c.eid not in likely]
            self.fields[f"{name}_more"].choices = [("", "—"), *others]  # type: ignore[attr-defined]
            self.initial.setdefault(name, [clause.eid for clause in side.chosen])

    def clean_seen(self) -> int:
        return unseal(self.cleaned_data["seen"], "mapdecision") or 0

    def clean(self) -> dict[str, Any]:
        """Add ``edges``: each old clause with each new one; where a side has none, each by itself."""
        cleaned = super().clean() or {}
        olds, news = (self._chosen(cleaned, name, text) for name, text in zip(("old", "new"), self.texts, strict=True))
        if len(olds) * len(news) > PAIRS_MAX:
            raise forms.ValidationError(_("No more than %(number)s pairs are set at once.") % {"number": PAIRS_MAX})
        edges: list[Edge] = [(one, other) for one in olds for other in news]
        if not edges:
            edges = [*((one, None) for one in olds), *((None, other) for other in news)]
        if not edges:
            raise forms.ValidationError(_("Choose at least one clause."))
        if cleaned.get("is_moved") and (len(edges) > 1 or not all(edges[0])):
            self.add_error("is_moved", _("Only one clause set beside one other is said to have moved."))
        cleaned["edges"] = edges
        return cleaned

    def _chosen(self, cleaned: dict[str, Any], name: str, text: Version) -> list[Clause]:
        eids = set(filter(None, [*cleaned.get(name, []), cleaned.get(f"{name}_more", "")]))
        clauses = list(text.clauses.filter(eid__in=eids).order_by("position"))
        for eid in sorted(eids - {clause.eid for clause in clauses}):
            self.add_error(name, _("“%(clause)s” is not in this text.") % {"clause": eid[:80]})
        return clauses


class TableForm(Reasoned):
    """A correspondence table, all of it or nothing."""

    table = forms.FileField(
        label=gettext_lazy("Table (CSV with the columns old and new)"),
        help_text=gettext_lazy(
            "A line for each pair, clauses by number or address; leave a cell empty for no partner."
        ),
    )
    field_order = ["table", "reason", "names_person"]

    def __init__(self, *args: Any, old: Version, new: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old, self.new = old, new

    def clean_table(self) -> list[Edge]:
        return read_table(self.cleaned_data["table"].read(), self.old, self.new)


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)


class ConfirmForm(Reasoned):
    """Translations that a person has read and found right."""

    pairs = forms.TypedMultipleChoiceField(
        coerce=lambda letters: unseal(letters, "clausetranslation"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, pairs: QuerySet[ClauseTranslation], **kwargs: Any) -> None:
        """``pairs``: all that wait. Those that were ticked are looked up among them."""
        super().__init__(*args, **kwargs)
        ticked = self.data.getlist("pairs") if isinstance(self.data, QueryDict) else []
        numbers = [number for key in ticked if (number := unseal(key, "clausetranslation"))]
        known = pairs.filter(pk__in=numbers).values_list("pk", flat=True)
        self.fields["pairs"].choices = [(key, key) for key in (seal(pair, "clausetranslation") for pair in known)]  # type: ignore[attr-defined]
