"""Tesseract as the recogniser: each page looked at in several ways, and a vote over what was read.

Tesseract's Khmer model reads the same line differently when it is a little larger, smaller or softer, and mostly errs
in only one of them. It reads letters best that are half as large as on a page of 300 dots per inch, and so fewer pixels
have to be gone through: on judged passages of scanned Cambodian law one look at the whole page has 5.1 % of the letters
wrong, the vote of five such 4.3 % in 3.2 seconds of processor time, and that of three smaller ones 3.4 % in 1.5.
Smaller letters are not found at all; so where the looks differ much, which small print makes them, two at the whole
size join them. It runs in this process (tesserocr), since a sandboxed reader may start no other.
"""

import os
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageFilter
from rapidfuzz.distance import Levenshtein

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.ocr import RecognisedLine, RecognisedWord, sureness
from lawcompare.engine.reading.ocr.headings import is_doubtful_heading

INSTALL = (
    "this file is a scan or a picture, and Tesseract, which reads such, is not installed here: install "
    "tesseract-ocr, tesseract-ocr-khm and tesseract-ocr-eng"
)
# Where Debian and others keep the models, newest first; TESSDATA_PREFIX comes before them.
MODELS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")
RESOLUTION = 300
SINGLE_COLUMN, SINGLE_LINE = 4, 7  # page segmentation modes of Tesseract
# A line that was passed over at first is a line if so much of it is read so surely.
OVERLOOKED_SURELY, LEAST_KHMER = 0.6, 3
THREADS = 2
ALIKE = 0.85  # of the letters of a page: where the first two looks agree on fewer, its print may be small

# The ways of looking: size, and softness in pixels. The first gives lines and words, the others vote.
LOOKS = ((0.66, 1.0), (0.5, 0.0), (0.5, 0.6))
LARGER = ((1.0, 1.0), (1.0, 2.0))  # put before them where they differ much
CLOSER = ((1.0, 1.0), (0.66, 0.0), (1.0, 2.0))  # once more at a line that may be a heading, and is not read alike
ENGLISH = (1.0, 1.0)
GLANCE = (1.0, 0.0)
GLANCED_SURELY = 0.6  # a page read less surely may be in the other language
LITTLE_KHMER = 0.6  # of the signs of a page, spaces and figures apart: Khmer law has nine tenths
LATIN_PAGE = 0.4  # of the letters: then the page is English and is read as such
SAME_LINE = 0.5  # of the lower height: how far two lines overlap that are one
# A line that the first look has lost is taken from the others where so many have it.
FINDERS = 2
SURE = 0.7  # or where one is so sure of it
_CLUSTER = re.compile("[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17d3\u17dd])*|\\S")
_KHMER = re.compile("[\u1780-\u17b3]")
_NO_WORD = re.compile(r"[\W_]+")
# Bands of ink where nothing was read: headings in pale or heavy faces that stand alone, taken for pictures or rulings.
INK = 190  # pale letters count too
LEAST_LINES = 5  # of fewer the height of a line is not known
LOWEST, HIGHEST = 0.5, 2.2  # of the height of the lines that were read
NARROWEST = 2.0  # of that height
# Of a band: as dense as letters are, no ruling and no picture.
THINNEST, DENSEST = 0.06, 0.6
MOST = 8  # bands on a page: more are a table or a drawing
MARGIN = 0.35  # of the height: what stands above and below letters


def models() -> str:
    """The folder with the models for Khmer and English. Raises ReadingError where there is none."""
    for folder in (os.environ.get("TESSDATA_PREFIX", ""), *MODELS):
        if folder and all((Path(folder) / f"{language}.traineddata").is_file() for language in ("khm", "eng")):
            return folder
    raise ReadingError(INSTALL)


class Band(NamedTuple):
    """The box of a line that was not read, in pixels."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(slots=True)
class _Token:
    text: str
    word: int
    votes: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)


class TesseractRecogniser:
    """Reads Khmer and English. Raises ReadingError where Tesseract or its models are not installed."""

    def __init__(self) -> None:
        self.folder = models()
        self.pool = ThreadPoolExecutor(THREADS)  # kept, since each thread loads the models once
        self.local = threading.local()
        # Of a folder that is not there it complains where nothing can be written, in the box, and crashes.
        os.environ["TESSDATA_PREFIX"] = self.folder
        os.environ["OMP_THREAD_LIMIT"] = "1"  # its own threads cost more than they give
        try:
            import tesserocr
        except ImportError as error:
            raise ReadingError(INSTALL) from error
        self.tesserocr = tesserocr

    def recognise(self, image: Image.Image) -> list[RecognisedLine]:
        seen = self._looks(image, LOOKS)
        signs = [sign for line in seen[0] for sign in line.text if not sign.isspace()]
        khmer = sum("\u1780" <= sign <= "\u17ff" for sign in signs)
        latin = sum(sign.isascii() and sign.isalpha() for sign in signs)
        if latin > LATIN_PAGE * max(khmer + latin, 1):
            return self._look(image, ENGLISH, "eng")
        # Latin letters of some faces are read as figures and signs.
        if sum("\u1780" <= sign <= "\u17d3" for sign in signs) < LITTLE_KHMER * len(signs):
            english = self._look(image, ENGLISH, "eng")
            if sureness(english) > sureness(seen[0]):
                return english
        if agreement(*seen[:2]) < ALIKE:
            seen = [*self._looks(image, LARGER), *seen]
        lines = [self._closer(image, line) for line in voted(seen)]
        again = [line for band in overlooked(image, lines) if (line := self._line(image, band)) is not None]
        return sorted([*lines, *again], key=lambda line: (line.top + line.bottom) / 2) if again else lines

    def _looks(self, image: Image.Image, looks: Sequence[tuple[float, float]]) -> list[list[RecognisedLine]]:
        return list(self.pool.map(lambda look: self._look(image, look, "khm"), looks))

    def _line(self, image: Image.Image, band: Band) -> RecognisedLine | None:
        """What stands in a band where no line was read, or None where that is no print."""
        picture = cut(image, band)
        seen = [self._look(picture, look, "khm", SINGLE_LINE) for look in LOOKS]
        seen = [look for look in seen if look]
        if not seen:
            return None
        best = max(seen, key=sureness)
        line = _vote(best[0], [look[0].text for look in seen if look is not best])
        if line.confidence < OVERLOOKED_SURELY or len(_KHMER.findall(line.text)) < LEAST_KHMER:
            return None
        return replace(line, words=tuple(replace(word, **band._asdict()) for word in line.words))

    def _closer(self, image: Image.Image, line: RecognisedLine) -> RecognisedLine:
        """The line; with more readings of it where it may be a heading, of which the sequence of numbers is read."""
        if not is_doubtful_heading((line.text, *line.readings)):
            return line
        picture = cut(image, Band(int(line.left), int(line.top), int(line.right) + 1, int(line.bottom) + 1))
        looks = [self._look(picture, look, "khm", SINGLE_LINE) for look in CLOSER]
        readings = (" ".join(part.text for part in look) for look in looks if look)
        return replace(line, readings=tuple(dict.fromkeys((*line.readings, *readings))))

    def glance(self, image: Image.Image, language: str) -> list[RecognisedLine]:
        """One look, and another in the other language where the page is plainly not in the one thought of."""
        names = ("khm", "eng") if language == "km" else ("eng", "khm")
        lines = self._look(image, GLANCE, names[0])
        if sureness(lines) < GLANCED_SURELY:
            again = self._look(image, GLANCE, names[1])
            if sureness(again) > sureness(lines):
                return again
        return lines

    def _look(
        self, image: Image.Image, look: tuple[float, float], language: str, mode: int = SINGLE_COLUMN
    ) -> list[RecognisedLine]:
        size, softness = look
        if size != 1.0:
            image = image.resize((round(image.width * size), round(image.height * size)), Image.Resampling.LANCZOS)
        if softness:
            image = image.filter(ImageFilter.GaussianBlur(softness))
        api = self._api(language)
        api.SetPageSegMode(mode)
        api.SetImage(image)
        api.SetSourceResolution(RESOLUTION)
        api.Recognize()
        lines = list(_lines(api.GetTSVText(0), size))
        api.Clear()
        return lines

    def _api(self, language: str) -> Any:
        """One for each thread and language, since an API reads one image at a time."""
        if not hasattr(self.local, language):
            api = self.tesserocr.PyTessBaseAPI(path=self.folder, lang=language, psm=SINGLE_COLUMN)
            # Its messages go to standard error: a file, /dev/null too, it would open in the box, in vain, and crash.
            api.SetVariable("debug_file", "")
            setattr(self.local, language, api)
        return getattr(self.local, language)


def _lines(table: str, size: float) -> Iterator[RecognisedLine]:
    """The lines of Tesseract's table, each row of which is a word with its place and confidence in per cent."""
    rows = (row.split("\t") for row in table.splitlines())
    words = (cells for cells in rows if len(cells) >= 12 and cells[0] == "5" and cells[11].strip())
    for _number, line in groupby(words, key=lambda cells: cells[2:5]):
        own = []
        for cells in line:
            left, top, width, height = (float(cell) / size for cell in cells[6:10])
            confidence = max(float(cells[10]), 0.0) / 100
            own.append(RecognisedWord(cells[11].strip(), left, top, left + width, top + height, confidence))
        yield RecognisedLine(tuple(own))


def _place(line: RecognisedLine, lines: Sequence[RecognisedLine]) -> int | None:
    """Which of ``lines`` stands where ``line`` does, or None."""
    best, most = None, SAME_LINE
    for at, other in enumerate(lines):
        shared = min(line.bottom, other.bottom) - max(line.top, other.top)
        beside = min(line.right, other.right) - max(line.left, other.left)
        part = shared / max(min(line.bottom - line.top, other.bottom - other.top), 1)
        if part > most and beside > 0:
            best, most = at, part
    return best


def agreement(one: Sequence[RecognisedLine], other: Sequence[RecognisedLine]) -> float:
    """Which part of the letters of a page two looks read alike, 0 to 1."""
    texts = ["\n".join(line.text.replace(" ", "") for line in lines) for lines in (one, other)]
    return Levenshtein.normalized_similarity(*texts)


def voted(looks: Sequence[Sequence[RecognisedLine]]) -> list[RecognisedLine]:
    """The lines of a page as most looks have them; those of the first, and what it lost and others found."""
    base = looks[0]
    readings: list[list[str]] = [[] for _ in base]
    lost: list[list[RecognisedLine]] = []
    for look in looks[1:]:
        placed: dict[int, list[RecognisedLine]] = {}
        for line in look:
            at = _place(line, base)
            if at is not None:
                placed.setdefault(at, []).append(line)
                continue
            again = next((group for group in lost if _place(line, group) is not None), None)
            if again is None:
                lost.append([line])
            else:
                again.append(line)
        for at, parts in placed.items():
            readings[at].append(" ".join(part.text for part in sorted(parts, key=lambda part: part.left)))
    lines = [_vote(line, other) for line, other in zip(base, readings, strict=True)]
    for group in lost:
        best = max(group, key=lambda line: line.confidence)
        if len(group) >= FINDERS or best.confidence > SURE:
            lines.append(_vote(best, [line.text for line in group if line is not best]))
    lines.sort(key=lambda line: (line.top + line.bottom) / 2)
    return [line for line in lines if not _NO_WORD.fullmatch(line.text)]


def _vote(line: RecognisedLine, readings: Sequence[str]) -> RecognisedLine:
    """The line with each cluster as most readings have it; a word is as sure as its clusters are agreed on."""
    tokens = [
        _Token(cluster, at, Counter({cluster: 1}))
        for at, word in enumerate(line.words)
        for cluster in _CLUSTER.findall(word.text)
    ]
    if not readings or not tokens:
        return line
    base = [token.text for token in tokens]
    for reading in readings:
        other = _CLUSTER.findall(reading)
        for step in Levenshtein.opcodes(base, other):
            kind, start, end = step.tag, step.src_start, step.src_end
            other_start, other_end = step.dest_start, step.dest_end
            for at in range(start, end):
                text = "" if kind == "delete" else other[other_start + at - start]
                tokens[at].votes[text] += 1
            if kind == "insert" and start > 0:
                tokens[start - 1].after["".join(other[other_start:other_end])] += 1
    voters = len(readings) + 1
    pieces: list[list[str]] = [[] for _ in line.words]
    agreed: list[list[float]] = [[] for _ in line.words]
    for token in tokens:
        text, count = max(token.votes.items(), key=lambda vote: (vote[1], vote[0] == token.text))
        pieces[token.word].append(text)
        agreed[token.word].append(count / voters)
        if token.after:
            inserted, times = token.after.most_common(1)[0]
            if times > voters / 2:
                pieces[token.word].append(inserted)
    words = []
    for word, parts, shares in zip(line.words, pieces, agreed, strict=True):
        if text := "".join(parts):
            confidence = min(shares, default=0.0) * (0.5 + 0.5 * word.confidence)
            words.append(RecognisedWord(text, word.left, word.top, word.right, word.bottom, confidence))
    return RecognisedLine(tuple(words) or line.words, tuple(dict.fromkeys((line.text, *readings))))


def overlooked(image: Image.Image, lines: Sequence[RecognisedLine]) -> list[Band]:
    """Bands of ink of the height of a line, in which none of ``lines`` stands, from top to bottom."""
    if len(lines) < LEAST_LINES:
        return []
    height = float(np.median([line.bottom - line.top for line in lines]))
    ink = np.asarray(image) < INK
    free = ink.copy()
    edge = image.width // 25
    free[:, :edge] = free[:, -edge:] = False
    for line in lines:
        over = 0.2 * height
        free[max(int(line.top - over), 0) : int(line.bottom + over), max(int(line.left - height), 0) :] = False
    bands = []
    for band in _bands(free, height):
        high, wide = band.bottom - band.top, band.right - band.left
        density = float(free[band.top : band.bottom, band.left : band.right].mean())
        is_line = LOWEST * height <= high <= HIGHEST * height and wide >= NARROWEST * height
        bands += [band] if is_line and THINNEST < density < DENSEST else []
    return bands if len(bands) <= MOST else []


def cut(image: Image.Image, band: Band) -> Image.Image:
    """The picture of a band with room around it."""
    room = round(MARGIN * (band.bottom - band.top))
    box = (
        max(band.left - 2 * room, 0),
        max(band.top - room, 0),
        min(band.right + 2 * room, image.width),
        min(band.bottom + room, image.height),
    )
    paper = Image.new("L", (box[2] - box[0] + 4 * room, box[3] - box[1] + 2 * room), 255)
    paper.paste(image.crop(box), (2 * room, room))
    return paper


def _bands(free: Any, height: float) -> list[Band]:
    rows = np.concatenate([[False], free.sum(axis=1) > 0.1 * height, [False]])
    edges = np.flatnonzero(np.diff(rows.astype(np.int8)))
    joined: list[list[int]] = []
    for top, bottom in zip(edges[::2], edges[1::2], strict=True):
        if joined and top - joined[-1][1] < 0.2 * height:  # marks above and below their letters
            joined[-1][1] = int(bottom)
        else:
            joined.append([int(top), int(bottom)])
    bands = []
    for top, bottom in joined:
        columns = np.flatnonzero(free[top:bottom].any(axis=0))
        if len(columns):
            bands.append(Band(int(columns[0]), top, int(columns[-1]) + 1, bottom))
    return bands
