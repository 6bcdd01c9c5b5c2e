"""A first visit on a slow phone: what it costs over the wire, compressed as it comes, and what is seen meanwhile."""

from __future__ import annotations

import re
import urllib.request
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.painting import PHONE, Painted, look_at, paint
from tests.browser.screenshots import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.soak]

# Kilobytes over the wire and requests of a first visit, in English and in Khmer: what was measured, and a tenth more.
BUDGETS = {
    "home": (50, 105),
    "library": (52, 104),
    "law": (95, 117),
    "version": (62, 119),
    # What a clause says in plain words is 1 to 2 KB of these two.
    "clause": (61, 117),
    "comparison": (70, 127),
    "cross-law": (93, 154),
    "topics": (53, 110),
    "annotations": (52, 107),
    "annotation": (70, 126),
}
REQUESTS_MAX = 10
SHIFT_MAX = 0.01
# Pages whose English has names in Khmer.
NAMING_KHMER = {"law"}
# On these nothing may move at all, and the first words are soon there.
STILL = {"home", "version", "comparison"}
# Times a page of one word that no server has to write; how long it takes on an idle machine the benchmark tells.
TIMES_MAX = 100


@dataclass(frozen=True)
class Visit:
    """The bytes that came, by address, and what was seen."""

    sizes: dict[str, int]
    painted: Painted


def first_visit(browser: Browser, address: str) -> Visit:
    """Load a page on a phone with nothing kept from before."""
    context = browser.new_context(viewport=PHONE)
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
    page.goto(address, wait_until="networkidle")
    painted = look_at(page)
    # Through the whole page, so that what is loaded only where it is seen is loaded too.
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    context.close()
    return Visit(sizes, painted)


@pytest.mark.parametrize("prefix", ["", "/km"], ids=["English", "Khmer"])
@pytest.mark.parametrize("name", BUDGETS)
def test_a_first_visit_is_light_soon_there_and_still(browser: Browser, site: str, name: str, prefix: str):
    address = f"{site}{prefix}{PAGES[name]}"
    urllib.request.urlopen(address).close()  # a server that has just started is not what is measured
    visit = first_visit(browser, address)
    expect_less(visit.sizes, BUDGETS[name][1 if prefix else 0])
    assert len(visit.sizes) <= REQUESTS_MAX, "\n".join(visit.sizes)
    if prefix:
        for face in ("noto-sans-khmer", "moul"):
            assert [address for address in visit.sizes if face in address], f"a Khmer page does not load {face}"
    elif name not in NAMING_KHMER:
        khmer = [address for address in visit.sizes if re.search("khmer|moul", address)]
        assert not khmer, "an English page loads a Khmer face"
    painted = visit.painted
    shift = 0 if name in STILL else SHIFT_MAX
    assert painted.shift <= shift, f"{painted.shift} of the window moved: {painted.moved}"
    if name in STILL:
        plain = paint(browser, "data:text/html,<p>Words.</p>")
        assert painted.first_milliseconds < TIMES_MAX * plain.first_milliseconds


def expect_less(came: dict[str, int], kilobytes: int) -> None:
    assert any(address.endswith("/") for address in came), "the page itself was not counted"
    assert any(".css" in address for address in came), "the style sheet was not counted"
    total = sum(came.values()) / 1024
    parts = ", ".join(f"{size / 1024:.1f} {address.rpartition('/')[2] or 'page'}" for address, size in came.items())
    assert total < kilobytes, f"{total:.1f} KB of {kilobytes}: {parts}"
    print(f"{total:.1f} KB: {parts}")
