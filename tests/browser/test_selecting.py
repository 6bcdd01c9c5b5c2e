"""Words chosen with the mouse fill the form: exactly those words, at the place where they stand in the stored text."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import MEMBER

pytestmark = pytest.mark.browser

# Where to press and where to let go so that just these words of a clause are chosen; scrolls them into sight.
ENDS = """([eid, words]) => {
  const clause = document.querySelector(`[data-eid="${eid}"]`);
  const walk = document.createTreeWalker(clause, NodeFilter.SHOW_TEXT);
  const nodes = [];
  let all = "";
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement.closest(".ref")) continue; // the mark of a note is no word of the law
    nodes.push([node, all.length]);
    all += node.data;
  }
  const at = all.indexOf(words);
  if (at < 0) throw new Error(`“${words}” is not shown in ${eid}: ${all}`);
  const place = (offset, isEnd) => {
    const [node, begin] = nodes.findLast(([, begin]) => isEnd ? begin < offset : begin <= offset);
    return [node, offset - begin];
  };
  const range = document.createRange();
  range.setStart(...place(at, false));
  range.setEnd(...place(at + words.length, true));
  clause.scrollIntoView({ block: "center" });
  const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
  const first = boxes[0], last = boxes[boxes.length - 1];
  return [[first.left + .5, first.top + first.height / 2], [last.right - .5, last.top + last.height / 2]];
}"""


def choose(page: Page, eid: str, words: str) -> None:
    """Draw the mouse over the words, as a person would."""
    (left, top), (right, bottom) = page.evaluate(ENDS, [eid, words])
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.mouse.move(right, bottom)
    page.mouse.up()


def stored_text(page: Page, version: str, eid: str) -> str:
    return page.request.get(f"{version}{eid}.json").json()["clauses"][0]["text"]


def annotate_chosen(page: Page, version: str, eid: str, words: str) -> None:
    """Choose the words, follow the button that appears, and keep the note: it is on those words and no others."""
    choose(page, eid, words)
    button = page.locator(".annotate-words")
    expect(button).to_be_visible()
    expect(button).to_be_in_viewport()
    button.click()
    page.wait_for_url(f"**{eid}/annotate/?**")
    expect(page.locator("[name=exact]")).to_have_value(words)
    start = int(page.locator("[name=start]").input_value())
    text = stored_text(page, version, eid)
    assert text[start : start + len(words)] == words, f"place {start} of {text!r} has other words"
    page.locator("[name=risk][value='2']").check()
    page.locator("[name=body]").fill("Chosen with the mouse.")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/annotations/*/")
    expect(page.locator(".quoted mark").first).to_have_text(words)


@pytest.mark.parametrize(
    ("eid", "words"),
    [
        ("chp_1__art_1", "lamp 🏮 in a street"),
        ("chp_1__art_1", "street is lit"),
        ("chp_1__art_1", "not lit at dusk is mended"),
        ("chp_1__art_1", "A lamp that"),
        ("chp_1__art_1", "the mending is written down."),
        ("chp_1__art_1__point_a", "a lamp of glass"),
        ("chp_1__art_1__point_b", "kept dry."),
    ],
)
def test_chosen_words_fill_the_form(open_as, eid, words):
    page = open_as(MEMBER, "/laws/lanterns/en/")
    annotate_chosen(page, "/laws/lanterns/en/", eid, words)


def test_nothing_is_offered_while_words_are_still_being_chosen(open_as):
    """Else a quick press on the button notes the words of half the way."""
    page = open_as(MEMBER, "/laws/lanterns/en/")
    button = page.locator(".annotate-words")
    choose(page, "chp_1__art_1", "street is lit")
    expect(button).to_be_visible()
    (left, top), (right, bottom) = page.evaluate(ENDS, ["chp_1__art_1__point_a", "a lamp of glass"])
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.wait_for_timeout(400)  # twice as long as words must rest
    expect(button).to_be_hidden()
    page.mouse.move(right, bottom)
    page.mouse.up()
    expect(button).to_be_visible()
    assert "exact=a+lamp+of+glass&" in (button.get_attribute("href") or "")


def test_words_that_stand_twice_are_taken_where_they_were_chosen(open_as):
    """“lamp” is in both paragraphs; the place says that the second was meant."""
    page = open_as(MEMBER, "/laws/lanterns/en/")
    text = stored_text(page, "/laws/lanterns/en/", "chp_1__art_1")
    choose(page, "chp_1__art_1", "A lamp that is not lit at dusk")
    page.locator(".annotate-words").click()
    page.wait_for_url("**/annotate/?**")
    start = int(page.locator("[name=start]").input_value())
    assert start == text.index("A lamp that is not")


@pytest.mark.parametrize("words", ["ផ្លូវទាំងអស់ត្រូវ", "ត្រូវជួសជុល", "រលត់", "ហើយត្រូវកត់ត្រាទុក។"])
def test_chosen_khmer_words_fill_the_form(open_as, words):
    page = open_as(MEMBER, "/km/laws/lanterns-km/km/")
    choose_and_check_khmer(page, "/laws/lanterns-km/km/", "chp_1__art_1", words)


def choose_and_check_khmer(page: Page, version: str, eid: str, words: str) -> None:
    choose(page, eid, words)
    page.locator(".annotate-words").click()
    page.wait_for_url(f"**{eid}/annotate/?**")
    expect(page.locator("[name=exact]")).to_have_value(words)
    start = int(page.locator("[name=start]").input_value())
    text = stored_text(page, version, eid)
    assert text[start : start + len(words)] == words, f"place {start} of {text!r} has other words"
    page.locator("[name=risk][value='2']").check()
    page.locator("[name=body]").fill("Chosen with the mouse.")
    page.locator("button[name=keep]").click()
    page.wait_for_url("**/annotations/*/")
    expect(page.locator(".quoted mark").first).to_have_text(words)


def test_a_visitor_who_chooses_words_is_offered_nothing(open_page):
    page = open_page("/laws/lanterns/en/")
    choose(page, "chp_1__art_1", "lamp")
    assert page.evaluate("document.getSelection().toString()") == "lamp"
    expect(page.locator(".annotate-words")).to_have_count(0)


def test_the_button_goes_when_nothing_is_chosen_any_more(open_as):
    page = open_as(MEMBER, "/laws/lanterns/en/")
    choose(page, "chp_1__art_1", "street is lit")
    button = page.locator(".annotate-words")
    expect(button).to_be_visible()
    page.locator("h1").click()
    expect(button).to_be_hidden()


def test_words_over_two_clauses_are_taken_to_the_end_of_the_first(open_as):
    page = open_as(MEMBER, "/laws/lanterns/en/")
    (left, top), _end = page.evaluate(ENDS, ["chp_1__art_1__point_a", "cleaned every month"])
    _start, (right, bottom) = page.evaluate(ENDS, ["chp_1__art_1__point_b", "a lamp of paper"])
    (left, top), _end = page.evaluate(ENDS, ["chp_1__art_1__point_a", "cleaned every month"])
    _start, (right, bottom) = page.evaluate(
        ENDS.replace("clause.scrollIntoView", "void"), ["chp_1__art_1__point_b", "a lamp of paper"]
    )
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom)
    page.mouse.up()
    page.locator(".annotate-words").click()
    page.wait_for_url("**point_a/annotate/?**")
    expect(page.locator("[name=exact]")).to_have_value("cleaned every month;")


def test_words_chosen_on_the_page_of_a_clause_fill_the_form(open_as):
    page = open_as(MEMBER, "/laws/lanterns/en/chp_1__art_1/")
    annotate_chosen(page, "/laws/lanterns/en/", "chp_1__art_1__point_a", "cleaned every month")
