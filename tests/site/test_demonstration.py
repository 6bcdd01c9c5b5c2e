"""The demonstration corpus over data that are there: loaded again, and a later edition over an earlier one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import connection

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.annotations.models import Annotation, RenderedWords
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.models import LeadSentence
from lawcompare.crosswalk.models import Correspondence, Topic, Value, ValueStatus
from lawcompare.crosswalk.topics.services import edit_topic, merge_topic, move_topic
from lawcompare.crosswalk.values.services import strike_value
from lawcompare.laws.access import find_version
from lawcompare.laws.models import Event, PlainWords, Version, WantedText
from lawcompare.laws.timeline.services import store_event
from lawcompare.publishing.models import Carried
from lawcompare.search.fitted import fit_if_changed
from lawcompare.site import demonstration as demonstration_files
from tests.conftest import NEW_DRAFT, ROOT
from tests.proposals import edits_the_site
from tests.shared_files import filled_once
from tests.world import made_once

pytestmark = pytest.mark.django_db

KEPT = [
    "kh-cybercrime/2012-v1-en",
    "kh-cybercrime/2012-v1-km",
    "kh-cybercrime/2020-08-en",
    "budapest-convention/2001-en",
]
FILE = "laws/kh-cybercrime/2012-v1-en.md"
# As the earlier edition had it.
EARLIER = ("the committee has 14 members", "the committee has twelve members")
QUIET: Any = {"stdout": open("/dev/null", "w")}  # noqa: SIM115


LEAD = f"[{{old: {KEPT[0]}, new: {KEPT[2]}, body: Nearest to Article 28 of 2012 are two articles of 2020.}}]"
EVENTS = """
- law: kh-cybercrime
  id: leak
  date: "2014-04"
  kind: text
  title: {en: The draft becomes known, km: សេចក្តីព្រាងត្រូវបានស្គាល់}
  sources: [{url: "https://news.example/a", name: The News}]
  texts: [2012-v1-en, 2020-08-en]
"""


def _is_kept(value: Any) -> bool:
    """Whether an entry of a file names no text but those kept."""
    if isinstance(value, dict):
        addresses = [key for key in value if "/" in key]
        return all(key in KEPT for key in addresses) and all(map(_is_kept, value.values()))
    return all(map(_is_kept, value)) if isinstance(value, list) else True


def _without_others(row: dict[str, Any]) -> dict[str, Any]:
    """A topic with the clauses of the texts kept."""
    row = dict(row)
    row["clauses"] = {key: cited for key, cited in row.get("clauses", {}).items() if key in KEPT}
    for name in ("not_known", "absent"):
        row[name] = [address for address in row.get(name, []) if address in KEPT]
    return row


@pytest.fixture(scope="module")
def small_corpus(shared_folder) -> Path:
    """The corpus with three texts of the drafts and one treaty alone, and two events."""
    return filled_once(shared_folder / "small-corpus", make_small_corpus)


def make_small_corpus(folder: Path) -> None:
    shutil.copytree(ROOT / "fixtures", folder, dirs_exist_ok=True)
    for path in (folder / "laws").glob("*/*"):
        if f"{path.parent.name}/{path.stem}" not in KEPT:
            path.unlink()
    for path in (folder / "values").iterdir():
        if path.stem not in {address.replace("/", "-") for address in KEPT}:
            path.unlink()
    for name in ("correspondences", "annotations", "fates", "concordance", "topics"):
        path = folder / f"{name}.yaml"
        rows = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        rows = [row for row in map(_without_others, rows) if row["clauses"]] if name == "topics" else rows
        if name == "annotations":  # a standard of another law is left out, not the note
            rows = [row | {key: list(filter(_is_kept, row.get(key, []))) for key in ("standards", "answers")}
                    for row in rows]  # fmt: skip
        if name == "fates":
            rows = [row for row in rows if row["in"] in KEPT]
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        path.write_text(yaml.dump(list(filter(_is_kept, rows)), Dumper=dumper, allow_unicode=True), "utf-8")
    titles = (folder / "short-titles.yaml").read_text("utf-8").splitlines()
    kept = [line for line in titles if line.startswith("#") or line.partition(":")[0] in KEPT]
    (folder / "short-titles.yaml").write_text("\n".join(kept), "utf-8")
    told = yaml.safe_load((folder / "plain-words.yaml").read_text("utf-8"))
    told = {address: clauses for address, clauses in told.items() if address in KEPT}
    (folder / "plain-words.yaml").write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    (folder / "wanted.yaml").write_text("[]", "utf-8")
    (folder / "leads.yaml").write_text("[]", "utf-8")
    (folder / "events.yaml").write_text(EVENTS + EVENTS.replace("id: leak", "id: edited"), "utf-8")


@pytest.fixture
def corpus(small_corpus, tmp_path, monkeypatch) -> Path:
    """A copy of the small corpus of the test's own, which the command loads."""
    folder = shutil.copytree(small_corpus, tmp_path / "fixtures")
    monkeypatch.setattr(demonstration_files, "FIXTURES", folder)
    monkeypatch.setattr(demonstration_files, "ALSO_COMPARED", [])  # the last draft is not among its texts
    return folder


def change(folder: Path, old: str, new: str, file: str = FILE) -> None:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def load(django_capture_on_commit_callbacks):
    def load_corpus() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            call_command("demo", **QUIET)

    return load_corpus


@pytest.fixture
@made_once
def laws(corpus, django_capture_on_commit_callbacks) -> None:
    """The laws of the corpus and nothing else."""
    with django_capture_on_commit_callbacks(execute=True):
        for path in sorted(corpus.glob("laws/*/*.md")):
            demonstration_files.load_law(path, QUIET["stdout"].write)


def rows_of_everything() -> dict[str, list[Any]]:
    """Every row of every table of ours, but for jobs' times and what an edition of the pages counts."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name != "core_contenttoken"]
        rows = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows[table] = sorted(map(repr, cursor.fetchall()))
    return rows


@pytest.fixture
def earlier(world, cast, corpus, load):
    """The data of the day before: the same corpus, one article of which read otherwise."""
    change(corpus, *EARLIER)
    world.has("the corpus of the day before", load)
    change(corpus, *reversed(EARLIER))
    return corpus


@pytest.fixture
def later(world, earlier, load):
    """The corpus over the data of the day before."""
    world.has("the corpus of today", load)
    return earlier


@pytest.mark.verify
def test_a_changed_text_comes_as_a_correction_and_the_corpus_speaks_of_it(world, earlier, load, client):
    pinned = find_version("kh-cybercrime/2012-v1-en")
    stated = Correspondence.objects.filter(subject_version=pinned).count()
    world.has("the corpus of today", load)
    new = find_version("kh-cybercrime/2012-v1-en-2")
    assert (new.corrects, new.is_published, new.title) == (pinned, True, pinned.title)
    assert "14 members" in new.clauses.get(num="Article 6").text
    assert "twelve" in pinned.clauses.get(num="Article 6").text
    rendering = find_version("kh-cybercrime/2012-v1-km-2")  # its file is the same, but it renders the corrected text
    assert (rendering.corrects, rendering.translates) == (find_version("kh-cybercrime/2012-v1-km"), new)
    assert set(Version.objects.filter(corrects__isnull=False)) == {new, rendering}
    assert Correspondence.objects.filter(subject_version=new).count() == stated > 20
    assert not Correspondence.objects.filter(subject_version=pinned).exists()
    assert PlainWords.objects.filter(version=new).count() == PlainWords.objects.filter(version=pinned).count() > 20
    assert client.get(f"{pinned.get_absolute_url()}?text={pinned.text_hash[:12]}").status_code == 200
    assert client.get(f"{new.get_absolute_url()}?text={pinned.text_hash[:12]}").status_code == 404
    assert new.get_absolute_url() in client.get(pinned.get_absolute_url()).content.decode()


@pytest.mark.verify
def test_what_people_wrote_struck_and_changed_before_the_correction_is_kept(cast, earlier, load, client):
    old = find_version("kh-cybercrime/2012-v1-en")
    note = Annotation.objects.published().filter(version=old, descends_from=None).exclude(exact="").first()
    ours = Annotation(slug="ours", body="Said by people.", organisation=cast.centre)
    set_target(ours, note.version.clauses.get(num="Article 6"), "chaired by the Prime Minister")
    record_published(ours, {})
    struck = Value.objects.filter(version=old, status=ValueStatus.CONFIRMED).first()
    strike_value(edits_the_site(cast.sara), struck, "It says otherwise.", struck.seen)
    edited = Event.objects.get(slug="edited")
    store_event(edited, [old], by=cast.rita)
    load()
    for kept in (note, ours):
        assert client.get(kept.get_absolute_url()).status_code == 200
        kept.refresh_from_db()
        assert kept.version.address == "kh-cybercrime/2012-v1-en"
    row = Carried.objects.get(annotation=ours, carrying__new__slug="2012-v1-en-2")
    assert (row.verdict, row.exact, row.decision) == ("kept", "chaired by the Prime Minister", "")
    successor = Annotation.objects.get(slug=f"{note.slug}--2")
    assert (successor.descends_from, successor.exact) == (note, note.exact)
    assert successor.version.address == "kh-cybercrime/2012-v1-en-2"
    assert Carried.objects.get(annotation=note, carrying__new=successor.version).fate == "kept"
    same = {"version__slug": "2012-v1-en-2", "clause__eid": struck.clause.eid, "quote": struck.quote}
    assert not Value.objects.filter(**same, values=struck.values, element=struck.element).exists()
    assert Value.objects.filter(version__slug="2012-v1-en-2").exists()
    event = Event.objects.get(slug="leak")
    assert [text.slug for text in event.versions.order_by("slug")] == ["2012-v1-en-2", "2020-08-en"]
    assert event.changes.latest("pk").after["versions"] == ["kh-cybercrime/2012-v1-en-2", "kh-cybercrime/2020-08-en"]
    assert event.changes.count() == 2
    assert [text.slug for text in edited.versions.all()] == ["2012-v1-en"]
    page = client.get("/laws/kh-cybercrime/").content.decode()
    assert f'href="{find_version("kh-cybercrime/2012-v1-en-2").get_absolute_url()}"' in page


@pytest.mark.verify
def test_values_of_the_corpus_stand_on_the_correction_once_and_those_of_people_are_carried(later):
    old = find_version("kh-cybercrime/2012-v1-en")
    new = find_version("kh-cybercrime/2012-v1-en-2")
    of_both = [
        sorted(Value.objects.filter(version=version).values_list("clause__eid", "element", "quote", "status"))
        for version in (old, new)
    ]
    assert of_both[0] == of_both[1] != []


@pytest.mark.verify
def test_it_loads_where_an_earlier_one_with_invented_organisations_is(earlier, load):
    invented = Organisation.objects.create(slug="demo-one", name="Demonstration One")
    (earlier / "leads.yaml").write_text(LEAD, "utf-8")
    LeadSentence.objects.create(old=find_version(KEPT[0]), new=find_version(KEPT[2]), body="So.", organisation=invented)
    for model in (Annotation, RenderedWords, PlainWords):
        assert model.objects.update(organisation=invented), model
    Organisation.objects.filter(slug=EDITORS).delete()
    load()
    assert Organisation.objects.filter(slug=EDITORS).exists()


@pytest.mark.verify
def test_loading_a_third_time_changes_nothing_and_keeps_what_people_changed(later, cast, load):
    edited, gone, target = Topic.objects.get(slug="definitions"), *Topic.objects.all()[2:4]
    words = {"title": "Ours", "title_km": "របស់យើង", "description": "Entering.", "description_km": "ចូល។"}
    editor = edits_the_site(cast.sara)
    edit_topic(editor, edited, words, [], edited.revision)
    move_topic(editor, edited, 3)
    merge_topic(editor, gone, target)
    fit_if_changed()
    before = rows_of_everything()
    load()
    after = rows_of_everything()
    assert {table for table in before if before[table] != after[table]} == {"core_entry"}  # that it was loaded


@pytest.mark.verify
def test_a_second_change_corrects_the_correction(later, load):
    change(later, "the committee has 14 members", "the committee has 15 members")
    load()
    third = find_version("kh-cybercrime/2012-v1-en-3")
    assert third.corrects == find_version("kh-cybercrime/2012-v1-en-2")
    assert Annotation.objects.filter(slug__endswith="--3").exists()


@pytest.mark.verify
def test_a_mistake_in_the_corpus_is_one_sentence_and_no_statement_is_lost(earlier, load):
    stated = Correspondence.objects.count()
    change(earlier, "in urgent or necessary circumstances", "where it matters")
    with pytest.raises(CommandError, match=r"The demonstration corpus has a mistake: .*Article 17") as refusal:
        load()
    assert refusal.value.returncode == 2
    assert Correspondence.objects.count() == stated


MISTAKES = [
    ("values/kh-cybercrime-2012-v1-en.yaml", 'clauses:\n  "3":', 'clauses:\n  "99":', "has no clause 99"),
    ("values/budapest-convention-2001-en.yaml", "value: intent", "value: spite", "There is no value “spite”"),
    ("values/budapest-convention-2001-en.yaml", "words: intentionally\n", "words: negligently\n", "do not stand in"),
    (
        "values/budapest-convention-2001-en.yaml",
        "element: mental\n      value: intent",
        "element: penalties\n      value: prison 5 years..2 years",
        "more than its most",
    ),
    ("correspondences.yaml", "kh-cybercrime/2012-v1-en: '21'", "kh-cybercrime/2012-v1-en: '99'", "has no clause 99"),
    ("correspondences.yaml", "kh-cybercrime/2012-v1-en: '21'", "kh-cybercrime/2013-en: '21'", "there is no text"),
    ("events.yaml", "sources:", "# sources:", "“sources” is missing"),
    ("events.yaml", "2012-v1-en,", "2013-en,", "2013-en"),
]  # fmt: skip


@pytest.mark.verify
@pytest.mark.parametrize(("file", "right", "wrong", "problem"), MISTAKES)
def test_what_is_wrong_in_a_file_of_the_corpus_is_one_sentence_and_nothing_of_it_is_stored(
    corpus, laws, load, file, right, wrong, problem
):
    text = (corpus / file).read_text("utf-8")
    assert right in text
    (corpus / file).write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(CommandError) as refusal:
        load()
    sentence = str(refusal.value)
    assert refusal.value.returncode == 2 and problem in sentence and "\n" not in sentence
    assert not Value.objects.exists() and not Correspondence.objects.exists() and not Event.objects.exists()


WANTED = """
- law: lanterns
  slug: lanterns-text
  title: {en: Its text, km: អត្ថបទរបស់វា}
  date: 2021-02-16
  known_since: "2021"
  body: {en: It says who may light one., km: វាចែងថាអ្នកណាអាចបំភ្លឺ។}
  sources: [{url: "https://news.example/a", name: The News}]
"""
LANTERNS = "\nlanterns: {title: {en: On lanterns, km: ស្តីពីចង្កៀង}, jurisdiction: kh, kind: prakas, date: '2021'}\n"


def test_a_law_without_a_text_is_loaded_with_what_is_wanted_and_takes_no_word_of_a_private_one(corpus, store):
    store(NEW_DRAFT, law="lanterns", published=False)
    (corpus / "laws.yaml").write_text((corpus / "laws.yaml").read_text("utf-8") + LANTERNS, "utf-8")
    (corpus / "wanted.yaml").write_text(WANTED, "utf-8")
    for _twice in range(2):
        demonstration_files.load_names()
        demonstration_files.load_wanted(QUIET["stdout"].write)
        (text,) = WantedText.objects.select_related("law")
        assert (text.law.title, text.law.kind, text.date, text.title_km) == (
            "On lanterns",
            "prakas",
            "2021-02-16",
            "អត្ថបទរបស់វា",
        )
    (corpus / "wanted.yaml").write_text("[]", "utf-8")
    demonstration_files.load_wanted(QUIET["stdout"].write)
    assert not WantedText.objects.exists()
