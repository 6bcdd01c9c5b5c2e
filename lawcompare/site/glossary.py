"""The glossary for readers: words of the law, each with a clause where it matters (``fixtures/glossary.yaml``)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import yaml
from django.conf import settings
from django.db.models import Q

from lawcompare.languages import DEFAULT, LANGUAGES, reader_language
from lawcompare.laws.models import Clause, Version

FILE = settings.BASE_DIR / "fixtures" / "glossary.yaml"
# No vowel or sign that belongs to the last letter of a Khmer name may follow it.
_KHMER_SIGN = r"(?![\u17b6-\u17d3])"


@dataclass(frozen=True)
class Term:
    """A word of the law in every language of the interface: code of the language -> words.

    ``names`` are the words by which it is called; ``address`` is ``law/version/eId`` of a clause in which it matters.
    """

    slug: str
    titles: dict[str, str]
    meanings: dict[str, str]
    reasons: dict[str, str]
    names: dict[str, list[str]]
    address: str

    @property
    def title(self) -> str:
        return self.titles[reader_language().code]

    @property
    def meaning(self) -> str:
        return self.meanings[reader_language().code]

    @property
    def matters(self) -> str:
        """Why it matters in the clause named beside it."""
        return self.reasons[reader_language().code]


@cache
def load_terms() -> tuple[Term, ...]:
    """Returns the terms in the order of the file. Raises ``KeyError`` where one lacks a part."""
    rows = yaml.safe_load(FILE.read_text("utf-8"))
    return tuple(
        Term(row["slug"], row["title"], row["meaning"], row["matters"], row["names"], row["clause"]) for row in rows
    )


def terms_with_clauses() -> list[tuple[Term, Clause | None]]:
    """Returns each term with its clause; None where this site has none that everybody may read and staff confirmed."""
    asked = Q()
    for term in load_terms():
        law, version, eid = term.address.split("/")
        asked |= Q(version__law__slug=law, version__slug=version, eid=eid)
    public = Version.objects.published().confirmed()
    published = Clause.objects.filter(asked, version__in=public).select_related("version__law")
    clauses = {f"{clause.version.address}/{clause.eid}": clause for clause in published}
    return [(term, clauses.get(term.address)) for term in load_terms()]


@cache
def names_pattern(code: str, *, small: bool = False) -> re.Pattern[str]:
    """Returns what finds the names of terms in a text of a language, the longest first.

    ``small``: in a text whose letters are all small, which takes half as long.
    """
    names = sorted((name for term in load_terms() for name in term.names[code]), key=lambda name: -len(name))
    alternatives = "|".join(re.escape(name.lower() if small else name) for name in names)
    bounded = rf"\b(?:{alternatives})\b" if code == DEFAULT.code else f"(?:{alternatives}){_KHMER_SIGN}"
    return re.compile(bounded, re.NOFLAG if small else re.IGNORECASE)


@cache
def _has_ascii_names(code: str) -> bool:
    return any(name.isascii() for term in load_terms() for name in term.names[code])


@cache
def _slugs(code: str) -> dict[str, str]:
    return {name.lower(): term.slug for term in load_terms() for name in term.names[code]}


def first_uses(text: str, code: str) -> list[tuple[int, int, str]]:
    """Returns where each term is first used in a text of a language: start, end and the term's slug, in order."""
    uses: dict[str, tuple[int, int, str]] = {}
    if text.isascii() and not _has_ascii_names(code):
        return []
    is_ascii = text.isascii()  # then it has as many small letters as letters
    for match in names_pattern(code, small=is_ascii).finditer(text.lower() if is_ascii else text):
        slug = _slugs(code)[match[0].lower()]
        uses.setdefault(slug, (match.start(), match.end(), slug))
    return sorted(uses.values())


def terms_in(texts: Iterable[str]) -> list[Term]:
    """Returns the terms that texts of any language use, in the order of the glossary."""
    used = {slug for text in texts for language in LANGUAGES for *_span, slug in first_uses(text, language.code)}
    return [term for term in load_terms() if term.slug in used]
