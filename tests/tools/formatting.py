"""Format the style sheets, or with --check name those that are not formatted: the formatter has no check of its own.

``python -m tests.tools.formatting [--check]``. Templates are formatted by djangofmt, set up in pyproject.toml.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cssbeautifier

ROOT = Path(__file__).resolve().parents[2]


def stylesheets() -> list[Path]:
    return sorted((ROOT / "static" / "css").rglob("*.css"))


def formatted(css: str) -> str:
    """The style sheet with one declaration and one selector a line."""
    options = cssbeautifier.default_options()
    options.indent_size = 2
    options.end_with_newline = True
    return str(cssbeautifier.beautify(css, options))


def main() -> int:
    changed = [path for path in stylesheets() if formatted(path.read_text("utf-8")) != path.read_text("utf-8")]
    if "--check" in sys.argv[1:]:
        for path in changed:
            print(f"{path.relative_to(ROOT)} is not formatted; make format does it", file=sys.stderr)
        return 1 if changed else 0
    for path in changed:
        path.write_text(formatted(path.read_text("utf-8")), "utf-8")
    print(f"{len(changed)} style sheets reformatted, {len(stylesheets()) - len(changed)} left unchanged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
