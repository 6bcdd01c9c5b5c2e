"""The form of a note to oneself."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.annotations.models import OwnNote
from lawcompare.annotations.writing.forms import text_area

BODY_MAX = 10_000


class OwnNoteForm(forms.Form):
    body = forms.CharField(
        label=_("Your note"),
        required=False,
        max_length=BODY_MAX,
        widget=text_area(8),
        help_text=_("Empty it to delete the note."),
    )
    # The revision that was read; 0 for a new note.
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    @classmethod
    def of(cls, note: OwnNote | None) -> OwnNoteForm:
        return cls(initial={"body": note.body if note else "", "seen": note.revision if note else 0})
