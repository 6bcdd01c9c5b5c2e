"""The form by which an event is stated or changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.core.translations.texts import TranslatedForm
from lawcompare.languages import columns_of
from lawcompare.laws.models import Event, Version
from lawcompare.laws.timeline.services import check_sources, sources_from_lines


class TextsField(forms.ModelMultipleChoiceField):
    """Texts of the law, by their titles."""

    def label_from_instance(self, version: Any) -> str:
        return str(version.name)


class EventForm(TranslatedForm):
    in_each_language = {"title": _("Title in %(language)s"), "body": _("What happened, in %(language)s")}
    kind = forms.ChoiceField(label=_("What it was"))
    source_lines = forms.CharField(
        label=_("Sources"),
        help_text=_("One a line: the address of the page, a space, and what it is called."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    texts = TextsField(
        label=_("Texts it concerns"),
        queryset=Version.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = [
        "date", "date_is_inferred", "kind", *columns_of("title"), *columns_of("body"), "source_lines", "texts",
    ]  # fmt: skip

    class Meta:
        model = Event
        fields = ["date", "date_is_inferred", "kind", "title", "body", "is_retired"]
        labels = {
            "date": _("Date"),
            "date_is_inferred": _("The date is inferred, not stated by the source"),
            "is_retired": _("No longer shown"),
        }
        help_texts = {"date": _("The year, or the month or day too where they are known, as numbers with hyphens.")}
        widgets = {
            "body": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, texts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
        kinds = Event._meta.get_field("kind").choices or []
        self.fields["kind"].choices = [("", "–"), *kinds]  # type: ignore[attr-defined]
        self.fields["texts"].queryset = texts  # type: ignore[attr-defined]
        if self.instance.pk is None:
            del self.fields["is_retired"]
        else:
            self.initial["texts"] = self.instance.versions.all()
            lines = [f"{source['url']} {source['name']}".strip() for source in self.instance.sources]
            self.initial["source_lines"] = "\n".join(lines)

    def clean_source_lines(self) -> str:
        lines = str(self.cleaned_data["source_lines"])
        check_sources(sources_from_lines(lines))
        return lines

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "source_lines" in self.cleaned_data:
            self.instance.sources = sources_from_lines(self.cleaned_data["source_lines"])
        return cleaned
