"""Photographs, a scan and a print in an old font become published Khmer texts; their redlines show what was changed.

The pages are made here with a face from a package, and photographed: turned a little, in uneven light.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from lawcompare.engine.errors import ReadingError
from lawcompare.engine.reading.ocr import tesseract
from tests.browser.publishing.test_importing import IMPORTS, Hand, hand_in_text
from tests.browser.stage import EDITOR, ORGANISATION
from tests.browser.waiting import wait_until
from tests.conftest import require
from tests.engine.test_legacy_fonts import limon_pdf
from tests.engine.test_recognition import as_file
from tests.engine.test_recognition import page as page_image
from tests.imports.files import khmer

pytestmark = pytest.mark.browser

ACTIONS_MAX = 15
LINES = (
    "ចង្កៀងតាមផ្លូវទាំងអស់ត្រូវបំភ្លឺនៅពេលយប់។",
    "ចង្កៀងដែលរលត់ត្រូវជួសជុលក្នុងរយៈពេលពីរថ្ងៃ។",
    "ម្ចាស់ចង្កៀងត្រូវបង់ប្រាក់ទៅរដ្ឋបាលក្រុង។",
)


def pages(articles: int, on_page: int) -> list[Image.Image]:
    images = []
    for first in range(1, articles + 1, on_page):
        lines = [""] * len(images)  # no two pages begin at one height
        for number in range(first, min(first + on_page, articles + 1)):
            lines += [f"មាត្រា {khmer(number)}.-", LINES[number % 3]]
        images.append(page_image(tuple(lines), (1500, 240 + 110 * 2 * (on_page + 2))))
    return images


def photographed(image: Image.Image, angle: float) -> bytes:
    turned = image.rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    light = np.linspace(1.0, 0.72, turned.width)[None, :]
    return as_file(Image.fromarray((np.asarray(turned) * light).astype(np.uint8)), "JPEG", quality=85)


def scanned_pdf(images: list[Image.Image]) -> bytes:
    file = io.BytesIO()
    images[0].save(file, "PDF", save_all=True, append_images=images[1:], resolution=200)
    return file.getvalue()


def photographs() -> dict[str, bytes]:
    return {f"page {at}.jpg": photographed(image, (1.2, -0.8)[at % 2]) for at, image in enumerate(pages(8, 4), 1)}


SOURCES = {
    "sub-decree": (photographs, 8, 2),
    "law": (lambda: {"law.pdf": scanned_pdf(pages(24, 8))}, 24, 3),
    "limon": (lambda: {"limon.pdf": limon_pdf()}, 4, 1),
}


@pytest.fixture
def needs_tesseract():
    try:
        tesseract.TesseractRecogniser()
    except ReadingError as reason:
        require("ocr", str(reason))


def publish(hand: Hand, name: str, law: str, date: str) -> None:
    page = hand.page
    marks = page.get_by_role("button", name="Mark all as reviewed")
    if marks.count():
        hand.click("button", "Mark all as reviewed")
    hand.click("link", "Details →")
    hand.choose("Law", law)
    if law == "a new law":
        hand.fill("Name of the new law in addresses", f"kh-{name}")
        hand.choose("Jurisdiction", "Cambodia")
        hand.choose("Kind of law", "Draft")
    hand.fill("Title of this text", f"Text of the {name}" if law == "a new law" else f"Copy of the {name}")
    hand.fill("Date of the text", date)
    hand.choose("What the words are", "Leaked text")
    hand.fill("How it became public", "Published by a newspaper")
    hand.click("button", "Preview →")
    hand.click("button", "Publish", exact=True)
    expect(page.locator(".messages")).to_contain_text("Published.", timeout=60_000)


# How a scanned PDF and an old font are read, tests/engine asks too.
LATER = [pytest.param(name, marks=pytest.mark.soak) for name in ("law", "limon")]


@pytest.mark.parametrize("name", ["sub-decree", *LATER])
@pytest.mark.ocr
def test_a_picture_becomes_a_published_text_whose_redline_is_right(open_as, open_page, tmp_path, needs_tesseract, name):
    make, articles, page_count = SOURCES[name]
    files: list[Path] = []
    for file, data in make().items():
        files.append(tmp_path / file)
        files[-1].write_bytes(data)
    hand = Hand(open_as(EDITOR, IMPORTS))
    page = hand.page
    hand.actions += 2
    page.get_by_label("Files").set_input_files(files)
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("[data-row]").first).to_be_visible(timeout=180_000)
    look_at_the_pages(page, page_count)
    publish(hand, name, "a new law", "2023")
    print(f"{name}: {hand.actions} actions")
    assert hand.actions <= ACTIONS_MAX, hand.actions

    visitor = open_page(f"/laws/kh-{name}/2023-km/")
    for number in range(1, articles + 1):
        expect(visitor.locator(f"#art_{number}")).to_contain_text(f"មាត្រា {khmer(number)}")
    words = visitor.request.get(f"{visitor.url.rstrip('/')}.txt").text()
    body = words[words.index(f"មាត្រា {khmer(1)}") :]
    changed = body.replace("យប់", "ថ្ងៃ", 1) if "យប់" in body else body.replace("កំណត់", "បង្កើត", 1)
    assert changed != body
    hand = Hand(open_as(EDITOR, IMPORTS))
    hand_in_text(hand.page, changed)
    expect(hand.page.locator("[data-row]").first).to_be_visible(timeout=60_000)
    publish(hand, name, f"Text of the {name} (Proposed by {ORGANISATION})", "2024")
    compared = open_page(f"/compare/kh-{name}/2023-km/with/kh-{name}/2024-km/")
    expect(compared.locator(".rows .row").first).to_be_visible(timeout=60_000)
    assert compared.locator(".rows .row").count() == 1
    assert compared.locator(".rows ins").count() >= 1 and compared.locator(".rows del").count() >= 1


def look_at_the_pages(page: Page, count: int) -> None:
    """As one moves through the clauses the place is lit on the image; its size is changed by a key."""
    figures = page.locator(".facsimile-pane figure")
    expect(figures).to_have_count(count)
    page.locator("[data-row]").first.focus()
    page.keyboard.press("j")
    key = page.evaluate("document.activeElement.dataset.row")
    expect(page.locator(f"[data-box='{key}'].is-lit").first).to_be_attached()
    wait_until(page, "document.querySelector('.facsimile-pane img').naturalWidth > 500")
    before = figures.first.bounding_box()
    page.keyboard.press("+")
    assert figures.first.bounding_box()["width"] > 1.4 * before["width"]
    page.locator(f"[data-box='{key}'] rect").first.click(force=True)
    assert page.evaluate("document.activeElement.dataset.row") == key
