"""What becomes of the notes on a draft when the next one is published: found again, and nobody decides for people."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.models import EDITORS, Organisation
from lawcompare.accounts.services import add_member
from lawcompare.annotations import services
from lawcompare.annotations.access import flags_to_close
from lawcompare.annotations.models import Annotation, Category, Flag, NoteStatus
from lawcompare.annotations.services import render_body
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.correcting.services import set_together, undo_decision
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.numbers import seal
from lawcompare.laws.models import Origin, Version
from lawcompare.publishing import access
from lawcompare.publishing.carrying_forward import find_notes as work
from lawcompare.publishing.carrying_forward import services as carrying_services
from lawcompare.publishing.carrying_forward import views
from lawcompare.publishing.carrying_forward.services import request_carryings
from lawcompare.publishing.models import Carried, Carrying
from lawcompare.publishing.services import publish
from tests import second_factor
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import confirm_all
from tests.world import made_once

pytestmark = pytest.mark.django_db

KEPT, CHANGED = "hinder the unity of the country", "The fine is from 100,000 riel to 1,000,000 riel."


def publish_note(clause, organisation, exact="", slug="note", **fields):
    note = Annotation(
        slug=slug, organisation=organisation, body="Why.", body_html=render_body("Why."), risk=3,
        status=NoteStatus.PUBLISHED, published_at=timezone.now(), **fields,
    )  # fmt: skip
    set_target(note, clause, exact)
    note.save()
    return note


@pytest.fixture
def publish_later(store, django_capture_on_commit_callbacks):
    """Publish a draft, and have its background work done."""

    def run(text=NEW_DRAFT, version="new", date="2020", **more):
        with django_capture_on_commit_callbacks(execute=True):
            return store(text, version, date=date, **more)

    return run


@pytest.fixture
@made_once
def old(store):
    return store(OLD_DRAFT, "old", date="2019")


@pytest.fixture
@made_once
def notes(old, cast):
    """Notes of the Centre on the old draft: kept words, changed words, a whole clause that goes, one of the Others."""
    clause = old.clauses.get(num="Article 2")
    return {
        "kept": publish_note(clause, cast.centre, KEPT, "kept"),
        "changed": publish_note(clause.children.get(num="(1)"), cast.centre, CHANGED, "changed"),
        "gone": publish_note(old.clauses.get(num="Article 3"), cast.centre, "", "gone"),
        "theirs": publish_note(clause, cast.others, "publishes content", "theirs"),
    }


def test_to_what_the_editors_of_the_site_publish_everybody_s_notes_are_carried(
    cast, store, django_capture_on_commit_callbacks
):
    old = store(OLD_DRAFT, "old", date="2019")
    publish_note(old.clauses.get(num="Article 2"), cast.centre, KEPT, "kept")
    editors, _is_new = Organisation.objects.get_or_create(slug=EDITORS, defaults={"name": "Editors"})
    new = store(NEW_DRAFT, "new", date="2020", published=False)
    Origin.objects.create(version=new, organisation=editors)
    with django_capture_on_commit_callbacks(execute=True):
        publish(Version.objects.get(pk=new.pk))
    assert verdicts()["kept"] == "kept"


def verdicts():
    return {row.annotation.slug: row.verdict for row in Carried.objects.select_related("annotation")}


def test_publishing_a_draft_looks_for_every_published_note_of_the_one_before(notes, cast, old, publish_later):
    Annotation.objects.create(
        slug="draft", organisation=cast.centre, body="", version=old, clause=notes["kept"].clause, creator=cast.alice
    )
    new = publish_later()
    assert verdicts() == {"kept": "kept", "changed": "changed", "gone": "lost", "theirs": "kept"}
    kept = Carried.objects.get(annotation=notes["kept"])
    assert (kept.clause.version, kept.clause.num, kept.exact) == (new, "Article 3", KEPT)
    assert kept.clause.text[kept.start : kept.end] == KEPT and kept.prefix.endswith("deemed to ")
    assert Carried.objects.get(annotation=notes["changed"]).exact.endswith("10,000,000 riel.")
    task = Job.objects.get(kind="carrying")
    assert (task.state, task.done, task.total) == ("done", 4, 4)
    assert Annotation.objects.filter(version=new).count() == 0, "nothing is published by itself"


def test_of_a_text_that_staff_have_not_confirmed_who_brought_it_alone_has_concerns_and_carried_notes(
    client, cast, notes, store, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        text = store(NEW_DRAFT, "new", date="2020", published=False)
        Origin.objects.create(version=text, organisation=cast.centre)
        publish(Version.objects.get(pk=text.pk))
    assert verdicts() == {"kept": "kept", "changed": "changed", "gone": "lost"}, "none of the Others"
    pages = ("/laws/draft/concerns/", "/annotations/gone/", "/annotations/kept/")
    for person, sees in ((cast.rita, True), (cast.alice, True), (cast.charlie, False), (None, False)):
        client.force_login(person) if person else client.logout()
        cache.clear()
        for address in pages:
            page = client.get(address).content.decode()
            assert ("draft new" in page) == sees, (person, address)
    client.force_login(cast.rita)
    assert client.get("/workspace/carrying/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        confirm_all(cast.sara)
    assert verdicts()["theirs"] == "kept", "from here on everybody hears of it"


def test_asking_again_carries_nothing_twice_but_takes_up_what_came_since(
    notes, cast, old, publish_later, django_capture_on_commit_callbacks
):
    new = publish_later()
    first = dict(Carried.objects.values_list("annotation", "pk"))
    assert request_carryings(new) == []
    publish_note(old.clauses.get(num="Article 1"), cast.centre, "without right", "late")
    with django_capture_on_commit_callbacks(execute=True):
        assert len(request_carryings(new)) == 1
    assert dict(Carried.objects.exclude(annotation__slug="late").values_list("annotation", "pk")) == first
    assert verdicts()["late"] == "kept"


def test_a_worker_that_died_half_way_is_followed_by_one_that_goes_on(notes, publish_later, monkeypatch):
    monkeypatch.setattr(work, "BATCH", 1)
    finders, find = [], work.Finder.find

    def die_at_the_third(self, annotation):
        if len(finders) == 2:
            raise KeyboardInterrupt  # as little caught as a kill
        finders.append(annotation.slug)
        return find(self, annotation)

    monkeypatch.setattr(work.Finder, "find", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        publish_later()
    task = Job.objects.get(kind="carrying")
    assert (task.state, task.done, task.total, Carried.objects.count()) == ("running", 2, 4, 2)

    handled = []
    monkeypatch.setattr(
        work.Finder, "find", lambda self, annotation: (handled.append(annotation.slug), find(self, annotation))[1]
    )
    run_now(task)
    assert handled == [], "it is still the other worker's"
    Job.objects.filter(kind="carrying").update(heartbeat=timezone.now() - timedelta(minutes=3))
    run_now(task)
    assert sorted(finders + handled) == sorted(notes), "each note once"
    task.refresh_from_db()
    assert (task.state, task.done, task.attempts, Carried.objects.count()) == ("done", 4, 2, 4)
    run_now(task)
    assert Carried.objects.count() == 4


def test_a_correction_of_the_clause_map_has_undecided_notes_found_anew(
    notes, cast, old, publish_later, django_capture_on_commit_callbacks
):
    new = publish_later()
    carrying_services.close(cast.rita, Carried.objects.get(annotation=notes["changed"]), "softened", "So it is.")
    kept = Carried.objects.get(annotation=notes["changed"])
    edge = (old.clauses.get(num="Article 3"), new.clauses.get(num="Article 2"))
    with django_capture_on_commit_callbacks(execute=True):
        decision = set_together(cast.rita, old, new, [edge], "Both are about listening in.")
        assert Carried.objects.get(annotation=notes["gone"]).verdict == "lost", "it is a proposal"
        confirm_all(cast.sara)
    decision.refresh_from_db()
    gone = Carried.objects.get(annotation=notes["gone"])
    assert (gone.verdict, gone.clause.heading) == ("review", "Data retention")
    again = Carried.objects.get(pk=kept.pk)
    assert (again.fate, again.reason, again.verdict) == (kept.fate, kept.reason, kept.verdict)
    with django_capture_on_commit_callbacks(execute=True):
        undo_decision(cast.rita, decision, "It was wrong.")
    assert Carried.objects.get(annotation=notes["gone"]).verdict == "lost"
    assert Carrying.objects.get(old=old, new=new).job.owner == cast.centre, "in its turn, and not in that of visitors"


def test_a_note_is_carried_to_no_place_that_was_looked_for_anew_since_its_page_was_read(
    notes, cast, old, publish_later, django_capture_on_commit_callbacks, rita
):
    new = publish_later()
    row = Carried.objects.get(annotation=notes["changed"])
    address = reverse("carried_look", args=[row.pk])
    seen = re.search(r'name="seen" value="(\w+)"', rita.get(address).content.decode())[1]
    edge = (old.clauses.get(num="Article 2"), new.clauses.get(num="Article 4"))
    with django_capture_on_commit_callbacks(execute=True):
        set_together(cast.rita, old, new, [edge], "That is where it went.")
        confirm_all(cast.sara)
    assert (row.verdict, Carried.objects.get(pk=row.pk).verdict) == ("changed", "review"), (
        "another place is as good now"
    )
    answer = rita.post(address, {"fate": "kept", "seen": seen})
    assert answer.status_code == 400 and "Read it again" in answer.content.decode()
    assert not Carried.objects.get(pk=row.pk).decision


def test_a_reviewer_has_notes_looked_for_that_came_after_the_later_text(
    cast, old, publish_later, django_capture_on_commit_callbacks, rita
):
    publish_later()
    assert not Carrying.objects.exists(), "there was no note to carry"
    publish_note(old.clauses.get(num="Article 1"), cast.centre, "without right", "late")
    assert reverse("look_again") in rita.get(reverse("carryings")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = rita.post(reverse("look_again"), follow=True).content.decode()
    assert "are being looked for" in page and verdicts() == {"late": "kept"}
    page = rita.post(reverse("look_again"), follow=True).content.decode()
    assert "All notes have been looked for" in page and Carried.objects.count() == 1


def test_to_look_again_among_many_texts_asks_each_once_and_begins_so_many_searches_in_ones_own_name(
    cast, store, rita, monkeypatch, django_assert_max_num_queries
):
    """Each text was asked for with each before it: among forty that took ten seconds, and again with every press."""
    texts = [store(f"Article 1. Aim\n{n} is the aim.\n", f"v{n}", date=f"200{n}", law="long") for n in range(9)]
    for text in texts:
        publish_note(text.clauses.get(), cast.centre, "", f"of-{text.slug}")
    monkeypatch.setattr(carrying_services, "STARTED_MAX", 5)
    rita.post(reverse("look_again"))
    assert 5 <= Carrying.objects.count() < 5 + len(texts)
    assert set(Job.objects.filter(kind="carrying").values_list("owner", flat=True)) == {cast.centre.pk}
    monkeypatch.setattr(carrying_services, "STARTED_MAX", 100)
    rita.post(reverse("look_again"))
    assert Carrying.objects.count() == 9 * 8 / 2
    with django_assert_max_num_queries(20 + 4 * len(texts)):
        rita.post(reverse("look_again"))
    monkeypatch.setattr(access, "LISTED", 7)
    page = rita.get(reverse("carryings")).content.decode()
    assert page.count('class="box"') == 7


def test_notes_are_carried_to_later_texts_of_their_law_and_language_alone(notes, publish_later, store, subtests):
    for way in ["another language", "another law", "an older text"]:
        with subtests.test(way=way):
            if way == "another language":
                new = store(NEW_DRAFT, "new", date="2020", published=False)
                new.language = "km"
                new.published_at = timezone.now()
                new.save()
                request_carryings(new)
            elif way == "another law":
                publish_later(law="other")
            else:
                publish_later(version="older", date="2018")
            assert not Carrying.objects.exists()


def test_a_correction_takes_over_the_notes_of_the_text_it_corrects(notes, publish_later, store, old):
    later = publish_later()
    Carrying.objects.all().delete()
    correction = store(OLD_DRAFT.replace("a fine.", "a fine only."), "old-b", date="2021", published=False)
    correction.corrects, correction.date = old, "2018"
    correction.published_at = timezone.now()
    correction.save()
    request_carryings(correction)
    assert [(c.old, c.new) for c in Carrying.objects.all()] == [(old, correction)]
    assert later not in [c.new for c in Carrying.objects.all()]


def test_a_concern_that_one_draft_dropped_is_looked_for_in_the_next(notes, publish_later, cast):
    new = publish_later()
    publish_note(new.clauses.get(num="Article 3"), cast.centre, KEPT, "again", descends_from=notes["kept"])
    publish_later(OLD_DRAFT, "third", "2021")
    carried = {
        (row.annotation.slug, row.carrying.old.slug, row.verdict)
        for row in Carried.objects.filter(carrying__new__slug="third").select_related("annotation", "carrying__old")
    }
    assert carried == {
        ("again", "new", "kept"),
        ("changed", "old", "kept"),
        ("gone", "old", "kept"),
        ("theirs", "old", "kept"),
    }


def test_a_note_that_already_took_the_concern_up_is_known_to_have(notes, cast, publish_later, store):
    new = store(NEW_DRAFT, "new", date="2020", published=False)
    successor = publish_note(new.clauses.get(num="Article 3"), cast.centre, KEPT, "again", descends_from=notes["kept"])
    new.published_at = timezone.now()
    new.save()
    request_carryings(new)
    run_now(Job.objects.get(kind="carrying"))
    row = Carried.objects.get(annotation=notes["kept"])
    assert (row.decision, row.successor, row.fate, row.verdict) == ("edited", successor, "", "kept")


@pytest.fixture
@made_once
def queue(notes, publish_later):
    """The rows of the Centre and the Others by the name of their note, each waiting for a decision."""
    publish_later()
    return {row.annotation.slug: row for row in Carried.objects.select_related("annotation")}


def decide(client, row, do, **fields):
    return client.post(reverse("carried_decide", args=[row.pk]), {"do": do} | fields)


def look(client, row, fate, **fields):
    """Decide on the page that shows the words, as where they changed one must."""
    address = reverse("carried_look", args=[row.pk])
    page = client.get(address, fields)
    if page.status_code == 200:
        fields = {"seen": re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]} | fields
    return client.post(address, {"fate": fate} | fields)


def seen(client, row):
    return client.get(reverse("carrying", args=[row.carrying_id])).content.decode()


def test_a_reviewer_confirms_with_one_button_and_the_note_stands_on_the_new_text(client, cast, queue):
    client.force_login(cast.rita)
    response = decide(client, queue["kept"], "kept")
    assert response["Location"].endswith(f"#c-{seal(queue['changed'].pk, 'carried')}"), "on to the next"
    row = Carried.objects.select_related("successor__clause__version").get(pk=queue["kept"].pk)
    assert (row.decision, row.fate, row.decided_by) == ("confirmed", "kept", cast.rita)
    new = row.successor
    assert (new.status, new.descends_from, new.exact, new.body) == ("published", row.annotation, KEPT, "Why.")
    assert (new.version.slug, new.clause.num, new.organisation) == ("new", "Article 3", cast.centre)
    client.logout()
    assert client.get(new.get_absolute_url()).status_code == 200


def test_a_members_decision_waits_for_a_reviewer_and_is_not_public_before(client, cast, queue):
    client.force_login(cast.alice)
    look(client, queue["changed"], "worsened")
    row = Carried.objects.select_related("successor").get(pk=queue["changed"].pk)
    assert (row.decision, row.fate, row.successor.status) == ("confirmed", "worsened", "submitted")
    client.force_login(cast.rita)
    for address in ("/workspace/", row.successor.get_absolute_url()):
        html = re.sub(r"<[^>]*>|\s", "", client.get(address).content.decode()).replace(":", "")
        assert "Whatbecameofthisconcernworsened" in html, "who publishes it reads what readers are told with it"
    page = "/laws/draft/concerns/"
    client.logout()
    assert "worsened</b>" not in client.get(page).content.decode()
    services.publish_annotation(cast.rita, row.successor)
    assert "worsened</b>" in client.get(page).content.decode()


@pytest.mark.parametrize("rule", ["one's own", "two persons"])
def test_a_note_of_ones_own_or_under_the_two_person_rule_waits_for_another(cast, queue, rule, rita):
    if rule == "two persons":
        cast.centre.two_person_rule = True
        cast.centre.save()
    else:
        Annotation.objects.filter(slug="kept").update(creator=cast.rita)
    decide(rita, queue["kept"], "kept")
    successor = Carried.objects.get(pk=queue["kept"].pk).successor
    assert successor.status == "submitted"
    assert rita.post(reverse("annotation_decide", args=[successor.slug]), {"publish": "1"}).status_code == 403


def test_who_wrote_a_note_closes_and_judges_it_only_where_nobody_else_is_active(cast, queue, rita):
    mine = {"gone": queue["gone"], "kept": queue["kept"]}
    Annotation.objects.filter(slug__in=mine).update(creator=cast.rita)
    Carried.objects.filter(pk=mine["kept"].pk).update(decision="edited")
    html = seen(rita, mine["gone"])
    assert html.count("Nobody publishes their own note") == 2 and html.count('id="fate-') == 1
    lost = (
        reverse("carrying_close_lost", args=[mine["gone"].carrying_id]),
        {"row": seal(mine["gone"].pk, "carried"), "do": "gone"},
    )
    assert rita.post(*lost).status_code == 403
    assert [decide(rita, row, name).status_code for name, row in mine.items()] == [403] * 2
    assert not Carried.objects.exclude(fate="").exists()
    cast.centre.members.exclude(pk=cast.rita.pk).update(is_active=False)
    assert [decide(rita, row, name).status_code for name, row in mine.items()] == [302] * 2


@pytest.mark.parametrize(
    ("do", "fate"), [("gone", "removed"), ("answered", "removed"), ("not-known", "not-known"), ("close", "softened")]
)
def test_a_concern_is_closed_with_a_reason_that_readers_see(client, cast, queue, do, fate):
    client.force_login(cast.rita)
    decide(client, queue["gone"], do, fate="softened", reason="Only officials are meant now.")
    row = Carried.objects.get(pk=queue["gone"].pk)
    assert (row.decision, row.fate, row.successor) == ("closed", fate, None) and row.reason
    client.logout()
    assert row.reason in client.get(row.annotation.get_absolute_url()).content.decode()


def test_a_decision_that_does_not_fit_is_said_and_nothing_changes(queue, rita, subtests):
    for name, do, sentence in [
        ("gone", "kept", {}),  # there is no place to carry it to
        ("kept", "close", {"fate": "softened", "reason": " "}),
        ("kept", "close", {"fate": "softened", "reason": "x " * 2_501}),
        ("kept", "close", {"fate": "forgotten", "reason": "So."}),
        ("kept", "dance", {}),
        ("kept", "", {}),
    ]:
        with subtests.test(name=name, do=do, sentence=sentence):
            response = rita.post(reverse("carried_decide", args=[queue[name].pk]), {"do": do} | sentence, follow=True)
            assert 'class="error"' in response.content.decode()
            row = Carried.objects.get(pk=queue[name].pk)
            assert (row.decision, row.fate) == ("", "") and Annotation.objects.filter(version__slug="new").count() == 0


def test_editing_fills_in_the_form_and_keeps_the_line_of_descent(client, cast, queue):
    client.force_login(cast.alice)
    address = reverse("carried_edit", args=[queue["changed"].pk])
    page = client.get(address).content.decode()
    assert "10,000,000 riel." in page and "Why." in page
    assert Annotation.objects.filter(version__slug="new").count() == 0, "GET writes nothing"
    form = {
        "exact": "10,000,000 riel", "start": "", "risk": "4", "motivation": "assessing", "body": "Ten times more.",
        "proposed_text": "", "submit": "1",
    }  # fmt: skip
    assert client.post(address, form).status_code == 302
    row = Carried.objects.select_related("successor").get(pk=queue["changed"].pk)
    new = row.successor
    assert (row.decision, row.fate) == ("edited", "")
    assert (new.status, new.body, new.descends_from, new.risk) == ("submitted", "Ten times more.", row.annotation, 4)
    client.force_login(cast.rita)
    assert f"c-{seal(row.pk, 'carried')}" in seen(client, row), "its fate is still to be judged"
    decide(client, row, "worsened")
    row.refresh_from_db()
    assert (row.fate, row.successor, row.decision) == ("worsened", new, "edited")


def test_what_was_lost_can_be_taken_up_on_a_clause_that_a_person_names(queue, alice):
    address = reverse("carried_edit", args=[queue["gone"].pk])
    assert "On which clause?" in alice.get(address).content.decode()
    assert alice.get(address, {"clause": "99"}).status_code == 400
    assert "Data retention" in alice.get(address, {"clause": "2"}).content.decode()


def test_all_kept_ones_that_are_listed_are_confirmed_in_one_go_and_no_other(queue, rita):
    rows = [seal(row.pk, "carried") for row in queue.values()]
    rita.post(reverse("carrying_confirm_kept", args=[queue["kept"].carrying_id]), {"row": [*rows, "x"]})
    assert {row.annotation.slug for row in Carried.objects.exclude(decision="")} == {"kept"}


def test_the_last_decisions_are_undone_one_after_the_other(queue, rita):
    decide(rita, queue["gone"], "gone")
    decide(rita, queue["kept"], "kept")
    successor = Carried.objects.get(pk=queue["kept"].pk).successor
    undo = reverse("carrying_undo", args=[queue["kept"].carrying_id])
    rita.post(undo)
    successor.refresh_from_db()
    row = Carried.objects.get(pk=queue["kept"].pk)
    assert (row.decision, row.fate, row.successor, successor.status) == ("", "", None, "withdrawn")
    rita.post(undo)
    assert not Carried.objects.exclude(decision="").exists()
    rita.post(undo)
    decide(rita, queue["kept"], "kept")
    assert Carried.objects.get(pk=queue["kept"].pk).successor.status == "published", "and it can be decided anew"


def test_who_is_a_reviewer_no_more_takes_back_nothing_that_readers_see(cast, queue, rita):
    decide(rita, queue["gone"], "gone")
    row = Carried.objects.exclude(decision="").get()
    assert row.decision == "closed"
    cast.rita.memberships.update(role="member")
    assert rita.post(reverse("carrying_undo", args=[row.carrying_id]), follow=True).status_code in {200, 403}
    assert Carried.objects.get(pk=row.pk).decision == "closed"


def test_of_two_who_decide_at_once_one_wins_and_one_note_is_made(cast, queue):
    first, second = (Carried.objects.for_queue().get(pk=queue["kept"].pk) for _ in range(2))
    carrying_services.confirm(cast.rita, first, "kept")
    with pytest.raises(PermissionDenied):
        carrying_services.confirm(cast.eve, second, "worsened")
    assert Annotation.objects.filter(version__slug="new").count() == 1
    assert Carried.objects.get(pk=first.pk).fate == "kept"


def test_another_organisations_reviewer_sees_and_decides_only_their_own(client, cast, queue):
    client.force_login(cast.charlie)
    page = seen(client, queue["theirs"])
    assert f"c-{seal(queue['theirs'].pk, 'carried')}" in page and f"c-{seal(queue['kept'].pk, 'carried')}" not in page
    assert decide(client, queue["kept"], "kept").status_code == 404
    assert client.get(reverse("carried_edit", args=[queue["kept"].pk])).status_code == 404
    client.post(
        reverse("carrying_confirm_kept", args=[queue["kept"].carrying_id]), {"row": [seal(queue["kept"].pk, "carried")]}
    )
    assert Carried.objects.get(pk=queue["kept"].pk).decision == ""


def test_a_member_closes_nothing_and_has_nothing_looked_for_again(queue, notes, alice):
    for do in ("gone", "answered", "not-known"):
        assert decide(alice, queue["gone"], do).status_code == 403
    assert not Carried.objects.exclude(decision="").exists()
    assert reverse("look_again") not in alice.get(reverse("carryings")).content.decode()
    assert alice.post(reverse("look_again")).status_code == 403


def test_the_queue_shows_both_wordings_and_what_is_not_known_in_a_partial_text(queue, rita):
    page = seen(rita, queue["kept"])
    assert '<del><span class="sr">deleted: </span>1,000,000</del>' in page
    assert '<ins><span class="sr">inserted: </span>10,000,000</ins>' in page
    assert "It does not mean that the words are gone" in page, "the new text is a restatement"


def test_the_queue_says_how_sure_the_program_is_and_never_that_it_is_certain(queue, rita, subtests):
    for probability, sentence in [
        (1.0, "The program is more than 99 % sure that this is the place."),
        (0.996, "The program is more than 99 % sure that this is the place."),
        (0.994, "The program is 99 % sure that this is the place."),
        (0.657, "The program is 66 % sure that this is the place."),
    ]:
        with subtests.test(probability=probability, sentence=sentence):
            row = queue["kept"]
            Carried.objects.update(probability=None)
            Carried.objects.filter(pk=row.pk).update(probability=probability, score=probability)
            page = " ".join(seen(rita, row).split())
            assert sentence in page and page.count("sure that this is the place") == 1


def test_of_a_clause_known_by_its_heading_alone_no_share_of_words_is_told(cast, store, publish_later, rita):
    heading = "\n## Article 5. Registers of vessels\n"
    old = store(OLD_DRAFT + heading, "old", date="2019")
    note = publish_note(old.clauses.get(num="Article 5"), cast.centre, "", "vessels")
    publish_later(NEW_DRAFT + heading + "\nEvery harbour keeps a register.\n")
    row = Carried.objects.get(annotation=note)
    assert row.clause.num == "Article 5" and row.verdict == "review"
    page = " ".join(seen(rita, row).split())
    assert "Only the heading of the old clause is known; the note goes where that clause went." in page
    assert "% of the words" not in page and "sure that this is the place" not in page


def test_progress_is_shown_while_the_work_goes_on_and_can_be_taken_up_after_it_ended(
    queue, django_capture_on_commit_callbacks, rita
):
    number = queue["kept"].carrying_id
    Job.objects.filter(kind="carrying").update(state="running", done=1, total=4, heartbeat=timezone.now())
    page = rita.get(reverse("carrying", args=[number])).content.decode()
    assert re.search(r'<progress\s+aria-label="Progress"\s+max="100"\s+value="25"\s*>', page) and "1 of 4 notes" in page
    Job.objects.filter(kind="carrying").update(heartbeat=timezone.now() - timedelta(minutes=5))
    assert "You can retry it" in rita.get(reverse("carrying", args=[number])).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        rita.post(reverse("carrying_again", args=[number]))
    assert Job.objects.get(kind="carrying").state == "done"


def test_the_queue_costs_the_same_few_queries_however_long(
    cast, old, publish_later, django_assert_max_num_queries, rita
):
    clause = old.clauses.get(num="Article 2")
    for number in range(20):
        publish_note(clause, cast.centre, KEPT, f"n{number}")
    publish_later()
    with django_assert_max_num_queries(19):
        assert rita.get(reverse("carrying", args=[Carrying.objects.get().pk])).status_code == 200


def test_nothing_is_published_whose_words_changed_before_the_result_was_seen(queue, rita):
    answer = decide(rita, queue["changed"], "worsened")
    assert answer["Location"] == reverse("carried_look", args=[queue["changed"].pk]) + "?fate=worsened"
    assert not Carried.objects.exclude(decision="").exists()
    page = rita.get(answer["Location"]).content.decode()
    assert "10,000,000" in page and "Publish it on these words" in page
    assert "Recent decisions" not in page and not Annotation.objects.filter(version__slug="new").exists(), (
        "GET writes nothing"
    )
    look(rita, queue["changed"], "worsened")
    assert Carried.objects.get(pk=queue["changed"].pk).successor.status == "published"


def test_the_words_found_are_widened_and_narrowed_before_they_are_decided_on(queue, rita):
    row = queue["changed"]
    text = row.clause.text
    address = reverse("carried_look", args=[row.pk])
    narrower = text.index("from"), text.index(" riel", text.index("10,000"))
    page = rita.get(address, {"fate": "worsened", "start": narrower[0], "end": narrower[1]}).content.decode()
    assert f'name="start" value="{narrower[0]}"' in page and f'name="end" value="{narrower[1]}"' in page
    wider = re.search(r'href="[?]fate=worsened&amp;start=(\d+)&amp;end=(\d+)#words"', page)
    assert text[int(wider[1]) : int(wider[2])].startswith("is from")
    look(rita, row, "worsened", start=narrower[0], end=narrower[1])
    note = Carried.objects.get(pk=row.pk).successor
    assert (note.exact, note.start) == (text[narrower[0] : narrower[1]], narrower[0])


def test_a_passage_that_is_none_is_refused_or_passed_over(queue, rita, subtests):
    for span in [("5", "2"), ("0", "99999"), ("-1", "3"), ("x", "3"), ("3", "4")]:
        with subtests.test(span=span):
            answer = rita.get(reverse("carried_look", args=[queue["changed"].pk]), {"start": span[0], "end": span[1]})
            assert answer.status_code in ({404} if span[0].isdecimal() and span[1].isdecimal() else {200})
            assert not Carried.objects.exclude(decision="").exists()


def test_what_was_not_found_has_no_words_to_look_at(queue, rita):
    assert rita.get(reverse("carried_look", args=[queue["gone"].pk])).status_code == 404
    assert look(rita, queue["changed"], "dance").status_code == 400


def more_on_the_same_words(cast, old, count=9):
    clause = old.clauses.get(num="Article 2").children.get(num="(1)")
    return [publish_note(clause, cast.centre, CHANGED, f"same-{n}") for n in range(count)]


@pytest.mark.both_databases
def test_equal_cases_are_decided_with_one_and_undone_as_one(cast, old, notes, publish_later, rita):
    more_on_the_same_words(cast, old)
    publish_later()
    row = Carried.objects.for_queue().get(annotation=notes["changed"])
    assert "and 9 other notes on the same words" in rita.get(reverse("carried_look", args=[row.pk])).content.decode()
    look(rita, row, "worsened", all="yes")
    decided = Carried.objects.exclude(decision="")
    assert decided.count() == 10 and set(decided.values_list("fate", flat=True)) == {"worsened"}
    assert "10 notes wait" in rita.post(reverse("carrying_undo", args=[row.carrying_id]), follow=True).content.decode()
    assert not Carried.objects.exclude(decision="").exists()
    look(rita, row, "softened")
    assert Carried.objects.exclude(decision="").count() == 1, "others only where they were asked for"


def test_no_more_notes_than_a_page_shows_are_decided_with_one_press(cast, old, notes, publish_later, rita, monkeypatch):
    """A form that listed a thousand kept a process for a minute, and whoever undid it for as long."""
    monkeypatch.setattr(views, "PER_PAGE", 4)
    more_on_the_same_words(cast, old)
    clause = old.clauses.get(num="Article 2")
    kept = [publish_note(clause, cast.centre, KEPT, f"kept-{n}").pk for n in range(9)]
    publish_later()
    row = Carried.objects.for_queue().get(annotation=notes["changed"])
    assert "and 3 other notes on the same words" in rita.get(reverse("carried_look", args=[row.pk])).content.decode()
    look(rita, row, "worsened", all="yes")
    assert Carried.objects.exclude(decision="").count() == 4
    listed = [seal(pk, "carried") for pk in Carried.objects.filter(annotation__in=kept).values_list("pk", flat=True)]
    rita.post(reverse("carrying_confirm_kept", args=[row.carrying_id]), {"row": listed})
    assert Carried.objects.exclude(decision="").count() == 8


def test_what_was_not_found_is_closed_in_one_go_by_a_reviewer_alone(client, cast, old, notes, publish_later):
    gone = old.clauses.get(num="Article 3")
    for n in range(9):
        publish_note(gone, cast.centre, "", f"gone-{n}")
    publish_later()
    rows = list(Carried.objects.filter(annotation__organisation=cast.centre))
    address, form = (
        reverse("carrying_close_lost", args=[rows[0].carrying_id]),
        {"row": [seal(row.pk, "carried") for row in rows]},
    )
    client.force_login(cast.alice)
    assert client.post(address, form | {"do": "gone"}).status_code == 403
    client.force_login(cast.rita)
    client.post(address, form | {"do": "dance"})
    assert not Carried.objects.exclude(decision="").exists()
    client.post(address, form | {"do": "gone"})
    closed = Carried.objects.filter(decision="closed")
    assert closed.count() == 10 and set(closed.values_list("verdict", "fate")) == {("lost", "removed")}
    client.post(reverse("carrying_undo", args=[rows[0].carrying_id]))
    assert not Carried.objects.exclude(decision="").exists()


def test_nothing_is_undone_where_one_of_several_was_worked_on_since(cast, old, notes, publish_later, rita):
    more_on_the_same_words(cast, old, 2)
    publish_later()
    row = Carried.objects.for_queue().get(annotation=notes["changed"])
    look(rita, row, "worsened", all="yes")
    note = Carried.objects.order_by("-pk").first().successor
    note.body = "Better said."
    services.write_annotation(cast.rita, note, {})
    assert rita.post(reverse("carrying_undo", args=[row.carrying_id])).status_code == 403
    assert Carried.objects.filter(decision="confirmed").count() == 3


def test_who_wrote_a_note_decides_on_it_nowhere_after_a_colleague_carried_it_over(cast, old, publish_later):
    wanda, _is_new = add_member("wanda@example.org", cast.centre, "reviewer")
    second_factor.give(wanda)
    note = Annotation(body="Wanda's words.", risk=3)
    set_target(note, old.clauses.get(num="Article 3"), "")
    services.write_annotation(wanda, note, {})
    services.submit_annotation(wanda, note)
    services.publish_annotation(cast.rita, note)
    row = lambda of: Carried.objects.for_queue().get(annotation=of)  # noqa: E731
    publish_later(OLD_DRAFT.replace("six months", "two months"), "second")
    members = carrying_services.confirm(cast.alice, row(note), "kept")
    with pytest.raises(PermissionDenied, match="Nobody publishes their own note"):
        services.publish_annotation(wanda, members, members.revision)
    carrying_services.undo(cast.alice, row(note).carrying)
    carried = carrying_services.confirm(cast.rita, row(note), "kept")
    assert carried.status == NoteStatus.PUBLISHED
    Flag.objects.create(annotation=carried, slug="flag", kind="wrong", words="No.")
    assert not flags_to_close(wanda, cast.centre).exists() and flags_to_close(cast.eve, cast.centre).exists()
    publish_later(OLD_DRAFT.replace("six months", "three months"), "third", date="2021")
    with pytest.raises(PermissionDenied):
        carrying_services.close(wanda, row(carried), "removed", "I say so.")
    assert carrying_services.confirm(wanda, row(carried), "kept").status == NoteStatus.SUBMITTED


def test_a_note_that_is_carried_over_keeps_the_words_of_its_kinds(client, cast, drafts, publish_later):
    """Who confirms it reads them on the page, and others stood there afterwards."""
    kind = Category.objects.create(code="OTHER", label="Incitement", question="Does it incite?")
    note = Annotation(body="Nobody can foresee it.", risk=4)
    set_target(note, drafts[1].clauses.get(num="Article 3"), "deemed to hinder")
    services.write_annotation(cast.alice, note, {"categories": [kind]})
    services.submit_annotation(cast.alice, note)
    services.publish_annotation(cast.rita, note)
    Category.objects.filter(pk=kind.pk).update(label="Quite another kind")
    publish_later(version="later", date="2021")
    row = Carried.objects.for_queue().get(annotation=note, carrying__new__slug="later")
    successor = carrying_services.confirm(cast.rita, row, "kept")
    cache.clear()
    page = client.get(successor.get_absolute_url()).content.decode()
    assert "Incitement" in page and "Quite another kind" not in page
