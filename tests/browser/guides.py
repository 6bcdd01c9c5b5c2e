"""The pictures in the guides: ``.venv/bin/python -m tests.browser.guides`` makes those of both languages anew.

It prepares a site of its own in a temporary folder and serves it, so that what stands in it is always the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import serving, stage
from tests.browser.screenshots import CHROMIUM_ARGS, PAGES, chromium_path
from tests.conftest import ROOT

OUT = {"en": ROOT / "docs/pictures", "km": ROOT / "docs/km/pictures"}
DESK, PHONE = (1080, 760), (360, 700)
COLOURS = 32
CLAUSE = "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/"
NEWEST = "/compare/kh-cybercrime/2020-08-en/with/kh-cybercrime/2024-leak-en/"
AMENDED, AMENDING = "kh-constitution/2007-arts-145-146-km", "kh-constitutional-law-2008/2008-km"
# Of each picture: the address, the size of the window, what is scrolled to its top, and whether a member looks.
PICTURES: dict[str, tuple[str, tuple[int, int], str, bool]] = {
    "readers-draft": (PAGES["version"], PHONE, "[id='chp_4__art_28']", False),
    "readers-comparison": (NEWEST, PHONE, "h1", False),
    "analysts-comparison": (NEWEST, DESK, "h1", False),
    "analysts-topics": (PAGES["topics"], DESK, "table", False),
    "analysts-search": (PAGES["search"], DESK, "", False),
    "annotators-clause": (CLAUSE, (DESK[0], 640), ".reading", True),
    "annotators-form": (f"{CLAUSE}annotate/", DESK, "", True),
    "annotators-concerns": (PAGES["concerns"], DESK, ".picture", False),
}


def in_language(address: str, language: str) -> str:
    """The same scene in a language: the page, the draft and what is searched for."""
    if language == "en":
        return address
    khmer = PAGES["search-khmer"] if address == PAGES["search"] else address
    return f"/km{khmer.replace('-en/', '-km/')}"


def sign_in(browser: Any, base: str) -> Any:
    """What the browser keeps of a member who has signed in."""
    page = browser.new_page()
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Email").fill(stage.MEMBER)
    page.get_by_label("Password").fill(stage.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/workspace/")
    page.reload()  # without what is said once to whoever signed in
    return page.context.storage_state()


def editor(browser: Any, base: str) -> Any:
    """A page of an editor who has signed in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from tests import second_factor

    page = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}).new_page()
    page.goto(f"{base}/accounts/login/")
    page.get_by_label("Email").fill(stage.EDITOR)
    page.get_by_label("Password").fill(stage.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(second_factor.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/workspace/")
    return page


def store_amending(data: Path) -> None:
    """Publish the law and the amending law of the guide."""
    for text in sorted((ROOT / "fixtures/amending").glob("*.md")):
        command = [sys.executable, "manage.py", "import_law", str(text), "--publish"]
        subprocess.run(command, cwd=ROOT, env=serving.environment(data), check=True, stdout=subprocess.DEVNULL)


def shoot_amending(browser: Any, base: str) -> None:
    """The choice of a law and an act, and the review page of what the act makes of it."""
    page = editor(browser, base)
    page.set_viewport_size({"width": 1280, "height": DESK[1]})  # the instructions beside what is counted
    page.goto(f"{base}/workspace/amend/?base={AMENDED}&act={AMENDING}", wait_until="networkidle")
    save(page, OUT["en"] / "amending-start.png")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_selector("[data-row]")
    page.wait_for_load_state("networkidle")
    save(page, OUT["en"] / "amending-review.png")


def shoot_review(browser: Any, base: str, folder: Path) -> None:
    """The review page of an import: photographs of a law, made here, beside the clauses read from them."""
    from tests.browser.publishing.test_scans import photographs

    files = []
    for name, data in photographs().items():
        files.append(folder / name)
        files[-1].write_bytes(data)
    page = editor(browser, base)
    page.goto(f"{base}/workspace/imports/")
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Upload").click()
    page.wait_for_selector("[data-row]", timeout=180_000)
    path = urlsplit(page.url).path
    for language, out in OUT.items():
        page.goto(base + in_language(path, language), wait_until="networkidle")
        page.locator("[data-row]").nth(1).focus()
        page.locator(".facsimiles").evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 8)")
        page.wait_for_load_state("networkidle")
        save(page, out / "analysts-review.png")


def save(page: Any, file: Path) -> None:
    Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS).save(file, optimize=True)


def shoot(browser: Any, base: str) -> None:
    kept = sign_in(browser, base)
    for (language, out), (name, picture) in product(OUT.items(), PICTURES.items()):
        address, (width, height), top, is_member = picture
        options = {"storage_state": kept} if is_member else {}
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        page = context.new_page()
        page.goto(base + in_language(address, language), wait_until="networkidle")
        page.evaluate("document.fonts.ready")
        if top:
            page.locator(top).first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 8)")
        save(page, out / f"{name}.png")
        context.close()


def main() -> None:
    for out in OUT.values():
        out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = serving.prepare(Path(folder))
        store_amending(data)
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_ARGS)
        with serving.serving(data, data.with_name("server.log")) as base:
            shoot(browser, base)
            shoot_review(browser, base, Path(folder))
            shoot_amending(browser, base)
        browser.close()


if __name__ == "__main__":
    main()
