"""The site, the browser and the people of the browser tests; pictures of pages on which a test failed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser import serving, stage
from tests.browser.screenshots import CHROMIUM_ARGS, chromium_path
from tests.conftest import require

OPENED = pytest.StashKey[list[Page]]()
PATIENCE = 15_000
# A page that is missing on purpose is written to the console too.
NOT_A_FAULT = "Failed to load resource"
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
  (event) => console.error(`refused by the content security policy: ${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is. Asked before anything is prepared, so that its absence costs no time."""
    path = chromium_path()
    if path is None:
        require("browser", "Chromium is not installed (on Debian: apt-get install chromium)")
    return str(path)


@pytest.fixture(scope="session")
def prepared_site(chromium: str, shared_folder: Path) -> Path:
    """The data of a site as the first test process of a run prepared it; only to be copied."""
    return serving.prepare(shared_folder)


@pytest.fixture(scope="session")
def site_data(prepared_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site keeps its data. Each test process has its own; the tests in ``publishing`` have another."""
    return Path(shutil.copytree(prepared_site, tmp_path_factory.mktemp("site") / "data"))


@pytest.fixture(scope="session")
def site(site_data: Path) -> Iterator[str]:
    """The address of the running site."""
    with serving.serving(site_data, site_data.with_name("server.log")) as address:
        yield address


# Not for the session: while Playwright runs, Django refuses the database to the other tests of this process.
@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open an address as a visitor of their own: ``open_page("/laws/", width=360, java_script_enabled=False)``.

    On none of these pages may anything go wrong in the console or be asked of another host.
    """
    faults: list[str] = []
    opened = request.node.stash.setdefault(OPENED, [])

    def open_page(path: str = "/", width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = browser.new_context(base_url=site, viewport={"width": width, "height": height}, **options)
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        _watch(page, site, faults)
        opened.append(page)
        page.goto(path)
        return page

    yield open_page
    for page in opened:
        page.context.close()
    assert not faults, f"what went wrong on the way: {faults}"


def _watch(page: Page, site: str, faults: list[str]) -> None:
    def hear(message: Any) -> None:
        if message.type in {"error", "warning"} and NOT_A_FAULT not in message.text:
            faults.append(f"{page.url}: {message.text}")

    def ask(request: Any) -> None:
        if urlsplit(request.url).scheme in {"http", "https"} and not request.url.startswith(f"{site}/"):
            faults.append(f"{page.url} asks {request.url}")

    page.on("console", hear)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("request", ask)


@pytest.fixture
def open_as(open_page: Callable[..., Page], site: str, site_data: Path) -> Callable[..., Page]:
    """Open an address as a person who has signed in: ``open_as(MEMBER, "/workspace/")``."""
    cookies = json.loads((site_data / stage.COOKIES).read_text())

    def open_as(email: str, path: str, **options: Any) -> Page:
        place = {"domain": urlsplit(site).hostname, "path": "/", "expires": -1}
        cookie = cookies[email] | place | {"httpOnly": True, "secure": False, "sameSite": "Lax"}
        return open_page(path, storage_state={"cookies": [cookie], "origins": []}, **options)

    return open_as


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Where a test fails, say at which addresses, and keep a picture of each page outside the project."""
    report: Any = yield
    if report.when == "call" and report.failed and item.stash.get(OPENED, []):
        folder = Path(tempfile.mkdtemp(prefix="lawcompare-failed-"))
        for number, page in enumerate(item.stash[OPENED], start=1):
            picture = folder / f"{number}.png"
            with suppress(Error):  # a page that hangs gives no picture, and must not end the other tests
                page.screenshot(path=picture)
            report.sections.append(("page", f"{page.url}: {picture}"))
    return report
