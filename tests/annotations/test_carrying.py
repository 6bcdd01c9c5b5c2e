"""What becomes of the notes on a draft when the next one is published: found again, and nobody decides for people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lawcompare.annotations.models import Annotation, Carried, Carrying, Status
from lawcompare.annotations.services import place, render_body
from lawcompare.comparisons import carrying as work
from lawcompare.comparisons.carrying import run_carrying
from lawcompare.comparisons.models import Concordance
from lawcompare.comparisons.services import request_carryings
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db

KEPT, CHANGED, LOST = "hinder the unity of the country", "The fine is from 100,000 riel to 1,000,000 riel.", ""


def publish_note(clause, organisation, exact="", slug="note", **said):
    note = Annotation(
        slug=slug, organisation=organisation, body="Why.", body_html=render_body("Why."), risk=3,
        status=Status.PUBLISHED, published_at=timezone.now(), **said,
    )  # fmt: skip
    place(note, clause, exact)
    note.save()
    return note


@pytest.fixture
def publish_later(store, django_capture_on_commit_callbacks):
    """Publish a draft, and have its background work done."""

    def run(text=NEW_DRAFT, version="new", date="2020", **more):
        with django_capture_on_commit_callbacks(execute=True):
            return store(text, version, date=date, **more)

    return run


@pytest.fixture
def old(store):
    return store(OLD_DRAFT, "old", date="2019")


@pytest.fixture
def notes(old, cast):
    """Notes of the Centre on the old draft: kept words, changed words, a whole clause that goes, one of the Others."""
    clause = old.clauses.get(num="Article 2")
    return {
        "kept": publish_note(clause, cast.centre, KEPT, "kept"),
        "changed": publish_note(clause.children.get(num="(1)"), cast.centre, CHANGED, "changed"),
        "gone": publish_note(old.clauses.get(num="Article 3"), cast.centre, "", "gone"),
        "theirs": publish_note(clause, cast.others, "publishes content", "theirs"),
    }


def verdicts():
    return {row.annotation.slug: row.verdict for row in Carried.objects.select_related("annotation")}


def test_publishing_a_draft_looks_for_every_published_note_of_the_one_before(notes, cast, old, publish_later):
    Annotation.objects.create(
        slug="draft", organisation=cast.centre, body="", version=old, clause=notes["kept"].clause, creator=cast.alice
    )
    new = publish_later()
    assert verdicts() == {"kept": "kept", "changed": "changed", "gone": "lost", "theirs": "kept"}
    kept = Carried.objects.get(annotation=notes["kept"])
    assert (kept.clause.version, kept.clause.num, kept.exact) == (new, "Article 3", KEPT)
    assert kept.clause.text[kept.start : kept.end] == KEPT and kept.prefix.endswith("deemed to ")
    assert Carried.objects.get(annotation=notes["changed"]).exact.endswith("10,000,000 riel.")
    carrying = Carrying.objects.get()
    assert (carrying.state, carrying.done, carrying.total) == ("done", 4, 4)
    assert Annotation.objects.filter(version=new).count() == 0, "nothing is published by itself"


def test_asking_again_carries_nothing_twice_but_takes_up_what_came_since(
    notes, cast, old, publish_later, django_capture_on_commit_callbacks
):
    new = publish_later()
    first = dict(Carried.objects.values_list("annotation", "pk"))
    assert request_carryings(new) == []
    publish_note(old.clauses.get(num="Article 1"), cast.centre, "without right", "late")
    with django_capture_on_commit_callbacks(execute=True):
        assert len(request_carryings(new)) == 1
    assert dict(Carried.objects.exclude(annotation__slug="late").values_list("annotation", "pk")) == first
    assert verdicts()["late"] == "kept"


def test_a_worker_that_died_half_way_is_followed_by_one_that_goes_on(notes, publish_later, monkeypatch):
    monkeypatch.setattr(work, "BATCH", 1)
    found, find = [], work.Finder.find

    def die_at_the_third(self, annotation):
        if len(found) == 2:
            raise KeyboardInterrupt  # as little caught as a kill
        found.append(annotation.slug)
        return find(self, annotation)

    monkeypatch.setattr(work.Finder, "find", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        publish_later()
    carrying = Carrying.objects.get()
    assert (carrying.state, carrying.done, carrying.total, Carried.objects.count()) == ("running", 2, 4, 2)

    handled = []
    monkeypatch.setattr(
        work.Finder, "find", lambda self, annotation: (handled.append(annotation.slug), find(self, annotation))[1]
    )
    run_carrying(carrying.pk)
    assert handled == [], "it is still the other worker's"
    Carrying.objects.update(heard_at=timezone.now() - timedelta(minutes=3))
    run_carrying(carrying.pk)
    assert sorted(found + handled) == sorted(notes), "each note once"
    carrying.refresh_from_db()
    assert (carrying.state, carrying.done, carrying.attempts, Carried.objects.count()) == ("done", 4, 2, 4)
    run_carrying(carrying.pk)
    assert Carried.objects.count() == 4


def test_who_has_lost_the_claim_writes_nothing_more(notes, publish_later, monkeypatch):
    monkeypatch.setattr(work, "BATCH", 1)
    find = work.Finder.find

    def taken_over_at_the_second(self, annotation):
        if Carried.objects.count() == 1:
            Carrying.objects.update(attempts=7)
        return find(self, annotation)

    monkeypatch.setattr(work.Finder, "find", taken_over_at_the_second)
    publish_later()
    carrying = Carrying.objects.get()
    assert (carrying.state, carrying.attempts, Carried.objects.count()) == ("running", 7, 1)


def test_a_carrying_that_fails_says_so_and_can_be_asked_for_again(
    notes, publish_later, monkeypatch, django_capture_on_commit_callbacks
):
    find = work.Finder.find
    monkeypatch.setattr(work.Finder, "find", lambda self, annotation: 1 / 0)
    new = publish_later()
    carrying = Carrying.objects.get()
    assert carrying.state == "failed" and "unexpected error" in carrying.reason and not Carried.objects.exists()
    monkeypatch.setattr(work.Finder, "find", find)
    with django_capture_on_commit_callbacks(execute=True):
        request_carryings(new)
    carrying.refresh_from_db()
    assert (carrying.state, carrying.reason, Carried.objects.count()) == ("done", "", 4)


def test_what_a_person_said_of_the_clauses_goes_before_what_the_words_say(notes, old, store):
    new = store(NEW_DRAFT, "new", date="2020", published=False)
    Concordance.objects.create(
        old_version=old, new_version=new, old=old.clauses.get(num="Article 3"),
        new=new.clauses.get(num="Article 2"), author="Editors", reason="Both are about listening in.",
    )  # fmt: skip
    new.published_at = timezone.now()
    new.save()
    request_carryings(new)
    run_carrying(Carrying.objects.get().pk)
    gone = Carried.objects.get(annotation=notes["gone"])
    assert gone.verdict == "review" and gone.clause.heading == "Data retention"


@pytest.mark.parametrize("way", ["another language", "another law", "an older text"])
def test_notes_are_carried_to_later_texts_of_their_law_and_language_alone(way, notes, publish_later, store):
    if way == "another language":
        new = store(NEW_DRAFT, "new", date="2020", published=False)
        new.language = "km"
        new.published_at = timezone.now()
        new.save()
        request_carryings(new)
    elif way == "another law":
        publish_later(law="other")
    else:
        publish_later(date="2018")
    assert not Carrying.objects.exists()


def test_a_correction_takes_over_the_notes_of_the_text_it_corrects(notes, publish_later, store, old):
    later = publish_later()
    Carrying.objects.all().delete()
    correction = store(OLD_DRAFT.replace("a fine.", "a fine only."), "old-b", date="2021", published=False)
    correction.corrects, correction.date = old, "2018"
    correction.published_at = timezone.now()
    correction.save()
    request_carryings(correction)
    assert [(c.old, c.new) for c in Carrying.objects.all()] == [(old, correction)]
    assert later not in [c.new for c in Carrying.objects.all()]


def test_a_concern_that_one_draft_dropped_is_looked_for_in_the_next(notes, publish_later, cast):
    new = publish_later()
    publish_note(new.clauses.get(num="Article 3"), cast.centre, KEPT, "again", descends_from=notes["kept"])
    publish_later(OLD_DRAFT, "third", "2021")
    carried = {
        (row.annotation.slug, row.carrying.old.slug, row.verdict)
        for row in Carried.objects.filter(carrying__new__slug="third").select_related("annotation", "carrying__old")
    }
    assert carried == {
        ("again", "new", "kept"),
        ("changed", "old", "kept"),
        ("gone", "old", "kept"),
        ("theirs", "old", "kept"),
    }


def test_a_note_that_already_took_the_concern_up_is_known_to_have(notes, cast, publish_later, store):
    new = store(NEW_DRAFT, "new", date="2020", published=False)
    successor = publish_note(new.clauses.get(num="Article 3"), cast.centre, KEPT, "again", descends_from=notes["kept"])
    new.published_at = timezone.now()
    new.save()
    request_carryings(new)
    run_carrying(Carrying.objects.get().pk)
    row = Carried.objects.get(annotation=notes["kept"])
    assert (row.decision, row.successor, row.fate, row.verdict) == ("edited", successor, "", "kept")
