"""What a page is cited by leads to the same words for ever, or says that it does not."""

from __future__ import annotations

import html
import re

import pytest
from django.core.cache import cache
from django.utils import translation

from lawcompare.comparisons import clause_history
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.laws.citing import as_bibtex, make_reference
from lawcompare.laws.models import Clause, Version
from tests.annotations.conftest import clause, noted, write  # noqa: F401
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db
CLAUSE = "/laws/draft/new/chp_1__art_3/"
PAIR = "/compare/draft/old/with/draft/new"


def cited(client, page):
    """(plain words, lasting address, Akoma Ntoso IRIs, BibTeX) of a page."""
    words = client.get(page).content.decode()
    block = words[words.index('id="cite"') :]
    copied = re.findall(r"data-copy\s*>(.*?)</(?:dd|code|pre)>", block, re.S)
    matches = [html.unescape(re.sub(r"<[^>]*>", "", one)).strip() for one in copied]
    return matches[0], matches[1], matches[2:-1], matches[-1]


def path_of(address):
    assert address.startswith("http://testserver/")
    return address.removeprefix("http://testserver")


def test_a_clause_is_cited_by_its_words_and_the_hash_of_its_text(client, drafts):
    plain, address, iris, bibtex = cited(client, CLAUSE)
    text_hash = drafts[1].text_hash
    assert plain.startswith("draft new, Article 3. Publications (2020), Leaked text. lawcompare. http")
    assert address == f"http://testserver{CLAUSE}?text={text_hash[:12]}"
    assert iris == ["/akn/kh/bill/2019/draft/eng@2020/~chp_1__art_3"]
    assert bibtex.startswith("@misc{draft-new-chp_1__art_3,") and "year = {2020}" in bibtex and text_hash in bibtex
    assert client.get(path_of(address)).status_code == 200


@pytest.mark.parametrize("page", ["/laws/draft/new/", f"{PAIR}/", "/annotations/on-words/", "/topics/speech/"])
def test_each_page_gives_an_address_that_leads_to_it(client, noted, page):  # noqa: F811
    Topic.objects.create(slug="speech", title="Speech")
    plain, address, _iris, bibtex = cited(client, page)
    assert address in plain and f"url = {{{address}}}" in bibtex
    answer = client.get(path_of(address))
    assert answer.status_code == 200 and path_of(address).startswith(page)


def test_the_citation_and_its_address_are_in_the_reader_s_language_and_say_the_date_once(client, drafts):
    plain, address, _iris, bibtex = cited(client, f"/km{CLAUSE}")
    assert "(ឆ្នាំ២០២០)" in plain and plain.endswith(f"។ lawcompare។ {address}") and address in bibtex
    assert path_of(address).startswith(f"/km{CLAUSE}") and client.get(path_of(address)).status_code == 200
    with translation.override("en"):
        words, at = ["Draft (4 August 2020)", "Leaked text"], "https://x.example/laws/"
        named = make_reference(words, "key", at, date="2020-08-04")
    assert named.plain == "Draft (4 August 2020), Leaked text. lawcompare. https://x.example/laws/"


def test_an_annotation_is_cited_by_its_organisation_and_nobody_s_name(client, noted, cast):  # noqa: F811
    client.force_login(cast.alice)
    plain, _address, _iris, bibtex = cited(client, "/annotations/on-words/")
    assert plain.startswith("The Centre: Note on draft new, Article 3. Publications (")
    assert "author = {{The Centre}}" in bibtex and "alice" not in bibtex


def test_a_comparison_is_pinned_to_both_texts_the_rules_and_the_edition(client, drafts):
    old, new = drafts
    _plain, address, iris, _bibtex = cited(client, f"{PAIR}/")
    pins = f"texts={old.text_hash[:12]}-{new.text_hash[:12]}&engine=3&edition=1"
    assert address == f"http://testserver{PAIR}/?{pins}"
    assert len(iris) == 2
    for form in ("/", ".json", ".docx", ".pdf"):
        assert client.get(f"{PAIR}{form}?{pins}").status_code == 200
        other = pins.replace(new.text_hash[:12], "0123456789ab")
        assert client.get(f"{PAIR}{form}?{other}").status_code == 404
        assert client.get(f"{PAIR}{form}?texts={old.text_hash[:12]}").status_code == 404
        assert client.get(f"{PAIR}{form}?{pins.replace('engine=3', 'engine=0')}").status_code == 404
    assert b"compared by rules 0" in client.get(f"{PAIR}/?engine=0").content


def test_a_comparison_by_earlier_rules_stays_readable(client, drafts, monkeypatch):
    before = client.get(f"{PAIR}.json").json()
    monkeypatch.setattr("lawcompare.comparisons.access.ENGINE", "4")
    assert client.get(f"{PAIR}.json").status_code == 404
    assert client.get(f"{PAIR}.json?engine=3").json() == before
    assert client.get(f"{PAIR}/?engine=3").status_code == 200


def test_the_page_of_another_text_says_where_the_cited_one_is(client, drafts):
    old, _new = drafts
    page = client.get(f"{CLAUSE}?text={old.text_hash[:12]}")
    assert page.status_code == 404
    assert f"/laws/draft/old/?text={old.text_hash[:12]}" in html.unescape(page.content.decode())


def test_a_text_that_was_corrected_says_by_which(client, store):
    store(OLD_DRAFT, "first")
    second = store(NEW_DRAFT, "second", published=False)
    Version.objects.filter(pk=second.pk).update(corrects=Version.objects.get(slug="first"))
    page = "/laws/draft/first/chp_1__art_1/"
    assert b"This text was corrected" not in client.get(page).content, "by one that is not public"
    from lawcompare.publishing.services import publish

    publish(Version.objects.get(slug="second"))
    for address in (page, "/laws/draft/first/"):
        words = client.get(address).content.decode()
        assert "This text was corrected" in words and 'href="/laws/draft/second/"' in words


READ_FIRST = """## Article 1. Aim

This law protects users of computers and the data which they keep there.

## Article 2. Duties of providers

Providers keep traffic data for ninety days and hand it over when a court orders it.

1. The court names the data.
"""
# The same text read again: an article was missed, and the one after it bears its number.
READ_AGAIN = """## Article 1. Aim

This law protects users of computers and the data which they keep there.

## Article 3. Duties of providers

Providers keep traffic data for ninety days and hand it over when a court orders it.

(a) The court names the data.
"""


def _corrected(store, texts, django_capture_on_commit_callbacks):
    """Texts of one law, each of which corrects the one before it."""
    from lawcompare.publishing.services import publish

    before = None
    for number, text in enumerate(texts):
        version = store(text, f"reading-{number}", published=False)
        Version.objects.filter(pk=version.pk).update(corrects=before)
        with django_capture_on_commit_callbacks(execute=True):
            publish(Version.objects.get(pk=version.pk))
        before = version


def _landing(client, page, fragment):
    """The id of the clause on which a fragment lands."""
    words = client.get(page).content.decode()
    assert words.count(f' id="{fragment}"') == 1, fragment
    return re.findall(r'class="clause law[^"]*" id="([^"]+)"', words[: words.index(f' id="{fragment}"') + 80])[-1]


def test_a_fragment_of_the_text_before_a_correction_lands_on_the_same_clause(
    client, store, django_capture_on_commit_callbacks
):
    _corrected(store, [READ_FIRST, READ_AGAIN], django_capture_on_commit_callbacks)
    page = "/laws/draft/reading-1/"
    assert _landing(client, page, "art_2") == "art_3"
    assert _landing(client, page, "art_2__para_1").startswith("art_3")
    assert client.get(page).content.decode().count(' id="art_1"') == 1, "what still bears its id has no second one"
    assert _landing(client, "/laws/draft/reading-0/", "art_2") == "art_2", "the corrected text keeps its own ids"
    assert "former-id" not in client.get("/laws/draft/reading-0/").content.decode()


def test_fragments_land_through_several_corrections(client, store, django_capture_on_commit_callbacks):
    third = READ_AGAIN.replace("Article 3", "Article 5").replace("Article 1", "Article 2")
    _corrected(store, [READ_FIRST, READ_AGAIN, third], django_capture_on_commit_callbacks)
    page = "/laws/draft/reading-2/"
    assert _landing(client, page, "art_3") == "art_5" and _landing(client, page, "art_1") == "art_2"
    assert _landing(client, page, "art_2__para_1").startswith("art_5"), "two corrections ago"


def test_a_fragment_of_a_clause_without_counterpart_lands_at_what_stood_before_it(client, store):
    before = store(READ_FIRST, "reading-0")
    gone = READ_FIRST.split("## Article 2")[0]
    after = store(gone, "reading-1", published=False)
    Version.objects.filter(pk=after.pk).update(corrects=before)
    from lawcompare.publishing.services import publish

    publish(Version.objects.get(pk=after.pk))
    assert _landing(client, "/laws/draft/reading-1/", "art_2") == "art_1"


def test_ids_of_a_private_text_stand_on_no_public_page(client, store):
    before = store(READ_FIRST, "reading-0", published=False)
    after = store(READ_AGAIN, "reading-1", published=False)
    Version.objects.filter(pk=after.pk).update(corrects=before)
    from lawcompare.publishing.services import publish

    publish(Version.objects.get(pk=after.pk))
    assert "art_2" not in client.get("/laws/draft/reading-1/").content.decode()


@pytest.mark.parametrize("articles", [3, 300])
def test_former_ids_ask_no_query_a_clause(client, store, articles, django_assert_max_num_queries, monkeypatch):
    from lawcompare.publishing.services import publish

    text = "".join(f"## Article {number}. On matter {number}\n\nWords.\n\n" for number in range(1, articles))
    before = store(text, "reading-0")
    after = store(text.replace("## Article", "## Section"), "reading-1", published=False)
    Version.objects.filter(pk=after.pk).update(corrects=before)
    publish(Version.objects.get(pk=after.pk))
    with django_assert_max_num_queries(24):
        assert b'class="former-id" id="art_2"' in client.get("/laws/draft/reading-1/").content
    monkeypatch.setattr(clause_history, "FOLLOWED_MAX", articles - 2)
    cache.clear()
    html = client.get("/laws/draft/reading-1/").content
    assert b'class="former-id" id="art_2"' not in html, "texts of so many clauses are followed"


def test_signs_of_tex_in_a_title_are_only_words():
    entry = as_bibtex("k", "https://x.example/?a=1&b_c", "2020-08-04", title="50 % of A & B_{x} \\ ~^#$", author="")
    assert r"title = {{50 \% of A \& B\_\{x\} \textbackslash{} \textasciitilde{}\textasciicircum{}\#\$}}" in entry
    assert "url = {https://x.example/?a=1&b_c}" in entry and "author" not in entry


def test_two_laws_not_compared_as_texts_give_how_they_answer_each_other(client, store):
    store(OLD_DRAFT, "old", law="one")
    store(NEW_DRAFT, "new", law="two")
    address = "/compare/one/old/with/two/new.json"
    assert client.get(address).status_code == 404
    topic = Topic.objects.create(slug="speech", title="Speech")
    clauses = [Clause.objects.get(version__slug=name, heading="Publications") for name in ("old", "new")]
    state_correspondence(topic, *clauses, "broader", "Because.", "Ed.")
    for page in (address, "/compare/two/new/with/one/old.json"):
        data = client.get(page).json()
        (stated,) = data["correspondences"]
        assert stated["relation"] == "broader" and stated["topic"] == "speech"
        assert stated["subject"]["text"] == "one/old" and stated["object"]["eid"] == "chp_1__art_3"
    assert not Comparison.objects.filter(old__law__slug="one").exists()
