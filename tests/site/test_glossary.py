"""The glossary: every term complete in every language, with a clause that is there, linked where a page uses it."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from lawcompare.languages import LANGUAGES
from lawcompare.laws.models import Clause, Origin
from lawcompare.site.glossary import first_uses, load_terms, terms_in, terms_with_clauses
from lawcompare.site.templatetags.law import with_terms
from tests.page_words import english_share


def test_every_term_is_explained_in_every_language():
    terms = load_terms()
    assert len({term.slug for term in terms}) == len(terms) >= 20
    for term in terms:
        for words in (term.titles, term.meanings, term.reasons, term.names):
            assert set(words) == {language.code for language in LANGUAGES} and all(words.values()), term.slug
        assert re.search(r"[\u1780-\u17b3]", term.meanings["km"]) and not re.search(r"[A-Za-z]", term.meanings["km"])


@pytest.mark.parametrize("code", [language.code for language in LANGUAGES])
def test_no_two_terms_have_a_name_in_common(code):
    names = [name.lower() for term in load_terms() for name in term.names[code]]
    assert len(names) == len(set(names))


@pytest.mark.django_db
def test_every_term_stands_with_a_clause_of_the_demonstration(client, demonstration):
    assert [term.slug for term, clause in terms_with_clauses() if clause is None] == []
    page = client.get("/glossary/").content.decode()
    assert (
        'id="double-criminality"' in page
        and 'href="/laws/kh-criminal-code/2009-en/book_1__title_1__chp_1__art_4/"' in page
    )
    khmer = client.get("/km/glossary/").content.decode()
    assert "ធាតុផ្លូវចិត្ត" in khmer and english_share(khmer) < 0.05


@pytest.mark.django_db
def test_a_site_without_these_laws_explains_the_words_all_the_same(client, cast, store):
    page = client.get("/glossary/")
    assert page.status_code == 200 and "Where it matters" not in page.content.decode()
    text = store("## Article 3. Said by others\n\nWhoever does so is punished.", "2020-08-en", law="kh-cybercrime")
    Origin.objects.create(version=text, organisation=cast.others)
    assert text.clauses.filter(eid="art_3") and "kh-cybercrime/2020-08-en/art_3" in {t.address for t in load_terms()}
    assert "Said by others" not in client.get("/glossary/").content.decode()


@pytest.mark.django_db
def test_pages_link_the_first_use_of_a_term(client, demonstration):
    for page in ("/topics/illegal-access/", "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/"):
        assert 'class="term" href="/glossary/#' in client.get(page).content.decode()
        assert 'class="term" href="/km/glossary/#' in client.get(f"/km{page}").content.decode()
    clause = client.get("/km/laws/kh-cybercrime/2012-v1-en/chp_3__art_17/").content.decode()
    assert re.search(r'class="term"\s+href="/km/glossary/#traffic-data"\s*>ទិន្នន័យចរាចរណ៍</a>', clause)


def test_the_longest_name_is_linked_and_only_its_first_use():
    with translation.override("en"):
        linked = with_terms("A court order for traffic data; traffic data <again>, no retentions.")
    assert linked == (
        'A <a class="term" href="/glossary/#warrant">court order</a> for '
        '<a class="term" href="/glossary/#traffic-data">traffic data</a>; traffic data &lt;again&gt;, no retentions.'
    )
    # ដីកា is not found where another sign belongs to its last letter, nor twice.
    assert [slug for *_span, slug in first_uses("ដីកាតុលាការ និងដីកា", "km")] == ["warrant"]
    assert [term.slug for term in terms_in(["Traffic Data", Clause(heading="x").heading])] == ["traffic-data"]
