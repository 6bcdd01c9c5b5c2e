"""Finding rows inside a comparison: by words, kind of change, chapter, amounts, notes; the address keeps it."""

from __future__ import annotations

import re

import pytest

from lawcompare.annotations.models import Annotation, NoteStatus
from lawcompare.laws.models import Clause
from tests.world import made_once

pytestmark = pytest.mark.django_db

PAGE = "/compare/draft/old/with/draft/new/"

OLD = """# Chapter 1. Offences

## Article 1. Illegal access

Whoever enters a computer is punished by a fine of 100 riel.

## Article 2. Publications

Whoever publishes lies about a person is punished.

# Chapter 2. Procedure

## Article 3. Seizure

The court orders the seizure of a computer.

## Article 4. Entry into force

This law enters into force thirty days after it is signed.
"""
NEW = (
    OLD.replace("100 riel", "900 riel")
    .replace("about a person", "about the state")
    .replace("The court", "The prosecutor")
)


@pytest.fixture
@made_once
def texts(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return store(OLD, "old", date="2019", status="leaked"), store(NEW, "new", date="2020", status="leaked")


def rows_of(client, query: str) -> list[str]:
    """The rows printed whole, by their places."""
    return re.findall(r'<article class="row[^"]*" id="([^"]+)"', client.get(PAGE + query).content.decode())


@pytest.mark.both_databases
def test_rows_are_narrowed_to_what_is_asked(client, texts):
    wanted = {
        "": {1, 2, 3},
        "?words=COMPUTER": {1, 3},
        "?words=prosecutor": {3},
        "?words=no+such+word": set(),
        "?only=amounts": {1},
        "?change=changed": {1, 2, 3},
        "?change=added": set(),
        "?change=poem": {1, 2, 3},
        "?words=computer&only=amounts": {1},
    }
    shown = {query: {int(eid[-1]) for eid in rows_of(client, query)} - {4} for query in wanted}
    assert shown == wanted


def test_a_chapter_is_chosen_by_its_heading(client, texts):
    page = client.get(f"{PAGE}?words=e").content.decode()
    place = re.search(r'<option\s+value="(\d+)"[^>]*>\s*Chapter 2', page)[1]
    assert set(rows_of(client, f"?chapter={place}")) >= {"chp_2__art_3"}
    assert not any(eid.startswith("chp_1__") for eid in rows_of(client, f"?chapter={place}"))
    assert rows_of(client, "?chapter=99999") == []


def test_rows_with_notes_are_those_whose_notes_the_reader_may_see(client, cast, texts):
    clause = Clause.objects.get(version=texts[1], eid="chp_1__art_2")
    note = Annotation.objects.create(
        slug="n", body="Why.", clause=clause, version=texts[1], organisation=cast.centre, status=NoteStatus.DRAFT
    )
    assert rows_of(client, "?only=notes") == []
    Annotation.objects.filter(pk=note.pk).update(status=NoteStatus.PUBLISHED, published_at="2026-01-01T00:00Z")
    assert rows_of(client, "?only=notes") == ["chp_1__art_2"]


def test_the_page_says_how_many_it_hides_and_its_address_keeps_the_choices(client, texts):
    page = client.get(PAGE + "?words=prosecutor").content.decode()
    assert "2 changes are hidden by this filter." in page
    assert page.count("data-change") == 1, "n and p go to what is shown"
    whole = client.get(PAGE).content.decode()
    assert whole.count("data-change") == 3 and "hidden by this filter" not in whole
    page = client.get(PAGE + "?view=inline&words=a+%26+b&only=amounts").content.decode()
    assert "?words=a+%26amp%3B+b" not in page and "words=a+%26+b&amp;only=amounts" in page
    assert '<input type="hidden" name="view" value="inline">' in page
    assert 'value="a &amp; b"' in page


DUES = "The harbour office may seal the hold of a vessel whose master has not paid the dues of the port for a month."
DEBT = "Nobody closes the berth of a master who has not paid, unless his debt is older than a year."
SENTENCES = (
    "This Act may be cited as the Harbour Records Act.",
    "A harbour master must keep a register of every vessel that enters the harbour and of its cargo.",
    "The register is open to the public on every working day, and no fee is asked for reading it.",
    "Whoever enters a false statement in the register commits an offence and is liable to a fine of 500 crowns.",
    "An inspector may board a vessel at any hour to compare the register with what the vessel carries.",
    "The Minister may make regulations for carrying out this Act.",
)


def test_a_pair_of_which_the_program_is_not_sure_is_a_question_and_comes_first_if_asked(
    client, store, django_capture_on_commit_callbacks
):
    old = [*SENTENCES[:3], DUES, *SENTENCES[3:]]
    new = [*SENTENCES[:4], SENTENCES[4].replace("any hour", "noon"), DEBT, SENTENCES[5]]
    with django_capture_on_commit_callbacks(execute=True):
        for name, texts in (("old", old), ("new", new)):
            law = "\n\n".join(f"# Article {number}\n\n{text}" for number, text in enumerate(texts, 1))
            store(law, name, date="2019" if name == "old" else "2020", status="official")
    page = client.get(PAGE).content.decode()
    assert "Is Article 6 the former Article 4? The program is not sure: a person should look." in page
    assert "Perhaps the same clause" in page and "Moved: it was" not in page and "It is now Article 6" not in page
    data = client.get(PAGE[:-1] + ".json").json()
    assert data["standings"]["doubtful"] == 1
    (pair,) = [pair for pair in data["pairs"] if pair["standing"] == "doubtful"]
    assert (pair["old"]["eid"], pair["new"]["eid"], pair["kind"]) == ("art_4", "art_6", "moved")
    assert pair["score"] < 0.5
    by_place, by_doubt = rows_of(client, ""), rows_of(client, "?order=doubt")
    assert by_doubt[0] == "art_6" != by_place[0] and sorted(by_doubt) == sorted(by_place)
    assert "How sure the pairing is: 47 %" in client.get(PAGE + "?order=doubt").content.decode()
