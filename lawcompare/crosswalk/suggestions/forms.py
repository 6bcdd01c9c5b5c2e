"""The forms by which reviewers decide on counterparts: the same with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.crosswalk.models import Correspondence, Element, Relation, Topic
from lawcompare.laws.citing.find_clause import CitationError, Citations
from lawcompare.laws.models import Clause, Version

REASON_MAX = 5_000
ANSWERING = [(value, label) for value, label in Relation.choices if value != Relation.NONE]


def texts_by_law(versions: Iterable[Version]) -> list[Any]:
    """Texts as the choices of a field, in groups by law."""
    laws: dict[str, list[tuple[str, str]]] = {}
    for version in versions:
        laws.setdefault(version.law.name, []).append((version.address, version.name))
    return list(laws.items())


class ChooseForm(forms.Form):
    """Which text's clauses, and in which text their counterparts are looked for."""

    source = forms.ChoiceField(label=gettext_lazy("Clauses of"))
    target = forms.ChoiceField(label=gettext_lazy("Counterparts in"))

    def __init__(self, *args: Any, versions: Iterable[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.address: version for version in versions}
        for name in ("source", "target"):
            self.fields[name].choices = texts_by_law(self.versions.values())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") and data.get("source") == data.get("target"):
            raise ValidationError(_("Choose two different texts."))
        return {name: self.versions[address] for name, address in data.items()}


class StatementForm(forms.Form):
    """What every decision says: the subject, how the clauses stand to each other, and why."""

    topic = forms.ModelChoiceField(Topic.objects.current(), label=gettext_lazy("Topic"), empty_label="—")
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), choices=ANSWERING)
    reasoning = forms.CharField(
        label=gettext_lazy("Reasoning"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, topics: Iterable[Topic] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if topics is not None:  # read once for all forms of a page
            chosen = [("", "—"), *((topic.pk, str(topic)) for topic in topics)]
            self.fields["topic"].choices = chosen  # type: ignore[attr-defined]


class ConfirmCounterpartForm(StatementForm):
    """Filled in so that one keystroke is enough; every field can be changed."""

    @classmethod
    def of(cls, correspondence: Correspondence, topics: Iterable[Topic]) -> ConfirmCounterpartForm:
        initial = {
            "topic": correspondence.topic_id,
            "relation": correspondence.relation or Relation.PARTIAL,
            "reasoning": correspondence.reasoning or " ".join(correspondence.reason_sentences),
        }
        return cls(initial=initial, auto_id=f"confirm-{correspondence.pk}-%s", topics=topics)


class RefuseCounterpartForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)

    @classmethod
    def of(cls, correspondence: Correspondence) -> RefuseCounterpartForm:
        initial = {"reason": _("It is about something else.")}
        return cls(initial=initial, auto_id=f"refuse-{correspondence.pk}-%s")


class StateCounterpartForm(StatementForm):
    """A correspondence stated by hand, or that none was found in a whole text."""

    target = forms.ChoiceField(label=gettext_lazy("Text of the other law"))
    cited = forms.CharField(
        label=gettext_lazy("Clause that answers"),
        required=False,
        max_length=250,
        help_text=gettext_lazy(
            "Its number as printed, with that of the paragraph in brackets. Leave empty where none was found."
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
    new_topic = forms.CharField(
        label=gettext_lazy("Or a new topic, by its title in English"), required=False, max_length=200
    )
    field_order = ["target", "cited", "topic", "new_topic", "relation", "elements", "reasoning", "searched"]

    def __init__(self, *args: Any, clause: Clause, versions: Iterable[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause
        self.versions = {v.address: v for v in versions if v.pk != clause.version_id}
        self.fields["target"].choices = texts_by_law(self.versions.values())  # type: ignore[attr-defined]
        self.fields["relation"].choices = [("", "—"), *Relation.choices]  # type: ignore[attr-defined]
        self.fields["topic"].required = False

    def clean(self) -> dict[str, Any]:
        """Add ``answer``: the clause cited, or the text in which none was found."""
        data = super().clean() or {}
        if "topic" not in self.errors and bool(data.get("topic")) == bool((data.get("new_topic") or "").strip()):
            self.add_error("topic", _("Choose a topic, or give the title of a new one."))
        version = self.versions.get(data.get("target", ""))
        if version is None:
            return data
        data["answer"] = version
        if cited := data.get("cited"):
            try:
                data["answer"] = Citations(version).find(cited)
            except CitationError:
                self.add_error(
                    "cited",
                    _("“%(title)s” has no clause with the address “%(eid)s”.") % {"title": version.name, "eid": cited},
                )
        return data
