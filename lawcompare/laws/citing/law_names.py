"""Naming a clause together with its law, for sentences that speak of two laws."""

import re

from django.utils.translation import gettext as _

from lawcompare.laws.citing.find_clause import cite, read_cited_address
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Law, LawKind, Version

_US_TITLE = re.compile(r"us-code-(\d+)")


def us_title(law: Law) -> str:
    """Returns ``18 U.S.C.`` for a title of the United States Code, and nothing for other laws."""
    match = _US_TITLE.fullmatch(law.slug)
    return f"{match[1]} U.S.C." if match else ""


def cite_in_law(version: Version, clause: Clause) -> str:
    """Returns a clause named with its law: ``Draft of 2012, Article 17``; ``18 U.S.C. 2703(f)``."""
    name, number, parts = read_cited_address(clause.eid)
    if (title := us_title(version.law)) and name:
        return f"{title} {number}{''.join(f'({part})' for part in parts)}"
    return f"{name_in_short(version)}, {short_name(clause)}"


def name_in_short(version: Version) -> str:
    """Returns how a text is called beside a clause of it: ``Draft of 2012``, ``18 U.S.C.``, or its law's title."""
    law = version.law
    if law.kind == LawKind.DRAFT and version.date:
        return _("Draft of %(date)s") % {"date": format_date(version.date)}
    return us_title(law) or law.name


def names_in_short(old: Version, new: Version) -> tuple[str, str]:
    """Returns how two texts are called beside clauses of them: in short, at more length where both have one name.

    Drafts of two laws are called by the titles of their laws: a date says nothing of which law it is a draft.
    """
    in_short, titles = (name_in_short(old), name_in_short(new)), (old.law.name, new.law.name)
    are_drafts = old.law_id != new.law_id and old.law.kind == new.law.kind == LawKind.DRAFT
    for names in (titles, in_short) if are_drafts else (in_short, titles):
        if names[0] != names[1]:
            return names
    return old.name, new.name


def short_name(clause: Clause) -> str:
    """Returns how a clause is called by itself: ``Article 28``, ``§ 1030(a)(2)``; by its heading without a number."""
    return cite(Clause(eid=clause.eid, num=clause.num, heading="" if clause.num else clause.heading))
