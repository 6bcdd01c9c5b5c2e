"""What a first visit costs over the wire: everything the page loads, compressed as it comes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.screenshots import PAGES

pytestmark = pytest.mark.browser

KB_MAX, KB_MAX_KHMER = 100, 160


@pytest.fixture
def first_visit(browser: Browser, site: str):
    """Load a page with nothing kept from before; gives the bytes that came, by address."""

    def load(path: str) -> dict[str, int]:
        context = browser.new_context(viewport={"width": 360, "height": 780})
        page = context.new_page()
        wire = context.new_cdp_session(page)
        addresses: dict[str, str] = {}
        sizes: dict[str, int] = {}

        def hear(event: dict[str, Any]) -> None:
            addresses[event["requestId"]] = event["response"]["url"]

        def count(event: dict[str, Any]) -> None:
            sizes[addresses.get(event["requestId"], event["requestId"])] = round(event["encodedDataLength"])

        wire.on("Network.responseReceived", hear)
        wire.on("Network.loadingFinished", count)
        wire.send("Network.enable")
        page.goto(site + path, wait_until="networkidle")
        page.evaluate("document.fonts.ready.then(() => null)")
        # Through the whole page, so that what is loaded only where it is seen is loaded too.
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        context.close()
        return sizes

    return load


@pytest.mark.parametrize("name", ["home", "version", "comparison", "cross-law"])
def test_a_first_visit_is_light(first_visit, name):
    came = first_visit(PAGES[name])
    assert not [address for address in came if re.search("khmer|moul", address)], "an English page loads a Khmer face"
    expect_less(came, KB_MAX)


@pytest.mark.parametrize("name", ["home", "version", "comparison", "cross-law"])
def test_a_first_visit_in_khmer_is_light(first_visit, name):
    came = first_visit(f"/km{PAGES[name]}")
    for face in ("noto-sans-khmer", "moul"):
        assert [address for address in came if face in address], f"a Khmer page does not load {face}"
    expect_less(came, KB_MAX_KHMER)


def expect_less(came: dict[str, int], kilobytes: int) -> None:
    assert any(address.endswith("/") for address in came), "the page itself was not counted"
    assert any(".css" in address for address in came), "the style sheet was not counted"
    total = sum(came.values()) / 1024
    parts = ", ".join(f"{size / 1024:.1f} {address.rpartition('/')[2] or 'page'}" for address, size in came.items())
    assert total < kilobytes, f"{total:.1f} KB of {kilobytes}: {parts}"
    print(f"{total:.1f} KB: {parts}")


# --- Ten pages on a slow phone ----------------------------------------------------------------------------------------

# Kilobytes over the wire and requests of a first visit, in English and in Khmer: what was measured, and a tenth more.
BUDGETS = {
    "home": (50, 105),
    "library": (82, 104),
    "law": (87, 110),
    "version": (62, 119),
    "clause": (60, 117),
    "comparison": (68, 127),
    "cross-law": (93, 154),
    "topics": (53, 110),
    "annotations": (52, 107),
    "annotation": (70, 126),
}
REQUESTS_MAX = 10
SHIFT_MAX = 0.01
SHIFT = """() => new Promise((give) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => give(sum), 200);
})"""


@pytest.mark.parametrize("prefix", ["", "/km"], ids=["English", "Khmer"])
@pytest.mark.parametrize("name", BUDGETS)
def test_a_page_keeps_to_its_budget(first_visit, open_page, name, prefix):
    came = first_visit(prefix + PAGES[name])
    expect_less(came, BUDGETS[name][1 if prefix else 0])
    assert len(came) <= REQUESTS_MAX, "\n".join(came)
    page = open_page(prefix + PAGES[name], width=360, height=780)
    assert page.evaluate(SHIFT) <= SHIFT_MAX
