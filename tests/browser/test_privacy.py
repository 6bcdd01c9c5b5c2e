"""A reader leaves no trace and nobody else hears of the reading.

That nothing is asked of another host, and nothing refused by the content security policy, is watched on every page that
any of the browser tests opens: see ``open_page``.
"""

from __future__ import annotations

import pytest

from tests.browser.screenshots import PAGES

pytestmark = pytest.mark.browser

# A form that changes something for a person proves by a cookie that it comes from here; readers have no use for it.
FOR_MEMBERS = {"sign-in", "password-reset"}
STORED = "localStorage.length + sessionStorage.length"


def test_a_visitor_gets_no_cookie_on_any_public_page(open_page):
    page = open_page("/")
    for path in (path for name, path in PAGES.items() if name not in FOR_MEMBERS):
        for address in (path, f"/km{path}"):
            answer = page.goto(address)
            assert answer and "set-cookie" not in answer.all_headers(), f"{address} sets a cookie"
    assert page.context.cookies() == []
    assert page.evaluate(STORED) == 0


def test_every_page_refuses_what_is_not_its_own(open_page):
    page = open_page("/")
    for path in PAGES.values():
        answer = page.request.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, f"{path}: {policy}"
        assert answer.headers["referrer-policy"] == "same-origin", path


def test_links_to_other_sites_tell_them_nothing(open_page):
    page = open_page("/")
    outward = (
        "links => links.filter(a => a.host && a.host !== location.host && a.rel !== 'noreferrer').map(a => a.href)"
    )
    for name in ("home", "law", "version", "clause", "comparison", "annotation", "topic"):
        page.goto(PAGES[name])
        assert page.eval_on_selector_all("main a[href^=http]", outward) == [], name
