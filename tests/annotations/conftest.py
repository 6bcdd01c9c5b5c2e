"""A clause, a published note on it, and the form as a person fills it in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation
from lawcompare.annotations.services import place
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
def annotate(client) -> Callable:
    """Send the form of a clause as who is signed in."""

    def send(clause, form):
        address = reverse("annotate", args=[clause.version.law.slug, clause.version.slug, clause.eid])
        return client.post(address, form)

    return send


@pytest.fixture
def write(cast, clause) -> Callable[..., Annotation]:
    """A draft of Alice's: ``write(body="…")``; ``upto="submitted"`` or ``"published"`` takes it further."""

    def written(upto: str = "draft", on=None, exact: str = WORDS, who=None, relations=None, **said) -> Annotation:
        who = who or cast.alice
        annotation = Annotation(**({"body": "Nobody can foresee it.", "risk": 4} | said))
        place(annotation, on or clause, exact)
        services.write_annotation(who, annotation, relations or {})
        if upto != "draft":
            services.submit_annotation(who, annotation)
        if upto == "published":
            reviewer = cast.rita if annotation.organisation == cast.centre else cast.charlie
            services.publish_annotation(reviewer, annotation)
        return annotation

    return written
