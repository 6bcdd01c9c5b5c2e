"""A concern from the first note to the report: written by keys, reviewed, read, carried, decided, told, exported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import serving
from tests.browser.stage import ORGANISATION, PASSWORD, REVIEWER
from tests.browser.test_annotating import tab_to
from tests.services.commands import run

pytestmark = pytest.mark.browser

NEWCOMER = "sreymom@lantern.example"
CLAUSE = "/laws/radio-bill/2020/art_28/"
FRONT = """---
law: radio-bill
version: "{version}"
title: Radio Bill ({version})
jurisdiction: kh
kind: draft
language: en
date: "{version}"
text_status: unofficial-translation
---

"""
BILL = """## Article 27. Stations

A station is licensed for five years.

## Article 28. Contents

Whoever broadcasts contents deemed to hinder the unity of the country is imprisoned for one to three years.

## Article 29. Fees

The fee of a licence is fixed by a regulation of the Ministry.
"""
LATER = BILL.replace("Article 28", "Article 31").replace("one to three years", "two to five years")


def manage(data: Path, *args: str) -> str:
    done = run(serving.environment(data) | {"TASKS": "inline"}, *args)
    assert done.returncode == 0, done.stderr
    return done.stdout


def publish_bill(data: Path, folder: Path, version: str, text: str) -> None:
    path = folder / f"{version}.md"
    path.write_text(FRONT.format(version=version) + text, "utf-8")
    manage(data, "import_law", str(path), "--publish")


def accept_invitation(data: Path, page: Page) -> None:
    """Set a password by the link of the invitation, and sign in."""
    printed = manage(data, "add_member", NEWCOMER, "--organisation", "lantern-watch")
    page.goto(re.search(r"https?://[^/]+(/\S+)", printed)[1])  # type: ignore[index]
    for field in page.locator("form.form input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(NEWCOMER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/workspace/")


def write_by_keys(page: Page) -> str:
    """Annotate Article 28 without a mouse; returns the address of the note."""
    page.goto(CLAUSE)
    tab_to(page, f'a[href="{CLAUSE}annotate/"]')
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CLAUSE}annotate/")
    tab_to(page, ".words-to-choose [role=button]")
    # “Whoever broadcasts contents deemed to hinder the unity …”: the fourth word to the eighth.
    for key in ["ArrowRight"] * 3 + ["Enter"] + ["ArrowRight"] * 4 + ["Enter"]:
        page.keyboard.press(key)
    expect(page.locator("[name=exact]")).to_have_value("deemed to hinder the unity")
    tab_to(page, "[name=risk]")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tab_to(page, "[name=categories]")
    page.keyboard.press("Space")
    tab_to(page, "[name=body]")
    page.keyboard.type("Nobody can foresee what is deemed to hinder.")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    tab_to(page, "[name=standards_typed]")
    page.keyboard.type("ICCPR 19(3)")
    page.keyboard.press("Enter")
    expect(page.locator('[data-picks="standards"] input[type=checkbox]')).to_be_checked()
    tab_to(page, "button[name=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/annotations/*/")
    return re.sub(r"https?://[^/]+", "", page.url)


def return_and_publish(reviewer: Page, member: Page, note: str) -> None:
    """The reviewer returns it with a reason, the member mends and submits it again, the reviewer publishes it."""
    reviewer.goto(note)
    reviewer.get_by_label(re.compile("return|reason|why", re.I)).fill("Say which standard is broken.")
    reviewer.get_by_role("button", name=re.compile("Return")).click()
    expect(reviewer.locator(".messages")).to_contain_text("Returned")
    member.goto(note)
    expect(member.locator("main")).to_contain_text("Say which standard is broken.")
    member.get_by_role("link", name="Change the note").click()
    member.locator("[name=body]").fill(
        "Nobody can foresee what is deemed to hinder, as Article 19 of the Covenant asks."
    )
    member.get_by_role("button", name="Submit for review").click()
    reviewer.goto(note)
    reviewer.get_by_role("button", name="Publish", exact=True).click()
    expect(reviewer.locator(".messages")).to_contain_text("Published.")


def test_a_concern_from_the_first_note_to_the_report(open_page, open_as, site_data, tmp_path):
    publish_bill(site_data, tmp_path, "2020", BILL)
    member = open_page("/")
    accept_invitation(site_data, member)
    note = write_by_keys(member)
    assert open_page("/").request.get(note).status == 404  # a visitor does not see it yet
    reviewer = open_as(REVIEWER, "/workspace/")
    return_and_publish(reviewer, member, note)

    # The public reads it in both languages, by the organisation's name and no person's.
    for language, organisation in (("", "Organisation"), ("/km", "អង្គការ")):
        page = open_page(f"{language}{CLAUSE}")
        expect(page.locator("mark").first).to_contain_text("deemed to hinder the unity")
        expect(page.locator(".note").first).to_contain_text(ORGANISATION)
        assert NEWCOMER not in page.content()
        assert organisation in open_page(f"{language}/annotations/?law=radio-bill").content()

    # A new version comes. Nothing is published by itself.
    publish_bill(site_data, tmp_path, "2021", LATER)
    later = "/laws/radio-bill/2021/art_31/"
    assert "deemed to hinder" in open_page(later).content() and not open_page(later).locator(".note").count()
    member.goto("/workspace/carrying/")
    member.get_by_role("link", name=re.compile("Radio Bill \\(2021\\)")).first.click()
    row = member.locator("[data-carried]").first
    expect(row).to_contain_text("deemed to hinder the unity")
    expect(member.locator("main")).to_contain_text("words kept")
    row.focus()
    member.keyboard.press("y")
    expect(member.locator(".messages")).to_contain_text(
        "Carried over: kept. A reviewer of your organisation publishes it."
    )

    # The reviewer publishes what was carried over; the survival page tells it.
    reviewer.goto("/workspace/")
    reviewer.locator("#waiting .note a").first.click()
    reviewer.get_by_role("button", name="Publish", exact=True).click()
    expect(open_page(later).locator("mark").first).to_contain_text("deemed to hinder the unity")
    survival = open_page("/laws/radio-bill/concerns/")
    expect(survival.locator("main")).to_contain_text("Of 1 concern raised on earlier texts, 1 survives")
    expect(survival.locator("table.concerns tbody")).to_contain_text("kept")
    assert open_page("/km/laws/radio-bill/concerns/").locator("table.concerns").count()

    exports_carry_it(open_page("/annotations/?law=radio-bill"))


def exports_carry_it(page: Page) -> None:
    words = "deemed to hinder the unity"
    for path in (
        "/annotations.jsonld?law=radio-bill&page=1",
        "/annotations.csv?law=radio-bill",
        "/feeds/laws/radio-bill.atom",
    ):
        answer = page.request.get(path)
        assert answer.status == 200 and ORGANISATION in answer.text(), path
        assert words in answer.text() or path.startswith("/feeds"), path
        assert NEWCOMER not in answer.text()
    assert "2021" in page.request.get("/laws/radio-bill/concerns.csv").text()
