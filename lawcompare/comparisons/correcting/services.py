"""What analysts do to a clause map: say which clauses belong together, and undo a decision. Each is logged."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.accounts.models import EDITORS, Membership, Person
from lawcompare.comparisons.computing.compare import compare
from lawcompare.comparisons.models import ENGINE, Comparison, Concordance, Level, MapDecision
from lawcompare.comparisons.services import are_long, next_edition, tell_of_correction
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause, ClauseTranslation, Version
from lawcompare.laws.translations.services import request_mapping

# A pair of clauses that belong together; where one is missing, the other has no partner.
Edge = tuple[Clause | None, Clause | None]

# Two texts with more clauses are compared by a worker, not while the person waits.
CLAUSES_AT_ONCE = 8_000


class DecidedMeanwhile(ValidationError):
    """Somebody decided on the same clauses since the page was opened."""

    def __init__(self, decision: MapDecision) -> None:
        self.decision = decision
        values = {"who": decision.credit, "why": decision.reason}
        super().__init__(_("Meanwhile %(who)s decided on these clauses: %(why)s") % values)


@transaction.atomic
def set_together(
    user: Any,
    old: Version,
    new: Version,
    edges: Sequence[Edge],
    reason: str,
    *,
    is_moved: bool = False,
    names_person: bool = False,
    seen: int | None = None,
) -> MapDecision:
    """Say which clauses of two texts belong together, and compare the texts anew.

    A decision on a clause replaces earlier ones on it, which are kept in the log. ``seen`` is the last
    decision on these texts that the person knew of (0: none); with None nothing is asked. Raises ValidationError, and
    ``DecidedMeanwhile`` where another decision on the clauses came between.
    """
    membership = _analyst(user, old, new)
    reason = _reasoned(reason)
    named = _check_edges(edges, old, new)
    _check_translation(membership, edges, old, new)
    base = _lock(old, new)
    later = _last_on(old, new, named, after=seen) if seen is not None else None
    if later is not None:
        raise DecidedMeanwhile(later)
    ended = Concordance.objects.between(old.pk, new.pk).in_force().filter(Q(old__in=named) | Q(new__in=named))
    stated = {(one and one.pk, other and other.pk, is_moved) for one, other in edges}
    before = {(row.old_id, row.new_id, row.is_moved) for row in ended}
    if before == stated:
        raise ValidationError(_("That is how these clauses stand already, by a decision."))
    touched = named | {pk for row in before for pk in row[:2] if pk}
    decision = MapDecision.objects.create(
        old_version=old,
        new_version=new,
        organisation=membership.organisation,
        by=user,
        names_person=names_person and bool(user.display_name),
        reason=reason,
        touched=sorted(touched | (affected_clauses(base, touched) if base else set())),
    )
    ended.update(ended_by=decision)
    Concordance.objects.bulk_create(
        Concordance(
            old_version=old,
            new_version=new,
            old=one,
            new=other,
            author=membership.organisation.name,
            reason=reason,
            is_moved=is_moved,
            decision=decision,
        )
        for one, other in edges
    )
    _apply(base, decision)
    return decision


@transaction.atomic
def undo_decision(user: Any, decision: MapDecision, reason: str) -> MapDecision:
    """Undo a decision: the clauses stand as they stood before it. Only who decided does, or the site's editors."""
    membership = _analyst(user, decision.old_version, decision.new_version)
    if membership.organisation.slug not in decision.undoers:
        raise PermissionDenied(_("Only the organisation that decided takes it back. You can decide otherwise."))
    reason = _reasoned(reason)
    base = _lock(decision.old_version, decision.new_version)
    if MapDecision.objects.filter(undoes=decision).exists() or decision.undoes_id:
        raise ValidationError(_("This has already been undone."))
    later = _last_on(decision.old_version, decision.new_version, decision.touched, after=decision.pk, in_force=True)
    if later is not None:
        values = {"who": later.credit, "why": later.reason}
        raise ValidationError(_("A later decision rests on this one: %(who)s, %(why)s. Take that back first.") % values)
    undo = MapDecision.objects.create(
        old_version=decision.old_version,
        new_version=decision.new_version,
        organisation=membership.organisation,
        by=user,
        reason=reason,
        undoes=decision,
        touched=decision.touched,
    )
    decision.made.filter(ended_by__isnull=True).update(ended_by=undo)
    decision.ended.update(ended_by=None)
    _apply(base, undo)
    return undo


@transaction.atomic
def withdraw_name(user: Person, decision: MapDecision) -> None:
    """Be named no longer beside a decision of one's own: it stands, and bears the organisation's name alone."""
    if decision.by_id is None or decision.by_id != user.pk:
        raise PermissionDenied(_("Only who decided chooses whether to be named."))
    MapDecision.objects.filter(pk=decision.pk).update(names_person=False)
    record("withdraw name", f"decision/{decision.pk}", by=user, organisation=decision.organisation.slug)


@transaction.atomic
def try_again(user: Person, old: Version, new: Version) -> None:
    """Have an edition computed whose worker failed or died."""
    membership = _analyst(user, old, new)
    waiting = unfinished(old, new)
    if waiting is not None:
        jobs.retry(waiting.job, user, membership.organisation.slug)


def unfinished(old: Version, new: Version) -> Comparison | None:
    """The correction that a worker is still computing, or failed to."""
    return Comparison.objects.filter(old=old, new=new, engine=ENGINE).filter(finished_at=None).first()


def last_decision(old: Version, new: Version) -> int:
    """The last decision on two texts, 0 where there is none: what a person who reads the page now has seen."""
    decisions = MapDecision.objects.filter(old_version=old, new_version=new).order_by("-pk")
    return decisions.values_list("pk", flat=True).first() or 0


def _analyst(user: Person, old: Version, new: Version) -> Membership:
    """Returns the membership of who may correct the clause map of two texts. Raises ``PermissionDenied``."""
    refusal = _("Only a reviewer or an editor corrects which clauses belong together.")
    membership = membership_that_may(user, "map", refusal)
    if visible_versions(user).filter(pk__in=[old.pk, new.pk]).count() < 2:
        raise PermissionDenied(_("One of these texts is not public, and you may not see it."))
    return membership


def _check_translation(membership: Membership, edges: Sequence[Edge], old: Version, new: Version) -> None:
    """Raise ``PermissionDenied`` where somebody says of others' texts that other clauses translate each other than the
    program found: that is shown on every page. Whoever may correct may confirm what was found.
    """
    bringers = {text.brought_by and text.brought_by.pk for text in (old, new)}
    if bringers == {membership.organisation_id} or membership.organisation.slug == EDITORS:
        return
    rows = ClauseTranslation.objects.filter(original_version__in=[old, new], translation_version__in=[old, new])
    found = {frozenset(pair) for pair in rows.values_list("original", "translation")}
    is_translation = new.translates_id == old.pk or old.translates_id == new.pk
    if is_translation and any(frozenset(one and one.pk for one in edge) not in found for edge in edges):
        raise PermissionDenied(_("Only who brought a text and its translation says which clauses translate which."))


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise ValidationError(_("Say why, so that readers can follow the judgement."))
    return reason.strip()


def _check_edges(edges: Sequence[Edge], old: Version, new: Version) -> set[int]:
    """Ids of all clauses named. Raises ValidationError for what contradicts itself."""
    if not edges:
        raise ValidationError(_("Choose at least one clause."))
    paired = [{edge[side].pk for edge in edges if all(edge)} for side in (0, 1)]  # type: ignore[union-attr]
    named: set[int] = set()
    for edge in edges:
        for side, (clause, version) in enumerate(zip(edge, (old, new), strict=True)):
            if clause is None:
                continue
            if clause.version_id != version.pk:
                raise ValidationError(_("“%(clause)s” is not in this text.") % {"clause": clause})
            if not all(edge) and clause.pk in paired[side]:
                raise ValidationError(_("“%(clause)s” is given a partner and none.") % {"clause": clause})
            named.add(clause.pk)
    return named


def _lock(old: Version, new: Version) -> Comparison | None:
    """The comparison as it stands, with nobody else deciding on it until this is done."""
    Version.objects.select_for_update(no_key=True).get(pk=new.pk)
    waiting = unfinished(old, new)
    if waiting is not None:
        raise ValidationError(_("An earlier correction is still being computed. Try again in a minute."))
    comparison = (
        Comparison.objects.filter(old=old, new=new, engine=ENGINE, finished_at__isnull=False)
        .order_by("-edition")
        .first()
    )
    if comparison is None and new.translates_id != old.pk:
        raise ValidationError(_("These two texts have not been compared yet."))
    return comparison


def _last_on(
    old: Version, new: Version, clauses: Collection[int], after: int, in_force: bool = False
) -> MapDecision | None:
    """The last decision after another that touches one of the clauses."""
    decisions = MapDecision.objects.filter(old_version=old, new_version=new, pk__gt=after).select_related(
        "organisation", "by"
    )
    if in_force:
        decisions = decisions.filter(undoes__isnull=True, undone_by__isnull=True)
    wanted = set(clauses)
    return next((row for row in decisions.order_by("-pk") if wanted & set(row.touched)), None)


def _apply(base: Comparison | None, decision: MapDecision) -> None:
    """Make the next edition, at once where the texts are not long; and the clause map between languages anew."""
    record(
        "clause-map.undo" if decision.undoes_id else "clause-map.decide",
        f"compare/{decision.old_version.address}/with/{decision.new_version.address}",
        decision.by,
        decision.organisation.slug,
        decision=decision.pk,
    )
    if base is not None:
        is_short = not are_long(base.old_id, base.new_id, CLAUSES_AT_ONCE)
        owner = decision.organisation
        job = jobs.create_claimed("comparison", owner) if is_short else jobs.create("comparison", owner)
        edition = next_edition(base, decision, job)
        if is_short:
            compare(edition)
    tell_of_correction(decision.old_version, decision.new_version)
    if decision.new_version.translates_id == decision.old_version_id:
        request_mapping(decision.new_version)


# --- Which rows a decision affects ------------------------------------------------------------------------------------


def affected_clauses(comparison: Comparison, clauses: Collection[int]) -> set[int]:
    """Ids of the articles in which the clauses stand, with those set together with them, directly or through others."""
    units: list[Any] = [
        (row[:3], row[3:])
        for row in comparison.pairs.filter(level=Level.UNIT).values_list(
            "old", "old__position", "old__end", "new", "new__position", "new__end"
        )
    ]
    rows = Clause.objects.filter(pk__in=clauses, version__in=[comparison.old_id, comparison.new_id])
    places = defaultdict(list)
    for version, position in rows.values_list("version", "position"):
        places[version].append(position)
    sides = places[comparison.old_id], places[comparison.new_id]
    together = defaultdict(set)
    for old, new in units:
        for clause, other in ((old[0], new[0]), (new[0], old[0])):
            if clause and other:
                together[clause].add(other)
    waiting = [
        pk
        for unit in units
        for (pk, start, end), positions in zip(unit, sides, strict=True)
        if pk is not None and any(start <= position < end for position in positions)
    ]
    affected: set[int] = set()
    while waiting:
        clause = waiting.pop()
        if clause not in affected:
            affected.add(clause)
            waiting += together[clause]
    return affected
