"""What changed between two restatements, element by element: told by values that people confirmed, never by words."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from lawcompare.accounts.models import EDITORS
from lawcompare.comparisons.models import Comparison, Level
from lawcompare.crosswalk.access import values_among
from lawcompare.crosswalk.elements import ElementValue
from lawcompare.crosswalk.models import Element, Value, ValueStatus
from lawcompare.crosswalk.provisions import shown
from lawcompare.languages import in_a_row
from lawcompare.laws.models import ClauseTranslation, Version


class ElementOutcome(TextChoices):
    CHANGED = "changed", pgettext_lazy("element of an offence", "changed")
    REWORDED = "reported-otherwise", pgettext_lazy("element of an offence", "reported in other words")
    FIRST = "first-reported", pgettext_lazy("element of an offence", "first reported")
    GONE = "not-reported-since", pgettext_lazy("element of an offence", "not reported since")
    KEPT = "kept", pgettext_lazy("element of an offence", "kept")


@dataclass(frozen=True)
class ElementChange:
    """An element of a row: what is confirmed of the old clause, and of the new one."""

    element: Element
    outcome: ElementOutcome
    old: list[ElementValue]
    new: list[ElementValue]

    def as_data(self) -> dict[str, Any]:
        """For JSON: the values of each side as their sentence, or as the words that say it."""
        old, new = ([in_words(value) for value in side] for side in (self.old, self.new))
        return {"element": self.element.value, "outcome": self.outcome.value, "old": old, "new": new}

    @property
    def name(self) -> str:
        """What the element is called within a sentence, with the organisations whose values say so."""
        said_by = dict.fromkeys(value.credit for value in (*self.old, *self.new) if value.credit)
        label = str(self.element.label).lower()
        return f"{label} ({in_a_row(list(said_by))})" if said_by else label

    @property
    def in_words(self) -> str:
        """In one line, such as ``Conduct, changed: “menaces” → “insults”``."""
        told = {"element": self.element.label, "outcome": self.outcome.label}
        sides = ("; ".join(map(in_words, side)) for side in (self.old, self.new) if side)
        return _("%(element)s, %(outcome)s:") % told + " " + " → ".join(sides)


def element_changes(comparison: Comparison, pairs: Iterable[Any] | None = None) -> dict[int, list[ElementChange]]:
    """Returns what changed in the elements of rows, by the key of the row: nothing where no value is confirmed.

    Only of two texts known in part, whose words are the editors'; two or three queries. ``pairs`` are rows with both
    clauses and their places, all of the comparison where none are given. Whoever sees both texts sees the values.
    """
    old, new = comparison.old, comparison.new
    if not (old.is_partial and new.is_partial):
        return {}
    stated = _confirmed(old, new)
    places = [sorted((place, at) for at, (place, _value) in enumerate(side)) for side in stated]
    if not any(places):
        return {}
    if pairs is None:
        pairs = comparison.pairs.filter(level=Level.UNIT).prefetch_related("old", "new")
    both: list[Any] = [pair for pair in pairs if pair.old and pair.new and pair.level == Level.UNIT]
    rows = {}
    for pair in both:
        sides = []
        for values, side, clause in zip(stated, places, (pair.old, pair.new), strict=True):
            inside = side[bisect_left(side, (clause.position,)) : bisect_left(side, (clause.end,))]
            sides.append([values[at][1] for at in sorted(at for _place, at in inside)])
        if any(sides) and (changes := _compare(*sides)):
            rows[pair.pk] = changes
    return rows


def _confirmed(*versions: Version) -> list[list[tuple[int, Value]]]:
    """(place of its clause, value) of each value that is confirmed of a text, or else of what it translates: where that
    is not public, or was withdrawn, a public translation tells nothing of it; nor does one that staff have not
    confirmed.
    """
    own, originals = Q(pk__in=[one.pk for one in versions]), Q(pk__in=[one.translates_id for one in versions])
    seen = Version.objects.is_public()
    for version in versions:
        if not version.is_published:  # who keeps it reads their own original too
            seen |= Q(published_at=None, origin__organisation=version.brought_by)
    values = list(filter(attrgetter("stands"), values_among(Version.objects.filter(own | originals & seen))))
    disputed = {(value.clause_id, value.element) for value in values if value.status != ValueStatus.CONFIRMED}
    values = [one for one in values if (one.clause_id, one.element) not in disputed and not one.is_absence]
    sides = []
    for version in versions:
        side = [(value.clause.position, value) for value in values if value.version_id == version.pk]
        if not side and version.translates_id and not version.unchecked_of:
            rows = ClauseTranslation.objects.filter(translation_version=version).order_by("-translation__position")
            places = dict(rows.values_list("original", "translation__position"))
            side = [(places[value.clause_id], value) for value in values if value.clause_id in places]
        sides.append(side)
    return sides


def _compare(olds: Sequence[Value], news: Sequence[Value]) -> list[ElementChange]:
    changes = []
    sides = _by_element(olds), _by_element(news)
    for element in Element:
        old, new = (list(side[element].values()) for side in sides)
        if not old and not new:
            continue
        if not old or not new:
            outcome = ElementOutcome.FIRST if new else ElementOutcome.GONE
        elif sides[0][element].keys() == sides[1][element].keys():
            outcome = ElementOutcome.KEPT
        else:  # where one side has words alone, those of two reports may differ and mean the same
            outcome = ElementOutcome.CHANGED if all(one.label for one in (*old, *new)) else ElementOutcome.REWORDED
        changes.append(ElementChange(element, outcome, old, new))
    return changes


def _by_element(values: Iterable[Value]) -> dict[str, dict[str, ElementValue]]:
    """Values as they are shown, by element and what they say: of those that say one thing in several words the site's,
    else the first. What an organisation states bears its name.

    Where the words are all there is, they are what a value says.
    """
    by_element: dict[str, dict[str, ElementValue]] = defaultdict(dict)

    def is_named(value: Value) -> bool:
        return value.organisation is not None and value.organisation.slug != EDITORS

    for value in sorted(values, key=is_named):
        one = shown(value, credited=is_named(value))
        saying = one.label or " ".join(quote.words for quote in one.quotes).casefold()
        by_element[value.element].setdefault(saying, one)
    return by_element


def in_words(value: ElementValue) -> str:
    """A value as its sentence, or as the words of the text that say it; with the organisation that says so."""
    said = value.label or "; ".join(f"“{quote.words}”" for quote in value.quotes)
    return f"{said} ({value.credit})" if value.credit else said


def outcomes_in_words(changes: Sequence[ElementChange]) -> str:
    """``Changed: conduct and penalty. Not reported since: mental element.``; empty where there is nothing."""
    sentences = []
    for outcome in ElementOutcome if changes else ():
        if names := [one.name for one in changes if one.outcome == outcome]:
            said = {"outcome": str(outcome.label).capitalize(), "elements": in_a_row(names)}
            sentences.append(_("%(outcome)s: %(elements)s.") % said)
    return " ".join(sentences)
