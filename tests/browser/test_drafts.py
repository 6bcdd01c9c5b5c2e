"""Two laws that nobody has compared, to a published comparison by subject: decided by keys in a private draft."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from urllib.parse import urljoin

import docx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.stage import EDITOR, REVIEWER
from tests.office import text_of

pytestmark = pytest.mark.browser

PAIR = "/compare/privacy/en/with/kh-cybercrime/2020-08-en/"
PRIVATE = "private to your organisation"
WAITING = "[data-suggestion]:has(form[action*='/confirm/'])"


def begin(page: Page) -> None:
    """Begin a draft and wait until its page shows suggestions by itself."""
    with page.expect_navigation():
        page.get_by_role("button", name="Begin a draft comparison").click()
    expect(page.locator(WAITING).first).to_be_visible(timeout=60_000)


def confirm_by_keys(page: Page) -> str:
    """Confirm the first suggestion that waits; returns its id."""
    first = page.locator(WAITING).first
    place = first.get_attribute("id") or ""
    first.focus()
    if not first.locator("select[name=topic]").input_value():
        first.get_by_text("It answers the clause").click()
        first.locator("select[name=topic]").select_option(index=1)
        first.focus()
    with page.expect_navigation():
        page.keyboard.press("y")
    return place


def test_by_keys_into_a_private_draft_and_out_to_readers_and_a_memo(open_as, open_page, tmp_path):
    page = open_as(REVIEWER, PAIR)
    begin(page)
    address = page.url.partition("#")[0]
    expect(page.locator(".lead")).to_contain_text(PRIVATE)
    expect(page.locator("[data-keys]")).to_be_visible()
    confirmed = confirm_by_keys(page)
    expect(page.locator(".messages")).to_contain_text("Confirmed in your draft.")
    assert page.locator(f"#{confirmed}").count() == 0
    left, refused, following = (page.locator(WAITING).nth(place).get_attribute("id") for place in range(3))
    page.locator(f"#{refused}").focus()
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(page.locator(".messages")).to_contain_text("Refused in your draft.")
    expect(page.locator(f"#{following}")).to_be_focused()
    page.locator(f"#{left}").focus()  # the key takes back the last decision wherever one stands
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.locator(".messages")).to_contain_text("Undone")
    expect(page.locator(f"#{refused}")).to_be_focused()
    page.get_by_role("link", name="Preview").click()
    expect(page.locator(".topic-row")).to_have_count(1)
    expect(page.locator(".lead")).to_contain_text(PRIVATE)
    visitor = open_page(PAIR)
    expect(visitor.locator("h2").first).not_to_have_text("Illegal access")
    assert visitor.locator(".topic-row").count() == 0
    second = open_as(EDITOR, address)
    second.get_by_role("button", name="Publish the comparison").click()
    expect(second.locator(".messages")).to_contain_text("Published: 1 pair.")
    expect(second.locator(".topic-row")).to_have_count(1)
    expect(second.locator(".topic-row .by").first).to_contain_text("confirmed by a second person")
    visitor.reload()  # until staff confirm it others read it under its topic alone
    assert visitor.locator(".topic-row").count() == 0
    visitor.goto(urljoin(visitor.url, second.locator(".topic-row h2 a").first.get_attribute("href")))
    expect(visitor.locator("main")).to_contain_text("proposed by Lantern Watch")
    check_memo(open_as(REVIEWER, PAIR), tmp_path)


def check_memo(page: Page, folder: Path) -> None:
    """Put the rows of two laws into a memo and have its Word file opened by two programs that are not ours."""
    topic = page.locator(".topic-row h2").first.inner_text()
    page.get_by_role("link", name="Put into a memo").click()
    page.get_by_label("Title of a new memo").fill("The privacy law beside the draft")
    page.get_by_role("button", name="Add to the memo").click()
    expect(page.locator("section[id^=part-]")).to_have_count(1)
    page.get_by_text("Add a paragraph of your own").click()
    page.get_by_label("Heading").last.fill("What we ask")
    page.get_by_label("Paragraphs").last.fill("A court decides before a provider keeps anything.")
    page.get_by_role("button", name="Save").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Word (DOCX)").click()
    file = folder / "memo.docx"
    waiting.value.save_as(file)
    expected = ["The privacy law beside the draft", topic, "What we ask", "A court decides before", "SHA-256"]
    by_python_docx = text_of(docx.Document(str(file)))
    assert all(words in by_python_docx for words in expected)
    if program := shutil.which("soffice"):
        command = [program, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "txt:Text"]
        subprocess.run([*command, "--outdir", str(folder), str(file)], check=True, capture_output=True, timeout=120)
        by_libreoffice = (folder / "memo.txt").read_text("utf-8", "replace")
        assert all(words in by_libreoffice for words in expected)


def test_without_scripts_a_pair_is_stated_by_hand_and_the_draft_is_deleted(open_as):
    page = open_as(
        REVIEWER, "/compare/privacy/en/with/iccpr/1966-en/", width=360, height=780, java_script_enabled=False
    )
    page.get_by_role("button", name="Begin a draft comparison").click()
    page.get_by_text("State another pair, or that none was found").click()
    page.get_by_label("Clause of the first text").fill("Article 4")
    page.get_by_label("Clause of the second text").fill("17")
    form = page.locator("form[action$='/state/']")
    form.locator("select[name=topic]").select_option(index=1)
    form.locator("select[name=relation]").select_option("partial")
    form.locator("textarea[name=reasoning]").fill("Both bind the state that wants to read what is private.")
    page.get_by_role("button", name="Put into the draft").click()
    expect(page.locator("#decided")).to_contain_text("Both bind the state")
    page.get_by_text("Delete this draft").click()
    page.get_by_role("button", name="Delete the draft").click()
    expect(page.locator(".messages")).to_contain_text("Deleted.")
