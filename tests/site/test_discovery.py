"""The site is found: each public page once, with its languages and a description of its own, and nothing private."""

import html
import json
import re
from xml.etree import ElementTree

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcompare.accounts.models import Organisation
from lawcompare.comparisons.models import ClausePair, Comparison
from lawcompare.core.models import Entry
from lawcompare.laws.models import Law
from lawcompare.settings import read_site_url
from lawcompare.site.sitemaps import PublicSitemap

SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
KINDS = [
    "/",
    "/laws/",
    "/laws/kh-cybercrime/",
    "/laws/kh-cybercrime/2024-leak-en/",
    "/laws/kh-cybercrime/versions/",
    "/laws/kh-cybercrime/concerns/",
    "/compare/",
    "/compare/kh-cybercrime/2020-08-en/with/kh-cybercrime/2024-leak-en/",
    "/compare/kh-cybercrime/2012-v1-en/with/budapest-convention/2001-en/",
    "/topics/",
    "/topics/illegal-access/",
    "/annotations/",
    "/annotations/kinds/",
    "/about/",
    "/glossary/",
    "/guides/readers/",
    "/api/",
]


def head_of(page: str) -> str:
    return page.partition("<head>")[2].partition("</head>")[0]


def attribute(head: str, pattern: str) -> str:
    match = re.search(pattern, head, re.DOTALL)
    return match[1] if match else ""


def description_of(head: str) -> str:
    return attribute(head, r'<meta\s+name="description"\s+content="([^"]*)"')


def blocks_of(head: str) -> list[dict]:
    return [
        json.loads(block) for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', head, re.S)
    ]


def sitemap_addresses(client) -> list[str]:
    index = ElementTree.fromstring(client.get("/sitemap.xml").content)
    addresses = []
    for part in index.iterfind("s:sitemap/s:loc", SITEMAP):
        urls = ElementTree.fromstring(client.get(part.text.removeprefix("http://testserver")).content)
        addresses += [url.find("s:loc", SITEMAP).text for url in urls.iterfind("s:url", SITEMAP)]
    return addresses


@pytest.mark.django_db
def test_a_file_of_the_sitemap_reads_its_own_pages_alone(client, drafts, monkeypatch):
    whole = sitemap_addresses(client)
    for most in (1, 3, 4):
        monkeypatch.setattr(PublicSitemap, "limit", most)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert sitemap_addresses(client) == whole
        of_clauses = [one["sql"] for one in asked if 'FROM "laws_clause"' in one["sql"]]
        assert of_clauses and all("COUNT(" in sql or re.search(r" LIMIT \d+( OFFSET \d+)?$", sql) for sql in of_clauses)


@pytest.mark.verify
def test_the_sitemap_names_each_public_page_once_and_every_one_is_there(client, demonstration):
    addresses = sitemap_addresses(client)
    assert len(addresses) == len(set(addresses))
    assert {f"http://testserver{path}" for path in KINDS} <= set(addresses)
    assert {f"http://testserver/km{path}" for path in KINDS} <= set(addresses)
    for address in addresses[::211]:  # a prime, so that every kind comes up in both languages
        response = client.get(address.removeprefix("http://testserver"))
        assert response.status_code == 200, address
        assert f'<link rel="canonical" href="{address}">' in response.content.decode()


def test_each_address_of_the_sitemap_names_its_languages_and_texts_their_day(client, demonstration):
    urls = ElementTree.fromstring(client.get("/sitemap-texts-1.xml").content)
    for url in urls.iterfind("s:url", SITEMAP):
        links = {link.get("hreflang"): link.get("href") for link in url.iterfind("x:link", SITEMAP)}
        assert links.keys() == {"en", "km", "x-default"} and links["x-default"] == links["en"]
        assert url.find("s:loc", SITEMAP).text in links.values()
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", url.find("s:lastmod", SITEMAP).text)


def test_nothing_that_is_not_public_is_in_the_sitemap(client, store):
    store("## Article 1. Aim\n\nThis law has an aim.\n", "public", law="shown")
    store("## Article 1. Aim\n\nThis law has another aim.\n", "private", law="shown", published=False)
    store("## Article 1. Aim\n\nThis law has an aim.\n", "private", law="hidden", published=False)
    addresses = sitemap_addresses(client)
    assert "http://testserver/laws/shown/public/art_1/" in addresses
    assert not any("private" in address or "hidden" in address for address in addresses)


@pytest.mark.parametrize("address", ["/sitemap-nothing-1.xml", "/sitemap-laws-7.xml", "/sitemap-laws-0.xml"])
def test_a_part_of_the_sitemap_that_does_not_exist_is_not_found(client, db, address):
    assert client.get(address).status_code == 404


def test_robots_keep_out_of_variants_rooms_and_second_forms(client, db):
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert lines[0] == "User-agent: *" and lines[-1] == "Sitemap: http://testserver/sitemap.xml"
    closed = [line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow")]
    assert {"/*?", "/workspace/", "/km/workspace/", "/accounts/", "/km/accounts/", "/*.docx$", "/*.json$"} <= set(
        closed
    )
    assert "Allow: /*?page=" in lines


@pytest.mark.parametrize("prefix", ["", "/km"])
def test_every_kind_of_page_has_its_own_address_description_and_data(client, demonstration, prefix):
    descriptions = {}
    for path in KINDS:
        head = head_of(client.get(prefix + path).content.decode())
        assert f'<link rel="canonical" href="http://testserver{prefix}{path}">' in head
        for code, place in (("en", ""), ("km", "/km"), ("x-default", "")):
            assert f'<link rel="alternate" hreflang="{code}" href="http://testserver{place}{path}">' in head
        described = description_of(head)
        assert 50 <= len(described) <= 400, (path, described)
        assert described not in descriptions.values(), path
        descriptions[path] = described
        (block,) = blocks_of(head)
        assert block["@context"] == "https://schema.org"
        if path != "/":
            crumbs = next(node for node in block["@graph"] if node["@type"] == "BreadcrumbList")["itemListElement"]
            assert crumbs[-1]["item"] == f"http://testserver{prefix}{path}"
            assert [crumb["position"] for crumb in crumbs] == list(range(1, len(crumbs) + 1))


@pytest.mark.parametrize(
    ("variant", "canonical"),
    [
        ("/annotations/?risk=high", "/annotations/"),
        ("/annotations/?page=2", "/annotations/?page=2"),
        ("/annotations/?page=2&risk=high", "/annotations/?page=2"),
        ("/annotations/?page=1", "/annotations/"),
        ("/annotations/?page=02", "/annotations/?page=2"),
        ("/annotations/?page=-3", "/annotations/"),
        ("/annotations/?page=%D9%A3", "/annotations/"),
        ("/annotations/?page=99999999999", "/annotations/"),
        pytest.param(f"/annotations/?page={'9' * 5000}", "/annotations/", id="a number of 5,000 digits"),
        ("/about/?page=2", "/about/"),
        ("/topics/?against=us-code-18", "/topics/"),
        ("/km/topics/?utm_source=x", "/km/topics/"),
    ],
)
def test_a_variant_names_the_page_that_it_is_a_variant_of(client, demonstration, variant, canonical):
    head = head_of(client.get(variant).content.decode())
    assert f'<link rel="canonical" href="http://testserver{canonical}">' in head


# Pages from which links lead to the most variants of themselves.
OF_MANY_VARIANTS = [
    "/laws/kh-cybercrime/2024-leak-en/",
    "/laws/kh-cybercrime/versions/",
    "/compare/kh-cybercrime/2012-v1-en/with/kh-cybercrime/2020-08-en/",
    "/compare/kh-cybercrime/2012-v1-en/with/budapest-convention/2001-en/",
    "/topics/",
    "/annotations/",
    "/search/",
]


@pytest.mark.verify
@pytest.mark.parametrize("path", OF_MANY_VARIANTS)
def test_a_crawler_that_follows_every_variant_finds_no_more_pages_and_starts_nothing(client, demonstration, path):
    """It ignores robots.txt: what it gets is a variant of the page or not to be kept, and no work begins."""
    before = {model: model.objects.count() for model in (Comparison, ClausePair, Entry)}
    waiting, asked, kept = [path, f"{path}?x=1", f"{path}?page=1&page=2&risk=high&view=inline"], set(), set()
    while waiting and len(asked) < 60:
        address = waiting.pop(0)
        asked.add(address)
        response = client.get(address)
        assert response.status_code in {200, 302, 400, 404}, address
        page = response.content.decode()
        head = head_of(page)
        if response.status_code == 200 and "noindex" not in head:
            kept.add(attribute(head, r'<link rel="canonical" href="([^"]*)"'))
        links = {html.unescape(link) for link in re.findall(rf'href="((?:{re.escape(path)})?\?[^"#]*)', page)}
        variants = {link if link.startswith("/") else path + link for link in links}
        waiting += sorted(variants - asked - set(waiting))
    assert len(asked) > 3
    pages = {re.sub(r"\?page=\d+$", "", address) for address in kept}
    assert pages == {f"http://testserver{path}"}
    assert {model: model.objects.count() for model in before} == before


@pytest.mark.parametrize("path", ["/nothing/", "/accounts/login/", "/laws/nothing/", "/compare/a/b/with/c/d/"])
def test_what_is_no_public_page_has_no_address_and_is_kept_by_nobody(client, db, path):
    response = client.get(path)
    head = head_of(response.content.decode())
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert 'rel="canonical"' not in head and "ld+json" not in head and 'content="noindex"' in head


def test_what_was_searched_for_is_not_kept_but_the_search_is(client, demonstration):
    assert "noindex" not in head_of(client.get("/search/").content.decode())
    assert "noindex" in head_of(client.get("/search/?q=access").content.decode())


def test_a_text_says_that_it_is_a_restatement_and_when_a_law_is_no_law(client, demonstration):
    (block,) = blocks_of(head_of(client.get("/laws/kh-cybercrime/2024-leak-en/").content.decode()))
    text = block["@graph"][0]
    assert text["@type"] == "Legislation" and text["inLanguage"] == "en" and text["legislationDate"] == "2024"
    assert text["legislationIdentifier"] == "/akn/kh/bill/2012/kh-cybercrime/eng@2024"
    assert text["legislationJurisdiction"] == {"@type": "Country", "name": "Cambodia"}
    assert text["legislationLegalForce"] == "https://schema.org/NotInForce"
    assert text["legislationLegalValue"] == "https://schema.org/UnofficialLegalValue"
    assert "not its text" in text["disambiguatingDescription"]
    assert text["creativeWorkStatus"] == "Restated in our own words"
    (block,) = blocks_of(head_of(client.get("/laws/us-code-18/2023-en/").content.decode()))
    assert "legislationLegalForce" not in block["@graph"][0]


def test_words_of_a_text_cannot_end_the_data_block(client, store):
    text = store("## Article 1. Aim\n\nThis law has an aim.\n")
    Law.objects.filter(pk=text.law_id).update(title="</script><script>alert(1)</script> & <!--")
    page = client.get(text.get_absolute_url()).content.decode()
    (block,) = blocks_of(head_of(page))
    assert block["@graph"][0]["exampleOfWork"]["name"].startswith("</script>")
    assert "<script>alert" not in page


def test_the_other_forms_of_a_page_are_named_and_there(client, demonstration):
    for path in ("/laws/kh-cybercrime/2024-leak-en/", "/annotations/", "/topics/", "/km/laws/kh-cybercrime/concerns/"):
        head = head_of(client.get(path).content.decode())
        forms = re.findall(r'<link rel="alternate" type="([^"]+)" href="([^"]+)">', head)
        assert len(forms) >= 2, path
        for media, address in forms:
            response = client.get(address)
            assert response.status_code == 200 and response.headers["Content-Type"].split(";")[0] == media, address


def test_an_organisations_page_names_its_own_feed(client, demonstration):
    organisation = Organisation.objects.filter(annotations__isnull=False).first().slug
    head = head_of(client.get(f"/annotations/?organisation={organisation}").content.decode())
    assert f'href="/feeds/organisations/{organisation}.atom"' in head


@pytest.mark.parametrize(("prefix", "language"), [("", "en"), ("/km", "km")])
def test_a_phone_and_a_search_field_know_the_site_in_its_language(client, db, prefix, language):
    manifest = client.get(f"{prefix}/manifest.webmanifest")
    assert manifest.headers["Content-Type"] == "application/manifest+json"
    data = manifest.json()
    assert data["lang"] == language and data["start_url"] == f"{prefix}/"
    assert {"192x192", "512x512", "any"} == {icon["sizes"] for icon in data["icons"]}
    described = ElementTree.fromstring(client.get(f"{prefix}/opensearch.xml").content)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert described.find(f"{space}Language").text == language
    assert described.find(f"{space}Url").get("template") == f"http://testserver{prefix}/search/?q={{searchTerms}}"


# --- Under which address ----------------------------------------------------------------------------------------------


@override_settings(SITE_URL="https://law.example.org", ALLOWED_HOSTS=["law.example.org", "onion.example"])
def test_a_second_host_names_pages_files_and_entries_as_the_first_does(client, demonstration):
    page = client.get("/annotations/", headers={"host": "onion.example"}).content.decode()
    assert '<link rel="canonical" href="https://law.example.org/annotations/">' in page
    for address in ("/feeds/annotations.atom", "/annotations.jsonld", "/sitemap.xml", "/robots.txt", "/opensearch.xml"):
        words = client.get(address, headers={"host": "onion.example"}).content.decode()
        assert "law.example.org" in words and "onion.example" not in words, address


@override_settings(ALLOWED_HOSTS=["law.example.org"])
def test_a_host_that_nobody_allowed_is_answered_with_nothing_of_itself(client, db):
    response = client.get(reverse("robots"), headers={"host": "evil.example"})
    assert response.status_code == 400 and b"evil.example" not in response.content


def test_the_sites_address_is_scheme_and_host_or_refused():
    assert read_site_url("https://law.example.org/") == "https://law.example.org"
    for wrong in ("law.example.org", "https://law.example.org/path", "javascript:alert(1)", "https://a b"):
        with pytest.raises(ImproperlyConfigured):
            read_site_url(wrong)


@pytest.mark.parametrize("path", ["/", "/km/", "/about/"])
def test_a_page_without_a_title_of_its_own_is_shared_under_the_sites_name(client, db, settings, path):
    page = client.get(path).content.decode()
    assert page.count('property="og:title"') == 1
    assert f'<meta property="og:title" content="{settings.SITE_NAME}">' in page
