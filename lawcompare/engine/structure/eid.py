"""Addresses of clauses by the AKN naming convention (OASIS LegalDocML NC 1.0, §5): ``chp_4__art_28__para_3``."""

import re

from lawcompare.engine.structure.numbering import clean
from lawcompare.engine.structure.words import ABBREVIATIONS


def eid_for(parent_eid: str | None, element: str, num: str, taken: set[str], position: int) -> str:
    """Return a new address and add it to ``taken``, the addresses given out so far in this document.

    ``num`` is the number as printed (its introducing word is dropped), ``position`` the 1-based place among the
    siblings of the same element, which stands for the number where there is none. An address that is taken gets the
    first free ``_2``, ``_3`` …, so that addresses are unique and, for the same document, always the same.

    >>> taken = set()
    >>> eid_for("chp_4", "article", "Article 28", taken, 1)
    'chp_4__art_28'
    >>> eid_for("chp_4", "article", "Article 28", taken, 2)
    'chp_4__art_28_2'
    >>> eid_for(None, "section", "§ 1030", taken, 1)
    'sec_1030'
    """
    name = ABBREVIATIONS.get(element, element)
    number = number_part(num)
    if not number and element not in ("preamble", "conclusions"):
        number = str(position)
    own = f"{name}_{number}" if number else name
    stem = f"{parent_eid}__{own}" if parent_eid else own
    eid = stem if stem not in taken else f"{stem}_{_free_count(stem, taken)}"
    taken.add(eid)
    return eid


def _free_count(stem: str, taken: set[str]) -> int:
    """The first free suffix, found by doubling and halving: a damaged file may repeat a number ten thousand times."""
    above = 2
    while f"{stem}_{above}" in taken:
        above *= 2
    below = above // 2
    while above - below > 1:
        middle = (above + below) // 2
        if f"{stem}_{middle}" in taken:
            below = middle
        else:
            above = middle
    return above


def element_of_eid(eid: str) -> str:
    """The element that an address names last, empty where it names none.

    >>> element_of_eid("chp_4__art_nn_retention")
    'article'
    """
    name = eid.rpartition("__")[2].partition("_")[0]
    elements = {short: element for element, short in ABBREVIATIONS.items()}
    return elements.get(name, name if name in ("part", "title", "book", "point", "rule", "schedule") else "")


def number_part(num: str) -> str:
    """The number alone, as it stands in an address.

    >>> number_part("Article 28 bis"), number_part("(a)"), number_part("មាត្រា ២៨"), number_part("CHAPTER IV")
    ('28bis', 'a', '28', 'IV')
    """
    several = re.sub(r"(?<=\w)(?:,\s+|,?\s+(?:to|and|through)\s+)(?=\d)", "-", num)  # "§§ 221, 222"
    words = several.replace("\u00a0", " ").replace("\u202f", " ").split()
    if len(words) > 1 and not any(character.isdigit() for character in words[0]) and words[0][:1] != "(":
        words = words[1:]
    text = clean("".join(words))
    return text if text.isascii() else _ascii(num, text)


def _ascii(num: str, text: str) -> str:
    """A number with Khmer letters: what comes before its digits is the word that introduces it."""
    from lawcompare.engine.structure.numbering import KHMER_LETTERS, from_khmer

    latin = from_khmer(num)
    first = next((at for at, character in enumerate(latin) if character.isdigit()), None)
    if first is not None:
        return "".join(character for character in clean(latin[first:]) if character.isascii())
    if len(text) == 1 and text in KHMER_LETTERS:
        return text  # an eId may hold any letter (xsd:ID); ក stays ក
    return "".join(character for character in text if character.isascii() and character.isalnum())
