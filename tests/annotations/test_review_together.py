"""What author and reviewer say to each other on a note under way, and deciding on several notes at once."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation, NoteDecision, ReviewRemark
from lawcompare.annotations.services import NotDecided, decide_many, write_remark
from lawcompare.annotations.targets import set_target
from lawcompare.site.workspace import waiting_for

pytestmark = pytest.mark.django_db

WORDS = "Which court would hear this? Ask the clinic."


@pytest.fixture
def make_note(drafts):
    def make(author, body="Nobody can foresee it.") -> Annotation:
        note = Annotation(body=body, risk=3)
        set_target(note, drafts[1].clauses.get(eid="chp_1__art_3"), "deemed")
        services.write_annotation(author, note, {})
        services.submit_annotation(author, note)
        return note

    return make


def chosen(*notes: Annotation) -> list[str]:
    return [f"{note.slug}:{note.revision}" for note in notes]


def labels(user) -> list[str]:
    return [one.label for one in waiting_for(user)]


def test_author_and_reviewer_speak_on_a_submitted_note_and_nobody_else_reads_it(client, cast, make_note):
    note = make_note(cast.alice)
    address = reverse("annotation_remark", args=[note.slug])
    client.force_login(cast.rita)
    assert client.post(address, {"body": WORDS})["Location"] == f"{note.get_absolute_url()}#remarks"
    assert any("reviewer’s remark" in one for one in labels(cast.alice))
    client.force_login(cast.alice)
    html = client.get(note.get_absolute_url()).content.decode()
    assert WORDS in html and "A reviewer" in html and cast.rita.email not in html
    client.post(address, {"body": "The court of first instance."})
    assert not any("reviewer’s remark" in one for one in labels(cast.alice))
    client.force_login(cast.charlie)
    assert client.post(address, {"body": "Me too."}).status_code == 404
    services.publish_annotation(cast.rita, note)
    for person in (None, cast.charlie):
        client.logout()
        if person:
            client.force_login(person)
        for page in (note.get_absolute_url(), f"/annotations/{note.slug}.jsonld", "/annotations.csv"):
            assert WORDS not in client.get(page).content.decode()
    client.force_login(cast.alice)
    assert WORDS in client.get(note.get_absolute_url()).content.decode(), "it stays for those who said it"
    assert client.post(address, {"body": "More."}).status_code == 403, "published: there is nothing to discuss"


def test_an_empty_remark_is_refused_and_one_sent_twice_is_kept_once(cast, make_note, rita):
    note = make_note(cast.alice)
    address = reverse("annotation_remark", args=[note.slug])
    assert "Write something first." in rita.post(address, {"body": " "}, follow=True).content.decode()
    for _time in range(2):
        rita.post(address, {"body": WORDS})
    assert ReviewRemark.objects.count() == 1
    with pytest.raises(PermissionDenied):
        write_remark(cast.charlie, note, "Not mine.")


def test_words_of_a_remark_are_no_html(cast, make_note, rita):
    note = make_note(cast.alice)
    write_remark(cast.alice, note, "5 < 6 & 7")
    answer = rita.post(reverse("annotation_remark", args=[note.slug]), {"body": "<b>No</b>"}, follow=True)
    html = answer.content.decode()
    assert "5 &lt; 6 &amp; 7" in html and note.remarks.count() == 1 and "HTML tags are not allowed" in html


def test_several_notes_are_published_at_once(cast, make_note, rita):
    notes = [make_note(cast.alice, f"Reason {number}.") for number in range(3)]
    html = rita.get(reverse("workspace")).content.decode()
    assert all(name in html for name in chosen(*notes)) and "Reason 2." in html
    answer = rita.post(reverse("annotations_decide"), {"note": chosen(*notes[:2]), "publish": "1"}, follow=True)
    assert "Published: 2 annotations." in answer.content.decode()
    assert Annotation.objects.published().count() == 2


def test_several_notes_are_returned_with_one_reason(cast, make_note, rita):
    notes = [make_note(cast.alice, f"Reason {number}.") for number in range(3)]
    address = reverse("annotations_decide")
    html = rita.post(address, {"note": chosen(*notes), "return": "1"}, follow=True).content.decode()
    assert "Say why they are returned" in html and Annotation.objects.filter(status="submitted").count() == 3
    assert len(re.findall(r'name="note"[^>]*\schecked', html)) == 3, "what was chosen stays chosen"
    html = rita.post(address, {"return": "1", "reason": "Cite the standard."}).content.decode()
    assert ">Cite the standard.</textarea>" in html, "and what was typed stays typed"
    html = rita.post(address, {"note": chosen(*notes), "return": "1", "reason": "Cite the standard."}, follow=True)
    assert "Returned: 3 annotations." in html.content.decode()
    assert NoteDecision.objects.filter(status="returned", reason="Cite the standard.").count() == 3


@pytest.mark.both_databases
def test_where_one_of_several_cannot_be_decided_on_none_is(client, cast, make_note):
    notes = [make_note(cast.rita, "My own."), make_note(cast.alice)]
    mine, theirs = (Annotation.objects.get(pk=note.pk) for note in notes)
    with pytest.raises(NotDecided, match="Nobody publishes their own note"):
        decide_many(cast.rita, [(theirs, theirs.revision), (mine, mine.revision)], None)
    assert not Annotation.objects.published().exists()
    client.force_login(cast.rita)
    address = reverse("annotations_decide")
    answer = client.post(address, {"note": [f"{theirs.slug}:7"], "publish": "1"}, follow=True)
    assert "Other words were written since you opened this page" in answer.content.decode()
    assert "Select annotations first." in client.post(address, {"publish": "1"}, follow=True).content.decode()
    assert client.post(address, {"note": ["no-such:1"], "publish": "1"}).status_code == 404
    client.force_login(cast.alice)
    assert client.post(address, {"note": chosen(theirs), "publish": "1"}).status_code == 403
    assert not Annotation.objects.published().exists()


def test_where_several_are_published_stands_all_that_its_author_writes_beside_a_note(client, cast, drafts):
    cast.alice.display_name = "Zq Name"
    cast.alice.save()
    note = Annotation(body="Nobody can foresee it.", risk=3, credits_person=True)
    note.source_organisation, note.source_title = "A society", "Zq Title"
    set_target(note, drafts[1].clauses.get(eid="chp_1__art_3"), "deemed")
    note.checklist = {"legality": {"answer": "no", "words": "deemed"}}
    standard = drafts[0].clauses.get(eid="chp_1__art_1")
    services.write_annotation(cast.alice, note, {"standards": [standard]})
    services.submit_annotation(cast.alice, note)
    client.force_login(cast.rita)
    page = client.get(reverse("workspace")).content.decode()
    for words in ("Zq Name", "Zq Title", "Legality: no (“deemed”)", f"{standard.version.law.name}, Article 1"):
        assert words in page, words
