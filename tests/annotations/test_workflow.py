"""Submitted, taken back, returned, published, written anew, withdrawn: by whom, and what readers see of it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.models import User
from lawcompare.accounts.services import describe_organisation
from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation, Category, CategoryChange, NoteDecision, Reply, Revision
from lawcompare.annotations.targets import set_target
from lawcompare.core.models import Entry
from lawcompare.laws.models import Law, Origin, Version, Withdrawal
from lawcompare.publishing.services import publish
from lawcompare.site.stated import stated_things
from tests.annotations.conftest import WORDS
from tests.conftest import NEW_DRAFT, OLD_DRAFT

pytestmark = pytest.mark.django_db


def post(client, who, name, slug, **data):
    client.force_login(who)
    return client.post(reverse(name, args=[slug]), data)


def read(client, note) -> str:
    client.logout()
    return client.get(note.get_absolute_url()).content.decode()


def test_an_author_takes_back_what_waits_for_review(client, cast, write):
    note = write("submitted")
    assert post(client, cast.rita, "annotation_take_back", note.slug).status_code == 403
    post(client, cast.alice, "annotation_take_back", note.slug)
    note.refresh_from_db()
    assert note.status == "draft"
    assert note.decisions.last().status == "taken-back"


@pytest.mark.usefixtures("empty_cache")
def test_who_submits_and_takes_back_in_turns_is_told_to_wait(client, cast, write, settings):
    """Each submission is mailed to the reviewers."""
    settings.PUBLICATIONS_PER_HOUR = 2
    note = write("submitted")
    answers = []
    for _turn in range(3):
        answers.append(post(client, cast.alice, "annotation_take_back", note.slug).status_code)
        post(client, cast.alice, "annotation_submit", note.slug)
    assert answers == [302, 302, 429] and note.decisions.filter(status="submitted").count() == 3


def test_notes_of_one_organisation_on_one_text_are_limited(client, cast, write, store, monkeypatch):
    """Pages of a text and of the concerns of its law read them all."""
    monkeypatch.setattr(services, "NOTES_ON_TEXT_MAX", 2)
    write("published")
    waiting, draft = (write(upto, body=upto) for upto in ("submitted", "draft"))
    refused = post(client, cast.alice, "annotation_submit", draft.slug)
    assert refused.status_code == 403 and "2 notes on this text" in refused.content.decode()
    draft.refresh_from_db()
    assert draft.status == "draft"
    services.publish_annotation(cast.rita, waiting)
    services.write_annotation(cast.alice, waiting, {})
    services.submit_annotation(cast.alice, waiting)  # other words are no other note
    assert write("submitted", on=store(OLD_DRAFT, "next").clauses.get(num="Article 2")).is_waiting
    assert write("submitted", who=cast.charlie).is_waiting


def test_what_a_reviewer_holds_cannot_be_changed_under_them(write, form, alice):
    note = write("submitted")
    assert alice.get(reverse("annotation_edit", args=[note.slug])).status_code == 403
    page = alice.post(reverse("annotation_edit", args=[note.slug]), form | {"body": "Slipped in."})
    assert page.status_code == 409 and "Slipped in." in page.content.decode(), "the words are not lost"
    note.refresh_from_db()
    assert note.body == "Nobody can foresee it."


def test_a_reviewer_publishes_what_they_read_and_nothing_else(client, cast, write):
    note = write("submitted")
    page = post(client, cast.rita, "annotation_decide", note.slug, publish="1", revision="7")
    assert page.status_code == 403
    note.refresh_from_db()
    assert note.status == "submitted"


def test_on_a_text_that_is_withdrawn_nothing_is_published(client, cast, write):
    """Once it was back, its notes told words and days that nobody could have read."""
    note = write("submitted")
    withdrawal = Withdrawal.objects.create(version=note.version, organisation=cast.centre, reason="A mistake.")
    with pytest.raises(PermissionDenied, match="The text is withdrawn"):
        services.publish_annotation(cast.rita, note)
    withdrawal.restored_at = timezone.now()
    withdrawal.save()
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    note = Annotation.objects.get(pk=note.pk)
    reply = services.write_reply(cast.charlie, note, Reply(body="By whom?", kind="question"))
    Withdrawal.objects.create(version=note.version, organisation=cast.centre, reason="A mistake.")
    for act in (
        lambda: services.write_reply(cast.charlie, note, Reply(body="Again.", kind="question")),
        lambda: services.moderate_reply(cast.rita, reply, True),
    ):
        with pytest.raises(PermissionDenied, match="The text is withdrawn"):
            act()
    services.moderate_reply(cast.rita, reply, False, "Not on this note.")


def test_readers_see_the_published_words_until_others_are_published(client, cast, write, form):
    note = write("published")
    edit = reverse("annotation_edit", args=[note.slug])
    client.force_login(cast.alice)
    client.post(edit, form | {"body": "Better words.", "based_on": "1", "submit": "1", "risk": "2"})
    assert "Nobody can foresee it." in read(client, note) and "Better words." not in read(client, note)
    version = note.version.get_absolute_url()
    assert "Better words." not in client.get(version).content.decode()
    client.force_login(cast.rita)
    waiting = client.get(note.get_absolute_url()).content.decode()
    assert "Better words." in waiting and "Other words wait for review" in waiting
    assert note.get_absolute_url() in client.get(reverse("workspace")).content.decode()
    post(client, cast.rita, "annotation_decide", note.slug, publish="1", revision="2")
    html = read(client, note)
    assert "Better words." in html
    assert "How it was changed" in html and "<del><span" in html, "the change is shown as a redline"


def test_of_notes_on_a_text_that_was_private_readers_learn_nothing_that_was_replaced_or_withdrawn_until_then(
    client, cast, write, store
):
    text = store(OLD_DRAFT, "kept", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    clause = text.clauses.get(num="Article 1")
    note, gone = (write("published", on=clause, exact="", body=body) for body in ("zzfirst words.", "Taken back."))
    note.body = "Second words."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.publish_annotation(cast.rita, note)
    services.withdraw_annotation(cast.alice, gone, "zzmistaken")
    publish(text)
    page = read(client, note)
    assert "Second words." in page and "zzfirst" not in page
    assert client.get(gone.get_absolute_url()).status_code == 404
    stated = [name for _digest, name in stated_things()]
    assert f"annotation/{gone.slug}" not in stated and f"annotation/{note.slug}" in stated
    client.force_login(cast.rita)
    assert "zzfirst" in client.get(note.get_absolute_url()).content.decode()
    services.withdraw_annotation(cast.rita, note, "Said better elsewhere.")
    assert "Said better elsewhere." in read(client, note)


def test_readers_see_of_the_history_no_draft_and_no_person(client, cast, write):
    cast.alice.display_name = "Sokha"
    cast.alice.save()
    note = write(body="A secret draft.", credits_person=False)
    note.body = "Published first."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.publish_annotation(cast.rita, note)
    note.body = "A secret in between."
    services.write_annotation(cast.alice, note, {})
    note.body = "Published second."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.publish_annotation(cast.rita, note)
    html = read(client, note)
    assert "first" in html and "second" in html and html.count("The Centre") >= 3
    for secret in ("secret", "Sokha", "alice", "rita"):
        assert secret not in html


def test_of_a_note_published_again_and_again_the_last_changes_are_told_as_far_as_they_are_short(client, write):
    """Each was told apart from the one before for every reader: the 240 of an hour, if long, took half a minute."""
    note = write("published")
    content = services.content_of(note)
    for number in range(2, 32):
        words = content | {"body": f"Words {number}."}
        note.revisions.create(number=number, content=words, published_at=timezone.now())
    html = read(client, note)
    assert html.count('class="step"') == 20 and "Earlier changes are not shown." in html and "first time" not in html
    for number in range(32, 35):
        words = content | {"body": f"{number} " * 6_660}
        note.revisions.create(number=number, content=words, published_at=timezone.now())
    assert client.get(f"{note.get_absolute_url()}?anew").content.decode().count('class="step"') == 2


def test_of_what_was_said_on_a_note_its_page_has_the_last(client, cast, write, monkeypatch):
    monkeypatch.setattr("lawcompare.annotations.views.STEPS_SHOWN", 2, raising=False)
    note = write("submitted")
    for words in ("Zzfirst.", "Second.", "Third."):
        services.write_remark(cast.rita, note, words)
    client.force_login(cast.rita)
    page = client.get(note.get_absolute_url()).content.decode()
    assert "Zzfirst." not in page and page.index("Second.") < page.index("Third.")


def test_other_words_can_be_returned_and_dropped(client, cast, write, form):
    note = write("published")
    client.force_login(cast.alice)
    client.post(reverse("annotation_edit", args=[note.slug]), form | {"body": "Worse.", "based_on": "1", "submit": "1"})
    post(client, cast.rita, "annotation_decide", note.slug, **{"return": "1", "reason": "It was better before."})
    note.refresh_from_db()
    assert (note.status, note.pending) == ("published", "draft")
    post(client, cast.alice, "annotation_take_back", note.slug, drop="1")
    note.refresh_from_db()
    assert (note.status, note.pending, note.body) == ("published", "", "Nobody can foresee it.")
    assert [decision.status for decision in note.decisions.all()][-3:] == ["submitted", "returned", "dropped"]


def test_why_a_note_was_returned_stands_above_it_until_it_is_submitted_again(client, cast, write, form):
    note, other, published = write("submitted"), write(), write("published")
    post(client, cast.rita, "annotation_decide", note.slug, **{"return": "1", "reason": " "})
    assert Annotation.objects.get(pk=note.pk).status == "submitted", "it is returned with a reason alone"
    post(client, cast.rita, "annotation_decide", note.slug, **{"return": "1", "reason": "Name the treaty."})
    edit = reverse("annotation_edit", args=[published.slug])
    client.force_login(cast.alice)
    client.post(edit, form | {"body": "Worse.", "based_on": "1", "submit": "1"})
    post(client, cast.rita, "annotation_decide", published.slug, **{"return": "1", "reason": "It was better."})
    client.force_login(cast.alice)
    for slug, reason in ((note.slug, "Name the treaty."), (published.slug, "It was better.")):
        for address in (f"/annotations/{slug}/", reverse("annotation_edit", args=[slug])):
            html = client.get(address).content.decode()
            head = html.partition('class="page-head"')[2].partition('class="quoted')[0].partition("<form")[0]
            assert "Returned to its author on" in head and reason in head
    assert "Returned to its author" not in client.get(f"/annotations/{other.slug}/").content.decode()

    def listed(query: str) -> set[str]:
        html = client.get(f"/workspace/{query}").content.decode().partition('id="mine"')[2]
        return {one.slug for one in (note, other, published) if f"/annotations/{one.slug}/" in html}

    assert listed("") == {note.slug, other.slug, published.slug}
    assert listed("?status=returned") == {note.slug, published.slug}
    assert "Name the treaty." in client.get("/workspace/").content.decode().partition('id="mine"')[2]
    client.force_login(cast.charlie)
    assert "It was better." not in client.get(f"/annotations/{published.slug}/").content.decode()
    post(client, cast.alice, "annotation_submit", note.slug)
    assert listed("?status=returned") == {published.slug}
    assert "Returned to its author on" not in client.get(f"/annotations/{note.slug}/").content.decode()


def test_any_member_of_the_organisation_may_write_other_words_and_nobody_else(client, cast, write, form):
    note = write("published")
    edit = reverse("annotation_edit", args=[note.slug])
    client.force_login(cast.charlie)
    assert client.post(edit, form | {"body": "Ours now."}).status_code == 403
    client.force_login(cast.eve)
    assert client.post(edit, form | {"body": "Eve's.", "based_on": "1"}).status_code == 302
    note.refresh_from_db()
    assert note.pending == "draft" and note.creator == cast.alice


@pytest.mark.parametrize("who", ["alice", "rita"])
def test_a_published_note_is_withdrawn_and_readers_are_told_why_but_no_words_that_its_author_alone_has_read(
    client, cast, write, who
):
    note = write("published")
    client.force_login(getattr(cast, who))
    address = reverse("annotation_withdraw", args=[note.slug])
    assert ('name="reason"' in client.get(address).content.decode()) == (who == "rita")
    if who == "rita":
        assert client.post(address, {"reason": "  "}).status_code == 400
    client.post(address, {"reason": "The quotation was of another draft."})
    html = read(client, note)
    assert "This note was withdrawn" in html and ("The quotation was of another draft." in html) == (who == "rita")
    for page in (note.get_absolute_url(), note.version.get_absolute_url(), reverse("annotations")):
        assert "Nobody can foresee it." not in client.get(page).content.decode(), page
    assert client.get(f"/annotations/{note.slug}.jsonld").status_code in {404, 410}


def test_a_reviewer_who_wrote_later_words_of_a_note_tells_readers_no_more_than_its_author(client, cast, write):
    note = write("published")
    note.body = "Other words, by a reviewer."
    services.write_annotation(cast.eve, note, {}, note.revision)
    services.submit_annotation(cast.eve, Annotation.objects.get(pk=note.pk))
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    post(client, cast.eve, "annotation_withdraw", note.slug, reason="It names Mr X.")
    html = read(client, note)
    assert "This note was withdrawn" in html and "Mr X" not in html


def test_nobody_else_withdraws_a_note(client, cast, write, subtests):
    note = write("published")
    for who in ["bob", "charlie"]:
        with subtests.test(who=who):
            assert post(client, getattr(cast, who), "annotation_withdraw", note.slug, reason="No.").status_code == 403
            note.refresh_from_db()
            assert note.status == "published"


def test_what_was_withdrawn_stays_withdrawn(client, cast, write, form):
    note = write("published")
    post(client, cast.rita, "annotation_withdraw", note.slug, reason="Wrong.")
    client.force_login(cast.alice)
    assert client.post(reverse("annotation_edit", args=[note.slug]), form).status_code == 403
    for name in ("annotation_submit", "annotation_take_back", "annotation_decide", "annotation_withdraw"):
        assert post(client, cast.alice, name, note.slug, publish="1", reason="x").status_code in {403, 404}, name
    note.refresh_from_db()
    assert note.status == "withdrawn"


@pytest.mark.parametrize("upto", ["draft", "submitted"])
@pytest.mark.verify
def test_trying_addresses_shows_nothing_that_is_not_public(client, cast, write, upto):
    """By numbers, by neighbours of a known address, and by each address of a note that is known to be there."""
    write("published")
    note = write(upto, body="Between us.")
    assert len(note.slug) >= 12 and note.slug != write("draft").slug
    for who in (None, cast.bob, cast.charlie):
        client.logout()
        if who:
            client.force_login(who)
        # Names that are nobody's are the same to all; one who may write notes tries them.
        wrong = ["1", "2", note.slug[:-1], note.slug.upper()] if who == cast.charlie else []
        for name in (note.slug, str(note.pk), *wrong):
            for tail in ("/", ".jsonld", "/edit/", "/submit/", "/decide/", "/withdraw/", "/flag/", "/reply/"):
                for send in (client.get, client.post):
                    answer = send(f"/annotations/{name}{tail}", follow=True)
                    assert "Between us." not in answer.content.decode(), (name, tail)
                    assert answer.status_code in {404, 405} or "/accounts/login/" in answer.request["PATH_INFO"]
        for page in ("/annotations/", "/annotations.jsonld", "/annotations.csv", note.version.get_absolute_url()):
            text = client.get(page).content.decode()
            assert "Between us." not in text and note.slug not in text and "alice" not in text


def test_an_edit_form_of_anothers_draft_does_not_exist(client, cast, write, form):
    note = write()
    for who in (cast.rita, cast.eve, cast.charlie):
        client.force_login(who)
        assert client.get(reverse("annotation_edit", args=[note.slug])).status_code == 404
        assert client.post(reverse("annotation_edit", args=[note.slug]), form).status_code == 404
    assert Annotation.objects.get().body == "Nobody can foresee it."


def test_the_second_of_two_who_write_is_told_and_loses_nothing(client, cast, write, form):
    note = write("published")
    edit = reverse("annotation_edit", args=[note.slug])
    client.force_login(cast.eve)
    assert client.post(edit, form | {"body": "What Eve wrote.", "based_on": "1"}).status_code == 302
    client.force_login(cast.alice)
    mine = form | {"body": "What Alice wrote.", "based_on": "1", "risk": "1", "standards_typed": ""}
    page = client.post(edit, mine)
    html = page.content.decode()
    assert page.status_code == 409
    assert "Somebody else, or you in another tab or window, has written" in html
    assert ">\nWhat Alice wrote.</textarea>" in html, "the second's words stay in the form"
    assert "Eve</del>" in html and "Alice</ins>" in html, "both texts are shown as a redline"
    assert [row.content["body"] for row in note.revisions.all()][1:] == ["What Eve wrote."]
    # Sent again, now knowing what the other wrote, it goes on from there; the other's words stay in the history.
    assert 'name="based_on" value="2"' in html
    assert client.post(edit, mine | {"based_on": "2"}).status_code == 302
    assert [row.content["body"] for row in note.revisions.all()][1:] == ["What Eve wrote.", "What Alice wrote."]


def test_the_form_of_a_note_has_all_that_it_says(write, alice):
    note = write(source_title="On lanterns", checklist={"legality": {"answer": "no", "words": "deemed"}})
    html = alice.get(reverse("annotation_edit", args=[note.slug])).content.decode()
    assert WORDS in html and "On lanterns" in html and 'value="deemed"' in html and 'name="based_on" value="1"' in html


def test_a_note_that_relies_on_a_private_text_is_not_published(client, cast, write, store):
    secret = store(OLD_DRAFT, "secret", law="hidden", published=False)
    Origin.objects.create(version=secret, organisation=cast.centre)
    note = write("submitted", relations={"standards": [secret.clauses.get(num="Article 1")]})
    answer = post(client, cast.rita, "annotation_decide", note.slug, publish="1", revision="1")
    assert "readers cannot open" in client.get(answer["Location"]).content.decode()
    note.refresh_from_db()
    assert note.status == "submitted" and not note.revisions.exclude(published_at=None).exists()


def test_a_standard_that_is_withdrawn_is_shown_no_longer(client, cast, write, drafts):
    standard = drafts[1].clauses.get(num="Article 2")
    note = write("published", on=drafts[0].clauses.get(num="Article 2"), relations={"standards": [standard]})
    csv = "/annotations.csv"
    assert "keep traffic data" in read(client, note) and "Data retention" in client.get(csv).content.decode()
    Withdrawal.objects.create(version=drafts[1], organisation=cast.centre, reason="Asked.")
    assert "keep traffic data" not in read(client, note)
    for address in (csv, f"/annotations/{note.slug}.jsonld", "/annotations.jsonld", "/api/v1/annotations"):
        assert "Data retention" not in client.get(address).content.decode()
        assert "draft/new" not in client.get(address).content.decode()
    assert list(note.standards.all()) == [standard], "what the note says is kept"


def test_no_file_or_feed_names_a_law_or_organisation_of_which_nothing_is_public(client, cast, write, store):
    write("published")
    store(OLD_DRAFT, "secret", law="hidden", published=False)
    Law.objects.filter(slug="hidden").update(title="The hidden law")
    for asked in ("law=hidden", "organisation=others"):
        for address in ("/feeds/annotations.atom", "/annotations.jsonld"):
            words = client.get(f"{address}?{asked}").content.decode()
            assert "The hidden law" not in words and "The Others" not in words
    assert client.get("/feeds/organisations/others.atom").status_code == 404
    assert "The Centre" in client.get("/feeds/annotations.atom?organisation=centre").content.decode()


@pytest.mark.both_databases
def test_each_writing_is_kept_and_each_decision_logged(write, cast):
    note = write(body="One.")
    note.body = "Two."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.return_annotation(cast.rita, note, "Name the standard.")
    note.body = "Three."
    services.write_annotation(cast.alice, note, {})
    services.submit_annotation(cast.alice, note)
    services.publish_annotation(cast.rita, note)
    assert [revision.content["body"] for revision in note.revisions.all()] == ["One.", "Two.", "Three."]
    assert [bool(revision.published_at) for revision in note.revisions.all()] == [False, False, True]
    steps = ["draft", "submitted", "returned", "submitted", "published"]
    assert [decision.status for decision in note.decisions.all()] == steps


def test_what_readers_see_changed_stands_in_the_log_of_the_site_and_no_draft_does(write, cast):
    write()
    note = write("published")
    services.withdraw_annotation(cast.rita, note, "It was of another draft.")
    entries = Entry.objects.filter(subject__startswith="annotation/").order_by("number")
    assert [(entry.action, entry.subject) for entry in entries] == [
        (action, f"annotation/{note.slug}") for action in ("submit", "publish", "withdraw")
    ]  # fmt: skip
    assert "another draft" not in "".join(entry.details for entry in entries)


@pytest.mark.both_databases
def test_the_database_refuses_to_rewrite_or_shorten_the_log(write, cast, subtests):
    write("published")
    category = Category.objects.create(code="VAGUE", label="Vagueness")
    CategoryChange.objects.create(category=category, after={"label": "Vagueness"}, organisation=cast.centre)
    at, by = "2001-01-01T00:00:00Z", cast.charlie
    for table, changes in {
        NoteDecision: [{"reason": "Another."}, {"status": "withdrawn"}, {"at": at}, {"by": by}],
        Revision: [{"content": {}}, {"number": 7}, {"published_at": None}],
        CategoryChange: [{"after": {}}],
    }.items():
        for change in [*changes, "delete"]:
            with subtests.test(table=table.__name__, change=str(change)):
                with pytest.raises(DatabaseError), transaction.atomic():
                    rows = table.objects.all()
                    rows._raw_delete(using="default") if change == "delete" else rows.update(**change)
                assert table.objects.exists()


@pytest.mark.both_databases
def test_an_account_that_goes_is_forgotten_in_the_log(write, cast):
    note = write("published")
    User.objects.get(pk=cast.alice.pk).delete()
    assert NoteDecision.objects.filter(annotation=note, by=None).exists()
    assert note.revisions.get().by is None
    assert Annotation.objects.get().creator is None


@pytest.mark.both_databases
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_note_is_published_while_its_organisation_is_described_and_neither_waits_for_the_other(cast, write):
    """At its end each changes the token of what is public, and the note's rows look whether the organisation is there:
    who holds that as if its key were to change makes a deadlock of it.
    """
    write("published")
    note, together = write("submitted", body="Another."), threading.Barrier(2)
    said = {"description": "Who we are.", "two_person_rule": False}

    def end(task) -> str:
        try:
            with transaction.atomic():
                task()
                together.wait(10)
        except DatabaseError as error:
            return type(error).__name__
        finally:
            connection.close()
        return ""

    tasks = (
        lambda: describe_organisation(cast.adam, said),
        lambda: services.publish_annotation(cast.rita, note),
    )
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(end, tasks)) == ["", ""]
    note.refresh_from_db()
    assert note.status == "published" and note.organisation.description == "Who we are."


def test_a_published_note_keeps_the_words_of_its_kinds_when_it_is_published_again(client, cast, write):
    """Its reviewer read the old ones, and everybody the new ones afterwards."""
    kind = Category.objects.create(code="OTHER", label="Incitement", question="Does it incite?")
    note = write("published", relations={"categories": [kind]})
    Category.objects.filter(pk=kind.pk).update(label="Quite another kind")
    again = Annotation.objects.get(pk=note.pk)
    again.body = "A letter was mended."
    services.write_annotation(cast.alice, again, {})
    services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    answer = client.get(note.get_absolute_url()).content.decode()
    assert "A letter was mended." in answer and "Incitement" in answer and "Quite another kind" not in answer
    for kinds in ([], [kind]):  # taken away, and set again: its history says it so, and who reviews it reads it so
        services.write_annotation(cast.alice, Annotation.objects.get(pk=note.pk), {"categories": kinds})
        services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
        services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    note = Annotation.objects.get(pk=note.pk)
    assert note.kinds == ["Incitement"]


def test_the_clauses_that_a_note_relies_on_stand_in_an_order_that_tells_nothing(cast, store, client):
    """That of their numbers told on which of one's own days another organisation's text came to be here."""
    noted = store(NEW_DRAFT, "own")
    texts = [
        store(OLD_DRAFT, slug, law=slug, date=date) for slug, date in (("b", "2019"), ("c", "2021"), ("a", "2020"))
    ]
    standards = [text.clauses.get(num="Article 1") for text in texts]
    note = Annotation(body="Nobody can foresee it.", risk=4)
    set_target(note, noted.clauses.get(num="Article 3"), "deemed to hinder")
    services.write_annotation(cast.alice, note, {"standards": standards})
    services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
    client.force_login(cast.rita)
    facts = client.get("/workspace/").content.decode().split('<dl class="facts">')[1].split("</dl>")[0]
    relations = services.relations_of(services.content_of(Annotation.objects.get(pk=note.pk)))
    assert [clause.version.slug for clause in relations["standards"]] == ["a", "b", "c"]
    titles = [str(text.law.name) for text in (texts[2], texts[0], texts[1])]
    assert len(set(titles)) == 1 or sorted(titles, key=facts.index) == titles


def test_who_reviews_a_carried_note_reads_its_kinds_as_readers_will(cast, store, client):
    kind = Category.objects.create(code="OLD", label="Renamed")
    note = Annotation(body="Nobody can foresee it.", risk=4)
    set_target(note, store(NEW_DRAFT, "own").clauses.get(num="Article 3"), "deemed to hinder")
    services.write_annotation(cast.alice, note, {"categories": [kind]})
    services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
    Annotation.objects.update(kind_words={"OLD": {"en": "Vagueness"}})  # as carrying sets them
    client.force_login(cast.rita)
    facts = client.get("/workspace/").content.decode().split('<dl class="facts">')[1].split("</dl>")[0]
    assert "Vagueness" in facts and "Renamed" not in facts


def test_of_the_time_before_its_text_was_public_a_note_keeps_no_word_of_its_kinds(cast, store):
    """They stood in the digest of the daily statement, where whoever tried all kinds read them; and what a kind was
    called before it was renamed told that the text had been in hand.
    """
    text = store(NEW_DRAFT, "own", date="2021", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    note = Annotation(body="Nobody can foresee it.", risk=4)
    set_target(note, text.clauses.get(num="Article 3"), "deemed to hinder")
    for code in ("FIRST", "LATER"):
        kind = Category.objects.create(code=code, label=code.title())
        services.write_annotation(cast.alice, note, {"categories": [kind]})
        services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
        services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
        note = Annotation.objects.get(pk=note.pk)
    Category.objects.filter(code="LATER").update(label="Renamed")
    publish(Version.objects.get(pk=text.pk))
    note.refresh_from_db()
    assert note.kind_words.keys() == {"LATER", "LATER?"} and note.kind_words["LATER"]["en"] == "Renamed"


def test_a_kind_retired_before_its_text_was_public_leaves_the_note(cast, store, client):
    """It can be chosen no more: on a new note it told that the note, and its text, had been there before."""
    text = store(NEW_DRAFT, "own", date="2021", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    kinds = [Category.objects.create(code=code, label=f"Kind {code}") for code in ("STAYS", "GOES")]
    notes = []
    for body in ("Nobody can foresee it.", "It stands in no law."):
        note = Annotation(body=body, risk=4)
        set_target(note, text.clauses.get(num="Article 3"), "deemed to hinder")
        services.write_annotation(cast.alice, note, {"categories": kinds})
        services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
        notes.append(note)
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=notes[0].pk))
    Category.objects.filter(code="GOES").update(is_retired=True)
    publish(Version.objects.get(pk=text.pk))
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=notes[1].pk))
    for note in map(reread, notes):
        assert [kind.code for kind in note.categories.all()] == ["STAYS"] and "GOES" not in note.kind_words
        services.write_annotation(cast.alice, reread(note), {"categories": []})
        services.submit_annotation(cast.alice, reread(note))
        services.publish_annotation(cast.rita, reread(note))
        page = client.get(note.get_absolute_url()).content.decode()
        assert "Kind STAYS" in page and "GOES" not in page, "its history tells what was published"


def test_a_public_note_and_the_one_that_descends_from_it_keep_a_retired_kind(cast, store):
    kind = Category.objects.create(code="GOES", label="Goes")
    first = None
    for slug in ("a", "b"):
        note = Annotation(body="Nobody can foresee it.", risk=4, descends_from=first)
        set_target(note, store(NEW_DRAFT, slug).clauses.get(num="Article 3"), "deemed to hinder")
        services.write_annotation(cast.alice, note, {"categories": [kind]})
        services.submit_annotation(cast.alice, reread(note))
        services.publish_annotation(cast.rita, reread(note))
        Category.objects.update(is_retired=True)
        first = reread(note)
        assert [each.code for each in first.categories.all()] == ["GOES"] and "GOES" in first.kind_words


def reread(note: Annotation) -> Annotation:
    return Annotation.objects.get(pk=note.pk)
