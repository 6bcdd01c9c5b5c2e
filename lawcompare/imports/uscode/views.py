"""The page on which editors bring in official US law, and see what newer releases changed."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _

from lawcompare.engine.errors import EngineError
from lawcompare.imports.access import unread_notices, visible_fetches
from lawcompare.imports.uscode import services
from lawcompare.imports.uscode.models import ReleaseNotice
from lawcompare.imports.uscode.publisher import Wanted
from lawcompare.laws.models import TextStatus, Version

SHOWN = 20


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


@login_required
def uscode(request: HttpRequest) -> HttpResponse:
    """Ask for official sections; how far each was."""
    services.check_editor(request.user)
    # The sections that are restated in our own words, which are those one wants first.
    texts = Version.objects.published().confirmed()
    texts = texts.filter(law__slug__startswith="us-code-", text_status=TextStatus.RESTATEMENT)
    wanted = []
    for text in texts.select_related("law").order_by("law__slug", "-date"):
        nums = text.clauses.filter(element="section").order_by("position").values_list("num", flat=True)
        sections = ",".join(num.strip("§ .\u00a0\u202f") for num in nums)
        if sections:
            wanted.append(str(Wanted(text.law.slug.removeprefix("us-code-"), sections)))
    form = FetchForm(request.POST or None, initial={"wanted": " ".join(dict.fromkeys(wanted))})
    if request.method == "POST" and form.is_valid():
        try:
            services.request_fetch(request.user, form.cleaned_data["wanted"], form.cleaned_data["release_point"])
            return redirect("uscode")
        except EngineError as error:
            form.add_error(None, str(error))
    fetches = visible_fetches(request.user)[:SHOWN]
    context: dict[str, Any] = {
        "form": form,
        "fetches": fetches,
        "is_under_way": any(f.job.is_under_way for f in fetches),
    }
    part = "imports/uscode/uscode.html#fetches" if getattr(request, "htmx", False) else "imports/uscode/uscode.html"
    context["notices"] = unread_notices(request.user)
    return render(request, part, context, status=400 if form.errors else 200)


@login_required
def uscode_again(request: HttpRequest, pk: int) -> HttpResponse:
    services.check_editor(request.user)
    if request.method == "POST":
        services.try_again(request.user, get_object_or_404(visible_fetches(request.user), pk=pk))
    return redirect("uscode")


@login_required
def uscode_read(request: HttpRequest, pk: int) -> HttpResponse:
    services.check_editor(request.user)
    if request.method == "POST":
        services.put_aside(request.user, get_object_or_404(ReleaseNotice, pk=pk))
    return redirect("uscode")
