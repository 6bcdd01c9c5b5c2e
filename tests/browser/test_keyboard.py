"""The keyboard alone: order and visibility of the focus, and an annotation from its writing to its reading."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import second_factor
from tests.browser.screenshots import PAGES
from tests.browser.stage import MEMBER, ORGANISATION, PASSWORD, REVIEWER

pytestmark = pytest.mark.browser

CLAUSE = "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/"
VERSION = "/laws/kh-cybercrime/2012-v1-en/"
COMPARISON = PAGES["comparison"]
REASON = "No court has said what a lantern may not light."
STEPS_MAX = 900

# What the focus is on, as a person would tell it; null at the end of the page.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || one === document.documentElement) return null;
  const style = getComputedStyle(one), head = one.querySelector(":scope > header");
  const drawn = [style, head && getComputedStyle(head)].filter(Boolean);
  const box = one.getBoundingClientRect();
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]].map(
    ([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
  // A link that breaks over two lines has its middle beside itself: then each of its boxes counts.
  for (const part of one.getClientRects())
    points.push(document.elementFromPoint(part.left + part.width / 2, part.top + part.height / 2));
  return {
    id: one.id, tag: one.tagName, href: one.getAttribute("href") || "", name: one.getAttribute("name") || "",
    words: (one.innerText || one.value || one.getAttribute("aria-label") || "").trim().slice(0, 60),
    isDrawn: drawn.some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0
      && s.outlineColor !== "rgba(0, 0, 0, 0)"),
    // What the mouse passes through is not found at a point.
    isSeen: points.some((at) => at && (one === at || one.contains(at))) || style.pointerEvents === "none",
    html: one.outerHTML.slice(0, 160),
  };
}"""


def walk(page: Page, until: Callable[[dict[str, Any]], bool] = lambda focus: False) -> list[dict[str, Any]]:
    """Press Tab until the focus is where it should be, or at the end of the page; every stop on the way."""
    stops: list[dict[str, Any]] = []
    for _step in range(STEPS_MAX):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            return stops
        stops.append(focus)
        if until(focus):
            return stops
    raise AssertionError(f"after {STEPS_MAX} steps the focus is still on its way: {stops[-1]}")


def go_to(page: Page, what: str, until: Callable[[dict[str, Any]], bool]) -> None:
    stops = walk(page, until)
    assert stops and until(stops[-1]), f"Tab never reaches {what} on {page.url}; stops: {[s['words'] for s in stops]}"


def words(beginning: str) -> Callable[[dict[str, Any]], bool]:
    return lambda focus: focus["words"].startswith(beginning)


def named(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda focus: focus["name"] == name


@pytest.mark.parametrize("address", ["/", COMPARISON, CLAUSE, "/accounts/login/"])
def test_every_stop_of_the_focus_is_visible(open_page, address):
    page = open_page(address)
    stops = walk(page)
    assert len(stops) > 10
    undrawn = [stop["html"] for stop in stops if not stop["isDrawn"]]
    assert not undrawn, f"no outline on: {undrawn[:10]}"
    unseen = [stop["html"] for stop in stops if not stop["isSeen"]]
    assert not unseen, f"the focus is out of sight or covered on: {unseen[:10]}"


def test_the_focus_goes_through_a_comparison_in_reading_order(open_page):
    page = open_page(COMPARISON)
    # What stands behind a word is opened on the way: what the texts are, and what is done with a row.
    stops = walk(page, words("About these texts"))
    page.keyboard.press("Enter")
    stops += walk(page, words("⋯"))
    page.keyboard.press("Enter")
    stops += walk(page)
    order = [
        ("the skip link", lambda stop: stop["href"] == "#main"),
        ("the site's name", lambda stop: stop["href"] == "/"),
        ("navigation", lambda stop: stop["href"] == "/laws/"),
        ("sign-in", lambda stop: stop["href"] == "/accounts/login/"),
        ("what is done with the page", words("Download")),
        ("what the texts are", words("About these texts")),
        ("the old text", lambda stop: stop["href"] == VERSION),
        ("switches", lambda stop: "view=inline" in stop["href"]),
        ("the list of clauses", lambda stop: stop["tag"] == "A" and "data-change" in stop["html"]),
        ("a row", words("⋯")),
        ("the link to a row", words("Link to this row")),
        ("the footer", lambda stop: stop["href"] == "/about/"),
    ]
    places = []
    for name, is_it in order:
        place = next((number for number, stop in enumerate(stops) if is_it(stop)), None)
        assert place is not None, f"Tab never reaches {name}"
        places.append(place)
    assert places == sorted(places), f"the order of {[name for name, _ in order]} is {places}"
    assert places[0] == 0, "the skip link is not first"


def test_the_skip_link_is_shown_and_leads_to_the_text(open_page):
    page = open_page(VERSION)
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_fold_opens_by_keyboard(open_page):
    page = open_page(COMPARISON)
    fold = page.locator("details.fold").first
    go_to(
        page,
        "a fold",
        lambda stop: stop["tag"] == "SUMMARY" and "clause" in stop["words"] and "list" not in stop["words"],
    )
    page.keyboard.press("Enter")
    expect(fold).to_have_attribute("open", "")


def sign_in_by_keyboard(page: Page, email: str) -> None:
    page.goto("/")
    go_to(page, "the sign-in link", words("Sign in"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/**")
    go_to(page, "the address", named("login"))
    page.keyboard.type(email)
    go_to(page, "the password", named("password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    if email != MEMBER:
        page.wait_for_url("**/authenticate/")
        go_to(page, "the code", named("code"))
        page.keyboard.type(second_factor.code())
        page.keyboard.press("Enter")
    page.wait_for_url("**/workspace/")


def test_an_annotation_is_written_reviewed_and_published_by_keyboard_alone(open_page):
    member = open_page("/")
    sign_in_by_keyboard(member, MEMBER)
    member.goto(CLAUSE)
    go_to(member, "“Annotate this clause”", words("Annotate this clause"))
    member.keyboard.press("Enter")
    member.wait_for_url("**/annotate/")
    go_to(member, "the words", words("Whoever"))
    for key in ["Enter", *["ArrowRight"] * 6, "Enter"]:
        member.keyboard.press(key)
    quoted = member.locator("[name=exact]").input_value()
    assert len(quoted.split()) == 7, quoted
    go_to(member, "the risk", named("risk"))
    member.keyboard.press("Space")
    go_to(member, "the reasoning", named("body"))
    member.keyboard.type(REASON)
    go_to(member, "the button", words("Submit for review"))
    member.keyboard.press("Enter")
    member.wait_for_url("**/annotations/*/")
    expect(member.get_by_role("status")).to_contain_text("Submitted")
    written = member.url

    visitor = open_page(written)
    expect(visitor.locator("h1")).to_contain_text("There is no annotation")

    reviewer = open_page("/")
    sign_in_by_keyboard(reviewer, REVIEWER)
    note = written.partition("/annotations/")[2]
    go_to(reviewer, "the note that waits", lambda stop: note in stop["href"])
    reviewer.keyboard.press("Enter")
    reviewer.wait_for_url(written)
    go_to(reviewer, "“Publish”", words("Publish"))
    reviewer.keyboard.press("Enter")
    expect(reviewer.get_by_role("status")).to_contain_text("Published")

    expect_published(visitor, note, quoted)


def expect_published(visitor: Page, note: str, quoted: str) -> None:
    """On the version, the clause and the comparison, in both languages: the organisation's name, not the person's."""
    comparison = f"{COMPARISON}?show=all"
    for address in (VERSION, CLAUSE, comparison, f"/annotations/{note}", "/annotations/", "/"):
        for prefix in ("", "/km"):
            visitor.goto(prefix + address)
            visitor.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            where = f"the note on {visitor.url}"
            assert REASON[:30] in visitor.locator("main").inner_text(), f"{where} is missing"
            content = visitor.content()
            assert ORGANISATION in content, f"{where} does not name the organisation"
            assert not re.search("sokha|dara@", content), f"{where} names a person"
    visitor.goto(VERSION)
    expect(visitor.locator('[id="chp_4__art_28"] mark', has_text=quoted[:20]).first).to_be_visible()


def test_a_form_without_a_reason_says_so_beside_the_field(open_as):
    page = open_as(MEMBER, f"{CLAUSE}annotate/", java_script_enabled=False)
    page.locator("[name=exact]").fill("words that do not stand there")
    page.locator("[name=risk][value='2']").check()
    page.locator("[name=body]").fill("A reason.")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator(".errorlist")).to_contain_text("not in the clause")
    expect(page.locator("[name=exact]")).to_have_value("words that do not stand there")
    described = page.locator("[name=exact]").get_attribute("aria-describedby") or ""
    assert any(page.locator(f'[id="{name}"].errorlist').count() for name in described.split()), (
        "the error is not bound to its field for those who listen"
    )
