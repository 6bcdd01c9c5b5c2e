"""What a clause says in plain words is found, below what has the words itself, and named as such."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from lawcompare.accounts.models import EDITORS, Confirmation, Organisation
from lawcompare.laws.models import PlainWords
from lawcompare.laws.plain_words.services import follow_words, tell_for_site
from lawcompare.laws.withdrawal.services import restore, withdraw
from lawcompare.publishing.services import publish
from lawcompare.search.asking import public_versions
from lawcompare.search.find import Filters, find, show
from lawcompare.search.models import SearchEntry
from tests.laws.test_translations import translated
from tests.search.test_searching import put  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LAW = "## Article 1. Illegal access\n\nWhoever enters.\n\n## Article 2. Snooping\n\nNo kind of snooping is allowed.\n"
WORDS = {"text": "Snooping in somebody’s computer is punished.", "text_km": "អ្នកលួចមើលកុំព្យូទ័រត្រូវទោស។"}


@pytest.fixture
def told(put, django_capture_on_commit_callbacks):  # noqa: F811
    version = put(LAW, "old", date="2019")
    editors = Organisation.objects.create(slug=EDITORS, name="Editors")
    with django_capture_on_commit_callbacks(execute=True):
        assert tell_for_site(version.clauses.get(num="Article 1"), WORDS, editors)
        follow_words(version)
    return version


def ask(text: str):
    results = find(text, Filters(), public_versions())
    return [(hit.entry.key, hit.in_plain_words) for hit in show(results, results.ranked)]


def test_plain_words_are_found_below_the_laws_own_and_the_answer_says_so(client, told):
    assert ask("snooping") == [("art_2", False), ("art_1", True)]
    assert ask("computer") == [("art_1", True)]
    assert ask("whoever enters") == [("art_1", False)]
    cache.clear()
    page = client.get("/search/", {"q": "computer"}).content.decode()
    assert "· in plain words" in " ".join(page.split()) and ">computer</mark>" in page
    [item] = client.get("/api/v1/search", {"q": "computer"}).json()["items"]
    assert item["in_plain_words"] and "⟦computer⟧" in item["text"]


def test_of_a_withdrawn_text_they_are_found_no_longer_in_what_translates_it_until_it_is_restored(
    told, cast, django_capture_on_commit_callbacks
):
    entry = SearchEntry.objects.filter(version__translates=told, key="art_1").values_list("text", flat=True)
    with django_capture_on_commit_callbacks(execute=True):
        publish(translated("## មាត្រា ១. ការចូល\n\nអ្នកណាចូល។\n\n## មាត្រា ២. ការមើល\n\nមិនអាចមើល។\n"))
    with django_capture_on_commit_callbacks(execute=True):
        follow_words(told)
    assert list(entry.all()) == [WORDS["text_km"]] and len(ask("លួចមើល")) == 1
    with django_capture_on_commit_callbacks(execute=True):
        withdrawal = withdraw(cast.sara, told, "Named a person.")
    assert list(entry.all()) == [""] and not ask("លួចមើល")
    with django_capture_on_commit_callbacks(execute=True):
        restore(cast.sara, withdrawal)
    assert list(entry.all()) == [WORDS["text_km"]] and len(ask("លួចមើល")) == 1


def test_what_is_only_proposed_is_not_found(told, django_capture_on_commit_callbacks):
    PlainWords.objects.update(confirmation=Confirmation.REFUSED)
    with django_capture_on_commit_callbacks(execute=True):
        follow_words(told)
    assert ask("computer") == []
