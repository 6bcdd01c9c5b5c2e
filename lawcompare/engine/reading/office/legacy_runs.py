"""Runs of a word processor's paragraph set in an old Khmer font, put into Unicode by the font of each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from lawcompare.engine.document import ReadingWarning
from lawcompare.engine.reading.legacy_fonts import convert, is_legacy_font, is_torn, table_of

_MOST_QUOTED = 80
# Where a word processor keeps the keys of a font that it takes for one of symbols: the Latin letters of those keys.
_SYMBOLS = {0xF000 + code: bytes((code,)).decode("cp1252", "replace") for code in range(0x20, 0x100)}


@dataclass(frozen=True, slots=True)
class FontRun:
    """A piece of text, whether it is strong, and the name of its font."""

    text: str
    strong: bool = False
    font: str = ""


class LegacyRuns:
    """Converts the runs of one file; gathers the warnings about letters that no table has."""

    def __init__(self) -> None:
        self.warnings: list[ReadingWarning] = []
        self.has_converted = False  # anything was set in an old Khmer font

    def in_unicode(self, runs: Sequence[FontRun], line: int) -> list[FontRun]:
        """The runs of paragraph ``line`` with what is set in an old Khmer font in Unicode."""
        if not any(is_legacy_font(run.font) for run in runs):
            self._warn_of_torn(runs, line)
            return list(runs)
        converted: list[FontRun] = []
        for (family, strong), group in groupby(runs, key=lambda run: (table_of(run.font), run.strong)):
            part = list(group)
            if family is None:
                for run in part:
                    if is_legacy_font(run.font) and run.text.strip():
                        self._unread(line, run.font, run.text.split())
                converted += part
                continue
            unicode = convert("".join(run.text for run in part).translate(_SYMBOLS), family)
            if unicode.unknown:
                self._unread(line, part[0].font, unicode.unknown)
            self.has_converted = True
            converted.append(replace(part[0], text=unicode.text, strong=strong, font=""))
        return converted

    def _warn_of_torn(self, runs: Iterable[FontRun], line: int) -> None:
        """Letters like those of an old Khmer font in a font that no table knows by its name."""
        for font, words in _by_font(runs):
            if is_torn(words):
                self._unread(line, font, words.split())

    def _unread(self, line: int, font: str, letters: Iterable[str]) -> None:
        subject = " ".join(sorted(set(letters)))[:_MOST_QUOTED]
        self.warnings.append(ReadingWarning(line, "unread-letters", subject, {"font": font}))


def _by_font(runs: Iterable[FontRun]) -> Iterator[tuple[str, str]]:
    words: dict[str, str] = {}
    for run in runs:
        if run.font:
            words[run.font] = words.get(run.font, "") + run.text
    yield from words.items()
