"""The forms of replies, of readers' notices, of kinds of risk, and of the reason for a decision."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from lawcompare.annotations.models import Category, Flag, FlagKind, Reply
from lawcompare.annotations.writing.forms import BodyField, text_area
from lawcompare.core.translations.texts import TranslatedForm


class ReplyForm(forms.ModelForm):
    body = BodyField(label=_("Your words"), max_length=5_000, widget=text_area(4))

    class Meta:
        model = Reply
        fields = ["kind", "body"]
        labels = {"kind": _("It is a")}


class RemarkForm(forms.Form):
    body = BodyField(label=_("Your words"), max_length=5_000, widget=text_area(3))


class FlagForm(forms.ModelForm):
    class Meta:
        model = Flag
        fields = ["kind", "words"]
        labels = {"kind": _("What is wrong"), "words": _("In your words")}
        help_texts = {"words": _("If you like. Do not write who you are, nor name anyone who could come to harm.")}
        widgets = {"kind": forms.RadioSelect, "words": text_area(4)}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = FlagKind.choices  # type: ignore[attr-defined]


class CategoryForm(TranslatedForm):
    in_each_language = {"label": _("Name in %(language)s"), "question": _("Question in %(language)s")}

    class Meta:
        model = Category
        fields = ["label", "question", "is_retired"]
        labels = {
            "is_retired": _("No longer in use"),
        }
        widgets = {
            "question": text_area(2),
        }
        help_texts = {"is_retired": _("Notes that have it keep it; new notes are not offered it.")}


class NewCategoryForm(CategoryForm):
    code = forms.CharField(
        label=_("Short name"),
        max_length=12,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9-]+\Z", _("Capital Latin letters, digits and hyphens."))],
        help_text=_("It stands in addresses and files, and is never changed."),
    )
    field_order = ["code"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.order_fields(self.field_order)

    class Meta(CategoryForm.Meta):
        fields = ["code", "label", "question"]


class ReasonForm(forms.Form):
    """Why something was decided."""

    reason = forms.CharField(max_length=2_000)
