"""Lines broken at the width of a page -> paragraphs. Used for plain text; a word broken by a hyphen is put together."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from lawcompare.engine.reading.layout.text_lines import TextLine, width
from lawcompare.engine.structure.front_matter import stands_alone
from lawcompare.engine.structure.headings import ends_sentence, parse_heading, parse_unnumbered
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.outline import CONTENTS, Block

_CONNECTIVE = re.compile(r"\b(?:and|or|of|the|a|an|for|in|with|to|by|on|from|as|at|nor)$|,$", re.IGNORECASE)
_DASH_ITEM = re.compile(r"^[-–—•▪*]\s?(?=[^\s\d\-–—])")
_KHMER_BULLET = re.compile("^[-–—•▪][ក-ឳ«]")
# Looked for from the beginning of a word alone: from each of its letters a line without spaces took hours.
_HYPHEN = re.compile(r"(?<![^\W\d_])(?P<head>[^\W\d_]+)[-\u00ad]$")
_STRONG_END = re.compile(r"[.;:។៕៖]['\"”’)]*\s*$|(?:[–—]|--|\s-)\s*$|;\s*(?:and|or)\s*$")
_WIDE_NUMBER = re.compile(r"\d{1,4}[A-Z]{0,3}(?:\t| {2,})\s*[A-Z]")  # "12  Short title"
_LOWER = re.compile(r"[a-z]")
_WIDEST_PAGE = 140  # columns
# A line is broken where the next word would not have fitted. Where so many lines end so much before the width that a
# tenth of all lines has, the width did not end them: they are headings, and paragraphs stand on one line each.
_EARLY, _MOST_EARLY, _FEWEST_EARLY = 0.75, 0.7, 3
_ALIKE, _MOSTLY, _NARROWEST_COLUMN = 0.2, 0.6, 30


@dataclass
class _Paragraph:
    lines: list[TextLine] = field(default_factory=list)
    starts: bool = True
    flush: bool = False
    is_heading: bool = False
    is_title: bool = False  # the words of a heading whose number stands alone on the line above

    @property
    def last(self) -> str:
        return self.lines[-1].words


def paragraphs(lines: Sequence[TextLine]) -> Iterator[Block]:
    """The blocks of a text: its paragraphs where it is hard-wrapped, else its lines; furniture is named.

    >>> from lawcompare.engine.reading.layout.text_lines import read_lines
    >>> [block.text for block in paragraphs(read_lines("Article 1. Aim\\nThis law has the docu-\\nment as aim."))]
    ['Article 1. Aim', 'This law has the document as aim.', '-']
    """
    law = [line for line in lines if not line.furniture]
    for line in lines:
        if line.furniture:
            yield Block(line.words, line.number, furniture=line.furniture)
    page = page_width(law)
    if not is_wrapped(law, page):
        for line in law:
            yield Block(line.words, line.number, indent=None)
        return
    vocabulary = _vocabulary(law)
    indented = _is_indented(law)
    for paragraph in _gather(law, page):
        text, hyphens = _join([line.words for line in paragraph.lines], vocabulary)
        first = paragraph.lines[0]
        indent = first.indent if indented else None
        flush = "^" if paragraph.flush else None
        yield Block(text, first.number, indent=indent, starts=paragraph.starts, flush=flush)
        if hyphens:
            yield Block(" ".join(hyphens), first.number, furniture="line-end-hyphen")


def page_width(lines: Sequence[TextLine]) -> int:
    """The width at which lines are broken, from the lines that end inside a sentence; some may hang over."""
    broken = [above for above, _line in _broken(lines)]
    widths = sorted(width(line.text.rstrip()) for line in broken or lines)
    return widths[int((len(widths) - 1) * 0.75)] if widths else 0


def _broken(lines: Sequence[TextLine]) -> list[tuple[TextLine, TextLine]]:
    """The lines that end inside a sentence, each with the one after it."""
    return [
        (above, line)
        for above, line in pairwise(lines)
        if not (ends_sentence(above.words) or line.gap or _begins_clause(line.words) or _is_bare(above.words))
    ]


def _ends_early(lines: Sequence[TextLine]) -> bool:
    """Whether most lines that end inside a sentence had room for the next word."""
    pairs = _broken(lines)
    widths = sorted(width(line.text.rstrip()) for line in lines)
    full = widths[int((len(widths) - 1) * 0.9)] if widths else 0
    page = page_width(lines)
    inside = [width(above.text.rstrip()) for above, _line in pairs if not _begins_clause(above.words)]
    alike = sum(1 for each in inside if abs(each - page) < _ALIKE * page)
    if page >= _NARROWEST_COLUMN and 2 * len(inside) >= len(pairs) and alike > _MOSTLY * len(inside):
        return False  # a column narrower than some of the lines
    early = sum(
        1 for above, line in pairs if width(above.text.rstrip()) + 1 + width(line.words.split()[0]) < _EARLY * full
    )
    return early >= max(_FEWEST_EARLY, _MOST_EARLY * len(pairs))


def is_wrapped(lines: Sequence[TextLine], page: int) -> bool:
    """Whether lines are broken inside sentences."""
    if page > _WIDEST_PAGE:
        return False
    if _ends_early(lines):
        return False
    lower = other = 0
    for above, line in pairwise(lines):
        if line.gap or _begins_clause(line.words) or ends_sentence(above.words):
            continue
        full = width(above.words) > page * 0.8 and page > 35 and not parse_heading(above.words)
        if _LOWER.match(line.words) or (full and _is_khmer(above.words[-1]) and _is_khmer(line.words[0])):
            lower += 1
        elif not parse_heading(above.words) and width(above.words) > page * 0.6:
            other += 1
    return lower >= 1 or other > max(2, len(lines) * 0.15)


def _gather(lines: Sequence[TextLine], page: int) -> Iterator[_Paragraph]:
    current = _Paragraph()
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        if not current.lines:
            current = _Paragraph([line], is_heading=_is_heading(line.words))
            continue
        if _goes_on(current, line, following, page):
            current.lines.append(line)
            continue
        yield current
        ended = line.gap or current.is_heading or current.is_title or ends_sentence(current.last)
        ended = ended or (width(current.lines[-1].text.rstrip()) < page * 0.6 and not _CONNECTIVE.search(current.last))
        title = current.is_heading and _is_bare(current.lines[0].words)
        current = _Paragraph([line], starts=ended, is_heading=_is_heading(line.words), is_title=title)
        current.flush = _is_flush(lines[at - 1], line)
    if current.lines:
        yield current


def _goes_on(current: _Paragraph, line: TextLine, following: TextLine | None, page: int) -> bool:
    """Whether a line belongs to the paragraph above it."""
    words, above = line.words, current.last
    if _begins_clause(words) or parse_unnumbered(words) or parse_unnumbered(above):
        return False
    if CONTENTS.match(words) or CONTENTS.match(above):
        return False
    if stands_alone(words) or stands_alone(above) or _KHMER_BULLET.match(words):
        return False
    if line.gap and not (_LOWER.match(words) and not ends_sentence(above)):
        return False
    if current.is_heading or current.is_title:
        return _heading_goes_on(current, line, following, page)
    if _DASH_ITEM.match(words) and (ends_sentence(above) or _DASH_ITEM.match(current.lines[0].words)):
        return False
    if not _STRONG_END.search(above):
        # A line that ends early inside a sentence was ended on purpose: one of several centred lines.
        early = width(above) < page * 0.55 and not _LOWER.match(words) and not _CONNECTIVE.search(above)
        return not early or line.after_page
    if line.after_page and not ends_sentence(above):
        return True
    if _is_flush(current.lines[-1], line):
        return False
    if _LOWER.match(words):
        return True
    # A full line that ends as a sentence: the paragraph goes on where the next word would not have fitted.
    first = re.split(r"[\s\u200b]", words, maxsplit=1)[0]
    if line.indent > current.lines[-1].indent + 1 and len(current.lines) > 1:
        return False
    return width(current.lines[-1].text.rstrip()) + 1 + width(first) > page


def _heading_goes_on(current: _Paragraph, line: TextLine, following: TextLine | None, page: int) -> bool:
    above, words = current.last, line.words
    if _is_bare(current.lines[0].words) and len(current.lines) == 1:
        return False  # the number stands alone; what follows is a block of its own
    if _STRONG_END.search(above) and not above.endswith(("-", "–", "—")):
        return False
    if _LOWER.match(words) or _CONNECTIVE.search(above):
        return True
    if not _is_khmer(words) or _DASH_ITEM.match(words):
        return False
    # A Khmer heading has no capitals to go by: its second line is short, ends no sentence, is not the last.
    short = width(words) < page * 0.72 and not ends_sentence(words)
    return width(above) > page * (0.5 if current.is_title else 0.7) and short and following is not None


def _is_flush(above: TextLine, line: TextLine) -> bool:
    """Words that go on after a list: the item above ends with a semicolon, and a small letter follows."""
    words = line.words
    if not above.words.endswith(";") or re.match(r"(?:and|or)\b", words):
        return False
    return bool(_LOWER.match(words)) and not _begins_clause(words)


def _is_heading(words: str) -> bool:
    heading = parse_heading(words)
    return heading is not None and not heading.goes_on


def _is_bare(words: str) -> bool:
    """Whether a heading line is a number alone."""
    heading = parse_heading(words)
    return heading is not None and not heading.rest


def _begins_clause(words: str) -> bool:
    return _is_heading(words) or read_mark(words) is not None or _WIDE_NUMBER.match(words) is not None


def _is_khmer(words: str) -> bool:
    return any("ក" <= character <= "៿" for character in words)


def _is_indented(lines: Sequence[TextLine]) -> bool:
    """Whether sub-clauses are set in: then the columns say on which level they are."""
    columns = {line.indent for line in lines if read_mark(line.words)}
    return len(columns) > 1


def _vocabulary(lines: Sequence[TextLine]) -> set[str]:
    """The words that stand in the text whole: the two halves of a word broken at a line end are left out."""
    vocabulary: set[str] = set()
    after_break = False
    for line in lines:
        words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.words.lower())
        broken = bool(_HYPHEN.search(line.words))
        vocabulary.update(words[1 if after_break else 0 : -1 if broken else None])
        after_break = broken
    return vocabulary


def _join(lines: Sequence[str], vocabulary: set[str]) -> tuple[str, list[str]]:
    """Lines as one text; a hyphen at the end of a line goes unless the word is written with it elsewhere."""
    pieces, dropped = [lines[0]], []
    for above, line in pairwise(lines):
        broken = _HYPHEN.search(above)
        rest = re.match(r"[^\W\d_]+", line)
        if not broken or not rest or not rest[0][0].islower():
            pieces += [space_between(above, line), line]
            continue
        head, tail = broken["head"].lower(), rest[0].lower()
        compound = f"{head}-{tail}" in vocabulary
        if not compound and (head + tail in vocabulary or not {head, tail} <= vocabulary):
            dropped.append(above[-1])
            pieces[-1] = pieces[-1][:-1]
        pieces.append(line)
    return "".join(pieces), dropped


def space_between(above: str, line: str) -> str:
    """What a line break stands for: nothing after a dash and inside Khmer, which has no spaces between words."""
    if not above or not line:
        return " "
    if above.endswith("—") or (above.endswith("–") and not above.endswith(" –")):
        return ""
    if "ក" <= above[-1] <= "៓" and "ក" <= line[0] <= "ឳ" and not re.match(r"(?:និង|ឬ)(?![\u17b6-\u17d3])", line):
        return ""
    return " "
