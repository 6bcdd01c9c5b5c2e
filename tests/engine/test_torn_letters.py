"""PDFs whose Khmer letters come as they were drawn, and partly lost: made here with a face of boxes, and read whole."""

from __future__ import annotations

import io
import re
from itertools import batched

import pypdfium2
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from lawcompare.engine.reading import ocr, read
from lawcompare.engine.reading.legacy_fonts import GLYPHS
from tests.conftest import SHARED
from tests.engine.test_read_pdf import file_of, stream

NUMBERS = {text: number for number, text in sorted(GLYPHS.items(), reverse=True)}
LAW = (
    "មាត្រា ១.- គោលបំណង",
    "ច្បាប់នេះការពារព្រះរាជាណាចក្រ និងស្ត្រីគ្រប់រូប ដែលនៅក្នុងប្រទេស។",
    "មាត្រា ២.- ទោស",
    "ជនណាដែលប្រព្រឹត្តបទល្មើស ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារពី ១ ឆ្នាំ ទៅ ៥ ឆ្នាំ។",
)
CLUSTER = re.compile("([\u1780-\u17b3])((?:\u17d2[\u1780-\u17b3])*)([\u17b6-\u17d1]*)|(.)")
HALVES = {"ោ": ("េ", "ា"), "ើ": ("េ", "ី"), "ៅ": ("េ", "ៅ"), "ឿ": ("េ", "ឿ"), "ៀ": ("េ", "ៀ")}
SIZE = 12


def face() -> bytes:
    """A face with the glyphs of the family by their numbers, each a box where its letter would stand."""
    names = [".notdef", *(f"glyph{number}" for number in range(1, 0x2D8))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({})
    outlines, metrics = {}, {}
    for number, name in enumerate(names):
        text = GLYPHS.get(number, "")
        left, bottom, right, top, width = box(text)
        metrics[name] = width, left
        pen = TTGlyphPen(None)
        if text.strip():
            pen.moveTo((left, bottom))
            for corner in ((left, top), (right, top), (right, bottom)):
                pen.lineTo(corner)
            pen.closePath()
        outlines[name] = pen.glyph()
    builder.setupGlyf(outlines)
    builder.setupHorizontalMetrics(metrics)
    builder.setupHorizontalHeader(ascent=900, descent=-400)
    builder.setupNameTable({"familyName": "Khmer OS", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    return file.getvalue()


def box(text: str) -> tuple[int, int, int, int, int]:
    """Left, bottom, right, top and width of the glyph that shows a text."""
    if not text.strip():
        return 0, 0, 0, 0, 400
    if text[0] == "\u17d2" and text != "\u17d2រ":
        return -450, -300, -200, -100, 0
    if text[0] in "ុូួ":
        return -420, -380, -250, -310, 0
    if text[0] in "ិីឹឺំ់៉៊៍៌៎៏័" and text not in ("ឿ", "ៀ"):
        return -450, 600, -200, 700, 0
    if text[0] in "ាះេែៃឿៀៅ" or text == "\u17d2រ":
        return 50, 0, 250, 500, 300
    return 50, 0, 550, 500, 600


def drawn(line: str) -> list[tuple[int, float]]:
    """Numbers of glyphs and their places, the marks of the line after all its letters."""
    letters: list[tuple[int, float]] = []
    marks: list[tuple[int, float]] = []
    pen = 0.0
    for letter, subscripts, vowels, sign in CLUSTER.findall(line):
        before = [vowels[0]] if vowels[:1] in tuple("េែៃ") else []
        halves = HALVES.get(vowels[:1])
        after = list(vowels[1:]) if before else [halves[1], *vowels[1:]] if halves else list(vowels)
        before += [halves[0]] if halves else []
        subs = re.findall("\u17d2.", subscripts)
        before += [each for each in subs if each == "\u17d2រ"]
        after = [each for each in subs if each != "\u17d2រ"] + after
        base = letter or sign
        if after and after[0] in "ាៅ" and base + after[0] in NUMBERS:
            base += after.pop(0)
        for text in (*before, base, *after):
            number = NUMBERS[text]
            *_, width = box(text)
            (marks if not width else letters).append((number, pen))
            pen += width * SIZE / 1000
    return letters + marks


def torn(lines: tuple[str, ...] = LAW, *, names: dict[int, str] | None = None, font: str = "KhmerOSSiemreap") -> bytes:
    """A PDF of the lines in that face. ``names`` is what its map to Unicode says of glyphs, one letter at most."""
    rows = []
    for at, line in enumerate(lines):
        for number, place in drawn(line):
            rows.append(f"1 0 0 1 {72 + place:.2f} {720 - 40 * at} Tm <{number:04X}> Tj")
    spelled = {number: text[-1] if text[0] == "\u17d2" else text[0] for number, text in GLYPHS.items()}
    spelled |= names or {}
    pairs = [f"<{number:04X}> <{ord(letter):04X}>" for number, letter in spelled.items()]
    maps = "\n".join(f"{len(part)} beginbfchar\n{'\n'.join(part)}\nendbfchar" for part in batched(pairs, 100))
    program = face()
    widths = " ".join(f"{number} [{box(text)[4]}]" for number, text in GLYPHS.items())
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        stream(f"BT /F {SIZE} Tf\n" + "\n".join(rows) + "\nET"),
        f"<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+{font} /Encoding /Identity-H "
        "/DescendantFonts [6 0 R] /ToUnicode 8 0 R >>",
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+{font} /CIDToGIDMap /Identity "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/FontDescriptor 7 0 R /DW 0 /W [{widths}] >>",
        f"<< /Type /FontDescriptor /FontName /ABCDEF+{font} /Flags 4 /FontBBox [-500 -400 800 900] /ItalicAngle 0 "
        "/Ascent 900 /Descent -400 /CapHeight 500 /StemV 80 /FontFile2 9 0 R >>",
        stream(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
            f"1 begincodespacerange <0000> <FFFF> endcodespacerange\n{maps}\nendcmap end end"
        ),
        f"<< /Length {len(program)} /Length1 {len(program)} >>\nstream\n{program.decode('latin-1')}\nendstream",
    ]
    return file_of(objects, encrypted=False)


def test_letters_in_the_order_they_were_drawn_are_put_in_order_by_glyph_and_place():
    plain = pypdfium2.PdfDocument(torn())[0].get_textpage().get_text_range()
    assert "មាត្រា" not in plain  # what the file itself says
    document = read(torn())
    assert document.meta["text"] == "converted-font" and document.language == "km"
    assert [(clause.num, clause.heading) for clause in document.clauses] == [("មាត្រា ១", "គោលបំណង"), ("មាត្រា ២", "ទោស")]
    assert [clause.text.replace(" ", "") for clause in document.clauses] == [LAW[at].replace(" ", "") for at in (1, 3)]
    assert not [warning for warning in document.warnings if warning.kind == "unread-letters"]


def test_a_face_of_that_name_with_other_glyphs_is_read_off_its_picture(monkeypatch):
    monkeypatch.setenv(ocr.VARIABLE, "tests.recognisers:Fixed")
    shuffled = {number: GLYPHS.get(number + 1, "ក")[0] for number in range(0x232, 0x255)}
    document = read(torn(names=shuffled))
    assert document.meta["text"] == "recognised"


@pytest.mark.shared
def test_the_torn_constitution_has_all_its_articles():
    document = read((SHARED / "data" / "intake" / "kh-constitution-2015-na.pdf").read_bytes())
    assert document.meta["text"].startswith("converted-font")
    # The file ends with the laws that amend it, whose articles are counted anew and are not all numbered in digits.
    articles = [clause.num for clause in document.clauses if clause.element == "article"]
    numbers = {int(match[1]) for num in articles if (match := re.fullmatch(r"មាត្រា (\d+)", num))}
    assert set(range(1, 161)) <= numbers
