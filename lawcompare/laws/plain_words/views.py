"""Where an editor says what a clause says in plain words."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import membership_that_may
from lawcompare.accounts.responses import makes_public, refused_on, sentence_on, signed_in
from lawcompare.core.translations.texts import add_languages
from lawcompare.laws.access import get_clause
from lawcompare.laws.plain_words import services
from lawcompare.laws.plain_words.services import plain_words_of, said

# Letters of what a form tells of the words that stood there, escaped, in all languages.
SEEN_MAX = 50_000


class SeenField(forms.JSONField):
    """Django's field lets too long a number and too deep a list through, and reads megabytes."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > SEEN_MAX:
            raise ValidationError(self.error_messages["invalid"])
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):
            raise ValidationError(self.error_messages["invalid"]) from None

    def bound_data(self, data: Any, initial: Any) -> Any:
        if len(data or "") > SEEN_MAX:
            return InvalidJSONInput()
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class PlainWordsForm(forms.Form):
    text = forms.CharField(max_length=1_500, required=False, widget=forms.Textarea(attrs={"rows": 6}))
    # The words that stood there when the form was opened, so that of two who change them the second is told.
    seen = SeenField(widget=forms.HiddenInput)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        add_languages(self, {"text": gettext_lazy("In %(language)s")})


@signed_in("GET", "POST")
@makes_public
def plain_words(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """What a clause says in plain words, and the form to say it otherwise."""
    clause = get_clause(request.user, law, version, eid)
    membership_that_may(request.user, "import", str(services.REFUSAL))
    row = plain_words_of(request.user, clause.version).get(clause.pk)
    form = PlainWordsForm(request.POST or None, initial={**said(row), "seen": said(row)})
    if request.method == "POST" and form.is_valid():
        words = dict(form.cleaned_data)
        seen = words.pop("seen")
        with refused_on(form):
            written = services.write_plain_words(request.user, clause, words, seen)
            messages.success(request, sentence_on(written, _("Saved.")) if written else _("Nothing was changed."))
            return redirect(clause)
        row = plain_words_of(request.user, clause.version).get(clause.pk)
        form.data = {**request.POST.dict(), "seen": json.dumps(said(row))}  # they stand above the form now
    context = {"form": form, "clause": clause, "version": clause.version, "plain": row}
    return render(request, "laws/plain_words/edit.html", context, status=400 if form.errors else 200)
