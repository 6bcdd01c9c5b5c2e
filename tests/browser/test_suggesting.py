"""A reviewer goes through suggested counterparts: with one key each, and with plain forms where no script runs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import MEMBER, REVIEWER

pytestmark = pytest.mark.browser

LIST = "/workspace/suggestions/?source={source}&target={target}"
DRAFT, STATUTE, TREATY = "kh-cybercrime%2F2012-v1-en", "us-code-18%2F2023-en", "budapest-convention%2F2001-en"
TOPIC = 1


def look(page: Page) -> None:
    """Ask for suggestions, wait until they are there, and set them in the order of the law."""
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile("^Look for counterparts")).click()
    for _try in range(60):
        if page.locator("[data-suggestion] form[action*='/confirm/']").count():
            with page.expect_navigation():
                page.get_by_role("link", name="As in the law").click()
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError("no suggestion came")


def current(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def press(page: Page, key: str) -> None:
    """A key that sends a form: on to the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_one_key_confirms_refuses_and_takes_back(open_as):
    page = open_as(REVIEWER, LIST.format(source=STATUTE, target=DRAFT))
    look(page)
    expect(page.locator("[data-keys]")).to_be_visible()
    page.keyboard.press("j")
    first = current(page)
    page.keyboard.press("j")
    second = current(page)
    assert first.startswith("c-") and second.startswith("c-") and first != second
    page.keyboard.press("k")
    assert current(page) == first
    own = page.locator(f"#{first}")
    press(page, "n")
    expect(page.locator(".messages")).to_contain_text("Refused.")
    expect(own).to_contain_text("refused")
    expect(page.locator("[data-suggestion]:focus")).to_be_visible()
    expect(own).not_to_be_focused()
    own.focus()
    press(page, "u")
    expect(page.locator(".messages")).to_contain_text("waits for a decision again")
    expect(own).to_be_focused()
    choose = own.locator("select[name=topic]")
    if not choose.input_value():
        # What is missing is shown, and nothing is sent.
        page.keyboard.press("y")
        expect(choose).to_be_visible()
        choose.select_option(index=TOPIC)
        own.focus()
    press(page, "y")
    expect(page.locator(".messages")).to_contain_text("Confirmed.")
    expect(own).to_contain_text("partial")
    page.keyboard.press("Shift+N")
    expect(page.locator("form[data-group] button:focus")).to_be_visible()


def test_keys_typed_in_a_field_are_letters(open_as):
    page = open_as(REVIEWER, LIST.format(source=STATUTE, target=DRAFT))
    look(page)
    item = page.locator("[data-suggestion]").filter(has=page.locator("form[action*='/refuse/']")).first
    item.get_by_text("It does not").click()
    field = item.locator("input[name=reason]")
    field.fill("")
    field.press_sequentially("any day, in a few years: no")
    assert field.input_value() == "any day, in a few years: no"
    expect(page.locator(".messages")).to_have_count(0)


def test_all_of_it_works_without_a_script(open_as):
    page = open_as(REVIEWER, LIST.format(source=DRAFT, target=TREATY), java_script_enabled=False)
    expect(page.locator("[data-keys]")).to_be_hidden()
    look(page)
    item = page.locator("[data-suggestion]").filter(has=page.locator("form[action*='/confirm/']")).first
    own = page.locator(f"#{item.get_attribute('id')}")
    item.get_by_text("It answers the clause").click()
    item.get_by_label("Topic").select_option(index=TOPIC)
    item.get_by_label("Relation").select_option("broader")
    item.get_by_label("Reasoning").fill("Read side by side.")
    item.get_by_role("button", name="Confirm").click()
    expect(page.locator(".messages")).to_contain_text("Confirmed.")
    expect(own).to_contain_text("Read side by side.")
    own.get_by_role("button", name="Undo").click()
    expect(page.locator(".messages")).to_contain_text("waits for a decision again")


def test_the_list_fits_the_window(open_as):
    page = open_as(REVIEWER, LIST.format(source=STATUTE, target=DRAFT))
    look(page)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_member_is_told_why_there_is_no_list_for_them(open_as):
    page = open_as(MEMBER, "/workspace/suggestions/")
    expect(page.locator("main")).to_contain_text("Only a reviewer can decide")
