"""Khmer that programs print as PDF with its letters: read by these, none lost, doubled or moved."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from html import escape
from importlib import import_module
from pathlib import Path

import docx
import pytest
import typst
from docx.oxml.ns import qn

from lawcompare.engine.document import Clause, Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import pdf
from lawcompare.engine.writing.pdf_letters import read_once
from lawcompare.engine.writing.typeset import FACES
from tests.browser.screenshots import CHROMIUM_ARGS, chromium_path
from tests.conftest import require
from tests.engine.test_read_pdf import Print
from tests.processor_time import at_most
from tests.tools.fit.cases import khmer_penal_law

ARTICLES = 101
WIDE = " \n\u200b"


@pytest.fixture(autouse=True)
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is recognised: only the letters of the file can be read."""
    monkeypatch.setenv("RECOGNISER", "tests.engine.test_read_pdf:Blind")


def letters(words: str) -> str:
    return "".join(letter for letter in words if letter not in WIDE)


def assert_read_whole(document: Document, law: list[Clause]) -> None:
    assert "text" not in document.meta, "a picture was read"
    assert [clause.num for clause in document.clauses if clause.element == "article"] == [unit.num for unit in law]
    read = "".join(f"{clause.num}{clause.heading}{clause.text}" for clause in document.clauses)
    assert letters(read) == letters("".join(f"{unit.num}{unit.heading}{unit.text}" for unit in law))


def set_by_typst(law: list[Clause], tmp_path: Path) -> bytes:
    def par(words: str) -> str:
        return f"#par(text({json.dumps(words, ensure_ascii=False)}))"

    lines = [
        par(f"{unit.num}.- {unit.heading}") + "\n\n" + "\n\n".join(map(par, unit.text.split("\n"))) for unit in law
    ]
    page = tmp_path / "law.typ"
    page.write_text('#set text(font: "Noto Sans Khmer", size: 11pt)\n#set par(justify: true)\n' + "\n\n".join(lines))
    faces = [str(Path(import_module(name).__path__[0]) / "files") for name in FACES]
    written = typst.compile(str(page), font_paths=faces, ignore_system_fonts=True)
    assert isinstance(written, bytes)
    return written


def test_what_typst_prints_and_what_we_print_is_read_by_its_letters(tmp_path, subtests):
    law = khmer_penal_law(7, 12)
    printed = set_by_typst(law, tmp_path)
    for name, data in (("each run bears its cluster", printed), ("each letter once", read_once(printed))):
        with subtests.test(name):
            assert_read_whole(pdf.read(data), law)


def test_what_another_face_lends_to_a_line_is_read_where_it_stands():
    """LibreOffice draws the digit of a heading after the signs behind it."""
    printed = Print()

    def spell(x: float, letters: str) -> None:
        printed.pages[-1].append(f"/Span << /ActualText <FEFF{letters.encode('utf-16-be').hex()}> >> BDC")
        printed.put(x, 700, "x", 10)
        printed.pages[-1].append("EMC")

    spell(60, "មា")
    spell(66, "ត្រា")
    printed.put(78, 700, ".-")
    printed.put(72, 700, "1")
    (clause,) = pdf.read(printed.data()).clauses
    assert clause.num == "មាត្រា1"


def test_a_page_whose_marks_spell_out_a_book_is_refused_and_a_long_line_read_in_time():
    """A mark of a few bytes could else make gigabytes of text."""

    def page_of(marks: int) -> bytes:
        printed = Print()
        for mark in range(marks):
            printed.pages[-1].append(f"/Span << /ActualText <FEFF{'1781' * 16_000}> >> BDC")
            printed.put(60 + 6 * (mark % 70), 700 - mark // 70, "x", 10)
            printed.pages[-1].append("EMC")
        return printed.data()

    with at_most(8):
        assert len(pdf.read(page_of(10)).clauses[0].text) > 100_000
    with at_most(8), pytest.raises(ReadingError, match="more letters than a book"):
        pdf.read(page_of(80))


@pytest.mark.soak
def test_what_libreoffice_prints_is_read_by_its_letters(tmp_path):
    program = shutil.which("soffice")
    if program is None:
        require("office", "LibreOffice is not installed (on Debian: apt-get install libreoffice-writer-nogui)")
    law = khmer_penal_law(8, ARTICLES)
    word = docx.Document()
    for name in ("Normal", "Heading 3"):  # the face of complex scripts too, which python-docx does not set
        word.styles[name].font.name = "Noto Sans Khmer"
        faces = word.styles[name].element.rPr.rFonts
        faces.attrib.pop(qn("w:cstheme"), None)
        faces.set(qn("w:cs"), "Noto Sans Khmer")
    for unit in law:
        word.add_heading(f"{unit.num}.- {unit.heading}", 3)
        for line in unit.text.split("\n"):
            word.add_paragraph(line)
    word.save(str(tmp_path / "law.docx"))
    order = [program, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(tmp_path / "law.docx")]
    subprocess.run(order, check=True, capture_output=True, timeout=120, env=os.environ | {"HOME": str(tmp_path)})
    with at_most(10):
        document = pdf.read((tmp_path / "law.pdf").read_bytes())
    assert_read_whole(document, law)


@pytest.mark.browser
def test_what_a_browser_prints_is_read_by_its_letters(tmp_path):
    path = chromium_path()
    if path is None:
        require("browser", "Chromium is not installed (on Debian: apt-get install chromium)")
    law = khmer_penal_law(8, ARTICLES)
    (face,) = (Path(import_module("fontpkg_noto_sans_khmer").__path__[0]) / "files").glob("*.ttf")
    body = "".join(
        f"<h3>{unit.num}.- {escape(unit.heading)}</h3>"
        + "".join(f"<p>{escape(line)}</p>" for line in unit.text.split("\n"))
        for unit in law
    )
    style = f"@font-face {{ font-family: K; src: url('{face.as_uri()}') }} body {{ font: 12pt K }}"
    page, printed = tmp_path / "law.html", tmp_path / "law.pdf"
    page.write_text(f"<!doctype html><meta charset=utf-8><style>{style}</style>{body}")
    order = [str(path), "--headless", *CHROMIUM_ARGS, "--no-pdf-header-footer", f"--print-to-pdf={printed}", str(page)]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    with at_most(10):
        document = pdf.read(printed.read_bytes())
    assert_read_whole(document, law)
