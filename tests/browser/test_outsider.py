"""A private comparison is read by an outsider and closed again; a law is renamed: in as few actions as promised."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.stage import EDITOR

pytestmark = pytest.mark.browser

PAIR = "/compare/quiet/a/with/quiet/b/"
FEE = "9,000 riel"


def test_a_private_comparison_is_read_by_an_outsider_and_closed_again(open_as, open_page):
    page = open_as(EDITOR, PAIR)
    page.get_by_role("button", name="Compare these two").click()
    expect(page.locator(".row").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("private to Lantern Watch")
    actions = [
        lambda: page.get_by_role("link", name="Share privately").click(),
        lambda: page.get_by_label("For whom").fill("The drafter"),
        lambda: page.get_by_role("button", name="Create link").click(),
    ]
    assert len(actions) <= 4
    for act in actions:
        act()
    link = page.locator("[data-copy]").inner_text()
    outsider = open_page(link, width=360, height=780, java_script_enabled=False)
    expect(outsider.locator("main")).not_to_contain_text("quiet")
    outsider.get_by_role("button", name="Open it").click()
    expect(outsider.locator("main")).to_contain_text(FEE)
    assert outsider.context.cookies() == [] or all("session" not in one["name"] for one in outsider.context.cookies())
    page.get_by_role("link", name="All guest links").click()
    expect(page.locator(".cards")).to_contain_text("opened 1 time")
    with page.expect_navigation():
        page.get_by_role("button", name="Close this link").click()
    shut = open_page(link)
    if shut.get_by_role("button", name="Open it").count():
        shut.get_by_role("button", name="Open it").click()
    expect(shut.locator("main")).not_to_contain_text(FEE)


def test_a_law_is_renamed_in_four_actions_at_most(open_as, open_page):
    page = open_as(EDITOR, "/laws/quiet/")
    actions = [
        lambda: page.locator("a[href$='/workspace/laws/quiet/']").click(),
        lambda: page.get_by_label("Title in English").fill("A bill on harbours"),
        lambda: page.get_by_role("button", name="Save").click(),
    ]
    assert len(actions) <= 4
    for act in actions:
        act()
    expect(page.locator("h1")).to_have_text("A bill on harbours")
