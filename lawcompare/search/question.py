"""Questions as readers type them: words, phrases in quotes, an unfinished last word. There are no operators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import STOP_WORDS, clusters
from lawcompare.search.everyday import asking_words, everyday_words, khmer_sayings, saying_at
from lawcompare.search.words import SearchWord, has_stem, pairs_of_clusters, read_words, runs, stem, words_of


@dataclass(frozen=True, slots=True)
class Token:
    """A token that must be there; with ``is_prefix`` one that begins with it."""

    text: str
    is_prefix: bool = False

    def for_postgresql(self) -> str:
        return f"'{self.text}'" + (":*" if self.is_prefix else "")

    def for_sqlite(self) -> str:
        return f'"{self.text}"' + (" *" if self.is_prefix else "")


@dataclass(frozen=True, slots=True)
class All:
    """A condition that every part holds."""

    parts: tuple[Condition, ...]

    def for_postgresql(self) -> str:
        return "(" + " & ".join(part.for_postgresql() for part in self.parts) + ")"

    def for_sqlite(self) -> str:
        return "(" + " AND ".join(part.for_sqlite() for part in self.parts) + ")"


@dataclass(frozen=True, slots=True)
class Any:
    """A condition that one part at least holds."""

    parts: tuple[Condition, ...]

    def for_postgresql(self) -> str:
        return "(" + " | ".join(part.for_postgresql() for part in self.parts) + ")"

    def for_sqlite(self) -> str:
        return "(" + " OR ".join(part.for_sqlite() for part in self.parts) + ")"


type Condition = Token | All | Any


def all_of(parts: Iterable[Condition]) -> Condition:
    """The condition that every part holds; of one part, or of equal parts, that part itself.

    >>> all_of([Token("xlaw"), Token("xpe", is_prefix=True)]).for_postgresql()
    "('xlaw' & 'xpe':*)"
    """
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else All(distinct)


def any_of(parts: Iterable[Condition]) -> Condition:
    """The condition that one part at least holds; of one part, or of equal parts, that part itself.

    >>> any_of([Token("xlaw"), Token("slaw")]).for_sqlite()
    '("xlaw" OR "slaw")'
    """
    distinct = tuple(dict.fromkeys(parts))
    return distinct[0] if len(distinct) == 1 else Any(distinct)


CHARACTERS_MAX = 300
WORDS_MAX = 20
# A shorter unfinished word begins too many words to be looked for.
PREFIX_LEAST = 2


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word, or a run of Khmer words as typed. ``is_open``: the reader may still be typing it."""

    words: tuple[str, ...]
    is_khmer: bool = False
    is_open: bool = False

    @property
    def text(self) -> str:
        return "".join(self.words)

    def exactly(self, letter: str, may_go_on: bool = True) -> Condition:
        """Returns the condition that its words are there, in one class of tokens."""
        is_open = self.is_open and may_go_on
        last = len(self.words) - 1
        return all_of(Token(letter + word, is_open and at == last) for at, word in enumerate(self.words))

    def loosely(self, exact: str, loose: str) -> Condition:
        """Returns the condition that its words are there, or others of the same stem, or the same Khmer letters."""
        if not self.is_khmer:
            stems = [Token(loose + stem(word)) for word in self.words if has_stem(word)]
            return any_of([self.exactly(exact), *stems])
        pairs = pairs_of_clusters(self.words)
        if exact != "x" or not pairs:
            return self.exactly(exact)
        tokens = [Token(f"b{pair}", self.is_open and pair is pairs[-1]) for pair in pairs]
        return any_of([self.exactly(exact), all_of(tokens)])

    def around(self) -> Condition:
        """Returns the condition that its words, or the same Khmer letters, are in the headings and titles above."""
        stems = all_of(Token(f"u{stem(word)}") for word in self.words)
        pairs = pairs_of_clusters(self.words) if self.is_khmer else []
        return any_of([stems, all_of(Token(f"u{pair}") for pair in pairs)]) if pairs else stems


@dataclass(frozen=True, slots=True)
class Part:
    """What a question asks for in one place: ``terms``, as typed, or else one of the phrases of ``law``."""

    terms: tuple[QueryTerm, ...]
    law: tuple[str, ...] = ()

    @property
    def instead(self) -> tuple[tuple[QueryTerm, ...], ...]:
        return tuple(map(_phrase, self.law))

    @property
    def ways(self) -> tuple[tuple[QueryTerm, ...], ...]:
        return self.terms, *self.instead

    def any_way(self, condition: Callable[[QueryTerm], Condition]) -> Condition:
        """Returns the condition that all terms of one way hold it."""
        return any_of(all_of(condition(term) for term in terms) for terms in self.ways)

    @property
    def inside(self) -> Condition:
        """The condition that it is in the text itself."""
        return self.any_way(lambda term: term.loosely("x", "s"))

    def pieces(self) -> list[Part]:
        """Returns the words of a run of Khmer, each alone; else the part itself."""
        if self.law or not self.terms[0].is_khmer:
            return [self]
        words = [word for term in self.terms for word in term.words if word not in asking_words()]
        return [Part((QueryTerm((word,), is_khmer=True),)) for word in words]


@dataclass(frozen=True)
class Question:
    """``parts`` must all be found; ``phrases`` are words that must follow each other."""

    text: str
    parts: tuple[Part, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    was_cut: bool = False

    @property
    def terms(self) -> list[QueryTerm]:
        """The terms as typed."""
        return [term for part in self.parts for term in part.terms]

    @property
    def is_empty(self) -> bool:
        return not self.parts

    @property
    def everything(self) -> Condition:
        """The condition of an answer: every part in the text or above it, and one at least in the text."""
        inside = [part.inside for part in self.parts]
        if len(inside) == 1:
            return inside[0]
        above = [part.any_way(QueryTerm.around) for part in self.parts]
        return all_of([*map(any_of, zip(inside, above, strict=True)), any_of(inside)])

    @property
    def steps(self) -> list[Condition]:
        """Conditions from the strictest to ``everything``, tried in order where there are too many answers to rank."""

        def all_parts(condition: Callable[[QueryTerm], Condition]) -> Condition:
            return all_of(part.any_way(condition) for part in self.parts)

        return [
            all_parts(lambda term: term.exactly("h", may_go_on=False)),
            all_parts(lambda term: term.loosely("h", "g")),
            all_parts(lambda term: term.exactly("x", may_go_on=False)),
            self.everything,
        ]


def read_question(text: str, *, in_law: bool = False) -> Question:
    """Returns the parts and phrases of a question. ``in_law``: with the law's words beside everyday ones, and without
    words that only ask.

    >>> question = read_question('the “illegal access” comp')
    >>> [term.text for term in question.terms], question.phrases, question.terms[-1].is_open
    (['comp', 'illegal', 'access'], (('illegal', 'access'),), False)
    >>> read_question("what is spam", in_law=True).parts[0].instead[0][0].words
    ('fraud',)
    """
    language = "km"
    form = normalise(text, language).text
    pieces = (everyday_words().asks.sub(" ", form) if in_law else form).split('"')
    is_open_end = bool(pieces[-1]) and not pieces[-1][-1].isspace()
    plain: list[Part] = []
    phrases = []
    for number, piece in enumerate(pieces):
        words = list(read_words(normalise(piece, language), language))
        # An odd piece stands in quotes; the last one, if nothing closes it, is still being typed.
        if number % 2 and number < len(pieces) - 1:
            phrases.append(tuple(word.text for word in words))
        else:
            is_open = is_open_end and number == len(pieces) - 1
            plain += _parts_in_law(words, is_open) if in_law else [Part((term,)) for term in _terms(words, is_open)]
    quoted = [
        Part((QueryTerm((word,), SearchWord(word, 0, 1).is_khmer),))
        for phrase in phrases
        for word in phrase
        if word not in STOP_WORDS
    ]
    parts = list(dict.fromkeys([*plain, *quoted]))
    kept = tuple(phrase for phrase in phrases if len(phrase) > 1)
    return Question(text.strip(), tuple(parts[:WORDS_MAX]), kept, len(parts) > WORDS_MAX)


def _terms(words: list[SearchWord], is_open_end: bool = False) -> list[QueryTerm]:
    terms = [QueryTerm(tuple(word.text for word in run), run[0].is_khmer) for run in runs(words)]
    if terms and is_open_end and _may_be_open(terms[-1]):
        last = terms.pop()
        terms.append(QueryTerm(last.words, last.is_khmer, is_open=True))
    return [term for term in terms if term.text not in STOP_WORDS]


def _may_be_open(term: QueryTerm) -> bool:
    if term.text.isdigit():
        return False
    return term.is_khmer or len(clusters(term.text)) >= PREFIX_LEAST


def _parts_in_law(words: list[SearchWord], is_open_end: bool) -> list[Part]:
    """Returns everyday sayings with what laws say instead, and the other words that do not only ask."""
    terms = _terms(words, is_open_end)
    parts: list[Part] = []
    at = 0
    while at < len(terms):
        if terms[at].is_khmer:
            # The name of a law may have a number: ប្រកាស ១៧០.
            two = terms[at : at + 2]
            name = everyday_words().names.get("".join(term.text for term in two))
            parts += [Part(tuple(two), (name,))] if name else _khmer_in_law(terms[at])
            at += len(two) if name else 1
            continue
        length, law = saying_at([term.text for term in takewhile(lambda term: not term.is_khmer, terms[at:])])
        if length:
            parts.append(Part(tuple(terms[at : at + length]), law))
        elif terms[at].text not in asking_words():
            parts.append(Part((terms[at],)))
        at += length or 1
    return parts


def _khmer_in_law(term: QueryTerm) -> list[Part]:
    parts: list[Part] = []
    for text, law in khmer_sayings(term.text):
        inner = _terms(words_of(text, "km"))
        if law:
            parts.append(Part(tuple(inner), law))
        elif any(word not in asking_words() for one in inner for word in one.words):
            parts += [Part((one,)) for one in inner]
    if term.is_open and parts and not parts[-1].law:
        last = parts.pop()
        parts.append(Part((*last.terms[:-1], replace(last.terms[-1], is_open=True))))
    return parts


@lru_cache(maxsize=4096)
def _phrase(text: str) -> tuple[QueryTerm, ...]:
    return tuple(_terms(words_of(text, "km")))
