"""How a law came about: events on its page, stated by editors, taken from files, given out by the API."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from lawcompare.core.models import Entry
from lawcompare.core.page_cache.content_token import current_token, set_triggers
from lawcompare.laws.models import Event, EventChange, Origin
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.timeline.services import PROPOSED_SHOWN, EventFileError, import_events, save_event
from lawcompare.laws.withdrawal.services import restore, withdraw
from lawcompare.publishing.services import publish
from tests import second_factor
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.laws.test_translations import KHMER
from tests.proposals import decide

pytestmark = pytest.mark.django_db

ADD, PAGE = "/laws/draft/events/add/", "/laws/draft/"
TRAINING = {
    "date": "2016-06",
    "kind": "us-law",
    "title": "A training on US law",
    "title_km": "ការបណ្តុះបណ្តាល",
    "body": "Officials are shown how it works.",
    "source_lines": "https://news.example/training The News, June 2016",
}
FILE = """
- law: draft
  id: {id}
  date: "{date}"
  kind: {kind}
  title: {{en: A meeting, km: កិច្ចប្រជុំ}}
  sources: [{{url: "{url}", name: The News}}]
  texts: [{text}]
"""


def file(id="meeting", date="2015-05", kind="consultation", url="https://news.example/a", text="old"):
    return FILE.format(id=id, date=date, kind=kind, url=url, text=text)


def test_an_editor_states_an_event_and_readers_see_it_with_source_texts_and_organisation(client, cast, drafts):
    client.force_login(cast.eve)
    response = client.post(ADD, TRAINING | {"texts": [drafts[0].slug]}, follow=True)
    assert response.redirect_chain == [(PAGE, 302)]
    client.logout()
    html = client.get(PAGE).content.decode()
    for words in ("How it came about", "A training on US law", "The News, June 2016", "draft old", "The Centre"):
        assert words in html, words
    assert "ការបណ្តុះបណ្តាល" in client.get(f"/km{PAGE}").content.decode()
    entry = Entry.objects.latest("number")
    assert (entry.action, entry.actor, entry.organisation) == ("add event", cast.eve.pk, "centre")


def test_a_rendering_is_no_text_of_its_own_that_an_event_concerns(drafts, eve):
    front = FRONT.format(law="draft", version="old-km", title="Khmer", date="2019")
    metadata = {"language": "km", "translates": "draft/old"}
    publish(import_law(Import((front + KHMER).encode(), "km.md", metadata=metadata)).version)
    offered = re.findall(r'name="texts" value="([^"]+)"', eve.get(ADD).content.decode())
    assert offered == [draft.slug for draft in drafts]


def test_what_is_wrong_is_said_in_a_sentence_and_nothing_is_stored(drafts, eve, subtests):
    for field, value, sentence in [
        ("source_lines", "", "This field is required."),
        ("source_lines", "the newspaper", "“the” is no address of a page."),
        ("source_lines", "javascript:alert(1) News", "is no address of a page."),
        ("date", "2016-13", "A date is YYYY, YYYY-MM or YYYY-MM-DD."),
        ("kind", "gossip", "Select a valid choice."),
        ("title", "", "This field is required."),
    ]:
        with subtests.test(field=field, value=value, sentence=sentence):
            response = eve.post(ADD, TRAINING | {field: value})
            assert response.status_code == 400 and sentence in response.content.decode()
            assert not Event.objects.exists()


@pytest.fixture
def training(client, cast, drafts):
    client.force_login(cast.eve)
    client.post(ADD, TRAINING)
    client.logout()
    return Event.objects.get()


def test_of_what_organisations_propose_a_law_shows_the_first_few_of_each(client, cast, drafts):
    many = [{"title": f"Talk {number}"} for number in range(PROPOSED_SHOWN + 3)]
    for person, events in ((cast.eve, many), (cast.adam, []), (cast.charlie, [])):
        client.force_login(person)
        for event in events:
            client.post(ADD, TRAINING | event)
        page = client.get(PAGE).content.decode()
        shown = [event["title"] for event in many if event["title"] in page]
        own = person != cast.charlie
        assert shown == [event["title"] for event in (many if own else many[:PROPOSED_SHOWN])], person
    import_events(file().encode(), "events.yaml")
    assert "A meeting" in client.get(PAGE).content.decode(), "what the site says is not left out"


def test_a_change_keeps_what_was_before_and_the_database_keeps_the_history(training, eve):
    address = f"/laws/draft/events/{training.slug}/"
    eve.post(address, TRAINING | {"title": "A workshop on US law"})
    html = eve.get(address).content.decode()
    assert "A training on US law" in html and "changed" in html
    assert eve.post(address, TRAINING | {"title": "A workshop on US law"}, follow=True).status_code == 200
    assert training.changes.count() == 2  # the third was none
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic():
        EventChange.objects.update(after={})


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_with_an_event_stand_the_texts_alone_that_staff_could_read(client, cast, drafts, store, is_withdrawn):
    own = store(OLD_DRAFT, "own", date="2021", published=False)
    Origin.objects.create(version=own, organisation=cast.centre)
    withdrawal = publish(own) and withdraw(cast.eve, own, "A mistake.") if is_withdrawn else None
    client.force_login(cast.eve)
    client.post(ADD, TRAINING | {"texts": [drafts[0].slug]})
    event = Event.objects.get()
    event.versions.add(own)
    decide(cast.sara, event)
    restore(cast.eve, withdrawal) if withdrawal else publish(own)
    client.logout()
    (shown,) = client.get("/api/v1/laws/draft/events").json()["items"]
    assert [text["version"] for text in shown["versions"]] == [drafts[0].slug]


def test_a_retired_event_is_shown_no_more(client, cast, training):
    client.force_login(cast.eve)
    client.post(f"/laws/draft/events/{training.slug}/", TRAINING | {"is_retired": "on"})
    client.logout()
    assert TRAINING["title"] not in client.get(PAGE).content.decode()
    assert client.get("/api/v1/laws/draft/events").json()["items"] == []


def test_events_of_a_law_that_nobody_may_see_and_texts_that_are_private_are_not_shown(client, cast, store):
    store(OLD_DRAFT, "secret", law="hidden", published=False)
    import_events(file(text="secret").replace("law: draft", "law: hidden").encode(), "events.yaml")
    assert client.get("/laws/hidden/").status_code == 404
    assert client.get("/api/v1/laws/hidden/events").status_code == 404
    store(OLD_DRAFT, "open", law="hidden")
    html = client.get("/laws/hidden/").content.decode()
    assert "A meeting" in html and "/laws/hidden/secret/" not in html


def test_the_api_gives_events_by_date(client, drafts):
    import_events((file() + file(id="leak", date="2014", kind="text")).encode(), "events.yaml")
    items = client.get("/api/v1/laws/draft/events").json()["items"]
    assert [item["id"] for item in items] == ["leak", "meeting"]
    assert items[1]["sources"] == [{"url": "https://news.example/a", "name": "The News"}]
    assert [version["version"] for version in items[1]["versions"]] == ["old"] and items[1]["organisation"] == ""


def test_links_show_the_events_of_one_kind_alone_with_their_number(client, drafts):
    import_events((file() + file(id="leak", kind="text") + file(id="reply", kind="reply")).encode(), "events.yaml")
    html = client.get(PAGE).content.decode()
    assert html.count('<li class="event ') == 3 and "Reply of the government</a> 1" in html
    html = client.get(f"{PAGE}?kind=reply").content.decode()
    assert html.count('<li class="event ') == 1 and 'id="event-reply"' in html and html.count("<circle") == 3
    assert re.search(r'aria-current="true"\s*>Reply of the government<', html)
    assert client.get(f"{PAGE}?kind=gossip").content.decode().count('<li class="event ') == 3


def test_a_file_is_taken_in_once_its_changes_after_and_csv_says_the_same(drafts):
    assert import_events(file().encode(), "events.yaml") == 1
    assert import_events(file().encode(), "events.yaml") == 0
    assert import_events(file(date="2015-06").encode(), "events.yaml") == 1
    assert Event.objects.get().date == "2015-06"
    Event.objects.all().delete()
    rows = (
        "law,id,date,inferred,kind,title,title_km,body,body_km,sources,texts\n"
        'draft,meeting,2015-05,yes,consultation,A meeting,,,,"https://news.example/a The News\nhttps://b.example",old\n'
    )
    assert import_events(rows.encode(), "events.csv") == 1
    event = Event.objects.get()
    assert event.date_is_inferred and [source["name"] for source in event.sources] == ["The News", ""]
    assert [version.slug for version in event.versions.all()] == ["old"]


def test_a_wrong_file_is_refused_with_its_place_and_nothing_is_stored(drafts, subtests):
    for data, name, sentence in [
        (file() + file(id="b", kind="gossip"), "a.yaml", r"event 2 \(b\): 'gossip' is no kind of event"),
        (file() + file(id="b", date="soon"), "a.yaml", r"event 2 \(b\): A date is YYYY"),
        (file() + file(id="b", url="ftp://a"), "a.yaml", r"event 2 \(b\): “ftp://a” is no address"),
        (file() + file(id="b", text="lost"), "a.yaml", r"event 2 \(b\): there is no text 'lost' of 'draft'"),
        (file().replace("law: draft", "law: none"), "a.yaml", r"event 1 \(meeting\): there is no law 'none'"),
        (file().replace("sources:", "# sources:"), "a.yaml", r"event 1 \(meeting\): “sources” is missing"),
        ("- [", "a.yaml", "line 1: this is no YAML"),
        ("- date: 2024-99-99", "a.yaml", "line 1: this is no YAML"),
        ("[" * 20_000, "a.yaml", "line 1: this is no YAML"),
        ("words", "a.yaml", "no list of events"),
        ("law,colour\ndraft,red\n", "a.csv", "line 1: there is no column 'colour'"),
        ("law,id,date,kind,title,sources\ndraft,a,2015,text,T,\n", "a.csv", "line 2: “sources” is missing"),
    ]:
        with subtests.test(data=data, name=name, sentence=sentence):
            with pytest.raises(EventFileError, match=sentence):
                import_events(data.encode(), name)
            assert not Event.objects.exists()


def test_the_command_ends_with_two(drafts, tmp_path):
    path = tmp_path / "events.yaml"
    path.write_text(file(kind="gossip"), "utf-8")
    for arguments, sentence in (
        ([str(path)], "no kind of event"),
        ([str(tmp_path / "none.yaml")], "cannot be read"),
        ([str(path), "--organisation", "nobody"], "There is no organisation 'nobody'"),
    ):
        with pytest.raises(CommandError, match=sentence) as refusal:
            call_command("import_events", *arguments, stdout=StringIO())
        assert refusal.value.returncode == 2


@pytest.mark.usefixtures("demonstration")
def test_the_demonstration_tells_how_the_drafts_came_about_and_where_us_law_came_in(client):
    for prefix in ("", "/km"):
        html = client.get(f"{prefix}/laws/kh-cybercrime/").content.decode()
        assert html.count('<li class="event ') >= 45 and html.count('<li class="event us-law"') == 4
        assert html.count("<circle") == html.count('<li class="event ')
    assert all(event.title_km for event in Event.objects.all())


def test_a_private_text_changes_nothing_of_an_event_that_stands_and_staff_do_not_notice_it(cast, drafts, store, eve):
    hidden = store(NEW_DRAFT, "hidden", date="2022", published=False)
    Origin.objects.create(version=hidden, organisation=cast.centre)
    said = TRAINING | {"title_km": ""}
    eve.post(ADD, said | {"texts": ["old", "hidden"]})
    address, staff = reverse("event_edit", args=["draft", Event.objects.get().slug]), Client()
    second_factor.sign_in(staff, cast.sara)
    unchanged = staff.post(address, said | {"texts": ["old"]}, follow=True).content.decode()
    assert "Nothing was changed" in unchanged and Event.objects.get().versions.count() == 2
    decide(cast.sara, Event.objects.get())
    assert eve.post(address, said | {"texts": ["old", "hidden"]}).status_code == 400
    assert Event.objects.get().stands


def test_what_staff_write_does_not_stand_in_the_name_of_an_organisation(cast, drafts, eve, client):
    eve.post(ADD, TRAINING | {"title_km": "", "texts": ["old"]})
    staff = Client()
    second_factor.sign_in(staff, cast.sara)
    address = reverse("event_edit", args=["draft", Event.objects.get().slug])
    staff.post(address, TRAINING | {"title_km": "", "title": "zzstaff", "texts": ["old"]})
    page = client.get(PAGE).content.decode()
    assert "zzstaff" in page and "Stated by The Centre" not in page


def test_what_was_said_of_an_event_while_its_law_was_private_stays_so_when_staff_change_it(client, cast, store):
    text = store(NEW_DRAFT, "one", law="bandits", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    said = {"date": "2020", "kind": "drafting", "sources": [{"url": "https://example.org/", "name": ""}]}
    save_event(cast.eve, Event(law=text.law, title="zzsecret", **said), [])
    for person, title in ((cast.eve, "A public title"), (cast.sara, "A public title.")):
        event = Event.objects.get()
        event.title = title
        save_event(person, event, [])
        if person == cast.eve:
            publish(text)
    client.force_login(cast.sara)
    page = client.get(reverse("event_edit", args=["bandits", event.slug])).content.decode()
    assert "A public title" in page and "zzsecret" not in page


def test_staff_who_set_the_texts_of_an_event_alone_confirm_no_words(cast, drafts, eve, client):
    eve.post(ADD, TRAINING | {"title_km": "", "texts": ["old"]})
    event = Event.objects.get()
    save_event(cast.sara, event, drafts)
    event.refresh_from_db()
    assert not event.stands and event.versions.count() == 2
    assert "proposed by" in client.get(PAGE).content.decode()


def test_staff_confirm_no_words_that_their_browser_writes_otherwise_or_that_they_did_not_see(cast, drafts, eve, client):
    eve.post(ADD, TRAINING | {"title": "A talk \nin town", "title_km": "", "body": "One\nand two", "texts": ["old"]})
    staff = Client()
    second_factor.sign_in(staff, cast.sara)
    address = reverse("event_edit", args=["draft", Event.objects.get().slug])
    seen = re.search(r'name="seen" value="(\w+)"', staff.get(address).content.decode())[1]
    sent = TRAINING | {"title_km": "", "texts": ["old", "new"], "seen": seen}
    said = Event.objects.values_list("title", "body").get()
    # As browsers send it of these fields.
    staff.post(address, sent | {"title": "A talk in town", "body": "One\r\nand two"})
    assert not Event.objects.get().stands and Event.objects.get().versions.count() == 2
    assert Event.objects.values_list("title", "body").get() == said, "not in the line breaks of who does not speak"
    eve.post(address, sent | {"title": "Another talk", "texts": ["old"], "seen": ""})
    answer = staff.post(address, sent)
    assert answer.status_code == 400 and "changed or taken back since" in answer.content.decode()
    assert "To put yours in place of theirs, save again." in answer.content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', eve.get(address).content.decode())[1]
    twice = [eve.post(address, sent | {"title": "Another talk", "texts": [], "seen": seen}) for _time in range(2)]
    assert [answer.status_code for answer in twice] == [302, 302], "who pressed twice is not told of another"
    assert Event.objects.get().title == "Another talk" and not Event.objects.get().stands


def test_what_is_done_with_an_event_that_nobody_is_shown_renews_no_page(cast, drafts, eve):
    eve.post(ADD, TRAINING | {"title_km": "", "texts": ["old"]})
    event = Event.objects.get()
    event.is_retired = True
    save_event(cast.sara, event, drafts)
    set_triggers()
    before = current_token()
    event.title = "zz"
    event.save()
    assert current_token() == before
    Event.objects.update(is_retired=False)
    assert current_token() != before
