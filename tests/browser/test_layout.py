"""The page in unusual rooms: very narrow, magnified, without motion, on paper.

That each public page fits the narrowest phone is seen in test_privacy.py, which opens all of them there.
"""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import PAGES
from tests.browser.stage import MEMBER
from tests.browser.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.soak]

VERSION, COMPARISON = PAGES["version"], PAGES["comparison"]
WHOLE = "/compare/harbour/1/with/harbour/2/"
NARROWEST = 320
OF_MEMBERS = ["/workspace/", "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/annotate/", VERSION]
WIDE = "document.scrollingElement.scrollWidth"
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# What sticks out, unless it is inside a region that scrolls by itself.
STICKS_OUT = """(width) => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > width + 1 && !one.closest(".scroll, .sr, .skip"))
  .map((one) => one.outerHTML.slice(0, 150)).slice(0, 5)"""
MOVES = """[...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  const isSmooth = style.scrollBehavior === "smooth" || parseFloat(style.transitionDuration) > 0;
  return isSmooth || style.animationName !== "none";
}).map((one) => one.outerHTML.slice(0, 100))"""


def expect_no_sideways_scroll(page: Page, width: int) -> None:
    page.evaluate(UNFOLD)
    overflowing = page.evaluate(WIDE)
    assert overflowing <= width, f"{page.url} is {overflowing} px wide at {width}: {page.evaluate(STICKS_OUT, width)}"


@pytest.mark.parametrize("language", ["", "/km"], ids=["en", "km"])
@pytest.mark.parametrize("path", ["/", "/search/"])
def test_a_phone_shows_the_whole_example_in_the_search_field(open_page, path, language):
    field = open_page(f"{language}{path}", width=360, height=640).locator("main [name=q]")
    field.evaluate("one => { one.type = 'text'; one.value = one.placeholder }")
    assert field.evaluate("one => one.scrollWidth <= one.clientWidth")


def test_a_phone_shows_how_clauses_answer_each_other_without_scrolling_sideways(open_page):
    page = open_page(PAGES["topic"], width=360, height=640)
    table = page.locator(".scroll:has(.verdict-grid)")
    assert table.evaluate("one => one.scrollWidth <= one.clientWidth")
    reason = page.locator(".answer > p").nth(1).bounding_box()
    assert reason and reason["width"] > 250, "the reasoning is squeezed"


def test_a_mark_stands_in_the_line_of_the_words_it_is_on(open_page):
    page = open_page(PAGES["clause"], width=360, height=780)
    misplaced = """marks => marks.filter((mark) => {
      const words = mark.previousElementSibling.getClientRects(), last = words[words.length - 1];
      return mark.getBoundingClientRect().top > last.bottom;
    }).map((mark) => mark.outerHTML)"""
    assert page.locator("mark + .ref").count() > 3
    for width in (320, 360, 400, 1280):
        page.set_viewport_size({"width": width, "height": 780})
        assert page.locator("mark + .ref").evaluate_all(misplaced) == []


def test_no_page_of_members_scrolls_sideways(open_as):
    for path in OF_MEMBERS:
        expect_no_sideways_scroll(open_as(MEMBER, path, width=NARROWEST, height=640), NARROWEST)


def test_wide_tables_scroll_in_a_region_that_the_keyboard_reaches(open_page):
    page = open_page(PAGES["topics"], width=NARROWEST, height=640)
    region = page.locator(".scroll").first
    assert region.evaluate("one => one.scrollWidth > one.clientWidth")
    expect(region).to_have_attribute("tabindex", "0")
    expect(region).to_have_attribute("role", "region")
    region.focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.querySelector('.scroll').scrollLeft > 0")


@pytest.mark.parametrize("name", ["home", "library", "version", "comparison", "cross-law", "topics", "annotation"])
def test_twice_the_size_loses_nothing(open_page, name):
    """A window of 1280 magnified to 200 %: half as many pixels, each twice as large."""
    page = open_page(PAGES[name], width=640, height=450, device_scale_factor=2)
    expect_no_sideways_scroll(page, 640)
    expect(page.locator("h1")).to_be_in_viewport()
    for link in page.locator(".masthead a").all():
        expect(link).to_be_visible()


@pytest.mark.parametrize("name", ["home", "version", "comparison"])
def test_letters_twice_as_large_do_not_spill(open_page, name):
    page = open_page(PAGES[name])
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    expect_no_sideways_scroll(page, 1280)


def test_nothing_moves_for_those_who_ask_for_stillness(open_page):
    page = open_page("/", reduced_motion="reduce")
    for path in (PAGES[name] for name in ("home", "version", "comparison", "waiting", "styleguide")):
        page.goto(path)
        assert page.evaluate(MOVES) == [], path


def test_paper_shows_the_law_and_no_tools(open_page):
    page = open_page(VERSION)
    page.emulate_media(media="print")
    for tool in (".masthead nav", ".masthead .self", ".toc", ".tools", ".skip"):
        for one in page.locator(tool).all():
            expect(one).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".note").first).to_be_visible()


def test_paper_shows_both_texts_and_every_mark(open_page):
    page = open_page(WHOLE)
    page.emulate_media(media="print")
    for tool in (".masthead nav", ".controls", ".strip", ".perma"):
        for one in page.locator(tool).all():
            expect(one).to_be_hidden()
    row = page.locator(".rows > .row:has(del):has(ins)").first
    struck, put_in = row.locator("del:visible").first, row.locator("ins:visible").first
    expect(struck).to_have_css("text-decoration-line", "line-through")
    expect(put_in).to_have_css("text-decoration-line", "underline")
    old, new = row.locator(".pair .old").first.bounding_box(), row.locator(".pair .new").first.bounding_box()
    assert old and new and old["x"] + old["width"] <= new["x"], "on paper the two texts do not stand side by side"


def test_a_printed_comparison_names_its_texts_and_numbers_its_pages(open_page):
    page = open_page(COMPARISON)
    paper = pypdfium2.PdfDocument(page.pdf(format="A4"))
    words = [sheet.get_textpage().get_text_bounded() for sheet in paper]
    assert len(words) > 1
    assert "V.1" in words[0] and "4 August 2020" in words[0]
    assert f"2 / {len(words)}" in words[1]
