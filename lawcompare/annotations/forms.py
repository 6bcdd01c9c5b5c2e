"""The form by which an annotation is written: the same with and without JavaScript."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.annotations.models import Annotation, Category
from lawcompare.annotations.services import SelectionError, place
from lawcompare.laws.models import Clause

BODY_MAX = 20_000


class AnnotationForm(forms.ModelForm):
    exact = forms.CharField(
        label=_("Words"),
        required=False,
        strip=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Copied from the clause as they stand there. Leave empty to speak of the whole clause."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    body = forms.CharField(
        label=_("Reasoning"),
        max_length=BODY_MAX,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown: **strong**, *emphasis*, > quotation, lists and links."),
    )
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(), label=_("Kinds of risk"), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Annotation
        fields = ["risk", "motivation", "body", "proposed_text", "categories"]
        labels = {
            "risk": _("Risk"),
            "motivation": _("What this note does"),
            "proposed_text": _("Other words you propose"),
        }
        widgets = {"proposed_text": forms.Textarea(attrs={"rows": 3})}

    field_order = ["exact", "start", "risk", "categories", "body", "motivation", "proposed_text"]

    def __init__(self, *args: Any, clause: Clause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        exact = said.get("exact", "").replace("\r\n", "\n")
        try:
            place(self.instance, self.clause, exact, said.get("start"))
        except SelectionError as error:
            self.add_error("exact", str(error))
        return said
