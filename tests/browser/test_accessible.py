"""What axe-core finds on every page, in both languages and both themes; and what it does not look for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.screenshots import PAGES
from tests.browser.stage import ADMINISTRATOR, MARKET_NOTES, MEMBER, PASSWORD, REVIEWER

pytestmark = pytest.mark.browser

LANGUAGES = ["en", "km"]
STILL = {
    "under-way": "/compare/budapest-convention/2001-en/with/iccpr/1966-en/?by=text",
    "failed": "/compare/budapest-convention/2001-en/with/udhr/1948-en/?by=text",
    "itself": "/compare/iccpr/1966-en/with/iccpr/1966-en/",
    "by-text": "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/?by=text",
    "khmer-law": "/laws/lanterns-km/km/",
    "findings": "/laws/kh-cybercrime/2012-v1-en/findings/",
}
OF_MEMBERS = {
    "workspace": "/workspace/",
    "annotate": "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/annotate/",
    "version": "/laws/kh-cybercrime/2012-v1-en/",
    "password": "/accounts/password/change/",
    "sign-out": "/accounts/logout/",
    "profile": "/accounts/profile/",
    "sessions": "/accounts/sessions/",
    "address": "/accounts/email/",
    "carryings": "/workspace/carrying/",
    "own-notes": "/workspace/own-notes/",
    "own-note": "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/own-note/",
}
OF_REVIEWERS = {
    "review": "/workspace/",
    "suggestions": "/workspace/suggestions/",
    "correct": "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/",
}
FACTOR = "/accounts/second-factor/"
OF_ADMINISTRATORS = {
    "organisation": "/organisation/",
    "organisation-edit": "/organisation/edit/",
    "log": "/workspace/log/",
    "proposals": "/workspace/proposals/",
    "jobs": "/workspace/jobs/",
    "us-law": "/workspace/us-law/",
    "withdraw": "/workspace/withdraw/market/",
    "kind": "/annotations/kinds/VAGUE/",
    "factors": FACTOR,
    "factor-codes": f"{FACTOR}codes/",
    "factor-codes-make": f"{FACTOR}codes/make/",
    "factor-app-remove": f"{FACTOR}app/remove/",
    "passkeys": f"{FACTOR}passkeys/",
    "passkey-add": f"{FACTOR}passkeys/add/",
}
# Who has no second factor yet sets one up here.
OF_MEMBERS["factor-app"] = f"{FACTOR}app/set-up/"
# One page of each kind, which `make verify` looks at; `make soak` looks at all.
EACH_KIND = {
    "home", "library", "law", "version", "clause", "comparison", "cross-law", "topics", "topic", "annotations",
    "annotation", "search", "concerns", "versions-table", "about", "sign-in", "problem", "workspace", "annotate",
    "own-note", "review", "suggestions", "take-in", "correct", "organisation", "factors",
}  # fmt: skip


# A page is made alike in both languages: of these verify looks at the Khmer one too.
IN_KHMER = {"home", "version", "comparison", "search"}


def marked(name: str, *values: Any) -> Any:
    is_kept = name in EACH_KIND and (values[-1] != "km" or name in IN_KHMER)
    name = f"{name}-{values[-1]}" if values[-1] in LANGUAGES else name
    return pytest.param(*values, id=name, marks=[] if is_kept else pytest.mark.soak)


# Pages whose layout changes most with the width.
NARROW = ["home", "version", "comparison", "topics", "clause", "annotation"]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING = {
    "runOnly": {"type": "tag", "values": TAGS},
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    "preload": False,
}
# Another theme changes colours alone.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"], "preload": False}

IDS = "Array.from(document.querySelectorAll('[id]'), (element) => element.id)"
DANGLING = """
[...document.querySelectorAll('a[href*="#"]')]
  .filter((a) => a.pathname + a.search === location.pathname + location.search && a.hash.length > 1)
  .filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1))))
  .map((a) => a.getAttribute("href"))
"""


def address(path: str, language: str) -> str:
    return f"/km{path}" if language == "km" else path


def expect_no_violations(page: Page, options: dict[str, Any], where: str) -> None:
    violations = Axe().run(page, options=options).response["violations"]
    sentences = [
        f"{rule['id']} ({rule['help']}): {node['html'][:200]} – {node['failureSummary']}"
        for rule in violations
        for node in rule["nodes"][:4]
    ]
    assert not violations, f"axe on {where}:\n" + "\n".join(sentences)


def expect_accessible(page: Page) -> None:
    expect_no_violations(page, EVERYTHING, f"{page.url}, light")
    if page.locator("html").get_attribute("lang") == "km":
        return  # a page has the same colours in both languages
    page.emulate_media(color_scheme="dark")
    expect_no_violations(page, COLOURS, f"{page.url}, dark")


def expect_names_to_be_unique(page: Page) -> None:
    """Axe no longer looks for an id that stands twice; a link to it would lead to the first alone."""
    twice = [name for name, count in Counter(page.evaluate(IDS)).items() if count > 1]
    assert not twice, f"{page.url} has these ids more than once: {twice}"
    dangling = page.evaluate(DANGLING)
    assert not dangling, f"{page.url} links to places that it does not have: {dangling}"


@pytest.mark.parametrize(
    ("name", "language"), [marked(name, name, language) for name in [*PAGES, *STILL] for language in LANGUAGES]
)
def test_axe_finds_nothing(open_page, name, language):
    page = open_page(address((PAGES | STILL)[name], language))
    expect_names_to_be_unique(page)
    expect_accessible(page)


OF_PEOPLE = [
    (person, name, path)
    for person, paths in ((MEMBER, OF_MEMBERS), (REVIEWER, OF_REVIEWERS), (ADMINISTRATOR, OF_ADMINISTRATORS))
    for name, path in paths.items()
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("person, path", [marked(name, who, path) for who, name, path in OF_PEOPLE])
def test_axe_finds_nothing_on_pages_of_people_and_they_fit_a_width_of_320(open_as, person, path, language):
    """320 is how wide a page at 1,280 points is at 400 %."""
    page = open_as(person, address(path, language), width=320, height=640)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 320, f"{page.url} is {wide} wide"
    page.set_viewport_size({"width": 1280, "height": 900})
    expect_names_to_be_unique(page)
    expect_accessible(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_a_filled_queue_of_notes_to_carry_over(open_as, language):
    page = open_as(REVIEWER, "/workspace/carrying/")
    # Of the market alone: other tests publish notes that wait in queues of their own.
    queue = page.locator('main a[href*="/workspace/carrying/"]', has_text="Market").first.get_attribute("href")
    page.goto(address(queue or "", language))
    assert page.locator("[data-carried]").count() == len(MARKET_NOTES)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect_names_to_be_unique(page)
    expect_accessible(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_the_code_is_asked_for(open_page, language):
    page = open_page(address("/accounts/login/", language), width=320, height=640)
    page.locator("[name=login]").fill(ADMINISTRATOR)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form:has([name=password]) button.primary").click()
    page.wait_for_url("**/authenticate/")
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.soak
@pytest.mark.parametrize("name", NARROW)
def test_axe_finds_nothing_on_a_phone(open_page, name):
    expect_accessible(open_page(PAGES[name], width=360, height=780))


@pytest.mark.soak
@pytest.mark.parametrize("name", ["version", "comparison", "topic"])
def test_axe_finds_nothing_where_everything_is_unfolded(open_page, name):
    page = open_page(PAGES[name])
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect_accessible(page)


def test_axe_finds_nothing_on_a_form_with_errors(open_as):
    page = open_as(MEMBER, f"{OF_MEMBERS['annotate']}?exact=words+that+do+not+stand+there")
    expect(page.locator("[name=exact]")).to_be_visible()
    page.locator("[name=body]").fill("A reason.")
    page.get_by_role("button", name="Submit for review").click()
    page.get_by_role("alert").wait_for()
    expect(page.locator("[name=exact]")).to_be_visible()
    expect_accessible(page)
