"""Rules as data: one YAML file per concern, ``vocabulary.yaml`` for what a clause is, ``rates.yaml`` for money.

A file with a mistake cannot be loaded: :class:`RuleError` names the file and the line. How to write a rule is in
``docs/rules.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lawcompare.engine.rules.patterns import (
    RuleError,
    WordPattern,
    YamlMapping,
    compile_words,
    read_concepts,
    read_yaml,
)

FOLDER = Path(__file__).parent
VOCABULARY, CONCEPTS, RATES = "vocabulary.yaml", "concepts.yaml", "rates.yaml"
LANGUAGES = ("en", "km")
CHECKS = ("words", "missing", "undefined", "prison-minimum", "smallest-above-largest", "digits-against-words")
KINDS = ("offence", "power", "definition", "scope", "purpose", "any")
LEVELS = ("note", "concern", "serious")
# The risk taxonomy of fixtures/categories.yaml.
CATEGORIES = frozenset(
    {
        *("VAGUE", "BROAD", "CONTENT", "OFFICIAL", "FALSE", "MORALS", "MENS", "PENALTY", "ENHANCE", "DOUBLE", "NODEF"),
        *("TOOLS", "WARRANT", "REALTIME", "RETAIN", "DECRYPT", "INTERMED", "BLOCK", "EXTRA", "OVERSIGHT"),
        *("SAFEGUARD", "PRIVACY", "ANON", "PROCESS", "MLA", "TRANSL"),
    }
)
TIMES = ("each", "clause", "document")
_KEYS = (
    *("id", "category", "level", "check", "applies_to", "patterns", "within", "unless", "times", "message"),
    *("standard", "answer"),
)

__all__ = ["Rule", "RuleError", "Standard", "Vocabulary", "WordPattern", "load_rule", "load_rules", "load_vocabulary"]


@dataclass(frozen=True, slots=True)
class Standard:
    """The provision a rule measures by: ``law`` is ``law/version``, ``clause`` an eid, ``words`` stand in it."""

    law: str
    clause: str
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One concern that words can show.

    ``check`` is what is done: ``words`` are looked for; ``missing`` asks whether none of ``unless`` is there;
    ``undefined`` looks for terms that the text does not define; the others look at the penalties.
    ``within`` are words that must also stand in the article. ``unless_sentence``, ``unless_clause``, ``unless_unit``
    and ``unless_document`` answer the concern in the sentence, the clause (with those above it), its article, or
    anywhere; words of ``ignoring`` answer nothing ("without a court's order" names a court). ``times``: a finding for
    ``each`` place, one for a ``clause``, or one for the same words in the whole ``document``.
    """

    id: str
    category: str
    level: str
    check: str
    applies_to: frozenset[str]
    words: WordPattern
    within: WordPattern
    unless_sentence: WordPattern
    unless_clause: WordPattern
    unless_unit: WordPattern
    unless_document: WordPattern
    ignoring: WordPattern
    times: str
    message: str
    standard: Standard
    answer: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """``kinds`` tell what a clause is; ``defines`` are the words in which a term is defined."""

    kinds: Mapping[str, WordPattern]
    defines: WordPattern


@cache
def load_rules(folder: Path = FOLDER) -> tuple[Rule, ...]:
    """Every rule of a folder, by file name. Raises RuleError with the file and line of a mistake."""
    rules = [
        load_rule(path) for path in sorted(folder.glob("*.yaml")) if path.name not in (VOCABULARY, CONCEPTS, RATES)
    ]
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            raise RuleError(f"the id {rule.id!r} is given twice", file=f"{rule.id}.yaml", line=1)
        seen[rule.id] = rule
    return tuple(rules)


def load_rule(path: Path) -> Rule:
    """One rule file. Raises RuleError."""
    entry = read_yaml(path)
    entry.allow(_KEYS)
    answers = ("sentence", "clause", "unit", "document", "ignoring")
    unless = entry.mapping("unless", answers) if "unless" in entry.nodes else None
    check = entry.choice("check", CHECKS, default="words")
    identifier = entry.text("id")
    if identifier != path.stem:
        entry.fail("id", f"id is {identifier!r}, but the file is called {path.name}")
    message = entry.text("message")
    try:
        message % {"words": "", "term": "", "least": "", "most": "", "digits": ""}
    except (KeyError, ValueError, TypeError) as error:
        entry.fail("message", f"the message cannot be filled in: {error}")
    standard = entry.mapping("standard", ("law", "clause", "words"))
    rule = Rule(
        id=identifier,
        category=entry.choice("category", CATEGORIES),
        level=entry.choice("level", LEVELS, default="concern"),
        check=check,
        applies_to=frozenset(entry.choices("applies_to", KINDS)),
        words=word_pattern(entry, "patterns", optional=check not in ("words", "undefined")),
        within=word_pattern(entry, "within"),
        unless_sentence=word_pattern(unless, "sentence"),
        unless_clause=word_pattern(unless, "clause"),
        unless_unit=word_pattern(unless, "unit"),
        unless_document=word_pattern(unless, "document"),
        ignoring=word_pattern(unless, "ignoring"),
        times=entry.choice("times", TIMES, default="clause"),
        message=message,
        standard=Standard(standard.text("law"), standard.text("clause"), standard.text("words")),
        answer=entry.text("answer"),
    )
    if check == "missing" and not (rule.unless_unit or rule.unless_clause):
        entry.fail("check", "a rule that something is missing must say what, under unless")
    return rule


@cache
def load_vocabulary(path: Path = FOLDER / VOCABULARY) -> Vocabulary:
    """The words that tell what a clause is. Raises RuleError."""
    entry = read_yaml(path)
    entry.allow(["kinds", "defines"])
    kinds = entry.mapping("kinds", KINDS)
    return Vocabulary(
        kinds={name: word_pattern(kinds, name) for name in kinds},
        defines=word_pattern(entry, "defines", optional=False),
    )


def word_pattern(
    entry: YamlMapping | None,
    key: str,
    *,
    optional: bool = True,
    concepts: Mapping[str, Mapping[str, str]] | None = None,
) -> WordPattern:
    """The patterns under ``key`` of an entry, by language; ``concepts`` are those of the rules. Raises RuleError."""
    if entry is None or (optional and key not in entry.nodes):
        return WordPattern({})
    named = entry.mapping(key, LANGUAGES)
    known = _concepts() if concepts is None else concepts
    return WordPattern({language: compile_words(named, language, known) for language in named})


@cache
def _concepts() -> dict[str, dict[str, str]]:
    return read_concepts(read_yaml(FOLDER / CONCEPTS))
