"""The page on which an editor sets the words of a rendering on which a note stands."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may
from lawcompare.annotations import access
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.renderings.services import set_words
from lawcompare.annotations.renderings.words import placed
from lawcompare.annotations.writing.forms import EXACT_MAX, WORDS_MAX, text_area
from lawcompare.annotations.writing.targets import TargetError, passage_between, set_target
from lawcompare.laws.access import get_version
from lawcompare.laws.models import Clause
from lawcompare.laws.renderings.translations import aligned_clauses


class WordsForm(forms.Form):
    """Words, with their place where they were chosen on the page, or first and last words, or the whole clause."""

    exact = forms.CharField(
        label=gettext_lazy("The words"),
        required=False,
        strip=False,
        max_length=EXACT_MAX,
        widget=text_area(2),
        help_text=gettext_lazy("As they stand in the clause, copied from there."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    first = forms.CharField(label=gettext_lazy("Its first words"), required=False, max_length=WORDS_MAX)
    last = forms.CharField(label=gettext_lazy("Its last words"), required=False, max_length=WORDS_MAX)
    whole = forms.BooleanField(label=gettext_lazy("The note stands on the whole clause"), required=False)

    def __init__(self, *args: Any, clause: Clause, **more: Any) -> None:
        super().__init__(*args, **more)
        self.clause = clause
        for name in ("exact", "first", "last"):
            self.fields[name].widget.attrs["lang"] = clause.version.language

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        exact, first, last = ((data.get(name) or "").replace("\r\n", "\n") for name in ("exact", "first", "last"))
        if data["whole"]:
            return data | {"exact": "", "start": None}
        try:
            if not exact and first and last:
                exact, data["start"] = passage_between(self.clause, first, last)
            if not exact:
                raise TargetError(_("Choose the words, or say that the note stands on the whole clause."))
            set_target(Annotation(), self.clause, exact, data.get("start"))
        except TargetError as error:
            raise forms.ValidationError(str(error)) from None
        return data | {"exact": exact}


@login_required
def words(request: HttpRequest, slug: str, law: str, version: str) -> HttpResponse:
    """The clause of the note and the one that renders it, with the words of the latter to be chosen."""
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor sets the words of a note on a rendering."))
    note = access.get_published_annotation(slug)
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
