"""What is kept for visitors is never stale and never personal."""

from __future__ import annotations

import gzip
from unittest.mock import patch

import brotli
import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.targets import set_target
from lawcompare.core.page_cache import middleware
from lawcompare.core.page_cache.content_token import current_token, set_triggers
from lawcompare.core.page_cache.middleware import PageCache, PersonalPageRefused
from lawcompare.core.page_cache.public import public
from lawcompare.crosswalk.models import Topic
from lawcompare.laws.models import Clause

# PostgreSQL changes the token at the end of a transaction; SQLite at once, so that a test may be rolled back there.
pytestmark = [pytest.mark.django_db(transaction=connection.vendor == "postgresql")]
PAGE = "/laws/draft/new/"


@pytest.fixture
def kept(settings):
    """The page cache as a site has it."""
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    yield caches["pages"]
    caches["pages"].clear()


@pytest.fixture
def site(kept, cast, drafts):
    """Two drafts, public and compared, with a note that waits for Rita."""
    set_triggers()
    _old, new = drafts
    note = Annotation(body="Too wide.", risk=3)
    set_target(note, Clause.objects.get(version=new, eid="chp_1__art_3"), "deemed")
    annotating.write_annotation(cast.alice, note, {})
    annotating.submit_annotation(cast.alice, note)
    cast.new, cast.note = new, note
    return cast


def read(path: str, **headers: str):
    return Client(headers={"accept-encoding": "gzip", **headers}).get(path)


def words(response) -> str:
    is_packed = response.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(response.content) if is_packed else response.content).decode()


def was_rendered(path: str) -> bool:
    """Whether a view made the page anew: more was asked of the database than the token."""
    with CaptureQueriesContext(connection) as asked:
        read(path)
    return len(asked) > 1


def publish_note(site) -> None:
    annotating.publish_annotation(site.rita, site.note)


@pytest.mark.both_databases
def test_what_was_rolled_back_is_no_change(site):
    token = current_token()
    with transaction.atomic():
        Topic.objects.create(slug="lamps", title="Lamps")
        transaction.set_rollback(True)
    assert current_token() == token


@pytest.mark.both_databases
def test_a_page_made_while_something_changed_is_not_kept_for_the_new_content(site, settings):
    """What a view read before a change never stands for what is true after it."""

    def slow(request):
        count = str(Topic.objects.count())
        Topic.objects.create(slug="meanwhile", title="Meanwhile")  # another person, at the same time
        response = HttpResponse(count * 300)
        response.is_public, response.may_be_kept = True, True
        return response

    request = RequestFactory().get("/slow/")
    PageCache(slow)(request)
    answer = PageCache(lambda request: HttpResponse("made again"))(RequestFactory().get("/slow/"))
    assert answer.content == b"made again"


def test_a_kept_page_is_the_page_with_its_safety_headers(site):
    first, second = read(PAGE), read(PAGE)
    assert words(first) == words(second)
    ours = ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Vary")
    ours += ("Permissions-Policy", "Cross-Origin-Resource-Policy")
    for name in ours:
        assert first.headers[name] == second.headers[name], name
    assert second.headers["Cache-Control"].startswith("public, max-age=0")
    assert second.headers["Content-Encoding"] == "gzip"
    assert not was_rendered(PAGE)
    assert second.headers["Content-Length"] == str(len(second.content))


def test_who_cannot_unpack_gets_it_unpacked(site):
    packed = read(PAGE)
    plain = read(PAGE, **{"accept-encoding": "identity"})
    refused = read(PAGE, **{"accept-encoding": "br;q=0, gzip;q=0"})
    assert "Content-Encoding" not in plain.headers and "Content-Encoding" not in refused.headers
    assert plain.content.decode() == words(packed)
    assert plain.headers["Content-Length"] == str(len(plain.content))


def test_who_unpacks_brotli_gets_less_and_the_same_words(site):
    accepts = {"accept-encoding": "gzip, deflate, br, zstd"}
    fresh = read(PAGE, **accepts)
    assert not was_rendered(PAGE)
    kept, packed = read(PAGE, **accepts), read(PAGE)
    for dense in (fresh, kept):
        assert dense.headers["Content-Encoding"] == "br" and "Accept-Encoding" in dense.headers["Vary"]
        assert brotli.decompress(dense.content).decode() == words(packed)
        assert dense.headers["Content-Length"] == str(len(dense.content))
        assert len(dense.content) < len(packed.content)
        assert dense.headers["ETag"] == packed.headers["ETag"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert read(PAGE, **{"accept-encoding": "br;q=0, gzip"}).headers["Content-Encoding"] == "gzip"
    assert read(PAGE, **accepts, **{"if-none-match": packed.headers["ETag"]}).status_code == 304


def test_who_has_the_page_is_told_so(site):
    page = read(PAGE)
    again = read(PAGE, **{"if-none-match": page.headers["ETag"]})
    assert again.status_code == 304 and not again.content
    assert again.headers["ETag"] == page.headers["ETag"]
    assert "Last-Modified" not in page.headers, "a second would tell when somebody worked"
    assert read(PAGE, **{"if-none-match": '"something-else"'}).status_code == 200
    publish_note(site)
    assert read(PAGE, **{"if-none-match": page.headers["ETag"]}).status_code == 200


def test_languages_hosts_and_parts_of_pages_are_kept_apart(site, settings):
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    clause = "/laws/draft/new/chp_1__art_3/"
    assert 'lang="km"' in words(read(f"/km{PAGE}")) and 'lang="en"' in words(read(PAGE))
    assert 'lang="en"' in words(read(PAGE, **{"accept-language": "km"}))
    assert "Accept-Language" not in read(PAGE).headers["Vary"]
    assert "testserver" in words(read(clause))
    assert "other.example" in words(read(clause, host="other.example"))
    assert "testserver" in words(read(clause))
    assert read(clause, host="evil.example").status_code == 400


def test_words_in_the_address_that_no_view_reads_are_not_kept(site):
    read(f"{PAGE}?page=1")
    assert not was_rendered(f"{PAGE}?page=1")
    read(f"{PAGE}?evil=1")
    assert was_rendered(f"{PAGE}?evil=1")
    assert "evil" not in words(read(PAGE))


def test_spellings_of_one_address_are_one_page(site):
    read("/compare/draft/old/with/draft/new/?show=all&page=1")
    assert not was_rendered("/compare/draft/old/with/draft/new/?page=1&show=all")
    read(PAGE)
    with CaptureQueriesContext(connection) as asked:
        read(PAGE, **{"hx-target": "anything", "host": "TESTSERVER"})
    assert len(asked) == 1


@pytest.mark.parametrize("root", ["https://example.org", ""])
def test_made_up_ports_hosts_and_spellings_keep_no_more_copies(site, settings, root, monkeypatch):
    settings.SITE_URL, settings.ALLOWED_HOSTS = root, ["testserver", ".example.org"]
    read(PAGE)
    copies = []
    hosts = [f"testserver:{port}" for port in range(1, 6)] + [f"{name}.example.org" for name in "abc"]
    with monkeypatch.context() as patched:
        patched.setattr(type(caches["pages"]), "set", lambda cache, key, *more, **named: copies.append(key))
        for host in [*hosts, "TESTSERVER", "testserver.", "evil.example"]:
            read(PAGE, host=host)
            read(PAGE, host=host, **{"x-forwarded-port": "444", "hx-target": host, "ACCEPT-LANGUAGE": host})
    assert copies == []
    assert read(PAGE, host="evil.example").status_code == 400
    assert root in words(read("/laws/draft/new/chp_1__art_3/", host="testserver:7"))
    assert ":7" not in words(read("/laws/draft/new/chp_1__art_3/"))


def test_made_up_queries_fill_the_cache_up_to_a_limit_and_push_no_page_out(site, settings):
    settings.PAGE_CACHE_QUERIES = 3
    read(PAGE)
    for number in range(1, 6):
        read(f"{PAGE}?beside={number}")
    assert [was_rendered(f"{PAGE}?beside={number}") for number in range(1, 6)] == [False] * 3 + [True] * 2
    assert not was_rendered(PAGE)


def test_a_cache_that_others_wrote_into_runs_and_shows_nothing_of_it(site):
    read(PAGE)
    honest = words(read(PAGE))
    for planted in (["a page"], {"etag": 1}, {"etag": "e", "headers": 5, "body": "!"}, "page", 7):
        with patch.object(type(caches["pages"]), "get", return_value=planted):
            assert words(read(PAGE)) == honest


POISONS = [
    {"x-forwarded-host": "evil.example"},
    {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-port": "444"},
    {"x-forwarded-server": "evil.example", "forwarded": "host=evil.example"},
    {"x-original-url": "/evil", "x-rewrite-url": "/evil", "x-forwarded-scheme": "http"},
    {"x-forwarded-prefix": "/evil", "x-script-name": "/evil"},
    {"x-http-method-override": "POST", "x-method-override": "POST"},
    {"accept-language": "km, evil;q=0.1"},
    {"accept": "application/evil", "x-requested-with": "XMLHttpRequest"},
    {"user-agent": "evil", "referer": "https://evil.example/", "origin": "https://evil.example"},
    {"range": "bytes=0-10", "if-range": "evil"},
    {"cookie": "django_language=km; evil=1"},
]


def test_who_asks_first_with_evil_headers_poisons_no_page_that_is_kept(site):
    for path in (PAGE, "/laws/draft/new/chp_1__art_3/", "/feeds/annotations.atom"):
        honest = words(read(path))
        for headers in POISONS:
            caches["pages"].clear()
            poisoned, after = read(path, **headers), read(path)
            assert "evil" not in words(poisoned), (path, headers)
            assert words(after) == honest and after.status_code == 200, (path, headers)
            assert "evil" not in words(after) + str(after.headers), (path, headers)


ASKED_ODDLY = [{"HX-Request": "false"}, {"HX-Request": "%74rue", "HX-Request-URI-AutoEncoded": "true"}]


@pytest.mark.parametrize("odd", ASKED_ODDLY)
def test_whoever_asks_oddly_for_a_part_keeps_it_for_nobody_who_asks_for_the_page_nor_the_page_for_who_asks_for_it(
    site, odd
):
    compared = "/compare/draft/old/with/draft/new/?view=inline"
    page = words(read(compared))
    caches["pages"].clear()
    read(compared, **odd)
    assert words(read(compared)) == page and "</html>" in page
    caches["pages"].clear()
    read(compared, **odd)
    assert read(compared, **{"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_an_odd_query_is_kept_for_nobody_else(site):
    honest = words(read(PAGE))
    for query in (
        "page=1&page=evil",
        "page=evil",
        "at=evil%22%3E",
        "%70age=1",
        "page=1;page=evil",
        "PAGE=evil",
        "page=1%00",
    ):
        caches["pages"].clear()
        read(f"{PAGE}?{query}")
        assert words(read(PAGE)) == honest, query
        assert "evil" not in words(read(f"{PAGE}?page=1")), query


def test_an_odd_path_is_no_page(site):
    for path in ("/laws/draft/new;x=1/", "/laws//draft/new/", "/laws/draft/new/%2e%2e/", "/LAWS/draft/new/"):
        answer = read(path)
        assert answer.status_code in {301, 404} and "private" in answer.headers["Cache-Control"], path


def test_an_address_that_is_wrong_is_not_kept(site):
    for path in ("/laws/no-such-law/", "/laws/draft"):
        assert read(path).headers["Cache-Control"] == "private, no-store"


def test_what_a_signed_in_person_reads_is_theirs_alone(site):
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(site.alice)
    for path in (PAGE, "/", "/workspace/", "/annotations/"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store", path
    assert "Sign out" not in words(read(PAGE))
    read(PAGE)
    assert "Sign out" in words(client.get(PAGE)), "a person got the page kept for visitors"


def test_pages_with_forms_that_hold_a_token_are_not_shared(site):
    for path in ("/accounts/login/", "/accounts/password/reset/", "/admin/login/"):
        assert "private" in read(path).headers["Cache-Control"], path
    client = Client()
    client.get("/accounts/login/")
    assert client.get(PAGE).headers["Cache-Control"] == "private, no-store", "it came with the cookie of a form"


def set_cookie(request):
    response = HttpResponse("x")
    response.set_cookie("seen", "1")
    return response


def use_token(request):
    return HttpResponse(get_token(request))


def use_session(request):
    request.session["drafts"] = 3
    return HttpResponse("x")


def know_the_person(request):
    request._cached_user = type("Person", (), {"is_authenticated": True})()
    return HttpResponse("x")


def set_cache_by_hand(request):
    return HttpResponse(get_token(request), headers={"Cache-Control": "public, max-age=60"})


@pytest.mark.parametrize("is_loud", [True, False])
@pytest.mark.parametrize("view", [set_cookie, use_token, use_session, know_the_person, set_cache_by_hand])
def test_a_personal_page_is_refused_whatever_its_view_says(view, is_loud, settings, caplog):
    settings.GUARD_RAISES = is_loud
    request = RequestFactory().get("/somewhere/")
    request.session = SessionStore()
    answer = PageCache(public()(view))
    if is_loud:
        with pytest.raises(PersonalPageRefused):
            answer(request)
        return
    assert answer(request).headers["Cache-Control"] == "private, no-store"
    assert "/somewhere/ is said to be public" in caplog.text


def test_a_page_that_is_long_even_when_it_is_packed_is_not_kept(site, monkeypatch):
    """Of a text with long clauses one visitor filled the memory with half a gigabyte, in spellings of its address."""
    read(PAGE)
    assert not was_rendered(PAGE)
    monkeypatch.setattr(middleware, "BYTES_KEPT_MAX", 1_000)
    read("/laws/draft/old/")
    assert was_rendered("/laws/draft/old/")
