"""Notes to oneself. No function here writes to the log: what a person notes for themselves is nobody's business."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.models import Person
from lawcompare.accounts.responses import signed_in
from lawcompare.annotations.forms import text_area
from lawcompare.annotations.models import OwnNote
from lawcompare.laws.access import get_clause, visible_versions
from lawcompare.laws.models import Clause, Version

NOTES_MAX = 5_000
PER_PAGE = 50


class ChangedMeanwhile(Exception):
    """The note was changed in another window; ``note`` is what stands there now, None where it was deleted."""

    def __init__(self, note: OwnNote | None) -> None:
        super().__init__(_("This note was changed in another window. What you wrote here is not saved yet."))
        self.note = note


def own_notes_of(user: Person) -> QuerySet[OwnNote]:
    """Returns the person's notes to themselves, the last changed first; none of anybody else."""
    if not user.is_authenticated:
        return OwnNote.objects.none()
    return OwnNote.objects.filter(person_id=user.pk).select_related("clause")


def own_note_on(user: Person, clause: Clause) -> OwnNote | None:
    return own_notes_of(user).filter(clause=clause).first()


def with_texts(user: Person, notes: list[OwnNote]) -> list[tuple[OwnNote, Version | None]]:
    """Returns each note with its text, or None where the person may not read that text any more. One query."""
    texts = visible_versions(user).in_bulk({note.version_id for note in notes if note.version_id})
    pairs = []
    for note in notes:
        version = texts.get(note.version_id or 0)
        if version is not None and note.clause is not None:
            note.clause.version = version
        pairs.append((note, version))
    return pairs


@transaction.atomic
def write_own_note(user: Person, clause: Clause, body: str, seen: int) -> OwnNote | None:
    """Store the person's note on a clause; empty words delete it. Returns it, or None.

    ``seen`` is the revision that the form began from, 0 for a new note. Raises ``ChangedMeanwhile`` where it is no
    longer that one, ``ValidationError`` where the person has very many notes; then nothing is stored.
    """
    held = OwnNote.objects.select_for_update(no_key=True).filter(person_id=user.pk, clause=clause).first()
    if seen != (held.revision if held else 0):
        raise ChangedMeanwhile(held)
    if not body.strip():
        if held is not None:
            held.delete()
        return None
    if held is not None:
        held.body, held.revision = body.strip(), held.revision + 1
        held.save()
        return held
    if own_notes_of(user).count() >= NOTES_MAX:
        raise ValidationError(_("You have too many notes: delete some first."))
    try:
        with transaction.atomic():
            return OwnNote.objects.create(
                person_id=user.pk or 0, clause=clause, version_id=clause.version_id, body=body.strip()
            )
    except IntegrityError:  # the other of two windows was first
        raise ChangedMeanwhile(own_note_on(user, clause)) from None


# --- Pages ------------------------------------------------------------------------------------------------------------


class OwnNoteForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Your note"),
        required=False,
        max_length=10_000,
        widget=text_area(8),
        help_text=gettext_lazy("Empty it to delete the note."),
    )
    # The revision that was read; 0 for a new note.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, note: OwnNote | None) -> OwnNoteForm:
        return cls(initial={"body": note.body if note else "", "seen": note.revision if note else 0})


@signed_in("GET")
def own_notes(request: HttpRequest) -> HttpResponse:
    """All notes of the person to themselves, the last changed first."""
    page = Paginator(own_notes_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = with_texts(request.user, list(page.object_list))
    return render(request, "annotations/own_notes/own_notes.html", {"page": page, "rows": rows})


@signed_in("GET", "POST")
def write(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """The person's note on a clause, to be written, changed or deleted."""
    clause = get_clause(request.user, law, version, eid)
    note = own_note_on(request.user, clause)
    form = OwnNoteForm(request.POST) if request.method == "POST" else OwnNoteForm.of(note)
    context: dict[str, Any] = {"clause": clause, "version": clause.version, "note": note}
    if form.is_valid():
        try:
            stored = write_own_note(request.user, clause, **form.cleaned_data)
        except ChangedMeanwhile as conflict:
            # What stands there now above the words written here, which replace it when they are sent again.
            data = request.POST.copy()
            data["seen"] = str(conflict.note.revision if conflict.note else 0)
            theirs = [(_("Your note"), conflict.note.body)] if conflict.note else []
            context |= {"form": OwnNoteForm(data), "conflict": {"reason": str(conflict), "theirs": theirs}}
            return render(request, "annotations/own_notes/own_note.html", context, status=409)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved for you alone.") if stored else _("The note is deleted."))
            return redirect(f"{clause.get_absolute_url()}#own-note" if stored else clause)
    return render(
        request, "annotations/own_notes/own_note.html", context | {"form": form}, status=400 if form.errors else 200
    )


@signed_in("POST")
def delete(request: HttpRequest, number: int) -> HttpResponse:
    if not own_notes_of(request.user).filter(pk=number).delete()[0]:
        raise Http404(_("You have no such note."))
    messages.success(request, _("The note is deleted."))
    return redirect("own_notes")
