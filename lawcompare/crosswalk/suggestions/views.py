"""What reviewers see and send: suggested counterparts to confirm or refuse, and correspondences stated by hand."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import Person
from lawcompare.accounts.responses import attempt, is_accepted, makes_public, refused_on, signed_in
from lawcompare.core.numbers import seal
from lawcompare.crosswalk import access
from lawcompare.crosswalk.models import (
    VERDICTS,
    Correspondence,
    CorrespondenceDecision,
    CorrespondenceStatus,
    Element,
    Relation,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.provisions import texts_inside
from lawcompare.crosswalk.services import second_correspondence, state_by_hand
from lawcompare.crosswalk.suggestions import services
from lawcompare.crosswalk.topics.services import add_topic
from lawcompare.languages import digits
from lawcompare.laws.access import get_clause, visible_originals, visible_versions
from lawcompare.laws.citing import CitationError, Citations
from lawcompare.laws.models import Clause, Version
from lawcompare.search.asking import read_text
from lawcompare.search.find import Filters, Hit, find, show
from lawcompare.search.models import EntryKind

REASON_MAX, GROUP_REASON_MAX = 5_000, 500
ANSWERING = [(value, label) for value, label in VERDICTS if value != Relation.NONE]


def texts_by_law(versions: Iterable[Version]) -> list[Any]:
    """Texts as the choices of a field, in groups by law."""
    laws: dict[str, list[tuple[str, str]]] = {}
    for version in versions:
        laws.setdefault(version.law_name, []).append((version.address, version.name))
    return list(laws.items())


class ChooseForm(forms.Form):
    """Which text's clauses, and in which text their counterparts are looked for."""

    source = forms.ChoiceField(label=gettext_lazy("Clauses of"))
    target = forms.ChoiceField(label=gettext_lazy("Counterparts in"))

    def __init__(self, *args: Any, versions: Iterable[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.versions = {version.address: version for version in versions}
        for name in ("source", "target"):
            self.fields[name].choices = texts_by_law(self.versions.values())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source") and data.get("source") == data.get("target"):
            raise ValidationError(_("Choose two different texts."))
        return {name: self.versions[address] for name, address in data.items()}


class StatementForm(forms.Form):
    """What every decision says: the subject, how the clauses stand to each other, and why."""

    topic = forms.ModelChoiceField(
        Topic.objects.none(), to_field_name="slug", label=gettext_lazy("Topic"), empty_label="—"
    )
    relation = forms.ChoiceField(label=gettext_lazy("Relation"), choices=ANSWERING)
    reasoning = forms.CharField(
        label=gettext_lazy("Reasoning"), max_length=REASON_MAX, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, topics: QuerySet[Topic], **kwargs: Any) -> None:
        """``topics``, which may be chosen, are read once for all forms of a page."""
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        chosen = [("", "—"), *((topic.slug, str(topic)) for topic in topics)]
        self.fields["topic"].choices = chosen  # type: ignore[attr-defined]


class ConfirmCounterpartForm(StatementForm):
    """Filled in so that one keystroke is enough; every field can be changed."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, correspondence: Correspondence, topics: QuerySet[Topic]) -> ConfirmCounterpartForm:
        initial = {
            "topic": correspondence.topic and correspondence.topic.slug,
            "relation": correspondence.verdict or Relation.PARTIAL,
            "reasoning": correspondence.reasoning or " ".join(correspondence.reason_sentences),
            "seen": correspondence.seen,
        }
        return cls(initial=initial, auto_id=f"confirm-{seal(correspondence.pk, 'correspondence')}-%s", topics=topics)


class RefuseCounterpartForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_MAX)

    @classmethod
    def of(cls, correspondence: Correspondence) -> RefuseCounterpartForm:
        initial = {"reason": _("It is about something else.")}
        return cls(initial=initial, auto_id=f"refuse-{seal(correspondence.pk, 'correspondence')}-%s")


class StatementByHandForm(StatementForm):
    """What somebody says who may also find no counterpart."""

    searched = forms.CharField(
        label=gettext_lazy("Where it was looked for, if none was found"), required=False, max_length=REASON_MAX
    )
    elements = forms.MultipleChoiceField(
        label=gettext_lazy("Elements in which they differ"),
        choices=Element.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["relation"].choices = [("", "—"), *VERDICTS]  # type: ignore[attr-defined]


class StateCounterpartForm(StatementByHandForm):
    """A correspondence stated by hand, or that none was found in a whole text."""

    target = forms.ChoiceField(label=gettext_lazy("Text of the other law"))
    cited = forms.CharField(
        label=gettext_lazy("Clause that answers"),
        required=False,
        max_length=250,
        help_text=gettext_lazy(
            "Its number as printed, with that of the paragraph in brackets. Leave empty where none was found."
        ),
    )
    new_topic = forms.CharField(
        label=gettext_lazy("Or a new topic, by its title in English"), required=False, max_length=200
    )
    field_order = ["target", "cited", "topic", "new_topic", "relation", "elements", "reasoning", "searched"]

    def __init__(self, *args: Any, clause: Clause, versions: Iterable[Version], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clause = clause
        self.versions = {v.address: v for v in versions if v.pk != clause.version_id}
        self.fields["target"].choices = texts_by_law(self.versions.values())  # type: ignore[attr-defined]
        self.fields["topic"].required = False

    def clean(self) -> dict[str, Any]:
        """Add ``answer``: the clause cited, or the text in which none was found."""
        data = super().clean() or {}
        if "topic" not in self.errors and bool(data.get("topic")) == bool((data.get("new_topic") or "").strip()):
            self.add_error("topic", _("Choose a topic, or give the title of a new one."))
        version = self.versions.get(data.get("target", ""))
        if version is None:
            return data
        data["answer"] = version
        if cited := data.get("cited"):
            with refused_on(self, "cited"):
                data["answer"] = access.clause_cited(version, cited)
        return data


EXCERPT = 400


@dataclass
class ListedCorrespondence:
    """A correspondence in the list, with the forms that decide on it or what was decided."""

    correspondence: Correspondence
    excerpt: str = ""
    subject_excerpt: str = ""
    confirm: ConfirmCounterpartForm | None = None
    refuse: RefuseCounterpartForm | None = None
    # Where the two forms are sent.
    confirm_address: str = ""
    refuse_address: str = ""
    may_reopen: bool = False
    may_second: bool = False


@dataclass
class ClauseSuggestions:
    """A clause with what is suggested for it, and what was decided."""

    clause: Clause
    excerpt: str
    waiting: list[ListedCorrespondence] = field(default_factory=list)
    decided: list[ListedCorrespondence] = field(default_factory=list)


def prepare(user: Person, item: ListedCorrespondence, topics: QuerySet[Topic]) -> None:
    """Give a listed correspondence its forms, or say what the person may do with what was decided."""
    correspondence = item.correspondence
    if correspondence.status != CorrespondenceStatus.SUGGESTED:
        membership, decisions = membership_of(user), list(correspondence.decisions.all())
        decider = correspondence.organisation_id or (decisions[-1].organisation_id if decisions else None)
        item.may_reopen = bool(membership and decisions and decider == membership.organisation_id)
        item.may_second = (
            correspondence.status == CorrespondenceStatus.CONFIRMED
            and correspondence.standing == "stated"
            and correspondence.stated_by_id != user.pk
            and bool(membership and correspondence.organisation_id == membership.organisation_id)
        )
    elif correspondence.object:
        item.confirm = ConfirmCounterpartForm.of(correspondence, topics)
        item.refuse = RefuseCounterpartForm.of(correspondence)
        item.confirm_address = reverse("suggestion_confirm", args=[correspondence.pk])
        item.refuse_address = reverse("suggestion_refuse", args=[correspondence.pk])


def excerpt_of(inside: Sequence[Clause]) -> str:
    """The first words of a clause and what stands inside it."""
    words = " ".join(filter(None, (clause.text for clause in inside))).split()
    text = " ".join(words)
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"


PER_PAGE = 10
NO_TOPIC = "none"


class NarrowForm(forms.Form):
    """Which suggestions between two texts are shown: of one topic, of a clause of either text."""

    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    clause = forms.CharField(required=False, max_length=250)
    answer = forms.CharField(required=False, max_length=250)

    def __init__(self, data: QueryDict, user: Person, source: Version, target: Version) -> None:
        super().__init__(data, auto_id="narrow-%s")
        self.texts = {"clause": source, "answer": target}
        self.between = access.reviewable_correspondences(user).filter(subject_version=source, object_version=target)
        topics = access.topics_offered(user).filter(pk__in=self.between.order_by().values("topic"))
        named = [("", _("all")), *((one.slug, str(one)) for one in topics), (NO_TOPIC, _("No topic yet"))]
        self.fields["topic"].choices = named  # type: ignore[attr-defined]
        for name, version in self.texts.items():
            self.fields[name].label = _("Article or section of %(text)s") % {"text": version.short_name}

    def clean(self) -> dict[str, Any]:
        """The clauses in place of their numbers."""
        data = super().clean() or {}
        for name, version in self.texts.items():
            with refused_on(self, name):
                data[name] = access.clause_cited(version, data[name]) if data.get(name) else None
        return data

    @property
    def kept(self) -> dict[str, str]:
        """What of an address narrows the list, so that it stays narrowed after a decision."""
        return {name: self.data[name] for name in self.fields if self.data.get(name)}

    def narrowed(self, rows: QuerySet[Correspondence]) -> QuerySet[Correspondence]:
        """Those of the rows that were asked for; none where that cannot be read."""
        if not self.is_valid():
            return rows.none()
        data = self.cleaned_data
        if topic := data["topic"]:
            rows = rows.filter(topic=None) if topic == NO_TOPIC else rows.filter(topic__slug=topic)
        for side, name in (("subject", "clause"), ("object", "answer")):
            if clause := data[name]:
                place = {f"{side}__position__gte": clause.position, f"{side}__position__lt": clause.end}
                rows = rows.filter(**place)
        return rows


def next_of(queue: Sequence[int], number: int, waiting: Sequence[int]) -> int | None:
    """On to what still waits after the suggestion decided on; after the last one to the first that is left."""
    place, left = queue.index(number) + 1 if number in queue else 0, set(waiting)
    return next((each for each in [*queue[place:], *queue[:place]] if each in left), None)


class SuggestionList:
    """What an address asks for of the suggestions between two texts: narrowed, the strongest first or as in the law."""

    def __init__(self, user: Person, source: Version, target: Version, query: QueryDict) -> None:
        self.texts = {"source": source.address, "target": target.address}
        self.narrow = NarrowForm(query, user, source, target)
        self.between = self.narrow.narrowed(self.narrow.between)
        clauses = list(access.clauses_to_answer(source).values_list("pk", "end"))
        self.clauses = [pk for pk, _end in clauses]
        # Up to where the first clauses reach: what is stated of a chapter stands with its first article.
        self.ends = list(accumulate((end for _pk, end in clauses), max))
        rows = self.between.filter(status=CorrespondenceStatus.SUGGESTED).order_by("-score", "object__position")
        self.total = self.narrow.between.filter(status=CorrespondenceStatus.SUGGESTED).count()
        self.order = {"order": "law"} if query.get("order") == "law" else {}
        # Where nothing is suggested, the clauses stand as in the law.
        self.by_strength = bool(self.total) and not self.order
        # The suggestions of each clause, the strongest first; what people stated on an earlier text leads.
        waiting: dict[int, list[int]] = {}
        strength: dict[int, float] = {}
        for pk, position, score in rows.values_list("pk", "subject__position", "score"):
            place = bisect_right(self.ends, position)
            waiting.setdefault(place, []).append(pk)
            strength[place] = max(strength.get(place, 0.0), 1.0 if score is None else score)
        places: Sequence[int] = sorted(waiting) if self.narrow.kept else range(len(clauses))
        if self.by_strength:
            places = sorted(waiting, key=lambda place: (-strength[place], place))
        self.places = places
        self.queue = [pk for place in places for pk in waiting.get(place, ())]

    @property
    def query(self) -> str:
        return urlencode(self.texts | self.narrow.kept | self.order)

    def address(self, at: Correspondence | None = None) -> str:
        """Its page that has this correspondence, at its place there."""
        if at is None:
            return f"{reverse('suggestions')}?{self.query}"
        place = bisect_right(self.ends, at.subject.position)
        page = self.places.index(place) // PER_PAGE + 1 if place in self.places else 1
        return f"{reverse('suggestions')}?{self.query}&page={page}#c-{seal(at.pk, 'correspondence')}"


@signed_in("GET")
def suggestions(request: HttpRequest) -> HttpResponse:
    """Choose two texts; then the clauses of the one with what may answer them in the other."""
    access.reviewer(request.user)
    versions = list(visible_originals(request.user).order_by("law", "date", "slug"))
    is_chosen = "source" in request.GET
    form = ChooseForm(request.GET if is_chosen else None, versions=versions)
    if not form.is_valid():
        drafts = access.own_drafts(request.user).filter(published_at=None)
        context = {"form": form, "drafts": drafts}
        return render(request, "crosswalk/suggestions.html", context, status=400 if is_chosen else 200)
    source, target = form.cleaned_data["source"], form.cleaned_data["target"]
    run = access.visible_runs(request.user).filter(subject_version=source, object_version=target).first()
    listed = SuggestionList(request.user, source, target, request.GET)
    if getattr(request, "htmx", False):
        return answer_search(request, run, listed.total)
    page = Paginator(listed.places, PER_PAGE).get_page(request.GET.get("page"))
    last, number = last_decision(request.user, source, target)
    context = {
        "form": form,
        "source": source,
        "target": target,
        "page": page,
        "rows": _rows(request, listed, list(page)),
        "waiting": listed.total,
        "shown": bool(listed.total),
        "matching": len(listed.queue),
        "run": run,
        "chosen": urlencode(listed.texts),
        "narrowed": urlencode(listed.texts | listed.narrow.kept),
        "narrow": listed.narrow,
        "by_strength": listed.by_strength,
        "query": listed.query,
        "kept": f"?{listed.query}",
        "last": last,
        "last_number": number,
    }
    return render(request, "crosswalk/suggestions.html", context, status=400 if listed.narrow.errors else 200)


def last_decision(user: Person, source: Version, target: Version) -> tuple[CorrespondenceDecision | None, int]:
    """What the person decided last between two texts, of what still stands, and on how many suggestions at once."""
    membership = access.reviewer(user)
    own = CorrespondenceDecision.objects.filter(
        by=membership.user,
        correspondence__organisation=membership.organisation,
        correspondence__subject_version=source,
        correspondence__object_version=target,
        status=F("correspondence__status"),
    ).exclude(status=CorrespondenceStatus.SUGGESTED)
    last = own.select_related("correspondence__subject", "correspondence__object").order_by("-pk").first()
    return last, services.refused_together(membership, last.batch).count() if last and last.batch else 1


def answer_search(request: HttpRequest, run: SuggestionRun | None, waiting: int) -> HttpResponse:
    """What htmx asks for while a search is under way: how far it is, then the page anew.

    A page that has rows already, in which somebody may be typing, is not loaded again: it leads to what was found.
    """
    query = request.GET.copy()
    shown = query.pop("shown", None)
    if not shown and not (run and run.job.is_under_way):
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"run": run, "waiting": waiting, "shown": bool(shown), "query": query.urlencode(), "is_news": True}
    return render(request, "crosswalk/_search_progress.html", context)


def _rows(request: HttpRequest, listed: SuggestionList, places: Sequence[int]) -> list[ClauseSuggestions]:
    """The clauses of a page, each with the suggestions for it or what it contains. Queries do not grow with them."""
    if not places:
        return []
    own = Q()
    for place in places:
        begin = listed.ends[place - 1] if place else 0
        own |= Q(subject__position__gte=begin, subject__position__lt=listed.ends[place])
    decisions = CorrespondenceDecision.objects.select_related("organisation")
    correspondences = list(
        listed.between.filter(own)
        .prefetch_related(Prefetch("decisions", queryset=decisions))
        .order_by("-score", "object__position")
    )
    clauses = Clause.objects.in_bulk([listed.clauses[place] for place in places])
    texts = texts_inside([*clauses.values(), *(one.object for one in correspondences if one.object)])
    topics = access.topics_offered(request.user)
    rows = {}
    for place in places:
        clause = clauses[listed.clauses[place]]
        rows[place] = ClauseSuggestions(clause, excerpt_of(texts[clause.pk]))
    for one in correspondences:
        row = rows[bisect_right(listed.ends, one.subject.position)]
        item = ListedCorrespondence(one, excerpt_of(texts[one.object.pk]) if one.object else "")
        (row.waiting if one.status == CorrespondenceStatus.SUGGESTED else row.decided).append(item)
        prepare(request.user, item, topics)
    return list(rows.values())


@signed_in("POST")
def ask(request: HttpRequest) -> HttpResponse:
    access.reviewer(request.user)
    form = ChooseForm(request.POST, versions=visible_versions(request.user))
    if not form.is_valid():
        return render(request, "crosswalk/suggestions.html", {"form": form}, status=400)
    source, target = form.cleaned_data["source"], form.cleaned_data["target"]
    return redirect(services.request_suggestions(request.user, source, target))


def _list_of(request: HttpRequest, one: Correspondence) -> SuggestionList:
    """The list from which the person came, as it is now."""
    return SuggestionList(request.user, one.subject_version, one.object_version, request.GET)


@signed_in("POST")
def confirm(request: HttpRequest, number: int) -> HttpResponse:
    form = ConfirmCounterpartForm(request.POST, topics=access.topics_offered(request.user))
    return _decide(request, number, form, services.confirm_correspondence)


@signed_in("POST")
def refuse(request: HttpRequest, number: int) -> HttpResponse:
    return _decide(request, number, RefuseCounterpartForm(request.POST), services.refuse_correspondence)


def _decide(request: HttpRequest, number: int, form: Any, act: Callable[..., Any]) -> HttpResponse:
    """On to the next suggestion of the list, or to the one decided on where none is left."""
    correspondence = access.get_correspondence(request.user, number)
    listed = _list_of(request, correspondence)
    if not (form.is_valid() and is_accepted(form, lambda: act(request.user, correspondence, **form.cleaned_data))):
        return show_again(request, correspondence, form, listed.address(correspondence))
    is_confirmed = correspondence.status == CorrespondenceStatus.CONFIRMED
    messages.success(request, _("Confirmed.") if is_confirmed else _("Refused."))
    now = _list_of(request, correspondence)
    following = next_of(listed.queue, number, now.queue)
    return redirect(now.address(now.between.get(pk=following) if following else correspondence))


@signed_in("POST")
def refuse_group(request: HttpRequest) -> HttpResponse:
    """Refuse the suggestions of a topic, a clause or both at once."""
    access.reviewer(request.user)
    form = ChooseForm(request.GET, versions=visible_originals(request.user))
    if not form.is_valid():
        return render(request, "crosswalk/suggestions.html", {"form": form}, status=400)
    texts = form.cleaned_data["source"], form.cleaned_data["target"]
    group = SuggestionList(request.user, *texts, request.POST).between
    refuse_shown(request, lambda number, reason: services.refuse_group(request.user, group, number, reason))
    return redirect(SuggestionList(request.user, *texts, request.GET).address())


def refuse_shown(request: HttpRequest, refuse: Callable[[int, str], object]) -> None:
    """Refuse as many suggestions as the person was shown, and say that it is done or why not."""
    number = request.POST.get("number", "")
    count = int(number) if number.isascii() and number.isdigit() and len(number) < len("100000") else 0
    sentence = ngettext("%(n)s suggestion is refused.", "%(n)s suggestions are refused.", count) % {"n": digits(count)}
    attempt(request, lambda: refuse(count, request.POST.get("reason", "")[:GROUP_REASON_MAX]), sentence)


def show_again(request: HttpRequest, correspondence: Correspondence, form: Any, back: str) -> HttpResponse:
    """The form of a decision once more, with what was wrong."""
    context = {
        "form": form,
        "action": request.get_full_path(),
        "clause": correspondence.subject,
        "version": correspondence.subject_version,
        "answer": correspondence.object,
        "answer_version": correspondence.object_version,
        "back": back,
    }
    return render(request, "crosswalk/decide.html", context, status=400)


@signed_in("POST")
@makes_public
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Take a decision back, with all that was refused at once where the form says so: it waits again."""
    one = access.get_correspondence(request.user, number)
    undo = services.reopen_group if request.POST.get("together") else services.reopen_correspondence
    attempt(request, lambda: undo(request.user, one), _("Undone: it waits for a decision again."))
    return redirect(_list_of(request, one).address(one))


@signed_in("POST")
def second(request: HttpRequest, number: int) -> HttpResponse:
    """Confirm, as a second person, what another one stated."""
    one, seen = access.get_correspondence(request.user, number), request.POST.get("seen", "")
    attempt(request, lambda: second_correspondence(request.user, one, seen), _("Confirmed."))
    return redirect(_list_of(request, one).address(one))


@login_required
def state(request: HttpRequest, law: str, version: str, eid: str) -> HttpResponse:
    """Set a clause beside one of another law, which ``?q=`` looks for by words and ``?target=&cited=`` names."""
    clause = get_clause(request.user, law, version, eid)
    access.reviewer(request.user)
    versions = list(visible_originals(request.user).order_by("law", "date", "slug"))
    data = request.POST if request.method == "POST" else None
    topics = access.topics_offered(request.user)
    form = StateCounterpartForm(data, clause=clause, versions=versions, topics=topics, initial=request.GET.dict())
    if form.is_valid() and is_accepted(form, lambda: _state(request, clause, form.cleaned_data)):
        waits = access.reviewer(request.user).organisation.two_person_rule
        later = _("Saved with your reasoning. Readers see it once a second person has confirmed it.")
        messages.success(request, later if waits else _("Saved with your reasoning."))
        return redirect(clause)
    beside, cited = None, request.GET.get("cited", "")
    if (target := form.versions.get(request.GET.get("target", ""))) and cited:
        with suppress(CitationError):
            beside = Citations(target).find(cited)
    context = {
        "form": form,
        "clause": clause,
        "version": clause.version,
        "back": clause.get_absolute_url(),
        "lines": texts_inside([clause])[clause.pk],
        "beside": beside,
        "beside_lines": texts_inside([beside])[beside.pk] if beside else [],
        "asked": request.GET.get("q", ""),
        "hits": _hits(request, clause, versions),
    }
    return render(request, "crosswalk/beside.html", context, status=400 if form.errors else 200)


def _hits(request: HttpRequest, clause: Clause, versions: Sequence[Version]) -> list[Hit]:
    """Clauses of other laws that are public and have the words asked for, the best first."""
    if not request.GET.get("q", "").strip():
        return []
    others = [one for one in versions if one.is_published and one.law_id != clause.version.law_id]
    results = find(read_text(request.GET), Filters(kind=EntryKind.CLAUSE), others)
    return show(results, results.ranked[:PER_PAGE])


@transaction.atomic
def _state(request: HttpRequest, clause: Clause, data: dict[str, Any]) -> None:
    kept = {name: data[name] for name in ("topic", "answer", "relation", "reasoning", "searched", "elements")}
    if title := data["new_topic"].strip():
        try:
            kept["topic"] = add_topic(request.user, {"title": title}, [])
        except ValidationError as error:
            raise ValidationError(error.messages) from error
    state_by_hand(request.user, subject=clause, **kept)
