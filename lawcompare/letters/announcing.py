"""From what happened in other rooms to the announcements that a worker makes letters of.

Where nobody asked for letters of a kind nothing is written.
"""

from typing import Any

from django.urls import reverse
from django.utils import translation

from lawcompare.annotations.models import Annotation, Carrying, NoteStep
from lawcompare.imports.models import Reading, Storing
from lawcompare.jobs.models import Job
from lawcompare.jobs.services import enqueue
from lawcompare.languages import DEFAULT
from lawcompare.laws.models import Version
from lawcompare.letters.access import waiting_organisations
from lawcompare.letters.models import Announcement, Choice, Follower, LetterKind
from lawcompare.uscode.models import Fetch

STEPS = {
    NoteStep.SUBMITTED: LetterKind.SUBMITTED,
    NoteStep.RETURNED: LetterKind.RETURNED,
    NoteStep.PUBLISHED: LetterKind.PUBLISHED,
}


def hear(kind: str, **about: Any) -> None:
    """The listener of ``mail.announcements``."""
    if kind == "annotation":
        _hear_annotation(**about)
    elif kind == "carried":
        _hear_carried(**about)
    elif kind == "text":
        _hear_text(**about)


def _hear_annotation(annotation: Annotation, step: str, by: Any) -> None:
    kind = STEPS.get(NoteStep(step))
    if kind is None or not Choice.objects.exists():
        return
    path = _path("annotation", annotation.slug)
    if kind == LetterKind.SUBMITTED:
        _announce(kind, path, organisation_id=annotation.organisation_id, by=by)
    elif annotation.creator_id is not None and annotation.creator_id != by.pk:
        _announce(kind, path, person_id=annotation.creator_id, by=by)


def _hear_carried(carrying: Carrying) -> None:
    if Choice.objects.exists():
        for organisation in waiting_organisations(carrying):
            _announce(LetterKind.CARRIED, _path("carrying", carrying.pk), organisation_id=organisation)


def _hear_text(version: Version) -> None:
    if Follower.objects.confirmed().exists():
        _announce(LetterKind.TEXT, _path("version", version.law.slug, version.slug), version=version)


def hear_job(job: Job) -> None:
    """The watcher of ``jobs.registry``: of the jobs that a person started, and no others."""
    person, path = _who_started(job)
    if person is not None and Choice.objects.filter(user=person).exists():
        _announce(LetterKind.JOB, path, person_id=person)


def _who_started(job: Job) -> tuple[int | None, str]:
    if isinstance(job, Reading):
        return job.draft.creator_id, _path("import", job.draft_id)
    if isinstance(job, Storing):
        return job.by_id, _path("import", job.draft_id)
    if isinstance(job, Fetch):
        return job.by_id, _path("uscode")
    return None, ""


def _path(name: str, *arguments: Any) -> str:
    with translation.override(DEFAULT.code):
        return reverse(name, args=arguments)


def _announce(kind: LetterKind, path: str, **about: Any) -> None:
    enqueue(Announcement.objects.create(kind_of_letter=kind, path=path, **about))
