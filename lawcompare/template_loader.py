"""Load the page templates without their indentation, which would add an eighth to a compressed comparison."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.template.loaders import filesystem

_INDENT = re.compile(r"\n[ \t]+")


def without_indent(template: str) -> str:
    r"""The template with every line brought to the margin: a browser shows a line break as one space either way.

    >>> without_indent("<ul>\n  <li>\n    {{ name }}\n  </li>\n</ul>\n")
    '<ul>\n<li>\n{{ name }}\n</li>\n</ul>\n'
    """
    return _INDENT.sub("\n", template)


class Loader(filesystem.Loader):
    """Reads templates from DIRS; text such as that of letters is left as it is."""

    def get_contents(self, origin: Any) -> str:
        contents = str(super().get_contents(origin))
        return without_indent(contents) if Path(origin.name).suffix == ".html" else contents
