"""Which clauses of two texts of a law belong together: the clause map.

Pairs, splits, merges, moves, renumberings, added and removed clauses, each with a score and the reasons for it.
Numbers support what the text says and never decide against it. What changed inside a pair is for ``diff``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lawcompare.engine.align.documents import DocumentAlignment, align_flat, align_trees
from lawcompare.engine.align.kinds import reading_order
from lawcompare.engine.align.model import DOUBTFUL, KINDS, Alignment, Reason, Tree
from lawcompare.engine.align.scoring import Features
from lawcompare.engine.align.translations import Rendering, pair_translations
from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ComparisonError
from lawcompare.engine.scoring import probability, scorer

__all__ = [
    "DOUBTFUL",
    "KINDS",
    "Alignment",
    "DocumentAlignment",
    "Reason",
    "Rendering",
    "align",
    "align_documents",
    "align_translations",
    "explain",
    "reading_order",
]

Decided = Iterable[tuple[str | None, str | None]]


def align(
    old: Sequence[Clause], new: Sequence[Clause], *, ignore_numbers: bool = False, decided: Decided = ()
) -> list[Alignment]:
    """Align two lists of clauses in document order; every clause is in at least one entry.

    In a list where no clause names a parent every clause is compared by its own text. Otherwise articles and sections
    are compared with all they hold, then what is inside paired ones, then chapters and titles by what they hold; the
    entry of an article tells of all its text, that of any other clause of its own.

    ``ignore_numbers`` leaves numbers out of the search; ``renumbered`` still says that they differ. ``decided`` are
    pairs of ids from an official concordance or a person, ``None`` on a side for added or removed: they are kept, a
    clause they name gets no other partner, and the rest is aligned around them.

    Several old clauses that became several new ones give one entry for each old clause with several partners
    (``split``) and one for each new clause with several (``merged``); a pair of both kinds stands in both.

    Raises ComparisonError for ids that are missing, repeated or unknown and for decisions that contradict each other.

    >>> old = [Clause("a", num="1", text="The register is public."), Clause("b", num="2", text="It starts on 1 May.")]
    >>> new = [Clause("c", num="1", text="Fees are set by rule."), Clause("d", num="2", text="The register is public.")]
    >>> [(entry.old, entry.new, entry.kind) for entry in align(old, new)]
    [((), ('c',), 'added'), (('a',), ('d',), 'renumbered'), (('b',), (), 'removed')]
    """
    if not any(clause.parent is not None for clause in (*old, *new)):
        return align_flat(old, new, ignore_numbers=ignore_numbers, decided=decided)
    return _flatten(old, new, align_trees(old, new, ignore_numbers=ignore_numbers, decided=decided))


def align_documents(
    old: Document, new: Document, *, ignore_numbers: bool = False, decided: Decided = (), in_part: bool = False
) -> DocumentAlignment:
    """Align two documents: their articles and sections, the clauses inside them, the chapters they stand in.

    Ids are eids; arguments and errors as for ``align``. ``in_part``: of either text only reports or headings are known;
    beside what is decided, clauses are then paired only where they say the same, have one heading, or are much alike.
    """
    return align_trees(old.clauses, new.clauses, ignore_numbers=ignore_numbers, decided=decided, in_part=in_part)


def align_translations(old: Document, new: Document, *, decided: Decided = ()) -> list[Rendering]:
    """Which clause of ``new``, a text in another language, renders which clause of ``old``.

    Found by numbers (in whichever digits or letters), kind of clause, place in the tree, shape of what stands inside,
    length and the numbers a text cites; no word is read. One to one, but for what is ``decided`` as for ``align``.

    >>> english = Document("", "en", (Clause("art_1", "article", "Article 1"), Clause("art_2", "article", "Article 2")))
    >>> khmer = Document("", "km", (Clause("art_2", "article", "មាត្រា ២"),))
    >>> [(pair.old, pair.new, pair.evidence) for pair in align_translations(english, khmer)]
    [('art_2', 'art_2', ('number', 'kind', 'shape'))]
    """
    return pair_translations(old.clauses, new.clauses, decided)


def _flatten(old: Sequence[Clause], new: Sequence[Clause], alignment: DocumentAlignment) -> list[Alignment]:
    """One list with an entry for every clause: containers, units with all they hold, parts by their own words."""
    trees = Tree(old, "old"), Tree(new, "new")
    units = [{tree.clauses[row].eid for row in tree.units} for tree in trees]
    entries = [*alignment.containers, *alignment.units]
    for parts in alignment.parts.values():
        # A change of whole units, which the row itself states, is not repeated for their outermost parts.
        entries.extend(part for part in parts if not (units[0].issuperset(part.old) and units[1].issuperset(part.new)))
    row, column = (tree.rows.__getitem__ for tree in trees)
    order = reading_order([(tuple(map(row, entry.old)), tuple(map(column, entry.new))) for entry in entries])
    return [entries[index] for index in order]


# --- why two clauses were paired, or were not ---


@dataclass(frozen=True, slots=True)
class Weighing:
    """One look at a pair: ``terms`` are (feature, its value from 0 to 1, what it adds to the score)."""

    stage: str
    score: float
    floor: float
    bias: float
    terms: tuple[tuple[str, float, float], ...]

    @property
    def probability(self) -> float:
        return float(probability(self.score))


@dataclass(frozen=True, slots=True)
class Explanation:
    """``entry`` is what the clause map says of the old clause; no weighing: the pair is identical or was never near."""

    is_paired: bool
    entry: Alignment
    weighings: tuple[Weighing, ...]


def explain(old: Sequence[Clause], new: Sequence[Clause], pair: tuple[str, str]) -> Explanation:
    """Why ``pair`` (ids) is in the clause map or not; of whole articles where clauses stand in articles.

    >>> old = [Clause("a", text="The register of ships is public."), Clause("b", text="This Act starts on 1 May.")]
    >>> new = [Clause("c", text="The register of ships is open."), Clause("d", text="Fees are set by rule.")]
    >>> explain(old, new, ("a", "c")).is_paired
    True
    """
    flat = not any(unit.parent is not None for unit in (*old, *new))
    row, column = _row_of(old, pair[0], "old", flat), _row_of(new, pair[1], "new", flat)
    weighings: dict[str, Weighing] = {}

    def watch(stage: str, rows: np.ndarray, columns: np.ndarray, weighed: np.ndarray, features: Features) -> None:
        for place in np.flatnonzero(weighed & (rows == row) & (columns == column)):
            weigh, seen = scorer(stage), {name: float(values[place]) for name, values in features.items()}
            terms = [(name, round(seen[name], 3), round(term, 3)) for name, term in weigh.terms(seen).items()]
            terms.sort(key=lambda each: -abs(each[2]))
            score = round(float(weigh(seen)), 3)
            weighings[stage] = Weighing(stage, score, weigh.floors["last"], weigh.bias, tuple(terms))

    entries = align_flat(old, new, watch=watch) if flat else align_trees(old, new, watch=watch).units
    with_old = [entry for entry in entries if pair[0] in entry.old]
    together = [entry for entry in with_old if pair[1] in entry.new]
    return Explanation(bool(together), (together or with_old)[0], tuple(weighings.values()))


def _row_of(units: Sequence[Clause], name: str, which: str, flat: bool) -> int:
    tree = Tree(units, which)
    if name not in tree.rows:
        raise ComparisonError(f"{name!r} is not in the {which} text")
    row = tree.rows[name]
    if flat:
        return row
    if row not in tree.units:
        raise ComparisonError(f"{name!r} of the {which} text is no article or section; only these are weighed whole")
    return tree.units.index(row)
