"""Topics, and the provisions of each law under one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lawcompare.accounts.access import may
from lawcompare.accounts.models import Confirmation
from lawcompare.accounts.responses import attempt, refused_on, sentence_on, signed_in
from lawcompare.core.numbers import seal, unseal
from lawcompare.core.page_cache.public import public
from lawcompare.core.translations.texts import add_languages
from lawcompare.crosswalk import access
from lawcompare.crosswalk.exports import report_of_matrix, report_of_topic
from lawcompare.crosswalk.models import Correspondence, Topic, TopicAction
from lawcompare.crosswalk.provisions import (
    answers_by_text,
    inside_of,
    page_of_topic,
    provisions_of,
    side_by_side,
    sides_of,
    verdict_grid,
)
from lawcompare.crosswalk.suggestions.views import texts_by_law
from lawcompare.crosswalk.topics import services
from lawcompare.crosswalk.topics.matrix import DEFAULT_MEASURE, TopicMatrix, as_table, build_matrix, texts_measured
from lawcompare.crosswalk.topics.services import FIELDS
from lawcompare.laws.access import visible_originals
from lawcompare.laws.citing import cite, plain_address, site_root
from lawcompare.laws.models import Clause, LawKind, Version
from lawcompare.laws.reports import CSV, Report, answer_with, as_csv
from lawcompare.laws.translations.services import set_shown, uncorrected_among


@public("against", "column")
def topics(request: HttpRequest) -> HttpResponse:
    """The matrix: what each law has under each topic, measured against the law ``?against=`` names.

    Each ``?column=law/version`` names a text that is a column instead of the laws on the subject.
    """
    matrix = _matrix(request)
    chosen = [column.name for column in matrix.columns] if any(request.GET.getlist("column")) else []
    context = {"matrix": matrix, "chosen": chosen, "columns": _columns_query(chosen)}
    return render(request, "crosswalk/topics/matrix.html", context)


def _matrix(request: HttpRequest) -> TopicMatrix:
    chosen = access.columns_named(request.user, request.GET.getlist("column"))
    return build_matrix(request.user, request.GET.get("against", DEFAULT_MEASURE), chosen or None)


def _columns_query(addresses: Sequence[str]) -> str:
    """What stands behind ``?against=…`` in an address."""
    return "".join(f"&{urlencode({'column': address})}" for address in addresses)


@signed_in("GET")
def matrix_columns(request: HttpRequest) -> HttpResponse:
    """Choose the columns of a matrix, which then stand in its address."""
    chosen = [version.address for version in access.columns_named(request.user, request.GET.getlist("column"))]
    context = {
        "columns": enumerate([*chosen, *[""] * (access.COLUMNS_MAX - len(chosen))], start=1),
        "laws": texts_by_law(visible_originals(request.user).order_by("law", "date", "slug")),
    }
    return render(request, "crosswalk/topics/choose_columns.html", context)


@public("against", "column")
def matrix_csv(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(as_csv(as_table(_matrix(request))), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="matrix.csv"'
    return response


@require_safe
def matrix_file(request: HttpRequest, form: str) -> HttpResponse:
    return answer_with(request, lambda: _matrix_report(request), form, "matrix")


def _matrix_report(request: HttpRequest) -> Report:
    matrix = _matrix(request)
    columns = [column.name for column in matrix.columns] if any(request.GET.getlist("column")) else []
    query = urlencode({"against": matrix.measure.name}) + _columns_query(columns)
    address = f"{plain_address('topics')}?{query}"
    return report_of_matrix(matrix, _("What each law covers, and how far"), address, site_root(request))


@public("page")
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    chosen = access.get_topic(topic, request.user)
    if chosen.slug != topic:
        return redirect(chosen, permanent=True)
    stated = _stated(request, chosen)
    correspondences, page = page_of_topic(stated, request.GET.get("page", ""))
    provisions = provisions_of(correspondences)
    tables = side_by_side(correspondences, access.visible_values(request.user), provisions)
    under = access.clauses_under(request.user, chosen)
    set_shown([*inside_of(provisions), *sides_of(correspondences), *under])
    columns, laws = verdict_grid(chosen, texts_measured(request.user), stated, under)
    judged = [column for column in columns if any(column.cells)]
    # For each text what correspondences show of it, and the other clauses set under the topic. Texts of which nothing
    # is judged are a second list. A text that whoever brought it corrected by another of them is left out.
    shown = {one.pk for shelf in provisions.values() for part in shelf for one in part.inside}
    others: dict[Version, list[Clause]] = {version: [] for version in provisions}
    for clause in under:
        if clause.pk not in shown:
            others.setdefault(clause.version, []).append(clause)
    texts = uncorrected_among(others)
    texts = sorted(texts, key=lambda one: (one.law.kind != LawKind.DRAFT, one.law.slug, one.date))
    rows = [(one, provisions.get(one, []), others[one]) for one in texts]
    context = {
        "topic": chosen,
        "page": page,
        "file_query": f"?page={page.number}" if page.number > 1 else "",
        "columns": judged,
        "silent": [one for one in columns if one not in judged and one.version not in laws],
        # With the place below of a text that has one.
        "lines": [
            (law, f"#{law.law.slug}-{law.slug}" if law in texts else "", [column.cells[place] for column in judged])
            for place, law in enumerate(laws)
        ],
        "answers": answers_by_text(tables, provisions),
        "confirmed": tables.confirmed,
        "table": tables.table,
        "laws": [[row for row in rows if row[1]], [row for row in rows if not row[1]]],
        "inside": {one.clause.pk: one.inside for shelf in provisions.values() for one in shelf},
        "may_change": access.may_change_topic(request.user, chosen),
        "clauses": inside_of(provisions),
    }
    return render(request, "crosswalk/topics/topic.html", context)


def _stated(request: HttpRequest, topic: Topic) -> list[Correspondence]:
    return list(access.without_words(access.visible_correspondences(request.user).filter(topic=topic)))


@require_safe
def topic_file(request: HttpRequest, topic: str, form: str) -> HttpResponse:
    """What one page of a topic has, as a file."""
    chosen = access.get_topic(topic, request.user)
    number, values, root = request.GET.get("page", ""), access.visible_values(request.user), site_root(request)
    return answer_with(
        request,
        lambda: report_of_topic(chosen, *page_of_topic(_stated(request, chosen), number), values, root),
        form,
        f"topic-{chosen.slug}",
    )


DESCRIPTION_MAX = 5_000
# Rows of the form in which clauses are named.
ROWS = 4


def seal_revision(topic: Topic) -> str:
    return seal(topic.revision, f"topic {topic.pk}")


class TopicForm(forms.Form):
    """What a topic says, in each language, and the clauses under it. Cleaned, it has ``clauses``."""

    title = forms.CharField(max_length=200)
    description = forms.CharField(max_length=DESCRIPTION_MAX, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    kept = forms.MultipleChoiceField(
        label=gettext_lazy("Clauses under it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    # The revision when the form was opened, sealed: it counts what was done before anybody else saw the topic.
    based_on = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, versions: Iterable[Version], clauses: Sequence[Clause] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"title": _("Title in %(language)s"), "description": _("What it is about, in %(language)s")}
        add_languages(self, labels)  # type: ignore[arg-type]
        self.versions = {version.address: version for version in versions}
        self.clauses = {seal(clause.pk, "clause"): clause for clause in clauses}
        named = [(key, f"{clause.version.name}{_(':')} {cite(clause)}") for key, clause in self.clauses.items()]
        if named:
            self.fields["kept"].choices = named  # type: ignore[attr-defined]
        else:
            del self.fields["kept"]
        texts = [("", "—"), *texts_by_law(self.versions.values())]
        for number in range(1, ROWS + 1):
            self.fields[f"text_{number}"] = forms.ChoiceField(label=_("Text"), choices=texts, required=False)
            self.fields[f"cited_{number}"] = forms.CharField(label=_("Number"), max_length=250, required=False)

    @classmethod
    def of(cls, topic: Topic, versions: Iterable[Version], clauses: Sequence[Clause]) -> TopicForm:
        initial = {name: getattr(topic, name) for name in FIELDS}
        initial |= {"based_on": seal_revision(topic), "kept": [seal(clause.pk, "clause") for clause in clauses]}
        return cls(initial=initial, versions=versions, clauses=clauses)

    @property
    def words(self) -> list[Any]:
        """The fields but for those in which further clauses are named."""
        return [field for field in self if not field.name.startswith(("text_", "cited_"))]

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        return [(self[f"text_{number}"], self[f"cited_{number}"]) for number in range(1, ROWS + 1)]

    @property
    def content(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        clauses = [self.clauses[key] for key in data.get("kept") or []]
        for number in range(1, ROWS + 1):
            if clause := self._named(number, data.get(f"text_{number}", ""), data.get(f"cited_{number}", "")):
                clauses.append(clause)
        data["clauses"] = list({clause.pk: clause for clause in clauses}.values())
        return data

    def _named(self, number: int, address: str, cited: str) -> Clause | None:
        if not cited.strip() and not address:
            return None
        if not (cited.strip() and address):
            name = "cited" if address else "text"
            self.add_error(f"{name}_{number}", _("Say the text and the number of the clause, or neither."))
            return None
        with refused_on(self, f"cited_{number}"):
            return access.clause_cited(self.versions[address], cited)
        return None


class MergeForm(forms.Form):
    """Under which other topic everything is to stand."""

    into = forms.ModelChoiceField(
        Topic.objects.current(), label=gettext_lazy("Merge it into"), to_field_name="slug", empty_label="—"
    )


class RetireForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2_000)


@signed_in("GET")
def topic_list(request: HttpRequest) -> HttpResponse:
    """All topics in their order, and those that are no longer in use."""
    access.reviewer(request.user)
    topics = list(access.known_topics(request.user))
    for topic in topics:
        topic.may_change = access.may_change_topic(request.user, topic)  # type: ignore[attr-defined]
    context = {
        "topics": [topic for topic in topics if topic.is_current],
        "retired": [topic for topic in topics if not topic.is_current],
        "may_order": services.may_order(request.user),
    }
    return render(request, "crosswalk/topics/list.html", context)


@login_required
def topic_add(request: HttpRequest) -> HttpResponse:
    """Add a topic; who comes from a draft comparison (``?draft=``) is led back to it."""
    access.reviewer(request.user)
    draft = access.get_draft(request.user, request.GET["draft"]) if request.GET.get("draft") else None
    form = TopicForm(request.POST if request.method == "POST" else None, versions=_versions(request))
    if form.is_valid():
        with refused_on(form):
            added = services.add_topic(request.user, form.content, form.cleaned_data["clauses"])
            messages.success(request, sentence_on(added, _("Saved.")))
            return redirect(draft or added)
    return _form(request, form, None, draft=draft)


@login_required
def topic_edit(request: HttpRequest, topic: str) -> HttpResponse:
    """Change a topic. Who saves after somebody else is shown both, and keeps what they wrote in the form."""
    chosen = access.get_topic_to_change(request.user, topic)
    clauses, versions = access.clauses_under(request.user, chosen), _versions(request)
    if request.method != "POST":
        return _form(request, TopicForm.of(chosen, versions, clauses), chosen)
    form = TopicForm(request.POST, versions=versions, clauses=clauses)
    try:
        if form.is_valid():
            with refused_on(form):
                named, based_on = form.cleaned_data["clauses"], form.cleaned_data["based_on"]
                seen = unseal(based_on, f"topic {chosen.pk}") or 0
                done = services.edit_topic(request.user, chosen, form.content, named, seen)
                messages.success(request, sentence_on(done, _("Saved.")))
                return redirect(chosen)
    except services.TopicConflict as conflict:
        return _conflict(request, conflict, clauses)
    return _form(request, form, chosen)


def _conflict(request: HttpRequest, conflict: services.TopicConflict, clauses: Any) -> HttpResponse:
    """What the other person wrote above one's own words, which go on from theirs when they are saved again."""
    data = request.POST.copy()
    data["based_on"] = seal_revision(conflict.topic)
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
        others = access.topics_offered(request.user).exclude(pk=topic.pk)
        context["merge"] = MergeForm(auto_id="merge-%s")
        context["merge"].fields["into"].queryset = others
        context["retire"] = RetireForm(auto_id="retire-%s")
        own = access.reviewer(request.user).organisation
        context["own"] = own.pk
        # Who added it may have changed it before anybody else could see it.
        of_others = Q(action=TopicAction.ADDED) | ~Q(organisation=topic.organisation_id)
        known = Q(organisation=own) | Q(confirmation=Confirmation.CONFIRMED) & of_others
        context["changes"] = topic.changes.filter(known).newest_first(own, "action", "confirmation", "reason")[:20]
    return render(request, "crosswalk/topics/form.html", context, status=status or (400 if form.errors else 200))


@signed_in("POST")
def topic_move(request: HttpRequest, topic: str) -> HttpResponse:
    chosen = access.get_topic_to_change(request.user, topic)
    places = -1 if "up" in request.POST else 1
    attempt(request, lambda: services.move_topic(request.user, chosen, places), _("Moved."))
    return redirect(f"{reverse('topic_list')}#{chosen.slug}")


@signed_in("POST")
def topic_merge(request: HttpRequest, topic: str) -> HttpResponse:
    chosen = access.get_topic_to_change(request.user, topic)
    form = MergeForm(request.POST)
    form.fields["into"].queryset = access.topics_offered(request.user)  # type: ignore[attr-defined]
    if not form.is_valid():
        messages.error(request, _("Choose the topic into which it is merged."))
        return redirect("topic_edit", chosen.slug)
    into = form.cleaned_data["into"]
    if attempt(request, lambda: services.merge_topic(request.user, chosen, into), _("Merged.")):
        return redirect(into)
    return redirect("topic_edit", chosen.slug)


@signed_in("POST")
def topic_retire(request: HttpRequest, topic: str) -> HttpResponse:
    """Take a topic out of use, or bring it back (``restore``)."""
    chosen = access.get_topic_to_change(request.user, topic)
    if "restore" in request.POST:
        attempt(request, lambda: services.restore_topic(request.user, chosen), _("It is in use again."))
    else:
        reason = request.POST.get("reason", "")
        attempt(request, lambda: services.retire_topic(request.user, chosen, reason), _("It is no longer in use."))
    return redirect("topic_list")


def _versions(request: HttpRequest) -> list[Version]:
    return list(visible_originals(request.user).order_by("law", "date", "slug"))
