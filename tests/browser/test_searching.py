"""A reader searches: answers come as they type and are announced, and all of it works without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_answers_come_as_one_types_and_are_announced(open_page):
    page = open_page("/search/")
    page.locator("#q").press_sequentially("illegal acc")
    first = page.locator(".hit h2 a").first
    expect(first).to_contain_text("Illegal access", ignore_case=True)
    expect(page.locator("[role=status]")).to_contain_text("answers")
    expect(page).to_have_url(re.compile(r"/search/\?q=illegal\+acc$"))
    assert page.evaluate("document.activeElement.id") == "q"
    page.locator("#q").fill("zzzq xqjwv")
    expect(page.locator("[role=status]")).to_contain_text("No results")


def test_an_answer_leads_to_its_clause_by_keyboard_alone(open_page):
    page = open_page("/search/?q=Budapest+2")
    page.locator("#q").focus()
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("!!document.activeElement.closest('.hit')"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/laws/budapest-convention/2001-en/chp_II__art_2/$"))


def test_without_a_script_the_form_and_the_filters_do_the_same(open_page):
    page = open_page("/", java_script_enabled=False)
    page.locator(".page-head input[name=q]").fill("intercep")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(20)
    expect(page.locator(".hit mark").first).to_be_visible()
    page.locator(".narrow").get_by_role("link", name="Topics").click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(page.locator(".narrow [aria-current]")).to_have_count(1)
    page.locator("#q").fill("illegal access")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("q=illegal.access&kind=topic"))
    expect(page.locator(".hit").first).to_be_visible()


def test_the_page_fits_a_phone(open_page):
    page = open_page("/km/search/?q=ទិន្នន័យ", width=360, height=780)
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 780})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".hit mark").count() > 3
