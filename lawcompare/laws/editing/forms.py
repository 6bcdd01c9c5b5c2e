"""The form that edits a law's record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.core.standard_names import jurisdiction_choices
from lawcompare.core.translations.texts import TranslatedForm
from lawcompare.laws.editing.services import COLUMNS, SLUG_MAX
from lawcompare.laws.models import Law, LawKind, Version


class LawForm(TranslatedForm):
    """Jurisdiction and kind have no default: each is chosen."""

    in_each_language = {"title": _("Title in %(language)s")}

    reason = forms.CharField(
        label=_("Why"), required=False, max_length=500, help_text=_("Stands in the history of the law.")
    )
    # Count of changes when the form was opened, so that of two who change it at once the second gets an error.
    seen = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Law
        fields = [name for name in COLUMNS if name == "title" or not name.startswith("title_")]
        labels = {
            "slug": _("Short name in addresses"),
            "jurisdiction": _("Jurisdiction"),
            "organisation": _("International organisation"),
            "kind": _("Kind of law"),
            "date": _("Year or date of the law"),
            "description": _("Description"),
        }
        help_texts = {
            "slug": _("Small letters, digits and hyphens. The old addresses go on leading here."),
            "organisation": _("Of an international law alone: un, coe … as its permanent address names it."),
            "date": _("When it was first made or drafted. It is part of its permanent address."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("jurisdiction", jurisdiction_choices()), ("kind", LawKind.choices)):
            self.fields[name].choices = [("", _("choose")), *choices]  # type: ignore[attr-defined]
        self.initial["seen"] = self.instance.changes.count()


class TextNameForm(forms.Form):
    """The name of a text in addresses."""

    slug = forms.CharField(
        label=_("Short name in addresses"),
        max_length=SLUG_MAX,
        help_text=_("Small letters, digits and hyphens. The old addresses go on leading here."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=SLUG_MAX)

    @classmethod
    def of(cls, version: Version) -> TextNameForm:
        return cls(initial={"slug": version.slug, "seen": version.slug})
