"""A comparison as a plain list: every change in words, in reading order, none left out."""

from __future__ import annotations

import re

import pytest
from django.utils.html import strip_tags

pytestmark = pytest.mark.django_db

ADDRESS = "/compare/draft/old/with/draft/new/?view=list"


def read(client, address: str = ADDRESS) -> str:
    response = client.get(address)
    assert response.status_code == 200 and not response.cookies
    return re.search(r'<ol class="change-list">.*?</ol>', response.content.decode(), re.S)[0]  # type: ignore[index]


def test_each_change_is_said_in_words_and_marked_and_what_is_unchanged_is_one_line(client, drafts):
    page = re.sub(r"\s+", " ", strip_tags(read(client)))
    assert "(1) Instead of 1,000,000 it says 10,000,000" in page
    assert "after “fine is from 100,000 riel to”" in page
    page = read(client)
    assert '<del lang="en">1,000,000</del>' in page and '<ins lang="en">10,000,000</ins>' in page
    assert "Article 1" in read(client, ADDRESS + "&show=all")


def test_a_newcomer_is_led_through_the_page_step_by_step(client, drafts):
    page = client.get("/compare/draft/old/with/draft/new/").content.decode()
    assert "?tour=yes" in page and 'class="tour' not in page
    tour = client.get("/compare/draft/old/with/draft/new/?tour=yes").content.decode()
    places = [tour.index(f"Tour, step {step} of 5") for step in range(1, 6)]
    assert places == sorted(places)
    assert places[1] < tour.index('class="strip') < places[2]
