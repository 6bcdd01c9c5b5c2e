"""A clause, a published note on it, and the form as a person fills it in."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation, Category, NoteStatus, Risk
from lawcompare.annotations.services import render_body
from lawcompare.annotations.targets import set_target
from lawcompare.laws.models import Clause
from tests.conftest import OLD_DRAFT

WORDS = "deemed to hinder the unity of the country"


@pytest.fixture
def clause(store):
    return store(OLD_DRAFT, "old").clauses.get(num="Article 2")


@pytest.fixture
def form() -> dict[str, str]:
    return {
        "exact": WORDS,
        "start": "",
        "risk": "4",
        "motivation": "assessing",
        "body": "Nobody can **foresee** what will be deemed.",
        "proposed_text": "",
    }


@pytest.fixture
def annotate(client, cast, clause) -> Callable:
    """Send the form of a clause as who is signed in, which Alice is. It stands last among what a test asks for."""
    client.force_login(cast.alice)

    def send(clause, form):
        address = reverse("annotate", args=[clause.version.law.slug, clause.version.slug, clause.eid])
        return client.post(address, form)

    return send


@pytest.fixture
def write(world, cast, request) -> Callable[..., Annotation]:
    """A draft of Alice's: ``write(body="…")``; ``upto="submitted"`` or ``"published"`` takes it further."""

    def write_once(upto: str = "draft", on=None, exact: str = WORDS, who=None, relations=None, **fields) -> Annotation:
        clause, who = on or request.getfixturevalue("clause"), who or cast.alice
        make = functools.partial(written, upto, clause, exact, who, relations, **fields)
        return make() if relations else world.has((upto, clause.pk, exact, who.pk, repr(fields)), make)

    def written(upto: str, clause, exact: str, who, relations, **fields) -> Annotation:
        annotation = Annotation(**({"body": "Nobody can foresee it.", "risk": 4} | fields))
        set_target(annotation, clause, exact)
        services.write_annotation(who, annotation, relations or {})
        if upto != "draft":
            services.submit_annotation(who, annotation)
        if upto == "published":
            reviewer = cast.rita if annotation.organisation == cast.centre else cast.charlie
            services.publish_annotation(reviewer, annotation)
        return annotation

    return write_once


@pytest.fixture
def noted(world, drafts, cast):
    """Two published annotations of the Centre, one on words and one on a clause, and a draft nobody may see."""
    return world.has("noted", lambda: make_notes(drafts, cast))


def make_notes(drafts, cast):
    _old, new = drafts
    clauses = {clause.eid: clause for clause in Clause.objects.filter(version=new)}
    vague = Category.objects.create(code="VAGUE", label="Vagueness", question="Can one foresee?")
    first = make_note(cast, clauses["chp_1__art_3"], "on-words", "deemed to hinder", risk=Risk.CRITICAL)
    first.proposed_text = "that incites violence against"
    first.checklist = {"legality": {"answer": "no", "words": "deemed"}, "necessity": {"answer": "partly", "words": ""}}
    first.source_title, first.source_url = "A report", "https://example.org/report"
    first.save()
    first.categories.add(vague)
    first.standards.add(clauses["chp_1__art_1"])
    second = make_note(cast, clauses["chp_1__art_2"], "on-clause", "", descends_from=first)
    make_note(cast, clauses["chp_1__art_1"], "secret", "", status=NoteStatus.DRAFT)
    return first, second


def make_note(cast, clause, slug, exact, status=NoteStatus.PUBLISHED, **more):
    body = "*Nobody* can foresee this."
    note = Annotation(slug=slug, body=body, body_html=render_body(body), organisation=cast.centre, **more)
    note.creator, note.status = cast.alice, status
    note.published_at = timezone.now() if status == NoteStatus.PUBLISHED else None
    set_target(note, clause, exact)
    note.save()
    return note
