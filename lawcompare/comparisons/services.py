"""Asking for the comparison of two versions, and what holds for their clause map."""

from collections.abc import Iterable
from copy import copy
from itertools import chain, product
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from lawcompare.accounts.access import membership_of, membership_that_may
from lawcompare.accounts.models import Organisation, Person
from lawcompare.comparisons.apps import after_correction
from lawcompare.comparisons.models import (
    ENGINE,
    ClausePair,
    Comparison,
    ComparisonQuerySet,
    Concordance,
    LeadSentence,
    MapDecision,
)
from lawcompare.core.jobs import services as jobs
from lawcompare.core.jobs.models import Job
from lawcompare.core.log.services import record
from lawcompare.core.translations.texts import check_length
from lawcompare.engine.document import UNIT_ELEMENTS
from lawcompare.laws.models import Amendment, Clause, Version
from lawcompare.laws.proposals import confirmation_of, lock_texts
from lawcompare.laws.translations.services import aligned_clauses, original_of

# Pairs of the clauses that render two clauses: a thousand of each would be a million; and of all such in two texts.
EDGES_MAX, EDGES_ALL_MAX = 100, 20_000


@transaction.atomic
def propose_lead(user: Person, old: Version, new: Version, body: str) -> LeadSentence:
    """Store a sentence that says what changed. Raises ``PermissionDenied``, and ``ValidationError`` for no sentence."""
    refusal = _("Only a reviewer or an editor says this, of public texts.")
    membership = membership_that_may(user, "review", refusal)
    old, new = (text.translates or text for text in (old, new))
    if not (old.is_published and new.is_published):
        raise PermissionDenied(refusal)
    row = LeadSentence(
        old=old, new=new, body=" ".join(body.split()),
        organisation=membership.organisation, by=membership.user,
        confirmation=confirmation_of(membership),  # whosever the texts are: on the first page nobody else is named
    )  # fmt: skip
    check_length(row.body)
    row.full_clean()
    row.save()
    record("propose sentence", f"leadsentence/{row.pk}", by=user, organisation=membership.organisation.slug)
    return row


def tell_of_correction(old: Version, new: Version, owner: Organisation | None) -> None:
    """Let the apps above follow, in the ``owner``'s turn, what people said of where clauses of two texts went."""
    for follow in after_correction:
        follow(old, new, owner)


def decided_on(old: Version, new: Version) -> list[Concordance]:
    """Returns what was decided on two texts and, clause by clause, what holds for the texts that they translate.

    What was decided on a clause here comes first. Of texts known in part the whole map is taken over, the program's
    pairs too: what is alike in a few restated words depends on the language, what belongs together does not. Rows that
    are taken over are not stored: of a decision a copy, of a pair of the program's one without ``pk``.
    """
    own = Concordance.objects.between(old.pk, new.pk).in_force()
    decided = list(
        own.select_related("decision__organisation", "decision__by").prefetch_related("old", "new").order_by("pk")
    )
    named = {pk for row in decided for pk in (row.old_id, row.new_id) if pk}
    if Amendment.objects.filter(version=new, base=old).exists():
        return decided + [row for row in _kept_by_act(old, new) if not {row.old_id, row.new_id} & named]
    is_partial = old.is_partial or new.is_partial
    pairs = _pairs_of_originals(old, new)
    pairs = pairs if is_partial else pairs.exclude(decision=None)
    olds = _translations((pair.old for pair in pairs if pair.old), old)
    news = _translations((pair.new for pair in pairs if pair.new), new)
    taken: dict[tuple[Clause | None, Clause | None], Concordance] = {}
    room = EDGES_ALL_MAX
    left_out = set()  # rows of which something was decided here: what stands inside them is left out with them
    for pair in pairs:
        sides: tuple[list[Any], list[Any]]
        sides = olds.get(pair.old_id or 0) or [None], news.get(pair.new_id or 0) or [None]
        edges = _edges(*sides) if room > 0 else [(sides[0][0], sides[1][0])]
        room -= len(edges) - 1
        for edge in edges:
            is_rendered = [clause is None for clause in edge] == [pair.old is None, pair.new is None]
            if pair.row_id in left_out or any(clause.pk in named for clause in edge if clause):
                left_out.add(pair.pk)
            elif any(edge) and (is_rendered or is_partial):
                row = copy(pair.decision) if pair.decision and is_rendered else Concordance()
                (row.old, row.new), row.score = edge, pair.score
                taken.setdefault(edge, row)
    paired = {clause for edge in taken if all(edge) for clause in edge}
    return decided + [row for edge, row in taken.items() if all(edge) or paired.isdisjoint(edge)]


def _edges(olds: list[Any], news: list[Any]) -> list[tuple[Any, Any]]:
    """Returns all pairs of what renders two clauses; of many, which nobody reads as a table, those with the first."""
    if len(olds) * len(news) <= EDGES_MAX:
        return list(product(olds, news))
    return [(olds[0], one) for one in news] + [(one, news[0]) for one in olds[1:]]


def _kept_by_act(old: Version, new: Version) -> list[Concordance]:
    """Returns the pairs of articles of a text and of what an act made of it: those kept have kept their addresses."""
    units = [list(Clause.objects.filter(version=text, element__in=UNIT_ELEMENTS)) for text in (old, new)]
    news = {clause.eid: clause for clause in units[1]}
    kept = [(clause, news[clause.eid]) for clause in units[0] if clause.eid in news]
    return [Concordance(old=one, new=other, reason="amended") for one, other in kept]


def followers(comparison: Comparison) -> ComparisonQuerySet:
    """Returns the comparisons of translations that take over what holds for these two texts."""
    old, new, standing = comparison.old_id, comparison.new_id, Version.objects.standing().values("pk")
    same = Comparison.objects.current().filter(Q(old=old) | Q(old__translates=old), Q(new=new) | Q(new__translates=new))
    return same.filter(old__in=standing, new__in=standing, engine=ENGINE).exclude(old=old, new=new)


def _pairs_of_originals(old: Version, new: Version) -> QuerySet[ClausePair]:
    """The pairs of the finished comparison of what two texts translate; none where they do not stand for it."""
    sides = {"old": original_of(old), "new": original_of(new)}
    translations = [version.pk for version in (old, new) if version.translates_id]
    standing = Version.objects.standing().filter(pk__in=translations).count()
    if not translations or sides["old"] == sides["new"] or standing < len(translations):
        return ClausePair.objects.none()
    comparison = Comparison.objects.current().filter(**sides, engine=ENGINE, finished_at__isnull=False)
    pairs = ClausePair.objects.filter(comparison__in=comparison).order_by("position")
    decisions = pairs.select_related("decision__decision__organisation", "decision__decision__by")
    return decisions.prefetch_related("old", "new")


def _translations(clauses: Iterable[Clause], version: Version) -> dict[int, list[Clause]]:
    """Clause of what a text translates -> those that render it here; of an original itself."""
    return aligned_clauses(clauses, version) if version.translates_id else {clause.pk: [clause] for clause in clauses}


# --- Asking for a comparison ------------------------------------------------------------------------------------------


@transaction.atomic
def request_comparison(old: Version, new: Version, *, by: Person | None = None) -> Comparison:
    """The comparison of two versions, started if it was never asked for, and again where it failed.

    Asking for one that is there, or under way, starts nothing.
    """
    known = Comparison.objects.filter(old=old, new=new, engine=ENGINE).current().first()
    if known is not None and known.is_done:
        return known
    first = {"old": old, "new": new, "engine": ENGINE, "edition": 1}
    membership = membership_of(by) if by is not None else None
    asked_by = membership and membership.organisation
    owner = asked_by if by is not None else _owner_of_work(old, new)
    job = {"job": lambda: jobs.create("comparison", owner)}
    comparison, is_new = Comparison.objects.get_or_create(**first, defaults=job)
    if not is_new:
        jobs.retry(comparison.job)
    return comparison


def _owner_of_work(old: Version, new: Version, asked_by: Organisation | None = None) -> Organisation | None:
    """Whose turn it takes to compare two texts: of who keeps one to itself, so that nobody else notices; then of who
    asked, or brought a text.
    """
    keeps = next((text.brought_by for text in (new, old) if not text.is_published and text.brought_by), None)
    return keeps or asked_by or new.brought_by or old.brought_by


def compare_anew(*_job: object) -> None:
    """Ask again for what was compared by earlier rules alone."""
    now = Comparison.objects.filter(old=OuterRef("old"), new=OuterRef("new"), engine=ENGINE)
    earlier = Comparison.objects.current().finished().filter(~Exists(now)).select_related("old", "new")
    for pair in {(comparison.old_id, comparison.new_id): comparison for comparison in earlier}.values():
        request_comparison(pair.old, pair.new)


def lock_pairs_of(version: Version) -> None:
    """Hold a text and all that it was compared with, so that nobody decides on a pair while it becomes public, and what
    it translates or translates it, which may become public at the same moment.
    """
    pairs = Comparison.objects.filter(Q(old=version) | Q(new=version)).order_by().values_list("old", "new")
    of_it = Q(translates=version) | Q(kept_original=version) | Q(pk=version.translates_id)
    family = Version.objects.filter(of_it).order_by().values_list("pk", flat=True)
    lock_texts(version.pk, *family, *chain.from_iterable(pairs))


def follow_decisions(known: Comparison, decision: MapDecision | None = None) -> None:
    """Have a comparison's next edition made, or the one under way begun again, where other pairs hold than it shows.

    The caller holds its new text (``lock_texts``).
    """
    editions = Comparison.objects.filter(old=known.old, new=known.new, engine=known.engine)
    # Held, since a worker may be about to finish it: a finished one is never begun again.
    last = editions.select_for_update(no_key=True).latest("edition")
    holds = {(row.old_id, row.new_id, row.pk) for row in decided_on(known.old, known.new)}
    shown = set(last.pairs.values_list("old", "new", "decision"))
    if holds <= shown and not any(pair[2] for pair in shown - holds) and (last.is_done or not decision):
        return
    owner = _owner_of_work(known.old, known.new, decision.organisation if decision else None)
    if last.is_done:
        next_edition(last, decision, jobs.create("comparison", owner))
    else:
        jobs.request_anew(last.job)
    tell_of_correction(known.old, known.new, owner)


def next_edition(base: Comparison, decision: MapDecision | None, job: Job) -> Comparison:
    """Returns the edition that follows one, to be computed."""
    sides = {"old": base.old, "new": base.new, "engine": base.engine, "edition": base.edition + 1}
    return Comparison.objects.create(**sides, made_from=base, decision=decision, job=job)


def drop_editions(editions: QuerySet[Comparison]) -> None:
    """Delete editions of comparisons, the last first, since each is made from the one before."""
    held = list(editions.select_for_update().order_by("-edition"))
    ClausePair.objects.filter(comparison__in=held)._raw_delete("default")
    for edition in held:
        edition.delete()


def neighbours(version: Version) -> list[tuple[Version, Version]]:
    """(older, newer) pairs of the version with the published ones just before and after it, in the same language, but
    for what other organisations brought and staff have not confirmed.
    """
    known = Q(pk=version.pk) | Q(pk__in=Version.objects.standing().confirmed(version.brought_by).values("pk"))
    same: Any = Version.objects.published().filter(known, law=version.law, language=version.language)
    ordered = list(same.select_related("law").order_by("date", "slug"))
    if version not in ordered:  # its law was withdrawn
        return []
    place = ordered.index(version)
    pairs = []
    if place > 0:
        pairs.append((ordered[place - 1], version))
    if place + 1 < len(ordered):
        pairs.append((version, ordered[place + 1]))
    return pairs


def size_of(old_id: int, new_id: int) -> tuple[int, int]:
    """How many clauses and characters two texts have together."""
    measured = Clause.objects.filter(version__in=[old_id, new_id]).order_by()
    size = measured.aggregate(clauses=Count("pk"), characters=Sum(Length("text") + Length("heading")))
    return size["clauses"], size["characters"] or 0


def are_long(old_id: int, new_id: int, clauses: int, characters: int) -> bool:
    """Whether two texts together have more clauses than this, or more characters: then a worker does the work."""
    size = size_of(old_id, new_id)
    return size[0] > clauses or size[1] > characters
