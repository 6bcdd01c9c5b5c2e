"""Editing a law's record, with its history."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may
from lawcompare.accounts.responses import makes_public, sentence_on, signed_in
from lawcompare.core.standard_names import jurisdiction_choices
from lawcompare.core.translations.texts import TranslatedForm
from lawcompare.laws import access
from lawcompare.laws.editing import services
from lawcompare.laws.editing.services import COLUMNS, SLUG_MAX, RenamingRefused
from lawcompare.laws.models import Law, LawKind, Version


def save_over(form: Any, seen: str) -> None:
    """Have a form that was refused, since others changed what it is of, be taken when it is sent once more."""
    form.add_error(None, _("To put yours in place of theirs, save again."))
    form.data = form.data.copy()
    form.data["seen"] = seen


class LawForm(TranslatedForm):
    """Jurisdiction and kind have no default: each is chosen."""

    in_each_language = {"title": gettext_lazy("Title in %(language)s")}

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Stands in the history of the law."),
    )
    # What it was when the form was opened, so that of two who change it at once the second gets an error.
    seen = forms.CharField(widget=forms.HiddenInput)

    class Meta:
        model = Law
        fields = [name for name in COLUMNS if name == "title" or not name.startswith("title_")]
        labels = {
            "slug": gettext_lazy("Short name in addresses"),
            "jurisdiction": gettext_lazy("Jurisdiction"),
            "organisation": gettext_lazy("International organisation"),
            "kind": gettext_lazy("Kind of law"),
            "date": gettext_lazy("Year or date of the law"),
            "description": gettext_lazy("Description"),
        }
        help_texts = {
            "slug": gettext_lazy("Small letters, digits and hyphens. The old addresses go on leading here."),
            "organisation": gettext_lazy("Of an international law alone: un, coe … as its permanent address names it."),
            "date": gettext_lazy("When it was first made or drafted. It is part of its permanent address."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("jurisdiction", jurisdiction_choices()), ("kind", LawKind.choices)):
            self.fields[name].choices = [("", _("choose")), *choices]  # type: ignore[attr-defined]
        self.initial["seen"] = services.seen_of(self.instance)

    def validate_unique(self) -> None:
        """The service says whether a name is free: what staff alone see takes none."""


class TextNameForm(forms.Form):
    slug = forms.CharField(
        label=gettext_lazy("Short name in addresses"),
        max_length=SLUG_MAX,
        help_text=gettext_lazy("Small letters, digits and hyphens. The old addresses go on leading here."),
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=SLUG_MAX)


@signed_in("GET", "POST")
@makes_public
def edit_law(request: HttpRequest, law: str) -> HttpResponse:
    """Titles, jurisdiction, kind, date and short name of a law, for an editor of who brought it."""
    requested = access.get_law(request.user, law)
    if not services.may_edit(request.user, requested):
        raise PermissionDenied(_("Only an editor of the organisation that brought a law here can change it."))
    # The form fills the row that it is given: the page goes on naming the law as it is stored.
    form = LawForm(request.POST or None, instance=Law.objects.get(pk=requested.pk))
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        reason, seen = answers.pop("reason"), answers.pop("seen")
        try:
            change = services.edit_law(request.user, requested, answers, reason, seen)
        except RenamingRefused as refused:
            form.add_error("slug", str(refused))
        except services.EditedMeanwhile as other:
            form.add_error(None, str(other))
            save_over(form, services.seen_of(other.law))
        except ValidationError as error:  # too much of it waits
            form.add_error(None, error)
        else:
            done = sentence_on(change, _("Saved and noted in its history.") if change else _("Nothing was changed."))
            messages.success(request, done)
            return redirect(Law.objects.get(pk=requested.pk))
    labels = {name: form.fields[name].label for name in services.COLUMNS}
    labels["version"] = TextNameForm.base_fields["slug"].label
    history = requested.changes.select_related("organisation")
    known = access.history_known(request.user, history, attrgetter("organisation"), access.first_public(requested))
    changes = [
        (change, [(labels[name], old, new) for name, (old, new) in change.fields.items() if old != new])
        for change in known
    ]
    context = {"form": form, "law": requested, "changes": changes}
    return render(request, "laws/edit.html", context, status=400 if form.errors else 200)


@signed_in("GET", "POST")
def rename_text(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """Another name of a text in addresses, for an editor of who brought it; its former names lead on."""
    text = access.get_version(request.user, law, version)
    if not services.may_rename(request.user, text):
        raise PermissionDenied(_("Only an editor of the organisation that brought a text here can rename it."))
    form = TextNameForm(request.POST or None, initial={"slug": text.slug, "seen": text.slug})
    if form.is_valid():
        try:
            change = services.rename_text(request.user, text, form.cleaned_data["slug"], form.cleaned_data["seen"])
        except RenamingRefused as refused:
            form.add_error("slug", str(refused))
        else:
            done = sentence_on(change, _("Saved and noted in its history.") if change else _("Nothing was changed."))
            messages.success(request, done)
            return redirect(Version.objects.select_related("law").get(pk=text.pk))
    names = text.former_addresses.order_by("since")
    former = access.history_known(request.user, names, lambda one: text.brought_by, text, "since")
    context = {"form": form, "version": text, "former": former, "may_correct": may(request.user, "import")}
    return render(request, "laws/rename.html", context, status=400 if form.errors else 200)
