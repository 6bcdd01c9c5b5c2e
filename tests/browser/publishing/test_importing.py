"""An editor takes a Word file in Khmer from the upload to a published comparison; every action is counted.

And what was typed in one tab meets what was saved in another.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import ADMINISTRATOR, EDITOR, ORGANISATION
from tests.browser.test_accessible import expect_accessible
from tests.imports.files import khmer_docx

pytestmark = pytest.mark.browser

ACTIONS_MAX = 25
IMPORTS = "/workspace/imports/"


def labelled(label: str) -> re.Pattern[str]:
    """The label of a field, whether or not it says that the field is required."""
    return re.compile(rf"^\s*{re.escape(label)}\s*(\(required\))?\s*$")


class Hand:
    """What a person does in a page, counted: a click, a key, a field filled, a choice made."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def click(self, role: str, name: str | re.Pattern[str], **more: Any) -> None:
        self.actions += 1
        self.page.get_by_role(role, name=name, **more).click()  # type: ignore[arg-type]

    def fill(self, label: str, words: str) -> None:
        self.actions += 1
        self.page.get_by_label(labelled(label)).fill(words)

    def choose(self, label: str, option: str) -> None:
        self.actions += 1
        self.page.get_by_label(labelled(label)).select_option(label=option)

    def press(self, key: str) -> None:
        self.actions += 1
        self.page.keyboard.press(key)

    def hand_in(self, file: Path) -> None:
        self.actions += 1
        self.page.get_by_label("Files").set_input_files(file)
        self.click("button", "Upload")
        expect(self.page.locator("[data-row]").first).to_be_visible(timeout=30_000)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Two successive drafts; of the second, one article differs."""
    old, new = tmp_path / "ព្រាង-១.docx", tmp_path / "ព្រាង-២.docx"
    old.write_bytes(khmer_docx())
    new.write_bytes(khmer_docx(word="ពីរ"))
    return old, new


def publish(hand: Hand, law: str, date: str, title: str) -> None:
    """From the desk to the public page."""
    hand.click("link", "Details →")
    hand.choose("Law", law)
    if law == "a new law":
        hand.fill("Name of the new law in addresses", "kh-lamps")
        hand.choose("Jurisdiction", "Cambodia")
        hand.choose("Kind of law", "Draft")
    hand.fill("Title of this text", title)
    hand.fill("Date of the text", date)
    hand.choose("What the words are", "Leaked text")
    hand.fill("How it became public", "Published by a newspaper")
    hand.click("button", "Preview →")
    expect(hand.page.locator("h1")).to_have_text(title)
    hand.click("button", "Publish", exact=True)
    expect(hand.page.locator(".messages")).to_contain_text("Published.", timeout=30_000)


def test_from_upload_to_published_comparison_in_few_actions(open_as, open_page, files):
    old, new = files
    hand = Hand(open_as(EDITOR, IMPORTS))
    hand.hand_in(old)
    publish(hand, "a new law", "2023", "First draft on lamps")
    hand = Hand(open_as(EDITOR, IMPORTS))
    hand.hand_in(new)
    expect(hand.page.get_by_text("No warnings")).to_be_visible()
    actions_before = hand.actions
    # Two corrections, by keys: the second article gets another number, and the third is joined to it and that undone.
    for key in ("j", "j", "e"):
        hand.press(key)
    hand.fill("Number", "មាត្រា ២ ស្ទួន")
    hand.fill("Why", "As printed.")
    hand.click("button", "Keep number, heading and words")
    expect(hand.page.locator(".correction-list li")).to_have_count(1)
    for key in ("j", "b"):
        hand.press(key)
        if key == "b":
            expect(hand.page.locator(".correction-list li")).to_have_count(2)
    # "២ ស្ទួន" follows no "២": the number that was typed is asked about.
    hand.click("button", "Mark all as reviewed")
    for_corrections = hand.actions - actions_before
    publish(hand, f"First draft on lamps (Proposed by {ORGANISATION})", "2024", "Second draft on lamps")
    page = hand.page
    hand.actions += 1
    page.get_by_label("Compare with").get_by_role("link", name="First draft on lamps").click()
    expect(page.locator(".rows .row").first).to_be_visible(timeout=30_000)
    assert hand.actions <= ACTIONS_MAX, hand.actions
    print(f"{hand.actions} actions, {for_corrections} of them for two corrections")
    assert hand.actions - for_corrections <= 12

    visitor = open_page("/laws/kh-lamps/2024-km/")
    expect(visitor.locator("main")).to_contain_text("មាត្រា ៥០")
    visitor.get_by_text("Where this text comes from").click()
    visitor.get_by_role("link", name=f"2 corrections by {ORGANISATION}").click()
    expect(visitor.locator("tbody tr")).to_have_count(2)
    expect(visitor.locator("tbody")).to_contain_text("As printed.")
    compared = open_page("/km/compare/kh-lamps/2023-km/with/kh-lamps/2024-km/")
    expect(compared.locator(".rows .row").first).to_be_visible()
    correct_a_split(page)
    expect(open_page(COMPARED).locator("main")).to_contain_text("The article was divided.")
    for language in ("", "/km"):
        table = open_page(f"{language}/laws/kh-lamps/versions/?show=all")
        expect(table.locator("table.versions-table tbody tr").nth(1)).to_be_visible()
        expect(table.locator("table.versions-table thead")).to_contain_text("Second draft on lamps")


COMPARED = "/compare/kh-lamps/2023-km/with/kh-lamps/2024-km/"


def correct_a_split(page: Page) -> None:
    """Say that the first article of the first draft became two of the second."""
    page.goto(f"{COMPARED}?show=all")
    page.locator("summary").first.click()
    page.goto(f"{COMPARED}correct/?old=art_1&new=art_1")
    for box in page.locator("[name=new]").all()[:2]:
        box.check()
    page.get_by_label("Reason, which readers see").fill("The article was divided.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Effect on the comparison")).to_be_visible()


def hand_in_text(page: Page, text: str) -> None:
    page.get_by_text("Or paste the text").click()
    page.get_by_label("Text of the law").fill(text)
    page.get_by_role("button", name="Upload").click()


LAW = "Article 1. Boats\nEvery {0} bears a name. It is {0}.\n\nArticle 3. Fees\nWhoever takes a {0} pays.\n"


def test_the_desk_works_without_a_script(open_as):
    page = open_as(EDITOR, IMPORTS, java_script_enabled=False)
    hand_in_text(page, LAW.format("barge"))
    for _try in range(40):
        if page.locator("[data-row]").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(".reader-warning")).to_contain_text("Article 3 comes after Article 1")
    page.locator("#c-c1").get_by_role("link", name="Correct").click()
    page.get_by_label("Number", exact=True).fill("Article 2")
    page.get_by_label("Why").fill("Misread.")
    page.get_by_role("button", name="Keep number, heading and words").click()
    expect(page.locator("#c-c1 .head")).to_contain_text("Article 2")
    expect(page.get_by_text("No warnings")).to_be_visible()  # the correction settled it
    page.locator("#c-c0").get_by_role("link", name="Correct").click()
    page.get_by_role("button", name="Split: inside it").click()
    expect(page.locator("[data-row]")).to_have_count(3)
    page.get_by_role("button", name="Undo the last").click()
    expect(page.locator("[data-row]")).to_have_count(2)


def test_what_is_typed_comes_back_after_the_session_ended(open_as):
    page = open_as(EDITOR, IMPORTS)
    hand_in_text(page, LAW.format("raft"))
    page.locator("#c-c1").get_by_role("link", name="Correct").click()
    page.get_by_label("Words", exact=True).fill("Whoever takes a raft owes nothing.")
    address = page.url
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Keep number, heading and words").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    # Signed in again, in the same window.
    page.context.add_cookies(open_as(EDITOR, "/workspace/").context.cookies())
    page.goto(address.split("?")[0].split("#")[0] + "?correct=c1#c-c1")
    expect(page.get_by_label("Words", exact=True)).to_have_value("Whoever takes a raft owes nothing.")


def test_what_is_typed_is_there_again_after_the_form_was_closed(open_as):
    first = open_as(EDITOR, IMPORTS)
    hand_in_text(first, LAW.format("canoe"))
    expect(first.locator("[data-row]")).to_have_count(2, timeout=30_000)
    first.locator("#c-c0").get_by_role("link", name="Correct").click()
    first.get_by_label("Heading").fill("Canoes")
    first.get_by_label("Why").fill("As printed.")
    first.keyboard.press("Escape")
    expect(first.locator("form.correction-form")).to_have_count(0)
    first.keyboard.press("e")
    expect(first.get_by_label("Heading")).to_have_value("Canoes")


def test_a_file_that_is_dropped_is_handed_in(open_as):
    page = open_as(EDITOR, IMPORTS)
    page.evaluate(
        """(text) => {
          const data = new DataTransfer();
          data.items.add(new File([text], "dropped.txt", { type: "text/plain" }));
          document.querySelector(".drop").dispatchEvent(
            new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        LAW.format("ferry"),
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("[data-row]")).to_have_count(2, timeout=30_000)


def test_a_wrong_file_is_one_sentence(open_as, tmp_path):
    page = open_as(EDITOR, IMPORTS)
    (tmp_path / "tool.exe").write_bytes(b"MZ")
    page.get_by_label("Files").set_input_files(tmp_path / "tool.exe")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("alert")).to_contain_text("is no extension of a law file")


def test_the_desk_fits_the_window(open_as):
    page = open_as(EDITOR, IMPORTS)
    expect_to_fit_every_window(page)
    hand_in_text(page, LAW.format("sloop"))
    expect(page.locator("[data-row]")).to_have_count(2, timeout=30_000)
    page.locator("#c-c0").get_by_role("link", name="Correct").click()
    expect(page.locator("form.correction-form")).to_be_visible()
    expect_to_fit_every_window(page)


def expect_to_fit_every_window(page: Page) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


@pytest.mark.parametrize("language", [pytest.param("", id="en"), pytest.param("/km", id="km", marks=pytest.mark.soak)])
def test_the_desk_has_no_fault_that_axe_finds(open_as, language):
    page = open_as(EDITOR, IMPORTS)
    expect_accessible(page)
    hand_in_text(page, LAW.format(f"dinghy {language}"))
    expect(page.locator("[data-row]")).to_have_count(2, timeout=30_000)
    desk = re.sub(r"https?://[^/]+|[?#].*", "", page.url)
    page.locator("#c-c1").get_by_role("link", name="Correct").click()
    page.get_by_role("button", name="Join with the one before").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    for path in (f"{desk}?correct=c0", f"{desk}about/", f"{desk}discard/"):
        page.goto(language + path)
        expect_accessible_at_every_width(page)
    fill_in_details(page, desk, f"dinghies{language.replace('/', '-')}")
    page.goto(f"{language}{desk}preview/")
    expect(page.locator("h1")).to_have_text("On dinghies")
    expect_accessible_at_every_width(page)
    # Two mend one clause at once: the second is shown what the first did.
    page.goto(f"{language}{desk}?correct=c0#c-c0")
    meanwhile = open_as(ADMINISTRATOR, f"{desk}?correct=c0#c-c0")
    for other, heading in ((meanwhile, "Dinghies"), (page, "Small boats")):
        other.locator("[name=heading]").fill(heading)
        other.locator("[name=reason]").first.fill("As printed.")
        other.locator("form.correction-form button[value=words]").first.click()
    expect(page.locator("form.correction-form [name=heading]")).to_have_value("Small boats")
    expect(page.locator("main")).to_contain_text("Dinghies")
    expect_accessible_at_every_width(page)


def fill_in_details(page: Page, desk: str, slug: str) -> None:
    page.goto(f"{desk}about/")
    page.get_by_label(labelled("Law")).select_option(label="a new law")
    page.get_by_label(labelled("Name of the new law in addresses")).fill(slug)
    page.get_by_label(labelled("Jurisdiction")).select_option(label="Cambodia")
    page.get_by_label(labelled("Kind of law")).select_option(label="Draft")
    page.get_by_label(labelled("Title of this text")).fill("On dinghies")
    page.get_by_label(labelled("Date of the text")).fill("2023")
    page.get_by_label(labelled("What the words are")).select_option(label="Leaked text")
    page.get_by_role("button", name="Preview →").click()
    expect(page.locator("h1")).to_have_text("On dinghies")


def expect_accessible_at_every_width(page: Page) -> None:
    expect_accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_words_typed_before_another_tab_saved_do_not_overwrite_what_it_saved(open_as, files):
    page = open_as(EDITOR, IMPORTS)
    Hand(page).hand_in(files[0])
    page.goto(f"{page.url.partition('?')[0]}?correct=c1")
    page.get_by_label("Number", exact=True).fill("មាត្រា ១ ស្ទួន")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Heading").fill("Of lamps")
    other.get_by_label("Why").fill("As printed.")
    other.get_by_role("button", name="Keep number, heading and words").click()
    expect(other.locator(".correction-list li")).to_have_count(1)
    page.reload()
    expect(page.get_by_label("Number", exact=True)).to_have_value("មាត្រា ១ ស្ទួន")
    page.get_by_label("Why").fill("As printed.")
    page.get_by_role("button", name="Keep number, heading and words").click()
    expect(page.locator("h1")).to_have_text("You changed this clause yourself in another tab or window")
    expect(page.locator("main")).to_contain_text("Of lamps")
    with page.expect_navigation():
        page.get_by_role("link", name="Keep what is stored").click()
    page.goto(f"{page.url.partition('?')[0]}?correct=c1")
    expect(page.get_by_label("Heading")).to_have_value("Of lamps")


def test_details_typed_in_one_tab_do_not_overwrite_by_themselves_what_another_saved(open_as, files):
    page = open_as(EDITOR, IMPORTS)
    Hand(page).hand_in(files[0])
    desk = page.url.partition("?")[0]
    page.goto(f"{desk}about/")
    other = open_as(EDITOR, f"{desk}about/")
    title = labelled("Title of this text")
    for words in ("On dinghies", "On small dinghies"):  # the second time from the state that the first one left
        other.get_by_label(title).fill(words)
        other.get_by_label(title).press("Tab")
        expect(other.locator("#saved")).to_contain_text("Saved.")
        other.wait_for_load_state("networkidle")
    page.get_by_label(title).fill("On boats")
    page.get_by_label(title).press("Tab")
    expect(page.locator("#saved")).to_contain_text("Not saved")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".notice.is-problem dd")).to_have_text("On small dinghies")
    expect(page.get_by_label(title)).to_have_value("On boats")
    expect_accessible_at_every_width(page)
