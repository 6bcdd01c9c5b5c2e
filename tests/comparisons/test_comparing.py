"""Comparing two versions: stored once, found again, honest about failure."""

import io
import json
import re

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from lawcompare.comparisons import services
from lawcompare.comparisons.computing import compare as computing
from lawcompare.comparisons.computing.compare import insert_rows
from lawcompare.comparisons.models import ClausePair, Comparison
from tests import samples
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.core.making import made

pytestmark = pytest.mark.django_db


def compare_as_json(old: str, new: str) -> dict:
    output = io.StringIO()
    call_command("compare", old, new, "--json", stdout=output)
    return json.loads(output.getvalue())


def test_publishing_the_next_version_compares_it_with_the_one_before(drafts):
    comparison = Comparison.objects.get()
    assert (comparison.old, comparison.new) == drafts
    assert comparison.is_done
    assert comparison.stats == {"added": 1, "removed": 1, "renumbered": 1, "unchanged": 2}
    # Fewer sentences stand at restated drafts; the changed fine of the renumbered article has one.
    assert comparison.tally == {"changed": 1, "not-in-new": 1, "not-in-old": 1, "unchanged": 2}


def test_headings_between_articles_are_rows_and_not_counted_as_articles(store, django_capture_on_commit_callbacks):
    text = (
        "## Article 1. Name\n\nEvery boat has a name.\n\nLights at night\n\n## Article 2. Lamps\n\nA boat has a lamp.\n"
    )
    with django_capture_on_commit_callbacks(execute=True):
        old = store(text, "old", date="2019", status="official")
        store(text.replace("a lamp.", "two lamps."), "new", date="2020", status="official")
    comparison = Comparison.objects.get(old=old)
    elements = [pair.old.element for pair in comparison.pairs.filter(level="unit").order_by("position")]
    assert elements == ["article", "crossHeading", "article"]
    assert comparison.tally == comparison.stats == {"changed": 1, "unchanged": 1}


def test_a_text_between_two_others_is_compared_with_both(drafts, store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        between = store(OLD_DRAFT.replace("thirty", "sixty"), "between", date="2019-06")
    assert Comparison.objects.filter(new=between).count() == Comparison.objects.filter(old=between).count() == 1


def test_each_article_is_a_row_and_no_clause_or_word_is_left_out(drafts):
    data = compare_as_json("draft/old", "draft/new")
    pairs = [(p["kind"], p["old"] and p["old"]["num"], p["new"] and p["new"]["num"]) for p in data["pairs"]]
    assert sorted(pairs, key=str) == sorted(
        [
            ("unchanged", "Article 1", "Article 1"),
            ("added", None, "Article 2"),
            ("renumbered", "Article 2", "Article 3"),
            ("removed", "Article 3", None),
            ("unchanged", "Article 4", "Article 4"),
        ],
        key=str,
    )
    for pair in ClausePair.objects.filter(level="part").exclude(changes=[]).select_related("old", "new"):
        assert (joined(pair, "insert"), joined(pair, "delete")) == (pair.old.text, pair.new.text)
    for pair in ClausePair.objects.filter(level="part", changes=[]).select_related("old", "new"):
        assert pair.old is None or pair.new is None or pair.old.text == pair.new.text
    old, new = drafts
    seen_old = set(ClausePair.objects.values_list("old__eid", flat=True)) - {None}
    seen_new = set(ClausePair.objects.values_list("new__eid", flat=True)) - {None}
    assert seen_old == set(old.clauses.values_list("eid", flat=True))
    assert seen_new == set(new.clauses.values_list("eid", flat=True))
    changes = next(pair.changes for pair in ClausePair.objects.filter(new__eid__endswith="para_1") if pair.changes)
    assert ["delete", "1,000,000", ""] in changes and ["insert", "10,000,000", ""] in changes


def joined(pair: ClausePair, left_out: str) -> str:
    return "".join(text for op, text, _noise in pair.changes if op != left_out)


def test_the_redlines_of_a_split_are_cut_where_its_parts_end(store, django_capture_on_commit_callbacks):
    first = "Whoever enters a computer system without right is punished by imprisonment of one year."
    second = "Whoever hinders the working of a computer system is punished by imprisonment of two years."
    with django_capture_on_commit_callbacks(execute=True):
        old = store(f"## Article 1. Attacks\n\n{first} {second}\n", "whole", date="2019", status="official")
        new = store(
            f"## Article 1. Access\n\n{first}\n\n## Article 2. Hindrance\n\n{second}\n",
            "cut",
            date="2020",
            status="official",
        )
    rows = ClausePair.objects.filter(level="unit")
    assert [row.kind for row in rows] == ["split", "split"] and len({row.group for row in rows}) == 1
    parts = list(ClausePair.objects.filter(level="part").select_related("new"))
    assert [joined(part, "delete") for part in parts] == [clause.text for clause in new.clauses.all()]
    whole = "".join(joined(part, "insert") for part in parts)
    assert whole.replace(" ", "") == old.clauses.get().text.replace(" ", "")


def test_a_reference_that_only_follows_its_article_is_noise(store, django_capture_on_commit_callbacks):
    last = "Whoever attempts an offence of Article {} is punished as if it had been completed."
    before = OLD_DRAFT + "\n## Article 5. Attempt\n\n" + last.format(2) + "\n"
    after = NEW_DRAFT + "\n## Article 5. Attempt\n\n" + last.format(3) + "\n"
    with django_capture_on_commit_callbacks(execute=True):
        store(before, "old", date="2019", status="leaked")
        store(after, "new", date="2020", status="leaked")
    attempt = ClausePair.objects.get(level="unit", new__num="Article 5")
    assert attempt.is_noise and attempt.sentence == "Only references to renumbered clauses changed."


def test_asking_again_computes_nothing(drafts, monkeypatch):
    def fail(*args):
        raise AssertionError("computed again")

    monkeypatch.setattr(computing, "compare", fail)
    comparison = services.request_comparison(*drafts)
    assert comparison.is_done and comparison.job.attempts == 1


@pytest.mark.both_databases
def test_the_database_refuses_to_change_a_finished_comparison(drafts, subtests):
    for change in [
        lambda: Comparison.objects.update(stats={}),
        lambda: ClausePair.objects.update(kind="removed"),
        lambda: ClausePair.objects.create(comparison=Comparison.objects.get(), position=999, group=1, score=1),
        lambda: insert_rows(ClausePair, [pair_values(Comparison.objects.get(), position=999)]),
    ]:
        with subtests.test(), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()


def pair_values(comparison: Comparison, **values: object) -> dict:
    """A value for each column of a pair but its id."""
    pair = ClausePair(comparison=comparison, level="unit", group=1, kind="changed", standing="changed", score=0.25)
    columns = [field.attname for field in ClausePair._meta.concrete_fields if not field.primary_key]
    return {name: getattr(pair, name) for name in columns} | values


@pytest.mark.both_databases
def test_rows_added_at_once_have_all_values_and_keep_what_the_table_asks_for(store):
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    comparison = made(Comparison, old=old, new=new)
    same_place = [pair_values(comparison, position=0), pair_values(comparison, position=0)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(ClausePair, same_place)
    assert not comparison.pairs.exists()
    words = 'a "quoted" word, a\ttab;\r\n\\.\n\\N and ផ្តន្ទាទោស'
    rows = [
        pair_values(comparison, position=0, changes=[["delete", words, ""]], is_noise=True),
        pair_values(comparison, position=1, reasons=[["alike", {"percent": 3}]], old_id=old.clauses.get(position=0).pk),
        pair_values(comparison, position=2, changes=[["insert", "NULL", ""]], size=1 / 3),
    ]
    insert_rows(ClausePair, rows)
    stored = [{name: value for name, value in row.items() if name != "id"} for row in comparison.pairs.values()]
    assert stored == rows
    assert [row["reasons"] for row in stored] == [[], [["alike", {"percent": 3}]], []]


def test_the_command_says_what_it_found_or_that_it_waits_and_refuses_what_is_not_there(drafts):
    for old, new, is_done in (("draft/old", "draft/new", True), ("draft/new", "draft/old", False)):
        output = io.StringIO()
        call_command("compare", old, new, stdout=output)
        assert output.getvalue().startswith(f"{old} with {new}: ") and ("2 unchanged" in output.getvalue()) == is_done
    with pytest.raises(CommandError, match="There is no version draft/other") as refused:
        call_command("compare", "draft/old", "draft/other")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="not compared with itself"):
        call_command("compare", "draft/old", "draft/old")


def test_a_bill_is_compared_with_what_was_enacted(tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for number, stage in enumerate(("introduced", "enrolled"), start=1):
            (tmp_path / f"{stage}.xml").write_bytes(samples.bill(stage))
            about = f"--law hr-1 --version {number} --date 2019-0{number} --publish --jurisdiction us --kind draft"
            call_command("import_law", str(tmp_path / f"{stage}.xml"), *about.split(), stdout=io.StringIO())
    data = compare_as_json("hr-1/1", "hr-1/2")
    fund = next(p for p in data["pairs"] if p["new"] and p["new"]["heading"] == "Harbour Repair Fund")
    assert fund["kind"] == "changed" and "$200,000,000 → $381,000,000" in fund["sentence"]
    renumbered = next(p for p in data["pairs"] if p["old"] and p["old"]["num"] == "Sec. 102")
    assert (renumbered["kind"], renumbered["new"]["num"]) == ("renumbered", "Sec. 101")


def test_the_form_begins_with_two_drafts_of_the_law_with_most_and_the_second_follows_the_first(client, store):
    for law, version, date in (("a", "1", "2019"), ("a", "2", "2020"), ("a", "3", "2021"), ("b", "1", "2022")):
        store(OLD_DRAFT, version, law=law, date=date)

    def chosen(query: str = "") -> list[str]:
        return re.findall(r'value="(\w/\d)"\s+selected', client.get(f"/compare/{query}").content.decode())

    assert chosen() == ["a/2", "a/3"] and chosen("?old=a/1") == ["a/1", "a/2"] and chosen("?old=a/3") == ["a/3", "a/2"]
    assert chosen("?old=b/1") == ["b/1", "a/3"] and chosen("?old=nonsense") == ["a/2", "a/3"]
