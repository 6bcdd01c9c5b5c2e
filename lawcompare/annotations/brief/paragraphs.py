"""Markdown of a note as paragraphs of a Word file."""

from collections.abc import Sequence
from typing import Any

from markdown_it.token import Token

from lawcompare.annotations.markdown import MARKDOWN
from lawcompare.engine.writing.word import WordDocument

SCHEMES = ("http://", "https://")


def write_markdown(word: WordDocument, text: str) -> None:
    """The words with their emphasis, lists, quotations and links; what no note may hold stays words."""
    _MarkdownParagraphs(word).write(MARKDOWN.parse(text))


class _MarkdownParagraphs:
    def __init__(self, word: WordDocument) -> None:
        self.word = word
        self.lists: list[int] = []  # the next number of each open list, 0 for bullets
        self.quoted = 0
        self.mark = ""  # what the next paragraph begins with

    def write(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            if token.type in {"bullet_list_open", "ordered_list_open"}:
                self.lists.append(int(token.attrGet("start") or 1) if token.type.startswith("ordered") else 0)
            elif token.type in {"bullet_list_close", "ordered_list_close"}:
                self.lists.pop()
            elif token.type == "list_item_open":
                self.begin_item()
            elif token.type in {"blockquote_open", "blockquote_close"}:
                self.quoted += 1 if token.nesting == 1 else -1
            elif token.type == "inline":
                self.write_inline(token.children or [])
            elif token.type in {"code_block", "fence"}:
                self.word.run(self.paragraph(), token.content.rstrip("\n"))

    def begin_item(self) -> None:
        number = self.lists[-1]
        self.mark = f"{number}.\t" if number else "•\t"
        if number:
            self.lists[-1] += 1

    def paragraph(self) -> Any:
        style = "Bullet" if self.lists else "Quotation" if self.quoted else ""
        paragraph = self.word.paragraph(style, indent=len(self.lists) if len(self.lists) > 1 else 0)
        if self.mark:
            self.word.run(paragraph, self.mark)
        self.mark = ""
        return paragraph

    def write_inline(self, tokens: Sequence[Token]) -> None:
        paragraph = self.paragraph()
        bold = italic = 0
        address = ""
        for token in tokens:
            if token.type in {"strong_open", "strong_close"}:
                bold += token.nesting
            elif token.type in {"em_open", "em_close"}:
                italic += token.nesting
            elif token.type == "link_open":
                address = str(token.attrGet("href") or "")
            elif token.type == "link_close":
                address = ""
            elif token.type in {"softbreak", "hardbreak"}:
                self.word.run(paragraph, " " if token.type == "softbreak" else "\n")
            elif address.startswith(SCHEMES) and token.content:
                self.word.link(paragraph, token.content, address)
            elif token.content:
                self.word.run(paragraph, token.content, bold=bold > 0, italic=italic > 0)
