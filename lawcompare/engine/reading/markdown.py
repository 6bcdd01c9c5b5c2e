"""Markdown -> Document: the dialect of docs/markdown.md, and plain Markdown as others write it.

Of a file in which every clause is marked (``clauses: marked`` in the front matter), which is what ``writing.markdown``
writes, nothing is guessed: an attribute line right below a line says which clause begins there.
"""

import datetime
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import yaml

from lawcompare.engine.document import LANGUAGES, ROW_TABS, Clause, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.canada import NOTE_LINE, is_amending_act, read_bracketed_notes
from lawcompare.engine.reading.decoding import decode
from lawcompare.engine.structure.headings import ends_sentence, parse_heading
from lawcompare.engine.structure.lists.list_levels import read_mark
from lawcompare.engine.structure.numbering import element_of_eid
from lawcompare.engine.structure.outline import LEAD_END, LEAD_START, ROW, Block
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.text.languages import detect_language
from lawcompare.engine.writing.text import stop_between

# Seven and more are no Markdown, but are met where a statute has more levels than HTML has headings.
_HEADING = re.compile(r"^ {0,3}(#{1,9})(?P<words>.*)$")
_ATTRIBUTES = re.compile(r"^\s*\{:(?P<pairs>.*)\}\s*$")
_FLUSH = re.compile(r"^\s*\^(?P<of>\([^)\s]{1,8}\))?[ \t]+(?P<words>.*)$")
_RULE = re.compile(r"^ {0,3}(?:[-*_][ \t]*){3,}$")
_SETEXT = re.compile(r"^ {0,3}(?:=+|-{2,})[ \t]*$")
# What is taken is not given back, else a line of blanks takes the square of its length.
_TABLE_RULE = re.compile(r"^\s*+(?:\|\s*+)?:?-{2,}+:?\s*+(?:\|\s*+:?-{2,}+:?\s*+)*+(?:\|\s*+)?$")
_BULLET = re.compile(r"^\s*[*+]\s+(?=\S)")
_ITEM = re.compile(r"^\s*(?:[-*+•–]\s+\S|\|)")
_QUOTE = re.compile(r"^ {0,3}(?:>\s?)+")
_TAG_LINE = re.compile(r"^\s*</?[A-Za-z][^<>]*/?>\s*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^`]*$")
_BREAK = re.compile(r"(?:  |\\)$")
_LINK = re.compile(r"!?\[(?P<words>[^\[\]]*)\]\((?P<target>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\)")
_STRONG = re.compile(r"(?<![\\*_\w])(\*\*|__)(?=\S)(?P<words>.{1,400}?)(?<=\S)\1(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\\*_\w])([*_])(?=[^\s*_])(?P<words>[^*_\n]{1,400}?)(?<=[^\s])\1(?![\w*])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~^])")
_STRONG_START = re.compile(r"^(?P<words>(?:\*\*|__)(?=\S)(?:.{1,400}?)(?<=\S)(?:\*\*|__))(?P<after>\s*[.:]?\s*)")
_NUMBERED_HEADING = re.compile(r"^(?:Section\s+|§\s*)?(?P<number>\d{1,4})\b[.:]?\s*(?P<words>.*)$")
_FRONT_MATTER_LEVELS = 20
# Of files whose clauses are marked.
MARK = "marked"
_MARKED_HEADING = re.compile(r"^(?P<signs>#{1,6}) (?P<words>.*)$")
_MARKED_ATTRIBUTES = re.compile(r"^\{: (?P<pairs>.*) \}$")
_PAIR = re.compile(r"(?P<key>[\w-]+)=(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\s\"}]+))\s*")
_MARKED_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_OWN = frozenset({"eid", "element", "num", "heading", "parent"})


def read(data: bytes, *, language: str | None = None) -> Document:
    """Read a law written as Markdown; front matter becomes ``meta``.

    Raises ReadingError for front matter that is no YAML mapping, for an attribute line that cannot be read, and for
    text in no known encoding.

    >>> document = read(b"# Draft law\\n\\n## Article 1. Aim\\n\\nThis law has an aim.\\n")
    >>> document.title, document.clauses[0].eid, document.clauses[0].text
    ('Draft law', 'art_1', 'This law has an aim.')
    """
    text = decode(data)
    source = _MarkdownLines(text.split("\n"))
    meta = source.take_front_matter()
    title, spoken = str(meta.get("title") or ""), language or _language(meta, text)
    if meta.get("clauses") == MARK:
        return Document(title, spoken, _marked_clauses(source.lines, source.at), meta=meta)
    blocks = list(source.blocks())
    lines = _as_plain_lines(blocks)
    if is_amending_act(lines) and not any(block.attributes for block in blocks):
        act = read_bracketed_notes(lines, spoken)
        return replace(act, title=title or act.title, meta=meta)
    return replace(segment(blocks, spoken, title=title), meta=meta)


def _as_plain_lines(blocks: Sequence[Block]) -> list[str]:
    """Each block on its line, as plain text has it: the number of a heading before the words below, its words above."""
    lines = [""] * max((block.line for block in blocks), default=0)
    number = ""
    for block in blocks:
        words = block.text.replace(LEAD_START, "").replace(LEAD_END, "")
        if block.furniture or not words:
            continue
        heading = _NUMBERED_HEADING.match(words) if block.level else None
        if heading and not ends_sentence(heading["words"]):
            number, words = f"{heading['number']} ", f"[{heading['words'].strip('[]')}]" if heading["words"] else ""
        else:
            number, words = "", f"{' ' * (block.indent or 0)}{number}{words}"
        lines[block.line - 1] = words
    return lines


def _language(meta: Mapping[str, Any], text: str) -> str:
    declared = meta.get("language")
    if declared is None:
        return detect_language(text)
    if str(declared) not in LANGUAGES:
        raise ReadingError(
            f"{str(declared)[:20]!r} in the front matter is no language of ISO 639-1, such as en, km or th", line=1
        )
    return str(declared)


@dataclass
class _MarkdownLines:
    lines: list[str]
    at: int = 0
    unclosed: dict[str, int] = field(default_factory=dict)  # sign -> the shortest fence that nothing closes

    def take_front_matter(self) -> dict[str, Any]:
        """YAML between two lines of ``---`` at the very beginning."""
        if not self.lines or self.lines[0].rstrip() != "---":
            return {}
        end = next((at for at, line in enumerate(self.lines[1:], 1) if line.rstrip() in ("---", "...")), None)
        if end is None:
            return {}
        self.at = end + 1
        return _yaml_mapping("\n".join(self.lines[1:end]))

    def blocks(self) -> Iterator[Block]:
        """The blocks of the source; an attribute line is given to the block above it."""
        if self.at:
            yield Block("\n".join(self.lines[: self.at]), 1, furniture="front-matter")
        pending: Block | None = None
        for block in self._plain_blocks():
            if block.attributes and not block.text:
                if pending is None:
                    raise ReadingError("an attribute line stands above the first clause", line=block.line)
                pending = replace(pending, attributes={**pending.attributes, **block.attributes})
            elif block.furniture:
                yield block
            else:
                if pending is not None:
                    yield pending
                pending = block
        if pending is not None:
            yield pending

    def _plain_blocks(self) -> Iterator[Block]:
        paragraph: list[tuple[int, str]] = []
        closing = -1  # the line on which a fence or a comment is closed that is open here
        for at in range(self.at, len(self.lines)):
            line, number = self.lines[at], at + 1
            if at <= closing:
                continue
            if (fence := _FENCE.match(line)) and (closing := self._closing_of(fence[1], at)) > at:
                yield from _paragraph_blocks(paragraph)
                paragraph = []
                yield from self._fenced(at, closing)
                continue
            if line.lstrip().startswith("<!--"):
                yield from _paragraph_blocks(paragraph)
                paragraph = []
                closing = next((later for later in range(at, len(self.lines)) if "-->" in self.lines[later]), -1)
                if closing < 0:
                    raise ReadingError("a comment is opened with <!-- and never closed", line=number)
                yield Block("\n".join(self.lines[at : closing + 1]), number, furniture="comment")
                continue
            single = _single_line(line, number, paragraph)
            if single is None:
                paragraph.append((number, line))
                continue
            if single.level and paragraph and _SETEXT.match(line):
                words = " ".join(words.strip() for _number, words in paragraph)
                yield _block(Block(words, paragraph[0][0], level=single.level))
                yield Block(line, number, furniture="markup")
            else:
                yield from _paragraph_blocks(paragraph)
                if single.text or single.attributes:
                    yield from _with_links(single)
            paragraph = []
        yield from _paragraph_blocks(paragraph)

    def _closing_of(self, fence: str, at: int) -> int:
        """The line that closes a fence; -1 where none does, so that the rest of a law is not taken for code."""
        if len(fence) >= self.unclosed.get(fence[0], len(self.lines[at]) + 1):
            return -1
        closes = re.compile(rf"^ {{0,3}}{re.escape(fence[0])}{{{len(fence)},}}[ \t]*$")
        for later in range(at + 1, len(self.lines)):
            if closes.match(self.lines[later]):
                return later
        self.unclosed[fence[0]] = len(fence)
        return -1

    def _fenced(self, at: int, closing: int) -> Iterator[Block]:
        """What stands in a fence is shown as it is: nothing in it is a heading."""
        yield Block(self.lines[at], at + 1, furniture="markup")
        words = "\n".join(line.strip() for line in self.lines[at + 1 : closing] if line.strip())
        if words:
            yield Block(words, at + 2, flush="")
        yield Block(self.lines[closing], closing + 1, furniture="markup")


def _single_line(line: str, number: int, paragraph: list[tuple[int, str]]) -> Block | None:
    """A line that is a block by itself; an empty Block for a blank line; None for a line of a paragraph."""
    if not line.strip():
        return Block("", number)
    if match := _HEADING.match(line):
        words = match["words"].strip(" \t").rstrip("#").rstrip(" \t")
        return Block(words, number, level=min(len(match[1]), 6))
    if match := _ATTRIBUTES.match(line):
        return Block("", number, attributes=read_attributes(match["pairs"].strip(), number))
    if match := _FLUSH.match(line):
        return Block(match["words"], number, flush=match["of"] or "")
    if paragraph and _SETEXT.match(line):
        return Block(line, number, level=1 if "=" in line else 2)
    if line.lstrip().startswith("|") and line.count("|") > ROW_TABS + 1 and not _TABLE_RULE.match(line):
        return Block("\t".join(line.strip().strip("|").split("|")), number, flush=ROW)
    if _RULE.match(line) or _TABLE_RULE.match(line) or _TAG_LINE.match(line):
        return Block(line, number, furniture="markup")
    return None


def _paragraph_blocks(lines: list[tuple[int, str]]) -> Iterator[Block]:
    """One block a paragraph, and one more for each line in it that begins with a number as a clause does."""
    gathered: list[str] = []
    first, starts, indent = 0, True, 0
    previous = ""
    for number, line in lines:
        line = _QUOTE.sub("", line)
        broken = not previous or bool(_BREAK.search(previous)) or ends_sentence(previous)
        words = _BULLET.sub("", line)
        bare = _inline(words)[0].replace(LEAD_START, "").replace(LEAD_END, "")
        begins = read_mark(bare) is not None or parse_heading(bare) is not None
        begins = begins or (broken and NOTE_LINE.fullmatch(bare.strip()) is not None)
        begins = begins or (len(gathered) == 1 and NOTE_LINE.fullmatch(previous.strip()) is not None)
        if gathered and (begins or _BREAK.search(previous) or _ITEM.match(line)):
            yield from _with_links(Block("\n".join(gathered), first, indent=indent, starts=starts))
            gathered = []
        if not gathered:
            first, starts = number, broken or _ITEM.match(line) is not None
            indent = len(line) - len(line.lstrip())
        gathered.append(words)
        previous = line
    if gathered:
        yield from _with_links(Block("\n".join(gathered), first, indent=indent, starts=starts))


def _with_links(block: Block) -> Iterator[Block]:
    """The block with its inline marks taken off, and the targets of its links set aside."""
    if block.furniture:
        yield block
        return
    for target in _inline(block.text)[1]:
        yield Block(target, block.line, furniture="link-target")
    yield _block(block)


def _block(block: Block) -> Block:
    if block.flush == ROW:
        cells = (_inline(cell)[0].strip() for cell in block.text.split("\t"))
        return replace(block, text="\t".join(cell or "\u00a0" for cell in cells))
    words, text, level = _inline(block.text)[0], block.text.strip(), block.level
    whole = _STRONG_START.match(text)
    if not level and whole and not text[whole.end() :] and parse_heading(words.replace(LEAD_START, "")):
        level = 6  # a heading in bold, as word processors export it
    words = " ".join(line.strip(" \t") for line in words.split("\n")).strip()
    return replace(block, text=words, level=level)


def _inline(text: str) -> tuple[str, list[str]]:
    """Take off emphasis, links and escapes; return the words and the targets of links."""
    targets = [match["target"] for match in _LINK.finditer(text) if match["target"]]
    text = _LINK.sub(lambda match: match["words"], text)
    marked = read_mark(text)
    start = len(text) - len(marked[1]) if marked else len(text) - len(text.lstrip())
    lead = _STRONG_START.match(text[start:])
    if lead:
        inner = lead["words"][2:-2]
        text = f"{text[:start]}{LEAD_START}{inner}{LEAD_END}{lead['after']}{text[start + lead.end() :]}"
    for mark in (_STRONG, _EMPHASIS):
        text = mark.sub(lambda match: match["words"], text)
    return html.unescape(_ESCAPE.sub(r"\1", text)), targets


def _yaml_mapping(text: str) -> dict[str, Any]:
    """Front matter as a dict of plain values; dates become text."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                line = event.start_mark.line + 2 if event.start_mark else 1
                raise ReadingError("the front matter uses a YAML alias, which is refused", line=line)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _FRONT_MATTER_LEVELS:  # the parser takes a second for each thousand of them
                raise ReadingError("the values of the front matter stand too deep in each other", line=1)
        loaded = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "it is no YAML"
        raise ReadingError(f"the front matter cannot be read: {reason}", line=mark.line + 2 if mark else 1) from error
    except (ValueError, RecursionError) as error:  # "2012-13-45" as a date
        raise ReadingError(f"the front matter cannot be read: {error}", line=1) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise ReadingError("the front matter is no list of keys and values", line=1)
    return {str(key): _plain_value(value) for key, value in loaded.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime.date | datetime.datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain_value(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain_value(each) for key, each in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


# Marked clauses.


def _marked_clauses(lines: Sequence[str], begin: int) -> tuple[Clause, ...]:
    """The clauses of the lines from ``begin`` (an index). Raises ReadingError with the line."""
    clauses: dict[str, Clause] = {}
    paragraphs: list[list[str]] = []  # of each clause
    for has_words, group in groupby(enumerate(lines[begin:], begin + 1), key=lambda each: bool(each[1].strip())):
        if not has_words:
            continue
        numbers, block = zip(*((number, line.strip(" \t\r")) for number, line in group), strict=True)
        if match := _MARKED_ATTRIBUTES.match(block[-1]):
            clause = _clause(" ".join(block[:-1]), numbers[0], read_attributes(match["pairs"], numbers[-1]), clauses)
            clauses[clause.eid] = clause
            paragraphs.append([clause.text] if clause.text else [])
        elif clauses:
            paragraphs[-1].append(unescape(" ".join(block)))
        else:
            raise ReadingError("words stand above the first marked clause", line=numbers[0])
    own = zip(clauses.values(), paragraphs, strict=True)
    return tuple(replace(clause, text="\n".join(texts)) for clause, texts in own)


def read_attributes(text: str, line: int) -> dict[str, str]:
    """The ``key=value`` pairs of an attribute line, by key. Raises ReadingError with ``line`` where it has others."""
    attributes: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if not match:
            raise ReadingError(f"the attribute line cannot be read from {text[at : at + 20]!r} on", line=line)
        quoted = match["quoted"]
        attributes[match["key"]] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else match["bare"]
        at = match.end()
    return attributes


def _clause(first: str, line: int, attributes: Mapping[str, str], above: Mapping[str, Clause]) -> Clause:
    """The clause that begins with the words ``first``, without the paragraphs below."""
    heading_line = _MARKED_HEADING.match(first)
    words = unescape(heading_line["words"] if heading_line else first)
    eid = attributes.get("eid", "")
    if not eid or eid in above:
        problem = f"the address {eid} is given to two clauses" if eid else "a marked clause has no eid"
        raise ReadingError(problem, line=line)
    parent = attributes.get("parent", parent_of(eid))
    if parent and parent not in above:
        raise ReadingError(f"the clause {parent}, in which {eid} stands, is not above it", line=line)
    element, num, heading = derived(words, eid, is_heading=heading_line is not None)
    num, heading = attributes.get("num", num), attributes.get("heading", heading)
    lead = num + stop_between(num, heading) + heading
    if not words.startswith(lead):
        raise ReadingError(f"the line does not begin with the number and heading of {eid}", line=line)
    return Clause(
        eid=eid,
        element=attributes.get("element", element),
        num=num,
        heading=heading,
        text="" if heading_line else words[len(lead) :].removeprefix(" "),
        depth=above[parent].depth + 1 if parent else 0,
        parent=parent or None,
        line=line,
        attributes={key: value for key, value in attributes.items() if key not in _OWN},
    )


def parent_of(eid: str) -> str:
    """The address a clause stands in, as its own address says."""
    return eid.rpartition("__")[0]


def derived(words: str, eid: str, *, is_heading: bool) -> tuple[str, str, str]:
    """(element, number, heading) that the first line of a clause shows by itself.

    >>> derived("Article 28. Contents", "art_28", is_heading=True)
    ('article', 'Article 28', 'Contents')
    >>> derived("(a) Whoever", "art_28__point_a", is_heading=False)
    ('point', '(a)', '')
    """
    element = element_of_eid(eid)
    if not is_heading:
        mark = read_mark(words)
        return element, mark[0].printed if mark else "", ""
    parsed = parse_heading(words)
    if parsed is None:
        return element, "", words
    return element, parsed.num, parsed.rest


def escape(words: str) -> str:
    """Words so that no Markdown takes them for marks.

    >>> unescape(escape("*a* # {: <b> 1."))
    '*a* # {: <b> 1.'
    """
    return re.sub(r"([\\`*_\[\]<>#|~^{}])", r"\\\1", words)


def unescape(words: str) -> str:
    return _MARKED_ESCAPE.sub(r"\1", words)
