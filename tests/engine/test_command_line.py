"""``python -m lawcompare.engine``: JSON on standard output, or one line on standard error and status 2."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from lawcompare.engine.__main__ import main

LAW = """# Article 1. Aim

A notice is given to every person within ten days.

(1) In writing.

# Article 3. End

It ends.
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A folder to work in, with a helper that writes a file and returns its name."""
    monkeypatch.chdir(tmp_path)

    def write(name, content):
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        return name

    return write


@pytest.fixture
def run(capfd):
    """Run a command in this process: status, standard output as JSON, standard error."""

    def call(*arguments):
        status = main(arguments)
        out, err = capfd.readouterr()
        return status, json.loads(out) if out else None, err

    return call


def refused(run, *arguments):
    status, out, err = run(*arguments)
    assert status == 2 and out is None
    assert err.count("\n") == 1 and err.endswith("\n") and "Traceback" not in err
    return err.removeprefix("lawcompare.engine: ").strip()


def test_read_prints_clauses_in_document_order(files, run):
    status, output, err = run("read", files("law.md", LAW))
    assert (status, err) == (0, "")
    assert (output["title"], output["language"]) == ("", "en")
    assert output["clauses"][1] == {
        "eid": "art_1__para_1",
        "element": "paragraph",
        "num": "(1)",
        "heading": "",
        "text": "In writing.",
        "depth": 1,
        "parent": "art_1",
    }
    assert [clause["parent"] for clause in output["clauses"]] == [None, "art_1", None]
    assert output["warnings"] == [{"line": 7, "message": "skipped number: Article 3 comes after Article 1"}]


def test_read_takes_format_and_language(files, run):
    name = files("law.dat", "Article 1. Aim\nIt aims.\n")
    assert run("read", name, "--format", "text", "--language", "km")[1]["language"] == "km"


def test_what_read_prints_can_be_aligned(files, run):
    first = files("old.json", run("read", files("old.md", LAW))[1])
    second = files("new.json", run("read", files("new.md", LAW.replace("Article 1.", "Article 2.")))[1])
    status, output, _err = run("align", first, second, "--ignore-numbers")
    assert status == 0
    by_old = {tuple(entry["old"]): entry for entry in output["alignments"]}
    assert by_old["art_1",]["new"] == ["art_2"]
    assert by_old["art_1",]["kind"] == "renumbered"
    assert 0 <= by_old["art_1",]["score"] <= 1


def test_law_files_of_any_kind_are_aligned_and_compared(files, run):
    old = files("old.html", "<h2>Article 1. Aim</h2><p>A notice is given.</p><h2>Article 2. End</h2><p>It ends.</p>")
    new = files("new.txt", "Article 1. Aim\nA notice is given at once.\nArticle 2. End\nIt ends.\n")
    _status, output, _err = run("align", old, new)
    pairs = [(entry["old"], entry["new"], entry["kind"]) for entry in output["alignments"]]
    assert pairs == [(["art_1"], ["art_1"], "changed"), (["art_2"], ["art_2"], "unchanged")]
    read = files("new.json", run("read", new)[1])
    for other in (new, read):
        changes = run("diff", old, other)[1]["changes"]
        assert [change for change in changes if change[0] != "equal"] == [["insert", " at once"]]
    explained = run("explain", old, new, "--pair", "art_1", "art_1")[1]
    assert (explained["paired"], explained["kind"]) == (True, "changed")
    assert set(explained["stages"][0]["features"][0]) == {"name", "value", "adds"}
    assert refused(run, "explain", old, new, "--pair", "art_1", "nowhere") == "'nowhere' is not in the new text"


def test_examining_prints_the_findings_with_their_sentences(files, run):
    law = files("law.txt", "Article 1. Access\nWhoever knowingly enters a system is punished by a fine of $500.\n")
    findings = run("examine", law)[1]
    assert all(set(each) == {"eid", "rule", "start", "end", "quote", "message", "values"} for each in findings)
    penalty = next(each for each in findings if each["rule"] == "penalty")
    assert (penalty["message"], penalty["values"]["fine_max"]) == ("A fine of 500 US dollars.", 500)


def test_the_help_says_what_goes_in(capfd):
    for command in ("align", "diff"):
        with pytest.raises(SystemExit) as stop:
            main([command, "--help"])
        assert stop.value.code == 0
        assert "a law file of any kind" in " ".join(capfd.readouterr().out.split())


def test_what_is_no_law_is_refused_by_align_and_diff_in_one_line(files, run, tmp_path):
    law = files("law.txt", "Article 1. Aim\nIt aims.\n")
    (tmp_path / "old.docx").write_bytes(b"PK\x03\x04 torn")
    for command in ("align", "diff"):
        message = refused(run, command, "old.docx", law)
        assert message == "old.docx: the file begins like a Word file or a ZIP archive but is broken"
    assert refused(run, "align", files("words.txt", "Only words."), law).startswith("words.txt: no article")


def test_a_list_of_units_can_be_aligned(files, run):
    units = [{"id": 1, "number": "1", "heading": "Aim", "text": "A notice is given to every person."}]
    _status, output, _err = run("align", files("a.json", units), files("b.json", units))
    pairs = [(entry["old"], entry["new"], entry["kind"]) for entry in output["alignments"]]
    assert pairs == [(["1"], ["1"], "unchanged")]


def test_diff_gives_both_texts_back(files, run):
    old, new = "fined 100 riel\r\n", "fined 1,000 riel\r\nor warned\r\n"
    _status, output, _err = run("diff", files("a.txt", old), files("b.txt", new))
    assert "".join(text for op, text in output["changes"] if op != "insert") == old
    assert "".join(text for op, text in output["changes"] if op != "delete") == new
    assert output["coarse"] is False


def test_anchors_are_carried(files, run):
    old = files("a.json", [{"id": "a", "text": "A notice is given to every person within ten days of the event."}])
    new = files("b.json", [{"id": "b", "text": "In writing, a notice is given to every person within ten days of it."}])
    note = {"id": 7, "clause": "a", "start": 21, "end": 33}
    status, output, _err = run("anchor", old, new, files("notes.json", [note]))
    assert status == 0
    assert [(each["id"], each["verdict"], each["clause"]) for each in output] == [(7, "kept", "b")]
    assert (output[0]["start"], output[0]["end"]) == (33, 45)


def test_khmer_is_printed_as_it_is(files):
    name = files("law.txt", "មាត្រា ១.- គោលបំណង\nច្បាប់នេះ ។\n")
    command = [sys.executable, "-m", "lawcompare.engine", "read", name]
    here = str(Path(__file__).resolve().parents[2])
    environment = {"LC_ALL": "C", "PYTHONPATH": here}
    done = subprocess.run(command, capture_output=True, check=True, timeout=60, env=environment)
    assert "មាត្រា ១" in done.stdout.decode("utf-8")


def test_files_and_arguments_that_cannot_be_used_are_refused_in_one_line(files, run, tmp_path):
    assert refused(run, "read", "nowhere.md") == "nowhere.md cannot be read: No such file or directory"
    assert "nowhere.json cannot be read" in refused(run, "align", "nowhere.json", "nowhere.json")
    assert "cannot be read" in refused(run, "diff", ".", ".")
    assert "the following arguments are required" in refused(run)
    assert "invalid choice: 'guess'" in refused(run, "guess")
    assert "invalid choice: 'xx'" in refused(run, "read", "x", "--language", "xx")
    (tmp_path / "bad.txt").write_bytes(b"one\ntwo \xff")
    assert refused(run, "diff", "bad.txt", "bad.txt") == "line 2: bad.txt: byte 8 is not UTF-8 text"


def test_bad_clauses_are_refused(files, run):
    good = files("good.json", [{"id": "a", "text": "x"}])
    for content, message in (
        ("{", "line 1: bad.json is no JSON"),
        ("[\n1,\n", "line 3: bad.json is no JSON"),
        ("3", 'bad.json: a list of clauses or {"clauses": […]} is expected'),
        ('{"articles": []}', 'bad.json: a list of clauses or {"clauses": […]} is expected'),
        ('["x"]', "bad.json: clause 1 is not an object"),
        ('[{"text": "x"}]', "bad.json: clause 1 has neither id nor eid"),
        ('[{"id": "a", "text": 3.5}]', "bad.json: clause 1: text is not a string"),
        ('[{"id": "a"}, {"id": "a"}]', "bad.json: the id 'a' is given twice"),
        ('[{"id": "a", "parent": "b"}]', "bad.json: the parent 'b' of 'a' is not among the clauses"),
        ("[" * 100_000, "bad.json is no JSON that can be read"),
    ):
        assert refused(run, "align", files("bad.json", content), good).startswith(message)
        assert refused(run, "align", good, files("bad.json", content)).startswith(message)


def test_bad_annotations_are_refused(files, run):
    units = files("units.json", [{"id": "a", "text": "whoever acts"}])
    for annotation, message in (
        ({"id": 1, "clause": "b", "start": 0, "end": 1}, "annotation 1: there is no clause 'b' in the old text"),
        ({"id": 1, "clause": "a", "start": 0, "end": 99}, "annotation 1: 0 to 99 is not inside the 12"),
        ({"id": 1, "clause": "a", "start": 3, "end": 3}, "annotation 1: 3 to 3 is not inside"),
        ({"id": 1, "clause": "a", "start": -1, "end": 3}, "annotation 1: -1 to 3 is not inside"),
        ({"id": 1, "clause": "a", "start": "0", "end": 3}, "annotation 1: start and end are not whole numbers"),
        ({"id": 1, "clause": "a", "start": 0}, "annotation 1 has not all of id, clause, start and end"),
        ("x", "annotation 1 has not all of id, clause, start and end"),
    ):
        notes = files("notes.json", [annotation])
        assert refused(run, "anchor", units, units, notes).startswith(f"notes.json: {message}")


def test_amend_carries_out_an_act(files, run):
    base = files("base.txt", "§ 5. Lamps\nThe keeper lights each lamp.\n\n§ 6. Keepers\nEach town names a keeper.\n")
    said = "SEC. 1. LAMPS.\nSection {} of the Lamp Act is amended by striking “lamp” and inserting “light”.\n"
    status, out, _ = run("amend", base, files("act.txt", said.format(5)))
    assert status == 0
    assert [clause["text"] for clause in out["clauses"]] == [
        "The keeper lights each light.",
        "Each town names a keeper.",
    ]
    assert out["instructions"] == [
        {
            "act": "sec. 1",
            "target": "section 5",
            "operation": "strike_insert",
            "old": "lamp",
            "new": "light",
            "verdict": "executed",
            "reason": None,
            "message": "Put “light” in place of “lamp”.",
            "clauses": ["sec_5"],
        }
    ]
    status, out, _ = run("amend", base, files("act.txt", said.format(251)), "--as", "section 251=5")
    assert (status, out["instructions"][0]["verdict"]) == (0, "executed")
    status, out, _ = run("amend", base, files("act.txt", said.format(7)))
    refusal = out["instructions"][0]
    assert (refusal["verdict"], refusal["reason"], refusal["target"]) == ("refused", "no-target", None)
    assert "two numbers with = between them" in refused(run, "amend", base, "act.txt", "--as", "251")
    assert "no amending instruction" in refused(run, "amend", base, base)
