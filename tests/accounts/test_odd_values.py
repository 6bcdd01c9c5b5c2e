"""Odd values in every address and form: an answer or a refusal, on both databases, and never an error of ours.

Of the query of an address only those names are tried one by one that its view looks at, which ``NotingQuery`` notes.
A view that refuses one name would hide from a test that sends all of them what the others do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any, ClassVar
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import NoReverseMatch, reverse

from lawcompare.annotations.models import Annotation, Revision
from lawcompare.annotations.services import content_of
from tests.accounts.test_permissions import ARGUMENTS, ASKS_ALL, TABLE, is_let_in, patterns, planted  # noqa: F401
from tests.conftest import PROFILE

pytestmark = pytest.mark.django_db

NULL = "\x00"
# A null character, half a character, numbers that are none or too large, what means something to a database or a path.
# Numbers and texts by turns; those that most often break something first, for names that meet only some of them.
ODD = [
    "²",
    "'\"%\\",
    "9" * 30,
    "[",
    "9" * 5000,
    "../..",
    "-1",
    NULL,
    "NaN",
    "{}",
    "1e9",
    "\udcff",
    "၁",
    "a" * 3000,
    "\u202e\u200b",
]
ODD_IN_ADDRESS = [NULL, "9" * 30, "9" * 12, "²", "a" * 3000, "'\"%"]
# Names that views read behind the ?, sent all at once; which of them a view reads, and what others, shows by itself.
NAMES = [
    "at", "by", "category", "clause", "creator", "edition", "element", "end", "engine", "exact", "focus", "from",
    "group", "hide", "id", "kind", "language", "law", "layer", "level", "motivation", "new", "next", "number",
    "old", "on", "only", "order", "organisation", "page", "part", "q", "risk", "row", "show", "side", "since",
    "source", "start", "state", "status", "stored", "target", "text", "texts", "to", "topic", "until", "value",
    "version", "view",
]  # fmt: skip
ROLES = ["visitor", "eve", "sara"]
# A null character, half a character, a long text and a large number are refused by each database in its own way, in a
# query, an address and a form alike. An editor gets to every view that hands them to it but those for signing in.
ROLES_MARKED = [pytest.param(role, marks=pytest.mark.both_databases) if role == ASKS_ALL else role for role in ROLES]
ROLES_OF_FORMS = [role if role == "sara" else pytest.param(role, marks=pytest.mark.both_databases) for role in ROLES]
# Odd values of a name at each address that looks it up: so many that it meets all at some address, within these limits.
VALUES_A_NAME = (2, 6)
FORM_TYPE = "application/x-www-form-urlencoded"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.S)
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\sname="([^"]+)"')
ACTION = re.compile(r'\saction="([^"]*)"')


def browser(cast, role: str) -> Client:
    client = Client(raise_request_exception=False)
    if role != "visitor":
        client.force_login(getattr(cast, role))
    return client


class NotingQuery(QueryDict):
    """The query of a request, which notes in ``names`` what is looked up in it."""

    names: ClassVar[set[str]] = set()

    def __init__(self, *args: Any, **options: Any) -> None:
        before = set(self.names)
        super().__init__(*args, **options)
        self.names.intersection_update(before)  # reading the address looks up what it puts in

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, default: Any = None) -> list[Any]:
        self.names.add(name)
        return super().getlist(name, default)


@pytest.fixture
def site(planted, monkeypatch):  # noqa: F811
    """The planted world, with the history of its notes that services write; and queries are noted."""
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", NotingQuery)
    for note in Annotation.objects.filter(revisions=None):
        Revision.objects.create(annotation=note, number=note.revision, content=content_of(note), by=note.creator)
    return planted


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    """(name, examples of its arguments) of every address but the one that signs out."""
    for name, arguments in patterns():
        if name in TABLE and name != "account_logout":
            yield name, {argument: ARGUMENTS[argument] for argument in arguments}


def odd_addresses() -> Iterator[tuple[str, str, str, str]]:
    """(name, argument, odd value, address) with each odd value in place of each argument where the address takes it."""
    for name, good in examples():
        for argument in good:
            for odd in ODD_IN_ADDRESS:
                try:
                    yield name, argument, odd, reverse(name, kwargs=good | {argument: odd})
                except (NoReverseMatch, ValueError, UnicodeEncodeError):
                    continue


def mixes(names: list[str], values: list[str], times: int) -> Iterator[dict[str, str]]:
    """Odd values for the names, each name with another one each time."""
    for shift in range(times):
        yield {name: values[(at * 11 + shift * 4) % len(values)] for at, name in enumerate(names)}


def encoded(values: dict[str, str]) -> dict[str, bytes]:
    return {name: value.encode("utf-8", "surrogateescape") for name, value in values.items()}


def shown(values: dict[str, str]) -> str:
    return repr({name: value[:40] for name, value in values.items()})


def ask(client: Client, address: str, query: dict[str, str]) -> tuple[Any, set[str]]:
    """The answer, and the names that were looked up in the query."""
    NotingQuery.names.clear()
    answer = client.get(address, encoded(query))
    names = set(NotingQuery.names)
    # Who goes through the whole query, whatever stands in it, looks up none of its names.
    names -= set(query) if len(query) > 1 and names >= set(query) else set()
    return answer, names | set(getattr(answer.wsgi_request, "public_parameters", None) or ())


class Walk:
    """All addresses with every name in the query; with none too where a view that looks at the query refused that.

    Where a role is not let in, the visitor and the staff take turns.
    """

    def __init__(self, client: Client, role: str) -> None:
        self.broken: list[str] = []
        # Names that a view looks up, by the name of the address and the address.
        self.names: dict[tuple[str, str], set[str]] = {}
        # Address and fields of every form on the pages.
        self.forms: set[tuple[str, tuple[str, ...]]] = set()
        turn = ROLES.index(role)
        for place, (name, good) in enumerate(examples()):
            if not tries_all(role) and not is_let_in(role, TABLE[name]) and place % 2 != turn % 2:
                continue
            address = reverse(name, kwargs=good)
            everything = {one: ODD[(at + place + turn * 5) % len(ODD)] for at, one in enumerate(NAMES)}
            answer, names = self.ask(client, name, address, everything)
            if names and answer.status_code != 200:
                answer, others = self.ask(client, name, address, {})
                names |= others
            self.names[name, address] = names
            self.forms |= set(forms_of(address, answer))

    def ask(self, client: Client, name: str, address: str, query: dict[str, str]) -> tuple[Any, set[str]]:
        answer, names = ask(client, address, query)
        if answer.status_code >= 500 and name != "readyz":
            self.broken.append(f"{name} {shown(query)}: {answer.status_code}")
        return answer, names


_walks: dict[str, Walk] = {}


def walk(client: Client, role: str) -> Walk:
    """The walk of this role, which two tests look at."""
    if role not in _walks:
        _walks[role] = Walk(client, role)
    return _walks[role]


def forms_of(address: str, answer: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    if answer.status_code == 200 and not answer.streaming and "text/html" in answer.get("Content-Type", ""):
        for opening, inner in FORM.findall(answer.content.decode()):
            if 'method="post"' in opening.lower():
                action = ACTION.search(opening)
                target = urljoin(address, unescape(action[1])) if action else address
                yield urlsplit(target).path, tuple(sorted(set(FIELD.findall(inner))))


def tries_all(role: str) -> bool:
    """Who sees most tries all that a day's run tries; in the soak everybody tries everything."""
    return role == ASKS_ALL or PROFILE == "soak"


def values_an_address(names: dict[tuple[str, str], set[str]]) -> dict[str, int]:
    """How many odd values each name meets at each of the addresses that look it up.

    The addresses share the values; in the soak each has all of them.
    """
    addresses = Counter(name for looked_up in names.values() for name in looked_up)
    least, most = (len(ODD), len(ODD)) if PROFILE == "soak" else VALUES_A_NAME
    return {name: min(most, max(least, -(-len(ODD) // count))) for name, count in addresses.items()}


class Trial:
    """Odd values for the names of one query, at one address."""

    def __init__(self, client: Client, name: str, address: str) -> None:
        self.client, self.name, self.address = client, name, address
        self.broken: list[str] = []
        self.looked_up: set[str] = set()
        self.count = 0

    def ask(self, query: dict[str, str]) -> bool:
        """Whether it was answered with a page in which every one of these names was looked up."""
        answer, looked_up = ask(self.client, self.address, query)
        self.count += 1
        self.looked_up |= looked_up
        if answer.status_code >= 500:
            self.broken.append(f"{self.name} {shown(query)}: {answer.status_code}")
        return answer.status_code == 200 and looked_up >= set(query)

    def try_all(self, values: dict[str, list[str]]) -> None:
        """Each name alone with its first value; with its others too where it was refused.

        Names that were not go together, which costs one page and hides nothing as long as none of them is refused.
        """
        refused = {one for one, (first, *_others) in sorted(values.items()) if not self.ask({one: first})}
        for turn in range(1, max(len(some) for some in values.values())):
            queries = [{one: some[turn]} for one, some in sorted(values.items()) if turn < len(some)]
            together = {one: value for query in queries for one, value in query.items() if one not in refused}
            is_page = len(together) > 1 and self.ask(together)
            for query in queries:
                if not (is_page and query.keys() <= together.keys()):
                    self.ask(query)


@pytest.mark.parametrize("role", ROLES_MARKED)
def test_odd_values_behind_the_question_mark_are_answered(site, role):
    client = browser(site, role)
    walked = walk(client, role)
    broken, count, names = list(walked.broken), 0, dict(walked.names)
    numbers, nexts = values_an_address(names), Counter[str]()
    for place, ((name, address), known) in enumerate(names.items()):
        if not tries_all(role) and place % 2 != ROLES.index(role) % 2:
            continue  # the others by turns
        waiting, tried = set(known), set()
        while waiting:
            values = {}
            for one in waiting:
                number = numbers.get(one, VALUES_A_NAME[1]) if tries_all(role) else 1
                values[one] = [ODD[(nexts[one] + turn) % len(ODD)] for turn in range(number)]
                nexts[one] += number if number < VALUES_A_NAME[1] else 0  # what few look up meets the first at each
            trial = Trial(client, name, address)
            trial.try_all(values)
            broken += trial.broken
            count += trial.count
            tried |= waiting
            waiting = trial.looked_up - tried  # what only a query with these names made the view look up
    assert not broken, "\n".join(broken)
    assert count > 60


@pytest.mark.parametrize("role", ROLES_MARKED)
def test_odd_values_inside_the_address_are_answered(site, role):
    client, broken, count = browser(site, role), [], 0
    for place, (name, argument, odd, address) in enumerate(odd_addresses()):
        if not tries_all(role) and place % len(ROLES) != ROLES.index(role):
            continue  # the others by turns
        if PROFILE != "soak" and odd == "9" * 12 and not isinstance(ARGUMENTS[argument], int):
            continue  # in a name no other than more of them
        count += 1
        if (status := client.get(address).status_code) >= 500:
            broken.append(f"{name} {address[:80]}: {status}")
    assert not broken, "\n".join(broken)
    assert count > 100


def sent(client: Client, address: str, values: dict[str, str]) -> int:
    """The status of the answer to a form. What it did is undone."""
    before = transaction.savepoint_create()
    status = client.post(address, urlencode(encoded(values)), FORM_TYPE).status_code
    transaction.savepoint_rollback(before)
    return status


@pytest.mark.parametrize("role", ROLES_OF_FORMS)
def test_odd_values_in_every_form_are_answered(site, role):
    client, broken = browser(site, role), []
    forms = walk(client, role).forms
    for address, names in sorted(forms):
        if address.endswith(("/logout/", "/end-others/")):
            continue
        # A null character is refused before a view is asked, and would hide what it does with the others.
        queries = list(mixes(list(names), [value for value in ODD if value != NULL], 4 if tries_all(role) else 2))
        if tries_all(role):
            queries.append(dict.fromkeys(names, NULL))
        for values in queries:
            if (status := sent(client, address, values)) >= 500:
                broken.append(f"{address} {shown(values)}: {status}")
    assert forms and not broken, "\n".join(broken)
