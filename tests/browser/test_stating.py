"""An editor marks words and states what they lay down, a second person confirms it by a key, and a visitor reads it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stage import EDITOR, REVIEWER
from tests.browser.test_selecting import choose

pytestmark = pytest.mark.browser

PAGE = "/workspace/values/lanterns/en/chp_1__art_1/"
PUBLIC = "/laws/lanterns/en/chp_1__art_1/"
WORDS = "within two days"


def test_marked_words_are_stated_confirmed_by_a_key_and_read_by_a_visitor(open_as, open_page):
    page = open_as(EDITOR, PAGE)
    choose(page, "chp_1__art_1", WORDS)
    expect(page.get_by_label("Words of the text")).to_have_value(WORDS)
    page.get_by_label("Element").select_option("time_limits")
    page.get_by_label("Value", exact=True).fill("at most 2 days")
    page.get_by_role("button", name="State this value").click()
    expect(page.locator(".messages")).to_contain_text("a second person has to confirm it")
    item = page.locator("[id^=value-]")
    expect(item).to_contain_text(re.compile("at most 2 days.*within two days", re.DOTALL))
    expect(item.get_by_role("button", name="Confirm")).to_have_count(0)
    # Others wait too, on the pages before: those of the demonstration that only one person read.
    second = open_as(REVIEWER, "/workspace/values/?page=999")
    waiting = second.locator("[id^=value-]").all_inner_texts()
    for _step in range(next(number for number, words in enumerate(waiting, 1) if WORDS in words)):
        second.keyboard.press("j")
    with second.expect_navigation():
        second.keyboard.press("y")
    expect(second.locator(".messages")).to_contain_text("Saved as a proposal of your organisation")
    visitor = open_page(PUBLIC, width=360, height=780)
    values = visitor.locator("#values")
    expect(values).to_contain_text(re.compile("at most 2 days.*within two days", re.DOTALL))
    expect(values).to_contain_text("proposed by Lantern Watch")


def test_without_scripts_the_words_are_typed(open_as):
    page = open_as(EDITOR, PAGE, java_script_enabled=False)
    page.get_by_label("Element").select_option("conduct")
    page.get_by_label("Words of the text").fill("lit at  dusk.")
    page.get_by_role("button", name="State this value").click()
    expect(page.locator(".messages")).to_contain_text("Saved")
