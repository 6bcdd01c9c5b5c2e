"""Nobody publishes their own note, whatever they may otherwise do; the only member of an organisation does."""

import pytest
from django.urls import reverse

from lawcompare.accounts import views
from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation
from lawcompare.site.workspace import waiting_for

pytestmark = pytest.mark.django_db

ANOTHER = "Nobody publishes their own note"
ALONE = "You are the only member of your organisation, so you may publish your own note."


def page(client, who, address: str) -> str:
    client.force_login(who)
    return " ".join(client.get(address).content.decode().split())


def publish(client, who, note, **more) -> int:
    client.force_login(who)
    fields = {"publish": "1", "revision": note.revision} | more
    return client.post(reverse("annotation_decide", args=[note.slug]), fields).status_code


def is_public(note) -> bool:
    return Annotation.objects.published().filter(pk=note.pk, pending="").exists()


@pytest.mark.parametrize("name", ["rita", "eve", "adam"])
def test_nobody_publishes_their_own_note_by_button_form_or_together_with_others(client, cast, write, name):
    author, another = getattr(cast, name), cast.rita if name == "eve" else cast.eve
    note = write("submitted", who=author)
    html = page(client, author, note.get_absolute_url())
    assert ANOTHER in html and 'name="publish"' not in html
    waiting = page(client, author, "/workspace/").partition('id="waiting"')[2].partition('id="mine"')[0]
    assert note.slug not in waiting and not any("to decide on" in one.label for one in waiting_for(author))
    assert publish(client, author, note) == 403
    together = {"note": [f"{note.slug}:{note.revision}"], "publish": "1"}
    assert client.post(reverse("annotations_decide"), together).status_code == 403
    assert not is_public(note)
    assert 'name="publish"' in page(client, another, note.get_absolute_url())
    assert any("to decide on" in one.label for one in waiting_for(another))
    assert publish(client, another, note) == 302 and is_public(note)


@pytest.mark.parametrize("others", ["removed", "inactive"])
def test_the_only_active_member_publishes_their_own_note_and_the_page_says_why(client, cast, write, others):
    note = write("submitted", who=cast.rita)
    rest = cast.centre.members.exclude(pk=cast.rita.pk)
    if others == "removed":
        cast.centre.memberships.filter(user__in=rest).delete()
    else:
        rest.update(is_active=False)
    assert ALONE in page(client, cast.rita, note.get_absolute_url())
    assert ALONE in page(client, cast.rita, "/workspace/")
    assert publish(client, cast.rita, note) == 302 and is_public(note)


def test_who_wrote_other_words_for_a_colleagues_note_does_not_publish_them(client, cast, write, form):
    note = write("published")
    client.force_login(cast.rita)
    client.post(reverse("annotation_edit", args=[note.slug]), form | {"based_on": "1", "submit": "1"})
    note.refresh_from_db()
    assert note.slug not in page(client, cast.rita, "/workspace/")
    assert publish(client, cast.rita, note) == 403 and not is_public(note)
    assert publish(client, cast.eve, note) == 302 and is_public(note)


def test_words_that_were_dropped_keep_nobody_from_publishing_anothers(client, cast, write, form):
    note = write("published")
    edit = reverse("annotation_edit", args=[note.slug])
    client.force_login(cast.rita)
    client.post(edit, form | {"based_on": "1"})
    client.post(reverse("annotation_take_back", args=[note.slug]), {"drop": "1"})
    client.force_login(cast.alice)
    client.post(edit, form | {"based_on": "2", "submit": "1"})
    note.refresh_from_db()
    assert note.revision == 3 and publish(client, cast.rita, note) == 302 and is_public(note)


def test_a_colleague_who_comes_before_the_button_is_pressed_ends_the_exception(client, cast, write):
    note = write("submitted", who=cast.rita)
    rest = cast.centre.members.exclude(pk=cast.rita.pk)
    rest.update(is_active=False)
    assert ALONE in page(client, cast.rita, note.get_absolute_url())
    rest.filter(pk=cast.alice.pk).update(is_active=True)
    with pytest.raises(services.PermissionDenied):
        services.publish_annotation(cast.rita, note)
    assert not is_public(note)


@pytest.mark.usefixtures("empty_cache")
def test_so_often_an_organisation_publishes_in_an_hour_and_withdraws_at_any_time(client, cast, write, settings):
    """What has all kept pages made anew; several notes at once are one press."""
    settings.PUBLICATIONS_PER_HOUR = 1
    notes = [write("submitted") for _number in range(2)]
    client.force_login(cast.alice)
    assert client.post(reverse("annotations_decide"), {"publish": "1"}).status_code == 403, "it keeps nobody out"
    client.force_login(cast.rita)
    chosen = {"note": [f"{note.slug}:{note.revision}" for note in notes], "publish": "1"}
    assert client.post(reverse("annotations_decide"), chosen).status_code == 302
    assert Annotation.objects.published().count() == 2
    third = write("submitted")
    refused = client.post(reverse("annotation_decide", args=[third.slug]), {"publish": "1", "revision": third.revision})
    assert refused.status_code == 429 and "as much as it may within an hour" in refused.content.decode()
    withdraw = reverse("annotation_withdraw", args=[notes[0].slug])
    assert client.post(withdraw, {"reason": "It harms somebody."}).status_code == 302, "it may have to go at once"
    assert Annotation.objects.published().count() == 1
    client.force_login(cast.charlie)
    assert client.post(reverse("annotations_decide"), {"publish": "1"}).status_code == 409


PAIR, TEXT = ["draft", "old", "draft", "new"], ["draft", "old"]
# Each changes what readers see as often as it is pressed.
COUNTED = {
    "organisation_edit": [], "finding_decide": [1], "suggestion_reopen": [1], "value_correct": [1], "value_strike": [1],
    "plain_words": [*TEXT, "art_1"], "review_translation": TEXT, "event_add": ["draft"], "law_edit": ["draft"],
    "event_edit": ["draft", "talk"], "correct": PAIR, "corrections": PAIR, "rendered_words": ["note", *TEXT],
    "languages": PAIR, "reply_decide": ["reply"],
}  # fmt: skip


@pytest.mark.usefixtures("empty_cache")
@pytest.mark.parametrize("name", COUNTED)
def test_what_changes_public_pages_in_a_loop_counts(client, cast, settings, name):
    settings.PUBLICATIONS_PER_HOUR = 0
    client.force_login(cast.adam)
    assert client.post(reverse(name, args=COUNTED[name])).status_code == 429


@pytest.mark.usefixtures("empty_cache")
def test_a_name_changes_so_often_and_is_taken_away_at_any_time(client, cast, monkeypatch):
    """Where a note is credited all kept pages are made anew."""
    monkeypatch.setattr(views, "NAMES_PER_HOUR", 2)
    client.force_login(cast.alice)
    answers = [client.post(reverse("profile"), {"display_name": f"Alice {n}"}).status_code for n in range(4)]
    assert answers == [302, 302, 429, 429]
    assert client.post(reverse("profile"), {"display_name": ""}).status_code == 302
    cast.alice.refresh_from_db()
    assert cast.alice.display_name == ""
