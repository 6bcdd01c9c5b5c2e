"""A text and a clause of it as data, for their ``.json`` addresses and the API."""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from lawcompare.laws import access
from lawcompare.laws.models import Clause, Version


def version_data(version: Version) -> dict[str, Any]:
    """Returns the metadata of a version for JSON."""
    visitor = AnonymousUser()
    original, corrected = access.name_to(visitor, version.translates), access.name_to(visitor, version.corrects)
    return {
        "law": version.law.slug,
        "version": version.slug,
        "title": version.title,
        "language": version.language,
        "date": version.date,
        "text_status": version.text_status,
        "is_partial": version.is_partial,
        "source_url": version.source_url,
        "became_public": version.became_public,
        "became_public_on": version.became_public_on,
        "pages_total": version.pages_total,
        "pages_proofread": version.pages_proofread,
        "note": version.note,
        "translates": original.address if original else "",
        "proposed_by": "" if version.stands else str(version.brought_by),
        "corrects": corrected.address if corrected else "",
        "corrected_by": [later.address for later in access.corrections_of(visitor, version)],
        "text_hash": version.text_hash,
        "frbr_uri": version.frbr_uri,
        "url": version.get_absolute_url(),
    }


def clause_data(clause: Clause) -> dict[str, Any]:
    """Returns a clause as ``python -m lawcompare.engine read`` prints it, with its own provenance where it has any."""
    names = ("eid", "element", "num", "heading", "text", "depth")
    data: dict[str, Any] = {name: getattr(clause, name) for name in names}
    data["parent"] = clause.parent.eid if clause.parent else None
    for name in ("text_status", "source_url", "note", "identifier"):
        if getattr(clause, name):
            data[name] = getattr(clause, name)
    for name in ("obtained", "confidence", "is_corrected"):
        if getattr(clause, name) is not None:
            data[name] = getattr(clause, name)
    return data
