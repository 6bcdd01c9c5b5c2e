"""A passkey is added, signs in alone and as the second step; the pages of an account are in order on a small screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import second_factor
from tests.browser.stage import MEMBER, PASSWORD

pytestmark = pytest.mark.browser

FACTOR = "/accounts/second-factor"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def at_name(site: str) -> str:
    """The site's address with a name in it: browsers make no passkeys for a bare network address."""
    return site.replace("127.0.0.1", "localhost")


def plug_in(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def sign_out(page: Page, base: str) -> None:
    page.goto(f"{base}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{base}/")


def type_password(page: Page, base: str, email: str) -> None:
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_and_signs_in(browser: Any, at_name: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780})
    faults: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    plug_in(page)
    type_password(page, at_name, MEMBER)
    page.wait_for_url("**/workspace/")
    page.goto(f"{at_name}{FACTOR}/passkeys/add/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(f"**{FACTOR}/codes/")
    expect(page.locator(".codes code")).to_have_count(10)

    sign_out(page, at_name)
    page.goto(f"{at_name}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/workspace/")

    sign_out(page, at_name)
    type_password(page, at_name, MEMBER)
    page.wait_for_url("**/authenticate/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/workspace/")

    page.goto(f"{at_name}{FACTOR}/passkeys/")
    with page.expect_navigation():
        page.get_by_role("link", name="Remove").click()
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("You have no passkey yet.")
    context.close()
    assert not faults


def test_the_picture_for_the_app_is_shown_under_the_strict_policy(open_as):
    page = open_as(MEMBER, f"{FACTOR}/app/set-up/")
    if "reauthenticate" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    box = page.locator(".qr svg").bounding_box()
    assert box and box["width"] > 150
    secret = page.locator(".secret").inner_text()
    assert len(secret) == 32 and second_factor.code(secret).isdigit()
