"""The form by which an editor says whether a rendering was checked."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ReviewForm(forms.Form):
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("checked", _("checked against the original")), ("unchecked", _("not checked"))],
        widget=forms.RadioSelect,
    )
    credit = forms.CharField(
        label=_("By whom"),
        help_text=_("As they wish to be named: a name, a profession, an organisation. Readers see it."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("What was checked, and what remains in doubt. The editors of your organisation see it."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
