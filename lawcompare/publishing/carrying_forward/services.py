"""What an organisation decides on its notes once they were looked for in a later text.

Nothing is published by itself. A member's decision that makes a note submits it; a reviewer's publishes it, where
another person wrote it. What became of a risk is public once a published note or a reviewer stands for it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_of, membership_that_may
from lawcompare.accounts.models import Organisation, Person
from lawcompare.annotations import services
from lawcompare.annotations.html import BodyError
from lawcompare.annotations.models import Annotation, Motivation, NoteStatus
from lawcompare.annotations.services import content_of, relations_of, with_content
from lawcompare.annotations.targets import set_target
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.core.translations.texts import check_length
from lawcompare.engine.text.words import is_word, words
from lawcompare.laws.models import Clause, Version
from lawcompare.publishing.access import closable, publishes_carried
from lawcompare.publishing.models import Carried, CarriedQuerySet, Carrying, Outcome, Verdict

# Where a sentence ends, in English and in Khmer.
_SENTENCE_END = re.compile(r"[.;:?!]\s+|[។៕៖]\s*|\n")


@dataclass(frozen=True)
class Passage:
    """A run of code points of a clause's text that begins and ends with a word."""

    start: int
    end: int


def passage_at(text: str, start: int, end: int) -> Passage | None:
    """The passage, where it lies in the text and holds a word; else None."""
    if not 0 <= start < end <= len(text) or not any(map(is_word, words(text[start:end]))):
        return None
    return Passage(start, end)


def steps(text: str, passage: Passage, language: str) -> list[tuple[str, Passage]]:
    """The passages one step wider or narrower, each under the name of the step, those that are none left out.

    >>> text = "Whoever enters a computer is punished. A fine is due."
    >>> [(name, text[wider.start:wider.end]) for name, wider in steps(text, Passage(8, 25), "en")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('more-before', 'Whoever enters a computer'), ('less-before', 'a computer'),
     ('less-after', 'enters a'), ('more-after', 'enters a computer is'),
     ('sentence', 'Whoever enters a computer is punished.')]
    """
    starts, ends, at = [], [], 0
    for word in words(text, language):
        if is_word(word):
            starts.append(at)
            ends.append(at + len(word))
        at += len(word)
    wanted = {
        "more-before": (max((at for at in starts if at < passage.start), default=-1), passage.end),
        "less-before": (min((at for at in starts if at > passage.start), default=-1), passage.end),
        "less-after": (passage.start, max((at for at in ends if at < passage.end), default=-1)),
        "more-after": (passage.start, min((at for at in ends if at > passage.end), default=-1)),
        "sentence": _sentence(text, passage),
    }
    passages = [(name, passage_at(text, *span)) for name, span in wanted.items()]
    return [(name, wider) for name, wider in passages if wider is not None and wider != passage]


def _sentence(text: str, passage: Passage) -> tuple[int, int]:
    before = [match.end() for match in _SENTENCE_END.finditer(text, 0, passage.start)]
    after = _SENTENCE_END.search(text, max(passage.end - 1, 0))
    end = len(text) if after is None else after.start() + len(after.group().rstrip())
    return (before[-1] if before else 0), max(end, passage.end)


Decision = Carried.Decision
# Searches that one press may have begun, after which no more texts are looked at: whoever presses waits for it.
STARTED_MAX = 100
# A risk that a note on the later text can stand for.
SURVIVING = (Outcome.KEPT, Outcome.SOFTENED, Outcome.WORSENED)


@transaction.atomic
def confirm(
    user: Person, carried: Carried, fate: str, passage: Passage | None = None, at: datetime | None = None
) -> Annotation:
    """Say that the concern stands at the place found: a note like the old one, on the later text.

    ``passage`` is that of the clause found which a person chose instead of the words found; ``at`` is the time of a
    decision on several rows, which is undone as one.
    """
    _check(user, carried, "annotate")
    if carried.clause is None:
        raise ValidationError(_("No place was found in the new text: choose one, or close the concern."))
    if fate not in SURVIVING:
        raise ValidationError(_("A concern that is carried over was kept, softened or worsened."))
    successor = copy_of(carried, passage=passage)
    # A standard that was withdrawn since is not carried: readers could not open it.
    relations = relations_of(content_of(carried.annotation), AnonymousUser())
    try:
        services.write_annotation(user, successor, relations)
    except BodyError as error:
        raise ValidationError(_("Its reasoning no longer meets the rules for notes: edit it.")) from error
    services.submit_annotation(user, successor)
    if publishes_carried(user, carried):
        services.publish_annotation(user, successor, repeats_another=True)
    _move(user, carried, at, decision=Decision.CONFIRMED, fate=fate, successor=successor)
    return successor


def copy_of(carried: Carried, clause: Clause | None = None, passage: Passage | None = None) -> Annotation:
    """The note for the later text as the old one has it, unsaved: at the place found, on a passage of the clause found,
    or on another clause.
    """
    successor = with_content(Annotation(), content_of(carried.annotation))
    successor.descends_from, successor.kind_words = carried.annotation, _words_of_kinds(carried.annotation)
    target = clause or carried.clause
    if target is None:
        raise ValidationError(_("No place was found in the new text: choose one, or close the concern."))
    exact, start = (carried.exact, carried.start) if target == carried.clause else ("", None)
    if passage is not None and target == carried.clause:
        exact, start = target.text[passage.start : passage.end], passage.start
    set_target(successor, target, exact, start if exact else None)
    if carried.annotation.exact and not exact:
        # What was proposed for some words is not proposed for all of a clause; and nobody proposes to strike it out.
        successor.proposed_text = ""
        if successor.motivation == Motivation.EDITING:
            successor.motivation = Motivation.COMMENTING
    successor.checklist = {
        test: answer | {"words": answer["words"] if answer.get("words", "") in target.text else ""}
        for test, answer in successor.checklist.items()
    }
    return successor


def _words_of_kinds(note: Annotation) -> dict[str, dict[str, str]]:
    """What the kinds of a note are called there: who confirms that it is carried read these words."""
    kept = {f"{kind.code}{mark}" for kind in note.categories.all() for mark in ("", "?")}
    return {key: words for key, words in note.kind_words.items() if key in kept}


@transaction.atomic
def confirm_unchanged(user: Person, rows: Iterable[Carried]) -> int:
    """Confirm in one go those of the rows whose words were kept. Returns how many."""
    kept, now = [row for row in rows if row.verdict == Verdict.KEPT and not row.decision], timezone.now()
    for row in kept:
        confirm(user, row, Outcome.KEPT, at=now)
    return len(kept)


@transaction.atomic
def confirm_equal(user: Person, carried: Carried, equal: list[Carried], fate: str, passage: Passage | None) -> int:
    """Confirm a row, and with it those of the same words. Returns how many were confirmed; they are undone as one."""
    now = timezone.now()
    for row in [carried, *equal]:
        confirm(user, row, fate, passage, now)
    return 1 + len(equal)


def same_words(rows: CarriedQuerySet, carried: Carried) -> CarriedQuerySet:
    """Those of the undecided rows that say of the same old words that they are the same new words."""
    note = carried.annotation
    return rows.exclude(pk=carried.pk).filter(
        decision="",
        clause=carried.clause_id,
        start=carried.start,
        end=carried.end,
        annotation__clause=note.clause_id,
        annotation__start=note.start,
        annotation__end=note.end,
    )


@transaction.atomic
def close_all(user: Person, rows: Iterable[Carried], fate: str, reason: str) -> int:
    """Close in one go those of the rows whose words were not found, and which another wrote, if there are any.

    Returns how many; they are undone as one.
    """
    lost, now = [row for row in rows if row.verdict == Verdict.LOST and not row.decision], timezone.now()
    others = closable(user, lost)
    lost = [row for row in lost if row.pk in others] or lost
    for row in lost:
        close(user, row, fate, reason, now)
    return len(lost)


@transaction.atomic
def take_up(user: Person, carried: Carried, successor: Annotation, relations: dict[str, list[Any]]) -> None:
    """Say the concern anew: a draft on the later text, which goes the normal way. The outcome is judged afterwards."""
    _check(user, carried, "annotate")
    successor.descends_from = carried.annotation
    services.write_annotation(user, successor, relations)
    _move(user, carried, None, decision=Decision.EDITED, successor=successor)


@transaction.atomic
def close(user: Person, carried: Carried, fate: str, reason: str, at: datetime | None = None) -> None:
    """End the concern in this text without a note, with the reason that readers see."""
    _check(user, carried, "review")
    check_length(reason)
    if fate not in Outcome.values:
        raise ValidationError(_("State what became of the risk."))
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    _move(user, carried, at, decision=Decision.CLOSED, fate=fate, reason=reason.strip())


@transaction.atomic
def judge(user: Person, carried: Carried, fate: str, reason: str = "") -> None:
    """Say what became of a risk that a note on the later text has taken up already."""
    _check(user, carried, "review")
    check_length(reason)
    if fate not in Outcome.values or not carried.decision:
        raise ValidationError(_("State what became of the risk."))
    held = Carried.objects.filter(pk=carried.pk, decision=carried.decision, fate="")
    now = timezone.now()
    if not held.update(fate=fate, reason=reason.strip(), decided_by=user, decided_at=now):
        raise PermissionDenied(_("Somebody else has already decided on this."))
    carried.refresh_from_db()
    _record(user, "judge", carried)


@transaction.atomic
def undo(user: Person, carrying: Carrying) -> list[Carried]:
    """Take back the last decision that the person made in this carrying: of all rows on which it was made.

    A note that it published is withdrawn; one that was only submitted is its author's draft again. Raises
    PermissionDenied where a note has been worked on since; then nothing is taken back.
    """
    decided = Carried.objects.for_queue().filter(carrying=carrying, decided_by=user.pk)
    last = decided.order_by("-decided_at", "-pk").first()
    if last is None:
        return []
    rows = list(decided.filter(decided_at=last.decided_at).order_by("pk"))
    for row in rows:
        _check(user, row, "annotate", is_decided=True)
        if row.decision == Decision.CLOSED:  # which readers see
            membership_that_may(user, "review", _("Only a reviewer of the organisation can decide this."))
        if row.decision == Decision.CONFIRMED and row.successor is not None:
            if row.successor.revision > 1 or row.successor.pending or row.successor.replies.exists():
                raise PermissionDenied(_("The note has changed since; edit or withdraw it on its own page."))
            if row.successor.status == NoteStatus.PUBLISHED:
                services.withdraw_annotation(user, row.successor, _("It was carried over by mistake."))
            elif row.successor.status == NoteStatus.SUBMITTED:
                services.take_back_annotation(user, row.successor)
        nothing = {"decision": "", "fate": "", "reason": "", "successor": None, "decided_by": None, "decided_at": None}
        Carried.objects.filter(pk=row.pk, decided_at=row.decided_at).update(**nothing)
        _record(user, "undo", row)
        row.refresh_from_db()
    return rows


def _check(user: Person, carried: Carried, action: str, is_decided: bool = False) -> None:
    membership = membership_that_may(user, action, _("Only a reviewer of the organisation can decide this."))
    if carried.annotation.organisation_id != membership.organisation_id:
        raise PermissionDenied(_("This note is of another organisation than the one you act for."))
    if action == "review" and carried.pk not in closable(user, [carried]):
        raise PermissionDenied(_("Nobody publishes their own note: another reviewer of your organisation decides."))
    if not is_decided and carried.annotation.status != NoteStatus.PUBLISHED:
        raise PermissionDenied(_("The note has been withdrawn in the meantime."))


def _move(user: Person, carried: Carried, at: datetime | None, **changes: Any) -> None:
    """Decide what is undecided: of two who decide at once, one wins, and the other's note is never written."""
    held = Carried.objects.filter(pk=carried.pk, decision="")
    if not held.update(decided_by=user, decided_at=at or timezone.now(), **changes):
        raise PermissionDenied(_("Somebody else has already decided on this."))
    for name, value in changes.items():
        setattr(carried, name, value)
    _record(user, changes["decision"], carried)


def _record(user: Person, action: str, carried: Carried) -> None:
    membership = membership_of(user)
    record(
        f"carried-{action}",
        f"annotation/{carried.annotation.slug}",
        by=user,
        organisation=membership.organisation.slug if membership else "",
        text=carried.carrying.new.address,
        fate=carried.fate,
    )


def record_outcome(annotation: Annotation, carrying: Carrying, fate: str, reason: str) -> bool:
    """Keep what was judged elsewhere before: of the demonstration corpus. Returns False where somebody has judged."""
    row, _is_new = Carried.objects.get_or_create(carrying=carrying, annotation=annotation)
    if row.fate or row.decided_by_id:
        return False
    descendant = Annotation.objects.published().filter(version=carrying.new_id, descends_from=annotation).first()
    row.decision = Decision.EDITED if descendant else Decision.CLOSED
    row.fate, row.reason, row.successor = Outcome(fate), reason, descendant
    row.save(update_fields=["decision", "fate", "reason", "successor"])
    return True


def line_of_texts(version: Version) -> list[Version]:
    """The published and confirmed texts of the law in the version's language, one after the other.

    A translation follows the earlier texts of its own language, and never its original.
    """
    public = Version.objects.published().confirmed(version.brought_by)
    texts = public.filter(law=version.law_id, language=version.language)
    return in_order(texts.select_related("law", "origin__organisation"))


def in_order(versions: Iterable[Version]) -> list[Version]:
    """Texts by date; but each comes after the one of them that it says it follows or corrects."""
    given = {text.pk: text for text in versions}
    texts = sorted(given.values(), key=lambda text: (text.date, text.corrects_id in given, text.slug))
    for text in list(texts):
        before = given.get(text.corrects_id or 0) or given.get(text.follows_id or 0)
        if before is not None and texts.index(before) > texts.index(text):
            texts.remove(text)
            texts.insert(texts.index(before) + 1, text)
    return texts


def uncarried(carrying: Carrying) -> QuerySet[Annotation]:
    """The published notes on the older text that are still to be looked for in the newer one."""
    line = line_of_texts(carrying.new)
    if carrying.old_id not in {text.pk for text in line}:  # it was withdrawn
        return Annotation.objects.none()
    return Annotation.objects.filter(pk__in=_uncarried_before(carrying.new, line).get(carrying.old_id, []))


def _uncarried_before(version: Version, line: list[Version]) -> dict[int, list[int]]:
    """The published notes that are still to be looked for in a text of the line, by their text, which is before it.

    All of them from the text just before; from one before that only those whose concern was not taken up in between,
    for what was lost from one draft may be back in the next.
    """
    places = {text.pk: place for place, text in enumerate(line)}
    published = Annotation.objects.published().filter(version__in=line[: places.get(version.pk, 0)])
    if unchecked_of := version.unchecked_of:  # until staff confirm it, who brought it alone hears of it
        published = published.filter(organisation=unchecked_of)
    notes = list(published.order_by().values_list("pk", "version", "descends_from"))
    carried = dict(Carried.objects.filter(carrying__new=version).order_by().values_list("annotation", "verdict"))
    known = {pk for pk, verdict in carried.items() if verdict}
    # The last place at which the concern of a note is taken up.
    taken_up: dict[int | None, int] = {}
    for _pk, text, parent in notes:
        taken_up[parent] = max(taken_up.get(parent, 0), places[text])
    waiting: dict[int, list[int]] = {}
    for pk, text, _parent in notes:
        if pk not in known and (pk in carried or taken_up.get(pk, 0) <= places[text]):
            waiting.setdefault(text, []).append(pk)
    return waiting


@transaction.atomic
def request_carryings(
    version: Version, line: list[Version] | None = None, owner: Organisation | None = None
) -> list[Carrying]:
    """Have the notes on earlier texts looked for in this one; starts nothing for notes that were, or are just being.

    Safe to repeat: after an ended worker, and when more notes were published on an earlier text. ``line`` is that of
    the text, ``owner`` the organisation that asks, where that is not the one that brought it.
    """
    line, owner = line or line_of_texts(version), owner or version.brought_by
    waiting = _uncarried_before(version, line)
    known = {one.old_id: one for one in Carrying.objects.filter(new=version).select_related("job")}
    started = []
    for old in [text for text in line if text.pk in waiting]:
        carrying, is_new = known.get(old.pk), False
        if carrying is None:
            new = {"job": lambda: jobs.create("carrying", owner)}
            carrying, is_new = Carrying.objects.get_or_create(old=old, new=version, defaults=new)
        if is_new or jobs.start(carrying.job, owner):
            started.append(carrying)
    return started


@transaction.atomic
def look_again(user: Person) -> list[Carrying]:
    """Have notes of the person's organisation looked for that were published after a later text was; of a law with very
    many texts, in some of them.
    """
    membership = membership_that_may(user, "review", _("Only a reviewer can search for notes again."))
    laws_with_notes = Annotation.objects.published().filter(organisation=membership.organisation).values("version__law")
    texts = Version.objects.published().filter(law__in=laws_with_notes).select_related("law", "origin__organisation")
    lines: dict[Any, list[Version]] = {}
    started: list[Carrying] = []
    for text in texts:
        key = text.law_id, text.language, text.brought_by
        lines[key] = lines.get(key) or line_of_texts(text)
        if len(started) < STARTED_MAX:
            started += request_carryings(text, lines[key], membership.organisation)
    if started:
        record("carrying.look-again", "carrying", user, membership.organisation.slug, texts=len(started))
    return started


def search_anew(old: Version, new: Version, owner: Organisation | None) -> None:
    """Have the notes found again in the ``owner``'s turn: a person has said otherwise where clauses went. Also those of
    which an organisation decided something that only it knows: what the program found of all is public.
    """
    carrying = Carrying.objects.filter(old=old, new=new).first()
    if carrying is not None and carrying.carried.exclude(verdict="").update(verdict=""):
        jobs.start(carrying.job, owner)
