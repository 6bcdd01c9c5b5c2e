"""What cannot be stated of a clause, each as a ValidationError with one sentence."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from lawcompare.crosswalk.elements.values import WHOLE, read_clauses
from lawcompare.crosswalk.models import Element
from lawcompare.crosswalk.values.notation import IN_ITS_WORDS, check_penalty
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.models import Clause


@dataclass(frozen=True)
class ClauseSpan:
    """Words that a value rests on: ``quote`` is ``clause.text[start:end]``."""

    clause: Clause
    start: int
    end: int
    quote: str


def find_words(clause: Clause, words: str, start: int | None = None) -> ClauseSpan:
    """The place of words in a clause's own text, whatever spaces they are typed with; ``start`` says which is meant.

    Raises ValidationError where they do not stand there, or stand there more than once and ``start`` is none of them.
    """
    typed = words.split()
    if not typed:
        raise ValidationError(_("Name the words of the text on which it rests."))
    places = list(re.finditer(r"\s+".join(map(re.escape, typed)), clause.text))
    meant = [place for place in places if place.start() == start] or places
    if not meant:
        raise ValidationError(
            _("The words “%(words)s” do not stand in %(clause)s.") % {"words": " ".join(typed), "clause": cite(clause)}
        )
    if len(meant) > 1:
        raise ValidationError(
            _("The words “%(words)s” stand more than once in %(clause)s: name more of them.")
            % {"words": " ".join(typed), "clause": cite(clause)}
        )
    return ClauseSpan(clause, meant[0].start(), meant[0].end(), meant[0][0])


def check_value(clause: Clause, element: str, values: Mapping[str, Any], words: ClauseSpan | None) -> None:
    """Raise ValidationError where the values cannot be those of this element, or rest on no words of the same text."""
    if element not in Element.values:
        raise ValidationError(_("There is no element “%(element)s”.") % {"element": element})
    if values.get("none"):
        _check_absence(clause, words)
        return
    if words is None:
        raise ValidationError(_("Name the words of the text on which it rests."))
    if words.clause.version_id != clause.version_id:
        raise ValidationError(_("The words stand in another text than the clause."))
    if not values and element not in IN_ITS_WORDS:
        raise ValidationError(_("Say what the words lay down."))
    if element == Element.PENALTIES:
        check_penalty(values)


def _check_absence(clause: Clause, words: ClauseSpan | None) -> None:
    if words is not None:
        raise ValidationError(_("Where there is no such element, no words can be named."))
    if read_clauses([(clause.version, clause)])[clause.pk].known != WHOLE:
        raise ValidationError(
            _("The whole text of %(clause)s is not known here: nothing can be said to be missing in it.")
            % {"clause": cite(clause)}
        )
