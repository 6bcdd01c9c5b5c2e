"""Asking for a comparison that nobody has asked for: the button, the progress, and the result by itself."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

UNKNOWN = "/compare/long-old/1/with/long-new/1/"
UNKNOWN_BACKWARDS = "/compare/long-new/1/with/long-old/1/"
UNKNOWN_SMALL = "/compare/udhr/1948-en/with/iccpr/1966-en/"
FAILED = "/compare/budapest-convention/2001-en/with/udhr/1948-en/"
SECONDS_MAX = 60
WORKING = re.compile("Starting|Waiting|Reading|Finding|Marking|Storing")


def ask(page: Page) -> None:
    expect(page.get_by_role("heading", name="These two texts have not been compared yet")).to_be_visible()
    page.get_by_role("button", name="Compare these two").click()


def test_the_result_appears_by_itself(open_page):
    page = open_page(UNKNOWN)
    parts: list[int] = []
    page.on(
        "response",
        lambda response: parts.append(response.status) if response.request.headers.get("hx-request") else None,
    )
    ask(page)
    progress = page.locator("#progress")
    expect(progress.locator("progress")).to_be_visible()
    expect(progress.locator("h2")).to_have_text(WORKING)
    assert page.locator("h1").count() == 1
    page.locator(".row").first.wait_for(timeout=SECONDS_MAX * 1000)
    assert parts, "the page did not ask how far it is"
    assert set(parts) == {200}
    assert page.locator("ins:visible").count() > 10
    assert page.context.cookies() == []


def test_without_javascript_the_page_is_looked_at_again(open_page):
    page = open_page(UNKNOWN_BACKWARDS, java_script_enabled=False)
    with page.expect_navigation():
        ask(page)
    expect(page.locator("progress")).to_be_visible()
    again = page.get_by_role("link", name="Show progress")
    deadline = time.monotonic() + SECONDS_MAX
    while not page.locator(".row").count():
        expect(again).to_be_visible()
        assert time.monotonic() < deadline, (
            f"after {SECONDS_MAX} s it still says: {page.locator('#progress').inner_text()}"
        )
        time.sleep(0.5)
        with page.expect_navigation():  # a page half loaded has neither the link nor a row
            again.click()
    expect(page.locator(".row:visible").first).to_be_visible()


def test_asking_twice_computes_once(open_page):
    first = open_page(f"{UNKNOWN_SMALL}?by=text")
    second = open_page(f"{UNKNOWN_SMALL}?by=text")
    ask(first)
    second.get_by_role("button", name="Compare these two").click()
    for page in (first, second):
        page.locator(".rows").wait_for(timeout=SECONDS_MAX * 1000)


def test_choosing_two_texts_leads_to_their_comparison(open_page):
    page = open_page("/compare/")
    page.get_by_label("First text").select_option("kh-cybercrime/2012-v1-en")
    page.get_by_label("Second text").select_option("kh-cybercrime/2024-leak-en")
    page.get_by_role("main").get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2024-leak-en/")
    expect(page.locator(".row:visible").first).to_be_visible()


def test_a_failure_is_said_in_one_sentence_with_the_next_step(open_page):
    page = open_page(f"{FAILED}?by=text")
    expect(page.locator("#progress")).to_contain_text("The comparison failed")
    expect(page.locator(".is-problem")).to_contain_text("The old text has no clauses.")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_another_site_cannot_ask_in_a_readers_name(open_page, site):
    page = open_page(UNKNOWN)
    answer = page.request.post(UNKNOWN, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://example.org"})
    assert answer.status == 403
    assert "from this site’s own pages" in answer.text()
