"""Rows to a Word file: picked from a list, and added one by one; with and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pytest
from playwright.sync_api import expect

from tests.browser.stage import EDITOR
from tests.office import text_of

pytestmark = pytest.mark.browser

PAIR = "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/"


@pytest.mark.parametrize("scripts", [True, False])
def test_ten_rows_are_a_word_file_after_twelve_actions_at_most(open_as, scripts):
    page = open_as(EDITOR, PAIR, java_script_enabled=scripts)
    title, downloads = f"Ten rows {scripts}", []

    def download() -> None:
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Word (DOCX)").click()
        downloads.append(waiting.value)

    actions = [
        lambda: page.get_by_role("link", name="Put into a memo").click(),
        lambda: page.get_by_label("Title of a new memo").fill(title),
        lambda: page.get_by_role("button", name="Add to the memo").click(),
        download,
    ]
    assert len(actions) <= 12
    for act in actions:
        act()
    document = docx.Document(str(Path(downloads[0].path())))
    expect(page.locator("h1")).to_have_text(title)
    rows = page.locator("section[id^=part-]").count()
    headings = [one.text for one in document.paragraphs if one.style.name.lower() == "heading 1"]
    assert rows >= 10 and len(headings) == rows
    assert "is to" in text_of(document)


@pytest.mark.parametrize("scripts", [True, False])
def test_three_rows_are_a_word_file_after_five_clicks_and_are_put_in_order_by_keys(open_as, scripts):
    page = open_as(EDITOR, PAIR, java_script_enabled=scripts)
    said = page.locator(".basket:not(:empty)")
    for number in range(3):
        before = said.all_inner_texts()
        page.locator(".topic-row .to-memo").nth(number).click()
        expect(said).not_to_have_text(before)  # it counts the parts: this one was added too
        expect(said).to_contain_text(re.compile("Added to"))
        assert PAIR in page.url, "the reader stays on the page"
    if scripts:
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Open the memo")).to_be_focused()
    page.get_by_role("link", name="Open the memo").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Word (DOCX)").click()
    document = docx.Document(str(Path(waiting.value.path())))
    added = page.locator(".outline .name").all_inner_texts()[-3:]
    headings = [one.text for one in document.paragraphs if one.style.name.lower() == "heading 1"]
    assert [one for one in headings if one in added][-3:] == added
    expect(page.locator(".paper")).to_contain_text(added[-1])
    if scripts:
        page.locator(".outline li").last.get_by_role("link").focus()
        page.keyboard.press("Alt+ArrowUp")
    else:
        page.locator(".outline [name=up]").last.click()
    page.wait_for_url("**#move-*")
    assert page.locator(".outline .name").all_inner_texts()[-2] == added[-1]
