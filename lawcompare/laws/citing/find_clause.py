"""How lawyers cite a clause, the clause that a citation names (``28(3)``), and what laws and texts are called."""

import re
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from lawcompare.core.translations.texts import localised
from lawcompare.engine.structure.numbering import clean, from_khmer
from lawcompare.languages import digits
from lawcompare.laws.citing.numbers import number_in_reader_language, place_in_words
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Law, LawKind, Version

# "Article", "Art." or "§" before the number.
_WORD = re.compile(r"^(?:[^\W\d]+\.?|§+|[\u1780-\u17d3]+)[\s\u00a0\u202f]+|^§+")
_PART = re.compile(r"\(([^()]+)\)")
# "(new)" belongs to the number of an article; "(3)" is a part of it.
_CITED = re.compile(rf"(?P<number>[^()]*\d[^()]*(?:\((?:new|ថ្មី)\))?)(?:\s?{_PART.pattern})*\.?", re.IGNORECASE)
_SEVERAL = re.compile(r"(\d+\w*)\s*(?:,|[-–]|to\b|and\b)")  # "§§ 221, 222. Repealed" is found by the first


# The unit of a citation by the AKN name of its element in an address.
_UNITS = {"art": _("Article %(number)s"), "sec": "§ %(number)s", "rule": _("Rule %(number)s")}

# Words that open or close a list have no number of their own and are cited as what they belong to.
_WITHOUT_NUMBER = re.compile(r"(?:__(?:intro|wrapup)_\w+)+$")


def cite(clause: Clause) -> str:
    """Returns how a clause is cited by itself, in the reader's language: a part of an article with its article.

    ``chp_47__sec_1030__subsec_a__para_2`` is ``§ 1030(a)(2)``; an article is named with its heading.
    """
    unit, parts = _format_address(clause.eid)
    if not unit or not parts:
        return ". ".join(filter(None, [number_of(clause), localised(clause.heading)])) or place_in_words(clause.eid)
    return unit + parts


def number_of(clause: Clause) -> str:
    """Returns the number of a clause in the reader's language, without a point at the end; empty where it has none."""
    return number_in_reader_language(clause.num).rstrip(".")


def cite_address(eid: str) -> str:
    """Returns how a clause is cited, from its eId alone and so without a heading.

    >>> cite_address("chp_121__sec_2703__subsec_d"), cite_address("chp_119__sec_2512__para_1__wrapup_1")
    ('§ 2703(d)', '§ 2512(1)')
    """
    return "".join(_format_address(eid)) or eid


def read_address(eid: str) -> tuple[str, str, tuple[str, ...]]:
    """Returns the AKN name of the article's element in an eId, the article's number, and the numbers of the parts
    inside.

    All are empty outside any article, and where the article has no number.

    >>> read_address("chp_121__sec_2703__subsec_d")
    ('sec', '2703', ('d',))
    """
    steps = [step.partition("_") for step in eid.split("__")]
    places = [place for place, (name, _mark, _number) in enumerate(steps) if name in _UNITS]
    if not places or steps[places[-1]][2].startswith("nn_"):
        return "", "", ()
    name, _mark, number = steps[places[-1]]
    return name, number, tuple(part for _name, _mark, part in steps[places[-1] + 1 :])


def read_cited_address(eid: str) -> tuple[str, str, tuple[str, ...]]:
    """The same of what is cited for a clause: of the words that close a list, the address of the list.

    >>> read_cited_address("chp_119__sec_2512__para_1__wrapup_1")
    ('sec', '2512', ('1',))
    """
    return read_address(_WITHOUT_NUMBER.sub("", eid))


def _format_address(eid: str) -> tuple[str, str]:
    """Returns the article in the reader's language and the parts in brackets; both empty outside any article.

    Sections keep the digits of the code that they stand in.
    """
    name, number, parts = read_cited_address(eid)
    if not name:
        return "", ""
    written = str if name == "sec" else digits
    return str(_UNITS[name]) % {"number": written(number)}, "".join(f"({written(part)})" for part in parts)


def _key(number: str) -> str:
    """Returns a number in the form by which it is looked up, whatever word and digits it is printed with.

    >>> _key("Article 3 bis"), _key("មាត្រា ២ (ថ្មី)"), _key("§ 18.2-152.3")
    ('3bis', '2new', '18-2-152-3')
    """
    return clean(_WORD.sub("", from_khmer(number).strip()))


class CitationError(LookupError):
    """No clause, or more than one, has the number cited."""


class Citations:
    """The numbers of one version, read once. The number of a part is looked up inside its article or section."""

    def __init__(self, version: Version) -> None:
        self.version = version

    @cached_property
    def _clauses(self) -> list[Clause]:
        return list(self.version.clauses.order_by("position").defer("note"))

    @cached_property
    def _by_eid(self) -> dict[str, Clause]:
        return {clause.eid: clause for clause in self._clauses}

    @cached_property
    def _by_number(self) -> dict[str, Clause]:
        units = [clause for clause in self._clauses if clause.element in {"article", "section"}]
        clauses = {_key(clause.num): clause for clause in reversed(units)}
        for clause in units:
            if several := _SEVERAL.search(from_khmer(clause.num)):
                clauses.setdefault(several[1], clause)
        return clauses

    def find(self, cited: str) -> Clause:
        """Returns the clause cited: by its eId, or by its number in any digits, with or without the word before it.

        Raises ``CitationError``, which names the citation and the version.
        """
        cited = str(cited).strip()
        if cited in self._by_eid:
            return self._by_eid[cited]
        ending = [clause for eid, clause in self._by_eid.items() if eid.endswith(f"__{cited}")]
        if len(ending) == 1:
            return ending[0]
        match = _CITED.fullmatch(from_khmer(cited))
        clause = self._by_number.get(_key(match["number"])) if match else None
        for part in _PART.findall(match[0][match.end("number") :]) if match else []:
            clause = self._child(clause, part) if clause else None
        if clause is None:
            raise CitationError(f"{self.version.address} has no clause {cited}")
        return clause

    def _child(self, clause: Clause, part: str) -> Clause | None:
        inside = (row for row in self._clauses[clause.position + 1 : clause.end] if row.parent_id == clause.pk)
        return next((row for row in inside if re.sub(r"[^\w-]", "", from_khmer(row.num)) == part), None)


# --- A clause named together with its law, for sentences that speak of two laws ---------------------------------------


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
