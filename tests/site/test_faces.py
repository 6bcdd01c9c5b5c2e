"""The faces that pages load: cut down, they set Khmer as the whole face does."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
import uharfbuzz
from django.conf import settings
from fontTools.ttLib import TTFont

from lawcompare.site.management.commands.build_fonts import FACES, build, lower_triisap

CLUSTER = re.compile(r"[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b6-\u17d1\u17dd\u200c\u200d])*")
# Subscripts on both sides of a letter, two of them, vowels around, shifters that go below, rare letters.
HARD = "ស្ត្រី អ៊ីន ស៊ើប ហ៊ឺ ប៉ី ញ្ញុំ ញ៉ាំ ន្ធ័ ក្បួ គ្រឿ ប្រៀ ម៉្យា កន្ត្រៃ ឱ្យ ឲ្យ ឪ ឫ ឭ ឡើ ប្ដឹ ណ្ឌី ទ្ធិ ក៏ រ៍ ៊ី ឆ្នាំ្រ ២៨ ០១៣៤៥៦៧៩"
MOUL = next(face for face in FACES if face.name == "moul")


class Shaper:
    """Sets words in a face as browsers do: with HarfBuzz."""

    def __init__(self, face: TTFont) -> None:
        face.flavor = None
        data = BytesIO()
        face.save(data)
        self.font = uharfbuzz.Font(uharfbuzz.Face(data.getvalue()))

    def shape(self, words: str) -> uharfbuzz.Buffer:
        buffer = uharfbuzz.Buffer()
        buffer.add_str(words)
        buffer.guess_segment_properties()
        uharfbuzz.shape(self.font, buffer)
        return buffer

    def glyphs(self, words: str) -> list[int]:
        """The numbers of the face's glyphs; 0 is that of a sign which it has not."""
        return [info.codepoint for info in self.shape(words).glyph_infos]

    def drawn(self, words: str) -> list[tuple[object, ...]]:
        """What is drawn for each glyph, and where; the same for two faces that number their glyphs differently."""
        shaped = self.shape(words)
        return [
            (self.font.get_glyph_extents(info.codepoint), at.x_advance, at.x_offset, at.y_offset)
            for info, at in zip(shaped.glyph_infos, shaped.glyph_positions, strict=True)
        ]


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("faces") / "moul.woff2"
    build(MOUL, target)
    return target


@pytest.fixture(scope="module")
def cut(file) -> Shaper:
    return Shaper(TTFont(file))


@pytest.fixture(scope="module")
def whole() -> Shaper:
    face = TTFont(MOUL.source)
    lower_triisap(face)
    return Shaper(face)


def clusters_of_the_site() -> set[str]:
    """Every cluster of the interface and of the demonstration's texts in Khmer."""
    paths = [settings.BASE_DIR / "locale/km/LC_MESSAGES/django.po", *settings.BASE_DIR.glob("fixtures/**/*km*")]
    return {cluster for path in paths if path.is_file() for cluster in CLUSTER.findall(path.read_text("utf-8"))}


def test_headings_are_set_as_the_whole_face_sets_them(cut, whole):
    clusters = clusters_of_the_site()
    assert len(clusters) > 500
    assert [words for words in [*sorted(clusters), *HARD.split()] if cut.drawn(words) != whole.drawn(words)] == []


def test_no_cluster_of_a_heading_falls_apart(cut):
    (circle,) = cut.glyphs("\u25cc")
    assert [words for words in clusters_of_the_site() if {0, circle} & set(cut.glyphs(words))] == []
    # What a fault looks like: a vowel alone stands on a dotted circle, and the face has no Latin letters.
    assert circle in cut.glyphs("ី")
    assert cut.glyphs("A") == [0]


@pytest.mark.parametrize("words", ["អ៊ី", "អ៊ិ", "អ៊ឹ", "អ៊ឺ", "អ៊ើ", "ស៊ី", "ហ៊ី"])
def test_the_sign_triisap_goes_below_where_a_vowel_stands_above(cut, words):
    assert cut.glyphs("កុ")[1] in cut.glyphs(words)
    assert cut.glyphs("ក៊")[1] not in cut.glyphs(words)


def test_the_file_is_small_and_says_whose_it_is(file):
    assert file.stat().st_size < 20 * 1024
    names = TTFont(file)["name"]
    assert "The Moul Project Authors" in names.getDebugName(0)
    assert names.getDebugName(14) == "https://scripts.sil.org/OFL"
