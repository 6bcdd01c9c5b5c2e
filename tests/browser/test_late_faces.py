"""A slow line: the faces of a page come when it is being read, and nothing moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.painting import OBSERVE, PHONE
from tests.browser.screenshots import PAGES
from tests.browser.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.soak]

# Longer than a browser waits with words in hand for a face that is optional: a tenth of a second.
IS_READ = """
performance.getEntriesByName("first-contentful-paint").some(({ startTime }) => performance.now() > startTime + 300)
"""


@pytest.mark.parametrize("name", ["clause", "comparison", "cross-law", "annotation"])
def test_faces_that_come_late_move_nothing(browser: Browser, site: str, name: str):
    held: list[Route] = []
    is_read = False

    def hold_back(route: Route) -> None:
        if is_read:
            route.continue_()
        else:
            held.append(route)

    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.route("**/*.woff2", hold_back)
    page.goto(f"{site}/km{PAGES[name]}", wait_until="commit")
    wait_until(page, IS_READ, seconds=60)
    assert len(held) >= 3, [route.request.url for route in held]
    is_read = True
    for route in held:
        route.continue_()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => null)")
    seen = page.evaluate(OBSERVE)
    context.close()
    assert seen["shift"] == 0, seen["moved"]
