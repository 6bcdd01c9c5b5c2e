"""What analysts do to a clause map: say which clauses belong together, and undo a decision. Each is logged.

Of texts that others see too a decision is a proposal (``accounts.models.Proposable``): it counts once staff confirm it.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import accumulate
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_that_may
from lawcompare.accounts.models import EDITORS, Confirmation, Membership, Person, digest_of
from lawcompare.comparisons.access import decisions_on
from lawcompare.comparisons.computing.compare import compare
from lawcompare.comparisons.models import ENGINE, ClausePair, Comparison, Concordance, Level, MapDecision
from lawcompare.comparisons.services import (
    are_long,
    decided_on,
    drop_editions,
    follow_decisions,
    next_edition,
    request_comparison,
    tell_of_correction,
)
from lawcompare.core.jobs import services as jobs
from lawcompare.core.log.services import record
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Clause, ClauseTranslation, Version
from lawcompare.laws.proposals import confirmation_of, lock_texts
from lawcompare.laws.translations.services import request_mapping

# A pair of clauses that belong together; where one is missing, the other has no partner.
Edge = tuple[Clause | None, Clause | None]

# Two texts that together have more are compared by a worker, not for seconds while the person waits and holds both.
CLAUSES_AT_ONCE, CHARACTERS_AT_ONCE = 1_000, 100_000
# Pairs that one organisation proposes of two texts: as many as one table has.
PROPOSED_MAX = 2_000
# Letters of clauses that stand in several rows, but for one time each: a row keeps the words of both.
REPEATED_MAX = 2_000_000
# Times that clauses stand in more than one row, however short they are: forty beside each of forty are as many.
ROWS_REPEATED_MAX = 4_000
# Rows of one clause: each of them names all that it is set beside.
ROWS_OF_ONE_MAX = 200


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

    A decision that stands replaces earlier ones on its clauses, which are kept in the log. ``seen`` is the last
    decision on these texts that the person knew of (0: none); with None nothing is asked. Raises ValidationError, and
    ``DecidedMeanwhile`` where another decision on the clauses came between.
    """
    membership = _analyst(user, old, new)
    reason = _reasoned(reason)
    named = _check_edges(edges, old, new)
    _check_translation(membership, edges, old, new)
    lock_texts(old.pk, new.pk)  # neither becomes public meanwhile
    base = _lock(old, new)
    _check_room(edges, old, new, named)
    known = decisions_on(user, old, new).stand()
    if seen is not None and (later := _last_on(known, named, after=seen)):
        raise DecidedMeanwhile(later)
    on_these = Concordance.objects.between(old.pk, new.pk).filter(Q(old__in=named) | Q(new__in=named))
    stated = {(one and one.pk, other and other.pk, is_moved) for one, other in edges}
    before = _pairs(on_these.in_force())
    own = on_these.proposed().filter(decision__organisation=membership.organisation)
    if before == stated:
        raise ValidationError(_("That is how these clauses stand already, by a decision."))
    if _pairs(own) == stated:
        raise ValidationError(_("Your organisation proposes that already."))
    waiting = Concordance.objects.between(old.pk, new.pk).proposed()
    if waiting.filter(decision__organisation=membership.organisation).count() + len(edges) > PROPOSED_MAX:
        sentence = _("%(number)s proposals of your organisation wait for the staff of this site: no more are taken.")
        raise ValidationError(sentence % {"number": PROPOSED_MAX})
    touched = named | {pk for row in before for pk in row[:2] if pk}
    decision = MapDecision.objects.create(
        old_version=old,
        new_version=new,
        organisation=membership.organisation,
        by=user,
        names_person=names_person and bool(user.display_name),
        name_read=digest_of(user.display_name),
        reason=reason,
        touched=sorted(touched | (affected_clauses(base, touched) if base else set())),
        confirmation=_confirmation(membership, base, old, new, named),
    )
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
            ended_by=decision,
        )
        for one, other in edges
    )
    _log(decision)
    if decision.stands:
        _enforce(decision)
        _apply(base, decision)
    return decision


def _pairs(rows: Iterable[Concordance]) -> set[tuple[int | None, int | None, bool]]:
    return {(row.old_id, row.new_id, row.is_moved) for row in rows}


def _confirmation(membership: Membership, base: Comparison | None, old: Version, new: Version, named: set[int]) -> str:
    """Returns how a decision begins (``confirmation_of``): one that no other organisation can see stands at once, and
    one between an organisation's text and its translation of it where these are not compared and staff have not
    confirmed both; but nothing in place of what others decided on the clauses ``named``, or on those they translate.
    """
    bringers = {text.brought_by and text.brought_by.pk for text in (old, new)}
    is_own = base is None and bringers == {membership.organisation_id}
    # As they stand now that they are held.
    read = Version.objects.filter(pk__in=[old.pk, new.pk], published_at__isnull=False)
    if is_own and read.filter(origin__confirmation=Confirmation.CONFIRMED).count() < 2:
        return Confirmation.CONFIRMED
    if Version.objects.filter(pk__in=[old.pk, new.pk], published_at=None).exists():
        return Confirmation.CONFIRMED
    # Which clause translates which sets what others said of the one beside the other: never at once.
    waits = old.pk == new.translates_id or new.pk == old.translates_id
    for row in decided_on(old, new):
        # What came with the library is the site's; the program's pairs, taken over from originals, have no key.
        decided_by = row.decision.organisation_id if row.decision else None
        is_others = row.pk is not None and decided_by != membership.organisation_id
        waits |= is_others and not named.isdisjoint(side.pk for side in (row.old, row.new) if side)
    return confirmation_of(membership, *(() if waits else (old, new)))


def _enforce(decision: MapDecision) -> None:
    """Let what was decided count, in place of what was decided on its clauses before."""
    made = decision.made.order_by()
    others = Concordance.objects.between(decision.old_version_id, decision.new_version_id).in_force()
    others.filter(Q(old__in=made.values("old")) | Q(new__in=made.values("new"))).update(ended_by=decision)
    made.update(ended_by=None)


def _lift(decision: MapDecision, by: MapDecision) -> None:
    """Let it count no more, and what was decided before it count again."""
    decision.made.filter(ended_by=None).update(ended_by=by)
    decision.ended.exclude(decision=decision).update(ended_by=None)


@transaction.atomic
def follow_confirmation(decision: MapDecision, was: str) -> None:
    """Do what follows where staff confirmed a decision, or took that back. Raises ValidationError where a later one on
    the same clauses stands.
    """
    if decision.stands == (was == Confirmation.CONFIRMED):
        return
    base = _lock(decision.old_version, decision.new_version)
    _check_is_last(decision)
    if decision.stands:
        _enforce(decision)
    else:
        _lift(decision, by=decision)
    _apply(base, decision)


@transaction.atomic
def let_wait(decisions: Iterable[MapDecision]) -> list[MapDecision]:
    """Make decisions that stand proposals again, where nobody decided otherwise since; returns these. A worker compares
    the texts anew, once. The caller holds the new texts (``lock_texts``).
    """
    waiting: list[MapDecision] = []
    for one in sorted(decisions, key=lambda one: -one.pk):
        between = {"old_version": one.old_version, "new_version": one.new_version}
        others = MapDecision.objects.stand().filter(MapDecision.DECIDED_ON, **between)
        if _last_on(others, one.touched, after=one.pk):
            continue
        one.confirmation = Confirmation.PROPOSED
        one.save(update_fields=["confirmation"])
        _lift(one, by=one)
        waiting.append(one)
    for one in {(one.old_version_id, one.new_version_id): one for one in waiting}.values():
        of_pair = Comparison.objects.filter(old=one.old_version, new=one.new_version, engine=ENGINE)
        if known := of_pair.order_by("-edition").first():
            follow_decisions(known)
        if one.new_version.translates_id == one.old_version_id:
            request_mapping(one.new_version, one.organisation)
    return waiting


@transaction.atomic
def forget_private_work(version: Version) -> None:
    """Before a text becomes public: delete how it compares with public ones, and what was decided on it and counts no
    more, of which nobody else is told. What its organisation decided and counts is a proposal from now on.
    """
    public = Version.objects.filter(published_at__isnull=False).order_by().values("pk")
    of_it = Q(old_version=version, new_version__in=public) | Q(new_version=version, old_version__in=public)
    decisions = MapDecision.objects.filter(of_it)
    rest_on = ClausePair.objects.filter(decision__decision__in=decisions).order_by().values("comparison")
    of_it = Q(old=version, new__in=public) | Q(new=version, old__in=public)
    of_it |= Q(decision__in=decisions) | Q(pk__in=rest_on)  # those of private translations
    rows = Comparison.objects.filter(of_it).select_related("old__law", "new__law")
    # What follows others last, as a worker that finishes those holds them: else the two could wait for each other. Then
    # by what is public, as they are compared anew and stand in feeds.
    compared = sorted(
        {(one.old, one.new) for one in rows},
        key=lambda pair: (version not in pair, pair[0].address, pair[1].address),
    )
    for old, new in compared:
        drop_editions(Comparison.objects.filter(old=old, new=new))
    words = Concordance.objects.filter(decision__in=decisions)
    over = list(words.exclude(ended_by=None).exclude(ended_by=F("decision")).values_list("pk", flat=True))
    for decision in decisions.filter(MapDecision.DECIDED_ON).order_by("-pk"):
        _lift(decision, by=decision)
    words.filter(pk__in=over).delete()
    decisions.exclude(undoes=None).delete()
    decisions.filter(made=None).delete()
    own = Q(old_version__origin__organisation=F("organisation"), new_version__origin__organisation=F("organisation"))
    of_own = decisions.filter(own, new_version__translates=F("old_version")).values_list("pk", flat=True)
    others = decisions.exclude(organisation__slug=EDITORS).exclude(pk__in=list(of_own))
    others.update(confirmation=Confirmation.PROPOSED)
    for decision in decisions.stand().order_by("pk"):
        _enforce(decision)
    for old, new in compared:
        if version not in (old, new) or decisions.filter(old_version=old, new_version=new).exists():
            request_comparison(old, new)


@transaction.atomic
def undo_decision(user: Any, decision: MapDecision, reason: str) -> MapDecision:
    """Undo a decision: the clauses stand as they stood before it. Only who decided does, or the site's editors."""
    membership = _analyst(user, decision.old_version, decision.new_version)
    if membership.organisation.slug not in decision.undoers:
        raise PermissionDenied(_("Only the organisation that decided takes it back. You can decide otherwise."))
    reason = _reasoned(reason)
    lock_texts(decision.old_version_id, decision.new_version_id)
    base = _lock(decision.old_version, decision.new_version)
    decision.refresh_from_db(fields=["confirmation"])
    is_refused = decision.confirmation == Confirmation.REFUSED
    if MapDecision.objects.filter(undoes=decision).exists() or decision.undoes_id or is_refused:
        raise ValidationError(_("This has already been undone."))
    if decision.stands:
        _check_is_last(decision)
    undo = MapDecision.objects.create(
        old_version=decision.old_version,
        new_version=decision.new_version,
        organisation=membership.organisation,
        by=user,
        reason=reason,
        undoes=decision,
        touched=decision.touched,
        confirmation=decision.confirmation,
    )
    _log(undo)
    if decision.stands:
        _lift(decision, by=undo)
        _apply(base, undo)
    return undo


def _check_is_last(decision: MapDecision) -> None:
    old, new = decision.old_version, decision.new_version
    in_force = MapDecision.objects.filter(MapDecision.DECIDED_ON, old_version=old, new_version=new).stand()
    later = _last_on(in_force, decision.touched, after=decision.pk)
    if later is not None:
        values = {"who": later.credit, "why": later.reason}
        raise ValidationError(_("A later decision rests on this one: %(who)s, %(why)s. Take that back first.") % values)


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


def _analyst(user: Person, old: Version, new: Version) -> Membership:
    """Returns the membership of who may correct the clause map of two texts. Raises ``PermissionDenied``."""
    refusal = _("Only a reviewer or an editor corrects which clauses belong together.")
    membership = membership_that_may(user, "map", refusal)
    if visible_versions(user).filter(pk__in=[old.pk, new.pk]).count() < 2:
        raise PermissionDenied(_("One of these texts is not public, and you may not see it."))
    return membership


def _check_translation(membership: Membership, edges: Sequence[Edge], old: Version, new: Version) -> None:
    """Raise ``PermissionDenied`` where somebody says of others' texts that other clauses translate each other, or
    fewer, than are set together: that is shown on every page. Whoever may correct may confirm what is.
    """
    bringers = {text.brought_by and text.brought_by.pk for text in (old, new)}
    if bringers == {membership.organisation_id} or membership.organisation.slug == EDITORS:
        return
    rows = ClauseTranslation.objects.filter(original_version__in=[old, new], translation_version__in=[old, new])
    stated = {frozenset(one and one.pk for one in edge) for edge in edges}
    named = set().union(*stated)
    found = {pair for pair in map(frozenset, rows.values_list("original", "translation")) if pair & named}
    is_translation = new.translates_id == old.pk or old.translates_id == new.pk
    if is_translation and stated != found:
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


def _check_room(edges: Sequence[Edge], old: Version, new: Version, named: Collection[int]) -> None:
    """Raise ValidationError where the rows decided on, with these, would repeat too many letters."""
    kept = Concordance.objects.between(old.pk, new.pk).in_force().exclude(Q(old__in=named) | Q(new__in=named))
    times = Counter(pk for row in kept.values_list("old", "new") for pk in row if pk)
    times.update(clause.pk for edge in edges for clause in edge if clause)
    several = Clause.objects.filter(pk__in=[pk for pk, count in times.items() if count > 1]).order_by()
    if not (repeated := list(several.values_list("pk", "version", "position", "end"))):
        return
    until = {
        text.pk: [0, *accumulate(text.clauses.order_by("position").values_list(Length("text"), flat=True))]
        for text in (old, new)
    }
    too_many = max(times[pk] for pk, *_place in repeated) > ROWS_OF_ONE_MAX
    letters = sum((times[pk] - 1) * (until[text][end] - until[text][start]) for pk, text, start, end in repeated)
    if too_many or letters > REPEATED_MAX or sum(times[pk] - 1 for pk, *_place in repeated) > ROWS_REPEATED_MAX:
        raise ValidationError(_("These rows repeat too much of the texts. Set a long clause beside fewer others."))


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


def _last_on(decisions: QuerySet[MapDecision], clauses: Collection[int], after: int) -> MapDecision | None:
    """The last of some decisions that was made after another and touches one of the clauses."""
    wanted, rows = set(clauses), decisions.filter(pk__gt=after).select_related("organisation", "by").order_by("-pk")
    return next((row for row in rows if wanted & set(row.touched)), None)


def _log(decision: MapDecision) -> None:
    action = "undo" if decision.undoes_id else "decide" if decision.stands else "propose"
    subject = f"compare/{decision.old_version.address}/with/{decision.new_version.address}"
    record(f"clause-map.{action}", subject, decision.by, decision.organisation.slug, decision=decision.pk)


def _apply(base: Comparison | None, decision: MapDecision) -> None:
    """Make the next edition, at once where the texts are not long; and the clause map between languages anew."""
    if base is not None:
        is_short = not are_long(base.old_id, base.new_id, CLAUSES_AT_ONCE, CHARACTERS_AT_ONCE)
        owner = decision.organisation
        job = jobs.create_claimed("comparison", owner) if is_short else jobs.create("comparison", owner)
        edition = next_edition(base, decision, job)
        if is_short:
            compare(edition)
    tell_of_correction(decision.old_version, decision.new_version, decision.organisation)
    if decision.new_version.translates_id == decision.old_version_id:
        request_mapping(decision.new_version, decision.organisation)


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
    sides = sorted(places[comparison.old_id]), sorted(places[comparison.new_id])
    together = defaultdict(set)
    for old, new in units:
        for clause, other in ((old[0], new[0]), (new[0], old[0])):
            if clause and other:
                together[clause].add(other)
    waiting = [
        pk
        for unit in units
        for (pk, start, end), positions in zip(unit, sides, strict=True)
        if pk is not None and bisect_left(positions, start) < bisect_left(positions, end)
    ]
    affected: set[int] = set()
    while waiting:
        clause = waiting.pop()
        if clause not in affected:
            affected.add(clause)
            waiting += together[clause]
    return affected
