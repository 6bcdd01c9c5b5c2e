"""The pages that carry a card and lead on, and what other sites may show in a frame."""

from __future__ import annotations

import re
from itertools import product

import pytest

from lawcompare.laws.models import Version
from lawcompare.laws.services import Import, import_law
from lawcompare.publishing.services import publish
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.sharing.conftest import SUBJECT

pytestmark = pytest.mark.django_db
ROW = "compare/draft/old/with/draft/new/chp_1__art_3/"
CLAUSE = "laws/draft/old/chp_1__art_2/"
KINDS = [ROW, CLAUSE, SUBJECT, "laws/draft/concerns/"]


def meta(page: str, name: str) -> str:
    content = re.search(rf'<meta (?:property|name)="{name}" content="([^"]*)">', page)
    assert content, name
    return content[1]


def test_a_shared_page_has_its_card_and_leads_on(client, drafts, subject, subtests):
    for prefix, path in product(("", "/km"), KINDS):
        with subtests.test(prefix=prefix, path=path):
            response = client.get(f"{prefix}/share/{path}")
            page = response.content.decode()
            card = meta(page, "og:image")
            assert card == f"http://testserver{prefix}/share/{path[:-1]}.png" and client.get(card).status_code == 200
            assert meta(page, "og:url") == f"http://testserver{prefix}/share/{path}"
            assert meta(page, "og:title") and meta(page, "og:description") and meta(page, "twitter:card")
            onwards = re.search(r'<a class="button primary" href="([^"#]+)', page)
            assert onwards and client.get(onwards[1]).status_code == 200
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin" and not response.cookies


def test_what_is_copied_reads_well_as_plain_text(client, drafts):
    page = client.get(f"/share/{CLAUSE}").content.decode()
    message = re.search(r"<pre[^>]*data-copy[^>]*>(.*?)</pre>", page, re.S)
    assert message
    quote, where, link = message[1].split("\n")
    assert quote.startswith("“Whoever publishes content deemed") and quote.endswith("”")
    assert where == "— Article 2. Publications · draft old · Leaked text"
    assert link == f"http://testserver/share/{CLAUSE}"


def test_every_page_has_a_card(client, drafts, subtests):
    for path in ["/laws/draft/old/chp_1__art_2/", "/laws/draft/concerns/", "/laws/draft/old/", "/"]:
        with subtests.test(path=path):
            page = client.get(path).content.decode()
            assert page.count('property="og:image"') == 1
            assert client.get(meta(page, "og:image")).headers["Content-Type"] == "image/png"


def test_each_row_of_a_comparison_leads_to_where_it_is_shared(client, drafts):
    page = client.get("/compare/draft/old/with/draft/new/?show=all").content.decode()
    links = re.findall(r'href="(/share/compare/[^"]+)"', page)
    assert f"/share/{ROW}" in links
    assert {client.get(link).status_code for link in links} == {200}


def test_each_subject_of_two_laws_leads_to_where_it_is_shared(client, subject):
    page = client.get("/compare/one/old/with/two/new/").content.decode()
    assert f'href="/share/{SUBJECT}"' in page
    shared = client.get(f"/share/{SUBJECT}").content.decode()
    assert "Broader: Article 2. Publications – Article 3. Publications" in shared
    assert "It reaches more than its model." in shared and "Chan Dara" in shared
    assert 'href="/compare/one/old/with/two/new/#speech"' in shared


def test_a_subject_of_a_private_text_is_shared_with_nobody(client, store, subject):
    store(NEW_DRAFT, "hidden", law="three", published=False)
    for address in ("compare/one/old/with/three/hidden/subjects/speech", "compare/one/old/with/two/new/subjects/no"):
        assert client.get(f"/share/{address}/").status_code == 404
        assert client.get(f"/share/{address}.png").status_code == 404
        assert client.get(f"/embed/{address}/").status_code == 404


def test_an_embed_may_be_framed_and_says_where_it_is_from(client, drafts, subject, subtests):
    for path in KINDS:
        with subtests.test(path=path):
            response = client.get(f"/embed/{path}")
            page = response.content.decode()
            assert "frame-ancestors *" in response.headers["Content-Security-Policy"]
            assert "X-Frame-Options" not in response.headers and not response.cookies
            assert "<script" not in page and "<form" not in page and "<img" not in page
            assert ">testserver</b>" in page and 'href="http://testserver/' in page
            assert 'name="robots" content="noindex"' in page
            assert set(re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)) == {"/static/css/embed.css"}
            assert len(response.content) < 10_000


def test_a_page_that_lies_about_its_frame_puts_no_word_into_it(client, drafts):
    """Nothing that the page around it says, or the address it asks for, changes what the frame says of itself."""
    honest = client.get(f"/embed/{CLAUSE}").content.decode()
    lies = {"Referer": "https://ministry.example/law-in-force", "Origin": "https://ministry.example"}
    lying = client.get(f"/embed/{CLAUSE}?host=ministry.example&title=In+force&status=official", headers=lies)
    assert lying.content.decode() == honest and "ministry" not in honest
    assert ">testserver</b>" in honest and "Leaked text" in honest
    assert not re.search(r'target="_(?:top|parent|self)"', honest), "its links open beside the page that lies"


def test_nothing_else_may_be_framed(client, drafts, subtests):
    shared = [f"/{CLAUSE}", f"/share/{CLAUSE}", "/share/site.png"]
    for path in ["/", "/laws/", *shared, "/accounts/login/", "/embed/laws/no/1/a/"]:
        with subtests.test(path=path):
            response = client.get(path)
            assert "frame-ancestors 'none'" in response.headers["Content-Security-Policy"]
            assert response.headers["X-Frame-Options"] == "DENY"


def test_cards_and_embeds_alone_may_be_fetched_from_elsewhere(client, drafts, subtests):
    elsewhere, nowhere = ["/share/site.png", f"/embed/{ROW}"], ["/icon", "/", "/laws/draft/concerns.svg"]
    policies = dict.fromkeys(elsewhere, "cross-origin") | dict.fromkeys(nowhere, "same-origin")
    for path, policy in policies.items():
        with subtests.test(path=path, policy=policy):
            assert client.get(path).headers["Cross-Origin-Resource-Policy"] == policy


def test_an_embed_of_a_text_that_was_corrected_says_since_when(client, drafts):
    assert "Superseded" not in client.get("/embed/laws/draft/new/chp_1__art_1/").content.decode()
    old = client.get(f"/embed/{CLAUSE}").content.decode()
    assert "Superseded: since 2020 there is a newer text, “draft new”." in old
    correct(drafts[1])
    page = client.get("/embed/laws/draft/new/chp_1__art_1/").content.decode()
    assert re.search(r"Superseded on \d+ \w+ \d{4}: this text was corrected by “draft new-2”\.", page)
    assert 'href="/laws/draft/new-2/"' in page


def correct(text: Version) -> None:
    words = OLD_DRAFT.replace("one year", "two years")
    front = FRONT.format(law="draft", version="new-2", title="draft new-2", date="2020")
    front = front.replace("text_status:", "corrects: draft/new\ntext_status:")
    publish(import_law(Import((front + words).encode(), "new-2.md")).version)
    assert Version.objects.get(slug="new-2").corrects == text
