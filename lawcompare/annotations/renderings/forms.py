"""The form by which an editor sets the words of a rendering on which a note stands."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lawcompare.annotations.models import Annotation
from lawcompare.annotations.writing.forms import EXACT_MAX, WORDS_MAX, text_area
from lawcompare.annotations.writing.targets import TargetError, passage_between, set_target
from lawcompare.laws.models import Clause


class WordsForm(forms.Form):
    """Words, with their place where they were chosen on the page, or first and last words, or the whole clause."""

    exact = forms.CharField(
        label=_("The words"),
        required=False,
        strip=False,
        max_length=EXACT_MAX,
        widget=text_area(2),
        help_text=_("As they stand in the clause, copied from there."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    first = forms.CharField(label=_("Its first words"), required=False, max_length=WORDS_MAX)
    last = forms.CharField(label=_("Its last words"), required=False, max_length=WORDS_MAX)
    whole = forms.BooleanField(label=_("The note stands on the whole clause"), required=False)

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
                raise TargetError(gettext("Choose the words, or say that the note stands on the whole clause."))
            set_target(Annotation(), self.clause, exact, data.get("start"))
        except TargetError as error:
            raise forms.ValidationError(str(error)) from None
        return data | {"exact": exact}
