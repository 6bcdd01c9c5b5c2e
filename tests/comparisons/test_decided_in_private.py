"""What was decided on the clauses of a text while it was private, and what becomes of it with its publication."""

from __future__ import annotations

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse

from lawcompare.comparisons import services
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.computing import compare as computing
from lawcompare.comparisons.correcting import services as correcting_services
from lawcompare.comparisons.exports import request_file
from lawcompare.comparisons.models import Comparison, ComparisonFile, MapDecision
from lawcompare.core.jobs.models import Job
from lawcompare.core.numbers import seal
from lawcompare.laws.models import Origin, Version
from lawcompare.laws.translations.services import request_mapping
from lawcompare.publishing import services as publishing
from lawcompare.publishing.services import publish
from tests.comparisons.test_correcting import BEFORE, address, current, joined, shown
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.laws.test_translations import translated
from tests.proposals import confirm_all, listed

pytestmark = pytest.mark.django_db

SELDOM = pytest.mark.verify


def test_no_list_tells_in_which_order_a_text_s_clauses_were_decided_on_in_private(
    store, cast, client, django_capture_on_commit_callbacks
):
    listed = []
    for turn, law in ((1, "first"), (-1, "second")):
        both = [store(text, name, law=law, date=date, published=False) for text, name, date in (
            (OLD_DRAFT, "old", "2020"), (NEW_DRAFT, "new", "2021"))]  # fmt: skip
        for text in both:
            Origin.objects.create(version=text, organisation=cast.centre)
        with django_capture_on_commit_callbacks(execute=True):
            services.request_comparison(*both)
        decided = [("zzone", (4, None)), ("zztwo", (3, 2)), ("zzthree", (1, None)), ("zzfour", (None, 1))]
        for reason, edge in decided[::turn]:
            joined(both, cast, edge, reason=reason)
        with django_capture_on_commit_callbacks(execute=True):
            publish(both[0])
            publish(both[1])
        client.force_login(cast.charlie)
        pages = [reverse(name, args=[law, "old", law, "new"]) for name in ("corrections", "comparison")]
        listed.append([re.findall(r"zz(?:one|two|three|four)\b", client.get(page).content.decode()) for page in pages])
    assert len(listed[0][0]) == 4 and "zzthree" in listed[0][1] and listed[0] == listed[1]


@pytest.mark.parametrize("beside", ["", pytest.param("others", marks=SELDOM), pytest.param("centre", marks=SELDOM)])
def test_what_is_decided_on_a_text_while_it_is_private_is_a_proposal_from_its_publication_on(
    store, cast, client, beside, django_capture_on_commit_callbacks
):
    """Beside a text of the site's, of who reads it later, and of one's own."""
    both = store(OLD_DRAFT, "old", published=beside != "centre"), store(NEW_DRAFT, "new", date="2021", published=False)
    for text, whose in zip(both, (beside, "centre"), strict=True):
        whose and Origin.objects.create(version=text, organisation=getattr(cast, whose))
    with django_capture_on_commit_callbacks(execute=True):
        services.request_comparison(*both)
    before = shown(current(both))
    withdrawn, replaced = (
        joined(both, cast, (4, None), reason="zztried"),
        joined(both, cast, (2, 2), reason="zzreplaced"),
    )
    correcting_services.undo_decision(cast.rita, withdrawn, "zzmistaken")
    first, second = joined(both, cast, (2, 3), (1, 1)), joined(both, cast, (2, None), (3, 2))
    assert first.stands and second.stands and ("renumbered", "3", "2", "The Centre") in shown(current(both))
    assert Comparison.objects.count() == 1, (
        "of a private text no earlier edition is left, of which publishing would be slow"
    )
    request_file(current(both), "docx", "en", "", cast.rita)
    with django_capture_on_commit_callbacks(execute=True):
        for text in both:
            publish(text)
    assert shown(current(both)) == before and MapDecision.objects.get(pk=first.pk).made.count() == 1
    assert not ComparisonFile.objects.exists(), "a file would say less of who brought the text than pages do"
    client.logout()
    pair = "/compare/draft/old/with/draft/new"
    for at, status in (("?edition=1", 200), ("?edition=2", 404), ("?edition=0", 404)):
        assert {client.get(f"{pair}{end}{at}").status_code for end in ("/", ".json", ".pdf")} == {status}, at
    program = pair.replace("compare", "api/v1/comparisons")
    assert client.get(f"{pair}.json").json()["edition"] == client.get(program).json()["edition"] == 1
    assert set(re.findall(r"edition[ =](\d+)", client.get(f"{pair}/").content.decode())) == {"1"}
    client.force_login(cast.charlie)
    assert not re.search("zz(tried|mistaken|replaced)", client.get(address("corrections")).content.decode())
    for gone in (withdrawn, replaced):
        assert client.get(address("corrections", decision=seal(gone.pk, "mapdecision"))).status_code == 404
    assert [one.row for one in listed(cast.sara) if one.name == "pairing"] == [first, second]
    with django_capture_on_commit_callbacks(execute=True):
        confirm_all(cast.sara)
    assert ("renumbered", "3", "2", "The Centre") in shown(current(both))
    assert current(both).edition > 1 and shown(find_comparison(*both, edition="1")) == before
    assert joined(both, cast, (4, None), user=cast.charlie, seen=0), (
        "nobody decided on these meanwhile whom they know of"
    )


@pytest.mark.parametrize(
    "order",
    [pytest.param(["new-km"], marks=SELDOM), ["new-km", "new"], pytest.param(["new", "new-km"], marks=SELDOM)],
    ids=" ".join,
)
def test_no_edition_of_translations_tells_what_was_decided_on_their_private_originals(
    store, cast, client, order, django_capture_on_commit_callbacks
):
    texts = {"new": store(NEW_DRAFT, "new", date="2021", published=False)}
    originals = store(OLD_DRAFT, "old", date="2019"), texts["new"]
    with django_capture_on_commit_callbacks(execute=True):
        publish(translated())
        texts["new-km"] = translated(NEW_DRAFT, "new-km", "draft/new")
        request_mapping(texts["new-km"])
    for text in texts.values():
        Origin.objects.create(version=text, organisation=cast.centre)
    khmer = originals[0].translations.get(), texts["new-km"]
    with django_capture_on_commit_callbacks(execute=True):
        for pair in (originals, khmer):
            services.request_comparison(*pair)
        Comparison.objects.create(
            old=khmer[0],
            new=khmer[1],
            engine="0",
            job=Job.objects.create(kind="comparison"),
            finished_at=khmer[0].published_at,
        )
    with django_capture_on_commit_callbacks(execute=True):
        joined(originals, cast, (3, 2), reason="zzsecret")
    assert any(row[3] for row in shown(current(khmer))), "its organisation reads it in the translation too"
    pair = "/compare/draft/old-km/with/draft/new-km"
    for name in order:
        with django_capture_on_commit_callbacks(execute=True):
            publish(texts[name])
            assert b"zzsecret" not in client.get(f"{pair}/").content, "nor until a worker comes"
        with django_capture_on_commit_callbacks(execute=True):
            services.request_comparison(*khmer)
    pages = [client.get(f"{pair}/?edition={number}") for number in range(1, 5)]
    assert pages[0].status_code == 200
    assert not any(words in page.content.decode() for page in pages for words in ("zzsecret", "The Centre:"))
    assert client.get(f"{pair}.json").json()["edition"] == 1 + (order == ["new-km", "new"]), "from then on it follows"
    assert client.get(f"{pair}/?engine=0").status_code == 404, "nor that it was compared by earlier rules"


def test_a_comparison_under_way_while_its_text_is_published_is_made_anew(
    store, cast, monkeypatch, caplog, django_capture_on_commit_callbacks
):
    both = store(OLD_DRAFT, "old"), store(NEW_DRAFT, "new", date="2021", published=False)
    Origin.objects.create(version=both[1], organisation=cast.centre)
    build_rows = computing.build_rows

    def publish_meanwhile(*args):
        monkeypatch.setattr(computing, "build_rows", build_rows)
        publish(Version.objects.get(pk=both[1].pk))
        return build_rows(*args)

    monkeypatch.setattr(computing, "build_rows", publish_meanwhile)
    with django_capture_on_commit_callbacks(execute=True):
        services.request_comparison(*both)
    assert shown(current(both)) == BEFORE and current(both).job.is_done
    assert not Job.objects.filter(kind="comparison", state="failed").exists() and "failed" not in caplog.text


@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("first", ["asking", "publishing"])
@pytest.mark.django_db(transaction=True)
def test_a_comparison_asked_for_while_its_text_is_published_is_one_and_nobody_waits_for_ever(store, monkeypatch, first):
    """Of two connections the second waits for the first at the row of the comparison, and never the other way round."""
    both = store(OLD_DRAFT, "old"), store(NEW_DRAFT, "new", date="2021", published=False)
    has_asked = {name: threading.Event() for name in ("asking", "publishing")}
    request, last = services.request_comparison, "publishing" if first == "asking" else "asking"

    def requested(old, new):
        name = "publishing" if threading.current_thread().name.endswith("_0") else "asking"
        if name == last:
            has_asked[first].wait(5)
            has_asked[last].set()
            return request(old, new)
        known = request(old, new)
        has_asked[first].set()
        has_asked[last].wait(5)
        time.sleep(0.3)  # for the other, which waits at the row that is not committed
        return known

    def ask():
        with transaction.atomic():
            requested(*both)

    def end(task) -> str:
        try:
            task()
        except Exception as error:
            return repr(error)
        finally:
            connection.close()
        return ""

    monkeypatch.setattr(publishing, "request_comparison", requested)
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(end, [lambda: publish(both[1]), ask]))
    assert ends == ["", ""] and Comparison.objects.get(old=both[0], new=both[1]).is_done
    assert Job.objects.filter(kind="comparison").count() == 1


def test_what_is_decided_while_a_text_is_being_published_is_a_proposal_too(
    store, cast, django_capture_on_commit_callbacks
):
    both = store(OLD_DRAFT, "old"), store(NEW_DRAFT, "new", date="2021", published=False)
    other = store(OLD_DRAFT, "old", law="two")
    Origin.objects.create(version=both[1], organisation=cast.centre)
    with django_capture_on_commit_callbacks(execute=True):
        services.request_comparison(*both)
        services.request_comparison(other, both[1])
    with django_capture_on_commit_callbacks(execute=True):
        publish(Version.objects.get(pk=both[1].pk))
    assert not both[1].is_published, "as whoever decides has read it, a moment before"
    assert not joined(both, cast, (3, 2)).stands and shown(current(both)) == BEFORE
    assert find_comparison(other, both[1]) is None, "nobody is told beside what it was read in private"
