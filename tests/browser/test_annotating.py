"""A note is made by keys alone, by finger alone, and by the form alone where there is no script."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import MEMBER, REVIEWER
from tests.browser.test_accessible import expect_accessible, expect_names_to_be_unique

pytestmark = pytest.mark.browser

VERSION = "/laws/lanterns/en/"
POINT = "chp_1__art_1__point_a"
FORM = f"{VERSION}{POINT}/annotate/"
TEXT = "a lamp of glass is cleaned every month;"


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the focus is on what is looked for, as a person without a mouse would."""
    for _press in range(most):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} presses of Tab on {page.url} do not lead to {selector}")


def test_a_note_is_made_by_keys_alone(open_as: Callable[..., Page]) -> None:
    page = open_as(MEMBER, f"{VERSION}{POINT}/")
    tab_to(page, f'a[href="{FORM}"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{FORM}")
    tab_to(page, ".words-to-choose [role=button]")
    # From “a lamp of glass is cleaned …” the third word to the fifth, by arrows and Enter.
    for key in ["ArrowRight", "ArrowRight", "Enter"]:
        page.keyboard.press(key)
    expect(page.locator(".picker-status")).to_contain_text("of")
    for key in ["ArrowRight", "ArrowRight", "Enter"]:
        page.keyboard.press(key)
    expect(page.locator(".picker-status")).to_contain_text("of glass is")
    expect(page.locator("[name=exact]")).to_have_value("of glass is")
    tab_to(page, "[name=risk]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "[name=categories]")
    page.keyboard.press("Space")
    tab_to(page, "[name=body]")
    page.keyboard.type("Made by keys alone.")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=standards_typed]")
    page.keyboard.type("ICCPR 19(3)")
    page.keyboard.press("Enter")
    expect(page.locator('[data-picks="standards"] input[type=checkbox]')).to_be_checked()
    expect(page.locator('[data-picks="standards"] [role=status]')).to_contain_text("19(3)")
    tab_to(page, "button[name=keep]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/annotations/*/")
    expect(page.locator(".quoted mark").first).to_have_text("of glass is")
    expect(page.locator("main")).to_contain_text("Made by keys alone.")
    expect(page.locator(".relied-on")).to_contain_text("Article 19(3)")
    expect(page.locator(".risk").first).to_contain_text("High")


def test_escape_begins_the_choice_anew(open_as: Callable[..., Page]) -> None:
    page = open_as(MEMBER, FORM)
    page.locator(".words-to-choose [role=button]").nth(1).click()
    expect(page.locator("[name=exact]")).to_have_value("lamp")
    page.keyboard.press("Escape")
    expect(page.locator("[name=exact]")).to_have_value("")
    expect(page.locator("[name=start]")).to_have_value("")


def test_a_note_is_made_by_finger_alone(open_as: Callable[..., Page]) -> None:
    page = open_as(MEMBER, f"{VERSION}{POINT}/", width=390, height=800, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="Annotate this clause").tap()
    page.wait_for_url(f"**{FORM}")
    words = page.locator(".words-to-choose [role=button]")
    words.get_by_text("cleaned", exact=True).tap()
    words.get_by_text("month", exact=False).tap()
    expect(page.locator("[name=exact]")).to_have_value(re.compile(r"^cleaned every month;?$"))
    page.locator("[name=body]").tap()
    page.locator("[name=body]").fill("Made by finger alone.")
    page.get_by_label("medium").tap()
    page.get_by_label("Vagueness").tap()
    page.locator("button[name=keep]").tap()
    page.wait_for_url("**/annotations/*/")
    expect(page.locator(".quoted mark").first).to_contain_text("cleaned every month")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_are_targets_that_a_finger_meets(open_as: Callable[..., Page]) -> None:
    page = open_as(MEMBER, FORM, width=390, height=800, has_touch=True, is_mobile=True)
    heights = "all => all.map((word) => word.getBoundingClientRect().height)"
    assert min(page.locator(".words-to-choose [role=button]").evaluate_all(heights)) >= 24


def test_a_note_is_made_without_a_script(open_as: Callable[..., Page]) -> None:
    """The passage by how it begins and ends; the standard by what is typed, found, and ticked."""
    page = open_as(MEMBER, FORM, java_script_enabled=False)
    expect(page.locator(".source")).to_contain_text(TEXT)
    page.get_by_label("Words of the clause").fill("lamp of … every month")
    page.get_by_label("high", exact=True).check()
    page.get_by_label("Reasoning").fill("Made without a script.")
    page.locator("summary", has_text="More:").click()
    page.get_by_label("Add a standard").fill("Article 19")
    page.locator('button[name=find][value="standards"]').click()
    standards = page.locator('[data-picks="standards"] input[type=checkbox]')
    expect(standards.nth(1)).to_be_visible()  # several laws have an Article 19
    expect(page.get_by_label("Reasoning")).to_have_value("Made without a script.")
    page.locator('[data-picks="standards"]').get_by_label(
        re.compile("Civil and Political Rights.*Article 19", re.DOTALL)
    ).check()
    page.locator("summary", has_text=re.compile(r"^\s*Legal tests")).click()
    page.locator("#id_test-legality").select_option("no")
    page.locator("#id_words-legality").fill("lamp of glass")
    page.locator("button[name=submit]").click()
    page.wait_for_url("**/annotations/*/")
    expect(page.locator(".quoted mark").first).to_have_text("lamp of glass is cleaned every month")
    expect(page.locator(".relied-on")).to_contain_text("Article 19")
    expect(page.locator(".tests")).to_contain_text("lamp of glass")


def test_a_reader_says_what_is_wrong_without_a_script_or_a_cookie(open_page: Callable[..., Page]) -> None:
    page = open_page("/annotations/v1-28-1-vague/", java_script_enabled=False)
    page.get_by_role("link", name="Something is wrong with this note").click()
    page.get_by_label("It endangers someone", exact=False).check()
    page.get_by_label("In your words").fill("The name of a village.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you")
    assert page.context.cookies() == []


def test_the_one_mark_opens_the_notes_on_a_phone(open_page: Callable[..., Page]) -> None:
    page = open_page("/laws/kh-cybercrime/2012-v1-en/", width=390, height=800, has_touch=True, is_mobile=True)
    mark = page.locator(".ref").first
    note = page.locator(mark.get_attribute("href") or "#none")
    expect(note).to_be_hidden()
    mark.tap()
    expect(note).to_be_visible()
    expect(note).to_be_in_viewport()


def test_notes_are_filtered_without_a_script(open_page: Callable[..., Page]) -> None:
    page = open_page("/laws/kh-cybercrime/2012-v1-en/", java_script_enabled=False)
    page.locator(".note-filter summary").click()
    page.locator(".note-filter").get_by_label("Risk", exact=True).select_option("critical")
    page.get_by_role("button", name="Apply filter").click()
    page.wait_for_url("**risk=critical**")
    expect(page.locator(".note-filter summary")).to_contain_text("hidden")
    assert page.locator(".note").count() == page.locator(".note.r4").count() > 0
    with page.expect_navigation():
        page.get_by_role("link", name="Show all notes").click()
    assert page.locator(".note").count() > page.locator(".note.r4").count()


@pytest.mark.soak
@pytest.mark.parametrize("person", [MEMBER, REVIEWER])
@pytest.mark.parametrize("address", [FORM, "/workspace/", "/annotations/v1-28-1-vague/"])
def test_axe_finds_nothing_where_notes_are_made(open_as: Callable[..., Page], person: str, address: str) -> None:
    page = open_as(person, address)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect_names_to_be_unique(page)
    expect_accessible(page)
