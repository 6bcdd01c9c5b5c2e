"""The search index of a mirror: small files, each loaded when somebody searches for a word in it.

A page opened from disk may not read files but may load scripts, so each file of the index is a script.
"""

import json
import re
import unicodedata
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import batched, groupby

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import override

from lawcompare.accounts.models import EDITORS
from lawcompare.annotations.models import Annotation
from lawcompare.crosswalk.models import Topic
from lawcompare.engine.text.words import words as cut
from lawcompare.languages import DEFAULT, in_every_language
from lawcompare.laws.citing import cite, us_title
from lawcompare.laws.models import Clause, Version
from lawcompare.search.ranking import in_turns

FOLDER = "search"
# Results in one file, letters kept of each text, and in how many texts a word may stand to tell any of them apart.
PER_FILE, LETTERS, COMMON = 64, 240, 5000
AT_ONCE = 100  # clauses or notes held in memory
TOKEN = re.compile(r"[\u1780-\u17d3\u17dc\u17dd]+|[^\W_\u1780-\u17ff]+")
KHMER = re.compile(r"[\u1780-\u17d3\u17dc\u17dd]")
# “18 U.S.C. 1030”, “18 U.S. Code 1030” and “18 USC 1030” are one citation.
US_CODE = re.compile(r"\bu\.?\s?s\.?\s?c(?:ode\b|\b\.?)")
# By what else than its own name a unit is cited, in either language.
CALLED = {"art": "article art មាត្រា", "sec": "section sec", "chp": "chapter chp ជំពូក"}
KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789", "\u200b\u00ad")


@dataclass(frozen=True)
class IndexedText:
    """A thing that can be found in a mirror: its address, title, place and words; ``cited``: how else it is cited;
    ``behind``: 0 of the law, topics and the editors' notes, 1 of other notes, behind them, 2 of texts that are not
    confirmed, ``of`` the organisation whose it is.

    The address is the site's, in files of the index the path of its English page's file.
    """

    address: str
    title: str
    place: str
    language: str
    words: str
    cited: str = ""
    behind: int = 0
    of: str = ""


def texts() -> Iterator[IndexedText]:
    """Yields everything public that is searched, in reading order."""
    with override("en"):
        versions = Version.objects.published().standing().select_related("law")
        for version in versions.order_by("law__slug", "date", "slug"):
            clauses = version.clauses.select_related("parent", "version__law").order_by("position")
            for clause in clauses.iterator(AT_ONCE):
                yield _clause(clause, version)
        for note in Annotation.objects.listed().for_reading().iterator(AT_ONCE):
            words = f"{note.exact} {strip_tags(note.body_html)}"
            place = f"{cite(note.clause)}, {note.version}"
            behind = int(note.organisation.slug != EDITORS)
            yield IndexedText(
                note.get_absolute_url(), note.voice, place, "en", words, behind=behind, of=note.organisation.slug
            )
        for topic in Topic.objects.current():
            titles = in_every_language(topic, "title") | {DEFAULT.code: ""}  # which is the entry's own title
            words = " ".join([*titles.values(), *in_every_language(topic, "description").values()])
            yield IndexedText(topic.get_absolute_url(), topic.title, "", "en", words)


def _clause(clause: Clause, version: Version) -> IndexedText:
    cited = cite(clause)
    title = f"{cited} {clause.heading}" if clause.heading and clause.heading not in cited else cited
    address = reverse("clause", args=[version.law.slug, version.slug, clause.eid])
    name = version.name if version.unchecked_of else version.title
    cited_as = _citations(clause, version)
    by = version.unchecked_of
    behind, of = (2, by.slug) if by else (0, "")
    return IndexedText(address, title, name, version.language, clause.text, cited_as, behind, of)


def _citations(clause: Clause, version: Version) -> str:
    """Returns the words by which a clause is cited beside its name: its law's, and those of its units."""
    units = {step.partition("_")[0] for step in clause.eid.split("__")}
    return " ".join([us_title(version.law), *(words for unit, words in CALLED.items() if unit in units)])


def terms(words: str) -> list[str]:
    """Returns the words of a text as they are searched; ``mirror-search.js`` does the same to a question.

    >>> terms("Offences of 18 USC: មាត្រា ២៨")
    ['offence', 'of', '18', 'usc', 'មាត្រា', '28']
    >>> terms("18 U.S.C. 1030"), terms("18 U.S. Code § 1030")
    (['18', 'usc', '1030'], ['18', 'usc', '1030'])
    """
    text = unicodedata.normalize("NFC", words).lower().translate(KHMER_DIGITS)
    text = US_CODE.sub("usc ", text)
    terms_in_order: list[str] = []
    for token in TOKEN.findall(text):
        if KHMER.match(token):
            terms_in_order += [word for word in cut(token, "km") if KHMER.match(word)]
        else:
            terms_in_order.append(stem(token))
    return terms_in_order


def stem(word: str) -> str:
    """Returns a word without the ending of its plural (Harman's S stemmer).

    Snowball's stemmer, which the site uses, is too large to be sent to a page that runs it in JavaScript.

    >>> [stem(word) for word in ("penalties", "offences", "access", "services")]
    ['penalty', 'offence', 'access', 'service']
    """
    if len(word) > 4 and word.endswith("ies") and word[-4] not in "ae":
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "us":
        return word[:-1]
    return word


def shard_of(term: str) -> str:
    """Returns the name of the file that a word is in.

    >>> shard_of("offence"), shard_of("មាត្រា"), shard_of("é")
    ('of', 'x1798', 'xe9')
    """
    return term[:2] if term[:2].isascii() else f"x{ord(term[0]):x}"


def build(indexed: Iterable[IndexedText]) -> Iterator[tuple[str, bytes]]:
    """Yields (path, bytes) of the files of the index; no text is kept in memory, only its numbers and its beginning.
    Whatever stands behind takes no word from what does not: of a word in more than ``COMMON`` texts those are counted
    that do not, and the others fill what is left, by turns.
    """
    rows: list[bytes] = []
    standing: list[tuple[int, object]] = []
    # By term the numbers of texts, in the order in which they came, each with two bits of weight: 3 in the title, else
    # how often.
    postings: dict[str, array[int]] = defaultdict(lambda: array("I"))
    for number, text in enumerate(indexed):
        row = [text.address, text.title, text.place, text.language, " ".join(text.words.split())[:LETTERS]]
        rows.append(_as_json(row).encode())
        standing.append((text.behind, text.of or number))  # what is nobody's stays in its order
        weights = Counter(terms(text.words))
        named = set(terms(f"{text.title} {text.place} {text.cited}"))
        for term in weights.keys() | named:
            postings[term].append(number * 4 + (3 if term in named else min(weights[term], 3) - 1))
    ranked = sorted(range(len(rows)), key=lambda number: standing[number][0])
    lots = [list(some) for _behind, some in groupby(ranked, lambda number: standing[number][0])]
    every = [number for some in lots for number in in_turns(some, lambda number: standing[number][1])]
    # How many stand in front of all others, and with the notes.
    ends = [sum(one <= behind for one, _of in standing) for behind in (0, 1)]
    place = array("I", [0] * len(rows))
    for at, number in enumerate(every):
        place[number] = at
    shards = []
    for shard, some in groupby(sorted(postings, key=lambda term: (shard_of(term), term)), shard_of):
        inside = {}
        for term in some:
            found = sorted(place[one >> 2] * 4 + (one & 3) for one in postings.pop(term))
            is_common = sum(one < ends[0] * 4 for one in found) > COMMON
            inside[term] = [] if is_common else found[:COMMON]
        shards.append(shard)
        yield f"{FOLDER}/words-{shard}.js", _script("words", shard, _as_json(inside))
    for number, group in enumerate(batched(every, PER_FILE)):
        shown = ",".join(rows[one].decode() for one in group)
        yield f"{FOLDER}/texts-{number}.js", _script("texts", number, f"[{shown}]")
    about = {"shards": shards, "perFile": PER_FILE, "ends": ends}
    yield f"{FOLDER}/about.js", _script("about", 0, _as_json(about))


def _as_json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _script(kind: str, name: str | int, data: str) -> bytes:
    return f"mirrorSearch.take([{_as_json(kind)},{_as_json(name)},{data}]);\n".encode()
