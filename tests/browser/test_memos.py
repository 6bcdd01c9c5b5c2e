"""A memo of ten rows to a Word file in at most twelve actions; with and without scripts."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from playwright.sync_api import expect

from tests.browser.stage import EDITOR
from tests.office import text_of

pytestmark = pytest.mark.browser

PAIR = "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/"


@pytest.mark.parametrize("scripts", [True, False])
def test_ten_rows_are_a_word_file_after_twelve_actions_at_most(open_as, scripts):
    page = open_as(EDITOR, PAIR, java_script_enabled=scripts)
    title, downloads = f"Ten rows {scripts}", []

    def download() -> None:
        with page.expect_download() as waiting:
            page.get_by_role("link", name="Word (DOCX)").click()
        downloads.append(waiting.value)

    actions = [
        lambda: page.get_by_role("link", name="Put into a memo").click(),
        lambda: page.get_by_label("Title of a new memo").fill(title),
        lambda: page.get_by_role("button", name="Add to the memo").click(),
        download,
    ]
    assert len(actions) <= 12
    for act in actions:
        act()
    document = docx.Document(str(Path(downloads[0].path())))
    expect(page.locator("h1")).to_have_text(title)
    rows = page.locator("section[id^=part-]").count()
    headings = [one.text for one in document.paragraphs if one.style.name.lower() == "heading 1"]
    assert rows >= 10 and len(headings) == rows
    assert "is to" in text_of(document)
