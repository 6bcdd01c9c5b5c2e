"""Questions that name a place in a law: ``18 USC 1030(a)(2)``, ``Art. 28 2020``, ``មាត្រា ២៨``, ``ICCPR 19(3)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import regex

from lawcompare.engine.structure.numbering import NUMBER, clean, from_khmer
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import STOP_WORDS
from lawcompare.laws.models import Version
from lawcompare.search.indexing.entries import names_of
from lawcompare.search.models import EntryKind, SearchEntry, SearchEntryQuerySet
from lawcompare.search.words import stem, words_of

SHOWN_MAX = 50
_PARTS = r"(?P<parts>(?:\s*\(\s*[^\s()]{1,8}\s*\)?)*)"
_FURTHER = r"(?:\s*,?\s*(?:para(?:graph)?s?\.?|កថាខណ្ឌ(?:ទី)?|ចំណុច(?:ទី)?)\s*(?P<further>\d{1,3}|\p{Khmer}(?!\p{Khmer})))?"
_PLACE = rf"(?P<number>{NUMBER}){_PARTS}{_FURTHER}"
_SECTION = r"(?:§+|sec(?:tion|s)?\.?)"
# A title of the United States Code is named before the section or after it.
_US_CODE = [
    regex.compile(rf"(?i)^(?P<title>\d+)\s*u\.?\s*s\.?\s*c(?:ode)?\.?\s*(?:a\.?\s+)?{_SECTION}?\s*{_PLACE}\s*$"),
    regex.compile(rf"(?i)^title\s+(?P<title>\d+)\s*,?\s*{_SECTION}\s*{_PLACE}\s*$"),
    regex.compile(rf"(?i)^{_SECTION}\s*{_PLACE}\s*,?\s*(?:of\s+)?title\s+(?P<title>\d+)\s*$"),
]
_NAMED = regex.compile(
    r"(?i)(?:^|(?<=[\s,]))(?P<word>art(?:icle)?s?\.?|sec(?:tion)?s?\.?|§+|rules?|មាត្រា(?:ទី)?)\s*"
    + _PLACE
    + r"(?=[\s,]|$)"
)
_BARE = regex.compile(rf"(?:^|(?<=[\s,])){_PLACE}\s*$")
_ANY_UNIT = ("art", "sec", "rule")


@dataclass(frozen=True)
class CitedPlace:
    """``path``: the article's number and those of the parts inside. ``names``: words that name the law or text."""

    path: tuple[str, ...]
    units: tuple[str, ...]
    names: tuple[str, ...] = ()

    def forms(self) -> Iterator[list[str]]:
        """Yields the index's citations of the place, then of what it stands in, for a part that does not exist."""
        for length in range(len(self.path), 0, -1):
            yield [f"{unit}:{'.'.join(self.path[:length])}" for unit in self.units]


def read_citation(text: str) -> CitedPlace | None:
    """Returns the place that a question names, or None.

    >>> read_citation("18 U.S.C. § 1030(a)(2)")
    CitedPlace(path=('1030', 'a', '2'), units=('sec',), names=('us', 'code', '18'))
    >>> read_citation("មាត្រា ២៨").path, read_citation("Art. 28 2020").names, read_citation("prison")
    (('28',), ('2020',), None)
    """
    form = normalise(text, "km").text.strip()
    for pattern in _US_CODE:
        if match := pattern.search(form):
            return CitedPlace(_path(match), ("sec",), ("us", "code", from_khmer(match["title"])))
    if match := _NAMED.search(form):
        return CitedPlace(_path(match), _units(match["word"]), _names(form, match))
    if match := _BARE.search(form):
        return CitedPlace(_path(match), _ANY_UNIT, _names(form, match))
    return None


def _path(match: regex.Match[str]) -> tuple[str, ...]:
    parts = [*regex.findall(r"[^\s()]+", match["parts"] or ""), match["further"] or ""]
    return tuple(filter(None, (clean(part).casefold() for part in [match["number"], *parts])))


def _units(word: str) -> tuple[str, ...]:
    first = word[:1].casefold()
    return {"a": ("art",), "ម": ("art",), "r": ("rule",)}.get(first, ("sec",))


def _names(form: str, match: regex.Match[str]) -> tuple[str, ...]:
    around = f"{form[: match.start()]} {form[match.end() :]}"
    return tuple(stem(word.text) for word in words_of(around, "km") if word.text not in STOP_WORDS)


def find_cited(citation: CitedPlace, versions: Iterable[Version], entries: SearchEntryQuerySet) -> list[SearchEntry]:
    """Returns the clauses cited in the texts named, the newest text first; in all texts where none is named."""
    wanted = set(citation.names)
    among = [version.pk for version in versions if wanted <= names_of(version)]
    if not among:
        return []
    clauses = entries.filter(kind=EntryKind.CLAUSE, version__in=among)
    for keys in citation.forms():
        cited = list(clauses.filter(citation__in=keys).order_by("-date", "pk")[:SHOWN_MAX])
        if cited:
            return cited
    return []
