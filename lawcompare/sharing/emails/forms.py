"""Which e-mails one wants, and what to follow."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.sharing.emails.models import CHOSEN_KINDS, Choice, EmailKind, Pace

PACES = [choice for choice in Pace.choices if choice[0] != Pace.NEVER]


class EmailsForm(forms.Form):
    """For each kind of e-mail: never, at once, or once a day. ``reviews``: whether notes wait for the person."""

    def __init__(self, *args: Any, choice: Choice | None = None, reviews: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in CHOSEN_KINDS:
            if kind == EmailKind.SUBMITTED and not reviews:
                continue
            pace = choice.pace_of(kind) if choice else Pace.NEVER
            self.fields[kind.value] = forms.ChoiceField(label=kind.label, choices=Pace.choices, initial=pace)


class FollowForm(forms.Form):
    """At once or as a digest; the address of a visitor without an account."""

    email = forms.EmailField(
        label=_("Your email address"),
        help_text=_("We keep it encrypted and use it only for these emails."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    pace = forms.ChoiceField(label=_("How often"), choices=PACES, initial=Pace.DAILY, widget=forms.RadioSelect)

    def __init__(self, *args: Any, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_account:
            del self.fields["email"]
