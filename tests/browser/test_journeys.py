"""A reader on their way: the public on a phone in Khmer without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import PAGES

pytestmark = pytest.mark.browser

COMPARISON = PAGES["comparison"]


def expect_to_fit(page: Page) -> None:
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"{page.url} is {width} wide"


def test_the_public_reads_in_khmer_on_a_phone_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", width=360, height=740, java_script_enabled=False, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="ខ្មែរ").tap()
    page.wait_for_url("**/km/")
    expect(page.locator("html")).to_have_attribute("lang", "km")
    expect_to_fit(page)
    # Draft against draft, from the first page; then inline, then in words.
    page.locator(f'.ways a[href="/km{COMPARISON}"]').first.tap()
    page.wait_for_url(f"**/km{COMPARISON}")
    expect(page.locator("article.row").first).to_be_visible()
    for view in ("inline", "list"):
        page.locator(f'.switch a[href*="view={view}"]').tap()
        page.wait_for_url(f"**view={view}**")
        expect(page.locator("main ins, main del").first).to_be_visible()
        expect_to_fit(page)
    # A note, by a search for the article as it is cited in Khmer.
    page.goto("/km/search/?q=មាត្រា ២៨")
    page.locator('main a[href*="art_28"]').first.tap()
    expect(page.locator("h1")).to_contain_text("28")
    expect(page.locator(".note").first).to_be_attached()
    expect_to_fit(page)
    assert page.context.cookies() == []
