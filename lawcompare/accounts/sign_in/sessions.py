"""How long a session lasts, and for which organisation its person acts."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from lawcompare.accounts.models import User

BEGAN, SEEN, ACTING_FOR = "began_at", "seen_at", "acting_for"
# How finely it is noted when a session was last used: not a write for every page.
SEEN_EVERY = 300


class Sessions:
    """Middleware that ends old and idle sessions and puts the chosen organisation on ``request.user``.

    The user is loaded when first asked for, and never for a request without a session cookie.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.user = SimpleLazyObject(lambda: _person(request))  # type: ignore[assignment]
        return self.get_response(request)


def _person(request: HttpRequest) -> Any:
    user = get_user(request)
    if not user.is_authenticated:
        return user
    now = int(time.time())
    if is_over(request.session, now):
        request.session.flush()
        request._cached_user = AnonymousUser()  # type: ignore[attr-defined]
        return AnonymousUser()
    _note(request.session, now)
    user.acting_for = request.session.get(ACTING_FOR)
    user.passed_second_factor = _passed_second_factor(request, user)
    return user


def _passed_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this very session was opened, or confirmed since, with a second factor and not by password alone."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def begin(session: Any) -> None:
    """Start the session's clocks: somebody has just signed in."""
    session[BEGAN] = session[SEEN] = int(time.time())


def is_over(session: Any, now: int) -> bool:
    """Returns whether a session is older, or has been idle longer, than the settings allow. ``now`` is in seconds."""
    old = now - session.get(BEGAN, now) > settings.SESSION_HOURS_MAX * 3600
    return old or now - session.get(SEEN, now) > settings.SESSION_HOURS_IDLE * 3600


def _note(session: Any, now: int) -> None:
    if BEGAN not in session:
        begin(session)
    elif abs(now - session.get(SEEN, 0)) > SEEN_EVERY:
        # Moments that lie ahead are of before the clock was set back, and would make the session last longer.
        session[SEEN], session[BEGAN] = now, min(session[BEGAN], now)
