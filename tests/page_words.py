"""The words of a page as a reader or a screen reader has them, each run with the language its elements name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
KHMER_LETTER = re.compile(r"[\u1780-\u17d3]")
# An English word has four letters and a half; Khmer is written without spaces between words.
LETTERS_OF_A_WORD = 4.5
ADDRESS = re.compile(r"\S*\w\.[a-z]{2,}(/\S*)?|(https?:/)?/\S*", re.IGNORECASE)
VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "path", "source", "track", "wbr",
}  # fmt: skip
UNSEEN = {"head", "script", "style", "template"}
SPOKEN_ATTRIBUTES = ("aria-label", "title", "placeholder", "alt")


@dataclass(frozen=True)
class Run:
    """Words between two tags, or of an attribute that is read out, whose language no element of its own can name.

    ``is_code``: in ``code`` or ``pre``; ``is_seen``: not for screen readers alone.
    """

    words: str
    language: str
    is_code: bool
    is_seen: bool
    is_attribute: bool = False


class _PageParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # Of each open element: name, language, whether it is code, whether it is seen, whether it is of the page.
        self.open: list[tuple[str, str, bool, bool, bool]] = [("", "", False, True, True)]
        self.runs: list[Run] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        _tag, language, is_code, is_seen, is_page = self.open[-1]
        language = names.get("lang") or language
        classes = (names.get("class") or "").split()
        is_code = is_code or tag in {"code", "pre"}
        is_seen = is_seen and not {"sr", "skip"} & set(classes)
        is_page = is_page and tag not in UNSEEN
        for name in SPOKEN_ATTRIBUTES:
            if is_page and names.get(name):
                self.runs.append(Run(names[name] or "", language, is_code, False, is_attribute=True))
        if tag not in VOID:
            self.open.append((tag, language, is_code, is_seen, is_page))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, *_rest in self.open):
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        _tag, language, is_code, is_seen, is_page = self.open[-1]
        if is_page and data.strip():
            self.runs.append(Run(" ".join(data.split()), language, is_code, is_seen))


def runs_of(page: str) -> list[Run]:
    """Returns the runs of words in the body of a page, those of attributes that are read out among them."""
    reader = _PageParser()
    reader.feed(page)
    return reader.runs


def english_share(page: str) -> float:
    """Returns the share of English words among the words that are seen, from 0 to 1; addresses are left out."""
    english = khmer = 0.0
    for run in runs_of(page):
        if run.is_seen:
            english += sum(len(LATIN_WORD.findall(word)) for word in run.words.split() if not ADDRESS.fullmatch(word))
            khmer += len(KHMER_LETTER.findall(run.words)) / LETTERS_OF_A_WORD
    return english / (english + khmer) if english + khmer else 0.0


def unmarked(page: str, language: str, run_of_words: re.Pattern[str], attributes: bool = True) -> Iterator[str]:
    """Yields the runs of words outside elements of their ``language``; addresses and code are left out."""
    for run in runs_of(page):
        if run.is_attribute and not attributes:
            continue
        if not run.is_code and run.language != language:
            words = " ".join(word for word in run.words.split() if not ADDRESS.fullmatch(word))
            yield from (match[0] for match in run_of_words.finditer(words))
