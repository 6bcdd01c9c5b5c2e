"""The redline of two paraphrases of a law: their own words are no change of it, only what both quote may differ."""

import re

from lawcompare.engine.diff import Change, Diff, diff

_QUOTED = re.compile(r"""(["“«])([^"“”«»]+)["”»]""")
# Quotations of which less than this share is in both are of different passages.
_SAME_PASSAGE = 0.5


def diff_quoted(old: str, new: str, *, language: str = "en") -> Diff:
    """Mark the words that differ in the passages that both texts quote; all else is ``only-old`` or ``only-new``.

    >>> for change in diff_quoted('It asks for "a fine of 5 riel".', 'It is "a fine of 9 riel".').changes: print(change)
    Change(op='only-old', text='It asks for "', noise='')
    Change(op='only-new', text='It is "', noise='')
    Change(op='equal', text='a fine of ', noise='')
    Change(op='delete', text='5', noise='')
    Change(op='insert', text='9', noise='')
    Change(op='equal', text=' riel', noise='')
    Change(op='only-old', text='".', noise='')
    Change(op='only-new', text='".', noise='')
    """
    if old == new:
        return Diff((Change("equal", old),) if old else ())
    runs: list[Change] = []
    old_at = new_at = 0
    for quoted in _QUOTED.finditer(new):
        for other in _QUOTED.finditer(old, old_at):
            marked = diff(other[2], quoted[2], language=language)
            if marked.ratio <= 1 - _SAME_PASSAGE:
                runs += [Change("only-old", old[old_at : other.start(2)])]
                runs += [Change("only-new", new[new_at : quoted.start(2)]), *marked.changes]
                old_at, new_at = other.end(2), quoted.end(2)
                break
    runs += [Change("only-old", old[old_at:]), Change("only-new", new[new_at:])]
    return Diff(tuple(run for run in runs if run.text))
