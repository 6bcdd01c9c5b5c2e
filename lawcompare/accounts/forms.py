"""Forms of a person's own account and of an organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.models import Invitation, Organisation, User


class ProfileForm(forms.ModelForm):
    """The name by which a person may be credited."""

    class Meta:
        model = User
        fields = ["display_name"]
        labels = {"display_name": _("Name for credit")}
        help_texts = {
            "display_name": _("Shown only beside annotations where you ask for it. Leave it empty to be safe.")
        }
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "off"})}

    def clean_display_name(self) -> str:
        return " ".join(self.cleaned_data["display_name"].split())


class InvitationForm(forms.ModelForm):
    """The address and role of somebody to invite."""

    class Meta:
        model = Invitation
        fields = ["email", "role"]
        labels = {"email": _("Email address"), "role": _("Role")}
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "off"})}


class OrganisationForm(forms.ModelForm):
    """What an organisation says about itself, and whether it keeps the two-person rule."""

    class Meta:
        model = Organisation
        fields = ["description", "two_person_rule"]
        labels = {"description": _("Description"), "two_person_rule": _("Two-person rule")}
        help_texts = {"two_person_rule": _("A correspondence, and an only member’s note, need a second person too.")}
        widgets = {"description": forms.Textarea(attrs={"rows": 5, "maxlength": 2000})}

    def clean_description(self) -> str:
        description = self.cleaned_data["description"]
        if len(description) > 2000:
            raise forms.ValidationError(_("At most 2,000 characters."))
        return description


class PasswordForm(forms.Form):
    """The password of a new account, typed twice; the service checks its strength."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Four or five words that do not belong together are good."),
    )
    again = forms.CharField(
        label=_("Repeat the password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("again") and cleaned.get("password") != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


class AddressForm(forms.Form):
    """The new email address."""

    email = forms.EmailField(label=_("New email address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
