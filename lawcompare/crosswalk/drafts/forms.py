"""The form by which a pair that nobody suggested is put into a draft comparison."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.crosswalk.models import DraftComparison, Element, Relation, Topic
from lawcompare.crosswalk.suggestions.forms import REASON_MAX, StatementForm
from lawcompare.laws.citing.find_clause import CitationError, Citations
from lawcompare.laws.models import Clause, Version

CITED_MAX = 250


class OtherPairForm(StatementForm):
    """A pair by the numbers of its two clauses, or a clause of either text that nothing in the other one answers."""

    own = forms.CharField(label=gettext_lazy("Clause of the first text"), required=False, max_length=CITED_MAX)
    cited = forms.CharField(
        label=gettext_lazy("Clause of the second text"),
        required=False,
        max_length=CITED_MAX,
        help_text=gettext_lazy(
            "Its number as printed, with that of the paragraph in brackets. Where a text has no counterpart, leave its"
            " field empty and choose “none found”."
        ),
    )
    searched = forms.CharField(
        label=gettext_lazy("Where it was looked for, if none was found"), required=False, max_length=REASON_MAX
    )
    elements = forms.MultipleChoiceField(
        label=gettext_lazy("Elements in which they differ"),
        choices=Element.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ["own", "cited", "topic", "relation", "elements", "reasoning", "searched"]

    def __init__(self, *args: Any, draft: DraftComparison, topics: Iterable[Topic], **kwargs: Any) -> None:
        super().__init__(*args, topics=topics, auto_id="other-%s", **kwargs)
        self.draft = draft
        self.fields["relation"].choices = [("", "—"), *Relation.choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Add ``subject`` and ``answer``: the clauses cited, or one of them and the text in which none was found."""
        data = super().clean() or {}
        first, second = self._clause("own", self.draft.source), self._clause("cited", self.draft.target)
        if first is None and second is not None:
            data["subject"], data["answer"] = second, self.draft.source
        else:
            data["subject"], data["answer"] = first, second or self.draft.target
        if first is None and second is None and not self.errors:
            self.add_error("own", _("Name a clause of one of the two texts."))
        return data

    @property
    def pair(self) -> dict[str, Any]:
        """What was filled in, as ``services.confirm_pair`` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"own", "cited"}}

    def _clause(self, name: str, version: Version) -> Clause | None:
        cited = self.cleaned_data.get(name)
        if not cited:
            return None
        try:
            return Citations(version).find(cited)
        except CitationError:
            self.add_error(
                name,
                _("“%(title)s” has no clause with the address “%(eid)s”.") % {"title": version.name, "eid": cited},
            )
            return None
