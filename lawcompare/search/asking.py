"""What is asked for beside words: the place that a question cites, the filters, and what the search refuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import regex
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db.models import Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation
from lawcompare.accounts.rate_limits import allow
from lawcompare.engine.document import LANGUAGES
from lawcompare.engine.structure.numbering import NUMBER, clean, from_khmer
from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import STOP_WORDS
from lawcompare.languages import in_every_language
from lawcompare.laws.models import Version
from lawcompare.laws.translations.services import original_of
from lawcompare.search.everyday import asking_words, everyday_words, with_titles
from lawcompare.search.models import EntryKind, SearchEntry, SearchEntryQuerySet
from lawcompare.search.question import CHARACTERS_MAX
from lawcompare.search.ranking import in_turns, whose
from lawcompare.search.services import names_of, stems_of
from lawcompare.search.words import stem, words_of

# Clauses cited, and those of one text, which may repeat a number in each chapter.
SHOWN_MAX, OF_TEXT_MAX = 50, 10
_PARTS = r"(?P<parts>(?:\s*\(\s*[^\s()]{1,8}\s*\)?)*)"
_PARAGRAPH = r"(?:para(?:graph)?s?\.?|កថាខណ្ឌ(?:ទី)?|ចំណុច(?:ទី)?)"
_FURTHER = rf"(?:\s*,?\s*{_PARAGRAPH}\s*(?P<further>\d{{1,3}}|\p{{Khmer}}(?!\p{{Khmer}})))?"
# "paragraph 2 of Article 29", កថាខណ្ឌទី២ នៃមាត្រា ២៩
_LEADING = rf"(?:{_PARAGRAPH}\s*(?P<leading>\d{{1,3}}|\p{{Khmer}}(?!\p{{Khmer}}))\s*,?\s*(?:of\s+|នៃ\s*)?)?"
_PLACE = rf"(?P<number>{NUMBER}){_PARTS}{_FURTHER}"
_SECTION = r"(?:§+|sec(?:tion|s)?\.?)"
# A title of the United States Code is named before the section or after it.
_US_CODE = [
    regex.compile(rf"(?i)^(?P<title>\d+)\s*u\.?\s*s\.?\s*c(?:ode)?\.?\s*(?:a\.?\s+)?{_SECTION}?\s*{_PLACE}\s*$"),
    regex.compile(rf"(?i)^title\s+(?P<title>\d+)\s*,?\s*{_SECTION}\s*{_PLACE}\s*$"),
    regex.compile(rf"(?i)^{_SECTION}\s*{_PLACE}\s*,?\s*(?:of\s+)?title\s+(?P<title>\d+)\s*$"),
]
_NAMED = regex.compile(
    rf"(?i)(?:^|(?<=[\s,])|(?<=នៃ)){_LEADING}"
    r"(?P<word>art(?:icle)?s?\.?|sec(?:tion)?s?\.?|§+|rules?|មាត្រា(?:ទី)?|ម(?=\s?\.?\s?\d)\s?\.?|ផ្នែក(?:ទី)?)\s*"
    + _PLACE
    + r"(?=[\s,\u1780-\u17d3]|$)"
)
_BARE = regex.compile(rf"(?:^|(?<=[\s,])){_PLACE}\s*$")
# A number among names of laws: "constitution 41 cambodia".
_AMONG_NAMES = regex.compile(rf"(?:^|(?<=[\s,])){_PLACE}(?=\s)")
_ANY_UNIT = ("art", "sec", "rule")
# Words that join a place to the name of its law: of, of the year, about …
_CONNECTIVES = frozenset(
    ["នៃ", "របស់", "ក្នុង", "នៅ", "តាម", "ស្តី", "ពី", "ស្តីពី", "ចុះ", "ឆ្នាំ", "ខែ", "ថ្ងៃ", "ទី", "ថ្ងៃទី", "និង"]
)
_KHMER = regex.compile(r"[\u1780-\u17d3]+")


@dataclass(frozen=True)
class CitedPlace:
    """``path``: the article's number and those of the parts inside. ``names``: words that name the law or text."""

    path: tuple[str, ...]
    units: tuple[str, ...]
    names: tuple[str, ...] = ()
    # The same where people call the law otherwise than its title.
    names_in_title: tuple[str, ...] = field(default=(), repr=False)
    # Units looked for where there is none of the first: Khmer readers call the sections of a code articles too.
    otherwise: tuple[str, ...] = field(default=(), repr=False)

    def forms(self) -> Iterator[list[str]]:
        """Yields the index's citations of the place, then of what it stands in, for a part that does not exist."""
        for units in filter(None, (self.units, self.otherwise)):
            for length in range(len(self.path), 0, -1):
                yield [f"{unit}:{'.'.join(self.path[:length])}" for unit in units]


def read_citation(text: str, *, among_names: bool = False) -> CitedPlace | None:
    """Returns the place that a question names, or None. ``among_names``: also where the number is not the last word.

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
        otherwise = _ANY_UNIT if match["word"].startswith("ម") else ()
        return CitedPlace(_path(match), _units(match["word"]), *_names(form, match), otherwise)
    if match := _BARE.search(form) or (_AMONG_NAMES.search(form) if among_names else None):
        return CitedPlace(_path(match), _ANY_UNIT, *_names(form, match))
    return None


def _path(match: regex.Match[str]) -> tuple[str, ...]:
    named = match.groupdict()
    parts = [*regex.findall(r"[^\s()]+", match["parts"] or ""), named.get("leading") or "", match["further"] or ""]
    return tuple(filter(None, (clean(part).casefold() for part in [match["number"], *parts])))


def _units(word: str) -> tuple[str, ...]:
    first = word[:1].casefold()
    return {"a": ("art",), "ម": ("art",), "r": ("rule",)}.get(first, ("sec",))


def _names(form: str, match: regex.Match[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns the words around the place that name its law, as typed and as its title has them."""

    def stems(names: str) -> tuple[str, ...]:
        left_out = STOP_WORDS | _CONNECTIVES
        return tuple(stem(word.text) for word in words_of(names, "km") if word.text not in left_out)

    around = f"{form[: match.start()]} {form[match.end() :]}"
    return stems(around), stems(with_titles(around))


@dataclass
class _Names:
    """All by which readers may name a text and its renderings: stems, and the letters of the Khmer names."""

    stems: set[str] = field(default_factory=set)
    letters: str = ""

    def add(self, version: Version) -> None:
        self.stems |= names_of(version)
        form = normalise(" ".join([*in_every_language(version.law, "title").values(), version.title]), "km").text
        self.letters += " ".join(_KHMER.findall(form)) + " "

    def have(self, words: Iterable[str]) -> bool:
        """Whether each word is one of a name; of a Khmer one, which a dictionary cuts by what is around it, part."""
        return all(word in self.stems or (_KHMER.fullmatch(word) and word in self.letters) for word in words)


def find_cited(citation: CitedPlace, versions: Iterable[Version], entries: SearchEntryQuerySet) -> list[SearchEntry]:
    """Returns the clauses cited in the texts named, the newest confirmed text first; in all texts where none is named.

    A text bears the names of its renderings, and they bear its own.
    """
    names: dict[int, _Names] = defaultdict(_Names)
    versions = list(versions)
    by_pk = {version.pk: version for version in versions}
    for version in versions:
        names[original_of(version)].add(version)
    among: set[int] = set()
    named: set[Organisation | None] = set()
    # Of each organisation by itself: none keeps another's from being looked for in the next way.
    for called in (citation.names, citation.names_in_title):
        some = [one for one in versions if one.unchecked_of not in named and names[original_of(one)].have(called)]
        among |= {version.pk for version in some}
        named |= {version.unchecked_of for version in some}
    said = {*citation.names, *citation.names_in_title}
    of_text = Window(RowNumber(), partition_by="version", order_by="pk")

    clauses: list[SearchEntry] = []
    found: set[int] = set()
    for keys in citation.forms() if among else ():
        # The texts are chosen here, since SQLite would rather read whole texts than the index of places.
        cited: Any = entries.filter(citation__in=keys).annotate(of_text=of_text).filter(of_text__lte=OF_TEXT_MAX)
        cited = cited.defer("heading", "words", "tokens").order_by("-date", "pk")
        clauses += [one for one in cited if one.version_id in among and whose(one, by_pk) not in found]
        found = {whose(one, by_pk) for one in clauses}
        if len(found) == len(named):
            break
    clauses.sort(key=lambda entry: _order_of(by_pk[entry.version_id or 0], said))
    return in_turns(clauses, lambda entry: whose(entry, by_pk))[:SHOWN_MAX]


# Articles of a text that stand first where a question is only its name.
NAMED_FIRST = 5
# The share of the words of a title that names it.
MOST_OF_TITLE = 0.6


def texts_named(text: str, versions: Sequence[Version]) -> list[Version]:
    """Returns the texts of which a question is only the name, without translations; the newest confirmed one first."""
    words = [word.text for word in words_of(text, "km")]
    said = [word for word in words if word not in STOP_WORDS | _CONNECTIVES | asking_words()]
    names = everyday_words().names
    name = next(
        (names[call] for some in (words, said) for call in (" ".join(some), "".join(some)) if call in names), ""
    )
    sought = {stem(word) for word in (name.split() if name else said) if word not in STOP_WORDS}

    def is_named(version: Version) -> bool:
        if not sought or not sought <= names_of(version):
            return False
        titles = [stems_of(title, "km") for title in (version.law.title, version.law.slug.replace("-", " "))]
        return bool(name) or any(len(sought & title) >= MOST_OF_TITLE * len(title) for title in titles)

    originals = [version for version in versions if version.translates_id is None and is_named(version)]
    newest = sorted(originals, key=lambda version: version.date, reverse=True)
    ordered = sorted(newest, key=lambda version: _order_of(version, sought))
    return in_turns(ordered, lambda version: version.unchecked_of)


def _order_of(version: Version, said: set[str]) -> tuple[bool, float]:
    """Returns a key that sorts what is confirmed first, then that of which more of the law's short name is said:
    "Budapest 2" is of the convention, and then of its protocol.
    """
    short = stems_of(version.law.slug.replace("-", " "), "km")
    return is_unchecked(version), -len(said & short) / max(1, len(short))


def first_articles(texts: Sequence[Version], entries: SearchEntryQuerySet) -> list[SearchEntry]:
    """Returns the first articles of some texts, as many of each."""
    found: list[SearchEntry] = []
    for text in texts:
        articles = entries.filter(kind=EntryKind.CLAUSE, version=text, is_whole=True).exclude(heading="")
        found += articles.order_by("pk")[: -(-NAMED_FIRST // len(texts))]
    return found[:NAMED_FIRST]


@dataclass(frozen=True)
class Filters:
    """The filters a reader chose, each empty or a value of the index."""

    kind: str = ""
    law: str = ""
    language: str = ""
    risk: str = ""
    organisation: str = ""
    category: str = ""

    def chosen(self) -> dict[str, str]:
        """Returns the filters that are not empty."""
        return {each.name: getattr(self, each.name) for each in fields(self) if getattr(self, each.name)}

    def without(self, name: str) -> Filters:
        """Returns the filters without one of them."""
        return replace(self, **{name: ""})


class QuestionRefused(BadRequest):
    """A question that cannot be answered; the message is the sentence for its reader."""


def public_versions() -> list[Version]:
    """Returns the versions that are searched: public ones that stand, with their laws, whoever asks."""
    standing = Version.objects.published().standing().select_related("law", "origin__organisation")
    return list(standing.order_by("law", "date", "slug"))


def is_unchecked(version: Version | None) -> bool:
    """Whether staff have not confirmed a text: it takes no place of one that is confirmed, or came with the site."""
    return version is not None and version.unchecked_of is not None


def may_search(request: HttpRequest) -> bool:
    """Counts a question and returns whether it is within the limit of this minute."""
    return allow(request, "search", settings.SEARCHES_PER_MINUTE, per=60)


def read_text(asked: QueryDict) -> str:
    """Returns the question. Raises ``QuestionRefused`` where it is too long."""
    text = asked.get("q", "").replace("\x00", " ")
    if len(text) > CHARACTERS_MAX:
        raise QuestionRefused(_("A search can have at most %(most)s characters.") % {"most": CHARACTERS_MAX})
    return text


def read_filters(asked: QueryDict, versions: Sequence[Version]) -> Filters:
    """Returns the filters chosen. Raises ``QuestionRefused`` for a value that the index does not have."""
    filters = Filters(**{name: asked.get(name, "") for name in Filters.__dataclass_fields__})
    for name, value in filters.chosen().items():
        if not _is_known(name, value, versions):
            raise QuestionRefused(_("There is no such filter: %(value)s") % {"value": value[:40]})
    return filters


def _is_known(name: str, value: str, versions: Sequence[Version]) -> bool:
    if name == "kind":
        return value in EntryKind.values
    if name == "language":
        return value in LANGUAGES
    if name == "law":
        return value in {version.law.slug for version in versions}
    if name == "risk":
        return value in {"0", "1", "2", "3", "4"}
    if "\x00" in value or " " in value:
        return False
    entries = SearchEntry.objects.of_texts(versions).filter(kind=EntryKind.ANNOTATION)
    if name == "category":
        return entries.filter(categories__contains=f" {value} ").exists()
    return Organisation.objects.filter(slug=value, pk__in=entries.values("organisation")).exists()
