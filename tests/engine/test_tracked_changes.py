"""A Word file with tracked changes gives two texts: before them and after."""

from __future__ import annotations

import io
import json
import zipfile

import docx
import pytest

from lawcompare.engine.__main__ import main
from lawcompare.engine.document import Document
from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading import read

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WHO = 'w:id="1" w:author="Somebody" w:date="2024-01-01T00:00:00Z"'


def run(words: str, tag: str = "t") -> str:
    return f'<w:r><w:{tag} xml:space="preserve">{words}</w:{tag}></w:r>'


def ins(inner: str) -> str:
    return f"<w:ins {WHO}>{inner}</w:ins>"


def gone(words: str) -> str:
    return f"<w:del {WHO}>{run(words, 'delText')}</w:del>"


def par(*pieces: str, mark: str = "", style: str = "") -> str:
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    mark = f"<w:rPr><w:{mark} {WHO}/></w:rPr>" if mark else ""
    return f"<w:p><w:pPr>{style}{mark}</w:pPr>{''.join(pieces)}</w:p>"


def word_file(*paragraphs: str) -> bytes:
    empty = io.BytesIO()
    docx.Document().save(empty)
    out = io.BytesIO()
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = f'<w:document xmlns:w="{W}"><w:body>{"".join(paragraphs)}</w:body></w:document>'.encode()
            new.writestr(name, data)
    return out.getvalue()


def law(*middle: str) -> bytes:
    return word_file(par(run("Article 1. Aim")), *middle, par(run("Article 9. End")), par(run("It ends here.")))


def both(data: bytes) -> tuple[Document, Document]:
    return read(data, filename="x.docx", before_changes=True), read(data, filename="x.docx")


def texts(data: bytes) -> tuple[str, str]:
    before, after = both(data)
    return before.clauses[0].text, after.clauses[0].text


def test_words_put_in_and_taken_out_are_on_their_side():
    data = law(par(run("A fine of "), gone("four"), ins(run("nine")), run(" riel.")))
    assert texts(data) == ("A fine of four riel.", "A fine of nine riel.")
    before, after = both(data)
    assert [warning.kind for warning in after.warnings] == ["deleted-text", "skipped-number"]
    assert [warning.kind for warning in before.warnings] == ["skipped-number"]


def test_what_was_put_in_and_taken_out_again_is_on_neither_side():
    data = law(par(run("All "), ins(gone("good ") + run("free ")), run("people.")))
    assert texts(data) == ("All people.", "All free people.")


def test_words_that_moved_stand_where_they_were_and_where_they_are():
    moved = f"<w:moveFrom {WHO}>{run('at night ')}</w:moveFrom>"
    here = f"<w:moveTo {WHO}>{run(' at night')}</w:moveTo>"
    assert texts(law(par(run("Lamps "), moved, run("burn"), here, run(".")))) == (
        "Lamps at night burn.",
        "Lamps burn at night.",
    )


def test_an_article_put_in_or_taken_out_whole():
    old = [par(gone("Article 2. Old"), mark="del"), par(gone("Old words."), mark="del")]
    new = [par(ins(run("Article 3. New")), mark="ins"), par(ins(run("New words.")), mark="ins")]
    before, after = both(law(par(run("Words.")), *old, *new))
    assert [clause.num for clause in before.clauses] == ["Article 1", "Article 2", "Article 9"]
    assert [clause.num for clause in after.clauses] == ["Article 1", "Article 3", "Article 9"]
    assert (before.clauses[1].text, after.clauses[1].text) == ("Old words.", "New words.")


def test_paragraphs_joined_or_parted_by_a_change_of_their_mark():
    joined = law(par(run("One lamp"), mark="del"), par(run(" in each street.")))
    assert texts(joined) == ("One lamp\nin each street.", "One lamp in each street.")
    parted = law(par(run("One lamp. "), mark="ins"), par(run("It burns at night.")))
    assert texts(parted) == ("One lamp. It burns at night.", "One lamp.\nIt burns at night.")


def test_a_style_that_made_a_heading_is_taken_back():
    change = f'<w:pPrChange {WHO}><w:pPr><w:pStyle w:val="Heading1"/></w:pPr></w:pPrChange>'
    heading = f"<w:p><w:pPr>{change}</w:pPr>{run('General matters of the whole law')}</w:p>"
    before, after = both(law(par(run("Words."), ins(run(" More."))), heading, par(run("Text under it."))))
    assert "General matters of the whole law" in [clause.heading for clause in before.clauses]
    assert "General matters of the whole law" not in [clause.heading for clause in after.clauses]


def test_rows_of_a_table_put_in_or_taken_out():
    def row(words: str, change: str = "") -> str:
        mark = f"<w:trPr><w:{change} {WHO}/></w:trPr>" if change else ""
        return f"<w:tr>{mark}<w:tc>{par(run(words))}</w:tc></w:tr>"

    table = f"<w:tbl>{row('kept')}{row('old row', 'del')}{row('new row', 'ins')}</w:tbl>"
    assert texts(law(table)) == ("kept\nold row", "kept\nnew row")


def test_malformed_changes_break_nothing(subtests):
    for malformed in [
        f"<w:ins {WHO}/>",
        f"<w:del {WHO}><w:ins {WHO}><w:del {WHO}>{run('x', 'delText')}</w:del></w:ins></w:del>",
        f"<w:ins {WHO}>{par(run('a paragraph inside a run'))}</w:ins>",
        f"<w:moveFromRangeStart {WHO}/>{gone('lost')}",
        "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr></w:p>",
    ]:
        with subtests.test(malformed=malformed):
            data = law(par(run("Words."), ins(run(" More."))), malformed, par(run("The rest.")))
            for document in both(data):
                assert document.clauses[0].text.startswith("Words.") and document.clauses[-1].text == "It ends here."


def test_without_tracked_changes_there_is_no_text_before_them(subtests):
    for data, name, sentence in [
        (law(par(run("Words."))), "x.docx", "no changes are tracked"),
        (b"Article 1. Aim\nWords.\n", "x.txt", "only a Word file"),
    ]:
        with subtests.test(data=data), pytest.raises(ReadingError, match=sentence):
            read(data, filename=name, before_changes=True)


def test_the_command_line_gives_either_text(tmp_path, capsys):
    file = tmp_path / "law.docx"
    file.write_bytes(law(par(run("A fine of "), gone("four"), ins(run("nine")), run(" riel."))))
    for options, words in (([], "nine"), (["--before-changes"], "four")):
        assert main(["read", str(file), *options]) == 0
        assert json.loads(capsys.readouterr().out)["clauses"][0]["text"] == f"A fine of {words} riel."
    (tmp_path / "x.txt").write_text("Article 1. Aim\nWords.\n")
    assert main(["read", str(tmp_path / "x.txt"), "--before-changes"]) == 2
    assert "only a Word file" in capsys.readouterr().err
