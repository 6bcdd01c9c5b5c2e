"""The list of renderings for reviewers, and the form that says whether one was checked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import may, membership_of
from lawcompare.laws.renderings.forms import ReviewForm
from lawcompare.laws.renderings.services import label_of, review_of, set_review, visible_renderings


@require_safe
@login_required
def renderings(request: HttpRequest) -> HttpResponse:
    """All renderings with their state, their pairs that wait, and the two texts side by side."""
    if not may(request.user, "map"):
        raise PermissionDenied(_("Only a reviewer or an editor reviews renderings."))
    rows = [(version, label_of(version)) for version in visible_renderings(request.user)]
    return render(request, "laws/renderings.html", {"rows": rows, "may_set": may(request.user, "import")})


@login_required
def review(request: HttpRequest, law: str, version: str) -> HttpResponse:
    """Say whether a rendering was checked, and by whom."""
    if not may(request.user, "import"):
        raise PermissionDenied(_("Only an editor says whether a rendering was checked."))
    rendering = visible_renderings(request.user).filter(law__slug=law, slug=version).first()
    if rendering is None:
        raise Http404(_("There is no rendering “%(address)s” here.") % {"address": f"{law}/{version}"})
    last = review_of(rendering)
    state = "checked" if last and last.is_checked else "unchecked"
    form = ReviewForm(request.POST or None, initial={"state": state, "credit": last.credit if last else ""})
    if request.method == "POST" and form.is_valid():
        try:
            set_review(
                request.user,
                rendering,
                is_checked=form.cleaned_data["state"] == "checked",
                credit=form.cleaned_data["credit"],
                note=form.cleaned_data["note"],
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("renderings")
    own = membership_of(request.user)
    history = rendering.reviews.filter(organisation=own.organisation if own else None).order_by("-pk")
    context = {"version": rendering, "form": form, "history": history, "label": label_of(rendering)}
    return render(request, "laws/review_rendering.html", context, status=400 if form.errors else 200)
