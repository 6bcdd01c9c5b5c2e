"""The guides as pages: in both languages, with their pictures, and a part of them for each page of the workspace."""

from __future__ import annotations

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import resolve, reverse
from django.utils import translation

from lawcompare.languages import LANGUAGES
from lawcompare.site.guides import GUIDES, PARTS, guide_html, headings_of
from tests.page_words import english_share

CODES = [language.code for language in LANGUAGES]


@pytest.mark.django_db
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_a_page_in_both_languages(client, name):
    for code, prefix in zip(CODES, ("", "/km"), strict=True):
        page = client.get(f"{prefix}/guides/{name}/").content.decode()
        title, words = headings_of(name, code)[0], page.partition('class="prose guide"')[2].partition("</main>")[0]
        assert title in page and f'class="prose guide" lang="{code}"' in page
        for other in set(GUIDES) - {name}:
            assert f'href="{prefix}/guides/{other}/"' in page
        for link in re.findall(r'href="([^"]*)"', words):
            assert resolve(link), link  # what is no page of the site is not linked
        pictures = re.findall(r'src="/static/([^"]+)" alt="([^"]+)" width="\d+"', words)
        assert pictures and all(finders.find(path) for path, _words in pictures)
    assert english_share(page) < 0.05


@pytest.mark.django_db
def test_there_is_no_other_guide(client):
    assert client.get("/guides/lawyers/").status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_every_part_that_a_page_links_is_there(code):
    for part in PARTS.values():
        name, _sign, anchor = part.partition("#")
        with translation.override(code):
            words = guide_html(name, code)
            assert not anchor or (headings_of(name, code)[1][anchor] and f'<h2 id="{anchor}">' in words)


@pytest.mark.django_db
def test_each_page_of_the_workspace_links_its_part(client, alice):
    for name, part in (("memos", "analysts/#a-memo"), ("workspace", "annotators/#review"), ("log", "annotators/")):
        assert f'href="/guides/{part}"' in alice.get(reverse(name)).content.decode()
    khmer = alice.get(f"/km{reverse('memos')}").content.decode()
    assert re.search('<a href="/km/guides/analysts/#a-memo">កំណត់បង្ហាញ</a>', khmer)
    assert "#a-memo" not in alice.get("/laws/").content.decode()
