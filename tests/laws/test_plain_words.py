"""What a clause says in plain words: on its page and in rows, in the reader's language; who writes it, who sees it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.core.cache import cache
from django.db.models.signals import post_init

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.models import Job
from lawcompare.core.models import Entry
from lawcompare.laws.models import Clause, Origin, PlainWords
from lawcompare.laws.plain_words.services import follow_words, tell_for_site, write_plain_words
from lawcompare.publishing.services import publish
from tests.laws.test_translations import translated
from tests.proposals import confirm_all, decide, edits_the_site, listed

pytestmark = pytest.mark.django_db

ENGLISH, KHMER = "You may not enter another’s computer.", "អ្នកមិនអាចចូលកុំព្យូទ័ររបស់អ្នកដទៃទេ។"
BOTH = {"text": ENGLISH, "text_km": KHMER}
NOTHING = {"text": "", "text_km": ""}


@pytest.fixture
def clause(drafts) -> Clause:
    old, _new = drafts
    return old.clauses.select_related("version__law").get(num="Article 1")


@pytest.fixture
def editors(db) -> Organisation:
    return Organisation.objects.create(slug=EDITORS, name="Editors of the site", name_km="អ្នករៀបរៀងគេហទំព័រ")


@pytest.fixture
def told(clause, editors) -> Clause:
    """A clause that the site tells in both languages."""
    assert tell_for_site(clause, BOTH, editors)
    return clause


def page(client, address: str) -> str:
    cache.clear()
    return client.get(address).content.decode()


def written(client, clause: Clause, words: dict[str, str], seen: dict[str, str] = NOTHING):
    return client.post(f"{clause.get_absolute_url()}plain-words/", {**words, "seen": json.dumps(seen)})


def test_a_page_of_either_text_says_it_in_the_readers_language_and_by_whom(
    client, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        publish(translated())
    for text in ("old", "old-km"):
        english, khmer = (page(client, f"{prefix}/laws/draft/{text}/{told.eid}/") for prefix in ("", "/km"))
        assert ENGLISH in english and "Editors of the site" in english and KHMER not in english
        assert "អ្នករៀបរៀងគេហទំព័រ" in khmer and ENGLISH not in khmer
        assert KHMER[:12] in khmer


def test_it_stands_beside_no_translation_that_staff_have_not_confirmed(
    client, cast, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        translation = translated()
        origin = Origin.objects.create(version=translation, organisation=cast.others)
        publish(translation)
    address = f"/laws/draft/old-km/{told.eid}/"
    assert ENGLISH not in page(client, address)
    decide(cast.sara, origin)
    assert ENGLISH in page(client, address)


def test_it_is_no_work_of_others_who_translate_the_text_in_private(clause, cast):
    Origin.objects.create(version=translated(), organisation=cast.others)
    asked = Job.objects.filter(kind="indexing", owner=cast.others)
    follow_words(clause.version)
    assert not asked.exists()
    Origin.objects.create(version=clause.version, organisation=cast.others)
    follow_words(Clause.objects.get(pk=clause.pk).version)
    assert asked.count() == 2


def test_where_nobody_wrote_it_in_the_readers_language_nothing_is_said(client, clause, editors):
    tell_for_site(clause, BOTH | {"text_km": ""}, editors)
    assert ENGLISH in page(client, "/laws/draft/old/chp_1__art_1/")
    assert "plain-words" not in page(client, "/km/laws/draft/old/chp_1__art_1/")


def test_a_row_has_it_folded_under_the_name_of_its_text(client, told, drafts, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        comparison = request_comparison(*drafts)
    html = page(client, f"{comparison.get_absolute_url()}?show=all")
    fold = html.partition('<details class="plain-words">')[2].partition("</details>")[0]
    assert ENGLISH in fold and "Editors of the site" in fold
    assert html.count('<details class="plain-words">') == 1


def test_json_and_the_api_have_both_languages(client, told):
    expected = BOTH | {"by": EDITORS, "proposed_by": ""}
    of_page = client.get(f"{told.get_absolute_url()[:-1]}.json").json()["clauses"][0]
    assert of_page["plain_words"] == expected
    assert client.get(f"/api/v1/laws/draft/old/clauses/{told.eid}").json()["plain_words"] == expected
    listed = client.get("/api/v1/laws/draft/old/clauses").json()["items"]
    assert [row["eid"] for row in listed if row["plain_words"]] == [told.eid]


def test_staff_change_it_and_files_do_not_change_it_back(client, cast, told, editors):
    client.force_login(edits_the_site(cast.sara))
    assert "Say it in plain words" in page(client, told.get_absolute_url())
    assert written(client, told, BOTH | {"text": "Keep out."}, BOTH).status_code == 302
    client.logout()
    assert "Keep out." in page(client, told.get_absolute_url())
    assert not tell_for_site(told, BOTH, editors)
    assert Entry.objects.filter(action="tell in plain words", subject="text/draft/old").count() == 1


def test_of_two_who_change_it_the_second_reads_the_first_and_may_save_after_that(client, cast, told):
    client.force_login(edits_the_site(cast.sara))
    written(client, told, BOTH | {"text": "The first."}, BOTH)
    refused = written(client, told, BOTH | {"text": "The second."}, BOTH)
    assert refused.status_code == 400
    html = refused.content.decode()
    assert "Somebody else saved other words" in html and "The first." in html and "The second." in html
    assert PlainWords.objects.latest("pk").text == "The first."
    seen = unescape(re.search(r'name="seen" value="([^"]*)"', html)[1])
    written(client, told, BOTH | {"text": "The second."}, json.loads(seen))
    assert PlainWords.objects.latest("pk").text == "The second."


def test_what_an_organisation_writes_is_its_proposal_until_staff_confirm_it(client, cast, told):
    client.force_login(cast.eve)
    assert written(client, told, BOTH | {"text": "Ours."}, BOTH).status_code == 302
    own = page(client, told.get_absolute_url())
    assert "Ours." in own and "proposed by" in own
    written(client, told, BOTH | {"text": "Ours, better."}, BOTH | {"text": "Ours."})
    assert PlainWords.objects.filter(organisation=cast.centre).count() == 1, "what waits is changed in place"
    for person in (None, cast.charlie):
        client.logout()
        if person:
            client.force_login(person)
        assert ENGLISH in page(client, told.get_absolute_url()) and "Ours" not in page(client, told.get_absolute_url())
    row = decide(cast.sara, PlainWords.objects.get(organisation=cast.centre))
    client.logout()
    assert "Ours, better." in page(client, told.get_absolute_url())
    decide(cast.sara, row, "refuse")
    assert ENGLISH in page(client, told.get_absolute_url())
    client.force_login(cast.eve)
    written(client, told, BOTH | {"text": "Ours again."}, BOTH)
    jobs = Job.objects.count()
    decide(cast.sara, PlainWords.objects.get(text="Ours again."), "refuse")
    assert Job.objects.count() == jobs, "by which others would notice what nobody else saw"


def test_of_any_number_of_words_on_a_clause_the_last_are_read(client, clause, editors):
    say = {"version": clause.version, "clause": clause, "organisation": editors, "confirmation": "confirmed"}
    PlainWords.objects.bulk_create(PlainWords(text=f"In words {number}.", **say) for number in range(50))
    read = []
    post_init.connect(listener := lambda **_sent: read.append(1), PlainWords)
    html = page(client, clause.get_absolute_url())
    post_init.disconnect(listener, PlainWords)
    assert "In words 49." in html and len(read) == 1


def test_of_a_text_that_is_private_nobody_else_is_told(client, cast, store, editors):
    hidden = store("## Article 1. Access\n\nWhoever enters is punished.\n", "hidden", published=False)
    clause = hidden.clauses.get(num="Article 1")
    tell_for_site(clause, BOTH, editors)
    client.force_login(cast.charlie)
    assert client.get(clause.get_absolute_url()).status_code == 404
    assert written(client, clause, BOTH).status_code == 404


def test_what_is_wrong_is_said_and_nothing_is_stored(cast, told, eve):
    assert written(eve, told, {"text": "x " * 751}, BOTH).status_code == 400
    for seen in ("[", "[" * 100_000, "9" * 5_000):
        assert eve.post(f"{told.get_absolute_url()}plain-words/", {"text": "a", "seen": seen}).status_code == 400
    assert PlainWords.objects.count() == 1
    confirm_all(cast.sara)


def test_staff_read_what_is_taken_away_before_they_confirm_it(cast, told):
    before = {"text": ENGLISH, "text_km": KHMER}
    write_plain_words(cast.eve, told, {"text": "", "text_km": KHMER}, before)
    (proposal,) = listed(cast.sara)
    assert [words for _label, words in proposal.lines if ENGLISH in words] == [f"{ENGLISH} → –"]
