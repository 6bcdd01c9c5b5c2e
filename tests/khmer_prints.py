"""A Khmer law printed as people hold it: typed in Limon, and as a scan of a print in a Unicode face."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import fontpkg_noto_sans_khmer
import numpy as np
import regex
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from lawcompare.engine.reading.legacy_fonts import COENG, table_of
from lawcompare.engine.text.words import words
from tests.engine.test_read_pdf import Print

FOLDER = Path(__file__).parent / "data" / "slips"
FACE = next(Path(fontpkg_noto_sans_khmer.__file__).parent.rglob("*.ttf"))
DPI = 200
SHEET = round(8.27 * DPI), round(11.69 * DPI)
CLUSTER = regex.compile(rf"[\u1780-\u17b3](?:{COENG}[\u1780-\u17b3]|[\u17b6-\u17d1\u17dd])*|.", regex.DOTALL)
# Vowels that are typed before and behind the consonant.
HALVES = {"ោ": "ា", "ៅ": "ៅ", "ឿ": "ឿ", "ៀ": "ៀ", "ើ": "ី"}


def law() -> str:
    return (FOLDER / "law.txt").read_text("utf-8")


def changes() -> dict[int, tuple[str, str]]:
    """By number of the article, the words before and after."""
    table = tomllib.loads((FOLDER / "changes.toml").read_text("utf-8"))
    return {int(number): (old, new) for number, (old, new) in table.items()}


def changed_law() -> str:
    text = law()
    for old, new in changes().values():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def in_limon(text: str) -> str:
    """The keys that show a text in a Limon face; the table of the reader, turned round, with the first key of each."""
    table = table_of("LimonS1")
    assert table is not None
    keys: dict[str, str] = {"ៈ": table.colon, "៖": table.colon, "ញ": "j"}
    for kind in (table.before, table.letters, table.after, table.signs):
        for key, shown in kind.items():
            keys.setdefault(shown, key)
    typed = ""
    for cluster in CLUSTER.findall(text):
        units = regex.findall(rf"{COENG}.|.", cluster)
        split = [half for unit in units for half in (("េ", HALVES[unit]) if unit in HALVES else (unit,))]
        first = [unit for unit in split if keys.get(unit) in table.before]
        rest = [unit for unit in split if keys.get(unit) not in table.before]
        typed += "".join(keys.get(unit, unit) for unit in (*first, *rest))
    return typed


def limon_pdf(text: str) -> bytes:
    """A PDF typed in Limon, a line of the text in lines of the page."""
    printed = Print(fonts={"plain": "LimonS1"})
    height = 760.0
    for line in text.splitlines():
        for piece in _wrapped(line, 62):
            if height < 60:
                printed.pages.append([])
                height = 760.0
            printed.put(60, height, in_limon(piece), 11)
            height -= 18
    return printed.data()


def scan(text: str, face: Path = FACE) -> bytes:
    """A print of the text, scanned at 200 dpi."""
    font = ImageFont.truetype(str(face), round(13 * DPI / 72))
    pages: list[Image.Image] = []
    height = SHEET[1]
    for line in text.splitlines():
        for piece in _wrapped(line, 66):
            if height > SHEET[1] - 220:
                pages.append(Image.new("L", SHEET, 255))
                height = 180
            ImageDraw.Draw(pages[-1]).text((170, height), piece, font=font, fill=0)
            height += 72
    return scanned(pages)


def scanned(pages: list[Image.Image]) -> bytes:
    """Pages in grey as a scanner gives them: a little crooked, soft, and in black and white."""
    chance = np.random.default_rng(7)
    scans = []
    for at, page in enumerate(pages):
        soft = page.rotate(0.3 - 0.2 * (at % 4), Image.Resampling.BICUBIC, fillcolor=255)
        grey = np.asarray(soft.filter(ImageFilter.GaussianBlur(0.8)), dtype=float)
        grey += chance.normal(0, 28, grey.shape)
        scans.append(Image.fromarray(np.where(grey > 150, 255, 0).astype("uint8")))
    file = io.BytesIO()
    scans[0].save(file, "PDF", resolution=DPI, save_all=True, append_images=scans[1:])
    return file.getvalue()


def _wrapped(line: str, most: int) -> list[str]:
    """A line in pieces of about so many letters, cut between words; marks above and below count as half."""
    pieces, width = [""], 0.0
    for word in words(line, "km"):
        broad = sum(0.4 if "\u17b6" <= sign <= "\u17d3" else 1.0 for sign in word)
        if width + broad > most and pieces[-1]:
            pieces.append("")
            width = 0.0
        pieces[-1] += word
        width += broad
    return [piece.strip() for piece in pieces]
