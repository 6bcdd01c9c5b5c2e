"""A visitor's way: from the home page to a comparison, through it, and the same with JavaScript off."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.waiting import wait_until

pytestmark = pytest.mark.browser

DRAFTS = "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/"
CROSS_LAW = "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/"
VERSION = "/laws/kh-cybercrime/2012-v1-en/"
DRAFTS_KM = "/compare/kh-cybercrime/2012-v1-km/with/kh-cybercrime/2020-08-km/"
HARBOUR = "/compare/harbour/1/with/harbour/2/"
# Both known in full, so that their words are set against each other.
CANAL = "/compare/canal/1/with/canal/2/"
# A row that is printed whole, not one inside a fold.
ROW = ".rows > .row"
PHONE = {"width": 360, "height": 780}

IN_SIGHT = """(id) => {
  const box = document.getElementById(id).getBoundingClientRect();
  return box.top >= 0 && box.top < innerHeight;
}"""


def changes(page: Page) -> list[str]:
    """The rows that the list of clauses names as changes, in order."""
    links = page.locator(".rail ol a[data-change]")
    return [str(link.get_attribute("href")).lstrip("#") for link in links.all()]


def expect_row(page: Page, row: str, why: str) -> None:
    wait_until(page, "(id) => document.activeElement.id === id", row)
    assert page.evaluate(IN_SIGHT, row), f"{why}: the row {row} has the focus but is out of sight"


@pytest.mark.parametrize("goal", [DRAFTS, CROSS_LAW])
def test_the_home_page_is_at_most_two_clicks_from_a_comparison(open_page, goal):
    page = open_page("/")
    hrefs = "links => links.map(link => link.getAttribute('href'))"
    first = page.eval_on_selector_all("main a", hrefs)
    if goal in first:
        page.locator(f'main a[href="{goal}"]').first.click()
    else:
        for way in dict.fromkeys(href for href in first if href.startswith("/")):
            page.goto(way)
            if page.locator(f'a[href="{goal}"]').count():
                page.locator(f'a[href="{goal}"]').first.click()
                break
    page.wait_for_url(f"**{goal}")
    expect(page.locator("h1")).to_contain_text(re.compile(r"V\.1|2012 draft"))
    assert page.locator(".row, .topic-row").count() > 3, "the comparison shows hardly a row"


def test_two_laws_are_read_by_subject_with_relation_and_reasoning(open_page):
    page = open_page(CROSS_LAW)
    row = page.locator(".topic-row").first
    expect(row.locator("h2 a")).to_be_visible()
    expect(row.locator(".relation").first).not_to_be_empty()
    expect(row.locator(".elements").first).to_contain_text("Conduct")  # folded: nobody has checked it
    judged = page.locator(".topic-row", has=page.locator(".elements:visible")).first
    said, elements = (judged.locator(part).first.bounding_box() for part in (".answer", ".elements:visible"))
    assert said and elements and said["x"] + said["width"] <= elements["x"], "they do not stand side by side"


@pytest.mark.parametrize("pair", [CANAL, DRAFTS], ids=["whole", "restated"])
def test_the_keys_n_and_p_go_from_change_to_change(open_page, pair):
    page = open_page(pair)
    rows = changes(page)
    assert len(rows) > 2
    page.keyboard.press("n")
    expect_row(page, rows[0], "n")
    expect_count(page, f"1 of {len(rows)}")
    page.keyboard.press("n")
    expect_row(page, rows[1], "n again")
    page.keyboard.press("p")
    expect_row(page, rows[0], "p")
    expect_count(page, f"1 of {len(rows)}")


def expect_count(page: Page, count: str) -> None:
    """Rows of restated texts are no changes, and are not counted as such."""
    if CANAL in page.url:
        expect(page.locator(".steps [data-count]")).to_contain_text(count)


@pytest.mark.parametrize("pair", [CANAL, DRAFTS], ids=["whole", "restated"])
def test_the_buttons_do_what_the_keys_do(open_page, pair):
    page = open_page(pair)
    rows = changes(page)
    following, previous = page.locator('[data-step="1"]'), page.locator('[data-step="-1"]')
    following.click()
    expect_row(page, rows[0], "next")
    following.click()
    expect_row(page, rows[1], "next again")
    previous.click()
    expect_row(page, rows[0], "previous")


def test_n_is_a_letter_where_one_types(open_page):
    page = open_page("/laws/kh-cybercrime/")
    select = page.locator("select").first
    select.focus()
    page.keyboard.press("n")
    assert page.url.endswith("/laws/kh-cybercrime/")


def test_a_cell_of_the_strip_map_leads_to_its_row(open_page):
    page = open_page(CANAL)
    row = changes(page)[-1]
    marked = page.locator(".strip a[data-change]")
    assert [str(cell.get_attribute("href")).lstrip("#") for cell in marked.all()] == changes(page)
    page.locator(f'.strip a[href="#{row}"]').first.click()
    page.wait_for_url(f"**#{row}")
    wait_until(page, IN_SIGHT, row)


@pytest.mark.parametrize("pair", [CANAL, DRAFTS], ids=["whole", "restated"])
def test_a_link_to_a_row_opens_at_that_row(open_page, pair):
    *_others, before, row = changes(open_page(pair))
    page = open_page(f"{pair}#{row}")
    wait_until(page, IN_SIGHT, row)
    link = page.locator(f'[id="{row}"] a.perma')
    expect(link).to_have_attribute("href", f"#{row}")
    page.keyboard.press("p")
    expect_row(page, before, "p from a row that was linked to")


def test_a_link_to_a_clause_inside_a_fold_opens_the_fold(open_page):
    page = open_page(DRAFTS)
    fold = page.locator("details.fold").first
    inside = fold.locator("[id]").first.get_attribute("id")
    fresh = open_page(f"{DRAFTS}#{inside}")
    expect(fresh.locator(f'[id="{inside}"]')).to_be_visible()


def test_folded_clauses_open_and_close(open_page):
    page = open_page(DRAFTS)
    fold = page.locator("details.fold").first
    summary, inside = fold.locator("> summary"), fold.locator("> :not(summary)").first
    expect(summary).to_contain_text(re.compile(r"\d"))
    expect(inside).to_be_hidden()
    summary.click()
    expect(inside).to_be_visible()
    summary.click()
    expect(inside).to_be_hidden()


def test_old_stands_left_and_new_right(open_page):
    page = open_page(CANAL)
    row = page.locator(f"{ROW}:has(del):has(ins)").first
    old = row.locator(".pair .old").first.bounding_box()
    new = row.locator(".pair .new").first.bounding_box()
    assert old and new and old["x"] + old["width"] <= new["x"] and abs(old["y"] - new["y"]) < 2


def test_inline_shows_deletions_and_insertions_in_one_column(open_page):
    page = open_page(CANAL)
    page.get_by_role("link", name="Inline").click()
    page.wait_for_url("**?view=inline")
    expect(page.get_by_role("link", name="Inline")).to_have_attribute("aria-current", "true")
    assert page.locator(".pair .old").count() == 0
    row = page.locator(f"{ROW}:has(del):has(ins)").first
    expect(row.locator("del").first).to_be_visible()
    expect(row.locator("ins").first).to_be_visible()


def test_a_phone_shows_a_row_as_one_redline(open_page):
    page = open_page(CANAL, **PHONE)
    row = page.locator(f"{ROW}:has(.new del):has(.new ins)").first
    expect(row.locator(".new del").first).to_be_visible()
    expect(row.locator(".new ins").first).to_be_visible()
    for old in row.locator(".pair .old").all():
        expect(old).to_be_hidden()
    wide = page.evaluate("document.scrollingElement.scrollWidth")
    assert wide <= PHONE["width"], f"the page is {wide} wide and scrolls sideways"


@pytest.mark.parametrize(
    ("prefix", "deleted", "inserted"), [("", "deleted:", "inserted:"), ("/km", "លុប៖", "បន្ថែម៖")], ids=["en", "km"]
)
def test_deleted_and_inserted_words_are_announced(open_page, prefix, deleted, inserted):
    page = open_page(prefix + CANAL)
    assert deleted in page.locator(f"{ROW} del:visible").first.inner_text()
    assert inserted in page.locator(f"{ROW} ins:visible").first.inner_text()
    spoken = spoken_inside(page, {"deletion", "insertion"})
    assert {"deletion", "insertion"} == {role for role, _words in spoken}
    for role, words in spoken:
        assert words.startswith(deleted if role == "deletion" else inserted), (role, words)


def spoken_inside(page, roles: set[str]) -> list[tuple[str, str]]:
    """(role, words) of what Chromium hands to a screen reader for elements with these roles and words in them."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    by_id = {node["nodeId"]: node for node in nodes}

    def words(node) -> str:
        below = [by_id[child] for child in node.get("childIds", ()) if child in by_id]
        if node.get("role", {}).get("value") == "StaticText":
            return node["name"]["value"]
        return "".join(map(words, below))

    wanted = (node for node in nodes if not node.get("ignored") and node.get("role", {}).get("value") in roles)
    return [(node["role"]["value"], text.strip()) for node in wanted if (text := words(node)).strip()]


def test_hiding_noise_hides_as_many_rows_as_it_says(open_page):
    page = open_page(HARBOUR)
    switch = page.get_by_role("link", name=re.compile("Hide minor changes"))
    match = int(re.search(r"\((\d+)\)", switch.inner_text())[1])
    before = page.locator(ROW).count()
    assert match >= 2, "an article with another number and one with a comma less are noise"
    switch.click()
    expect(page.get_by_role("link", name=re.compile(f"{match} hidden"))).to_be_visible()
    assert before - page.locator(ROW).count() == match
    expect(page.locator(ROW, has_text="9,000 riel")).to_be_visible()


def test_where_there_is_no_noise_nothing_offers_to_hide_it(open_page):
    controls = open_page(CANAL).locator(".controls")
    expect(controls).to_contain_text("8 changes")
    expect(controls).not_to_contain_text(re.compile("minor", re.IGNORECASE))


def test_all_clauses_can_be_shown_and_folded_again(open_page):
    page = open_page(CANAL)
    rows = page.locator(".row:visible").count()
    page.get_by_role("link", name="All", exact=True).click()
    page.wait_for_url("**?show=all")
    assert page.locator(".row:visible").count() > rows
    page.get_by_role("link", name="Only changes").click()
    expect(page.locator(".row:visible")).to_have_count(rows)


def test_the_contents_of_a_version_follow_the_reading(open_page):
    page = open_page(f"{VERSION}#chp_4__art_28")
    here = page.locator('.toc a[aria-current="true"]')
    expect(here).to_have_count(1)
    page.evaluate("document.getElementById('chp_2__art_7').scrollIntoView()")
    expect(page.locator('.toc a[aria-current="true"]')).not_to_have_attribute("href", "#chp_4__art_28")


@pytest.mark.parametrize("place", [".masthead", ".bar"])
def test_the_other_language_is_the_same_page(open_page, place):
    page = open_page(f"{DRAFTS}?view=inline")
    page.locator(f"{place} .tongue").click()
    page.wait_for_url(f"**/km{DRAFTS_KM}?view=inline")
    expect(page.locator("html")).to_have_attribute("lang", "km")
    page.locator(f"{place} .tongue").click()
    page.wait_for_url(f"**{DRAFTS}?view=inline")
    expect(page.locator("html")).to_have_attribute("lang", "en")


# --- The same without JavaScript -------------------------------------------------------------------------------------


def test_a_comparison_is_complete_without_javascript(open_page):
    parts = ".row", ".row-menu", ".rail ol a", "details.fold"
    for pair, more in ((DRAFTS, [".note"]), (CANAL, [".strip a", "ins", "del"])):
        scripted, plain = open_page(pair), open_page(pair, java_script_enabled=False)
        for part in [*parts, *more]:
            assert plain.locator(part).count() == scripted.locator(part).count() > 0, f"{part} differ in {pair}"
    fold = plain.locator("details.fold").first
    fold.locator("> summary").click()
    expect(fold.locator("> :not(summary)").first).to_be_visible()
    plain.get_by_role("link", name="Inline").click()
    expect(plain.locator(".rows.is-inline")).to_be_visible()
    plain.get_by_role("link", name="All", exact=True).click()
    assert "show=all" in plain.url and "view=inline" in plain.url
    plain.locator('[data-step="1"]').click()
    row = plain.url.partition("#")[2]
    expect(plain.locator(f'[id="{row}"]')).to_be_in_viewport()


@pytest.mark.parametrize(
    "address",
    [
        VERSION,
        CROSS_LAW,
        "/",
        *(pytest.param(one, marks=pytest.mark.soak) for one in ("/laws/", "/topics/", "/annotations/")),
    ],
)
def test_a_page_says_the_same_without_javascript(open_page, address):
    scripted, plain = open_page(address), open_page(address, java_script_enabled=False)
    # Buttons that copy need a script, and are made by it.
    scripted.evaluate("document.querySelectorAll('[data-copy-word] button').forEach((button) => button.remove())")
    # So does keeping a law on the device.
    scripted.evaluate("document.querySelectorAll('[data-offline]').forEach((box) => box.remove())")
    lines = [" ".join(page.locator("main").inner_text().split()) for page in (plain, scripted)]
    assert lines[0] == lines[1]


def test_contents_and_notes_can_be_opened_on_a_phone_without_javascript(open_page):
    page = open_page(VERSION, **PHONE, java_script_enabled=False)
    contents = page.locator(".toc")
    expect(contents.locator("nav")).to_be_hidden()
    contents.locator("summary").click()
    contents.get_by_role("link", name=re.compile("Article 28")).click()
    expect(page.locator('[id="chp_4__art_28"]')).to_be_in_viewport()
    note = page.locator(".notes").first
    note.locator("summary").click()
    expect(note.locator(".note").first).to_be_visible()
