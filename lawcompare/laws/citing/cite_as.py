"""Citations of a page: as a sentence, as BibTeX, and by Akoma Ntoso address."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.citing.permalinks import pinned_clause, pinned_version
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Version

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
