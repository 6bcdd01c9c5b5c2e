"""The restated sections of the US Code, held against the public domain text of each section where that is present.

The restatement and the text are cut at every enumerator, ``(a)``, ``(1)``, ``(A)``, into pieces with the same
addresses. A piece of the restatement may say it shorter, but it has the same numbers, the same mental elements, and
quotes nothing that the text does not say. Flush text stays in the piece after which it is printed, on both sides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pypdfium2
import pytest
from lxml import etree

from lawcompare.engine.reading import read
from tests.content.corpus import for_each

pytestmark = pytest.mark.content

REPOSITORY = Path(__file__).resolve().parents[2]
LAWS = REPOSITORY / "fixtures" / "laws"
SHARED = REPOSITORY.parent / "shared" / "data"
REFERENCE = SHARED / "us-code-markdown"
PRINT = SHARED / "us-code-gpo" / "title18-partI-2023ed.pdf"
# The release point from which the section is taken where the Markdown has none of it.
USLM = SHARED / "us-code-uslm" / "usc17@117-80.xml"
IN_USLM = {("17", "512")}
# Sections of which only the print is at hand, with the pages of the file (counted from 0) on which each stands.
PRINTED = {"2": (7,), "371": (104,), "871": (204, 205), "875": (205,), "1001": (289,), "1038": (322,), "1831": (439,)}
PRINTED |= {
    "793": (180, 181),
    "1832": (439, 440),
    "2101": (489, 490),
    "2256": (525, 526),
    "2261A": (541,),
    "1466A": (376, 377),
    "2319": (567,),
    "2385": (605, 606),
}

PROMISED = {
    "6": ["1501", "1503", "1505"],
    "17": ["506", "512"],
    "18": [
        *("2", "371", "793", "871", "875", "1001"),
        *("1028", "1028A", "1029", "1030", "1037", "1038", "1343", "1362", "1466A"),
        *("1831", "1832", "2101", "2252A", "2256", "2261A", "2319", "2385"),
        *("2510", "2511", "2512", "2513", "2515", "2516", "2517", "2518", "2519", "2520", "2521", "2522", "2523"),
        *("2701", "2702", "2703", "2704", "2705", "2706", "2707", "2708", "2709", "2711", "2712", "2713"),
        *("3121", "3122", "3123", "3124", "3125", "3126", "3127"),
    ],
    "28": ["1651"],
    "47": ["223", "230"],
}
# Told in part, so that they cannot be held against the text piece by piece; each says so in its note.
IN_PART = {
    "17": ["1201"],
    "18": ["2251", "2252", "2258A", "3184", "3512"],
    "28": ["1782", "4102", "4104"],
    "47": ["1002"],
}
KEPT_TOGETHER = {
    # One sentence in print, with two alternatives numbered inside it; the restatement has it as one sentence too.
    ("47", "223"): {("e", "4", "A"), ("e", "4", "B")},
}
LONGEST_QUOTATION = 12  # words
LONGEST_SHARED_RUN = 10  # words, outside quotation marks, citations and names

NUMBER = r"\((?:[A-Z]{1,2}|[IVX]{1,5}|[a-z]{1,2}|[ivx]{1,5}|\d{1,2})\)"
ENUMERATOR = re.compile(NUMBER.replace("(?:", "(", 1))
CHAIN = re.compile(rf"(?:{NUMBER}\s?)+")
POINTS_ELSEWHERE = re.compile(r"(?:section|paragraph|clause|chapter|item)s? $", re.IGNORECASE)
QUOTED = re.compile(r'"([^"]+)"')


class Piece(NamedTuple):
    """The words between one enumerator and the next; the words before the first have an empty address."""

    address: tuple[str, ...]
    text: str


def fold(text: str) -> str:
    """One kind of quotation mark, of dash and of space, and no space before a point."""
    text = text.translate(str.maketrans("“”‘’–\u00a0\u202f", "\"\"''-  "))
    return re.sub(r"\s+([.,;:)])", r"\1", re.sub(r"\s+", " ", text)).strip()


# --- The restatement, as the engine reads it. ---


@cache
def restated(title: str) -> dict[str, list[Piece]]:
    """Section number -> its pieces, in the order of the file."""
    path = LAWS / f"us-code-{title}" / "2023-en.md"
    document = read(path.read_bytes(), filename=path.name)
    addresses: dict[str | None, tuple[str, ...]] = {}
    by_section: dict[str, list[Piece]] = {}
    for clause in document.clauses:
        if clause.element == "section":
            section = clause.num.removeprefix("§ ")
            assert section not in by_section, f"§ {section} is restated twice"
            addresses[clause.eid] = ()
            pieces = by_section[section] = [Piece((), fold(clause.text))] if clause.text else []
        elif clause.element == "wrapUp":
            before = pieces.pop()
            pieces.append(Piece(before.address, f"{before.text}\n{fold(clause.text)}"))
        elif clause.parent in addresses:
            addresses[clause.eid] = (*addresses[clause.parent], clause.num.strip("()"))
            pieces.append(Piece(addresses[clause.eid], fold(clause.text)))
    return by_section


# --- The text: levels are found from the sequence of the enumerators, as a reader of a printed statute does. ---


@cache
def official(title: str, section: str) -> list[Piece]:
    if title == "18" and section in PRINTED and PRINT.exists():
        return join(cut(fold(block) for block in printed(section)), ())
    if (title, section) in IN_USLM:
        return released(title, section)
    path = REFERENCE / f"t{title}-s{section}.md"
    lines: list[str] = []
    seen: set[str] = set()  # the headings above a part of a section are printed again with the next part
    for line in path.read_text(encoding="utf-8").splitlines():
        if not re.match(r"<!--|#{1,4} ", line) and line not in seen:
            lines.append(re.sub(r"^#{5,} ", "", line))
        if line.startswith("#"):
            seen.add(line)
    pieces = cut(fold(block) for block in re.split(r"\n\s*\n", "\n".join(lines)) if block.strip())
    return join(pieces, KEPT_TOGETHER.get((title, section), ()))


def released(title: str, section: str) -> list[Piece]:
    """The pieces of a section as its XML has them; words after the last number belong to the piece before them."""
    law = etree.parse(USLM)
    (root,) = law.xpath("//*[@identifier=$name]", name=f"/us/usc/t{title}/s{section}")
    pieces: list[Piece] = []

    def walk(level: etree._Element, address: tuple[str, ...]) -> None:
        pieces.append(Piece(address, ""))
        for child in level:
            name = etree.QName(child).localname
            if child.get("identifier"):
                walk(child, (*address, child.find("{*}num").get("value")))
            elif name in {"chapeau", "content", "continuation"} or (name == "heading" and address):
                last = pieces.pop()
                pieces.append(Piece(last.address, fold(f"{last.text}\n{''.join(child.itertext())}")))

    walk(root, ())
    return pieces if pieces[0].text else pieces[1:]


FURNITURE = re.compile(r"(?:§ ?\w+ |Page \d+ |\s*)TITLE 18—CRIMES AND\s*|\s*CRIMINAL PROCEDURE\b.*")


@cache
def page_lines(number: int) -> tuple[str, ...]:
    """The lines of a page of the print, its left column first, without the heads of pages."""
    page = pypdfium2.PdfDocument(PRINT)[number]
    width, height = page.get_size()
    text = page.get_textpage()
    columns = [text.get_text_bounded(left, 0, left + width / 2, height) for left in (0, width / 2)]
    # A hyphen at the end of a line comes out as a sign of its own.
    lines = [line.strip() for column in columns for line in re.sub("[\ufffe\u0002\u00ad]", "", column).splitlines()]
    return tuple(line for line in lines if line and not FURNITURE.fullmatch(line))


def printed(section: str) -> list[str]:
    """The paragraphs of a section as printed, without its heading and without the notes below it."""
    lines = [line for page in PRINTED[section] for line in page_lines(page)]
    (start,) = [at for at, line in enumerate(lines) if re.match(rf"§ ?{section}\. ", line)]
    end = next(at for at in range(start, len(lines)) if re.match(r"\((?:June 25, 1948|Added Pub)", lines[at]))
    first = next(at for at in range(start, end) if re.match(r"\(a\)|Whoever|If two|For the purposes", lines[at]))
    paragraphs: list[str] = []
    for line in lines[first:end]:
        if not paragraphs or (re.match(NUMBER, line) and re.search(r"(?:[.,;:—]|; and|; or)$", paragraphs[-1])):
            paragraphs.append(line)
        else:
            paragraphs[-1] += f" {line}"
    return paragraphs


def join(pieces: Sequence[Piece], addresses: Collection[tuple[str, ...]]) -> list[Piece]:
    """The pieces with those at the addresses put back into the piece before them."""
    joined: list[Piece] = []
    for piece in pieces:
        if piece.address in addresses:
            address, before = joined.pop()
            piece = Piece(address, f"{before} ({piece.address[-1]}) {piece.text}")
        joined.append(piece)
    return joined


def cut(blocks: Iterator[str] | Sequence[str]) -> list[Piece]:
    numbers, texts = [""], [""]
    for block in blocks:
        for number, text in split_enumerators(block):
            if number:
                numbers.append(number)
                texts.append(text)
            else:
                texts[-1] = f"{texts[-1]}\n{text}".strip()
    addresses = [(), *place(numbers[1:])]
    pieces = [Piece(address, text) for address, text in zip(addresses, texts, strict=True)]
    return pieces if pieces[0].text else pieces[1:]


def split_enumerators(block: str) -> list[tuple[str, str]]:
    """Cut a paragraph at the enumerators it begins with and at those that run on inside it."""
    starts: list[re.Match[str]] = []
    block = block.removeprefix("[")  # "[(B) Repealed. …]"
    if chain := CHAIN.match(block):
        starts = list(ENUMERATOR.finditer(block, 0, chain.end()))
    starts += running_on(block, starts)
    ends = [*(match.start() for match in starts[1:]), len(block)][: len(starts)]
    pieces = [(match[1], block[match.end() : end].strip()) for match, end in zip(starts, ends, strict=True)]
    before = block[: starts[0].start()].strip() if starts else block
    return [("", before), *pieces] if before else pieces


def running_on(block: str, starts: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """Enumerators inside a paragraph: a sequence that goes on from the ones it begins with or from a first one."""
    numbers = list(starts)
    for match in ENUMERATOR.finditer(block, starts[-1].end() if starts else 0):
        before, after = block[: match.start()], block[match.end() :]
        if not before.endswith(" ") or not re.match(r" (?!of\b)[a-z]", after) or POINTS_ELSEWHERE.search(before):
            continue
        begins = match[1] in FIRST and any(follows(match[1], later[1]) for later in ENUMERATOR.finditer(after))
        goes_on = any(follows(earlier[1], match[1]) for earlier in numbers)
        if begins or (goes_on and re.search(r"[,;:] (?:and |or )?$", before)):
            numbers.append(match)
    return numbers[len(starts) :]


ROMANS = [
    f"{tens}{ones}" for tens in ("", "x") for ones in ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
][1:]
FIRST = ("a", "1", "A", "i", "I")


def readings(number: str) -> dict[str, int]:
    """What an enumerator may be, kind and place in its sequence: ``i`` is the ninth letter or the first roman."""
    if number.isdigit():
        return {"digit": int(number)}
    case = "upper" if number.isupper() else "lower"
    counted = {}
    if len(number) == 1:
        counted[f"{case} letter"] = ord(number.lower()) - ord("a") + 1
    if len(number) == 2 and number[0] == number[1]:
        counted[f"{case} double letter"] = ord(number[0].lower()) - ord("a") + 1
    if number.lower() in ROMANS:
        counted[f"{case} roman"] = ROMANS.index(number.lower()) + 1
    return counted


def follows(old: str, new: str) -> bool:
    before, after = readings(old), readings(new)
    return any(after.get(kind) == value + 1 for kind, value in before.items())


def place(numbers: Sequence[str]) -> list[tuple[str, ...]]:
    """Addresses of enumerators in the order in which they are printed."""
    addresses: list[tuple[str, ...]] = []
    levels: list[tuple[str, int, str]] = []  # kind, place in the sequence, number
    for index, number in enumerate(numbers):
        options = readings(number)
        goes_on = [depth for depth, (kind, value, _) in enumerate(levels) if options.get(kind) == value + 1]
        innermost = levels[-1][0] if levels else ""
        opens = [kind for kind, value in options.items() if value == 1 and kind != innermost]
        if opens and (not goes_on or (number in ("i", "I") and begins_a_list(numbers[index:]))):
            levels.append((opens[-1], 1, number))
        else:
            assert goes_on, f"({number}) fits nowhere after {addresses[-1:]}"
            kind, value, _ = levels[goes_on[-1]]
            levels[goes_on[-1] :] = [(kind, value + 1, number)]
        addresses.append(tuple(name for _, _, name in levels))
    return addresses


def begins_a_list(numbers: Sequence[str]) -> bool:
    """Whether an ``i`` begins i, ii, iii …, and does not follow h: an ``ii`` comes before a ``j``."""
    second, tenth = ("ii", "j") if numbers[0] == "i" else ("II", "J")
    return [number for number in numbers[1:12] if number in (second, tenth)][:1] == [second]


# --- What is compared. ---

ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
VALUES = {
    word: value for value, word in enumerate((*ONES, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"), 1)
}
VALUES |= {"one hundred and eighty": 180, "twenty": 20, "thirty": 30, "forty-eight": 48, "sixty": 60, "ninety": 90}
UNIT = r"(?:calendar )?(?:year|month|day|hour|minute)"
COUNT = re.compile(r"(\d+) or (?:more|fewer|less)|(?:more|less|fewer) than (\d+)|(?:at least|exceeded) (\d+)")
CITING = r"(?:(?:sub)?(?:section|chapter|title|part|article|paragraph)s?|of|the|an?|and|or|through|to)"
MENTAL = ("intentionally", "knowingly", "willfully", "recklessly", "maliciously", "willful", "inadvertently")
MENTAL_PHRASES = ("intent to defraud", "intent to", "to know", "to believe", "good faith", "negligent")


def with_digits(text: str) -> str:
    """Numbers in one form: ``forty-eight hours`` and ``48 hours``, ``$1,000`` and ``$1000``."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower())
    text = re.sub(rf"(?<!more than )\b(one|two)\b(?![ -](?:{UNIT}|or more|hundred))", "some", text)  # mostly pronouns
    words = "|".join(sorted(VALUES, key=len, reverse=True))
    return re.sub(rf"\b({words})\b", lambda match: str(VALUES[match[1]]), text)


def numbers_in(text: str) -> set[str]:
    return set(re.findall(r"\d+[a-z]?", with_digits(text)))


def terms_in(text: str) -> list[str]:
    """Amounts of money and terms in their order, as ``$1000`` and ``2 year``."""
    return [term.replace("-", " ") for term in re.findall(rf"\$\d+|\d+[ -]{UNIT}", with_digits(text))]


def counts_in(text: str) -> set[str]:
    return {number for matches in COUNT.findall(with_digits(text)) for number in matches if number}


def cited_in(text: str) -> set[str]:
    """Numbers of sections and chapters, without the Code's number of an Act given by name."""
    text = re.sub(r"\( ?\d+ U\.S\.C\.(?:[^()]|\([^()]*\))*\)|of (?:19|20)\d\d|Pub\. L\..*|(?<!\$)\d,\d{3}", " ", text)
    return set(re.findall(r"(?<![$\d])\d{3,5}[A-Za-z]?\b", text))


def elements_in(text: str) -> Counter[str]:
    return Counter(word for word in re.findall(r"[a-z]+", text.lower()) if word in MENTAL)


def own_runs(text: str, length: int) -> Iterator[str]:
    """Runs of so many words; a citation, an amount or a name counts as one, and a quotation ends a run."""
    for stretch in QUOTED.sub("|", text).split("|"):
        words = plain_words(stretch)
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def plain_words(text: str) -> list[str]:
    text = re.sub(r"\$?\d[\w,.–-]*(?:\(\w{1,5}\))*|(?:\(\w{1,5}\))+|\bU\.S\.C\.|\bet seq\.", " # ", text)
    text = re.sub(r"\b[A-Z][\w.-]*(?: (?:(?:of|and|for|the) )*[A-Z][\w.-]*)+", " # ", text)
    text = re.sub(rf"(?:\b{CITING} )*#(?:[\s,;]*(?:{CITING}\b|#|\b[a-z]\b))*", " # ", text)
    return re.findall(r"[a-z]+|#", text.lower())


# --- The checks. ---

SECTIONS = [(title, section) for title, sections in PROMISED.items() for section in sections]
each_section = for_each(SECTIONS)


def pairs(title: str, section: str) -> list[tuple[str, str, str]]:
    """Address, words of the text, words of the restatement, for the pieces both have."""
    new = {piece.address: piece.text for piece in restated(title)[section]}
    return [
        ("".join(f"({number})" for number in old.address), old.text, new[old.address])
        for old in official(title, section)
        if old.address in new
    ]


@for_each(PROMISED)
def test_every_section_promised_is_restated_in_the_order_of_the_code(title: str) -> None:
    in_part = IN_PART.get(title, [])
    assert [section for section in restated(title) if section not in in_part] == PROMISED[title]
    assert [section for section in restated(title) if section in in_part] == in_part


@each_section
@pytest.mark.shared
def test_the_numbers_are_the_official_ones(title: str, section: str) -> None:
    assert [piece.address for piece in restated(title)[section]] == [
        piece.address for piece in official(title, section)
    ]


@each_section
@pytest.mark.shared
def test_every_quotation_is_in_the_text_at_that_place(title: str, section: str) -> None:
    invented = []
    for address, old, new in pairs(title, section):
        words = old.lower().replace('"', "")
        quoted = [quotation.lower().rstrip(".,;:") for quotation in QUOTED.findall(new)]
        invented += [(address, quotation) for quotation in quoted if quotation not in words]
    assert invented == []


@each_section
def test_quotations_are_short(title: str, section: str) -> None:
    quoted = [quotation for piece in restated(title)[section] for quotation in QUOTED.findall(piece.text)]
    assert [quotation for quotation in quoted if len(quotation.split()) > LONGEST_QUOTATION] == []


@each_section
@pytest.mark.shared
def test_every_number_restated_is_in_the_text_at_that_place(title: str, section: str) -> None:
    invented = []
    for address, old, new in pairs(title, section):
        bare = re.sub(r"\((?:\d{1,2}|[a-z]+)\)", " ", new, flags=re.IGNORECASE)
        # "one or more persons" for "any person" says nothing new
        invented += [(address, number) for number in sorted(numbers_in(bare) - numbers_in(old) - {"1"})]
    assert invented == []


@each_section
@pytest.mark.shared
def test_amounts_and_terms_are_those_of_the_text_in_its_order(title: str, section: str) -> None:
    wrong = [
        (address, terms_in(old), terms_in(new))
        for address, old, new in pairs(title, section)
        if terms_in(old) != terms_in(new)
    ]
    assert wrong == []


@each_section
@pytest.mark.shared
def test_every_threshold_of_the_text_is_restated_at_its_place(title: str, section: str) -> None:
    lost = []
    for address, old, new in pairs(title, section):
        lost += [(address, number) for number in sorted(counts_in(old) - numbers_in(new))]
    assert lost == []


@each_section
@pytest.mark.shared
def test_every_section_the_text_refers_to_is_restated_at_its_place(title: str, section: str) -> None:
    lost = []
    for address, old, new in pairs(title, section):
        lost += [(address, number) for number in sorted(cited_in(old) - cited_in(new))]
    assert lost == []


@each_section
@pytest.mark.shared
def test_every_cross_reference_ends_at_a_number_the_text_names(title: str, section: str) -> None:
    named: dict[str, set[str]] = {}
    for piece in official(title, section):
        named.setdefault("".join(piece.address[:1]), set()).update(ENUMERATOR.findall(piece.text))
    invented = []
    for piece in restated(title)[section]:
        ends = {ENUMERATOR.findall(chain[0])[-1] for chain in CHAIN.finditer(piece.text)}
        invented += [(piece.address, end) for end in sorted(ends - named["".join(piece.address[:1])])]
    assert invented == []


@each_section
@pytest.mark.shared
def test_the_mental_elements_are_those_of_the_text(title: str, section: str) -> None:
    wrong = []
    for address, old, new in pairs(title, section):
        if elements_in(old) != elements_in(new):
            wrong.append((address, elements_in(old), elements_in(new)))
        wrong += [(address, phrase) for phrase in MENTAL_PHRASES if phrase in old.lower() and phrase not in new.lower()]
    assert wrong == []


@each_section
@pytest.mark.shared
def test_the_words_are_our_own(title: str, section: str) -> None:
    text = " | ".join(piece.text for piece in official(title, section)).replace('"', "")
    taken = set(own_runs(text, LONGEST_SHARED_RUN + 1))
    shared = [
        (piece.address, run)
        for piece in restated(title)[section]
        for run in own_runs(piece.text, LONGEST_SHARED_RUN + 1)
        if run in taken
    ]
    assert shared == []
