"""What programs ask of the site: search engines where all is; browsers what they know it by, and read offline."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.paginator import EmptyPage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lawcompare.core.page_cache.public import public
from lawcompare.languages import LANGUAGES, path_in
from lawcompare.laws.citing import site_root
from lawcompare.site.sitemaps import SECTIONS

XML = "application/xml; charset=utf-8"
# Pages for people who work here, and what asks for nothing but them.
CLOSED = ("accounts/", "workspace/", "search/", "styleguide/", "embed/")
ANNOTATION_FORMS = ("edit/", "submit/", "take-back/", "decide/", "withdraw/", "reply/", "flag/")
# Forms of pages for programs and printers: the same words once more, some of them made anew for each that asks.
DUPLICATES = ("json", "jsonld", "csv", "xlsx", "docx", "pdf", "md", "txt", "svg", "akn.xml")


@require_safe
@public()
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt (RFC 9309). Later pages of a list stay open; all else behind ``?`` shows what stands elsewhere."""
    closed = [path_in(language, f"/{path}") for language in LANGUAGES for path in CLOSED]
    closed += [path_in(language, f"/annotations/*/{form}") for language in LANGUAGES for form in ANNOTATION_FORMS]
    closed += ["/admin/", "/api/v1/", *(f"/*.{ending}$" for ending in DUPLICATES)]
    lines = ["User-agent: *", "Allow: /", "Allow: /*?page=", "Allow: /.well-known/security.txt", "Disallow: /*?"]
    lines += [f"Disallow: {path}" for path in closed]
    lines += ["", f"Sitemap: {site_root(request)}{reverse('sitemap_index')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public()
def sitemap_index(request: HttpRequest) -> HttpResponse:
    root = site_root(request)
    files = []
    for name, section in SECTIONS.items():
        pages = section().paginator
        if pages.count:
            files += [root + reverse("sitemap", args=[name, page]) for page in pages.page_range]
    sitemaps = [{"location": address} for address in files]
    return render(request, "sitemap_index.xml", {"sitemaps": sitemaps}, content_type=XML)


@require_safe
@public()
def sitemap(request: HttpRequest, section: str, page: int) -> HttpResponse:
    """A part of the sitemap, counted from 1."""
    if section not in SECTIONS:
        raise Http404(_("There is no page at this address."))
    root = urlsplit(site_root(request))
    site: Any = SimpleNamespace(domain=root.netloc)
    try:
        urls = SECTIONS[section]().get_urls(page, site, root.scheme)
    except EmptyPage:
        raise Http404(_("There is no page at this address.")) from None
    return render(request, "sitemap.xml", {"urlset": urls}, content_type=XML)


@require_safe
@public()
def opensearch(request: HttpRequest) -> HttpResponse:
    """The OpenSearch description, by which a browser offers the site's search in its own language."""
    context = {"search": site_root(request) + reverse("search"), "root": site_root(request)}
    media = "application/opensearchdescription+xml; charset=utf-8"
    return render(request, "site/opensearch.xml", context, content_type=media)


@require_safe
@public()
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: the name and drawing under which a phone keeps the site."""
    icons: list[dict[str, Any]] = [
        {"src": static(f"icons/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any"}
        for size in (192, 512)
    ]
    maskable = {"src": static("icons/icon-maskable-512.png"), "sizes": "512x512", "type": "image/png"}
    icons += [maskable | {"purpose": "maskable"}]
    icons += [{"src": static("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    data = {
        "id": reverse("home"),
        "name": f"{settings.SITE_NAME}: {_('Cybercrime laws compared')}",
        "short_name": settings.SITE_NAME,
        "description": _(
            "Cybercrime laws of Cambodia and elsewhere, compared clause by clause, with notes on what is wrong with "
            "them."
        ),
        "lang": get_language(),
        "dir": "ltr",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fbfaf6",
        "theme_color": "#1d1b18",
        "icons": icons,
    }
    return JsonResponse(data, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


# --- Reading without a network ----------------------------------------------------------------------------------------

OFFLINE_WORKER = "js/offline/worker.js"


@public()
def offline(request: HttpRequest) -> HttpResponse:
    """The page that a script fills with the laws kept on the device it is read on."""
    return render(request, "site/offline.html")


@public()
def offline_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, which answers for the whole site and so must stand at its root.

    It is the file as it was collected, or as it stands in the source where nothing was.
    """
    collected = Path(settings.STATIC_ROOT) / OFFLINE_WORKER
    script = collected if collected.exists() else Path(str(finders.find(OFFLINE_WORKER)))
    return HttpResponse(script.read_bytes(), content_type="text/javascript; charset=utf-8")
