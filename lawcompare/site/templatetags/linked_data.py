"""Template tags that write what a page is for search engines, and its other forms for programs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.safestring import SafeString

from lawcompare.annotations.models import Annotation
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.access import name_to
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.site import linked_data

register = template.Library()
STRUCTURED = "components/metadata/_structured.html"
# What would end a script or begin a comment, written as JSON may write it too.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@register.filter
def json_in_page(data: Any) -> SafeString:
    """Returns JSON that may stand in a data block of a page, whatever words are in it.

    >>> json_in_page({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return SafeString(words.translate(ESCAPED))


def _where_public(context: Any) -> str:
    """Returns the root of the site on a page that search engines may keep; else nothing."""
    return str(context["root"]) if context.get("canonical") else ""


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_law(context: Any, law: Law, versions: Iterable[Version]) -> dict[str, Any]:
    root = _where_public(context)
    public = [version for version in versions if version.is_published]
    return {"data": linked_data.law_data(law, public, root) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_version(context: Any, version: Version) -> dict[str, Any]:
    root = _where_public(context) if version.is_published else ""
    if not root:
        return {"data": None}
    translates = name_to(AnonymousUser(), version.translates) if version.stands else None
    return {"data": linked_data.version_data(version, root, translates)}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_clause(context: Any, clause: Clause, above: Sequence[Clause]) -> dict[str, Any]:
    root = _where_public(context) if clause.version.is_published else ""
    return {"data": linked_data.clause_data(clause, above, root) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_comparison(context: Any, old: Version, new: Version, *, has_files: bool = True) -> dict[str, Any]:
    root = _where_public(context) if old.is_published and new.is_published else ""
    path = reverse("comparison", args=[old.law.slug, old.slug, new.law.slug, new.slug])
    return {"data": linked_data.comparison_data(old, new, path, root, has_files=has_files) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_note(context: Any, note: Annotation) -> dict[str, Any]:
    root = _where_public(context) if note.is_published else ""
    return {"data": linked_data.note_data(note, root) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_topic(context: Any, topic: Topic) -> dict[str, Any]:
    root = _where_public(context)
    return {"data": linked_data.topic_data(topic, root) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_data(context: Any, page: str) -> dict[str, Any]:
    """What can be had from the page as files; ``page`` is its name."""
    root = _where_public(context)
    return {"data": linked_data.dataset_data(page, root) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_site(context: Any) -> dict[str, Any]:
    root = _where_public(context)
    return {"data": linked_data.site_data(root) if root else None}


@register.inclusion_tag(STRUCTURED, takes_context=True)
def structured_page(context: Any, name: str) -> dict[str, Any]:
    root = _where_public(context)
    return {"data": linked_data.page_data(str(name), context["request"].path, root) if root else None}


@register.inclusion_tag("components/metadata/_other_forms.html", takes_context=True)
def forms_of(context: Any, kind: str, *names: str) -> dict[str, Any]:
    """The page in other forms, for programs. ``kind`` says of what; ``names`` are those of its address."""
    forms = {
        "version": linked_data.VERSION_FORMS,
        "clause": {"clause_json": "application/json"},
        "comparison": linked_data.COMPARISON_FORMS,
        "annotation": {"annotation_jsonld": "application/ld+json"},
        "annotations": {form: media for form, media in linked_data.NOTES_FORMS.items() if form != "annotations_feed"},
        "matrix": linked_data.MATRIX_FORMS,
        "versions": {"versions_table_xlsx": linked_data.MATRIX_FORMS["matrix_xlsx"]},
        "concerns": {"concerns_csv": "text/csv", "concerns_svg": "image/svg+xml"},
        "api": linked_data.API_FORMS,
    }[kind]
    shown = forms if context.get("canonical") else {}
    return {"forms": [(reverse(form, args=names), media) for form, media in shown.items()]}


@register.simple_tag(takes_context=True)
def eli(context: Any, version: Version) -> dict[str, Any] | None:
    """The European Legislation Identifier's facts of a public text (RDFa); None elsewhere."""
    root = _where_public(context) if version.is_published else ""
    if not root:
        return None
    return linked_data.eli_facts(version, root)
