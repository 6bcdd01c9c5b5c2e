"""From what a person types to the clauses here that it may mean: an address, a citation, words of a heading.

``iccpr/1966-en art_19__para_3`` and a link to a clause mean one. ``ICCPR 19(3)``, ``18 U.S.C. 2518`` or ``Article 28``
may mean several, since a law has several texts and a number stands in many laws: the person chooses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause, Version

TYPED_MAX = 300  # the address of a clause, with its host
FOUND_MAX = 12
# So many texts are searched for a number when nothing names the law.
_TEXTS_MAX = 60
_HEADING_MIN = 3

_ADDRESS = re.compile(r"(?:https?://[^/\s]+)?/?(?:km/)?(?:laws/)?([\w-]+)/([\w-]+)/?[\s#/]\s*([\w.-]+?)/?")
_US_CODE = re.compile(r"(\d+)\s*u\.?\s*s\.?\s*c(?:ode|\.)?(?:\s*a\.?)?(?!\w)\s*(.*)", re.I)
_CITATION = re.compile(
    r"(?P<law>.*?)[\s,]*(?:\b(?:art(?:icle|s|\.)?|sec(?:tion|\.)?|rule)(?=[\s\d])|§+|មាត្រា|\b)\s*"
    r"(?P<number>\d+[a-z]*(?:[-–]\d+[a-z]*)?)(?P<parts>(?:\s*\([^()]+\))*)\.?",
    re.I,
)
_PART = re.compile(r"\(([^()]+)\)")
_NUMBER = re.compile(r"\d+[A-Za-z]*(?:[-–]\d+[A-Za-z]*)?")
_WORD = re.compile(r"[^\W_]+")
_SAY_NOTHING = frozenset(["of", "the", "on", "and", "for", "a", "an", "law", "to", "in", "by"])
_LATIN_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")


def find_clauses(user: Any, typed: str) -> list[Clause]:
    """The clauses that the words typed may mean, the likeliest first, at most ``FOUND_MAX``; empty: none."""
    typed = " ".join(typed.replace("\x00", "").translate(_LATIN_DIGITS).split())[:TYPED_MAX]
    if not typed:
        return []
    if address := _ADDRESS.fullmatch(typed):
        law, version, eid = address.groups()
        return list(_clauses(user).filter(version__law__slug=law, version__slug=version, eid=eid))
    if code := _US_CODE.fullmatch(typed):
        typed = f"us code {code[1]} § {code[2].lstrip('§ ')}"
    if cited := _CITATION.fullmatch(typed):
        return _cited(user, cited)[:FOUND_MAX]
    return _headed(user, typed)[:FOUND_MAX]


def _clauses(user: Any) -> QuerySet[Clause]:
    return Clause.objects.filter(version__in=visible_versions(user).values("pk")).select_related("version__law")


def _cited(user: Any, cited: re.Match[str]) -> list[Clause]:
    texts = _texts_named(user, cited["law"])
    if not texts:
        return []
    number, parts = cited["number"], _PART.findall(cited["parts"])
    units = Clause.objects.filter(version__in=texts[:_TEXTS_MAX], num__icontains=number)
    by_text: dict[int, list[Clause]] = {}
    for unit in units.exclude(element__in=["chapter", "title", "part"]).defer("text").order_by("depth", "position"):
        in_num = _NUMBER.search(unit.num)
        # A paragraph “(28)” is not Article 28; in a text without articles there is nothing else.
        if in_num and in_num.group().lower() == number.lower() and not unit.num.startswith("("):
            by_text.setdefault(unit.version_id, []).append(unit)
    clauses = [
        clause for text in texts for unit in by_text.get(text.pk, []) if (clause := _inside(unit, parts)) is not None
    ]
    by_key = {text.pk: text for text in texts}
    for clause in clauses:
        clause.version = by_key[clause.version_id]
    return clauses


def _inside(unit: Clause, parts: Iterable[str]) -> Clause | None:
    """The part of an article that is cited, ``(a)(2)``, or the article itself."""
    rows: list[Clause] = []
    clause = unit
    for part in parts:
        if not rows:
            within = Clause.objects.filter(version=unit.version_id, position__gt=unit.position, position__lt=unit.end)
            rows = list(within.defer("text").order_by("position"))
        wanted = part.strip().lower()
        inner = (row for row in rows if row.parent_id == clause.pk and _plain(row.num) == wanted)
        child = next(inner, None)
        if child is None:
            return None
        clause = child
    return clause


def _plain(num: str) -> str:
    return re.sub(r"[^\w-]", "", num).lower()


def _texts_named(user: Any, name: str) -> list[Version]:
    """The texts whose law the words name, the best first; all, where they name none."""
    words = [word for word in _WORD.findall(name.replace(".", "").lower()) if word not in _SAY_NOTHING]
    scored: list[tuple[int, Version]] = []
    for text in visible_versions(user).order_by("law__title", "-date"):
        score = _likeness(words, _words_of(text))
        if score is not None:
            scored.append((score, text))
    return [text for _score, text in sorted(scored, key=lambda item: -item[0])]


def _words_of(text: Version) -> frozenset[str]:
    law = text.law
    names = f"{law.slug} {text.slug} {law.title} {law.title_km} {text.title}"
    initials = "".join(word[0] for word in law.title.split() if word[:1].isupper())
    return frozenset(_WORD.findall(names.replace("-", " ").lower())) | {initials.lower()}


def _likeness(words: list[str], known: frozenset[str]) -> int | None:
    """How many of the words name the law exactly; None where one of them does not name it at all."""
    score = 0
    for word in words:
        if word in known:
            score += 1
        elif not any(_begins(word, one) for one in known):
            return None
    return score


def _begins(word: str, known: str) -> bool:
    """Whether one of them begins with the other, as “Cambodian” with “Cambodia” and “Const” with “Constitution”."""
    return len(word) > 2 and (known.startswith(word) or (len(known) > 3 and word.startswith(known)))


def _headed(user: Any, typed: str) -> list[Clause]:
    """Clauses whose heading has all the words that do not name their law."""
    words = [word for word in _WORD.findall(typed) if word.lower() not in _SAY_NOTHING]
    if len("".join(words)) < _HEADING_MIN:
        return []
    wanted = Q()
    for word in words[:8]:
        of_law = Q(version__law__title__icontains=word) | Q(version__law__slug__icontains=word)
        wanted &= Q(heading__icontains=word) | of_law
    headed = _clauses(user).filter(wanted).exclude(heading="").defer("text")
    return list(headed.order_by("depth", "version__law__title", "position")[:FOUND_MAX])
