"""The forms of memos: the same with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.memos.models import ItemKind, Memo, MemoItem
from lawcompare.memos.services import ITEMS_MAX, MemoCandidate, OwnWords

TEXT_MAX = 20_000


class CollectForm(forms.Form):
    """Into which memo, and what. Cleaned, it has ``items``."""

    memo = forms.ChoiceField(label=gettext_lazy("Memo"), required=False)
    title = forms.CharField(label=gettext_lazy("Title of a new memo"), max_length=200, required=False)
    chosen = forms.MultipleChoiceField(label=gettext_lazy("Include"), widget=forms.CheckboxSelectMultiple)

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
    """A memo as a whole: its title, the order of its parts, and the words of those that are its own."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    based_on = forms.IntegerField(widget=forms.HiddenInput)
    # The keys of the parts with spaces between, as a script sets them; a part that is not named comes last.
    order = forms.CharField(required=False, max_length=40 * ITEMS_MAX, widget=forms.HiddenInput)
    new_heading = forms.CharField(label=gettext_lazy("Heading"), max_length=200, required=False)
    new_text = forms.CharField(
        label=gettext_lazy("Paragraphs"),
        max_length=TEXT_MAX,
        required=False,
        help_text=gettext_lazy("Leave an empty line between paragraphs."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, items: Sequence[MemoItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
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
        return {name: self[f"{name}_{item.key}"] for name in ("heading", "text") if f"{name}_{item.key}" in self.fields}

    @property
    def words(self) -> dict[int, OwnWords]:
        """The own paragraphs, by the key of their item."""
        data = self.cleaned_data
        own = [item for item in self.items if item.kind == ItemKind.WORDS]
        return {item.pk: (data[f"heading_{item.key}"], data[f"text_{item.key}"]) for item in own}

    @property
    def pressed(self) -> str:
        """The key of the part that a button moves or takes out; empty where none does."""
        named = [str(self.data.get(button, "")) for button in ("up", "down", "remove")]
        return next((item.key for item in self.items if item.key in named), "")

    @property
    def new_order(self) -> list[int]:
        """The keys of the items as the script or a button orders them, without the one taken out."""
        wanted = {key: place for place, key in enumerate(self.cleaned_data["order"].split())}
        items = sorted(self.items, key=lambda item: wanted.get(item.key, len(wanted))) if wanted else [*self.items]
        at = next((place for place, item in enumerate(items) if item.key == self.pressed), None)
        if at is not None and "remove" in self.data:
            del items[at]
        elif at is not None:
            to = at - 1 if "up" in self.data else at + 1
            items.insert(max(to, 0), items.pop(at))
        return [item.pk for item in items]

    @property
    def added(self) -> OwnWords | None:
        heading, text = self.cleaned_data["new_heading"], self.cleaned_data["new_text"]
        return (heading, text) if heading.strip() or text.strip() else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if len(self.items) >= ITEMS_MAX and (data.get("new_heading") or data.get("new_text")):
            raise ValidationError(_("A memo has at most %(number)s parts.") % {"number": ITEMS_MAX})
        return data
