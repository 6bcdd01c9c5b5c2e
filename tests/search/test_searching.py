"""Searching the public texts: what is found, in which order, and that nothing is found that is not public."""

import itertools
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from io import StringIO
from time import monotonic
from typing import Any
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from lawcompare.accounts.models import Organisation
from lawcompare.annotations import services as notes
from lawcompare.annotations.models import Annotation, Category
from lawcompare.annotations.search_entries import run_indexing
from lawcompare.annotations.targets import set_target
from lawcompare.core.jobs.registry import ignore_progress
from lawcompare.core.jobs.runner import LostClaim
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import index_topic
from lawcompare.engine.text.normalise import normalise
from lawcompare.laws.models import Law, Origin, Version, Withdrawal
from lawcompare.laws.services import Import, ImportRefused, import_law
from lawcompare.publishing.services import publish
from lawcompare.search.asking import public_versions
from lawcompare.search.find import RANKED_MAX, Answer, Filters, SearchResults, find, show
from lawcompare.search.fitted import Fitted
from lawcompare.search.models import SearchEntry, SearchEntryQuerySet
from lawcompare.search.ranking import Read
from lawcompare.search.services import index_clauses, request_missing, take_out_all
from lawcompare.search.words import stem
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
# A transaction and its limits, and those of what organisations say.
ON_POSTGRESQL = 6 if connection.vendor == "postgresql" else 0

KHMER_LAW = """## មាត្រា ១. គោលបំណង

ច្បាប់នេះមានគោលបំណងគ្រប់គ្រងបញ្ជីកំពង់ផែ និងការពារព័ត៌មានរបស់អ្នកដំណើរ។

## មាត្រា ២. ការផ្ដន្ទាទោស

អ្នកណាកត់ត្រាព័ត៌មានក្លែងក្លាយក្នុងបញ្ជី ត្រូវពិន័យជាប្រាក់ពី ៥០០.០០០ រៀល ទៅ ១.០០០.០០០ រៀល។
"""


@pytest.fixture(autouse=True)
def nothing_is_left():
    cache.clear()
    yield
    translation.deactivate()


@pytest.fixture
def put(store, django_capture_on_commit_callbacks):
    """Store and publish a text, with the work that follows done."""

    def put_text(*args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return store(*args, **kwargs)

    return put_text


@pytest.fixture
def store_khmer(django_capture_on_commit_callbacks):
    def store_text(text: str):
        details = {"title": "Records", "jurisdiction": "kh", "kind": "statute", "language": "km", "date": "2015"}
        with django_capture_on_commit_callbacks(execute=True):
            version = import_law(Import(text.encode(), "km.md", law="records", version="km", metadata=details))
            publish(version.version)

    return store_text


def ask(text: str, **filters: str) -> list[str]:
    """The addresses found, in order."""
    results = find(text, Filters(**filters), public_versions())
    assert results.total == len(results.ranked)
    return [hit.url for hit in show(results, results.ranked)]


def everywhere(text: str) -> list[str]:
    """The addresses found, each with those of the same clause in other texts of its law."""
    results = find(text, Filters(), public_versions())
    hits = show(results, results.ranked)
    return [url for hit in hits for url in [hit.url, *(clause.get_absolute_url() for clause in hit.also)]]


def eids(text: str, **filters: str) -> list[str]:
    return [url.rstrip("/").rpartition("/")[2] for url in ask(text, **filters)]


def marks(text: str) -> list[str]:
    results = find(text, Filters(), public_versions())
    hit = show(results, results.ranked)[0]
    return [run.text for run in [*hit.title, *hit.text] if run.is_mark]


def test_words_are_found_in_every_form_the_heading_first(drafts):
    assert eids("publication")[0] == "chp_1__art_3", "the heading of the newer draft"
    assert {"/laws/draft/old/chp_1__art_2/", "/laws/draft/new/chp_1__art_3/"} <= set(everywhere("publishing"))
    assert eids("interception") == ["chp_1__art_3"]


def test_what_was_asked_goes_before_other_forms_of_it(put):
    put(
        "## Article 1. A\n\nIt intercepts.\n\n## Article 2. B\n\nThey intercept.\n\n## Article 3. Intercepting\n\nNo.\n"
    )
    assert eids("intercept ") == ["art_3", "art_2", "art_1"]


def test_a_word_is_found_as_it_is_typed(drafts):
    assert "chp_1__art_2" in eids("retent") and "chp_1__art_2" in eids("data ret")
    assert eids("reten ") == [], "a finished word is no beginning"
    assert marks("data ret") == ["Data", "retention", "data"]


def test_what_has_a_common_word_is_looked_up_in_a_list_that_fits_into_memory(drafts):
    """Of 500,000 entries with each of three words PostgreSQL walked through for each: minutes for one question."""
    with CaptureQueriesContext(connection) as asked:
        ask("officer offence zebra")
    (weighed,) = [query["sql"] for query in asked if "CASE WHEN" in query["sql"]]
    assert weighed.count("CASE WHEN") == weighed.count("LIMIT 50000") > 1


def test_words_in_quotes_must_follow_each_other(put):
    put("## Article 1. A\n\nThe freedom of expression.\n\n## Article 2. B\n\nThe expression of freedom.\n")
    assert eids('"freedom of expression"') == ["art_1"]
    assert len(eids("freedom expression")) == 2
    assert marks("“freedom of expression”") == ["freedom of expression"]


def test_a_place_comes_first_and_else_every_word_must_be_found(drafts):
    assert ask("Article 3(1)")[0] == "/laws/draft/new/chp_1__art_3__para_1/"
    assert ask("Article 3")[:2] == ["/laws/draft/new/chp_1__art_3/", "/laws/draft/old/chp_1__art_3/"]
    assert ask("Art. 3 2019") == ["/laws/draft/old/chp_1__art_3/"]
    assert ask("មាត្រា ៣ 2019") == ["/laws/draft/old/chp_1__art_3/"]
    assert ask("Article 3(9)")[0] == "/laws/draft/new/chp_1__art_3/", "what the part would stand in"
    assert ask("draft 2")[0] == "/laws/draft/new/chp_1__art_2/"
    parts = ["/laws/draft/new/chp_1__art_3__para_2/", "/laws/draft/old/chp_1__art_2__para_2/"]
    assert everywhere("publications court removed")[:2] == parts, "the same words in two texts are one answer"
    assert eids("publications nowhere")[0] == "chp_1__art_3", "what has most of the words"
    assert find("publications nowhere", Filters(), public_versions(), as_typed=True).total == 0


def test_khmer_is_found_by_words_by_beginnings_and_whichever_way_it_is_written(store_khmer):
    store_khmer(KHMER_LAW)
    assert eids("ផ្តន្ទាទោស") == ["art_2"], "written with TA, printed with DA"
    assert eids("ព័ត៌មានក្លែង") == ["art_2"] and eids("ក្លែងក្លា") == ["art_2"]
    assert eids("កំពង់ផែ") == ["art_1"] and eids("កំពង់") == ["art_1"]
    assert eids("500000 រៀល") == ["art_2"] and eids("៥០០.០០០") == ["art_2"]
    assert marks("ផ្តន្ទាទោស") == ["ផ្ដន្ទាទោស"]


@pytest.fixture
@made_once
def note(drafts, cast):
    """A published note on the newer draft, with a word that no law has."""
    category = Category.objects.create(code="VAGUE", label="Vagueness")
    annotation = Annotation(body="A **zymurgical** remark on unity.", risk=3, motivation="assessing")
    set_target(annotation, drafts[1].clauses.get(eid="chp_1__art_3"), "the unity of the country")
    notes.write_annotation(cast.alice, annotation, {"categories": [category]})
    notes.submit_annotation(cast.alice, annotation)
    return annotation


def test_a_note_is_found_only_while_it_is_published(note, cast):
    assert ask("zymurgical") == []
    notes.publish_annotation(cast.rita, note)
    assert ask("zymurgical") == [f"/annotations/{note.slug}/"]
    note.refresh_from_db()
    note.body = "Words of a secret revision."
    notes.write_annotation(cast.alice, note, {})
    assert ask("revision secret") == [] and len(ask("zymurgical")) == 1
    note.refresh_from_db()
    notes.withdraw_annotation(cast.rita, note, "Wrong.")
    assert ask("zymurgical") == []


def test_a_note_that_was_withdrawn_while_it_was_indexed_goes_with_the_next_time(note, cast, drafts):
    """Its entry, written a moment after it was taken out, stayed for good."""
    notes.publish_annotation(cast.rita, note)
    note.refresh_from_db()
    with patch("lawcompare.search.services.take_out"):
        notes.withdraw_annotation(cast.rita, note, "It names somebody.")
    assert SearchEntry.objects.filter(kind="annotation").exists()
    text = Version.objects.get(pk=note.version_id)
    text.index_job = None
    run_indexing(text, ignore_progress)
    assert not SearchEntry.objects.filter(kind="annotation").exists()


def test_what_was_read_for_the_index_before_it_was_asked_for_anew_does_not_stay(drafts):
    """Words that were taken back meanwhile came back with it, and texts stood there twice."""
    text = Version.objects.get(pk=drafts[0].pk)
    assert text.index_job is not None
    take_out_all("clause")
    with pytest.raises(LostClaim):  # for the job is nobody's any more
        run_indexing(text, ignore_progress)
    assert not SearchEntry.objects.exists()
    text.index_job = None
    run_indexing(text, ignore_progress)
    assert SearchEntry.objects.exists()


def test_a_returned_note_is_not_found(note, cast):
    notes.return_annotation(cast.rita, note, "Name the standard.")
    assert ask("zymurgical") == [] and not SearchEntry.objects.filter(kind="annotation").exists()


def test_a_text_in_preparation_is_found_by_nobody(store, put, django_user_model, cast, rita):
    hidden = store(OLD_DRAFT, "secret", law="hidden", published=False)
    put(NEW_DRAFT, "new")
    call_command("index", stdout=StringIO())
    cast.rita.is_staff = True
    cast.rita.save()
    for question in ("illegal access", "Article 3", "hidden 3", "unity"):
        assert not [url for url in ask(question) if "hidden" in url]
        assert b"/laws/hidden/" not in rita.get("/search/", {"q": question}).content
    assert not SearchEntry.objects.filter(version=hidden).exists()


def test_a_withdrawn_text_is_not_found_and_a_restored_one_is(note, drafts, cast):
    notes.publish_annotation(cast.rita, note)
    assert len(everywhere("unity")) == 3
    withdrawal = Withdrawal.objects.create(version=drafts[1], reason="Wrong file.", organisation=cast.centre)
    assert ask("unity") == ["/laws/draft/old/chp_1__art_2/"] and ask("zymurgical") == []
    assert "/laws/draft/new/chp_1__art_3/" not in ask("Article 3")
    Withdrawal.objects.filter(pk=withdrawal.pk).update(restored_at=timezone.now())
    assert len(everywhere("unity")) == 3


def test_what_was_said_of_a_text_before_it_was_public_is_found_with_it(store, cast, django_capture_on_commit_callbacks):
    version = store(OLD_DRAFT, "later", published=False)
    annotation = Annotation(body="A zymurgical remark.", risk=2, organisation=cast.centre)
    set_target(annotation, version.clauses.get(eid="chp_1__art_1"), "")
    notes.record_published(annotation, {})
    assert ask("zymurgical") == []
    with django_capture_on_commit_callbacks(execute=True):
        publish(version)
    assert ask("zymurgical") == [f"/annotations/{annotation.slug}/"]


def test_a_text_that_is_not_confirmed_takes_no_place_of_one_that_is(drafts, store, cast):
    altered = store(NEW_DRAFT.replace("180 days", "900 days"), "altered", date="2025", published=False)
    Origin.objects.create(version=altered, organisation=cast.others)
    publish(altered)
    index_clauses(altered)

    def first(text: str) -> str:
        results = find(text, Filters(), public_versions())
        return next(hit.version.slug for hit in show(results, results.ranked))

    asked = ("data retention", "traffic data", "Article 2", "draft")
    assert [first(text) for text in asked] == ["new"] * len(asked)
    Origin.objects.update(confirmation="confirmed")
    assert [first(text) for text in asked] == ["altered"] * len(asked)


@pytest.mark.both_databases
def test_a_text_that_is_not_confirmed_takes_no_clause_of_one_that_is_out_of_the_answers(store, cast):
    """Its title took a place that laws are cited by, or was the question; its many clauses were all that is ranked,
    and enough not to look for what has most of the words.
    """
    code = store("## Article 427. Access\n\nWhoever enters a computer.\n", "2009", law="kh-criminal-code")
    index_clauses(code)
    many = "".join(f"## Article {at}. Enters a computer\n\nEnters a computer {at}.\n\n" for at in range(420, 450))
    theirs = store(many, "x", law="penal-code", published=False)
    Origin.objects.create(version=theirs, organisation=cast.others)
    publish(theirs)
    index_clauses(theirs)

    def first(text: str) -> str:
        results = find(text, Filters(), public_versions())
        return next(hit.version.law.slug for hit in show(results, results.ranked))

    for title in ("Penal Code, our translation", "Enters a computer of a bank"):
        Law.objects.filter(slug="penal-code").update(title=title)
        index_clauses(Version.objects.get(pk=theirs.pk))
        for asked in ("penal code 427", "article 427 of the penal code", "computer", "enters a computer of a bank"):
            assert first(asked) == "kh-criminal-code", asked
    short = store("## Article 1. Zither\n\nZither tax.\n", "s", law="short", published=False)
    long = store("".join(f"## Article {at}. Zither\n\nZither tax {at}.\n\n" for at in range(RANKED_MAX + 9)), "l",
                 law="long", published=False)  # fmt: skip
    for text, organisation in ((long, cast.others), (short, cast.centre)):
        Origin.objects.create(version=text, organisation=organisation)
        publish(text)
        index_clauses(text)
    results = find("zither tax", Filters(), public_versions())
    assert {hit.version.law.slug for hit in show(results, results.ranked[:2])} == {"long", "short"}, "each has its turn"
    alone = find("article 449", Filters(), public_versions())
    assert (alone.cited, alone.total) == (1, 1), "what is theirs alone is found and marked"


FRAUD = "Whoever commits fraud by means of a computer on a boat pays."
SAME, MORE = "Computer fraud", "Computer boat fraud villain"


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("asked", "texts", "articles", "heading"),
    [
        ("computer fraud", 1, RANKED_MAX + 9, SAME),  # all that is read first
        ("computer fraud boat villain", 1, 10, MORE),  # enough that has all
        ("computer fraud boat villain", 1, RANKED_MAX + 9, MORE),
        ("computer fraud boat villain", 42, 1, "Computer fraud villain"),  # all that has most
        ("computer fraud", 6, 1, SAME),  # a clause under the same heading in a text of the same law
        ("article 1", 42, 1, SAME),
        ("article 1(2)", 1, 1, f"{SAME}\n\n(1) Boats.\n\n(2) Lamps.\n\n"),  # cited in a way that theirs has not
        ("lamp law", 42, 1, SAME),
    ],
)
@patch("lawcompare.search.find.SCORE_LEAST", 1.0)
def test_no_text_of_one_organisation_takes_the_place_of_another_s(store, cast, asked, texts, articles, heading):
    index_clauses(store("## Article 9. Rice\n\nRice grows.\n", "site", law="kh-code"))
    Law.objects.update(title="Lamp Law")

    def bring(slug: str, law: str, organisation: Organisation, text: str, date: str) -> None:
        brought = store(text, slug, law=law, date=date, published=False)
        Origin.objects.create(version=brought, organisation=organisation)
        publish(brought)
        index_clauses(brought)

    bring("b", "kh-code", cast.centre, f"## Article 1. {SAME}\n\n{FRAUD}\n", "2020")
    for number in range(texts):
        text = "".join(f"## Article {at}. {heading}\n\n{heading} {at}, a boat.\n\n" for at in range(1, articles + 1))
        bring(f"a{number}", "kh-code" if heading == SAME and articles == 1 else "zed", cast.others, text, "2025")
    results = find(asked, Filters(), public_versions())
    places = [at for at, hit in enumerate(show(results, results.ranked)) if hit.version.slug == "b"]
    most = RANKED_MAX - 1 if articles > RANKED_MAX and heading == MORE else 10 if heading == MORE else 2
    assert places and places[0] <= most, "behind what matches better, or by turns"


def test_a_text_that_is_cited_keeps_no_other_s_that_has_most_from_being_found(store, cast):
    index_clauses(store("## Article 9. Rice\n\nRice grows.\n", "site", law="kh-code"))

    def bring(slug: str, title: str, organisation: Organisation, text: str) -> None:
        brought = store(text, slug, law=slug, published=False)
        Law.objects.filter(slug=slug).update(title=title)
        Origin.objects.create(version=brought, organisation=organisation)
        publish(brought)
        index_clauses(brought)

    asked, article = "computer fraud boat villain 1", "## Article 1. {}\n\n{}\n"
    bring("b", "Fishing", cast.others, article.format("Boats", FRAUD))
    assert ask(asked) == ["/laws/b/b/art_1/"]
    bring("a", "Computer fraud boat villain", cast.centre, article.format("Nothing", "Nothing at all."))
    assert ask(asked) == ["/laws/a/a/art_1/", "/laws/b/b/art_1/"]


@pytest.mark.both_databases
def test_what_organisations_brought_keeps_no_reader_waiting_for_the_law(client, store, cast):
    """98,000 clauses that waited for staff made every search 5 to 11 seconds of the database."""
    index_clauses(store("## Article 9. Rice\n\nRice grows.\n", "site", law="kh-code"))
    theirs = store("## Article 1. Rice\n\nRice is theirs.\n", "theirs", law="theirs", published=False)
    Origin.objects.create(version=theirs, organisation=cast.others)
    publish(theirs)
    index_clauses(theirs)
    assert ask("rice") == ["/laws/kh-code/site/art_9/", "/laws/theirs/theirs/art_1/"]
    with patch("lawcompare.search.find.SECONDS_BEHIND", -1):
        is_cut = connection.vendor == "postgresql"  # the other has one reader at a time
        assert find("rice", Filters(), public_versions()).is_cut is is_cut
        page = client.get("/search/", {"q": "rice"})
        assert "/laws/kh-code/site/art_9/" in page.content.decode() and ("no-store" in page["Cache-Control"]) is is_cut
        assert ("It took too long" in page.content.decode()) is is_cut
    assert len(ask("rice")) == 2, "and so it is asked again"


@pytest.mark.both_databases
def test_letters_that_signs_without_width_hold_apart_are_no_word_too_long_for_the_database(store):
    """Such a text was public, its clauses never in the search, and the command that writes it stopped there."""
    long = "rice\u200b\u200d" * 4000
    with pytest.raises(ImportRefused, match="longer than the limit of 500 characters"):
        store(f"## Article 9. Rice\n\n{long} lamp\n", "site", law="kh-code")
    stored = {"WORD_CHARACTERS_MAX": 10**6}  # as before the limit knew of them
    with patch.multiple("lawcompare.laws.services", **stored):
        index_clauses(store(f"## Article 9. Rice\n\n{long} lamp\n", "site", law="kh-code"))
    assert ask("lamp") == ["/laws/kh-code/site/art_9/"]


@pytest.mark.both_databases
def test_what_has_all_is_found_where_the_database_takes_all_the_time_for_what_has_most(store, cast):
    """What was found of organisations was thrown away, and the texts behind were not asked at all."""
    code = store("## Article 9. Rice\n\nRice grows.\n", "site", law="kh-code")
    annotation = Annotation(slug="of-rice", body="Rice by computer fraud.", risk=4, organisation=cast.centre)
    set_target(annotation, code.clauses.get(num="Article 9"), "")
    notes.record_published(annotation, {})
    theirs = store("## Article 1. Computer fraud\n\nRice of others.\n", "theirs", law="theirs", published=False)
    Origin.objects.create(version=theirs, organisation=cast.others)
    publish(theirs)
    index_clauses(code)
    index_clauses(theirs)

    def slow(entries: SearchEntryQuerySet, results: SearchResults, *rest: Any) -> dict[int, Answer]:
        if results.read_until and connection.vendor == "postgresql":
            entries.extra(where=["pg_sleep(5) IS NOT NULL"]).first()
        return {}

    with patch("lawcompare.search.find.SECONDS_BEHIND", 1), patch("lawcompare.search.find._having_most", slow):
        results = find("rice computer fraud", Filters(), public_versions())
    assert [hit.entry.key for hit in show(results, results.ranked)] == ["of-rice", "art_1"]
    assert results.is_cut is (connection.vendor == "postgresql")


@pytest.mark.both_databases
def test_no_note_of_one_organisation_takes_the_place_of_another_s(store, cast):
    lamps = "## Article 10. Lamps\n\nComputer fraud by a lamp.\n"
    code = store(f"## Article 9. Rice\n\nRice grows in freedom.\n\n{lamps}", "site", law="kh-code")
    index_clauses(code)

    def write(slug: str, organisation: Organisation, body: str) -> None:
        annotation = Annotation(slug=slug, body=body, risk=4, organisation=organisation)
        set_target(annotation, code.clauses.get(num="Article 9"), "")
        notes.record_published(annotation, {})

    write("b", cast.centre, "Committing frauds by computers, without freedom of all.")
    for at in range(RANKED_MAX + 10):
        write(f"a-{at}", cast.others, "Computer fraud, lamp.")
    write("slip", cast.others, "The freedm.")
    index_clauses(code)

    def asked(text: str) -> list[str]:
        results = find(text, Filters(), public_versions())
        return [hit.entry.key for hit in show(results, results.ranked)]

    assert "b" in asked("computer fraud")[:3]
    with (
        patch("lawcompare.search.find.READ_ALWAYS", 2),
        patch(
            "lawcompare.search.find.monotonic",
            side_effect=itertools.chain([monotonic()] * 2, itertools.repeat(monotonic() + 1.5)),
        ),
    ):
        results = find("computer fraud", Filters(), public_versions())
        assert results.is_cut, "more is not read in time"
        assert {hit.entry.key for hit in show(results, results.ranked)} >= {"b", "a-0"}, (
            "of each organisation the first"
        )
    with patch.object(Fitted, "rarity", lambda self, piece: 1.0):
        assert asked("computer fraud lamp")[-1] == "b", "it has most alone, behind the law and hundreds that have all"
    with patch.object(Fitted, "correct", lambda self, text: text.replace("freedm", "freedom")):
        assert asked("freedm") == [*asked("freedom"), "slip"] and "b" in asked("freedom")


def test_what_organisations_say_takes_no_place_of_the_law_nor_of_what_others_say(client, store, cast):
    """Short notes have a better score, and what is read and ranked was full of them; one with a slip kept a question
    from being corrected.
    """
    long = "Whoever without right given by law or contract enters a computer of another, or stays in it, pays a fine."
    code = store("".join(f"## Article {at}. Of lamps {at}\n\n{long}\n\n" for at in range(1, 5)), "2009", law="code")
    index_clauses(code)

    def kinds(text: str, **filters: str) -> tuple[list[str], SearchResults]:
        results = find(text, Filters(**filters), public_versions())
        return [hit.entry.kind for hit in show(results, results.ranked)], results

    def write(number: int, organisation: Organisation, body: str) -> None:
        annotation = Annotation(slug=f"n-{organisation.slug}-{number}", body=body, risk=4, organisation=organisation)
        set_target(annotation, code.clauses.get(num="Article 1"), "")
        notes.record_published(annotation, {})

    asked = ("enters a computer", "computer fine", "computer fine bank")
    before = {text: kinds(text)[0] for text in asked}
    for at in range(RANKED_MAX + 10):
        write(at, cast.others, "Enters a computer, fine, compoter.")
    write(0, cast.centre, "Whoever enters a computer of another without right given by law pays a fine.")
    index_clauses(code)  # its keys are the newest
    for text in asked:
        found, _results = kinds(text)
        assert found[: len(before[text])] == before[text], text
        assert kinds(text, kind="clause")[0] == before[text]
    found, results = kinds(asked[0])
    assert results.counts["kind"] == {"clause": 4, "annotation": RANKED_MAX + 11}
    said = [hit.entry.organisation.slug for hit in show(results, results.ranked[4:6])]
    assert sorted(said) == ["centre", "others"], "each organisation's best before the second of any"
    page = client.get("/search/", {"q": asked[0]}).content.decode()
    assert (
        0 < page.index("/laws/code/") < page.index("Notes and texts of organisations") < page.index("/annotations/n-")
    )
    assert "Most of the words" not in page
    assert kinds(asked[0], organisation="centre")[0] == ["annotation"]
    with patch.object(Fitted, "correct", lambda self, text: text.replace("compoter", "computer")):
        assert find("enters compoter", Filters(), public_versions()).corrected == "enters computer"


def test_a_clause_does_not_keep_each_word_of_endless_headings_above_it(store):
    """Headings of 5,000 letters, each above 25,000 clauses: a file of 700 KB was 2.6 GB in the index."""
    heading = " ".join(f"w{number}" for number in range(800))
    articles = "".join(f"### Article {number}\n\nWords.\n\n" for number in range(1, 61))
    version = store(f"## Chapter 1. {heading}\n\n{articles}", "deep")
    index_clauses(version)
    entries = SearchEntry.objects.filter(version=version)
    assert entries.count() == 61 and max(len(entry.tokens) for entry in entries[1:]) < 2_000


def test_filters_narrow_and_each_count_is_what_it_would_give(client, note, cast):
    notes.publish_annotation(cast.rita, note)
    index_topic(Topic.objects.create(slug="unity", title="Unity", title_km="សាមគ្គី", description="Of the country"))
    results = find("unity", Filters(), public_versions())
    assert results.counts["kind"] == {"clause": 1, "annotation": 1, "topic": 1}
    assert (results.counts["risk"], results.counts["category"]) == ({"3": 1}, {"VAGUE": 1})
    assert results.counts["organisation"] == {"centre": 1}
    for name, counter in results.counts.items():
        for value, count in counter.items():
            assert len(ask("unity", **{name: value})) == count, (name, value)
    assert ask("unity", kind="topic") == ["/topics/unity/"] and ask("សាមគ្គី") == ["/topics/unity/"]
    narrowed = find("unity", Filters(kind="annotation"), public_versions())
    hit = client.get("/api/v1/search?q=unity&kind=annotation").json()["items"][0]
    assert hit["organisation"] == "centre" and hit["title"].startswith("The Centre"), "whose words they are"
    assert narrowed.total == 1 and narrowed.counts["kind"]["clause"] == 2, "the way back is counted too"


@pytest.mark.django_db
def test_a_topic_bears_its_khmer_name_on_khmer_pages_whichever_words_found_it(client):
    index_topic(Topic.objects.create(slug="unity", title="Unity", title_km="សាមគ្គី", description="Of the country"))
    khmer = client.get("/km/search/", {"q": "unity"}).content.decode()
    assert "សាមគ្គី" in khmer and not re.search(r"<mark\s*>Unity</mark>", khmer)
    beside = client.get("/km/search/", {"q": "unity", "beside": "yes"}).content.decode()
    assert "សាមគ្គី" in beside and re.search(r"<mark\s*>Unity</mark>", beside)
    assert "សាមគ្គី" not in client.get("/search/", {"q": "unity"}).content.decode()


def test_the_page_shows_marks_counts_and_where_each_answer_stands(client, note, cast):
    notes.publish_annotation(cast.rita, note)
    page = unescape(client.get("/search/", {"q": "unity"}).content.decode())
    assert "2 answers" in page and "Also in:" in page and re.search(r"<mark\s*>unity</mark>", page)
    assert "The Centre on Article 3" in page and "alice" not in page
    SearchEntry.objects.filter(categories=" VAGUE ").update(categories=" ODD VAGUE ")
    narrowed = client.get("/search/", {"q": "unity", "risk": "3"}).content.decode()
    assert "Vagueness" in narrowed and "ODD" not in narrowed, "a kind that is out of use has no name"
    assert "draft 2019" not in page and "draft new" in page
    khmer = client.get("/km/search/", {"q": "unity"}).content.decode()
    assert '<html lang="km">' in khmer and "/km/laws/draft/new/" in khmer


def test_the_inner_part_alone_is_what_the_page_has_inside(client, drafts):
    part = client.get("/search/", {"q": "unity", "part": "answers"}).content.decode()
    assert part.strip() in client.get("/search/", {"q": "unity"}).content.decode() and "<html" not in part


def test_an_odd_question_is_answered_in_words(client, drafts, cast, subtests):
    for query, status in [
        ({"q": "x" * 10_000}, 400),
        ({"q": '"unbalanced (and ) OR NOT * ^ : - + {'}, 200),
        ({"q": "\u17d2"}, 200),
        ({"q": "'; DROP TABLE laws_law; --"}, 200),
        ({"q": "<script>alert(1)</script>"}, 200),
        ({"q": "a\x00b unity"}, 200),
        ({"q": "%_\\' || &!:*"}, 200),
        ({"q": 'ក\u17d2 "ខ\u17d2 ក\u17d2"'}, 200),
        ({"q": '"' * 299}, 200),
        ({"q": 'the·unity "the·unity"'}, 200),
        ({"q": "a & b | !c <-> d:* NEAR(e f) tokens:g ^h {i} -j"}, 200),
        ({"q": "\u202eunity\u202c 👩‍👩‍👧 𠀀"}, 200),
        ({"q": "18 USC " + "(a)" * 90}, 200),
        ({"q": "unity", "page": "0"}, 200),
        ({"q": "unity", "page": "9" * 5000}, 200),
        ({"q": "unity", "language": "xx"}, 400),
        ({"q": "unity", "law": "no-such-law"}, 400),
        ({"q": "unity", "organisation": "a\x00"}, 400),
        ({"q": "unity", "organisation": "others"}, 400),
        ({}, 200),
    ]:
        with subtests.test(query=query, status=status):
            response = client.get("/search/", query)
            assert response.status_code == status
            html = response.content.decode()
            assert html.count("<h1") == 1 and "<script>alert" not in html and "Traceback" not in html
            assert not response.cookies
            if status == 400:
                assert re.search(r'class="notice is-problem"><p>.{20,}', html)


def test_an_address_that_no_form_sends_is_answered(client, drafts, subtests):
    for query in ["q=%ff%fe%80", "q=%", "q=%ED%A0%80", "q=unity&q=court&page=2&page=x", "part=x&q=%00"]:
        with subtests.test(query=query):
            response = client.get(f"/search/?{query}")
            assert response.status_code == 200 and response.content.decode().count("<h1") == 1


def test_a_visitor_who_asks_too_often_is_told(client, drafts, settings):
    settings.SEARCHES_PER_MINUTE = 2
    answers = [client.get("/search/", {"q": "unity"}).status_code for _ in range(3)]
    assert answers == [200, 200, 429]


def test_the_number_of_queries_does_not_grow(client, put, django_assert_max_num_queries):
    articles = "".join(f"## Article {n}. Unity {n}\n\n(1) The unity of {n}.\n\n" for n in range(1, 60))
    put(articles, "many")
    client.get("/search/", {"q": "field"})  # what a process reads once
    for question in ("unity", "Article 7", '"the unity of"'):
        with django_assert_max_num_queries(10 + ON_POSTGRESQL):
            assert client.get("/search/", {"q": question}).status_code == 200


def test_more_answers_than_can_be_ranked_give_the_best_and_say_so(client, put, monkeypatch):
    monkeypatch.setattr("lawcompare.search.find.RANKED_MAX", 5)
    put(
        "".join(f"## Article {n}. Case {n}\n\nThe unity of {n}.\n\n" for n in range(1, 20))
        + "## Article 20. Unity\n\nNone.\n"
    )
    results = find("unity", Filters(), public_versions())
    assert (results.total, len(results.ranked)) == (20, 5)
    best = show(results, results.ranked)[0]
    assert best.url.endswith("/art_20/") and best.entry.is_whole


def test_of_clauses_as_long_as_books_little_is_read_however_they_are_ranked_and_shown(put, monkeypatch):
    """Of a hundred that have a million letters each the search took 6 s, and the page 10 s to mark what it found."""
    ranked, marked = [], []
    monkeypatch.setattr("lawcompare.search.find.Read", lambda entry: ranked.append(len(entry.words)) or Read(entry))
    read = lambda text, *more: marked.append(len(text)) or normalise(text, *more)  # noqa: E731
    monkeypatch.setattr("lawcompare.search.marks.normalise", read)
    put(f"## Article 1. Case\n\nThe unity of {'matters ' * 12_000}zebras")
    results = find("unities zebras", Filters(), public_versions())
    assert show(results, results.ranked)
    assert ranked and max(ranked) <= 20_000 and 40_000 < sum(marked) < 80_000


def test_a_text_whose_indexing_was_lost_is_taken_up(drafts, django_capture_on_commit_callbacks):
    SearchEntry.objects.filter(version=drafts[0]).delete()
    with django_capture_on_commit_callbacks(execute=True):
        request_missing()
    assert len(everywhere("unity")) == 2
    with django_capture_on_commit_callbacks() as started:
        request_missing()
    assert not started


def test_indexing_anew_changes_nothing_and_repairs_everything(drafts, note, cast):
    notes.publish_annotation(cast.rita, note)
    rows = list(SearchEntry.objects.order_by("kind", "version", "citation", "key").values_list("kind", "key", "tokens"))
    SearchEntry.objects.filter(version=drafts[0]).delete()
    quiet = {"stdout": StringIO()}
    call_command("index", "--missing", **quiet)
    assert len(everywhere("unity")) == 3
    call_command("index", **quiet)
    assert sorted(rows) == sorted(SearchEntry.objects.values_list("kind", "key", "tokens"))


def test_a_text_that_cannot_be_indexed_keeps_no_other_from_it(drafts, capsys):
    """The command ended there, and with it each release of the site in containers."""
    SearchEntry.objects.all().delete()

    def index_all_but_the_old(version: Version) -> int:
        if version == drafts[0]:
            raise OperationalError("word is too long")
        return index_clauses(version)

    with patch("lawcompare.site.management.commands.index.index_clauses", index_all_but_the_old):
        call_command("index", "--missing")
    assert "draft/old is not in the search: word is too long" in capsys.readouterr().err
    assert {entry.version for entry in SearchEntry.objects.filter(kind="clause")} == {drafts[1]}


def test_threads_that_stem_at_once_read_none_of_each_other_s_words():
    words = [
        f"{first}{last}"
        for first in ("intercept", "author", "communicat", "nation")
        for last in ("ing", "ions", "isations", "ed", "ally")
    ]
    alone = [stem.__wrapped__(word) for word in words]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert all(made == alone for made in pool.map(lambda _n: list(map(stem.__wrapped__, words)), range(40)))
    finally:
        sys.setswitchinterval(before)
