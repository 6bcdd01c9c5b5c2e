"""Small real law files in every form we read, to be damaged: cut from the shared texts where they are, else ours."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docx
import fontpkg_noto_sans_khmer
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from lawcompare.engine.reading import read
from lawcompare.engine.writing.akn import write
from tests.conftest import ROOT, SHARED
from tests.engine.test_read_pdf import two_columns

DATA = SHARED / "data"
OWN = ROOT / "tests" / "data"
LAWS = ROOT / "fixtures" / "laws"
MAX = 24 * 1024
FACE = next(Path(fontpkg_noto_sans_khmer.__file__).parent.rglob("*.ttf"))

SECTION = b"""<?xml version="1.0" encoding="UTF-8"?>
<uscDoc xmlns="http://xml.house.gov/schemas/uslm/1.0" identifier="/us/usc/t9"><main><title identifier="/us/usc/t9">
<num value="9">Title 9</num><heading>Harbours</heading><section identifier="/us/usc/t9/s1"><num value="1">1.</num>
<heading>Keeping</heading><subsection identifier="/us/usc/t9/s1/a"><num value="a">(a)</num><heading>Rule</heading>
<content>Whoever keeps a boat <ref href="/us/usc/t9/s2">under section 2</ref> pays.</content></subsection>
<subsection identifier="/us/usc/t9/s1/b"><num value="b">(b)</num><chapeau>Nothing is paid for</chapeau>
<paragraph identifier="/us/usc/t9/s1/b/1"><num value="1">(1)</num><content>a raft; or</content></paragraph>
<paragraph identifier="/us/usc/t9/s1/b/2"><num value="2">(2)</num><content>a wreck.</content></paragraph></subsection>
</section></title></main></uscDoc>"""


def seeds(form: str) -> list[bytes]:
    seeds = [data for data in _SEEDS[form]() if data]
    assert seeds, form
    return seeds


def _texts() -> Iterator[bytes]:
    yield from _read(OWN.glob("read-*/*.txt"), DATA.glob("us-code-history/*.txt"))
    for name in (
        "kh-criminal-code/criminal-code-2009-km.unicode.txt",
        "us-code-gpo/title18-selected-sections-2023ed.txt",
    ):
        if (DATA / name).exists():
            lines = (DATA / name).read_text("utf-8").splitlines(keepends=True)
            yield from ("".join(lines[at : at + 150]).encode() for at in range(0, len(lines) - 150, len(lines) // 4))


def _markdown() -> Iterator[bytes]:
    yield from _read(LAWS.glob("*/*.md"), DATA.glob("us-code-markdown/*.md"))


def _html() -> Iterator[bytes]:
    yield from _read(OWN.glob("read-*/*.html"), DATA.glob("udhr/*.html"))
    path = DATA / "us-code-gpo" / "title18-chapter206.html"
    if path.exists():
        yield path.read_bytes()[:MAX]


def _uslm() -> Iterator[bytes]:
    yield SECTION
    yield from _read(DATA.glob("us-bills-uslm2/SC13*.XML"))


def _akn() -> Iterator[bytes]:
    for path in sorted(LAWS.glob("*/*.md"))[:6]:
        yield write(read(path.read_bytes(), filename=path.name), frbr_uri="/akn/kh/act/law", date="2020-01-01")


def _docx() -> Iterator[bytes]:
    for path in sorted(LAWS.glob("*/*.md"))[:6]:
        document = docx.Document()
        for clause in read(path.read_bytes(), filename=path.name).clauses[:60]:
            document.add_paragraph(
                f"{clause.num} {clause.heading}", style="Heading 2" if clause.heading else "List Number"
            )
            document.add_paragraph(clause.text)
        file = io.BytesIO()
        document.save(file)
        yield file.getvalue()


def _pdf() -> Iterator[bytes]:
    """Two pages at a time."""
    for name in ("us-code-gpo/title18-partI-2023ed.pdf", "kh-criminal-code/criminal-code-2009-km.pdf"):
        if (DATA / name).exists():
            whole = pypdfium2.PdfDocument(DATA / name)
            for first in range(40, len(whole) - 2, len(whole) // 4):
                yield _pages(whole, first)
    yield two_columns(2)[0]


def _pages(whole: pypdfium2.PdfDocument, first: int) -> bytes:
    cut = pypdfium2.PdfDocument.new()
    cut.import_pages(whole, [first, first + 1])
    file = io.BytesIO()
    cut.save(file)
    return file.getvalue()


def _picture(form: str, **options: Any) -> bytes:
    """A page of two lines, small enough to be recognised in a second."""
    picture = Image.new("L", (560, 170), 255)
    font = ImageFont.truetype(str(FACE), 24)
    for at, line in enumerate(("មាត្រា ១.- គោលបំណង", "ច្បាប់នេះមានគោលបំណងការពារប្រព័ន្ធកុំព្យូទ័រ។")):
        ImageDraw.Draw(picture).text((30, 30 + 60 * at), line, font=font, fill=0)
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def _jpeg() -> Iterator[bytes]:
    yield _picture("JPEG", quality=60)
    yield _picture("JPEG", quality=60, progressive=True)


def _png() -> Iterator[bytes]:
    yield _picture("PNG")


def _tiff() -> Iterator[bytes]:
    for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        yield _picture("TIFF", compression=compression)


def _all_pictures() -> Iterator[bytes]:
    yield from (*_jpeg(), *_png(), *_tiff())


def _read(*folders: Iterator[Path]) -> Iterator[bytes]:
    paths = sorted(path for paths in folders for path in paths)
    yield from (data for data in (path.read_bytes() for path in paths) if len(data) <= 2 * MAX)


_SEEDS = {
    "text": _texts,
    "markdown": _markdown,
    "html": _html,
    "uslm": _uslm,
    "akn": _akn,
    "docx": _docx,
    "pdf": _pdf,
    "jpeg": _jpeg,
    "png": _png,
    "tiff": _tiff,
    "recognition": _all_pictures,
}
