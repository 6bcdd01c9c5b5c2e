"""Stating an event of a law, and changing one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may
from lawcompare.accounts.responses import makes_public, refused_on, sentence_on
from lawcompare.core.translations.texts import TranslatedForm
from lawcompare.languages import columns_of
from lawcompare.laws import access
from lawcompare.laws.editing.views import save_over
from lawcompare.laws.models import Event, Version
from lawcompare.laws.timeline import services
from lawcompare.laws.timeline.services import check_sources, sources_from_lines


class TextsField(forms.ModelMultipleChoiceField):
    """Texts of the law, by their titles."""

    def label_from_instance(self, version: Any) -> str:
        return str(version.name)


class EventForm(TranslatedForm):
    in_each_language = {
        "title": gettext_lazy("Title in %(language)s"),
        "body": gettext_lazy("What happened, in %(language)s"),
    }
    kind = forms.ChoiceField(label=gettext_lazy("What it was"))
    source_lines = forms.CharField(
        label=gettext_lazy("Sources"),
        help_text=gettext_lazy("One a line: the address of the page, a space, and what it is called."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    texts = TextsField(
        label=gettext_lazy("Texts it concerns"),
        queryset=Version.objects.none(),
        to_field_name="slug",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    # What it was when the form was opened.
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = [
        "date", "date_is_inferred", "kind", *columns_of("title"), *columns_of("body"), "source_lines", "texts",
    ]  # fmt: skip

    class Meta:
        model = Event
        fields = ["date", "date_is_inferred", "kind", "title", "body", "is_retired"]
        labels = {
            "date": gettext_lazy("Date"),
            "date_is_inferred": gettext_lazy("The date is inferred, not stated by the source"),
            "is_retired": gettext_lazy("No longer shown"),
        }
        help_texts = {
            "date": gettext_lazy("The year, or the month or day too where they are known, as numbers with hyphens.")
        }
        widgets = {
            "body": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, texts: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)
        kinds = Event._meta.get_field("kind").choices or []
        self.fields["kind"].choices = [("", "–"), *kinds]  # type: ignore[attr-defined]
        self.fields["texts"].queryset = texts  # type: ignore[attr-defined]
        if self.instance.pk is None:
            del self.fields["is_retired"]
        else:
            self.initial["seen"] = services.seen_of(self.instance)
            self.initial["texts"] = self.instance.versions.all()
            lines = [f"{source['url']} {source['name']}".strip() for source in self.instance.sources]
            self.initial["source_lines"] = "\n".join(lines)

    def clean_source_lines(self) -> str:
        lines = str(self.cleaned_data["source_lines"])
        check_sources(sources_from_lines(lines))
        return lines

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if "source_lines" in self.cleaned_data:
            self.instance.sources = sources_from_lines(self.cleaned_data["source_lines"])
        return cleaned


@login_required
@makes_public
def add_event(request: HttpRequest, law: str) -> HttpResponse:
    """A new event, for an editor."""
    requested = access.get_law(request.user, law)
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor can state events."))
    return _edit(request, Event(law=requested, sources=[]))


@login_required
@makes_public
def edit_event(request: HttpRequest, law: str, event: str) -> HttpResponse:
    """An event of the editor's organisation, or any for staff, with every change there was."""
    requested = access.get_law(request.user, law)
    return _edit(request, get_object_or_404(services.changeable_events(request.user, requested), slug=event))


def _edit(request: HttpRequest, event: Event) -> HttpResponse:
    # A translation counts with its original; one that was named before stays.
    offered = Q(pk__in=access.visible_originals(request.user).values("pk"))
    if event.pk:
        offered |= Q(pk__in=event.versions.values("pk"))
    texts = access.visible_versions(request.user).filter(offered, law=event.law).order_by("date", "slug")
    if event.pk and event.stands:  # a private one would have it wait again, and everybody see that
        texts = texts.published()
    form = EventForm(request.POST or None, instance=event, texts=texts)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            is_new = services.save_event(
                request.user, form.instance, form.cleaned_data["texts"], form.cleaned_data["seen"]
            )
            saved = sentence_on(form.instance, _("Saved and noted in its history."))
            messages.success(request, saved if is_new else _("Nothing was changed."))
            return redirect(event.law)
        if event.pk and (seen := services.seen_of(Event.objects.get(pk=event.pk))) != form.cleaned_data["seen"]:
            save_over(form, seen)
    done, public = event.changes.all() if event.pk else (), access.first_public(event.law)
    # Before the law was public only who brought it could say anything of it, whoever changed that since.
    by = event.organisation or (public.brought_by if public else None)
    context = {
        "form": form,
        "law": event.law,
        "titled": access.titled(event.law.name, access.proposal_of_law(event.law, of=access.TITLE)),
        "event": event if event.pk else None,
        "changes": access.history_known(request.user, done, lambda _change: by, public),
    }
    return render(request, "laws/event.html", context, status=400 if form.errors else 200)
