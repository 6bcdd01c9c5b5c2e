"""The forms by which analysts correct a clause map: the same with and without JavaScript."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.comparisons.correcting.choices import ClauseChoice, label
from lawcompare.comparisons.correcting.correspondence_table import read_table
from lawcompare.comparisons.correcting.services import Edge
from lawcompare.laws.models import Clause, Version

REASON_MAX = 2_000


class Reasoned(forms.Form):
    """What every decision states: why, and whether the person is named beside the organisation."""

    reason = forms.CharField(
        label=gettext_lazy("Reason, which readers see"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 2})
    )
    names_person = forms.BooleanField(label=gettext_lazy("Name me beside my organisation"), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.display_name:
            del self.fields["names_person"]


class ClausesField(forms.MultipleChoiceField):
    """Clauses by address. What is offered is read where the form is shown; what came back is looked up by the form."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        return True


class OtherField(forms.ChoiceField):
    def valid_value(self, value: str) -> bool:
        return True


class CorrectForm(Reasoned):
    """Which clauses of two texts belong together: boxes for what is likely, a list for all others."""

    old = ClausesField(label=gettext_lazy("Clauses of the old text"), required=False)
    old_more = OtherField(label=gettext_lazy("and, of the old text"), required=False)
    new = ClausesField(label=gettext_lazy("Clauses of the new text"), required=False)
    new_more = OtherField(label=gettext_lazy("and, of the new text"), required=False)
    is_moved = forms.BooleanField(label=gettext_lazy("It was moved to another place"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    field_order = ["old", "old_more", "new", "new_more", "is_moved", "reason", "names_person", "seen"]

    def __init__(self, *args: Any, texts: tuple[Version, Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.texts = texts

    def offer(self, choices: tuple[ClauseChoice, ClauseChoice]) -> None:
        """Say what is to be chosen from, for a form that is shown."""
        for name, side in zip(("old", "new"), choices, strict=True):
            likely = {clause.eid for clause in side.likely} | set(self._posted(name))
            self.fields[name].choices = [(c.eid, label(c)) for c in side.clauses if c.eid in likely]  # type: ignore[attr-defined]
            others = [(c.eid, label(c)) for c in side.clauses if c.eid not in likely]
            self.fields[f"{name}_more"].choices = [("", "—"), *others]  # type: ignore[attr-defined]
            self.initial.setdefault(name, [clause.eid for clause in side.chosen])

    def _posted(self, name: str) -> list[str]:
        """What was ticked, also of what is not likely: a form shown again offers it again."""
        return self.data.getlist(name) if self.is_bound and hasattr(self.data, "getlist") else []

    def clean(self) -> dict[str, Any]:
        """Add ``edges``: each old clause with each new one; where a side has none, each by itself."""
        cleaned = super().clean() or {}
        olds, news = (self._chosen(cleaned, name, text) for name, text in zip(("old", "new"), self.texts, strict=True))
        edges: list[Edge] = [(one, other) for one in olds for other in news]
        if not edges:
            edges = [*((one, None) for one in olds), *((None, other) for other in news)]
        if not edges:
            raise forms.ValidationError(_("Choose at least one clause."))
        if cleaned.get("is_moved") and (len(edges) > 1 or not all(edges[0])):
            self.add_error("is_moved", _("Only one clause set beside one other is said to have moved."))
        cleaned["edges"] = edges
        return cleaned

    def _chosen(self, cleaned: dict[str, Any], name: str, text: Version) -> list[Clause]:
        eids = set(filter(None, [*cleaned.get(name, []), cleaned.get(f"{name}_more", "")]))
        clauses = list(text.clauses.filter(eid__in=eids).order_by("position"))
        for eid in sorted(eids - {clause.eid for clause in clauses}):
            self.add_error(name, _("“%(clause)s” is not in this text.") % {"clause": eid[:80]})
        return clauses


class TableForm(Reasoned):
    """A correspondence table, all of it or nothing."""

    table = forms.FileField(
        label=gettext_lazy("Table (CSV with the columns old and new)"),
        help_text=gettext_lazy(
            "A line for each pair, clauses by number or address; leave a cell empty for no partner."
        ),
    )
    field_order = ["table", "reason", "names_person"]

    def __init__(self, *args: Any, old: Version, new: Version, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old, self.new = old, new

    def clean_table(self) -> list[Edge]:
        return read_table(self.cleaned_data["table"].read(), self.old, self.new)


class TakeBackForm(forms.Form):
    decision = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)


class ConfirmForm(Reasoned):
    """Renderings that a person has read and found right."""

    pairs = forms.TypedMultipleChoiceField(coerce=int, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, pairs: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairs"].choices = [(pk, pk) for pk in pairs]  # type: ignore[attr-defined]
