"""What the tests of the readers share: where the real data is, how characters are counted, how files are damaged."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from io import BytesIO

from hypothesis import strategies as st

from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def characters(text: str) -> Counter[str]:
    """The characters that are not white space, with how often each occurs."""
    return Counter(character for character in text if not character.isspace())


def kept(document: Document) -> Counter[str]:
    """The characters of clauses and furniture together."""
    counts: Counter[str] = Counter()
    for clause in document.clauses:
        counts += characters(clause.num + clause.heading + clause.text)
    for furniture in document.furniture:
        counts += characters(furniture.text)
    return counts


def outline(document: Document) -> list[str]:
    """The addresses, in order."""
    return [clause.eid for clause in document.clauses]


def check(document: Document) -> None:
    """What holds for every document: unique addresses, parents before children, depths that fit."""
    depths: dict[str, int] = {}
    for clause in document.clauses:
        assert clause.eid not in depths
        assert not re.search(r"\s", clause.eid)
        assert clause.depth == (depths[clause.parent] + 1 if clause.parent is not None else 0)
        depths[clause.eid] = clause.depth


def docx(body: str, **parts: str) -> bytes:
    """A Word file with this body; other parts (``numbering``, ``styles``, ``footnotes`` …) by name."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        wrapped = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", wrapped)
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content.replace("<w:", "<w:", 1))
    return file.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A Word paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


@st.composite
def damaged(draw: st.DrawFn, original: bytes) -> bytes:
    """A file with a few bytes changed, put in, left out or moved, or cut short."""
    data = bytearray(original)
    for _change in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(len(data) - 1, 0)))
        kind = draw(st.sampled_from(["change", "insert", "cut", "repeat", "end"]))
        if kind == "change" and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == "insert":
            data[at:at] = draw(
                st.sampled_from([b"(", b"\n", b"<", b"&", b"\x00", b"(i) ", "មាត្រា".encode(), b"---\n", b"9" * 30])
            )
        elif kind == "cut":
            del data[at : at + draw(st.integers(1, 40))]
        elif kind == "repeat":
            data[at:at] = data[at : at + draw(st.integers(1, 200))]
        elif draw(st.booleans()):
            del data[at:]
    return bytes(data)


def answers_or_refuses(data: bytes, format: str) -> None:
    """A reader gives a sound document or one sentence, never another error."""
    try:
        document = read(data, format=format)
    except ReadingError as error:
        assert str(error) and "\n" not in str(error)
    else:
        check(document)


# Lines as laws have them, for properties: headings, numbers, sentences, page numbers, words broken at the line end.
_FIXED_LINES = [
    *("- 12 -", "12", "", "GENERAL PROVISIONS", "Preamble", "Contents", "is fined.", "ច្បាប់នេះ ។"),
    *("the law applies to every docu-", "ment that is given and kept", "Article 3 of this law applies."),
    "“notice” means a message;",
]
_NUMBERS = ["a", "b", "i", "ii", "v", "1", "2", "A"]
law_lines = st.lists(
    st.one_of(
        st.builds(
            "Article {}. {}".format, st.integers(1, 30), st.sampled_from(["Aim", "Scope of it", "", "It applies."])
        ),
        st.builds("({}) {}".format, st.sampled_from(_NUMBERS), st.sampled_from(["one;", "x"])),
        st.builds("មាត្រា {}.- {}".format, st.sampled_from(["១", "២", "៣ថ្មី"]), st.sampled_from(["គោលបំណង", ""])),
        st.builds("Chapter {}".format, st.sampled_from(["1", "2", "IV"])),
        st.sampled_from(_FIXED_LINES),
    ),
    min_size=1,
    max_size=25,
)


def kept_or_refused(data: bytes, format: str) -> Counter[str] | None:
    """The characters of what a file is read as; None where it is refused because it holds no law."""
    try:
        document = read(data, format=format)
    except ReadingError as error:
        nothing = "no article, section or numbered clause was found", "the file is empty", "the file holds no words"
        assert error.reason.startswith(nothing)
        return None
    check(document)
    return kept(document)
