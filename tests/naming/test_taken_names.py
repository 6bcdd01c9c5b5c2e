"""What nobody but its organisation sees takes no name in addresses, and shows by none."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from lawcompare.annotations.models import Category
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.topics import services as topics
from lawcompare.laws.editing.services import rename_version
from lawcompare.laws.models import Law, Origin, Version
from lawcompare.publishing.services import publish
from tests import second_factor
from tests.conftest import NEW_DRAFT
from tests.laws.test_events import TRAINING
from tests.proposals import confirm_all, decide, edits_the_site
from tests.site.test_proposals import place as place

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring(store) -> Any:
    def text(organisation: Any, law: str, version: str) -> Version:
        stored = store(NEW_DRAFT, version, law=law, published=False)
        Origin.objects.create(version=stored, organisation=organisation)
        return Version.objects.get(pk=stored.pk)

    return text


def sent(client: Client, address: str, **fields: str) -> Any:
    """Send the form of a page with some fields changed."""
    page = client.get(address).content.decode()
    kept = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    kept |= dict(re.findall(r'<select[^>]*name="(\w+)".*?value="(\w+)" selected', page, re.S))
    return client.post(address, kept | fields, follow=True)


def test_a_private_text_that_is_renamed_takes_the_name_of_no_other(place, cast, bring):
    eve, otto = Client(), Client()
    second_factor.sign_in(eve, cast.eve)
    second_factor.sign_in(otto, place.otto)
    secret, of_law = bring(cast.centre, "draft", "x-1a2b3c4d"), bring(cast.centre, "secret-1a2b3c4d", "y-1a2b3c4d")
    sent(eve, reverse("text_rename", args=["draft", "x-1a2b3c4d"]), slug="leak-2026")
    sent(eve, reverse("law_edit", args=["secret-1a2b3c4d"]), slug="kh-signed", title="Secret")
    secret, law = Version.objects.get(pk=secret.pk), Law.objects.get(pk=of_law.law_id)
    for name, wanted in ((secret.slug, "leak-2026"), (law.slug, "kh-signed")):
        assert re.fullmatch(rf"{wanted}-[0-9a-f]{{8}}", name)
    mine, of_law = bring(cast.others, "draft", "mine"), bring(cast.others, "other", "z")
    publish(mine)
    publish(of_law)
    sent(otto, reverse("text_rename", args=["draft", "mine"]), slug="leak-2026")
    answers = [Client().get(f"/laws/{name}/").content for name in ("kh-signed", "kh-nothing")]
    assert answers[0].replace(b"kh-signed", b"") == answers[1].replace(b"kh-nothing", b"")
    sent(otto, reverse("law_edit", args=["other"]), slug="kh-signed", title="Other")
    assert Version.objects.get(pk=mine.pk).slug == "leak-2026"
    assert Law.objects.get(pk=of_law.law_id).slug == "kh-signed"


def test_a_topic_that_is_merely_proposed_takes_no_address_and_shows_by_none(place, cast):
    hidden, theirs = (topics.add_topic(person, {"title": "Police power"}, []) for person in (cast.eve, place.otto))
    sites = topics.add_topic(edits_the_site(cast.sara), {"title": "Police power"}, [])
    assert sites.slug == "police-power"
    assert all(re.fullmatch("police-power-[0-9a-f]{8}", one.slug) for one in (hidden, theirs))


def test_a_kind_of_risk_that_is_merely_proposed_takes_no_code_and_shows_by_none(place, cast):
    eve, otto = Client(), Client()
    for client, person in ((eve, cast.eve), (otto, place.otto)):
        second_factor.sign_in(client, person)
        answer = client.post(reverse("kind_add"), {"code": "SECRET", "label": f"Of {person.pk}"}, follow=True)
        assert answer.status_code == 200, "the second is taken as the first"
    hidden = Category.objects.get(label=f"Of {cast.eve.pk}")
    own = reverse("kind_edit", args=[hidden.code])
    assert eve.get(own).status_code == 200
    for code in ("SECRET", hidden.code):
        taken, free = (otto.get(reverse("kind_edit", args=[one])) for one in (code, "NOTHING"))
        assert taken.status_code == 404
        each_time = rf'{code}|NOTHING|csrfmiddlewaretoken" value="\w+'
        assert len({re.sub(each_time, "", answer.content.decode()) for answer in (taken, free)}) == 1
    decide(cast.sara, hidden.changes.get())
    assert (
        Category.objects.get(pk=hidden.pk).code == "SECRET"
        and otto.get("/annotations/kinds/SECRET/").status_code == 200
    )
    with pytest.raises(Exception, match="already"):
        confirm_all(cast.sara)
    decide(cast.sara, hidden.changes.get(), "undo")
    assert Category.objects.get(pk=hidden.pk).is_retired


def test_what_others_propose_of_what_is_everybodys_stands_in_no_history(place, cast):
    eve, otto = Client(), Client()
    second_factor.sign_in(eve, cast.eve)
    second_factor.sign_in(otto, place.otto)
    eve.post(reverse("kind_edit", args=["VAGUE"]), {"label": "zzlabel"})
    topics.merge_topic(cast.eve, place.topics["zzleft"], place.topics["into"], "zzreason")
    for address, word in (
        (reverse("kind_edit", args=["VAGUE"]), "zzlabel"),
        (reverse("topic_edit", args=["zzleft"]), "zzreason"),
    ):
        assert word in eve.get(address).content.decode() and word not in otto.get(address).content.decode()
    confirm_all(cast.sara)
    assert (
        Topic.objects.get(slug="zzleft").merged_into
        and "zzlabel" in otto.get(reverse("kind_edit", args=["VAGUE"])).content.decode()
    )


def test_of_what_was_done_with_a_law_before_it_was_public_its_organisation_alone_has_the_history(cast, bring, client):
    text = bring(cast.centre, "kept", "one")
    client.force_login(cast.eve)
    event = TRAINING | {"title": "zzevent"}
    client.post(reverse("event_add", args=["kept"]), event)
    changed = reverse("event_edit", args=["kept", text.law.events.get().slug])
    client.post(changed, event | {"title": "Another"})
    for title in ("zzsource", "Kept"):
        sent(client, reverse("law_edit", args=["kept"]), title=title, reason="zzreason", slug="kept")
    rename_version(text, "zzname", cast.eve)
    rename_version(text, "two", cast.eve)
    publish(text)
    named = reverse("text_rename", args=["kept", "two"])
    for person, is_told in ((cast.eve, True), (cast.sara, False)):
        client.force_login(person)
        pages = [client.get(page).content.decode() for page in (reverse("law_edit", args=["kept"]), changed, named)]
        assert [bool(re.search("zz(source|reason|event|name)", page)) for page in pages] == [is_told] * 3, person
