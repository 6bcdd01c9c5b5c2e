"""Notes to oneself: the one on a clause, and the list of all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.responses import methods
from lawcompare.annotations.models import OwnNote
from lawcompare.annotations.own_notes import services
from lawcompare.annotations.writing.forms import text_area
from lawcompare.laws.access import get_clause

PER_PAGE = 50
BODY_MAX = 10_000


class OwnNoteForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Your note"),
        required=False,
        max_length=BODY_MAX,
        widget=text_area(8),
        help_text=gettext_lazy("Empty it to delete the note."),
    )
    # The revision that was read; 0 for a new note.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, note: OwnNote | None) -> OwnNoteForm:
        return cls(initial={"body": note.body if note else "", "seen": note.revision if note else 0})


@require_safe
@login_required
def own_notes(request: HttpRequest) -> HttpResponse:
    """All notes of the person to themselves, the last changed first."""
    page = Paginator(services.own_notes(request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = services.with_texts(request.user, list(page.object_list))
    return render(request, "annotations/own_notes/own_notes.html", {"page": page, "rows": rows})


@methods("GET", "HEAD", "POST")
@login_required
def write(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """The person's note on a clause, to be written, changed or deleted."""
    clause = get_clause(request.user, law, version, eid)
    note = services.own_note_on(request.user, clause)
    form = OwnNoteForm(request.POST) if request.method == "POST" else OwnNoteForm.of(note)
    context: dict[str, Any] = {"clause": clause, "version": clause.version, "note": note}
    if form.is_valid():
        try:
            stored = services.write_own_note(request.user, clause, **form.cleaned_data)
        except services.ChangedMeanwhile as conflict:
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


@require_POST
@login_required
def delete(request: HttpRequest, number: int) -> HttpResponse:
    if not services.delete_own_note(request.user, number):
        raise Http404(_("You have no such note."))
    messages.success(request, _("The note is deleted."))
    return redirect("own_notes")


BODY_MAX = 10_000
