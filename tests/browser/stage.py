"""What the browser tests read: the demonstration corpus, people who can sign in, and laws with a catch in them.

``python -m tests.browser.stage FOLDER`` fills the database that DATABASE_URL names; the corpus is taken from the folder
that the test processes of a run share, where one of them has loaded it.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests import second_factor

PASSWORD = "a lantern in every street"
ORGANISATION = "Lantern Watch"
MEMBER, REVIEWER = "sokha@lantern.example", "dara@lantern.example"
EDITOR, ADMINISTRATOR = "vanna@lantern.example", "pisey@lantern.example"
PEOPLE = [MEMBER, REVIEWER, EDITOR, ADMINISTRATOR]
COOKIES = "cookies.json"  # beside the database: what proves to the site who each person is

FRONT = """---
law: {law}
version: {version}
title: {title}
jurisdiction: int
kind: statute
language: {language}
date: "{date}"
text_status: official
---

"""

# A letter outside the first plane counts as one place in the stored text and as two in a browser's strings.
ENGLISH = """# Chapter 1. Signs

## Article 1. Lamps

Every lamp 🏮 in a street is lit at dusk.

A lamp that is not lit at dusk is mended within two days, and the mending is written down.

(a) a lamp of glass is cleaned every month;

(b) a lamp of paper is kept dry.
"""

KHMER = """# ជំពូក ១. ភ្លើង

## មាត្រា ១. ចង្កៀង

ចង្កៀងតាមផ្លូវទាំងអស់ត្រូវបំភ្លឺនៅពេលយប់។

ចង្កៀងដែលរលត់ត្រូវជួសជុលក្នុងរយៈពេលពីរថ្ងៃ ហើយត្រូវកត់ត្រាទុក។
"""

# From the first to the second: one article put in, one that differs in a comma alone, one in words.
HARBOUR_OLD = """## Article 1. Boats

Every boat in the harbour bears a name and a number on both sides.

## Article 2. Berths

The keeper gives each boat a berth, and writes it down in the book of berths.

## Article 3. Fees

Whoever takes a berth pays a fee of 4,000 riel a night to the keeper of the harbour.

## Article 4. Storms

In a storm no boat leaves the harbour without the word of the keeper.
"""

HARBOUR_NEW = """## Article 1. Boats

Every boat in the harbour bears a name and a number on both sides.

## Article 2. Lights

A boat at anchor shows a white light from dusk until dawn.

## Article 3. Berths

The keeper gives each boat a berth and writes it down in the book of berths.

## Article 4. Fees

Whoever takes a berth pays a fee of 9,000 riel a night to the owner of the harbour.

## Article 5. Storms

In a storm no boat leaves the harbour without the word of the keeper.
"""

# What is noted on the first is found again in the second as it was, in other words, or not at all.
MARKET_OLD = """## Article 1. Stalls

A stall that is deemed unsightly is removed from the market by its keeper.

## Article 2. Scales

Whoever weighs with false scales pays a fine of 8,000 riel to the market.

## Article 3. Criers

Nobody cries the prices of the day without the leave of the keeper.
"""

MARKET_NEW = """## Article 1. Stalls

A stall that is deemed unsightly is removed from the market by its keeper.

## Article 2. Scales

Whoever weighs with false or broken scales pays a fine of 20,000 riel to the keeper of the market.

## Article 3. Awnings

An awning of cloth is taken in before the rain, and mended at the cost of the stall.
"""
MARKET_NOTES = [
    ("art_1", "deemed unsightly", "Nobody can foresee what will be deemed unsightly."),
    ("art_2", "pays a fine of 8,000 riel to the market", "The fine has no lower step."),
    ("art_3", "without the leave of the keeper", "Leave is asked for words alone."),
]

# In the manner of a law on personal data: read by subject with the drafts, and never compared with one before.
PRIVACY = """# Chapter 1. Personal data

## Article 1. Definitions

"Personal data" means information on a person; "service provider" means whoever keeps it for others.

## Article 2. Security of computer systems

Whoever keeps personal data guards the computer system against illegal access by anybody who has no right to it.

## Article 3. Preservation of data

A service provider preserves traffic data for no longer than ninety days, and only where a court orders it.

## Article 4. Disclosure

Personal data are disclosed to an authority on the written order of a court alone, and the person is told of it.

## Article 5. Cooperation with other countries

Personal data are sent to the authority of another country where a treaty on mutual assistance allows it.

## Article 6. Fines

Whoever intercepts or discloses personal data without right pays a fine of up to 20,000,000 riel.
"""

STEMS = ["lamp", "street", "night", "market", "bridge", "river", "boat", "book", "fee", "glass"]
ENDS = [
    "keeper",
    "house",
    "oil",
    "permit",
    "notice",
    "council",
    "clerk",
    "seal",
    "term",
    "month",
    "year",
    "toll",
    "mender",
    "page",
]
WORDS = [stem + end for stem in STEMS for end in ENDS]
ARTICLES = 600
CANAL_ARTICLES = 64


@dataclass(frozen=True)
class Text:
    law: str
    version: str
    body: str
    language: str = "en"
    date: str = "1990"

    @property
    def markdown(self) -> bytes:
        title = f"{self.law} {self.version}"
        front = FRONT.format(law=self.law, version=self.version, title=title, language=self.language, date=self.date)
        return (front + self.body).encode()


def long_law(seed: int, changed: bool) -> str:
    """An invented law so long that comparing it takes a while; ``changed``: with words altered here and there."""
    draw, alter = random.Random(seed), random.Random(seed + 1)
    articles = []
    for number in range(1, ARTICLES + 1):
        words = draw.choices(WORDS, k=draw.randint(60, 120))
        if changed:
            words = [alter.choice(WORDS) if alter.random() < 0.12 else word for word in words]
        articles.append(f"## Article {number}. On {words[0]} and {words[1]}\n\n{' '.join(words)}.\n")
    return "\n".join(articles)


def canal_law(fee: str, payee: str) -> str:
    """An invented law known in full, long enough for the map of all clauses: every eighth article sets a fee."""
    draw, articles = random.Random(2), []
    for number in range(1, CANAL_ARTICLES + 1):
        words = draw.sample(WORDS, k=20)
        rule = f" Whoever opens lock {number} pays {fee} riel a night to the {payee}." if number % 8 == 0 else ""
        articles.append(f"## Article {number}. On {words[0]} and {words[1]}\n\n{' '.join(words)}.{rule}\n")
    return "\n".join(articles)


TEXTS = [
    Text("lanterns", "en", ENGLISH),
    Text("lanterns-km", "km", KHMER, language="km"),
    Text("harbour", "1", HARBOUR_OLD),
    Text("harbour", "2", HARBOUR_NEW, date="1991"),
    Text("canal", "1", canal_law("4,000", "keeper")),
    Text("canal", "2", canal_law("9,000", "owner"), date="1991"),
    Text("privacy", "en", PRIVACY, date="2021"),
    Text("long-old", "1", long_law(1, changed=False)),
    Text("long-new", "1", long_law(1, changed=True), date="1991"),
]

# Of the organisation alone: what a colleague outside is shown by a link.
PRIVATE = [Text("quiet", "a", HARBOUR_OLD), Text("quiet", "b", HARBOUR_NEW, date="1991")]

# Pairs that stand still in a state that otherwise passes by: (old, new, state, other fields).
STILL = [
    ("budapest-convention/2001-en", "iccpr/1966-en", "running", {"step": "mapping", "done": 3, "total": 10}),
    ("budapest-convention/2001-en", "udhr/1948-en", "failed", {"reason": "The old text has no clauses."}),
]


def main(shared: str) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    from tests.world import put_in_made

    call_command("migrate", verbosity=0)
    if not put_in_made(Path(shared), "demonstration"):
        call_command("demo")
    _import_laws()
    _add_people()
    _sign_all_in()
    _keep_private()
    _carry_notes()
    _hold_comparisons()


def _import_laws() -> None:
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    for text in TEXTS:
        publish(import_law(Import(text.markdown, f"{text.version}.md")).version)


def _add_people() -> None:
    from lawcompare.accounts.models import Organisation, Role
    from lawcompare.accounts.services import add_member

    organisation = Organisation.objects.create(slug="lantern-watch", name=ORGANISATION)
    roles = {MEMBER: Role.MEMBER, REVIEWER: Role.REVIEWER, EDITOR: Role.EDITOR, ADMINISTRATOR: Role.ADMINISTRATOR}
    for email, role in roles.items():
        user, _is_new = add_member(email, organisation, role)
        user.set_password(PASSWORD)
        user.save()
        if role != Role.MEMBER:
            second_factor.give(user)


def _sign_all_in() -> None:
    """Begin a session for each person, and keep its cookie for tests that are not about signing in.

    Nobody of them is asked for a password again, however long the tests take.
    """
    from django.conf import settings
    from django.test import Client

    from lawcompare.accounts.models import User

    cookies = {}
    for user in User.objects.filter(email__in=PEOPLE):
        client = Client()
        client.force_login(user)
        session, later = client.session, time.time() + 24 * 3600
        methods: list[dict[str, object]] = [{"method": "password", "at": later, "email": user.email}]
        if user.email != MEMBER:
            methods.append({"method": "mfa", "type": "totp", "at": later})
        session["account_authentication_methods"] = methods
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        cookies[user.email] = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}
    (settings.DATA_DIR / COOKIES).write_text(json.dumps(cookies))


def _keep_private() -> None:
    from lawcompare.accounts.models import Organisation
    from lawcompare.laws.models import Origin
    from lawcompare.laws.services import Import, import_law

    organisation = Organisation.objects.get(slug="lantern-watch")
    for text in PRIVATE:
        version = import_law(Import(text.markdown, f"{text.version}.md")).version
        Origin.objects.create(version=version, organisation=organisation)


def _carry_notes() -> None:
    """Notes of the organisation on one text, and a later one in which they were looked for: a filled queue."""
    from datetime import UTC, datetime

    from lawcompare.accounts.models import Organisation
    from lawcompare.annotations.models import Annotation
    from lawcompare.annotations.services import record_published
    from lawcompare.annotations.targets import set_target
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    old, new = Text("market", "1", MARKET_OLD), Text("market", "2", MARKET_NEW, date="1991")
    version = import_law(Import(old.markdown, "1.md")).version
    publish(version)
    organisation = Organisation.objects.get(slug="lantern-watch")
    for eid, exact, body in MARKET_NOTES:
        note = Annotation(body=body, risk=3, organisation=organisation, published_at=datetime(1991, 1, 1, tzinfo=UTC))
        set_target(note, version.clauses.get(eid=eid), exact)
        record_published(note, {})
    publish(import_law(Import(new.markdown, "2.md")).version)


def _hold_comparisons() -> None:
    from datetime import timedelta

    from django.utils import timezone

    from lawcompare.comparisons.models import Comparison
    from lawcompare.laws.access import find_version
    from tests.core.making import made

    # Heard of tomorrow: never taken for abandoned while the tests run.
    heartbeat = timezone.now() + timedelta(days=1)
    for old, new, state, reason in STILL:
        versions = {"old": find_version(old), "new": find_version(new)}
        made(Comparison, **versions, state=state, heartbeat=heartbeat, **reason)


if __name__ == "__main__":
    main(sys.argv[1])
