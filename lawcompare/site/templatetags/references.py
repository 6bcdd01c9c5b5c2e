"""``{% reference_of thing as reference %}``: the citation of what a page shows."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.exports.documents import pinned_comparison
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.models import Topic
from lawcompare.languages import digits
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.citing.permalinks import (
    Reference,
    clause_iri,
    clause_reference,
    make_reference,
    pinned_version,
    plain_address,
    site_root,
    version_reference,
)
from lawcompare.laws.models import Clause, Version

register = template.Library()
register.filter("lasting_address", pinned_version)


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
