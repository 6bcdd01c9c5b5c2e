"""Second factors for the people of the tests: set one up, and type the code an authenticator app would show."""

from __future__ import annotations

import time
from typing import Any

from django.test import Client

sign_in_by_password_alone = Client.force_login

# Any secret will do; one that is known lets a browser test in another process type its codes.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
_typed: set[tuple[str, int]] = set()


def give(user: Any, secret: str = SECRET) -> str:
    """Set up an authenticator app for the person, and return its secret."""
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(user, secret)
    user.__dict__.pop("_has_second_factor", None)
    return secret


def sign_in(client: Client, user: Any, backend: str | None = None) -> None:
    """What ``force_login`` does, by password and, for whoever has one, the second factor."""
    sign_in_by_password_alone(client, user, backend)
    if user.authenticator_set.exists():
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "type": "totp", "at": time.time()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()


def code(secret: str = SECRET) -> str:
    """A code that is good now and was not typed before: each one is accepted once."""
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    while True:
        now = int(time.time()) // 30
        fresh = [step for step in (now, now + 1, now - 1) if (secret, step) not in _typed]
        if fresh:
            _typed.add((secret, fresh[0]))
            return format_hotp_value(hotp_value(secret, fresh[0]))
        time.sleep(1)


def forget() -> None:
    """For a test that empties the cache, where it is kept which codes were used."""
    _typed.clear()
