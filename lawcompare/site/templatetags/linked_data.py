"""Template tags for who finds, reads or cites a page elsewhere: structured data, its other forms, its citation."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.access import pinned_comparison
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.models import Topic
from lawcompare.languages import digits, reader_address
from lawcompare.laws.access import name_to, title_of_law
from lawcompare.laws.citing import (
    Reference,
    cite,
    clause_iri,
    clause_reference,
    make_reference,
    pinned_version,
    plain_address,
    site_root,
    version_reference,
)
from lawcompare.laws.models import Clause, Law, Version
from lawcompare.site import linked_data

register = template.Library()
register.filter(title_of_law)
# What would end a script or begin a comment, written as JSON may write it too.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def in_page(data: Any) -> SafeString:
    """Returns JSON as a data block of a page, whatever words are in it, for search engines; nothing for nothing.

    >>> in_page({"name": "</script>"})
    '<script type="application/ld+json">{"name":"\\\\u003c/script\\\\u003e"}</script>'
    """
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPED)
    return SafeString(f'<script type="application/ld+json">{words}</script>' if data else "")


def _where_public(context: Any) -> str:
    """Returns the root of the site on a page that search engines may keep; else nothing."""
    return str(context["root"]) if context.get("canonical") else ""


@register.simple_tag(takes_context=True)
def structured_law(context: Any, law: Law, versions: Iterable[Version]) -> SafeString:
    root = _where_public(context)
    public = [version for version in versions if version.is_published]
    return in_page(linked_data.law_data(law, public, root) if root else None)


@register.simple_tag(takes_context=True)
def structured_version(context: Any, version: Version) -> SafeString:
    root = _where_public(context) if version.is_published else ""
    translates = name_to(VISITOR, version.translates) if root and version.stands else None
    return in_page(linked_data.version_data(version, root, translates) if root else None)


@register.simple_tag(takes_context=True)
def structured_clause(context: Any, clause: Clause, above: Sequence[Clause]) -> SafeString:
    root = _where_public(context) if clause.version.is_published else ""
    return in_page(linked_data.clause_data(clause, above, root) if root else None)


@register.simple_tag(takes_context=True)
def structured_comparison(context: Any, old: Version, new: Version, *, has_files: bool = True) -> SafeString:
    root = _where_public(context) if old.is_published and new.is_published else ""
    path = reverse("comparison", args=[old.law.slug, old.slug, new.law.slug, new.slug])
    return in_page(linked_data.comparison_data(old, new, path, root, has_files=has_files) if root else None)


@register.simple_tag(takes_context=True)
def structured_note(context: Any, note: Annotation) -> SafeString:
    root = _where_public(context) if note.is_published else ""
    return in_page(linked_data.note_data(note, root) if root else None)


@register.simple_tag(takes_context=True)
def structured_topic(context: Any, topic: Topic) -> SafeString:
    root = _where_public(context)
    return in_page(linked_data.topic_data(topic, root) if root else None)


@register.simple_tag(takes_context=True)
def structured_data(context: Any, page: str) -> SafeString:
    """What can be had from the page as files; ``page`` is its name."""
    root = _where_public(context)
    return in_page(linked_data.dataset_data(page, root) if root else None)


@register.simple_tag(takes_context=True)
def structured_site(context: Any) -> SafeString:
    root = _where_public(context)
    return in_page(linked_data.site_data(root) if root else None)


@register.simple_tag(takes_context=True)
def structured_page(context: Any, name: str) -> SafeString:
    root = _where_public(context)
    return in_page(linked_data.page_data(str(name), context["request"].path, root) if root else None)


@register.simple_tag(takes_context=True)
def forms_of(context: Any, kind: str, *names: str) -> SafeString:
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
    shown = [(media, reverse(form, args=names)) for form, media in forms.items() if context.get("canonical")]
    return format_html_join("", '<link rel="alternate" type="{}" href="{}">', shown)


@register.simple_tag(takes_context=True)
def eli(context: Any, version: Version) -> dict[str, Any] | None:
    """The European Legislation Identifier's facts of a public text (RDFa); None elsewhere."""
    root = _where_public(context) if version.is_published else ""
    if not root:
        return None
    return linked_data.eli_facts(version, root)


# --- Citations --------------------------------------------------------------------------------------------------------


@register.filter
def lasting_address(version: Version) -> str:
    """Returns the permanent address of a text, in the reader's language."""
    return reader_address(pinned_version(version))


@register.simple_tag(takes_context=True)
def reference_of(context: Any, thing: Any) -> Reference:
    """Returns the citation of a version, clause, comparison, annotation or topic."""
    root = site_root(context["request"])
    if isinstance(thing, Version):
        return version_reference(thing, root)
    if isinstance(thing, Clause):
        return clause_reference(thing, root)
    if isinstance(thing, Comparison):
        return _comparison_reference(thing, root)
    if isinstance(thing, Annotation):
        return _annotation_reference(thing, root)
    assert isinstance(thing, Topic)
    address = root + plain_address("topic", thing.slug)
    return make_reference([str(thing)], f"topic/{thing.slug}", address, title=str(thing), author=settings.SITE_NAME)


def _comparison_reference(comparison: Comparison, root: str) -> Reference:
    old, new = comparison.old, comparison.new
    title = _("%(old)s against %(new)s") % {"old": old.name, "new": new.name}
    rules = _("compared by rules %(engine)s, edition %(edition)s") % {
        "engine": digits(comparison.engine),
        "edition": digits(comparison.edition),
    }
    return make_reference(
        [title, rules],
        f"{old.address}/{new.address}",
        root + pinned_comparison(comparison),
        date=f"{comparison.public_day:%Y-%m-%d}" if comparison.finished_at else "",
        iris=(old.frbr_uri, new.frbr_uri),
        title=title,
        author=settings.SITE_NAME,
        note=f"{rules}; SHA-256: {old.text_hash}, {new.text_hash}",
    )


def _annotation_reference(note: Annotation, root: str) -> Reference:
    note.clause.version = note.version
    who = ", ".join(filter(None, [str(note.organisation), note.person_credited]))
    title = _("Note on %(title)s, %(clause)s") % {"title": note.version.name, "clause": cite(note.clause)}
    return make_reference(
        [f"{who}: {title}", note.restating],
        f"annotation/{note.slug}",
        root + plain_address("annotation", note.slug),
        date=f"{note.public_day:%Y-%m-%d}" if note.published_at else "",
        iris=(clause_iri(note.clause),),
        title=title,
        author=who,
        note=", ".join(filter(None, [note.restating, note.source_title, note.source_url])),
    )
