"""The forms by which topics are made: the same with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.core.translations.texts import add_languages
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.suggestions.forms import texts_by_law
from lawcompare.crosswalk.topics.services import FIELDS
from lawcompare.laws.citing.find_clause import CitationError, Citations, cite
from lawcompare.laws.models import Clause, Version

DESCRIPTION_MAX = 5_000
# Rows of the form in which clauses are named.
ROWS = 4


class TopicForm(forms.Form):
    """What a topic says, in each language, and the clauses under it. Cleaned, it has ``clauses``."""

    title = forms.CharField(max_length=200)
    description = forms.CharField(max_length=DESCRIPTION_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    kept = forms.MultipleChoiceField(
        label=gettext_lazy("Clauses under it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, versions: Iterable[Version], clauses: Sequence[Clause] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"title": _("Title in %(language)s"), "description": _("What it is about, in %(language)s")}
        add_languages(self, labels)  # type: ignore[arg-type]
        self.versions = {version.address: version for version in versions}
        self.clauses = {str(clause.pk): clause for clause in clauses}
        named = [(key, f"{clause.version.name}: {cite(clause)}") for key, clause in self.clauses.items()]
        if named:
            self.fields["kept"].choices = named  # type: ignore[attr-defined]
        else:
            del self.fields["kept"]
        texts = [("", "—"), *texts_by_law(self.versions.values())]
        for number in range(1, ROWS + 1):
            self.fields[f"text_{number}"] = forms.ChoiceField(label=_("Text"), choices=texts, required=False)
            self.fields[f"cited_{number}"] = forms.CharField(label=_("Number"), max_length=250, required=False)

    @classmethod
    def of(cls, topic: Topic, versions: Iterable[Version], clauses: Sequence[Clause]) -> TopicForm:
        initial = {name: getattr(topic, name) for name in FIELDS}
        initial |= {"based_on": topic.revision, "kept": [str(clause.pk) for clause in clauses]}
        return cls(initial=initial, versions=versions, clauses=clauses)

    @property
    def words(self) -> list[Any]:
        """The fields but for those in which further clauses are named."""
        return [field for field in self if not field.name.startswith(("text_", "cited_"))]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"text_{number}"], self[f"cited_{number}"]) for number in range(1, ROWS + 1)]

    @property
    def content(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        clauses = [self.clauses[key] for key in data.get("kept") or []]
        for number in range(1, ROWS + 1):
            if clause := self._named(number, data.get(f"text_{number}", ""), data.get(f"cited_{number}", "")):
                clauses.append(clause)
        data["clauses"] = list({clause.pk: clause for clause in clauses}.values())
        return data

    def _named(self, number: int, address: str, cited: str) -> Clause | None:
        if not cited.strip() and not address:
            return None
        if not (cited.strip() and address):
            name = "cited" if address else "text"
            self.add_error(f"{name}_{number}", _("Say the text and the number of the clause, or neither."))
            return None
        version = self.versions[address]
        try:
            return Citations(version).find(cited)
        except CitationError:
            names = {"title": version.name, "eid": cited}
            self.add_error(f"cited_{number}", _("“%(title)s” has no clause with the address “%(eid)s”.") % names)
            return None


class MergeForm(forms.Form):
    """Under which other topic everything is to stand."""

    into = forms.ModelChoiceField(
        Topic.objects.current(), label=gettext_lazy("Merge it into"), to_field_name="slug", empty_label="—"
    )


class RetireForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2_000)
