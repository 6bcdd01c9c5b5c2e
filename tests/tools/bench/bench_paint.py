"""First contentful paint and layout shift of the main pages in Chromium, over the real server on this machine."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import serving
from tests.browser.painting import paint
from tests.browser.screenshots import CHROMIUM_ARGS, PAGES, chromium_path

TIMES = 5
NAMES = ("home", "version", "comparison", "cross-law")


def main() -> None:
    chromium = chromium_path()
    if chromium is None:
        print("Chromium is not here; nothing to measure.")
        return
    folder = Path(tempfile.mkdtemp(prefix="lawcompare-bench-"))
    data = serving.prepare(folder)
    with serving.serving(data, folder / "server.log") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGS)
        for name in NAMES:
            for language in ("", "/km"):
                seen = [paint(browser, f"{site}{language}{PAGES[name]}") for _ in range(TIMES)]
                first = statistics.median(one.first_milliseconds for one in seen)
                shift = max(one.shift for one in seen)
                print(f"  {language + PAGES[name]:<72}{first:7.0f} ms to the first words, layout shift {shift:.4f}")
        browser.close()


if __name__ == "__main__":
    main()
