"""The concepts of cybercrime law, and where English and Khmer texts name them (``thesaurus.yaml``).

Knows phrases, not provisions: what follows from two texts naming the same concept is for others to say.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from lawcompare.engine.rules import RuleError
from lawcompare.engine.rules.patterns import khmer_phrases, read_yaml
from lawcompare.engine.text.search_form import view
from lawcompare.engine.text.words import STOP_WORDS, is_number, is_word, words

PATH = Path(__file__).parent / "thesaurus.yaml"
WEIGHTS = ("subject", "term", "part")
# Words between two pieces of a phrase that " ... " joins, small words left out.
GAP = 8

# Words that carry no subject.
_SMALL = STOP_WORDS.union(
    re.findall(r"\w+", "being more must nor other she whoever one two three four five six seven eight nine ten")
)
# Endings, longest first, and what is left in their place: light, so that "disclosure" and "disclosed" meet and
# "communication" and "community" do not.
_ENDINGS = (
    *(("isations", "iz"), ("izations", "iz"), ("isation", "iz"), ("ization", "iz"), ("ising", "iz"), ("ised", "iz")),
    *(("ises", "iz"), ("ise", "iz"), ("izing", "iz"), ("ized", "iz"), ("izes", "iz"), ("ize", "iz")),
    *(("ations", ""), ("ation", ""), ("ions", ""), ("ion", ""), ("ures", ""), ("ure", ""), ("ings", ""), ("ing", "")),
    *(("ments", ""), ("ment", ""), ("ies", "y"), ("ied", "y"), ("ly", "")),
    *(("es", ""), ("ed", ""), ("s", ""), ("e", "")),
)
_LEAST = 4  # letters that must stay
_KEPT = re.compile("(?:ss|us|is)$")


@dataclass(frozen=True, slots=True)
class Concept:
    """``weight`` is ``subject``, ``term`` or ``part``; ``phrases`` are pieces of stems.

    ``khmer`` finds the Khmer phrases in a form without spaces, on cluster borders.
    """

    name: str
    labels: Mapping[str, str]
    weight: str
    near: tuple[str, ...]
    phrases: tuple[tuple[tuple[str, ...], ...], ...]
    khmer: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """An English phrase of a concept. ``hides`` are other subjects named inside it, with the word at which:
    who speaks of "identity theft" does not speak of theft.
    """

    concept: str
    pieces: tuple[tuple[str, ...], ...]
    hides: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Concepts by name, and their English phrases by the first stem."""

    concepts: Mapping[str, Concept]
    by_stem: Mapping[str, Sequence[Phrase]]

    def count(self, text: str, language: str | None = None) -> dict[str, int]:
        """How often each concept is named in a text; without ``language``, its script decides.

        >>> load_thesaurus().count("Intercepting communications without right")
        {'illegal-interception': 1, 'without-right': 1}
        >>> load_thesaurus().count("ការលួចស្តាប់")
        {'illegal-interception': 1}
        """
        seen = view(text, language)
        if seen.language == "km":
            counts = {name: len(concept.khmer.findall(seen.text)) for name, concept in self.concepts.items()}
            return {name: number for name, number in counts.items() if number}
        text_stems = stems(text)
        # Two phrases of a concept that begin at one word are one mention.
        starts: dict[str, set[int]] = {}
        inside: set[tuple[str, int]] = set()
        for place, first in enumerate(text_stems):
            for phrase in self.by_stem.get(first, ()):
                if _stands_at(phrase.pieces, text_stems, place):
                    starts.setdefault(phrase.concept, set()).add(place)
                    inside.update((name, place + offset) for name, offset in phrase.hides)
        counts = {
            name: sum((name, at) not in inside for at in starts[name]) for name in self.concepts if name in starts
        }
        return {name: number for name, number in counts.items() if number}


def _stands_at(pieces: Sequence[tuple[str, ...]], text_stems: Sequence[str], place: int) -> bool:
    first, *rest = pieces
    if tuple(text_stems[place : place + len(first)]) != first:
        return False
    end = place + len(first)
    for piece in rest:
        reach = range(end, min(end + GAP + 1, len(text_stems) - len(piece) + 1))
        at = next((at for at in reach if tuple(text_stems[at : at + len(piece)]) == piece), None)
        if at is None:
            return False
        end = at + len(piece)
    return True


def stems(text: str, language: str = "en") -> list[str]:
    """The words of a text that carry its subject, without their endings.

    >>> stems("The authorisation of disclosures, and authorized disclosing")
    ['authoriz', 'disclos', 'authoriz', 'disclos']
    """
    return [form for _word, form in stemmed(text, language)]


def stemmed(text: str, language: str = "en") -> list[tuple[str, str]]:
    """The same with each word as it is printed, in small letters: (word, stem)."""
    folded = (word.casefold() for word in words(text, language) if is_word(word))
    parts = (part for word in folded for part in word.split("-") if part)
    return [(word, stem(word)) for word in parts if word not in _SMALL and not is_number(word)]


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """
    >>> [stem(word) for word in ("preserve", "preservation", "copies", "access", "data")]
    ['preserv', 'preserv', 'copy', 'access', 'data']
    """
    if not word.isascii() or not word.isalpha():
        return word
    for ending, instead in _ENDINGS:
        is_kept = ending == "s" and _KEPT.search(word)
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= _LEAST and not is_kept:
            return word[: len(word) - len(ending)] + instead
    return word


@cache
def load_thesaurus(path: Path = PATH) -> Thesaurus:
    """The concepts of a file. Raises RuleError with the line of a mistake."""
    entry = read_yaml(path)
    concepts: dict[str, Concept] = {}
    for name in entry:
        fields = entry.mapping(name, ("label", "weight", "near", "en", "km"))
        labels = fields.mapping("label", ("en", "km"))
        phrases = []
        for phrase, line in fields.texts("en"):
            pieces = tuple(tuple(stems(piece)) for piece in phrase.split(" ... "))
            if not all(pieces):
                raise RuleError(f"{phrase!r} has a piece of small words alone", file=fields.file, line=line)
            phrases.append(pieces)
        concepts[name] = Concept(
            name=name,
            labels={language: labels.text(language) for language in ("en", "km")},
            weight=fields.choice("weight", WEIGHTS),
            near=tuple(fields.choices("near", list(entry))) if "near" in fields.nodes else (),
            phrases=tuple(phrases),
            khmer=khmer_phrases([phrase for phrase, _line in fields.texts("km")]),
        )
    by_stem: dict[str, list[Phrase]] = {}
    for name, concept in concepts.items():
        for pieces in concept.phrases:
            by_stem.setdefault(pieces[0][0], []).append(Phrase(name, pieces, _hidden(pieces, concept, concepts)))
    return Thesaurus(concepts, by_stem)


def _hidden(
    pieces: tuple[tuple[str, ...], ...], concept: Concept, concepts: Mapping[str, Concept]
) -> tuple[tuple[str, int], ...]:
    if len(pieces) > 1 or concept.weight != "subject":
        return ()
    whole = pieces[0]
    return tuple(
        (other.name, at)
        for other in concepts.values()
        if other is not concept and other.weight == "subject"
        for phrase in other.phrases
        if len(phrase) == 1 and len(phrase[0]) < len(whole)
        for at in range(len(whole) - len(phrase[0]) + 1)
        if whole[at : at + len(phrase[0])] == phrase[0]
    )
