"""What all tests share: the cast, small laws to work with, and what happens where a service or browser is missing."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from _pytest import runner
from django.core.cache import cache
from django.test import Client
from hypothesis import settings as hypothesis_settings

from tests import migrated, second_factor
from tests.world import KeptRows, World

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# Every day the same few examples of each property; `make soak` draws many new ones.
hypothesis_settings.register_profile("every-day", max_examples=25, derandomize=True, database=None, deadline=None)
hypothesis_settings.register_profile("soak", max_examples=500, deadline=None)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "every-day")
hypothesis_settings.load_profile(PROFILE)

needs_shared = pytest.mark.shared
REQUIRED = os.environ.get("REQUIRE", "").split(",")


def pytest_configure(config: pytest.Config) -> None:
    if "shared" in REQUIRED and not SHARED.exists():
        raise pytest.UsageError(f"the real law texts are not at {SHARED}, and REQUIRE=shared")


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with the whole demonstration is of ``make verify``; one with ../shared is skipped where that is not."""
    for item in items:
        if "demonstration" in getattr(item, "fixturenames", ()) and not item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.verify)
    if not SHARED.exists():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason=f"the real law texts are not at {SHARED}"))


def pytest_collection_finish() -> None:
    """Programs and tests stay in memory to the end: looking through them for garbage finds little."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Give all that a test calls one piece of memory for its frames.

    Python asks the system for 16 KB at a time and returns them when the first frame in them ends: where that one is
    called in a loop, over and over. This frame is so large that the rest has room beside it.
    """
    return runner.pytest_runtest_protocol(item, nextitem)


pytest_runtest_protocol.__code__ = pytest_runtest_protocol.__code__.replace(co_stacksize=100_000)


def require(part: str, reason: str) -> None:
    """Skip for ``reason``, or fail where REQUIRE names the part."""
    if part in REQUIRED:
        pytest.fail(f"{reason}, and REQUIRE={part}")
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def english() -> None:
    """A page that an earlier test read in Khmer leaves its language behind in this thread."""
    from django.utils import translation

    translation.activate("en")


FRONT = """---
law: {law}
version: {version}
title: {title}
jurisdiction: kh
kind: draft
language: en
date: {date}
text_status: restatement
source_url: https://example.org/draft
---

"""

# Restated but for the article on publications, whose own words are known.
OLD_DRAFT = """# Chapter 1. Offences

## Article 1. Illegal access

Whoever intentionally enters a computer without right is punished by imprisonment from one month to one year.

## Article 2. Publications
{: text_status=leaked }

Whoever publishes content deemed to hinder the unity of the country is punished by a fine.

(1) The fine is from 100,000 riel to 1,000,000 riel.

(2) The court may order that the content be removed within 10 days.

## Article 3. Interception

Whoever listens to a conversation of others by a technical means is punished by a fine.

## Article 4. Entry into force

This law enters into force thirty days after it is signed.
"""

NEW_DRAFT = """# Chapter 1. Offences

## Article 1. Illegal access

Whoever intentionally enters a computer without right is punished by imprisonment from one month to one year.

## Article 2. Data retention

Service providers keep traffic data for at least 180 days and hand it to the competent authority on request.

## Article 3. Publications
{: text_status=leaked }

Whoever publishes content deemed to hinder the unity of the country is punished by a fine.

(1) The fine is from 100,000 riel to 10,000,000 riel.

(2) The court may order that the content be removed within 10 days.

## Article 4. Entry into force

This law enters into force thirty days after it is signed.
"""


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the test processes of a run share what one of them made."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix, django_db_blocker, shared_folder
) -> Iterator[None]:
    """Migrations are run once for all processes of a run."""
    migrated.share(shared_folder)
    yield
    with django_db_blocker.unblock():
        migrated.clean(shared_folder)


@pytest.fixture(scope="session")
def put_migrated_database(django_db_setup, shared_folder) -> Callable[[Path], None]:
    """Begins a site of a test's own: ``put_migrated_database(data / "lawcompare.sqlite3")``; what is left to migrate,
    ``manage.py migrate`` does.
    """
    return lambda database: migrated.give_to_site(shared_folder, database)


@pytest.fixture
def django_capture_on_commit_callbacks():
    """Django's, but what was executed waits no longer, as after a commit."""
    from django.db import connections
    from django.test import TestCase

    @contextmanager
    def capture(*, using: str = "default", execute: bool = False) -> Iterator[list[Callable[[], Any]]]:
        begun = len(connections[using].run_on_commit)
        with TestCase.captureOnCommitCallbacks(using=using, execute=execute) as callbacks:
            yield callbacks
        if execute:
            del connections[using].run_on_commit[begun:]

    return capture


KEPT_ROWS = pytest.StashKey[KeptRows]()


@pytest.fixture(scope="session")
def kept_rows(request, django_db_setup, django_db_blocker) -> Iterator[KeptRows]:
    """Rows that stay between tests of this process; see ``pytest_runtest_setup``."""
    kept = request.config.stash[KEPT_ROWS] = KeptRows(django_db_blocker)
    yield kept
    kept.remove()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests that begin with the demonstration corpus, one after the other, find it where it is."""
    kept = item.config.stash.get(KEPT_ROWS, None)
    if kept is not None:
        names = getattr(item, "fixturenames", ())
        kept.begin_with("demonstration" if "demonstration" in names and not _ends_transactions(item) else None)


def _ends_transactions(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or "transactional_db" in getattr(item, "fixturenames", ())


@pytest.fixture
def world(db, kept_rows, shared_folder) -> World:
    return World(shared_folder, kept_rows)


@pytest.fixture
def store(world) -> Callable[..., object]:
    """Store a Markdown text as a version: ``store(text, version="1", law="draft", date="2020")``."""
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    def store_text(
        text: str,
        version: str = "1",
        law: str = "draft",
        date: str = "2020",
        published: bool = True,
        status: str = "restatement",
    ):
        wanted = text, version, law, date, published, status
        return world.has(wanted, lambda: make(*wanted))

    def make(text: str, version: str, law: str, date: str, published: bool, status: str):
        front = FRONT.format(law=law, version=version, title=f"{law} {version}", date=date)
        front = front.replace("text_status: restatement", f"text_status: {status}")
        stored = import_law(Import((front + text).encode(), f"{version}.md")).version
        if published:
            publish(stored)
        return stored

    return store_text


@pytest.fixture
def drafts(world, store, django_capture_on_commit_callbacks):
    """Two successive drafts, public, and compared."""

    def make():
        with django_capture_on_commit_callbacks(execute=True):
            return store(OLD_DRAFT, "old", date="2019"), store(NEW_DRAFT, "new", date="2020")

    return world.has("drafts", make)


@pytest.fixture
def demonstration(world, django_capture_on_commit_callbacks) -> None:
    """The demonstration corpus, with all the work done that follows from publishing it."""
    from django.db import connection

    from lawcompare.site.demonstration import load_corpus

    def make() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            load_corpus(lambda line: None)
        if connection.vendor == "postgresql":  # which else plans for empty tables: some queries take seconds
            connection.cursor().execute("ANALYZE")

    world.has("demonstration", make)


@pytest.fixture(scope="session", autouse=True)
def pages_are_rendered_as_on_a_site(django_test_environment):
    """Pages do not note what each template was given, a tenth of their time; with ``templates_used`` they do."""
    from django.template import Template
    from django.test.utils import _TestState

    noting, Template._render = Template._render, _TestState.saved_data.template_render
    yield noting
    Template._render = noting


@pytest.fixture
def templates_used(monkeypatch, pages_are_rendered_as_on_a_site) -> None:
    """For a test that reads ``answer.context``."""
    from django.template import Template

    monkeypatch.setattr(Template, "_render", pages_are_rendered_as_on_a_site)


@pytest.fixture(autouse=True)
def sign_in_with_second_factor(monkeypatch):
    """``client.force_login`` signs in as the sign-in pages do: with the second factor of whoever has one."""
    monkeypatch.setattr(Client, "force_login", second_factor.sign_in)


class Cast:
    """The people of the tests.

    ============ ============================================================ =================
    alice        a member of the Centre                                       password alone
    rita         a reviewer of the Centre                                     second factor
    eve          an editor of the Centre                                      second factor
    adam         an administrator of the Centre                               second factor
    charlie      a reviewer of the Others: must see nothing of the Centre's   second factor
    bob          has an account and belongs to no organisation                password alone
    sara         staff: runs the site, belongs to no organisation             second factor
    ============ ============================================================ =================

    ``client.force_login(cast.rita)`` signs in. Who may do more than a member needs a second factor, or ``may`` says no:
    give one to a person made in a test by ``tests.second_factor.give(person)``.
    """

    def __init__(self) -> None:
        from lawcompare.accounts.models import Organisation, Role, User

        self.centre = Organisation.objects.create(slug="centre", name="The Centre")
        self.others = Organisation.objects.create(slug="others", name="The Others")
        self.alice = self._add("alice", self.centre, Role.MEMBER)
        self.rita = self._add("rita", self.centre, Role.REVIEWER)
        self.eve = self._add("eve", self.centre, Role.EDITOR)
        self.adam = self._add("adam", self.centre, Role.ADMINISTRATOR)
        self.charlie = self._add("charlie", self.others, Role.REVIEWER)
        self.bob = User.objects.create_user("bob@example.org")
        self.sara = User.objects.create_superuser("sara@example.org")
        second_factor.give(self.sara)

    def _add(self, name: str, organisation: Any, role: str) -> Any:
        from lawcompare.accounts.services import add_member

        person, _is_new = add_member(f"{name}@example.org", organisation, role)
        if role != "member":
            second_factor.give(person)
        return person


@pytest.fixture
def cast(world) -> Cast:
    return world.has("cast", Cast)


def signed_in(name: str) -> Callable[..., Any]:
    """A fixture: a client signed in as somebody of the cast. It stands last among what a test asks for."""

    @pytest.fixture(name=name)
    def fixture(client, cast):
        client.force_login(getattr(cast, name))
        return client

    return fixture


alice, rita, eve = (signed_in(name) for name in ("alice", "rita", "eve"))


@pytest.fixture
def empty_cache() -> None:
    """Nothing kept and nothing counted yet."""
    cache.clear()
