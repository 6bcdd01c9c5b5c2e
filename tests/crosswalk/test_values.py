"""Values that people state, confirm, correct, dispute and strike out; each with the words it rests on."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.http import Http404
from django.urls import reverse

from lawcompare.accounts.models import User
from lawcompare.accounts.services import add_member
from lawcompare.core.models import Entry
from lawcompare.crosswalk.access import get_value, reviewable_values, visible_values
from lawcompare.crosswalk.models import Element, Topic, Value, ValueChange
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.crosswalk.values import services
from lawcompare.crosswalk.values.exchange import format_value, parse_value
from lawcompare.crosswalk.values.services import find_words
from lawcompare.laws.access import find_version
from lawcompare.laws.models import Law, Origin, Version
from lawcompare.publishing.services import publish
from lawcompare.site.proposals.services import Proposal
from tests import second_factor
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.processor_time import at_most
from tests.proposals import confirm_all, decide, edits_the_site
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

LAW = """## § 10. Access

(a) Whoever intentionally enters a computer system is punished as subsection (b) provides.

(b) The punishment is imprisonment of not more than 5 years.

## § 20. Access again

Whoever enters a system is fined, and whoever enters a system twice is fined.
"""


@pytest.fixture
@made_once
def law(store):
    return store(LAW, "1", law="law")


def clause(version, end: str):
    return version.clauses.get(eid__endswith=end)


def test_words_are_looked_for_in_a_clause_as_long_as_a_book_in_steps_that_it_is_long(law):
    """With their number for each of its letters it took 2 s, and a table has a hundred such lines."""
    one = clause(law, "subsec_a")
    one.text = f"{'a ' * 500_000}is fined twice"
    with at_most(seconds=1):
        assert find_words(one, "is fined ").quote == "is fined"
        with pytest.raises(ValidationError):
            find_words(one, f"{'a ' * 400}b")


@pytest.fixture
@made_once
def offence(law):
    return clause(law, "subsec_a")


def words(one, text: str, start: int | None = None):
    return find_words(one, text, start)


@pytest.fixture
@made_once
def intent(cast, offence):
    """What Rita stated of the offence."""
    return services.state_value(
        cast.rita, offence, "mental", {"level": "intent"}, words(offence, "intentionally enters")
    )


def reread(value: Value) -> Value:
    return Value.objects.get(pk=value.pk)


def test_a_stated_value_waits_for_a_second_person_before_anybody_sees_it(cast, intent):
    assert intent.status == "stated" and intent.organisation == cast.centre
    assert not visible_values(AnonymousUser()).exists()
    with pytest.raises(Http404):  # also for a reviewer of another organisation
        get_value(cast.charlie, intent.pk)
    services.confirm_value(cast.eve, intent, intent.seen)
    assert visible_values(AnonymousUser()).get().proposed_by == "The Centre"
    confirm_all(cast.sara)
    seen = visible_values(AnonymousUser()).get()
    assert (seen.status, seen.quote, seen.credit) == ("confirmed", "intentionally enters", "The Centre")


def test_nobody_confirms_what_they_stated_themselves_and_a_second_person_does_once(cast, intent):
    with pytest.raises(ValidationError, match="You stated this yourself: a second person has to confirm it"):
        services.confirm_value(cast.rita, intent, reread(intent).seen)
    assert reread(intent).status == "stated"
    stale = reread(intent)
    services.confirm_value(cast.eve, intent, intent.seen)
    with pytest.raises(ValidationError, match="Only a value that one person stated"):
        services.confirm_value(cast.eve, stale, stale.seen)


def test_a_second_person_who_states_the_same_confirms_it(cast, offence, intent):
    with pytest.raises(ValidationError, match="Read it again"):  # it quotes more than they read
        services.state_value(cast.eve, offence, "mental", {"level": "intent"}, words(offence, "intentionally"))
    span = words(offence, "intentionally enters")
    again = services.state_value(cast.eve, offence, "mental", {"level": "intent"}, span)
    assert again.pk == intent.pk and again.status == "confirmed" and again.quote == "intentionally enters"
    with pytest.raises(ValidationError, match="already stated"):
        services.state_value(cast.adam, offence, "mental", {"level": "intent"}, words(offence, "intentionally"))


@pytest.mark.parametrize("level", ["intent", "knowledge"])
def test_what_one_person_stated_is_neither_confirmed_nor_disputed_by_who_may_not_know_of_it(
    cast, offence, intent, level
):
    other = services.state_value(cast.charlie, offence, "mental", {"level": level}, words(offence, "intentionally"))
    assert other.pk != intent.pk and {reread(intent).status, reread(other).status} == {"stated"}
    services.confirm_value(cast.eve, intent, intent.seen)  # from here on everybody knows it
    otto, _is_new = add_member("otto@example.org", cast.others, "editor")
    second_factor.give(otto)
    services.confirm_value(otto, reread(other), other.seen)
    assert {reread(intent).status, reread(other).status} == {"confirmed" if level == "intent" else "disputed"}


def test_no_value_is_shown_as_disputed_by_what_nobody_else_may_know_of(cast, offence):
    place = words(offence, "intentionally")
    other = services.state_value(cast.charlie, offence, "mental", {"level": "intent"}, place)
    otto, _is_new = add_member("otto@example.org", cast.others, "editor")
    second_factor.give(otto)
    services.confirm_value(otto, other, other.seen)
    mine = services.state_value(edits_the_site(cast.sara), offence, "mental", {"level": "knowledge"}, place)
    assert (reread(mine).status, reread(other).status) == ("stated", "confirmed")
    ed = edits_the_site(User.objects.create_user("ed@example.org", is_staff=True))
    second_factor.give(ed)
    services.confirm_value(ed, mine, mine.seen)
    assert (reread(mine).status, reread(other).status) == ("confirmed", "disputed")


def test_a_corrected_value_waits_for_a_second_person_again(cast, offence, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    services.correct_value(
        cast.eve, intent, {"level": "knowledge"}, words(offence, "intentionally"), "Read again.", intent.seen
    )
    assert reread(intent).status == "stated" and not visible_values(AnonymousUser()).exists()
    services.confirm_value(cast.rita, intent, reread(intent).seen)
    assert visible_values(AnonymousUser()).get().values == {"level": "knowledge"}
    history = [(one.action, one.values["level"]) for one in intent.changes.all()]
    assert history == [
        ("stated", "intent"), ("confirmed", "intent"), ("corrected", "knowledge"), ("confirmed", "knowledge")
    ]  # fmt: skip


def test_another_organisation_does_not_correct_or_strike_out_but_disputes(cast, offence, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    with pytest.raises(PermissionDenied):
        services.correct_value(
            cast.charlie, intent, {"level": "knowledge"}, words(offence, "intentionally"), "No.", intent.seen
        )
    with pytest.raises(PermissionDenied):
        services.strike_value(cast.charlie, intent, "No.", intent.seen)
    rival = services.dispute_value(
        cast.charlie, intent, {"level": "knowledge"}, words(offence, "intentionally"), "It says less.", intent.seen
    )
    assert {reread(intent).status, reread(rival).status} == {"disputed"}
    assert {value.status for value in visible_values(AnonymousUser())} == {"disputed"}
    with pytest.raises(ValidationError):
        services.confirm_value(cast.eve, intent, intent.seen)


def test_two_who_state_one_value_differently_are_both_shown_as_disputed_until_one_gives_in(cast, offence, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    rival = services.state_value(
        cast.charlie, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally")
    )
    assert {reread(intent).status, reread(rival).status} == {"disputed"}
    services.strike_value(cast.charlie, rival, "Read again.", rival.seen)
    assert reread(intent).status == "confirmed" and reread(rival).status == "struck"


def test_a_dispute_outlives_the_account_of_who_disputed(cast, offence):
    span = words(offence, "intentionally enters")
    services.state_for_project(offence, "mental", {"level": "intent"}, span)
    services.state_value(cast.charlie, offence, "mental", {"level": "knowledge"}, span)
    confirm_all(cast.sara)
    cast.charlie.delete()
    other = services.state_value(cast.rita, offence, "mental", {"level": "knowledge"}, words(offence, "a computer"))
    services.strike_value(cast.rita, other, "By mistake.", other.seen)
    assert [value.status for value in visible_values(AnonymousUser())] == ["disputed", "disputed"]


def test_a_dispute_ends_where_the_rival_is_corrected_to_say_something_else(cast, offence, intent):
    rival = services.state_value(
        cast.charlie, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally")
    )
    services.correct_value(
        cast.charlie, rival, {"level": "knowledge"}, words(offence, "Whoever"), "Other words.", rival.seen
    )
    assert {reread(intent).status, reread(rival).status} == {"stated"}


def test_to_strike_out_one_of_many_disputed_values_asks_no_more_of_the_database(
    cast, offence, intent, django_assert_max_num_queries
):
    level = {"words_clause": intent.words_clause, "start": intent.start, "end": intent.end, "quote": intent.quote}
    level |= {"clause": offence, "version": offence.version, "element": "mental", "status": "disputed"}
    people = [cast.rita, cast.eve] * 20
    values = [Value(**level, values={"n": n}, stated_by=by, organisation=cast.centre) for n, by in enumerate(people)]
    Value.objects.bulk_create(values)
    with django_assert_max_num_queries(30):
        services.strike_value(cast.rita, intent, "Read again.", intent.seen)
    assert {one.status for one in Value.objects.exclude(pk=intent.pk)} == {"disputed"}


def test_an_organisation_states_so_many_values_of_one_element(cast, offence, intent, monkeypatch):
    """Each is set beside all that are there: a table of a hundred took seconds among a thousand."""
    monkeypatch.setattr(services, "VALUES_MAX", 1)
    more = offence, "mental", {"level": "knowledge"}, words(offence, "Whoever")
    with pytest.raises(ValidationError, match="has stated 1 values of this element here"):
        services.state_value(cast.eve, *more)
    services.correct_value(cast.rita, intent, {"level": "recklessness"}, more[3], "Read again.", intent.seen)
    assert services.state_value(cast.charlie, *more).pk
    services.strike_value(cast.rita, reread(intent), "Read again.", reread(intent).seen)
    assert services.state_value(cast.eve, *more).pk


def test_tiers_of_a_penalty_with_different_conditions_dispute_nothing(cast, law, offence):
    place = words(clause(law, "subsec_b"), "not more than 5 years")
    services.state_value(cast.rita, offence, "penalties", {"prison_months_max": 60}, place)
    more = {"prison_months_max": 120, "condition": "after an earlier conviction"}
    services.state_value(cast.eve, offence, "penalties", more, place)
    assert {value.status for value in Value.objects.all()} == {"stated"}


def test_nobody_strikes_out_or_disputes_without_a_reason(cast, offence, intent):
    with pytest.raises(ValidationError, match="Say why"):
        services.strike_value(cast.rita, intent, " ", intent.seen)
    with pytest.raises(ValidationError, match="Say why"):
        services.dispute_value(
            cast.charlie, intent, {"level": "knowledge"}, words(offence, "intentionally"), "", intent.seen
        )
    with pytest.raises(ValidationError, match="says the same"):
        services.dispute_value(
            cast.charlie, intent, {"level": "intent"}, words(offence, "intentionally"), "So.", intent.seen
        )


def test_only_reviewers_and_editors_state_and_confirm(cast, offence, intent, subtests):
    for name in ["alice", "bob", "sara"]:
        with subtests.test(name=name):
            person = getattr(cast, name)
            with pytest.raises(PermissionDenied):
                services.state_value(person, offence, "conduct", {}, words(offence, "enters"))
            with pytest.raises(PermissionDenied):
                services.confirm_value(person, intent, intent.seen)


def test_values_of_a_private_text_are_seen_by_nobody_else(cast, store):
    private = store(LAW, "2", law="private", published=False)
    one = clause(private, "subsec_a")
    with pytest.raises(PermissionDenied, match="not public"):
        services.state_value(cast.charlie, one, "conduct", {}, words(one, "enters"))
    services.state_for_project(one, "conduct", {}, words(one, "enters"))
    assert not visible_values(AnonymousUser()).exists() and not visible_values(cast.charlie).exists()


def test_everything_done_is_in_the_log_and_its_history_cannot_be_rewritten(cast, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    entries = Entry.objects.filter(subject=f"value/{intent.pk}")
    assert list(entries.order_by("number").values_list("action", "organisation")) == [
        ("value.stated", "centre"), ("value.confirmed", "centre")
    ]  # fmt: skip
    for changed in ({"quote": "x"}, {"values": {"level": "knowledge"}}, {"action": "struck"}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            ValueChange.objects.update(**changed)


def test_what_the_project_read_twice_is_public_once_and_not_put_back_after_a_person_changed_it(cast, offence):
    place = words(offence, "intentionally")
    assert services.state_for_project(offence, "mental", {"level": "intent"}, place)
    assert not services.state_for_project(offence, "mental", {"level": "intent"}, place)
    value = visible_values(AnonymousUser()).get()
    assert value.credit == "read twice by the project, not checked by a lawyer"
    with pytest.raises(PermissionDenied, match="state otherwise"):
        services.correct_value(cast.eve, value, {"level": "knowledge"}, place, "Read by a lawyer.", value.seen)
    edits_the_site(cast.sara)
    services.correct_value(cast.sara, value, {"level": "knowledge"}, place, "Read by a lawyer.", value.seen)
    assert not services.state_for_project(offence, "mental", {"level": "intent"}, place)
    services.confirm_value(cast.rita, value, reread(value).seen)
    assert visible_values(AnonymousUser()).get().proposed_by == "The Centre"  # the editors' own still waits for one


def test_words_of_another_text_or_that_stand_twice_are_refused(law, cast, offence, store):
    one = clause(law, "sec_20")
    with pytest.raises(ValidationError, match="stand more than once in § 20"):
        words(one, "enters a system")
    second = one.text.rindex("enters a system")
    assert words(one, "enters a  system", second).start == second
    other = clause(store(LAW, "2", law="other"), "subsec_a")
    with pytest.raises(ValidationError, match="another text"):
        services.state_value(cast.rita, offence, "conduct", {}, words(other, "enters"))


def test_a_value_that_makes_no_sense_is_refused_in_a_sentence(subtests):
    for element, line, problem in [
        ("penalties", "prison 5 years..2 years", "more than its most: “prison 5 years..2 years”"),
        ("penalties", "fine 500..100 USD", "The least of a penalty is more than its most: “fine 500..100 USD”"),
        ("penalties", "a long time", "“a long time” is no penalty"),
        ("penalties", "or both", "“or both” is no penalty"),
        # Of 400 digits the clause's page, the table of all values and the page of proposals ended in an error.
        ("penalties", f"fine {'9' * 20} USD", "is no penalty"),
        ("penalties", f"fine ..{'9' * 20} KHR", "is no penalty"),
        ("penalties", f"prison 1 year..{'9' * 20} years", "is no penalty"),
        ("time_limits", f"at most {'9' * 20} hours", "A time is written like"),
        ("mental", "spite", "There is no value “spite”; choose one of: intent"),
        ("time_limits", "soon", "A time is written like"),
        ("conduct", "entering", "the words alone are stated"),
    ]:  # fmt: skip
        with subtests.test(element=element, line=line, problem=problem):
            with pytest.raises(ValidationError) as raised:
                parse_value(element, line)
            assert problem in raised.value.messages[0] and len(raised.value.messages) == 1


def test_a_line_is_read_and_written_alike(subtests):
    for element, line in [
        ("penalties", "prison 1 year..3 years; fine 2000000..4000000 KHR; and"),
        ("penalties", "prison ..5 years; fine ..250000 USD; or both; if: after an earlier conviction"),
        ("penalties", "prison 2 years; fine"),
        ("penalties", "death; life"),
        ("penalties", "any term or life; fine; or both"),
        ("penalties", "life; prison 20 years.."),
        ("penalties", "prison 6 months..; fine 2000000.. KHR; per day; or"),
        ("penalties", "prison 1 day..6 days"),
        ("time_limits", "at most 2 years"),
        ("time_limits", "at least 1 day"),
        ("time_limits", "exactly 48 hours"),
        ("authorisation", "court"),
        ("defences", "good faith"),
        ("mental", "none"),
        ("scope", ""),
    ]:
        with subtests.test(element=element, line=line):
            values = parse_value(element, line)
            assert format_value(element, values) == line


def test_what_is_missing_is_stated_of_whole_texts_alone(cast, offence):
    with pytest.raises(ValidationError, match="nothing can be said to be missing in it"):
        services.state_value(cast.rita, offence, "harm", {"none": True}, None)
    with pytest.raises(ValidationError, match="Name the words"):
        services.state_value(cast.rita, offence, "harm", {}, None)
    with pytest.raises(ValidationError, match="Say what the words lay down"):
        services.state_value(cast.rita, offence, "mental", {}, words(offence, "enters"))
    with pytest.raises(ValidationError, match="no element “colour”"):
        services.state_value(cast.rita, offence, "colour", {}, words(offence, "enters"))


def test_a_whole_text_may_be_said_to_have_none(cast):
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish
    from tests.conftest import FRONT

    front = FRONT.format(law="whole", version="1", title="Whole", date="2020").replace("restatement", "official")
    version = import_law(Import((front + LAW).encode(), "1.md")).version
    publish(version)
    one = clause(version, "subsec_a")
    none = services.state_value(cast.rita, one, "harm", {"none": True}, None)
    assert none.is_absence and format_value("harm", none.values) == "none"
    services.confirm_value(cast.eve, none, none.seen)
    rival = services.state_value(cast.charlie, one, "harm", {}, words(one, "enters"))
    assert {reread(none).status, reread(rival).status} == {"disputed"}


def test_values_whose_words_were_kept_are_carried_to_a_later_text_as_stated(cast, law, offence, store):
    from lawcompare.crosswalk.values.services import carry_values

    services.state_for_project(offence, "mental", {"level": "intent"}, words(offence, "intentionally"))
    services.state_for_project(
        offence, "penalties", {"prison_months_max": 60}, words(clause(law, "subsec_b"), "not more than 5 years")
    )
    later = store(LAW.replace("not more than 5 years", "at least 9 months"), "2", law="law", date="2021")
    same = later.clauses.get(eid=offence.eid)
    services.state_value(cast.charlie, same, "mental", {"level": "intent"}, words(same, "intentionally"))
    assert carry_values(law, later) == 1, "what another states for itself keeps nothing from the rest"
    carried = Value.objects.get(version=later, organisation=None)
    assert (carried.element, carried.status, carried.quote) == ("mental", "stated", "intentionally")
    assert carried.carried_from.version == law and carried.changes.get().action == "carried"
    assert not visible_values(AnonymousUser()).filter(version=later).exists()
    assert carry_values(law, later) == 0
    services.confirm_value(cast.rita, carried, carried.seen)
    assert visible_values(AnonymousUser()).get(version=later).proposed_by == "The Centre"


def test_what_staff_confirm_is_no_longer_disputed_by_what_is_merely_proposed(cast, offence, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    rival = services.state_value(
        cast.charlie, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally")
    )
    assert (reread(intent).status, reread(rival).status) == ("disputed", "disputed")
    decide(cast.sara, reread(intent))
    assert (reread(intent).status, reread(rival).status) == ("confirmed", "disputed")
    decide(cast.sara, reread(intent), "undo")
    assert (reread(intent).status, reread(rival).status) == ("disputed", "disputed")


def shown_to_all() -> list[tuple[str, str]]:
    return sorted((value.values["level"], value.status) for value in visible_values(AnonymousUser()))


@pytest.mark.parametrize("decision", ["undo", "confirm"])
def test_no_decision_of_staff_shows_what_one_person_stated(cast, offence, intent, decision):
    services.confirm_value(cast.eve, intent, intent.seen)
    decide(cast.sara, reread(intent), "refuse")
    services.state_value(cast.adam, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally"))
    assert shown_to_all() == []
    decide(cast.sara, reread(intent), decision)
    assert shown_to_all() == [("intent", "confirmed")]


def test_a_text_that_staff_take_back_shows_nothing_of_what_one_person_stated(cast, store):
    text = store(LAW, "own", law="law", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    publish(text)
    decide(cast.sara, Origin.objects.get())
    one = clause(Version.objects.get(pk=text.pk), "subsec_a")
    services.state_value(cast.rita, one, "mental", {"level": "knowledge"}, words(one, "intentionally"))
    public = services.state_value(cast.charlie, one, "mental", {"level": "intent"}, words(one, "intentionally"))
    Value.objects.filter(pk=public.pk).update(status="confirmed", confirmed_for=cast.others)
    decide(cast.sara, Origin.objects.get(), "undo")
    assert shown_to_all() == [("intent", "confirmed")]


def test_whoever_confirms_one_value_shows_no_other_that_one_person_stated(cast, offence, intent):
    services.state_value(cast.adam, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally"))
    services.confirm_value(cast.eve, intent, intent.seen)
    assert shown_to_all() == [("intent", "confirmed")]


def test_a_value_is_disputed_by_none_that_staff_refused(cast, offence, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    rival = services.state_value(cast.adam, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally"))
    assert shown_to_all() == [("intent", "disputed"), ("knowledge", "disputed")]
    decide(cast.sara, reread(rival), "refuse")
    assert shown_to_all() == [("intent", "confirmed")]
    decide(cast.sara, reread(rival), "undo")
    assert shown_to_all() == [("intent", "disputed"), ("knowledge", "disputed")]


@pytest.mark.parametrize("was_there", [True, False])
def test_what_others_took_back_while_a_text_was_private_does_not_come_back_with_it(
    cast, law, offence, store, was_there
):
    """It also told that the text had been here before."""
    value = services.state_value(cast.charlie, offence, "mental", {"level": "intent"}, words(offence, "intentionally"))
    Value.objects.update(status="confirmed", confirmed_for=cast.others)
    later = store(LAW.replace("not more than 5 years", "at least 9 months"), "2", law="law", published=False)
    Origin.objects.create(version=later, organisation=cast.centre)
    if was_there:
        assert services.carry_values(law, later) == 1
        same = later.clauses.get(eid=offence.eid)
        services.state_value(cast.rita, same, "mental", {"level": "intent"}, words(same, "intentionally enters"))
        own = Value.objects.get(version=later, organisation=cast.centre)
        Value.objects.filter(pk=own.pk).update(status="disputed")  # by the one that goes
    services.strike_value(cast.charlie, value, "We erred.", reread(value).seen)
    publish(later)
    left = Value.objects.filter(version=later).values_list("organisation", "status")
    assert list(left) == [(cast.centre.pk, "stated")] * was_there, "what its own organisation stated stays"


def test_nobody_sees_what_one_person_stated_for_what_the_site_has_yet_to_confirm(cast, offence):
    """What is disputed is shown: a value that contradicted one of the site that waited was public at once."""
    services.state_for_project(
        offence, "mental", {"level": "intent"}, words(offence, "intentionally"), is_confirmed=False
    )
    mine = services.state_value(cast.rita, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally"))
    assert not visible_values(AnonymousUser()).exists()
    services.confirm_value(cast.eve, mine, mine.seen)
    assert [value.status for value in visible_values(AnonymousUser())] == ["confirmed"]


def test_what_is_carried_to_a_text_that_is_not_confirmed_fills_only_the_list_of_who_brought_it(
    cast, law, offence, store
):
    from lawcompare.crosswalk.values.services import carry_values

    services.state_for_project(offence, "mental", {"level": "intent"}, words(offence, "intentionally"))
    editor = edits_the_site(cast.sara)
    later = store(LAW.replace("not more than 5 years", "at least 9 months"), "2", law="law", date="2021")
    origin = Origin.objects.create(version=later, organisation=cast.others)
    assert carry_values(law, later) == 1
    for confirmation in ("proposed", "confirmed"):
        Origin.objects.filter(pk=origin.pk).update(confirmation=confirmation)
        lists = [reviewable_values(person).filter(version=later).count() for person in (editor, cast.rita)]
        assert lists == [int(confirmation == "confirmed")] * 2 and reviewable_values(cast.charlie).count() == 2


def test_what_the_site_states_no_other_organisation_confirms_in_its_name(cast, offence, client):
    place = words(offence, "intentionally")
    services.state_for_project(offence, "mental", {"level": "intent"}, place, is_confirmed=False)
    read_once = Value.objects.get()
    client.force_login(cast.charlie)
    client.post(reverse("value_confirm", args=[read_once.pk]), {"seen": read_once.seen})
    seen = visible_values(AnonymousUser()).get()
    assert seen.proposed_by == "The Others" and reread(read_once).status == "stated"
    assert not reviewable_values(cast.charlie).filter(status="stated").exists()
    with pytest.raises(ValidationError, match="already stated"):
        services.state_value(cast.charlie, offence, "mental", {"level": "intent"}, place)
    confirm_all(cast.sara)
    assert visible_values(AnonymousUser()).get().credit == "The Others"
    services.confirm_value(edits_the_site(cast.sara), read_once, read_once.seen)
    assert {one.credit for one in visible_values(AnonymousUser())} == {
        "The Others", "read twice by the project, not checked by a lawyer, Editors"
    }  # fmt: skip


def test_the_demonstration_has_confirmed_values_for_the_clauses_of_its_correspondences(demonstration, client):
    values = visible_values(AnonymousUser())
    assert values.filter(status="confirmed").count() >= 200
    assert set(values.values_list("element", flat=True)) == set(Element.values)
    text = client.get("/compare/kh-cybercrime/2012-v1-en/with/us-code-18/2023-en/").content.decode()
    assert "Elements were read twice;" in text
    once = find_version("kh-constitution/1993-en").clauses.get(num="Article 31")
    words = find_words(once, "Khmer citizens are equal before the law")
    services.state_for_project(once, "scope", parse_value("scope", ""), words, "", is_confirmed=False)
    value = Value.objects.get(clause=once)
    assert (value.status, value.credit) == ("stated", "read once by the project, not checked by a lawyer")
    assert value not in values
    for value in values.select_related("words_clause"):
        assert value.words_clause.text[value.start : value.end] == value.quote


@pytest.mark.parametrize("prefix", ["", "/km"], ids=["English", "Khmer"])
def test_text_beside_a_draft_is_folded_and_the_longest_on_its_own_page(demonstration, client, prefix):
    html = client.get(f"{prefix}/compare/kh-cybercrime/2024-leak-en/with/us-code-18/2023-en/").content.decode()
    text = f"{prefix}/laws/us-code-18/2023-{'km' if prefix else 'en'}"
    rows = [part.partition('<details class="sources">')[::2] for part in html.split('<section class="topic-row"')]
    short, long = (
        re.split(
            rf'<h3[^>]*>\s*<a href="{text}/{eid}/">',
            next(folded for shown, folded in rows if f'href="{text}/{eid}/"' in shown),
        )[1].split('<h3 class="heading"')[0]
        for eid in ("chp_206__sec_3125", "chp_110__sec_2252A")
    )
    assert '<div class="clause i1"' in short
    assert f'href="{text}/chp_110__sec_2252A/"' in long and '<div class="clause i1"' not in long, "two links"


def test_a_dispute_outlives_the_accounts_of_those_who_began_it(cast, offence, intent):
    services.confirm_value(cast.eve, intent, intent.seen)
    other = services.state_value(cast.eve, offence, "mental", {"level": "knowledge"}, words(offence, "intentionally"))
    third = services.state_value(cast.adam, offence, "mental", {"level": "negligence"}, words(offence, "enters"))
    assert {reread(one).status for one in (intent, other, third)} == {"disputed"}
    cast.rita.delete()
    cast.eve.delete()
    services.strike_value(cast.adam, third, "A slip.", third.seen)
    assert {reread(one).status for one in (intent, other)} == {"disputed"}


def test_what_is_merely_proposed_takes_no_reading_of_the_program_off_a_page(cast, store, client):
    one, two = store(OLD_DRAFT, "a", law="one", status="official"), store(NEW_DRAFT, "b", law="two", status="official")
    topic = Topic.objects.create(slug="access", title="Access")
    clauses = [text.clauses.get(num="Article 1") for text in (one, two)]
    state_correspondence(topic, *clauses, "equivalent", "The site says these are alike.", "Editors")
    topic.clauses.add(*clauses)
    page = "/compare/one/a/with/two/b/"
    read = "Imprisonment from 1 month to 1 year"
    assert read in client.get(page).content.decode()
    for each in clauses:
        value = services.state_value(
            cast.rita, each, "penalties", parse_value("penalties", "fine"), find_words(each, "is punished")
        )
        services.confirm_value(cast.eve, value, value.seen)
    assert read in client.get(page).content.decode()


def alike(cast, store, settings):
    """A clause of a draft of the Centre and one of the law in force, which the site calls alike."""
    settings.FILES_PER_HOUR = 100
    text = store(OLD_DRAFT, "own", law="own", published=False, status="official")
    Origin.objects.create(version=text, organisation=cast.centre)
    publish(text)
    sites = store(NEW_DRAFT, "b", law="two", status="official")
    Law.objects.filter(slug="two").update(kind="statute")
    decide(cast.sara, text.origin)
    topic = Topic.objects.create(slug="access", title="Access")
    own, other = (one.clauses.get(num="Article 1") for one in (Version.objects.get(pk=text.pk), sites))
    state_correspondence(topic, own, other, "equivalent", "The site says these are alike.", "Editors")
    topic.clauses.add(own, other)
    return own, other


def test_what_differs_by_an_organisations_own_values_is_said_with_its_name(cast, store, client, settings):
    """Two persons put *Heavier than in the law in force* into the mouth of the editors."""
    own, other = alike(cast, store, settings)
    penalty = parse_value("penalties", "prison 1 month..1 year")
    services.state_for_project(
        other, "penalties", penalty, find_words(other, "imprisonment from one month to one year")
    )
    services.state_for_project(other, "mental", {"level": "intent"}, find_words(other, "intentionally"))
    stated = {"penalties": ("life", "punished by imprisonment"), "mental": ("", "Whoever intentionally")}
    for element, (said, quote) in stated.items():
        content = parse_value(element, said) if said else {"level": "negligence"}
        value = services.state_value(cast.rita, own, element, content, find_words(own, quote))
        services.confirm_value(cast.eve, value, value.seen)
    pages = ["/topics/access/", "/compare/own/own/with/two/b/", other.get_absolute_url(), own.get_absolute_url()]
    for page in pages:
        answer = client.get(page).content.decode()
        lead = "Heavier than in the law in force, according to The Centre"
        assert lead in answer and answer.count("Heavier than") == answer.count(lead), page
        assert re.search(r"[^<>]*beside[^<]*, according to The Centre<", answer), page
    file = client.get(reverse("topic_docx", args=["access"])).getvalue()
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        assert "Heavier than in the law in force, according to The Centre:" in packed.read("word/document.xml").decode()


def test_staff_read_what_a_value_disputes_and_why(cast, offence, intent):
    value = services.confirm_value(cast.eve, reread(intent), reread(intent).seen)
    decide(cast.sara, reread(value))
    words = find_words(offence, value.quote)
    rival = services.dispute_value(
        cast.charlie, reread(value), {"level": "recklessness"}, words, "It errs.", reread(value).seen
    )
    said = dict(Proposal("value", reread(rival)).lines)
    assert said["Disputes"] == "intent (The Centre)" and said["Reason"] == "It errs."
    assert "Reason" not in dict(Proposal("value", reread(value)).lines), "what another says of it is no reason for it"


def test_what_follows_from_the_sites_values_alone_bears_no_other_name(cast, store, client, settings):
    """A lesser penalty that an organisation added put its name above the sentence that the site's own values make."""
    own, other = alike(cast, store, settings)
    term = parse_value("penalties", "prison 1 month..1 year")
    services.state_for_project(other, "penalties", term, find_words(other, "imprisonment from one month to one year"))
    life = parse_value("penalties", "life")
    services.state_for_project(own, "penalties", life, find_words(own, "punished by imprisonment"))
    lesser = services.state_value(
        cast.rita, own, "penalties", parse_value("penalties", "prison 1 month..2 months"), find_words(own, "Whoever")
    )
    services.confirm_value(cast.eve, lesser, lesser.seen)
    for page in ("/topics/access/", "/compare/own/own/with/two/b/"):
        answer = client.get(page).content.decode()
        assert "Heavier than in the law in force" in answer and "in force, according to" not in answer, page
