"""Words chosen in a law are copied with their citation: by a button or a key, with no leave asked of the reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_selecting import choose

pytestmark = pytest.mark.browser

LAMPS = "/laws/lanterns/en/"


def pasted(page: Page) -> str:
    page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste-here' }))")
    page.locator("#paste-here").focus()
    page.keyboard.press("Control+v")
    words = page.locator("#paste-here").input_value()
    page.evaluate("document.getElementById('paste-here').remove()")
    return words


def test_chosen_words_are_copied_with_law_article_and_lasting_address(open_page, site):
    page = open_page(LAMPS)
    button = page.get_by_role("button", name="Copy with citation")
    expect(button).to_be_hidden()
    eid = page.locator("[data-eid]").first.get_attribute("data-eid")
    choose(page, eid, "in a street is lit at dusk")
    expect(button).to_be_visible()
    expect(button).to_be_in_viewport()
    button.click()
    expect(page.get_by_role("button", name="Copied, with its citation")).to_be_visible()
    words, source, address = pasted(page).split("\n")
    assert words == "“in a street is lit at dusk”"
    assert source == "— Article 1. Lamps, lanterns en"
    assert address.startswith(f"{site}{LAMPS}") and "?text=" in address
    assert page.goto(address).ok
    expect(page.locator("h1")).to_contain_text("Article 1")


def test_the_key_c_copies_and_types_in_a_field(open_page):
    page = open_page("/km" + LAMPS, width=360, height=780)
    eid = page.locator("[data-eid]").first.get_attribute("data-eid")
    choose(page, eid, "is lit at dusk")
    expect(page.locator(".copy-words")).to_be_visible()
    page.keyboard.press("c")
    expect(page.locator("p[role=status]").last).not_to_be_empty()
    assert pasted(page).startswith("“is lit at dusk”\n— ")
    field = page.locator("input[name=q]").first
    if field.is_visible():
        field.fill("")
        field.press("c")
        assert field.input_value() == "c"


def test_a_side_of_a_comparison_is_copied_as_that_text_has_it(open_page):
    page = open_page("/compare/harbour/1/with/harbour/2/")
    row = page.locator(".row", has_text="takes a berth")
    expect(row).to_be_visible()
    for side, fee, text in (("old", "4,000", "harbour 1"), ("new", "9,000", "harbour 2")):
        runs = row.locator(f".{side} .runs").last
        runs.evaluate("(runs) => getSelection().selectAllChildren(runs)")
        expect(page.locator(".copy-words")).to_be_visible()
        page.locator(".copy-words").click()
        words, source, address = pasted(page).split("\n")
        assert f"fee of {fee} riel" in words and ("4,000" in words) != ("9,000" in words)
        assert "Fees" in source and text in source and f"/laws/harbour/{text[-1]}/" in address
