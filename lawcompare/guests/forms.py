"""For whom a guest link is, and for how long."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.guests.services import DAYS


class GuestForm(forms.Form):
    """A name that tells members of the organisation who was given the link, and the days it works."""

    name = forms.CharField(
        label=_("For whom"),
        max_length=100,
        help_text=_("Your organisation alone sees this name. A pen name will do."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(
        label=_("How many days it works"), choices=[(str(n), str(n)) for n in DAYS], coerce=int, initial="7"
    )
