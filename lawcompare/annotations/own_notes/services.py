"""Notes to oneself. No function here writes to the log: what a person notes for themselves is nobody's business."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from lawcompare.annotations.models import OwnNote
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause, Version

NOTES_MAX = 5_000


class ChangedMeanwhile(Exception):
    """The note was changed in another window; ``note`` is what stands there now, None where it was deleted."""

    def __init__(self, note: OwnNote | None) -> None:
        super().__init__(_("This note was changed in another window. What you wrote here is not saved yet."))
        self.note = note


def own_notes(user: Any) -> QuerySet[OwnNote]:
    """Returns the person's notes to themselves, the last changed first; none of anybody else."""
    if not user.is_authenticated:
        return OwnNote.objects.none()
    return OwnNote.objects.filter(person_id=user.pk).select_related("clause")


def own_note_on(user: Any, clause: Clause) -> OwnNote | None:
    return own_notes(user).filter(clause=clause).first()


def with_texts(user: Any, notes: list[OwnNote]) -> list[tuple[OwnNote, Version | None]]:
    """Returns each note with its text, or None where the person may not read that text any more. One query."""
    texts = visible_versions(user).in_bulk({note.version_id for note in notes if note.version_id})
    pairs = []
    for note in notes:
        version = texts.get(note.version_id or 0)
        if version is not None and note.clause is not None:
            note.clause.version = version
        pairs.append((note, version))
    return pairs


@transaction.atomic
def write_own_note(user: Any, clause: Clause, body: str, seen: int) -> OwnNote | None:
    """Store the person's note on a clause; empty words delete it. Returns it, or None.

    ``seen`` is the revision that the form began from, 0 for a new note. Raises ``ChangedMeanwhile`` where it is no
    longer that one, ``ValidationError`` where the person has very many notes; then nothing is stored.
    """
    held = OwnNote.objects.select_for_update().filter(person_id=user.pk, clause=clause).first()
    if seen != (held.revision if held else 0):
        raise ChangedMeanwhile(held)
    if not body.strip():
        if held is not None:
            held.delete()
        return None
    if held is not None:
        held.body, held.revision = body.strip(), held.revision + 1
        held.save()
        return held
    if own_notes(user).count() >= NOTES_MAX:
        raise ValidationError(_("You have very many notes: delete some first."))
    try:
        with transaction.atomic():
            return OwnNote.objects.create(
                person_id=user.pk, clause=clause, version_id=clause.version_id, body=body.strip()
            )
    except IntegrityError:  # the other of two windows was first
        raise ChangedMeanwhile(own_note_on(user, clause)) from None


def delete_own_note(user: Any, number: int) -> bool:
    """Delete one of the person's notes. Returns whether there was one."""
    return bool(own_notes(user).filter(pk=number).delete()[0])
