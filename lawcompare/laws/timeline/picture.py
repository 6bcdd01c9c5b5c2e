"""The picture of a time line: years from left to right, a line for what was done at home and one for US law."""

from collections.abc import Sequence
from dataclasses import dataclass

from lawcompare.laws.models import Event, EventKind

# Units of the drawing, which is as wide as the narrowest phone shows it.
WIDTH, LEFT, LINE_HEIGHT, TOP = 360, 8, 36, 36
LINES = [
    [EventKind.DRAFTING, EventKind.TEXT, EventKind.CONSULTATION],
    [EventKind.US_LAW],
    [EventKind.CRITICISM, EventKind.TREATY, EventKind.OTHER_LAW],
]


# What the short form of a time line shows: how texts became known, how US law came in, and what happened last.
MILESTONES = {EventKind.TEXT, EventKind.US_LAW}


@dataclass(frozen=True)
class TimelineMark:
    """A dot of the picture; ``kind`` says its colour. What is ``str`` is written with a point in every language."""

    x: str
    y: int
    kind: str


@dataclass(frozen=True)
class Picture:
    """``years`` are (x, year) of the ticks; ``lines`` the heights of the three lines."""

    width: int
    height: int
    years: list[tuple[str, str]]
    lines: list[int]
    marks: list[TimelineMark]


def draw(events: Sequence[Event]) -> Picture | None:
    """The picture of events, or None for fewer than three: a list says as much."""
    if len(events) < 3:
        return None
    moments = [_moment(event.date) for event in events]
    first, last = int(min(moments)), int(max(moments)) + 1
    scale = (WIDTH - 2 * LEFT) / (last - first)
    step = max(1, round((last - first) / 6))
    lines = [TOP + number * LINE_HEIGHT for number in range(len(LINES))]
    line_of = {kind: lines[number] for number, kinds in enumerate(LINES) for kind in kinds}
    return Picture(
        width=WIDTH,
        height=TOP + len(LINES) * LINE_HEIGHT,
        years=[(_across((year - first) * scale), str(year)) for year in range(first, last + 1, step)],
        lines=lines,
        marks=[
            TimelineMark(_across((moment - first) * scale), line_of[EventKind(event.kind)], event.kind)
            for event, moment in zip(events, moments, strict=True)
        ],
    )


def milestones(events: Sequence[Event]) -> list[Event]:
    """Returns the first of the events, how each text became known, how US law came in, and the last one, by date."""
    return [event for place, event in enumerate(events) if event.kind in MILESTONES or place in {0, len(events) - 1}]


def _across(units: float) -> str:
    return f"{LEFT + units:.1f}"


def _moment(date: str) -> float:
    """A date as a number of years; the middle of a year or month where no more is known.

    >>> _moment("2012"), _moment("2012-07"), _moment("2012-01-01")
    (2012.5, 2012.54, 2012.0)
    """
    year, month, day = (*[int(part) for part in date.split("-")], 0, 0)[:3]
    if not month:
        return year + 0.5
    return round(year + (month - 1) / 12 + ((day - 1) / 365 if day else 1 / 24), 2)
