"""Khmer on a phone: large enough to be read, and no compound broken at the end of a line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from lawcompare.core.whole_words import COMPOUNDS
from tests.browser.screenshots import PAGES

pytestmark = pytest.mark.browser

LEAST = 15  # px

# Returns [[text, size in px]] of Khmer that is smaller than it may be, and the compounds that stand on two lines.
LOOK = """([compounds, least]) => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const small = [], broken = [], nodes = [];
  let words = "";
  while (walk.nextNode()) {
    const { currentNode: node } = walk, { parentElement: parent } = node;
    if (parent.closest("script, style, textarea, option, noscript, .sr") || !parent.checkVisibility()) continue;
    nodes.push([words.length, node]);
    words += node.data;
    if (!/[\\u1780-\\u17d3]/.test(node.data)) continue;
    const scale = parent.closest("svg") ? Math.abs(parent.getScreenCTM().d) : 1;
    const size = parseFloat(getComputedStyle(parent).fontSize) * scale;
    if (size < least) small.push([node.data.trim().slice(0, 40), size]);
  }
  const place = (at) => {
    const [start, node] = nodes.findLast(([start]) => start <= at);
    return [node, at - start];
  };
  for (const compound of compounds) {
    for (let at = words.indexOf(compound); at >= 0; at = words.indexOf(compound, at + 1)) {
      const range = document.createRange();
      range.setStart(...place(at));
      const [last, end] = place(at + compound.length - 1);
      range.setEnd(last, end + 1);
      const tops = [...range.getClientRects()].filter(({ width }) => width > 1).map(({ top }) => top);
      if (Math.max(...tops) - Math.min(...tops) > least) broken.push(compound);
    }
  }
  return { small, broken };
}"""


# Pages whose layout changes most with the width; `make soak` looks at all.
NARROW = ("home", "version", "comparison", "topics", "clause", "annotation")


@pytest.mark.parametrize(
    "name", [*NARROW, *(pytest.param(one, marks=pytest.mark.soak) for one in sorted(PAGES.keys() - {*NARROW}))]
)
def test_khmer_is_large_enough_and_its_compounds_are_whole(open_page: Callable[..., Page], name: str) -> None:
    page = open_page(f"/km{PAGES[name]}", width=390, height=844)
    seen = page.evaluate(LOOK, [list(COMPOUNDS), LEAST])
    assert seen["small"] == []
    # Where a mark ends or begins inside a compound it may still break there.
    assert len(seen["broken"]) <= 1, seen["broken"]
