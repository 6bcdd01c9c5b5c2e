"""Headers of safety that Django does not set, and the file that says whom to tell of a weakness (RFC 9116)."""

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lawcompare.core.page_cache.public import public_parameters
from lawcompare.laws.citing import site_root

# What a page here may ask of a browser: passkeys and the clipboard; nothing of the device, and no advertising. Only
# features that Chromium knows without a flag: of any other it warns on every page.
ALLOWED = ("publickey-credentials-create", "publickey-credentials-get", "clipboard-write")
REFUSED = ("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
           "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer",
           "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb",
           "xr-spatial-tracking")  # fmt: skip
PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in ALLOWED), *(f"{name}=()" for name in REFUSED)])
DAYS_VALID = 180


class SafetyHeaders:
    """Middleware: no page of another site shows our files as its own, our pages ask little of a browser, search engines
    keep no page that is not public, and the browser of who signs out forgets pages and what was typed into them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        at = request.resolver_match
        if request.method == "POST" and at is not None and at.view_name in {"account_logout", "admin:logout"}:
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and (public_parameters(request) is None or response.status_code >= 400):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        if settings.ONION_ADDRESS and is_page and not _is_onion(request):
            response.headers["Onion-Location"] = settings.ONION_ADDRESS + request.get_full_path()
        return response


def _is_onion(request: HttpRequest) -> bool:
    """Returns whether the page is read at an onion address already."""
    return request.META.get("HTTP_HOST", "").partition(":")[0].endswith(".onion")


@require_safe
@never_cache
def security_txt(request: HttpRequest) -> HttpResponse:
    """The contact for weaknesses; 404 where the site has named none."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + timedelta(days=DAYS_VALID)).strftime("%Y-%m-%dT00:00:00Z")
    lines = [f"Contact: {settings.SECURITY_CONTACT}", f"Expires: {expires}", "Preferred-Languages: en, km",
             f"Canonical: {site_root(request)}{request.path}"]  # fmt: skip
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
