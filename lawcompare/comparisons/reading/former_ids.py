"""The ids that clauses had in the texts which a text corrects: links with such a fragment still land on the clause."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.jobs.models import JobState
from lawcompare.laws.models import Clause, Version


def former_ids(version: Version, clauses: Sequence[Clause], others: Iterable[Version]) -> dict[int, list[str]]:
    """Returns clause's key -> ids that it, or what became part of it, had in the texts corrected by ``version``.

    ``others`` are the texts that the reader may see. An id that a clause of ``version`` bears itself is left to that
    one. Where the texts were not compared, or a clause has no counterpart, its id stays at what it stood in. A query
    for the ids of the text, two for each text it corrects.
    """
    by_key = {text.pk: text for text in others}
    if version.corrects_id not in by_key:
        return {}
    own = dict.fromkeys(version.clauses.order_by("position").values_list("eid", flat=True))
    place_of = {eid: eid for eid in own}  # id in the text at hand -> where it stands in ``version``
    former: dict[str, str] = {}
    newer, seen = version, {version.pk}
    while newer.corrects_id in by_key and newer.corrects_id not in seen:
        older = by_key[newer.corrects_id]
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
    return _by_clause(former, clauses)


def _partners(older: Version, newer: Version) -> dict[str, str]:
    """Returns id in the older text -> id in the newer one, of the clauses that were found to belong together."""
    finished = Comparison.objects.current().filter(old=older, new=newer, state=JobState.DONE)
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


def _by_clause(former: dict[str, str], clauses: Sequence[Clause]) -> dict[int, list[str]]:
    key_of = {clause.eid: clause.pk for clause in clauses}
    ids: dict[int, list[str]] = defaultdict(list)
    for eid, place in former.items():
        if place in key_of:
            ids[key_of[place]].append(eid)
    return dict(ids)
