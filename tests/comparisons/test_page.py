"""The page of two texts: findings first, rows in groups, a third text beside a row, the same in another language."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

from lawcompare.comparisons.models import LeadSentence
from tests.engine.test_write_docx import body_of
from tests.proposals import decide

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

PAIR = "/compare/kh-cybercrime/2020-08-en/with/kh-cybercrime/2024-leak-en"
KHMER = "/km/compare/kh-cybercrime/2020-08-km/with/kh-cybercrime/2024-leak-km/"


def words_of(html: str) -> str:
    return " ".join(strip_tags(html).split())


def test_the_page_begins_with_what_was_found_and_each_count_leads_to_its_rows(client, demonstration):
    page = client.get(f"{PAIR}/").content.decode()
    assert "New in the reports on 2024: defamation" in page[: page.index('class="findings"')]
    findings = re.search(r'<p class="findings">(.*?)</p>', page, re.S)[1]
    assert words_of(findings).startswith(
        "Defamation and Real-time collection of traffic data are reported for the first time."
        " Insult, False information and Pornography are in both texts. No longer reported in them: mental element."
    )
    assert "12 clauses are not reported in the 2024 leak." in words_of(findings)
    places = re.findall(r'href="#(group-\w+)"', findings)
    assert len(places) == 3 and all(f'id="{place}"' in page for place in places)
    body = page[page.index("<body") :]
    assert body.index("findings") < body.index(f'href="{PAIR}.docx"') < body.index('class="rows')
    groups = re.findall(r'<div class="group-head" id="(group-\w+)"', page)
    assert groups == ["group-both", "group-new", "group-old"]


def test_a_count_leads_to_no_rows_that_a_filter_leaves_out(client, demonstration):
    page = client.get(f"{PAIR}/?words=defamation").content.decode()
    findings = re.search(r'<p class="findings">(.*?)</p>', page, re.S)[1]
    places = re.findall(r'href="#(group-\w+)"', findings)
    assert "group-new" in places and "group-old" not in places and all(f'id="{place}"' in page for place in places)
    assert "12 clauses" in words_of(findings)


def test_a_reviewer_proposes_the_sentence_that_leads_until_staff_confirm_it(client, demonstration, cast):
    address, words = "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2024-leak-en/", "Two articles became four."
    client.post(f"{address}sentence/", {"body": words})
    assert words not in client.get(address).content.decode(), "a visitor writes nothing"
    client.force_login(cast.alice)
    client.post(f"{address}sentence/", {"body": words})
    assert b"/sentence/" not in client.get(address).content, "nor does a password alone"
    client.force_login(cast.rita)
    assert not LeadSentence.objects.filter(organisation=cast.centre).exists()
    client.post(f"{address}sentence/", {"body": " "})
    client.post(f"{address}sentence/", {"body": words})
    client.logout()
    said, bare = f"{words} (proposed by The Centre)", address.removesuffix("/")
    assert said in words_of(client.get(address).content.decode())
    assert client.get(f"{bare}.json").json()["lead"] == {"sentence": words, "proposed_by": "The Centre"}
    assert said in "".join(body_of(client.get(f"{bare}.docx").content).itertext())
    proposed = LeadSentence.objects.get(organisation=cast.centre)
    decide(cast.sara, proposed)
    page = words_of(client.get(address).content.decode())
    assert words in page and "proposed by The Centre" not in page
    decide(cast.sara, proposed, "undo")
    decide(cast.sara, proposed, "refuse")
    assert words not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("beside", "words"),
    [("us", "§ 1038(a)(1)"), ("2012-v1-en", "Article 28"), ("kh", "Cambodian Criminal Code"), ("int", "ICCPR")],
)
def test_a_third_text_stands_beside_a_row_on_a_page_of_its_own(client, demonstration, beside, words):
    link = f"{PAIR}/art_nn_false-information/beside/?beside={beside}"
    assert link in client.get(f"{PAIR}/").content.decode()
    assert words in words_of(client.get(link).content.decode())
    assert client.get(f"{PAIR}/art_nn_nothing/beside/?beside={beside}").status_code == 404
    assert client.get(f"{PAIR}/art_nn_false-information/beside/?beside=none").status_code == 404


def test_a_row_alone_is_a_word_file(client, demonstration):
    words = "".join(body_of(client.get(f"{PAIR}.docx?row=art_nn_insult").content).itertext())
    assert "insulting, derogatory or rude language" in words and "false statements" not in words
    assert client.get(f"{PAIR}.docx?row=none").status_code == 404


def test_another_language_opens_the_translations_at_the_same_place(client, demonstration):
    assert f'href="{KHMER}"' in client.get(f"{PAIR}/").content.decode()
    assert (
        'href="/km/laws/kh-cybercrime/2020-08-km/art_40/"'
        in client.get("/laws/kh-cybercrime/2020-08-en/art_40/").content.decode()
    )
    answer = client.get("/in/km/", {"page": f"{PAIR}/?view=list", "at": "old-art_3"})
    assert answer["Location"] == f"{KHMER}?view=list#old-art_3"
    for page in ("//evil.example/", "https://evil.example/", "/nowhere/at/all"):
        assert client.get("/in/km/", {"page": page}).status_code == 404
    assert client.get("/in/xx/", {"page": "/"}).status_code == 404
