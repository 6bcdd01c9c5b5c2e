"""Nothing on a page jumps while it loads, and its first words are soon there."""

from __future__ import annotations

import urllib.request

import pytest
from playwright.sync_api import Browser

from tests.browser.painting import paint
from tests.browser.screenshots import PAGES

pytestmark = pytest.mark.browser

# Times a page of one word that no server has to write; how long it takes on an idle machine the benchmark tells.
TIMES_MAX = 100


@pytest.mark.parametrize("language", ["", "/km"], ids=["English", "Khmer"])
@pytest.mark.parametrize("name", ["home", "version", "comparison"])
def test_nothing_jumps_while_a_page_loads(browser: Browser, site: str, name: str, language: str):
    address = f"{site}{language}{PAGES[name]}"
    urllib.request.urlopen(address).close()  # a server that has just started is not what is measured
    painted = paint(browser, address)
    assert painted.shift == 0, f"{painted.shift} of the window moved: {painted.moved}"
    plain = paint(browser, "data:text/html,<p>Words.</p>")
    assert painted.first_milliseconds < TIMES_MAX * plain.first_milliseconds


def test_what_jumps_is_noticed(browser: Browser, tmp_path):
    """The measure itself: a page on which something is put above its words late."""
    late = "setTimeout(() => document.body.insertAdjacentHTML('afterbegin', '<h1>And a heading</h1>'), 300)"
    (tmp_path / "jumps.html").write_text(f"<!doctype html><body><p>Words.</p><script>{late}</script>")
    assert paint(browser, (tmp_path / "jumps.html").as_uri()).shift > 0
