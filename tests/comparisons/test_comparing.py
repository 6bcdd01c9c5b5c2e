"""Comparing two versions: stored once, found again, honest about failure."""

import io
import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from lawcompare.comparisons import services
from lawcompare.comparisons.computing import compare as computing
from lawcompare.comparisons.computing.compare import insert_rows
from lawcompare.comparisons.models import ClausePair, Comparison
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.engine.errors import ComparisonError
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


def test_a_failure_is_kept_with_its_reason_and_can_be_tried_again(
    store, monkeypatch, django_capture_on_commit_callbacks
):
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)

    def fail(*args):
        raise ComparisonError("Article 9 stands in a circle")

    with monkeypatch.context() as patched, django_capture_on_commit_callbacks(execute=True):
        patched.setattr(computing, "compare", fail)
        services.request_comparison(old, new)
    comparison = Comparison.objects.get()
    assert (comparison.job.state, comparison.job.reason) == ("failed", "Article 9 stands in a circle")
    assert not comparison.pairs.exists()
    with django_capture_on_commit_callbacks(execute=True):
        services.request_comparison(old, new)
    comparison.refresh_from_db()
    assert comparison.is_done and comparison.job.reason == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda: Comparison.objects.update(stats={}),
        lambda: ClausePair.objects.update(kind="removed"),
        lambda: ClausePair.objects.create(comparison=Comparison.objects.get(), position=999, group=1, score=1),
        lambda: insert_rows(ClausePair, [pair_values(Comparison.objects.get(), position=999)]),
    ],
    ids=["its numbers", "a pair", "one more pair", "one more pair, as computing adds them"],
)
@pytest.mark.both_databases
def test_the_database_refuses_to_change_a_finished_comparison(drafts, change):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
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


def test_a_task_delivered_twice_computes_once(drafts, monkeypatch):
    before = list(ClausePair.objects.values())
    run_now(Job.objects.get(kind="comparison"))
    assert list(ClausePair.objects.values()) == before
    assert Job.objects.get(kind="comparison").attempts == 1


def test_a_worker_that_lost_its_claim_writes_nothing(store, monkeypatch):
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    comparison = made(Comparison, old=old, new=new)
    computed = computing.compare

    def be_overtaken(mine, progress):
        Job.objects.filter(pk=mine.job_id).update(attempts=7)
        computed(mine, lambda *args: None)

    monkeypatch.setattr(computing, "compare", be_overtaken)
    run_now(comparison.job)
    comparison.refresh_from_db()
    assert comparison.state == "running" and not comparison.pairs.exists()


@pytest.mark.both_databases
def test_a_comparison_whose_worker_died_is_taken_up_again(store, django_capture_on_commit_callbacks):
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    long_ago = timezone.now() - timedelta(hours=1)
    made(Comparison, old=old, new=new, state="running", attempts=1, heartbeat=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        services.request_comparison(old, new)
    assert Comparison.objects.get().is_done


def test_the_command_refuses_what_is_not_there(drafts):
    with pytest.raises(CommandError, match="There is no version draft/other") as refused:
        call_command("compare", "draft/old", "draft/other")
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="not compared with itself"):
        call_command("compare", "draft/old", "draft/old")


def test_two_releases_of_a_title_differ_where_the_code_was_amended(tmp_path, django_capture_on_commit_callbacks):
    for version, release in [("2013", "113-31"), ("2022", "117-80")]:
        (tmp_path / "usc17.xml").write_bytes(samples.us_title(release))
        options = ["--law", "us-code-17", "--jurisdiction", "us", "--kind", "statute", "--version", version]
        call_command("import_law", str(tmp_path / "usc17.xml"), *options, stdout=io.StringIO(), stderr=io.StringIO())
    with django_capture_on_commit_callbacks(execute=True):
        call_command("compare", "us-code-17/2013", "us-code-17/2022", stdout=io.StringIO())
    data = compare_as_json("us-code-17/2013", "us-code-17/2022")
    sections = [pair for pair in data["pairs"] if re.search(r"sec_\w+$", (pair["new"] or pair["old"])["eid"])]
    numbers = {(pair["new"] or pair["old"])["eid"].rpartition("_")[2]: pair["kind"] for pair in sections}
    assert numbers == {"501": "changed", "506": "unchanged", "507": "unchanged", "509": "unchanged", "1501": "added"}


BILL = ["--jurisdiction", "us", "--kind", "draft"]


def import_bills(law: str, paths: list[Path]) -> None:
    for number, path in enumerate(paths, start=1):
        options = ["--law", law, "--version", str(number), "--date", f"2019-0{number}", "--publish", *BILL]
        call_command("import_law", str(path), *options, stdout=io.StringIO(), stderr=io.StringIO())


def test_a_bill_is_compared_with_what_was_enacted(tmp_path, django_capture_on_commit_callbacks):
    for stage in ("introduced", "enrolled"):
        (tmp_path / f"{stage}.xml").write_bytes(samples.bill(stage))
    with django_capture_on_commit_callbacks(execute=True):
        import_bills("hr-1", [tmp_path / "introduced.xml", tmp_path / "enrolled.xml"])
    data = compare_as_json("hr-1/1", "hr-1/2")
    fund = next(p for p in data["pairs"] if p["new"] and p["new"]["heading"] == "Harbour Repair Fund")
    assert fund["kind"] == "changed" and "$200,000,000 → $381,000,000" in fund["sentence"]
    renumbered = next(p for p in data["pairs"] if p["old"] and p["old"]["num"] == "Sec. 102")
    assert (renumbered["kind"], renumbered["new"]["num"]) == ("renumbered", "Sec. 101")


def test_successive_versions_of_a_resolution_are_compared_one_after_the_other(
    tmp_path, django_capture_on_commit_callbacks
):
    paths = [tmp_path / f"{stage}.xml" for stage in ("agreed", "engrossed", "referred")]
    for path in paths:
        path.write_bytes(samples.resolution(path.stem))
    with django_capture_on_commit_callbacks(execute=True):
        import_bills("sconres-13", paths)
    pairs = [(comparison.old.slug, comparison.new.slug) for comparison in Comparison.objects.order_by("pk")]
    assert pairs == [("1", "2"), ("2", "3")]
    for comparison in Comparison.objects.all():
        assert comparison.is_done and comparison.stats.get("added", 0) == comparison.stats.get("removed", 0) == 0


def test_the_form_begins_with_two_drafts_of_the_law_with_most_and_the_second_follows_the_first(client, store):
    for law, version, date in (("a", "1", "2019"), ("a", "2", "2020"), ("a", "3", "2021"), ("b", "1", "2022")):
        store(OLD_DRAFT, version, law=law, date=date)

    def chosen(query: str = "") -> list[str]:
        return re.findall(r'value="(\w/\d)"\s+selected', client.get(f"/compare/{query}").content.decode())

    assert chosen() == ["a/2", "a/3"] and chosen("?old=a/1") == ["a/1", "a/2"] and chosen("?old=a/3") == ["a/3", "a/2"]
    assert chosen("?old=b/1") == ["b/1", "a/3"] and chosen("?old=nonsense") == ["a/2", "a/3"]
