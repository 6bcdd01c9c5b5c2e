"""The survival of concerns as a picture, for a report: one line a concern, one column a text. SVG, no script or style.

A line goes on as thick as the risk: thinner where it was softened, thicker where it worsened; it ends where the risk
was removed, and is broken where nobody knows or has judged. Every sign has its word, so that no colour is needed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext

from lawcompare.engine.text.words import NOT_IN_XML, words
from lawcompare.languages import digits
from lawcompare.laws.citing import cite
from lawcompare.laws.formatting import format_date
from lawcompare.publishing.concerns.outcomes import Concern, Survival, state_words

# In units of the picture, which are pixels at its own size.
LABEL, COLUMN, EDGE = 430, 150, 24
# On a phone the label stands above its line.
COLUMN_NARROW, EDGE_NARROW, LABEL_ABOVE = 112, 10, 22
ROW, GROUP, LINE = 62, 44, 18
SERIF = "'Source Serif 4', 'Noto Serif', Georgia, 'Noto Sans Khmer', 'Noto Serif Khmer', 'Khmer UI', serif"
SANS = "'Noto Sans', system-ui, Helvetica, Arial, 'Noto Sans Khmer', 'Khmer UI', sans-serif"


@dataclass(frozen=True)
class Palette:
    """The colours of the picture: those of the style sheet's tokens, which a picture on its own cannot read."""

    paper: str
    ink: str
    quiet: str
    rule: str
    kept: str
    worsened: str
    softened: str
    removed: str

    def of(self, state: str) -> str:
        """The colour of what became of a concern."""
        return {
            "raised": self.ink, "kept": self.kept, "worsened": self.worsened, "softened": self.softened,
            "removed": self.removed, "not-known": self.quiet, "unjudged": self.quiet,
        }[state]  # fmt: skip


LIGHT = Palette("#ffffff", "#1d1b18", "#5f5a50", "#dcd6c8", "#a84a15", "#8c1c13", "#7a5f10", "#1d6b34")
DARK = Palette("#1f1d1a", "#ece7dc", "#aca493", "#3a362f", "#eba267", "#f08a80", "#d9bd62", "#8fd3a0")
# Thickness of the line that leads to a state, and its dashes.
WIDTHS = {"raised": 0, "kept": 4, "worsened": 8, "softened": 2, "removed": 2, "not-known": 2, "unjudged": 1.5}
DASHES = {"not-known": "1 6", "unjudged": "6 5"}
STATES = ("raised", "kept", "softened", "worsened", "removed", "not-known", "unjudged")
# More lines than this nobody reads in one picture.
LINES_MAX = 80


def draw(
    survival: Survival, title: str, lead: str, source: str, palette: Palette = LIGHT, *, is_narrow: bool = False
) -> str:
    """The picture as an SVG document; ``title``, ``lead`` and ``source`` stand on it in words."""
    picture = _Picture(survival, title, lead, source, palette, is_narrow)
    picture.draw()
    words = {"title": NOT_IN_XML.sub("", title), "lead": NOT_IN_XML.sub("", lead)}
    # Numbers as text: a picture has no number in the reader's digits.
    size = {"width": str(picture.width), "height": str(picture.height)}
    context = words | size | {"picture": picture, "language": get_language() or "en"}
    # What stands before the root element would be no XML.
    return render_to_string("publishing/concerns/concerns.svg", context).lstrip()


class _Picture:
    """The shapes of the picture, from above: ``y`` is where the next one stands."""

    def __init__(
        self, survival: Survival, title: str, lead: str, source: str, palette: Palette, is_narrow: bool
    ) -> None:
        self.palette, self.is_narrow = palette, is_narrow
        self.label, self.column, self.edge = (0, COLUMN_NARROW, EDGE_NARROW) if is_narrow else (LABEL, COLUMN, EDGE)
        self.survival, self.title, self.lead, self.source = survival, title, lead, source
        self.width = self.edge * 2 + self.label + self.column * max(len(survival.versions), 2)
        self.room = (self.label or self.width - 40) - 30
        self.shapes: list[dict[str, Any]] = []
        self.y = float(self.edge)

    @property
    def height(self) -> int:
        return round(self.y + self.edge)

    def draw(self) -> None:
        self._head()
        self._columns()
        left = LINES_MAX
        for kind, concerns in self.survival.groups:
            shown = concerns[:left]
            if not shown:
                break
            self.y += GROUP
            name = kind or gettext("No kind of risk stated")
            first, *more = wrap(f"{name} · {digits(len(concerns))}", self.width - 2 * self.edge - 20, 15)
            self._text(self.edge, self.y - 14, first + ("…" if more else ""), 15, weight=600)
            self._rule(self.palette.ink)
            for concern in shown:
                self._concern(concern)
            left -= len(shown)
        self._foot(len(self.survival.concerns) - LINES_MAX)

    # --- the parts, from above ---

    def _head(self) -> None:
        for line in wrap(self.title, self.width - 2 * self.edge, 24):
            self.y += 26
            self._text(self.edge, self.y, line, 24, weight=600)
        if not self.title:
            return
        self.y += 6
        for line in wrap(self.lead, min(self.width - 2 * self.edge, 820), 15):
            self.y += 21
            self._text(self.edge, self.y, line, 15, self.palette.quiet)
        self.y += 26

    def _columns(self) -> None:
        tops = []
        for version in self.survival.versions:
            top = [(line, True) for line in wrap(format_date(version.date) or version.name, self.column - 12, 14)]
            if version.is_partial:
                top += [(line, False) for line in wrap(gettext("known in part"), self.column - 12, 12)]
            tops.append(top)
        deepest = max((len(lines) for lines in tops), default=1)
        for place, lines in enumerate(tops):
            for number, (line, is_first) in enumerate(lines):
                self._text(
                    self._x(place), self.y + LINE * (number + 1), line, 14 if is_first else 12,
                    self.palette.ink if is_first else self.palette.quiet, 600 if is_first else 400, anchor="middle",
                )  # fmt: skip
        self.y += LINE * deepest + 12
        self._rule(self.palette.ink)

    def _concern(self, concern: Concern) -> None:
        middle = self.y + ROW / 2 - 7
        if self.is_narrow:
            self._label(concern, self.y + 20)
            middle, self.y = middle + LABEL_ABOVE, self.y + LABEL_ABOVE
        else:
            self._label(concern, middle)
        places = [place for place, cell in enumerate(concern.cells) if cell.state]
        for before, after in pairwise(places):
            state = concern.cells[after].state
            if concern.cells[before].state == "removed" and state in {"removed", "not-known", "unjudged"}:
                continue  # it ended there
            x1, x2 = self._x(before) + 11, self._x(after) - 11
            self._stroke(x1, x2, middle, self.palette.of(state), WIDTHS[state], DASHES.get(state, ""))
        for place, cell in enumerate(concern.cells):
            if cell.state:
                x, colour = self._x(place), self.palette.of(cell.state)
                self._node(cell.state, x, middle)
                label = f"{cell.words} · {concern.root.get_risk_display()}" if cell.state == "raised" else cell.words
                self._text(x, middle + 24, label, 12, colour, anchor="middle")
        self.y += ROW
        self._rule(self.palette.rule)

    def _label(self, concern: Concern, middle: float) -> None:
        note = concern.root
        quote = f"“{' '.join(note.exact.split())}”" if note.exact else cite(note.clause)
        lines = wrap(quote, self.room, 14)
        first = lines[0] + ("…" if len(lines) > 1 else "")
        self._text(self.edge, middle, first, 14, weight=600, language=note.version.language)
        if self.is_narrow:
            return
        below = f"{cite(note.clause)} · {note.voice}" if note.exact else note.voice
        lines = wrap(below, self.room, 12)
        self._text(self.edge, middle + 20, lines[0] + ("…" if len(lines) > 1 else ""), 12, self.palette.quiet)

    def _foot(self, more: int) -> None:
        self.y += 10
        if more > 0:
            self.y += LINE
            words_ = gettext("%(n)s more concerns are in the table.") % {"n": digits(more)}
            self._text(self.edge, self.y, words_, 13, self.palette.quiet)
        self.y += 20
        x = float(self.edge)
        for state in STATES:
            label = state_words(state)
            width = 34 + measure(label, 13)
            if x + width > self.width - self.edge:
                x, self.y = float(self.edge), self.y + 26
            self._node(state, x + 9, self.y - 4)
            self._text(x + 26, self.y, label, 13)
            x += width + 12
        self.y += 14
        for line in wrap(self.source, self.width - 2 * self.edge, 12):
            self.y += LINE
            self._text(self.edge, self.y, line, 12, self.palette.quiet)

    # --- strokes ---

    def _node(self, state: str, x: float, y: float) -> None:
        at = {"x": f"{x:g}", "y": f"{y:g}"}
        self.shapes.append({"kind": "sign", "state": state, **at, "colour": self.palette.of(state)})

    def _x(self, place: int) -> float:
        return self.edge + self.label + self.column * (place + 0.5)

    def _rule(self, colour: str) -> None:
        self._stroke(self.edge, self.width - self.edge, self.y, colour, 1)

    def _stroke(self, x1: float, x2: float, y: float, colour: str, width: float, dashes: str = "") -> None:
        at = {"x1": f"{x1:g}", "x2": f"{x2:g}", "y": f"{y:g}"}
        self.shapes.append({"kind": "line", **at, "colour": colour, "width": f"{width:g}", "dashes": dashes})

    def _text(
        self, x: float, y: float, text: str, size: int, colour: str = "", weight: int = 400, anchor: str = "start",
        language: str = "",
    ) -> None:  # fmt: skip
        at = {"x": f"{x:g}", "y": f"{y:g}", "size": str(size), "weight": str(weight), "anchor": anchor}
        look = {"family": SERIF if size > 13 else SANS, "colour": colour or self.palette.ink, "language": language}
        self.shapes.append({"kind": "text", "text": NOT_IN_XML.sub("", text), **at, **look})


# --- how wide words are, as far as one can know without the face ---


def measure(text: str, size: float) -> float:
    """About how wide a text is in a face of ``size``, in the same unit."""
    return size * sum(_breadth(letter) for letter in text)


def _breadth(letter: str) -> float:
    if "\u17b4" <= letter <= "\u17d3" or letter in "\u200b\u17dd":  # Khmer signs above, below and around a letter
        return 0.12
    if "\u1780" <= letter <= "\u17ff":
        return 0.72
    if letter in "il.,;:'’|! ()[]tfj":
        return 0.29
    return 0.85 if letter in "mwMW—…" else 0.67 if letter.isupper() else 0.53


def wrap(text: str, width: float, size: float) -> list[str]:
    """Lines of a text that fit a width, cut between words; a word that is wider stands alone."""
    lines = [""]
    for word in _pieces(text):
        if lines[-1] and measure((lines[-1] + word).rstrip(), size) > width:
            lines.append("")
        lines[-1] += word if lines[-1] else word.lstrip()
    return [line.strip() for line in lines if line.strip()] or [""]


def _pieces(text: str) -> Iterator[str]:
    """Words with the white space before them; in Khmer, which has none, what its dictionary knows as words."""
    for chunk in re.findall(r"\s*\S+", text):
        is_khmer = any("\u1780" <= letter <= "\u17ff" for letter in chunk)
        yield from words(chunk, "km") if is_khmer else [chunk]
