"""For whom a guest link is, and for how long."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.languages import digits
from lawcompare.sharing.guests.services import DAYS


class GuestForm(forms.Form):
    """A name that tells members of the organisation who was given the link, and the days it works."""

    name = forms.CharField(
        label=_("For whom"),
        max_length=100,
        help_text=_("Your organisation alone sees this name. A pen name will do."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    days = forms.TypedChoiceField(label=_("How many days it works"), coerce=int, initial="7")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["days"].choices = [(str(days), digits(days)) for days in DAYS]  # type: ignore[attr-defined]
