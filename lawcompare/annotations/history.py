"""What differs between two states of an annotation: for the history that readers see, and for two who wrote at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.models import Person
from lawcompare.annotations.models import Annotation, Category, CategoryChange, Motivation, Risk, answered
from lawcompare.annotations.services import Content, content_of
from lawcompare.core.standard_names import language_name
from lawcompare.engine.diff import diff
from lawcompare.languages import LANGUAGES, columns_of
from lawcompare.laws.access import private_until, visible_clauses
from lawcompare.laws.citing import cite
from lawcompare.laws.models import public_day

Changes = list[tuple[str, str]]


@dataclass(frozen=True)
class NoteDifference:
    """One field that changed: ``changes`` are runs of (equal, insert or delete, words)."""

    label: str | Promise
    changes: Changes
    # The language of the words where they are the law's.
    language: str = ""


# Publications that the page of a note tells apart, as far as their words, in letters, are compared within a second.
STEPS_SHOWN, LETTERS_SHOWN = 20, 100_000


def public_history(annotation: Annotation, reader: Person) -> list[tuple[datetime, list[NoteDifference] | None]]:
    """The last publications of an annotation, each with what it changed, the last first; None for the one with which it
    began. Nothing of drafts and who wrote them.

    Others are told nothing of what was replaced before its text was public.
    """
    until = private_until(reader, annotation.version)
    public = list(annotation.revisions.exclude(published_at=None).order_by("-number")[: STEPS_SHOWN + 1])
    private = [row for row in public if until and row.published_at and row.published_at <= until]
    public = public[: len(public) - max(len(private) - 1, 0)]
    names = _names((row.content for row in public), reader, annotation)
    language, room = annotation.version.language, LETTERS_SHOWN
    steps: list[tuple[datetime, list[NoteDifference] | None]] = []
    for row, before in zip(public[:STEPS_SHOWN], [*public[1:], None], strict=False):
        contents = [row.content, before.content] if before else []
        room -= sum(len(content[name]) for content in contents for name, _label, _of_law in _TEXTS)
        if room < 0 and steps:
            break
        changed = list(differences(before.content, row.content, language, names)) if before else None
        steps.append((public_day(row.published_at, annotation.version.published_at), changed))
    return steps


def compare(note: Annotation, before: Content, after: Content, reader: Person) -> list[NoteDifference]:
    """What differs between two contents of a note, field by field."""
    return list(differences(before, after, note.version.language, _names([before, after], reader, note)))


def set_facts(notes: Iterable[Annotation], reader: Person) -> None:
    """Set ``facts`` of each note: (label, words) of all that it says beside its running text. Two queries."""
    contents = [(note, content_of(note)) for note in notes]
    kinds, names = _named_in([content for _note, content in contents], reader)
    for note, content in contents:
        called = names | _called(kinds, note)
        note.facts = [(label, said) for label, said, _same in _values(content, content, called) if said]  # type: ignore[attr-defined]


def _names(contents: Iterable[Content], reader: Person, note: Annotation) -> dict[str | int, str]:
    """What the categories (by code) and clauses (by key) in contents are called, of those a reader may know of."""
    kinds, names = _named_in(list(contents), reader)
    return names | _called(kinds, note)


def _called(kinds: Iterable[Category], note: Annotation) -> dict[str | int, str]:
    """What the kinds that a note is published with are called there, by their codes."""
    return {kind.code: note.called(kind.code, str(kind)) for kind in kinds if note.keeps(kind)}


def _named_in(rows: Sequence[Content], reader: Person) -> tuple[list[Category], dict[str | int, str]]:
    """The categories that contents name, and what their clauses are called by key, of those a reader may know of."""
    codes = {code for content in rows for code in content["categories"]}
    keys = {key for content in rows for name in ("standards", "answers") for key in content[name]}
    kinds = list(Category.objects.filter(code__in=codes)) if codes else []
    names: dict[str | int, str] = {}
    if keys:
        clauses = visible_clauses(reader).filter(pk__in=keys).defer("text").order_by("version", "position")
        clauses = clauses.select_related("version__law", "version__origin__organisation")
        names = {row.pk: f"{row.version.law_name}, {cite(row)}" for row in clauses}
    return kinds, names


def differences(
    before: Content, after: Content, language: str, names: dict[str | int, str]
) -> Iterator[NoteDifference]:
    """Each field in which two contents differ; ``language`` is that of the law's words in them."""
    for name, label, of_law in _TEXTS:
        if before[name] != after[name]:
            spoken = language if of_law else ""
            runs = diff(before[name], after[name], language=language if of_law else "en").changes
            yield NoteDifference(label, [(run.op, run.text) for run in runs], spoken)
    for label, old, new in _values(before, after, names):
        if old != new:
            yield NoteDifference(label, _replaced(old, new))


def category_history(changes: Iterable[CategoryChange]) -> list[tuple[CategoryChange, list[NoteDifference]]]:
    """Each change of a category with what it changed."""
    return [(change, list(_words_changed(change))) for change in changes]


def _words_changed(change: CategoryChange) -> Iterator[NoteDifference]:
    named = [
        (attribute, label % {"language": language_name(language.code)}, language.code)
        for field, label in (("label", _("Name in %(language)s")), ("question", _("Question in %(language)s")))
        for attribute, language in zip(columns_of(field), LANGUAGES, strict=True)
    ]
    for name, label, language in named:
        old, new = change.before.get(name, ""), change.after.get(name, "")
        if old != new:
            runs = diff(old, new, language=language).changes
            yield NoteDifference(label, [(run.op, run.text) for run in runs], language)
    retired = bool(change.after.get("is_retired"))
    if change.before and retired != bool(change.before.get("is_retired")):
        now, was = (_("no longer in use"), _("in use"))[:: 1 if retired else -1]
        yield NoteDifference(_("State"), [("delete", was), ("insert", now)])


_TEXTS: Sequence[tuple[str, str | Promise, bool]] = (
    ("exact", gettext_lazy("Words"), True),
    ("body", gettext_lazy("Reasoning"), False),
    ("proposed_text", gettext_lazy("Proposed wording"), True),
)
_SOURCE = ("source_organisation", "source_title", "source_date", "source_url")


def _values(before: Content, after: Content, names: dict[str | int, str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """(label, what was said, what is said) of all that is no running text; clauses in the order of ``names``: that of
    their keys would tell when which text was in hand.
    """
    for label, show in (
        (_("Risk"), lambda content: [str(Risk(content["risk"]).label)]),
        (_("Purpose of the note"), lambda content: [str(Motivation(content["motivation"]).label)]),
        (_("Kinds of risk"), lambda content: [names[code] for code in content["categories"] if code in names]),
        (_("Standards relied on"), lambda content: [names[key] for key in names if key in content["standards"]]),
        (_("What answers the criticism"), lambda content: [names[key] for key in names if key in content["answers"]]),
        (_("Legal tests"), _tests),
        (_("Restates"), lambda content: [content[name] for name in _SOURCE if content[name]]),
    ):
        yield label, show(before), show(after)


def _tests(content: dict[str, Any]) -> list[str]:
    answers = answered(content["checklist"])
    return [f"{one.test.label}: {one.answer.label}" + (f" (“{one.words}”)" if one.words else "") for one in answers]


def _replaced(old: list[str], new: list[str]) -> Changes:
    """Lists as runs: what stays, what went, what came."""
    runs: Changes = []
    for op, rows in (
        ("equal", [row for row in new if row in old]),
        ("delete", [row for row in old if row not in new]),
        ("insert", [row for row in new if row not in old]),
    ):
        if rows:
            runs += [("equal", "; ")] if runs else []
            runs.append((op, "; ".join(rows)))
    return runs
