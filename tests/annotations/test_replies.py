"""What others say on a published note: replies that a reviewer lets stand, and readers' notices."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from lawcompare.annotations import services, views
from lawcompare.annotations.access import visible_replies
from lawcompare.annotations.models import Annotation, Flag, Reply
from lawcompare.annotations.targets import set_target
from lawcompare.laws.models import Origin, Version
from lawcompare.publishing.services import publish
from tests.conftest import OLD_DRAFT
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
@made_once
def note(write):
    return write("published")


def reply_to(client, note, who, **data):
    client.force_login(who)
    return client.post(
        reverse("annotation_reply", args=[note.slug]), {"kind": "question", "body": "By whom is it *deemed*?"} | data
    )


def read(client, note) -> str:
    client.logout()
    return client.get(note.get_absolute_url()).content.decode()


def test_a_reply_is_shown_with_its_organisation_once_a_reviewer_lets_it_stand(client, cast, note):
    reply_to(client, note, cast.charlie)
    assert "By whom is it" not in read(client, note)
    client.force_login(cast.rita)
    assert "By whom is it" in client.get(reverse("workspace")).content.decode()
    client.post(reverse("reply_decide", args=[Reply.objects.get().slug]), {"publish": "1"})
    html = read(client, note)
    assert "By whom is it <em>deemed</em>?" in html and "The Others" in html and "charlie" not in html
    assert note.decisions.last().status == "reply-published"


def test_a_refused_reply_is_not_shown_and_the_reason_logged(client, cast, note):
    reply_to(client, note, cast.charlie)
    address = reverse("reply_decide", args=[Reply.objects.get().slug])
    client.force_login(cast.rita)
    client.post(address, {"refuse": "1", "reason": ""})
    assert Reply.objects.get().status == "held"
    client.post(address, {"refuse": "1", "reason": "It names a witness."})
    assert Reply.objects.get().status == "refused"
    assert note.decisions.last().reason == "It names a witness."
    html = read(client, note)
    assert "By whom is it" not in html and "witness" not in html


def test_only_a_reviewer_of_the_notes_organisation_moderates(client, cast, note, subtests):
    reply_to(client, note, cast.charlie)
    address = reverse("reply_decide", args=[Reply.objects.get().slug])
    for who in ("charlie", "alice", "bob"):
        with subtests.test(who=who):
            client.force_login(getattr(cast, who))
            assert client.post(address, {"publish": "1"}).status_code == 404
            assert Reply.objects.get().status == "held"


def test_a_reply_that_does_not_fit_is_refused_with_its_words_kept(client, cast, note, subtests):
    for data in [{"body": ""}, {"body": "<b>x</b>"}, {"body": "x " * 2_501}, {"kind": "shout"}]:
        with subtests.test(data=data):
            page = reply_to(client, note, cast.charlie, **data)
            assert page.status_code == 400 and not Reply.objects.exists()
            assert "errorlist" in page.content.decode()


def test_so_many_replies_of_one_organisation_wait_and_others_find_their_place(client, cast, note, monkeypatch):
    monkeypatch.setattr(services, "REPLIES_WAITING_MAX", 2)
    for number in range(3):
        page = reply_to(client, note, cast.charlie, body=f"Question {number}")
    assert page.status_code == 400 and Reply.objects.count() == 2
    assert "2 replies of your organisation wait" in page.content.decode() and "Question 2" in page.content.decode()
    assert reply_to(client, note, cast.alice).status_code == 302 and Reply.objects.count() == 3


def test_nobody_replies_without_an_organisation_or_to_what_is_not_published(client, cast, note, write):
    assert reply_to(client, note, cast.bob).status_code == 403
    assert reply_to(client, write(), cast.alice).status_code == 404
    assert not Reply.objects.exists()


def test_a_forged_reply_stands_under_its_writers_organisation_and_waits(client, cast, note):
    reply_to(client, note, cast.charlie, organisation=cast.centre.pk, status="published", slug="mine")
    reply = Reply.objects.get()
    assert (reply.organisation, reply.status) == (cast.others, "held") and reply.slug != "mine"


def flag(note, words="A village is named.", **headers):
    data = {"kind": "danger", "words": words}
    return Client().post(reverse("annotation_flag", args=[note.slug]), data, headers=headers)


def test_many_replies_and_notices_are_read_page_by_page(client, cast, note, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 1)
    monkeypatch.setattr(views, "NOTES_SHOWN", 1)
    for number in range(4):
        reply_to(client, note, cast.charlie, body=f"Question {number}.")
        flag(note, words=f"Look {number}.")
    client.force_login(cast.rita)
    for reply in Reply.objects.all()[:2]:
        client.post(reverse("reply_decide", args=[reply.slug]), {"publish": "1"})
    workspace = client.get(reverse("workspace"), {"replies": "2", "flags": "3"}).content.decode()
    assert re.findall(r"Question \d|Look \d", workspace) == ["Look 2", "Question 3"]
    assert 'href="?flags=4#flags"' in workspace and 'href="?replies=1#held"' in workspace
    client.logout()
    pages = [client.get(note.get_absolute_url(), {"page": page}).content.decode() for page in (1, 2)]
    assert [re.findall(r"Question \d", page) for page in pages] == [["Question 0"], ["Question 1"]]


def test_a_notice_comes_from_this_site_s_own_page_without_a_cookie_and_nothing_of_its_sender_is_kept(note):
    assert flag(note, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert flag(note, origin="https://elsewhere.example").status_code == 403
    assert not Flag.objects.exists()
    answer = flag(note, **{"sec-fetch-site": "same-origin", "x-forwarded-for": "203.0.113.7"})
    assert answer.status_code == 302 and not answer.cookies
    thanks = Client().get(answer["Location"])
    assert "Thank you" in thanks.content.decode() and not thanks.cookies
    stored = Flag.objects.values().get()
    assert set(stored) == {"id", "slug", "annotation_id", "kind", "words", "on", "closed_at"}
    assert "203.0.113.7" not in str(stored) and "127.0.0.1" not in str(stored)


def test_so_many_notices_in_an_hour_and_no_more(note, settings):
    settings.FLAGS_PER_HOUR = 2
    assert [flag(note, words=f"Look {n}.").status_code for n in range(4)] == [302, 302, 429, 429]
    assert Flag.objects.count() == 2


def test_a_notice_that_does_not_fit_is_refused(client, note, subtests):
    for data in [{"kind": "gossip"}, {"kind": ""}, {"kind": "wrong", "words": "x " * 501}]:
        with subtests.test(data=data):
            assert client.post(reverse("annotation_flag", args=[note.slug]), data).status_code == 400
            assert not Flag.objects.exists()


def test_there_is_nothing_to_notice_on_what_is_not_public(client, write):
    note = write()
    assert client.get(reverse("annotation_flag", args=[note.slug])).status_code == 404
    assert client.post(reverse("annotation_flag", args=[note.slug]), {"kind": "wrong"}).status_code == 404


def test_reviewers_of_the_organisation_see_a_notice_and_close_it_with_a_reason(client, cast, note):
    flag(note)
    for who in (cast.alice, cast.charlie):
        client.force_login(who)
        assert "A village is named." not in client.get(reverse("workspace")).content.decode()
        assert client.post(reverse("flag_close", args=[Flag.objects.get().slug]), {"reason": "x"}).status_code == 404
    client.force_login(cast.rita)
    page = client.get(reverse("workspace")).content.decode()
    assert "A village is named." in page and "It endangers someone" in page
    client.post(reverse("flag_close", args=[Flag.objects.get().slug]), {"reason": ""})
    assert Flag.objects.get().closed_at is None
    client.post(reverse("flag_close", args=[Flag.objects.get().slug]), {"reason": "The name was taken out."})
    assert Flag.objects.get().closed_at is not None
    assert "A village is named." not in client.get(reverse("workspace")).content.decode()
    assert note.decisions.last().reason == "The name was taken out."
    assert "village" not in read(client, note) and "deleted" not in read(client, note)


def test_nobody_decides_on_replies_to_what_they_wrote_or_notices_of_it(client, cast, note):
    note.body = "Other words."
    services.write_annotation(cast.rita, note, {})  # who wrote any of it wrote it
    flag(note)
    address = reverse("flag_close", args=[Flag.objects.get().slug])
    client.force_login(cast.rita)
    page = client.get(reverse("workspace")).content.decode()
    assert "A village is named." in page and address not in page
    assert client.post(address, {"reason": "No."}).status_code == 404 and Flag.objects.get().closed_at is None
    reply_to(client, note, cast.charlie)
    decide = reverse("reply_decide", args=[Reply.objects.get().slug])
    client.force_login(cast.rita)
    assert decide not in client.get(reverse("workspace")).content.decode()
    assert client.post(decide, {"publish": "1"}).status_code == 404
    services.withdraw_annotation(cast.rita, note, "It names a village.")  # and could submit it again
    assert client.post(address, {"reason": "Withdrawn."}).status_code == 404
    client.force_login(cast.eve)
    assert client.post(address, {"reason": "Withdrawn."}).status_code == 302 and Flag.objects.get().closed_at


def test_replies_stand_in_the_order_in_which_they_were_let_stand(client, cast, note):
    replies = [
        services.write_reply(person, note, Reply(body=body))
        for person, body in ((cast.charlie, "Begun first."), (cast.alice, "Shown first."))
    ]
    for reply in reversed(replies):
        services.moderate_reply(cast.rita, reply, True)
    page = read(client, note)
    assert page.index("Shown first.") < page.index("Begun first.")


def test_nobody_lets_their_own_reply_stand(client, cast, note):
    reply_to(client, note, cast.rita)
    address = reverse("reply_decide", args=[Reply.objects.get().slug])
    assert client.post(address, {"publish": "1"}).status_code == 404
    assert address not in client.get("/workspace/").content.decode()
    client.force_login(cast.adam)
    assert client.post(address, {"publish": "1"}).status_code == 302


def test_a_reply_does_not_stand_under_words_that_its_writer_never_read(client, cast, note):
    """Who wrote the note could replace every word of it, and then let an answer to the old ones stand below."""
    reply_to(client, note, cast.charlie, kind="reply", body="We agree with every word.")
    seen = re.search(r'name="seen" value="(\w+)"', client.get(note.get_absolute_url()).content.decode())[1]
    assert "before it was changed" not in read(client, note)
    changed = Annotation.objects.get(pk=note.pk)
    changed.body = "Quite other words."
    services.write_annotation(cast.alice, changed, {})
    services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    services.moderate_reply(cast.rita, Reply.objects.get(), True)
    assert "on what the note said before it was changed" in read(client, note)
    stale = reply_to(client, note, cast.charlie, body="And with this.", seen=seen)
    assert stale.status_code == 400 and "Read it again" in stale.content.decode() and Reply.objects.count() == 1
    now = re.search(r'name="seen" value="(\w+)"', stale.content.decode())[1]
    changed = Annotation.objects.get(pk=note.pk)
    changed.proposed_text = "Everybody is punished."
    services.write_annotation(cast.alice, changed, {})
    services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    assert reply_to(client, note, cast.charlie, body="Not with this.", seen=now).status_code == 400
    now = re.search(r'name="seen" value="(\w+)"', client.get(note.get_absolute_url()).content.decode())[1]
    assert reply_to(client, note, cast.charlie, body="Not with this.", seen=now).status_code == 302


def test_a_reply_tells_nothing_of_what_a_note_said_before_its_text_was_public(cast, store):
    text = store(OLD_DRAFT, "own", date="2021", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    note = Annotation(body="Nobody can foresee it.", risk=4)
    set_target(note, text.clauses.get(num="Article 2"), "deemed to hinder")
    for body in ("Nobody can foresee it.", "Quite other words."):
        note.body = body
        services.write_annotation(cast.alice, note, {})
        services.submit_annotation(cast.alice, Annotation.objects.get(pk=note.pk))
        services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
        note = Annotation.objects.get(pk=note.pk)
        if not note.replies.exists():
            reply = Reply(kind="question", body="By whom?")
            services.write_reply(cast.eve, note, reply)
            services.moderate_reply(cast.rita, Reply.objects.get(), True)
    assert visible_replies(note).get().answers_earlier_words
    publish(Version.objects.get(pk=text.pk))
    assert not visible_replies(Annotation.objects.get(pk=note.pk)).get().answers_earlier_words
