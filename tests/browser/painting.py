"""What a reader sees while a page loads: when the first words stand there, and whether anything jumps afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, Page

PHONE = {"width": 360, "height": 780}
# Both are kept by the browser from the beginning, so nothing is missed by asking late.
OBSERVE = """
() => new Promise((resolve) => {
  const seen = { shift: 0, moved: [], paint: null };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      seen.shift += entry.value;
      for (const { node } of entry.sources || []) {
        seen.moved.push(node ? (node.textContent || node.nodeName).slice(0, 40) : "?");
      }
    }
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") seen.paint = entry.startTime;
  }).observe({ type: "paint", buffered: true });
  setTimeout(() => resolve(seen), 700);
})
"""


@dataclass(frozen=True)
class Painted:
    first_milliseconds: float
    shift: float
    moved: tuple[str, ...]


def paint(browser: Browser, address: str) -> Painted:
    """Load a page on a phone with nothing kept from before, to the end, and measure."""
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    painted = look_at(page)
    context.close()
    return painted


def look_at(page: Page) -> Painted:
    """What was seen of a page that has come, once its faces have."""
    page.evaluate("document.fonts.ready.then(() => null)")
    seen = page.evaluate(OBSERVE)
    return Painted(seen["paint"], seen["shift"], tuple(seen["moved"]))
