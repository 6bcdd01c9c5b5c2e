"""Work between a leak and a statement, with the actions of a person counted: each press and each field filled in."""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_string
from email.message import Message
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.publishing.test_story import manage
from tests.browser.stage import EDITOR, MEMBER, REVIEWER

pytestmark = pytest.mark.browser

LAW = "/laws/harbour/"
PAIR = "/compare/harbour/1/with/harbour/leak/"
# The harbour's texts are the organisation's; one more is private, and compared with the first.
PRIVATE = """
from lawcompare.accounts.models import Organisation
from lawcompare.comparisons.services import request_comparison
from lawcompare.laws.models import Origin, Version
from lawcompare.laws.services import Import, import_law
centre = Organisation.objects.get(slug="lantern-watch")
words = "## Article 1. Boats\\n\\nEvery boat in the harbour bears a planted lantern.\\n"
front = "---\\nlaw: harbour\\nversion: leak\\ntitle: A leaked text\\njurisdiction: int\\nkind: statute\\n"
front += "language: en\\ndate: '1992'\\ntext_status: leaked\\n---\\n\\n"
leak = import_law(Import((front + words).encode(), "leak.md")).version
Origin.objects.bulk_create(Origin(version=version, organisation=centre) for version in leak.law.versions.all())
request_comparison(Version.objects.get(law__slug="harbour", slug="1"), leak)
"""
# Ten notes on words that are gone in the later text.
TEN_NOTES = """
from django.utils import timezone
from lawcompare.accounts.models import Organisation
from lawcompare.publishing.carrying_forward.services import request_carryings
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.laws.models import Version
centre = Organisation.objects.get(slug="lantern-watch")
old, new = (Version.objects.get(law__slug="market", slug=slug) for slug in "12")
for number in range(9):
    note = Annotation(body="Leave is asked.", risk=2, organisation=centre, published_at=timezone.now())
    set_target(note, old.clauses.get(eid="art_3"), "without the leave of the keeper")
    record_published(note, {})
request_carryings(new)
"""


class Actions:
    """What a person does on a page, counted."""

    def __init__(self) -> None:
        self.count = 0

    def press(self, control: Locator) -> None:
        self.count += 1
        control.click()

    def fill(self, field: Locator, words: str) -> None:
        self.count += 1
        field.fill(words)

    def key(self, page: Page, key: str) -> None:
        self.count += 1
        page.keyboard.press(key)


@pytest.fixture(scope="module")
def private(site_data: Path) -> None:
    manage(site_data, "shell", "-c", PRIVATE)


def test_a_private_comparison_is_shown_to_an_outsider_in_four_actions_and_closed_again(open_as, open_page, private):
    editor, actions = open_as(EDITOR, PAIR), Actions()
    actions.press(editor.get_by_role("link", name="Share privately"))
    actions.fill(editor.get_by_label("For whom"), "A journalist")
    actions.press(editor.get_by_role("button", name="Create link"))
    link = editor.locator("code[data-copy]").inner_text()
    assert actions.count <= 4
    guest = open_page(re.sub(r"^https?://[^/]+", "", link), java_script_enabled=False)
    assert "planted" not in guest.content() and "harbour" not in guest.content().lower()
    guest.get_by_role("button", name="Open it").click()
    expect(guest.locator("main")).to_contain_text("planted lantern")
    assert guest.context.cookies() == []
    for anchor in guest.locator("main a").all():
        assert (anchor.get_attribute("href") or "").startswith("#")
    editor.goto("/workspace/guests/")
    expect(editor.locator("main")).to_contain_text("opened 1 time")
    editor.get_by_role("button", name="Close this link").click()
    guest.goto(link)
    expect(guest.locator("h1")).to_contain_text("has closed it")


def test_a_law_is_renamed_in_four_actions_and_its_old_address_leads_on(open_as, open_page, private):
    editor, actions = open_as(EDITOR, LAW), Actions()
    actions.press(editor.get_by_role("link", name=re.compile("^Edit title")))
    actions.fill(editor.get_by_label("Title in English"), "The Harbour Act")
    actions.fill(editor.get_by_label("Short name in addresses"), "harbour-act")
    actions.press(editor.get_by_role("button", name="Save"))
    expect(editor.locator("h1")).to_have_text("The Harbour Act")
    assert actions.count <= 4
    assert open_page(LAW).url.endswith("/laws/harbour-act/")


def test_ten_carried_notes_of_one_kind_are_decided_in_six_actions_and_undone(open_as, site_data):
    manage(site_data, "shell", "-c", TEN_NOTES)
    reviewer, actions = open_as(REVIEWER, "/workspace/carrying/"), Actions()
    actions.press(reviewer.locator('main a[href*="/workspace/carrying/"]', has_text="market 2").first)
    expect(reviewer.locator("[data-carried]")).to_have_count(12)
    lost = reviewer.locator("form.bulk", has_text="Close all that were not found")
    actions.press(lost.get_by_role("button", name="gone"))
    expect(reviewer.locator(".messages")).to_contain_text("10 concerns were closed")
    assert actions.count <= 6
    reviewer.keyboard.press("u")
    expect(reviewer.locator(".messages")).to_contain_text("10 notes wait for a decision again")


def test_keys_decide_from_the_page_and_changed_words_are_seen_first(open_as, site_data):
    reviewer = open_as(REVIEWER, "/workspace/carrying/")
    reviewer.locator('main a[href*="/workspace/carrying/"]', has_text="market 2").first.click()
    with reviewer.expect_navigation():
        reviewer.get_by_role("button", name=re.compile("^words changed|^needs review")).first.click()
    expect(reviewer.locator("[data-carried]")).to_have_count(1)
    expect(reviewer.get_by_role("status")).to_contain_text("hidden by this filter")
    assert reviewer.evaluate("document.activeElement === document.body")
    reviewer.keyboard.press("j")
    reviewer.keyboard.press("w")
    reviewer.wait_for_url("**/look/?fate=worsened*")
    before = reviewer.locator("#words").inner_text()
    reviewer.get_by_role("link", name="the whole sentence").click()
    expect(reviewer.locator("#words")).not_to_have_text(before)
    reviewer.get_by_role("button", name="worsened").click()
    expect(reviewer.locator(".messages")).to_contain_text("Carried over and published: worsened.")


class MailBox:
    """The letters that the site has sent: with no mail server named, it prints them where it was started."""

    def __init__(self, log: Path) -> None:
        self.log, self.read = log, 0

    def next_letter(self, to: str, page: Page) -> Message:
        """The next letter, which must be to this address. Waits until a worker has sent it."""
        until = monotonic() + 30
        while len(letters := self._letters()) <= self.read:
            assert monotonic() < until, f"no letter to {to}"
            page.wait_for_timeout(100)
        letter = letters[self.read]
        self.read += 1
        assert letter["To"] == to
        return letter

    def _letters(self) -> list[Message]:
        printed = self.log.read_text("utf-8", "replace").split("-" * 79)[:-1]
        starts = [one[one.index("Content-Type: ") :] for one in printed if "Content-Type: " in one]
        return [message_from_string(one) for one in starts]


def link_in(letter: Message, words: Callable[[str], bool]) -> str:
    """The path of the one link of a letter, in which nothing of the note stands."""
    body = letter.get_payload(decode=True).decode()
    assert words(body), body
    (link,) = re.findall(r"https?://[^/\s]+(\S+)", body)
    return link


def test_a_note_goes_from_submission_to_publication_with_its_letters(open_as, open_page, site_data):
    mail_box = MailBox(site_data.with_name("server.log"))
    secret = "No lamp is lit by an order alone."
    for person in (MEMBER, REVIEWER):
        page = open_as(person, "/accounts/letters/")
        for choice in page.locator("main select").all():
            choice.select_option("at-once")
        page.get_by_role("button", name="Save").click()
        expect(page.locator(".messages")).to_be_visible()
    page = open_as(MEMBER, "/laws/privacy/en/chp_1__art_5/annotate/", java_script_enabled=False)
    page.get_by_label("Words of the clause").fill("Personal data are sent … another country")
    page.get_by_label("high", exact=True).check()
    page.get_by_label("Reasoning").fill(secret)
    page.locator("button[name=submit]").click()
    page.wait_for_url("**/annotations/*/")
    letter = mail_box.next_letter(REVIEWER, page)
    assert letter["Subject"] == "[lawcompare] An annotation waits for your review"
    note = link_in(letter, lambda body: secret not in body and "privacy" not in body)
    reviewer = open_as(REVIEWER, note)
    reviewer.get_by_label("Or say why it is returned").fill("Name the treaty.")
    reviewer.get_by_role("button", name="Return to its author").click()
    letter = mail_box.next_letter(MEMBER, page)
    assert "was returned" in letter["Subject"]
    page.goto(link_in(letter, lambda body: "treaty" not in body))
    expect(page.locator("main")).to_contain_text("Name the treaty.")
    page.get_by_role("link", name="Change the note").click()
    page.get_by_label("Reasoning").fill(f"{secret} The treaty is not named.")
    page.locator("button[name=submit]").click()
    page.wait_for_url("**/annotations/*/")
    reviewer.goto(link_in(mail_box.next_letter(REVIEWER, page), lambda body: secret not in body))
    assert open_page(note).locator("main").inner_text().find(secret) == -1, "not public before it is published"
    reviewer.get_by_role("button", name="Publish", exact=True).click()
    expect(reviewer.locator(".messages")).to_contain_text("Published.")
    letter = mail_box.next_letter(MEMBER, page)
    assert "was published" in letter["Subject"]
    visitor = open_page(link_in(letter, lambda body: secret not in body))
    expect(visitor.locator("main")).to_contain_text("The treaty is not named.")
