"""Two texts as one document with changes: accept all of them and the new text stands there, refuse all and the old.

What belongs together and which words changed is given; here everything finds its place in one sequence. A clause whose
place among the others changed is written twice, as moved away and as moved here, with its own changes in it.

Of a text that is known in part nothing can be accepted or refused: what it is not known to have is no change, and where
something stands in it is not known.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from lawcompare.engine.diff import diff
from lawcompare.engine.document import NOTHING, Clause, Document
from lawcompare.engine.writing.text import Setting, set_lines

# A label, words of one text of which the other is not known to say anything, and those of the new text that differ by
# a probable slip of reading; a note after them has the old text's.
Op = Literal[
    "equal", "insert", "delete", "moved-from", "moved-to", "label", "only-old", "only-new", "slip", "note"
]  # fmt: skip
Runs = list[tuple[str, str]]  # (op of the engine, text)

# Comparisons of words for one pair that has no redline yet; above, all of it counts as changed.
STEPS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Link:
    """Two clauses that belong together, with the redlines that are known of them, as ``(op, text, noise)`` runs.

    ``is_whole``: the runs are of all that stands inside the clauses as well.
    """

    old: str
    new: str
    changes: Sequence[Sequence[str]] = ()
    heading_changes: Sequence[Sequence[str]] = ()
    is_whole: bool = False


@dataclass(slots=True)
class Paragraph:
    """A paragraph of the redline. ``mark`` is what happened to its end: a deleted end joins it to what follows.

    ``level`` of a heading or 0, ``indent`` in steps; ``eid`` of the clause that begins here, on the new side if it has
    one; ``move`` numbers what was moved together, on both its places, 0 for none. ``is_tracked``: its changes may be
    accepted or refused.
    """

    runs: list[tuple[Op, str]] = field(default_factory=list)
    mark: Op = "equal"
    level: int = 0
    indent: int = 0
    move: int = 0
    eid: str = ""
    is_tracked: bool = True


@dataclass(frozen=True, slots=True)
class _Step:
    """A clause of one side, or two that belong together: where they stand, moved from there, or moved to there."""

    old: Setting | None
    new: Setting | None
    link: Link | None = None
    place: Literal["here", "from", "to"] = "here"
    move: int = 0

    @property
    def setting(self) -> Setting:
        """How it is set, on the side on which it stands."""
        setting = self.old if self.place == "from" else self.new or self.old
        assert setting is not None
        return setting


def redline(
    old: Document,
    new: Document,
    links: Sequence[Link],
    only: Mapping[str, str] = NOTHING,
    names: tuple[str, str] = ("", ""),
) -> list[Paragraph]:
    """Both documents as one sequence of paragraphs.

    A clause without a link was added or removed; of several links of one clause the first counts. ``only`` has a label
    for each side, ``old`` or ``new``, whose own clauses say nothing of a change, since the other text is known in part.
    ``names`` of the texts stand before the words of each where one is a paraphrase.

    >>> from lawcompare.engine.document import Clause
    >>> before = Document("", "en", (Clause("art_1", "article", "Article 1", "", "A fine."),))
    >>> after = Document("", "en", (Clause("art_1", "article", "Article 2", "", "A big fine."),))
    >>> [paragraph.runs for paragraph in redline(before, after, [Link("art_1", "art_1")])]
    [[('delete', 'Article 1'), ('insert', 'Article 2')], [('equal', 'A '), ('insert', 'big '), ('equal', 'fine.')]]
    """
    wholes = [link for link in links if link.is_whole]
    olds = list(set_lines(_whole(old, {link.old: (_OLD, link) for link in wholes})))
    news = list(set_lines(_whole(new, {link.new: (_NEW, link) for link in wholes})))
    linked = {("old", link.old) for link in links} | {("new", link.new) for link in links}
    steps = _merge(olds, news, _fitting(olds, news, links), keeps_places=bool(only))
    return [paragraph for step in steps for paragraph in _paragraphs(step, new.language, only, linked, names)]


def _whole(document: Document, wholes: Mapping[str, tuple[Collection[str], Link]]) -> Document:
    """The document with the clauses named as one text each, of the runs with those ops."""
    clauses: list[Clause] = []
    for clause in document.clauses:
        if clauses and clauses[-1].eid in wholes and clause.depth > clauses[-1].depth:
            continue
        if clause.eid in wholes:
            ops, link = wholes[clause.eid]
            text = "".join(change[1] for change in link.changes if change[0] in ops)
            heading = "" if link.heading_changes and text.startswith(clause.heading) else clause.heading
            clause = replace(clause, heading=heading, text=text)
        clauses.append(clause)
    return replace(document, clauses=tuple(clauses))


# --- What stands where ------------------------------------------------------------------------------------------------


def _fitting(olds: Sequence[Setting], news: Sequence[Setting], links: Iterable[Link]) -> dict[int, tuple[int, Link]]:
    """New place -> (old place, link), each clause once, and only where both are set in the same way."""
    old_at = {setting.clause.eid: place for place, setting in enumerate(olds)}
    new_at = {setting.clause.eid: place for place, setting in enumerate(news)}
    fitting: dict[int, tuple[int, Link]] = {}
    taken: set[int] = set()
    for link in links:
        before, after = old_at.get(link.old), new_at.get(link.new)
        if before is None or after is None or before in taken or after in fitting:
            continue
        one, two = olds[before], news[after]
        if bool(one.level) == bool(two.level) and bool(one.paragraphs) == bool(two.paragraphs):
            fitting[after] = (before, link)
            taken.add(before)
    return fitting


def _merge(
    olds: Sequence[Setting], news: Sequence[Setting], links: dict[int, tuple[int, Link]], keeps_places: bool
) -> Iterator[_Step]:
    """One sequence in which the new clauses stand in the new order and the old ones in the old order.

    ``keeps_places``: a pair out of its place is written once, where the new text has it, with all that stands in it.
    """
    kept = _in_place(links, news)
    moves = _moves(links, kept)
    gone = {place: _Step(olds[place], None) for place in range(len(olds))}
    come = {place: _Step(None, news[place]) for place in range(len(news))}
    for after, (before, link) in links.items():
        pair = olds[before], news[after], link
        if keeps_places:
            del gone[before]
            come[after] = _Step(*pair)
        else:
            gone[before] = _Step(*pair, "from", moves.get(after, 0))
            come[after] = _Step(*pair, "to", moves.get(after, 0))
    inside: dict[int, list[_Step]] = defaultdict(list)
    for after in sorted(moves if keeps_places else (), key=lambda place: -olds[links[place][0]].clause.depth):
        first = links[after][0]
        for place in range(first + 1, len(olds)):
            if olds[place].clause.depth <= olds[first].clause.depth:
                break
            inside[after] += [gone.pop(place)] if place in gone else []
    at_old = at_new = 0
    for after in [*kept, len(news)]:
        before = links[after][0] if after < len(news) else len(olds)
        yield from (gone[place] for place in range(at_old, before) if place in gone)
        yield from (step for place in range(at_new, after) for step in (come[place], *inside[place]))
        if after < len(news):
            yield _Step(olds[before], news[after], links[after][1])
        at_old, at_new = before + 1, after + 1


def _in_place(links: dict[int, tuple[int, Link]], news: Sequence[Setting]) -> list[int]:
    """New places of the pairs that keep their order on both sides: those with the most words altogether."""
    places = sorted(links)
    best: list[int] = []  # the weight of the heaviest chain that ends with each pair
    before: list[int] = []
    ends: list[int] = []  # old places where chains end that are worth going on with: the later, the heavier
    heaviest: list[tuple[int, int]] = []  # of each its weight, and the number of its pair
    for number, place in enumerate(places):
        at = bisect_left(ends, links[place][0])
        weight, last = heaviest[at - 1] if at else (0, -1)
        best.append(weight + len(news[place].clause.text) + 10)
        before.append(last)
        outweighed = slice(at, bisect_left(heaviest, (best[-1], number)))
        ends[outweighed], heaviest[outweighed] = [links[place][0]], [(best[-1], number)]
    chain: list[int] = []
    at = max(range(len(places)), key=best.__getitem__, default=-1)
    while at >= 0:
        chain.append(places[at])
        at = before[at]
    return chain[::-1]


def _moves(links: dict[int, tuple[int, Link]], kept: Iterable[int]) -> dict[int, int]:
    """A number from 1 for each pair out of its place; neighbours on both sides have the same."""
    in_place = set(kept)
    numbers: dict[int, int] = {}
    for place in sorted(set(links) - in_place):
        goes_on = place - 1 in numbers and links[place - 1][0] == links[place][0] - 1
        numbers[place] = numbers[place - 1] if goes_on else max(numbers.values(), default=0) + 1
    return numbers


# --- What is written --------------------------------------------------------------------------------------------------

_BESIDE = {"only-old", "only-new"}
# What the old text has of a redline, and the new one.
_OLD, _NEW = {"equal", "delete", "only-old"}, {"equal", "insert", "only-new"}
# What the ops of a redline are where the pair stands, where it was moved from, and where it was moved to.
_OPS: dict[str, dict[str, Op]] = {
    "here": {op: op for op in ("equal", "insert", "delete", "label", "only-old", "only-new")}
    | {"slip-new": "slip", "slip-old": "note"},
    "from": {"equal": "moved-from", "delete": "delete", "slip-old": "moved-from"},
    "to": {"equal": "moved-to", "insert": "insert", "slip-new": "moved-to"},
}


def _paragraphs(
    step: _Step, language: str, only: Mapping[str, str], linked: Collection[tuple[str, str]], names: tuple[str, str]
) -> Iterator[Paragraph]:
    setting = step.setting
    if step.old and step.new and step.link:
        runs = _pair_words(step.old, step.new, step.link, language, only, names)
    else:
        runs = _alone(step, only, linked)
    for number, paragraph in enumerate(_cut(runs, _OPS[step.place], names[0])):
        paragraph.level = setting.level if number == 0 else 0
        paragraph.indent, paragraph.move = setting.indent, step.move
        paragraph.eid = setting.clause.eid if number == 0 else ""
        paragraph.is_tracked = not only
        yield paragraph


def _alone(step: _Step, only: Mapping[str, str], linked: Collection[tuple[str, str]]) -> Runs:
    side, op = ("new", "insert") if step.new else ("old", "delete")
    paragraphs = step.setting.paragraphs
    if side not in only:
        return [(op, words) for paragraph in paragraphs for words in (paragraph, "\n")]
    # Of a split or a merge one pair is written together, and the other clause is reported too.
    clause = step.setting.clause
    is_labelled = paragraphs and (step.setting.level or clause.parent is None) and (side, clause.eid) not in linked
    label = [("label", only[side])] if is_labelled else []
    return [*label, *((op, words) for line in paragraphs for op, words in ((f"only-{side}", line), ("equal", "\n")))]


def _pair_words(
    old: Setting, new: Setting, link: Link, language: str, only: Mapping[str, str], names: tuple[str, str]
) -> Runs:
    """The words of two clauses as one redline, a line break after each paragraph."""
    if not new.paragraphs:
        return []
    before, after = old.clause, new.clause
    is_told = any(change[0] in _BESIDE for change in (*link.changes, *link.heading_changes))
    heading = _known(link.heading_changes, before.heading, after.heading) or _either(before.heading, after.heading)
    if is_told:
        both = old.heading, new.heading
        runs = (
            [("equal", new.heading)]
            if both[0] == both[1]
            else [("only-old", both[0]), ("equal", " → "), ("only-new", both[1])]
        )
    elif only and bool(before.num) != bool(after.num):  # the other's number is not known
        side, numbered = ("old", old) if before.num else ("new", new)
        runs = [(f"only-{side}", numbered.clause.num + numbered.stop), *heading]
    elif before.num != after.num and not any(op == "equal" for op, _words in heading):
        runs = _either(old.heading, new.heading)
    else:
        runs = [*_either(before.num, after.num), *_either(old.stop, new.stop), *heading]
    text = _known(link.changes, before.text, after.text)
    if not text and before.text and after.text and before.text != after.text:
        changes = diff(before.text, after.text, language=language, steps=STEPS).changes
        text = [(change.op, change.text) for change in changes]
    text = text or _either(before.text, after.text)
    if any(op in _BESIDE for op, _words in text):
        text = _beside(text, names)
    side = "new" if after.text else "old"
    if side in only and bool(before.text) != bool(after.text):
        text = [("label", only[side]), (f"only-{side}", before.text or after.text)]
    if not new.level:
        # What stands between a lead and the text it runs into.
        spaces = _either(*(each.lead[len(each.heading) :] for each in (old, new)))
        return [*runs, *spaces, *text, ("equal", "\n")]
    has_text = "equal" if only or (before.text and after.text) else "insert" if after.text else "delete"
    return [*runs, ("equal", "\n"), *text, *([(has_text, "\n")] if text else [])]


def _beside(runs: Runs, names: tuple[str, str]) -> Runs:
    """The words of each text by themselves, its name before them; what both quote stands marked in the new one's."""
    texts = zip(names, (("equal", "delete", "only-old"), ("equal", "insert", "delete", "only-new")), strict=True)
    (old_name, in_old), (new_name, in_new) = texts
    old = [("only-old", words) for op, words in runs if op in in_old]
    new = [run for run in runs if run[0] in in_new]
    return [("label", f"{old_name}: "), *old, ("equal", "\n"), ("label", f"{new_name}: "), *new]


def _either(old: str, new: str) -> Runs:
    if old == new:
        return [("equal", new)] if new else []
    return [(op, words) for op, words in (("delete", old), ("insert", new)) if words]


def _known(changes: Sequence[Sequence[str]], old: str, new: str) -> Runs:
    """A redline that is given, if it is of these two texts; else nothing. Of a slip the new words come first."""
    texts = ("".join(change[1] for change in changes if change[0] in ops) for ops in (_OLD, _NEW))
    if tuple(texts) != (old, new):
        return []
    runs: Runs = []
    for op, words, *noise in changes:
        if noise == ["slip"]:
            op = "slip-old" if op == "delete" else "slip-new"
        runs.insert(len(runs) - (op == "slip-new" and bool(runs) and runs[-1][0] == "slip-old"), (op, words))
    return runs


def _cut(runs: Runs, ops: dict[str, Op], old_name: str) -> Iterator[Paragraph]:
    """Runs to paragraphs at their line breaks; a run whose op has no place here is left out."""
    paragraph = Paragraph()
    for source_op, text in runs:
        op = ops.get(source_op)
        if op is None:
            continue
        if op == "note":
            if source := " ".join(text.split()):
                paragraph.runs.append((op, f"{old_name}: {source}"))
            continue
        for number, words in enumerate(text.split("\n")):
            if number:
                paragraph.mark = "equal" if op == "slip" else op
                yield paragraph
                paragraph = Paragraph()
            if words:
                paragraph.runs.append((op, words))
    if paragraph.runs:
        yield paragraph
