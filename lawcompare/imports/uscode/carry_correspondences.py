"""Correspondences of an earlier text of a law, carried to the next one for a person to confirm."""

import time
from collections import defaultdict

from django.db import transaction
from django.db.models import Q, QuerySet

from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.models import ClausePair, Comparison, Level
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.runner import run_now
from lawcompare.crosswalk.models import Correspondence, CorrespondenceStatus, Topic
from lawcompare.laws.models import Clause, Version

# Another worker may be at the comparison: it is waited for, so many seconds.
PATIENCE, STEP = 600, 2


def carry_to(version_id: int) -> int:
    """Suggest for a text what was stated of the one it follows or corrects, where the clause map pairs the clauses one
    to one.

    Safe to run twice; what people decided on since is left alone. Returns how many are new.
    """
    new = Version.objects.select_related("law", "follows__law", "corrects__law").filter(pk=version_id).first()
    old = new and (new.follows or new.corrects)
    if new is None or old is None:
        return 0
    comparison = _compared(old, new)
    if comparison is None:
        return 0
    partner = partners(comparison)
    stated = Correspondence.objects.filter(Q(subject_version=old) | Q(object__version=old))
    related = stated.exclude(status=CorrespondenceStatus.REFUSED).select_related("subject", "object", "object_version")
    with transaction.atomic():
        _carry_topics(old, partner)
        return sum(_carry(row, old, partner, new) for row in related)


def _carry_topics(old: Version, partner: dict[int, int]) -> None:
    """A clause is read under the topics of the one it took over from: that says nothing of how it answers another."""
    for topic in Topic.objects.current().filter(clauses__version=old).distinct():
        members = topic.clauses.filter(version=old).values_list("pk", flat=True)
        topic.clauses.add(*(partner[pk] for pk in members if pk in partner))


def _compared(old: Version, new: Version) -> Comparison | None:
    """The comparison of the two, computed here where no other worker is at it; None where it fails."""
    comparison = request_comparison(old, new)
    for _wait in range(0, PATIENCE, STEP):
        run_now(comparison.job)
        computed = find_comparison(old, new)
        if computed is not None and computed.is_done:
            return computed
        if computed is None or computed.job.is_failed:
            return None
        time.sleep(STEP)
    return None


def partners(comparison: Comparison) -> dict[int, int]:
    """Old clause -> new clause, of all that have one partner each.

    Inside a section that the clause map pairs the number decides where it can: what is stated of § 506(a) is stated of
    § 506(a), whichever of its paragraphs now has the words.
    """
    by_old = _alone(comparison.pairs.filter(level=Level.PART)) | (
        units := _alone(comparison.pairs.filter(level=Level.UNIT))
    )
    olds, news = (list(version.clauses.order_by("position")) for version in (comparison.old, comparison.new))
    by_pk = {clause.pk: clause for clause in (*olds, *news)}
    for old, new in units.items():
        one, other = by_pk[old], by_pk[new]
        there = {_path(clause, other): clause.pk for clause in news[other.position : other.end]}
        for clause in olds[one.position : one.end]:
            if (path := _path(clause, one)) in there:
                by_old[clause.pk] = there[path]
    return by_old


def _alone(pairs: QuerySet[ClausePair]) -> dict[int, int]:
    olds: dict[int, set[int]] = defaultdict(set)
    news: dict[int, set[int]] = defaultdict(set)
    for old, new in pairs.filter(old__isnull=False, new__isnull=False).values_list("old_id", "new_id"):
        olds[old].add(new)
        news[new].add(old)
    return {old: new for old, (new, *more) in olds.items() if not more and len(news[new]) == 1}


def _path(clause: Clause, section: Clause) -> tuple[str, ...]:
    """The numbers from the section down to the clause: ``("a", "1")``."""
    steps = clause.eid.removeprefix(section.eid).split("__")[1:]
    return tuple(step.partition("_")[2] for step in steps)


def _carry(row: Correspondence, old: Version, partner: dict[int, int], new: Version) -> bool:
    subject, answer = (_moved(clause, old, partner) for clause in (row.subject, row.object))
    if subject is None or (answer is None and row.object is not None):
        return False
    _row, is_new = Correspondence.objects.get_or_create(
        topic=row.topic,
        subject=subject,
        object=answer,
        object_version_id=answer.version_id if answer else row.object_version_id,
        defaults={
            "subject_version_id": subject.version_id,
            "relation": row.relation,
            "reasoning": row.reasoning,
            "searched": row.searched,
            "elements": row.elements,
            "author": row.author,
            "status": CorrespondenceStatus.SUGGESTED,
            "carried_from": row,
            "score": 1.0,
        },
    )
    return is_new


def _moved(clause: Clause | None, old: Version, partner: dict[int, int]) -> Clause | None:
    """A clause of the earlier text in the new one; one of another law as it is."""
    if clause is None or clause.version_id != old.pk:
        return clause
    return Clause.objects.filter(pk=partner.get(clause.pk, 0)).first()
