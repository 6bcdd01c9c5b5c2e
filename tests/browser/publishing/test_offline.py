"""A reader keeps a law, reads it without a network, and wipes it; a withdrawn one goes with the next connection."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Error, Page, expect

from tests.browser.serving import environment
from tests.browser.stage import EDITOR
from tests.browser.waiting import wait_until
from tests.conftest import ROOT
from tests.services.private import free_port

pytestmark = pytest.mark.browser
LAW = "/laws/kh-cybercrime/2024-leak-en/"
OTHER = "/laws/udhr/1948-en/"
KEPT = "caches.open('kept-laws').then(cache => cache.keys()).then(all => all.map(one => new URL(one.url).pathname))"
WITHDRAW = """
from lawcompare.laws.models import Version, Withdrawal
text = Version.objects.get(law__slug="kh-cybercrime", slug="2024-leak-en")
Withdrawal.objects.create(version=text, reason="It was not meant to be public.")
"""


class Network:
    """A way to the site that can be cut, for the browser and its service worker alike."""

    def __init__(self, site: str) -> None:
        self.there = urlsplit(site)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.open: list[socket.socket] = []
        self.listener: socket.socket | None = None
        self.changing = threading.Lock()

    def on(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def off(self) -> None:
        with self.changing:
            _close(*self.open, *([self.listener] if self.listener else []))
            self.open, self.listener = [], None

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near = listener.accept()[0]
                far = socket.create_connection((self.there.hostname, self.there.port))
                with self.changing:
                    if self.listener is not listener:  # cut while this one was being opened
                        return _close(near, far)
                    self.open += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=pair, daemon=True).start()


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65_536):
            target.sendall(content)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def network(site: str) -> Iterator[Network]:
    network = Network(site)
    network.on()
    yield network
    network.off()


@pytest.fixture
def page(browser, network) -> Iterator[Page]:
    context = browser.new_context(base_url=network.address)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def keep(page: Page, address: str = LAW) -> None:
    page.goto(address)
    page.get_by_role("button", name="Save this law on this device").click()
    expect(page.locator("[data-status]")).to_have_text("This law is saved on this device.")


def pages_kept(page: Page) -> list[str]:
    return sorted(path for path in page.evaluate(KEPT) if not path.startswith("/static/"))


def test_nothing_is_kept_of_what_was_merely_read(page):
    page.goto(LAW)
    expect(page.get_by_role("button", name="Save this law on this device")).to_be_visible()
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    keep(page)
    page.goto(OTHER)
    page.goto("/")
    assert pages_kept(page) == sorted([LAW, "/offline/"])


def test_a_kept_law_is_read_without_a_network_and_no_other_page(page, network):
    keep(page)
    words = page.locator(".reading .text").inner_text()
    network.off()
    page.goto("/about/")
    expect(page.locator("h1")).to_have_text("Saved on this device")
    page.locator("[data-kept] a").click()
    expect(page.locator("h1")).to_contain_text("55 articles")
    assert page.locator(".reading .text").inner_text() == words
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead > div')).borderBottomStyle") != "none", (
        "no style"
    )
    page.goto(f"{LAW}?at=art_nn_insult")
    expect(page.locator("h1")).to_contain_text("55 articles")


def test_one_button_wipes_all_of_it(page, network):
    keep(page)
    page.goto("/offline/")
    page.get_by_role("button", name="Delete everything saved").click()
    expect(page.locator("[data-status]")).to_have_text("Everything saved has been deleted from this device.")
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)") == 0
    network.off()
    with pytest.raises(Error):
        page.goto(LAW)


def test_nobody_signed_in_is_offered_it_and_no_page_of_theirs_is_kept(page, open_as, network):
    keep(page)
    theirs = open_as(EDITOR, LAW)
    expect(theirs.locator("h1")).to_be_visible()
    assert theirs.locator("[data-offline]").count() == 0
    words = page.evaluate(
        "(law) => caches.open('kept-laws').then(cache => cache.match(law, {ignoreVary: true})).then(one => one.text())",
        LAW,
    )
    assert "Sign in" in words and "Sign out" not in words


def test_a_withdrawn_text_goes_with_the_next_connection(page, network, site_data):
    keep(page)
    network.off()
    page.goto(LAW)
    expect(page.locator("h1")).to_contain_text("55 articles")
    command = [sys.executable, "manage.py", "shell", "-c", WITHDRAW]
    subprocess.run(command, cwd=ROOT, env=environment(site_data), check=True, capture_output=True)
    network.on()
    page.goto("/about/")
    wait_until(page, f"{KEPT}.then(all => !all.includes('{LAW}'))")
    network.off()
    page.goto(LAW)
    expect(page.locator("h1")).to_have_text("Saved on this device")
