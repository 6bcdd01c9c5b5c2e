"""What each law has under each topic; and topics, correspondences and their files."""

import csv
import io
import re
import zipfile

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.urls import reverse

from lawcompare.crosswalk.models import Correspondence, Silence, Topic
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.crosswalk.topics.matrix import matrix_name
from lawcompare.laws.models import Clause, Law, Origin
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.office import cells_of
from tests.proposals import decide
from tests.world import made_once

pytestmark = pytest.mark.django_db


@pytest.fixture
@made_once
def measured(store):
    """A draft and a treaty, with one topic of each kind of cell."""
    from lawcompare.laws.services import Import, import_law
    from lawcompare.publishing.services import publish

    draft = store(OLD_DRAFT, "2019-en")
    later = store(NEW_DRAFT, "2020-en", date="2021")
    front = FRONT.format(law="budapest-convention", version="2001-en", title="Convention", date="2001")
    front = front.replace("jurisdiction: kh", "jurisdiction: int").replace("kind: draft", "kind: treaty")
    treaty = import_law(
        Import((front + "## Article 2. Illegal access\n\nAccess without right.\n").encode(), "c.md")
    ).version
    publish(treaty)
    access = Topic.objects.create(slug="access", title="Illegal access", position=1)
    access.clauses.set([draft.clauses.get(num="Article 1"), treaty.clauses.get()])
    state_correspondence(
        access, draft.clauses.get(num="Article 1"), treaty.clauses.get(), "narrower", "Why.", "An editor"
    )
    Silence.objects.create(topic=access, version=later, kind="not-known")
    speech = Topic.objects.create(slug="speech", title="Content of speech", position=2)
    speech.clauses.set([draft.clauses.get(num="Article 2")])
    state_correspondence(speech, draft.clauses.get(num="Article 2"), treaty, "none", "None.", "An editor")
    Silence.objects.create(topic=speech, version=treaty, kind="absent")
    return draft, later, treaty


def table(client, query: str = "") -> list[list[str]]:
    text = client.get(f"/topics/matrix.csv{query}").content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_drafts_of_two_laws_with_one_name_are_two_columns_and_a_verdict_is_its_organisations(
    client, measured, cast, store
):
    """One name of a text, made of its date and language, is soon that of another law's too."""
    _draft, _later, treaty = measured
    other = store(OLD_DRAFT, "2019-en", law="telecom")
    Origin.objects.create(version=other, organisation=cast.centre, confirmation="confirmed")
    row = state_by_hand(
        cast.rita,
        Topic.objects.get(slug="access"),
        other.clauses.get(num="Article 1"),
        treaty.clauses.get(),
        "contrary",
        "So.",
    )
    decide(cast.sara, row)
    cache.clear()
    head, access, _speech = table(client)
    assert len(set(head)) == len(head) == 5
    assert {"narrower: Article 1", "contrary (The Centre): Article 1"} < set(access)
    assert "contrary (The Centre)" in " ".join(client.get("/topics/").content.decode().split())
    cells = {one["column"]: one for one in client.get("/api/v1/matrix").json()["lines"][0]["cells"]}
    assert (cells["draft/2019-en"]["relations"], cells["draft/2019-en"]["by"]) == (["narrower"], [[]])
    assert (cells["telecom/2019-en"]["relations"], cells["telecom/2019-en"]["by"]) == (["contrary"], [["The Centre"]])
    assert client.get("/api/v1/matrix?against=telecom/2019-en").json()["measure"] == "telecom/2019-en"


def test_each_verdict_is_said_by_who_states_it_and_the_site_s_first(client, measured, cast):
    """One's name stood behind the gravest word, whoever had said it."""
    draft, _later, treaty = measured
    Origin.objects.create(version=draft, organisation=cast.centre, confirmation="confirmed")
    topic = Topic.objects.get(slug="access")
    for person, number, verdict in ((cast.rita, 2, "equivalent"), (cast.charlie, 3, "contrary")):
        sides = draft.clauses.get(num=f"Article {number}"), treaty.clauses.get()
        decide(cast.sara, state_by_hand(person, topic, *sides, verdict, "So."))
    cache.clear()
    said = "narrower, contrary (The Others), equivalent (The Centre)"
    assert table(client)[1][2].startswith(f"{said}: ")
    cell = client.get("/api/v1/matrix").json()["lines"][0]["cells"][1]
    assert cell["state"] == "narrower" and cell["by"] == [[], ["The Others"], ["The Centre"]]
    page = " ".join(client.get("/topics/").content.decode().split())
    assert "narrower</b>" in page and "(The Others)" not in page and "(The Centre)" not in page
    two = client.get(
        reverse("comparison", args=["draft", "2019-en", "budapest-convention", "2001-en"])
    ).content.decode()
    verdicts = re.sub(
        r"\s+", " ", re.sub("<[^>]+>", " ", two.split('<table class="verdicts">')[1].split("</table>")[0])
    )
    assert re.search(r"narrower .*contrary \( ?The Others ?\) .*equivalent \( ?The Centre ?\)", verdicts), verdicts


def test_each_cell_says_how_a_law_stands_to_the_measure(client, measured):
    assert table(client) == [
        ["Topic", "Budapest Convention", "Draft of 2020", "Draft of 2021"],
        ["Illegal access", "has it: Article 2", "narrower: Article 1", "not known"],
        ["Content of speech", "none found", "adds: Article 2", ""],
    ]
    assert table(client, "?against=draft/2019-en")[1][1] == "broader: Article 2"
    assert table(client, "?against=nothing") == table(client)
    listed = cells_of(client.get("/topics/matrix.xlsx").content, 2)
    assert [row[2] for row in listed if row[0] == "Content of speech"][:2] == ["none found", "adds"]


def test_in_a_column_of_several_laws_each_clause_has_what_is_stated_of_its_own(client, measured, store):
    _draft, _later, treaty = measured
    topic = Topic.objects.get(slug="access")
    texts = [store(OLD_DRAFT, f"2010-{number}", law=f"law-{number}") for number in range(3)]
    Law.objects.filter(slug__startswith="law-").update(kind="statute")
    for text, relation in zip(texts[:2], ("equivalent", "contrary"), strict=True):
        topic.clauses.add(clause := text.clauses.get(num="Article 1"))
        state_correspondence(topic, clause, treaty.clauses.get(), relation, "Why.", "An editor")
    topic.clauses.add(texts[2].clauses.get(num="Article 1"))
    cache.clear()
    listed = cells_of(client.get("/topics/matrix.xlsx").content, 2)
    in_force = [row[2] for row in listed if row[:2] == ["Illegal access", "Cambodian law in force"]]
    assert in_force == ["equivalent", "contrary", "has it"]


def test_a_part_with_a_heading_of_its_own_is_named_with_its_section():
    section = Clause(eid="sec_1831", num="§ 1831", heading="Economic espionage")
    part = Clause(eid="sec_1831__subsec_b", num="(b)", heading="Organizations")
    chapter = Clause(eid="chp_3", num="Chapter 3", heading="Procedure")
    names = [matrix_name(clause).replace("\u00a0", " ") for clause in (section, part, chapter)]
    assert names == ["§ 1831", "§ 1831(b)", "Chapter 3"]


def test_the_pages_show_gaps_in_words_the_provisions_and_the_reasoning(client, measured):
    html = client.get("/topics/").content.decode()
    assert "none found" in html and "not known" in html and "adds" in html
    assert 'href="/laws/draft/2019-en/chp_1__art_2/"' in html
    html = client.get("/topics/access/").content.decode()
    assert "Whoever intentionally enters a computer" in html and "Access without right." in html and "Why." in html
    for address in (
        "/compare/draft/2019-en/with/budapest-convention/2001-en/",
        "/compare/budapest-convention/2001-en/with/draft/2019-en/",
    ):
        html = client.get(address).content.decode()
        assert "Illegal access" in html and "Why." in html


def test_the_number_of_queries_does_not_grow_with_the_topics(client, measured, django_assert_max_num_queries):
    draft, _later, treaty = measured
    for number in range(30):
        topic = Topic.objects.create(slug=f"t{number}", title=f"Topic {number}", position=10 + number)
        topic.clauses.set([draft.clauses.get(num="Article 3"), treaty.clauses.get()])
    with django_assert_max_num_queries(8):
        assert client.get("/topics/").status_code == 200


@pytest.mark.both_databases
def test_a_missing_counterpart_can_only_be_none_found_and_a_suggestion_is_no_finding(measured, client):
    draft, _later, treaty = measured
    with pytest.raises(IntegrityError), transaction.atomic():
        state_correspondence(Topic.objects.first(), draft.clauses.get(num="Article 3"), treaty, "narrower", "x", "y")
    Correspondence.objects.update(status="suggested")
    assert "narrower" not in client.get("/topics/matrix.csv").content.decode()


@pytest.mark.parametrize(
    ("language", "named"),
    [
        (
            "",
            [
                "Constitution, Article 40; Criminal Code, Article 301, Article 302, Articles 317–319; Law on",
                "Criminal Code, Article 427",
                "18 U.S.C. 1030(a)(1), 1030(a)(2), 1030(a)(3), 2701; Van Buren v. United States",
                "18 U.S.C. 2511–2513, 2521",
                "17 U.S.C. 506, 1201; 18 U.S.C. 2319",
            ],
        ),
        (
            "/km",
            [
                "រដ្ឋធម្មនុញ្ញ, មាត្រា ៤០; ក្រមព្រហ្មទណ្ឌ, មាត្រា ៣០១, មាត្រា ៣០២, មាត្រា ៣១៧–៣១៩; ច្បាប់ស្តីពីទូរគមនាគមន៍",
                "ក្រមព្រហ្មទណ្ឌ, មាត្រា ៤២៧",
                "17 U.S.C. 506, 1201; 18 U.S.C. 2319",
            ],
        ),
    ],
)
def test_clauses_of_a_column_of_several_laws_are_named_with_their_law(client, demonstration, language, named):
    page = _words(client.get(f"{language}/topics/").content.decode())
    rows = client.get(f"{language}/topics/matrix.csv").content.decode("utf-8-sig")
    book = zipfile.ZipFile(io.BytesIO(client.get(f"{language}/topics/matrix.xlsx").content))
    sheet = _words(book.read("xl/sharedStrings.xml").decode())
    document = zipfile.ZipFile(io.BytesIO(client.get(f"{language}/topics/matrix.docx").content))
    report = _words(document.read("word/document.xml").decode())
    for words in named:
        for shown in (page, rows, sheet, report):
            assert words in shown, words


def _words(markup: str) -> str:
    """Words without markup and places where a line may break."""
    return " ".join(re.sub(r"<[^>]+>|\u200b", "", markup).split())


def test_what_rests_on_a_heading_states_no_relation_and_says_so_in_every_form(client, measured):
    draft, _later, treaty = measured
    powers = Topic.objects.create(slug="powers", title="Powers", position=3)
    powers.clauses.set([draft.clauses.get(num="Article 2")])
    pair = (draft.clauses.get(num="Article 2"), treaty.clauses.get())
    row = state_correspondence(powers, *pair, "heading", "Only its heading is known.", "An editor")
    assert (row.relation, row.basis) == ("", "heading")
    assert table(client)[3][2] == "heading only: Article 2"
    assert table(client, "?against=draft/2019-en")[3][1] == "heading only"
    for page in ("/topics/powers/", f"/compare/{draft.address}/with/{treaty.address}/"):
        assert "eading only" in client.get(page).content.decode()
    word = client.get(f"/compare/{draft.address}/with/{treaty.address}/by-subject.docx").content
    assert b"heading only" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml")
    (data,) = client.get("/api/v1/correspondences?topic=powers").json()["items"]
    assert (data["relation"], data["basis"]) == ("", "heading")
    with pytest.raises(IntegrityError), transaction.atomic():
        Correspondence.objects.filter(pk=row.pk).update(relation="partial")


def test_every_place_that_a_page_of_a_topic_names_is_on_it(client, demonstration):
    """A law that has nothing to show below the grid is a link to its text."""
    for topic in Topic.objects.current():
        page = client.get(topic.get_absolute_url()).content.decode()
        named = set(re.findall(r'href="#([^"]+)"', page))
        assert named <= set(re.findall(r'\sid="([^"]+)"', page)), topic
