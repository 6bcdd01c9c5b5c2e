"""Forms of an OpenAPI document in few words."""

import re
from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# Of more values than these the type is named alone.
NAMED_MAX = 20
_CODE = re.compile("`([^`]+)`")

register = template.Library()


@register.filter
def name_of(form: str) -> str:
    """``Page of Clause`` for ``Page_Clause_``."""
    return form.removesuffix("_").replace("_", " of ")


@register.filter
def values(form: dict[str, Any]) -> str:
    """What a value is: ``integer``, ``list of Clause``, ``en or km``."""
    if "$ref" in form:
        return name_of(str(form["$ref"]).rpartition("/")[2])
    if len(form.get("enum", [])) in range(1, NAMED_MAX + 1):
        return _or(list(map(str, form["enum"])))
    for name in ("anyOf", "allOf"):
        if name in form:
            return _or([words for one in form[name] if (words := values(one))])
    if form.get("type") == "array":
        inside = values(form.get("items", {}))
        return _("list of %(form)s") % {"form": inside} if inside else _("list")
    return str(form.get("format") or form.get("type", ""))


def _or(choices: list[str]) -> str:
    return f" {pgettext('between values', 'or')} ".join(choices)


@register.filter
def runs(words: str) -> list[tuple[str, bool]]:
    """What the document says of something, in the reader's language: its runs, each with whether it is code.

    Code stands between backticks.
    """
    pieces = enumerate(_CODE.split(_(words)))
    return [(piece, at % 2 == 1) for at, piece in pieces if piece]
