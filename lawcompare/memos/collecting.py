"""What can be put into a memo: the rows of two texts, a topic, a note, a chart; each named by a word of its form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from lawcompare.annotations.models import Annotation
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.exports.by_subject import subject_rows
from lawcompare.comparisons.models import Level, PairKind
from lawcompare.crosswalk.access import columns_named, get_topic
from lawcompare.crosswalk.topics.matrix import matrix_title
from lawcompare.laws.access import get_law, get_two_versions
from lawcompare.laws.citing.find_clause import cite
from lawcompare.laws.models import Version
from lawcompare.memos.models import ItemKind, MemoItem


@dataclass(frozen=True)
class MemoCandidate:
    """Something that can be put into a memo. ``name`` is what its form sends, ``item`` what is then stored."""

    name: str
    label: str
    item: MemoItem
    is_chosen: bool = True


def candidates(user: Any, asked: Mapping[str, str]) -> tuple[str, list[MemoCandidate]]:
    """What an address offers, and the title of it. Raises ``Http404`` where it names nothing that may be seen."""
    if "topic" in asked:
        topic = get_topic(asked["topic"])
        item = MemoItem(kind=ItemKind.TOPIC, topic=topic)
        return str(topic), [MemoCandidate("topic", str(topic), item)]
    if "matrix" in asked:
        return _matrix(user, asked["matrix"])
    if "note" in asked:
        return _note(asked["note"])
    if "law" in asked:
        law = get_law(user, asked["law"])
        title = _("Did the risk survive? %(law)s") % {"law": law.name}
        return title, [MemoCandidate("concerns", title, MemoItem(kind=ItemKind.CONCERNS, law=law))]
    old, new = (asked.get(side, "").partition("/") for side in ("old", "new"))
    versions = get_two_versions(user, (old[0], old[2]), (new[0], new[2]))
    return f"{versions[0].name} · {versions[1].name}", _rows(user, *versions)


def _matrix(user: Any, named: str) -> tuple[str, list[MemoCandidate]]:
    """The matrix of the texts named by their addresses with commas between; of the laws on the subject without any."""
    columns = columns_named(user, named.split(","))
    item = MemoItem(kind=ItemKind.MATRIX, columns=[version.pk for version in columns])
    title = matrix_title(columns)
    return title, [MemoCandidate("matrix", title, item)]


def _note(slug: str) -> tuple[str, list[MemoCandidate]]:
    note = Annotation.objects.published().filter(slug=slug).select_related("clause__version", "organisation").first()
    if note is None:
        raise Http404(_("There is no such annotation here."))
    title = f"{note.voice}: {cite(note.clause)}"
    return title, [MemoCandidate("note", title, MemoItem(kind=ItemKind.NOTE, annotation=note))]


def _rows(user: Any, old: Version, new: Version) -> list[MemoCandidate]:
    by_subject = [
        MemoCandidate(
            f"subject:{row.topic.slug}",
            str(row.topic),
            MemoItem(kind=ItemKind.SUBJECT, old=old, new=new, topic=row.topic),
        )
        for row in subject_rows(user, old, new)
    ]
    comparison = find_comparison(old, new)
    if comparison is None or not comparison.is_done:
        return by_subject
    pairs = comparison.pairs.filter(level=Level.UNIT).exclude(kind=PairKind.UNCHANGED).select_related("old", "new")
    changes = []
    for pair in pairs.order_by("position"):
        eids = [clause.eid if clause else "" for clause in (pair.old, pair.new)]
        named = dict.fromkeys(cite(clause) for clause in (pair.old, pair.new) if clause)
        item = MemoItem(kind=ItemKind.CHANGE, old=old, new=new, old_eid=eids[0], new_eid=eids[1])
        label = f"{' → '.join(named)} · {pair.get_standing_display()}"
        is_chosen = not by_subject and not pair.is_noise
        changes.append(MemoCandidate(f"change:{pair.position}", label, item, is_chosen))
    whole = MemoItem(kind=ItemKind.COMPARISON, old=old, new=new)
    return [*by_subject, *changes, MemoCandidate("comparison", str(ItemKind.COMPARISON.label), whole, is_chosen=False)]
