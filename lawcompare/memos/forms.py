"""The forms of memos: the same with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.memos.models import ItemKind, Memo, MemoItem
from lawcompare.memos.services import ITEMS_MAX, ItemChange, MemoCandidate

TEXT_MAX = 20_000


class CollectForm(forms.Form):
    """Into which memo, and what. Cleaned, it has ``items``."""

    memo = forms.ChoiceField(label=gettext_lazy("Memo"), required=False)
    title = forms.CharField(label=gettext_lazy("Title of a new memo"), max_length=200, required=False)
    chosen = forms.MultipleChoiceField(label=gettext_lazy("What is put into it"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, *args: Any, memos: Iterable[Memo], offered: Sequence[MemoCandidate], title: str = "", **kwargs: Any
    ) -> None:
        chosen = [candidate.name for candidate in offered if candidate.is_chosen]
        super().__init__(*args, **{"initial": {"chosen": chosen, "title": title[:200]}} | kwargs)
        self.offered = {candidate.name: candidate for candidate in offered}
        self.memos = {memo.key: memo for memo in memos}
        names = [("", _("A new memo")), *((memo.key, memo.title) for memo in self.memos.values())]
        self.fields["memo"].choices = names  # type: ignore[attr-defined]
        self.fields["chosen"].choices = [(one.name, one.label) for one in offered]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["items"] = [self.offered[name].item for name in data.get("chosen") or []]
        if not data.get("memo") and not data.get("title", "").strip() and "title" not in self.errors:
            self.add_error("title", _("Give the memo a title."))
        return data


class NewMemoForm(forms.Form):
    title = forms.CharField(label=gettext_lazy("Title of a new memo"), max_length=200)


class MemoForm(forms.Form):
    """A memo as a whole: its title, and of each item its place and, where they are the memo's own, its words."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    based_on = forms.IntegerField(widget=forms.HiddenInput)
    new_place = forms.IntegerField(label=gettext_lazy("Number"), min_value=1, max_value=ITEMS_MAX + 1, required=False)
    new_heading = forms.CharField(label=gettext_lazy("Heading"), max_length=200, required=False)
    new_text = forms.CharField(
        label=gettext_lazy("Paragraphs"),
        max_length=TEXT_MAX,
        required=False,
        help_text=gettext_lazy("An empty line begins another paragraph."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, items: Sequence[MemoItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for number, item in enumerate(self.items, start=1):
            place = forms.IntegerField(
                label=_("Number"), min_value=1, max_value=ITEMS_MAX + 1, initial=number, required=False
            )
            self.fields[f"place_{item.key}"] = place
            self.fields[f"remove_{item.key}"] = forms.BooleanField(label=_("Take it out"), required=False)
            if item.kind == ItemKind.WORDS:
                self.fields[f"heading_{item.key}"] = forms.CharField(
                    label=_("Heading"), max_length=200, initial=item.heading, required=False
                )
                self.fields[f"text_{item.key}"] = forms.CharField(
                    label=_("Paragraphs"),
                    max_length=TEXT_MAX,
                    initial=item.text,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 4}),
                )

    @classmethod
    def of(cls, memo: Memo, items: Sequence[MemoItem]) -> MemoForm:
        return cls(initial={"title": memo.title, "based_on": memo.revision}, items=items)

    def fields_of(self, item: MemoItem) -> dict[str, Any]:
        names = ("place", "remove", "heading", "text")
        return {name: self[f"{name}_{item.key}"] for name in names if f"{name}_{item.key}" in self.fields}

    @property
    def changes(self) -> dict[int, ItemChange]:
        data, changes = self.cleaned_data, {}
        for number, item in enumerate(self.items, start=1):
            changes[item.pk] = ItemChange(
                data.get(f"place_{item.key}") or number,
                bool(data.get(f"remove_{item.key}")),
                data.get(f"heading_{item.key}") or "",
                data.get(f"text_{item.key}") or "",
            )
        return changes

    @property
    def step(self) -> tuple[int, int] | None:
        """The part that a button moves, by its key, and how far: -1 up, 1 down."""
        for name, by in (("up", -1), ("down", 1)):
            pressed = str(self.data.get(name, ""))
            for item in self.items:
                if item.key == pressed:
                    return item.pk, by
        return None

    @property
    def added(self) -> ItemChange | None:
        data = self.cleaned_data
        if not data["new_heading"].strip() and not data["new_text"].strip():
            return None
        return ItemChange(data["new_place"] or ITEMS_MAX + 1, False, data["new_heading"], data["new_text"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(self.items) >= ITEMS_MAX and (data.get("new_heading") or data.get("new_text")):
            raise ValidationError(_("A memo has at most %(number)s parts.") % {"number": ITEMS_MAX})
        return data
