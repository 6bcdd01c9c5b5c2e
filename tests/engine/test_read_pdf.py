"""Reading PDF. The small files are made here, in a type whose letters are all equally wide; the large one is real."""

from __future__ import annotations

import difflib
import io
import re
import resource
from dataclasses import dataclass, field

import pypdfium2
import pytest
from hypothesis import given

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import pdf
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from tests.conftest import SHARED, needs_shared
from tests.engine.reading_cases import answers_or_refuses, damaged
from tests.processor_time import at_most

TITLE_18 = SHARED / "data" / "us-code-gpo" / "title18-partI-2023ed.pdf"
COPIES = SHARED / "data" / "us-code-markdown"

WIDTH, HEIGHT = 612, 792
FONTS = {"plain": "Courier", "bold": "Courier-Bold"}


@dataclass
class Print:
    """A PDF in the making: text put at places, letters 0.6 of the type size wide."""

    fonts: dict[str, str] = field(default_factory=lambda: dict(FONTS))
    unicode: str = ""  # what the codes from 33 on stand for, where they are no Latin letters
    encrypted: bool = False
    turned: int = 0  # degrees: the text is drawn along the long side and the page turned for reading
    pages: list[list[str]] = field(default_factory=lambda: [[]])

    def put(self, x: float, y: float, text: str, size: float = 10, font: str = "plain") -> None:
        code = (
            text.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)").decode("latin-1")
        )
        self.pages[-1].append(f"BT /{font} {size} Tf {x} {y} Td ({code}) Tj ET")

    def column(self, x: float, y: float, width: float, text: str, size: float = 10, first: float = 0) -> float:
        """A paragraph broken into lines, its words broken by hyphens; returns the height of the next line."""
        room = int((width - first) / (0.6 * size))
        line, left = "", x + first
        for word in text.split():
            while word:
                space = 1 if line else 0
                if len(line) + space + len(word) <= room:
                    line, word = f"{line} {word}" if line else word, ""
                    continue
                part = room - len(line) - space - 1
                if part >= 3 and len(word) - part >= 3 and word.isalpha():
                    line, word = f"{line} {word[:part]}-".lstrip(), word[part:]
                self.put(left, y, line, size)
                line, left, y, room = "", x, y - 1.2 * size, int(width / (0.6 * size))
        self.put(left, y, line, size)
        return y - 1.2 * size

    def data(self) -> bytes:
        objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
        names = []
        for key, font in self.fonts.items():
            extra = "/ToUnicode 4 0 R" if self.unicode else ""
            objects.append(f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding {extra} >>")
            names.append(f"/{key} {len(objects)} 0 R")
            if self.unicode:
                objects.append(stream(character_map(self.unicode)))
        kids = []
        for page in self.pages:
            turn = {
                0: "",
                90: f"0 1 -1 0 {WIDTH} 0 cm",
                180: f"-1 0 0 -1 {WIDTH} {HEIGHT} cm",
                270: f"0 -1 1 0 0 {HEIGHT} cm",
            }
            objects.append(stream("\n".join([turn[self.turned], *page])))
            resources = f"<< /Font << {' '.join(names)} >> >>"
            box = f"[0 0 {WIDTH} {HEIGHT}]"
            content = len(objects)
            objects.append(
                f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Contents {content} 0 R /Resources {resources}"
                f" /Rotate {self.turned} >>"
            )
            kids.append(f"{len(objects)} 0 R")
        objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
        return file_of(objects, self.encrypted)


def stream(text: str) -> str:
    return f"<< /Length {len(text.encode('latin-1'))} >>\nstream\n{text}\nendstream"


def character_map(letters: str) -> str:
    pairs = "\n".join(f"<{33 + at:02x}> <{ord(letter):04x}>" for at, letter in enumerate(letters))
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange\n{len(letters)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap end end"
    )


def file_of(objects: list[str], encrypted: bool) -> bytes:
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    start = out.tell()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -4 >> /ID [<41> <41>]"
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R {lock if encrypted else ''} >>"
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out.write(f"{table}trailer\n{trailer}\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()


class Blind:
    """A recogniser that reads nothing."""

    def recognise(self, _image: object) -> list[object]:
        return []


@pytest.fixture(autouse=True)
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is recognised: neither pages whose text cannot be trusted nor, which takes long, those that can."""
    monkeypatch.setenv("RECOGNISER", "tests.engine.test_read_pdf:Blind")


SENTENCES = [
    "Whoever without right reaches the whole or any part of a network commits an offence and is answerable for it.",
    "Any person who hinders the functioning of a system by sending, damaging or deleting data is punished likewise.",
    "The competent authority notifies every operator within thirty days and publishes the notification in full.",
    "Evidence that was collected without a written order of the judge is returned and is not used in any proceedings.",
]


def two_columns(pages: int = 4) -> tuple[bytes, list[tuple[str, str, list[str]]]]:
    """A gazette in two columns, and its articles as they were before they were set."""
    printed = Print()
    articles = []
    number = 0
    for page in range(1, pages + 1):
        if page > 1:
            printed.pages.append([])
        printed.put(180, 760, "OFFICIAL GAZETTE OF NETWORKS", 9)
        printed.put(290, 30, f"- {page} -", 9)
        for x in (60, 320):
            y = 730.0
            for _ in range(2):
                number += 1
                printed.put(x, y, f"Article {number}. Duty {number}", font="bold")
                texts = [SENTENCES[(number + at) % 4] for at in range(3)]
                y = printed.column(x, y - 16, 232, texts[0], first=12) - 4
                y = printed.column(x, y, 232, f"(1) {texts[1]}", first=12) - 4
                y = printed.column(x, y, 232, f"(2) {texts[2]}", first=12) - 14
                articles.append((f"Article {number}", f"Duty {number}", texts))
    return printed.data(), articles


def test_a_list_begins_below_a_dash_and_what_stands_left_of_it_goes_on_with_its_number():
    printed = Print()
    lines = (
        "Article 1. Council",
        "(1) The Council shall consist of-",
        "(a) the Chair;",
        "(b) two members of the-",
        "House.",
        "(c) the Clerk.",
        "(2) It meets in May.",
    )
    for at, line in enumerate(lines):
        printed.put(60 if line.startswith("(2)") else 72, 700 - 12 * at, line)
    document = pdf.read(printed.data())
    assert [(clause.num, clause.text) for clause in document.clauses[1:]] == [
        ("(1)", "The Council shall consist of-"), ("(a)", "the Chair;"), ("(b)", "two members of the-House."),
        ("(c)", "the Clerk."), ("(2)", "It meets in May."),
    ]  # fmt: skip
    assert not document.warnings


def test_columns_heads_numbers_and_broken_words_are_put_right() -> None:
    data, articles = two_columns()
    document = pdf.read(data)
    lines = []
    for clause in document.clauses:
        if clause.element == "article":
            lines.append((clause.num, clause.heading, [part.text for part in document.subtree(clause.eid)]))
    assert lines == articles
    names = {item.name: item.text for item in document.furniture}
    assert names["running-head"] == "OFFICIAL GAZETTE OF NETWORKS"
    assert names["page-number"] == "- 4 -"
    assert (document.language, document.meta["pages"]) == ("en", 4)
    assert not document.warnings


def test_the_rows_of_a_ruled_table_keep_their_cells(subtests) -> None:
    cells = (("Port", "Ship", "Fee"), ("North", "", "5"), ("South of the", "Brig", "9"))
    edges, levels = (60, 200, 340, 480), (640, 620, 600, 560)
    thin = [f"60 {level} 420 0.7 re f" for level in levels] + [f"{edge} 560 0.7 80 re f" for edge in edges]
    frames = [f"{x} {y} 140 {h} re S" for x in edges[:3] for y, h in ((620, 20), (600, 20), (560, 40))]
    frames.append("20 20 570 750 re S")  # around the page
    rows = "Port\tShip\tFee\nNorth\t\u00a0\t5\nSouth of the docks\tBrig\t9\nThey are due."
    for name, rules in (("rules", thin), ("frames", frames), ("none", [])):
        printed = Print()
        printed.put(60, 700, "Article 1. Fees")
        printed.put(60, 680, "They are:")
        for level, row in zip((628, 608, 588), cells, strict=True):
            for edge, words in zip(edges, row, strict=False):
                printed.put(edge + 4, level, words)
        printed.put(64, 574, "docks")  # the second line of a cell
        printed.put(60, 540, "They are due.")
        printed.pages[-1] += rules
        with subtests.test(name):
            assert pdf.read(printed.data()).clauses[0].text.endswith(rows) == bool(rules)


def test_a_heading_goes_on_in_bold_and_a_word_keeps_its_own_hyphen_at_the_end_of_a_line() -> None:
    printed = Print()
    printed.put(60, 712, "Article 1. Terms that are", font="bold")
    printed.put(60, 700, "used in this law", font="bold")
    for at, line in enumerate(
        ("A well-known sign within a 60-", "day term is well-", "known; the gov-", "ernment is bound.")
    ):
        printed.put(60, 680 - 12 * at, line.ljust(30))
    (article,) = pdf.read(printed.data()).clauses
    assert article.heading == "Terms that are used in this law"
    assert (
        article.text.replace("\n", " ")
        == "A well-known sign within a 60-day term is well-known; the government is bound."
    )


def test_footnotes_leave_a_mark_and_are_furniture() -> None:
    printed = Print()
    printed.put(60, 700, "Article 1. Terms", font="bold")
    printed.put(60, 680, "In this law a network")
    printed.put(60 + 6 * 21, 684, "1", 6)
    printed.put(60 + 6 * 21 + 10, 680, "is any group of computers.")
    printed.put(60, 90, "1", 5)
    printed.put(65, 88, "As in the convention of 2001.", 7)
    document = pdf.read(printed.data())
    assert document.clauses[0].text == "In this law a network[1] is any group of computers."
    assert [(x.name, x.text) for x in document.furniture if x.name == "footnote"] == [
        ("footnote", "1 As in the convention of 2001.")
    ]


def test_flush_text_goes_back_to_the_clause_it_belongs_to() -> None:
    printed = Print()
    printed.put(60, 700, "Article 1. Offences", font="bold")
    y = printed.column(60, 680, 450, f"(1) {SENTENCES[0]} {SENTENCES[1]}", first=12)
    y = printed.column(84, y, 426, f"(a) {SENTENCES[2]}", first=12)
    y = printed.column(84, y, 426, f"(b) {SENTENCES[3]}", first=12)
    y = printed.column(60, y, 450, f"shall be fined. {SENTENCES[0]}")
    printed.column(60, y, 450, f"(2) {SENTENCES[1]}", first=12)
    assert [(c.element, c.num, c.depth) for c in pdf.read(printed.data()).clauses] == [
        ("article", "Article 1", 0), ("paragraph", "(1)", 1), ("point", "(a)", 2), ("point", "(b)", 2),
        ("wrapUp", "", 2), ("paragraph", "(2)", 1),
    ]  # fmt: skip


def test_a_line_repeated_in_the_law_is_no_running_head() -> None:
    printed = Print()
    for number in range(1, 7):
        if number > 1:
            printed.pages.append([])
        y = 740.0 - 7 * number
        printed.put(60, y, f"Article {number}. Duty", font="bold")
        printed.column(60, y - 16, 450, SENTENCES[number % 4])
        printed.put(60, 400 + 5 * number, "The penalty is a fine.")
    document = pdf.read(printed.data())
    assert sum("The penalty is a fine." in clause.text for clause in document.clauses) == 6


def test_articles_that_begin_every_page_at_one_height_are_no_running_heads() -> None:
    printed = Print()
    for number in range(1, 9):
        if number > 1:
            printed.pages.append([])
        printed.put(60, 760, "LAW ON DITCHES")
        printed.put(60, 700, f"Article {number}", font="bold")
        printed.column(60, 660, 450, SENTENCES[number % 4])
    document = pdf.read(printed.data())
    assert [clause.num for clause in document.clauses] == [f"Article {number}" for number in range(1, 9)]
    assert sum(each.name == "running-head" for each in document.furniture) == 8


def test_a_head_that_repeats_the_article_of_its_page_is_no_article() -> None:
    printed = Print()
    for number in range(1, 9):
        if number > 1:
            printed.pages.append([])
        printed.put(60, 760, f"Article {number}")
        printed.put(60, 660 - 3 * number, f"Article {number}. Duty", font="bold")
        printed.column(60, 630 - 3 * number, 450, SENTENCES[number % 4])
    assert [clause.heading for clause in pdf.read(printed.data()).clauses] == ["Duty"] * 8


def test_a_page_of_short_lines_has_no_columns_where_its_few_long_lines_have_a_space() -> None:
    printed = Print()
    lines = [
        ("Article 1", "Lamps"), ("The keeper of each lamp must look at his own lamp each night.", ""),
        ("Article 2", "Oil"), ("A lamp burns oil which the keeper must buy at his own cost.", ""),
        ("Article 3", "Wicks"), ("(a) a wick of wool is a good wick;", "(b) a wick of hemp is better."),
        ("Article 4", "Glass"), ("The glass of each lamp must be kept as clean as can be done.", ""),
    ]  # fmt: skip
    y = 740
    for pair in lines:
        for text in filter(None, pair):
            printed.put(60, y, text)
            y -= 14
    document = pdf.read(printed.data())
    assert [(clause.num, clause.heading) for clause in document.clauses if clause.element == "article"] == [
        ("Article 1", "Lamps"), ("Article 2", "Oil"), ("Article 3", "Wicks"), ("Article 4", "Glass"),
    ]  # fmt: skip


def test_a_last_page_of_short_lines_ends_where_the_other_pages_do() -> None:
    printed = Print()
    y = 740.0
    for number in range(1, 4):
        printed.put(60, y, f"Article {number}")
        y = printed.column(60, y - 14, 450, " ".join(SENTENCES))
    printed.pages.append([])
    for at, text in enumerate(("Article 4", "A lamp has oil.", "Wicks are of wool.", "ANNEX", "A plan of lamps.")):
        printed.put(60, 740 - 14 * at, text)
    clauses = pdf.read(printed.data()).clauses
    assert [clause.text for clause in clauses if clause.num == "Article 4"] == ["A lamp has oil.\nWicks are of wool."]
    assert clauses[-1].element == "schedule"


def test_a_page_is_read_as_it_is_turned(subtests):
    for turned in [0, 90, 180, 270]:
        with subtests.test(turned=turned):
            printed = Print(turned=turned)
            printed.put(60, 560, "Article 1. Duty", font="bold")
            printed.column(60, 540, 480, f"(1) {SENTENCES[0]} {SENTENCES[1]}", first=12)
            printed.put(60, 5000, "Nobody sees this.")
            clauses = pdf.read(printed.data()).clauses
            assert [(clause.num, clause.text) for clause in clauses] == [
                ("Article 1", ""),
                ("(1)", f"{SENTENCES[0]} {SENTENCES[1]}"),
            ]


def unreadable(kind: str) -> bytes:
    words = "មាត្រា១ គោលបំណង នៃច្បាប់នេះ"
    printed = {
        "font": Print(fonts={"plain": "Khek-Basic"}),
        "codes": Print(),
        "torn": Print(unicode=words[::-1]),
        "whole": Print(unicode=words),
    }[kind]
    legacy = "bTelµIsRbqaMg nwgbuKÁl kñúgRKb;krNI bT]RkidæRbl½yBUCsasn_"
    text = legacy if kind in ("font", "codes") else "".join(chr(33 + at) for at in range(len(words)))
    for at in range(12):
        printed.put(60, 700 - 20 * at, text, 12)
    return printed.data()


def test_letters_that_are_not_what_they_show_are_refused_where_nothing_is_recognised(subtests):
    for kind in ["font", "codes", "torn"]:
        expected = pytest.raises(ReadingError, match="none could be recognised in it; give the Word file or the text")
        with subtests.test(kind=kind), expected:
            pdf.read(unreadable(kind))


def test_letters_drawn_as_boxes_are_refused_where_some_are_lost_and_read_where_all_are_there() -> None:
    """Every code shows the same glyph, as in a face that has none of the letters."""
    alike = b"/Encoding << /Differences [33" + b" /zero" * 90 + b"] >>"
    torn, whole = (unreadable(kind).replace(b"/Encoding /WinAnsiEncoding", alike) for kind in ("torn", "whole"))
    with pytest.raises(ReadingError, match="printed as empty boxes on page 1 of the PDF: print it again with a Khmer"):
        pdf.read(torn)
    assert pdf.read(whole).clauses[0].num == "មាត្រា១"


def test_an_empty_file_is_refused_and_an_empty_page_is_doubted() -> None:
    with pytest.raises(ReadingError, match="has no text, and none could be recognised"):
        pdf.read(Print().data())
    data, _ = two_columns(2)
    document = pypdfium2.PdfDocument(data)
    document.new_page(WIDTH, HEIGHT)
    out = io.BytesIO()
    document.save(out)
    assert [warning_message(ENGLISH, warning) for warning in pdf.read(out.getvalue()).warnings] == [
        "no text was found on page 3"
    ]


def test_what_cannot_be_opened_is_refused_in_one_sentence(subtests):
    for data, reason in [
        (b"", "broken"),
        (b"%PDF-1.7\nnothing of the kind", "broken"),
        (two_columns(1)[0][:300], "broken"),
        (two_columns(1)[0].replace(b"/Type /Page ", b"/Type /Leaf "), "page 1 of the PDF is broken"),
        (Print(encrypted=True).data(), "locked with a password"),
    ]:
        with subtests.test(data=data), pytest.raises(ReadingError, match=reason):
            pdf.read(data)


@given(damaged(two_columns(1)[0]))
def test_a_damaged_file_is_read_or_refused(data: bytes) -> None:
    answers_or_refuses(data, "pdf")


# The real one.


def words_of_section(document: Document, number: str) -> list[str]:
    section = next(c for c in document.clauses if c.element == "section" and c.num == f"§ {number}")
    parts = document.subtree(section.eid)
    return re.findall(r"\w+", " ".join(" ".join((part.num, part.heading, part.text)) for part in parts))


def words_of_copy(number: str) -> list[str]:
    """The copy is cut into pieces, each under the headings of title, chapter and section again."""
    text = re.sub(r"<!--.*?-->|^# .*$|^### .*$", "", (COPIES / f"t18-s{number}.md").read_text(), flags=re.M)
    heading = re.search(r"^#### (§.*)$", text, flags=re.M)
    assert heading
    return re.findall(r"\w+", heading[1] + re.sub(r"^#### .*$", "", text, flags=re.M))


def share_in_order(wanted: list[str], given: list[str]) -> float:
    matcher = difflib.SequenceMatcher(None, wanted, given, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(wanted)


@pytest.fixture(scope="module")
def chapters() -> Document:
    """The pages of Title 18 on which the sections stand that are looked at."""
    part, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    part.import_pages(pypdfium2.PdfDocument(TITLE_18.read_bytes()), pages=[*range(301, 319), *range(617, 628)])
    part.save(out)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "note_disagreements", lambda *_: None)  # it has tests of its own, and takes long
        return pdf.read(out.getvalue())


@needs_shared
@pytest.mark.soak
def test_664_pages_are_read_in_two_minutes_and_800_megabytes() -> None:
    with at_most(seconds=120):
        document = pdf.read(TITLE_18.read_bytes())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 800_000
    assert document.title == "TITLE 18—CRIMES AND CRIMINAL PROCEDURE"


@needs_shared
@pytest.mark.parametrize("number", ["1028", "1029", "1030", "2510", "2511"])
def test_a_section_has_the_words_of_its_copy_in_order(chapters: Document, number: str) -> None:
    given, wanted = words_of_section(chapters, number), words_of_copy(number)
    assert share_in_order(wanted, given) >= 0.99
    assert len(given) <= len(wanted) * 1.01  # nothing is in the section but the law
