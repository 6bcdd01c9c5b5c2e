"""Correcting a clause map: a person's word is kept, shown, logged, can be taken back, and changes what it touches."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from lawcompare.comparisons import correcting, editions, services, work
from lawcompare.comparisons.access import find_comparison
from lawcompare.comparisons.models import ClausePair, Comparison, Concordance, MapDecision
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db


def art(version, number):
    return version.clauses.get(num=f"Article {number}")


def current(drafts) -> Comparison:
    found = find_comparison(*drafts)
    assert found is not None
    return found


def shown(comparison) -> list[tuple]:
    """(kind, old, new, by whom) of each row, in reading order."""
    rows = comparison.pairs.filter(level="unit").select_related("old", "new", "decision__decision__organisation")
    return [
        (
            row.kind,
            row.old and row.old.num.removeprefix("Article "),
            row.new and row.new.num.removeprefix("Article "),
            row.decision.credit if row.decision else "",
        )
        for row in rows
    ]


def content(comparison) -> list[tuple]:
    """Everything that is read of a comparison, but for the ids of its own rows."""
    left_out = {"id", "comparison_id", "row_id"}
    names = [f.attname for f in ClausePair._meta.concrete_fields if f.attname not in left_out]
    return [tuple(map(str, row)) for row in comparison.pairs.order_by("position").values_list(*names, "row__position")]


def joined(drafts, cast, *edges, reason="They are about the same duty.", user=None, **more) -> MapDecision:
    old, new = drafts
    pairs = [(one and art(old, one), other and art(new, other)) for one, other in edges]
    return correcting.set_together(user or cast.rita, old, new, pairs, reason, **more)


BEFORE = [
    ("unchanged", "1", "1", ""),
    ("added", None, "2", ""),
    ("renumbered", "2", "3", ""),
    ("removed", "3", None, ""),
    ("unchanged", "4", "4", ""),
]


# --- What a decision does ---------------------------------------------------------------------------------------------


def test_two_clauses_that_the_program_kept_apart_are_joined_and_marked_word_by_word(drafts, cast):
    assert shown(current(drafts)) == BEFORE
    joined(drafts, cast, (3, 2))
    assert shown(current(drafts)) == [
        ("unchanged", "1", "1", ""),
        ("moved", "3", "2", "The Centre"),
        ("renumbered", "2", "3", ""),
        ("unchanged", "4", "4", ""),
    ]
    row = current(drafts).pairs.get(level="unit", new__num="Article 2")
    part = row.parts.get()
    assert part.changes and "".join(text for op, text, _noise in part.changes if op != "insert") == part.old.text
    assert row.decision.reason == "They are about the same duty."


def test_a_pair_is_parted(drafts, cast):
    joined(drafts, cast, (2, None), (None, 3))
    assert sorted(shown(current(drafts)), key=str) == sorted(
        [
            ("unchanged", "1", "1", ""),
            ("added", None, "2", ""),
            ("removed", "2", None, "The Centre"),
            ("added", None, "3", "The Centre"),
            ("removed", "3", None, ""),
            ("unchanged", "4", "4", ""),
        ],
        key=str,
    )


def test_a_clause_that_lost_its_partner_stands_alone(drafts, cast):
    joined(drafts, cast, (2, 2))
    rows = shown(current(drafts))
    assert ("changed", "2", "2", "The Centre") in rows and ("added", None, "3", "") in rows


@pytest.mark.parametrize(
    ("edges", "kind"),
    [([(2, 2), (2, 3)], "split"), ([(2, 3), (3, 3)], "merged"), ([(3, 2)], "moved")],
    ids=["split", "merge", "move"],
)
def test_splits_merges_and_moves_are_marked(drafts, cast, edges, kind):
    joined(drafts, cast, *edges)
    decided = [row for row in shown(current(drafts)) if row[3]]
    assert {row[0] for row in decided} == {kind}
    assert sorted((int(row[1]), int(row[2])) for row in decided) == sorted(edges)
    assert current(drafts).stats[kind] == 1


def test_a_pair_in_its_place_is_said_to_have_moved(drafts, cast):
    joined(drafts, cast, (4, 4), is_moved=True)
    assert ("moved", "4", "4", "The Centre") in shown(current(drafts))


def test_paragraphs_are_set_together_inside_their_articles(drafts, cast):
    old, new = drafts
    one, other = old.clauses.get(eid__endswith="para_1"), new.clauses.get(eid__endswith="para_2")
    correcting.set_together(cast.rita, old, new, [(one, other)], "The order was turned round.")
    pair = current(drafts).pairs.get(level="part", old=one)
    assert pair.new == other and pair.decision.reason == "The order was turned round."


def test_every_clause_is_still_in_the_comparison(drafts, cast):
    old, new = drafts
    joined(drafts, cast, (2, 2), (2, 3))
    pairs = current(drafts).pairs
    assert set(pairs.values_list("old", flat=True)) - {None} == set(old.clauses.values_list("pk", flat=True))
    assert set(pairs.values_list("new", flat=True)) - {None} == set(new.clauses.values_list("pk", flat=True))


def test_only_what_is_touched_is_computed_again(drafts, cast, monkeypatch):
    seen: list[str] = []
    compute = editions.align_documents

    def watch(old, new, **more):
        seen.extend(clause.num for clause in (*old.clauses, *new.clauses) if clause.num.startswith("Article"))
        return compute(old, new, **more)

    monkeypatch.setattr(editions, "align_documents", watch)
    before = current(drafts)
    untouched = [row for row in content(before) if "same text" in str(row)]
    joined(drafts, cast, (3, 2))
    assert seen == ["Article 3", "Article 2"]
    assert {row[1:-1] for row in untouched} <= {row[1:-1] for row in content(current(drafts))}


def test_the_figures_of_the_new_edition_are_its_own(drafts, cast):
    joined(drafts, cast, (3, 2))
    assert current(drafts).stats == {"moved": 1, "renumbered": 1, "unchanged": 2}
    assert current(drafts).tally == {"changed": 1, "moved": 1, "unchanged": 2}


def test_a_whole_computation_keeps_the_decision_and_sets_the_same_clauses_together(drafts, cast):
    joined(drafts, cast, (3, 2))
    corrected = current(drafts)
    again = Comparison.objects.create(old=drafts[0], new=drafts[1], engine="next")
    work.run_comparison(again.pk)
    # Of two that cross, which one moved may be said either way.
    assert {row[1:] for row in shown(again)} == {row[1:] for row in shown(corrected)}


def test_an_earlier_edition_stays_as_it_was(drafts, cast):
    first = current(drafts)
    before = content(first)
    joined(drafts, cast, (3, 2))
    assert content(first) == before and current(drafts).edition == 2
    assert find_comparison(*drafts, edition="1") == first
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        current(drafts).pairs.update(kind="removed")


def test_a_decision_on_much_is_computed_by_a_worker(drafts, cast, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(correcting, "CLAUSES_AT_ONCE", 1)
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        joined(drafts, cast, (3, 2))
    assert shown(current(drafts)) == BEFORE
    with pytest.raises(ValidationError, match="still being computed"):
        joined(drafts, cast, (1, None), (None, 1))
    for callback in waiting:
        callback()
    assert ("moved", "3", "2", "The Centre") in shown(current(drafts))


def test_an_edition_whose_worker_failed_is_tried_again_and_nothing_is_lost(
    drafts, cast, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(correcting, "CLAUSES_AT_ONCE", 1)

    def fail(edition):
        raise RuntimeError("killed")

    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(work, "compute_edition", fail)
        joined(drafts, cast, (3, 2))
    assert shown(current(drafts)) == BEFORE and MapDecision.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        correcting.try_again(cast.rita, *drafts)
    assert ("moved", "3", "2", "The Centre") in shown(current(drafts))


# --- Taking back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "edges", [[(3, 2)], [(2, 2)], [(2, None), (None, 3)], [(2, 2), (2, 3)], [(2, 3), (3, 3)], [(1, 4)]], ids=str
)
def test_what_is_taken_back_leaves_the_comparison_as_it_was(drafts, cast, edges):
    before = content(current(drafts))
    decision = joined(drafts, cast, *edges)
    correcting.take_back(cast.rita, decision, "On second thoughts.")
    assert content(current(drafts)) == before
    assert current(drafts).edition == 3 and not Concordance.objects.in_force().exists()


def test_one_of_two_decisions_is_taken_back(drafts, cast):
    first = joined(drafts, cast, (3, 2))
    joined(drafts, cast, (4, 4), is_moved=True)
    correcting.take_back(cast.rita, first, "No.")
    assert [row for row in shown(current(drafts)) if row[3]] == [("moved", "4", "4", "The Centre")]
    assert ("removed", "3", None, "") in shown(current(drafts))


def test_a_decision_that_another_followed_on_the_same_clauses_is_taken_back_after_it(drafts, cast):
    before = content(current(drafts))
    first = joined(drafts, cast, (2, 2))
    between = content(current(drafts))
    second = joined(drafts, cast, (3, 2))
    with pytest.raises(ValidationError, match="A later decision rests on this one"):
        correcting.take_back(cast.rita, first, "No.")
    correcting.take_back(cast.rita, second, "No.")
    assert content(current(drafts)) == between
    correcting.take_back(cast.rita, first, "No.")
    assert content(current(drafts)) == before
    with pytest.raises(ValidationError, match="taken back already"):
        correcting.take_back(cast.rita, first, "No.")


def test_what_no_edition_remembers_is_computed_again_when_it_is_taken_back(drafts, cast):
    decision = joined(drafts, cast, (2, 2))
    Comparison.objects.create(old=drafts[0], new=drafts[1], engine="next")
    work.run_comparison(Comparison.objects.get(engine="next").pk)
    again = Comparison.objects.get(engine="next")
    undo = MapDecision(undoes=decision, touched=decision.touched, organisation=cast.centre, reason="No.")
    undo.old_version, undo.new_version = drafts
    undo.save()
    Concordance.objects.update(ended_by=undo)
    edition = Comparison.objects.create(
        old=drafts[0], new=drafts[1], engine="next", edition=2, made_from=again, decision=undo, attempts=1
    )
    editions.compute_edition(edition)
    assert shown(edition) == BEFORE


def test_only_the_organisation_that_decided_takes_it_back(drafts, cast):
    decision = joined(drafts, cast, (3, 2))
    with pytest.raises(PermissionDenied):
        correcting.take_back(cast.charlie, decision, "I disagree.")


# --- Two people, and what is refused ----------------------------------------------------------------------------------


def test_the_second_of_two_analysts_is_told_and_nothing_is_lost(drafts, cast):
    seen = correcting.last_decision(*drafts)
    first = joined(drafts, cast, (3, 2), seen=seen)
    with pytest.raises(correcting.DecidedMeanwhile) as told:
        joined(drafts, cast, (3, 4), seen=seen, user=cast.charlie)
    assert told.value.decision == first and "The Centre" in str(told.value)
    joined(drafts, cast, (1, 1), seen=seen, user=cast.charlie)  # another clause is another matter
    joined(drafts, cast, (3, 4), seen=correcting.last_decision(*drafts), user=cast.charlie)
    assert ("renumbered", "3", "4", "The Others") in shown(current(drafts))
    assert MapDecision.objects.count() == 3
    assert Concordance.objects.get(decision=first).ended_by.organisation == cast.others


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([], "at least one clause"),
        ([(3, 2), (3, None)], "a partner and none"),
        ([(3, 2), (None, 2)], "a partner and none"),
    ],
)
def test_what_contradicts_itself_is_refused(drafts, cast, edges, said):
    with pytest.raises(ValidationError, match=said):
        joined(drafts, cast, *edges)
    assert not MapDecision.objects.exists() and Comparison.objects.count() == 1


def test_a_reason_is_needed_and_saying_the_same_twice_changes_nothing(drafts, cast):
    with pytest.raises(ValidationError, match="Say why"):
        joined(drafts, cast, (3, 2), reason="  ")
    joined(drafts, cast, (3, 2))
    with pytest.raises(ValidationError, match="stand already"):
        joined(drafts, cast, (3, 2))
    assert MapDecision.objects.count() == 1


def test_a_clause_of_another_text_is_refused(drafts, cast, store):
    old, new = drafts
    with pytest.raises(ValidationError, match="not in this text"):
        correcting.set_together(cast.rita, old, new, [(art(new, 1), art(new, 1))], "No.")


def test_a_member_and_a_visitor_correct_nothing(drafts, cast):
    with pytest.raises(PermissionDenied):
        joined(drafts, cast, (3, 2), user=cast.alice)


def test_texts_in_preparation_are_corrected_by_nobody_who_may_not_see_them(store, cast):
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    services.request_comparison(old, new)
    with pytest.raises(PermissionDenied):
        joined((old, new), cast, (3, 2))


def test_the_database_refuses_to_change_a_decision_but_a_name_may_be_withdrawn(drafts, cast):
    cast.rita.display_name = "Rita R."
    cast.rita.save()
    decision = joined(drafts, cast, (3, 2), names_person=True)
    assert decision.credit == "Rita R., The Centre"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        MapDecision.objects.update(reason="Otherwise.")
    MapDecision.objects.update(names_person=False)
    assert MapDecision.objects.get().credit == "The Centre"
