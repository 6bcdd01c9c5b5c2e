from django import forms
from django.utils.translation import gettext_lazy as _


class FetchForm(forms.Form):
    """Which sections, and of which release point."""

    wanted = forms.CharField(
        label=_("Titles and sections"),
        max_length=500,
        help_text=_("Title, colon, sections: 18:1030,2510-2523 47:230"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    release_point = forms.CharField(
        label=_("Release point"), max_length=40, required=False, help_text=_("Such as 119-36. Empty: the current one.")
    )
