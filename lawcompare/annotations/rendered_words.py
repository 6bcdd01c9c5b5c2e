"""Which words of a rendering a note stands on: those that an editor set, there or in a text it corrects."""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may
from lawcompare.accounts.models import EDITORS, Person
from lawcompare.accounts.responses import makes_public
from lawcompare.annotations.access import get_published_annotation, visible_annotations_on
from lawcompare.annotations.forms import PassageForm
from lawcompare.annotations.models import Annotation, Motivation, RenderedWords
from lawcompare.annotations.services import set_words
from lawcompare.annotations.targets import TargetError, passage_typed, set_target
from lawcompare.laws.access import get_version, name_to
from lawcompare.laws.models import Clause, ClauseTranslation, Version
from lawcompare.laws.translations.services import aligned_clauses


def placed(notes: Mapping[Annotation, Clause]) -> list[Annotation]:
    """Returns copies of notes, each on the clause that renders its own: on the words that a person set there, else on
    the whole clause. The clauses have their versions. One query, or none.

    Words that were set in an earlier text (one that this rendering corrects, or of the note that this one takes up in
    the same words) are the note's where they stand in the clause once; not in a rendering that nobody of the site read.
    """
    words = _words_set(notes, {clause.version_id for clause in notes.values()})
    copies = []
    for note, clause in notes.items():
        there = copy(note)
        there.clause, there.version = clause, clause.version
        there.exact, there.start, there.end = "", None, None
        if span := _span(note, clause, words[note.pk]):
            there.exact, there.start, there.end = clause.text[slice(*span)], *span
        there.proposed_text = ""  # what was proposed for words in one language is not proposed for those of another
        if there.motivation == Motivation.EDITING:
            there.motivation = Motivation.COMMENTING
        copies.append(there)
    return copies


def _words_set(notes: Collection[Annotation], shown: Collection[int]) -> dict[int, list[RenderedWords]]:
    """Returns note -> the words set for it or for the note that it takes up, its own first, the last set first: by who
    wrote that, or by the site, in a text that is public or one of those ``shown``.
    """
    if not notes:
        return {}
    earlier = {note.descends_from_id: note for note in notes if note.descends_from_id}
    wanted = {note.pk for note in notes} | set(earlier)
    words: dict[int, list[RenderedWords]] = {}
    by = Q(organisation=F("annotation__organisation")) | Q(organisation__slug=EDITORS)
    known = Q(version__published_at__isnull=False) | Q(version__in=shown)
    for row in RenderedWords.objects.filter(by, known, annotation__in=wanted).order_by("-pk"):
        words.setdefault(row.annotation_id, []).append(row)
    return {
        note.pk: [
            row
            for pk in filter(None, (note.pk, note.descends_from_id))
            for row in words.get(pk, [])
            if row.of_exact == note.exact
        ]
        for note in notes
    }


def _span(note: Annotation, clause: Clause, words: list[RenderedWords]) -> tuple[int, int] | None:
    for row in words:
        if row.version_id == clause.version_id and row.annotation_id == note.pk:
            is_here = row.clause_id == clause.pk and row.start is not None and row.end is not None
            return (row.start, row.end) if is_here else None  # type: ignore[return-value]
    if clause.version.unchecked_of not in (None, note.organisation):
        return None
    for row in words:
        if row.exact and clause.text.count(row.exact) == 1:
            start = clause.text.index(row.exact)
            return start, start + len(row.exact)
    return None


def clauses_with_versions(notes: Iterable[Annotation]) -> list[Clause]:
    """Returns the clauses of notes, each with the version of its note, which is loaded."""
    clauses = []
    for note in notes:
        note.clause.version = note.version
        clauses.append(note.clause)
    return clauses


def notes_with_originals(user: Person, *versions: Version) -> list[Annotation]:
    """Returns the notes on some texts, and those on what they render: each on the clause that renders its own.

    There the words are marked that a person set, or none: those of the note are in the other language. Eight queries at
    most for each text. They come without what they say.
    """
    visible = visible_annotations_on(user, *versions)
    notes = list(visible.for_reading().without_words()) if visible.exists() else []
    for version in versions:
        # Whoever wrote a note never saw the words of a rendering that nobody of the site read.
        is_read = version.translates_id and not version.unchecked_of
        original = name_to(user, version.translates) if is_read else None
        if original is not None:
            there = list(visible_annotations_on(user, original).for_reading().without_words())
            rows = ClauseTranslation.objects.filter(
                original__in={note.clause_id for note in there}, translation_version=version
            ).prefetch_related("translation")
            places = {row.original_id: row.translation for row in rows.order_by("-translation__position")}
            for clause in places.values():
                clause.version = version
            # A note on what the rendering does not render is left out.
            notes += placed({note: places[note.clause_id] for note in there if note.clause_id in places})
    return notes


# --- The page on which an editor sets them ----------------------------------------------------------------------------


class WordsForm(PassageForm):
    whole = forms.BooleanField(label=gettext_lazy("The note is about the whole clause"), required=False)

    def __init__(self, *args: Any, clause: Clause, **more: Any) -> None:
        super().__init__(*args, **more)
        self.clause = clause
        self.fields["exact"].widget.attrs["lang"] = clause.version.language

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        exact = data.get("exact") or ""
        if data["whole"]:
            return data | {"exact": "", "start": None}
        try:
            if not exact:
                raise TargetError(_("Choose the words, or tick that the note is about the whole clause."))
            if data.get("start") is None:
                exact, data["start"] = passage_typed(self.clause, exact)
            set_target(Annotation(), self.clause, exact, data.get("start"))
        except TargetError as error:
            raise forms.ValidationError(str(error)) from None
        return data | {"exact": exact}


@login_required
@makes_public
def words(request: HttpRequest, slug: str, law: str, version: str) -> HttpResponse:
    """The clause of the note and the one that renders it, with the words of the latter to be chosen."""
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor sets the words of a note on a rendering."))
    note = get_published_annotation(slug)
    rendering = get_version(request.user, law, version)
    clauses = aligned_clauses([note.clause], rendering) if rendering.translates_id == note.version_id else {}
    if not clauses:
        raise Http404(_("This text does not render the clause of the note."))
    clause = clauses[note.clause_id][0]
    clause.version = rendering
    (there,) = placed({note: clause})
    initial = {"exact": there.exact, "start": there.start, "whole": not there.exact}
    form = WordsForm(request.POST if request.method == "POST" else None, initial=initial, clause=clause)
    if request.method == "POST" and form.is_valid():
        set_words(request.user, note, clause, form.cleaned_data["exact"], form.cleaned_data["start"])
        messages.success(request, _("Saved."))
        return redirect(clause)
    context = {"note": note, "clause": clause, "form": form, "there": there}
    return render(request, "annotations/writing/rendered_words.html", context, status=400 if form.errors else 200)
