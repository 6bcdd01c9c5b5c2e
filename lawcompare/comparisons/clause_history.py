"""What comparisons know of a clause: how it stands to the other texts of its law, and which ids it had before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, Q

from lawcompare.comparisons.models import (
    ENGINE,
    ClausePair,
    Comparison,
    Level,
    MapDecision,
    Standing,
    matched_by,
    row_anchor,
    row_sentences,
)
from lawcompare.comparisons.rows import look
from lawcompare.laws.models import Clause, Version

# What is read of a pair in which a clause stands; of a part also the clauses of its row.
_COLUMNS = (
    "comparison__old", "comparison__new", "position", "standing", "is_unseen", "sentences",
    *(f"{row}{side}__{name}" for row in ("", "row__") for side in ("old", "new") for name in ("pk", "eid")),
    "old__num", "old__heading", "new__num", "new__heading", "pk", "is_decided",
)  # fmt: skip


def _decided_for(side: str) -> Q:
    """Whether a decision is on a comparison's text of this side, or on the one that it translates."""
    texts = (OuterRef(f"comparison__{side}"), OuterRef(f"comparison__{side}__translates"))
    return Q(*((f"{side}_version", text) for text in texts), _connector=Q.OR)


@cache
def _current_pairs() -> Any:
    """The pairs of comparisons as they stand: always the same rows asked, so that each page asks a copy."""
    corrected = Comparison.objects.filter(made_from=OuterRef("comparison"), finished_at__isnull=False)
    parts = ClausePair.objects.filter(row=OuterRef("pk"), decision__isnull=False)
    others = MapDecision.objects.stand().filter(_decided_for("old"), _decided_for("new"), undoes=None)
    changed = ~Q(standing=Standing.UNCHANGED) & Exists(others)
    decided = Q(decision__isnull=False) | Exists(parts) | changed
    current = ClausePair.objects.filter(~Exists(corrected), comparison__engine=ENGINE).annotate(is_decided=decided)
    return current.filter(comparison__finished_at__isnull=False).order_by().values_list(*_COLUMNS, named=True)


def life_of(clause: Clause, others: Iterable[Version]) -> list[dict[str, Any]]:
    """Returns how a clause stands to the other texts of its law, in the order of those texts. One query, two where
    somebody paired it.

    Of each finished comparison in which it stands: ``version`` and ``clause`` (None where nothing there answers to it)
    of the other side, ``look``, ``label`` and ``sentence`` of what happened, who paired the clauses (``matched_by``),
    and the ``address`` of the row; a part of a row has no place of its own there. ``others`` are the other texts of the
    law that the reader may see.
    """
    texts = {version.pk: version for version in (clause.version, *others)}
    steps = []
    for pair in _current_pairs().filter(Q(old=clause) | Q(new=clause)):
        old, new = texts.get(pair.comparison__old), texts.get(pair.comparison__new)
        # The first part of an article is its own words: the row stands for it.
        if old is None or new is None or clause.pk in {pair.row__old__pk, pair.row__new__pk}:
            continue
        if pair.row__old__pk or pair.row__new__pk:
            anchor = row_anchor(pair.row__old__eid, pair.row__new__eid)
        else:
            anchor = row_anchor(pair.old__eid, pair.new__eid)
        other, names = (new, ("new__eid", "new__num", "new__heading"))
        if pair.new__pk == clause.pk:
            other, names = old, ("old__eid", "old__num", "old__heading")
        eid, num, heading = (getattr(pair, name) for name in names)
        step = {
            "version": other,
            "clause": Clause(eid=eid, num=num, heading=heading) if eid else None,
            "look": look(pair),
            "label": str(Standing(pair.standing).label),
            "sentence": row_sentences(pair.sentences),
            "address": f"{Comparison(old=old, new=new).get_absolute_url()}#{anchor}",
        }
        steps.append((other.date, pair.position, pair, step))
    if decided := [pair.pk for _date, _position, pair, _step in steps if pair.is_decided]:
        words = matched_by(*decided)
        for _date, _position, pair, step in steps:
            step["matched_by"] = ", ".join(words.get(pair.pk, []))
    return [step for *_place, step in sorted(steps, key=lambda one: one[:2])]


# Where 24,000 clauses were corrected thirty times, each page of them took PostgreSQL 18 seconds.
FOLLOWED_MAX = 50_000


def former_ids(version: Version, clauses: Sequence[Clause], others: Iterable[Version]) -> dict[int, list[str]]:
    """Returns clause's key -> ids that it, or what became part of it, had in the texts corrected by ``version``.

    ``others`` are the texts that the reader may see. An id that a clause of ``version`` bears itself is left to that
    one. Where the texts were not compared, or a clause has no counterpart, its id stays at what it stood in. A query
    for the ids of the text, two for each text it corrects; of those together ``FOLLOWED_MAX`` clauses are read.
    """
    by_key = {text.pk: text for text in others}
    if version.corrects_id not in by_key:
        return {}
    own = dict.fromkeys(version.clauses.order_by("position").values_list("eid", flat=True))
    place_of = {eid: eid for eid in own}  # id in the text at hand -> where it stands in ``version``
    former: dict[str, str] = {}
    newer, seen, followed = version, {version.pk}, 0
    while newer.corrects_id in by_key and newer.corrects_id not in seen:
        older = by_key[newer.corrects_id]
        followed += older.clause_count
        if followed > FOLLOWED_MAX:
            break
        seen.add(older.pk)
        partners = _partners(older, newer)
        places: dict[str, str] = {}
        before = next(iter(own), "")
        for eid in older.clauses.order_by("position").values_list("eid", flat=True):
            place = place_of.get(partners.get(eid, eid)) or _around(eid, places) or before
            if place:
                places[eid] = before = place
        former |= {eid: place for eid, place in places.items() if eid not in own and eid not in former}
        newer, place_of = older, places
    key_of = {clause.eid: clause.pk for clause in clauses}
    ids: dict[int, list[str]] = defaultdict(list)
    for eid, place in former.items():
        if place in key_of:
            ids[key_of[place]].append(eid)
    return dict(ids)


def _partners(older: Version, newer: Version) -> dict[str, str]:
    """Returns id in the older text -> id in the newer one, of the clauses that were found to belong together."""
    finished = Comparison.objects.current().filter(old=older, new=newer, finished_at__isnull=False)
    comparison = finished.order_by("-engine", "-edition").first()
    if comparison is None:
        return {}
    pairs = ClausePair.objects.filter(comparison=comparison).exclude(old=None).exclude(new=None)
    rows = pairs.order_by("-position").values_list("old__eid", "new__eid", "level")
    # The first pair of a clause counts; a part says more than the row around it.
    ordered = sorted(rows, key=lambda row: row[2] == Level.PART)
    return {old: new for old, new, _level in ordered}


def _around(eid: str, places: dict[str, str]) -> str:
    """Returns the place of the nearest clause around the one of this id."""
    while "__" in eid:
        eid = eid.rpartition("__")[0]
        if eid in places:
            return places[eid]
    return ""
