"""What a page is in the words of schema.org, for search engines and other readers of linked data. Rows → data.

A law is ``Legislation`` and so is each of its texts (an example of the work). A text here is never the official
publication, so its legal value is always ``UnofficialLegalValue``; whether a law is in force is said of drafts alone,
which are not. What a text is (restated, leaked, translated) stands in words. Nothing is said that is not on the page.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.core.standard_names import country_in_three_letters, language_in_three_letters
from lawcompare.core.translations.texts import localised
from lawcompare.crosswalk.models import Topic
from lawcompare.languages import LANGUAGES
from lawcompare.laws import access
from lawcompare.laws.citing import cite, plain_address
from lawcompare.laws.models import Clause, Jurisdiction, Law, LawKind, Version

Data = dict[str, Any]
# The forms of a text and of a comparison, by the name of their address, with their media type.
VERSION_FORMS = {
    "version_json": "application/json",
    "version_akn": "application/akn+xml",
    "version_markdown": "text/markdown",
    "version_text": "text/plain",
}
COMPARISON_FORMS = {
    "comparison_json": "application/json",
    "comparison_docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "comparison_pdf": "application/pdf",
}
NOTES_FORMS = {
    "annotations_jsonld": "application/ld+json",
    "annotations_csv": "text/csv",
    "annotations_xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "annotations_feed": "application/atom+xml",
}
MATRIX_FORMS = {
    "matrix_csv": "text/csv",
    "matrix_xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "values_csv": "text/csv",
}
API_FORMS = {"openapi": "application/vnd.oai.openapi+json"}


def graph(*nodes: Data) -> Data:
    """Returns nodes as one document, without what is empty."""
    full = [{name: value for name, value in node.items() if value not in ("", None, [], {})} for node in nodes if node]
    return {"@context": "https://schema.org", "@graph": full}


def breadcrumbs(root: str, steps: Sequence[tuple[str, str]]) -> Data:
    """Returns the way to a page from the first one: (name, path) of each step, the page itself being the last."""
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": root + path}
        for position, (name, path) in enumerate(steps, start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def law_reference(law: Law, name: str, root: str) -> Data:
    """Returns what names a law: the same node on every page that speaks of it."""
    return {
        "@type": "Legislation",
        "@id": root + plain_address("law", law.slug) + "#law",
        "name": name,
        "url": root + law.get_absolute_url(),
        "legislationIdentifier": law.frbr_uri,
    }


def version_reference(version: Version, root: str) -> Data:
    return {
        "@type": "Legislation",
        "@id": _version_id(version, root),
        "name": version.name,
        "url": root + version.get_absolute_url(),
        "legislationIdentifier": version.frbr_uri,
    }


def _version_id(version: Version, root: str) -> str:
    return root + plain_address("version", version.law.slug, version.slug) + "#text"


def law_facts(law: Law) -> Data:
    """Returns what is said of a law and of each of its texts."""
    place = "AdministrativeArea" if law.jurisdiction == Jurisdiction.INTERNATIONAL else "Country"
    is_draft = law.kind == LawKind.DRAFT
    return {
        "legislationType": str(law.get_kind_display()),
        "legislationJurisdiction": {"@type": place, "name": str(law.get_jurisdiction_display())},
        "legislationLegalForce": "https://schema.org/NotInForce" if is_draft else "",
    }


def law_data(law: Law, versions: Sequence[Version], root: str) -> Data:
    """Returns a law with its texts and the way to it."""
    unread = access.unread_of_law(law, versions)
    proposal = access.proposed_by(unread, access.TITLE)
    titled = access.titled(law.name, proposal)
    node = law_reference(law, titled, root) | law_facts(law)
    node |= {
        "alternateName": "" if proposal else law.other_name,
        "description": "" if access.proposed_by(unread, access.ABOUT) else localised(law.description),
        "legislationDate": law.date,
        "workExample": [version_reference(version, root) for version in versions],
    }
    steps = [(_("Laws"), reverse("library")), (titled, law.get_absolute_url())]
    return graph(node, breadcrumbs(root, steps))


def version_facts(version: Version) -> Data:
    """Returns what is said of a text, and of each clause of it."""
    caution = _(
        "A restatement of what is known of the law; not its text. What is missing here may still be in the law."
    )
    return {
        "inLanguage": version.language,
        "legislationDate": version.date,
        "legislationLegalValue": "https://schema.org/UnofficialLegalValue",
        "creativeWorkStatus": str(version.get_text_status_display()),
        "disambiguatingDescription": caution if version.is_partial else "",
        "isBasedOn": version.source_url,
    }


def version_data(version: Version, root: str, translates: Version | None) -> Data:
    """Returns a text, the law it is of, its forms and the way to it."""
    law = version.law
    names = (law.slug, version.slug)
    node = version_reference(version, root) | law_facts(law) | version_facts(version)
    node |= {
        "exampleOfWork": law_reference(law, access.title_of_law(version), root),
        "datePublished": version.became_public_on,
        "translationOfWork": version_reference(translates, root) if translates else None,
        "identifier": f"sha256:{version.text_hash}",
        "encoding": downloads(VERSION_FORMS, names, root),
        "publisher": publisher(root),
    }
    return graph(node, breadcrumbs(root, _steps_to(version)))


def clause_data(clause: Clause, above: Sequence[Clause], root: str) -> Data:
    """Returns a clause as a part of its text, and the way to it."""
    version = clause.version
    path = plain_address("clause", version.law.slug, version.slug, clause.eid)
    name = f"{cite(clause)}, {version.name}"
    node: Data = {"@type": "Legislation", "@id": f"{root}{path}#text", "name": name}
    node |= {"url": root + clause.get_absolute_url(), "legislationIdentifier": f"{version.frbr_uri}/!main~{clause.eid}"}
    node |= law_facts(version.law) | version_facts(version)
    if clause.text_status:
        node["creativeWorkStatus"] = str(clause.get_text_status_display())
    node["isBasedOn"] = clause.source_url or version.source_url
    node["isPartOf"] = version_reference(version, root)
    way = [
        (cite(step), reverse("clause", args=[version.law.slug, version.slug, step.eid])) for step in [*above, clause]
    ]
    return graph(node, breadcrumbs(root, [*_steps_to(version), *way]))


def _steps_to(version: Version) -> list[tuple[str, str]]:
    law = version.law
    return [
        (_("Laws"), reverse("library")),
        (access.title_of_law(version), law.get_absolute_url()),
        (version.name, version.get_absolute_url()),
    ]


def comparison_data(old: Version, new: Version, path: str, root: str, *, has_files: bool) -> Data:
    """Returns the comparison of two texts; ``has_files``: whether it can be had as files too."""
    names = (old.law.slug, old.slug, new.law.slug, new.slug)
    name = f"{old.name} – {new.name}"
    node = {
        "@type": ["CreativeWork", "WebPage"],
        "@id": root + plain_address("comparison", *names),
        "name": name,
        "url": root + path,
        "inLanguage": get_language(),
        "about": [version_reference(version, root) for version in (old, new)],
        "encoding": downloads(COMPARISON_FORMS if has_files else {}, names, root),
        "publisher": publisher(root),
    }
    return graph(node, breadcrumbs(root, [(_("Compare"), reverse("compare")), (name, path)]))


def note_data(note: Annotation, root: str) -> Data:
    """Returns a published note as a comment of its organisation on a clause."""
    clause, version = note.clause, note.version
    name = f"{cite(clause)}, {version.name}: {note.voice}"
    path = plain_address("clause", version.law.slug, version.slug, clause.eid)
    about = {"@type": "Legislation", "@id": f"{root}{path}#text", "name": f"{cite(clause)}, {version.name}"}
    node = {
        "@type": "Comment",
        "@id": root + plain_address("annotation", note.slug),
        "name": name,
        "url": root + note.get_absolute_url(),
        "text": localised(note.body),
        "inLanguage": get_language(),
        "author": {"@type": "Organization", "name": str(note.organisation)},
        "datePublished": f"{note.public_day:%Y-%m-%d}" if note.published_at else "",
        "dateModified": f"{note.changed_day:%Y-%m-%d}",
        "about": about | {"isPartOf": version_reference(version, root)},
        "isBasedOn": note.source_url,
        "keywords": note.kinds,
        "encoding": downloads({"annotation_jsonld": "application/ld+json"}, (note.slug,), root),
        "license": settings.CONTENT_LICENCE,
    }
    return graph(node, breadcrumbs(root, [(_("Annotations"), reverse("annotations")), (name, note.get_absolute_url())]))


def topic_data(topic: Topic, root: str) -> Data:
    """Returns a topic as a term of the set that the matrix shows."""
    node = {
        "@type": "DefinedTerm",
        "@id": root + plain_address("topic", topic.slug),
        "name": str(topic),
        "description": topic.text,
        "url": root + topic.get_absolute_url(),
        "inDefinedTermSet": root + plain_address("topics"),
    }
    return graph(node, breadcrumbs(root, [(_("Topics"), reverse("topics")), (str(topic), topic.get_absolute_url())]))


def dataset_data(page: str, root: str) -> Data:
    """Returns what can be taken from a page as files: the notes, the matrix of topics, or everything by the API."""
    notes = _(
        "Every published note on drafts of Cambodia’s cybercrime law and on other laws, with who wrote it, what it "
        "restates, the words it is on, its risk and the standards it relies on."
    )
    matrix = _(
        "Which provision each draft, United States law, the Budapest Convention and Cambodian law have under each "
        "topic, and how they stand to each other, with the values read from them."
    )
    everything = _(
        "All public laws, texts, clauses, comparisons, correspondences and notes of this site as JSON, without a key "
        "and from any site."
    )
    known = {
        "annotations": (_("Annotations"), notes, NOTES_FORMS),
        "topics": (_("Topics"), matrix, MATRIX_FORMS),
        "api": (_("For programs"), everything, API_FORMS),
    }
    name, description, forms = known[page]
    node = {
        "@type": "Dataset",
        "@id": f"{root}{plain_address(page)}#data",
        "name": f"{settings.SITE_NAME}: {name}",
        "description": description,
        "url": root + reverse(page),
        "inLanguage": [language.code for language in LANGUAGES],
        "isAccessibleForFree": True,
        "license": settings.CONTENT_LICENCE,
        "creator": publisher(root),
        "distribution": [row | {"@type": "DataDownload"} for row in downloads(forms, (), root)],
    }
    return graph(node, breadcrumbs(root, [(name, reverse(page))]))


def site_data(root: str) -> Data:
    home = root + reverse("home")
    find = {"@type": "EntryPoint", "urlTemplate": f"{root}{reverse('search')}?q={{search_term_string}}"}
    node = {
        "@type": "WebSite",
        "@id": f"{root}/#site",
        "name": settings.SITE_NAME,
        "url": home,
        "inLanguage": [language.code for language in LANGUAGES],
        "potentialAction": {
            "@type": "SearchAction",
            "target": find,
            "query-input": "required name=search_term_string",
        },
    }
    return graph(node, publisher(root) | {"logo": f"{root}/apple-touch-icon.png"})


def publisher(root: str) -> Data:
    return {"@type": "Organization", "@id": f"{root}/#publisher", "name": settings.SITE_NAME, "url": f"{root}/"}


def page_data(name: str, path: str, root: str) -> Data:
    """Returns the way to a page of which nothing more is to be said."""
    return graph(breadcrumbs(root, [(name, path)]))


def downloads(forms: dict[str, str], names: Sequence[str], root: str) -> list[Data]:
    """Returns the forms of a page as files, by the names of their addresses."""
    return [
        {"@type": "MediaObject", "contentUrl": root + plain_address(form, *names), "encodingFormat": media}
        for form, media in forms.items()
    ]


# --- European Legislation Identifier ----------------------------------------------------------------------------------

AUTHORITY = "http://publications.europa.eu/resource/authority"


def eli_facts(version: Version, root: str) -> Data:
    """Returns a text as an ELI ``LegalExpression`` and its law as the ``LegalResource`` that it realises."""
    law = version.law
    country = country_in_three_letters(law.jurisdiction)
    names = (law.slug, version.slug)
    return {
        "text": _version_id(version, root),
        "law": root + plain_address("law", law.slug) + "#law",
        "law_title": access.title_of_law(version),
        "law_id": law.frbr_uri,
        "country": f"{AUTHORITY}/country/{country}" if country else "",
        "is_draft": law.kind == LawKind.DRAFT,
        "language": f"{AUTHORITY}/language/{language_in_three_letters(version.language).upper()}",
        "forms": [
            (root + plain_address(form, *names), f"https://www.iana.org/assignments/media-types/{media}")
            for form, media in VERSION_FORMS.items()
        ],
    }
