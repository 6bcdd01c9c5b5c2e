"""Pages are sent without the indentation of their templates, which costs no word its space."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template

from lawcompare.core.template_loader import without_indent


def test_pages_are_sent_without_the_indentation_of_their_templates(client, db):
    page = client.get("/about/").content.decode()
    assert page.count("\n") > 50
    assert not re.findall(r"\n[ \t]+\S", page)


@pytest.mark.parametrize("names", [[], ["one"], ["one", "two"]])
@pytest.mark.parametrize(
    "template",
    [
        "<p>\n  {% for name in names %}\n    · {{ name }}{% endfor %}\n  end\n</p>\n",
        "<p>words{% if names %}\n    more\n  {% endif %}\n  end</p>\n",
        "<p>words{% if names %}\n    more\n  {% else %}\n    none\n  {% endif %}\n  end</p>\n",
        "<p>words{% for name in names %}\n    {{ name }}\n  {% empty %}\n    none\n  {% endfor %}\n  end</p>\n",
        "<p>\n  {% if names %}\n    more{% endif %}\n  {% with last=names.0 %}\n    {{ last }}\n  {% endwith %}\n",
    ],
)
def test_taking_out_indentation_parts_the_same_words(template, names):
    """A space may grow or shrink, but no two words are glued together or torn apart."""
    as_written, as_sent = (
        " ".join(Template(source).render(Context({"names": names})).split())
        for source in (template, without_indent(template))
    )
    assert as_sent == as_written
