"""What happened to a clause, as values: where it went and what changed in it, as far as that can be told surely."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple

import regex

from lawcompare.engine.align.model import KINDS
from lawcompare.engine.diff import Diff
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.text.amounts import CURRENCIES, ascii_digits, is_amount, parse_number, shares_scale
from lawcompare.engine.text.words import has_no_spaces, is_number, is_word, words

_ONLY = {
    "renumbering": "only-numbering",
    "cross-reference": "only-references",
    "punctuation": "only-punctuation",
    "spelling": "only-spelling",
    "whitespace": "only-space",
    "page-number": "only-pages",
}
# A change of at most so many words is quoted, of at most so many numbers listed; a longer one is counted.
_QUOTED_WORDS = 5
_LISTED_NUMBERS = 4
# Up to this share of the old letters that are kept, hardly any of the old wording is left.
_HARDLY_ANY = 0.2
# A unit stands next to its number, or after the end of a range: "from 1 to 3 years".
_CURRENCY = "|".join(CURRENCIES["english"])
_KHMER_CURRENCY = "|".join(CURRENCIES["khmer"])
_UNIT = regex.compile(
    rf"""(?xi)
    \A (?: [\s(),–-] | \b(?:to|and|or|et|ou|à)\b | ទៅ | ដល់ | ឬ | \p{{Nd}}[\p{{Nd}}.,]*+ | \(\w+\)
      | \w+(?=\ \(\p{{Nd}}) ){{0,9}}?
    (?P<unit> (?P<scale> (?:thousand|million|billion)\s+ | (?: រយ | ពាន់ | ម៉ឺន | សែន | លាន | កោដិ | ប៊ីលាន )\s? )?
      (?: (?: (?:working|business|calendar)\s+ )?
          (?: (?:second|minute|hour|day|week|month|year|{_CURRENCY}|percent|per\ cent|jour|mois|an|année|heure)s?
            | per\s+centum ) \b
        | វិនាទី | នាទី | ម៉ោង | ថ្ងៃ | សប្តាហ៍ | សប្ដាហ៍ | ខែ | ឆ្នាំ | {_KHMER_CURRENCY} | ភាគរយ | [日天月年元] ) )"""
)
# The scale of a number whose unit comes later: "five (5) million to ten (10) million riels".
_SCALE = regex.compile(r"(?i)\A\s*(?:thousand|million|billion|រយ|ពាន់|ម៉ឺន|សែន|លាន|កោដិ|ប៊ីលាន)(?!\p{Latin})")
# The end of "(fifteen million)" where only its first word changed.
_REST_OF_BRACKET = regex.compile(r"\A[^()\n]{0,60}\)")
_HAS_UNIT = regex.compile(r"[%‰\p{Sc}]")
_CONTEXT = 80
# From inside one bracket to inside another, as "2.5), (6.2" of "(2.5), (6.2)"; the brackets around it did not change.
_TWO_BRACKETS = regex.compile(r"\A[^()]*\)[^()]*(?:\([^()]*\)[^()]*)*\([^()]*\Z")


@dataclass(frozen=True, slots=True)
class RowChange:
    """One thing that happened to a clause: a kind of ``wording.changes.SENTENCES``, and its values."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)


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
) -> list[RowChange]:
    """Return what happened to a clause, in the order in which to say it.

    ``kind`` is one of ``align.KINDS``. ``old`` and ``new`` are the names of the clauses on either side, as a reader
    knows them (``Article 31``), in order; ``diff`` the redline of their texts; ``after`` the name of the clause that a
    moved one now follows. Raises ``ComparisonError`` for an unknown kind.

    >>> from lawcompare.engine.diff import diff
    >>> text = diff("within 90 days", "within 180 days")
    >>> for change in describe("renumbered", ["Article 30"], ["Article 31"], text):
    ...     print(change.kind, change.values)
    renumbered {'new': 'Article 31'}
    numbers {'pairs': [('90 days', '180 days')]}
    """
    if kind not in KINDS:
        raise ComparisonError(f"{kind!r} is no kind of change; the kinds are {', '.join(KINDS)}")
    if kind in ("added", "removed"):
        return [RowChange(kind)]
    changes = _changes(diff, language) if diff is not None else []
    is_same = diff is not None and not changes and kind not in ("split", "merged")
    lead = _lead(kind, list(old), list(new), after, is_same or (diff is None and kind == "unchanged"))
    return [*lead, *changes] or [RowChange("changed")]


# --- where it went ------------------------------------------------------------------------------------------------


def _lead(kind: str, old: list[str], new: list[str], after: str, is_same: bool) -> list[RowChange]:
    if kind == "split":
        return [_listed("split", new)] if len(new) > 1 else []
    if kind == "merged":
        return [_listed("merged", old)] if len(old) > 1 else []
    names = {"old": ", ".join(filter(None, old)), "new": ", ".join(filter(None, new))}
    if kind == "moved" and names["old"] and names["new"]:
        if after:
            return [RowChange("unchanged-moved-after" if is_same else "moved-after", {**names, "after": after})]
        return [RowChange("unchanged-moved" if is_same else "moved", names)]
    if kind == "moved":
        return [RowChange("unchanged-elsewhere" if is_same else "elsewhere")]
    if kind == "renumbered" and names["new"]:
        return [RowChange("unchanged-renumbered" if is_same else "renumbered", {"new": names["new"]})]
    return [RowChange("unchanged")] if is_same else []


def _listed(kind: str, names: list[str]) -> RowChange:
    return RowChange(kind, {"names": names}) if all(names) else RowChange(f"{kind}-unnamed", {"count": len(names)})


# --- what changed in it -------------------------------------------------------------------------------------------


def _changes(diff: Diff, language: str) -> list[RowChange]:
    edits = list(_edits(diff))
    coarse = [RowChange("coarse")] if diff.coarse else []
    substance = [edit for edit in edits if not edit.noise]
    slips = sum(edit.noise == "slip" for edit in edits)
    beside = [RowChange("slips-beside", {"count": slips})] if slips else []
    if not edits:
        return coarse
    if not substance:
        classes = {edit.noise for edit in edits}
        if slips:
            return [RowChange("only-slips", {"count": slips}), *coarse]
        return [RowChange(_ONLY[classes.pop()] if len(classes) == 1 else "only-noise"), *coarse]
    if diff.replaced:
        # A redline that shows a short text as replaced marks the words too with which both begin or end; they are left.
        kept = sum(len(change.text) for change in diff.changes if change.op == "equal")
        old, new = words(diff.old, language), words(diff.new, language)
        same = _common_start(old, new) + _common_start(old[::-1], new[::-1])
        if max(kept, same) <= _HARDLY_ANY * max(len(diff.old), 1):
            return [RowChange("replaced"), *beside, *coarse]
    numbers = [edit for edit in substance if _is_number_edit(edit, language)]
    if len(numbers) > _LISTED_NUMBERS:
        numbers = []
    rest = [edit for edit in substance if edit not in numbers]
    parts = []
    for kind, edits in (
        ("numbers", [edit for edit in numbers if not _is_same_amount(edit)]),
        ("numbers-rewritten", [edit for edit in numbers if _is_same_amount(edit)]),
    ):
        if edits:
            pairs = [(_amount(edit.removed, edit.old_after), _amount(edit.added, edit.new_after)) for edit in edits]
            parts.append(RowChange(kind, {"pairs": pairs}))
    if rest:
        parts.append(_count(rest, language))
    return parts + beside + coarse


def _common_start(old: Sequence[str], new: Sequence[str]) -> int:
    """The letters of the words with which both begin."""
    return sum(len(word) for word, _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _edits(diff: Diff) -> Iterator[_Edit]:
    """Each deletion with the insertion after it."""
    old, new, changes = diff.old, diff.new, diff.changes
    position = old_at = new_at = 0
    while position < len(changes):
        is_pair = [change.op for change in changes[position : position + 2]] == ["delete", "insert"]
        edit = Diff(changes[position : position + 1 + is_pair])
        position += len(edit.changes)
        old_at, new_at = old_at + len(edit.old), new_at + len(edit.new)
        if edit.changes[0].op != "equal":
            after = old[old_at : old_at + _CONTEXT], new[new_at : new_at + _CONTEXT]
            sides = edit.old, edit.new
            if edit.old and edit.new and any(map(_TWO_BRACKETS.search, sides)):
                sides = f"({edit.old})", f"({edit.new})"
            yield _Edit(*sides, edit.changes[0].noise, *after)


def _spoken_words(text: str, language: str) -> list[str]:
    return [word for word in words(text, language) if is_word(word)]


def _is_number_edit(edit: _Edit, language: str) -> bool:
    """A number in the place of a number, with no more than its unit or its own spelling-out beside it."""
    if is_amount(edit.removed.strip()) and is_amount(edit.added.strip()):
        return True
    sides = (_spoken_words(edit.removed, language), _spoken_words(edit.added, language))
    return all(any(is_number(word) for word in side) and len(side) <= _QUOTED_WORDS - 2 for side in sides)


def _is_same_amount(edit: _Edit) -> bool:
    """Whether a number was only written in another way: in words, in digits, in both."""
    sides = [side.strip() for side in (edit.removed, edit.added)]
    if not all(map(is_amount, sides)):
        return False
    old, new = (parse_number(ascii_digits(side)) for side in sides)
    return old is not None and new is not None and old.value == new.value and not (old.disagrees or new.disagrees)


def _amount(text: str, after: str) -> str:
    """A number with the rest of its bracket and its unit, which may stand in what follows.

    >>> _amount("១ (មួយ", ") ខែ ទៅ"), _amount("១០០.០០០ (មួយ", "សែន) រៀល"), _amount("90", " days after")
    ('១ (មួយ) ខែ', '១០០.០០០ (មួយសែន) រៀល', '90 days')
    """
    if text.count("(") > text.count(")") and (bracket := _REST_OF_BRACKET.match(after)):
        text, after = text + bracket[0], after[bracket.end() :]
    if text.endswith(" ") and after:
        text, after = text.rstrip(), f" {after}"
    if scale := _SCALE.match(after):
        text, after = text + scale[0], after[scale.end() :]
    shown = " ".join(text.split()).strip(" ,;")
    if _HAS_UNIT.search(shown) or _UNIT.search(regex.sub(r"\A.*\p{Nd}\)?", "", shown)):
        return shown
    unit = _UNIT.match(after)
    if unit is None:
        return shown
    is_shared = unit["scale"] and shares_scale(ascii_digits(shown), ascii_digits(after[: unit.end("scale")])) > 1
    name = unit["unit"] if is_shared or not unit["scale"] else unit["unit"].removeprefix(unit["scale"])
    return shown + ("" if has_no_spaces(name) and not after[:1].isspace() else " ") + name


def _count(edits: Sequence[_Edit], language: str) -> RowChange:
    if len(edits) == 1:
        old, new = " ".join(edits[0].removed.split()), " ".join(edits[0].added.split())
        if max(len(_spoken_words(old, language)), len(_spoken_words(new, language))) <= _QUOTED_WORDS:
            if old and new:
                return RowChange("became", {"old": old, "new": new})
            return RowChange("put-in", {"new": new}) if new else RowChange("taken-out", {"old": old})
    removed, added = ([word for edit in edits for word in _spoken_words(edit[side], language)] for side in (0, 1))
    if any(has_no_spaces(word) for word in (*removed, *added)):
        # How many words there are between spaces that nobody writes is a matter of opinion.
        return RowChange("places-changed", {"count": len(edits)})
    if all(len(_spoken_words(edit.removed, language)) == len(_spoken_words(edit.added, language)) for edit in edits):
        return RowChange("words-changed", {"count": len(added)})
    if not removed:
        return RowChange("words-added", {"count": len(added)})
    if not added:
        return RowChange("words-removed", {"count": len(removed)})
    return RowChange("words-both", {"removed": len(removed), "added": len(added)})
