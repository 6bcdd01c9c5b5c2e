"""Topics in the workspace: adding, changing, ordering, merging and retiring them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lawcompare.accounts.access import may
from lawcompare.crosswalk import access
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.topics import services
from lawcompare.crosswalk.topics.forms import MergeForm, RetireForm, TopicForm
from lawcompare.laws.access import visible_originals
from lawcompare.laws.models import Version


@require_safe
@login_required
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics in their order, and those that are no longer in use."""
    access.reviewer(request.user)
    is_editor = may(request.user, "categorise")
    topics = list(Topic.objects.filter(merged_into__isnull=True))
    for topic in topics:
        topic.may_change = access.may_change_topic(request.user, topic)  # type: ignore[attr-defined]
    context = {
        "topics": [topic for topic in topics if topic.is_current],
        "retired": [topic for topic in topics if not topic.is_current],
        "is_editor": is_editor,
    }
    return render(request, "crosswalk/topics/list.html", context)


@login_required
def topic_add(request: HttpRequest) -> HttpResponse:
    """Add a topic; who comes from a draft comparison (``?draft=``) is led back to it."""
    access.reviewer(request.user)
    draft = access.get_draft(request.user, request.GET["draft"]) if request.GET.get("draft") else None
    form = TopicForm(request.POST if request.method == "POST" else None, versions=_versions(request))
    if form.is_valid():
        added: list[Topic] = []
        if _is_done(
            form,
            lambda: added.append(services.add_topic(request.user, form.content, form.cleaned_data["clauses"])),
        ):
            messages.success(request, _("Saved."))
            return redirect(draft or added[0])
    return _form(request, form, None, draft=draft)


@login_required
def topic_edit(request: HttpRequest, topic: str) -> HttpResponse:
    """Change a topic. Who saves after somebody else is shown both, and keeps what they wrote in the form."""
    chosen = access.get_topic_to_change(request.user, topic)
    clauses, versions = access.clauses_under(request.user, chosen), _versions(request)
    if request.method != "POST":
        return _form(request, TopicForm.of(chosen, versions, clauses), chosen)
    form = TopicForm(request.POST, versions=versions, clauses=clauses)
    if not form.is_valid():
        return _form(request, form, chosen)
    based_on = form.cleaned_data["based_on"] or 0
    try:
        is_done = _is_done(
            form,
            lambda: services.edit_topic(request.user, chosen, form.content, form.cleaned_data["clauses"], based_on),
        )
    except services.TopicConflict as conflict:
        return _conflict(request, conflict, clauses)
    if not is_done:
        return _form(request, form, chosen)
    messages.success(request, _("Saved."))
    return redirect(chosen)


def _conflict(request: HttpRequest, conflict: services.TopicConflict, clauses: Any) -> HttpResponse:
    """What the other person wrote above one's own words, which go on from theirs when they are saved again."""
    data = request.POST.copy()
    data["based_on"] = str(conflict.topic.revision)
    form = TopicForm(data, versions=_versions(request), clauses=clauses)
    names = {name: field.label for name, field in form.fields.items()}
    theirs = [
        (names[name], getattr(conflict.topic, name))
        for name in services.FIELDS
        if getattr(conflict.topic, name) != request.POST.get(name, "").strip()
    ]
    return _form(request, form, conflict.topic, status=409, conflict={"reason": str(conflict), "theirs": theirs})


def _form(request: HttpRequest, form: TopicForm, topic: Topic | None, status: int = 0, **more: Any) -> HttpResponse:
    context = {"form": form, "topic": topic, "is_editor": may(request.user, "categorise")} | more
    if topic is not None:
        others = Topic.objects.current().exclude(pk=topic.pk)
        context["merge"] = MergeForm(auto_id="merge-%s")
        context["merge"].fields["into"].queryset = others
        context["retire"] = RetireForm(auto_id="retire-%s")
        context["changes"] = topic.changes.order_by("-pk")[:20]
        context["own"] = access.reviewer(request.user).organisation_id
    return render(request, "crosswalk/topics/form.html", context, status=status or (400 if form.errors else 200))


@require_POST
@login_required
def topic_move(request: HttpRequest, topic: str) -> HttpResponse:
    """One place up, or down."""
    chosen = access.get_topic_to_change(request.user, topic)
    places = -1 if "up" in request.POST else 1
    _try(request, lambda: services.move_topic(request.user, chosen, places), _("Moved."))
    return redirect(f"{reverse('topic_list')}#{chosen.slug}")


@require_POST
@login_required
def topic_merge(request: HttpRequest, topic: str) -> HttpResponse:
    chosen = access.get_topic_to_change(request.user, topic)
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the topic into which it is merged."))
        return redirect("topic_edit", chosen.slug)
    into = form.cleaned_data["into"]
    if _try(request, lambda: services.merge_topic(request.user, chosen, into), _("Merged.")):
        return redirect(into)
    return redirect("topic_edit", chosen.slug)


@require_POST
@login_required
def topic_retire(request: HttpRequest, topic: str) -> HttpResponse:
    """Take a topic out of use, or bring it back (``restore``)."""
    chosen = access.get_topic_to_change(request.user, topic)
    if "restore" in request.POST:
        _try(request, lambda: services.restore_topic(request.user, chosen), _("It is in use again."))
    else:
        reason = request.POST.get("reason", "")
        _try(request, lambda: services.retire_topic(request.user, chosen, reason), _("It is no longer in use."))
    return redirect("topic_list")


def _versions(request: HttpRequest) -> list[Version]:
    return list(visible_originals(request.user).order_by("law__title", "date", "slug"))


def _is_done(form: Any, act: Callable[[], Any]) -> bool:
    """Act on what a form says; what the service refuses is an error of the form."""
    try:
        act()
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _try(request: HttpRequest, act: Callable[[], Any], sentence: str) -> bool:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    messages.success(request, sentence)
    return True
