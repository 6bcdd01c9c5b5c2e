"""Permanent addresses: a page's address with the hash of the text on it.

A published text is never edited, so the address alone is lasting; the hash makes it checkable. Where the text at an
address has another hash, ``check_pin`` refuses the page instead of showing other words.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version

HASH_LENGTH = 12


def plain_address(name: str, *args: Any) -> str:
    """Returns the path of a page in the default language, as a citation names it."""
    with override(settings.LANGUAGE_CODE):
        return reverse(name, args=args)


def pin(version: Version) -> str:
    """Returns the first digits of the text's hash, as they stand in an address."""
    return version.text_hash[:HASH_LENGTH]


def pinned_version(version: Version) -> str:
    """Returns the permanent address of a version."""
    return f"{plain_address('version', version.law.slug, version.slug)}?text={pin(version)}"


def pinned_clause(clause: Clause) -> str:
    """Returns the permanent address of a clause."""
    version = clause.version
    return f"{plain_address('clause', version.law.slug, version.slug, clause.eid)}?text={pin(version)}"


def site_root(request: HttpRequest) -> str:
    """Returns scheme and host of this site, without a slash at the end.

    ``SITE_URL`` says it, so that a page asked for at a second host is named as at the first. A mirror is made for the
    address that ``set_site_root`` gave. An embedded site has neither, and names pages as they were asked for.
    """
    given: str = getattr(request, "site_root", "") or settings.SITE_URL
    return given or request.build_absolute_uri("/")[:-1]


def set_site_root(request: HttpRequest, site: str) -> None:
    """Has the pages made for a request name ``site`` (``https://example.org``) as the address of this site."""
    request.site_root = site  # type: ignore[attr-defined]


def site_of_settings(address: str) -> str:
    """Returns scheme and host of this site for a command: ``address``, or the first allowed host.

    Raises ``ValueError`` with a sentence where there is neither.
    """
    scheme = "https" if settings.HTTPS else "http"
    host = next((host for host in settings.ALLOWED_HOSTS if "*" not in host and not host.startswith(".")), "")
    site = address.rstrip("/") or settings.SITE_URL or (f"{scheme}://{host}" if host else "")
    parts = urlsplit(site)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise ValueError("say the site's address with --site https://example.org")
    return site


def check_pin(asked: str | None, version: Version) -> None:
    """Raises ``Http404`` where ``asked``, the hash in an address, is not that of the text at this address."""
    if not asked or (len(asked) >= HASH_LENGTH and version.text_hash.startswith(asked.lower())):
        return
    of_hash = Version.objects.published().select_related("law").filter(text_hash__startswith=asked.lower()[:64])
    cited_version = of_hash.first() if len(asked) >= HASH_LENGTH else None
    if cited_version is not None:
        raise Http404(
            _("The text cited (%(hash)s) is not the one at this address. It is at %(address)s.")
            % {"hash": asked, "address": pinned_version(cited_version)}
        )
    raise Http404(
        _("The text cited (%(hash)s) is not the one at this address, whose hash begins with %(now)s.")
        % {"hash": asked[:64], "now": pin(version)}
    )


# --- Citations of a page: as a sentence, as BibTeX, and by Akoma Ntoso address ----------------------------------------


_SPECIAL = re.compile(r"([\\&%$#_{}~^])")
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


@dataclass(frozen=True)
class Reference:
    """A citation. ``address`` is lasting; ``iris`` are the Akoma Ntoso addresses of the texts it is about, if any."""

    plain: str
    bibtex: str
    address: str
    iris: tuple[str, ...] = ()


def make_reference(
    words: list[str], key: str, address: str, *, date: str = "", iris: tuple[str, ...] = (), **fields: str
) -> Reference:
    """Returns the citation of a page.

    ``words`` are joined to the plain form; ``fields`` are those of BibTeX. ``date`` is YYYY, YYYY-MM or YYYY-MM-DD.
    """
    opening = [*words[:1], *([f"({format_date(date)})"] if date else [])]
    plain = ", ".join([" ".join(opening), *filter(None, words[1:])]) + f". {settings.SITE_NAME}. {address}"
    return Reference(plain, as_bibtex(key, address, date, **fields), address, iris)


def as_bibtex(key: str, address: str, date: str, **fields: str) -> str:
    """Returns an entry that BibTeX and BibLaTeX read.

    >>> print(as_bibtex("a/b", "https://x.example/?t=1", "2020-08", title="A & B"))
    @misc{a-b,
      title = {{A \\& B}},
      year = {2020},
      month = {8},
      url = {https://x.example/?t=1}
    }
    """
    year, month = [*date.split("-"), ""][:2] if date else ("", "")
    values: dict[str, Any] = {name: f"{{{tex(words)}}}" for name, words in fields.items() if words}
    values |= {"year": year, "month": str(int(month)) if month else ""}
    lines = [f"  {name} = {{{words}}}" for name, words in (values | {"url": address}).items() if words]
    return "@misc{" + re.sub(r"[^\w-]+", "-", key) + ",\n" + ",\n".join(lines) + "\n}"


def tex(words: str) -> str:
    """Returns text with TeX's special characters escaped."""
    return _SPECIAL.sub(lambda match: _TEX.get(match[1], "\\" + match[1]), words)


def version_reference(version: Version, root: str) -> Reference:
    """Returns the citation of a version; ``root`` is scheme and host of the site."""
    return make_reference(
        [version.name, str(version.get_text_status_display())],
        version.address,
        root + pinned_version(version),
        date=version.date,
        iris=(version.frbr_uri,),
        title=version.title,
        note=_note(version),
    )


def clause_reference(clause: Clause, root: str) -> Reference:
    """Returns the citation of a clause; ``root`` is scheme and host of the site."""
    version = clause.version
    title = f"{version.title}, {cite(clause)}"
    return make_reference(
        [f"{version.name}, {cite(clause)}", str((clause if clause.text_status else version).get_text_status_display())],
        f"{version.address}/{clause.eid}",
        root + pinned_clause(clause),
        date=version.date,
        iris=(clause_iri(clause),),
        title=title,
        note=_note(version),
    )


def clause_iri(clause: Clause) -> str:
    """Returns the Akoma Ntoso address of a clause inside its expression (AKN-NC 1.0 §4.5)."""
    return f"{clause.version.frbr_uri}/~{clause.eid}"


def _note(version: Version) -> str:
    return _("%(status)s; SHA-256 of the text: %(hash)s") % {
        "status": version.get_text_status_display(),
        "hash": version.text_hash,
    }
