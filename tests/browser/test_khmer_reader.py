"""A Khmer reader on a phone, without scripts: from the first page to a note on Article 28, its counterpart in US law
and what became of it, in Khmer all the way but for quotations."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_journeys import expect_to_fit
from tests.page_words import english_share

pytestmark = pytest.mark.browser

# What of a step may be English: quotations of laws and of those who wrote about them, and their names.
HOME, LISTS, TEXTS, NOTES, COUNTERPARTS = 0.10, 0.15, 0.10, 0.15, 0.35


def arrive(page: Page, step: str, most: float, shares: dict[str, float]) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "km")
    expect_to_fit(page)
    shares[step] = english_share(page.content())
    assert shares[step] <= most, f"{step}: {shares[step]:.0%} of {page.url} is English"


def tap(page: Page, link: Locator) -> None:
    link.first.scroll_into_view_if_needed()
    link.first.tap()


def test_a_khmer_reader_goes_from_home_to_what_became_of_a_note_on_article_28(open_page: Callable[..., Page]) -> None:
    page = open_page("/km/", width=360, height=740, java_script_enabled=False, has_touch=True, is_mobile=True)
    shares: dict[str, float] = {}
    arrive(page, "home", HOME, shares)
    tap(page, page.locator('a[href="/km/laws/"]'))
    page.wait_for_url("**/km/laws/")
    arrive(page, "laws", HOME, shares)
    tap(page, page.locator('main a[href="/km/laws/kh-cybercrime/"]'))
    page.wait_for_url("**/km/laws/kh-cybercrime/")
    arrive(page, "the law", LISTS, shares)
    tap(page, page.locator('main a[href="/km/laws/kh-cybercrime/2012-v1-km/"]'))
    page.wait_for_url("**/2012-v1-km/")
    arrive(page, "the draft", TEXTS, shares)
    tap(page, page.locator('main a[href="/km/laws/kh-cybercrime/2012-v1-km/chp_4__art_28/"]'))
    page.wait_for_url("**/chp_4__art_28/")
    expect(page.locator("h1")).to_contain_text("មាត្រា ២៨")
    arrive(page, "Article 28", COUNTERPARTS, shares)
    article = page.url
    # The counterpart in US law, which answers in Khmer where it is rendered.
    counterpart = page.locator('#counterparts .counterpart a[href^="/km/laws/us-code-"][href*="-km/"]')
    assert counterpart.count(), "no counterpart of Article 28 is read in Khmer"
    for summary in page.locator("#counterparts .counterparts > details > summary").all():
        tap(page, summary)
    tap(page, counterpart)
    page.wait_for_url(re.compile(r"/km/laws/us-code-\d+/.*-km/"))
    arrive(page, "the counterpart", 0.65, shares)  # the English of the section stands beside it
    # A note, and what became of its concern.
    page.goto(article)
    note = page.locator('a[href="/km/annotations/v1-28-1-vague/"]')
    for summary in page.locator("details.notes > summary").all():
        summary.tap()
    tap(page, note)
    page.wait_for_url("**/km/annotations/v1-28-1-vague/")
    arrive(page, "the note", NOTES, shares)
    tap(page, page.locator('main a[href="/km/laws/kh-cybercrime/concerns/"]'))
    page.wait_for_url("**/concerns/")
    arrive(page, "what became of it", LISTS, shares)
    assert page.context.cookies() == []
    print("\n".join(f"{step}: {share:.1%}" for step, share in shares.items()))
