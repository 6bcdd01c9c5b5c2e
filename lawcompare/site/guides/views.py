"""The pages of the guides."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from lawcompare.core.page_cache.public import public
from lawcompare.site.guides.html import DOCS, GUIDES, file_of, guide_html, headings_of


@public()
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """How the site is used: by readers, by analysts, by those who annotate."""
    if name not in GUIDES:
        raise Http404
    language = get_language() or "en"
    title, parts = headings_of(name, language)
    written_in = "en" if file_of(name, language).parent == DOCS else language
    others = [(one, headings_of(one, language)[0]) for one in GUIDES if one != name]
    context = {"title": title, "parts": parts, "words": guide_html(name, language), "others": others}
    return render(request, "site/guides/guide.html", context | {"written_in": written_in})
