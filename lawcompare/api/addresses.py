"""How the API refers to versions, clauses and pages."""

from typing import Any

from django.http import HttpRequest

from lawcompare.laws.citing.permalinks import plain_address, site_root
from lawcompare.laws.models import Clause, Version


def text_ref(request: HttpRequest, version: Version) -> dict[str, Any]:
    """Returns the reference to a version, whose law must be loaded."""
    return {
        "law": version.law.slug,
        "version": version.slug,
        "title": version.title,
        "language": version.language,
        "date": version.date,
        "text_status": version.text_status,
        "is_partial": version.is_partial,
        "url": page_url(request, "version", version.law.slug, version.slug),
    }


def clause_ref(request: HttpRequest, clause: Clause) -> dict[str, str]:
    """Returns the reference to a clause, whose version and law must be loaded."""
    version = clause.version
    return {
        "law": version.law.slug,
        "version": version.slug,
        "eid": clause.eid,
        "url": page_url(request, "clause", version.law.slug, version.slug, clause.eid),
    }


def page_url(request: HttpRequest, name: str, *args: Any) -> str:
    """Returns the absolute address of a page in the default language."""
    return site_root(request) + plain_address(name, *args)
