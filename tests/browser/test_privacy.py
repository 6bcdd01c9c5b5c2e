"""A reader leaves no trace and nobody else hears of the reading; and every page fits the narrowest phone on the way.

That nothing is asked of another host, and nothing refused by the content security policy, is watched on every page that
any of the browser tests opens: see ``open_page``.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.browser.screenshots import PAGES
from tests.browser.test_layout import NARROWEST, expect_no_sideways_scroll

pytestmark = pytest.mark.browser

# A form that changes something for a person proves by a cookie that it comes from here; readers have no use for it.
FOR_MEMBERS = {"sign-in", "password-reset"}
LEADING_OUT = {"home", "law", "version", "clause", "comparison", "annotation", "topic"}
STORED = "localStorage.length + sessionStorage.length"
OUTWARD = "links => links.filter(a => a.host && a.host !== location.host && a.rel !== 'noreferrer').map(a => a.href)"


@pytest.mark.parametrize("prefix", ["", "/km"], ids=["en", "km"])
def test_a_visitor_gets_narrow_pages_and_no_cookie_and_tells_other_sites_nothing(open_page, prefix):
    page = open_page(f"{prefix}/", width=NARROWEST, height=640)
    for name, path in (PAGES | {"findings": f"{PAGES['version']}findings/"}).items():
        if name not in FOR_MEMBERS:
            answer = visit(page, f"{prefix}{path}")
            assert "set-cookie" not in answer.all_headers(), f"{page.url} sets a cookie"
        if name in LEADING_OUT:
            assert page.eval_on_selector_all("main a[href^=http]", OUTWARD) == [], page.url
    assert page.context.cookies() == []
    assert page.evaluate(STORED) == 0
    for name in FOR_MEMBERS:
        visit(page, f"{prefix}{PAGES[name]}")


def visit(page: Page, address: str) -> Response:
    """Open a page, which refuses what is not its own and fits the phone."""
    answer = page.goto(address)
    assert answer
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy, f"{address}: {policy}"
    assert answer.headers["referrer-policy"] == "same-origin", address
    expect_no_sideways_scroll(page, NARROWEST)
    return answer
