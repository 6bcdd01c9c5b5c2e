"""Printed lines of a PDF -> paragraphs: separated by indent, space and full lines; broken words joined."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from lawcompare.engine.document import NOTHING
from lawcompare.engine.reading.pdf_lines import RAISED_END, RAISED_START, STYLED_END, STYLED_START, STYLES, PdfLine
from lawcompare.engine.reading.text import space_between
from lawcompare.engine.structure.headings import parse_heading, parse_unnumbered
from lawcompare.engine.structure.outline import CONTENTS, ROW, UNITS
from lawcompare.engine.structure.segment import LEAD_END, LEAD_START, Block

MARK = re.compile(
    r"(?:\(\w{1,5}\)\s?)+|(?:\d{1,3}|[a-z]|[ivx]{1,5}|[០-៩]{1,3}|[ក-អ])[.)]\s|[•·–—-]\s|\d{1,3}[A-Z]{0,2}\.$"
    r"|(?:[០-៩]{1,3}|[ក-អ])\s?(?:[-–)]|\.[-–]?)\s?(?![\d០-៩])|-(?=[ក-ឳ])"  # ១- and -words, as Khmer prints have them
)
MONTHS = "Jan|Feb|Mar|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec"
# What follows a section of the US Code and says where it comes from.
CREDIT = re.compile(rf"\((?:Added |As added |Pub\. L\. |R\.S\. |Act |(?:{MONTHS})[a-z]*\.? \d+, \d{{4}},)")
# The editors' brackets around a section that is no more, and what they say of it.
REPEALED = re.compile(r"\[(§.*?(?:\b(Repealed|Renumbered|Transferred|Omitted)\b.*)?)\]")
ONE_MARK = re.compile(r"\(\w{1,5}\)")
# Lines that must reach as far before it is a margin; the part of a page's lines that makes the page's own margin sure.
REACHING, FULL_PAGE = 3, 0.5
BARE_NUMBER = re.compile(r"\d{1,3}[A-Z]{0,2}\.")
BARE_END = ".-"  # how a heading ends whose number stands alone
ENDS = re.compile(r"[.;:,។៖—–]\W*$|\b(?:and|or|និង|ឬ)$")
MORE = re.compile("(?:និង)?មាត្រា")  # a title that goes on to name the articles it amends
CLOSES = re.compile(r"[.;:)។៖\]]\W*$")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
RAISED = re.compile(f"\\s*{RAISED_START}\\s*(\\d+)(\\s*){RAISED_END}")
EDGES = re.compile(f"{STYLED_END}(\\s*){STYLED_START}")
LEAD = re.compile(f"^(?P<mark>(?:{MARK.pattern})?\\s*){STYLED_START}(?P<lead>[^{STYLED_END}]+){STYLED_END}")
ALL_STYLED = re.compile(f"{STYLED_START}[^{STYLED_START}{STYLED_END}]*{STYLED_END}")


type _Edges = dict[tuple[int, int], float]


def paragraphs(lines: Sequence[PdfLine], places: Sequence[int], pages_with_notes: Collection[int]) -> Iterator[Block]:
    """Yield the paragraphs of the law's lines.

    ``places`` gives for each line its index in the whole print; ``pages_with_notes`` the pages that have footnotes,
    on which a raised number is a mark and becomes ``[1]``.
    """
    _widen_margins(lines)
    edges = _column_edges(lines)
    distance, first_indent = leading(lines), _first_indent(lines)
    known = _known_words(lines)
    open_marks: list[tuple[str, float]] = []
    start = 0
    for at in range(1, len(lines) + 1):
        if at < len(lines) and not _begins(lines, start, at, edges, distance, first_indent):
            continue
        part = lines[start:at]
        if part[0].is_row:
            yield Block(part[0].text, places[start] + 1, flush=ROW)
            start = at
            continue
        # Raised numbers are the marks of footnotes, which get brackets, or else plain numbers.
        mark = r"[\1]\2" if any(line.page in pages_with_notes for line in part) else r"\1\2"
        text = RAISED.sub(mark, _joined(part, known)).replace(RAISED_START, "").replace(RAISED_END, "")
        # Where its lines stand but the first, which is set in.
        rest = min((line.left - edges[_column(line)] for line in part[1:]), default=None)
        if rest is None:
            indent = first_indent if MARK.match(part[0].unstyled) else 0
            rest = part[0].left - edges[_column(part[0])] - indent
        yield _block(text, places[start] + 1, part, rest, open_marks)
        start = at


def _block(text: str, number: int, part: Sequence[PdfLine], rest: float, open_marks: list[tuple[str, float]]) -> Block:
    plain = text.translate(STYLES)
    repealed = REPEALED.fullmatch(plain) if all(line.bold for line in part) else None
    plain = repealed[1] if repealed else plain
    heading = parse_heading(plain)
    is_emphasised = all(line.bold for line in part) or (heading is not None and plain.isupper())
    if heading is not None and is_emphasised and not MORE.match(heading.rest):
        open_marks.clear()
        attributes = {"status": repealed[2].lower()} if repealed and repealed[2] else NOTHING
        return Block(plain, number, level=2 if heading.element in UNITS else 1, attributes=attributes)
    flush = None
    if mark := MARK.match(plain):
        open_marks.append(((ONE_MARK.findall(mark[0]) or [mark[0].strip()])[-1], rest))
    elif heading is None and open_marks and rest <= open_marks[-1][1] - 3:
        # Text that returns to the left of the sub-clause above belongs to the one whose lines stand where it does.
        flush = next((mark for mark, left in reversed(open_marks) if abs(left - rest) < 2), None)
    return Block(_with_lead(text), number, indent=None, flush=flush)


# Where a paragraph begins.


def _begins(lines: Sequence[PdfLine], start: int, at: int, edges: _Edges, distance: float, first_indent: float) -> bool:
    """``distance`` of lines and ``first_indent`` of numbered paragraphs are those usual in the print, in points."""
    before, line = lines[at - 1], lines[at]
    size = line.size
    if line.is_row or before.is_row:
        return True
    if line.is_heading or (before.is_heading and before.text.endswith(BARE_END)):
        return True
    if _stands_alone(lines, start, at):
        return True
    if before.hyphen and abs(before.size - size) < 0.6:
        # "shall consist of-" above a list is no broken word.
        return MARK.match(line.unstyled) is not None and ")" in line.unstyled[:6]
    if abs(before.size - size) > 0.1 * size or CREDIT.match(line.text):
        return True
    if (before.bold and not line.starts_styled) or (line.bold and not before.text.endswith(STYLED_END)):
        return True
    if at - 1 == start:
        # A heading above the next line is set apart in small capitals, or in the middle.
        is_apart = ALL_STYLED.fullmatch(before.text) and not line.starts_styled
        if is_apart or (_is_centred(before, edges) and not _is_centred(line, edges)) or _names_part(before):
            return True
    if _names_part(line) and CLOSES.search(before.unstyled):
        return True
    plain = line.unstyled
    if CREDIT.match(lines[start].text) and not before.text.endswith(")"):
        return False  # a new line of a credit may begin with "§11, Oct. 8"
    if before.bold and line.bold:
        hangs = _column(lines[start]) == _column(line) and line.left > lines[start].left + 0.5 * size
        return _is_spaced(before, line, distance) or (parse_heading(plain.lstrip("[")) is not None and not hangs)
    if _is_spaced(before, line, distance):
        return True
    # The first word would have stood on the line above, had the paragraph gone on.
    if before.right + line.first_word + 0.35 * size < before.margin - 0.5 * size:
        return True
    step = (line.left - edges[_column(line)]) - (before.left - edges[_column(before)])
    after_first = at - 1 == start
    heading = parse_heading(plain)
    marked = bool(MARK.match(plain)) or (heading is not None and not heading.goes_on)
    words_before = before.unstyled
    # Khmer law begins no line with a reference right after a sentence, or under a heading in bold.
    closed = bool(ENDS.search(words_before)) or (before.bold and not line.bold)
    if closed and heading is not None and not heading.goes_on and _is_khmer(plain.lstrip()[:1]):
        return True
    # Of a paragraph the first line stands further right than the rest, or further left (its number hangs out), or
    # where they do.
    if step > 0.5 * size:
        return marked or not (after_first and MARK.match(words_before))
    if step < -0.5 * size:  # below a list of one line each, "(2)" goes on with what it stands in
        return not after_first or (ONE_MARK.match(plain) is not None and words_before.endswith((".", ";")))
    if not marked or not ENDS.search(words_before):
        return False
    following = lines[at + 1] if at + 1 < len(lines) and _column(lines[at + 1]) == _column(line) else line
    return after_first or abs(first_indent) < 0.5 * size or following.left < line.left - 0.5 * size


def _names_part(line: PdfLine) -> bool:
    """Whether a line is the name of a part of the law and nothing else: "ANNEX", "Contents"."""
    words = line.unstyled
    return parse_unnumbered(words) is not None or CONTENTS.match(words) is not None


def _stands_alone(lines: Sequence[PdfLine], start: int, at: int) -> bool:
    """Whether a line, or the one above it, is the number of a unit and nothing else."""
    before, line = lines[at - 1], lines[at]
    if at - 1 == start and BARE_NUMBER.fullmatch(before.unstyled):
        return True
    if not BARE_NUMBER.fullmatch(line.unstyled):
        return False
    return bool(ENDS.search(before.unstyled)) or before.right < before.margin - 3 * before.size


def _is_centred(line: PdfLine, edges: _Edges) -> bool:
    left, right = line.left - edges[_column(line)], line.margin - line.right
    return min(left, right) > 1.5 * line.size and abs(left - right) < line.size


def _is_spaced(before: PdfLine, line: PdfLine, leading: float) -> bool:
    return _column(before) == _column(line) and before.base - line.base > 1.7 * max(leading, line.size)


def _column(line: PdfLine) -> tuple[int, int]:
    """Left and right pages may have their columns at different places."""
    return line.column, line.page % 2


def _column_edges(lines: Sequence[PdfLine]) -> _Edges:
    lefts: dict[tuple[int, int], list[float]] = {}
    for line in lines:
        lefts.setdefault(_column(line), []).append(line.left)
    return {column: sorted(each)[len(each) // 50] for column, each in lefts.items()}


def _widen_margins(lines: Sequence[PdfLine]) -> None:
    """Give lines of pages that hold few full lines the right margin that lines of the print's single columns reach."""
    columns: dict[int, set[int]] = {}
    for line in lines:
        columns.setdefault(line.page, set()).add(line.column)
    single = [line for line in lines if len(columns[line.page]) == 1]
    ends = sorted((line.right for line in single), reverse=True)
    near = zip(ends, ends[REACHING - 1 :], strict=False)
    reached = next((last for first, last in near if first - last < 2 * single[0].size), 0.0)
    by_page: dict[int, list[PdfLine]] = {}
    for line in single:
        by_page.setdefault(line.page, []).append(line)
    for on_page in by_page.values():
        full = sum(1 for line in on_page if abs(line.right - line.margin) < line.size)
        if full < FULL_PAGE * len(on_page):
            for line in on_page:
                line.margin = max(line.margin, reached)


def leading(lines: Sequence[PdfLine]) -> float:
    """The usual distance between two lines."""
    steps = Counter(
        round(before.base - line.base, 1)
        for before, line in pairwise(lines)
        if before.page == line.page and before.column == line.column and before.base > line.base
    )
    return steps.most_common(1)[0][0] if steps else 0.0


def _first_indent(lines: Sequence[PdfLine]) -> float:
    """How much further right the first line of a numbered paragraph usually begins than the next."""
    steps = Counter(
        round(line.left - after.left)
        for line, after in pairwise(lines)
        if _column(line) == _column(after) and line.page == after.page and MARK.match(line.unstyled)
    )
    return float(steps.most_common(1)[0][0]) if steps else 0.0


# Words.


def _known_words(lines: Sequence[PdfLine]) -> Counter[str]:
    """The words that stand whole in the print, by which a word broken at a line end is put together."""
    known: Counter[str] = Counter()
    for line in lines:
        words = WORD.findall(line.unstyled.lower())
        known.update(words[1 : -1 if line.hyphen else None])
    return known


# Characters that are read of what is put together already: all of it for each line took the square of the time.
SEAM = 200


def _joined(part: Sequence[PdfLine], known: Counter[str]) -> str:
    text = part[0].text
    for before, line in pairwise(part):
        if before.hyphen:
            text = text[:-SEAM] + _glued(text[-SEAM:], line.text, known)
        else:
            text += space_between(text[-SEAM:].translate(STYLES), line.unstyled) + line.text
    text = EDGES.sub(r"\1", text + ("-" if part[-1].hyphen else ""))
    return re.sub(r"[ \t]+", " ", text)


def _glued(text: str, following: str, known: Counter[str]) -> str:
    """Two parts of a word, with the hyphen between them where it belongs to the word.

    A hyphen between letters is the printer's, unless the print has the word with its hyphen elsewhere and never
    without; one beside a digit or before a capital belongs to the word: 60-day, Anglo-Saxon.
    """
    closed = text.endswith(STYLED_END)
    before, after = text.rstrip(STYLED_END), following.lstrip(STYLED_START)
    reopened = len(following) - len(after)
    first = re.search(r"[^\W_]+$", before)
    second = re.match(r"[^\W_]+", after)
    hyphen = "" if _is_khmer(before[-1:]) and _is_khmer(after[:1]) else "-"
    if first and second and first[0][-1].isalpha() and second[0][0].islower():
        head = re.search(r"[^\W\d_]+(?:-[^\W\d_]+)*$", before)
        stem = (head[0] if head else first[0]).lower()
        if known[stem + second[0].lower()] or not known[f"{stem}-{second[0].lower()}"]:
            hyphen = ""
    joint = (STYLED_END if closed else "") + (STYLED_START if reopened else "")
    return before + hyphen + (joint if joint not in (STYLED_END + STYLED_START,) else "") + after


def _is_khmer(text: str) -> bool:
    return "\u1780" <= text <= "\u17d3"


def _with_lead(text: str) -> str:
    """Words set apart at the beginning are a heading that the text runs on from; elsewhere the style says nothing."""
    lead = LEAD.match(text)
    if not lead or ALL_STYLED.fullmatch(text):
        return text.translate(STYLES)
    rest = text[lead.end() :].translate(STYLES)
    return lead["mark"] + LEAD_START + lead["lead"] + LEAD_END + rest
