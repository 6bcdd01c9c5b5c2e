"""What people do to comparisons: ask for one; publish a version: have it found and compared, notes carried to it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare import celery
from lawcompare.accounts.access import may, membership_of
from lawcompare.annotations.models import Annotation, Carrying, CarryingState
from lawcompare.annotations.search_entries import index_annotations_of
from lawcompare.audit.services import record
from lawcompare.comparisons.computing.carry_notes import texts_to_carry_from
from lawcompare.comparisons.models import ENGINE, Comparison, State
from lawcompare.comparisons.tasks import align_translation, carry_annotations, compare_versions
from lawcompare.findings.services import request_examination
from lawcompare.laws import services as laws
from lawcompare.laws.models import Version
from lawcompare.search.services import request_indexing


@transaction.atomic
def request_comparison(old: Version, new: Version) -> Comparison:
    """The comparison of two versions, started if it was never asked for, and again where it failed.

    Asking for one that is there, or under way, starts nothing.
    """
    known = Comparison.objects.filter(old=old, new=new, engine=ENGINE).current().first()
    comparison, is_new = (known, False) if known else _first_edition(old, new)
    if is_new:
        celery.send(compare_versions, comparison.pk)
    elif comparison.may_be_tried_again:
        start_again(comparison)
    return comparison


def start_again(comparison: Comparison) -> None:
    """Send a comparison, or an edition of one, whose worker failed or died."""
    comparison.state, comparison.reason, comparison.heard_at = State.QUEUED, "", timezone.now()
    comparison.save(update_fields=["state", "reason", "heard_at"])
    celery.send(compare_versions, comparison.pk)


# A comparison that ended its worker so often ends the next one too.
ATTEMPTS_MAX = 3
# One that carries notes gets further each time, and is asked for again when more notes are there.
CARRYING_ATTEMPTS_MAX = 12


def take_up_lost_comparisons() -> int:
    """Send again what is under way only in name: its message was lost, or its worker died. Returns how many."""
    under_way = Comparison.objects.filter(state__in=[State.QUEUED, State.RUNNING], engine=ENGINE)
    lost = [one for one in under_way.select_related("old", "new") if one.is_abandoned]
    for comparison in lost:
        if comparison.attempts < ATTEMPTS_MAX:
            start_again(comparison)
        else:
            Comparison.objects.filter(pk=comparison.pk, attempts=comparison.attempts).update(
                state=State.FAILED, reason=f"Its worker ended {comparison.attempts} times before it was done."
            )
    return len(lost)


def _first_edition(old: Version, new: Version) -> tuple[Comparison, bool]:
    return Comparison.objects.get_or_create(old=old, new=new, engine=ENGINE, edition=1)


@transaction.atomic
def publish(version: Version) -> bool:
    """Make a version public, have it examined, indexed, compared with its neighbours, and earlier notes carried to it.

    Returns False where it already was public.
    """
    if not laws.publish(version):
        return False
    request_examination(version)
    request_indexing(version)
    index_annotations_of(version)
    if version.translates_id:
        celery.send(align_translation, version.pk)
    for old, new in neighbours(version):
        request_comparison(old, new)
    request_carryings(version)
    return True


@transaction.atomic
def request_carryings(version: Version) -> list[Carrying]:
    """Have the notes on earlier texts looked for in this one; starts nothing for notes that were, or are just being.

    Safe to repeat: after an ended worker, and when more notes were published on an earlier text.
    """
    found = []
    for old in texts_to_carry_from(version):
        carrying, is_new = Carrying.objects.get_or_create(old=old, new=version)
        if is_new or not carrying.is_under_way:
            take_up_carrying(carrying)
            found.append(carrying)
    return found


@transaction.atomic
def look_again(user: Any) -> list[Carrying]:
    """Have notes of the person's organisation looked for that were published after a later text was."""
    membership = membership_of(user)
    if membership is None or not may(user, "review"):
        raise PermissionDenied(_("Only a reviewer has notes looked for again."))
    laws_with_notes = Annotation.objects.published().filter(organisation=membership.organisation).values("version__law")
    texts = Version.objects.published().filter(law__in=laws_with_notes).select_related("law")
    found = [carrying for text in texts for carrying in request_carryings(text)]
    if found:
        record("carrying.look-again", "carrying", user, membership.organisation.slug, texts=len(found))
    return found


def search_anew(old: Version, new: Version) -> None:
    """Have the notes that nobody decided on yet found again: a person has said otherwise where clauses went."""
    carrying = Carrying.objects.filter(old=old, new=new).first()
    if carrying is None:
        return
    if carrying.carried.filter(decision="").exclude(verdict="").update(verdict=""):
        take_up_carrying(carrying)


def take_up_carrying(carrying: Carrying) -> None:
    """Have the work go on where it ended; one in a living worker's hands is left to it."""
    is_new = carrying.state == CarryingState.QUEUED and not carrying.attempts
    if carrying.is_under_way and not is_new:
        return
    mine = Carrying.objects.filter(pk=carrying.pk, attempts=carrying.attempts)
    if mine.update(state=CarryingState.QUEUED, reason="", heard_at=timezone.now()):
        celery.send(carry_annotations, carrying.pk)


def take_up_lost_carryings() -> int:
    """Send again the carryings whose message was lost or whose worker died: it goes on where that one was ended."""
    under_way = Carrying.objects.filter(state__in=[CarryingState.QUEUED, CarryingState.RUNNING])
    lost = [one for one in under_way if one.is_abandoned]
    for carrying in lost:
        if carrying.attempts < CARRYING_ATTEMPTS_MAX:
            take_up_carrying(carrying)
        else:
            reason = f"Its worker ended {carrying.attempts} times before it was done."
            mine = Carrying.objects.filter(pk=carrying.pk, attempts=carrying.attempts)
            mine.update(state=CarryingState.FAILED, reason=reason)
    return len(lost)


def neighbours(version: Version) -> list[tuple[Version, Version]]:
    """(older, newer) pairs of the version with the published ones just before and after it, in the same language."""
    same: Any = Version.objects.published().filter(law=version.law, language=version.language)
    ordered = list(same.select_related("law").order_by("date", "slug"))
    place = ordered.index(version)
    pairs = []
    if place > 0:
        pairs.append((ordered[place - 1], version))
    if place + 1 < len(ordered):
        pairs.append((version, ordered[place + 1]))
    return pairs
