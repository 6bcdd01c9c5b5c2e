"""Events of a law: those that a person may see and change, changing them with history, reading them from files."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import yaml
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from lawcompare.accounts.access import is_staff, may, membership_of
from lawcompare.accounts.models import Confirmation, Organisation, Person, ProposableQuerySet
from lawcompare.core.log.services import record
from lawcompare.core.seen import are_same_words, check_seen, digest_of_words
from lawcompare.languages import columns_of, digits, with_columns
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Event, EventChange, EventKind, Law, Version, check_date
from lawcompare.laws.proposals import confirmation_of

# Events that an organisation merely proposes bury neither a law nor what others say of it.
PROPOSED_SHOWN = 5
COLUMNS = ["date", "date_is_inferred", "kind", *columns_of("title"), *columns_of("body"), "sources", "is_retired"]


def visible_events(user: Person, law: Law) -> ProposableQuerySet[Any]:
    """The events of a law that the person may see, by date, each with the texts of it that they may see; of some its
    organisation alone speaks (``Event.stands``).
    """
    texts = Prefetch("versions", queryset=visible_versions(user).standing().order_by("date", "slug"), to_attr="shown")
    return law.events.not_refused().filter(is_retired=False).select_related("organisation").prefetch_related(texts)


def without_too_many(events: Iterable[Any], known: Collection[int]) -> list[Any]:
    """Returns events but for what an organisation proposes beyond the first few by date; ``known`` to the reader are
    all.
    """
    numbered, left_out = Counter[int](), set[int]()
    for event in sorted(events, key=attrgetter("date", "title", "slug")):
        if not event.stands and event.pk not in known:
            numbered[event.organisation_id] += 1
            left_out |= {event.pk} if numbered[event.organisation_id] > PROPOSED_SHOWN else set()
    return [event for event in events if event.pk not in left_out]


def changeable_events(user: Person, law: Law) -> QuerySet[Event]:
    """The events that the person may change, also retired ones: staff all, an editor those of their organisation."""
    if is_staff(user):
        return law.events.all()
    membership = membership_of(user)
    if membership is None or not may(user, "import"):
        return law.events.none()
    return law.events.filter(organisation=membership.organisation)


def check_sources(sources: list[dict[str, str]]) -> None:
    """Raises ``ValidationError`` where there is none, or one that is no address of the web."""
    if not sources:
        raise ValidationError(_("Name at least one source: an event without a source is not kept."))
    for source in sources:
        try:
            URLValidator(schemes=["http", "https"])(source["url"])
        except ValidationError:
            raise ValidationError(_("“%(url)s” is no address of a page.") % {"url": source["url"]}) from None


def state_of(event: Event, versions: Iterable[Version]) -> dict[str, Any]:
    """The columns of an event and the addresses of its texts, as its history keeps them."""
    return {name: getattr(event, name) for name in COLUMNS} | {"versions": sorted(each.address for each in versions)}


def seen_of(event: Event) -> str:
    """Returns what tells an event from another (``core.seen``)."""
    return digest_of_words(event.confirmation, event.organisation_id, *(getattr(event, name) for name in COLUMNS))


def _says_other(stored: Event, event: Event) -> bool:
    """Whether any words of an event are others: whether it is shown, and of which texts it is, says nothing."""
    pairs = ((name, getattr(stored, name), getattr(event, name)) for name in COLUMNS if name != "is_retired")
    return any(
        a != b and not (isinstance(a, str) and are_same_words(a, b, lines=name.startswith("body")))
        for name, a, b in pairs
    )


@transaction.atomic
def save_event(user: Person, event: Event, versions: Iterable[Version], seen: str = "") -> bool:
    """Store a new event or a changed one with its texts. Returns whether anything of it is new.

    A new event belongs to the organisation the person acts for, which proposes it and each change of it. ``seen`` is
    what ``seen_of`` returned when the form was opened. Raises ``PermissionDenied`` for a person who may not,
    ``ValidationError`` for an event without a source, with a wrong date, or changed since.
    """
    membership = membership_of(user)
    if event.pk is None:
        if membership is None or not may(user, "import"):
            raise PermissionDenied(_("Only an editor can state events."))
        event.organisation = membership.organisation
        event.slug = get_random_string(10).lower()
    elif not changeable_events(user, event.law).filter(pk=event.pk).exists():
        raise PermissionDenied(_("Only an editor of the organisation that stated an event can change it."))
    versions = list(versions)
    stored = Event.objects.select_for_update(no_key=True).filter(pk=event.pk).first()
    if seen:  # but not where the same was sent twice
        is_so = stored and state_of(stored, _known_texts(stored, user)) == state_of(event, versions)
        check_seen(seen if is_so else seen_of(stored) if stored else None, seen)
    is_own = membership is not None and membership.organisation_id == event.organisation_id
    if not (is_own and membership):  # staff change it, and do not speak for its organisation
        if stored and _says_other(stored, event):  # else they confirm no words
            event.confirmation, event.organisation = Confirmation.CONFIRMED, None
        elif stored:  # nor does it say in its own other line breaks
            for name in set(COLUMNS) - {"is_retired"}:
                setattr(event, name, getattr(stored, name))
    elif (
        event.pk is None or event.confirmation != Confirmation.PROPOSED or (stored and stored.is_retired)
    ):  # else it waits already
        event.confirmation = Confirmation.PROPOSED if event.is_retired else confirmation_of(membership)
    return store_event(event, versions, by=user)


@transaction.atomic
def store_event(event: Event, versions: Iterable[Version], by: Any = None) -> bool:
    """Store an event, its history and the log, whoever asks. Returns whether anything of it is new."""
    versions = list(versions)
    check_date(event.date)
    check_sources(event.sources)
    stored = Event.objects.select_for_update(no_key=True).filter(pk=event.pk).first()
    before = state_of(stored, _known_texts(stored, by)) if stored else {}
    after = state_of(event, versions)
    if before == after:
        return False
    event.full_clean(exclude=["law", "organisation"], validate_constraints=False)
    event.save()
    event.versions.set(versions)
    EventChange.objects.create(event=event, before=before, after=after, by=by)
    organisation: Organisation | None = event.organisation
    record(
        "change event" if stored else "add event",
        f"law/{event.law.slug}",
        by=by,
        organisation=organisation.slug if organisation else "",
        event=event.slug,
    )
    return True


def _known_texts(event: Event, user: Person | None) -> Iterable[Version]:
    """Its texts that the person may see: another organisation's private one changes nothing for staff."""
    texts = event.versions.select_related("law")
    return texts if user is None else texts.filter(pk__in=visible_versions(user).order_by().values("pk"))


# --- Events from files: YAML as in ``fixtures/events.yaml``, or CSV with the same names as columns --------------------


FIELDS = ["law", "id", "date", "inferred", "kind", *columns_of("title"), *columns_of("body"), "sources", "texts"]
NEEDED = ["law", "id", "date", "kind", "title", "sources"]


class EventFileError(Exception):
    """The file, or an event in it, is wrong. One sentence that names the place; nothing was stored."""


@transaction.atomic
def import_events(
    data: bytes, filename: str, organisation: Organisation | None = None, by: Any = None, *, keep_edited: bool = False
) -> int:
    """Store the events of a file, all or none. Returns how many are new or changed.

    An event that stands under the same law and id is changed; with ``keep_edited`` not if a person changed it. Raises
    ``EventFileError``.
    """
    count = 0
    for place, entry in _entries(data, filename):
        try:
            event, versions = _event(entry, organisation)
            is_edited = event.pk is not None and event.changes.filter(by__isnull=False).exists()
            if not (keep_edited and is_edited):
                count += store_event(event, versions, by=by)
        except ValidationError as error:
            raise EventFileError(f"{place}: {' '.join(error.messages)}") from None
        except EventFileError as error:
            raise EventFileError(f"{place}: {error}") from None
    return count


def _entries(data: bytes, filename: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, entry) of each event; the place is ``event 3 (us-training)`` or ``line 4``."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise EventFileError("The file is not UTF-8 text.") from None
    if filename.lower().endswith(".csv"):
        rows = csv.DictReader(io.StringIO(text, newline=""))
        unknown = sorted(set(rows.fieldnames or []) - set(FIELDS))
        if unknown:
            raise EventFileError(f"line 1: there is no column {unknown[0]!r}; the columns are {', '.join(FIELDS)}.")
        for row in rows:
            yield f"line {rows.line_num}", _from_csv(row)
        return
    try:
        entries = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # also a day that is none
        mark = getattr(error, "problem_mark", None)
        raise EventFileError(f"line {mark.line + 1 if mark else 1}: this is no YAML.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise EventFileError("The file is no list of events.")
    for number, entry in enumerate(entries, start=1):
        yield f"event {number} ({entry.get('id', 'no id')})", with_columns(entry)


def _from_csv(row: dict[str, Any]) -> dict[str, Any]:
    if None in row:
        raise EventFileError("a line has more cells than there are columns.")
    entry: dict[str, Any] = {name: (value or "").strip() for name, value in row.items()}
    entry["sources"] = sources_from_lines(entry.get("sources", ""))
    entry["texts"] = entry.get("texts", "").split()
    entry["inferred"] = entry.get("inferred", "").lower() in {"yes", "true", "1"}
    return entry


def sources_from_lines(text: str) -> list[dict[str, str]]:
    """Sources written one a line, the address first, then the name.

    >>> sources_from_lines("https://example.org/a The Daily, 3 May 2016\\nhttps://example.org/b")
    [{'url': 'https://example.org/a', 'name': 'The Daily, 3 May 2016'}, {'url': 'https://example.org/b', 'name': ''}]
    """
    pairs = [line.strip().partition(" ") for line in text.splitlines() if line.strip()]
    return [{"url": url, "name": name.strip()} for url, _space, name in pairs]


def _event(entry: dict[str, Any], organisation: Organisation | None) -> tuple[Event, list[Version]]:
    missing = [name for name in NEEDED if not entry.get(name)]
    if missing:
        raise EventFileError(f"“{missing[0]}” is missing.")
    unknown = sorted(set(entry) - set(FIELDS))
    if unknown:
        raise EventFileError(f"there is no field {unknown[0]!r}; the fields are {', '.join(FIELDS)}.")
    if entry["kind"] not in EventKind.values:
        raise EventFileError(f"{entry['kind']!r} is no kind of event; the kinds are {', '.join(EventKind.values)}.")
    law = Law.objects.filter(slug=entry["law"]).first()
    if law is None:
        raise EventFileError(f"there is no law {entry['law']!r}.")
    versions = list(law.versions.select_related("law").filter(slug__in=entry.get("texts") or []))
    lost = sorted(set(entry.get("texts") or []) - {version.slug for version in versions})
    if lost:
        raise EventFileError(f"there is no text {lost[0]!r} of {law.slug!r}.")
    event = Event.objects.filter(law=law, slug=entry["id"]).first() or Event(
        law=law, slug=entry["id"], organisation=organisation
    )
    event.confirmation = Confirmation.CONFIRMED  # who runs commands runs the site
    if event.organisation != organisation:
        raise EventFileError("it was stated by another organisation.")
    event.date, event.kind = str(entry["date"]), entry["kind"]
    event.date_is_inferred = bool(entry.get("inferred"))
    for name in [*columns_of("title"), *columns_of("body")]:
        setattr(event, name, " ".join(str(entry.get(name) or "").split()))
    event.sources = [
        {"url": str(source.get("url", "")), "name": str(source.get("name", ""))} for source in entry["sources"]
    ]
    return event, versions


# --- The picture of a time line: years from left to right, a line for what was done at home and one for US law --------


# Units of the drawing, which is as wide as the narrowest phone shows it.
WIDTH, LEFT, LINE_HEIGHT, TOP = 360, 8, 50, 50
# Letters of a label that the next one leaves room for.
LABEL_MAX = 12
LINES = [
    [EventKind.DRAFTING, EventKind.TEXT, EventKind.CONSULTATION],
    [EventKind.US_LAW],
    [EventKind.CRITICISM, EventKind.REPLY, EventKind.TREATY, EventKind.OTHER_LAW],
]


# What the short form of a time line shows: how texts became known, how US law came in, and what happened last.
MILESTONES = {EventKind.TEXT, EventKind.US_LAW}


def draw(events: Sequence[Event]) -> dict[str, Any] | None:
    """Returns the picture of events, or None for fewer than three: a list says as much.

    ``years`` are (x, year) of the ticks, ``lines`` the heights of the three lines, ``marks`` the dots, whose ``kind``
    says their colour and ``label`` which text became known. An ``x`` is ``str``, since it is written with a point in
    every language.
    """
    if len(events) < 3:
        return None
    moments = [_moment(event.date) for event in events]
    first, last = int(min(moments)), int(max(moments)) + 1
    scale = (WIDTH - 2 * LEFT) / (last - first)
    step = max(1, round((last - first) / 4))
    lines = [TOP + number * LINE_HEIGHT for number in range(len(LINES))]
    line_of = {kind: lines[number] for number, kinds in enumerate(LINES) for kind in kinds}

    named: dict[str, str] = {}
    for event in (event for event in events if event.kind == EventKind.TEXT):
        for text in event.shown:  # type: ignore[attr-defined]
            # A name too long for the line says its year alone.
            label = text.short_name if len(text.short_name) <= LABEL_MAX else digits(text.date[:4])
            if label not in named.values():
                named[event.slug] = label

    def across(moment: float) -> str:
        return f"{LEFT + (moment - first) * scale:.1f}"

    return {
        "width": WIDTH,
        "height": lines[-1] + 12,
        "years": [(across(year), str(year)) for year in range(first, last + 1, step)],
        "lines": lines,
        "marks": [
            {
                "x": across(moment),
                "y": line_of[EventKind(event.kind)],
                "kind": event.kind,
                "label": named.get(event.slug),
            }
            for event, moment in zip(events, moments, strict=True)
        ],
    }


def of_kind(events: Sequence[Event], kind: str | None) -> tuple[Sequence[Event], list[tuple[str, str, int]]]:
    """Returns the events of a kind, or all where none is of it, and the kinds there are: value, name, how many."""
    counts = Counter(event.kind for event in events)
    kinds = [(value, str(name), counts[value]) for value, name in EventKind.choices if counts[value]]
    return [event for event in events if event.kind == kind] or events, kinds


def milestones(events: Sequence[Event]) -> list[Event]:
    """Returns the first of the events, how each text became known, how US law came in, and the last one, by date."""
    return [event for place, event in enumerate(events) if event.kind in MILESTONES or place in {0, len(events) - 1}]


def _moment(date: str) -> float:
    """A date as a number of years; the middle of a year or month where no more is known.

    >>> _moment("2012"), _moment("2012-07"), _moment("2012-01-01")
    (2012.5, 2012.54, 2012.0)
    """
    year, month, day = (*[int(part) for part in date.split("-")], 0, 0)[:3]
    if not month:
        return year + 0.5
    return round(year + (month - 1) / 12 + ((day - 1) / 365 if day else 1 / 24), 2)
