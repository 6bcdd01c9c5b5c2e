"""How lawyers cite a clause, the clause that a citation names (``28(3)``), what laws and texts are called, permanent
addresses, and citations of a page.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from lawcompare.engine.structure.numbering import SUFFIX_IN_BRACKETS, clean, from_khmer, spaced_suffixes
from lawcompare.languages import digits, reader_address, reader_language
from lawcompare.laws.formatting import format_date, heading_in_name, number_in_reader_language, place_in_words
from lawcompare.laws.models import Clause, Law, LawKind, Version

# "Article", "Art." or "§" before the number.
_WORD = re.compile(r"^(?:[^\W\d]+\.?|§+|[\u1780-\u17d3]+)[\s\u00a0\u202f]+|^§+")
_PART = re.compile(r"\(([^()]+)\)")
# "(new)" and "(ស្ទួន ១)" belong to the number of an article; "(3)" is a part of it.
_CITED = re.compile(
    rf"(?P<number>(?=[^()]*\d)[^()]*+(?:{SUFFIX_IN_BRACKETS})?)(?:\s?{_PART.pattern})*\.?", re.IGNORECASE
)
# "§§ 221, 222. Repealed" is found by the first.
_SEVERAL = re.compile(r"(?<!\d)(\d\w*)\s*+(?:,|[-–]|to\b|and\b)")
_LONGEST = 250  # letters of what is looked up, as an eId has at most


# The unit of a citation by the AKN name of its element in an address.
_UNITS = {"art": gettext_lazy("Article %(number)s"), "sec": "§ %(number)s", "rule": gettext_lazy("Rule %(number)s")}

# Words that open or close a list have no number of their own and are cited as what they belong to.
_WITHOUT_NUMBER = re.compile(r"(?:__(?:intro|wrapup)_(?:(?!__)\w)++)++$")


def cite(clause: Clause) -> str:
    """Returns how a clause is cited by itself, in the reader's language: a part of an article with its article.

    ``chp_47__sec_1030__subsec_a__para_2`` is ``§ 1030(a)(2)``; an article is named with its heading.
    """
    unit, parts = _format_address(clause.eid)
    if not unit or not parts:
        return ". ".join(filter(None, [number_of(clause), heading_in_name(clause.heading)])) or place_in_words(
            clause.eid
        )
    return unit + parts


def number_of(clause: Clause) -> str:
    """Returns the number of a clause in the reader's language, without a point at the end; empty where it has none."""
    return number_in_reader_language(clause.num).rstrip(".")


def cite_address(eid: str) -> str:
    """Returns how a clause is cited, from its eId alone and so without a heading.

    >>> cite_address("sec_2703__subsec_d"), cite_address("sec_2512__para_1__wrapup_1"), cite_address("art_49bis1")
    ('§ 2703(d)', '§ 2512(1)', 'Article 49 bis 1')
    """
    return "".join(_format_address(eid)) or eid


def read_address(eid: str) -> tuple[str, str, tuple[str, ...]]:
    """Returns the AKN name of the article's element in an eId, the article's number, and the numbers of the parts
    inside.

    All are empty outside any article, and where the article has no number.

    >>> read_address("chp_121__sec_2703__subsec_d")
    ('sec', '2703', ('d',))
    """
    steps = [step.partition("_") for step in eid.split("__")]
    places = [place for place, (name, _mark, _number) in enumerate(steps) if name in _UNITS]
    if not places or steps[places[-1]][2].startswith("nn_"):
        return "", "", ()
    name, _mark, number = steps[places[-1]]
    return name, number, tuple(part for _name, _mark, part in steps[places[-1] + 1 :])


def read_cited_address(eid: str) -> tuple[str, str, tuple[str, ...]]:
    """The same of what is cited for a clause: of the words that close a list, the address of the list.

    >>> read_cited_address("chp_119__sec_2512__para_1__wrapup_1")
    ('sec', '2512', ('1',))
    """
    return read_address(_WITHOUT_NUMBER.sub("", eid))


def _format_address(eid: str) -> tuple[str, str]:
    """Returns the article in the reader's language and the parts in brackets; both empty outside any article.

    Sections keep the digits of the code that they stand in.
    """
    name, number, parts = read_cited_address(eid)
    if not name:
        return "", ""
    written = str if name == "sec" else digits
    number = spaced_suffixes(number, khmer=reader_language().code == "km")
    return str(_UNITS[name]) % {"number": written(number)}, "".join(f"({written(part)})" for part in parts)


def _key(number: str) -> str:
    """Returns a number in the form by which it is looked up, whatever word and digits it is printed with.

    >>> _key("Article 3 bis"), _key("មាត្រា ២ (ថ្មី)"), _key("§ 18.2-152.3")
    ('3bis', '2new', '18-2-152-3')
    """
    return clean(_WORD.sub("", from_khmer(number).strip()))


class CitationError(LookupError):
    """No clause, or more than one, has the number cited."""


class Citations:
    """The numbers of one version, read once. The number of a part is looked up inside its article or section."""

    def __init__(self, version: Version) -> None:
        self.version = version

    @cached_property
    def _clauses(self) -> list[Clause]:
        return list(self.version.clauses.order_by("position").defer("note", "text"))

    @cached_property
    def _by_eid(self) -> dict[str, Clause]:
        return {clause.eid: clause for clause in self._clauses}

    @cached_property
    def _by_number(self) -> dict[str, Clause]:
        units = [clause for clause in self._clauses if clause.element in {"article", "section"}]
        clauses = {_key(clause.num): clause for clause in reversed(units)}
        for clause in units:
            if several := _SEVERAL.search(from_khmer(clause.num)):
                clauses.setdefault(several[1], clause)
        return clauses

    @cached_property
    def _by_ending(self) -> dict[str, list[Clause]]:
        """By the last step of the eId."""
        found: dict[str, list[Clause]] = {}
        for clause in self._clauses:
            found.setdefault(clause.eid.rpartition("__")[2], []).append(clause)
        return found

    @cached_property
    def _parts(self) -> dict[tuple[int | None, str], Clause]:
        inside = (clause for clause in reversed(self._clauses) if clause.parent_id)
        return {(clause.parent_id, re.sub(r"[^\w-]", "", from_khmer(clause.num))): clause for clause in inside}

    def find(self, cited: str) -> Clause:
        """Returns the clause cited: by its eId, or by its number in any digits, with or without the word before it.

        Raises ``CitationError``, which names the citation and the version.
        """
        cited = str(cited).strip()
        if cited in self._by_eid:
            return self._by_eid[cited]
        alike = self._by_ending.get(cited.rpartition("__")[2], ())
        ending = list(islice((one for one in alike if one.eid.endswith(f"__{cited}")), 2))
        if len(ending) == 1:
            return ending[0]
        match = _CITED.fullmatch(from_khmer(cited)) if len(cited) <= _LONGEST else None
        clause = self._by_number.get(_key(match["number"])) if match else None
        for part in _PART.findall(match[0][match.end("number") :]) if match else []:
            clause = self._parts.get((clause.pk, part)) if clause else None
        if clause is None:
            raise CitationError(f"{self.version.address} has no clause {cited[:_LONGEST]}")
        return clause


# --- A clause named together with its law, for sentences that speak of two laws ---------------------------------------


_US_TITLE = re.compile(r"us-code-(\d+)")


def us_title(law: Law) -> str:
    """Returns ``18 U.S.C.`` for a title of the United States Code, and nothing for other laws."""
    match = _US_TITLE.fullmatch(law.slug)
    return f"{match[1]} U.S.C." if match else ""


def cite_in_law(version: Version, clause: Clause) -> str:
    """Returns a clause named with its law: ``Draft of 2012, Article 17``; ``18 U.S.C. 2703(f)``."""
    name, number, parts = read_cited_address(clause.eid)
    if (title := us_title(version.law)) and name and not version.unchecked_of:
        return f"{title} {number}{''.join(f'({part})' for part in parts)}"
    return f"{name_in_short(version)}, {short_name(clause)}"


def name_in_short(version: Version) -> str:
    """Returns how a text is called beside a clause of it: its short title, ``Draft of 2012``, or its law's title; with
    who brought it, until staff confirmed it.
    """
    if version.short_title or version.unchecked_of:
        return version.short_name
    law = version.law
    if law.kind == LawKind.DRAFT and version.date:
        return _("Draft of %(date)s") % {"date": format_date(version.date)}
    return us_title(law) or version.law_name


def names_in_short(old: Version, new: Version) -> tuple[str, str]:
    """Returns how two texts are called beside clauses of them: in short, at more length where both have one name.

    Drafts of two laws are called by the titles of their laws: a date says nothing of which law it is a draft.
    """
    in_short, titles = (name_in_short(old), name_in_short(new)), (old.law_name, new.law_name)
    are_drafts = old.law_id != new.law_id and old.law.kind == new.law.kind == LawKind.DRAFT
    are_drafts = are_drafts and not (old.unchecked_of or new.unchecked_of)  # which its title would not say
    for names in (titles, in_short) if are_drafts else (in_short, titles):
        if names[0] != names[1]:
            return names
    return old.name, new.name


def short_name(clause: Clause) -> str:
    """Returns how a clause is called by itself: ``Article 28``, ``§ 1030(a)(2)``; by its heading without a number."""
    return cite(Clause(eid=clause.eid, num=clause.num, heading="" if clause.num else clause.heading))


# --- Permanent addresses: a page's address with the hash of the text on it --------------------------------------------

# A published text is never edited, so the address alone is lasting; the hash makes it checkable. Where the text at an
# address has another hash, ``check_pin`` refuses the page instead of showing other words.


HASH_LENGTH = 12


def plain_address(name: str, *args: Any) -> str:
    """Returns the path of a page in the default language, as a citation names it."""
    with override(settings.LANGUAGE_CODE):
        return reverse(name, args=args)


def pin(version: Version) -> str:
    """Returns the first digits of the text's hash, as they stand in an address."""
    return version.text_hash[:HASH_LENGTH]


def pinned_version(version: Version) -> str:
    return f"{plain_address('version', version.law.slug, version.slug)}?text={pin(version)}"


def pinned_clause(clause: Clause) -> str:
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
    """Returns the citation of a page, with its address in the reader's language.

    ``words`` are joined to the plain form; ``fields`` are those of BibTeX. ``date`` is YYYY, YYYY-MM or YYYY-MM-DD.
    """
    parts = urlsplit(address)
    address = urlunsplit(parts._replace(path=reader_address(parts.path)))
    day = format_date(date)
    opening = words[0] if not day or day in words[0] else f"{words[0]} ({day})"
    cited = {"words": ", ".join([opening, *filter(None, words[1:])]), "site": settings.SITE_NAME, "address": address}
    return Reference(
        _("%(words)s. %(site)s. %(address)s") % cited, as_bibtex(key, address, date, **fields), address, iris
    )


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
