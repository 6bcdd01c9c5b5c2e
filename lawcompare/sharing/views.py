"""Cards, the pages that carry them, and what other sites may show in a frame. All are answered as to a visitor."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override

from lawcompare.accounts.rate_limits import allow
from lawcompare.accounts.responses import has_place, may_take_long, too_many
from lawcompare.core.page_cache.middleware import kept_for
from lawcompare.core.page_cache.public import public
from lawcompare.languages import LANGUAGES, address_in
from lawcompare.laws.access import WithdrawnError
from lawcompare.laws.citing import site_root
from lawcompare.laws.uploads.sandbox import SetterFailed
from lawcompare.sharing import cards
from lawcompare.sharing.excerpts import (
    SharedExcerpt,
    clause_excerpt,
    concerns_excerpt,
    note_excerpt,
    row_excerpt,
    site_excerpt,
    subject_excerpt,
)

View = Callable[..., HttpResponseBase]
# Cards and embeds may be fetched by pages of other sites.
RESOURCE_POLICY, EVERYWHERE = "Cross-Origin-Resource-Policy", "cross-origin"
# As on all pages, but for who may show it in a frame; and without forms or scripts, of which it has none.
EMBEDDED: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
    "frame-ancestors": ["*"],
}
IFRAME_HEIGHT = 420


def share_page(excerpt_of: Callable[..., SharedExcerpt]) -> View:
    """Returns the view of the page that carries the card of an excerpt and leads on to where it stands."""

    @public()
    def share(request: HttpRequest, **names: str) -> HttpResponse:
        excerpt, root = excerpt_of(**names), site_root(request)
        quote = f"“{excerpt.quote}”\n" if excerpt.quote else f"{excerpt.lead}\n"
        context: dict[str, Any] = {"excerpt": excerpt, "link": root + excerpt.share}
        context["services"] = _services(context["link"], excerpt)
        context["message"] = f"{quote}— {excerpt.where}\n{context['link']}"
        frame = {"excerpt": excerpt, "root": root, "height": IFRAME_HEIGHT}
        context["iframe"] = render_to_string("sharing/_iframe.html", frame).strip()
        return render(request, "sharing/share.html", context)

    return share


def _services(link: str, excerpt: SharedExcerpt) -> list[tuple[str, str]]:
    """Returns (name, address) of pages of others on which a reader may send the link; nothing is asked of them here."""
    telegram = urlencode({"url": link, "text": excerpt.where})
    return [
        ("Telegram", f"https://t.me/share/url?{telegram}"),
        ("Facebook", f"https://www.facebook.com/sharer/sharer.php?{urlencode({'u': link})}"),
    ]


def embed(excerpt_of: Callable[..., SharedExcerpt]) -> View:
    """Returns the view of an excerpt as other sites show it in a frame."""

    @xframe_options_exempt
    @csp_override(EMBEDDED)
    @public()
    def framed(request: HttpRequest, **names: str) -> HttpResponse:
        excerpt = excerpt_of(**names)
        context = {"excerpt": excerpt, "root": site_root(request), "host": request.get_host()}
        # Without what the page around it may have put behind the address.
        context["page_in_languages"] = [(one, address_in(one.code, excerpt.embed)) for one in LANGUAGES]
        response = render(request, "sharing/embed.html", context)
        response.headers[RESOURCE_POLICY] = EVERYWHERE
        return response

    return framed


def card(excerpt_of: Callable[..., SharedExcerpt]) -> View:
    """Returns the view of an excerpt's card: drawn at first, from then on sent as the file that was kept."""

    @public()
    def picture(request: HttpRequest, **names: str) -> HttpResponse:
        root = site_root(request)
        folder = cards.folder_of(root + request.path)
        try:
            excerpt = excerpt_of(**names)
        except (Http404, WithdrawnError):
            cards.forget(folder)
            raise
        content = excerpt.as_card(urlsplit(root).netloc)
        file = cards.picture_of(folder, content)
        body = cards.read_picture(file)
        if body is None:
            if not (may_take_long(request) and has_place(request) and allow(request, "cards", settings.CARDS_PER_HOUR)):
                return too_many(request)
            try:
                # Anybody may vary the host: no card is kept of one that is not our own.
                body = cards.make_picture(file, content, is_kept=kept_for(request) is not None)
            except SetterFailed:
                sentence = _("This picture could not be drawn. You can still read its page.")
                response = render(request, "site/problem.html", {"sentence": sentence, "status": 503}, status=503)
                response.headers["Cache-Control"] = "no-store"
                return response
        return HttpResponse(body, content_type="image/png", headers={RESOURCE_POLICY: EVERYWHERE})

    def sent_as_a_file(request: HttpRequest, **names: Any) -> HttpResponseBase:
        response = picture(request, **names)
        response.may_be_kept = False  # type: ignore[attr-defined]
        return response

    return sent_as_a_file


share_clause, embed_clause, card_clause = (make(clause_excerpt) for make in (share_page, embed, card))
share_row, embed_row, card_row = (make(row_excerpt) for make in (share_page, embed, card))
share_subject, embed_subject, card_subject = (make(subject_excerpt) for make in (share_page, embed, card))
share_note, embed_note, card_note = (make(note_excerpt) for make in (share_page, embed, card))
share_concerns, embed_concerns, card_concerns = (make(concerns_excerpt) for make in (share_page, embed, card))
card_site = card(site_excerpt)
