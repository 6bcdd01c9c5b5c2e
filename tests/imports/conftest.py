"""What the tests of importing share: a small law, and a editor to put it on."""

from __future__ import annotations

import pytest
from django.conf import settings

from lawcompare.accounts.models import Role
from lawcompare.accounts.services import add_member
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.upload.services import take_in
from tests import second_factor
from tests.world import made_once

LAW = """Chapter 1. Offences

Article 1. Illegal access
Whoever enters a computer without right is punished.

Article 2. Interception

Article 4. Duties of providers
A provider keeps data for 180 days.
"""


@pytest.fixture
def hand_in(world, cast, django_capture_on_commit_callbacks):
    """Hand in a file as Eve, and have it read: ``hand_in(LAW)``. What reads otherwise is given a name of its own."""

    def take(text: str | bytes = LAW, name: str = "draft.txt", **options: bool) -> ImportDraft:
        data = text.encode() if isinstance(text, str) else text
        return world.has((data, name, *options.items()), lambda: read(data, name, **options))

    def read(data: bytes, name: str, **options: bool) -> ImportDraft:
        with django_capture_on_commit_callbacks(execute=True):
            draft, _is_new = take_in(cast.eve, data, name, **options)
        draft.refresh_from_db()
        return draft

    return take


@pytest.fixture
def editor(world, client, cast):
    """A client signed in as Eve, an editor of the Centre."""

    def sign_in() -> str:
        client.force_login(cast.eve)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    client.cookies[settings.SESSION_COOKIE_NAME] = world.has("Eve signed in", sign_in)
    return client


@pytest.fixture
@made_once
def fern(cast):
    """Another editor of the Centre."""
    person, _is_new = add_member("fern@example.org", cast.centre, Role.EDITOR)
    second_factor.give(person)
    return person


DETAILS = {
    "law": "+",
    "law_title": "Law on lamps",
    "jurisdiction": "kh",
    "kind": "draft",
    "title": "Draft on lamps",
    "date": "2024-03",
    "language": "en",
    "text_status": "leaked",
    "became_public": "Published by a newspaper.",
}
