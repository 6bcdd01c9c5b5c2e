"""A draft comparison by subject: its pairs decided on, previewed, published or discarded."""

from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from lawcompare.accounts.access import may
from lawcompare.accounts.models import EDITORS, Person
from lawcompare.accounts.responses import is_accepted, makes_public, refused_on, signed_in
from lawcompare.core.numbers import seal
from lawcompare.crosswalk import access
from lawcompare.crosswalk.drafts import services
from lawcompare.crosswalk.exports import report_of_two_laws
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceStatus,
    DraftComparison,
    DraftPair,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.provisions import texts_inside, texts_of_rows
from lawcompare.crosswalk.suggestions.views import (
    ChooseForm,
    ConfirmCounterpartForm,
    ListedCorrespondence,
    NarrowForm,
    RefuseCounterpartForm,
    StatementByHandForm,
    answer_search,
    excerpt_of,
    next_of,
    prepare,
    refuse_shown,
    show_again,
)
from lawcompare.languages import DEFAULT, digits
from lawcompare.laws.access import visible_versions
from lawcompare.laws.citing import plain_address, site_root
from lawcompare.laws.models import Clause, Version
from lawcompare.laws.reports import Report, answer_with
from lawcompare.laws.translations.services import set_shown

CITED_MAX = 250


class OtherPairForm(StatementByHandForm):
    """A pair by the numbers of its two clauses, or a clause of either text that nothing in the other one answers."""

    own = forms.CharField(label=gettext_lazy("Clause of the first text"), required=False, max_length=CITED_MAX)
    cited = forms.CharField(
        label=gettext_lazy("Clause of the second text"),
        required=False,
        max_length=CITED_MAX,
        help_text=gettext_lazy(
            "Its number as printed, with that of the paragraph in brackets. Where a text has no counterpart, leave its"
            " field empty and choose “none found”."
        ),
    )
    field_order = ["own", "cited", "topic", "relation", "elements", "reasoning", "searched"]

    def __init__(self, *args: Any, draft: DraftComparison, topics: QuerySet[Topic], **kwargs: Any) -> None:
        super().__init__(*args, topics=topics, auto_id="other-%s", **kwargs)
        self.draft = draft

    def clean(self) -> dict[str, Any]:
        """Add ``subject`` and ``answer``: the clauses cited, or one of them and the text in which none was found."""
        data = super().clean() or {}
        first, second = self._clause("own", self.draft.source), self._clause("cited", self.draft.target)
        if first is None and second is not None:
            data["subject"], data["answer"] = second, self.draft.source
        else:
            data["subject"], data["answer"] = first, second or self.draft.target
        if first is None and second is None and not self.errors:
            self.add_error("own", _("Name a clause of one of the two texts."))
        return data

    @property
    def pair(self) -> dict[str, Any]:
        """What was filled in, as ``services.confirm_pair`` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"own", "cited"}}

    def _clause(self, name: str, version: Version) -> Clause | None:
        if cited := self.cleaned_data.get(name):
            with refused_on(self, name):
                return access.clause_cited(version, cited)
        return None


# As many suggestions as somebody decides on at a sitting stand on one page, and fewer of what was decided.
SHOWN_MAX = 60
PER_PAGE = 20
# The groups of suggestions: the topic under which the two clauses would be read, those shown, how many there are.
type Groups = list[tuple[Topic | None, list[ListedCorrespondence], int]]


def waiting_in(user: Person, draft: DraftComparison) -> QuerySet[Correspondence]:
    """Suggestions between the two texts on which the draft says nothing yet, the strongest first."""
    decided = DraftPair.objects.filter(draft=draft, subject=OuterRef("subject"), object=OuterRef("object"))
    none_found = DraftPair.objects.filter(
        Q(subject=OuterRef("subject")) | Q(subject=OuterRef("object")), draft=draft, object__isnull=True
    )
    suggested = access.reviewable_correspondences(user).filter(
        subject_version=draft.source_id,
        object_version=draft.target_id,
        status=CorrespondenceStatus.SUGGESTED,
        object__isnull=False,
    )
    waiting = suggested.exclude(Exists(decided)).exclude(Exists(none_found))
    return waiting.order_by(F("score").desc(nulls_first=True), "subject__position", "pk")


def narrowed_by(query: QueryDict, user: Person, draft: DraftComparison) -> QuerySet[Correspondence]:
    """What an address asks for of the suggestions that wait in a draft."""
    return NarrowForm(query, user, draft.source, draft.target).narrowed(waiting_in(user, draft))


def queue_of(waiting: QuerySet[Correspondence]) -> list[int]:
    """What waits, as the page shows it: the primary keys of the suggestions, topic after topic."""
    groups: dict[int | None, list[int]] = {}
    for topic, number in waiting.values_list("topic_id", "pk")[:SHOWN_MAX]:
        groups.setdefault(topic, []).append(number)
    return [number for numbers in groups.values() for number in numbers]


def private_texts(draft: DraftComparison) -> list[Version]:
    """Those of its two texts for which nobody outside the organisation sees what is published."""
    return [version for version in (draft.source, draft.target) if not version.is_published]


def groups_of(
    user: Person, draft: DraftComparison, waiting: QuerySet[Correspondence], topics: QuerySet[Topic]
) -> Groups:
    """The strongest suggestions that wait, in groups by topic, with their forms. Queries do not grow with them."""
    chosen = list(waiting[:SHOWN_MAX])
    texts = texts_inside({one.pk: one for each in chosen for one in (each.subject, each.object) if one}.values())
    numbers: Counter[int | None] = Counter(waiting.values_list("topic_id", flat=True))
    groups: dict[int | None, tuple[Topic | None, list[ListedCorrespondence], int]] = {}
    for one in chosen:
        assert one.object is not None
        item = ListedCorrespondence(one, excerpt_of(texts[one.object.pk]))
        item.subject_excerpt = excerpt_of(texts[one.subject.pk])
        prepare(user, item, topics)
        item.confirm_address = reverse("draft_pair_confirm", args=[draft.key, one.pk])
        item.refuse_address = reverse("draft_pair_refuse", args=[draft.key, one.pk])
        groups.setdefault(one.topic_id, (one.topic, [], numbers[one.topic_id]))[1].append(item)
    return list(groups.values())


def _run_of(draft: DraftComparison) -> SuggestionRun | None:
    texts = {"subject_version": draft.source_id, "object_version": draft.target_id}
    runs = SuggestionRun.objects.select_related("job")
    return runs.filter(organisation=draft.organisation_id, **texts).first()


@signed_in("POST")
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft comparison of two texts and have counterparts looked for, or go to the one that is open."""
    access.reviewer(request.user)
    form = ChooseForm(request.POST, versions=visible_versions(request.user))
    if not form.is_valid():
        return render(request, "crosswalk/suggestions.html", {"form": form}, status=400)
    return redirect(services.begin_draft(request.user, form.cleaned_data["source"], form.cleaned_data["target"]))


@signed_in("GET")
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """What waits, in groups by topic, and what was decided. Members who do not decide are led to the preview."""
    one = access.get_draft(request.user, key)
    asks_for_progress = getattr(request, "htmx", False)
    if one.is_being_published and may(request.user, "review"):
        part = "#progress" if asks_for_progress else ""
        context = {"draft": one, "seen": one.seen, "run": {"job": one.job}}
        return render(request, f"crosswalk/drafts/publishing.html{part}", context)
    if asks_for_progress and "published" in request.GET:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if one.is_published and "published" in request.GET and one.published_by_id == request.user.pk:
        return _lead_to_readers(request, one)
    if asks_for_progress:
        return answer_search(request, _run_of(one), waiting_in(request.user, one).count())
    if one.is_published or not may(request.user, "review"):
        return redirect("draft_comparison_preview", key)
    return _page(request, one, None)


def _page(request: HttpRequest, one: DraftComparison, form: OtherPairForm | None, status: int = 200) -> HttpResponse:
    # Before what they are of is read: what comes meanwhile is refused, and those of a search that ends asked for again.
    seen, run = one.seen, _run_of(one)
    topics = access.topics_offered(request.user)
    pairs = one.pairs.select_related("topic", "by").prefetch_related("subject", "object")
    narrow = NarrowForm(request.GET, request.user, one.source, one.target)
    matching = narrow.narrowed(waiting_in(request.user, one))
    waiting, found = waiting_in(request.user, one).count(), matching.count()
    last = pairs.filter(by=request.user.pk).order_by("-at", "-pk").first()
    # Of what was refused at once, one pair stands for all.
    refused = pairs.filter(status=CorrespondenceStatus.REFUSED)
    batches = refused.exclude(batch=None).order_by().values("batch").annotate(n=Count("pk"), first=Min("pk"))
    confirmed = _page_of_pairs(request, one, pairs.filter(status=CorrespondenceStatus.CONFIRMED), "confirmed")
    alone = _page_of_pairs(request, one, refused.filter(Q(batch=None) | Q(pk__in=batches.values("first"))), "refused")
    shown = {pair.batch for pair in [*alone, *filter(None, [last])] if pair.batch}
    numbers = dict(batches.filter(batch__in=shown).values_list("batch", "n"))
    context = {
        "draft": one,
        "seen": seen,
        "source": one.source,
        "target": one.target,
        "run": run,
        "groups": groups_of(request.user, one, matching, topics),
        "narrow": narrow,
        "kept": f"?{urlencode(narrow.kept)}" if narrow.kept else "",
        "query": urlencode(narrow.kept),
        "waiting": waiting,
        "matching": found,
        "shown": bool(waiting),
        "is_cut": found > SHOWN_MAX,
        "private": private_texts(one),
        "last": last and services.decided_in(one, [last])[0],
        "last_number": numbers.get(last.batch, 1) if last else 1,
        "confirmed": confirmed,
        "refused": alone,
        "refused_rows": [(pair, numbers.get(pair.batch, 1)) for pair in alone],
        "form": form or OtherPairForm(draft=one, topics=topics),
    }
    status = 400 if narrow.errors else status
    return render(request, "crosswalk/drafts/draft.html", context, status=status)


def _page_of_pairs(
    request: HttpRequest, one: DraftComparison, pairs: QuerySet[DraftPair], name: str
) -> Page[DraftPair]:
    page = Paginator(pairs, PER_PAGE).get_page(request.GET.get(name))
    page.object_list = services.decided_in(one, page.object_list)
    return page


@signed_in("GET")
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """The draft as readers will see it, for the members of its organisation."""
    one = access.get_draft(request.user, key)
    page = services.pages_of_draft(one, request.GET.get("page"))
    shown = services.rows_of_draft(one, page)
    inside = texts_of_rows(shown, one.source, one.target)
    printed = [clause for parts in inside.values() for clause in parts]
    set_shown([*(clause for row in shown for clause in [*row.olds, *row.news]), *printed])
    context = {
        "draft": one,
        "old": one.source,
        "new": one.target,
        "page": page,
        "rows": shown,
        "inside": inside,
        "clauses": printed,
        "decides": may(request.user, "review"),
        "private": private_texts(one),
    }
    return render(request, "crosswalk/drafts/preview.html", context)


@signed_in("GET")
def docx(request: HttpRequest, key: str) -> HttpResponse:
    """A page of the preview as a file."""
    one = access.get_draft(request.user, key)
    page = services.pages_of_draft(one, request.GET.get("page"))

    def report() -> Report:
        """Says on its first page that it is a draft, and which part of it."""
        rows = services.rows_of_draft(one, page)
        inside = texts_inside({clause.pk: clause for row in rows for clause in [*row.olds, *row.news]}.values())
        address, values = plain_address("draft_comparison_preview", key), access.visible_values(request.user)
        made = report_of_two_laws(one.source, one.target, rows, values, inside, address, site_root(request), page)
        if not one.is_published:
            private = _("Draft, private to %(organisation)s: not published") % {"organisation": one.organisation}
            made.lead = " · ".join(filter(None, [private, made.lead]))
        return made

    return answer_with(request, report, "docx", f"draft-{key}{f'-{page.number}' if page.number > 1 else ''}")


@signed_in("POST")
def confirm(request: HttpRequest, key: str, number: int) -> HttpResponse:
    form = ConfirmCounterpartForm(request.POST, topics=access.topics_offered(request.user))
    # What it says then are the words of the form alone.
    confirm = lambda *pair, seen, **said: services.confirm_pair(*pair, **said)  # noqa: E731
    return _decide(request, key, number, form, confirm, _("Confirmed in your draft."))


@signed_in("POST")
def refuse(request: HttpRequest, key: str, number: int) -> HttpResponse:
    form = RefuseCounterpartForm(request.POST)
    return _decide(request, key, number, form, services.refuse_pair, _("Refused in your draft."))


def _decide(
    request: HttpRequest, key: str, number: int, form: Any, act: Callable[..., Any], sentence: str
) -> HttpResponse:
    """On to what waits next after the suggestion decided on; after the last one to the first that is left."""
    one = access.get_draft(request.user, key)
    suggestion = access.get_correspondence(request.user, number)
    sides = (suggestion.subject_version_id, suggestion.object_version_id)
    if sides != (one.source_id, one.target_id) or suggestion.object is None:
        raise Http404(_("There is no such correspondence here."))
    waiting = narrowed_by(request.GET, request.user, one)
    queue = queue_of(waiting)
    pair = (suggestion.subject, suggestion.object)
    if not (form.is_valid() and is_accepted(form, lambda: act(request.user, one, *pair, **form.cleaned_data))):
        return show_again(request, suggestion, form, _page_of(request, one))
    messages.success(request, sentence)
    following = next_of(queue, number, queue_of(waiting))
    return redirect(_page_of(request, one) + (f"#c-{seal(following, 'correspondence')}" if following else "#decided"))


def _page_of(request: HttpRequest, one: DraftComparison) -> str:
    """The page of the draft, as narrowed as the person had it."""
    return f"{one.get_absolute_url()}{'?' if request.GET else ''}{request.GET.urlencode()}"


@signed_in("POST")
def refuse_group(request: HttpRequest, key: str) -> HttpResponse:
    """Refuse the suggestions of a topic, a clause or both at once."""
    one = access.get_draft(request.user, key)
    access.reviewer(request.user)
    group = narrowed_by(request.POST, request.user, one)
    refuse_shown(request, lambda number, reason: services.refuse_group(request.user, one, group, number, reason))
    return redirect(_page_of(request, one))


@signed_in("POST")
def state(request: HttpRequest, key: str) -> HttpResponse:
    """Put a pair that nobody suggested into the draft, or that a clause is answered by none."""
    one = access.get_draft(request.user, key)
    access.reviewer(request.user)
    form = OtherPairForm(request.POST, draft=one, topics=access.topics_offered(request.user))
    if form.is_valid() and is_accepted(form, lambda: services.confirm_pair(request.user, one, **form.pair)):
        messages.success(request, _("Confirmed in your draft."))
        return redirect(one)
    return _page(request, one, form, status=400)


@signed_in("POST")
def undo(request: HttpRequest, key: str, number: int) -> HttpResponse:
    one = access.get_draft(request.user, key)
    try:
        pair = services.undo_pair(request.user, one, number)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_page_of(request, one))
    again = waiting_in(request.user, one).filter(subject=pair.subject_id, object=pair.object_id).first()
    if again is None:  # nobody suggested it
        messages.success(request, _("Undone."))
        return redirect(_page_of(request, one))
    messages.success(request, _("Undone: it waits for a decision again."))
    return redirect(f"{_page_of(request, one)}#c-{seal(again.pk, 'correspondence')}")


@signed_in("POST")
@makes_public
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Have what was confirmed stated. Where a pair cannot be, nothing is, and the page says which and why."""
    one = access.get_draft(request.user, key)
    try:
        seen = request.POST.get("seen", "")
        services.ask_to_publish(request.user, one, get_language() or DEFAULT.code, seen)
    except ValidationError as error:
        for sentence in (_("Nothing was published."), *error.messages):
            messages.error(request, sentence)
        return redirect(one)
    one = access.get_draft(request.user, key)  # which may be done
    return _lead_to_readers(request, one) if one.is_published else redirect(f"{one.get_absolute_url()}?published=yes")


def _lead_to_readers(request: HttpRequest, one: DraftComparison) -> HttpResponse:
    """On to what readers see, for who published it; the page says how much it is, and what of it nobody sees yet."""
    published = services.published(one)
    stated = ngettext("Published: %(n)s pair.", "Published: %(n)s pairs.", published.stated)
    messages.success(request, stated % {"n": digits(published.stated)})
    if published.waiting:
        messages.info(request, _("Readers see what you confirmed yourself once a second person has confirmed it."))
    if one.organisation.slug != EDITORS:
        messages.info(request, _("Saved as a proposal of your organisation, until the staff of this site confirm it."))
    for version in private_texts(one):
        sentence = _("Nobody else sees it: “%(title)s” is private to your organisation until that text is published.")
        messages.info(request, sentence % {"title": version.name})
    sides = (one.source.law.slug, one.source.slug, one.target.law.slug, one.target.slug)
    return redirect(reverse("comparison", args=sides))


@signed_in("POST")
def discard(request: HttpRequest, key: str) -> HttpResponse:
    services.discard_draft(request.user, access.get_draft(request.user, key))
    messages.success(request, _("Deleted."))
    return redirect("suggestions")
