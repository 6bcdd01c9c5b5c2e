"""A plain sentence or two on what happened to a clause, of what can be told surely; English, for translation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import regex

from lawcompare.engine.diff import Change, Diff
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.text.words import has_no_spaces, is_number, is_word, words

KINDS = ("unchanged", "changed", "renumbered", "moved", "split", "merged", "added", "removed")

UNCHANGED = "Unchanged."
CHANGED = "Changed."
UNCHANGED_RENUMBERED = "Unchanged, now %(new)s."
UNCHANGED_MOVED = "Unchanged, but moved: it was %(old)s and is now %(new)s."
UNCHANGED_MOVED_AFTER = "Unchanged, but moved: it was %(old)s and is now %(new)s, after %(after)s."
UNCHANGED_ELSEWHERE = "Unchanged, but moved to another place."
RENUMBERED = "It is now %(new)s."
MOVED = "Moved: it was %(old)s and is now %(new)s."
MOVED_AFTER = "Moved: it was %(old)s and is now %(new)s, after %(after)s."
ELSEWHERE = "Moved to another place."
SPLIT = "Split into %(first)s and %(last)s."
SPLIT_UNNAMED = "Split into %(count)s clauses."
MERGED = "Merged from %(first)s and %(last)s."
MERGED_UNNAMED = "Merged from %(count)s clauses."
ADDED = "New: nothing in the old text answers to it."
REMOVED = "Removed: nothing in the new text answers to it."
REPLACED = "Replaced: hardly any of the old wording is left."
COARSE = "The comparison ran out of time, so more is marked than was changed."
NUMBERS = "Changed numbers: %(changes)s."
BECAME = "“%(old)s” became “%(new)s”."
PUT_IN = "“%(new)s” was put in."
TAKEN_OUT = "“%(old)s” was taken out."
WORD_CHANGED = "One word changed."
WORDS_CHANGED = "%(count)s words changed."
WORD_ADDED = "One word was put in."
WORDS_ADDED = "%(count)s words were put in."
WORD_REMOVED = "One word was taken out."
WORDS_REMOVED = "%(count)s words were taken out."
WORDS_BOTH = "Words taken out: %(removed)s; put in: %(added)s."
PLACE_CHANGED = "Changed in one place."
PLACES_CHANGED = "Changed in %(count)s places."
ONLY_NUMBERING = "Only its numbering changed."
ONLY_REFERENCES = "Only references to renumbered clauses changed."
ONLY_PUNCTUATION = "Only punctuation changed."
ONLY_SPELLING = "Only the spelling changed."
ONLY_SPACE = "Only white space changed."
ONLY_NOISE = "Nothing of substance changed: only numbering, references, punctuation or spelling."

# Every sentence there is, for the translators.
TEMPLATES = (
    *(UNCHANGED, CHANGED, UNCHANGED_RENUMBERED, UNCHANGED_MOVED, UNCHANGED_MOVED_AFTER, UNCHANGED_ELSEWHERE),
    *(RENUMBERED, MOVED, MOVED_AFTER, ELSEWHERE, SPLIT, SPLIT_UNNAMED, MERGED, MERGED_UNNAMED, ADDED, REMOVED),
    *(REPLACED, COARSE, NUMBERS, BECAME, PUT_IN, TAKEN_OUT, WORD_CHANGED, WORDS_CHANGED, WORD_ADDED, WORDS_ADDED),
    *(WORD_REMOVED, WORDS_REMOVED, WORDS_BOTH, PLACE_CHANGED, PLACES_CHANGED),
    *(ONLY_NUMBERING, ONLY_REFERENCES, ONLY_PUNCTUATION, ONLY_SPELLING, ONLY_SPACE, ONLY_NOISE),
)

_ONLY = {
    "renumbering": ONLY_NUMBERING,
    "cross-reference": ONLY_REFERENCES,
    "punctuation": ONLY_PUNCTUATION,
    "spelling": ONLY_SPELLING,
    "whitespace": ONLY_SPACE,
}
# A change of at most so many words is quoted, of at most so many numbers listed; a longer one is counted.
_QUOTED_WORDS = 5
_LISTED_NUMBERS = 4
# A unit stands next to its number, or after the end of a range: "from 1 to 3 years".
_UNIT = regex.compile(
    r"""(?xi)
    \A (?: [\s(),–-] | \b(?:to|and|or|et|ou|à)\b | ទៅ | ដល់ | ឬ | \p{Nd}[\p{Nd}.,]* | \(\w+\) | \w+(?=\ \(\p{Nd}) ){0,9}?
    ( (?: (?:working|business|calendar)\s+ )?
      (?: (?:second|minute|hour|day|week|month|year|dollar|euro|riel|percent|per\ cent|jour|mois|an|année|heure)s?
        | per\s+centum ) \b
      | វិនាទី | នាទី | ម៉ោង | ថ្ងៃ | សប្តាហ៍ | សប្ដាហ៍ | ខែ | ឆ្នាំ | រៀល | ដុល្លារ | ភាគរយ | [日天月年元] )"""
)
_HAS_UNIT = regex.compile(r"[%‰\p{Sc}]")
_CONTEXT = 80


@dataclass(frozen=True, slots=True)
class Description:
    """A sentence as ``template`` (one of ``TEMPLATES``) and its ``values``, and the sentence after it, if any.

    ``str()`` is the English; a page translates each of ``sentences`` and fills in its values.
    """

    template: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    then: Description | None = None

    @property
    def sentences(self) -> Iterator[Description]:
        yield self
        if self.then is not None:
            yield from self.then.sentences

    def __str__(self) -> str:
        return " ".join(part.template % part.values for part in self.sentences)


class _Edit(NamedTuple):
    """One place where the text changed, with what follows it in either text."""

    removed: str
    added: str
    noise: str
    old_after: str
    new_after: str


def describe(
    kind: str,
    old: Sequence[str],
    new: Sequence[str],
    diff: Diff | None = None,
    language: str = "en",
    *,
    after: str = "",
) -> Description:
    """Say what happened to a clause.

    ``kind`` is one of ``KINDS``. ``old`` and ``new`` are the names of the clauses on either side as a reader knows
    them (``Article 31``), in order; ``diff`` the redline of their texts; ``after`` the name of the clause that a moved
    one now follows. Raises ``ComparisonError`` for an unknown kind.

    >>> from lawcompare.engine.diff import diff
    >>> text = diff("within 90 days", "within 180 days")
    >>> str(describe("renumbered", ["Article 30"], ["Article 31"], text))
    'It is now Article 31. Changed numbers: 90 days → 180 days.'
    """
    if kind not in KINDS:
        raise ComparisonError(f"{kind!r} is no kind of change; the kinds are {', '.join(KINDS)}")
    if kind in ("added", "removed"):
        return Description(ADDED if kind == "added" else REMOVED)
    changes = _changes(diff, language) if diff is not None else []
    is_same = diff is not None and not changes and kind not in ("split", "merged")
    lead = _lead(kind, list(old), list(new), after, is_same or (diff is None and kind == "unchanged"))
    return _chain([*lead, *changes] or [Description(CHANGED)])


def _chain(parts: Sequence[Description]) -> Description:
    first, *rest = parts
    return Description(first.template, first.values, _chain(rest) if rest else None)


# --- where it went ------------------------------------------------------------------------------------------------


def _lead(kind: str, old: list[str], new: list[str], after: str, is_same: bool) -> list[Description]:
    if kind == "split":
        return [_listed(new, SPLIT, SPLIT_UNNAMED)] if len(new) > 1 else []
    if kind == "merged":
        return [_listed(old, MERGED, MERGED_UNNAMED)] if len(old) > 1 else []
    names = {"old": ", ".join(filter(None, old)), "new": ", ".join(filter(None, new))}
    if kind == "moved" and names["old"] and names["new"]:
        if after:
            return [Description(UNCHANGED_MOVED_AFTER if is_same else MOVED_AFTER, {**names, "after": after})]
        return [Description(UNCHANGED_MOVED if is_same else MOVED, names)]
    if kind == "moved":
        return [Description(UNCHANGED_ELSEWHERE if is_same else ELSEWHERE)]
    if kind == "renumbered" and names["new"]:
        return [Description(UNCHANGED_RENUMBERED if is_same else RENUMBERED, {"new": names["new"]})]
    return [Description(UNCHANGED)] if is_same else []


def _listed(names: list[str], template: str, unnamed: str) -> Description:
    if not all(names):
        return Description(unnamed, {"count": len(names)})
    return Description(template, {"first": ", ".join(names[:-1]), "last": names[-1]})


# --- what changed in it -------------------------------------------------------------------------------------------


def _changes(diff: Diff, language: str) -> list[Description]:
    edits = list(_edits(diff.changes))
    coarse = [Description(COARSE)] if diff.coarse else []
    substance = [edit for edit in edits if not edit.noise]
    if diff.replaced:
        return [Description(REPLACED), *coarse]
    if not edits:
        return coarse
    if not substance:
        classes = {edit.noise for edit in edits}
        return [Description(_ONLY[classes.pop()] if len(classes) == 1 else ONLY_NOISE), *coarse]
    numbers = [edit for edit in substance if _is_number_edit(edit, language)]
    if len(numbers) > _LISTED_NUMBERS:
        numbers = []
    rest = [edit for edit in substance if edit not in numbers]
    parts = []
    if numbers:
        listed = "; ".join(
            f"{_amount(edit.removed, edit.old_after)} → {_amount(edit.added, edit.new_after)}" for edit in numbers
        )
        parts.append(Description(NUMBERS, {"changes": listed}))
    if rest:
        parts.append(_count(rest, language))
    return parts + coarse


def _edits(changes: Sequence[Change]) -> Iterator[_Edit]:
    """Each deletion with the insertion after it."""
    position = 0
    while position < len(changes):
        change = changes[position]
        position += 1
        if change.op == "equal":
            continue
        removed, added = (change.text, "") if change.op == "delete" else ("", change.text)
        if change.op == "delete" and position < len(changes) and changes[position].op == "insert":
            added = changes[position].text
            position += 1
        yield _Edit(
            removed,
            added,
            change.noise,
            _start(part.text for part in changes[position:] if part.op != "insert"),
            _start(part.text for part in changes[position:] if part.op != "delete"),
        )


def _start(texts: Iterable[str]) -> str:
    start = ""
    for text in texts:
        start += text[:_CONTEXT]
        if len(start) >= _CONTEXT:
            break
    return start[:_CONTEXT]


def _spoken_words(text: str, language: str) -> list[str]:
    return [word for word in words(text, language) if is_word(word)]


def _is_number_edit(edit: _Edit, language: str) -> bool:
    """A number in the place of a number, with no more than its unit or its own spelling-out beside it."""
    sides = (_spoken_words(edit.removed, language), _spoken_words(edit.added, language))
    return all(any(is_number(word) for word in side) and len(side) <= _QUOTED_WORDS - 2 for side in sides)


def _amount(text: str, after: str) -> str:
    """A number with its unit, which may stand in what follows."""
    shown = " ".join(text.split()).strip(" ,;")
    if _HAS_UNIT.search(shown) or _UNIT.search(regex.sub(r"\A.*\p{Nd}\)?", "", shown)):
        return shown
    unit = _UNIT.match(after)
    if unit is None:
        return shown
    return shown + ("" if has_no_spaces(unit[1]) and not after[:1].isspace() else " ") + unit[1]


def _count(edits: Sequence[_Edit], language: str) -> Description:
    if len(edits) == 1 and (quoted := _quoted(edits[0], language)):
        return quoted
    removed, added = ([word for edit in edits for word in _spoken_words(edit[side], language)] for side in (0, 1))
    if any(has_no_spaces(word) for word in (*removed, *added)):
        # How many words there are between spaces that nobody writes is a matter of opinion.
        return Description(PLACE_CHANGED) if len(edits) == 1 else Description(PLACES_CHANGED, {"count": len(edits)})
    if len(removed) == len(added):
        return _of(len(added), WORD_CHANGED, WORDS_CHANGED)
    if not removed:
        return _of(len(added), WORD_ADDED, WORDS_ADDED)
    if not added:
        return _of(len(removed), WORD_REMOVED, WORDS_REMOVED)
    return Description(WORDS_BOTH, {"removed": len(removed), "added": len(added)})


def _of(count: int, one: str, many: str) -> Description:
    return Description(one) if count == 1 else Description(many, {"count": count})


def _quoted(edit: _Edit, language: str) -> Description | None:
    old, new = " ".join(edit.removed.split()), " ".join(edit.added.split())
    if max(len(_spoken_words(old, language)), len(_spoken_words(new, language))) > _QUOTED_WORDS:
        return None
    if old and new:
        return Description(BECAME, {"old": old, "new": new})
    return Description(PUT_IN, {"new": new}) if new else Description(TAKEN_OUT, {"old": old})
