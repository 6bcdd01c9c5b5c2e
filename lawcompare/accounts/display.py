"""Email addresses and browsers in a form short enough to show: recognised by their owner, no use to others."""

import re

# The first that is found in what a browser says of itself; Edge and Opera say that they are Chrome too.
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
            ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari")]  # fmt: skip
SYSTEMS = [("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "macOS"), ("Linux", "Linux")]  # fmt: skip


def masked(email: str) -> str:
    """Returns an email address with all but three letters left out: ``n…@e….org``."""
    name, _at, domain = email.partition("@")
    first, _dot, last = domain.rpartition(".")
    return f"{name[:1]}…@{(first or last)[:1]}…{'.' + last if first else ''}"


def device(agent: str) -> str:
    """Returns browser and system of a User-Agent header, as ``Firefox, Android``; empty where neither is known."""
    browser, system = (
        next((name for pattern, name in known if re.search(pattern, agent)), "") for known in (BROWSERS, SYSTEMS)
    )
    return ", ".join(filter(None, [browser, system]))
