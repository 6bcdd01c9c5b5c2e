"""What an annotation points at: words of a clause, and the clauses that typed words may mean.

``iccpr/1966-en art_19__para_3`` and a link to a clause mean one clause. ``ICCPR 19(3)``, ``18 U.S.C. 2518`` or
``Article 28`` may mean several, since a law has several texts and a number stands in many laws: the person chooses.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Person
from lawcompare.annotations.models import Annotation
from lawcompare.core.numbers import unseal
from lawcompare.engine.anchor import select
from lawcompare.engine.text.words import STOP_WORDS
from lawcompare.languages import digits
from lawcompare.laws.access import visible_clauses, visible_originals
from lawcompare.laws.models import Clause, Version
from lawcompare.search.asking import CitedPlace, read_citation
from lawcompare.search.services import names_of

# --- Words of a clause -----------------------------------------------------------------------------------------------

# A passage that runs on is looked for in so many clauses after the one it begins in, to say what is wrong with it.
_CLAUSES_AFTER = 5
_STRAIGHT = {"‘": "'", "’": "'", "“": '"', "”": '"'}


class TargetError(ValueError):
    """The words chosen are not where they should be in the clause; its message is for the person who chose them."""


def set_target(annotation: Annotation, clause: Clause, exact: str, start: int | None = None) -> None:
    """Point an annotation at words of a clause, or at all of it where ``exact`` is empty.

    ``start`` (code points into ``clause.text``) says which occurrence is meant; without it there must be only one.
    Raises ``TargetError``.
    """
    annotation.clause, annotation.version = clause, clause.version
    if not exact:
        if start is not None:
            raise TargetError(_("Choose the words, or tick that the note is about the whole clause."))
        annotation.exact = annotation.prefix = annotation.suffix = ""
        annotation.start = annotation.end = None
        return
    if not exact.strip():
        raise TargetError(_("You chose a space and no words."))
    if start is None:
        start = _only_occurrence(clause, exact)
    elif clause.text[start : start + len(exact)] != exact:
        raise TargetError(_("These words are not at that place in the clause."))
    quote, position = select(clause.text, start, start + len(exact))
    annotation.exact, annotation.prefix, annotation.suffix = quote.exact, quote.prefix, quote.suffix
    annotation.start, annotation.end = position.start, position.end


def passage_typed(clause: Clause, typed: str) -> tuple[str, int | None]:
    """The passage that somebody typed, and where it begins; as typed and None where it stands there word for word.

    "first … last" is all from the first words to the last. Capitals, spaces and the shape of quotation marks need not
    agree. Raises ``TargetError``.
    """
    if not typed.strip() or typed in clause.text or _runs_on(clause, typed):
        return typed, None
    first, _dots, last = typed.replace("...", "…").partition("…")
    start, end = _only_place(clause.text, first, 0)
    if last.strip():
        end = _only_place(clause.text, last, start)[1]
    return clause.text[start:end], start


def _only_place(text: str, words: str, after: int) -> tuple[int, int]:
    (plain, places), (sought, _places) = _plain(text, after), _plain(words)
    sought = sought.strip()
    first = plain.find(sought)
    if first < 0 or not sought:
        raise TargetError(_("The words “%(words)s” are not in the clause.") % {"words": words[:80]})
    if (count := plain.count(sought)) > 1:
        raise TargetError(
            _("“%(words)s” appears %(count)s times in the clause; type more words.")
            % {"words": words[:80], "count": digits(count)}
        )
    return places[first], places[first + len(sought) - 1] + 1


def _plain(text: str, after: int = 0) -> tuple[str, list[int]]:
    """A text as people type it, and where each of its letters stands: small ones, straight quotation marks, one space
    for several, without the invisible breaks between words of Khmer. Found so, a passage costs what the text is long.
    """
    letters, places = list[str](), list[int]()
    for at in range(after, len(text)):
        letter = " " if text[at].isspace() else _STRAIGHT.get(text[at], text[at].lower()[0])
        if letter != "\u200b" and not (letter == " " and letters and letters[-1] == " "):
            letters.append(letter)
            places.append(at)
    return "".join(letters), places


def _only_occurrence(clause: Clause, exact: str) -> int:
    count = clause.text.count(exact)
    if count == 0:
        if _runs_on(clause, exact):
            raise TargetError(_("These words run across several clauses. Annotate each clause separately."))
        raise TargetError(_("These words are not in the clause. Copy them from it."))
    if count > 1:
        raise TargetError(
            _("These words appear %(count)s times in the clause; choose more of the words around them.")
            % {"count": digits(count)}
        )
    return clause.text.index(exact)


def _runs_on(clause: Clause, exact: str) -> bool:
    """Whether the words go on into what follows, with or without the numbers there."""
    near = {"position__gte": clause.position, "position__lte": clause.position + _CLAUSES_AFTER}
    rows = list(clause.version.clauses.filter(**near).order_by("position"))
    bare = " ".join(row.text for row in rows)
    numbered = " ".join(f"{row.num} {row.heading} {row.text}" for row in rows)
    return any(_one_line(exact) in _one_line(text) for text in (bare, numbered))


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- Clauses that a form names -------------------------------------------------------------------------------------

CHOSEN_MAX = 20
_TYPED_TOGETHER_MAX = 5


@dataclass
class ChosenClauses:
    """``chosen`` are ticked; ``candidates`` are what typed words may mean, to be ticked."""

    chosen: list[Clause] = field(default_factory=list)
    candidates: list[Clause] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def choose_clauses(user: Person, keys: Sequence[str], typed: str, refuse: Callable[[Clause], str]) -> ChosenClauses:
    """Read ticked keys and typed words, several of them divided by a semicolon or on lines of their own.

    Words that mean one clause choose it. ``refuse(clause)`` says what is wrong with a clause, or nothing.
    """
    choice = ChosenClauses()
    choice.chosen = _ticked(user, keys, choice.problems)
    pieces = [piece.strip() for line in typed.splitlines() for piece in line.split(";")]
    for piece in list(filter(None, pieces))[:_TYPED_TOGETHER_MAX]:
        clauses = find_clauses(user, piece)
        if any(clause in choice.chosen for clause in clauses):
            continue
        if len(clauses) == 1:
            choice.chosen.append(clauses[0])
        elif clauses:
            choice.candidates += [clause for clause in clauses if clause not in choice.candidates]
            choice.problems.append(_("“%(typed)s” may mean several clauses: tick the one you mean.") % {"typed": piece})
        else:
            nothing = _("No clause matches “%(typed)s”. Try “ICCPR 19(3)”, or a clause’s address.")
            choice.problems.append(nothing % {"typed": piece[:80]})
    choice.problems += list(dict.fromkeys(filter(None, map(refuse, choice.chosen))))
    if len(choice.chosen) > CHOSEN_MAX:
        choice.problems.append(_("Too many clauses."))
    return choice


def _ticked(user: Person, keys: Sequence[str], problems: list[str]) -> list[Clause]:
    wanted = {number for number in (unseal(key, "clause") for key in keys) if number is not None}
    rows = list(_clauses(user).filter(pk__in=wanted).order_by("version", "position")) if wanted else []
    if len(rows) != len(set(keys)):
        problems.append(_("One of the ticked clauses no longer exists."))
    return rows


# --- Clauses that typed words may mean -------------------------------------------------------------------------------

TYPED_MAX = 300  # the address of a clause, with its host
CLAUSES_MAX = 12
# So many texts are searched for a number when nothing names the law, and so many clauses for the part that is cited.
_TEXTS_MAX = 60
_HEADING_MIN = 3
_HEADING_WORDS_MAX = 8

_ADDRESS = re.compile(r"(?:https?://[^/\s]+)?/?(?:km/)?(?:laws/)?([\w-]+)/([\w-]+)/?[\s#/]\s*([\w.-]+?)/?")
_WORD = re.compile(r"[^\W_]+")
# They name no law.
_NO_NAMES = STOP_WORDS | {"law"}
# A chapter is not cited by its number alone.
_DIVISIONS = ("chapter", "title", "part")


def find_clauses(user: Person, typed: str) -> list[Clause]:
    """The clauses that the words typed may mean, the likeliest first, at most ``CLAUSES_MAX``; empty: none."""
    typed = " ".join(typed.replace("\x00", "").split())[:TYPED_MAX]
    if not typed:
        return []
    if address := _ADDRESS.fullmatch(typed):
        law, version, eid = address.groups()
        return list(_clauses(user).filter(version__law__slug=law, version__slug=version, eid=eid))
    citation = read_citation(typed)
    return (_cited(user, citation) if citation else _headed(user, typed))[:CLAUSES_MAX]


def _clauses(user: Person) -> QuerySet[Clause]:
    return visible_clauses(user).select_related("version__law")


def _cited(user: Person, citation: CitedPlace) -> list[Clause]:
    """The clauses a citation names in the texts it names, those of the best named text first."""
    number, *parts = citation.path
    texts = {text.pk: text for text in _texts_named(user, citation.names)[:_TEXTS_MAX]}
    # A paragraph “(28)” is not Article 28; in a text without articles there is nothing else.
    rows = Clause.objects.filter(_ends_in(number), version__in=texts).exclude(Q(num="") | Q(num__startswith="("))
    place = Window(RowNumber(), partition_by="version", order_by=["depth", "position"])
    rows = rows.exclude(element__in=_DIVISIONS).defer("text").annotate(place=place).filter(place__lte=CLAUSES_MAX)
    units = sorted(rows.order_by("depth", "position"), key=lambda unit: list(texts).index(unit.version_id))
    clauses = [clause for unit in units[:_TEXTS_MAX] if (clause := _inside(unit, parts)) is not None]
    for clause in clauses:
        clause.version = texts[clause.version_id]
    return clauses


def _ends_in(number: str, *parts: str, above: str = "") -> Q:
    """The condition that the last step of an address has a number, that of Article 1 as ``art_1`` or ``art_1_2``; that
    the last ones have a number and those of parts, in a clause whose address is ``above``.
    """
    steps = "".join(f"__[^_]+_{re.escape(one)}(_[^_]+)*" for one in (number, *parts))
    last = (number, *parts)[-1]
    like = Q(eid__iendswith=f"_{last}") | Q(eid__icontains=f"_{last}_")  # which is asked faster
    return like & Q(eid__iregex=f"^{re.escape(above)}{steps}$" if above else f"(^|__){steps.removeprefix('__')}$")


def _inside(unit: Clause, parts: Sequence[str]) -> Clause | None:
    """The part of an article that is cited, ``(a)(2)``, or the article itself; None where it has no such part."""
    if not parts:
        return unit
    within = Clause.objects.filter(version=unit.version_id, position__gt=unit.position, position__lt=unit.end)
    return within.filter(_ends_in(*parts, above=unit.eid)).defer("text").order_by("position").first()


def _texts_named(user: Person, names: Sequence[str]) -> list[Version]:
    """The texts whose law the words name, the best first; all, where they name none."""
    wanted = [name for name in names if name not in _NO_NAMES]
    scored: list[tuple[int, Version]] = []
    for text in visible_originals(user).select_related("law").order_by("law__title", "-date", "law__slug", "slug"):
        initials = "".join(word[0] for word in text.law.title.split() if word[:1].isupper())
        likeness = _likeness(wanted, names_of(text) | {initials.lower()})
        if likeness is not None:
            scored.append((likeness, text))
    return [text for _likeness, text in sorted(scored, key=lambda item: -item[0])]


def _likeness(words: Iterable[str], known: frozenset[str]) -> int | None:
    """How many of the words name the law exactly; None where one of them does not name it at all."""
    likeness = 0
    for word in words:
        if word in known:
            likeness += 1
        elif not any(_begins(word, one) for one in known):
            return None
    return likeness


def _begins(word: str, known: str) -> bool:
    """Whether one of them begins with the other, as “Cambodian” with “Cambodia” and “Const” with “Constitution”."""
    return len(word) > 2 and (known.startswith(word) or (len(known) > 3 and word.startswith(known)))


def _headed(user: Person, typed: str) -> list[Clause]:
    """Clauses whose heading has all the words that do not name their law."""
    words = [word for word in _WORD.findall(typed) if word.lower() not in _NO_NAMES]
    if len("".join(words)) < _HEADING_MIN:
        return []
    wanted = Q()
    for word in words[:_HEADING_WORDS_MAX]:
        of_law = Q(version__law__title__icontains=word) | Q(version__law__slug__icontains=word)
        wanted &= Q(heading__icontains=word) | of_law
    headed = _clauses(user).filter(wanted).exclude(heading="").defer("text")
    return list(headed.order_by("depth", "version", "position")[:CLAUSES_MAX])
