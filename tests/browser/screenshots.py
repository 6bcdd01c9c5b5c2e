"""Pictures of every page, to be looked at: phone, desktop and wide; English and Khmer; light and dark.

``.venv/bin/python -m tests.browser.screenshots OUTDIR [--base URL] [--only WORD]``, with the site running at URL.
``… docs --readme`` makes ``docs/comparison.png`` alone, the picture in the README.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

# One process, no network of its own, no sandbox: as a container's root can run it.
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HEIGHT_MAX = 6000
README_HEIGHT = 1560
SIZES = {"phone": (360, 780), "desktop": (1280, 900), "wide": (1600, 1000)}
PAGES = {
    "home": "/",
    "library": "/laws/",
    "law": "/laws/kh-cybercrime/",
    "version": "/laws/kh-cybercrime/2012-v1-en/",
    "version-us": "/laws/us-code-18/2023-en/",
    "clause": "/laws/kh-cybercrime/2012-v1-en/chp_4__art_28/",
    "comparison": "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/",
    "comparison-list": "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/?view=list",
    "comparison-inline": "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/?view=inline",
    "cross-law": "/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/",
    "waiting": "/compare/iccpr/1966-en/with/udhr/1948-en/",
    "choose": "/compare/",
    "topics": "/topics/",
    "topic": "/topics/illegal-access/",
    "annotations": "/annotations/",
    "annotations-filtered": "/annotations/?risk=critical&category=VAGUE",
    "annotation": "/annotations/v1-28-1-vague/",
    "search": "/search/?q=%22freedom%20of%20expression%22",
    "search-many": "/search/?q=intercep",
    "search-khmer": "/search/?q=ទិន្នន័យ",
    "search-none": "/search/?q=zzzq%20xqjwv",
    "search-hints": "/search/",
    "annotation-flag": "/annotations/v1-28-1-vague/flag/",
    "kinds": "/annotations/kinds/",
    "version-filtered": "/laws/kh-cybercrime/2012-v1-en/?risk=critical",
    "concerns": "/laws/kh-cybercrime/concerns/",
    "versions-table": "/laws/kh-cybercrime/versions/?base=2020-08-en",
    "api": "/api/",
    "about": "/about/",
    "glossary": "/glossary/",
    "styleguide": "/styleguide/",
    "problem": "/laws/no-such-law/",
    "sign-in": "/accounts/login/",
    "password-reset": "/accounts/password/reset/",
    "invitation-over": "/invitation/no-such-token/",
}


def chromium_path() -> str | None:
    """The system's Chromium, or None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def variants() -> Iterator[tuple[str, str, str]]:
    """(size, language, theme): phone and desktop in both languages and themes, and wide in English and light."""
    for size in ("phone", "desktop"):
        for language in ("en", "km"):
            for theme in ("light", "dark"):
                yield size, language, theme
    yield "wide", "en", "light"


def shoot(browser: Any, base: str, out: Path, only: str) -> None:
    for size, language, theme in variants():
        width, height = SIZES[size]
        is_phone = size == "phone"
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, has_touch=is_phone, is_mobile=is_phone
        )
        page = context.new_page()
        for name, address in PAGES.items():
            if only and only not in name:
                continue
            page.goto(base + ("/km" if language == "km" else "") + address, wait_until="networkidle")
            page.evaluate("document.fonts.ready")
            tall = min(page.evaluate("document.documentElement.scrollHeight"), HEIGHT_MAX)
            # As tall a window: what keeps to its edge, such as the bar from change to change, would lie over the text.
            page.set_viewport_size({"width": width, "height": tall})
            page.screenshot(
                path=out / f"{name}-{size}-{language}-{theme}.png",
                full_page=True,
                clip={"x": 0, "y": 0, "width": width, "height": tall},
            )
            page.set_viewport_size({"width": width, "height": height})
        context.close()


def shoot_for_readme(browser: Any, base: str, out: Path) -> None:
    """The head of a comparison and its first rows, in few colours so that it stays small."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(base + PAGES["comparison"], wait_until="networkidle")
    picture = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": 1280, "height": README_HEIGHT})
    Image.open(BytesIO(picture)).convert("RGB").quantize(96).save(out / "comparison.png", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Take pictures of every page.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--base", default="http://127.0.0.1:8000")
    parser.add_argument("--only", default="", help="pages whose name has this word")
    parser.add_argument("--readme", action="store_true", help="only the README's picture")
    asked = parser.parse_args()
    chromium = chromium_path()
    if chromium is None:
        parser.error("no Chromium was found; on Debian: apt-get install chromium")
    asked.out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        base = asked.base.rstrip("/")
        if asked.readme:
            shoot_for_readme(browser, base, asked.out)
        else:
            shoot(browser, base, asked.out, asked.only)
        browser.close()


if __name__ == "__main__":
    main()
