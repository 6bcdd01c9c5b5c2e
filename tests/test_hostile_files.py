"""Files made to harm whoever opens them: an answer or one sentence, within limits, and this process unharmed."""

from __future__ import annotations

import io
import os
import random
import re
import resource
import socket
import struct
import subprocess
import sys
import threading
import tracemalloc
import zipfile
import zlib

import pytest

from lawcompare.core.jobs.registry import ignore_progress
from lawcompare.engine.document import HIDDEN_CHARACTERS
from lawcompare.engine.errors import EngineError, ReadingError
from lawcompare.engine.reading import read
from lawcompare.engine.wording import ENGLISH
from lawcompare.engine.wording.warnings import warning_message
from lawcompare.laws import services
from lawcompare.laws.services import Import, ImportRefused, read_file
from lawcompare.laws.uploads import sandbox
from lawcompare.laws.uploads.sandbox import read_in_sandbox
from tests.processor_time import at_most
from tests.tools.soak import mutants

MEGABYTE = 1024 * 1024
# Of processor time: the kernel ends a reader after the first, and none takes the second (see processor_time.py).
SECONDS, SECONDS_NEEDED = 20, 10
ARTICLE = "Article 1. Aim\nThis law has an aim.\n"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BODY = f"<w:document {W}><w:body><w:p><w:r><w:t>Article 1. Aim</w:t></w:r></w:p></w:body></w:document>"
ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
AKN = '<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act><body>{}</body></act></akomaNtoso>'
SECTION = '<section eId="sec_1"><num>1</num><heading>Aim</heading><content><p>{}</p></content></section>'


@pytest.fixture(autouse=True)
def limits(settings):
    settings.READER_SANDBOX = True
    settings.READER_MEGABYTES, settings.READER_SECONDS = 1024, SECONDS


def docx(document: str | bytes = BODY, **more: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document)
        for name, data in more.items():
            archive.writestr(name, data)
    return file.getvalue()


def pdf(*objects: bytes) -> bytes:
    """A PDF of the objects, the first being its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    begin = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, begin))


def page(content: bytes, kids: bytes = b"3 0 R") -> bytes:
    packed = zlib.compress(content, 1)
    return pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        b"<< /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


def with_wrong_sizes(data: bytes) -> bytes:
    """The archive, whose header gives its largest part as ten bytes long."""
    file = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = max(archive.infolist(), key=lambda info: info.file_size)
    real = part.file_size.to_bytes(4, "little")
    while (place := bytes(file).find(real)) >= 0:
        file[place : place + 4] = (10).to_bytes(4, "little")
    return bytes(file)


def looped(kind: str) -> bytes:
    """A PDF in which something leads back to itself."""
    good = page(b"BT /F 9 Tf 60 700 Td (Article 1. Aim) Tj 0 -12 Td (This law has an aim.) Tj ET")
    if kind == "drawing":
        form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >> /Length 5 >>"
        return pdf(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 5 0 R"
            b" /Resources << /XObject << /X 4 0 R >> >> >>",
            form + b"\nstream\n/X Do\nendstream",
            b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        )
    if kind == "places":
        return good.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % (good.rindex(b"\nxref") + 1))
    if kind == "length":
        return re.sub(rb"/Length \d+", b"/Length 4 0 R", good)
    headings = b"/Outlines << /First 1 0 R /Next 1 0 R >> /First 1 0 R /Next 1 0 R /StructTreeRoot 1 0 R /K 1 0 R"
    return good.replace(b"/Type /Catalog", b"/Type /Catalog " + headings)


def blank_png(width: int, height: int) -> bytes:
    """A white picture of a bit a pixel, which hardly takes room."""
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    parts = ((b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", zlib.compress(row * height)))
    written = b"\x89PNG\r\n\x1a\n"
    for name, data in (*parts, (b"IEND", b"")):
        written += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return written


def bursting_tiff() -> bytes:
    """A TIFF of a few bytes that says it is sixty thousand pixels wide and high."""
    entries = ((256, 4, 60_000), (257, 4, 60_000), (258, 3, 1), (259, 3, 1), (262, 3, 1), (273, 4, 8), (279, 4, 9))
    table = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(4)


def large_word_file() -> bytes:
    """Fifty megabytes, since what it holds cannot be packed."""
    return docx(**{"word/media/scan.png": random.Random(1).randbytes(49 * MEGABYTE)})


STYLES_IN_A_RING = (
    f'<w:styles {W}><w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="B"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="B"><w:basedOn w:val="A"/><w:link w:val="A"/></w:style></w:styles>'
)


def word_with(beginning: str, **more: str) -> bytes:
    """A Word file whose first paragraph begins so."""
    return docx(BODY.replace("<w:p>", beginning), **more)


# What may come of each: None where it is read, else words of the sentence that refuses it.
HOSTILE = {
    "one byte": ("x.txt", lambda: b"A", "no article"),
    "nothing but zeros": ("x.txt", lambda: bytes(MEGABYTE), "empty|binary|no article|not text"),
    "a zip bomb": ("x.docx", lambda: docx(bytes(600 * MEGABYTE)), "unpack|larger|broken|well formed"),
    "a zip bomb that lies": ("x.docx", lambda: with_wrong_sizes(docx(bytes(400 * MEGABYTE))), "unpack|broken"),
    "a bomb beside the text": ("x.docx", lambda: docx(**{"word/footnotes.xml": bytes(400 * MEGABYTE)}), "unpack"),
    "entities in Word": ("x.docx", lambda: docx(ENTITIES + BODY.replace("Aim", "&j;")), "declares an entity"),
    "entities in AKN": ("x.xml", lambda: (ENTITIES + AKN.format(SECTION.format("&j;"))).encode(), "declares an entity"),
    "entities in HTML": ("x.html", lambda: (ENTITIES + "<html><body><p>Article 1. &j;</p></body></html>").encode(), ""),
    "a file as entity": (
        "x.xml",
        lambda: ('<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/passwd">]>' + AKN.format(SECTION.format("&j;"))).encode(),
        "declares an entity",
    ),
    "deep XML": ("x.xml", lambda: AKN.format("<part>" * 100_000).encode(), "not well formed"),
    "deep HTML": ("x.html", lambda: b"<html><body>" + b"<div>" * 200_000 + b"<p>Article 1. Aim</p>", ""),
    "deep lists": ("x.md", lambda: "".join(f"{' ' * n}- Article {n}\n" for n in range(2000)).encode(), ""),
    "an enormous attribute": ("x.xml", lambda: AKN.format(f'<section eId="{"a" * 20 * MEGABYTE}"/>').encode(), ""),
    "an enormous line": ("x.txt", lambda: ("Article 1. " + "(a) (1) [i] " * 200_000).encode(), ""),
    "a line of digits": ("x.txt", lambda: ("Article " + "1.(" * 200_000).encode(), ""),
    "a page that is its own parent": ("x.pdf", lambda: page(b"BT ET", kids=b"2 0 R"), "page|broken|no text|PDF"),
    "a drawing that draws itself": ("x.pdf", lambda: looped("drawing"), "no text|scan"),
    "a table of places that leads to itself": ("x.pdf", lambda: looped("places"), ""),
    "headings that follow themselves": ("x.pdf", lambda: looped("headings"), None),
    "a length that is itself": ("x.pdf", lambda: looped("length"), ""),
    "styles that rest on each other": (
        "x.docx",
        lambda: word_with('<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr>', **{"word/styles.xml": STYLES_IN_A_RING}),
        None,
    ),
    "deep Word": ("x.docx", lambda: word_with("<w:sdt>" * 50_000 + "<w:p>"), "not well formed|broken"),
    "an enormous attribute in Word": (
        "x.docx", lambda: word_with(f'<w:p w:rsidR="{"a" * 20 * MEGABYTE}">'), ""
    ),
    "an enormous attribute in HTML": (
        "x.html", lambda: f'<html><body><p class="{"a" * 20 * MEGABYTE}">Article 1. Aim</p>'.encode(), ""
    ),
    "a wealth of attributes": (
        "x.html", lambda: f"<p {' '.join(f'a{n}=b' for n in range(200_000))}>Article 1. Aim".encode(), ""
    ),
    "a Word file of fifty megabytes": ("x.docx", large_word_file, None),
    "HTML that is a PDF too": ("x.html", lambda: b"<html>%PDF-1.7\n<p>Article 1. Aim</p>" + page(b"BT ET"), ""),
    "a program that is a ZIP too": ("x.docx", lambda: b"MZ" + bytes(64) + docx(), ""),
    "one byte of a Word file": ("x.docx", lambda: b"P", "does not hold|no Word|not"),
    "one byte of a PDF": ("x.pdf", lambda: b"%", "not|PDF"),
    "one byte of XML": ("x.xml", lambda: b"<", "not well formed|not"),
    "a page of nothing, unpacked": ("x.pdf", lambda: page(b" " * (300 * MEGABYTE)), "no text|scan|memory|broke down"),
    "two hundred thousand words on a page": (
        "x.pdf", lambda: page(b"BT /F 9 Tf 9 700 Td " + b"(Article 1. Aim) Tj 0 0 Td " * 66_000 + b"ET"), ""
    ),
    "a picture of a hundred megapixels": ("x.png", lambda: blank_png(10_000, 10_000), "more than 80 million|Tesseract"),
    "a picture of nothing, as large as may be": ("x.png", lambda: blank_png(8_000, 9_900), "no text could|Tesseract"),
    "a TIFF that bursts": ("x.tif", bursting_tiff, "more than 80 million pixels|Tesseract"),
    "a picture that ends too soon": ("x.png", lambda: blank_png(2_000, 3_000)[:-40], "broken|no text could|Tesseract"),
    "a PDF cut off": ("x.pdf", lambda: page(b"BT ET")[:200], "PDF|broken|page"),
    "a PDF that is a ZIP too": ("x.docx", lambda: b"%PDF-1.7\n" + docx(), "holds a PDF"),
    "a ZIP that is a PDF too": ("x.pdf", lambda: docx() + b"%PDF-1.7\n", "holds a Word file"),
    "a program": ("x.docx", lambda: b"MZ" + bytes(1000), "does not hold|no Word|not"),
    "ten megabytes of words": ("x.txt", lambda: ("word " * 2 * MEGABYTE).encode(), ""),
    "fifty megabytes of words": ("x.txt", lambda: ("word " * 10 * MEGABYTE).encode(), ""),
    "macros": ("x.docx", lambda: docx(**{"word/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 999}), None),
    "paths that climb": ("x.docx", lambda: docx(**{"../../../tmp/climbed": b"x", "/tmp/climbed": b"x"}), None),
}  # fmt: skip


LONG = {"ten megabytes of words", "fifty megabytes of words"}


@pytest.mark.verify
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.soak) if name in LONG else name for name in HOSTILE]
)
def test_a_hostile_file_is_read_or_refused_with_a_sentence(name):
    filename, make, expected = HOSTILE[name]
    data = make()[: 50 * MEGABYTE]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with at_most(SECONDS_NEEDED, of_children=True):
        try:
            outcome = None if read_in_sandbox(data, filename, None, ignore_progress).clauses else "nothing"
        except ReadingError as error:
            outcome = str(error)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 400 * 1024, "the parent grew with the file"
    if expected is None:
        assert outcome is None
    elif outcome is not None:
        assert "\n" not in outcome and "Traceback" not in outcome and len(outcome) < 300
        assert not expected or any(word in outcome for word in expected.split("|")), outcome
    else:
        assert expected == "", f"it was read, though {expected!r} was expected"
    assert not os.path.exists("/tmp/climbed")


class SixtyMegabytes(bytes):
    """A short text that says it is so long."""

    def __len__(self) -> int:
        return 60 * MEGABYTE


def test_the_largest_file_is_one_setting_above_and_below_what_it_is_by_itself(settings):
    settings.READER_SANDBOX = False
    wanted = Import(SixtyMegabytes(ARTICLE.encode()), "x.txt", sandboxed=True)
    with pytest.raises(ImportRefused, match=r"x\.txt is larger .* 50 MB \(the setting IMPORT_BYTES_MAX\)"):
        read_file(wanted)
    settings.IMPORT_BYTES_MAX = 70 * MEGABYTE
    assert read_file(wanted).clauses
    settings.IMPORT_BYTES_MAX = 10 * MEGABYTE
    with pytest.raises(ImportRefused, match="limit of 10 MB"):
        read_file(wanted)
    # What reads, in this process or another, is told of the setting and has no limit of its own.
    settings.IMPORT_BYTES_MAX = 20
    for is_boxed in (False, True):
        settings.READER_SANDBOX = is_boxed
        with pytest.raises(ReadingError, match="more than the limit of 20"):
            read_in_sandbox(ARTICLE.encode(), "x.txt", None, ignore_progress)


@pytest.mark.verify
def test_damaged_files_of_every_form_are_read_or_refused(monkeypatch, capsys):
    """A few of the ten thousand of the soak."""
    monkeypatch.setattr(mutants, "COUNT", 8)
    monkeypatch.setattr(mutants, "RECOGNISED", 2)
    assert mutants.run() == []
    printed = capsys.readouterr().out.splitlines()[1:]
    counts = dict.fromkeys(mutants.FORMS, "8") | {"recognition": "2"}
    assert [tuple(line.split()[:2]) for line in printed] == list(counts.items())


def test_nothing_outside_is_asked_for():
    """Neither a linked picture, nor a template, nor a style sheet, nor a document type."""
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        where = f"http://127.0.0.1:{server.getsockname()[1]}"
        server.settimeout(0.2)
        stop = threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    server.accept()[0].close()
                    asked.append(1)
                except TimeoutError:
                    continue

        listener = threading.Thread(target=listen)
        listener.start()
        link = f'<Relationships><Relationship Id="r1" Target="{where}/t.dotm" TargetMode="External"/></Relationships>'
        files = {
            "x.docx": docx(**{"word/_rels/document.xml.rels": link, "word/_rels/settings.xml.rels": link}),
            "x.html": f'<html><link rel="stylesheet" href="{where}/s.css"><img src="{where}/p"><p>{ARTICLE}'.encode(),
            "x.xml": f'<!DOCTYPE akomaNtoso SYSTEM "{where}/a.dtd">{AKN.format(SECTION.format("x"))}'.encode(),
        }
        for filename, data in files.items():
            assert read_in_sandbox(data, filename, None, ignore_progress).clauses
        stop.set()
        listener.join()
    assert asked == []


def run_as_reader(monkeypatch, program: str) -> None:
    monkeypatch.setattr(sandbox, "READER", [sys.executable, "-c", program])


DELETED = BODY.replace("</w:p>", "<w:del><w:delText>a</w:delText></w:del>" * 60_000 + "</w:p>")
NOTES = f"<w:footnotes {W}>{'<w:footnote><w:t>a</w:t></w:footnote>' * 60_000}</w:footnotes>"


@pytest.mark.parametrize(
    ("data", "filename", "sentence"),
    [
        (docx(DELETED), "x.docx", "more warnings of the reader than the limit of 10000"),
        (docx(**{"word/footnotes.xml": NOTES}), "x.docx", "more notes and page numbers .* than the limit of 1000"),
        (
            "".join(f"Article {n}\na\n" for n in range(1, 10_000)).encode(),
            "x.txt",
            "more clauses than the limit of 1000",
        ),
        (
            (ARTICLE + ("many words " * 20 + "\n") * 12_000).encode(),
            "x.txt",
            "a clause of the text is longer than the limit of 100000",
        ),
        ((ARTICLE + "\n" * 2_000_000).encode(), "x.txt", "more lines than the limit of 2000000"),
    ],
)
def test_what_is_refused_for_its_size_never_leaves_the_box(settings, monkeypatch, data, filename, sentence):
    """A Word file of 0.3 MB took a gigabyte of the worker, before it was refused."""
    settings.TEXT_CLAUSES_MAX = 1000
    monkeypatch.setattr(services, "FURNITURE_MAX", 1000, raising=False)
    wanted = Import(data, filename, metadata={"language": "en"}, accept_warnings=True, sandboxed=True)
    tracemalloc.start()
    try:
        with pytest.raises(EngineError, match=sentence):
            read_file(wanted)
        assert tracemalloc.get_traced_memory()[1] < 4 * MEGABYTE
    finally:
        tracemalloc.stop()


def odt(content: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
    return file.getvalue()


ODF = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
ODF_LAW = (
    f"<office:document-content {ODF}><office:body><office:text><text:tracked-changes>{{}}</text:tracked-changes>"
    "<text:p>Article 1. Aim</text:p></office:text></office:body></office:document-content>"
)
CHANGES = "<text:deletion><text:p>a</text:p></text:deletion>" * 11_000
PICTURE = '<img src="a.png" alt="a picture" width="900" height="900"/>'


@pytest.mark.parametrize(
    "data",
    [
        docx(DELETED),
        odt(ODF_LAW.format(CHANGES)),
        f"<h2>Article 1. Aim</h2>{f'<p>Words {PICTURE}</p>' * 11_000}".encode(),
        b"Article 1. Aim\nWords.\n" * 11_000,
    ],
)
def test_a_reader_makes_no_more_warnings_than_may_be_kept(data):
    with pytest.raises(ReadingError, match="more warnings of the reader than the limit of 10000"):
        read(data, language="en")


@pytest.mark.parametrize(
    "program",
    [
        "import os; os.abort()",
        "print('not JSON')",
        'print(\'{"document": {"clauses": 5}}\')',
        "print('[1]')",
        'print(\'{"beyond": ["clauses"]}\')',
        "import sys\nwhile True: sys.stdout.write('x' * 1000000)",
        "while True: pass",
    ],
)
def test_a_reader_that_was_taken_over_or_ended_is_one_sentence(monkeypatch, settings, program):
    settings.READER_SECONDS = 1
    monkeypatch.setattr(sandbox, "OUTPUT_MAX", 3_000_000)
    run_as_reader(monkeypatch, program)
    with pytest.raises(ReadingError, match="broke down on this file"):
        read_in_sandbox(ARTICLE.encode(), "x.txt", None, ignore_progress)


def test_a_reader_knows_no_secret_and_no_name_of_the_file(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "the-secret-of-the-site")
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody")
    out = tmp_path / "seen"
    run_as_reader(monkeypatch, f"import os, sys; open({str(out)!r}, 'w').write(repr((dict(os.environ), sys.argv)))")
    with pytest.raises(ReadingError):
        read_in_sandbox(ARTICLE.encode(), "by Sok Dara.txt", None, ignore_progress)
    assert "secret" not in out.read_text() and "somebody" not in out.read_text() and "Dara" not in out.read_text()


def test_a_reader_can_write_no_file_and_take_no_more_memory_than_allowed(tmp_path):
    program = (
        "from lawcompare.engine.sandbox.box import confine\nconfine(512, 5)\n"
        "try: bytearray(600 * 1024 * 1024); print('took it')\nexcept MemoryError: print('refused')\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"try: open({str(tmp_path / 'x')!r}, 'wb', buffering=0).write(b'x'); print('wrote')\n"
        "except OSError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["refused", "refused"], done.stderr


@pytest.mark.parametrize(
    ("words", "warning"),
    [
        ("A fine of 100\u202e000 riel.", "holds U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("An unl\u0430wful act.", "letters of two scripts"),
        ("A fine\U000e0041 of riel.", "which nobody sees"),
    ],
)
def test_signs_that_deceive_the_reader_are_a_warning_at_their_line(words, warning):
    document = read_in_sandbox(
        f"Article 1. Aim\n{words}\nArticle 2. End\nAll.\n".encode(), "x.txt", None, ignore_progress
    )
    warnings = [w for w in document.warnings if w.kind in HIDDEN_CHARACTERS]
    assert len(warnings) == 1 and warning in warning_message(ENGLISH, warnings[0]) and warnings[0].line == 1
    assert words in document.clauses[0].text


def test_honest_text_has_no_such_warning():
    text = "មាត្រា ១\nជន\u200bណា\u200bដែល… COVID-19, α-particles, Юрий\n"
    assert not [
        w
        for w in read_in_sandbox(text.encode(), "x.txt", "km", ignore_progress).warnings
        if w.kind in HIDDEN_CHARACTERS
    ]


@pytest.mark.django_db
def test_readers_of_a_text_with_such_signs_are_warned(client, store):
    store("## Article 1. Aim\n\nA fine of 100\u202e000 riel.\n", "1", "odd")
    store("## Article 1. Aim\n\nA fine of 100000 riel.\n", "2", "odd")
    store("## Article 1. Aim\n\nAn unl\u0430wful act.\n", "3", "odd")
    shown = [client.get(f"/laws/odd/{number}/").content.decode() for number in (1, 2, 3)]
    assert "RIGHT-TO-LEFT OVERRIDE" in shown[0] and "letters of two scripts" in shown[2]
    assert ["otherwise than it is stored" in page for page in shown] == [True, False, True]
