"""What all tests share: the cast, small laws to work with, and how a missing part is said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared law texts are not beside the checkout")


def require(part: str, reason: str) -> None:
    """Skip for ``reason``, or fail where REQUIRE names the part."""
    if part in os.environ.get("REQUIRE", "").split(","):
        pytest.fail(f"{reason}, and REQUIRE={part}")
    pytest.skip(reason)


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

OLD_DRAFT = """# Chapter 1. Offences

## Article 1. Illegal access

Whoever intentionally enters a computer without right is punished by imprisonment from one month to one year.

## Article 2. Publications

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

Whoever publishes content deemed to hinder the unity of the country is punished by a fine.

(1) The fine is from 100,000 riel to 10,000,000 riel.

(2) The court may order that the content be removed within 10 days.

## Article 4. Entry into force

This law enters into force thirty days after it is signed.
"""


@pytest.fixture
def store() -> Callable[..., object]:
    """Store a Markdown text as a version: ``store(text, version="1", law="draft", date="2020")``."""
    from lawcompare.comparisons.services import publish
    from lawcompare.laws.services import Import, import_law

    def store_text(text: str, version: str = "1", law: str = "draft", date: str = "2020", published: bool = True):
        front = FRONT.format(law=law, version=version, title=f"{law} {version}", date=date)
        found = import_law(Import((front + text).encode(), f"{version}.md")).version
        if published:
            publish(found)
        return found

    return store_text


@pytest.fixture
def drafts(store, django_capture_on_commit_callbacks):
    """Two successive drafts, public, and compared."""
    with django_capture_on_commit_callbacks(execute=True):
        old = store(OLD_DRAFT, "old", date="2019")
        new = store(NEW_DRAFT, "new", date="2020")
    return old, new


class Cast:
    """The people of the tests: Alice is a member of the Centre, Rita reviews there, Charlie reviews elsewhere."""

    def __init__(self) -> None:
        from lawcompare.accounts.models import Organisation, Role
        from lawcompare.accounts.services import add_member

        self.centre = Organisation.objects.create(slug="centre", name="The Centre")
        self.others = Organisation.objects.create(slug="others", name="The Others")
        self.alice, _ = add_member("alice@example.org", self.centre, Role.MEMBER)
        self.rita, _ = add_member("rita@example.org", self.centre, Role.REVIEWER)
        self.charlie, _ = add_member("charlie@example.org", self.others, Role.REVIEWER)


@pytest.fixture
def cast(db) -> Cast:
    return Cast()
