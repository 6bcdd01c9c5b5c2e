"""The terms of the project: ``python -m tests.tools.terms`` makes ``docs/terms.md`` of ``docs/terms.yaml``."""

from __future__ import annotations

from typing import Any

import yaml

from tests.conftest import ROOT

DATA = ROOT / "docs" / "terms.yaml"
PAGE = ROOT / "docs" / "terms.md"
HEAD = """# Terms

Made of `docs/terms.yaml` by `python -m tests.tools.terms`; correct it there. The Khmer word of each term, where it is
from, and the words for the same thing that no text of the project uses. No Cambodian lawyer has checked them yet.

| English | Khmer | where the word is from | not |
|---|---|---|---|
"""


def load_terms() -> list[dict[str, Any]]:
    """Returns the entries of the data file, in its order."""
    return yaml.safe_load(DATA.read_text("utf-8"))


def page() -> str:
    """Returns the terms as a page of Markdown."""
    lines = [
        f"| {row['en']} | {row['km']} | {row['source']} | {', '.join(row.get('not', []))} |" for row in load_terms()
    ]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
