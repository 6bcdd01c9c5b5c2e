"""Topics and matrices in the browser: added, changed, ordered, merged, retired; columns chosen; clauses set beside."""

from __future__ import annotations

import io
import re

import docx
import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.text import slugify

from lawcompare.accounts.models import VISITOR, Organisation
from lawcompare.accounts.services import add_member
from lawcompare.core.models import Entry
from lawcompare.crosswalk.access import clauses_under, visible_correspondences
from lawcompare.crosswalk.models import Correspondence, Silence, Topic, TopicChange
from lawcompare.crosswalk.services import second_correspondence, state_by_hand, state_correspondence
from lawcompare.crosswalk.topics import services
from lawcompare.crosswalk.topics.matrix import build_matrix
from lawcompare.laws.models import Origin
from lawcompare.laws.withdrawal.services import restore, withdraw
from lawcompare.publishing.services import publish
from lawcompare.search.models import SearchEntry
from tests import second_factor
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.office import text_of
from tests.proposals import confirm_all, decide, edits_the_site
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def laws(store):
    return store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")


def article(version, number: int):
    return version.clauses.get(num=f"Article {number}")


def written(**changes: str) -> dict[str, str]:
    return {"title": "Hacking", "title_km": "ការចូល", "description": "Entering.", "description_km": "ចូល។"} | changes


def add(person, words: dict[str, str], clauses) -> Topic:
    """A topic whose address has no ending, as of the site's own."""
    topic = services.add_topic(person, words, clauses)
    topic.slug = slugify(words["title"])
    topic.save()
    return topic


def test_texts_of_one_law_and_date_stand_under_a_topic_in_one_order_whichever_was_here_first(store):
    texts = [store(words, slug, law="one", date="2020") for words, slug in ((OLD_DRAFT, "b"), (NEW_DRAFT, "a"))]
    topic = Topic.objects.create(slug="hacking", title="Hacking")
    topic.clauses.add(*(article(text, 1) for text in texts))
    assert [clause.version.slug for clause in clauses_under(VISITOR, topic)] == ["a", "b"]
    matrix = build_matrix(VISITOR)
    assert [clause.version.slug for row in matrix.lines for cell in row.cells for clause in cell.clauses] == ["a", "b"]


def test_what_is_merely_proposed_stands_after_the_sites_own_word_and_under_its_name(laws, cast, client):
    one, two = laws
    topic = Topic.objects.create(slug="hacking", title="Hacking")
    for number in (2, 3, 4):
        state_by_hand(
            cast.rita, topic, article(one, 1), article(two, number), "contrary", f"The embassy had it. {number}"
        )
    state_correspondence(topic, article(one, 1), article(two, 1), "equivalent", "The site says so.", "Editors")
    topic.clauses.add(article(one, 1), article(two, 1))
    between = ["one", "a", "two", "b"]
    addresses = topic.get_absolute_url(), reverse("comparison", args=between), article(one, 1).get_absolute_url()
    for address in addresses:
        page = client.get(address).content.decode()
        assert 0 < page.index("The site says so.") < page.index("The embassy had it."), address
    shared = client.get(reverse("share_subject", args=[*between, "hacking"])).content.decode()
    assert "The site says so." in shared and "The embassy" not in shared
    other = Topic.objects.create(slug="spam", title="Spam")
    state_correspondence(other, article(one, 2), article(two, 2), "equivalent", "The site says so.", "Editors")
    Correspondence.objects.filter(organisation=None, topic=topic).delete()
    cache.clear()
    shared = client.get(reverse("share_subject", args=[*between, "hacking"])).content.decode()
    preview = re.search(r'og:description"\s+content="([^"]*)', shared)[1]
    assert "The embassy had it." in preview and "proposed by The Centre" in preview
    page = client.get(reverse("comparison", args=between)).content.decode()
    claims = [match.start() for match in re.finditer("The embassy had it", page)]
    assert len(claims) == 4 and all("The Centre" in page[at : at + 900] for at in claims), "each beside its name"


def test_what_is_merely_proposed_takes_nothing_of_the_sites_off_a_page(laws, cast, client):
    one, two = laws
    known, absent = (Topic.objects.create(slug=slug, title=slug.title()) for slug in ("known", "absent"))
    state_correspondence(known, article(two, 1), one, "none", "Looked for in vain.", "Editors")
    absent.clauses.add(article(two, 3))
    page = reverse("comparison", args=["one", "a", "two", "b"])
    sentences = "Not reported in the one a", "No clause of this text is known under this subject."
    for proposed in (), ((known, 1), (absent, 3)):
        for topic, number in proposed:
            state_by_hand(cast.rita, topic, article(one, 4), article(two, number), "equivalent", "So it is.")
        cache.clear()
        html = " ".join(client.get(page).content.decode().split())
        assert all(sentence in html for sentence in sentences) and ("So it is." in html) == bool(proposed)


def test_a_topic_with_two_clauses_is_added_and_is_in_the_matrix(laws, cast, rita):
    rows = {"text_1": "one/a", "cited_1": "1", "text_2": "two/b", "cited_2": "Article 2"}
    answer = rita.post(reverse("topic_add"), written() | rows)
    confirm_all(cast.sara)
    topic = Topic.objects.get()
    assert answer["Location"] == topic.get_absolute_url()
    assert set(topic.clauses.all()) == {article(laws[0], 1), article(laws[1], 2)}
    html = rita.get(topic.get_absolute_url()).content.decode()
    assert "Entering." in html and "Article 2. Data retention" in html
    assert "ការចូល" in rita.get(f"/km{topic.get_absolute_url()}").content.decode()
    assert SearchEntry.objects.filter(kind="topic", key=topic.slug).count() == 2
    assert "Article 1" in rita.get("/topics/").content.decode()
    assert Entry.objects.filter(action="topic added").count() == 1


def test_what_cannot_be_a_topic_is_refused_in_a_sentence(laws, rita, subtests):
    Topic.objects.create(slug="taken", title="Taken")
    for changes, sentence in [
        ({"title": ""}, "This field is required"),
        ({"title": "x" * 201}, "at most 200"),
        ({"text_1": "one/a", "cited_1": "99"}, "has no clause with the address"),
        ({"text_1": "one/a"}, "or neither"),
        ({"cited_1": "1"}, "or neither"),
        ({"text_1": "one/none", "cited_1": "1"}, "valid choice"),
        ({"title": "TAKEN"}, "of this title already"),
    ]:
        with subtests.test(changes=changes, sentence=sentence):
            answer = rita.post(reverse("topic_add"), written(**changes))
            assert answer.status_code == 400 and sentence in answer.content.decode()
            assert Topic.objects.count() == 1 and not TopicChange.objects.exists()


def test_of_two_who_edit_a_topic_the_second_is_told_and_loses_nothing(cast, rita):
    topic = add(cast.rita, written(), [])
    address = reverse("topic_edit", args=[topic.slug])
    seen = lambda page: re.search('name="based_on" value="(.+?)"', page)[1]  # noqa: E731
    first = seen(rita.get(address).content.decode())
    services.edit_topic(cast.eve, topic, written(title="Theirs"), [], 1)
    mine = written(description="My words.") | {"based_on": first}
    answer = rita.post(address, mine)
    html = answer.content.decode()
    assert answer.status_code == 409 and "Somebody else changed this topic" in html
    assert "Theirs" in html and "My words." in html and seen(html) != first
    assert Topic.objects.get().title == "Theirs"
    assert rita.post(address, mine | {"based_on": seen(html)}).status_code == 302
    assert Topic.objects.get().description == "My words."


def test_clauses_of_a_private_text_stay_under_a_topic_that_others_edit(cast, store, rita):
    hidden = store(OLD_DRAFT, "h", law="hidden", published=False)
    Origin.objects.create(version=hidden, organisation=cast.others)
    topic = add(cast.rita, written(), [])
    topic.clauses.add(article(hidden, 1))
    services.edit_topic(cast.rita, topic, written(), [], 1)
    assert list(topic.clauses.all()) == [article(hidden, 1)]
    assert "hidden h" not in rita.get(reverse("topic_edit", args=[topic.slug])).content.decode()
    assert "hidden h" not in rita.get(topic.get_absolute_url()).content.decode()


def test_under_a_topic_come_the_clauses_alone_that_staff_could_read(client, cast, laws, store):
    """Also of a text that was public before and is again since."""
    own = store(OLD_DRAFT, "own", law="own", published=False)
    Origin.objects.create(version=own, organisation=cast.centre)
    publish(own)
    sites = Topic.objects.create(slug="site", title="Site")
    services.edit_topic(cast.eve, sites, written(title="Site"), [article(laws[0], 1), article(own, 1)], 1)
    added = services.add_topic(cast.eve, written(title="Own"), [article(laws[0], 1), article(own, 1)])
    merged = services.add_topic(cast.eve, written(title="Merged"), [article(own, 3)])
    services.merge_topic(cast.eve, merged, sites)
    withdrawal = withdraw(cast.eve, own, "A mistake.")
    confirm_all(cast.sara)
    restore(cast.eve, withdrawal)
    for topic in (sites, added):
        assert list(topic.clauses.all()) == [article(laws[0], 1)]


def test_a_topic_is_moved_up_and_down(client, cast):
    topics = [add(cast.rita, written(title=title), []) for title in "ABC"]
    confirm_all(cast.sara)
    edits_the_site(cast.sara)
    client.force_login(cast.sara)
    client.post(reverse("topic_move", args=[topics[2].slug]), {"up": ""})
    assert [topic.title for topic in Topic.objects.all()] == ["A", "C", "B"]
    client.post(reverse("topic_move", args=[topics[0].slug]), {"up": ""})
    client.post(reverse("topic_move", args=[topics[0].slug]), {"down": ""})
    assert [topic.title for topic in Topic.objects.all()] == ["C", "A", "B"]
    for person in (cast.rita, cast.eve):
        client.force_login(person)
        assert client.post(reverse("topic_move", args=[topics[0].slug]), {"up": ""}).status_code == 403


def test_all_under_a_merged_topic_moves_and_its_address_leads_there(cast, laws, store, eve):
    old, new = (add(cast.rita, written(title=title), [article(laws[0], 1)]) for title in ("Old", "New"))
    confirm_all(cast.sara)
    third = store(OLD_DRAFT, "c", law="three")
    state_correspondence(old, article(laws[0], 1), article(laws[1], 1), "narrower", "Twice said.", "A")
    state_correspondence(new, article(laws[0], 1), article(laws[1], 1), "partial", "What counts.", "A")
    state_correspondence(old, article(laws[0], 3), article(laws[1], 2), "partial", "Moves.", "A")
    Silence.objects.create(topic=old, version=third, kind="absent")
    Silence.objects.create(topic=old, version=laws[0], kind="absent")
    assert eve.post(reverse("topic_merge", args=["old"]), {"into": "new"})["Location"] == "/topics/new/"
    assert eve.get("/topics/old/").status_code == 200
    confirm_all(cast.sara)
    answer = eve.get("/topics/old/")
    assert answer.status_code == 301 and answer["Location"] == "/topics/new/"
    html = eve.get("/topics/new/").content.decode()
    assert "Moves." in html and "What counts." in html and "Twice said." not in html
    pair = eve.get("/compare/one/a/with/two/b/").content.decode()
    assert "Twice said." not in pair and "Moves." in pair
    assert list(new.silences.values_list("version", flat=True)) == [third.pk]
    assert eve.get("/api/v1/topics/old").json()["slug"] == "new"
    assert not SearchEntry.objects.filter(kind="topic", key="old").exists()
    last = add(cast.rita, written(title="Last"), [])
    confirm_all(cast.sara)
    services.merge_topic(cast.eve, new, last)
    confirm_all(cast.sara)
    assert eve.get("/topics/old/")["Location"] == "/topics/last/"


@pytest.mark.parametrize("has_two", [True, False])
def test_what_others_keep_or_propose_takes_no_word_of_the_site_when_topics_are_merged(cast, laws, eve, has_two):
    Organisation.objects.update(two_person_rule=has_two)
    old, new = (add(cast.rita, written(title=title), []) for title in ("Old", "New"))
    confirm_all(cast.sara)
    pair = article(laws[0], 1), article(laws[1], 1)
    state_correspondence(Topic.objects.get(pk=old.pk), *pair, "narrower", "Public word.", "A")
    state_by_hand(cast.charlie, Topic.objects.get(pk=new.pk), *pair, "partial", "Their word.")
    services.merge_topic(cast.eve, Topic.objects.get(pk=old.pk), Topic.objects.get(pk=new.pk))
    confirm_all(cast.sara)
    assert "Public word." in [row.reasoning for row in visible_correspondences(VISITOR).filter(topic=new)]


def test_a_topic_is_not_merged_into_itself_nor_into_one_that_is_gone(cast, eve):
    one, two = (add(cast.rita, written(title=title), []) for title in ("One", "Two"))
    with pytest.raises(ValidationError, match="cannot be merged into itself"):
        services.merge_topic(cast.eve, one, one)
    page = eve.post(reverse("topic_merge", args=["one"]), {"into": "one"}, follow=True).content.decode()
    assert "A topic cannot be merged into itself" in page
    services.merge_topic(cast.eve, one, two)
    with pytest.raises(Http404):
        services.merge_topic(cast.eve, one, two)


def test_a_topic_with_statements_is_not_retired_and_one_without_comes_back(cast, laws, rita):
    topic = add(cast.rita, written(), [])
    address = reverse("topic_retire", args=["hacking"])
    stated = state_correspondence(topic, article(laws[0], 1), article(laws[1], 1), "partial", "Why.", "A")
    assert "merge it into another" in rita.post(address, {"reason": "No."}, follow=True).content.decode()
    stated.delete()
    assert "Say why" in rita.post(address, {"reason": " "}, follow=True).content.decode()
    rita.post(address, {"reason": "Nobody uses it."})
    answer = rita.get("/topics/hacking/")
    assert answer.status_code == 404 and "no longer in use" in answer.content.decode()
    assert "Hacking" not in rita.get("/topics/").content.decode()
    rita.post(address, {"restore": ""})
    assert rita.get("/topics/hacking/").status_code == 200
    assert list(topic.changes.values_list("action", flat=True)) == ["added", "retired", "restored"]


@pytest.mark.both_databases
def test_another_organisation_changes_no_topic_of_ours_and_its_history_is_never_changed(cast):
    topic = add(cast.rita, written(), [])
    with pytest.raises(Http404):
        services.edit_topic(cast.charlie, topic, written(), [], 1)
    confirm_all(cast.sara)
    with pytest.raises(PermissionDenied):
        services.edit_topic(cast.charlie, topic, written(), [], 1)
    with pytest.raises(PermissionDenied):
        services.add_topic(cast.alice, written(title="X"), [])
    with pytest.raises(PermissionDenied, match="Only an editor"):
        services.merge_topic(cast.rita, topic, topic)
    for act in (lambda: TopicChange.objects.update(action="retired"), lambda: TopicChange.objects.update(reason="x")):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            act()
    assert topic.changes.get().action == "added"


def test_an_addition_is_not_taken_back_from_under_what_others_changed_since(cast):
    topic = add(cast.rita, written(), [])
    confirm_all(cast.sara)
    added = topic.changes.get()
    topic.refresh_from_db()
    other, _is_new = add_member("other@example.org", cast.others, "editor")
    second_factor.give(other)
    services.edit_topic(other, topic, written(description="zz"), [], topic.revision)
    confirm_all(cast.sara)
    with pytest.raises(ValidationError, match="changed again since"):
        decide(cast.sara, added, "undo")
    decide(cast.sara, topic.changes.get(action="changed"), "undo")
    assert not decide(cast.sara, added, "undo").stands
    decide(cast.sara, added)
    editors = edits_the_site(cast.sara)
    services.merge_topic(editors, add(editors, written(title="Ours"), []), Topic.objects.get(pk=topic.pk))
    with pytest.raises(ValidationError, match="changed again since"):
        decide(cast.sara, added, "undo")


def test_of_two_who_merge_the_same_topics_either_way_both_hold_them_in_one_order(cast):
    """Each would wait for the other's second one."""
    topics = [add(cast.rita, written(title=title), []) for title in ("One", "Two")]
    confirm_all(cast.sara)
    one, two = (topic.pk for topic in topics)
    first = re.compile(
        rf'"crosswalk_topic"."id" IN \((?:{one}, {two}|{two}, {one})\)\)? ORDER BY "crosswalk_topic"."id" ASC'
    )
    for topic, into in (topics, topics[::-1]):
        with transaction.atomic(), CaptureQueriesContext(connection) as queries:
            services.merge_topic(cast.eve, topic, into)
            transaction.set_rollback(True)
        assert any(first.search(query["sql"]) for query in queries)


def test_columns_are_chosen_on_a_page_and_stand_in_every_address(client, cast, laws):
    add(cast.rita, written(), [article(laws[0], 1), article(laws[1], 2)])
    confirm_all(cast.sara)
    query = "column=two%2Fb&column=one%2Fa&column=&column=two%2Fb"
    html = client.get(f"/topics/?{query}").content.decode()
    assert html.index("two b") < html.index("one a") and "Article 2" in html
    assert "?against=one/a&amp;column=two%2Fb&amp;column=one%2Fa" in html
    rows = client.get(f"/topics/matrix.csv?{query}").content.decode().splitlines()
    assert rows[0].lstrip("\ufeff").split(",")[1:] == ['"two b"', '"one a"']
    words = text_of(docx.Document(io.BytesIO(client.get(f"/topics/matrix.docx?{query}").content)))
    assert "/topics/?against=two%2Fb&column=two%2Fb&column=one%2Fa" in words
    assert client.get(f"/topics/matrix.xlsx?{query}").status_code == 200
    client.force_login(cast.alice)
    html = client.get(f"{reverse('matrix_columns')}?column=two/b").content.decode()
    assert html.count("<select") == 12 and html.count("selected") == 1
    assert (
        'action="/topics/"' in html and f'href="{reverse("matrix_columns")}' in client.get("/topics/").content.decode()
    )


def test_a_column_that_is_not_here_for_the_reader_is_not_shown(client, cast, store, laws):
    store(OLD_DRAFT, "h", law="hidden", published=False)
    for named in ("hidden/h", "no/such", "nonsense", "'/\"<b>"):
        answer = client.get("/topics/", {"column": ["one/a", named]})
        assert answer.status_code == 404 and "There is no text" in answer.content.decode()
    many = client.get("/topics/", {"column": [f"no/{number}" for number in range(300)]})
    assert many.status_code == 404


def test_a_clause_of_another_law_is_found_by_words_and_stated_under_a_new_topic(laws, rita):
    from lawcompare.search.services import index_clauses

    for version in laws:
        index_clauses(version)
    clause = article(laws[0], 3)
    address = reverse("state_correspondence", args=["one", "a", clause.eid])
    assert address in rita.get(clause.get_absolute_url()).content.decode()
    html = rita.get(address, {"q": "traffic data"}).content.decode()
    link = f"?target={laws[1].address.replace('/', '%2F')}"
    assert "Article 2. Data retention" in html and (link in html or "?target=two/b" in html)
    assert "has these words" in rita.get(address, {"q": "zebra"}).content.decode()
    beside = rita.get(address, {"target": "two/b", "cited": article(laws[1], 2).eid}).content.decode()
    assert "Service providers keep traffic data" in beside
    data = {"target": "two/b", "cited": "2", "relation": "partial", "reasoning": "Both watch."}
    assert rita.post(address, data).status_code == 400
    assert rita.post(address, data | {"new_topic": "Watching"}).status_code == 302
    stated = Correspondence.objects.get()
    assert stated.stated_topic.title == "Watching" and stated.object == article(laws[1], 2)
    again = rita.post(address, data | {"new_topic": "watching", "cited": "1"})
    assert again.status_code == 400 and "of this title already" in again.content.decode()


def test_what_one_person_states_is_public_and_in_the_matrix_once_a_second_confirms(client, cast, laws):
    cast.centre.two_person_rule = True
    cast.centre.save()
    topic = add(cast.rita, written(), [])
    confirm_all(cast.sara)
    stated = state_by_hand(cast.rita, topic, article(laws[0], 1), article(laws[1], 1), "partial", "Said by one.")
    assert "Said by one." not in client.get("/topics/hacking/").content.decode() and not topic.clauses.exists()
    second_correspondence(cast.eve, stated, stated.seen)
    assert "proposed by The Centre" in client.get("/topics/hacking/").content.decode() and not topic.clauses.exists()
    confirm_all(cast.sara)
    html = client.get("/topics/hacking/").content.decode()
    assert "Said by one." in html and "confirmed by a second person" in html and topic.clauses.count() == 2
