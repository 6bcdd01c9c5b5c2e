"""build_fonts: make the WOFF2 files that pages load from the faces that packages, and ``site/faces``, hold.

A face is cut down to the signs of its script and to its weights, so that a first visit on a slow phone stays small.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

# English law text: letters, punctuation, §, ¶, quotes, dashes, currency and arrows.
LATIN = (
    "U+0020-007E,U+00A0,U+00A3,U+00A7,U+00A9,U+00AB,U+00B0,U+00B6,U+00B7,U+00BB,U+00C0-00D6,U+00D8-00F6,U+00F8-00FF,"
    "U+0131,U+0152-0153,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+202F,U+2032-2033,"
    "U+20AC,U+2190-2193,U+2212,U+2260"
)
# What stands in italics are a few words of the page and short quotes.
LATIN_ITALIC = "U+0020-007E,U+00A0,U+00A7,U+00B6,U+00E9,U+2010-2015,U+2018-201E,U+2026"
KHMER = "U+1780-17FF,U+19E0-19FF,U+200B-200D,U+25CC"
# A heading has no divination signs or lunar dates: all letters, vowels, marks and digits.
KHMER_HEADINGS = "U+1780-17DD,U+17E0-17E9,U+200B-200D,U+25CC"
# What shaping needs: accents in their places, pairs of letters, and all that Khmer is put together by. Fractions, old
# figures and alternative letters, which no page asks for, stay out.
FEATURES = [
    *("ccmp", "locl", "kern", "liga", "mark", "mkmk"),
    *("abvf", "abvm", "abvs", "blwf", "blwm", "blws", "clig", "dist", "pref", "pres", "pstf", "psts", "rlig"),
]
LATIN_WEIGHTS = {"opsz": 14, "wght": (400, 700)}
# Up to the weight that headings have until their own face has come: half a kilobyte more than up to bold.
KHMER_WEIGHTS = {"wdth": 100, "wght": (400, 900)}
# Faces that no Python package has, as npm's have them (@fontsource/moul 5.3.0), with their licence.
KEPT = Path(__file__).resolve().parents[2] / "faces"


@dataclass(frozen=True)
class Face:
    """``package`` is empty where the file is one of ``KEPT``; ``axes`` are those of a variable face."""

    name: str
    package: str
    file: str
    signs: str
    axes: dict[str, Any]

    @property
    def source(self) -> Path:
        if not self.package:
            return KEPT / self.file
        return Path(importlib.import_module(self.package).__path__[0]) / "files" / self.file


SERIF, SANS_KHMER = "fontpkg_source_serif_4", "fontpkg_noto_sans_khmer"
FACES = [
    Face("source-serif-4", SERIF, "SourceSerif4[opsz,wght].ttf", LATIN, LATIN_WEIGHTS),
    Face(
        "source-serif-4-italic",
        SERIF,
        "SourceSerif4-Italic[opsz,wght].ttf",
        LATIN_ITALIC,
        LATIN_WEIGHTS | {"wght": 400},
    ),
    Face("noto-sans-khmer", SANS_KHMER, "NotoSansKhmer[wdth,wght].ttf", KHMER, KHMER_WEIGHTS),
    Face("moul", "", "moul-khmer-400-normal.woff", KHMER_HEADINGS, {}),
]


class Command(BaseCommand):
    help = "Make the web fonts in DATA_DIR/fonts, where collectstatic finds them. What is there is kept."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--again", action="store_true", help="make them anew")

    def handle(self, *, again: bool, **options: Any) -> None:
        settings.FONT_DIR.mkdir(parents=True, exist_ok=True)
        for face in FACES:
            target = settings.FONT_DIR / f"{face.name}.woff2"
            if again or not target.exists():
                build(face, target)
                self.stdout.write(f"{target.name}: {target.stat().st_size // 1024} KB")


def build(face: Face, target: Path) -> None:
    source = face.source
    if not source.exists():
        raise CommandError(f"{face.package or KEPT} has no file {face.file}; is the pinned release installed?")
    # Signs first, weights second: the other way round the cutter misses glyphs that no longer vary.
    # Of the names those that say whose the face is and under which licence.
    options = subset.Options(flavor="woff2", hinting=False, name_IDs=[0, 1, 2, 13, 14], layout_features=FEATURES)
    font = TTFont(source)
    if face.name == "moul":
        lower_triisap(font)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=subset.parse_unicodes(face.signs.replace("U+", "")))
    cutter.subset(font)
    if face.axes:
        font = instancer.instantiateVariableFont(font, face.axes)
    unfinished = target.with_suffix(".part")
    subset.save_font(font, str(unfinished), options)
    unfinished.replace(target)


def lower_triisap(font: TTFont) -> None:
    """Let Moul set the sign triisap below អ where a vowel stands above, as in អ៊ីនធឺណិត (internet).

    It does so below ស and ហ, and so does the face of the text below all three; left alone, the two lie on each other.
    """
    triisap, sa, a = (font.getBestCmap()[ord(letter)] for letter in "៊សអ")
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for rule in lookup.SubTable:
            if getattr(rule, "Format", 0) != 3 or [one.glyphs for one in rule.InputCoverage] != [[triisap]]:
                continue
            for before in rule.BacktrackCoverage[:1]:
                if sa in before.glyphs:
                    before.glyphs = sorted({*before.glyphs, a}, key=font.getGlyphID)
