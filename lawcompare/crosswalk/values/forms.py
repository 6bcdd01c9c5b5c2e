"""The form by which people say what a clause lays down, with the words it rests on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.crosswalk.models import Element, Value
from lawcompare.crosswalk.values.notation import format_value, parse_value
from lawcompare.crosswalk.values.services import ClauseSpan, check_value, find_words
from lawcompare.laws.citing.find_clause import CitationError, Citations
from lawcompare.laws.models import Clause

REASON_MAX = 2_000


class ValueForm(forms.Form):
    """A value of a clause. Cleaned, it has ``values`` and ``words`` in the form of the services."""

    element = forms.ChoiceField(label=gettext_lazy("Element"), choices=Element.choices)
    value = forms.CharField(
        label=gettext_lazy("Value"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Such as: intent · court · at most 90 days · prison 1 year..3 years; fine ..5000 USD; or both. "
            "Leave empty for conduct, threshold and scope."
        ),
    )
    quoted = forms.CharField(
        label=gettext_lazy("Words of the text"),
        required=False,
        max_length=5_000,
        help_text=gettext_lazy("Mark them in the text, or type them as they stand there."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    place = forms.CharField(
        label=gettext_lazy("Where they stand, if in another clause"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("Its number as printed, with that of the paragraph in brackets."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clause: Clause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        element = data["element"]
        data["values"] = self._cleaned("value", lambda: parse_value(element, data["value"]))
        data["words"] = self._words(data)
        if not self.errors:
            self._cleaned(None, lambda: check_value(self.clause, element, data["values"], data["words"]))
        return data

    def _words(self, data: dict[str, Any]) -> ClauseSpan | None:
        if not data["quoted"]:
            return None
        clause = self.clause
        if data["place"]:
            try:
                clause = Citations(self.clause.version).find(data["place"])
            except CitationError:
                names = {"title": self.clause.version.name, "eid": data["place"]}
                self.add_error("place", _("“%(title)s” has no clause with the address “%(eid)s”.") % names)
                return None
        return self._cleaned("quoted", lambda: find_words(clause, data["quoted"], data.get("start")))

    def _cleaned(self, field: str | None, make: Any) -> Any:
        """What ``make`` returns; what it refuses is an error of the field."""
        try:
            return make()
        except ValidationError as error:
            self.add_error(field, error)
            return None


class CorrectValueForm(ValueForm):
    """A value in another form, by who stands for it or by somebody who disputes it; and why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)

    @classmethod
    def of(cls, value: Value, data: Any = None) -> CorrectValueForm:
        initial = {
            "element": value.element,
            "value": format_value(value.element, value.values),
            "quoted": value.quote,
            "place": value.words_clause.eid if value.words_clause else "",
            "start": value.start,
        }
        form = cls(data, clause=value.clause, initial=initial)
        form.fields["element"].disabled = True  # another element is another value
        return form


class StrikeValueForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)


class ImportValuesForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Table of values (CSV)"))
