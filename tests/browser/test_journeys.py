"""Two readers on their way: the public on a phone in Khmer without scripts, an analyst by keys alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import PAGES
from tests.browser.test_annotating import tab_to

pytestmark = pytest.mark.browser

COMPARISON = PAGES["comparison"]
# Both texts are known in full, so that their words are set against each other.
WHOLE = "/compare/harbour/1/with/harbour/2/"


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
    page.locator(".ways-on a").first.tap()
    page.wait_for_url("**/km/compare/**")
    for comparison in (COMPARISON, WHOLE):
        page.goto(f"/km{comparison}")
        expect(page.locator("article.row").first).to_be_visible()
        for view, row in (("inline", "article.row"), ("list", ".change-list > li")):
            page.locator(".rail > details > summary").tap()
            page.locator(f'.switch a[href*="view={view}"]').tap()
            page.wait_for_url(f"**view={view}**")
            expect(page.locator(row).first).to_be_visible()
            if comparison == WHOLE:
                for change in ("ins", "del"):
                    expect(page.locator(f"main {change}").filter(visible=True).first).to_be_visible()
            expect_to_fit(page)
    # A note, by a search for the article as it is cited in Khmer.
    page.goto("/km/search/?q=មាត្រា ២៨")
    page.locator('main a[href*="/kh-cybercrime/"][href*="art_28"]').first.tap()
    expect(page.locator("h1")).to_contain_text(re.compile("28|២៨"))
    expect(page.locator(".note").first).to_be_attached()
    expect_to_fit(page)
    assert page.context.cookies() == []


def follow_by_keys(page: Page, selector: str, most: int = 120) -> None:
    tab_to(page, selector, most)
    page.keyboard.press("Enter")


def test_an_analyst_goes_by_keys_from_the_library_to_the_spreadsheet(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    follow_by_keys(page, 'a[href="/laws/"]')
    page.wait_for_url("**/laws/")
    tab_to(page, 'input[type="search"]')
    page.keyboard.type('"freedom of expression"')
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?*")
    expect(page.locator("main mark").first).to_contain_text("reedom of expression")
    # From change to change; the address of a row; the switches.
    page.goto(COMPARISON)
    page.keyboard.press("n")
    first = page.evaluate("document.activeElement.id")
    page.keyboard.press("n")
    second = page.evaluate("document.activeElement.id")
    assert first and second and first != second
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.id") == first
    follow_by_keys(page, f"#{first} .row-menu > summary")
    follow_by_keys(page, f'.perma[href="#{first}"]')
    page.wait_for_url(f"**#{first}")
    page.goto(COMPARISON)
    follow_by_keys(page, '.switch a[href*="view=inline"]')
    page.wait_for_url("**view=inline**")
    page.goto(WHOLE)
    follow_by_keys(page, '.switch a[href*="show=all"]')
    page.wait_for_url("**show=all**")
    # The draft beside the law of another country, by subject; then the matrix, and its table to take away.
    page.goto(PAGES["cross-law"])
    expect(page.locator(".topic-row h2").first).to_be_visible()
    follow_by_keys(page, 'a[href="/topics/"]')
    page.wait_for_url("**/topics/")
    tab_to(page, 'a[href*="matrix.xlsx"]', 400)
    with page.expect_download() as coming:
        page.keyboard.press("Enter")
    with coming.value.path().open("rb") as file, ZipFile(BytesIO(file.read())) as book:
        assert any(name.startswith("xl/worksheets/") for name in book.namelist())
