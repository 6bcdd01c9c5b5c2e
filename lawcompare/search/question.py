"""Questions as readers type them: words, phrases in quotes, an unfinished last word. There are no operators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lawcompare.engine.text.normalise import normalise
from lawcompare.engine.text.words import STOP_WORDS, clusters
from lawcompare.search.words import SearchWord, has_stem, pairs_of_clusters, read_words, runs, stem


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


@dataclass(frozen=True)
class Question:
    """``terms`` must all be found; ``phrases`` are words that must follow each other."""

    text: str
    terms: tuple[QueryTerm, ...]
    phrases: tuple[tuple[str, ...], ...] = ()
    was_cut: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.terms

    @property
    def everything(self) -> Condition:
        """The condition of an answer: every term in the text or above it, and one at least in the text."""
        inside = [term.loosely("x", "s") for term in self.terms]
        either = [any_of([own, term.around()]) for own, term in zip(inside, self.terms, strict=True)]
        return all_of([*either, any_of(inside)]) if len(self.terms) > 1 else inside[0]

    @property
    def steps(self) -> list[Condition]:
        """Conditions from the strictest to ``everything``, tried in order where there are too many answers to rank."""
        return [
            all_of(term.exactly("h", may_go_on=False) for term in self.terms),
            all_of(term.loosely("h", "g") for term in self.terms),
            all_of(term.exactly("x", may_go_on=False) for term in self.terms),
            self.everything,
        ]


def read_question(text: str) -> Question:
    """Returns the terms and phrases of a question.

    >>> question = read_question('the “illegal access” comp')
    >>> [term.text for term in question.terms], question.phrases, question.terms[-1].is_open
    (['comp', 'illegal', 'access'], (('illegal', 'access'),), False)
    """
    language = "km"
    parts = normalise(text, language).text.split('"')
    is_open_end = bool(parts[-1]) and not parts[-1][-1].isspace()
    plain, phrases = [], []
    for number, part in enumerate(parts):
        words = list(read_words(normalise(part, language), language))
        # An odd part stands in quotes; the last one, if nothing closes it, is still being typed.
        if number % 2 and number < len(parts) - 1:
            phrases.append(tuple(word.text for word in words))
        else:
            plain += _terms(words, is_open_end and number == len(parts) - 1)
    quoted = [
        QueryTerm((word,), SearchWord(word, 0, 1).is_khmer)
        for phrase in phrases
        for word in phrase
        if word not in STOP_WORDS
    ]
    terms = list(dict.fromkeys([*plain, *quoted]))
    kept = tuple(phrase for phrase in phrases if len(phrase) > 1)
    return Question(text.strip(), tuple(terms[:WORDS_MAX]), kept, len(terms) > WORDS_MAX)


def _terms(words: list[SearchWord], is_open_end: bool) -> list[QueryTerm]:
    terms = [QueryTerm(tuple(word.text for word in run), run[0].is_khmer) for run in runs(words)]
    if terms and is_open_end and _may_be_open(terms[-1]):
        last = terms.pop()
        terms.append(QueryTerm(last.words, last.is_khmer, is_open=True))
    return [term for term in terms if term.text not in STOP_WORDS]


def _may_be_open(term: QueryTerm) -> bool:
    if term.text.isdigit():
        return False
    return term.is_khmer or len(clusters(term.text)) >= PREFIX_LEAST
