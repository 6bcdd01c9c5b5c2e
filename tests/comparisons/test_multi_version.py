"""Several texts of one law side by side: every row says of every text how it stands to the base."""

from __future__ import annotations

import io
import zipfile
from itertools import pairwise

import pytest

from lawcompare.accounts.models import VISITOR
from lawcompare.comparisons.access import drafts_of_law, third_texts
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.versions import columns_of, lines_of
from lawcompare.laws.access import visible_versions
from lawcompare.laws.models import Origin, Version
from lawcompare.publishing.services import publish
from tests.annotations.conftest import make_note
from tests.conftest import NEW_DRAFT
from tests.world import made_once

pytestmark = pytest.mark.django_db

THIRD = NEW_DRAFT.replace("at least 180 days", "at least one year").replace(
    "## Article 4. Entry into force\n\nThis law enters into force thirty days after it is signed.\n", ""
)


@pytest.fixture
@made_once
def three(store, drafts, django_capture_on_commit_callbacks):
    """The two drafts and a third, each compared with the one before."""
    with django_capture_on_commit_callbacks(execute=True):
        last = store(THIRD, "third", date="2021")
    return [*drafts, last]


def table(base: Version, versions: list[Version]) -> dict[str, list[str]]:
    columns = columns_of(base, versions)
    return {str(line.name): [cell.look for cell in line.cells] for line in lines_of(columns)}


def test_each_text_is_set_against_the_base_and_what_it_alone_has_stands_where_it_belongs(three):
    new = three[1]
    assert table(new, three) == {
        "Article 1 Illegal access": ["unchanged", "base", "unchanged"],
        "Article 2 Data retention": ["unknown", "base", "changed"],
        "Article 3 Publications": ["changed", "base", "unchanged"],
        # These texts are known in part only: nothing is called new or gone.
        "Article 3 Interception": ["unknown", "base", "none"],
        "Article 4 Entry into force": ["unchanged", "base", "unknown"],
    }
    names = list(table(three[1], three))
    assert names.index("Article 3 Interception") == names.index("Article 3 Publications") + 1


def test_a_comparison_read_backwards_takes_out_what_only_the_base_has(three):
    old, new, _third = three
    columns = columns_of(new, [old, new])
    line = next(one for one in lines_of(columns) if str(one.name) == "Article 3 Publications")
    runs = [run for _number, piece in line.cells[0].pieces for run in piece]
    joined = {op: "".join(words for one, words, _noise in runs if one == op) for op in ("insert", "delete")}
    assert "1,000,000" in joined["insert"] and "10,000,000" in joined["delete"]
    ops = [op for op, _words, _noise in runs]
    assert ("insert", "delete") not in pairwise(ops)


def test_the_page_shows_rows_hides_what_is_the_same_and_says_how_many(client, three):
    page = client.get("/laws/draft/versions/?base=new")
    html = page.content.decode()
    assert page.status_code == 200 and not page.cookies
    assert "Data retention" in html and "Illegal access" not in html.split("<tbody>")[1]
    # What is reported of one text alone is shown, though nothing is said to have changed.
    assert "Interception" in html and "1 row is not shown" in html
    assert "Illegal access" in client.get("/laws/draft/versions/?base=new&show=all").content.decode()


def test_one_clause_or_the_articles_of_a_chapter_through_all_texts(client, three):
    eid = three[1].clauses.get(heading="Publications").eid
    page = client.get(f"/laws/draft/versions/?base=new&clause={eid}").content.decode().split("<tbody>")[1]
    assert page.count("<tr>") == 1 and "Publications" in page
    page = client.get("/laws/draft/versions/?base=new&clause=chp_1").content.decode().split("<tbody>")[1]
    articles = three[1].clauses.filter(element="article").count()
    assert page.count("<tr>") == articles > 1 and "Publications" in page and "Data retention" in page


def test_texts_not_yet_compared_are_asked_for_from_the_page(client, three, django_capture_on_commit_callbacks):
    old, _new, third = three
    address = "/laws/draft/versions/?base=old"
    assert "1 text was not yet compared" in client.get(address).content.decode()
    assert client.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 302
    assert Comparison.objects.filter(old=old, new=third, finished_at__isnull=False).exists()
    assert "not yet compared" not in client.get(address).content.decode()


def test_by_concern_rows_with_a_published_note_come_gravest_first_and_a_spreadsheet_has_all(client, three, cast):
    make_note(cast, three[0].clauses.get(heading="Interception"), "one", "", risk=2)
    make_note(cast, three[1].clauses.get(heading="Publications"), "two", "", risk=4)
    page = client.get("/laws/draft/versions/?base=new&by=concern").content.decode().split("<tbody>")[1]
    assert page.index("Publications") < page.index("Interception") and "Data retention" not in page
    answer = client.get("/laws/draft/versions.xlsx?base=new&show=all")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        words = book.read("xl/sharedStrings.xml").decode()
    assert answer.status_code == 200
    assert "at least one year" in words and "Interception" in words and "draft new (base)" in words


def test_what_is_unknown_in_the_address_is_no_error(client, three, subtests):
    for query in ["base=nothing", "text=x&text=y", "page=x", "clause=nowhere", "by=nothing", "text=%00"]:
        with subtests.test(query=query):
            assert client.get(f"/laws/draft/versions/?{query}").status_code == 200


def test_a_draft_that_is_not_public_is_in_no_table(client, store, three):
    store(NEW_DRAFT, "secret", date="2022", published=False)
    assert "secret" not in client.get("/laws/draft/versions/").content.decode()
    assert client.get("/laws/nothing/versions/").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_rows(client, three, django_assert_max_num_queries):
    with django_assert_max_num_queries(19):
        client.get("/laws/draft/versions/?base=new&show=all")


def test_a_correction_that_is_private_or_merely_proposed_takes_no_text_from_beside_the_rows(three, cast, store):
    old, new, third = three

    def beside() -> list[str]:
        texts = visible_versions(VISITOR).filter(law=new.law).order_by("date")
        return list(dict(third_texts(drafts_of_law(VISITOR, old, new, texts), old, new)))

    correction = store(THIRD, "correction", date="2021", published=False)
    Origin.objects.create(version=correction, organisation=cast.centre)
    Version.objects.filter(pk=correction.pk).update(corrects=third)
    assert "third" in beside()
    publish(Version.objects.get(pk=correction.pk))  # another organisation's, it remains a proposal
    assert "third" in beside()
    Origin.objects.filter(version=correction).delete()
    assert "third" not in beside()
