"""The pages on which people state values beside the text, the list of what waits, and tables out and in."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lawcompare.core.numbers import seal
from lawcompare.crosswalk.models import Topic, Value
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.crosswalk.values import services
from lawcompare.crosswalk.values.exchange import TableRefused, import_values
from lawcompare.crosswalk.values.services import find_words
from lawcompare.laws.models import Origin
from lawcompare.publishing.services import publish
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.crosswalk.test_values import LAW, clause
from tests.processor_time import at_most
from tests.proposals import confirm_all
from tests.world import made_once

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

PAGE = "/workspace/values/law/1/sec_10__subsec_a/"
PUBLIC = "/laws/law/1/sec_10__subsec_a/"
FORM = {"element": "mental", "value": "intent", "quoted": "intentionally", "place": "", "start": ""}


@pytest.fixture
@made_once
def law(store):
    return store(LAW, "1", law="law")


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def seen() -> dict[str, str]:
    return {"seen": Value.objects.latest("pk").seen}


def test_an_editor_states_a_second_person_confirms_and_a_visitor_reads_it(cast, law, as_, client):
    page = as_(cast.eve).get(PAGE).content.decode()
    assert "Whoever intentionally enters a computer system" in page and 'data-eid="sec_10__subsec_b"' in page
    assert as_(cast.eve).post(PAGE, FORM).status_code == 302
    client.logout()
    assert "confirmed" not in client.get(PUBLIC).content.decode().lower()
    number = seal(Value.objects.get().pk, "value")
    html = as_(cast.eve).post(f"/workspace/values/{number}/confirm/", seen(), follow=True).content.decode()
    assert "You stated this yourself" in html and Value.objects.get().status == "stated"
    assert "Nobody confirms their own" in as_(cast.rita).get("/workspace/values/").content.decode()
    assert (
        as_(cast.rita).post(f"/workspace/values/{number}/confirm/", {"next": "waiting"} | seen()).url
        == "/workspace/values/"
    )
    client.logout()
    page = client.get(PUBLIC).content.decode()
    assert "proposed by The Centre" in page and "Confirmed:" not in page
    confirm_all(cast.sara)
    page = client.get(PUBLIC).content.decode()
    assert "Confirmed:" in page and "The Centre" in page and "intentionally" in page


@pytest.mark.parametrize("was_public", [False, True], ids=["of a private text", "by one person"])
def test_of_what_was_said_in_private_others_read_the_last_alone(cast, store, as_, was_public):
    text = store(LAW, "1", law="law", published=was_public)
    Origin.objects.create(version=text, organisation=cast.centre)
    one = clause(text, "subsec_a")
    value = services.state_value(cast.rita, one, "mental", {"level": "intent"}, find_words(one, "intentionally"))
    for reason in ("zzfirst", "zzsecond"):
        services.correct_value(
            cast.rita, value, {"level": "intent"}, find_words(one, "intentionally"), reason, value.seen
        )
    services.confirm_value(cast.eve, value, value.seen)
    was_public or publish(text)
    page = f"/workspace/values/law/1/{one.eid}/"
    others = as_(cast.charlie).get(page).content
    assert b"History" in others and b"zzfirst" not in others and b"zzsecond" not in others
    assert b"zzfirst" in as_(cast.rita).get(page).content


def test_what_is_proposed_of_another_clause_pushes_no_word_of_the_site_into_a_fold(cast, store, client):
    """The site's values are of paragraphs and later clauses; a line of the table prints the first value alone."""
    law = store(NEW_DRAFT, "a", law="one", status="official")
    article = law.clauses.get(num="Article 3")
    paragraph = law.clauses.get(parent=article, num="(1)")
    fine, words = "fine 100000..10000000 KHR", "from 100,000 riel to 10,000,000 riel"
    services.state_for_project(
        paragraph, "penalties", services.parse_value("penalties", fine), find_words(paragraph, words)
    )

    def line() -> str:
        cache.clear()
        return (
            client.get(article.get_absolute_url())
            .content.decode()
            .split('<details class="element')[1]
            .split("</summary>")[0]
        )

    assert line().count("from 100,000") == 1
    life, intent = services.parse_value("penalties", "life"), {"level": "intent"}
    for element, value, on in (("penalties", life, "punished by a fine"), ("mental", intent, "Whoever")):
        stated = services.state_value(cast.rita, article, element, value, find_words(article, on))
        services.confirm_value(cast.eve, stated, stated.seen)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "proposed by The Centre" in page and "not checked by a lawyer" in page
    lines = [" ".join(one.split("</summary>")[0].split()) for one in page.split('<details class="element')[1:]]
    penalties = next(one for one in lines if "life" in one)
    assert penalties.index("A fine from") < penalties.index("life")


def test_a_proposed_row_brings_no_value_of_the_site_under_a_subject(cast, store, client):
    """Of another matter, it stood there as the site's word on this one."""
    one, two = (store(NEW_DRAFT, name, law=law, status="official") for name, law in (("a", "one"), ("b", "two")))
    topic = Topic.objects.create(slug="duties", title="Duties")
    sides = one.clauses.get(num="Article 3"), two.clauses.get(num="Article 3")
    state_correspondence(topic, *sides, "equivalent", "Site says.", "Editors")
    topic.clauses.add(*sides)
    for number, line, on in ((3, "fine 100000..10000000 KHR", "punished by a fine"), (1, "life", "punished by")):
        clause = two.clauses.get(num=f"Article {number}")
        services.state_for_project(clause, "penalties", services.parse_value("penalties", line), find_words(clause, on))
    state_by_hand(
        cast.rita, topic, one.clauses.get(num="Article 1"), two.clauses.get(num="Article 1"), "partial", "So."
    )
    page = client.get("/topics/duties/").content.decode()
    assert "proposed by The Centre" in page and "10,000,000" in page and "for life" not in page


def test_short_values_that_are_proposed_stand_behind_all_that_stand(cast, store, client):
    law = store(NEW_DRAFT, "a", law="one", status="official")
    for number, level in ((1, "intent"), (3, "recklessness")):
        clause = law.clauses.get(num=f"Article {number}")
        services.state_for_project(clause, "mental", {"level": level}, find_words(clause, "Whoever"))
    first = law.clauses.get(num="Article 1")
    for level, on in (("negligence", "enters"), ("knowledge", "a computer")):
        stated = services.state_value(cast.rita, first, "mental", {"level": level}, find_words(first, on))
        services.confirm_value(cast.eve, stated, stated.seen)
    chapter = client.get(law.clauses.get(element="chapter").get_absolute_url()).content.decode()
    line = next(one for one in chapter.split("<details")[1:] if "recklessness" in one).split("</summary>")[0]
    assert line.index("intent") < line.index("recklessness") and "knowledge" not in line


def test_a_proposed_row_on_a_chapter_takes_no_text_of_a_judged_article_off_the_page(cast, store, client):
    """A chapter of many clauses is a link."""
    articles = (f"## Article {n}. Duty {n}\n\nWhoever breaks zzduty{n} is fined.\n" for n in range(1, 46))
    one = store("\n".join(["# Chapter 1. Offences\n", *articles]), "a", law="one", status="official")
    two = store(NEW_DRAFT, "b", law="two", status="official")
    topic = Topic.objects.create(slug="duties", title="Duties")
    sides = one.clauses.get(num="Article 3"), two.clauses.get(num="Article 3")
    state_correspondence(topic, *sides, "equivalent", "Site says.", "Editors")
    topic.clauses.add(*sides)
    state_by_hand(cast.rita, topic, one.clauses.get(element="chapter"), sides[1], "broader", "Centre says.")
    page = client.get(reverse("comparison", args=["one", "a", "two", "b"])).content.decode()
    assert "Centre says." in page and "zzduty3" in page


def test_the_history_of_a_value_does_not_tell_that_it_was_disputed_in_private(cast, store, as_):
    text = store(LAW, "1", law="law", published=False)
    Origin.objects.create(version=text, organisation=cast.centre)
    one = clause(text, "subsec_a")
    words = find_words(one, "intentionally")
    value = services.state_value(cast.rita, one, "mental", {"level": "intent"}, words)
    services.confirm_value(cast.eve, value, value.seen)
    value.refresh_from_db()
    rival = services.dispute_value(cast.eve, value, {"level": "knowledge"}, words, "It says less.", value.seen)
    services.strike_value(cast.eve, rival, "Read again.", rival.seen)
    assert value.changes.filter(action="settled").exists()
    publish(text)
    page = f"/workspace/values/law/1/{one.eid}/"
    assert "no longer disputed" in as_(cast.rita).get(page).content.decode()
    others = as_(cast.charlie).get(page).content.decode()
    assert "no longer disputed" not in others and "confirmed" in others.split("History")[1]


def test_one_click_takes_over_what_the_program_read(cast, law, as_):
    page = as_(cast.eve).get(PAGE).content.decode()
    assert "Take this value over" in page
    start = clause(law, "subsec_a").text.index("intentionally")
    sent = {"element": "mental", "eid": "sec_10__subsec_a", "start": str(start)}
    as_(cast.eve).post(f"{PAGE}take-over/", sent)
    value = Value.objects.get()
    assert (value.status, value.quote, value.changes.get().action) == ("stated", "intentionally", "taken-over")
    for wrong in ({"start": "x"}, {"element": "colour"}, {"eid": "sec_99"}):
        html = as_(cast.eve).post(f"{PAGE}take-over/", sent | wrong, follow=True).content.decode()
        assert "reads no such value here any more" in html
    assert Value.objects.count() == 1


def test_what_makes_no_sense_is_refused_beside_its_field_and_nothing_is_stored(cast, law, as_, subtests):
    for changed, problem in [
        ({"quoted": "negligently"}, "do not stand in § 10(a)"),
        ({"element": "penalties", "value": "prison 5 years..2 years"}, "more than its most"),
        ({"place": "99"}, "has no clause with the address “99”"),
        ({"value": "spite"}, "choose one of: intent"),
        ({"quoted": ""}, "Name the words of the text"),
        ({"quoted": "", "value": "none"}, "nothing can be said to be missing"),
    ]:
        with subtests.test(changed=changed, problem=problem):
            answer = as_(cast.eve).post(PAGE, FORM | changed)
            assert answer.status_code == 400 and problem in answer.content.decode()
            assert not Value.objects.exists()


def test_one_s_own_is_corrected_and_struck_out_and_another_s_disputed(cast, law, as_):
    as_(cast.eve).post(PAGE, FORM)
    number = seal(Value.objects.get().pk, "value")
    correct = f"/workspace/values/{number}/correct/"
    assert as_(cast.rita).post(correct, FORM | {"value": "knowledge"}).status_code == 400  # without a reason
    as_(cast.rita).post(correct, FORM | {"value": "knowledge", "reason": "Read again."} | seen())
    assert Value.objects.get().values == {"level": "knowledge"}
    assert as_(cast.charlie).get(correct).status_code == 404
    as_(cast.eve).post(f"/workspace/values/{number}/confirm/", seen())
    assert "both are shown as disputed" in as_(cast.charlie).get(correct).content.decode()
    as_(cast.charlie).post(correct, FORM | {"value": "intent", "reason": "It says intent."} | seen())
    assert list(Value.objects.values_list("status", flat=True)) == ["disputed", "disputed"]
    first = Value.objects.earliest("pk")
    as_(cast.rita).post(f"/workspace/values/{number}/strike/", {"reason": "They are right.", "seen": first.seen})
    assert set(Value.objects.values_list("status", flat=True)) == {"struck", "stated"}


HEAD = "text,clause,element,value,words,words_in"


def table(*lines: str) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("values.csv", "\r\n".join([HEAD, *lines]).encode("utf-8-sig"))}


def test_a_table_goes_out_and_comes_in(cast, law, as_, client):
    one = clause(law, "subsec_a")
    services.state_for_project(one, "mental", {"level": "intent"}, find_words(one, "intentionally"))
    client.logout()
    answer = client.get("/topics/values.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        {
            "text": "law/1", "clause": "sec_10__subsec_a", "element": "mental", "value": "intent",
            "words": "intentionally", "words_in": "sec_10__subsec_a", "status": "confirmed",
            "organisation": "read twice by the project, not checked by a lawyer",
        }
    ]  # fmt: skip
    lines = table("law/1,10(a),penalties,prison ..5 years,not more than 5 years,10(b)", "law/1,10(a),conduct,,enters,")
    assert as_(cast.eve).post("/workspace/values/import/", lines).status_code == 302
    assert Value.objects.filter(status="stated").count() == 2


def test_every_wrong_line_of_a_table_is_named_and_nothing_is_stored(cast, law, as_):
    wrong = table(
        "law/1,10(a),mental,intent,intentionally,",
        "law/1,99,mental,intent,intentionally,",
        "law/1,10(a),mental,intent,intentionally,88",
        "law/9,10(a),mental,intent,intentionally,",
        "law/1,10(a),penalties,prison 5 years..2 years,enters,",
        "law/1,10(a),mental,intent,negligently,",
    )
    answer = as_(cast.eve).post("/workspace/values/import/", wrong)
    page = answer.content.decode()
    assert answer.status_code == 400 and not Value.objects.exists()
    for line in (3, 4, 5, 6, 7):
        assert f"Line {line}: " in page
    assert "Line 2: " not in page and "There is no text “law/9” here." in page


def test_a_table_of_many_columns_and_short_lines_is_refused_at_once(cast, as_):
    """Each line took a step for every column of the first: 500 KB, ten minutes."""
    data = (HEAD + "," * 100_000 + "\r\n" + "a\r\n" * 100_000).encode()
    with at_most(seconds=3), pytest.raises(TableRefused, match="more than 100 lines"):
        import_values(cast.rita, data)


def test_a_file_that_is_no_table_of_values_is_refused(cast, as_, subtests):
    for data, problem in [
        (b"\xff\xfe", "not UTF-8"),
        (b"a,b\r\n1,2", "has no column “text”"),
        (HEAD.encode(), "has no values"),
        ("\r\n".join([HEAD, *["law/1,10(a),conduct,,enters,"] * 101]).encode(), "more than 100 lines"),
    ]:
        with subtests.test(problem=problem):
            answer = as_(cast.eve).post("/workspace/values/import/", {"file": SimpleUploadedFile("x.csv", data)})
            assert answer.status_code == 400 and problem in answer.content.decode()


def test_a_table_with_a_value_stated_before_stores_nothing(cast, law, as_):
    as_(cast.eve).post(PAGE, FORM)
    lines = table("law/1,10(a),conduct,,enters,", "law/1,10(a),mental,intent,intentionally,")
    answer = as_(cast.eve).post("/workspace/values/import/", lines)
    assert answer.status_code == 400 and "Line 3: This is already stated" in answer.content.decode()
    assert Value.objects.count() == 1


def test_the_api_has_what_was_confirmed_with_its_words_and_who_stands_for_it(law, client):
    one = clause(law, "subsec_a")
    services.state_for_project(one, "mental", {"level": "intent"}, find_words(one, "intentionally"))
    data = client.get("/api/v1/laws/law/1/values").json()
    assert data["total"] == 1
    value = data["items"][0]
    assert (value["clause"], value["element"], value["value"], value["quote"]) == (
        "sec_10__subsec_a", "mental", "intent", "intentionally"
    )  # fmt: skip
    assert (value["status"], value["organisation"]) == ("confirmed", None)
    assert client.get("/api/v1/laws/law/1/findings").status_code == 200


def test_that_a_value_was_carried_from_a_private_text_is_told_to_nobody_else(client, cast, drafts, store):
    hidden, earlier = store(OLD_DRAFT, "hidden", published=False), None
    Origin.objects.create(version=hidden, organisation=cast.centre)
    for text in (hidden, drafts[0]):
        article = text.clauses.get(eid="chp_1__art_1")
        said = {"element": "penalties", "status": "confirmed", "confirmation": "confirmed", "carried_from": earlier}
        earlier = Value.objects.create(clause=article, version=text, organisation=cast.centre, **said)
    address = reverse("values_of_clause", args=["draft", "old", "chp_1__art_1"])
    for person, is_told in ((cast.rita, True), (cast.charlie, False)):
        client.force_login(person)
        assert ("Carried over from an earlier text" in client.get(address).content.decode()) == is_told, person
