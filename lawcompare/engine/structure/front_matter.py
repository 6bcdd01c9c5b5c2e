"""What stands in a text beside its clauses: letterhead and title, cover, contents tables, closing formula, endnotes.

A contents table is known by its entries: short lines in a row whose numbers come again where the provisions are.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lawcompare.engine.structure.headings import is_titlelike
from lawcompare.engine.structure.lists.bare_numbers import MOST_WORDED, read_bare_number
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import ClauseNumber
from lawcompare.engine.structure.outline import CONTENTS, UNITS, Block, OutlineItem
from lawcompare.engine.text.words import may_be_word, words

_KHMER = re.compile("[\u1780-\u17b3]")
_ON = "ស្[តដ]ីពី"
_DRAFT = "(?:សេចក្[តដ]ីព្រាង)?"
_KIND = f"{_DRAFT}(?:ច្បាប់|អនុក្រឹត្យ|ព្រះរាជក្រឹត្យ|ប្រកាស|ក្រម[ក-៿]{{0,24}}|រដ្ឋធម្មនុញ្ញ)"
# What Cambodian laws print above their title, a line each.
MOTTO = re.compile(
    r"^\W*(?:kingdom of cambodia|nation,? religion,? king)\W*$"
    r"|^\s*(?:ព្រះរាជាណាចក្រកម្ពុជា|ជាតិ\s*សាសនា\s*ព្រះមហាក្សត្រ)\s*$",
    re.I,
)
_ENGLISH_ON = re.compile(r"\W*(?:on|concerning|regarding|on the)\W*", re.I)
_ENGLISH_KIND = re.compile(
    r"\W*(?:draft )?(?:organic )?(?:law|act|code|(?:royal )?decree|royal kram|kram|sub-?decree|anukret|prakas|"
    r"regulation|proclamation)\b(?: of [\w ]{3,60})?(?: (?:no\.?|number) ?[\w/]+(?: of \d{4})?)?\W*$",
    re.I,
)
_LETTERHEAD = re.compile(
    r"^\s*(?:(?:រាជ)?រដ្ឋាភិបាលកម្ពុជា|រាជរដ្ឋាភិបាល|រដ្ឋសភា|ព្រឹទ្ធសភា|ក្រសួង[ក-៿ ]{2,60}|ព្រះរាជក្រម|យើង"
    r"|(?:លេខ\s*[៖:.]?\s*)[^។]{0,40}|(?:នស|ច|អនក្រ)\s*/\s*[^\s]+)\s*$"
)
_NUMBER_OF_ACT = re.compile(r"^\s*(?:លេខ\s*[៖:.]?\s*)?(?:(?:នស|ច|អនក្រ)\s*/\s*\S+|[0-9០-៩]+[^ក-៿]{0,20})?\s*$")
_KIND_ALONE = re.compile(rf"^\s*{_KIND}\s*$")
_ON_ALONE = re.compile(rf"^\s*{_ON}\s*$")
_KIND_ON = re.compile(rf"^\s*{_KIND}\s*{_ON}\s*$")
_WHOLE_TITLE = re.compile(rf"^\s*{_KIND}\s*{_ON}\s*.+$")
# "the Law on X, which the National Assembly adopted": words of the promulgation, which stay in it.
_ADOPTED = re.compile(r"\s*(?:ដែល(?:ត្រូវ)?(?:បាន)?(?:រដ្ឋសភា|ព្រឹទ្ធសភា|អនុម័ត)|ដែលមាន(?:សេចក្[តដ]ី|អត្ថន័យ)).*$")
_CLOSING = re.compile(
    r"^\s*(?:ធ្វើ(?:នៅ)?\s*(?:ព្រះបរមរាជវាំង|រាជធានី|ភ្នំពេញ|នៅ)|(?:ព្រះបរមរាជវាំង|រាជធានីភ្នំពេញ)\s*[,]?\s*ថ្ងៃ(?:ទី)?)"
)
LAW_NAME = re.compile(
    r"(?:សេចក្តីព្រាង|សេចក្ដីព្រាង|ច្បាប់|ក្រម|អនុក្រឹត្យ|រដ្ឋធម្មនុញ្ញ|(?:draft |organic )?(?:law|act|code) (?:on|of)\b)", re.I
)
NAMED_ACT = re.compile(
    r"^\W*(?:the )?[^.;:]{2,120}\b(?:act|ordinance|bill|code|decree|regulations|rules)\b"
    r"(?:,? (?:no\.? ?\d+ of )?\d{4})?\W*$",
    re.I,
)
# How many blocks from the beginning a title may stand: a Royal Kram has its whole formula above it.
_REACH = 60
_LONGEST_TITLE = 200
_MOST_TITLE_LINES = 3


def stands_alone(line: str) -> bool:
    """Whether a line is one of those that a Cambodian law sets by themselves, so that no line is joined to it.

    >>> [stands_alone(line) for line in ("ស្តីពី", "លេខ៖ ១២", "ច្បាប់នេះអនុវត្ត")]
    [True, True, False]
    """
    forms = (MOTTO, _LETTERHEAD, _NUMBER_OF_ACT, _KIND_ALONE, _ON_ALONE, _KIND_ON)
    return bool(line.strip()) and (any(form.match(line) for form in forms) or is_closing(line))


def is_closing(line: str) -> bool:
    """Whether a line begins the closing formula: place and date, above the signature.

    >>> is_closing("ធ្វើនៅព្រះបរមរាជវាំង រាជធានីភ្នំពេញ ថ្ងៃទី០៨ ខែកុម្ភៈ ឆ្នាំ២០២៤")
    True
    """
    return _CLOSING.match(line) is not None and re.search("ថ្ងៃ|ឆ្នាំ|ព្រះបរមរាជវាំង", line) is not None


type _Title = tuple[str, Sequence[Block]]  # its words, and the blocks that are nothing but the title


def find_title(front: Sequence[Block]) -> _Title | None:
    """The title that a Cambodian law prints in lines or names in its promulgation, with its blocks, or None.

    >>> title, blocks = find_title([Block("សេចក្តីព្រាងច្បាប់"), Block("ស្តីពី"), Block("បទល្មើសបច្ចេកវិទ្យា")])
    >>> title, len(blocks)
    ('សេចក្តីព្រាងច្បាប់ស្តីពីបទល្មើសបច្ចេកវិទ្យា', 3)
    """
    titles = list(_printed(front[-_REACH:]))
    if titles:
        return titles[-1]
    if (english := _in_english(front[:_REACH])) is not None:
        return english
    for block in front[:_REACH]:
        if _WHOLE_TITLE.match(block.plain):
            words = _ADOPTED.sub("", block.plain).strip()
            if len(words) > _LONGEST_TITLE or "។" in words:
                continue
            return " ".join(words.split()), [block] if words == block.plain.strip() else []
    return None


def _printed(front: Sequence[Block]) -> Iterator[_Title]:
    """Titles set in lines: the kind of law, "on", and its subject."""
    for at, block in enumerate(front):
        begins_on = _KIND_ON.match(block.plain)
        parted = _KIND_ALONE.match(block.plain) and at + 1 < len(front)
        if parted and _ON_ALONE.match(front[at + 1].plain):
            rest = at + 2
        elif begins_on or (parted and re.match(rf"\s*{_ON}", front[at + 1].plain)):
            rest = at + 1
        else:
            continue
        lines = list(_title_lines(front[rest:]))
        if lines:
            blocks = [*front[at:rest], *lines]
            yield "".join(" ".join(each.plain.split()) for each in blocks), blocks


def _in_english(front: Sequence[Block]) -> _Title | None:
    """A title as English renderings of Asian laws set it: "LAW", "ON" and its subject on lines of their own."""
    for at, block in enumerate(front):
        if not _ENGLISH_ON.fullmatch(block.plain) or block.level:
            continue
        kind = next((up for up in range(at - 1, max(at - 4, -1), -1) if _ENGLISH_KIND.match(front[up].plain)), None)
        lines = list(_title_lines(front[at + 1 :]))
        lines = [line for line in lines if line.plain.isupper() == lines[0].plain.isupper()]
        if kind is not None and lines:
            blocks = [*front[kind : at + 1], *lines]
            return " ".join(" ".join(each.plain.split()) for each in blocks), blocks
    return None


def is_legible_title(title: str) -> bool:
    """Whether words that were read from a picture name a law, and all of them, where they are Khmer, may be words.

    >>> is_legible_title("ច្បាប់ស្តីពីការរំលូតកូន"), is_legible_title("ច្បាប់ស្តីពីការផ្តលសំន្ធិកម្ម")
    (True, False)
    """
    khmer = (word for word in words(title, "km") if _KHMER.match(word))
    return bool(LAW_NAME.match(title) or NAMED_ACT.match(title)) and all(map(may_be_word, khmer))


def _title_lines(blocks: Sequence[Block]) -> Iterator[Block]:
    """The lines of a subject: up to the first that is no part of a title."""
    for block in blocks[:_MOST_TITLE_LINES]:
        words = block.plain
        if not is_titlelike(words) or stands_alone(words) or len(words) > _LONGEST_TITLE:
            return
        yield block


def first_law_name(front: Sequence[Block]) -> Block:
    """The block among the first that names a law, or the first of all."""
    for form in (LAW_NAME, NAMED_ACT):
        if named := next((block for block in front if form.match(block.plain)), None):
            return named
    return front[0]


def is_chapter_of_laws(number: str, title: str) -> bool:
    """Whether ``CHAPTER 6`` above ``THE EVIDENCE ACT`` is the place of the whole law in the laws of its country.

    >>> is_chapter_of_laws("CHAPTER 6", "THE EVIDENCE ACT"), is_chapter_of_laws("CHAPTER 6", "Offences")
    (True, False)
    """
    return bool(
        re.fullmatch(r"\W*(?:\d{4}\s+)?(?:chapter|cap\.?)\s+\d{1,4}[A-Z]?(?::\d{1,3})?\W*", number, re.I)
        and NAMED_ACT.match(title)
    )


def is_letterhead(block: Block) -> bool:
    """Whether a block is a line of the letterhead: who issues the law, and the number under which."""
    return bool(_LETTERHEAD.match(block.plain) or _NUMBER_OF_ACT.match(block.plain))


# --- contents tables, the cover before them, endnotes ---

_BARE = "bare"
# What a line may be to stand in a contents table.
_LONGEST_ENTRY = 250
_LONGEST_LINE = 160
_SHORT = 25
_SHORT_TITLE = 60  # a heading of so few letters may end with a point
FEWEST = 3
_FEWEST_CONTAINERS = 2
_COME_AGAIN, _COME_AGAIN_OF_MANY = 0.8, 0.5  # a long table proves itself, even where the print lost numbers
_MANY = 20
_MOST_BETWEEN = 6  # lines between two parts of one table
_COLUMN_HEADS = re.compile(r"\W*(?:sections?|articles?|clauses?|chapters?|sec\.|title|page|ទំព័រ)\W*", re.IGNORECASE)
_PAGE = re.compile(r"(?:\t|\.{3,}\s*|\s{2,})[0-9០-៩ivxl]{1,4}\s*$")
# What enacts a law or is its long title, so no cover.
_ENACTS = re.compile(
    r"^\W*an? (?:act|ordinance|law|bill) (?:\w+ )*?to\b|^to (?:provide|amend|regulate|establish|repeal|make|give)\b|"
    r"\benact|\bwhereas\b|\bbe it\b|\bordain|ប្រកាសឱ្យប្រើ|បានឃើញ|យោង",
    re.IGNORECASE,
)
_ENDNOTES = re.compile(
    r"(?:the )?(?:end-?notes?|notes to (?:the )?.{0,80}(?:act|law|regulations?)|legislat(?:ion|ive) history|"
    r"amendment history|table of (?:acts|amendments|legislation)|explanatory note)\b"
    r"(?:\s*\d+)?(?:\s*[—–:-].{0,120})?\W*",
    re.IGNORECASE,
)


# A run of items that is no provision: the name of the furniture it becomes, its start, and the place after its end.
type _SetAside = tuple[str, int, int]


class _Entry(NamedTuple):
    at: int
    kind: str
    value: ClauseNumber


def set_aside(items: Sequence[OutlineItem], marked: int) -> list[_SetAside]:
    """The runs of items that are no law, in order; ``marked`` is the line of a contents table that the source marks."""
    tables = _with_container_tables(items, _tables(items))
    runs = [("table-of-contents", start, end) for start, end in tables]
    above = sum(1 for item in items if item.block.line < marked)
    if (tables or above) and (cover := _cover(items, tables[0][0] if tables else above)):
        runs.insert(0, cover)
    if (endnotes := _endnotes(items, tables)) is not None:
        runs.append(endnotes)
    return runs


def _entries(items: Sequence[OutlineItem]) -> dict[int, _Entry]:
    """The items that begin with a number that a unit of the law may have."""
    entries: dict[int, _Entry] = {}
    for at, item in enumerate(items):
        if item.heading is not None:
            if item.element in UNITS and item.heading.value is not None:
                entries[at] = _Entry(at, item.element, item.heading.value)
        elif (number := read_bare_number(item.block)) is not None:
            entries[at] = _Entry(at, _BARE, number.value)
    return entries


def _tables(items: Sequence[OutlineItem]) -> list[tuple[int, int]]:
    entries = _entries(items)
    places: dict[tuple[str, ClauseNumber], set[int]] = {}
    for entry in entries.values():
        places.setdefault((entry.kind, entry.value), set()).add(entry.at)
    kinds_held = Counter(kind for kind, _ in places)
    is_worded = kinds_held.total() - kinds_held[_BARE] > MOST_WORDED * kinds_held[_BARE]
    parts = [part for run in _runs(items, entries) for part in _rising(run) if len(part) >= FEWEST]
    accepted: list[list[_Entry]] = []
    taken: set[int] = set()
    for part in sorted(parts, key=lambda part: (-len(part), part[0].at)):
        own = {entry.at for entry in part}
        again = sum(1 for entry in part if _elsewhere(items, entry, places, (taken, own), is_worded))
        share = _COME_AGAIN if len(part) < _MANY else _COME_AGAIN_OF_MANY
        if again >= share * len(part):
            accepted.append(part)
            taken |= own
    accepted.sort(key=lambda part: part[0].at)
    return _joined([_bounds(items, entries, part) for part in accepted], entries, taken)


def _elsewhere(
    items: Sequence[OutlineItem],
    entry: _Entry,
    places: Mapping[tuple[str, ClauseNumber], set[int]],
    tables: Sequence[set[int]],
    is_worded: bool,
) -> bool:
    """Whether the number of an entry comes again outside the tables: under the same word, or with the same words.

    ``is_worded`` says that far more entries of the text have a word before their number than have not.
    """

    def outside(*kinds: str) -> Iterator[int]:
        held = (at for kind in kinds for at in places.get((kind, entry.value), ()))
        return (at for at in held if not any(at in table for table in tables))

    if (entry.kind != _BARE or not is_worded) and next(outside(entry.kind), None) is not None:
        return True
    item = items[entry.at]
    numbered = item.heading or read_bare_number(item.block)
    words = " ".join(numbered.rest.split()[:3]).rstrip(".").lower() if numbered is not None else ""
    again = outside(*UNITS) if entry.kind == _BARE else outside(_BARE)
    return bool(words) and any(
        words in " ".join(word for each in items[at : at + 2] for word in each.block.plain.split()).lower()
        for at in again
    )


def _runs(items: Sequence[OutlineItem], entries: dict[int, _Entry]) -> list[list[_Entry]]:
    """The entries of each stretch of lines without any text of provisions."""
    runs: list[list[_Entry]] = [[]]
    for at, item in enumerate(items):
        if _is_text(item, at in entries):
            runs.append([])
        elif at in entries:
            runs[-1].append(entries[at])
    alike = []
    for run in runs:
        if len(run) >= FEWEST:
            # Those of the commonest kind: sections that hold articles are headings between them.
            kinds = [entry.kind for entry in run]
            usual = max(dict.fromkeys(kinds), key=kinds.count)
            alike.append([entry for entry in run if entry.kind == usual])
    return alike


def _is_text(item: OutlineItem, is_entry: bool) -> bool:
    words = item.block.plain
    if item.block.attributes:
        return True
    if is_entry or item.heading is not None:
        return len(words) > _LONGEST_ENTRY
    if CONTENTS.match(words) or _COLUMN_HEADS.fullmatch(words):
        return False
    if (mark := read_mark(words)) is not None and mark[0].style.startswith("("):
        return True
    if len(words) <= _SHORT:
        return False
    title = words.removesuffix(".") if len(words) <= _SHORT_TITLE else words
    return len(words) > _LONGEST_LINE or not is_titlelike(title)


def _rising(run: Sequence[_Entry]) -> list[list[_Entry]]:
    """A run cut where its numbers begin again."""
    parts: list[list[_Entry]] = [[]]
    for entry in run:
        if parts[-1] and not parts[-1][-1].value < entry.value:
            parts.append([])
        parts[-1].append(entry)
    return parts


def _bounds(items: Sequence[OutlineItem], entries: dict[int, _Entry], part: Sequence[_Entry]) -> tuple[int, int]:
    """Where the table with these entries begins and ends: with its title, and with the headings that belong to it."""
    start, end = part[0].at, part[-1].at + 1
    at, title = start, None
    while at > 0 and at - 1 not in entries and not _is_text(items[at - 1], False) and start - at < 12:
        at -= 1
        if CONTENTS.match(items[at].block.plain):
            title = at  # "Arrangement of sections", and further down "Sections"
    start = title if title is not None else _first_container(items, start)
    keys = [items[at].key for at in range(start, end) if items[at].heading and items[at].element not in UNITS]
    trailing = end
    while trailing < len(items) and trailing not in entries and not _is_text(items[trailing], False):
        heading = items[trailing].heading
        if heading is None and not _names_schedule(items[trailing]):
            if trailing > end and not items[trailing - 1].heading:
                break
        elif not _comes_again(items, trailing) or (keys and items[trailing].heading and items[trailing].key == keys[0]):
            break
        trailing += 1
    end = _without_titles(items, end, trailing)
    paged = sum(1 for entry in part if _PAGE.search(items[entry.at].block.plain)) >= len(part) / 2
    while paged and end < len(items) and _PAGE.search(items[end].block.plain):
        end += 1
    return start, end


def _with_container_tables(items: Sequence[OutlineItem], tables: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The tables, and those under a title that says so which list chapters alone, as China and Japan print them."""
    held = {at for start, end in tables for at in range(start, end)}
    for at, item in enumerate(items):
        if at in held or not CONTENTS.match(item.block.plain):
            continue
        end = _end_of_containers(items, at + 1)
        if end is not None and not held.intersection(range(at, end)):
            tables = [*tables, (at, end)]
            held.update(range(at, end))
    return sorted(tables)


def _end_of_containers(items: Sequence[OutlineItem], start: int) -> int | None:
    """Where a list of at least two headings that come again, and nothing else, ends; None where there is none."""
    keys: list[tuple[str, object]] = []
    lines: list[str] = []
    for at in range(start, len(items)):
        item = items[at]
        words = " ".join(item.block.plain.split()).lower()
        is_first_again = item.heading is not None and item.key in keys
        if _is_text(item, False) or is_first_again or words in lines or item.element in UNITS:
            return (
                at
                if len(keys) >= _FEWEST_CONTAINERS
                and all(any(later.heading is not None and later.key == key for later in items[at:]) for key in keys)
                else None
            )
        lines.append(words)
        if item.heading is not None:
            keys.append(item.key)
    return None


def _first_container(items: Sequence[OutlineItem], start: int) -> int:
    """The headings right above the first entry that come again, as the chapter it stands in does."""
    first = start
    for at in range(start - 1, max(start - 8, -1), -1):
        item = items[at]
        if item.heading is not None and item.element not in UNITS and _comes_again(items, at):
            first = at
        elif item.heading is not None or _is_text(item, False):
            break
    return first


def _without_titles(items: Sequence[OutlineItem], end: int, trailing: int) -> int:
    """The end of the last heading that comes again; lines without a number after it are the law's own title."""
    last = end
    for at in range(end, trailing):
        if items[at].heading is not None or _names_schedule(items[at]):
            titled = at + 1 < trailing and items[at + 1].heading is None and not items[at].rest
            last = at + (2 if titled else 1)
    return last


def _names_schedule(item: OutlineItem) -> bool:
    return item.named is not None and item.named[0] == "schedule"


def _comes_again(items: Sequence[OutlineItem], at: int) -> bool:
    item = items[at]
    if item.heading is None:
        return any(other.named == item.named for other in items[at + 1 :])
    return any(other.heading is not None and other.key == item.key for other in items[at + 1 :])


def _joined(tables: Sequence[tuple[int, int]], entries: dict[int, _Entry], taken: set[int]) -> list[tuple[int, int]]:
    """Tables with hardly a line between them as one."""
    joined: list[tuple[int, int]] = []
    for start, end in tables:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            continue
        between = range(joined[-1][1], start) if joined else range(0)
        own = any(at in entries and at not in taken for at in between)
        if joined and len(between) <= _MOST_BETWEEN and not own:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _cover(items: Sequence[OutlineItem], start: int) -> _SetAside | None:
    """What stands before the contents table, but for the title and what enacts the law."""
    before = items[:start]
    if any(item.heading or item.named for item in before) or any(_ENACTS.search(item.block.plain) for item in before):
        return None
    titles = [
        at for at, item in enumerate(before) if is_titlelike(item.block.plain) and not MOTTO.search(item.block.plain)
    ]
    named = (at for at in titles if LAW_NAME.match(items[at].block.plain) or NAMED_ACT.match(items[at].block.plain))
    first = next(named, titles[0] if titles else None)
    if first is None or start - first < 2:
        return None
    end = first + 1
    while end < start and items[end].block.level:
        end += 1
    is_text = any(not is_titlelike(item.block.plain) for item in items[end:start])
    return ("cover", end, start) if is_text else None


def _endnotes(items: Sequence[OutlineItem], tables: Sequence[tuple[int, int]]) -> _SetAside | None:
    """Notes under a heading that says so, where no provision comes after them."""
    entries = _entries(items)
    after = max((end for _, end in tables), default=0)
    for at in range(max(after, len(items) // 3), len(items)):
        item = items[at]
        if not _ENDNOTES.fullmatch(item.block.plain) or not (item.block.starts or item.block.level):
            continue
        units = [entry.value for place, entry in entries.items() if after <= place < at]
        below = [entry.value for place, entry in entries.items() if place > at and entry.kind != _BARE]
        if len(units) >= FEWEST and not (below and max(units) < max(below)):
            return "endnotes", at, len(items)
    return None
