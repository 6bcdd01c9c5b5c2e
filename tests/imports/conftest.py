"""What the tests of importing share: a small law, and a editor to put it on."""

from __future__ import annotations

import pytest

from lawcompare.accounts.models import Role
from lawcompare.accounts.services import add_member
from lawcompare.imports.models import ImportDraft
from lawcompare.imports.upload.services import take_in
from tests import second_factor

LAW = """Chapter 1. Offences

Article 1. Illegal access
Whoever enters a computer without right is punished.

Article 2. Interception

Article 4. Duties of providers
A provider keeps data for 180 days.
"""


@pytest.fixture
def hand_in(cast, django_capture_on_commit_callbacks):
    """Hand in a file as Eve, and have it read: ``hand_in(LAW)``."""

    def take(text: str | bytes = LAW, name: str = "draft.txt", **options: bool) -> ImportDraft:
        with django_capture_on_commit_callbacks(execute=True):
            draft, _is_new = take_in(cast.eve, text.encode() if isinstance(text, str) else text, name, **options)
        draft.refresh_from_db()
        return draft

    return take


@pytest.fixture
def editor(client, cast):
    """A client signed in as Eve, an editor of the Centre."""
    client.force_login(cast.eve)
    return client


@pytest.fixture
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
