"""Pages of email notifications: their settings, following a law or a topic, confirming and ending a subscription."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from lawcompare.accounts.access import role_allows
from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import comes_from_here, methods, signed_in, site_address
from lawcompare.crosswalk.access import get_topic
from lawcompare.laws.access import TITLE, get_law, proposal_of_law, titled
from lawcompare.sharing.emails import access, services
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
        label=gettext_lazy("Your email address"),
        help_text=gettext_lazy("We keep it encrypted and use it only for these emails."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    pace = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=PACES, initial=Pace.DAILY, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, has_account: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_account:
            del self.fields["email"]


@never_cache
@signed_in("GET", "POST")
def letters(request: HttpRequest) -> HttpResponse:
    choice = access.choice_of(request.user)
    form = EmailsForm(request.POST or None, choice=choice, reviews=role_allows(request.user, "review"))
    if request.method == "POST" and form.is_valid():
        services.choose(request.user, form.cleaned_data, get_language() or "en", _root(request))
        messages.success(request, _("Saved."))
        return redirect("letters")
    context = {"form": form, "choice": choice, "followed": access.followed_by(request.user)}
    return render(request, "sharing/emails/letters.html", context, status=400 if form.errors else 200)


@signed_in("POST")
def unfollow(request: HttpRequest, number: int) -> HttpResponse:
    services.unfollow(request.user, number)
    messages.success(request, _("You will get no more emails about it."))
    return redirect("letters")


@csrf_exempt  # so that a visitor gets no cookie; where the form came from is asked of the browser instead
def follow_law(request: HttpRequest, law: str) -> HttpResponse:
    """Follow a law: an email for each new text."""
    return _follow(request, {"law": get_law(request.user, law)})


@csrf_exempt
def follow_topic(request: HttpRequest, topic: str) -> HttpResponse:
    """Follow a topic: an email for each new text of a law that has clauses under it."""
    return _follow(request, {"topic": get_topic(topic)})


@methods("GET", "HEAD", "POST")
@never_cache
def _follow(request: HttpRequest, subject: Mapping[str, Any]) -> HttpResponse:
    has_account, status = request.user.is_authenticated, 200
    form = FollowForm(has_account=has_account)
    if request.method == "POST":
        _check_origin(request)
        form, status = FollowForm(request.POST, has_account=has_account), 400
        if form.is_valid():
            if allow(request, "follow", settings.FOLLOWS_PER_HOUR):
                about = (subject, form.cleaned_data["pace"], get_language() or "en", _root(request))
                if request.user.is_authenticated:
                    services.follow(request.user, *about)
                    messages.success(request, _("You are told of new texts by email."))
                else:
                    services.ask_to_follow(form.cleaned_data["email"], *about)
                return redirect("letters") if has_account else redirect(f"{request.path}?sent=1")
            form.add_error(None, _("Too many requests from your connection this hour. Try again later."))
            status = 429
    is_sent = "sent" in request.GET and not form.is_bound
    followed = next(iter(subject.values()))
    context = {"subject": followed, "form": form, "is_sent": is_sent}
    context["title"] = titled(str(followed), proposal_of_law(followed, of=TITLE) if "law" in subject else "")
    return render(request, "sharing/emails/follow.html", context, status=status)


@csrf_exempt
@methods("GET", "HEAD", "POST")
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link in the first e-mail. Only its button begins the others: mail filters follow links too."""
    if request.method == "POST":
        _check_origin(request)
    try:
        if request.method == "POST":
            return _answer(request, "confirmed", services.confirm(token))
        return _answer(request, "confirm", access.get_follower_to_confirm(token))
    except ValidationError as refused:
        return _refuse(request, refused)


@csrf_exempt  # the press in a mail program comes from its own server (RFC 8058)
@methods("GET", "HEAD", "POST")
@never_cache
def end(request: HttpRequest, token: str) -> HttpResponse:
    """The page of the link that ends the e-mails; only its button ends them."""
    if request.method == "POST":
        _check_origin(request)
    try:
        follower = access.get_follower_to_end(token)
        if request.method == "POST":
            services.end(token)
            return _answer(request, "ended", follower)
        return _answer(request, "end", follower)
    except ValidationError as refused:
        return _refuse(request, refused)


def _answer(request: HttpRequest, step: str, follower: Any) -> HttpResponse:
    context = {"step": step, "subject": follower.subject, "title": access.title_of(follower)}
    return render(request, "sharing/emails/following.html", context)


def _refuse(request: HttpRequest, refused: ValidationError) -> HttpResponse:
    context = {"sentence": " ".join(refused.messages), "status": 404}
    return render(request, "site/problem.html", context, status=404)


def _root(request: HttpRequest) -> str:
    """The address of this site for the links of e-mails, with no port that a stranger made up."""
    return settings.SITE_URL or site_address(request)


def _check_origin(request: HttpRequest) -> None:
    if not comes_from_here(request):
        raise PermissionDenied(_("This form is sent from this site’s own pages."))
