"""Read a PDF: tell columns, running heads and notes, join broken words, then give the paragraphs to ``segment``.

What is set in an old Khmer font is put into Unicode. What has no trustworthy text is refused with what to do instead:
scans, fonts whose letters are not known, Khmer whose letters a PDF has torn apart.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import dropwhile, groupby, takewhile
from typing import Any

import pypdfium2
from PIL import Image

from lawcompare.engine.document import Clause, Document, ReadingWarning, Warnings
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.actual_text import read_spelled_out
from lawcompare.engine.reading.glyph_order import has_numbered_glyphs, read_by_glyphs, without_maps
from lawcompare.engine.reading.legacy_fonts import is_torn
from lawcompare.engine.reading.ocr import Recogniser, recogniser
from lawcompare.engine.reading.ocr.pages import recognise_pages, rendered, with_repaired_headings
from lawcompare.engine.reading.pdf_lines import PdfLine, PdfPage, read_page, usual_size
from lawcompare.engine.reading.pdf_paragraphs import CREDIT, leading, paragraphs
from lawcompare.engine.reading.pdf_pictures import Area, joined, may_show_text, picture_of, pictures_on
from lawcompare.engine.reading.pdf_words import PageTraits
from lawcompare.engine.reading.reporting import NumberedPage, keep_size, report
from lawcompare.engine.reading.text_layers import (
    LEAST_TEXT,
    has_ink,
    is_covered,
    is_trustworthy,
    note_disagreements,
    shows_boxes,
    unread_font,
)
from lawcompare.engine.structure.headings import parse_heading
from lawcompare.engine.structure.outline import CONTENTS, UNITS
from lawcompare.engine.structure.segment import Block, segment
from lawcompare.engine.text.languages import detect_language

INSTEAD = "give the Word file or the text instead"
BOXES_INSTEAD = f"the PDF: print it again with a Khmer font, such as Khmer OS or Noto Sans Khmer, or {INSTEAD}"
MOST_QUOTED = 80  # letters of a line in a warning
UNREAD = 0.02  # of all letters: so many in fonts that no table has are more than a name or a mark
# "Amendment of Subsection (f)" and under it "Pub. L. 117–2, … provided that …": not yet, or no longer, the law.
EDITORS = re.compile(r"Pub\. L\. \d+[–-]\d+, ")
PENDING = re.compile(r"(?:amendment|repeal|termination|effective date|expiration|reversion)\b.{0,120}(?<![.;:])", re.I)
ANALYSIS = re.compile(r"(?:Chap\. *)?Sec\.|Chap\.")
SECTION_HEAD = re.compile(r"\[?§§? ?\d+[A-Za-z]*(?:[-–]\d+)?\.")
PAGE_NUMBER = re.compile(r"\W*(?:page|p\.|ទំព័រ)?\W*[0-9០-៩]{1,5}(?: ?(?:of|/|នៃ) ?[0-9០-៩]{1,5})?\W*|[ivxlc]{1,6}", re.I)
NUMBERS = re.compile(r"(?<!\w)\w*\d\w*")
# The dots or dashes that lead to a page number, and the title of such a list.
LEADER = re.compile(r"(?:[-–_.…·]\s?){3,}\s*[-–]?\s*[0-9០-៩]{1,4}\s*[-–]?\s*$|\s[-–]\s?[-–]\s[0-9០-៩]{1,4}\s[-–]\s*$")
TITLE_LINES = 2  # above the word for contents, where the law is named once more
CONTENTS_LINES, CONTENTS_PART = 5, 0.25  # leaders on a page, and of its lines, that make it one of a contents table
FOOTNOTE = re.compile(r"[*†‡]|\[?\d{1,3}(?:[\]\s.)]|(?=[A-Z]))")


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a PDF file.

    ``data`` is the file's bytes; ``language`` overrides what the script says. The ``line`` of a clause counts the
    printed lines in reading order, and a warning names the page as well. Raises ReadingError for a file that is
    broken, locked or empty, or whose text cannot be trusted.
    """
    return document_of(_read_pages(data), language, "pdf")


def document_of(pages: Sequence[PdfPage], language: str | None, form: str) -> Document:
    """The law on pages that were read or recognised; ``form`` is the format of the file they come from."""
    doubts = with_repaired_headings(pages) if any(page.readings for page in pages) else ()
    lines = [line for page in pages for line in page.lines]
    is_read_off = all(page.origin == "recognised" for page in pages)
    if not lines or (is_read_off and all(line.furniture for line in lines)):  # a stamp, a pen, a pattern
        raise ReadingError("no text could be read in the picture; take it again closer, in better light, and straight")
    report("clauses", 0, 0)
    names = _name_furniture(lines, len(pages))
    document = segment(
        _blocks(lines, names),
        language or detect_language("".join(line.text for line in lines)),
        is_code="note" in names,
    )
    meta: dict[str, Any] = {"format": form, "pages": len(pages)}
    origins = {_origin(page, line)[0] for page in pages for line in page.lines}
    if origins != {"text-layer"}:
        meta["text"] = ", ".join(sorted(origins))
    warnings = [
        replace(each, details={**each.details, "page": str(lines[each.line - 1].page)})
        if 0 < each.line <= len(lines)
        else each
        for each in (*document.warnings, *doubts)
    ]
    return replace(
        document,
        title=document.title or _running_title(lines, names),
        clauses=_with_origins(document.clauses, pages) if "text" in meta else document.clauses,
        warnings=tuple(sorted(warnings, key=lambda warning: warning.line)) + _page_warnings(pages),
        meta=meta,
        source=tuple(_as_printed(line) for line in lines),
        boxes=tuple(line.box for line in lines),
    )


def _with_origins(clauses: Sequence[Clause], pages: Sequence[PdfPage]) -> tuple[Clause, ...]:
    """Clauses that say how their text was obtained, by all pages they stand on."""
    origin_at = [_origin(page, line) for page in pages for line in page.lines]
    marked = []
    for at, clause in enumerate(clauses):
        end = next((after.line for after in clauses[at + 1 :] if after.line > clause.line), clause.line + 1)
        own = origin_at[max(clause.line - 1, 0) : max(end - 1, clause.line)]
        origins = dict(sorted(own, reverse=True))  # of each origin the least confidence
        origin = next((each for each in ("recognised", "converted-font") if each in origins), "text-layer")
        details = {"confidence": f"{origins[origin]:.2f}"} if origin == "recognised" else {}
        marked.append(replace(clause, attributes={**clause.attributes, "origin": origin, **details}))
    return tuple(marked)


def _origin(page: PdfPage, line: PdfLine) -> tuple[str, float]:
    """How a line was obtained, and how sure it is: its page, where that was recognised, or else its picture."""
    if page.origin != "recognised" and line.confidence is not None:
        return "recognised", line.confidence
    return page.origin, page.confidence


# The file.


def _read_pages(data: bytes) -> list[PdfPage]:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadingError("the PDF is locked with a password; save it without one") from error
        raise ReadingError("the PDF is broken and cannot be opened; save it anew") from error
    with closing(document):
        return _trusted(document)


def _trusted(document: Any) -> list[PdfPage]:
    """The pages by their text layers, and those whose layer cannot be trusted by recognition."""
    if not len(document):
        raise ReadingError("the PDF has no pages")
    pages: list[PdfPage] = []
    doubted: list[int] = []
    pasted: dict[int, list[Area]] = {}
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
        except pypdfium2.PdfiumError as error:
            raise ReadingError(f"page {number} of the PDF is broken; save the file anew") from error
        with closing(page):
            printed = read_page(page, number)
            if printed.traits.khmer:
                printed = read_spelled_out(page, number) or printed
            width, height = page.get_size()
            pictures = pictures_on(page)
            # Those that may show text, where none stands over them; the others may cover the page.
            free = may_show_text(pictures, printed.lines, width, height)
            printed.is_covered = is_covered((area for area in pictures if area not in free), width, height)
            if free:
                pasted[number] = free
            if not is_trustworthy(printed) and has_ink(page):
                if printed.traits.khmer and not printed.is_covered and shows_boxes(page):
                    raise ReadingError(f"Khmer letters are printed as empty boxes on page {number} of {BOXES_INSTEAD}")
                doubted.append(number)
            else:
                keep_size(page, number)
        pages.append(printed)
        report("pages", number, len(document))
    doubted = _read_by_glyphs(document, pages, doubted)
    pasted = {number: areas for number, areas in pasted.items() if number not in doubted}
    try:
        recognise = recogniser()
    except ReadingError:
        if len(doubted) > len(pages) / 2:
            raise
        for number in pasted:
            pages[number - 1].has_unread_picture = True
        for number in doubted:
            keep_size(document[number - 1], number)
            if not _is_picture(pages[number - 1]):  # what its layer says is not to be believed
                pages[number - 1] = PdfPage([], PageTraits(), unread_font=unread_font(pages[number - 1]))
    else:
        if doubted or pasted:
            _recognise(document, pages, doubted, pasted, recognise)
        note_disagreements(document, pages, recognise)
    text = "\n".join(line.words for page in pages for line in page.lines)
    if not text.strip():
        raise ReadingError(f"the PDF has no text, and none could be recognised in it; {INSTEAD}")
    _refuse_legacy_font(pages, text)
    return pages


def _read_by_glyphs(document: Any, pages: list[PdfPage], doubted: Sequence[int]) -> list[int]:
    """Read again, by their glyphs, pages whose letters are torn. Returns the numbers of those still in doubt."""
    torn = [number for number in doubted if has_numbered_glyphs(pages[number - 1].traits)]
    copy = without_maps(document) if torn else None
    if copy is None:
        return list(doubted)
    ordered: set[int] = set()
    with closing(copy):
        for number in torn:
            with closing(document[number - 1]) as page, closing(copy[number - 1]) as numbered_page:
                printed = read_by_glyphs(page, numbered_page, number)
                if printed is None:
                    continue
                printed.is_covered = pages[number - 1].is_covered
                if is_trustworthy(printed):
                    pages[number - 1] = printed
                    ordered.add(number)
                    keep_size(page, number)
    return [number for number in doubted if number not in ordered]


def _recognise(
    document: Any,
    pages: list[PdfPage],
    doubted: Sequence[int],
    pasted: Mapping[int, Sequence[Area]],
    recognise: Recogniser,
) -> None:
    """Put in the place of each page in doubt what is recognised on its picture, and join to others that of theirs."""

    def picture(number: int) -> Image.Image:
        """A page drawn, or only the pictures of it that may show text."""
        with closing(document[number - 1]) as page:
            return picture_of(page, pasted[number]) if number in pasted else rendered(page)

    pictures = (
        NumberedPage(number, partial(picture, number), number in pasted) for number in sorted([*doubted, *pasted])
    )
    for number, halves in recognise_pages(pictures, len(doubted) + len(pasted), recognise).items():
        first = halves[0]
        if number in pasted:
            size = document.get_page_size(number - 1)
            pages[number - 1] = joined(pages[number - 1], first, pasted[number], *size)
            continue
        for half in halves[1:]:
            shift = len(first.lines)
            first.lines += half.lines
            first.readings += half.readings
            first.doubtful += [(at + shift, words) for at, words in half.doubtful]
        first.unread_font = unread_font(pages[number - 1])
        pages[number - 1] = first


def _is_picture(page: PdfPage) -> bool:
    return page.origin != "recognised" and sum(len(line.text) for line in page.lines) < LEAST_TEXT


def _refuse_legacy_font(pages: Sequence[PdfPage], text: str) -> None:
    unread = Counter[str]()
    for page in pages:
        unread.update({font: letters.total() for font, letters in page.traits.unread.items()})
    font, count = unread.most_common(1)[0] if unread else ("", 0)
    if count > UNREAD * len(text):
        raise ReadingError(f"the PDF is set in an old Khmer font ({font}) whose letters are not known here; {INSTEAD}")
    if is_torn(text):
        raise ReadingError(f"the letters of this PDF are not what it shows (its font has its own codes); {INSTEAD}")


def _page_warnings(pages: Sequence[PdfPage]) -> tuple[ReadingWarning, ...]:
    """Which pages have no text or say other words than they show, and which letters of old fonts are in no table."""
    warnings = Warnings()
    fonts: dict[str, list[str]] = {}
    line = 1
    for number, page in enumerate(pages, 1):
        for font, letters in page.traits.unread.items():
            if letters:
                details = {"font": font, "page": str(number)}
                seen = (each if each.isprintable() else f"U+{ord(each):04X}" for each in sorted(letters))
                warnings.append(ReadingWarning(line, "unread-letters", " ".join(seen), details))
        if page.disagreement is not None:
            at, shown = page.disagreement
            kind = "words-and-picture-disagree" if shown else "words-not-shown"
            details = {"page": str(number), "shown": shown[:MOST_QUOTED]}
            warnings.append(ReadingWarning(line + at, kind, page.lines[at].words[:MOST_QUOTED], details))
        for at in sorted(page.joined):
            words = page.lines[at].words[:MOST_QUOTED]
            warnings.append(ReadingWarning(line + at, "picture-joined", words, {"page": str(number)}))
        if page.has_unread_picture:
            warnings.append(ReadingWarning(line, "picture-unread", str(number)))
        line += len(page.lines)
        if page.unread_font and page.lines:
            fonts.setdefault(page.unread_font, []).append(str(number))
    warnings += [
        ReadingWarning(0, "font-read-off-picture", font, {"pages": ", ".join(on)}) for font, on in fonts.items()
    ]
    empty = [str(number) for number, page in enumerate(pages, 1) if _is_picture(page)]
    if empty:
        warnings.append(ReadingWarning(0, "page-without-text", ", ".join(empty)))
    return tuple(warnings)


# What is no law.


def _name_furniture(lines: Sequence[PdfLine], pages: int) -> list[str]:
    """For each line the name of the furniture it is, or an empty string."""
    names = [line.furniture for line in lines]
    body = usual_size(lines)
    heads = Counter(line.size for line in lines if line.bold and SECTION_HEAD.match(line.words))
    cited = sum("Pub. L." in line.text or "Stat." in line.text for line in lines)
    if heads.total() > 2 and cited > 0.02 * len(lines):
        # In a print of the US Code the law is set in one size, and all that the editors say in a smaller one.
        body = heads.most_common(1)[0][0]
        _name_edges(lines, names, pages, body)
        for at, line in enumerate(lines):
            if not names[at] and line.size < 0.93 * body:
                names[at] = "footnote" if line.size < 0.8 * body else "note"
        _name_analyses(lines, names)
    else:
        _name_edges(lines, names, pages, body)
        _name_footnotes(lines, names, body)
        _name_contents(lines, names)
    return names


def _name_analyses(lines: Sequence[PdfLine], names: list[str]) -> None:
    """The lists of sections or chapters that begin with ``Sec.`` or ``Chap.`` and end with the next heading."""
    listing = noting = False
    for at, line in enumerate(lines):
        if names[at] in ("running-head", "page-number"):
            continue
        words = line.words
        if ANALYSIS.fullmatch(words):
            listing, noting = True, False
        elif line.bold and (parse_heading(words) or words.startswith("[§")):
            listing = False
        elif names[at] == "note" and line.starts_styled:  # the heading of a note on the list
            noting = True
        if listing and not (noting and names[at]):
            names[at] = "table-of-contents"


def _name_contents(lines: Sequence[PdfLine], names: list[str]) -> None:
    """Pages on which dots or dashes lead to page numbers, from the title of the list or the first such line on."""
    pages: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        if not names[at]:
            pages.setdefault(line.page, []).append(at)
    leads = {at for at, line in enumerate(lines) if LEADER.search(line.words[-200:])}
    listing = [
        number
        for number, on_page in pages.items()
        if len(leads.intersection(on_page)) >= max(CONTENTS_LINES, CONTENTS_PART * len(on_page))
    ]
    for number in listing:
        on_page = pages[number]
        first = min(leads.intersection(on_page)) if number - 1 not in listing else on_page[0]
        last = max(leads.intersection(on_page)) if number + 1 not in listing else on_page[-1]
        title = next((at for at in on_page if CONTENTS.match(lines[at].words)), None)
        if title is not None and number - 1 not in listing:
            first = on_page[0] if on_page.index(title) <= TITLE_LINES else title
        for at in on_page:
            if first <= at <= last:
                names[at] = "table-of-contents"


def _name_edges(lines: Sequence[PdfLine], names: list[str], pages: int, body: float) -> None:
    """Running heads come again at the same height of many pages; page numbers stand at an edge."""
    edges: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        edges.setdefault(line.page, []).append(at)
    space = 1.3 * leading(lines)
    outer: list[int] = []
    set_off: set[int] = set()
    for on_page in edges.values():
        by_height = sorted(on_page, key=lambda at: -lines[at].base)
        for inwards in (by_height, by_height[::-1]):
            outer_lines = _set_off(lines, inwards, space)
            set_off.update(outer_lines)
            outer += outer_lines or inwards[:1]
    shapes = Counter(_shape(lines[at]) for at in outer)
    furniture: dict[int, str] = {}
    for at in outer:
        words = lines[at].words
        shape = _shape(lines[at])
        if at not in set_off and shapes[shape] < 0.5 * pages:
            continue
        if PAGE_NUMBER.fullmatch(words):
            # A number that ends a sentence may stand at an edge too; those of pages stand at one height.
            if shapes[shape] >= max(2, 0.3 * pages):
                furniture[at] = "page-number"
        elif shapes[shape] >= max(3, 0.05 * pages) and not (lines[at].size < 0.93 * body and FOOTNOTE.match(words)):
            furniture[at] = "running-head"
    for at in _own_headings(lines, furniture):
        del furniture[at]
    # Where the law's own lines stand on other pages no running head does, however often a line is repeated there.
    heads = Counter(_height(lines[at]) for at in furniture)
    taken = Counter(height for _, height in {(line.page, _height(line)) for line in lines})
    for at, name in furniture.items():
        if heads[_height(lines[at])] >= 0.7 * taken[_height(lines[at])]:
            names[at] = name


def _own_headings(lines: Sequence[PdfLine], furniture: Mapping[int, str]) -> list[int]:
    """The first of the lines at the edges that head an article which no line inside a page heads: no running heads."""

    def key(at: int) -> tuple[str, object] | None:
        heading = parse_heading(lines[at].words)
        if heading is None or heading.goes_on or heading.element not in UNITS or heading.value is None:
            return None
        return heading.element, heading.value

    headed = {key(at) for at in range(len(lines)) if at not in furniture}
    own: list[int] = []
    for at in sorted(furniture):
        if (heads := key(at)) is not None and heads not in headed:
            headed.add(heads)
            own.append(at)
    return own


def _set_off(lines: Sequence[PdfLine], inwards: Sequence[int], space: float) -> list[int]:
    """The first one to three lines from an edge of the page that a space sets off from the rest."""
    for count in range(1, 4):
        if len(inwards) <= count:
            return list(inwards) if len(inwards) == 1 else []
        if abs(lines[inwards[count - 1]].base - lines[inwards[count]].base) > space:
            return list(inwards[:count])
    return []


def _shape(line: PdfLine) -> tuple[str, int]:
    """What stays the same of a running head from page to page."""
    words = NUMBERS.sub(" ", line.words)
    words = " ".join(word for word in re.findall(r"[^\W_]+", words) if word.lower() not in ("page", "p", "ទំព័រ"))
    return words, _height(line)


def _height(line: PdfLine) -> int:
    return round(line.base / 4)


def _name_footnotes(lines: Sequence[PdfLine], names: list[str], body: float) -> None:
    """Small lines at the foot of a column, from the first of them that begins with a mark."""
    for _, column in groupby(range(len(lines)), key=lambda at: (lines[at].page, lines[at].column)):
        small = list(takewhile(lambda at: names[at] or lines[at].size < 0.93 * body, reversed(list(column))))
        law = [at for at in reversed(small) if not names[at]]
        for at in dropwhile(lambda at: lines[at].is_row or not FOOTNOTE.match(lines[at].words), law):
            names[at] = "footnote"


def _running_title(lines: Sequence[PdfLine], names: Sequence[str]) -> str:
    """A volume of a code is called by its running head: TITLE 18—CRIMES AND CRIMINAL PROCEDURE."""
    heads: Counter[str] = Counter()
    for line, name in zip(lines, names, strict=True):
        if name == "running-head" and (match := re.search(r"TITLE \w+\s?[—–-].+?(?= +Page\b| +§|$)", line.words)):
            heads[match[0].strip()] += 1
    return heads.most_common(1)[0][0] if heads else ""


# Paragraphs.


def _blocks(lines: Sequence[PdfLine], names: Sequence[str]) -> list[Block]:
    """Blocks in order, the line number of each being its place in ``lines``."""
    law = [at for at, name in enumerate(names) if not name]
    # A footnote may be referred to again on the pages after it.
    notes = {lines[at].page + later for at, name in enumerate(names) if name == "footnote" for later in range(3)}
    blocks: list[Block] = []
    for name, places in groupby(range(len(lines)), key=lambda at: names[at]):
        if name:
            group = list(places)
            blocks.append(Block("\n".join(_as_printed(lines[at]) for at in group), group[0] + 1, furniture=name))
    law_blocks = list(paragraphs([lines[at] for at in law], law, notes))
    blocks += _without_editors(law_blocks) if "note" in names else law_blocks
    return sorted(blocks, key=lambda block: block.line)


def _without_editors(blocks: Sequence[Block]) -> list[Block]:
    """Name what the editors of the US Code set in the type of the law: credits, and notes of pending amendments."""
    named: list[Block] = []
    for block in blocks:
        if CREDIT.match(block.text):
            block = replace(block, furniture="source-credit")
        elif EDITORS.match(block.text):
            block = replace(block, furniture="note")
            if named and PENDING.fullmatch(named[-1].plain):
                named[-1] = replace(named[-1], furniture="note")
        named.append(block)
    return named


def _as_printed(line: PdfLine) -> str:
    return line.words + ("-" if line.hyphen else "")
