"""Waiting for what a page comes to, asked from outside: a strict policy lets no page evaluate words by itself."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

SECONDS_BETWEEN = 0.1


def wait_until(page: Page, expression: str, arg: Any = None, seconds: float = 15) -> None:
    """Returns when the expression, or a function of ``arg``, is true in the page; fails after ``seconds``.

    What is promised is waited for.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        assert time.monotonic() < deadline, f"after {seconds} s it is not so: {expression}"
        time.sleep(SECONDS_BETWEEN)
