"""Importing a law file: all of it or nothing, once."""

import io
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.urls import get_resolver

from lawcompare.engine import document as engine
from lawcompare.laws.access import proposal_of_law
from lawcompare.laws.editing.services import give_way
from lawcompare.laws.models import RESERVED, Clause, Law, Origin, Version
from lawcompare.laws.services import Import, ImportRefused, import_law, store_text
from lawcompare.publishing.services import publish
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db

NEW_LAW = ["--law", "draft", "--version", "1", "--jurisdiction", "kh", "--kind", "draft"]


def run(*args: object) -> str:
    output = io.StringIO()
    call_command("import_law", *[str(arg) for arg in args], stdout=output, stderr=io.StringIO())
    return output.getvalue()


@pytest.fixture
def write(tmp_path):
    def write_file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def test_a_markdown_law_is_stored_by_clause_with_its_provenance(write):
    text = OLD_DRAFT.replace(
        "Whoever listens",
        '{: text_status=quotation source="https://example.org/p" note="As quoted." }\n\nWhoever listens',
    )
    run(write("old.md", FRONT.format(law="draft", version="v1", title="The Draft", date="2019-04") + text))
    version = Version.objects.get()
    assert (version.title, version.date, version.text_status) == ("The Draft", "2019-04", "restatement")
    assert len(version.file_hash) == 64
    interception = version.clauses.get(num="Article 3")
    assert interception.heading == "Interception"
    assert (interception.text_status, interception.source_url, interception.note) == (
        "quotation",
        "https://example.org/p",
        "As quoted.",
    )
    assert interception.parent.num == "Chapter 1"


def test_a_subtree_is_a_run_of_positions(write):
    run(write("old.md", FRONT.format(law="draft", version="v1", title="T", date="2019") + OLD_DRAFT))
    clauses = list(Clause.objects.order_by("position"))
    for clause in clauses:
        inside = {other.pk for other in clauses if clause.position < other.position < clause.end}
        below = {other.pk for other in clauses if _is_below(other, clause)}
        assert inside == below


def _is_below(clause: Clause, other: Clause) -> bool:
    return clause.parent is not None and (clause.parent == other or _is_below(clause.parent, other))


def test_a_name_is_taken_once_and_the_same_file_again_changes_nothing(write):
    path = write("old.md", OLD_DRAFT)
    run(path, *NEW_LAW)
    before = list(Clause.objects.values())
    assert "nothing was changed" in run(path, *NEW_LAW)
    assert list(Clause.objects.values()) == before
    run(write("old.md", OLD_DRAFT), *NEW_LAW)
    with pytest.raises(CommandError, match="draft/1 is taken by another text") as refused:
        run(write("new.md", NEW_DRAFT), *NEW_LAW)
    assert refused.value.returncode == 2
    assert Version.objects.count() == 1


def test_a_text_that_gave_its_name_way_is_found_again_by_its_words(write, cast):
    """Stored a second time, it would have become public twice."""
    path = write("old.md", OLD_DRAFT)
    run(path, *NEW_LAW)
    give_way(Law.objects.all(), "draft", cast.eve)
    give_way(Version.objects.filter(law__slug__startswith="draft-"), "1", cast.eve)
    said = run(path, *NEW_LAW, "--publish")
    text = Version.objects.get()
    assert re.fullmatch(r"draft-[0-9a-f]{8}/1-[0-9a-f]{8}", text.address) and text.is_published
    assert f"{text.address} is already here" in said and f"{text.address} is public." in said


def test_a_law_is_called_by_its_name_where_others_called_it_otherwise(write, store, cast):
    known = store(OLD_DRAFT, "theirs", law="coming", published=False)
    Origin.objects.create(version=known, organisation=cast.others)
    publish(known)
    Law.objects.update(title="zzdecree", in_other_languages={"title": {"km": "zzkhmer"}}, description="zzsaid")
    path = write("new.md", FRONT.format(law="coming", version="new", title="T", date="2024") + NEW_DRAFT)
    run(path, "--law-title", "The law")
    assert Law.objects.get().title == "zzdecree", "what nobody published says nothing on a public page"
    run(path, "--law-title", "The law", "--publish")
    run(path, "--version", "again", "--law-title", "Another", "--publish")
    law = Law.objects.get()
    assert (law.title, law.title_km, law.description) == ("The law", "", ""), "what stands is changed by no file"
    assert proposal_of_law(law) == "", "these are the site's words, before its text is public and after"
    assert law.changes.get().fields["title"] == ["zzdecree", "The law"]


def test_a_name_that_staff_gave_way_is_not_taken_for_the_law_of_somebody_else(write, store, cast):
    """A second text of a law that staff keep to themselves would have stood in the law of who took its name since."""
    run(write("old.md", OLD_DRAFT), *NEW_LAW)
    give_way(Law.objects.all(), "draft", cast.eve)
    hidden = Law.objects.get().slug
    store(OLD_DRAFT, "theirs", law="lanterns")
    Law.objects.filter(slug="lanterns").update(slug="draft")
    path = write("new.md", NEW_DRAFT)
    said = f"law: draft, which staff alone see, is {hidden} since somebody else took its name"
    with pytest.raises(CommandError, match=said) as refused:
        run(path, "--law", "draft", "--version", "2")
    assert refused.value.returncode == 2
    assert not Version.objects.filter(slug="2").exists()
    run(path, "--law", hidden, "--version", "2")
    assert Version.objects.get(slug="2").law.slug == hidden

    give_way(Law.objects.get(slug=hidden).versions.all(), "2", cast.eve)
    text = Version.objects.exclude(slug="1").get(law__slug=hidden)
    theirs = store(OLD_DRAFT, "other", law=hidden, published=False)
    Version.objects.filter(pk=theirs.pk).update(slug="2")
    publish(theirs)
    with pytest.raises(CommandError, match=f"corrects: {hidden}/2, which staff alone see, is {text.address} since"):
        run(write("third.md", NEW_DRAFT + "\n"), "--law", hidden, "--version", "3", "--corrects", f"{hidden}/2")
    assert not Version.objects.filter(slug="3").exists()


def test_what_is_said_on_the_command_line_wins_over_the_file(write):
    path = write("old.md", FRONT.format(law="draft", version="v1", title="T", date="2019") + OLD_DRAFT)
    run(path, "--law", "other", "--version", "x", "--date", "2021-02-03", "--title", "Other", "--kind", "statute")
    version = Version.objects.get()
    assert (version.address, version.date, version.title, version.law.kind) == (
        "other/x",
        "2021-02-03",
        "Other",
        "statute",
    )


def test_chosen_sections_are_kept_with_what_stands_above_them(write):
    run(write("old.md", OLD_DRAFT), *NEW_LAW, "--sections", "2-3")
    assert [clause.num for clause in Clause.objects.all() if clause.element in {"chapter", "article"}] == [
        "Chapter 1",
        "Article 2",
        "Article 3",
    ]


BILLION_LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>
<uscDoc xmlns="http://xml.house.gov/schemas/uslm/1.0"><main><title><num>1</num>&c;</title></main></uscDoc>
"""

BAD_FILES = {
    "not a law": ("notes.txt", "Dear friend, the weather is fine and nothing else is to be said of it."),
    "an empty file": ("empty.txt", ""),
    "only white space": ("blank.md", " \n\n\t\n"),
    "a wrong extension": ("draft.docx", "Article 1. Purpose\n\nThis law has a purpose."),
    "an extension of no law file": ("law.xyz", "Article 1. Purpose\n\nThis law has a purpose."),
    "a broken DOCX": ("draft.docx", b"PK\x03\x04 and then nothing of use"),
    "a broken XML": ("draft.xml", '<?xml version="1.0"?>\n<uscDoc><main>\n<section></main></uscDoc>'),
    "entity expansion": ("bomb.xml", BILLION_LAUGHS),
    "no known encoding": ("draft.txt", b"Article 1. Purpose\n\x81\x8d\x8f\x90\x9d\xff\xfe\x00\x01 bytes"),
    "a repeated number": (
        "twice.md",
        "## Article 1. One\n\nText.\n\n## Article 2. Two\n\nText.\n\n## Article 2. Again\n\nText.\n",
    ),
}


def test_a_bad_file_gives_one_sentence_and_not_one_row(write, subtests):
    for name, content in BAD_FILES.values():
        with subtests.test(name=name, content=content):
            with pytest.raises(CommandError) as refused:
                run(write(name, content), *NEW_LAW)
            assert refused.value.returncode == 2
            assert "\n" not in str(refused.value).strip()
            assert str(refused.value).startswith(name)
            assert not Law.objects.exists() and not Version.objects.exists() and not Clause.objects.exists()


def test_no_clause_has_an_address_that_no_page_can_have():
    """With one of them the search, the sitemap and the mirror of all texts failed."""
    odd = ["art_2/x", "art_" + "ក" * 200, "art_" + "9" * 250, "art 4?", "art_5"]
    articles = (
        f'<article eId="{eid}"><num>Article {number}</num><content><p>Whoever enters.</p></content></article>'
        for number, eid in enumerate(odd, 1)
    )
    space = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
    act = f'<akomaNtoso xmlns="{space}"><act name="a"><meta/><body>{"".join(articles)}</body></act></akomaNtoso>'
    named = {"law": "odd", "law_title": "Odd", "title": "Odd", "jurisdiction": "kh", "kind": "draft", "date": "2020"}
    named |= {"version": "v1", "text_status": "restatement", "language": "en"}
    stored = import_law(Import(act.encode(), "odd.xml", metadata=named)).version
    assert list(stored.clauses.values_list("eid", flat=True)) == ["art_1", "art_2", "art_3", "art_4", "art_5"]
    document = engine.Document("Odd", "en", (engine.Clause("art_1/x", "article", "Article 1", "", "Whoever enters."),))
    with pytest.raises(ImportRefused, match="no page can have"):
        store_text(document, named | {"version": "v3"}, "0" * 64)


def test_what_no_xml_may_have_is_stored_in_no_text(client):
    """Written as numbers in an HTML file; the text's Akoma Ntoso was an error for all."""
    page = "<h2>Article 1. A&#xFFFE;im</h2><p>It &#x0B;aims&#xFFFF;.</p>"
    named = {"law": "odd", "law_title": "Odd", "title": "Odd", "jurisdiction": "kh", "kind": "draft", "date": "2020"}
    named |= {"version": "v1", "text_status": "restatement", "language": "en"}
    stored = import_law(Import(f"<html><body>{page}</body></html>".encode(), "odd.html", metadata=named)).version
    publish(stored)
    assert [(one.heading, one.text) for one in stored.clauses.all()] == [("Aim", "It aims.")]
    assert client.get("/laws/odd/v1.akn.xml").status_code == 200


@pytest.mark.parametrize(
    ("note", "beyond"),
    [
        ("A word. " * 600, "beside its words is longer"),
        ("x" * 600, "a word, or row of signs"),
        (f'x" source="https://example.org {"ab " * 200}', "called by too many letters"),
    ],
)
def test_what_a_file_says_of_a_clause_counts_with_its_words(note, beyond):
    """Notes of clauses were in no limit: they stand on the page as the words do."""
    front = FRONT.format(law="noted", version="v1", title="Noted", date="2020")
    text = f'{front}## Article 1. Aim\n{{: note="{note}" }}\n\nIt aims.\n'
    with pytest.raises(ImportRefused, match=beyond):
        import_law(Import(text.encode(), "noted.md"))


def test_a_repeated_number_is_told_with_its_line_and_may_be_accepted(write):
    path = write(*BAD_FILES["a repeated number"])
    with pytest.raises(CommandError, match="line 9: repeated number"):
        run(path, *NEW_LAW)
    run(path, *NEW_LAW, "--accept-warnings")
    assert Clause.objects.filter(element="article").count() == 3


def test_what_cannot_be_said_of_a_text_is_refused(write, subtests):
    for options, sentence in [
        (["--language", "xx"], "language"),
        (["--date", "yesterday"], "date"),
        (["--sections", "77"], "no section 77"),
        (["--law", "not a slug"], "slug"),
    ]:
        with subtests.test(options=options, sentence=sentence):
            with pytest.raises(CommandError, match=sentence) as refused:
                run(write("old.md", OLD_DRAFT), *NEW_LAW, *options)
            assert refused.value.returncode == 2
            assert not Law.objects.exists()


def test_a_missing_file_a_new_law_without_its_kind_and_a_file_over_the_limit_are_refused(tmp_path, write, settings):
    with pytest.raises(CommandError, match="No such file") as refused:
        run(tmp_path / "nowhere.md", *NEW_LAW)
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="--jurisdiction and --kind"):
        run(write("old.md", OLD_DRAFT), "--law", "draft", "--version", "1")
    settings.IMPORT_BYTES_MAX = 100
    with pytest.raises(CommandError, match="larger than the limit"):
        run(write("old.md", OLD_DRAFT), *NEW_LAW)
    assert not Law.objects.exists()


def test_every_address_beside_the_texts_of_a_law_is_reserved():
    patterns, names = list(get_resolver().url_patterns), set()
    while patterns:
        one = patterns.pop()
        patterns += getattr(one, "url_patterns", [])
        names.update(re.findall(r"^laws/<slug:law>/([\w-]+)", str(one.pattern)))
    assert names == RESERVED


def test_a_text_is_not_called_as_a_page_of_its_law_is(write, subtests):
    for name in sorted(RESERVED):
        with subtests.test(name=name):
            text = FRONT.format(law="draft", version=name, title="A draft", date="2020") + OLD_DRAFT
            with pytest.raises(CommandError, match=f"“{name}” is an address of this site") as refused:
                run(write("draft.md", text))
            assert refused.value.returncode == 2 and not Law.objects.exists()


@pytest.mark.both_databases
def test_the_database_refuses_to_change_a_published_text(store, subtests):
    version = store(OLD_DRAFT)
    for change in [
        lambda version: Clause.objects.filter(version=version).update(text="Other words."),
        lambda version: Version.objects.filter(pk=version.pk).update(title="Other title"),
        lambda version: Version.objects.filter(pk=version.pk).update(published_at=None),
        lambda version: Clause.objects.create(version=version, position=99, end=100, depth=0, eid="x", element="p"),
    ]:
        with subtests.test(), pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change(version)
