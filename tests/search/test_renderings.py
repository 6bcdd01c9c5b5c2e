"""Answers in the reader's language: renderings in place of what they render, notes and topics, Khmer places."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.core.admin import LocalisedTextAdmin
from lawcompare.core.models import LocalisedText
from lawcompare.core.translations.texts import store_localised_texts
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import index_topic
from lawcompare.laws.models import Law, Withdrawal
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish
from lawcompare.search.asking import public_versions
from lawcompare.search.find import Filters, find, show
from lawcompare.search.services import index_clauses
from tests.conftest import FRONT, OLD_DRAFT
from tests.laws.test_translations import KHMER
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
# A transaction and its limits, and those of what organisations say.
ON_POSTGRESQL = 9 if connection.vendor == "postgresql" else 0

ORIGINAL, RENDERING = "/laws/draft/old/", "/laws/draft/old-km/"


@pytest.fixture(autouse=True)
def nothing_is_left():
    cache.clear()
    yield
    translation.deactivate()


@pytest.fixture
@made_once
def texts(store, django_capture_on_commit_callbacks):
    """A draft and its rendering, both public, and another that nothing renders."""
    with django_capture_on_commit_callbacks(execute=True):
        original = store(OLD_DRAFT, "old", date="2019")
        alone = store("## Article 9. Alone\n\nWhoever enters a computer alone.\n", "alone", law="other")
        front = FRONT.format(law="draft", version="old-km", title="សេចក្តីព្រាង (២០១៩)", date="2019")
        metadata = {"language": "km", "translates": "draft/old"}
        rendering = import_law(Import((front + KHMER).encode(), "km.md", metadata=metadata)).version
        publish(rendering)
    for version in (original, rendering, alone):
        index_clauses(version)
    return original, rendering, alone


@pytest.fixture
@made_once
def note(texts, cast) -> Annotation:
    annotation = Annotation(slug="a-note", body="A **zymurgical** remark.", organisation=cast.centre, risk=3)
    set_target(annotation, texts[0].clauses.get(num="Article 2"), "deemed to hinder")
    record_published(annotation, {})
    return annotation


def hits(text: str, language: str = "km", **filters: str):
    with translation.override(language):
        results = find(text, Filters(**filters), public_versions())
        assert results.total == len(results.ranked)
        return [(hit, hit.url.removeprefix("/km")) for hit in show(results, results.ranked, language)]


def urls(text: str, language: str = "km", **filters: str) -> list[str]:
    return [url for _hit, url in hits(text, language, **filters)]


def words(runs) -> str:
    return "".join(run.text for run in runs)


def test_english_words_are_answered_with_the_rendering_and_with_english_where_there_is_none(texts):
    answers = {url: hit for hit, url in hits("computer")}
    assert set(answers) == {RENDERING + "chp_1__art_1/", "/laws/other/alone/art_9/"}
    rendered, alone = answers[RENDERING + "chp_1__art_1/"], answers["/laws/other/alone/art_9/"]
    assert (words(rendered.title), words(rendered.text)) == ("ការចូលដោយខុសច្បាប់", "អ្នកណាដែលចូលក្នុងកុំព្យូទ័រ ត្រូវផ្តន្ទាទោស។")
    with translation.override("km"):
        assert (rendered.is_foreign, alone.is_foreign) == (False, True)
    assert rendered.is_rendered and "a computer without" in words(rendered.original_text)
    assert not alone.is_rendered and words(alone.text).startswith("Whoever enters")


def test_english_answers_are_for_english_pages_and_both_languages_count_once(texts):
    assert ORIGINAL + "chp_1__art_1/" in urls("computer", "en")
    with translation.override("km"):
        results = find("computer", Filters(language="en"), public_versions())
        assert {hit.url.removeprefix("/km") for hit in show(results, results.ranked, "en")} == {
            ORIGINAL + "chp_1__art_1/", "/laws/other/alone/art_9/",
        }  # fmt: skip
    hit, _url = next((hit, url) for hit, url in hits("offences") if url == RENDERING + "chp_1/")
    assert words(hit.title) == "បទល្មើស" and words(hit.text).startswith("អ្នកណាដែលចូល")
    with translation.override("km"):
        results = find("100000", Filters(), public_versions())
        assert [hit.url for hit in show(results, results.ranked, "km")] == ["/km" + RENDERING + "chp_1__art_2__para_1/"]
        assert results.total == 1 and results.counts["law"] == {"draft": 1}
        assert results.counts["language"] == {"en": 1, "km": 1}, "each filter gives its one"
    assert urls("100000", "en") == [ORIGINAL + "chp_1__art_2__para_1/"]


def test_a_rendering_that_is_withdrawn_is_shown_to_nobody(texts, cast):
    Withdrawal.objects.create(version=texts[1], reason="Wrong file.", organisation=cast.centre)
    assert ORIGINAL + "chp_1__art_1/" in urls("computer")


def test_a_khmer_place_is_found_by_the_law_s_khmer_name_or_a_part_of_it_in_either_digits(texts, subtests):
    Law.objects.filter(slug="draft").update(in_other_languages={"title": {"km": "សេចក្តីព្រាងច្បាប់ទីក្រុងប៊ុយដាប៉ែស្តស្តីពីបទល្មើស"}})
    for asked in [
        "មាត្រា ២ នៃសេចក្តីព្រាងច្បាប់ស្តីពីបទល្មើស",
        "មាត្រា២ សេចក្ដីព្រាងច្បាប់",  # DA for TA, and no space
        "មាត្រា\u200b ២\u200b នៃ\u200bសេចក្តី\u200bព្រាង\u200bច្បាប់",
        "មាត្រា 2 ប៊ុយដាប៉ែស្ត",
        "សេចក្តីព្រាងច្បាប់ មាត្រា ២",
        "មាត្រា ២ ឆ្នាំ២០១៩",
        "Article 2 draft",
    ]:
        with subtests.test(asked=asked):
            assert urls(asked)[0] == RENDERING + "chp_1__art_2/"


def test_paragraphs_and_sections_are_found_as_places_and_another_law_s_name_finds_none(texts, store):
    place = RENDERING + "chp_1__art_2__para_2/"
    assert urls("កថាខណ្ឌទី២ នៃមាត្រា ២")[0] == urls("មាត្រា ២ កថាខណ្ឌទី២")[0] == urls("មាត្រា ២(២)")[0] == place
    assert urls("paragraph 2 of Article 2", "en")[0] == ORIGINAL + "chp_1__art_2__para_2/"
    assert urls("មាត្រា ២ ក្រមពន្ធដារ") == []
    index_clauses(store("## § 1030. Fraud\n\nWhoever accesses.\n", "code", law="code"))
    assert urls("មាត្រា ១០៣០") == ["/laws/code/code/sec_1030/"] and urls("ផ្នែក ១០៣០") == urls("មាត្រា ១០៣០")
    assert urls("Article 1030", "en") == []


def test_a_khmer_name_is_a_word_to_search_by_however_it_is_cut(texts):
    Law.objects.filter(slug="draft").update(in_other_languages={"title": {"km": "អនុសញ្ញាទីក្រុងប៊ុយដាប៉ែស្ត"}})
    texts[1].refresh_from_db()
    index_clauses(texts[1])
    assert RENDERING + "chp_1__art_1/" in urls("អនុសញ្ញាទីក្រុង កុំព្យូទ័រ")
    assert urls("អនុសញ្ញាទីក្រុង ពន្ធដារ") == []


def test_a_note_is_found_by_its_khmer_words_and_shown_in_them(texts, note):
    assert urls("ហ្សីមូជី") == []
    store_localised_texts("km", {note.body: "សម្គាល់ **ហ្សីមូជី**។"})
    assert urls("ហ្សីមូជី") == ["/annotations/a-note/"]
    ((hit, url),) = hits("zymurgical")
    assert (
        url == "/annotations/a-note/"
        and words(hit.text) == "សម្គាល់ ហ្សីមូជី។"
        and words(hit.original_text) == "A zymurgical remark."
    )
    assert words(hits("zymurgical", "en")[0][0].text) == "A zymurgical remark."


def test_a_corrected_rendering_of_a_note_is_found_at_once(texts, note, rf):
    store_localised_texts("km", {note.body: "ហ្សីមូជី"})
    row = LocalisedText.objects.get()
    row.words = "ការផ្អាប់ស្រា"
    LocalisedTextAdmin(LocalisedText, None).save_model(rf.post("/"), row, None, True)
    assert urls("ការផ្អាប់ស្រា") == ["/annotations/a-note/"] and urls("ហ្សីមូជី") == []


def test_words_of_a_note_nobody_may_read_are_not_found_in_khmer(texts, note):
    Annotation.objects.filter(pk=note.pk).update(status=NoteStatus.DRAFT)
    store_localised_texts("km", {note.body: "ហ្សីមូជី"})
    assert urls("ហ្សីមូជី") == []


def test_the_page_says_that_it_shows_renderings_and_shows_what_was_found_on_demand(texts, client):
    khmer = unescape(client.get("/km/search/", {"q": "computer"}).content.decode())
    assert f'href="/km{RENDERING}chp_1__art_1/"' in khmer and "Whoever intentionally" not in khmer
    assert "ជាភាសាអង់គ្លេស" in khmer, "the one without a rendering says its language"
    assert re.search(r'<p class="words" lang="en"\s*>Whoever enters', khmer)
    address = re.search(r'href="(\?[^"]*beside=yes[^"]*)"', khmer)[1]
    both = unescape(client.get(f"/km/search/{address}").content.decode())
    assert re.search(r'<div class="found" lang="en">.*?Whoever intentionally.*?</div>', both, re.S)
    assert f'href="/km{ORIGINAL}chp_1__art_1/"' in both and 'name="beside" value="yes"' in both
    english = client.get("/search/", {"q": "computer"}).content.decode()
    assert "beside=yes" not in english and f'href="{ORIGINAL}chp_1__art_1/"' in english


def test_the_number_of_queries_does_not_grow_with_renderings(texts, note, client, django_assert_max_num_queries):
    store_localised_texts("km", {note.body: "ហ្សីមូជី"})
    index_topic(Topic.objects.create(slug="unity", title="Unity", title_km="សាមគ្គី", description="Of the country"))
    client.get("/km/search/", {"q": "computer"})  # the first in a process reads what was learned
    for question in ("computer", "unity", "Article 2", "is"):
        with django_assert_max_num_queries(17 + ON_POSTGRESQL):
            assert client.get("/km/search/", {"q": question}).status_code == 200
