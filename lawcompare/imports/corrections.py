"""How people correct a text: begin, make a correction, undo it, make it again; and check the warnings of the reader.

Two people may do this at once, or one in two windows. Each says on which state of the text (``revision``) they worked;
what touches a clause that was changed since is refused with what was done, and nothing of either is lost.
"""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum, TextField
from django.db.models.functions import Cast, Coalesce, Length
from django.utils import timezone
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Organisation, Person
from lawcompare.accounts.rate_limits import allow
from lawcompare.comparisons.models import ClausePair
from lawcompare.core.log.services import record
from lawcompare.core.numbers import seal
from lawcompare.engine.amend import (
    Amended,
    AmendError,
    Decision,
    Instruction,
    Outcome,
    Words,
    amend,
    instructions_of,
    laws_of,
)
from lawcompare.engine.amend.instructions import from_json, to_json
from lawcompare.engine.diff.slips import corrected as without_slips
from lawcompare.engine.diff.slips import find_slips
from lawcompare.engine.document import Clause, Document, ReadingWarning, from_plain, to_plain
from lawcompare.engine.errors import EngineError
from lawcompare.engine.reading import EXTENSIONS
from lawcompare.engine.structure import corrections as engine
from lawcompare.engine.structure.corrections import (
    CorrectedDocument,
    CorrectionError,
    affected_keys,
    basis_of,
    split_values,
    takes_many,
)
from lawcompare.imports.access import editor
from lawcompare.imports.models import GONE, NAME_MAX, CorrectionKind, DraftPage, ImportCorrection, ImportDraft
from lawcompare.laws.access import name_to
from lawcompare.laws.documents import document_to_correct
from lawcompare.laws.models import Obtained, Version
from lawcompare.laws.uploads import originals
from lawcompare.laws.uploads.originals import OriginalLost

# --- What a warning is called from one correction to the next, so that it is checked once -----------------------------


def keys_of(warnings: Iterable[ReadingWarning]) -> list[str]:
    """A name for each warning, made of what it says; equal ones are counted.

    >>> twice = [ReadingWarning(7, "skipped-number", "Article 3")] * 2
    >>> [key[-2:] for key in keys_of(twice)], keys_of(twice)[0] == keys_of(twice[:1])[0]
    (['-1', '-2'], True)
    """
    counts: Counter[str] = Counter()
    keys = []
    for warning in warnings:
        details = sorted((name, value) for name, value in warning.details.items() if name != "page")
        words = repr((warning.line, warning.kind, warning.subject, details))
        digest = hashlib.sha256(words.encode()).hexdigest()[:10]
        counts[digest] += 1
        keys.append(f"{digest}-{counts[digest]}")
    return keys


def still_checked(checked: Iterable[str], present: Iterable[str]) -> list[str]:
    """The names of all warnings ever checked, each once; ``GONE`` is before those that are not among the present.

    >>> still_checked(["a", "-b", "c"], ["b", "c", "d"])
    ['-a', 'b', 'c']
    """
    here = set(present)
    names = dict.fromkeys(key.removeprefix(GONE) for key in checked)
    return [name if name in here else f"{GONE}{name}" for name in names]


def line_spans(document: Document) -> list[range]:
    """For each clause the lines from where it begins to where the next begins. On one line, the first has it."""
    starts: list[int] = []
    at = 1
    for number, clause in enumerate(document.clauses):
        at = max(at, clause.line) if number else 1
        starts.append(at)
    spans: list[range] = []
    end = len(document.source) + 1
    for number in range(len(starts) - 1, -1, -1):
        is_first = number == 0 or starts[number - 1] < starts[number]
        spans.append(range(starts[number], end) if is_first else range(0))
        end = starts[number] if is_first else end
    return spans[::-1]


# --- The text that was read, and as it stands now ---------------------------------------------------------------------

# Laws that an act names which are looked for among the texts: each is set beside every title.
LAWS_MAX = 5
# Texts held in memory, so that one correction after another does not unpack a long law again.
HELD = 4


def laws_amended(act: Document) -> list[str] | None:
    """The laws that a text amends most, as it names them; None where it holds no amending instruction."""
    try:
        return [name[:NAME_MAX] for name in laws_of(instructions_of(act))[:LAWS_MAX]]
    except AmendError:
        return None


def keep_reading(document: Document, organisation: int) -> str:
    """Keep what was read beside the file it was read from; returns where."""
    return originals.put(zlib.compress(json.dumps(to_plain(document)).encode(), 3), organisation)


@lru_cache(maxsize=HELD)
def load_reading(digest: str) -> Document:
    """What was read, as the reader gave it. It never changes."""
    return from_plain(json.loads(zlib.decompress(originals.get(digest))))


def forget() -> None:
    """Hold no text in memory any more."""
    load_reading.cache_clear()
    _corrected.cache_clear()
    for cached in (_amended, _instructions, _load_review, _as_read):
        cached.cache_clear()


def neutral_name(draft: ImportDraft) -> str:
    """A name for the file that tells nothing of whoever wrote it or passed it on."""
    ending = PurePath(draft.name).suffix.lower()
    return f"import-{seal(draft.pk, 'importdraft')[:8]}{ending if ending in EXTENSIONS else ''}"


def apply_corrections(draft: ImportDraft, rows: Iterable[ImportCorrection]) -> CorrectedDocument:
    """The text with these corrections alone. Raises ``CorrectionError``."""
    if draft.amends_id is not None:
        document = amended(draft, rows).document
        return CorrectedDocument(document, tuple(f"c{at}" for at in range(len(document.clauses))))
    steps = [[row.number, row.kind, row.target, row.values, row.was] for row in rows]
    return _corrected(draft.reading, json.dumps(steps))


def corrected(draft: ImportDraft) -> CorrectedDocument:
    """The text as it stands now."""
    return apply_corrections(draft, ImportCorrection.objects.active().filter(draft=draft).order_by("number"))


def amended(draft: ImportDraft, rows: Iterable[ImportCorrection] | None = None) -> Amended:
    """Of a text that an act amends what the program made of both, after these decisions, or all that people made."""
    if rows is None:
        rows = ImportCorrection.objects.active().filter(draft=draft).order_by("number")
    steps = [[row.kind, row.target, row.values] for row in rows]
    return _amended(draft.reading, draft.original, json.dumps(steps))


@lru_cache(maxsize=HELD)
def _amended(base: str, act: str, steps: str) -> Amended:
    decisions: dict[int, Decision] = {}
    for kind, target, values in json.loads(steps):
        at = int(target.removeprefix("i"))
        before = decisions.get(at, Decision())
        if kind == CorrectionKind.SKIP:
            for place in values.get("places", [at]):
                decisions[place] = replace(decisions.get(place, Decision()), is_skipped=True)
        elif kind == CorrectionKind.TARGET:
            decisions[at] = Decision(target=values["target"])
        else:
            words = {values["key"]: (Words(*values["seen"]), Words(*values["words"]))}
            decisions[at] = replace(before, is_skipped=False, words={**before.words, **words})
    return amend(load_reading(base), load_reading(act), decisions=decisions, instructions=_instructions(act))


@lru_cache(maxsize=HELD)
def _instructions(act: str) -> tuple[Instruction, ...]:
    return tuple(instructions_of(load_reading(act)))


class State(NamedTuple):
    """What became of an instruction, in two words of ``Outcome``."""

    reason: str
    decided: str


class Review(NamedTuple):
    """What became of all instructions of an act, each whole only where it is asked for: a page shows a few of many."""

    states: list[State]
    kept: list[str]

    @classmethod
    def of(cls, done: Amended) -> Self:
        return cls([State(one.reason, one.decided) for one in done.outcomes], [to_json(one) for one in done.outcomes])

    def outcome(self, at: int) -> Outcome:
        return from_json(self.kept[at])


def review_of(draft: ImportDraft) -> Review:
    """What became of the instructions, as it was kept at the last decision."""
    try:
        data = _load_review(draft.review) if draft.review else {}
    except OriginalLost:  # somebody has decided since
        data = {}
    if data.get("revision") != draft.revision:
        return Review.of(amended(draft))
    return Review([State(*state) for state in data["states"]], data["kept"])


def keep_review(draft: ImportDraft, done: Amended) -> None:
    """Keep what became of the instructions at this revision, in place of what was kept before."""
    before, data = draft.review, {"draft": draft.pk, "revision": draft.revision, **Review.of(done)._asdict()}
    draft.review = originals.put(zlib.compress(json.dumps(data).encode(), 3), draft.organisation_id)
    if before and before != draft.review:
        originals.remove(before)


@lru_cache(maxsize=HELD)
def _load_review(digest: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(zlib.decompress(originals.get(digest)))
    return data


def warning_keys(draft: ImportDraft) -> list[str]:
    """The names of the warnings of the text as it stands now, in their order."""
    return keys_of(corrected(draft).document.warnings)


@lru_cache(maxsize=HELD)
def _corrected(reading: str, steps: str) -> CorrectedDocument:
    rows = [engine.Correction(*step) for step in json.loads(steps)]
    return engine.apply_corrections(load_reading(reading), rows, _as_read(reading) if rows else None)


@lru_cache(maxsize=HELD)
def _as_read(reading: str) -> engine.AsRead:
    return engine.as_read(load_reading(reading))


# --- The pages of the file of a stored text, for who corrects it in the organisation that has the file ----------------


def source_of(version: Version, organisation: Organisation) -> ImportDraft | None:
    """The import that a text was made of, where it is that organisation's and there are images of its pages."""
    draft = ImportDraft.objects.filter(version=version, organisation=organisation).first()
    return draft if draft is not None and draft.pages.exists() else None


def beside_source(document: Document, source: ImportDraft) -> Document | None:
    """The text to be corrected, each clause at the lines and places of the pages that it was read from.

    None where what was read is not there any more, or is no more what was stored.
    """
    try:
        read = corrected(source).document
    except EngineError:
        return None
    if [_words(clause) for clause in read.clauses] != [_words(clause) for clause in document.clauses]:
        return None
    clauses = zip(document.clauses, read.clauses, strict=True)
    return replace(
        document,
        clauses=tuple(replace(clause, line=other.line) for clause, other in clauses),
        furniture=read.furniture,
        meta={**document.meta, **{name: read.meta[name] for name in ("text",) if name in read.meta}},
        source=read.source,
        boxes=read.boxes,
    )


def _words(clause: Clause) -> tuple[str, str, str]:
    return clause.num, clause.heading, clause.text


REASON_MAX = 1000
# A text of more clauses is corrected in the file: each correction goes through all of them, while the database waits.
CLAUSES_MAX = 15_000
TEXT_MAX = 200_000
# The limit of all corrections of a draft, undone ones too, in letters, since all are kept and made again with the next
# one. Beside its words count: each letter of the names of its clauses, the correction itself, and where it goes through
# the whole text, each clause of that.
KEPT_MAX, OF_A_TOUCH, OF_A_CORRECTION, OF_A_CLAUSE = 20_000_000, 20, 4_000, 4
# Two articles of so many letters have their slips corrected at once: the work grows with the square. For each clause
# the other article is gone through too, and every clause of the text.
LETTERS_AT_ONCE, STEPS_AT_ONCE = 10_000, 150_000
# The details of a text that hold of its correction too.
KEPT_IN_CORRECTION = (
    *("title", "language", "date", "text_status", "source_url", "became_public", "became_public_on", "note"),
    *("short_title", "articles_total", "chapters_total"),
)


class Conflict(Exception):
    """The same clause was corrected since; ``corrections`` are those, one's own too."""

    def __init__(self, corrections: list[ImportCorrection]) -> None:
        super().__init__(len(corrections))
        self.corrections = corrections


@transaction.atomic
def start_correcting(user: Person, version: Version) -> ImportDraft:
    """Take up a stored text to be corrected: what comes of it is a new version that names this one.

    Taking it up twice leads to the same draft, as long as that is not published. Where the organisation has the file
    that the text was read from, its pages stand beside it again.
    """
    membership = editor(user)
    drafts = ImportDraft.objects.filter(organisation=membership.organisation, corrects=version, version=None)
    draft = drafts.order_by("pk").first()
    if draft is not None:
        return draft
    document = document_to_correct(version)
    source = source_of(version, membership.organisation)
    if source is not None and (beside := beside_source(document, source)) is not None:
        document = beside
    else:
        source = None
    details = {name: getattr(version, name) for name in KEPT_IN_CORRECTION if getattr(version, name)}
    details |= {"law": version.law.slug, "corrects": version.address}
    for link in ("follows", "translates"):
        linked = getattr(version, link) or (version.kept_original if link == "translates" else None)
        other = name_to(user, linked)  # it may be private to others
        details |= {link: other.address} if other else {}
    draft = ImportDraft.objects.create(
        organisation=membership.organisation,
        creator_id=user.pk,
        name=version.title[:NAME_MAX],
        original=version.file_hash,
        reading=keep_reading(document, membership.organisation_id),
        title=version.title,
        clause_count=len(document.clauses),
        corrects=version,
        details=details,
    )
    if source is not None:
        # Give a draft the pages of another of the same file, with who has read them.
        pages = list(source.pages.all())
        for page in pages:
            page.pk, page.draft = None, draft
        DraftPage.objects.bulk_create(pages)
    record("correct", f"text/{version.address}", by=user, organisation=membership.organisation.slug)
    return draft


@transaction.atomic
def make_correction(
    user: Person, draft: ImportDraft, kind: str, target: str, values: Mapping[str, Any], reason: str, revision: int
) -> ImportCorrection:
    """Make one correction. Raises ``Conflict`` and ``CorrectionError``; nothing is then written."""
    held = hold_open(user, draft)
    check_room(held)
    reason = " ".join(reason.split())[:REASON_MAX]
    if kind not in CorrectionKind.values:
        raise CorrectionError(_("There is no such kind of correction."))
    is_of_kind_alone = kind == CorrectionKind.NUMBER and values.keys() <= {"element", "until"}
    if kind in (CorrectionKind.NUMBER, CorrectionKind.WORDS) and not (reason or is_of_kind_alone):
        raise CorrectionError(_("Say why, for those who read the text later."))
    refuse_conflict(held, [target], revision)
    now = corrected(held)
    if kind == CorrectionKind.SPLIT:
        values = split_values(now, target, int(values["at"]), inside=bool(values.get("inside")))
    if any(isinstance(value, str) and len(value) > TEXT_MAX for value in values.values()):
        raise CorrectionError(_("A clause of that length cannot be kept."))
    number = held.corrections.count() + 1
    touches = _touches(now, kind, target, values, number)
    if takes_many(values):
        values = {**values, "count": len(touches)}
    refuse_conflict(held, touches, revision)
    row = ImportCorrection(
        draft=held,
        number=number,
        kind=kind,
        target=target,
        values=dict(values),
        was=basis_of(now, kind, target, values),
        touches=touches,
        clause=clause_name(now, target),
        reason=reason,
        by_id=user.pk,
        made_in=held.revision + 1,
    )
    apply_corrections(held, [*held.corrections.active().order_by("number"), row])
    row.save()
    # Whoever corrects clauses has checked the reader's warnings there.
    places = {key: place for place, key in enumerate(now.keys)}
    spans = line_spans(now.document)
    lines = {line for key in touches if key in places for line in spans[places[key]]}
    warnings = now.document.warnings
    here = {key for key, warning in zip(keys_of(warnings), warnings, strict=True) if warning.line in lines}
    held.warnings_checked = [*held.warnings_checked, *here.difference(held.warnings_checked)]
    revise(user, "correct clause", held, draft)
    return row


@transaction.atomic
def correct_slips(user: Person, row: ClausePair) -> tuple[ImportDraft, str]:
    """Take up the text of a row's two that was read, with the other's words in the place of its probable slips there.

    Returns the draft and the key of the article. What was corrected in it already is not touched again.
    """
    sides: list[tuple[Any, Any]] = [(row.new, row.old), (row.old, row.new)]
    surest = {Obtained.RECOGNISED: 0, Obtained.CONVERTED: 1}
    read, other = min(sides, key=lambda side: surest.get(side[0].obtained, 2))
    inside, eids = (
        one.version.clauses.filter(position__gte=one.position, position__lt=one.end).order_by("position")
        for one in (other, read)
    )
    words = "\n".join(f"{heading}\n{text}" for heading, text in inside.values_list("heading", "text"))
    letters = sum(map(len, eids.values_list("text", flat=True)))
    steps = (len(words) + read.version.clause_count) * eids.count()
    if len(words) * letters > LETTERS_AT_ONCE**2 or steps > STEPS_AT_ONCE:
        raise CorrectionError(_("This article is too long to be corrected at once. Correct it clause by clause."))
    draft = start_correcting(user, read.version)
    now = corrected(draft)
    keys = {clause.eid: key for clause, key in zip(now.document.clauses, now.keys, strict=True)}
    reason = _("Probable slips of reading, set right by another text of the law.")
    for key in (keys[eid] for eid in eids.values_list("eid", flat=True) if eid in keys):
        there = {name: getattr(now.clause(key), name) for name in ("heading", "text")}
        right = {
            name: without_slips(text, words, find_slips(words, text, read="new"))[0] for name, text in there.items()
        }
        if right != there:
            changed = {name: text for name, text in right.items() if text != there[name]}
            make_correction(user, draft, CorrectionKind.WORDS, key, changed, reason, draft.revision)
    return draft, keys.get(read.eid, now.keys[0])


@transaction.atomic
def undo(user: Person, draft: ImportDraft, number: int | None = None) -> ImportCorrection:
    """Undo a correction, or the last one. Raises ``CorrectionError`` where a later one rests on it."""
    held = hold_open(user, draft)
    active = list(held.corrections.active().order_by("number"))
    row = _named(active, number, _("There is nothing to undo."))
    try:
        apply_corrections(held, [each for each in active if each is not row])
    except CorrectionError as error:
        raise CorrectionError(
            _("Correction %(later)s depends on correction %(this)s. Undo correction %(later)s first.")
            % {"later": error.number, "this": row.number}
        ) from None
    row.undone_at, row.undone_by_id, row.undone_in = timezone.now(), user.pk, held.revision + 1
    row.save()
    revise(user, "undo correction", held, draft)
    return row


@transaction.atomic
def redo(user: Person, draft: ImportDraft, number: int | None = None) -> ImportCorrection:
    """Redo a correction, or the one undone last. Raises ``CorrectionError`` where it no longer fits."""
    held = hold_open(user, draft)
    undone = list(held.corrections.filter(undone_at__isnull=False).order_by("undone_in"))
    row = _named(undone, number, _("There is nothing to redo."))
    try:
        apply_corrections(held, sorted([*held.corrections.active(), row], key=lambda each: each.number))
    except CorrectionError as error:
        raise CorrectionError(
            _(
                "Correction %(this)s no longer applies, because correction %(later)s was made later. "
                "Undo correction %(later)s first."
            )
            % {"this": row.number, "later": error.number}
        ) from None
    row.undone_at = row.undone_by = None
    row.undone_in = held.revision + 1
    row.save()
    revise(user, "redo correction", held, draft)
    return row


@transaction.atomic
def check_warnings(user: Person, draft: ImportDraft, key: str = "", kind: str = "") -> None:
    """Note that a warning of the reader, each of them, or each of a kind, was checked by a person."""
    held = hold_open(user, draft)
    keyed = list(zip(warning_keys(held), corrected(held).document.warnings, strict=True))
    wanted = [name for name, warning in keyed if (not key or name == key) and (not kind or warning.kind == kind)]
    held.warnings_checked = still_checked([*held.warnings_checked, *wanted], [name for name, _warning in keyed])
    held.save(update_fields=["warnings_checked", "changed_at"])
    draft.warnings_checked = held.warnings_checked
    record("check warnings", f"import/{held.pk}", by=user, organisation=held.organisation.slug, warnings=len(wanted))


def clause_name(now: CorrectedDocument, key: str) -> str:
    """How a clause is named in the list of corrections: by numbers, never by its words.

    Where it has no number of its own, it is named by what it stands in, as a paragraph of that: ``Article 10 ¶``.
    """
    clause = now.clause(key)
    nums = [clause.num or ("¶" if clause.parent is not None else "")]
    while clause.parent is not None and clause.element not in ("article", "section"):
        clause = now.document.by_eid[clause.parent]
        nums.append(clause.num)
    return " ".join(num for num in reversed(nums) if num)[:300]


def check_room(held: ImportDraft) -> None:
    """Raise ``CorrectionError`` where another correction, with those that were made, would take too long."""
    words = Length(Cast("values", TextField())) + Length(Cast("was", TextField()))
    kept = Coalesce(Sum(words + OF_A_TOUCH * Length(Cast("touches", TextField())) + OF_A_CORRECTION), 0)
    through_all = held.corrections.filter(Q(kind__in=engine.MOVING) | Q(was__has_key="many")).count()
    letters = held.corrections.aggregate(kept=kept)["kept"] + OF_A_CLAUSE * held.clause_count * through_all
    if held.clause_count > CLAUSES_MAX or letters > KEPT_MAX:
        raise CorrectionError(
            _("This text is too long to be corrected here. Correct the file, or hand it in by parts.")
        )


def hold_open(user: Person, draft: ImportDraft, refusal: str = "") -> ImportDraft:
    """The draft, locked until the transaction ends. Raises ``CorrectionError`` where it can no longer be changed."""
    editor(user)
    held = ImportDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
    if not held.is_open:
        message = _("This text is stored already. It is corrected by a new version that names it.")
        raise CorrectionError(refusal or message)
    if not allow(f"organisation-{held.organisation_id}", "correction", settings.CORRECTIONS_PER_HOUR):
        raise CorrectionError(
            _("Your organisation has changed as much as it may within an hour. Go on a little later.")
        )
    return held


def _named(rows: list[ImportCorrection], number: int | None, nothing: str) -> ImportCorrection:
    matches = [row for row in rows if number is None or row.number == number]
    if not matches:
        raise CorrectionError(nothing)
    return matches[-1]


def _touches(now: CorrectedDocument, kind: str, target: str, values: Mapping[str, Any], number: int) -> list[str]:
    at = now.place(target)
    if takes_many(values):
        return affected_keys(now, kind, target, values)
    if kind == CorrectionKind.JOIN and at:
        return [target, now.keys[at - 1]]
    makes_clauses = kind in (CorrectionKind.SPLIT, CorrectionKind.BRING_BACK)
    return [target, f"m{number}"] if makes_clauses else [target]


def refuse_conflict(held: ImportDraft, touches: list[str], revision: int) -> None:
    """Refuse what touches a clause that a correction, or its undoing, has changed since ``revision``.

    A revision that is not there yet says nothing of what was seen: then any change counts.
    """
    revision = revision if revision <= held.revision else 0
    since = held.corrections.filter(Q(made_in__gt=revision) | Q(undone_in__gt=revision)).order_by("number")
    done = [row for row in since.select_related("by", "undone_by") if set(row.touches) & set(touches)]
    if done:
        raise Conflict(done)


def revise(user: Person, action: str, held: ImportDraft, draft: ImportDraft) -> None:
    """Raise the revision, and log what made it: which clause, the rows of the corrections say.

    The warnings are those of the text as it now stands; those that are gone need no longer be checked.
    """
    keys = warning_keys(held)
    held.revision += 1
    held.warning_count = len(keys)
    held.warnings_checked = still_checked(held.warnings_checked, keys)
    changed = ["revision", "warning_count", "warnings_checked"]
    if held.amends_id is not None:
        keep_review(held, amended(held))
        changed.append("review")
    held.save(update_fields=[*changed, "changed_at"])
    for name in changed:
        setattr(draft, name, getattr(held, name))
    record(action, f"import/{held.pk}", by=user, organisation=held.organisation.slug, revision=held.revision)
