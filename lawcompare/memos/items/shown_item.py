"""An item of a memo as it is shown today, and what changed in it: values alone, read by ``reader``."""

from dataclasses import dataclass, field

from lawcompare.engine.writing.report import Block, ReportHeading
from lawcompare.laws.models import Version
from lawcompare.memos.models import ItemKind, MemoItem


@dataclass
class ChangeSince:
    """That something changed, in a sentence, and how: ``blocks`` is empty where that is not known."""

    sentence: str
    blocks: list[Block] = field(default_factory=list)
    # Whose words stand in the blocks.
    texts: list[Version] = field(default_factory=list)


@dataclass
class ShownItem:
    """An item with what it is called and says; ``gone`` where it may not be shown, and what changed since."""

    item: MemoItem
    title: str = ""
    address: str = ""
    blocks: list[Block] = field(default_factory=list)
    texts: list[Version] = field(default_factory=list)
    gone: str = ""
    changes: list[ChangeSince] = field(default_factory=list)
    # By key of a text, the eIds of the clauses that it is about; empty of what is about many.
    places: dict[int, list[str]] = field(default_factory=dict)
    # What its content is made of, the same in every language, and the digest of that.
    basis: str = ""
    digest: str = ""
    # On a page: whether its words are printed, and whether they lie open.
    is_printed: bool = False
    is_shown: bool = False

    @property
    def words(self) -> list[Block]:
        """What is printed of it on a page: all but its own name, which stands above it."""
        if not self.is_printed or self.is_words or self.gone:
            return []
        return [block for block in self.blocks if not (isinstance(block, ReportHeading) and block is self.blocks[0])]

    @property
    def is_folded(self) -> bool:
        """Whether it has words that the page leaves out, since it has so many parts."""
        return not (self.is_printed or self.is_words or self.gone or self.item.kind == ItemKind.COMPARISON)

    @property
    def is_words(self) -> bool:
        return self.item.kind == ItemKind.WORDS
