"""The read-only API: what it answers, in pages, for caches and for every site; and nothing that is not public."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from lawcompare.annotations import services as notes
from lawcompare.annotations.models import Annotation, Category
from lawcompare.annotations.targets import set_target
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.laws import reports
from lawcompare.laws.models import FormerAddress, Law, LawKind, Withdrawal
from tests.conftest import OLD_DRAFT, ROOT

pytestmark = pytest.mark.django_db

TEXT = "/api/v1/laws/draft/new"
PAIR = "/api/v1/comparisons/draft/old/with/draft/new"


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


@pytest.fixture
def corpus(world, drafts, cast):
    """Two drafts compared, a topic with a correspondence, and a published note."""
    return world.has("corpus", lambda: make_corpus(drafts, cast))


def make_corpus(drafts, cast):
    old, new = drafts
    topic = Topic.objects.create(slug="unity", title="Unity", title_km="សាមគ្គី")
    first, second = old.clauses.get(eid="chp_1__art_2"), new.clauses.get(eid="chp_1__art_3")
    topic.clauses.set([first, second])
    state_correspondence(topic, first, second, "equivalent", "The same words.", "Editors")
    annotation = Annotation(body="Why **this**.", risk=4, organisation=cast.centre, creator=cast.alice)
    set_target(annotation, second, "the unity of the country")
    notes.record_published(annotation, {"categories": [Category.objects.create(code="VAGUE", label="Vagueness")]})
    return annotation


def addresses(annotation: Annotation) -> list[str]:
    return [
        "/api/v1/", "/api/v1/openapi.json", "/api/v1/laws", "/api/v1/laws/draft", TEXT, f"{TEXT}/clauses",
        f"{TEXT}/clauses/chp_1__art_3", f"{TEXT}/findings", "/api/v1/comparisons", PAIR, f"{PAIR}/pairs",
        "/api/v1/topics", "/api/v1/topics/unity", "/api/v1/correspondences", "/api/v1/correspondences?topic=unity",
        "/api/v1/matrix", "/api/v1/annotations", f"/api/v1/annotations/{annotation.slug}",
        "/api/v1/annotations?risk=critical&category=VAGUE&organisation=centre&law=draft&version=new",
        "/api/v1/search?q=unity", "/api/", "/api/v1/laws/draft/concerns",
    ]  # fmt: skip


def test_every_address_is_public_kept_and_shared_and_sets_no_cookie(client, corpus, cast):
    for address in addresses(corpus):
        response = client.get(address)
        assert response.status_code == 200, address
        assert "public" in response["Cache-Control"] and response["ETag"] and not response.cookies, address
        again = client.get(address, headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304, address
        if address != "/api/":
            assert response["Access-Control-Allow-Origin"] == "*"
            assert client.head(address).status_code == 200
        assert b"alice" not in response.content and b"example.org/" not in response.content.replace(
            b"example.org/draft", b""
        )
    client.force_login(cast.alice)
    assert client.get("/api/v1/laws").json()["total"] == 1


def test_the_resources_say_what_the_pages_say(client, corpus):
    law = client.get("/api/v1/laws").json()["items"][0]
    assert (law["slug"], [text["version"] for text in law["versions"]]) == ("draft", ["old", "new"])
    clauses = client.get(f"{TEXT}/clauses").json()
    assert clauses["total"] == 7 and [row["eid"] for row in clauses["items"]][:2] == ["chp_1", "chp_1__art_1"]
    pairs = client.get(f"{PAIR}/pairs").json()["items"]
    changed = next(pair for pair in pairs if pair["changes"])
    assert {op for op, _words, _noise in changed["changes"]} <= {"equal", "insert", "delete"}
    assert client.get(PAIR).json()["stats"]["added"] == 1
    stated = client.get("/api/v1/correspondences").json()["items"][0]
    assert (stated["subject"]["eid"], stated["relation"]) == ("chp_1__art_2", "equivalent")
    note = client.get("/api/v1/annotations").json()["items"][0]
    assert (note["risk"], note["exact"], note["organisation"]) == ("critical", "the unity of the country", "centre")
    concern = client.get("/api/v1/laws/draft/concerns").json()["items"][0]
    assert (concern["id"], [cell["state"] for cell in concern["cells"]]) == (corpus.slug, ["", "raised"])
    assert concern["organisation"] == "centre"
    hit = client.get("/api/v1/search?q=unity&kind=clause").json()["items"][0]
    assert "⟦unity⟧" in hit["text"] and hit["version"]["law"] == "draft"


def test_every_kind_of_law_is_given_out_and_has_a_khmer_name(client, drafts, subtests):
    for kind in LawKind.values:
        with subtests.test(kind=kind):
            Law.objects.update(kind=kind)
            assert client.get("/api/v1/laws/draft").json()["kind"] == kind
            with override("km"):
                assert str(LawKind(kind).label) != kind and not str(LawKind(kind).label).isascii()


def test_a_problem_is_one_sentence(client, drafts, subtests):
    for address, status, words in [
        ("/api/v1/laws/none", 404, "There is no law"),
        ("/api/v1/laws/draft/none/clauses", 404, "There is no text"),
        (f"{TEXT}/clauses/art_99", 404, "has no clause"),
        ("/api/v1/nothing", 404, "There is nothing at this address"),
        ("/api/v1/laws?page=0", 400, "page: input should be greater than or equal to 1."),
        ("/api/v1/laws?page=many", 400, "page: "),
        ("/api/v1/search", 400, "q: field required."),
        ("/api/v1/search?q=" + "x" * 400, 400, "q: "),
        ("/api/v1/search?q=%00%00", 200, ""),
        ("/api/v1/search?q=x&language=xx", 400, "language: "),
        ("/api/v1/search?q=x&law=none", 404, "There is no such filter"),
        ("/api/v1/annotations?risk=huge", 400, "risk: "),
        ("/api/v1/annotations?law=%00", 400, "law: "),
        ("/api/v1/comparisons/draft/new/with/draft/old", 404, "has not been asked for"),
        ("/api/v1/topics/%00", 404, "There is nothing"),
    ]:
        with subtests.test(address=address, status=status, words=words):
            response = client.get(address)
            assert response.status_code == status
            if status >= 400:
                assert response["Content-Type"] == "application/problem+json"
                assert words in response.json()["detail"] and response.json()["status"] == status
                assert "public" not in response["Cache-Control"] and response["Access-Control-Allow-Origin"] == "*"


def test_nothing_can_be_written(client, drafts, subtests):
    for method in ["post", "put", "patch", "delete", "options"]:
        with subtests.test(method=method):
            for address in ("/api/v1/laws", "/api/v1/nothing", "/api/v1/openapi.json"):
                response = getattr(client, method)(address)
                assert response.status_code == 405 and response["Allow"].startswith("GET, HEAD")


def test_what_is_not_public_is_not_there_even_for_its_author(client, corpus, store, cast):
    store(OLD_DRAFT, "secret", law="veiled", published=False)
    draft = Annotation(body="A zymurgical draft.", risk=1)
    set_target(draft, corpus.clause, "")
    notes.write_annotation(cast.alice, draft, {})
    cast.alice.is_staff = True
    cast.alice.save()
    client.force_login(cast.alice)
    for address in [*addresses(corpus), "/api/v1/search?q=zymurgical"]:
        words = client.get(address).content
        assert b"zymurgical draft" not in words and b"veiled" not in words, address
    for tail in ("", "/secret", "/secret/clauses", "/secret/clauses/chp_1__art_1", "/secret/findings", "/secret/values",
                 "/events", "/concerns"):  # fmt: skip
        assert client.get(f"/api/v1/laws/veiled{tail}").status_code == 404, tail
    for hidden, public in (("veiled/secret", "draft/new"), ("draft/old", "veiled/secret")):
        assert client.get(f"/api/v1/comparisons/{hidden}/with/{public}").status_code == 404
    assert client.get(f"/api/v1/annotations/{draft.slug}").status_code == 404


def test_a_withdrawn_text_is_gone_with_its_reason(client, corpus, drafts, cast):
    Withdrawal.objects.create(version=drafts[1], reason="It was the wrong file.", organisation=cast.centre)
    response = client.get(f"{TEXT}/clauses")
    assert response.status_code == 410 and "It was the wrong file." in response.json()["detail"]
    assert client.get("/api/v1/annotations").json()["total"] == 0
    assert client.get("/api/v1/correspondences").json()["total"] == 0
    assert [ref["version"] for ref in client.get("/api/v1/topics/unity").json()["clauses"]] == ["old"]


def test_an_old_address_leads_to_the_new_one(client, drafts):
    Law.objects.filter(slug="draft").update(slug="renamed")
    FormerAddress.objects.create(slug="draft", law=drafts[0].law)
    response = client.get(f"{TEXT}/clauses?page=1")
    assert (response.status_code, response["Location"]) == (301, "/api/v1/laws/renamed/new/clauses?page=1")
    pair = client.get(f"{PAIR}/pairs")
    assert pair["Location"] == "/api/v1/comparisons/renamed/old/with/renamed/new/pairs"


@pytest.mark.parametrize("count", [2, 30])
def test_the_number_of_queries_does_not_grow(client, store, cast, count, settings, django_assert_max_num_queries):
    settings.PAGE_CACHE = False
    text = "".join(f"## Article {n}. Unity {n}\n\nThe unity of {n}.\n\n" for n in range(1, count + 1))
    version = store(text, "new")
    topics = [Topic.objects.create(slug=f"t{n}", title=f"T{n}") for n in range(count)]
    for topic, clause in zip(topics, version.clauses.order_by("position"), strict=False):
        topic.clauses.add(clause)
        annotation = Annotation(body="Why.", risk=2, organisation=cast.centre, published_at=timezone.now())
        set_target(annotation, clause, "")
        notes.record_published(annotation, {})
    for address in (
        "laws",
        "laws/draft/new/clauses",
        "topics",
        "annotations",
        "matrix",
        "correspondences",
        "comparisons",
    ):
        with django_assert_max_num_queries(9):
            assert client.get(f"/api/v1/{address}").status_code == 200, address


def test_the_page_for_people_names_every_address(client):
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.") and len(document["paths"]) >= 16
    html = client.get("/km/api/").content.decode()
    for path in document["paths"]:
        assert f"GET {path}" in html
    assert 'id="Clause"' in html and not re.search(r'<script(?! type="application/ld\+json")', html)


def test_the_examples_of_the_documentation_are_true(client, demonstration):
    examples = re.findall(r"```\nGET (\S+)\n(.*?)```", (ROOT / "docs/api.md").read_text("utf-8"), re.DOTALL)
    assert len(examples) >= 5
    for address, lines in examples:
        answer = client.get(address).json()
        for line in lines.strip().splitlines():
            path, _colon, value = line.partition(": ")
            node = answer
            for step in path.split("."):
                node = node[int(step)] if step.isdigit() else node[step]
            assert str(node) == value, (address, path)


def test_a_page_far_into_a_text_is_found_by_position_and_not_by_passing_over_rows(client, drafts, monkeypatch):
    monkeypatch.setattr("lawcompare.api.app.SIZE", 3)
    address = "/api/v1/laws/draft/new/clauses"
    seen = []
    while address:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address).json()
        assert not any("OFFSET" in query["sql"].upper() for query in queries), (
            "rows before it were read and thrown away"
        )
        seen += [clause["position"] for clause in page["items"]]
        address = page["next"]
    assert seen == list(range(page["total"])) and page["total"] > 6
    assert client.get("/api/v1/laws/draft/new/clauses?page=99").status_code == 404
    pairs = client.get("/api/v1/comparisons/draft/old/with/draft/new/pairs").json()
    assert [pair["position"] for pair in pairs["items"]] == list(range(3)) and pairs["total"] > 3


def test_of_pages_of_long_clauses_a_reader_has_so_many_in_an_hour(client, drafts, settings, monkeypatch):
    """Clauses may have 100,000 letters: three such pages, over and over, held all threads for 31 seconds."""
    monkeypatch.setattr(reports, "LETTERS_OF_A_ROW", 1)
    monkeypatch.setattr(reports, "ROWS_AT_ONCE", 200)
    settings.FILES_PER_HOUR = 1
    for address in ("/api/v1/laws/draft/new/clauses", "/api/v1/comparisons/draft/old/with/draft/new/pairs"):
        cache.clear()
        answers = [client.get(address, {"page": page}).status_code for page in (1, 1)]
        assert answers == [200, 429], address


def test_the_document_says_where_by_whom_and_under_which_names(client, settings):
    settings.CONTENT_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
    document = client.get("/api/v1/openapi.json").json()
    assert document["servers"][0]["url"] == "http://testserver" and document["security"] == []
    assert document["info"]["license"]["url"] == settings.CONTENT_LICENCE
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names)) and all(name.isidentifier() and "_" not in name for name in names)
    assert {tag for one in operations for tag in one["tags"]} == {tag["name"] for tag in document["tags"]}
