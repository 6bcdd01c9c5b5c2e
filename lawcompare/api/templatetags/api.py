"""Forms of an OpenAPI document in few words."""

from __future__ import annotations

from typing import Any

from django import template

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
    if "enum" in form:
        return " or ".join(map(str, form["enum"]))
    for name in ("anyOf", "allOf"):
        if name in form:
            return " or ".join(filter(None, (values(one) for one in form[name])))
    if form.get("type") == "array":
        return f"list of {values(form.get('items', {}))}".removesuffix(" of ")
    return str(form.get("format") or form.get("type", ""))
