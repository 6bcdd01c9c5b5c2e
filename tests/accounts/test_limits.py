"""How often a thing may be done, also while Redis is away, and that nobody's address is kept for it."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from itertools import count
from time import thread_time

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache, caches
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.test import RequestFactory, override_settings
from django.urls import resolve, reverse

from lawcompare.accounts import responses
from lawcompare.accounts.rate_limits import allow, network_of, pseudonym
from lawcompare.core import answer_limits
from lawcompare.core import caches as core_caches
from lawcompare.core.caches import ForgivingRedisCache
from lawcompare.laws.uploads import originals
from tests.accounts.conftest import PASSWORD


def from_address(rf, address: str, forwarded: str = ""):
    request = rf.get("/", REMOTE_ADDR=address, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    request.user = AnonymousUser()
    return request


@pytest.mark.django_db
def test_each_address_name_and_key_is_counted_apart_and_a_person_wherever_they_are(rf, cast):
    assert allow(from_address(rf, "192.0.2.1"), "flag", 1)
    assert allow(from_address(rf, "192.0.2.2"), "flag", 1)
    assert allow(from_address(rf, "192.0.2.1"), "search", 1)
    assert allow("centre", "flag", 1) and not allow("centre", "flag", 1)
    for address, expected in (("192.0.2.1", True), ("192.0.2.2", False)):
        request = from_address(rf, address)
        request.user = cast.alice
        assert allow(request, "flag", 1) is expected


def test_the_time_runs_out(rf):
    request = from_address(rf, "192.0.2.1")
    assert allow(request, "flag", 1, per=1) and not allow(request, "flag", 1, per=1)
    time.sleep(1.1)
    assert allow(request, "flag", 1, per=1)


def test_who_holds_an_ipv6_network_is_one(rf):
    assert allow(from_address(rf, "2001:db8:1:2::1"), "flag", 1)
    assert not allow(from_address(rf, "2001:db8:1:2:ffff::9"), "flag", 1)
    assert allow(from_address(rf, "2001:db8:1:3::1"), "flag", 1)


def test_each_circuit_of_the_onion_service_is_one(rf):
    assert allow(from_address(rf, "fc00:dead:beef:4dab::1:2"), "flag", 1)
    assert not allow(from_address(rf, "fc00:dead:beef:4dab::1:2"), "flag", 1)
    assert allow(from_address(rf, "fc00:dead:beef:4dab::1:3"), "flag", 1)


def test_a_forged_header_is_not_believed(rf, settings):
    assert network_of(from_address(rf, "192.0.2.1", forwarded="203.0.113.9")) == "192.0.2.1"
    settings.BEHIND_PROXY = True
    assert network_of(from_address(rf, "127.0.0.1", forwarded="203.0.113.9, 192.0.2.7")) == "192.0.2.7"
    for written, meant in (("192.0.2.7:5123", "192.0.2.7"), ("[2001:db8::7]:51", "2001:db8::/64"), ("x:1", "x:1")):
        assert network_of(from_address(rf, "127.0.0.1", forwarded=written)) == meant, "a proxy may write ports"


def test_the_address_is_kept_nowhere(rf, monkeypatch):
    written: list[str] = []
    for name in ("add", "set"):
        real = getattr(cache, name)
        monkeypatch.setattr(
            cache,
            name,
            lambda key, value, *a, real=real, **o: written.append(f"{key} {value}") or real(key, value, *a, **o),
        )
    request = from_address(rf, "192.0.2.77")
    allow(request, "flag", 3)
    assert written and not any("192.0.2.77" in line for line in written)
    today = pseudonym(network_of(request))
    assert today.startswith("fd") and today == pseudonym("192.0.2.77")
    cache.clear()
    assert pseudonym("192.0.2.77") != today, "another day, another salt: the two cannot be told to be one"


NOBODY_LISTENS = {
    "BACKEND": "lawcompare.core.caches.ForgivingRedisCache",
    "LOCATION": "redis://127.0.0.1:1",
    "OPTIONS": {"socket_connect_timeout": 0.05},
}


@pytest.fixture
def redis_is_away():
    with override_settings(CACHES={"default": NOBODY_LISTENS, "pages": NOBODY_LISTENS | {"KEY_PREFIX": "pages"}}):
        assert isinstance(caches["default"], ForgivingRedisCache)
        yield
        caches["default"]._own.clear()


@pytest.fixture
def redis_hangs(monkeypatch):
    """It takes connections and never answers. Returns how many calls waited for it since this was last asked."""
    monkeypatch.setattr(core_caches, "_waited_at", float("-inf"), raising=False)
    monkeypatch.setattr(core_caches, "SECONDS_ALONE", 60, raising=False)  # also on a slow machine
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def waits() -> int:
            for count in itertools.count():
                try:
                    server.accept()[0].close()
                except BlockingIOError:
                    return count

        options = {"socket_timeout": 0.1}
        silent = NOBODY_LISTENS | {"LOCATION": f"redis://127.0.0.1:{server.getsockname()[1]}", "OPTIONS": options}
        both = {"default": silent, "pages": silent | {"KEY_PREFIX": "pages"}}
        with override_settings(CACHES=both, PAGE_CACHE=True):
            yield waits
            caches["default"]._own.clear()


def sign_in(client, password=PASSWORD, **where):
    return client.post(reverse("account_login"), {"login": "alice@example.org", "password": password}, **where)


@pytest.mark.django_db
def test_without_redis_a_limit_holds(redis_is_away):
    assert [allow("centre", "flag", 2) for _ in range(4)] == [True, True, False, False]


def test_a_redis_that_never_answers_is_waited_for_once_in_seconds_and_limits_hold(redis_hangs, monkeypatch):
    assert [allow("centre", "flag", 2) for _ in range(4)] == [True, True, False, False]
    assert redis_hangs() == 1
    monkeypatch.setattr(core_caches, "_waited_at", core_caches._waited_at - core_caches.SECONDS_ALONE)
    assert not allow("centre", "flag", 2) and redis_hangs() == 1


@pytest.mark.django_db
def test_of_a_redis_that_never_answers_a_page_waits_for_one_call_and_the_sign_of_life_for_none(client, redis_hangs):
    """A search took 36 seconds, and a process that was well 19 to say so."""
    assert client.get("/healthz").status_code == 200 and redis_hangs() == 0
    assert client.get("/search/", {"q": "fine"}).status_code == 200 and redis_hangs() == 1


@pytest.mark.django_db
def test_people_sign_in_and_guessing_is_stopped(client, alice, redis_is_away):
    assert sign_in(client)["Location"] == reverse("workspace")
    client.logout()
    answers = [sign_in(client, "wrong") for _ in range(7)]
    assert "Too many failed login attempts" in answers[-1].content.decode()


@pytest.mark.django_db
def test_what_middleware_does_to_a_page_counts_as_long(client, settings, monkeypatch):
    """Compressing the page of a long text took any visitor 8 seconds, each time, and nothing counted it."""
    settings.LONG_SECONDS_PER_HOUR, clock = 3, [0.0]
    compress = GZipMiddleware.process_response

    def slowly(self, request, response):
        clock[0] += 2
        return compress(self, request, response)

    monkeypatch.setattr(GZipMiddleware, "process_response", slowly)
    monkeypatch.setattr(responses, "thread_time", lambda: clock[0])
    assert [client.get("/about/", {"x": at}).status_code for at in range(3)] == [200, 200, 429]


@pytest.mark.both_databases
@pytest.mark.django_db
def test_what_an_answer_waits_for_the_database_counts_as_long(settings, monkeypatch):
    """A search for words in a table of one clause beside a thousand took PostgreSQL 11 s, and the program none."""
    settings.LONG_SECONDS_PER_HOUR = 5
    monkeypatch.setattr(responses, "perf_counter", count(step=4).__next__)

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return HttpResponse("made")

    answer = responses.LongAnswers(view)

    def ask():
        request = RequestFactory().get("/en/searched/")
        request.user = AnonymousUser()
        return (answer.process_view(request, None, (), {}) or answer(request)).status_code

    waits = connection.vendor == "postgresql"  # SQLite works in the program's own time
    assert [ask() for _ in range(3)] == [200, 200, 429 if waits else 200]
    monkeypatch.setattr(responses, "DATABASE_SECONDS_MAX", -1)
    cache.clear()
    with pytest.raises(OperationalError) if waits else nullcontext():
        ask()


@pytest.mark.both_databases
@pytest.mark.django_db
def test_pages_that_turn_out_to_be_long_leave_threads_to_others_the_first_time_too(cast, monkeypatch):
    """Eight memos at once, which nobody had asked for on that day, held all threads for half a minute."""
    waits = connection.vendor == "postgresql"
    monkeypatch.setattr(responses, "perf_counter", count(step=4).__next__)
    monkeypatch.setattr(responses, "DATABASE_SECONDS_MAX", 999)

    def view(request):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            request.nested and ask(*request.nested)
            cursor.execute("SELECT 1")
        return HttpResponse("made")

    answer = responses.LongAnswers(view)

    def ask(user, *nested):
        request = RequestFactory().get(f"/long/{next(names)}/")
        request.user, request.nested = user, nested
        kept = vars(responses.waited).copy()
        try:
            return (answer.process_view(request, None, (), {}) or answer(request)).status_code
        finally:
            vars(responses.waited).update(kept)

    names = count()
    with pytest.raises(OperationalError) if waits else nullcontext():
        ask(cast.alice, cast.rita, cast.eve)
    assert ask(cast.alice, cast.rita, cast.charlie) == 200 and not +answer.under_way


@pytest.mark.django_db
def test_what_turns_out_to_take_long_of_the_processor_ends_where_others_take_long_and_in_the_end(monkeypatch):
    """Two notes that differed in 20,000 line breaks held all threads for minutes, asked for eight times at once."""
    monkeypatch.setattr(answer_limits, "LOOKS_EACH", 0.02)
    monkeypatch.setattr(answer_limits, "SECONDS_ALONE", 0.1)

    def view(request):
        if request.seconds:
            begun = thread_time()
            try:
                while thread_time() - begun < request.seconds:
                    pass
            except Exception:
                return HttpResponse("ended, and took it for its own")
        return HttpResponse("made")

    answer = responses.LongAnswers(view)

    def ask(seconds=0.3, address="192.0.2.1"):
        request = RequestFactory().get(f"/long/{address}/{seconds}/", REMOTE_ADDR=address)
        request.user, request.seconds = AnonymousUser(), seconds
        return (answer.process_view(request, None, (), {}) or answer(request)).status_code

    assert [ask(), ask(0)] == [200, 200], "there is a place for it"
    monkeypatch.setattr(responses, "LONG_AT_ONCE", 0)
    assert ask(address="192.0.2.9") == 503 and ask(0, "192.0.2.9") == 200
    assert not answer.under_way and not answer.limits.answers
    monkeypatch.setattr(responses, "LONG_AT_ONCE", 2)
    monkeypatch.setattr(answer_limits, "SECONDS_MAX", 0.2)
    assert [ask(5, "192.0.2.3"), ask(0)] == [503, 200]
    monkeypatch.setattr(answer_limits, "SECONDS_MAX", 20)
    monkeypatch.setattr(answer_limits, "SECONDS_SHORT", 0.1)
    monkeypatch.setattr(answer_limits, "megabytes_of_process", lambda: 9_999)
    monkeypatch.setattr(answer_limits, "only_answers", lambda: True)
    assert ask(5, "192.0.2.4") == 503, "of what takes all memory, what worked longest"


@pytest.mark.django_db
def test_a_person_s_forms_are_counted_whatever_they_are_about_but_for_what_must_go_at_once(client, cast, settings):
    """Each keeps something for ever: a member filled the database with 20 GB of drafts in an hour."""
    settings.FORMS_PER_HOUR = 2
    for person, answers in ((cast.alice, [302, 302, 429]), (cast.rita, [302])):
        client.force_login(person)
        profile = reverse("profile")
        assert [client.post(profile, {"display_name": ""}).status_code for _ in answers] == answers
    client.force_login(cast.alice)
    assert client.get(reverse("profile")).status_code == 200
    assert client.post(reverse("account_logout")).status_code == 302
    assert client.post(reverse("account_login"), {"login": "x@example.org", "password": "x"}).status_code == 200


@pytest.mark.django_db
def test_who_had_too_much_of_long_answers_is_refused_those_alone(cast, settings, monkeypatch):
    settings.LONG_SECONDS_PER_HOUR, long = 3, "/en/long/"
    took = iter([0, 2, 2, 2.5, 3, 5, 5, 5.5, 6, 8, 8, 11, 11, 12.5, 13, 15, 15, 18, 18, 18.5, 19, 19.5])
    monkeypatch.setattr(responses, "thread_time", lambda: next(took))
    answer = responses.LongAnswers(lambda request: HttpResponse("made"))

    def ask(path, user=AnonymousUser(), address="192.0.2.1"):  # noqa: B008
        request = RequestFactory().get(path, REMOTE_ADDR=address)
        request.user = user
        return (answer.process_view(request, None, (), {}) or answer(request)).status_code

    assert [ask(long), ask("/short/"), ask(long)] == [200, 200, 200]
    assert ask(f"{long}?x=1") == 429, "a query makes no other page of it"
    assert ask("/short/") == 200
    assert ask(long, address="192.0.2.2") == 200
    assert [ask(long, user) for user in (cast.alice, cast.rita, cast.charlie)] == [200, 429, 200], "by organisation"
    own = "/workspace/"
    assert [ask(path, user) for path, user in ((own, cast.eve), ("/other/", cast.charlie))] == [200, 200]
    assert [ask(own, user) for user in (cast.charlie, AnonymousUser())] == [200, 200], (
        "that it is long for others is theirs"
    )
    assert ask(own, cast.eve) == 429


@pytest.mark.django_db
def test_long_answers_of_an_organisation_leave_threads_to_the_others_and_count_at_new_addresses(
    cast, settings, monkeypatch
):
    """A member with a new note each time, and eight forms at once, held the site for minutes."""
    settings.LONG_SECONDS_PER_HOUR, clock, nested, answers = 40, [0.0], [], []
    monkeypatch.setattr(responses, "thread_time", lambda: clock[0])

    def view(request):
        clock[0] += 2
        if nested:
            answers.append(ask(*nested.pop(0)))
        return HttpResponse("made")

    answer = responses.LongAnswers(view)

    def ask(path, user):
        request = RequestFactory().get(path)
        request.user, request.resolver_match = user, resolve(path)
        return (answer.process_view(request, None, (), {}) or answer(request)).status_code

    assert ask("/annotations/one/edit/", cast.alice) == 200
    nested += [("/annotations/three/edit/", cast.rita), ("/annotations/four/edit/", cast.eve)]
    assert ask("/annotations/two/edit/", cast.alice) == 200
    assert answers == [429, 200], "two of one organisation at once"
    nested += [("/annotations/three/edit/", cast.rita), ("/annotations/four/edit/", cast.charlie)]
    assert ask("/annotations/two/edit/", cast.alice) == 200 and answers[2:] == [200, 200], "two, and another's"
    assert ask("/laws/", AnonymousUser()) == 200
    nested += [("/laws/", AnonymousUser())] * 2
    assert ask("/laws/", AnonymousUser()) == 200 and answers[4:] == [429, 200], "nor do visitors of one network"
    asked = [ask(f"/annotations/{at}/edit/", cast.alice) for at in range(20)]
    assert (asked[0], asked[-1]) == (200, 429), "a new address is no way round"


@pytest.mark.django_db
def test_who_is_ended_while_waiting_for_a_turn_leaves_it_to_the_next(monkeypatch):
    """The turn was given to what had ended meanwhile, and no large file was taken in until the process was."""
    monkeypatch.setattr(answer_limits, "LOOKS_EACH", 0.02)
    monkeypatch.setattr(answer_limits, "SECONDS_MAX", 0.1)
    is_waiting = threading.Event()

    def view(_request):
        begun = thread_time()
        while thread_time() - begun < 0.09:
            pass
        is_waiting.set()
        with originals._one_at_a_time(originals.BIG + 1):
            return HttpResponse("made")

    answer = responses.LongAnswers(view)

    def ask():
        request = RequestFactory().get("/large/")
        request.user = AnonymousUser()
        return answer(request).status_code

    with ThreadPoolExecutor(1) as elsewhere:
        originals.in_turn.acquire()
        asked = elsewhere.submit(ask)
        assert is_waiting.wait(10)
        for one in answer.limits.answers.values():  # its clock goes on, as where it does something meanwhile
            one.begun -= 1
        while not all(one.is_ended for one in answer.limits.answers.values()):
            time.sleep(0.01)
        originals.in_turn.release()
        assert asked.result(10) == 503
        assert originals.in_turn.acquire(timeout=1)
        originals.in_turn.release()
