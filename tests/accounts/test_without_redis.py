"""While Redis is away people sign in, and limits hold, counted by the process itself."""

import pytest
from django.core.cache import caches
from django.test import override_settings
from django.urls import reverse

from lawcompare.accounts.rate_limits import allow
from lawcompare.core.caches import ForgivingRedisCache
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
NOBODY_LISTENS = {
    "BACKEND": "lawcompare.core.caches.ForgivingRedisCache",
    "LOCATION": "redis://127.0.0.1:1",
    "OPTIONS": {"socket_connect_timeout": 0.05},
}


@pytest.fixture(autouse=True)
def redis_is_away():
    with override_settings(CACHES={"default": NOBODY_LISTENS, "pages": NOBODY_LISTENS | {"KEY_PREFIX": "pages"}}):
        assert isinstance(caches["default"], ForgivingRedisCache)
        yield
        caches["default"]._own.clear()


def sign_in(client, password=PASSWORD, **where):
    return client.post(reverse("account_login"), {"login": "alice@example.org", "password": password}, **where)


def test_a_limit_holds():
    assert [allow("centre", "flag", 2) for _ in range(4)] == [True, True, False, False]


def test_people_sign_in_and_guessing_is_stopped(client, alice):
    assert sign_in(client)["Location"] == reverse("workspace")
    client.logout()
    answers = [sign_in(client, "wrong") for _ in range(7)]
    assert "Too many failed login attempts" in answers[-1].content.decode()
