"""OpenDocument texts and RTF, made here."""

from __future__ import annotations

import io
import zipfile

import pytest

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read

NAMES = (
    " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "text", "table", "style")
    )
    + ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
)


def odt(body, styles="", **parts):
    content = (
        f"<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        for name, words in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), words)
    return data.getvalue()


def test_headings_paragraphs_and_counted_lists_are_read():
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="a" '
        'style:num-prefix="(" style:num-suffix=")"/></text:list-style>'
    )
    body = (
        '<text:h text:outline-level="1">Chapter 1. Scope</text:h><text:h text:outline-level="2">Article 1. Aim</text:h>'
        "<text:p>This law<text:s/>has the aims:</text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>to protect;</text:p></text:list-item>'
        "<text:list-item><text:p>to serve.</text:p></text:list-item></text:list>"
    )
    document = read(odt(body, styles), filename="law.odt")
    assert [(c.eid, c.text) for c in document.clauses] == [
        ("chp_1", ""),
        ("chp_1__art_1", "This law has the aims:"),
        ("chp_1__art_1__point_a", "to protect;"),
        ("chp_1__art_1__point_b", "to serve."),
    ]


def test_the_rows_of_a_table_keep_their_cells():
    rows = [("Port", "Ship", "Fee"), ("North", "(a) Brig", "5"), ("South", "", "9"), ("East", "Sloop", "7")]
    cells = [[f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row] for row in rows]
    table = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in cells)
    document = read(
        odt(f"<text:p>Article 1. Fees</text:p><text:p>They are:</text:p><table:table>{table}</table:table>")
    )
    kept = ["They are:", *("\t".join(cell or "\u00a0" for cell in row) for row in rows)]
    assert [clause.text.split("\n") for clause in document.clauses] == [kept]


def test_contents_notes_and_deleted_text_are_no_law():
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>never</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        "<text:table-of-content><text:index-body><text:p>Article 1. Aim 3</text:p></text:index-body>"
        "</text:table-of-content>"
        "<text:p>Article 1. Aim</text:p><text:p>All of it.<text:note><text:note-body><text:p>A note.</text:p>"
        "</text:note-body></text:note></text:p>"
    )
    document = read(odt(body))
    assert [(c.num, c.heading, c.text) for c in document.clauses] == [("Article 1", "Aim", "All of it.")]
    assert {each.name for each in document.furniture} >= {"table-of-contents", "footnote"}
    assert {warning.kind for warning in document.warnings} >= {"deleted-text", "contents-aside"}


def test_a_locked_or_broken_odt_is_refused_with_a_sentence():
    locked = odt("<text:p>x</text:p>", **{"META-INF__manifest_xml": "<m><encryption-data/></m>"})
    with pytest.raises(ReadingError, match="locked with a password"):
        read(locked, filename="law.odt")
    with pytest.raises(ReadingError, match=r"broken|ZIP"):
        read(odt("<text:p>x</text:p>")[:90], filename="law.odt")
    with pytest.raises(ReadingError, match=r"no law|no article"):
        read(odt("<text:p>Nothing of the kind.</text:p>"))


def test_the_rows_of_a_table_in_rtf_keep_their_cells():
    cells = b"".join(rb"\trowd\cellx9\intbl " + row + rb"\row " for row in (
        rb"Port\cell Ship\cell Fee\cell", rb"North\cell\cell 5\cell", rb"South\cell Brig\cell 9\cell"))  # fmt: skip
    data = rb"{\rtf1\ansi Article 1. Fees\par They are:\par " + cells + rb"\pard They are due.\par a|b|c|\par}"
    document = read(data, filename="law.rtf")
    assert [clause.text for clause in document.clauses] == [
        "They are:\nPort\tShip\tFee\nNorth\t\u00a0\t5\nSouth\tBrig\t9\nThey are due.\na|b|c|"
    ]
    assert document.source[:3] == ("Article 1. Fees", "They are:", "Port\tShip\tFee")


FONTS = (
    rb"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fnil\fcharset0{\*\panose 02}Limon S1;}"
    rb"{\f2\fnil\fcharset222 Limon R1;}{\f3\fnil\fcharset0 ABC-TEXT-05;}{\f4\fnil\fcharset204 Arial CYR;}}"
    rb"{\stylesheet{\s1\f1 Normal;}}"
)


def rtf(body: bytes, default: int = 0) -> bytes:
    return rb"{\rtf1\ansi\ansicpg1252\deff%d" % default + FONTS + body + b"}"


def bytes_of(typed: str) -> bytes:
    return b"".join(rb"\'%02x" % byte if byte > 0x7E else b"%c" % byte for byte in typed.encode("cp1252"))


def test_rtf_is_put_into_unicode_by_the_font_of_each_run():
    lines = []
    for number in (1, 2):
        lines.append(rb"\pard\plain\f2 " + bytes_of(f"maRta {number}>- eKalbMNg") + rb"\par ")
        lines.append(rb"\pard\plain\f1 " + bytes_of("c,ab;enHe") + rb"{\b " + bytes_of("Fµoekat; ") + b"}")
        lines.append(rb"{\f0 HIV/AIDS} {\f3 " + bytes_of("en¼") + rb"}\'2e\par ")
    document = read(rtf(b"".join(lines)), filename="law.rtf")
    assert [(clause.num, clause.heading, clause.text) for clause in document.clauses] == [
        ("មាត្រា ១", "គោលបំណង", "ច្បាប់នេះធ្មៀកោត់ HIV/AIDS នេះ។"),
        ("មាត្រា ២", "គោលបំណង", "ច្បាប់នេះធ្មៀកោត់ HIV/AIDS នេះ។"),
    ]
    assert document.meta["text"] == "converted-font" and not document.warnings
    assert document.source[0] == "មាត្រា ១.- គោលបំណង"


def test_the_font_a_file_begins_with_holds_until_another_is_named():
    document = read(rtf(bytes_of("maRta 1>- eKalbMNg") + rb"\par " + bytes_of("c,ab;enH€ .") + rb"\par", default=1))
    assert (document.clauses[0].num, document.clauses[0].text) == ("មាត្រា ១", "ច្បាប់នេះ€ ។")
    assert [(each.kind, each.line, each.details["font"]) for each in document.warnings] == [
        ("unread-letters", 2, "Limon S1")
    ]


def test_letters_of_rtf_are_those_of_the_charset_of_their_font():
    body = rb"\f0 Article 1. Aim\par All caf\'e9 {\f4 \'ef\'f0} \u8220\'93x\u8221\'94 {\f1 k\u181\'b5}\par"
    document = read(rtf(body), filename="law.rtf")
    assert document.clauses[0].text == "All café пр “x” ក្ម"


def test_keys_that_a_word_processor_took_for_symbols_are_read():
    symbols = b"".join(rb"\u%d ?" % (0xF000 + ord(key) - 0x10000) for key in "c,ab;enH")
    document = read(rtf(rb"\f1 " + bytes_of("maRta 1>- eKalbMNg") + rb"\par " + symbols + rb"\par"))
    assert document.clauses[0].text == "ច្បាប់នេះ"


def test_pictures_in_bytes_and_notes_set_no_font():
    picture = rb"{\pict\wmetafile8\bin9 {\f1}}}}}x}"
    body = rb"\f0 Article 1. Aim\par " + picture + rb"This law {\*\generator \f1 x}{\footnote \f1 kk}has an aim.\par"
    document = read(rtf(body), filename="law.rtf")
    assert document.clauses[0].text == "This law has an aim."


def test_a_broken_or_empty_rtf_is_refused_with_a_sentence(subtests):
    for data in [rb"{\rtf1\ansi Article 1. Aim\par {\b This law", rb"{\rtf1\ansi }"]:
        with subtests.test(data=data), pytest.raises(ReadingError, match="RTF"):
            read(data, filename="law.rtf")
