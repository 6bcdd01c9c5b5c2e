"""A law in both languages reads side by side, and a note on one text shows at the aligned clause of the other."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lawcompare.core.page_cache.content_token import set_triggers
from lawcompare.laws.withdrawal.services import withdraw
from lawcompare.mirror.writing import visit
from tests.annotations.conftest import make_note
from tests.laws.test_translations import translated

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(store, django_capture_on_commit_callbacks):
    from lawcompare.publishing.services import publish
    from tests.conftest import OLD_DRAFT

    with django_capture_on_commit_callbacks(execute=True):
        original = store(OLD_DRAFT, "old", date="2019")
        translation = translated()
        publish(translation)
    return original, translation


def read(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_text_offers_to_be_read_beside_its_rendering(client, both):
    assert "?beside=yes" in read(client, "/laws/draft/old/")
    page = read(client, "/laws/draft/old/?beside=yes")
    article = page.split(' id="chp_1__art_2"')[1].split(' id="chp_1__art_3"')[0]
    assert "Publications" in article and "ការផ្សព្វផ្សាយ" in article and 'lang="km"' in article
    assert "ការស្តាប់" not in article


def test_it_works_from_either_text(client, both):
    article = read(client, "/laws/draft/old-km/?beside=yes").split(' id="chp_1__art_3"')[1]
    assert "ការស្តាប់" in article and "Interception" in article


def test_the_page_of_a_clause_shows_what_says_the_same(client, both):
    assert "ការស្តាប់" in read(client, "/km/laws/draft/old/chp_1__art_3/")
    assert "ការស្តាប់" in read(client, "/laws/draft/old/chp_1__art_3/?beside=yes")


def test_a_clause_sends_nobody_the_letters_of_another_language_unasked(client, both):
    page = read(client, "/laws/draft/old/chp_1__art_3/")
    assert "ការស្តាប់" not in page and "?beside=yes" in page


def test_a_note_on_one_text_shows_at_the_aligned_clause_of_the_other(client, both, cast):
    original, _translation = both
    make_note(cast, original.clauses.get(eid="chp_1__art_2"), "on-english", "hinder the unity")
    page = read(client, "/laws/draft/old-km/")
    article = page.split(' id="chp_1__art_2"')[1].split(' id="chp_1__art_3"')[0]
    assert "note-on-english" in article and "on the text in English" in article
    # The words of the one text are not marked in the other.
    assert "<mark" not in article.split('data-eid="chp_1__art_2"')[1]
    assert "<mark" in read(client, "/laws/draft/old-km/?beside=yes").split(' id="chp_1__art_2"')[1]
    assert "note-on-english" in read(client, "/laws/draft/old-km/chp_1__art_2/")


def test_a_draft_note_on_the_other_text_stays_unseen(client, both, cast):
    make_note(cast, both[0].clauses.get(eid="chp_1__art_2"), "unseen", "", status="draft")
    assert "unseen" not in read(client, "/laws/draft/old-km/?beside=yes")


def test_a_text_without_a_rendering_offers_nothing_and_takes_no_harm(client, drafts):
    assert "beside=yes" not in read(client, "/laws/draft/new/")
    assert read(client, "/laws/draft/new/?beside=yes")


def test_it_costs_one_query_more(client, both, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        read(client, "/laws/draft/old/?beside=yes")


def test_a_reader_of_all_pages_has_none_kept_and_is_led_to_the_translation_as_long_as_it_is_public(
    both, cast, settings
):
    settings.PAGE_CACHE = True
    set_triggers()
    address, site = "/laws/draft/old/chp_1__art_3/", "http://testserver"
    visit(address, site)
    counts, bodies = [], []
    for change in (None, None, lambda: withdraw(cast.sara, both[1], "An error.")):
        if change:
            change()
        with CaptureQueriesContext(connection) as asked:
            bodies.append(visit(address, site).body.decode())
        counts.append(len(asked))
    assert counts[1] == counts[0] > 5, "the page was made again"
    assert bodies[0] == bodies[1] and 'href="/km/laws/draft/old-km/chp_1__art_3/"' in bodies[0]
    assert "old-km" not in bodies[2] and 'href="/km/laws/draft/old/chp_1__art_3/"' in bodies[2]
