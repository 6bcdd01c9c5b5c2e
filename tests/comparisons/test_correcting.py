"""Correcting a clause map: a decision is kept, shown, logged, can be taken back, and makes a whole new edition."""

from __future__ import annotations

import io
import random
import re
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from importlib import import_module
from unittest.mock import patch
from urllib.parse import unquote_plus

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import post_init
from django.urls import reverse

from lawcompare.accounts.models import VISITOR, User
from lawcompare.accounts.services import set_display_name
from lawcompare.comparisons import rows, services
from lawcompare.comparisons.access import decisions_on, find_comparison, last_decision, lead_of
from lawcompare.comparisons.computing import compare as computing
from lawcompare.comparisons.correcting import services as correcting_services
from lawcompare.comparisons.models import ClausePair, Comparison, Concordance, LeadSentence, MapDecision
from lawcompare.comparisons.services import propose_lead, request_comparison
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.numbers import seal
from lawcompare.laws.models import ClauseTranslation, Origin, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.translations.services import request_mapping
from lawcompare.publishing.services import publish
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.core.making import made
from tests.laws.test_translations import KHMER, translated
from tests.proposals import confirm_all, decide, listed
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafts(drafts, cast):
    """Two texts that the Centre brought and staff confirmed: what it decides on them stands at once."""
    for text in drafts:
        Origin.objects.create(version=text, organisation=cast.centre, confirmation="confirmed")
    return drafts


def art(version, number):
    return version.clauses.get(num=f"Article {number}")


def current(drafts) -> Comparison:
    comparison = find_comparison(*drafts)
    assert comparison is not None
    return comparison


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
    return correcting_services.set_together(user or cast.rita, old, new, pairs, reason, **more)


BEFORE = [
    ("unchanged", "1", "1", ""),
    ("added", None, "2", ""),
    ("renumbered", "2", "3", ""),
    ("removed", "3", None, ""),
    ("unchanged", "4", "4", ""),
]


def test_beside_a_row_stands_who_set_the_clause_of_another_draft_there(
    client, cast, drafts, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        third = store(OLD_DRAFT.replace("two", "three"), "third", date="2021")
    edge = (art(drafts[1], 2), art(third, 3))
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.set_together(cast.rita, drafts[1], third, [edge], "Both are about data.")
        confirm_all(cast.sara)
    address = reverse("comparison_beside", args=["draft", "old", "draft", "new", art(drafts[1], 2).eid])
    page = client.get(f"{address}?beside=third").content.decode()
    assert re.search(r"Matched by The Centre:\s*</b>\s*Both are about data.", page)


def test_two_clauses_that_the_program_kept_apart_are_joined_and_marked_word_by_word(drafts, cast):
    assert shown(current(drafts)) == BEFORE
    joined(drafts, cast, (3, 2))
    # Of two pairs that cross, one has moved.
    assert shown(current(drafts)) == [
        ("unchanged", "1", "1", ""),
        ("renumbered", "3", "2", "The Centre"),
        ("moved", "2", "3", ""),
        ("unchanged", "4", "4", ""),
    ]
    row = current(drafts).pairs.get(level="unit", new__num="Article 2")
    part = row.parts.get()
    assert "".join(text for op, text, _noise in part.changes if op != "only-new") == part.old.text
    assert row.decision.reason == "They are about the same duty."
    assert current(drafts).stats == {"moved": 1, "renumbered": 1, "unchanged": 2}
    assert current(drafts).tally == {"moved": 1, "same-subject": 1, "unchanged": 2}


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


def test_a_clause_of_a_restated_text_that_lost_its_partner_gets_none_that_is_little_alike(drafts, cast):
    joined(drafts, cast, (2, 2))
    assert shown(current(drafts)) == [
        ("unchanged", "1", "1", ""),
        ("changed", "2", "2", "The Centre"),
        ("removed", "3", None, ""),
        ("added", None, "3", ""),
        ("unchanged", "4", "4", ""),
    ]


@pytest.mark.parametrize(
    ("edges", "kind"),
    [([(2, 2), (2, 3)], "split"), ([(2, 3), (3, 3)], "merged"), ([(1, 4)], "moved")],
    ids=["split", "merge", "move"],
)
def test_splits_merges_and_moves_are_marked(drafts, cast, edges, kind):
    joined(drafts, cast, *edges)
    decided = [row for row in shown(current(drafts)) if row[3]]
    assert {row[0] for row in decided} == {kind}
    assert sorted((int(row[1]), int(row[2])) for row in decided) == sorted(edges)
    assert current(drafts).stats[kind] == 1


def test_a_pair_in_its_place_or_paragraphs_in_their_articles_are_set_together(drafts, cast):
    joined(drafts, cast, (4, 4), is_moved=True)
    assert ("moved", "4", "4", "The Centre") in shown(current(drafts))
    old, new = drafts
    one, other = old.clauses.get(eid__endswith="para_1"), new.clauses.get(eid__endswith="para_2")
    correcting_services.set_together(cast.rita, old, new, [(one, other)], "The order was turned round.")
    pair = current(drafts).pairs.get(level="part", old=one)
    assert pair.new == other and pair.decision.reason == "The order was turned round."


def test_so_many_letters_are_repeated_in_the_rows_of_two_texts(drafts, cast, monkeypatch):
    """One long clause beside a thousand short ones: 490 MB of rows, 3 GB of memory for each page that read them."""
    old, _new = drafts
    letters = len(art(old, 1).text) + sum(len(part.text) for part in old.clauses.filter(parent=art(old, 1)))
    monkeypatch.setattr(correcting_services, "REPEATED_MAX", letters)
    joined(drafts, cast, (1, 1), (1, 2))
    with pytest.raises(ValidationError, match="repeat too much"):
        joined(drafts, cast, (2, 3), (2, 4))
    with pytest.raises(ValidationError, match="repeat too much"):
        joined(drafts, cast, (1, 1), (1, 2), (1, 3))
    joined(drafts, cast, (2, 3))
    joined(drafts, cast, (1, 1))
    joined(drafts, cast, (1, 3), (1, 4))
    for limit, most in (("ROWS_REPEATED_MAX", 1), ("ROWS_OF_ONE_MAX", 2)):
        monkeypatch.setattr(correcting_services, limit, most)
        joined(drafts, cast, (1, 1), (1, 2))
        with pytest.raises(ValidationError, match="repeat too much"):
            joined(drafts, cast, (1, 1), (1, 2), (1, 3))
        joined(drafts, cast, (1, 1))
        monkeypatch.setattr(correcting_services, limit, 200)
        monkeypatch.setattr(correcting_services, "REPEATED_MAX", 10**9)


def computed_afresh(drafts) -> Comparison:
    """The two texts compared by a worker that knows of no edition, with the decisions in force."""
    afresh = made(Comparison, old=drafts[0], new=drafts[1], engine="next")
    run_now(afresh.job)
    afresh.refresh_from_db()
    return afresh


@pytest.mark.parametrize("limit", ["CLAUSES_AT_ONCE", "CHARACTERS_AT_ONCE"])
def test_a_decision_on_long_texts_is_computed_by_a_worker(
    drafts, cast, monkeypatch, django_capture_on_commit_callbacks, limit
):
    monkeypatch.setattr(correcting_services, limit, 1)
    with django_capture_on_commit_callbacks(execute=False) as waiting:
        joined(drafts, cast, (3, 2))
    assert shown(current(drafts)) == BEFORE
    with pytest.raises(ValidationError, match="still being computed"):
        joined(drafts, cast, (1, None), (None, 1))
    for callback in waiting:
        callback()
    assert ("renumbered", "3", "2", "The Centre") in shown(current(drafts))


def test_long_texts_are_not_compared_while_a_person_waits(store, cast, django_capture_on_commit_callbacks):
    """Of half a million letters it took nearly four seconds, as often as a reviewer pressed the button."""
    words = " ".join(f"word{number}" for number in range(6_000))
    with django_capture_on_commit_callbacks(execute=True):
        texts = [store(f"{text}\n\n## Article 90. Long\n\n{words}\n", name, date=name)
                 for name, text in (("2019", OLD_DRAFT), ("2020", NEW_DRAFT))]  # fmt: skip
    for text in texts:
        Origin.objects.create(version=text, organisation=cast.centre, confirmation="confirmed")
    joined(texts, cast, (3, 2))
    assert (waiting := correcting_services.unfinished(*texts)) is not None and waiting.job.owner == cast.centre


def test_what_compares_somebody_s_private_texts_is_their_work(store, cast, django_capture_on_commit_callbacks):
    """Else another's file had to wait for a comparison of which its organisation knows nothing."""
    with django_capture_on_commit_callbacks(execute=True):
        old, new = store(OLD_DRAFT, "old", date="2019"), store(NEW_DRAFT, "new", date="2021")
        private = [translated(OLD_DRAFT, "old-km", "draft/old"), translated(NEW_DRAFT, "new-km", "draft/new")]
        Origin.objects.bulk_create(Origin(version=text, organisation=cast.centre) for text in (old, new, *private))
        for text in private:
            request_mapping(text)
    with django_capture_on_commit_callbacks(execute=True):
        services.request_comparison(old, new)
        services.request_comparison(*private)
    before = set(Job.objects.values_list("pk", flat=True))
    joined((old, new), cast, (3, 2), user=cast.charlie)
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, MapDecision.objects.get())
    begun = Job.objects.filter(kind="comparison").exclude(pk__in=before)
    owners = {(one.old.slug, one.job.owner) for one in Comparison.objects.filter(job__in=begun)}
    assert owners == {("old", cast.others), ("old-km", cast.centre)}


def test_an_edition_whose_worker_failed_is_tried_again_and_nothing_is_lost(
    drafts, cast, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(correcting_services, "CLAUSES_AT_ONCE", 1)

    def fail(edition, progress):
        raise RuntimeError("killed")

    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(computing, "compare", fail)
        joined(drafts, cast, (3, 2))
    assert shown(current(drafts)) == BEFORE and MapDecision.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.try_again(cast.rita, *drafts)
    assert ("renumbered", "3", "2", "The Centre") in shown(current(drafts))


@pytest.mark.parametrize(
    "edges", [[(3, 2)], [(2, 2)], [(2, None), (None, 3)], [(2, 2), (2, 3)], [(2, 3), (3, 3)], [(1, 4)]], ids=str
)
def test_an_edition_is_what_a_fresh_computation_gives_and_taken_back_leaves_all_as_it_was(drafts, cast, edges):
    before = content(current(drafts))
    decision = joined(drafts, cast, *edges)
    afresh = computed_afresh(drafts)
    assert content(afresh) == content(current(drafts))
    assert (afresh.stats, afresh.tally) == (current(drafts).stats, current(drafts).tally)
    correcting_services.undo_decision(cast.rita, decision, "On second thoughts.")
    assert content(current(drafts)) == before
    assert current(drafts).edition == 3 and not Concordance.objects.in_force().exists()


def long_draft(chance: random.Random, count: int) -> str:
    words = "person service data order court authority computer content fine year network provider".split()  # noqa: SIM905
    lines = []
    for number in range(1, count + 1):
        if number % 4 == 1:
            lines.append(f"# Chapter {number // 4 + 1}. On {chance.choice(words)} {number}\n")
        text = " ".join(chance.choice(words) for _ in range(12))
        lines.append(f"## Article {number}. On {chance.choice(words)}\n\nWhoever {text}.\n\n(1) The {text}.\n")
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.verify
def test_any_decisions_keep_every_clause_and_come_off_again_one_by_one(
    store, cast, seed, django_capture_on_commit_callbacks
):
    chance = random.Random(seed)
    with django_capture_on_commit_callbacks(execute=True):
        old, new = (
            store(long_draft(random.Random(7), 12), "old"),
            store(long_draft(random.Random(7), 13), "new", date="2021"),
        )
    for text in (old, new):
        Origin.objects.create(version=text, organisation=cast.centre, confirmation="confirmed")
    both, made, before = (old, new), [], []
    for _ in range(6):
        olds = chance.sample(range(1, 13), chance.choice([0, 1, 1, 2]))
        news = chance.sample(range(1, 14), chance.choice([1, 1, 1, 2]) if len(olds) < 2 else 1)
        edges = [(one, other) for one in olds for other in news] or [(None, other) for other in news]
        before.append(content(current(both)))
        made.append(joined(both, cast, *edges))
        pairs = current(both).pairs
        assert list(pairs.order_by("position").values_list("position", flat=True)) == list(range(pairs.count()))
        for side, version in (("old", old), ("new", new)):
            assert set(pairs.values_list(side, flat=True)) - {None} == set(version.clauses.values_list("pk", flat=True))
        assert set(edges) <= {tuple(num and int(num) for num in row[1:3]) for row in shown(current(both)) if row[3]}
        groups = pairs.filter(level="unit").values_list("group", flat=True).distinct().count()
        assert sum(current(both).stats.values()) == groups
    assert content(computed_afresh(both)) == content(current(both))
    for decision, as_it_was in zip(reversed(made), reversed(before), strict=True):
        correcting_services.undo_decision(cast.rita, decision, "No.")
        assert content(current(both)) == as_it_was


def test_one_of_two_decisions_is_taken_back(drafts, cast):
    first = joined(drafts, cast, (3, 2))
    joined(drafts, cast, (4, 4), is_moved=True)
    correcting_services.undo_decision(cast.rita, first, "No.")
    assert [row for row in shown(current(drafts)) if row[3]] == [("moved", "4", "4", "The Centre")]
    assert ("removed", "3", None, "") in shown(current(drafts))


def test_a_decision_that_another_followed_on_the_same_clauses_is_taken_back_after_it(drafts, cast):
    before = content(current(drafts))
    first = joined(drafts, cast, (2, 2))
    between = content(current(drafts))
    second = joined(drafts, cast, (3, 2))
    with pytest.raises(ValidationError, match="A later decision rests on this one"):
        correcting_services.undo_decision(cast.rita, first, "No.")
    correcting_services.undo_decision(cast.rita, second, "No.")
    assert content(current(drafts)) == between
    correcting_services.undo_decision(cast.rita, first, "No.")
    assert content(current(drafts)) == before
    with pytest.raises(ValidationError, match="already been undone"):
        correcting_services.undo_decision(cast.rita, first, "No.")


def test_a_reason_is_needed_the_same_is_not_said_twice_and_no_clause_of_another_text(drafts, cast, store):
    with pytest.raises(ValidationError, match="Say why"):
        joined(drafts, cast, (3, 2), reason="  ")
    joined(drafts, cast, (3, 2))
    with pytest.raises(ValidationError, match="stand already"):
        joined(drafts, cast, (3, 2))
    assert MapDecision.objects.count() == 1
    old, new = drafts
    with pytest.raises(ValidationError, match="not in this text"):
        correcting_services.set_together(cast.rita, old, new, [(art(new, 1), art(new, 1))], "No.")


def test_texts_in_preparation_are_corrected_by_nobody_who_may_not_see_them(store, cast):
    old, new = store(OLD_DRAFT, "old", published=False), store(NEW_DRAFT, "new", published=False)
    services.request_comparison(old, new)
    with pytest.raises(PermissionDenied):
        joined((old, new), cast, (3, 2))


@pytest.mark.both_databases
def test_the_database_refuses_to_change_a_decision_but_a_name_may_be_withdrawn(drafts, cast):
    cast.rita.display_name = "Rita R."
    cast.rita.save()
    decision = joined(drafts, cast, (3, 2), names_person=True)
    assert decision.credit == "The Centre, Rita R."
    cast.rita.display_name = "Others said this"
    cast.rita.save()
    assert MapDecision.objects.get().credit == "The Centre", "a name that stood there when it was decided"
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        MapDecision.objects.update(reason="Otherwise.")
    MapDecision.objects.update(names_person=False)
    assert MapDecision.objects.get().credit == "The Centre"


def test_beside_a_row_stands_what_an_organisation_proposed_last(client, drafts, cast):
    for number, edge in enumerate([(3, 2), (3, None), (3, 2)]):
        joined(drafts, cast, edge, reason=f"zz{number}", user=cast.charlie)
    page = client.get(reverse("comparison", args=["draft", "old", "draft", "new"])).content.decode()
    assert set(re.findall(r"zz\d", page)) == {"zz2"}


def test_staff_read_the_name_that_readers_see_beside_what_they_confirm(drafts, cast):
    cast.charlie.display_name = "Zq Name"
    cast.charlie.save()
    joined(drafts, cast, (3, 2), user=cast.charlie, names_person=True)
    assert ("By", "The Others, Zq Name") in listed(cast.sara)[0].lines


def test_so_many_pairs_of_two_texts_an_organisation_proposes_and_so_many_are_read(client, drafts, cast, monkeypatch):
    """A hundred proposals of 2,000 pairs each took every reader twenty seconds."""
    monkeypatch.setattr(correcting_services, "PROPOSED_MAX", 2)
    for number, edge in enumerate([(3, 2), (1, 4)]):
        joined(drafts, cast, edge, reason=f"zz{number}", user=cast.charlie)
    with pytest.raises(ValidationError, match="no more are taken"):
        joined(drafts, cast, (4, 1), user=cast.charlie)
    address = reverse("comparison", args=["draft", "old", "draft", "new"])
    assert set(re.findall(r"zz\d", client.get(address).content.decode())) == {"zz0", "zz1"}
    monkeypatch.setattr(rows, "PROPOSED_READ", 1)
    assert set(re.findall(r"zz\d", client.get(f"{address}?show=all").content.decode())) == {"zz1"}


def test_of_a_decision_on_many_pairs_the_first_are_listed(drafts, cast, rita):
    joined(drafts, cast, *((one, other) for one in (1, 2, 3) for other in (1, 2, 3)), user=cast.charlie)
    read = []
    post_init.connect(listener := lambda **_sent: read.append(1), Concordance)
    page = rita.get(address("corrections")).content.decode()
    post_init.disconnect(listener, Concordance)
    assert page.count(" → ") == len(read) == 8 and "9 pairs in all" in page


def test_what_another_organisation_decides_counts_once_staff_confirm_it_and_until_they_take_that_back(drafts, cast):
    before = content(current(drafts))
    proposal = joined(drafts, cast, (3, 2), user=cast.charlie)
    with pytest.raises(ValidationError, match="proposes that already"):
        joined(drafts, cast, (3, 2), user=cast.charlie)
    assert current(drafts).edition == 1 and not Concordance.objects.in_force().exists()
    decide(cast.sara, proposal)
    assert ("renumbered", "3", "2", "The Others") in shown(current(drafts))
    later = joined(drafts, cast, (3, 4))
    assert not later.stands, "in place of what others decided nothing stands at once"
    decide(cast.sara, later)
    with pytest.raises(ValidationError, match="A later decision rests on this one"):
        decide(cast.sara, proposal, "undo")
    correcting_services.undo_decision(cast.rita, later, "No.")
    decide(cast.sara, proposal, "undo")
    assert content(current(drafts)) == before
    joined(drafts, cast, (3, 4))
    with pytest.raises(ValidationError, match="A later decision rests on this one"):
        decide(cast.sara, proposal)
    assert not MapDecision.objects.get(pk=proposal.pk).stands


def test_who_proposes_takes_it_back_and_then_nobody_confirms_it(drafts, cast):
    proposal = joined(drafts, cast, (3, 2), user=cast.charlie)
    with pytest.raises(PermissionDenied):
        correcting_services.undo_decision(cast.rita, proposal, "No.")
    assert [one.row for one in listed(cast.sara)] == [proposal]
    correcting_services.undo_decision(cast.charlie, proposal, "An error.")
    assert not listed(cast.sara) and current(drafts).edition == 1
    refused = joined(drafts, cast, (3, 2), user=cast.charlie)
    decide(cast.sara, refused, "refuse")
    with pytest.raises(ValidationError, match="already been undone"):
        correcting_services.undo_decision(cast.charlie, refused, "No.")
    assert current(drafts).edition == 1


@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_staff_confirm_what_is_taken_back_at_that_moment_and_neither_waits_for_the_other(cast, drafts, monkeypatch):
    decision, lock = joined(drafts, cast, (3, 2), user=cast.charlie), correcting_services._lock
    staff_hold, proposer_holds = threading.Event(), threading.Event()

    def held(old, new):
        if threading.current_thread().name.endswith("_0"):
            staff_hold.set()
            proposer_holds.wait(1)
            return lock(old, new)
        base = lock(old, new)
        proposer_holds.set()
        staff_hold.wait(1)
        return base

    def end(task) -> str:
        try:
            task()
        except (AssertionError, ValidationError, DatabaseError) as error:
            return type(error).__name__
        finally:
            connection.close()
        return ""

    monkeypatch.setattr(correcting_services, "_lock", held)
    tasks = [
        lambda: decide(cast.sara, decision),
        lambda: correcting_services.undo_decision(cast.charlie, decision, "A mistake."),
    ]
    with ThreadPoolExecutor(2) as pool:
        ends = list(pool.map(end, tasks))
    assert ends in (["", ""], ["ValidationError", ""])
    assert MapDecision.objects.get(undoes=decision) and not Concordance.objects.in_force().exists()


def test_what_earlier_releases_kept_of_decisions_taken_back_in_private_is_told_to_its_organisation_alone(drafts, cast):
    """Now it is deleted when the text becomes public."""
    at = max(text.published_at for text in drafts) - timedelta(days=1)
    with patch("django.utils.timezone.now", return_value=at):
        correcting_services.undo_decision(cast.rita, joined(drafts, cast, (3, 2)), "A mistake.")
    told = {person: decisions_on(person, *drafts).count() for person in (VISITOR, cast.charlie, cast.eve)}
    assert told == {VISITOR: 0, cast.charlie: 0, cast.eve: 2}


def test_an_upgrade_deletes_what_was_compared_in_private_and_leaves_what_readers_saw(drafts, cast):
    """Of the editions of two texts that earlier releases kept; those of the same two the other way round all stay."""
    upgrade = import_module("lawcompare.comparisons.migrations.0006_private_editions")
    at = max(text.published_at for text in drafts)
    with patch("django.utils.timezone.now", return_value=at - timedelta(days=1)):
        decision = joined(drafts, cast, (3, 2))
    upgrade.delete_private_editions(apps, connection.schema_editor())  # PostgreSQL would delete no finished one
    ClausePair.objects.all()._raw_delete("default")
    Comparison.objects.all()._raw_delete("default")
    earlier: dict[int, Comparison] = {}
    for way, days, rests_on, by in [(1, -3, None, None), (1, -1, decision, None), (1, 1, None, None), (1, 2, None, 1),
                                    (-1, -1, None, None), (-1, 1, None, 1)]:  # fmt: skip
        old, new = drafts[::way]
        before = earlier.get(way)
        sides = {"old": old, "new": new, "edition": before.edition + 1 if before else 1, "made_from": before}
        edition = Comparison.objects.create(
            **sides, job=Job.objects.create(kind="comparison"), decision=by and decision
        )
        row = {"position": 0, "group": 0, "level": "unit", "kind": "added", "standing": "added", "score": 1}
        edition.pairs.create(**row, decision=rests_on and rests_on.made.get())
        Comparison.objects.filter(pk=edition.pk).update(finished_at=at + timedelta(days=days))
        earlier[way] = edition
    upgrade.delete_private_editions(apps, connection.schema_editor())
    left = [list(Comparison.objects.filter(old=text).order_by("edition").values_list("edition")) for text in drafts]
    assert left == [[(1,), (2,)], [(1,), (2,)]], "as readers counted them before"


def address(name: str = "correct", **asked: str) -> str:
    at = reverse(name, args=["draft", "old", "draft", "new"])
    return at + ("?" + "&".join(f"{key}={value}" for key, value in asked.items()) if asked else "")


REMOVED = {"old": "chp_1__art_3", "new": ""}


def form(**fields) -> dict:
    return {"old": ["chp_1__art_3"], "new": ["chp_1__art_2"], "reason": "The same duty.", "seen": 0} | fields


def test_an_analyst_corrects_a_row_without_a_script_and_readers_see_who_and_why(client, drafts, cast):
    client.force_login(cast.rita)
    page = client.get(reverse("comparison", args=["draft", "old", "draft", "new"])).content.decode()
    assert address(**REMOVED).replace("&", "&amp;") in page
    shown = client.get(address(**REMOVED)).content.decode()
    assert 'value="chp_1__art_3" id="id_old_' in shown and 'value="chp_1__art_2"' in shown
    made = client.post(address(**REMOVED), form())
    assert made.status_code == 302 and "?decision=" in made.url
    after = client.get(made.url).content.decode()
    assert "The same duty." in after and "is-beside" in after and "Undo" in after
    client.logout()
    page = client.get(reverse("comparison", args=["draft", "old", "draft", "new"])).content.decode()
    assert "Matched by The Centre: The same duty." in " ".join(re.sub("<[^>]+>", "", page).split())
    assert "rita" not in page and "correct this pairing" not in page and "corrections" not in page


def test_the_address_of_an_edition_keeps_what_it_showed(client, drafts, cast):
    joined(drafts, cast, (3, 2))
    at = reverse("comparison", args=["draft", "old", "draft", "new"])
    earlier = client.get(at + "?edition=1").content.decode()
    assert "Matched by" not in earlier and "the latest is edition 2" in earlier
    assert "edition=2" in client.get(at).content.decode()
    assert client.get(at + "?edition=1&view=inline").status_code == 200
    assert client.get(at + "?edition=9").status_code == client.get(at + "?edition=x").status_code == 404
    data = client.get(at[:-1] + ".json").json()
    assert data["edition"] == 2
    assert [pair["decided"] for pair in data["pairs"] if "decided" in pair] == [
        {"by": "The Centre", "reason": "They are about the same duty."}
    ]
    changed = [pair for pair in data["pairs"] if pair["standing"] != "unchanged" and "decided" not in pair]
    assert changed and all(pair["corrected_by"] == ["The Centre"] for pair in changed), "what may have changed with it"
    assert client.get(at[:-1] + ".json?edition=1").json()["edition"] == 1


def test_a_sentence_that_one_proposes_takes_that_of_another_off_no_page(drafts, cast):
    first = propose_lead(cast.rita, *drafts, "The Centre's.")
    propose_lead(cast.charlie, *drafts, "The Others'.")
    assert lead_of(*drafts) == first
    again = propose_lead(cast.rita, *drafts, "The Centre's, better.")
    assert lead_of(*drafts) == again
    decide(cast.sara, LeadSentence.objects.get(body="The Others'."))
    assert lead_of(*drafts).body == "The Others'."


def test_which_clause_translates_which_waits_for_staff_where_others_spoke_of_it(
    cast, drafts, monkeypatch, django_capture_on_commit_callbacks
):
    """It sets the site's words and everybody's notes beside another clause."""
    old, _new = drafts
    khmer = translated()
    for text in (old, khmer):
        Origin.objects.update_or_create(
            version=text, defaults={"organisation": cast.centre, "confirmation": "confirmed"}
        )
    publish(khmer)
    khmer = Version.objects.get(pk=khmer.pk)
    edge = art(Version.objects.get(pk=old.pk), 3), khmer.clauses.get(eid=art(old, 1).eid)
    decision = correcting_services.set_together(cast.rita, edge[0].version, khmer, [edge], "So it is.")
    assert not decision.stands
    correcting_services.undo_decision(cast.rita, decision, "Not yet.")
    # And where it was decided before staff confirmed the translation.
    Origin.objects.filter(version=khmer).update(confirmation="proposed")
    khmer = Version.objects.get(pk=khmer.pk)
    decision = correcting_services.set_together(cast.rita, edge[0].version, khmer, [edge], "So it is.")
    other = art(edge[0].version, 2), khmer.clauses.get(eid=art(old, 4).eid)
    second = correcting_services.set_together(cast.rita, edge[0].version, khmer, [other], "So it is.")
    assert decision.stands and second.stands
    monkeypatch.setattr(correcting_services, "CLAUSES_AT_ONCE", 0)
    with django_capture_on_commit_callbacks(execute=True):
        request_comparison(edge[0].version, khmer)  # as any visitor may
    decide(cast.sara, khmer.origin)
    assert not MapDecision.objects.filter(pk__in=[decision.pk, second.pk]).stand().exists()
    assert {one.row for one in listed(cast.sara)} == {decision, second}
    run_now(Job.objects.filter(kind="comparison").latest("pk"))
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, decision)
    rows = ClauseTranslation.objects.filter(translation=edge[1], original=edge[0])
    assert rows.exists()


def test_beside_a_third_text_it_says_whose_decisions_took_the_partner_away(
    client, drafts, cast, store, django_capture_on_commit_callbacks
):
    _old, new = drafts
    with django_capture_on_commit_callbacks(execute=True):
        third = store(NEW_DRAFT.replace("180", "181"), "third", date="2022")
        request_comparison(new, third)
    Origin.objects.create(version=third, organisation=cast.centre, confirmation="confirmed")
    third = Version.objects.get(pk=third.pk)
    address = reverse("comparison_beside", args=["draft", "old", "draft", "new", art(new, 1).eid]) + "?beside=third"
    assert "The Centre decided" not in client.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.set_together(cast.rita, new, third, [(art(new, 3), art(third, 1))], "One duty.")
    page = client.get(address).content.decode()
    assert "Nothing is stated of it here" in page and "Some clauses are paired as The Centre decided." in page


def test_what_was_decided_of_a_private_translation_does_not_wait_when_staff_confirm_the_original(
    cast, store, django_capture_on_commit_callbacks
):
    """Once it is public, how it stands would tell that it was in hand before that day."""
    old = store(OLD_DRAFT, "old", published=False)
    Origin.objects.create(version=old, organisation=cast.centre)
    publish(old)
    khmer = translated()
    Origin.objects.create(version=khmer, organisation=cast.centre)
    old, khmer = Version.objects.get(pk=old.pk), Version.objects.get(pk=khmer.pk)
    edge = art(old, 3), khmer.clauses.get(eid=art(old, 1).eid)
    decision = correcting_services.set_together(cast.rita, old, khmer, [edge], "So it is.")
    decide(cast.sara, old.origin)
    decision.refresh_from_db()
    assert decision.stands
    with django_capture_on_commit_callbacks(execute=True):
        publish(Version.objects.get(pk=khmer.pk))
    decision.refresh_from_db()
    assert decision.stands, "as what is decided after staff confirmed the original"
    decide(cast.sara, Origin.objects.get(version=khmer))
    decision.refresh_from_db()
    assert not decision.stands, "now both are read"


def test_whose_pairing_takes_the_partner_of_a_clause_that_is_rendered_in_part_is_named(
    client, cast, store, django_capture_on_commit_callbacks
):
    """The clause with which it was paired has no rendering, and so the row no decision of its own."""
    front = FRONT.format(law="draft", version="new-km", title="Khmer new", date="2020")
    part = KHMER.replace(re.search("## មាត្រា ១.*?(?=## មាត្រា ២)", KHMER, re.DOTALL)[0], "")
    file = (front.replace("language: en", "language: km") + part).encode()
    with django_capture_on_commit_callbacks(execute=True):
        old, new = store(OLD_DRAFT, "old", date="2019"), store(OLD_DRAFT, "new", date="2020")
        publish(translated())
        publish(import_law(Import(file, "km.md", metadata={"translates": "draft/new", "renders_part": True})).version)
    for text in (old, new):
        Origin.objects.create(version=text, organisation=cast.centre, confirmation="confirmed")
    old, new = Version.objects.get(pk=old.pk), Version.objects.get(pk=new.pk)
    pair = ["draft", "old-km", "draft", "new-km"]
    pages = [
        reverse("comparison", args=pair),
        reverse("share_row", args=[*pair, f"old-{art(old, 3).eid}"]),
        *(f"/laws/draft/{name}/{art(old, 3).eid}/" for name in ("old-km", "new-km")),
        reverse("versions_table", args=["draft"]) + "?language=km",
        reverse("api:pairs", args=pair),
    ]
    for is_decided in (False, True):
        if is_decided:
            with django_capture_on_commit_callbacks(execute=True):
                correcting_services.set_together(cast.rita, old, new, [(art(old, 3), art(new, 1))], "One duty.")
        for page in pages:
            assert ("The Centre" in client.get(page).content.decode()) == is_decided, page


def test_the_second_analyst_is_shown_what_the_first_decided_and_can_go_on(client, drafts, cast):
    client.force_login(cast.charlie)
    client.get(address(**REMOVED))
    joined(drafts, cast, (3, 2), reason="The first word.")
    answer = client.post(
        address(old="chp_1__art_3", new="chp_1__art_2"), form(new=["chp_1__art_4"], reason="The second.")
    )
    page = answer.content.decode()
    assert answer.status_code == 409 and "The first word." in page and "The second." in page
    assert 'value="chp_1__art_4" id="id_new_' in page
    seen = seal(last_decision(cast.rita, *drafts), "mapdecision")
    assert f'name="seen" value="{seen}"' in page
    again = client.post(address(old="chp_1__art_3", new="chp_1__art_2"), form(new=["chp_1__art_4"], seen=seen))
    assert again.status_code == 302
    confirm_all(cast.sara)
    assert ("renumbered", "3", "4", "The Others") in shown(current(drafts))


def test_who_paired_clauses_is_named_where_their_row_is_shared_and_in_the_api(
    client, drafts, cast, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        joined(drafts, cast, (3, 2))
    pair, row = ["draft", "old", "draft", "new"], "chp_1__art_2"
    for name in ("share_row", "embed_row"):
        assert "Matched by The Centre" in client.get(reverse(name, args=[*pair, row])).content.decode(), name
    shared = client.get(reverse("share_row", args=[*pair, row])).content.decode()
    for others_read in (r'og:description"\s+content="([^"]*)', r'<pre class="message"[^>]*>([^<]*)', 'text=([^&"]*)'):
        assert "Matched by The Centre" in unquote_plus(re.search(others_read, shared)[1]), others_read
    for text, number in ((drafts[1], 2), (drafts[0], 3)):
        assert "Matched by The Centre" in client.get(art(text, number).get_absolute_url()).content.decode(), number
    part = art(drafts[1], 3).eid + "__para_1"
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.set_together(cast.rita, *drafts, [(None, drafts[1].clauses.get(eid=part))], "It is new.")
    confirm_all(cast.sara)
    article = client.get(art(drafts[1], 3).get_absolute_url()).content.decode()
    assert "Without counterpart, says The Centre" in article, "of a part"
    sentence = "Some clauses are paired as The Centre decided."
    for address in (reverse("versions_table", args=["draft"]), reverse("law_feed", args=["draft"])):
        assert sentence in client.get(address).content.decode(), address
    with zipfile.ZipFile(io.BytesIO(client.get(reverse("versions_table_xlsx", args=["draft"])).content)) as book:
        assert sentence in book.read("xl/sharedStrings.xml").decode()
    answer = client.get(reverse("api:pairs", args=pair)).json()["items"]
    said = {one["new"]["eid"]: one["decided"] for one in answer if one["new"] and one["level"] == "unit"}
    assert said[row] == {"by": "The Centre", "reason": "They are about the same duty."}
    assert said["chp_1__art_1"] is None
    # What lost its partner by that, and has no word of its own.
    with django_capture_on_commit_callbacks(execute=True):
        joined(drafts, cast, (1, 2))
    alone = "chp_1__art_1"
    address = reverse("share_row", args=[*pair, alone])
    for page in (address, art(drafts[1], 1).get_absolute_url()):
        assert "clauses are paired as The Centre decided" in client.get(page).content.decode(), page


def test_who_decided_on_parts_of_a_row_is_named_with_the_row(client, drafts, cast, django_capture_on_commit_callbacks):
    old, new = drafts
    parts = [(art(old, 2), None), (None, art(new, 3))]
    parts = [tuple(one and one.version.clauses.get(eid=f"{one.eid}__para_1") for one in pair) for pair in parts]
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.set_together(cast.rita, old, new, parts, "They are not the same.")
    pair = ["draft", "old", "draft", "new"]
    page = client.get(reverse("share_row", args=[*pair, "chp_1__art_3"])).content.decode()
    assert "Without counterpart, says The Centre" in page
    with zipfile.ZipFile(io.BytesIO(client.get(reverse("comparison_xlsx", args=pair)).content)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
    assert "The Centre" in words and "They are not the same." in words


def test_a_name_that_a_person_chose_stands_behind_that_of_their_organisation(drafts, cast):
    """It may be another organisation's, and nobody reads it before it is shown."""
    set_display_name(cast.rita, "The Others")
    decision = joined(drafts, cast, (3, 2), names_person=True)
    assert decision.credit == "The Centre, The Others"


def test_staff_read_no_more_of_a_heading_in_a_list_of_pairs_than_has_room(drafts, cast):
    """Two thousand pairs with headings of thousands of letters made a page of 20 million."""
    decision = joined(drafts, cast, (3, 2))
    (pair,) = decision.made.select_related("old", "new")
    pair.old.heading = "x" * 5_000
    assert len(pair.line) < 500


def test_a_form_that_does_not_fit_keeps_nothing_and_says_so(drafts, rita, subtests):
    for fields, words in [
        ({"reason": ""}, "This field is required"),
        ({"old": [], "new": []}, "Choose at least one clause"),
        ({"old": ["art_99"]}, "is not in this text"),
        ({"is_moved": "on", "new": ["chp_1__art_2", "chp_1__art_4"]}, "said to have moved"),
    ]:
        with subtests.test(fields=fields, words=words):
            refused = rita.post(address(**REMOVED), form(**fields))
            assert refused.status_code == 400 and words in refused.content.decode()
            assert not MapDecision.objects.exists()


def test_a_pair_that_is_not_there_is_said_to_be_missing_and_the_form_comes_alone(drafts, rita):
    assert rita.get(address(old="chp_1__art_1", new="chp_1__art_4")).status_code == 404
    assert rita.get(address("languages")).status_code == 404
    part = rita.get(address(**REMOVED), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and 'name="reason"' in part


def test_a_decision_is_taken_back_on_the_page(client, drafts, cast):
    client.force_login(cast.rita)
    decision = joined(drafts, cast, (3, 2))
    at = address("correction_undo")
    without = client.post(
        at, {"decision": seal(decision.pk, "mapdecision"), "reason": ""}, follow=True
    ).content.decode()
    assert "Say why" in without and ("renumbered", "3", "2", "The Centre") in shown(current(drafts))
    done = client.post(
        at, {"decision": seal(decision.pk, "mapdecision"), "reason": "An error."}, follow=True
    ).content.decode()
    assert "Undone" in done and "An error." in done
    assert shown(current(drafts)) == BEFORE
    assert client.post(at, {"decision": seal(10**6, "mapdecision"), "reason": "x"}).status_code == 404
    client.force_login(cast.charlie)
    assert client.post(at, {"decision": seal(decision.pk, "mapdecision"), "reason": "x"}).status_code == 403


def test_a_person_who_was_named_can_cease_to_be(client, drafts, cast):
    cast.rita.display_name = "Rita R."
    cast.rita.save()
    client.force_login(cast.rita)
    client.post(address(**REMOVED), form(names_person="on"))
    at = reverse("comparison", args=["draft", "old", "draft", "new"])
    assert "Matched by The Centre, Rita R." in client.get(at).content.decode()
    decision = MapDecision.objects.get()
    taken = address("correction_undo")
    client.force_login(cast.charlie)
    assert client.post(taken, {"decision": seal(decision.pk, "mapdecision"), "unname": ""}).status_code == 403
    client.force_login(cast.rita)
    assert "Do not name me" in client.get(address("corrections")).content.decode()
    client.post(taken, {"decision": seal(decision.pk, "mapdecision"), "unname": ""})
    page = client.get(at).content.decode()
    assert "Rita" not in page and "Matched by The Centre" in page


def table(client, text: str | bytes, **more):
    data = text if isinstance(text, bytes) else text.encode()
    file = SimpleUploadedFile("table.csv", data, content_type="text/csv")
    return client.post(address("corrections"), {"table": file, "reason": "The ministry's own table."} | more)


def test_a_table_is_stated_as_one_decision(drafts, rita):
    lines = "old,new\n3,2\n\nArticle 2,art. 3\n,Article 4\nchp_1__art_4,\n"
    assert table(rita, "\ufeff" + lines).status_code == 302
    assert {row[1:] for row in shown(current(drafts)) if row[3]} == {
        ("3", "2", "The Centre"),
        ("2", "3", "The Centre"),
        (None, "4", "The Centre"),
        ("4", None, "The Centre"),
    }
    assert MapDecision.objects.count() == 1


def test_a_split_is_two_lines_of_a_table_and_a_spreadsheet_may_part_by_semicolons(drafts, rita):
    assert table(rita, "old;new\r\n2(1);3(2)\r\n3;2\r\n3;4\r\n").status_code == 302
    assert [row[0] for row in shown(current(drafts)) if row[1] == "3"] == ["split", "split"]


def test_each_bad_line_of_a_table_is_named_and_none_is_used(drafts, rita):
    text = "old,new\n1,1\n77,2\n2,12 bis\n1,1\n3,\n3,4\n4,4,4\n2 or 3,3\n"
    refused = table(rita, text)
    page = unescape(refused.content.decode())
    assert refused.status_code == 400
    for decision in (
        "Line 3: there is no “77” in “draft old”.",
        "Line 4: there is no “12 bis” in “draft new”.",
        "Line 5: the same as line 2.",
        "Line 6: “Article 3 Interception” has no partner here, and one in line 7.",
        "Line 8: it has 3 columns instead of two.",
        "Line 9: there is no “2 or 3” in “draft old”.",
    ):
        assert decision in page
    assert not MapDecision.objects.exists() and not Concordance.objects.exists()


def test_a_file_that_is_no_table_is_refused_with_a_sentence(drafts, rita, subtests):
    for data, sentence in [
        (b"", "submitted file is empty"),
        (b"from,to\n1,2\n", "The first line of the table has to be: old,new"),
        (b"old,new\n", "no line below its heading"),
        (b"old,new\n\xff\xfe1,2\n", "not in UTF-8"),
        (b'old,new\n"1,2\n', "cannot be read as CSV"),
        (b"old,new\n" + b"x" * 1_000_001, "larger than a megabyte"),
        (b"PK\x03\x04\x00", "has to be: old,new"),
    ]:
        with subtests.test(data=data, sentence=sentence):
            refused = table(rita, data)
            assert refused.status_code == 400 and sentence in unescape(refused.content.decode())
            assert not MapDecision.objects.exists()


@pytest.fixture
@made_once
def languages(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        old = store(OLD_DRAFT, "old")
        khmer = translated(version="new")
        publish(khmer)
    return old, khmer


def test_pairs_of_a_translation_are_confirmed_and_corrected_like_any_other(
    languages, cast, django_capture_on_commit_callbacks, rita
):
    old, khmer = languages
    assert f'href="{reverse("translations")}"' in rita.get(reverse("workspace")).content.decode()
    assert f'href="{address("languages")}"' in rita.get(reverse("translations")).content.decode()
    page = rita.get(address("languages")).content.decode()
    assert "7 pairs wait to be confirmed." in page and "same number" in page
    rows = {row.original.eid: row for row in ClauseTranslation.objects.select_related("original")}
    User.objects.filter(pk=cast.rita.pk).update(display_name="Rita R.")
    ticked = [seal(rows["chp_1"].pk, "clausetranslation"), seal(rows["chp_1__art_1"].pk, "clausetranslation")]
    with django_capture_on_commit_callbacks(execute=True):
        assert (
            rita.post(address("languages"), {"pairs": ticked, "reason": "Read.", "names_person": "on"}).status_code
            == 302
        )
        assert not ClauseTranslation.objects.exclude(confirmed_by="").exists(), "of the site's texts it proposes that"
        confirm_all(cast.sara)
    assert set(ClauseTranslation.objects.filter(confirmed_by="The Centre").values_list("original__eid", flat=True)) == {
        "chp_1",
        "chp_1__art_1",
    }
    pair = {"old": "chp_1__art_3", "new": "chp_1__art_3"}
    assert "chp_1__art_4" in rita.get(address(**pair)).content.decode()
    fields = form(new=["chp_1__art_4"], seen=seal(last_decision(cast.rita, old, khmer), "mapdecision"))
    assert rita.post(address(**pair), fields).status_code == 403, "the site brought both"
    for text in (old, khmer):
        Origin.objects.create(version=text, organisation=cast.centre)
    with django_capture_on_commit_callbacks(execute=True):
        made = rita.post(address(**pair), fields)
    assert made.status_code == 302 and rita.get(made.url).status_code == 200
    row = ClauseTranslation.objects.get(original__eid="chp_1__art_3")
    assert (row.translation.eid, row.confirmed_by) == ("chp_1__art_4", "The Centre")
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.undo_decision(cast.rita, MapDecision.objects.latest("pk"), "No.")
    assert ClauseTranslation.objects.get(original__eid="chp_1__art_3").translation.eid == "chp_1__art_3"
    assert (
        rita.post(address("languages"), {"pairs": [seal(10**9, "clausetranslation")], "reason": "x"}).status_code == 400
    )


def test_who_confirms_a_pair_of_others_translation_takes_no_other_from_it(
    languages, cast, django_capture_on_commit_callbacks
):
    old, khmer = languages
    for text in languages:
        Origin.objects.create(version=text, organisation=cast.centre)
    one, *others = (text.clauses.get(eid=f"chp_1__art_{at}") for text, at in ((old, 3), (khmer, 3), (khmer, 4)))
    with django_capture_on_commit_callbacks(execute=True):
        correcting_services.set_together(cast.rita, old, khmer, [(one, other) for other in others], "It is split.")
    with pytest.raises(PermissionDenied):
        correcting_services.set_together(cast.charlie, old, khmer, [(one, others[0])], "Read.")
    rows = ClauseTranslation.objects.filter(original=one).values_list("translation__eid", "confirmed_by")
    assert set(rows) == {("chp_1__art_3", "The Centre"), ("chp_1__art_4", "The Centre")}


def test_what_one_decides_on_ones_private_translation_of_anothers_text_waits_once_it_is_public(
    store, cast, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        old, khmer = store(OLD_DRAFT, "en"), store(OLD_DRAFT, "km", published=False)
        Version.objects.filter(pk=khmer.pk).update(language="km", translates=old)
        khmer.refresh_from_db()
        Origin.objects.create(version=khmer, organisation=cast.centre)
        request_mapping(khmer)
    pair = ClauseTranslation.objects.get(original__eid="chp_1__art_1")
    with django_capture_on_commit_callbacks(execute=True):
        edge = pair.original, pair.translation
        decision = correcting_services.set_together(cast.rita, old, khmer, [edge], "Said in private.")
    assert decision.stands and ClauseTranslation.objects.filter(confirmed_by="The Centre").exists()
    with django_capture_on_commit_callbacks(execute=True):
        publish(khmer)
    decision.refresh_from_db()
    assert not decision.stands and not ClauseTranslation.objects.filter(confirmed_by="The Centre").exists()
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, decision)
    assert ClauseTranslation.objects.filter(confirmed_by="The Centre").exists()


def test_what_one_confirms_of_anothers_translation_is_ones_own_work(languages, cast):
    """Else it would fill the slot of who brought the text, as often as one presses."""
    old, khmer = languages
    for text in languages:
        Origin.objects.create(version=text, organisation=cast.centre)
    pair = ClauseTranslation.objects.first()
    stated = [(pair.original, pair.translation)]
    mine = correcting_services.set_together(cast.rita, old, khmer, stated, "Read first.")
    theirs = correcting_services.set_together(cast.charlie, old, khmer, stated, "Read.", is_moved=True)
    assert (mine.stands, theirs.stands) == (True, False), "nor does it take the place of theirs"
    decide(cast.sara, theirs)
    khmer.refresh_from_db()
    assert khmer.mapping_job.owner == cast.others


def test_the_reasons_of_a_pair_are_values_in_words_of_the_reader(drafts, rita):
    pair = current(drafts).pairs.get(level="unit", old__num="Article 1")
    assert pair.reasons == [["same-text", {}], ["same-number", {}]]
    removed = current(drafts).pairs.get(level="unit", new=None)
    assert removed.reasons[0][0] == "none-in-new"
    page = rita.get(address(old="chp_1__art_1", new="chp_1__art_1")).content.decode()
    assert "Why the program set it so: same text, same number." in " ".join(page.split())
    page = rita.get("/km" + address(old="chp_1__art_1", new="chp_1__art_1")).content.decode()
    assert "អត្ថបទដដែល, លេខដូចគ្នា" in page and "same text" not in page
    at = reverse("comparison", args=["draft", "old", "draft", "new"])[:-1] + ".json"
    data = rita.get(at, headers={"Accept-Language": "km"}).json()
    first = next(row for row in data["pairs"] if row["old"] and row["old"]["num"] == "Article 1")
    assert (first["evidence"], first["reasons"]) == ("same text, same number", pair.reasons)
