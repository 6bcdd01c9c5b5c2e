"""Pages that are pictures: made here with a Khmer face, scanned, turned, photographed, and read again."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import fontpkg_noto_sans_khmer
import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from rapidfuzz import fuzz

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import ocr, read
from lawcompare.engine.reading.ocr import pages as page_images
from lawcompare.engine.reading.ocr import tesseract
from lawcompare.engine.reading.ocr.headings import repair_headings
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from tests.conftest import ROOT, require
from tests.engine.test_read_pdf import Print
from tests.recognisers import bars

FONT = next(Path(fontpkg_noto_sans_khmer.__file__).parent.rglob("*.ttf"))
LAW = (
    "មាត្រា ១.- គោលបំណង",
    "ច្បាប់នេះមានគោលបំណងការពារប្រព័ន្ធកុំព្យូទ័រ។",
    "មាត្រា ២.- ទោស",
    "ជនណាដែលប្រព្រឹត្តបទល្មើស ត្រូវផ្តន្ទាទោសដាក់ពន្ធនាគារ។",
)


@pytest.fixture
def needs_tesseract():
    try:
        tesseract.TesseractRecogniser()
    except ReadingError as reason:
        require("ocr", str(reason))


def page(lines: tuple[str, ...] = LAW, size: tuple[int, int] = (1500, 900)) -> Image.Image:
    picture = Image.new("L", size, 255)
    font = ImageFont.truetype(str(FONT), 44)
    for at, line in enumerate(lines):
        ImageDraw.Draw(picture).text((110, 120 + 110 * at), line, font=font, fill=0)
    return picture


def as_file(picture: Image.Image, form: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


@pytest.fixture
def fixed(monkeypatch):
    monkeypatch.setenv(ocr.VARIABLE, "tests.recognisers:Fixed")


def test_another_recogniser_is_put_in_by_a_setting(fixed):
    document = read(as_file(bars(4)), filename="scan.png")
    assert [(clause.num, clause.heading, clause.text) for clause in document.clauses] == [
        ("Article 1", "Aim", "This law has an aim."),
        ("Article 3", "Aim", "This law has an aim."),
    ]
    assert document.clauses[0].attributes == {
        "origin": "recognised",
        "confidence": document.clauses[0].attributes["confidence"],
    }
    doubts = [warning for warning in document.warnings if warning.kind == "doubtful-words"]
    assert [(doubt.line, doubt.subject) for doubt in doubts] == [(2, "aim."), (4, "aim.")]
    assert warning_message(ENGLISH, doubts[0]) == "words that were not recognised surely: aim. (page 1)"


def test_a_recogniser_that_is_not_there_is_one_sentence(monkeypatch):
    monkeypatch.setenv(ocr.VARIABLE, "nowhere.at_all:Model")
    with pytest.raises(ReadingError, match=r"the recogniser nowhere\.at_all:Model cannot be loaded"):
        read(as_file(bars(2)))


def test_without_tesseract_it_is_said_what_to_install(monkeypatch, tmp_path):
    monkeypatch.delenv(ocr.VARIABLE, raising=False)
    monkeypatch.setattr(tesseract, "MODELS", (str(tmp_path),))
    monkeypatch.delenv("TESSDATA_PREFIX", raising=False)
    ocr._made.cache_clear()
    for data in (as_file(bars(2)), as_file(bars(2), "PDF")):
        with pytest.raises(ReadingError, match="install tesseract-ocr, tesseract-ocr-khm and tesseract-ocr-eng"):
            read(data)


def test_what_another_program_made_of_a_scan_is_not_believed(fixed):
    garbage = "tntrDnri stJJaf ICns lWs the tuQ rtrjcw trtrjnF mLJf wuuJ jLuLflsiwsB of ucuutc JEjUIt cniJt"
    scan = pypdfium2.PdfDocument(as_file(bars(2), "PDF", resolution=200))
    for text, origin in (
        (garbage, "recognised"),
        ("The law of the land is that it shall be read by all and is to be kept", None),
    ):
        printed = Print()
        for at in range(12):
            printed.put(20, 700 - 40 * at, f"Article {at + 1}. {text}", 5)
        picture = scan[0].render(scale=1).to_pil().resize((1200, 1500))
        assert read(laid_over(printed.data(), picture)).meta.get("text") == origin


def laid_over(layer: bytes, picture: Image.Image, *places: tuple[int, int, int, int]) -> bytes:
    """The PDF with a picture on its first page: at each ``left, bottom, width, height`` in points, or on all of it."""
    document = pypdfium2.PdfDocument(layer)
    page = document[0]
    for left, bottom, width, height in places or [(0, 0, 612, 792)]:
        image = pypdfium2.PdfImage.new(document)
        image.set_bitmap(pypdfium2.PdfBitmap.from_pil(picture.convert("RGB")))
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height).translate(left, bottom))
        page.insert_obj(image)
    page.gen_content()
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


PROVISIONS = (
    "Article 1. Aim of the law",
    "This law protects what people say to each other over any network.",
    "Article 2. Who it is for",
    "It holds for every person who runs a system in the kingdom or abroad.",
    "Article 3. Penalty for opening letters",
    "Who opens a message of another pays a fine of one million riel.",
)
CHANGED = (*PROVISIONS[:5], "Police may read all messages whenever they wish, without any warrant.")


@pytest.mark.ocr
def test_words_that_are_not_those_of_the_picture_are_told(subtests, needs_tesseract):
    for shown, warned in [
        (PROVISIONS, []),
        (CHANGED, [("words-and-picture-disagree", 6)]),
        ((), [("words-not-shown", 1)]),
    ]:
        with subtests.test(shown=shown):
            printed = Print()
            for at in range(6):
                printed.put(60, 720 - 40 * at, PROVISIONS[at], 12)
            for at in range(8):  # more than a line above a picture
                printed.put(
                    60, 440 - 40 * at, f"{at}) what a minister signs is printed in the gazette of the kingdom", 12
                )
            picture = Image.new("L", (2550, 3300), 255)
            font = ImageFont.load_default(50)
            gazette = [f"{at}) what a minister signs is printed in the gazette of the kingdom" for at in range(8)]
            for at, line in enumerate((*shown, *gazette) if shown else ()):
                height = 720 - 40 * at if at < 6 else 440 - 40 * (at - 6)
                ImageDraw.Draw(picture).text((250, round((792 - height - 12) * 3300 / 792)), line, font=font, fill=0)
            document = read(laid_over(printed.data(), picture))
            assert document.meta.get("text") is None and document.clauses[2].text == PROVISIONS[5]
            kinds = {"words-and-picture-disagree", "words-not-shown"}
            warnings = [warning for warning in document.warnings if warning.kind in kinds]
            assert [(warning.kind, warning.line) for warning in warnings] == warned
            if shown is CHANGED:
                message = warning_message(ENGLISH, warnings[0])
                assert (
                    "the words are “Who opens a message" in message and "the picture shows “Police may read" in message
                )


def test_several_pictures_are_one_text_in_the_order_of_their_names(fixed):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("0002.jpg", as_file(bars(6), "JPEG"))
        archive.writestr("0001.png", as_file(bars(2)))
    document = read(file.getvalue(), filename="import.pages")
    assert document.meta["pages"] == 2 and document.meta["format"] == "image"
    assert [clause.line for clause in document.clauses if clause.num == "Article 1"] == [1, 3]


def test_pages_of_a_tiff_are_read_in_order(fixed):
    data = as_file(bars(2), "TIFF", save_all=True, append_images=[bars(4)])
    assert read(data, filename="scan.tiff").meta["pages"] == 2


def test_a_page_that_is_a_picture_is_read_beside_pages_of_text(fixed):
    scan = as_file(bars(2), "PDF", resolution=200)
    assert [clause.num for clause in read(scan).clauses] == ["Article 1"]


def test_what_is_no_page_is_one_sentence(subtests, fixed):
    for data, sentence in [
        (b"\xff\xd8\xff\xe0 broken", "picture is broken"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "picture is broken"),
        (as_file(Image.new("L", (900, 900), 255)), "no text could be read in the picture"),
    ]:
        with subtests.test(data=data):
            with pytest.raises(ReadingError, match=sentence) as refusal:
                read(data)
            assert "\n" not in str(refusal.value)


def test_a_picture_that_would_burst_is_refused_unopened(fixed):
    data = bytearray(as_file(Image.new("1", (64, 64), 1)))
    data[16:24] = (20_000).to_bytes(4, "big") * 2  # what the header says of width and height
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    with pytest.raises(ReadingError, match="more than 80 million pixels"):
        read(bytes(data))


def many(count: int) -> bytes:
    sheets = []
    for number in range(count):
        sheet = Image.new("1", (300, 400), 1)
        for at in range(2):  # at another height of each page, since what always stands at one is a running head
            top = 40 + (7 * number) % 280 + 25 * at
            ImageDraw.Draw(sheet).rectangle((20, top, 160, top + 10), fill=0)
        sheets.append(sheet)
    return as_file(sheets[0], "TIFF", save_all=True, append_images=sheets[1:], compression="group4")


@pytest.mark.verify
def test_three_hundred_pages_are_read_and_no_more(fixed, monkeypatch):
    monkeypatch.setattr(page_images, "skew", lambda image: 0.0)
    document = read(many(300))
    assert document.meta["pages"] == 300
    assert sum(clause.num == "Article 1" for clause in document.clauses) == 300
    with pytest.raises(ReadingError, match=r"^the file has 301 pictures, more than the limit of 300$"):
        read(many(301))


def test_a_crooked_page_is_straightened_and_a_book_cut_in_two():
    crooked = page().rotate(2.0, fillcolor=255)
    assert abs(page_images.skew(crooked) + 2.0) < 0.3 and abs(page_images.skew(page())) < 0.2
    book = Image.new("L", (3100, 1500), 255)
    book.paste(page(), (0, 100))
    book.paste(page(), (1600, 100))
    assert len(page_images.halves(book)) == 2 and len(page_images.halves(page())) == 1


def test_paper_in_shadow_becomes_white():
    shadow = np.linspace(90, 250, 1500)[None, :].repeat(900, axis=0)
    photograph = Image.fromarray((np.asarray(page()) / 255 * shadow).astype(np.uint8))
    even = np.asarray(page_images.evenly_lit(photograph))
    assert np.median(even) > 240 and (even < 100).mean() > 0.005


def test_slips_in_headings_are_repaired_where_the_numbers_prove_it():
    lines = ["មាត្រា ១.-", "បាត្រា ២.-", "ច្បាប់នេះ", "មាគ្រា ៣,-", "បាត្រា ៤.-", "បាត្រា ៤..", "មាត្រា 6.-", "មាត្រា ៧.-"]
    repaired, repairs, _ = repair_headings(lines, [()] * len(lines))
    assert repaired == [*(f"មាត្រា {digit}.-" for digit in "១២"), "ច្បាប់នេះ", *(f"មាត្រា {digit}.-" for digit in "៣៤៥៦៧")]
    assert [repair.line for repair in repairs] == [1, 3, 4, 5, 6]


def test_a_sign_between_a_number_in_words_and_its_colon_is_taken_out():
    lines = ["មាត្រាមួយ : ច្បាប់", "មាត្រាពីរ : ច្បាប់", "មាត្រាបី= : ច្បាប់ = នេះ", "មាត្រាបួន : ច្បាប់"]
    repaired, repairs, headings = repair_headings(lines, [()] * len(lines))
    assert repaired == [*lines[:2], "មាត្រាបី : ច្បាប់ = នេះ", lines[3]]
    assert [repair.line for repair in repairs] == [2] and headings == {0, 1, 2, 3}


def test_a_gap_of_the_paper_is_told_and_not_filled():
    lines = ["មាត្រា ១.-", "មាត្រា ២.-", "មាត្រា ៣.-", "មាត្រា ៤.-", "មាត្រា ៦.-", "មាត្រា ៧.-"]
    repaired, repairs, _ = repair_headings(lines, [()] * len(lines))
    assert repaired == lines and not repairs


def test_a_reference_at_the_beginning_of_a_line_stays():
    lines = ["មាត្រា ៥.-", "មាត្រា ៦ នៃច្បាប់នេះ ត្រូវអនុវត្ត", "មាត្រា ៦.-"]
    repaired, repairs, _ = repair_headings(lines, [()] * 3)
    assert repaired == lines and not repairs


def test_the_sole_article_and_new_ones_are_known():
    repaired, _, _ = repair_headings(["បាត្រាវតមួយ ៈ", "មាត្រា២៦ខ្ទី ..-"], [(), ()])
    assert repaired == ["មាត្រា តែមួយ.-", "មាត្រា ២៦ ថ្មី.-"]


def test_a_heading_read_right_by_another_look_alone_is_told_too():
    lines = ["មាត្រា ១.-", "បាត្រា ២.-", "មាត្រា ៣.-"]
    _, repairs, headings = repair_headings(lines, [(), ("បាត្រា ២.-", "មាត្រា ២.-"), ()])
    assert [repair.line for repair in repairs] == [1] and headings == {0, 1, 2}
    centred = ["មាត្រា ១", "បាត្រា ២", "មាត្រា ៣", "ផ្លែកទី ៤", "ផ្លែកទី ៥"]
    looks = [(), ("មាត្រា ២",), (), ("ផ្នែកទី ៤",), ("ផ្លែកទី ៥.-",)]
    repaired, repairs, _headings = repair_headings(centred, looks)
    assert repaired == ["មាត្រា ១", "មាត្រា ២.-", "មាត្រា ៣", "ផ្នែកទី ៤", "ផ្នែកទី ៥"]
    assert [repair.line for repair in repairs] == [1, 3, 4]


@pytest.mark.ocr
def test_a_scanned_khmer_page_is_read(needs_tesseract):
    document = read(as_file(page(), "PDF", resolution=200))
    assert [clause.num for clause in document.clauses] == ["មាត្រា ១", "មាត្រា ២"]
    assert document.language == "km" and document.meta["text"] == "recognised"
    assert fuzz.ratio(document.clauses[0].heading + document.clauses[0].text, LAW[0][12:] + LAW[1]) > 88
    assert document.clauses[0].attributes["origin"] == "recognised"


IN_THE_BOX = """
import sys
from PIL import Image
from lawcompare.engine.reading import read
from lawcompare.engine.sandbox.box import enter
enter(2048, 60)
print([clause.num for clause in read(sys.stdin.buffer.read(), format="image").clauses])
"""


@pytest.mark.ocr
def test_a_stained_page_is_read_inside_the_box(needs_tesseract):
    """Tesseract has something to say of stains, and wrote it to a file that the box did not let it open: it crashed."""
    stained = page()
    for at in range(400):
        left, top = 37 * at % 1400, 101 * at % 850
        ImageDraw.Draw(stained).ellipse((left, top, left + 2, top + 2), fill=0)
    done = subprocess.run(
        [sys.executable, "-c", IN_THE_BOX], input=as_file(stained), capture_output=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0 and b"diacritics" in done.stderr, done.stderr.decode()[-500:]
    assert done.stdout.decode() == "['មាត្រា ១', 'មាត្រា ២']\n"


@pytest.mark.ocr
def test_a_page_upside_down_is_turned(needs_tesseract):
    document = read(as_file(page().transpose(Image.Transpose.ROTATE_180), "JPEG"))
    assert [clause.num for clause in document.clauses] == ["មាត្រា ១", "មាត្រា ២"]


def cat() -> Image.Image:
    """Something like a photograph of a cat: soft patches of grey, fur, two eyes and whiskers."""
    fur = Image.effect_noise((400, 300), 60).resize((1600, 1200)).filter(ImageFilter.GaussianBlur(3))
    draw = ImageDraw.Draw(fur)
    draw.ellipse((400, 250, 1200, 1100), fill=120)
    draw.polygon([(480, 380), (560, 120), (700, 300)], fill=110)
    draw.polygon([(1120, 380), (1040, 120), (900, 300)], fill=110)
    for left in (600, 880):
        draw.ellipse((left, 500, left + 120, 600), fill=230)
        draw.ellipse((left + 45, 505, left + 75, 595), fill=10)
    for height in (760, 800, 840):
        draw.line((300, height, 700, 780), fill=240, width=4)
        draw.line((900, 780, 1300, height), fill=240, width=4)
    return fur


def scribble() -> Image.Image:
    """Lines of loops, as a quick hand writes them."""
    paper = Image.new("L", (1600, 1200), 250)
    for line in range(7):
        turns = np.linspace(0, 60, 900)
        across = 120 + 22 * turns + 18 * np.cos(3.1 * turns)
        down = 160 + 140 * line + 30 * np.sin(3.1 * turns) * (1 + 0.5 * np.sin(turns * (1 + line / 7)))
        ImageDraw.Draw(paper).line(list(zip(across, down, strict=True)), fill=60, width=4)
    return paper


@pytest.mark.ocr
def test_what_holds_no_print_is_one_sentence(subtests, needs_tesseract):
    for picture in [cat(), scribble(), Image.effect_noise((200, 200), 90).resize((1600, 1600))]:
        with (
            subtests.test(picture=picture),
            pytest.raises(ReadingError, match=r"^no text could be read in the picture; [^\n]*$|^no article, [^\n]*$"),
        ):
            read(as_file(picture.convert("RGB"), "JPEG"), filename="IMG_0001.jpg")


@pytest.mark.ocr
def test_two_pages_on_one_image_are_read_one_after_the_other(needs_tesseract):
    book = Image.new("L", (3100, 1700), 255)
    book.paste(page(), (0, 200))
    book.paste(page(tuple(line.replace("១", "៣").replace("២", "៤") for line in LAW)), (1600, 200))
    document = read(as_file(book, "JPEG"))
    assert [clause.num for clause in document.clauses] == ["មាត្រា ១", "មាត្រា ២", "មាត្រា ៣", "មាត្រា ៤"]


@pytest.mark.ocr
def test_a_number_under_a_stamp_is_never_filled_in_silence(needs_tesseract):
    lines = tuple(line for at in "១២៣" for line in (f"មាត្រា {at}.-", "ច្បាប់នេះមានគោលបំណងការពារប្រព័ន្ធកុំព្យូទ័រ។"))
    stamped = page(lines, (1500, 1000))
    for inset in range(0, 40, 8):
        ImageDraw.Draw(stamped).ellipse((215 + inset, 330 + inset, 330 - inset, 420 - inset), outline=40, width=6)
    document = read(as_file(stamped))
    numbers = [clause.num for clause in document.clauses if clause.element == "article"]
    assert numbers[0] == "មាត្រា ១" and numbers[-1] == "មាត្រា ៣"
    warnings = {warning.kind for warning in document.warnings}
    assert warnings & ({"heading-repaired"} if "មាត្រា ២" in numbers else {"skipped-number", "doubtful-words"})


def test_a_print_with_an_unknown_font_is_read_off_its_picture(fixed):
    printed = Print(fonts={"plain": "Khek-Basic"})
    for at in range(4):
        printed.put(60, 700 - 60 * at, "maRta 427>- karlukluyeTAkn bTelµIs nigeTas")
    document = read(printed.data())
    assert document.clauses[0].num == "Article 1" and document.meta["text"] == "recognised"
    (notice,) = (warning for warning in document.warnings if warning.kind == "font-read-off-picture")
    assert warning_message(ENGLISH, notice).endswith("read off their pictures: Khek-Basic, page 1")


def pasted(picture: Image.Image, left: int, bottom: int, width: int, height: int) -> bytes:
    """Three typed articles, of which the second has a picture under it or beside it."""
    printed = Print()
    for number, top in ((1, 720), (2, 640), (5, 200)):
        printed.put(60, top, f"Article {number}. Aim of part {number}", 12)
        printed.put(60, top - 18, f"This law protects what people say to each other, in part {number}.", 12)
    return laid_over(printed.data(), picture, (left, bottom, width, height))


SCAN = (
    "Article 3. Penalty for opening letters",
    "Who opens a message of another pays a fine of one million riel.",
    "Article 4. Who may read them",
    "A judge may order that messages are read, by a warrant in writing.",
)


def scan_of(lines: tuple[str, ...]) -> Image.Image:
    picture = Image.new("L", (2000, 1300), 255)
    font = ImageFont.load_default(56)
    for at, line in enumerate(lines):
        ImageDraw.Draw(picture).text((120, 120 + 260 * at), line, font=font, fill=0)
    return picture


@pytest.mark.ocr
def test_a_scan_pasted_into_a_page_of_text_is_read_at_its_place(needs_tesseract):
    document = read(pasted(scan_of(SCAN), 60, 250, 480, 312))
    assert [(clause.num, clause.text) for clause in document.clauses] == [
        ("Article 1", "This law protects what people say to each other, in part 1."),
        ("Article 2", "This law protects what people say to each other, in part 2."),
        ("Article 3", SCAN[1]),
        ("Article 4", SCAN[3]),
        ("Article 5", "This law protects what people say to each other, in part 5."),
    ]
    origins = [clause.attributes["origin"] for clause in document.clauses]
    assert origins == ["text-layer", "text-layer", "recognised", "recognised", "text-layer"]
    assert float(document.clauses[2].attributes["confidence"]) > 0.5
    assert document.meta["text"] == "recognised, text-layer"
    (notice,) = document.warnings
    assert (notice.kind, notice.line, notice.details["page"]) == ("picture-joined", 5, "1")
    assert warning_message(ENGLISH, notice).endswith(f"joined to the text around it: {SCAN[0]} (page 1)")
    # Its lines are lit at their places on the image of the page.
    box = document.boxes[4]
    assert box.image == document.boxes[0].image and 100 < box.left < 200 and 300 < box.top < box.bottom < 360


@pytest.mark.ocr
def test_a_picture_that_is_no_text_is_not_read_as_law(subtests, needs_tesseract):
    for place, kinds in [
        ((60, 480, 80, 80), []),  # a seal
        ((300, 480, 150, 50), []),  # a signature
        ((60, 250, 480, 312), ["picture-unread"]),  # a photograph of a cat
    ]:
        with subtests.test(place=place):
            document = read(pasted(cat(), *place))
            assert [clause.num for clause in document.clauses] == ["Article 1", "Article 2", "Article 5"]
            assert {clause.attributes.get("origin", "text-layer") for clause in document.clauses} == {"text-layer"}
            assert [warning.kind for warning in document.warnings if warning.kind.startswith("picture")] == kinds


def test_a_picture_behind_the_text_of_a_page_is_no_scan(fixed):
    document = read(pasted(bars(6), 40, 400, 530, 380))
    assert [clause.num for clause in document.clauses] == ["Article 1", "Article 2", "Article 5"]
    assert not [warning for warning in document.warnings if warning.kind.startswith("picture")]


def test_strips_of_a_scan_are_one_and_two_scans_are_two(fixed):
    printed = Print()
    printed.put(60, 720, "Article 8. Aim of part 8", 12)
    printed.put(60, 400, "Article 9. Aim of part 9, which is about what people say to each other", 12)
    strip = bars(4).crop((0, 250, 1000, 550))
    law = read(laid_over(printed.data(), strip, (60, 600, 480, 100), (60, 500, 480, 100), (60, 150, 480, 200)))
    assert sum(warning.kind == "picture-joined" for warning in law.warnings) == 2


def test_without_a_recogniser_a_pasted_scan_is_told(monkeypatch):
    monkeypatch.setenv(ocr.VARIABLE, "nowhere.at_all:Model")
    document = read(pasted(scan_of(SCAN), 60, 250, 480, 312))
    assert [clause.num for clause in document.clauses] == ["Article 1", "Article 2", "Article 5"]
    (notice,) = (warning for warning in document.warnings if warning.kind == "picture-unread")
    assert warning_message(ENGLISH, notice) == "a picture on page 1 is not read as text"


def test_without_a_recogniser_a_page_in_an_unknown_font_is_empty_and_told(subtests, monkeypatch):
    for face in ["Khek-Basic", "Courier"]:
        with subtests.test(face=face):
            monkeypatch.setenv(ocr.VARIABLE, "nowhere.at_all:Model")
            printed = Print(fonts={"plain": face, "latin": "Times-Roman"})
            for page_number in range(2):
                printed.pages.append([])
                for at in range(4):
                    article = 4 * page_number + at + 1
                    printed.put(60, 700 - 60 * at, f"Article {article}. Aim", 12, "latin")
                    printed.put(60, 680 - 60 * at, "This law has an aim, and all who read it know it.", 12, "latin")
            printed.pages.append([])
            for at in range(4):
                printed.put(60, 700 - 60 * at, "maRta 427>- karlukluyeTAkn bTelµIs nigeTas")
            document = read(printed.data())
            assert [clause.num for clause in document.clauses] == [f"Article {number}" for number in range(1, 9)]
            assert "karlukluy" not in str(document)
            (notice,) = (warning for warning in document.warnings if warning.kind == "page-without-text")
            assert notice.subject == "1, 4"


def test_a_number_that_every_look_has_read_alike_is_kept_and_another_only_proposed():
    lines = ["មាត្រា ១.-", "មាត្រា ២.-", "មាត្រា ៥.-", "មាត្រា ៤.-", "មាត្រា ៤ (ស្ទួន ១).-", "មាត្រា ៥.-"]
    repaired, repairs, headings = repair_headings(lines, [(line, line) for line in lines])
    assert repaired == lines and headings == set(range(6))
    assert [(each.read, each.repaired, each.is_proposed) for each in repairs] == [("មាត្រា ៥.-", "មាត្រា ៣", True)]
    # Where another look has what the neighbours prove, the line was not legible.
    others = [("មាត្រា ៣.-",) if at == 2 else (line, line) for at, line in enumerate(lines)]
    assert repair_headings(lines, others)[0][2] == "មាត្រា ៣.-"


def test_no_warning_shows_one_reading_twice():
    repaired, repairs, _headings = repair_headings([",មាត្រា១.-", "មាត្រា ២.-"], [(), ()])
    assert repaired[0] == "មាត្រា ១.-" and [each.changes_letters for each in repairs] == [False]
