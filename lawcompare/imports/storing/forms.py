"""The forms of importing: the details of a text before it is published."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from lawcompare.core.standard_names import grouped_languages, jurisdiction_choices
from lawcompare.imports.storing.services import free_slug
from lawcompare.languages import OTHERS, columns_of
from lawcompare.laws.access import TITLE, proposal_of_law, titled
from lawcompare.laws.models import VERSION_STATUSES, LawKind, TextStatus, VersionQuerySet, check_date

NEW_LAW = "+"
NOTHING = "-"
STATUSES = [choice for choice in TextStatus.choices if choice[0] in VERSION_STATUSES]


class AboutForm(forms.Form):
    """The details of a text. ``details()`` is what ``laws.services.store_text`` takes."""

    law = forms.ChoiceField(label=_("Law"))
    law_title = forms.CharField(label=_("Title of the new law"), max_length=300, required=False)
    law_slug = forms.SlugField(
        label=_("Name of the new law in addresses"),
        max_length=80,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from an English title."),
    )
    jurisdiction = forms.ChoiceField(
        label=_("Jurisdiction"), choices=lambda: [("", _("choose")), *jurisdiction_choices()], required=False
    )
    kind = forms.ChoiceField(label=_("Kind of law"), choices=[("", _("choose")), *LawKind.choices], required=False)
    title = forms.CharField(label=_("Title of this text"), max_length=300)
    short_title = forms.CharField(
        label=_("Short title"), max_length=60, required=False, help_text=_("As lists call it, such as “2020 draft”.")
    )
    date = forms.CharField(
        label=_("Date of the text"),
        max_length=10,
        validators=[check_date],
        help_text=_("As precise as it is known: 2024, 2024-03 or 2024-03-15."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=grouped_languages)
    text_status = forms.ChoiceField(label=_("What the words are"), choices=[("", _("choose")), *STATUSES])
    compared = forms.BooleanField(label=_("I compared all of it with its source"), required=False)
    source_url = forms.URLField(
        label=_("Source"), max_length=500, required=False, assume_scheme="https",
        help_text=_(
            "An address anyone can open; an official text needs one. Leave it empty if it would lead to a person."
        ),
    )  # fmt: skip
    became_public = forms.CharField(
        label=_("How it became public"),
        max_length=1000,
        required=False,
        help_text=_("In a few words, such as “published by a newspaper”. Never name who gave it."),
    )
    became_public_on = forms.CharField(label=_("Public since"), max_length=10, required=False, validators=[check_date])
    follows = forms.ChoiceField(label=_("Follows the text"), required=False)
    translates = forms.ChoiceField(label=_("Translates the text"), required=False)
    corrects = forms.ChoiceField(label=_("Corrects the text"), required=False)
    note = forms.CharField(
        label=_("Note to readers"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.SlugField(
        label=_("Name in the address"),
        max_length=80,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from date and language."),
    )

    def __init__(
        self,
        *args: Any,
        versions: VersionQuerySet,
        needs_comparing: bool = False,
        is_amended: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_amended:  # by the program, which says so itself
            status = TextStatus.CONSOLIDATED
            statuses = [(status.value, status.label)]
            self.fields["compared"] = forms.BooleanField(label=_("I have read every instruction beside its outcome"))
            self.fields["text_status"] = forms.ChoiceField(label=_("What the words are"), choices=statuses)
        elif not needs_comparing:
            del self.fields["compared"]
        for language in OTHERS:
            label = _("Its name in %(language)s, where it has one") % {"language": language.name}
            field = forms.CharField(label=label, max_length=300, required=False)
            field.widget.attrs["lang"] = language.code
            self.fields[f"title_{language.code}"] = field
        self.versions = list(versions.order_by("law", "date", "slug"))
        laws = {version.law.slug: version.law for version in self.versions}
        texts = [(version.address, f"{version.name} · {version.date}") for version in self.versions]
        proposed = {version.law.slug for version in self.versions if version.brought_by}
        known = [
            (slug, titled(law.name, proposal_of_law(law, of=TITLE) if slug in proposed else ""))
            for slug, law in laws.items()
        ]
        choices: dict[str, list[tuple[str, Any]]] = {
            "law": [("", _("choose a law")), (NEW_LAW, _("a new law")), *known],
            "follows": [("", _("the one before it by date")), (NOTHING, _("none")), *texts],
            "translates": [("", _("none")), *texts],
            "corrects": [("", _("none")), *texts],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("text_status") == TextStatus.OFFICIAL
            and not data.get("source_url")
            and "source_url" not in self.errors
        ):
            self.add_error("source_url", _("Give the source of an official text, or say that it is something else."))
        if data.get("text_status") == TextStatus.OFFICIAL and data.get("compared") is False:
            words = _(
                "A text read from pictures is official only when a person compared it with its source: tick this."
            )
            self.add_error("compared", words)
        if data.get("law") == NEW_LAW:
            self._clean_new_law(data)
        else:
            data["law_title"] = data["law_slug"] = ""
        if self.errors:
            return data
        for name in ("follows", "corrects"):
            if data[name] not in ("", NOTHING) and data[name].partition("/")[0] != data["law"]:
                self.add_error(name, _("That is a text of another law."))
        languages = {version.address: version.language for version in self.versions}
        if data["translates"] and languages[data["translates"]] == data["language"]:
            self.add_error("translates", _("That text is in the same language."))
        taken = {version.slug for version in self.versions if version.law.slug == data["law"]}
        data["version"] = data["version"] or free_slug(f"{data['date']}-{data['language']}", taken)
        if data["version"] in taken:
            self.add_error("version", _("That name is taken by another text of this law."))
        return data

    def _clean_new_law(self, data: dict[str, Any]) -> None:
        for name in ("jurisdiction", "kind"):
            if not data.get(name):
                self.add_error(name, _("A new law needs this."))
        title = data.get("law_title") or data.get("title") or ""
        # Laws that one cannot see do not count: that a name is taken would tell that there is one.
        known = {version.law.slug for version in self.versions}
        wanted = data.get("law_slug") or slugify(title)[:60].strip("-") or "law"
        if data.get("law_slug") and wanted in known:
            self.add_error("law_slug", _("That name is taken by another law."))
        data["law"] = free_slug(wanted, known)
        data["law_title"] = title

    @property
    def names(self) -> list[forms.BoundField]:
        """The fields of the law's names in other languages."""
        return [self[name] for name in columns_of("title")[1:]]

    def details(self) -> dict[str, Any]:
        """The details. Which text it follows is kept where a person named one: by date it is found where it is asked,
        and would tell when the text was brought.
        """
        details = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        details.pop("compared", None)
        return {name: value for name, value in details.items() if value != NOTHING}
