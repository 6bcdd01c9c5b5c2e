"""Downloads of a version: Akoma Ntoso, Markdown, plain text."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.translation import override

from lawcompare.engine.writing import akn, markdown, text
from lawcompare.languages import columns_of
from lawcompare.laws import access
from lawcompare.laws.citing.permalinks import site_root
from lawcompare.laws.documents import whole_document
from lawcompare.laws.models import TextStatus, Version
from lawcompare.page_cache.public import public

AKN = "application/akn+xml"
MARKDOWN = "text/markdown; charset=utf-8"
TEXT = "text/plain; charset=utf-8"


@public()
def version_akn(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """A version as Akoma Ntoso XML."""
    text_version = access.get_version(request.user, law, version)
    written = akn.write(
        whole_document(text_version),
        frbr_uri=text_version.law.frbr_uri,
        date=text_version.date_in_address,
        author=settings.SITE_NAME,
        is_official=text_version.text_status == TextStatus.OFFICIAL,
        provenance=_provenance(text_version, site_root(request)),
    )
    return _as_file(written, AKN, text_version, "akn.xml")


@public()
def version_markdown(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """A version as Markdown that can be imported again."""
    text_version = access.get_version(request.user, law, version)
    return _as_file(
        markdown.write(whole_document(text_version), front_matter(text_version)), MARKDOWN, text_version, "md"
    )


@public()
def version_text(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """A version as plain text, below its title, status, date and source."""
    text_version = access.get_version(request.user, law, version)
    lines = [
        text_version.title,
        str(text_version.get_text_status_display()),
        text_version.date,
        text_version.became_public,
        text_version.source_url,
        text_version.frbr_uri,
        text_version.note,
        pages_read(text_version),
        _superseded(text_version, site_root(request)),
    ]
    head = "\n".join(filter(None, lines))
    return _as_file(f"{head}\n\n{text.write(whole_document(text_version))}", TEXT, text_version, "txt")


def _superseded(version: Version, root: str) -> str:
    """That the text was corrected, and where the newer ones are; empty where it was not. For visitors, in English."""
    addresses = [root + later.get_absolute_url() for later in access.corrections_of(AnonymousUser(), version)]
    return f"This text was corrected: {', '.join(addresses)}" if addresses else ""


def _provenance(version: Version, root: str) -> dict[str, str]:
    """What the words are and where they come from, in English, as other programs' readers will see it."""
    with override("en"):
        status = str(version.get_text_status_display())
    return {
        "text_status": version.text_status,
        "text_status_words": status,
        "source": version.source_url,
        "became_public": version.became_public,
        "note": version.note,
        "pages_read": pages_read(version),
        "corrected": _superseded(version, root),
    }


def pages_read(version: Version) -> str:
    """How many pages of a text recognised from pictures a person read, in English; empty for other texts."""
    total = version.pages_total
    return f"{version.pages_proofread or 0} of {total} pages read by a person" if total else ""


def _as_file(content: bytes | str, media_type: str, version: Version, suffix: str) -> HttpResponse:
    name = f"{version.law.slug}--{version.slug}.{suffix}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


def front_matter(version: Version) -> dict[str, Any]:
    """Returns the front matter of a version's Markdown, from which an import makes the same version of the same law."""
    law = version.law
    of_version = (
        "language", "date", "text_status", "became_public", "became_public_on", "source_url", "articles_total",
        "chapters_total", "pages_total", "pages_proofread", "note",
    )  # fmt: skip
    return {
        "law": law.slug,
        "version": version.slug,
        "title": version.title,
        "law_title": law.title,
        **{name: getattr(law, name) for name in columns_of("title")[1:]},
        "jurisdiction": law.jurisdiction,
        "kind": law.kind,
        "law_date": law.date,
        "organisation": law.organisation,
        **{name: getattr(version, name) for name in of_version},
    }
