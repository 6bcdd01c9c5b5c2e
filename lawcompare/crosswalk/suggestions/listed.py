"""Correspondences in a list of reviewers, with the forms that decide on each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from lawcompare.accounts.access import membership_of
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, Topic
from lawcompare.crosswalk.suggestions.forms import ConfirmCounterpartForm, RefuseCounterpartForm
from lawcompare.laws.models import Clause

EXCERPT = 400


@dataclass
class ListedCorrespondence:
    """A correspondence in the list, with the forms that decide on it or what was decided."""

    correspondence: Correspondence
    excerpt: str = ""
    subject_excerpt: str = ""
    confirm: ConfirmCounterpartForm | None = None
    refuse: RefuseCounterpartForm | None = None
    # Where the two forms are sent.
    confirm_address: str = ""
    refuse_address: str = ""
    may_reopen: bool = False
    may_second: bool = False


@dataclass
class ClauseSuggestions:
    """A clause with what is suggested for it, and what was decided."""

    clause: Clause
    excerpt: str
    waiting: list[ListedCorrespondence] = field(default_factory=list)
    decided: list[ListedCorrespondence] = field(default_factory=list)


def prepare(user: Any, item: ListedCorrespondence, topics: Sequence[Topic]) -> None:
    """Give a listed correspondence its forms, or say what the person may do with what was decided."""
    correspondence = item.correspondence
    if correspondence.status != CorrespondenceStatus.SUGGESTED:
        membership, decisions = membership_of(user), list(correspondence.decisions.all())
        decider = correspondence.organisation_id or (decisions[-1].organisation_id if decisions else None)
        item.may_reopen = bool(membership and decisions and decider == membership.organisation_id)
        item.may_second = (
            correspondence.status == CorrespondenceStatus.CONFIRMED
            and correspondence.standing == "stated"
            and correspondence.stated_by_id != user.pk
        )
    elif correspondence.object:
        item.confirm = ConfirmCounterpartForm.of(correspondence, topics)
        item.refuse = RefuseCounterpartForm.of(correspondence)
        item.confirm_address = reverse("suggestion_confirm", args=[correspondence.pk])
        item.refuse_address = reverse("suggestion_refuse", args=[correspondence.pk])


def excerpt_of(inside: Sequence[Clause]) -> str:
    """The first words of a clause and what stands inside it."""
    words = " ".join(filter(None, (clause.text for clause in inside))).split()
    text = " ".join(words)
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + " …"
