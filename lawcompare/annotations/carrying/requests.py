"""Having notes looked for in later texts: when one is published, when more notes are, and when people ask."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.annotations.carrying.lineage import line_of_texts, uncarried
from lawcompare.annotations.models import Annotation, Carrying
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.laws.models import Version


@transaction.atomic
def request_carryings(version: Version) -> list[Carrying]:
    """Have the notes on earlier texts looked for in this one; starts nothing for notes that were, or are just being.

    Safe to repeat: after an ended worker, and when more notes were published on an earlier text.
    """
    started = []
    for old in _texts_to_carry_from(version):
        new = {"job": lambda: jobs.create("carrying", version.brought_by)}
        carrying, is_new = Carrying.objects.get_or_create(old=old, new=version, defaults=new)
        if is_new or jobs.start(carrying.job):
            started.append(carrying)
    return started


def _texts_to_carry_from(version: Version) -> list[Version]:
    """The earlier texts in the line of ``version`` with notes that are still to be looked for in it."""
    line = line_of_texts(version)
    earlier = line[: next((place for place, text in enumerate(line) if text.pk == version.pk), 0)]
    known = {one.old_id: one for one in Carrying.objects.filter(new=version)}
    return [old for old in earlier if uncarried(known.get(old.pk) or Carrying(old=old, new=version)).exists()]


@transaction.atomic
def look_again(user: Any) -> list[Carrying]:
    """Have notes of the person's organisation looked for that were published after a later text was."""
    membership = membership_that_may(user, "review", _("Only a reviewer has notes looked for again."))
    laws_with_notes = Annotation.objects.published().filter(organisation=membership.organisation).values("version__law")
    texts = Version.objects.published().filter(law__in=laws_with_notes).select_related("law")
    started = [carrying for text in texts for carrying in request_carryings(text)]
    if started:
        record("carrying.look-again", "carrying", user, membership.organisation.slug, texts=len(started))
    return started


def search_anew(old: Version, new: Version) -> None:
    """Have the notes that nobody decided on yet found again: a person has said otherwise where clauses went."""
    carrying = Carrying.objects.filter(old=old, new=new).first()
    if carrying is not None and carrying.carried.filter(decision="").exclude(verdict="").update(verdict=""):
        jobs.start(carrying.job)
