"""A new topic with two clauses set under it, in at most eight actions; with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stage import EDITOR

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_a_topic_with_two_clauses_takes_eight_actions_at_most(open_as, scripts):
    page = open_as(EDITOR, "/topics/", java_script_enabled=scripts)
    title = f"Lantern offences {scripts}"
    actions = [
        lambda: page.get_by_role("link", name="Add a topic").click(),
        lambda: page.get_by_label("Title in English").fill(title),
        lambda: page.get_by_label("Title in Khmer").fill("បទល្មើសចង្កៀង"),
        lambda: page.locator("[name=text_1]").select_option("lanterns/en"),
        lambda: page.locator("[name=cited_1]").fill("1"),
        lambda: page.locator("[name=text_2]").select_option("budapest-convention/2001-en"),
        lambda: page.locator("[name=cited_2]").fill("2"),
        lambda: page.get_by_role("button", name="Save").click(),
    ]
    assert len(actions) <= 8
    for act in actions:
        act()
    expect(page.locator("h1")).to_have_text(title)
    # Its organisation alone sees it until staff confirm it.
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("Article 2")).first).to_be_visible()
