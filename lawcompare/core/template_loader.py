"""Load the page templates without their indentation, which would add an eighth to a compressed comparison."""

import re
from pathlib import Path
from typing import Any

from django.template.loaders import filesystem

_INDENT = re.compile(r"\n[ \t]+")
# A line of tags alone after which a line break can go: before it stands one, and what follows is printed at most once.
# Not so after ``for``, whose line break parts the items, nor after ``else`` and the ends, which may follow a tag that
# stands behind words and printed nothing.
_SILENT = r"(?:if|with|endwith|load|include)"
_SILENT_LINE = re.compile(rf"^((?:\{{% {_SILENT}\b(?:[^%]|%(?!\}}))*%\}})+)\n", re.MULTILINE)


def without_indent(template: str) -> str:
    r"""The template with every line brought to the margin, and without the empty lines that tags would leave.

    A browser shows a line break as one space either way.

    >>> without_indent("<ul>\n  {% if name %}\n    <li>{{ name }}</li>\n  {% endif %}\n</ul>\n")
    '<ul>\n{% if name %}<li>{{ name }}</li>\n{% endif %}\n</ul>\n'
    >>> without_indent("{% for name in names %}\n  · {{ name }}{% endfor %}\n")
    '{% for name in names %}\n· {{ name }}{% endfor %}\n'
    """
    return _SILENT_LINE.sub(r"\1", _INDENT.sub("\n", template))


class Loader(filesystem.Loader):
    """Reads templates from DIRS; text such as that of e-mails is left as it is."""

    def get_contents(self, origin: Any) -> str:
        contents = str(super().get_contents(origin))
        return without_indent(contents) if Path(origin.name).suffix == ".html" else contents
