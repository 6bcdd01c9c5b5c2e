"""What stands before the first clause of a law and after its last one: letterhead, title, closing formula."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lawcompare.engine.structure.headings import is_titlelike
from lawcompare.engine.structure.outline import Block

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


@dataclass(frozen=True, slots=True)
class FrontTitle:
    """A title and the blocks that are nothing but the title."""

    words: str
    blocks: Sequence[Block]


def find_title(front: Sequence[Block]) -> FrontTitle | None:
    """The title that a Cambodian law prints in lines or names in its promulgation, or None.

    >>> found = find_title([Block("សេចក្តីព្រាងច្បាប់"), Block("ស្តីពី"), Block("បទល្មើសបច្ចេកវិទ្យា")])
    >>> found.words, len(found.blocks)
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
            return FrontTitle(" ".join(words.split()), [block] if words == block.plain.strip() else [])
    return None


def _printed(front: Sequence[Block]) -> Iterator[FrontTitle]:
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
            yield FrontTitle("".join(" ".join(each.plain.split()) for each in blocks), blocks)


def _in_english(front: Sequence[Block]) -> FrontTitle | None:
    """A title as English renderings of Asian laws set it: "LAW", "ON" and its subject on lines of their own."""
    for at, block in enumerate(front):
        if not _ENGLISH_ON.fullmatch(block.plain) or block.level:
            continue
        kind = next((up for up in range(at - 1, max(at - 4, -1), -1) if _ENGLISH_KIND.match(front[up].plain)), None)
        lines = list(_title_lines(front[at + 1 :]))
        lines = [line for line in lines if line.plain.isupper() == lines[0].plain.isupper()]
        if kind is not None and lines:
            blocks = [*front[kind : at + 1], *lines]
            return FrontTitle(" ".join(" ".join(each.plain.split()) for each in blocks), blocks)
    return None


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
