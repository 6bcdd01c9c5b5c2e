"""The data set: what every visitor may see and nothing else, whole or not at all, as its package says."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.annotations.services import withdraw_annotation
from lawcompare.api.datasets import writing
from lawcompare.api.datasets.tables import TABLES
from lawcompare.laws.plain_words.services import tell_for_site
from lawcompare.laws.withdrawal.services import withdraw
from tests.annotations.conftest import write
from tests.conftest import ROOT

__all__ = ["write"]
pytestmark = pytest.mark.django_db
EXAMPLE = re.compile(r"^```python\n(.*?)^```", re.M | re.S)


def export(folder: Path, *options: str) -> None:
    call_command("export_data", folder, "--site", "https://example.org", *options)


def rows(folder: Path, name: str) -> list[dict]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]


def test_the_tables_give_the_texts_and_their_redline_back(drafts, tmp_path):
    export(tmp_path / "data")
    old, new = drafts
    words = {(row["text"], row["eid"]): row["words"] for row in rows(tmp_path / "data", "clauses")}
    assert words == {(one.address, clause.eid): clause.text for one in drafts for clause in one.clauses.all()}
    pairs = {row["position"]: row for row in rows(tmp_path / "data", "pairs")}
    sides: dict[int, list[str]] = {}
    for run in rows(tmp_path / "data", "changes"):
        if run["part"] == "words":
            side = sides.setdefault(run["position"], ["", ""])
            side[0] += run["words"] if run["op"] != "insert" else ""
            side[1] += run["words"] if run["op"] != "delete" else ""
    assert sides
    for position, (before, after) in sides.items():
        pair = pairs[position]
        if pair["level"] == "part":
            assert before == words[old.address, pair["old_eid"]] and after == words[new.address, pair["new_eid"]]


def test_every_table_of_the_demonstration_has_rows_and_refers_to_rows_that_are_there(demonstration, tmp_path):
    export(tmp_path / "data", "--licence", "CC-BY-4.0")
    package = json.loads((tmp_path / "data/datapackage.json").read_text("utf-8"))
    assert [one["name"] for one in package["resources"]] == [table.name for table in TABLES]
    for resource in package["resources"]:
        file = tmp_path / "data" / resource["path"]
        content = rows(tmp_path / "data", resource["name"])
        assert content and len(content) == resource["rows"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"
        assert resource["bytes"] == file.stat().st_size
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert all(list(row) == names for row in content)
        check_types(resource, content)
        check_keys(resource, content, tmp_path / "data")
    citation = yaml.safe_load((tmp_path / "data/CITATION.cff").read_text("utf-8"))
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "dataset" and citation["license"] == "CC-BY-4.0"
    assert citation["authors"] and citation["title"] and citation["message"]


TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list}


def check_types(resource: dict, content: list[dict]) -> None:
    for field in resource["schema"]["fields"]:
        for row in content:
            value = row[field["name"]]
            assert value is None or isinstance(value, TYPES[field["type"]]), (resource["name"], field["name"], value)


def check_keys(resource: dict, content: list[dict], folder: Path) -> None:
    key = resource["schema"].get("primaryKey", [])
    if key:
        keys = [tuple(row[name] for name in key) for row in content]
        assert len(set(keys)) == len(keys), resource["name"]
    for foreign in resource["schema"].get("foreignKeys", []):
        there = {row[foreign["reference"]["fields"][0]] for row in rows(folder, foreign["reference"]["resource"])}
        assert {row[foreign["fields"][0]] for row in content} <= there


def test_a_clause_has_its_plain_words_in_both_languages(drafts, tmp_path):
    clause, editors = drafts[0].clauses.get(num="Article 1"), Organisation.objects.create(slug=EDITORS, name="Editors")
    assert tell_for_site(clause, {"text": "Stay out.", "text_km": "កុំចូល។"}, editors)
    export(tmp_path / "data")
    told = [(row["eid"], row["plain_text"], row["plain_text_km"]) for row in rows(tmp_path / "data", "clauses")]
    assert [one for one in told if any(one[1:])] == [(clause.eid, "Stay out.", "កុំចូល។")]


def test_nothing_private_or_withdrawn_is_in_it(drafts, store, write, cast, tmp_path):
    store("## Article 1. Zqsecret\n\nZqhidden words.", "zqprivate", published=False)
    on = drafts[0].clauses.get(num="Article 2")
    kept, draft = write(upto="published", on=on), write(body="Zqdraft.", on=on)
    withdrawn = write(upto="published", body="Zqgone.", on=on)
    withdraw_annotation(cast.rita, withdrawn, "A mistake.")
    export(tmp_path / "data")
    everything = "".join(file.read_text("utf-8") for file in (tmp_path / "data").iterdir())
    assert not re.search(r"zq(?:secret|hidden|private|draft|gone)", everything, re.I) and draft.slug not in everything
    assert [row["note"] for row in rows(tmp_path / "data", "notes")] == [kept.slug]
    withdraw(cast.sara, drafts[1], "Not meant to be public.")
    export(tmp_path / "data")
    assert [row["text"] for row in rows(tmp_path / "data", "texts")] == ["draft/old"]
    assert rows(tmp_path / "data", "comparisons") == rows(tmp_path / "data", "pairs") == []


def test_a_full_disk_leaves_what_was_there_and_nothing_half(drafts, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    export(folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    def refuse(order, stage):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "_write_citation", refuse)
    for target in (folder, tmp_path / "other"):
        with pytest.raises(CommandError, match=r"^No data were written: .* No space left on device\.$") as error:
            export(target)
        assert error.value.returncode == 2
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_what_changes_meanwhile_is_written_anew(drafts, tmp_path, monkeypatch):
    editions = iter(["a", "b", "b", "b"])
    monkeypatch.setattr(writing, "current_token", lambda: next(editions))
    export(tmp_path / "data")
    assert next(editions, "all were asked for") == "all were asked for"
    monkeypatch.setattr(writing, "current_token", lambda: object())
    with pytest.raises(CommandError, match="changed again and again"):
        export(tmp_path / "data")


@pytest.mark.parametrize("what", ["a file", "a folder of others"])
def test_no_other_folder_is_overwritten(drafts, tmp_path, what):
    target = tmp_path / "mine"
    if what == "a file":
        target.write_text("precious")
    else:
        target.mkdir()
        (target / "datapackage.json").write_text('{"name": "lawcompare"}')
    with pytest.raises(CommandError) as error:
        export(target)
    assert error.value.returncode == 2 and target.exists()
    assert (target if what == "a file" else target / "datapackage.json").read_text() in {
        "precious", '{"name": "lawcompare"}',
    }  # fmt: skip


def test_a_site_without_a_name_is_asked_for_one(drafts, tmp_path, settings):
    settings.ALLOWED_HOSTS = ["*"]
    with pytest.raises(CommandError, match="say the site's address with --site") as error:
        call_command("export_data", tmp_path / "data")
    assert error.value.returncode == 2


def test_the_examples_of_the_documentation_give_something(demonstration, tmp_path, monkeypatch, capsys):
    export(tmp_path / "corpus")
    monkeypatch.chdir(tmp_path)
    examples = EXAMPLE.findall((ROOT / "docs/data.md").read_text("utf-8"))
    assert len(examples) == 2
    for code in examples:
        exec(compile(code, "docs/data.md", "exec"), {})
        assert "kh-cybercrime" in capsys.readouterr().out, code


def test_no_query_is_asked_for_a_clause(store, tmp_path, django_assert_max_num_queries):
    counts = []
    for law, number in (("small", 3), ("large", 60)):
        store("\n\n".join(f"## Article {n}. A\n\nWords {n}." for n in range(1, number + 1)), "only", law=law)
        with django_assert_max_num_queries(300) as queries:
            export(tmp_path / law)
        counts.append(len(queries))
    store("## Article 1. A\n\nWords.", "only", law="third")
    with django_assert_max_num_queries(300) as queries:
        export(tmp_path / "third")
    # A law more costs the same, whether it has 60 articles or one.
    assert counts[1] - counts[0] == len(queries) - counts[1]
