"""The search page: complete without JavaScript, with it the answers change while the reader types."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation
from lawcompare.core.page_cache.public import public
from lawcompare.core.standard_names import language_name
from lawcompare.engine.text.words import has_no_spaces
from lawcompare.laws.models import Version
from lawcompare.laws.wanted import unseen_laws_called
from lawcompare.search import asking
from lawcompare.search.find import PER_PAGE, RANKED_MAX, Filters, SearchResults, find, show
from lawcompare.search.fitted import fitted
from lawcompare.search.models import EntryKind, SearchEntry

# Questions that show how to ask, in the reader's language; places as they are typed in any.
EXAMPLES = [
    ("words", [pgettext_lazy("question", "illegal access")]),
    ("phrase", [pgettext_lazy("question", "“freedom of expression”")]),
    ("question", [pgettext_lazy("question", "can police search my phone without a warrant")]),
    ("place", ["18 USC 1030(a)(2)", pgettext_lazy("question", "Budapest 15"), "មាត្រា ២៨"]),
]
# Values of a filter that are offered.
OFFERED_MAX = 12
# Phrases of laws that are named for an everyday word.
PHRASES_SHOWN = 3


@public()
def search(request: HttpRequest) -> HttpResponse:
    """The answers to ``?q=``, narrowed by the filters; ``?part=answers`` gives the inner part alone."""
    if not asking.may_search(request):
        return _render_problem(request, _("Too many searches from your connection. Try again in a minute."), 429)
    try:
        text = asking.read_text(request.GET)
        versions = asking.public_versions()
        filters = asking.read_filters(request.GET, versions)
    except asking.QuestionRefused as refused:
        return _render_problem(request, str(refused), 400)
    as_typed = request.GET.get("typed") == "yes"
    results = find(text, filters, versions, as_typed=as_typed)
    page = Paginator(results.ranked, PER_PAGE).get_page(request.GET.get("page"))
    language = filters.language or get_language() or ""
    hits = show(results, [*page.object_list, *(results.close if page.number == 1 else ())], language)
    hits, close = hits[: len(page.object_list)], hits[len(page.object_list) :]
    # Those that have all that is asked for, most of it, or are of organisations, each with a heading of its own.
    before = len(results.ranked) if results.before_others is None else results.before_others
    ends = (min(results.exact, before), before)
    having_all, having_most = (min(max(end - PER_PAGE * (page.number - 1), 0), len(hits)) for end in ends)
    # Everyday words of the question with phrases of laws that were looked for too, in the page's language.
    is_khmer = get_language() == "km"
    rows = [
        (asked, [phrase for phrase in phrases if has_no_spaces(phrase[0]) == is_khmer][:PHRASES_SHOWN])
        for asked, phrases in results.in_law.items()
    ]
    context = {
        "q": text,
        "results": results,
        "having_all": hits[:having_all],
        "having_most": hits[having_all:having_most],
        "most_start": page.start_index() + having_all,
        "of_others": hits[having_most:],
        "others_start": page.start_index() + having_most,
        "close": close,
        "as_typed": as_typed,
        "as_typed_address": _address(request, typed="" if as_typed else "yes"),
        "in_law": [row for row in rows if row[1]],
        "nothing": _nothing(text) if not results.ranked and text.strip() else {},
        "has_renderings": any(hit.is_rendered for hit in hits),
        "beside": request.GET.get("beside") == "yes",
        "page": page,
        "address": _address(request, page=""),
        "beside_address": _address(request, beside="" if request.GET.get("beside") == "yes" else "yes"),
        "facets": _facets(request, results, filters, versions),
        "filters": filters,
        "ranked_max": RANKED_MAX,
        "examples": EXAMPLES,
        "unseen_laws": unseen_laws_called(text),
    }
    response = render(request, _template(request), context)
    if results.is_cut:  # the next reader may have them
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _nothing(text: str) -> dict[str, Any]:
    """Returns what helps whoever found nothing: words spelt nearly so, and the topics."""
    topics = SearchEntry.objects.filter(kind=EntryKind.TOPIC, language=get_language()).order_by("title")
    return {"words": fitted().near_words(text), "topics": topics.values_list("key", "title")}


def _template(request: HttpRequest) -> str:
    return "search/search.html" + ("#answers" if request.GET.get("part") == "answers" else "")


def _render_problem(request: HttpRequest, problem: str, status: int) -> HttpResponse:
    context = {"q": request.GET.get("q", "")[:100].replace("\x00", ""), "problem": problem}
    return render(request, _template(request), context, status=status)


def _address(request: HttpRequest, **changed: str) -> str:
    """Returns the query string with some parameters changed; empty ones are left out."""
    asked = {name: str(value) for name, value in request.GET.items() if name not in {"part", "page"}} | changed
    return "?" + urlencode({name: value for name, value in asked.items() if value})


def _facets(
    request: HttpRequest, results: SearchResults, filters: Filters, versions: Sequence[Version]
) -> list[dict[str, Any]]:
    """The filters with their values, each with the address that chooses it, or drops it where it is chosen."""
    titles = {
        "kind": _("What"),
        "law": _("Law"),
        "language": _("Language"),
        "risk": _("Risk"),
        "organisation": _("Organisation"),
        "category": _("Category"),
    }
    chosen = filters.chosen()
    confirmed = {version.law.slug for version in versions if not version.unchecked_of}
    facets = []
    for name, label in titles.items():
        counter = results.counts.get(name)
        if not counter or (len(counter) < 2 and name not in chosen):
            continue
        labels = _labels(name, list(counter), versions)
        behind = counter.keys() - confirmed if name == "law" else set()
        by_number = sorted(counter, key=lambda value: (value in behind, -counter[value], value))
        order = sorted(by_number, key=lambda value: value != chosen.get(name))[:OFFERED_MAX]
        choices = [
            {
                "value": value,
                "label": labels.get(value, value),
                "count": counter[value],
                "url": _address(request, **{name: "" if value == chosen.get(name) else value}),
                "is_chosen": value == chosen.get(name),
            }
            for value in order
        ]
        facets.append({"name": name, "label": label, "choices": choices})
    return facets


def _labels(name: str, values: list[str], versions: Sequence[Version]) -> dict[str, str]:
    """Returns the label of each value; templates name risks and categories."""
    if name == "kind":
        return {value: str(label) for value, label in EntryKind.choices}
    if name == "language":
        return {value: language_name(value) for value in values}
    if name == "law":
        # As a confirmed text has it, where there is one.
        return {one.law.slug: one.law_name for one in sorted(versions, key=lambda one: not one.unchecked_of)}
    if name == "organisation":
        rows: Any = Organisation.objects.filter(slug__in=values)
        return {row.slug: str(row) for row in rows}
    return {}
