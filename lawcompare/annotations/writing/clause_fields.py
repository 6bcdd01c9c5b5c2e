"""Choosing clauses of laws here in a form: what is ticked, what typed words may mean, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lawcompare.annotations.writing.resolve_clauses import find_clauses
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause

CHOSEN_MAX = 20
_TYPED_TOGETHER_MAX = 5


@dataclass
class Picks:
    """``chosen`` are ticked; ``candidates`` are what typed words may mean, to be ticked."""

    chosen: list[Clause] = field(default_factory=list)
    candidates: list[Clause] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def pick(user: Any, keys: Sequence[str], typed: str, refuse: Any) -> Picks:
    """Read ticked keys and typed words, several of them divided by a semicolon or on lines of their own.

    Words that mean one clause choose it. ``refuse(clause)`` says what is wrong with a clause, or nothing.
    """
    picks = Picks()
    picks.chosen = _ticked(user, keys, picks.problems)
    pieces = [piece.strip() for line in typed.splitlines() for piece in line.split(";")]
    for piece in list(filter(None, pieces))[:_TYPED_TOGETHER_MAX]:
        clauses = find_clauses(user, piece)
        if any(clause in picks.chosen for clause in clauses):
            continue
        if len(clauses) == 1:
            picks.chosen.append(clauses[0])
        elif clauses:
            picks.candidates += [clause for clause in clauses if clause not in picks.candidates]
            picks.problems.append(_("“%(typed)s” may mean several clauses: tick the one you mean.") % {"typed": piece})
        else:
            sentence = _(
                "No clause here answers to “%(typed)s”. Type for example “ICCPR 19(3)”, or a clause’s address."
            )
            picks.problems.append(sentence % {"typed": piece[:80]})
    picks.problems += list(dict.fromkeys(filter(None, map(refuse, picks.chosen))))
    if len(picks.chosen) > CHOSEN_MAX:
        picks.problems.append(_("These are too many clauses."))
    return picks


def _ticked(user: Any, keys: Sequence[str], problems: list[str]) -> list[Clause]:
    wanted = {int(key) for key in keys if key.isdecimal() and len(key) < 19}
    visible = Clause.objects.filter(version__in=visible_versions(user).values("pk")).select_related("version__law")
    rows = list(visible.filter(pk__in=wanted).order_by("version__law__title", "position")) if wanted else []
    if len(rows) != len(set(keys)):
        problems.append(_("A clause that was ticked is not here."))
    return rows
