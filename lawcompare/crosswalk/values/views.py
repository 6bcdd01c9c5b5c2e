"""Where people say what clauses lay down: beside the text, in a list of what waits, and by tables."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lawcompare.accounts.access import may, membership_of
from lawcompare.accounts.responses import attempt, is_accepted, makes_public, number_of, signed_in, takes_long_forms
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk import access
from lawcompare.crosswalk.elements import NAMES, ElementValue, quoted, read_clauses, value_in_words
from lawcompare.crosswalk.models import Element, Value, ValueStatus
from lawcompare.crosswalk.provisions import shown
from lawcompare.crosswalk.values import exchange, services
from lawcompare.crosswalk.values.exchange import format_value, parse_value
from lawcompare.crosswalk.values.services import ClauseSpan, check_value, find_words
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.laws.access import get_clause
from lawcompare.laws.models import Clause
from lawcompare.laws.reports import CSV, as_csv

REASON_MAX = 2_000


class ValueForm(forms.Form):
    """A value of a clause. Cleaned, it has ``values`` and ``words`` in the form of the services."""

    element = forms.ChoiceField(label=gettext_lazy("Element"), choices=Element.choices)
    value = forms.CharField(
        label=gettext_lazy("Value"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "Such as: intent · court · at most 90 days · prison 1 year..3 years; fine ..5000 USD; or both. "
            "Leave empty for conduct, threshold and scope."
        ),
    )
    quoted = forms.CharField(
        label=gettext_lazy("Words of the text"),
        required=False,
        max_length=5_000,
        help_text=gettext_lazy("Mark them in the text, or type them as they stand there."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    place = forms.CharField(
        label=gettext_lazy("Where they stand, if in another clause"),
        required=False,
        max_length=250,
        help_text=gettext_lazy("Its number as printed, with that of the paragraph in brackets."),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, clause: Clause, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause

    @property
    def stated(self) -> tuple[dict[str, Any], ClauseSpan | None]:
        """The values and the words they rest on, of a form without errors."""
        return self.cleaned_data["values"], self.cleaned_data["words"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        element = data["element"]
        data["values"] = self._cleaned("value", lambda: parse_value(element, data["value"]))
        data["words"] = self._words(data)
        if not self.errors:
            self._cleaned(None, lambda: check_value(self.clause, element, data["values"], data["words"]))
        return data

    def _words(self, data: dict[str, Any]) -> ClauseSpan | None:
        if not data["quoted"]:
            return None
        clause = self.clause
        if data["place"]:
            clause = self._cleaned("place", lambda: access.clause_cited(self.clause.version, data["place"]))
            if clause is None:
                return None
        return self._cleaned("quoted", lambda: find_words(clause, data["quoted"], data.get("start")))

    def _cleaned(self, field: str | None, make: Any) -> Any:
        """What ``make`` returns; what it refuses is an error of the field."""
        try:
            return make()
        except ValidationError as error:
            self.add_error(field, error)
            return None


class CorrectValueForm(ValueForm):
    """A value in another form, by who stands for it or by somebody who disputes it; and why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, value: Value, data: Any = None) -> CorrectValueForm:
        initial = {
            "element": value.element,
            "value": format_value(value.element, value.values),
            "quoted": value.quote,
            "place": value.words_clause.eid if value.words_clause else "",
            "start": value.start,
            "seen": value.seen,
        }
        form = cls(data, clause=value.clause, initial=initial)
        form.fields["element"].disabled = True  # another element is another value
        return form


class StrikeValueForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class ImportValuesForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Table of values (CSV)"))


PER_PAGE = 30


@login_required
def values_of_clause(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """What is stated of a clause beside its text, what the program reads in it, and the form to state more."""
    clause = get_clause(request.user, law, version, eid)
    _check_reviewer(request)
    form = ValueForm(request.POST if request.method == "POST" else None, clause=clause)
    if form.is_valid() and is_accepted(
        form, lambda: services.state_value(request.user, clause, form.cleaned_data["element"], *form.stated)
    ):
        messages.success(request, _("Saved: a second person has to confirm it, unless it is disputed."))
        return redirect(_address(clause))
    stated = access.reviewable_values(request.user).filter(clause=clause).exclude(status=ValueStatus.STRUCK)
    values = list(stated.prefetch_related("changes__organisation"))
    context = {
        "form": form,
        "clause": clause,
        "version": clause.version,
        "lines": _unit_of(clause),
        "items": [_listed(request, value) for value in values],
        "read": _read(clause, values),
        "notes": {},
    }
    return render(request, "crosswalk/values/clause.html", context, status=400 if form.errors else 200)


@signed_in("POST")
def take_over(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    clause = get_clause(request.user, law, version, eid)
    _check_reviewer(request)
    element, place, start = (request.POST.get(name, "") for name in ("element", "eid", "start"))
    at = number_of(start)
    if element not in Element.values or at is None:
        messages.error(request, _("The program reads no such value here any more."))
    else:
        sentence = _("Taken over: a second person has to confirm it, unless it is disputed.")
        attempt(request, lambda: services.take_over(request.user, clause, element, place, at), sentence)
    return redirect(_address(clause))


@signed_in("GET")
def values_waiting(request: HttpRequest) -> HttpResponse:
    """What waits for a second person, and what is disputed."""
    _check_reviewer(request)
    return _list(request, ImportValuesForm())


def _list(request: HttpRequest, form: ImportValuesForm, status: int = 200, problems: Any = ()) -> HttpResponse:
    rows = access.reviewable_values(request.user).filter(status__in=[ValueStatus.STATED, ValueStatus.DISPUTED])
    page: Any = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "items": [_listed(request, value) for value in page],
        "form": form,
        "problems": problems,
    }
    return render(request, "crosswalk/values/waiting.html", context, status=status)


@takes_long_forms
@signed_in("POST")
def import_values(request: HttpRequest) -> HttpResponse:
    _check_reviewer(request)
    form = ImportValuesForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, 400)
    try:
        count = exchange.import_values(request.user, form.cleaned_data["file"].read())
    except exchange.TableRefused as error:
        return _list(request, form, 400, error.problems)
    messages.success(request, _("Values stated from the table: %(count)s.") % {"count": count})
    return redirect("values_waiting")


@public()
def values_csv(request: HttpRequest) -> HttpResponse:
    """All values that everybody may see, as a table."""
    response = HttpResponse(as_csv(exchange.as_rows(access.visible_values(request.user))), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="values.csv"'
    return response


@signed_in("POST")
def confirm_value(request: HttpRequest, number: int) -> HttpResponse:
    value = access.get_value(request.user, number)
    attempt(request, lambda: services.confirm_value(request.user, value, request.POST.get("seen", "")), _("Confirmed."))
    following = request.POST.get("next") == "waiting"
    return redirect("values_waiting") if following else redirect(_address(value.clause))


@login_required
@makes_public
def correct_value(request: HttpRequest, number: int) -> HttpResponse:
    """Say a value otherwise: a correction of one's own organisation, or a dispute of another's."""
    value = access.get_value(request.user, number)
    act = services.correct_value if _is_own(request, value) else services.dispute_value
    form = CorrectValueForm.of(value, request.POST if request.method == "POST" else None)
    if form.is_valid() and is_accepted(
        form, lambda: act(request.user, value, *form.stated, form.cleaned_data["reason"], form.cleaned_data["seen"])
    ):
        messages.success(request, _("Saved: a second person has to confirm it, unless it is disputed."))
        return redirect(_address(value.clause))
    return _form(request, value, form)


@login_required
@makes_public
def strike_value(request: HttpRequest, number: int) -> HttpResponse:
    value = access.get_value(request.user, number)
    form = StrikeValueForm(request.POST if request.method == "POST" else None, initial={"seen": value.seen})
    if form.is_valid() and is_accepted(form, lambda: services.strike_value(request.user, value, **form.cleaned_data)):
        messages.success(request, _("Struck out."))
        return redirect(_address(value.clause))
    return _form(request, value, form)


def _form(request: HttpRequest, value: Value, form: Any) -> HttpResponse:
    context = {
        "form": form,
        "value": value,
        "item": _listed(request, value),
        "is_own": _is_own(request, value),
        "clause": value.clause,
        "version": value.version,
        "lines": _unit_of(value.clause),
        "back": _address(value.clause),
        "notes": {},
    }
    return render(request, "crosswalk/values/change.html", context, status=400 if form.errors else 200)


# --- what the pages show ----------------------------------------------------------------------------------------------


def _check_reviewer(request: HttpRequest) -> None:
    if not may(request.user, "review"):
        raise PermissionDenied(_("Only a reviewer can say what a clause lays down."))


def _address(clause: Clause) -> str:
    return reverse("values_of_clause", args=[clause.version.law.slug, clause.version.slug, clause.eid])


def _unit_of(clause: Clause) -> list[Clause]:
    """The article or section in which a clause stands, with all inside it; the clause itself where it is in none."""
    above = clause.version.clauses.filter(position__lte=clause.position, end__gt=clause.position)
    unit = above.filter(element__in=UNIT_ELEMENTS).order_by("-position").first() or clause
    return list(clause.version.clauses.filter(position__gte=unit.position, position__lt=unit.end).order_by("position"))


def _is_own(request: HttpRequest, value: Value) -> bool:
    membership = membership_of(request.user)
    return membership is not None and services.is_own(value, membership)


def _listed(request: HttpRequest, value: Value) -> dict[str, Any]:
    """A value with its words, and what the person may do with it."""
    return {
        "value": value,
        "element": value.get_element_display(),
        "shown": shown(value),
        "may_confirm": value.status == ValueStatus.STATED and value.stated_by_id != request.user.pk,
        "may_correct": _is_own(request, value),
    }


def _read(clause: Clause, stated: list[Value]) -> list[dict[str, Any]]:
    """What the program reads in the clause and nobody has stated yet, to be taken over."""
    reading = read_clauses([(clause.version, clause)])[clause.pk]
    known = {(value.element, value.words_clause.eid if value.words_clause else "", value.start) for value in stated}
    return [
        {
            "element": element,
            "name": str(name),
            "shown": ElementValue(value_in_words(element, excerpt), [quoted(excerpt, reading, clause.eid)]),
            "eid": excerpt.eid,
            "start": excerpt.start,
        }
        for element, name in NAMES.items()
        for excerpt in getattr(reading.elements, element)
        if (element, excerpt.eid, excerpt.start) not in known
    ]
