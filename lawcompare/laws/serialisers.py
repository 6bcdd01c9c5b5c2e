"""Laws, their events, texts and clauses as data, for the ``.json`` addresses and the API."""

from collections.abc import Sequence
from typing import Any

from lawcompare.accounts.models import VISITOR
from lawcompare.languages import in_every_language
from lawcompare.laws import access
from lawcompare.laws.amendments.access import amendment_data
from lawcompare.laws.citing import plain_address
from lawcompare.laws.models import Clause, Event, Law, PlainWords, Version, WantedText
from lawcompare.laws.translations.services import families
from lawcompare.laws.wanted import later_known


def version_data(version: Version) -> dict[str, Any]:
    original, corrected = access.name_to(VISITOR, version.translates), access.name_to(VISITOR, version.corrects)
    return {
        "law": version.law.slug,
        "version": version.slug,
        "title": version.title,
        "short_title": version.short_title,
        "language": version.language,
        "date": version.date,
        "text_status": version.text_status,
        "is_partial": version.is_partial,
        "source_url": version.source_url,
        "became_public": version.became_public,
        "became_public_on": version.became_public_on,
        "pages_total": version.pages_total,
        "pages_proofread": version.pages_proofread,
        "warnings_open": version.warnings_open,
        "note": version.note,
        "translates": original.address if original else "",
        "proposed_by": str(version.unchecked_of or ""),
        "corrects": corrected.address if corrected else "",
        "corrected_by": [later.address for later in access.corrections_of(VISITOR, version)],
        **amendment_data(version),
        "later": [text.get_absolute_url() for text in later_known(version)],
        "text_hash": version.text_hash,
        "frbr_uri": version.frbr_uri,
        "url": version.get_absolute_url(),
    }


def clause_data(clause: Any, parent: str | None, plain: PlainWords | None = None) -> dict[str, Any]:
    """Returns a clause, or its named values, as ``python -m lawcompare.engine read`` prints it, with the eId of its
    ``parent``, its own provenance where it has any, and what it says in plain words where that is told.
    """
    names = ("eid", "element", "num", "heading", "text", "depth")
    data: dict[str, Any] = {name: getattr(clause, name) for name in names}
    data["parent"] = parent
    for name in ("text_status", "source_url", "note", "identifier"):
        if getattr(clause, name):
            data[name] = getattr(clause, name)
    for name in ("obtained", "confidence", "is_corrected"):
        if getattr(clause, name) is not None:
            data[name] = getattr(clause, name)
    if plain and in_every_language(plain, "text"):
        told = {name: getattr(plain, name) for name in ("text", "text_km", "proposed_by")}
        data["plain_words"] = told | {"by": plain.organisation.slug}
    return data


# --- For the API, which names each page by its whole address: ``root`` is scheme and host of the site -----------------


def version_reference_data(version: Version, root: str) -> dict[str, Any]:
    """Returns by what a version is named where something is said of it; its law must be loaded."""
    names = ("title", "language", "date", "text_status", "is_partial")
    return {name: getattr(version, name) for name in names} | {
        "law": version.law.slug,
        "version": version.slug,
        "proposed_by": str(version.unchecked_of or ""),
        "url": root + plain_address("version", version.law.slug, version.slug),
    }


def clause_reference_data(clause: Clause, root: str) -> dict[str, str]:
    """Returns by what a clause is named where something is said of it; its version and law must be loaded."""
    version = clause.version
    return {
        "law": version.law.slug,
        "version": version.slug,
        "eid": clause.eid,
        "url": root + plain_address("clause", version.law.slug, version.slug, clause.eid),
    }


def law_data(law: Law, texts: Sequence[Version], root: str) -> dict[str, Any]:
    """Returns a law with those of its texts that the reader may see, translations apart."""
    names = ("slug", "title", "title_km", "jurisdiction", "kind", "frbr_uri")
    originals: list[Any] = families(texts)
    translations = [each for original in originals for each in original.standing_translations]
    # A proposed description needs its proposer's name beside it, for which this export has no field.
    is_proposed = access.proposal_of_law(law, texts, access.ABOUT)
    return {name: getattr(law, name) for name in names} | {
        "description": "" if is_proposed else law.description,
        "proposed_by": access.proposal_of_law(law, texts, access.TITLE),
        "url": root + plain_address("law", law.slug),
        "versions": [version_reference_data(version, root) for version in originals],
        "renderings": [version_reference_data(version, root) for version in translations],
        "wanted": [wanted_data(text) for text in law.wanted.all()],
    }


def wanted_data(text: WantedText) -> dict[str, Any]:
    """Returns a text that is known to exist and was not seen here."""
    names = ("title", "title_km", "date", "known_since", "body", "body_km", "sources")
    return {"id": text.slug} | {name: getattr(text, name) for name in names}


def event_data(event: Event, root: str) -> dict[str, Any]:
    """Returns an event of the time line with the versions that ``visible_events`` let its reader see."""
    names = ("date", "date_is_inferred", "kind", "title", "title_km", "body", "body_km", "sources")
    return {name: getattr(event, name) for name in names} | {
        "id": event.slug,
        "organisation": event.organisation.slug if event.organisation else "",
        "proposed_by": event.proposed_by,
        "versions": [version_reference_data(version, root) for version in event.shown],  # type: ignore[attr-defined]
    }
