"""What people do with memos: collecting, writing, ordering, taking note of changes, having files made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from lawcompare.accounts.models import Membership, Person
from lawcompare.accounts.responses import number_of
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.access import find_comparison, stated_between
from lawcompare.comparisons.models import Level, PairKind, is_unknown
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.core.seen import check_seen
from lawcompare.crosswalk.access import columns_named, get_topic
from lawcompare.crosswalk.provisions import rows_by_topic
from lawcompare.crosswalk.topics.matrix import matrix_title
from lawcompare.languages import LANGUAGES
from lawcompare.laws.access import TITLE, get_clause, get_law, get_two_versions, proposal_of_law, titled
from lawcompare.laws.citing import cite
from lawcompare.laws.models import Version
from lawcompare.memos.access import get_memo, member
from lawcompare.memos.items import MemoReader, ShownItem, items_of, seen_of, words_to_keep
from lawcompare.memos.models import ItemKind, Memo, MemoFile, MemoItem

# All are read, in each language, while whoever adds one waits.
ITEMS_MAX = 100
# Of these each is as long as a page of its own.
WIDE, WIDE_MAX = {ItemKind.COMPARISON, ItemKind.MATRIX, ItemKind.CONCERNS, ItemKind.TOPIC}, 20


# The heading and the paragraphs of a part that is the memo's own.
type OwnWords = tuple[str, str]


class MemoConflict(Exception):
    """Somebody else changed a memo in the meantime. ``memo`` is what stands there now."""

    def __init__(self, memo: Memo) -> None:
        super().__init__(_("Somebody else changed this memo while you wrote. Nothing of yours is lost."))
        self.memo = memo


@transaction.atomic
def make_memo(user: Person, title: str) -> Memo:
    """A new memo without items. Raises ValidationError."""
    membership = member(user)
    if not title.strip():
        raise ValidationError(_("Give the memo a title."))
    memo = Memo.objects.create(
        key=token_hex(6), title=title.strip()[:200], organisation=membership.organisation, made_by=membership.user
    )
    _log("make memo", memo, membership)
    return memo


@transaction.atomic
def add_items(user: Person, memo: Memo, items: Sequence[MemoItem]) -> int:
    """Put items at the end. They are added to what others wrote meanwhile, so none can be lost. Returns how many."""
    membership = member(user)
    held = _held(user, memo)
    before = held.items.count()
    if before + len(items) > ITEMS_MAX:
        raise ValidationError(_("A memo has at most %(number)s parts.") % {"number": ITEMS_MAX})
    wide = sum(item.kind in WIDE for item in items)
    if wide and held.items.filter(kind__in=WIDE).count() + wide > WIDE_MAX:
        sentence = _(
            "A memo has at most %(number)s whole comparisons, topics, tables of topics and charts of concerns."
        )
        raise ValidationError(sentence % {"number": WIDE_MAX})
    last = held.items.order_by("-position").values_list("position", flat=True).first()
    for place, item in enumerate(items, start=0 if last is None else last + 1):
        item.memo, item.position = held, place
    MemoItem.objects.bulk_create(items)
    _take_note(user, items)
    _written(held)
    _log("add to memo", held, membership)
    return len(items)


@transaction.atomic
def edit_memo(
    user: Person,
    memo: Memo,
    title: str,
    words: Mapping[int, OwnWords],
    order: Sequence[int],
    added: OwnWords | None,
    based_on: int,
) -> Memo:
    """Write a memo: its title, its own paragraphs by the key of the item, and the keys of what stays, in order.

    What is ``added`` comes last. Raises ``MemoConflict`` where the memo is no longer the revision ``based_on``, and
    ValidationError.
    """
    membership = member(user)
    held = _held(user, memo)
    if held.revision != based_on:
        raise MemoConflict(held)
    if not title.strip():
        raise ValidationError(_("Give the memo a title."))
    items = held.items.in_bulk()
    kept = [items[pk] for pk in order if pk in items]
    held.items.exclude(pk__in=order).delete()
    if added is not None:
        kept.append(MemoItem.objects.create(memo=held, kind=ItemKind.WORDS, position=len(kept)))
        words = {**words, kept[-1].pk: added}
    for position, item in enumerate(kept):
        item.position = position
        if item.kind == ItemKind.WORDS and item.pk in words:
            heading, text = words[item.pk]
            item.heading, item.text = heading.strip()[:200], text.strip()
    MemoItem.objects.bulk_update(kept, ["position", "heading", "text"])
    held.title = title.strip()[:200]
    _written(held)
    _log("change memo", held, membership)
    return held


@transaction.atomic
def take_note(user: Person, memo: Memo, seen: str) -> None:
    """Say that all changes of the texts since are known: the marks go until something changes again.

    Raises ValidationError where something did since they were ``seen``.
    """
    membership = member(user)
    held = _held(user, memo)
    items = items_of(held)
    shown = MemoReader(user).read(items, wants_redline=lambda key: False)
    check_seen(seen_of(shown), seen)
    _take_note(user, items, shown)
    _log("take note of changes", held, membership)


@transaction.atomic
def delete_memo(user: Person, memo: Memo) -> None:
    """Delete a memo with its own paragraphs. What it collected stays where it is."""
    membership = member(user)
    held = _held(user, memo)
    _log("delete memo", held, membership)
    held.delete()


@transaction.atomic
def request_file(user: Person, memo: Memo, form: str, language: str, root: str) -> MemoFile:
    """Have a worker make the memo's file. Starts nothing while one is being made."""
    membership = member(user)
    held = _held(user, memo)
    new: dict[str, Any] = {
        "root": root,
        "asked_by": membership.user,
        "job": lambda: jobs.create("memofile", held.organisation),
    }
    file, is_new = MemoFile.objects.get_or_create(memo=held, form=form, language=language, defaults=new)
    if not (is_new or file.job.is_under_way):
        MemoFile.objects.filter(pk=file.pk).update(root=root, asked_by=membership.user)
        jobs.start(file.job, held.organisation)
    _log("have memo written", held, membership)
    return file


def _held(user: Person, memo: Memo) -> Memo:
    get_memo(user, memo.key)
    return Memo.objects.select_for_update(no_key=True).get(pk=memo.pk)


def _written(memo: Memo) -> None:
    memo.revision += 1
    memo.save()


def _take_note(user: Person, items: Sequence[MemoItem], shown_here: Sequence[ShownItem] = ()) -> None:
    """Keep what the items say today, in each language of the interface, by which it is seen later what changed.

    ``shown_here``: as they were read already in the language of this moment.
    """
    here = get_language()
    now = timezone.now()
    for item in items:
        item.seen_words = {}
    for language in LANGUAGES:
        with override(language.code):
            for shown in (language.code == here and shown_here) or MemoReader(user).read_today(items):
                item = shown.item
                item.seen_digest, item.seen_at = shown.digest, now
                item.seen_words[language.code] = words_to_keep(shown)
                item.seen_texts = [version.pk for version in shown.texts]
    MemoItem.objects.bulk_update(items, ["seen_digest", "seen_at", "seen_words", "seen_texts"])


def _log(action: str, memo: Memo, membership: Membership) -> None:
    record(action, f"memo/{memo.key}", by=membership.user, organisation=membership.organisation.slug)


@dataclass(frozen=True)
class MemoCandidate:
    """Something that can be put into a memo. ``name`` is what its form sends, ``item`` what is then stored."""

    name: str
    label: str
    item: MemoItem
    is_chosen: bool = True
    # Of a row of two texts: its name in their page.
    anchor: str = ""


# The title of what an address offers, that, and the page of rows where it is one.
type Offer = tuple[str, list[MemoCandidate], Any]


def part_named(user: Person, asked: Mapping[str, str]) -> MemoItem:
    """The one part that the words behind a "+ memo" name: a clause, a row of two texts, or all that ``candidates`` has.

    Raises ``Http404`` where they name nothing that may be seen.
    """
    if "clause" in asked:
        law, text, eid = [*asked["clause"].split("/", 2), "", ""][:3]
        clause = get_clause(user, law, text, eid)
        return MemoItem(kind=ItemKind.CLAUSE, old=clause.version, old_eid=clause.eid)
    _title, offered, _page = candidates(user, asked)
    wanted = f"subject:{asked['subject']}" if "subject" in asked else asked.get("row")
    for one in offered:
        if wanted in (one.name, one.anchor) or (wanted is None and len(offered) == 1):
            return one.item
    raise Http404(_("This row is not there any more."))


def candidates(user: Person, asked: Mapping[str, str], page: str = "") -> Offer:
    """What an address offers, with its title, and the page of rows that it is of two texts. Raises ``Http404`` where it
    names nothing that may be seen.
    """
    if "topic" in asked:
        topic = get_topic(asked["topic"])
        item = MemoItem(kind=ItemKind.TOPIC, topic=topic)
        return str(topic), [MemoCandidate("topic", str(topic), item)], None
    if "matrix" in asked:
        return _matrix(user, asked["matrix"])
    if "note" in asked:
        return _note(asked["note"])
    if "law" in asked:
        law = get_law(user, asked["law"])
        title = _("Did the risk survive? %(law)s") % {"law": titled(law.name, proposal_of_law(law, of=TITLE))}
        return title, [MemoCandidate("concerns", title, MemoItem(kind=ItemKind.CONCERNS, law=law))], None
    old, new = (asked.get(side, "").partition("/") for side in ("old", "new"))
    versions = get_two_versions(user, (old[0], old[2]), (new[0], new[2]))
    return f"{versions[0].name} → {versions[1].name}", *_rows(user, *versions, asked.get("row", ""), page)


def _matrix(user: Person, named: str) -> Offer:
    """The matrix of the texts named by their addresses with commas between; of the laws on the subject without any."""
    columns = columns_named(user, named.split(","))
    item = MemoItem(kind=ItemKind.MATRIX, columns=[version.pk for version in columns])
    title = matrix_title(columns)
    return title, [MemoCandidate("matrix", title, item)], None


def _note(slug: str) -> Offer:
    note = Annotation.objects.published().filter(slug=slug).select_related("clause__version", "organisation").first()
    if note is None:
        raise Http404(_("There is no such annotation here."))
    title = f"{note.voice}: {cite(note.clause)}"
    return title, [MemoCandidate("note", title, MemoItem(kind=ItemKind.NOTE, annotation=note))], None


def _rows(user: Person, old: Version, new: Version, row: str, page: str) -> tuple[list[MemoCandidate], Any]:
    """What changed, page by page; what is no row stands on the first. With ``row`` that one, changed or not."""
    by_subject = [
        MemoCandidate(
            f"subject:{row.topic.slug}",
            str(row.topic),
            MemoItem(kind=ItemKind.SUBJECT, old=old, new=new, topic=row.topic),
            is_chosen=any(answer.clause for answer in row.answers),
        )
        for row in rows_by_topic(stated_between(user, old, new), old, new)
    ]
    comparison = find_comparison(old, new)
    if comparison is None or not comparison.is_done:
        return by_subject, None
    pairs = comparison.pairs.filter(level=Level.UNIT).select_related("old", "new")
    if row:
        number = number_of(row.rpartition(":")[2].removeprefix("pair-"))
        pairs = pairs.filter(Q(new__eid=row) | Q(old__eid=row.removeprefix("old-")) | Q(position=number))
    else:
        pairs = pairs.exclude(kind=PairKind.UNCHANGED)
    shown = Paginator(pairs.order_by("position"), settings.ROWS_PER_PAGE).get_page(page)
    changes = []
    for pair in shown:
        eids = [clause.eid if clause else "" for clause in (pair.old, pair.new)]
        named = dict.fromkeys(cite(clause) for clause in (pair.old, pair.new) if clause)
        item = MemoItem(kind=ItemKind.CHANGE, old=old, new=new, old_eid=eids[0], new_eid=eids[1])
        label = f"{' → '.join(named)} · {pair.get_standing_display()}"
        is_chosen = not (by_subject or pair.is_noise or is_unknown(pair))
        changes.append(MemoCandidate(f"change:{pair.position}", label, item, is_chosen, pair.anchor))
    whole = MemoItem(kind=ItemKind.COMPARISON, old=old, new=new)
    others = [] if shown.number > 1 else by_subject
    label = str(ItemKind.COMPARISON.label)
    return [*others, *changes, MemoCandidate("comparison", label, whole, is_chosen=False)], shown
