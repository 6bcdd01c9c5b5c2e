"""Addresses that nobody should ask for, and asking in the wrong way: words in the site's own dress, never a trace."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.screenshots import PAGES
from tests.browser.stage import MEMBER

pytestmark = pytest.mark.browser

VERSION, COMPARISON, TOPICS = PAGES["version"], PAGES["comparison"], PAGES["topics"]
NOTE = PAGES["annotation"]

# What is asked, and how it is answered.
ODD = {
    "/?page=999": 200,
    f"{VERSION}?page=999": 200,
    f"{VERSION}?page=-1": 200,
    f"{VERSION}?page=abc": 200,
    f"{VERSION}?at=nonsense": 404,
    f"{VERSION}?at=%00": 404,
    f"{VERSION}?at={'a' * 3000}": 404,
    f"{VERSION}nothing/": 404,
    f"{VERSION}%00/": 404,
    f"{COMPARISON}?view=x&show=x&noise=x": 200,
    f"{COMPARISON}?page=999": 200,
    f"{COMPARISON}?page=%00": 200,
    "/compare/a/b/with/c/d/": 404,
    "/compare/?old=x&new=%00": 200,
    "/compare/iccpr/1966-en/with/iccpr/1966-en/": 400,
    f"{TOPICS}?against=%00": 200,
    "/topics/nothing/": 404,
    "/annotations/?page=999": 200,
    "/annotations/nothing/": 404,
    "/laws/%E1%9E%80/": 404,
    f"/laws/{'a' * 3000}/": 404,
    "/laws//": 404,
    "/%ff": 404,
    "/%": 404,
    "/fr/": 404,
}


@pytest.mark.parametrize("language", ["en", "km"])
def test_an_odd_address_is_answered_in_words(open_page, language):
    page = open_page("/")
    for path, status in ODD.items():
        address = f"/km{path}" if language == "km" else path
        answer = page.goto(address)
        assert answer is not None and answer.status == status, (
            f"{address[:80]} is answered with {answer and answer.status}"
        )
        expect(page.locator("h1")).not_to_be_empty()
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator(".masthead nav")).to_be_visible()


def test_a_page_that_is_missing_says_what_and_leads_on(open_page):
    page = open_page("/laws/no-such-law/")
    expect(page.locator("h1")).to_contain_text("no-such-law")
    page.get_by_role("link", name="All laws").click()
    expect(page.locator("h1")).to_have_text("Laws")


def test_a_form_sent_without_its_cookie_is_refused_in_words(open_page):
    page = open_page("/accounts/login/")
    page.get_by_label("Email").fill(MEMBER)
    page.get_by_label("Password").fill("whatever it was")
    page.context.clear_cookies()
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("h1")).to_have_text("The form was not accepted")
    expect(page.locator(".masthead nav")).to_be_visible()


def test_a_step_that_was_sent_after_signing_out_ends_at_its_note(open_as, open_page):
    for step in ("submit", "decide"):
        page = open_as(MEMBER, f"{NOTE}{step}/")
        assert page.url.endswith(NOTE)
        expect(page.locator("h1")).to_contain_text("ARTICLE 19 asks for this head to be taken out.")
        expect(page.locator("main .eyebrow")).to_contain_text("Article 28")
        assert open_page(f"{NOTE}{step}/").url.partition("/accounts/")[2].startswith("login/")


def test_wrong_words_at_the_door_name_nobody(open_page):
    """Whether an address has an account is not to be learnt from the answer."""
    messages = []
    for email in (MEMBER, "nobody@lantern.example"):
        page = open_page("/accounts/login/")
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill("not the password at all")
        page.get_by_role("button", name="Sign in", exact=True).click()
        messages.append(page.locator(".errorlist").first.inner_text())
    assert messages[0] == messages[1] != ""


def test_signing_in_leads_to_no_other_site(open_page, site):
    page = open_page("/accounts/login/?next=https://example.org/")
    page.get_by_label("Email").fill(MEMBER)
    page.get_by_label("Password").fill("a lantern in every street")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/workspace/")
    assert page.url.startswith(site)
