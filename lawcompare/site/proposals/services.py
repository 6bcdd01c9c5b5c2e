"""What organisations propose (``accounts.models.Proposable``): what waits, and what staff decide on it."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import F, Manager, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lawcompare.accounts.access import is_staff, membership_of
from lawcompare.accounts.models import Confirmation, Person
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import CategoryChange
from lawcompare.comparisons.correcting import services as correcting
from lawcompare.comparisons.models import LeadSentence, MapDecision
from lawcompare.comparisons.services import neighbours, request_comparison
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.core.models import Entry
from lawcompare.core.seen import check_seen, digest_of_words
from lawcompare.core.standard_names import language_name
from lawcompare.crosswalk.findings.models import FindingDecision
from lawcompare.crosswalk.models import Correspondence, Topic, TopicAction, TopicChange, Value, ValueAction
from lawcompare.crosswalk.services import hold_topics_of, settle_topics
from lawcompare.crosswalk.topics import services as topics
from lawcompare.crosswalk.values import services as values
from lawcompare.languages import BY_CODE, columns_of
from lawcompare.laws.citing import cite
from lawcompare.laws.editing import services as editing
from lawcompare.laws.formatting import format_date
from lawcompare.laws.models import Clause, Event, Law, LawChange, Origin, PlainWords, TranslationReview, Version
from lawcompare.laws.plain_words.services import follow_words
from lawcompare.laws.proposals import seen_by_staff, waiting_for_staff
from lawcompare.publishing.carrying_forward.services import request_carryings
from lawcompare.search.ranking import in_turns

# Of each kind and organisation, as many of those decided on last as the page shows.
DECIDED_MAX = 1_000
# By the name of its button, which the log has too, what a decision makes of a proposal.
DECISIONS = {"confirm": Confirmation.CONFIRMED, "refuse": Confirmation.REFUSED, "undo": Confirmation.PROPOSED}


def _follow_text(origin: Origin, was: str) -> None:
    of_it = Version.objects.published().filter(translates=origin.version, origin__organisation=origin.organisation)
    for text in [*([origin.version] if origin.version.translates_id else []), *of_it]:
        jobs.request("translationmapping", text, origin.organisation)  # the comparisons of what stands follow it
    if origin.stands:  # until then nobody heard of it, no note was carried to it, no later text set beside it
        request_carryings(origin.version)
        for old, new in neighbours(origin.version):
            request_comparison(old, new)
        told = Entry.objects.filter(action="confirm", subject=f"{origin._meta.label_lower}/{origin.pk}")
        if not told.exists():  # that it was taken back and confirmed again is no news
            jobs.request("text-news", origin.version, origin.organisation)


def _follow_event(event: Event, was: str) -> None:
    if event.stands:  # staff read the names of public texts alone: no other comes to stand with it
        event.versions.remove(*event.versions.exclude(pk__in=Version.objects.published().order_by().values("pk")))


class Kind(NamedTuple):
    """What may be proposed: its model, the attributes that say what it is, the first of them as its heading, and the
    one with the address where it stands.

    ``follow`` does what follows of a decision; it is given the row and what it was before. ``hold`` holds what others
    hold first who change rows, or what the page says of them.
    """

    label: str | Promise
    model: Any
    words: str
    place: str
    follow: Callable[[Any, str], Any] = lambda row, was: None
    hold: Callable[[QuerySet[Any]], Any] = lambda rows: None


def _holding(*wanted: tuple[Any, str]) -> Callable[[QuerySet[Any]], Any]:
    def hold(rows: QuerySet[Any]) -> None:
        for model, path in wanted:
            held = model._default_manager.select_for_update(no_key=True).filter(pk__in=rows.order_by().values(path))
            list(held.order_by("pk").values_list("pk"))

    return hold


_TEXT = "version version.short_title version.law version.get_text_status_display version.source_url "
_TEXT += "version.became_public version.became_public_on version.note version.translates version.date version.corrects "
_TEXT += "version.follows version.articles_total version.chapters_total version.amendment.base version.amendment.act"
# With a text its law's record is confirmed, which whoever brought it changes until then.
_TEXT += "".join(f" version.law.{name}" for name in editing.COLUMNS)
_EVENT = " ".join(
    ["name get_kind_display date date_is_inferred", *columns_of("title"), *columns_of("body"), "sources versions"]
)
_ROW = "subject verdict_label object object_version topic reasoning searched element_labels"
KINDS = {
    "text": Kind(
        *(_("Text"), Origin, _TEXT, "version", _follow_text, _holding((Version, "version"), (Law, "version__law"))),
    ),
    "record": Kind(
        *(_("Law"), LawChange, "law changes reason", "law", editing.follow_confirmation),
        _holding((Version, "law__versions")),
    ),
    "check": Kind(_("Check of a translation"), TranslationReview, "version credit", "version"),
    "plain": Kind(
        *(_("In plain words"), PlainWords, " ".join(["clause", *columns_of("text")]), "clause"),
        lambda row, was: follow_words(row.version) if Confirmation.CONFIRMED in (was, row.confirmation) else None,
    ),
    "event": Kind(_("Event"), Event, _EVENT, "law", _follow_event),
    "kind": Kind(_("Kind of risk"), CategoryChange, "category changes", "category", annotating.follow_confirmation),
    "topic": Kind(
        *(_("Topic"), TopicChange, "topic get_action_display changes clauses_added reason", "topic"),
        *(lambda change, was: topics.follow_confirmation(change), topics.hold_topics),
    ),
    "row": Kind(
        *(_("Clause that answers another"), Correspondence, _ROW, "topic"),
        *(lambda row, was: settle_topics([row]), hold_topics_of),
    ),
    "value": Kind(
        *(_("Value"), Value, "clause get_element_display values words_clause quote rivals given_reason", "clause"),
        *(lambda value, was: values.follow_confirmation(value), _holding((Clause, "clause"))),
    ),
    "pairing": Kind(
        *(_("Which clauses belong together"), MapDecision, "comparison stated reason credit", "comparison"),
        *(correcting.follow_confirmation, _holding((Version, "new_version"))),
    ),
    "finding": Kind(
        *(_("Decision on a question of the program"), FindingDecision),
        *("finding.message get_kind_display reason", "finding.clause"),
    ),
    "sentence": Kind(_("Sentence on a comparison"), LeadSentence, "body old new", "pair"),
}
# What stands at once of an organisation's own text that staff confirmed (``laws.proposals``), and waits for them where
# they take that back. Who paired clauses is named wherever that stands.
AT_ONCE = ("check", "value", "finding")
# What the page calls what they are made of.
LABELS = {
    "act": _("Amended by"), "added": _("Clauses added"), "articles_total": _("articles, as reported"),
    "base": _("Amends"), "became_public": _("How it became public"), "became_public_on": _("Public since"),
    "body": _("What happened"), "chapters_total": _("chapters, as reported"), "clauses_added": _("Clauses"),
    "by": _("By"), "code": _("Short name"), "credit": _("Checked by"), "date": _("Date"),
    "date_is_inferred": _("The date is inferred, not stated by the source"),
    "description": _("Description"),
    "corrects": _("Corrects the text"), "follows": _("Follows the text"),
    "element_labels": _("They differ in"), "get_action_display": _("What is proposed"),
    "get_element_display": _("Element"), "get_kind_display": _("What is proposed"),
    "get_text_status_display": _("Status"), "into": _("Into"),
    "is_retired": _("No longer in use"), "jurisdiction": _("Jurisdiction"), "kind": _("Kind of law"),
    "kind of event": _("Kind"), "label": _("Name"), "law": _("Law"), "new": _("New text"), "note": _("Note"),
    "object": _("Answered by"), "object_version": _("Text"), "old": _("Old text"), "question": _("Question"),
    "organisation": _("International organisation"), "quote": _("Words"), "reason": _("Reason"),
    "reasoning": _("Reason"), "removed": _("Clauses taken out"), "searched": _("Looked for in"),
    "short_title": _("Short title"), "slug": _("Short name in addresses"), "source_url": _("Source"),
    "rivals": _("Disputes"),
    "sources": _("Sources"), "stated": _("Clauses"),
    "text": _("In plain words"), "title": _("Title"), "topic": _("Topic"), "translates": _("Translation of"),
    "values": _("Value"), "verdict_label": _("Relation"), "version": _("Short name of a text in addresses"),
    "words_clause": _("Clause"),
    "versions": _("Texts"),
}  # fmt: skip


class Proposal:
    """A row with what the page says of it. ``seen`` tells this, and how it stands, from what others read or decided."""

    def __init__(self, name: str, row: Any) -> None:
        kind = KINDS[name]
        self.name, self.row, self.label = name, row, str(kind.label)
        self.address = attrgetter(kind.place)(row).get_absolute_url()
        first, *others = kind.words.split()
        self.heading = _said(attrgetter(first)(row))
        said = [pair for path in others for pair in _lines(row, path)]
        repeated = (str(LABELS["title"]), self.heading)
        self.lines = [(label, words) for label, words in said if words and (label, words) != repeated]
        self.seen = digest_of_words(self.heading, self.address, said, str(row.confirmation))


def _lines(row: Any, path: str) -> list[tuple[str, str]]:
    """(label, words) of an attribute; of a change those of each column that it changes."""
    name = path.rpartition(".")[2]
    if name == "rivals":
        rivals = [
            f"{values.format_value(one.element, one.values)} ({one.credit})" for one in values.standing_rivals(row)
        ]
        return [(_label(name), " · ".join(rivals))]
    if name == "given_reason":
        own = [ValueAction.STATED, ValueAction.TAKEN_OVER, ValueAction.CORRECTED]  # of others' disputes nothing
        last = row.changes.filter(action__in=own).order_by("pk").last()
        return [(_label("reason"), last.reason if last else "")]
    if name == "changes":
        before, after = _before_and_after(row)
        pairs = [(column, _said(before.get(column)), _said(_new(column, words))) for column, words in after.items()]
        return [(_label(column), f"{old} → {new or '–'}" if old else new) for column, old, new in pairs if old != new]
    try:
        value = attrgetter(path)(row)
    except ObjectDoesNotExist:  # the amendment of a text that the program did not make
        return []
    if isinstance(row, PlainWords) and name in columns_of("text") and not value:
        value = _emptied(row, name)
    if name == "values":
        value = values.format_value(row.element, value)
    if name in {"date", "became_public_on"}:
        value = format_date(value)
    if name == "get_kind_display" and isinstance(row, Event):
        name = "kind of event"
    if name == "credit" and isinstance(row, MapDecision):
        name = "by"
    if name == "credit":
        value = value or _("not checked")
    return [(_label(name), _said(value))]


def _emptied(row: PlainWords, column: str) -> str:
    """What ``row`` takes away, as of a change; empty where nothing stood there."""
    earlier = PlainWords.objects.filter(clause=row.clause_id, confirmation=Confirmation.CONFIRMED, pk__lt=row.pk)
    before = getattr(earlier.order_by("pk").last(), column, "")
    return f"{before} → –" if before else ""


def _before_and_after(row: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    if isinstance(row, CategoryChange | LawChange):
        return row.before, row.after
    if row.action == TopicAction.ADDED:  # whoever proposes a topic goes on changing it
        return {}, topics.words_of(row.topic)
    return topics.words_of(row.topic) | row.before, row.content


def _new(column: str, words: Any) -> Any:
    """What a change says of a column: clauses and a topic it has by their numbers and name in addresses."""
    if column in {"added", "removed"}:
        return list(Clause.objects.filter(pk__in=words).select_related("version__law").order_by("version", "position"))
    return Topic.objects.filter(slug=words).first() if column == "into" else words


def _label(column: str) -> str:
    """The label of a column, with the language of one for translated words: ``Title (Khmer)``."""
    stem, _mark, code = column.rpartition("_")
    if stem in LABELS and code in BY_CODE:
        return f"{LABELS[stem]} ({language_name(code)})"
    return str(LABELS.get(column, ""))


def _said(value: Any) -> str:
    if isinstance(value, Manager):  # of texts
        value = list(value.filter(pk__in=Version.objects.published().order_by().values("pk")))
    if isinstance(value, dict):  # a source
        value = [words for words in value.values() if words]
    if isinstance(value, list):
        return " · ".join(filter(None, map(_said, value)))
    if isinstance(value, bool):
        return str(_("yes")) if value else ""
    text = value.version if isinstance(value, Clause) else value
    if isinstance(text, Version) and not Version.objects.published().filter(pk=text.pk).exists():
        return "–" if text.published_at else ""  # of one that never was public staff do not learn that it is there
    if isinstance(value, Clause):
        return f"{cite(value)}, {text.name}"
    return "" if value is None else str(value() if callable(value) else value)


def _rows(user: Person, name: str, *, waiting: bool) -> QuerySet[Any]:
    """Those of a kind that wait, or are decided on: all for staff, else those of one's own organisation."""
    membership, model = membership_of(user), KINDS[name].model
    rows = waiting_for_staff(model) if waiting else seen_by_staff(model).exclude(confirmation=Confirmation.PROPOSED)
    return rows if is_staff(user) else rows.filter(organisation=membership and membership.organisation)


def count_waiting(user: Person) -> int:
    """Returns how many proposals wait, of all organisations for staff, of their own for others. A query a kind."""
    return sum(_rows(user, name, waiting=True).count() for name in KINDS)


def list_in_turns(user: Person, *, waiting: bool) -> list[tuple[str, int]]:
    """Returns (kind, number) of the proposals that wait, or that were decided on last; one of each organisation, then
    the next of each, so that none has to wait for another's hundreds.
    """
    listed: list[tuple[str, int, int]] = []
    for name in KINDS:
        rows = _rows(user, name, waiting=waiting).order_by("pk" if waiting else "-pk")
        of_kind: Counter[int] = Counter()
        for organisation, number in rows.values_list("organisation", "pk"):
            of_kind[organisation] += 1
            if waiting or of_kind[organisation] <= DECIDED_MAX:
                listed.append((name, number, organisation))
    return [(name, number) for name, number, _of in in_turns(listed, lambda one: one[2])]


def read(numbers: Iterable[tuple[str, int]]) -> list[Proposal]:
    """Returns these proposals as the page shows them."""
    return [Proposal(name, KINDS[name].model._default_manager.get(pk=number)) for name, number in numbers]


@transaction.atomic
def decide(user: Person, name: str, number: int, decision: str, seen: str) -> bool:
    """Confirm or refuse a proposal whose words were ``seen``, or take that back. Returns whether that is new.

    Raises ``PermissionDenied`` for all but staff, ValidationError where it says something else by now or is gone.
    """
    if not is_staff(user):
        raise PermissionDenied(_("Only the staff of this site decide on proposals."))
    kind, confirmation = KINDS[name], DECISIONS[decision]
    row: Any = next(iter(_held(kind, pk=number)), None)
    is_there = row is not None and seen_by_staff(kind.model).filter(pk=number).exists()
    if is_there and row.confirmation == confirmation:
        return False
    check_seen(Proposal(name, row).seen if is_there else None, seen)
    was = _set(kind, row, confirmation)
    put_back = _put_back_with(row, was) if isinstance(row, Origin) else []
    for done, rows in ((decision, [row]), ("undo", put_back)):
        for subject in chain.from_iterable(map(_changed_by, rows)):
            record(done, subject, by=user, organisation="", proposed_by=row.organisation.slug)
    return True


def _put_back_with(row: Origin, was: str) -> list[Any]:
    """Let wait again what stood of itself beside a text that staff took back, or read now. Returns it."""
    put_back: list[Any] = []
    if was == Confirmation.CONFIRMED:
        for one in map(KINDS.__getitem__, AT_ONCE):
            own = Q(**{one.model.CONCERNED[0]: row.version})
            if one.model is TranslationReview:  # stands where both texts do
                own |= Q(version__translates=row.version)
            held = _held(one, own, confirmation=Confirmation.CONFIRMED, organisation=row.organisation)
            last = {_replaceable(said): said for said in held}
            for said in held:
                if said is not last[_replaceable(said)]:  # what its own organisation replaced waits for nobody
                    said.delete()
                    continue
                _set(one, said, Confirmation.PROPOSED)
                put_back.append(said)
    if row.stands:
        # Which clause translates which nobody read with the text, and it sets what others said beside another clause.
        # It waits where both texts are read; of one that is not public staff learn nothing, and change nothing.
        one, map_of = KINDS["pairing"], {"confirmation": Confirmation.CONFIRMED, "organisation": row.organisation}
        stands = {"published_at__isnull": False, "origin__confirmation": row.confirmation}
        for name, value in (stands | {"origin__organisation": row.organisation}).items():
            map_of |= {f"old_version__{name}": value, f"new_version__{name}": value}
        of_it = (
            Q(old_version=row.version) | Q(new_version=row.version),
            Q(Q(new_version__translates=F("old_version")) | Q(old_version__translates=F("new_version"))),
        )
        put_back += correcting.let_wait(_held(one, *of_it, undoes=None, undone_by=None, **map_of))
    return put_back


def _replaceable(row: Any) -> Any:
    """What it is said of, where the last that an organisation says of that stands for all before; else the row."""
    return row.version if isinstance(row, TranslationReview) else getattr(row, "finding", row)


def _held(kind: Kind, *of: Q, **which: Any) -> list[Any]:
    """Rows of a kind, held in the order in which others hold them, so that neither waits for the other."""
    rows = kind.model._default_manager.filter(*of, **which).order_by("pk")
    kind.hold(rows)
    return list(rows.select_for_update(no_key=True, of=("self",)))


def _set(kind: Kind, row: Any, confirmation: str) -> str:
    """Set how a row stands, and do what follows. Returns how it stood."""
    was, row.confirmation = row.confirmation, confirmation
    row.save(update_fields=["confirmation"])
    kind.follow(row, was)
    return str(was)


def _changed_by(row: Any) -> list[str]:
    """What deciding on a row changes, as the log names it."""
    if isinstance(row, CategoryChange):
        return [f"category/{row.category.code}"]
    if isinstance(row, TopicChange):
        return topics.changed_by(row)
    of_topic = [f"topic/{row.topic.slug}"] if getattr(row, "topic", None) else []
    return [f"{row._meta.label_lower}/{row.pk}", *of_topic]
