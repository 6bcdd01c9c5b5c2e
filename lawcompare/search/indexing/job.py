"""A worker's way with the index: the clauses of a version, written anew as often as it is asked."""

from __future__ import annotations

from lawcompare.laws.models import Version
from lawcompare.search.indexing.entries import index_clauses


def run_indexing(version_id: int) -> None:
    version = Version.objects.select_related("law").filter(pk=version_id).first()
    if version is not None:
        index_clauses(version)
