"""Blocks become the right tree: levels by sequence, headings by form, mentions left in the text."""

from hypothesis import given
from hypothesis import strategies as st

from lawcompare.engine.document import Document
from lawcompare.engine.reading import read
from lawcompare.engine.structure.lists.list_levels import place, read_mark
from lawcompare.engine.structure.outline import Block
from lawcompare.engine.structure.segment import segment
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from tests.engine.reading_cases import check


def eids(*lines: str) -> list[str]:
    return [clause.eid for clause in segment([Block(line, at) for at, line in enumerate(lines, 1)]).clauses]


def depths(*marks: str) -> list[int]:
    return [placed.depth for placed in place([read_mark(f"{mark} words")[0] for mark in marks])]


def messages(*lines: str) -> list[tuple[int, str]]:
    warnings = segment([Block(line, at) for at, line in enumerate(lines, 1)]).warnings
    return [(warning.line, warning_message(ENGLISH, warning)) for warning in warnings]


# Marks in their order, and the level that each is on by the sequence.
LEVELS = {
    "(g) (h) (i) (j)": "0000",
    "(h) (i) (ii) (iii) (i) (j)": "011100",
    "(iv) (v) (vi)": "000",
    "(t) (u) (v) (w) (x) (y)": "000000",
    "(viii) (ix) (x) (xi)": "0000",
    "(a) (b) (c) (d)": "0000",
    "(k) (l) (m) (n)": "0000",
    "(a) (1) (A) (i) (I) (II) (ii) (B) (2) (b)": "0123443210",
    "(G) (H) (I) (J)": "0000",
    "(i) (I) (II) (ii)": "0110",
    "១- ២- ក/ ខ/ ៣-": "00110",
    "1. 1.1 1.2 1.2.1 2.": "01120",
    "(1) (1A) (2) (2bis) (3)": "00000",
    "(y) (z) (aa) (bb) (cc)": "00000",
}


def test_numbers_are_put_on_levels_by_their_sequence():
    assert {marks: "".join(map(str, depths(*marks.split()))) for marks in LEVELS} == LEVELS


# Lines, and the addresses that they get.
ADDRESSES = {
    "§ 1030. Fraud|(a) Whoever—|(5)(A) causes;|(i) one|(I) two|(b) Whoever": (
        "sec_1030 sec_1030__subsec_a sec_1030__subsec_a__para_5 sec_1030__subsec_a__para_5__subpara_A "
        "sec_1030__subsec_a__para_5__subpara_A__cl_i sec_1030__subsec_a__para_5__subpara_A__cl_i__subcl_I "
        "sec_1030__subsec_b"
    ),
    "§ 2510. Definitions|(1) one|(a) two|(2) three": (
        "sec_2510 sec_2510__para_1 sec_2510__para_1__subpara_a sec_2510__para_2"
    ),
    "Article 9. Aim|1. one|(a) two|(i) three|2. four": (
        "art_9 art_9__para_1 art_9__para_1__point_a art_9__para_1__point_a__point_i art_9__para_2"
    ),
    "Article 2. Definitions|In this law:|“notice” means a message;|“body” includes a court.": (
        "art_2 art_2__point_1 art_2__point_2"
    ),
    "Law on Notices|The Assembly, noting the need,|Article 1. Aim|It aims.|Schedule 1|Forms|1. A form.|2. Another.|"
    "Annex B. Maps|A map is shown.": ("preamble art_1 schedule_1 schedule_1__para_1 schedule_1__para_2 schedule_B"),
    "Section 1. Aim|Words.|Part II|2. Duty|Words.|(1) one|3. Another|Words.": (
        "sec_1 part_II part_II__sec_2 part_II__sec_2__para_1 part_II__sec_3"
    ),
    "Article 1 (Aim)|It aims.|Article 2 (Scope)|It applies.": "art_1 art_2",
    "Article 12. A|Article 12A. B|Article 12 bis. C|មាត្រា ៤៣៧ថ្មី.- E": "art_12 art_12A art_12bis art_437new",
    "§ 78dd–1. D": "sec_78dd-1",
    "Article 1. Aim|Title a of it is shown.|Article 2. Scope|It applies.": "art_1 art_2",
    "Article 1. Amendment|In the Code are inserted:|“Article 45. Notices|Article 46. In writing.”|Article 2. Force": (
        "art_1 art_2"
    ),
    "Article 1. Aim|Article 28 of this law applies.|Article 2, too, applies.": "art_1",
    "មាត្រា ១.- ក|មាត្រា ១៨១ (ការផ្សាយ) នៃក្រមនេះ ។|មាត្រា ២ នៃច្បាប់នេះ": "art_1",
}


def test_levels_are_named_by_what_they_stand_in_and_a_mention_is_no_heading():
    assert {lines: " ".join(eids(*lines.split("|"))) for lines in ADDRESSES} == ADDRESSES


def test_sections_hold_articles_in_a_treaty_and_are_held_by_them_in_a_constitution():
    treaty = ("Chapter I", "Section 1 – A", "Article 1 – B", "Section 2 – C", "Article 2 – D", "Chapter II",
              "Section 1 – E", "Article 3 – F")  # fmt: skip
    assert eids(*treaty)[:4] == ["chp_I", "chp_I__dvs_1", "chp_I__dvs_1__art_1", "chp_I__dvs_2"]
    constitution = ("Article I", "Section 1. The", "Section 2. A", "Article II", "Section 1. An")
    assert eids(*constitution) == ["art_I", "art_I__sec_1", "art_I__sec_2", "art_II", "art_II__sec_1"]


def test_the_levels_of_a_khmer_code():
    lines = ("គន្ថីទី ១", "មាតិកាទី ១", "ជំពូកទី ១", "ផ្នែកទី ១", "មាត្រា ១.- ក", "ផ្នែកទី ២", "មាត្រា ២.- ខ", "ជំពូកទី ២",
             "ផ្នែកទី ១", "មាត្រា ៣.- គ", "មាតិកាទី ២", "ជំពូកទី ១", "មាត្រា ៤.- ឃ")  # fmt: skip
    addresses = eids(*lines)
    assert "book_1__title_1__chp_2__dvs_1__art_3" in addresses
    assert addresses[-1] == "book_1__title_2__chp_1__art_4"


# Lines, and the number, the heading and the text of the one article in them.
HEADINGS = {
    "Article 28. Contents|Whoever acts.": ("Article 28", "Contents", "Whoever acts."),
    "Article 28 – Contents|Whoever acts.": ("Article 28", "Contents", "Whoever acts."),
    "Article 28: Contents|Whoever acts.": ("Article 28", "Contents", "Whoever acts."),
    "Article 28|Contents|Whoever acts.": ("Article 28", "Contents", "Whoever acts."),
    "Article 5. Scope. This law applies to all bodies.": ("Article 5", "Scope", "This law applies to all bodies."),
    "Article 3. Everyone has the right to life, and no one may be deprived of it.": (
        *("Article 3", "", "Everyone has the right to life, and no one may be deprived of it."),
    ),
}


def test_headings_stand_on_the_line_of_the_number_or_below_it():
    read_so = {lines: segment([Block(line) for line in lines.split("|")]).clauses[0] for lines in HEADINGS}
    assert {lines: (one.num, one.heading, one.text) for lines, one in read_so.items()} == HEADINGS


def test_excerpts_that_repeat_their_headings_are_one_section():
    chunk = [("Title 18 – Crimes", 1), ("Chapter 47 – Fraud", 2), ("§ 1030. Fraud", 3)]
    blocks = [
        Block(text, level=level)
        for text, level in (*chunk, ("(a) Whoever acts.", 0), *chunk, ("(b) Whoever tries.", 0))
    ]
    document = segment(blocks)
    assert [clause.eid.rpartition("__")[2] for clause in document.clauses] == [
        "title_18",
        "chp_47",
        "sec_1030",
        "subsec_a",
        "subsec_b",
    ]
    assert not document.warnings


# Lines, and the warnings with the line of each.
WARNINGS = {
    "Chapter 1|Article 1. A|W.|Article 2. B|W.|Chapter 2|Article 2. C|W.|Article 3. D|W.": [
        (7, "repeated number: Article 2")
    ],
    "Part A|Rule 1. A|W.|Rule 2. B|W.|Part B|Rule 1. C|W.|Rule 2. D|W.": [],
    "Article 4. A|W.|Article 6. B|W.": [(3, "skipped number: Article 6 comes after Article 4")],
    "Article 1. A|(1) one;|(3) three.": [(3, "skipped number inside Article 1: (3)")],
    "Article 1. A|The court may:|(1) a;|(2) b.|It must not:|(1) c;|(2) d.": [],
    "Article 1. Aim|Article 2. Scope|Words.": [(1, "heading without text: Article 1")],
    "|".join(f"Article {number}. Aim|Words." for number in range(1, 8)) + "|Article 8|It has words and no name.": [
        (15, "text without a heading: Article 8")
    ],
    "§ 2514. Repealed|§ 2515. Aim|Words.": [],
    "Article 4. A|Words.|Article 4. B|Words.|Article 5. C|Words.": [(3, "repeated number: Article 4")],
}


def test_numbers_repeated_or_skipped_and_headings_without_text_are_told_with_their_line():
    assert {lines: messages(*lines.split("|")) for lines in WARNINGS} == WARNINGS


_MARKS = ["a", "b", "c", "i", "ii", "v", "x", "1", "2", "3", "A", "B", "I", "II", "aa"]
_LINE = st.one_of(
    st.builds("Article {}. {}".format, st.integers(1, 40), st.sampled_from(["Aim", "", "Whoever acts is punished."])),
    st.builds("({}) {}".format, st.sampled_from(_MARKS), st.sampled_from(["one;", "two.", "", "Aim.—(1) Words."])),
    st.builds("មាត្រា {}.- {}".format, st.sampled_from(["១", "២", "៣ថ្មី"]), st.sampled_from(["ក", ""])),
    st.builds("{} {}".format, st.sampled_from(["Chapter", "Section", "§", "Title", "Schedule"]), st.integers(1, 5)),
    st.text(max_size=40),
)


@given(st.lists(st.builds(Block, _LINE, st.integers(1, 99), st.integers(0, 3), starts=st.booleans()), max_size=25))
def test_any_blocks_make_a_sound_tree_and_lose_no_character(blocks):
    document = segment(blocks)
    check(Document(document.title, "en", document.clauses))
    words = "".join(clause.num + clause.heading + clause.text for clause in document.clauses)
    words += "".join(furniture.text for furniture in document.furniture)
    assert sorted("".join(words.split())) == sorted("".join("".join(block.plain for block in blocks).split()))
    assert segment(blocks) == document


def test_several_sections_under_one_heading_are_counted_to_the_last():
    lines = ("§ 220. Aim", "W.", "§§ 221, 222. Repealed", "§ 223. End", "W.", "[§ 224. Repealed.]", "§ 225. Last", "W.")
    assert messages(*lines) == []
    assert eids(*lines) == ["sec_220", "sec_221-222", "sec_223", "sec_224", "sec_225"]


def test_numbers_of_two_parts():
    lines = ("Section 1.01 Aim", "Words.", "Section 1.02 Scope", "Words.", "Section 2.01 End", "Words.")
    assert messages(*lines) == []
    assert eids(*lines) == ["sec_1-01", "sec_1-02", "sec_2-01"]


def test_an_amount_at_the_beginning_of_a_line_is_no_number():
    for text in (
        "Article 1. Fine\n\nA fine from\n1.000 riel to 2.000 riel is imposed.\n\nArticle 2. Other\n\nText.\n",
        "មាត្រា ១.- ទោស\nត្រូវពិន័យជាប្រាក់ពី\n១.០០០ (មួយពាន់) រៀល ទៅ ២.០០០ រៀល។\nមាត្រា ២.- ផ្សេង\nពាក្យ។\n",
    ):
        assert [clause.element for clause in read(text.encode(), filename="law.txt").clauses] == ["article"] * 2


def test_a_damaged_paragraph_of_numbers_alone_is_read_at_a_bounded_cost():
    document = read(b"Article 1\n\n" + b"(a)" * 30_000 + b" x\n")
    assert len(document.clauses) < 20
    assert sum(clause.text.count("(a)") + clause.num.count("(a)") for clause in document.clauses) == 30_000


def test_a_heading_keeps_an_initial_and_an_amount_it_begins_with():
    lines = ["SEC. 1. Port.", "The port is open.", "SEC. 2. John F. Harbour Centre for the Sea.", "It is built."]
    lines += ["SEC. 3. 0.5 percent floor on fees.", "No fee is less."]
    long = (
        "Harbour Office technology, examining activities, and other efforts to enhance the security of ships and ports"
    )
    lines += [f"SEC. 4. {long}.", "(a) Ships are examined.", "(b) So are ports."]
    document = segment([Block(line, at) for at, line in enumerate(lines, 1)], "en")
    assert [clause.heading for clause in document.clauses if clause.element == "section"] == [
        "Port", "John F. Harbour Centre for the Sea", "0.5 percent floor on fees", long,
    ]  # fmt: skip
    assert not document.warnings


def test_a_code_that_numbers_every_other_chapter_is_not_warned_of_each():
    def lines(*numbers: int) -> list[str]:
        units = [(f"§ {10 * number + at}. Rule", "Nobody enters.") for number in numbers for at in (1, 2)]
        chapters = [
            (f"CHAPTER {number}—MATTER", *units[2 * at], *units[2 * at + 1]) for at, number in enumerate(numbers)
        ]
        return [line for chapter in chapters for line in chapter]

    assert messages(*lines(1, *range(2, 12), *range(13, 37, 2))) == []
    told = [message for _line, message in messages(*lines(1, 2, 3, *range(5, 30)))]
    assert told == ["skipped number: CHAPTER 5 comes after CHAPTER 3"]
