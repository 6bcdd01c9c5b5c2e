"""Correcting which clauses belong together, with keys and a script, and without one."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.stage import REVIEWER
from tests.browser.test_accessible import EVERYTHING, expect_no_violations

pytestmark = pytest.mark.browser

COMPARISON = "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/"
# The row of Article 1, which the program set beside Article 1.
LINK = 'a[href$="old=chp_1__art_1&new=art_1"]'


def open_menu(page) -> None:
    """Open the menu of the row, where its links are."""
    page.locator("article.row").filter(has=page.locator(LINK)).locator(".row-menu > summary").press("Enter")


def undo(page) -> None:
    page.get_by_text("Undo", exact=True).first.click()
    page.get_by_label("Reason", exact=True).first.fill("Only tried.")
    page.get_by_role("button", name="Undo", exact=True).first.click()
    expect(page.get_by_text("Undone. The clauses are paired")).to_be_visible()


def test_a_row_is_corrected_where_it_stands_with_keys_alone_and_taken_back(open_as):
    page = open_as(REVIEWER, COMPARISON)
    open_menu(page)
    page.locator(LINK).focus()
    page.keyboard.press("Enter")
    form = page.locator(".correct-here form")
    expect(form).to_be_visible()
    expect_no_violations(page, EVERYTHING, "a form inside a row")
    form.get_by_label("It was moved to another place").focus()
    checked = form.locator("[name=new]:checked")
    for _ in range(checked.count()):
        checked.first.focus()
        page.keyboard.press("Space")
    form.get_by_label("Reason, which readers see").focus()
    page.keyboard.type("It has no counterpart.")
    page.keyboard.press("Tab")
    form.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Effect on the comparison")).to_be_visible()
    expect(page.get_by_text("Saved as a proposal of your organisation")).to_be_visible()
    expect(page.get_by_text("It has no counterpart.").first).to_be_visible()
    expect_no_violations(page, EVERYTHING, "the log of decisions")
    undo(page)


def test_the_same_is_done_without_a_script(open_as):
    page = open_as(REVIEWER, COMPARISON, java_script_enabled=False)
    open_menu(page)
    page.locator(LINK).click()
    expect(page.get_by_role("heading", name="Which clauses belong together")).to_be_visible()
    page.locator("[name=new]:checked").first.uncheck()
    page.get_by_label("Reason, which readers see").fill("It has no counterpart.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved as a proposal of your organisation")).to_be_visible()
    expect(page.get_by_text("It has no counterpart.").first).to_be_visible()
    undo(page)
