"""The pages a visitor opens: whole, counted in queries, without a cookie, and clear about what is wrong."""

import base64
import hashlib
import re

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.template import Template
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext

from lawcompare.accounts.models import Organisation
from lawcompare.annotations.models import Annotation, Category
from lawcompare.annotations.services import record_published
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.models import Comparison
from lawcompare.crosswalk.models import Topic
from lawcompare.laws import access, version_page
from lawcompare.laws.models import Law, Origin, Version
from lawcompare.publishing.services import publish
from lawcompare.sharing import access as sharing
from lawcompare.site.views.pages import server_error
from tests.conftest import NEW_DRAFT, OLD_DRAFT, ROOT
from tests.world import made_once

pytestmark = pytest.mark.django_db

QUERIES_MAX = 15
TEMPLATES = ROOT / "templates"
SERVED = re.compile(r'"((?:css|js)/[\w/-]+\.(?:css|js))"')
NAMED = re.compile(r'{%\s*(?:include|extends)\s+"([^"#]+)')


def addresses() -> dict[str, str]:
    return {
        "home": "/",
        "library": "/laws/",
        "law": "/laws/draft/",
        "version": "/laws/draft/new/",
        "clause": "/laws/draft/new/chp_1__art_3/",
        "comparison": "/compare/draft/old/with/draft/new/",
        "inline comparison": "/compare/draft/old/with/draft/new/?view=inline&show=all&noise=hide",
        "choose": "/compare/",
        "topics": "/topics/",
        "annotations": "/annotations/",
        "about": "/about/",
        "glossary": "/glossary/",
        "texts wanted": "/wanted/",
        "styleguide": "/styleguide/",
        "sign-in": "/accounts/login/",
    }


@pytest.mark.parametrize("prefix", ["", "/km"], ids=["English", "Khmer"])
@pytest.mark.parametrize("name", addresses())
def test_a_visitor_reads_every_page_in_both_languages(client, drafts, name, prefix):
    response = client.get(prefix + addresses()[name])
    assert response.status_code == 200
    html = response.content.decode()
    assert f'<html lang="{"km" if prefix else "en"}"' in html
    assert html.count("<h1") == 1
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=|\stype=\"application/ld\+json\")", html), (
        "something inline"
    )
    for source in re.findall(r'(?:src|srcset|action)="([^"]*)"', html):
        assert not source.startswith(("http:", "https:", "//")), source
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id that stands twice"
    assert set(re.findall(r'\sform="([^"]*)"', html)) <= set(ids), "a button of a form that is not there"
    if name != "sign-in":
        assert not response.cookies


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_foot_of_a_page_does_not_take_the_source_for_the_law(client, language):
    """The source of a draft is a newspaper."""
    with translation.override(language):
        words = gettext("A restatement is not the law. For its exact words see the source beside it.")
        foot = client.get(reverse("home")).content.decode().partition("<footer")[2]
    assert words in foot
    assert "only the source" not in foot and "ទើបជាច្បាប់" not in foot


def large_draft(articles: int, word: str) -> str:
    return "# Chapter 1. Offences\n\n" + "".join(
        f"## Article {n}. Offence number {n}\n\nWhoever does the {word} thing of kind {n * 7} is fined {n} riel.\n\n"
        f"(1) The court of place {n} decides.\n\n(2) It hears person {n}.\n\n"
        for n in range(1, articles + 1)
    )


def test_every_component_stands_on_the_style_guide(client, monkeypatch):
    """Each is rendered there with something in it."""
    seen, render = set(), Template._render

    def watched(template, context):
        made = render(template, context)
        if made.strip():
            seen.add(template.name)
        return made

    monkeypatch.setattr(Template, "_render", watched)
    assert client.get("/styleguide/").status_code == 200
    components = {path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / "components").rglob("*.html")}
    assert len(components) > 50 and components - seen == set()


def test_the_style_guide_says_nothing_of_the_rows_that_are_there(client, cast, store):
    """Whose texts were stored first, among them private ones."""
    kept = store(NEW_DRAFT, "kept", published=False)
    for key in range(1, 10):
        if not Version.objects.filter(pk=key).exists():
            kept.pk, kept.slug, kept._state.adding = key, f"kept-{key}", True
            kept.save()
        Origin.objects.create(version_id=key, organisation=cast.centre)
    assert "The Centre" not in client.get("/styleguide/").content.decode()


def test_every_template_that_another_names_is_there():
    """An include that stands in a branch nobody takes would be missed by a page that is rendered."""
    names = {path: NAMED.findall(path.read_text("utf-8")) for path in TEMPLATES.rglob("*.*")}
    assert sum(map(len, names.values())) > 300
    missing = {path.name: name for path, named in names.items() for name in named if not (TEMPLATES / name).is_file()}
    assert missing == {}


def test_every_script_and_style_sheet_is_there_and_named():
    """One that is missing is noticed by readers alone; one that no page names is of no use."""
    sources = [*TEMPLATES.rglob("*.html"), *(ROOT / "lawcompare/site").rglob("*.py")]
    named = {name for path in sources for name in SERVED.findall(path.read_text("utf-8"))}
    there = {path.relative_to(ROOT / "static").as_posix() for path in (ROOT / "static").rglob("*.*")}
    assert named - there == set()
    assert {name for name in there if name.startswith(("css/", "js/"))} - named == set()


def test_the_home_page_names_what_changed_since_the_last_draft_and_leads_there(client, drafts):
    home = client.get("/").content.decode().partition('class="changes"')[2].partition("</ul>")[0]
    named = re.findall(r'href="(/compare/[^"#]+)#([^"]+)"', home)
    assert len(named) == 3 and "first reported" in home and "not reported" in home
    page = client.get(named[0][0]).content.decode()
    assert all(f'id="{anchor}"' in page for _address, anchor in named)


def test_the_home_page_is_about_the_law_of_most_topics_though_another_draft_is_newer(client, drafts, store):
    other = store(OLD_DRAFT, "1", law="other", date="2025")
    private = store(OLD_DRAFT, "2", law="other", date="2025", published=False)  # counts for nothing
    for number, text in enumerate((drafts[1], drafts[1], other)):
        topic = Topic.objects.create(slug=f"t{number}", title=f"T{number}", position=number)
        topic.clauses.add(text.clauses.first(), private.clauses.first())
    latest = client.get("/").content.decode().partition('class="section latest"')[2][:300]
    assert "draft new" in latest and "other" not in latest


@pytest.fixture
@made_once
def small_and_large(store, django_capture_on_commit_callbacks) -> None:
    """Two laws of which two texts are compared, one of 3 articles and one of 100."""
    for law, articles in [("small", 3), ("large", 100)]:
        with django_capture_on_commit_callbacks(execute=True):
            store(large_draft(articles, "first"), "old", law=law, date="2019")
            store(large_draft(articles, "second"), "new", law=law, date="2020")


@pytest.mark.parametrize("name", ["law", "version", "clause", "comparison"])
def test_the_number_of_queries_is_the_same_for_3_and_for_100_articles(
    small_and_large, client, django_assert_max_num_queries, name
):
    """A page of a large law must not ask more of the database than that of a small one."""
    counts = []
    for law in ("small", "large"):
        address = addresses()[name].replace("draft", law)
        with django_assert_max_num_queries(QUERIES_MAX) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["home", "library"])
def test_a_page_of_all_laws_asks_little_of_the_database(small_and_large, client, django_assert_max_num_queries, name):
    with django_assert_max_num_queries(QUERIES_MAX):
        assert client.get(addresses()[name]).status_code == 200


def annotate(version, cast, count: int) -> None:
    category = Category.objects.create(code="VAGUE", label="Vagueness")
    articles = list(version.clauses.filter(element="article"))
    for number in range(count):
        annotation = Annotation(
            slug=f"note-{number}", body="Why.", body_html="<p>Why.</p>", risk=3, organisation=cast.centre,
            status="published", published_at=timezone.now(),
        )  # fmt: skip
        set_target(annotation, articles[number], "the")
        annotation.save()
        annotation.categories.add(category)
        annotation.standards.add(articles[-1])


@pytest.fixture
@made_once
def thirty_articles(store, django_capture_on_commit_callbacks) -> Version:
    """The second of two drafts that are compared."""
    with django_capture_on_commit_callbacks(execute=True):
        store(large_draft(30, "first"), "old", date="2019")
        return store(large_draft(30, "second"), "new", date="2020")


@pytest.mark.parametrize("name", ["home", "version", "clause", "comparison", "annotations"])
@pytest.mark.parametrize("count", [3, 20])
def test_annotations_cost_the_same_number_of_queries_whether_few_or_many(
    thirty_articles, client, cast, django_assert_max_num_queries, name, count
):
    annotate(thirty_articles, cast, count)
    with django_assert_max_num_queries(QUERIES_MAX):
        html = client.get(addresses()[name]).content.decode()
    assert "Vagueness" in html
    if name == "comparison":
        assert html.count(f'<span class="by">{cast.centre}</span>') == count, "who says it, before it is opened"


def test_a_version_of_thousands_of_clauses_is_read_in_pages(store, client, settings):
    settings.CLAUSES_PER_PAGE = 30
    store(large_draft(50, "first"), "big")
    pages = {client.get(f"/laws/draft/big/?page={n}").content.decode() for n in range(1, 7)}
    assert len(pages) > 3
    second = client.get("/laws/draft/big/?page=2").content.decode()
    assert re.findall(r'rel="(prev|next)" href="([^"]*)"', second) == [("prev", "?page=1"), ("next", "?page=3")]
    seen = set().union(*(set(re.findall(r'id="(chp_1__art_\d+)"', page)) for page in pages))
    assert len(seen) == 50
    last = client.get("/laws/draft/big/?at=chp_1__art_50").content.decode()
    assert 'id="chp_1__art_50"' in last and 'id="chp_1__art_1"' not in last


def test_the_contents_of_the_longest_texts_name_what_the_page_has_and_where_others_begin(
    store, client, settings, monkeypatch
):
    settings.CLAUSES_PER_PAGE = 30
    monkeypatch.setattr(version_page, "CONTENTS_MAX", 50)
    store(large_draft(50, "first"), "big")
    html = client.get("/laws/draft/big/?page=3").content.decode()
    links = re.findall(
        r'href="(?:\?page=(\d+))?#(chp_1[^"]*)"', html[html.index('class="toc"') : html.index("data-text")]
    )
    here, others = (["", f"chp_1__art_{n}"] for n in range(20, 30)), (("4", 30), ("5", 40), ("6", 50))
    assert links == [
        ("1", "chp_1"), ("2", "chp_1__art_10"), *map(tuple, here), *((page, f"chp_1__art_{n}") for page, n in others)
    ]  # fmt: skip


def test_a_clause_with_thousands_inside_leads_to_its_text_at_its_place(store, client, monkeypatch):
    monkeypatch.setattr(access, "CLAUSE_PAGE_MAX", 20)
    monkeypatch.setattr(sharing, "CLAUSE_PAGE_MAX", 20)
    store(large_draft(50, "first"), "big")
    assert client.get("/km/laws/draft/big/chp_1/")["Location"] == "/km/laws/draft/big/?at=chp_1"
    assert client.get("/laws/draft/big/chp_1/?text=0123456789ab").status_code == 404, "another text is cited"
    assert client.get("/laws/draft/big/chp_1__art_3/").status_code == 200
    assert client.get("/embed/laws/draft/big/chp_1/").status_code == 404


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("/laws/nothing/", "There is no law"),
        ("/laws/draft/nothing/", "There is no text"),
        ("/laws/draft/new/art_99/", "has no clause"),
        ("/compare/draft/old/with/draft/nothing/", "There is no text"),
        ("/topics/nothing/", "There is no topic"),
        ("/annotations/nothing/", "There is no annotation"),
        ("/no/such/page/", "There is no page"),
    ],
)
def test_a_wrong_address_is_told_in_words(client, drafts, address, sentence):
    response = client.get(address)
    assert response.status_code == 404
    assert sentence in response.content.decode()


def test_a_text_is_not_compared_with_itself(client, drafts):
    assert client.get("/compare/draft/old/with/draft/old/").status_code == 400


def test_a_text_in_preparation_does_not_exist_for_a_visitor(client, store):
    store(OLD_DRAFT, "secret", law="hidden", published=False)
    for address in ("/laws/hidden/", "/laws/hidden/secret/", "/laws/hidden/secret.json"):
        assert client.get(address).status_code == 404
    assert b"hidden" not in client.get("/laws/").content


def test_anyone_may_ask_for_a_comparison_until_the_limit(store, settings, django_capture_on_commit_callbacks):
    cache.clear()  # which counts what others asked for
    settings.COMPARISONS_PER_HOUR = 1
    store(OLD_DRAFT, "one", law="first")
    store(NEW_DRAFT, "two", law="second")
    client = Client(enforce_csrf_checks=False)
    address = "/compare/first/one/with/second/two/"
    assert "hidden" not in client.get(address).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address).status_code == 302
    assert client.get(address).status_code == 200
    assert client.post("/compare/second/two/with/first/one/").status_code == 429
    cache.clear()
    settings.COMPARISONS_PER_HOUR = 10
    asked = [client.post("/compare/second/two/with/first/one/").status_code]
    Comparison.objects.all().delete()
    asked += [client.post(address).status_code, client.post("/compare/second/two/with/first/one/").status_code]
    assert asked == [302, 302, 429], "and so many in ten minutes: visitors wait in one line"


def test_the_json_of_version_clause_and_comparison(client, drafts):
    version = client.get("/laws/draft/new.json").json()
    assert [clause["eid"] for clause in version["clauses"]][:2] == ["chp_1", "chp_1__art_1"]
    clause = client.get("/laws/draft/new/chp_1__art_3.json").json()
    assert [row["num"] for row in clause["clauses"]] == ["Article 3", "(1)", "(2)"]
    comparison = client.get("/compare/draft/old/with/draft/new.json").json()
    assert comparison["stats"]["added"] == 1
    assert client.get("/compare/draft/new/with/draft/old.json").status_code == 404


def test_healthz(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_the_pages_refuse_to_be_framed_or_to_load_from_elsewhere(client):
    response = client.get(reverse("about"))
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("language", ["en", "km"])
def test_the_page_of_an_error_needs_nothing_that_may_be_broken(rf, settings, language, django_assert_num_queries):
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {
            "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        }  # without a manifest
    }
    with translation.override(language), django_assert_num_queries(0):
        answer = server_error(rf.get("/"))  # a request to which nothing has been added yet
    html = answer.content.decode()
    assert answer.status_code == 500 and f'<html lang="{language}">' in html and "<h1>" in html
    assert not re.search(r"(?:src|srcset)=|<link", html)
    style = re.search("<style>(.*)</style>", html, re.S)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in answer.headers["Content-Security-Policy"]


def test_a_host_that_is_not_ours_gets_words(client):
    answer = client.get("/laws/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400 and "<h1>" in answer.content.decode()


def test_the_first_page_opens_with_the_law_that_the_topics_are_about(client, drafts, store):
    store(NEW_DRAFT, "newest", law="another", date="2025")
    assert "another newest" in client.get("/").content.decode().partition("<main")[2]
    Topic.objects.create(slug="unity", title="Unity").clauses.add(drafts[1].clauses.get(eid="chp_1__art_3"))
    page = client.get("/").content.decode().partition("<main")[2]
    assert "draft new" in page and "another newest" not in page


@pytest.mark.parametrize("address", ["/about/", "/km/about/", "/api/v1/laws", "/search/"])
def test_an_address_with_more_parameters_than_are_read_is_not_valid(client, address):
    assert client.get(address, dict.fromkeys(map(str, range(2_000)), "1")).status_code == 400


def test_where_a_session_cannot_be_saved_the_address_is_not_to_blame(client, cast, monkeypatch):
    def save(self, must_create=False):
        raise UpdateError  # as where the database takes no writes

    client.force_login(cast.eve)
    monkeypatch.setattr(type(client.session), "save", save)
    answer = client.post(reverse("act_for"), {"organisation": "centre"})
    assert answer.status_code == 503 and "Load the page again" in answer.content.decode()


def test_newest_notes_of_one_organisation_take_no_place_of_another_on_the_first_page(client, drafts, cast):
    def write(slug: str, organisation: Organisation) -> None:
        note = Annotation(slug=slug, body="So.", risk=3, organisation=organisation)
        set_target(note, drafts[0].clauses.get(eid="chp_1__art_3"), "")
        record_published(note, {})

    write("theirs", cast.others)
    for number in range(9):
        write(f"more-{number}", cast.centre)
    cache.clear()
    named = re.findall(r"/annotations/([\w-]+)/\"", client.get("/").content.decode())
    assert "theirs" in named and "more-8" in named


def test_newer_texts_of_one_organisation_take_no_place_of_another_s_on_the_first_page(client, drafts, store, cast):
    Law.objects.update(kind="draft", jurisdiction="kh")
    brought = [("theirs", cast.others, "2021"), *((f"more-{number}", cast.centre, "2022") for number in range(4))]
    for slug, organisation, day in brought:
        Origin.objects.create(version=store(OLD_DRAFT, slug, date=day, published=False), organisation=organisation)
        publish(Version.objects.get(slug=slug))
    cache.clear()
    html = client.get("/").content.decode()
    assert "/laws/draft/theirs/" in html and "/laws/draft/more-3/" in html
