"""Who speaks on a fresh site: its editors alone, with what they restate; no invented voice in anything public."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from html import unescape
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import override_settings

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import EDITORS, Membership, Organisation, Role, User
from lawcompare.accounts.services import add_member
from lawcompare.annotations.models import Annotation
from lawcompare.api.datasets.tables import TABLES
from lawcompare.memos.services import candidates
from lawcompare.mirror.search_index import texts as mirrored_texts
from tests.site.test_discovery import blocks_of, sitemap_addresses
from tests.test_planted_names import kind_of, links

pytestmark = pytest.mark.django_db
# What the demonstration once put into the mouths of others, and what says that a person did what nobody did.
INVENTED = re.compile(
    r"Demonstration (?:analyst|Centre|Digital|Industry|Law Clinic)|demo-(?:centre|digital|industry|law)|Lantern Society"
    r"|lawcompare editors|Human decision|(?:មជ្ឈមណ្ឌល|ក្រុម|វេទិកា|គ្លីនិកច្បាប់)គំរូ|អ្នករៀបរៀង lawcompare|\(ការបង្ហាញគំរូ\)"
    r"|confirmed by a second person: read twice|[Cc]ivil society organisations say"
)
NOTE, SOURCE = "/annotations/d2020-40-vague", "https://www.hrw.org/news/2020/11/13/cambodia-scrap-draft-cybercrime-law"
VOICE = "Editors of the site, restating Human Rights Watch, 13 November 2020"
A_KIND = 1  # pages of a kind are made alike; the data set and the texts of a mirror have every row


@pytest.fixture(autouse=True)
def one_visitor_may_have_everything(settings):
    settings.FILES_PER_HOUR = settings.SEARCHES_PER_MINUTE = settings.CARDS_PER_HOUR = 10_000
    yield
    cache.clear()  # what was asked for here counts in no other test


def public(client) -> list[tuple[str, str]]:
    """(address, words) of what a visitor finds: the site map, and what the pages there offer as links and files."""
    waiting = [f"{NOTE}/", f"/km{NOTE}/"]
    waiting += [address.removeprefix("http://testserver") for address in sitemap_addresses(client)]
    waiting += ["/km/", "/styleguide/", "/km/styleguide/", "/api/v1/openapi.json", "/api/v1/annotations", "/robots.txt"]
    seen, kinds, answers = set(), Counter(), []
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if path in seen or kinds[kind] >= A_KIND:
            continue
        kinds[kind] += 1
        seen.add(path)
        answer = client.get(path)
        if answer.status_code != 200:
            continue
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers.append((path, words_of(body)))
        if "html" in answer["Content-Type"]:
            waiting += [one for one in links(path, body.decode()) if one not in seen]
    return answers


def words_of(body: bytes) -> str:
    """The text of an answer, or of all that is in a file of Word or of a spreadsheet."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(BytesIO(body)) as packed:
        return " ".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())


@pytest.mark.verify
def test_no_invented_voice_stands_in_anything_public(client, demonstration):
    answers = [
        *public(client),
        ("mirror", repr(list(mirrored_texts()))),
        ("data", repr([[*table.rows()] for table in TABLES])),
    ]
    paths = {path for path, _words in answers}
    for part in (NOTE, "/km" + NOTE, "/feeds/", ".jsonld", "/api/v1/", ".docx", ".xlsx", ".csv", "/share/", ".svg"):
        assert any(part in path for path in paths), part
    assert [(path, match[0]) for path, words in answers if (match := INVENTED.search(words))] == []


def test_a_note_says_everywhere_who_wrote_it_what_it_restates_and_when(client, demonstration):
    page = client.get(f"{NOTE}/").content.decode()
    assert VOICE in page and f'href="{SOURCE}"' in page and "<dd>24 November 2026</dd>" in page
    assert "author = {{Editors of the site}}" in page and "year = {2026}" in page
    assert "note = {{restating Human Rights Watch, 13 November 2020, Cambodia: Scrap" in page
    data = next(block["@graph"][0] for block in blocks_of(page))
    facts = ("Editors of the site", SOURCE, "2026-11-24", "2026-11-24")
    assert (data["author"]["name"], data["isBasedOn"], data["datePublished"], data["dateModified"]) == facts
    data = client.get(f"{NOTE}.jsonld").json()
    assert data["creator"]["name"] == "Editors of the site" and data["published"] == "2026-11-24T00:00:00Z"
    restated = data["dcterms:source"]
    assert (restated["publisher"], restated["date"], restated["id"]) == ("Human Rights Watch", "2020-11-13", SOURCE)
    data = client.get(f"/api/v1{NOTE}").json()
    assert (data["organisation"], data["organisation_name"]) == ("editors", "Editors of the site")
    feed = client.get("/feeds/annotations.atom").content.decode()
    assert "<name>Editors of the site</name>" in feed and f'href="{SOURCE}"' in unescape(feed)
    assert set(re.findall("<(?:published|updated)>(.*?)T", feed)) == {"2026-11-24", "2026-11-25", "2026-11-29"}
    for path in ("/", "/laws/kh-cybercrime/concerns/", "/laws/kh-cybercrime/2020-08-en/", "/annotations/"):
        assert "restating " in client.get(path).content.decode(), path
    for path in (f"/embed{NOTE}/", "/laws/kh-cybercrime/concerns.csv", "/laws/kh-cybercrime/versions/"):
        assert VOICE in client.get(path).content.decode(), path
    assert VOICE in words_of(client.get("/laws/kh-cybercrime/concerns.xlsx").content)
    hits = client.get("/search/?q=“Human Rights Watch”&kind=annotation").content.decode()
    assert "restating Human Rights Watch, 13 November 2020" in re.sub("<[^>]+>", "", hits)
    assert candidates(AnonymousUser(), {"note": "d2020-40-vague"})[0].startswith(f"{VOICE}: Article 40")
    assert VOICE in {text.title for text in mirrored_texts()}
    khmer = re.sub("<[^>]+>", "", client.get(f"/km{NOTE}/").content.decode())
    assert "អ្នករៀបរៀងគេហទំព័រ, រៀបរាប់តាម Human Rights Watch" in khmer


def test_a_note_of_the_editors_without_a_source_is_their_judgement_and_one_of_an_organisation_is_its_own(cast):
    assert Annotation(organisation=cast.centre).voice == "The Centre"
    assert Annotation(organisation=Organisation(slug=EDITORS, name="Editors of the site")).voice == (
        "Editors of the site, editors’ judgement"
    )


def test_staff_alone_act_for_the_editors_of_the_site(cast):
    editors = Organisation.objects.create(slug=EDITORS, name="Editors of the site")
    for role in Role.values:
        Membership.objects.update_or_create(user=cast.bob, organisation=editors, defaults={"role": role})
        assert membership_of(User.objects.get(pk=cast.bob.pk)) is None, role
    with pytest.raises(ValidationError, match="Only staff"):
        add_member(cast.eve.email, editors, Role.EDITOR)
    add_member(cast.sara.email, editors, Role.EDITOR)
    assert membership_of(User.objects.get(pk=cast.sara.pk)).organisation == editors


def test_no_organisation_takes_the_place_of_the_editors():
    with pytest.raises(CommandError, match="Only staff"):
        call_command("add_member", "new@example.org", organisation="Editors", name="A Centre", role="editor")
    assert not Organisation.objects.exists() and not User.objects.exists()


def test_the_demonstration_has_nobody_who_runs_it_and_about_says_so_until_somebody_is_named(client, demonstration):
    assert [(row.slug, row.memberships.count()) for row in Organisation.objects.all()] == [("editors", 0)]
    assert "Nobody yet: it is a demonstration." in client.get("/about/").content.decode()
    with override_settings(OPERATOR="The Centre & Friends"):
        assert "<p>The Centre &amp; Friends</p>" in client.get("/about/").content.decode()
