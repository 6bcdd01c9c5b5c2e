"""From a draft that only its author sees to a published annotation that everybody reads."""

import pytest
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Category, Flag, Reply
from lawcompare.annotations.services import SAME_WITHIN, write_new_annotation
from tests.annotations.conftest import WORDS

pytestmark = pytest.mark.django_db


def test_a_member_annotates_and_a_reviewer_publishes(client, cast, clause, form, annotate):
    Category.objects.create(code="VAGUE", label="Vagueness")
    client.force_login(cast.alice)
    annotate(clause, form | {"submit": "1", "categories": [Category.objects.get().pk]})
    annotation = Annotation.objects.get()
    assert (annotation.status, annotation.organisation, annotation.risk) == ("submitted", cast.centre, 4)
    assert clause.text[annotation.start : annotation.end] == annotation.exact == WORDS
    client.force_login(cast.rita)
    client.post(reverse("annotation_decide", args=[annotation.slug]), {"publish": "1"})
    client.logout()
    page = client.get(annotation.get_absolute_url())
    assert page.status_code == 200
    assert b"<strong>foresee</strong>" in page.content
    assert b"The Centre" in page.content and b"alice" not in page.content


def test_a_returned_annotation_is_its_authors_again_with_the_reason(client, cast, clause, form, annotate):
    client.force_login(cast.alice)
    annotate(clause, form | {"submit": "1"})
    annotation = Annotation.objects.get()
    client.force_login(cast.rita)
    address = reverse("annotation_decide", args=[annotation.slug])
    client.post(address, {"return": "1", "reason": ""})
    annotation.refresh_from_db()
    assert annotation.status == "submitted"
    client.post(address, {"return": "1", "reason": "Name the standard."})
    annotation.refresh_from_db()
    assert annotation.status == "draft"
    client.force_login(cast.alice)
    assert b"Name the standard." in client.get(annotation.get_absolute_url()).content


@pytest.mark.parametrize("who", ["nobody", "rita", "charlie"])
def test_a_draft_is_seen_by_its_author_alone(client, cast, clause, form, who, annotate):
    client.force_login(cast.alice)
    annotate(clause, form)
    annotation = Annotation.objects.get()
    assert client.get(annotation.get_absolute_url()).status_code == 200
    client.logout()
    if who != "nobody":
        client.force_login(getattr(cast, who))
    assert client.get(annotation.get_absolute_url()).status_code == 404
    for address in (clause.version.get_absolute_url(), clause.get_absolute_url(), reverse("annotations")):
        assert b"foresee" not in client.get(address).content


def test_who_is_removed_reads_no_draft_any_more_and_finds_it_again_when_they_come_back(
    client, cast, clause, form, annotate
):
    """A draft quotes its clause, which may be the organisation's own. It stays there, and nobody reads it."""
    client.force_login(cast.alice)
    annotate(clause, form)
    annotation = Annotation.objects.get()
    pages = [annotation.get_absolute_url(), reverse("annotation_edit", args=[annotation.slug]), "/workspace/"]
    assert all(b"foresee" in client.get(page).content for page in pages[:2])
    role = cast.alice.memberships.get().role
    cast.alice.memberships.all().delete()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in {200, 403, 404} and b"foresee" not in answer.content, page
    assert client.post(pages[1], form).status_code in {403, 404}
    client.force_login(cast.rita)
    assert client.get(pages[0]).status_code == 404
    add_member(cast.alice.email, annotation.organisation, role)
    client.force_login(cast.alice)
    assert b"foresee" in client.get(pages[0]).content


def test_neither_a_visitor_nor_a_member_who_reviews_nothing_publishes(client, clause, form, annotate, cast):
    response = annotate(clause, form)
    assert response.status_code == 302 and "/accounts/login/" in response["Location"]
    assert not Annotation.objects.exists()
    client.force_login(cast.alice)
    annotate(clause, form | {"submit": "1"})
    annotation = Annotation.objects.get()
    assert client.post(reverse("annotation_decide", args=[annotation.slug]), {"publish": "1"}).status_code == 403


# --- a form sent twice ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("button", ["save", "submit"])
def test_a_form_that_is_sent_twice_makes_one_note(client, cast, clause, form, annotate, button):
    client.force_login(cast.alice)
    first, second = (annotate(clause, form | {button: "1"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    note = Annotation.objects.get()
    assert (note.revision, note.status) == (1, "submitted" if button == "submit" else "draft")
    annotate(clause, form | {"body": "Other words."})
    assert Annotation.objects.count() == 2


def test_the_same_words_are_a_note_of_their_own_for_another_person_another_clause_and_later(
    client, cast, clause, form, annotate
):
    client.force_login(cast.alice)
    annotate(clause, form)
    client.force_login(cast.rita)
    annotate(clause, form)
    client.force_login(cast.alice)
    annotate(clause.version.clauses.get(num="Article 3"), form | {"exact": "", "whole": "1"})
    assert Annotation.objects.count() == 3
    Annotation.objects.update(created_at=timezone.now() - SAME_WITHIN)
    annotate(clause, form)
    assert Annotation.objects.count() == 4


def test_of_two_requests_at_once_one_writes_and_both_are_led_to_the_note(cast, clause, write, monkeypatch):
    """The second looks before the first has written, and finds the name taken when it writes."""

    def new_note():
        return Annotation(version=clause.version, clause=clause, body="Once.", risk=3)

    first = write_new_annotation(cast.alice, new_note(), {})
    with monkeypatch.context() as patched:
        patched.setattr(AnnotationQuerySet, "first", lambda self: None)
        patched.setattr(AnnotationQuerySet, "exists", lambda self: False)
        second = write_new_annotation(cast.alice, new_note(), {})
    assert second.pk == first.pk and Annotation.objects.filter(body="Once.").count() == 1


def test_a_reply_and_a_reader_s_notice_sent_twice_are_one(client, cast, write):
    note = write(upto="published")
    for _ in range(2):
        sent = client.post(reverse("annotation_flag", args=[note.slug]), {"kind": "other", "words": "Look again."})
        assert sent.status_code == 302 and not sent.cookies
    assert Flag.objects.count() == 1
    client.force_login(cast.charlie)
    for _ in range(2):
        client.post(reverse("annotation_reply", args=[note.slug]), {"kind": "reply", "body": "Not so."})
    assert Reply.objects.count() == 1
