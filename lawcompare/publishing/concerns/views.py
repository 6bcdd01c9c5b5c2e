"""“Did the risk survive?”: the concerns of a law, text by text, as a page, a picture and a table."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.annotations.access import organisation_of
from lawcompare.annotations.filters import FilterChoices, FilterOption, NoteFilter, file_filter
from lawcompare.core.page_cache.public import public
from lawcompare.core.standard_names import language_name
from lawcompare.laws.access import TITLE, get_law, proposal_of_law, titled
from lawcompare.laws.citing import plain_address, site_root
from lawcompare.laws.models import Law, Version
from lawcompare.laws.reports import CSV, answer_with, as_csv, too_much
from lawcompare.publishing.concerns.chart_svg import Palette, draw
from lawcompare.publishing.concerns.outcomes import (
    Survival,
    as_table,
    choices,
    main_language,
    narrowed,
    report_of_concerns,
    rows_in_other_law,
    survival,
)

PER_PAGE = 100
# A page has as many signs at most, however many texts a law has, but no fewer rows than these.
CELLS_PER_PAGE, ROWS_MIN = 5_000, 10
# As many rows of another file take the time of a cell of this one.
OF_A_CELL = 5
# ``raised``: the text on which a concern was raised first.
PARAMETERS = ("organisation", "category", "risk", "raised", "language", "page")


@dataclass(frozen=True)
class _Asked:
    law: Law
    language: str
    languages: list[tuple[str, str]]
    filter: NoteFilter
    survival: Survival
    choices: FilterChoices
    # The texts on which a concern may have been raised, and the one asked for, by its slug.
    texts: list[Version]
    raised: str
    # Who proposes what the law is called.
    proposal: str

    @property
    def titled(self) -> str:
        return titled(self.law.name, self.proposal)

    @property
    def title(self) -> str:
        return _("Did the risk survive? %(law)s") % {"law": self.titled}

    @property
    def lead(self) -> str:
        """The tally in a sentence, and of whose concerns it speaks."""
        tally = self.survival.last_tally
        sentence = tally.sentence if tally else _("No concern has been raised on a text before the last one.")
        sentence = f"{self.proposal}{_(':')} {sentence}" if self.proposal and not self.texts else sentence
        chosen = ", ".join(self.filter.names())
        return _("%(sentence)s Shown: %(chosen)s.") % {"sentence": sentence, "chosen": chosen} if chosen else sentence

    @property
    def cells(self) -> int:
        return len(self.survival.concerns) * len(self.survival.versions)


def _read(request: HttpRequest, slug: str) -> _Asked:
    law = get_law(request.user, slug)
    known = Version.objects.published().confirmed(organisation_of(request.user)).originals().filter(law=law)
    texts = list(known.select_related("law", "origin__organisation"))
    asked = request.GET.get("language", "")
    spoken = {text.language for text in texts}
    if asked and asked not in spoken:
        raise Http404(_("No text of this law in the language “%(language)s” is here.") % {"language": asked})
    language = asked or main_language(texts)
    whole = survival([text for text in texts if text.language == language])
    chosen = file_filter(request.GET)
    languages = [(code, language_name(code)) for code in sorted(spoken)]
    raised = request.GET.get("raised", "")
    shown = narrowed(whole, chosen, raised)
    proposal = proposal_of_law(law, of=TITLE)
    return _Asked(law, language, languages, chosen, shown, choices(whole, chosen), whole.versions, raised, proposal)


@public(*PARAMETERS)
def concerns(request: HttpRequest, law: str) -> HttpResponse:
    asked = _read(request, law)
    fitting = CELLS_PER_PAGE // max(len(asked.survival.versions), 1)
    per_page = max(min(PER_PAGE, fitting), ROWS_MIN)
    page = Paginator(asked.survival.concerns, per_page).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "law": asked.law,
        "asked": asked,
        "choices": asked.choices,
        "survival": asked.survival,
        "page": page,
        "groups": Survival(asked.survival.versions, list(page.object_list)).groups,
        "query": query.urlencode(),
        "raised": [FilterOption(one.slug, one.short_name, one.slug == asked.raised) for one in asked.texts],
        "kept": [("language", asked.language)] if len(asked.languages) > 1 else [],
        "elsewhere": rows_in_other_law(request.user, [one.root.clause for one in page.object_list]),
    }
    return render(request, "publishing/concerns/concerns.html", context)


@public(*PARAMETERS, "narrow")
def concerns_picture(request: HttpRequest, law: str, palette: Palette, *, is_bare: bool = False) -> HttpResponse:
    """The concerns as SVG, light or dark; ``is_bare``: without its head, for the page that says the same above it.

    ``?narrow=yes``: as wide as a phone.
    """
    asked = _read(request, law)
    if refused := too_much(request, asked.cells):
        return refused
    page = site_root(request) + reverse("concerns", args=[law])
    if query := request.GET.urlencode():
        page = f"{page}?{query}"
    source = _("Judged by those who wrote the notes; a hollow sign: not judged by anybody yet. Source: %(page)s")
    words = ("", "", "") if is_bare else (asked.title, asked.lead, source % {"page": page})
    picture = draw(asked.survival, *words, palette, is_narrow=request.GET.get("narrow") == "yes")
    return HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")


@public(*PARAMETERS)
def concerns_csv(request: HttpRequest, law: str) -> HttpResponse:
    asked = _read(request, law)
    if refused := too_much(request, asked.cells):
        return refused
    response = HttpResponse(as_csv(as_table(asked.survival)), content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="concerns-{asked.law.slug}.csv"'
    return response


@require_safe
def concerns_file(request: HttpRequest, law: str, form: str) -> HttpResponse:
    asked = _read(request, law)
    if refused := too_much(request, OF_A_CELL * asked.cells):
        return refused
    root, address = site_root(request), f"{plain_address('concerns', law)}?{request.GET.urlencode()}".rstrip("?")
    return answer_with(
        request,
        lambda: report_of_concerns(asked.survival, asked.title, asked.lead, address, root),
        form,
        f"concerns-{asked.law.slug}",
    )
