"""The list of translations for reviewers, and the form that says whether one was checked."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.responses import makes_public, refused_on, sentence_on, signed_in
from lawcompare.laws.translations.services import label_of, review_of, set_review, visible_translations


class ReviewForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("checked", gettext_lazy("checked against the original")), ("unchecked", gettext_lazy("not checked"))],
        widget=forms.RadioSelect,
    )
    credit = forms.CharField(
        label=gettext_lazy("By whom"),
        help_text=gettext_lazy("As they wish to be named: a name, a profession, an organisation. Readers see it."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("What was checked, and what remains in doubt. The editors of your organisation see it."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@signed_in("GET")
def translations(request: HttpRequest) -> HttpResponse:
    """All translations with their state, their pairs that wait, and the two texts side by side."""
    if not may(request.user, "map"):
        raise PermissionDenied(_("Only a reviewer or an editor reviews translations."))
    rows = [(version, label_of(version)) for version in visible_translations(request.user)]
    return render(request, "laws/translations.html", {"rows": rows, "may_set": may(request.user, "import")})


@login_required
@makes_public
def review(request: HttpRequest, law: str, version: str) -> HttpResponse:
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor says whether a translation was checked."))
    translation = visible_translations(request.user).filter(law__slug=law, slug=version).first()
    if translation is None:
        raise Http404(_("There is no translation “%(address)s” here.") % {"address": f"{law}/{version}"})
    last = review_of(translation)
    state = "checked" if last and last.is_checked else "unchecked"
    form = ReviewForm(request.POST or None, initial={"state": state, "credit": last.credit if last else ""})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            review = set_review(
                request.user,
                translation,
                is_checked=form.cleaned_data["state"] == "checked",
                credit=form.cleaned_data["credit"],
                note=form.cleaned_data["note"],
            )
            messages.success(request, sentence_on(review, _("Saved.")))
            return redirect("translations")
    own = membership_of(request.user)
    history = translation.reviews.filter(organisation=own.organisation if own else None).order_by("-pk")
    context = {"version": translation, "form": form, "history": history, "label": label_of(translation)}
    return render(request, "laws/review_translation.html", context, status=400 if form.errors else 200)
