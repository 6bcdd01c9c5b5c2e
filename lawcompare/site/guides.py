"""The guides of ``docs/`` as pages, and which part of them is about a page of the site."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import get_language
from markdown_it import MarkdownIt
from markdown_it.token import Token
from PIL import Image

from lawcompare.core.page_cache.public import public

DOCS = settings.BASE_DIR / "docs"
GUIDES = ("readers", "analysts", "annotators")
MARKDOWN = MarkdownIt("commonmark").enable("strikethrough")
# What an address has in it, and the part that is about it: the first that fits.
PARTS = {
    r"accounts/(profile|sessions)/|^organisation/": "annotators#come-in",
    r"/annotate/|annotations/<slug:slug>/edit/|own-notes?/": "annotators#write-a-note",
    r"^workspace/$": "annotators#review",
    r"^workspace/carrying/": "annotators#when-the-next-draft-comes",
    r"^compare/.*/correct": "analysts#two-drafts-of-one-law",
    r"^workspace/(topics|matrix)/": "analysts#topics-of-your-own-and-columns",
    r"^workspace/amend/|/amending/": "analysts#an-amending-law",
    r"^workspace/(imports|correct|us-law|renderings)/": "analysts#import-a-text",
    r"^workspace/guests/": "analysts#share-privately",
    r"^workspace/memos/": "analysts#a-memo",
    r"^workspace/correspondences/": "analysts#setting-two-clauses-side-by-side",
    r"^workspace/(by-subject|suggestions)/": "analysts#two-laws-that-nobody-has-read-together",
    r"^workspace/values/": "analysts#saying-what-a-clause-lays-down",
    r"^workspace/": "annotators",
}


def file_of(name: str, language: str) -> Path:
    """Returns the file of a guide in a language, or in English where there is none."""
    translated: Path = DOCS / language / f"guide-{name}.md"
    return translated if translated.exists() else DOCS / f"guide-{name}.md"


@cache
def headings_of(name: str, language: str) -> tuple[str, dict[str, str]]:
    """Returns the title of a guide, and the heading of each part by its anchor, the same in every language."""
    files = file_of(name, "en"), file_of(name, language)
    english, own = (re.findall(r"^#+ (?:\d+\. )?(.+)$", file.read_text("utf-8"), re.MULTILINE) for file in files)
    return own[0], dict(zip(map(slugify, english[1:]), own[1:], strict=True))


@cache
def guide_html(name: str, language: str) -> SafeString:
    """Returns what stands below the title of a guide, with links for ``language``, the reader's own."""
    file = file_of(name, language)
    tokens = MARKDOWN.parse(file.read_text("utf-8").partition("\n")[2])
    anchors = iter(headings_of(name, language)[1])
    for token in tokens:
        if token.type == "heading_open":
            token.attrSet("id", next(anchors))
        token.children = token.children and _for_the_site(token.children, file)
    return SafeString(MARKDOWN.renderer.render(tokens, MARKDOWN.options, {}))


def _for_the_site(words: list[Token], file: Path) -> list[Token]:
    """Returns words with pictures from the static files and links to pages; of what is no page the words alone."""
    kept, address = [], ""
    for token in words:
        if token.type == "image":
            picture = file.parent / str(token.attrs["src"])
            folder = "en" if file.parent == DOCS else file.parent.name
            width, height = Image.open(picture).size
            token.attrs |= {"src": static(f"guides/{folder}/{picture.name}"), "width": width, "height": height}
            token.attrs["loading"] = "lazy"
        if token.type == "link_open":
            name = Path(urlsplit(str(token.attrs["href"])).path).stem.removeprefix("guide-")
            address = reverse("guide", args=[name]) if name in GUIDES else reverse("api") if name == "api" else ""
            token.attrSet("href", address)
        if address or not token.type.startswith("link_"):
            kept.append(token)
    return kept


def part_about(request: HttpRequest) -> tuple[str, str] | None:
    """Returns (address, heading) of the part of a guide that is about the page asked for; None where there is none."""
    language = get_language() or "en"
    route = request.resolver_match.route.removeprefix(f"{language}/") if request.resolver_match else ""
    part = next((part for pattern, part in PARTS.items() if re.search(pattern, route)), "")
    name, sign, anchor = part.partition("#")
    if not part:
        return None
    title, parts = headings_of(name, language)
    return reverse("guide", args=[name]) + sign + anchor, parts.get(anchor, title)


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
