"""Texts of tens of thousands of clauses, and of thousands of notes: what a page of them costs, and what is refused."""

from __future__ import annotations

import re
from html import unescape
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcompare.accounts.models import VISITOR
from lawcompare.accounts.responses import LongAnswers
from lawcompare.annotations.models import Annotation
from lawcompare.comparisons import elements, rows, versions, views
from lawcompare.comparisons.correcting import forms
from lawcompare.comparisons.correcting import services as correcting
from lawcompare.comparisons.models import Level, MapDecision
from lawcompare.crosswalk.access import visible_correspondences, visible_values
from lawcompare.crosswalk.models import Topic, Value
from lawcompare.crosswalk.services import state_correspondence
from lawcompare.laws import reports, version_page
from lawcompare.laws.citing import Citations
from lawcompare.laws.models import Clause, Origin
from lawcompare.mirror.writing import visit
from lawcompare.sharing import excerpts
from tests.annotations.conftest import make_note, make_notes
from tests.processor_time import at_most

pytestmark = pytest.mark.django_db
MANY, NOTED = 20_000, 4_000


@pytest.fixture
def long_text() -> list[Clause]:
    """Articles of a text that is stored nowhere."""
    article = {"version_id": 1, "element": "article"}
    return [
        Clause(pk=at + 1, eid=f"chp_1__art_{at}", num=f"Article {at}", position=at, end=at + 1, **article)
        for at in range(MANY)
    ]


def test_clauses_are_looked_up_by_number_in_a_step_each(long_text):
    inside = [
        Clause(pk=MANY + at, eid=f"{long_text[-1].eid}__para_{at}", num=f"({at})", parent_id=MANY, position=MANY + at)
        for at in range(1, MANY)
    ]
    citations = Citations(SimpleNamespace(address="long/1"))
    citations.__dict__["_clauses"] = [*long_text, *inside]
    with at_most(2):
        for at in range(NOTED):
            assert citations.find(f"Article {at}").position == at
            assert citations.find(f"art_{at}").position == at
        for at in range(1, NOTED):
            assert citations.find(f"Article {MANY - 1}({at})").num == f"({at})"


def test_the_articles_of_many_clauses_are_found_in_one_walk(store):
    text = store("## Article 1. One\n\nWords.\n", published=False)
    columns = {"version": text, "element": "article", "depth": 0}
    Clause.objects.bulk_create(
        Clause(eid=f"art_{at}", num=f"Article {at}", position=at, end=at + 1, **columns) for at in range(2, NOTED)
    )
    pks = dict(text.clauses.values_list("position", "pk"))
    units = [(pk, at, at + 1, MANY + pk, at, at + 1) for at, pk in pks.items()]
    units += [(-at, MANY + at, MANY + at + 1, None, None, None) for at in range(MANY)]
    pairs = SimpleNamespace(filter=lambda **_which: SimpleNamespace(values_list=lambda *_names: units))
    with at_most(1):
        affected = correcting.affected_clauses(
            SimpleNamespace(pairs=pairs, old_id=text.pk, new_id=0), set(pks.values())
        )
    assert affected == {*pks.values(), *(MANY + pk for pk in pks.values())}


def test_notes_and_values_are_set_beside_their_rows_in_one_walk(long_text, monkeypatch):
    comparison = SimpleNamespace(
        old_id=1, new_id=2, old=SimpleNamespace(is_partial=True), new=SimpleNamespace(is_partial=True)
    )
    pairs = [SimpleNamespace(pk=one.pk, old=one, new=one, level=Level.UNIT) for one in long_text]
    places = [(1, MANY - at, at % 5) for at in range(1, NOTED)]
    notes = [Annotation(clause=long_text[position], slug=str(position)) for _version, position, _risk in places]
    lines = [versions.ArticleLine(one, []) for one in long_text]
    stated = [(position, position) for _version, position, _risk in places]
    monkeypatch.setattr(elements, "_confirmed", lambda *_texts: [stated, stated])
    monkeypatch.setattr(elements, "_compare", lambda *sides: sides)
    with at_most(2):
        noted = rows._articles_with(places, comparison, pairs)
        versions.set_notes(lines, notes)
        found = elements.element_changes(comparison, pairs)
    assert noted == {position + 1: risk for _version, position, risk in places}
    assert [note for line in lines for note in line.notes] == notes[::-1]
    assert found == {position + 1: ([position], [position]) for _version, position, _risk in places}


def test_a_note_stands_in_the_row_of_its_article_and_in_all_of_its_chapter(store):
    text = store(
        "# Chapter 1. One\n\n## Article 1. A\n\nWords.\n\n(1) More.\n\n(2) Less.\n\n## Article 2. B\n\nWords.\n"
    )
    clauses = {clause.eid: clause for clause in text.clauses.all()}
    lines = [versions.ArticleLine(clauses[name], []) for name in ("chp_1__art_1", "chp_1__art_2")]
    notes = [Annotation(clause=clause, slug=eid) for eid, clause in sorted(clauses.items())]
    versions.set_notes(lines, notes)
    for line in lines:
        assert line.notes == [note for note in notes if line.has(note.clause)]
        assert {note.clause.eid for note in line.notes} >= {"chp_1", line.clause.eid}


# --- What one person asks for -----------------------------------------------------------------------------------------


def own(drafts, cast):
    for text in drafts:
        Origin.objects.create(version=text, organisation=cast.centre, confirmation="confirmed")
    return [name for text in drafts for name in (text.law.slug, text.slug)]


def test_more_pairs_than_a_decision_may_have_are_refused_whole(drafts, cast, rita, monkeypatch):
    names = own(drafts, cast)
    monkeypatch.setattr(forms, "PAIRS_MAX", 2, raising=False)
    arts = [f"chp_1__art_{number}" for number in (1, 2)]
    address = reverse("correct", args=names) + "?old=chp_1__art_1&new=chp_1__art_1"
    answer = rita.post(address, {"old": arts, "new": arts, "reason": "All are one."})
    assert answer.status_code == 400 and "No more than 2 pairs are set at once." in answer.content.decode()
    lines = "old,new\n" + "".join(f"Article {one},Article {one}\n" for one in (1, 2, 4))
    table = SimpleUploadedFile("table.csv", lines.encode())
    answer = rita.post(reverse("corrections", args=names), {"table": table, "reason": "As printed."})
    assert answer.status_code == 400 and "The table has more than 2 lines." in answer.content.decode()
    assert not MapDecision.objects.exists()


def test_who_translates_what_is_asked_of_each_pair_once(drafts, cast, long_text, monkeypatch):
    old, new = drafts
    new.translates_id = old.pk
    edges = [(one, Clause(pk=MANY + one.pk)) for one in long_text]
    rows = SimpleNamespace(values_list=lambda *_names: [(one.pk, other.pk) for one, other in edges])
    objects = SimpleNamespace(filter=lambda **_which: rows)
    monkeypatch.setattr(correcting, "ClauseTranslation", SimpleNamespace(objects=objects))
    membership = cast.rita.memberships.get()
    with at_most(1):
        correcting._check_translation(membership, edges[:NOTED], old, new)
        with pytest.raises(correcting.PermissionDenied):
            correcting._check_translation(membership, [*edges[:NOTED], (long_text[0], edges[1][1])], old, new)


def test_what_is_offered_beside_many_clauses_set_together_is_found_in_one_walk(long_text):
    chosen = long_text[:NOTED]
    with at_most(1):
        choice = forms._choice(long_text, chosen, long_text[-1:], chosen[0])
    near = long_text[: NOTED + forms.NEIGHBOURS]
    assert choice.likely == [*near, long_text[-1]], "its neighbours, and what has the number of a partner"


def test_of_a_long_text_what_stands_near_is_offered(drafts, cast, rita, monkeypatch):
    names = own(drafts, cast)
    address = reverse("correct", args=names) + "?old=chp_1__art_1&new=chp_1__art_1"
    assert 'value="chp_1__art_4"' in rita.get(address).content.decode()
    monkeypatch.setattr(forms, "LISTED", 2, raising=False)
    near = rita.get(address).content.decode()
    assert 'value="chp_1__art_2"' in near and 'value="chp_1__art_4"' not in near


def test_of_long_comparisons_and_many_notes_so_many_are_written_in_an_hour(client, drafts, cast, settings, monkeypatch):
    make_notes(drafts, cast)
    monkeypatch.setattr(reports, "ROWS_AT_ONCE", 1, raising=False)
    settings.FILES_PER_HOUR = 1
    pair = reverse("comparison_json", args=["draft", "old", "draft", "new"])
    for address in (pair, reverse("versions_table", args=["draft"]), "/annotations.csv", "/annotations.xlsx"):
        cache.clear()
        answers = [client.get(address, {"page": number}).status_code for number in (1, 2)]
        assert answers == [200, 429], address
        assert visit(address, "http://testserver").body, "the mirror has them all"
    cache.clear()
    monkeypatch.setattr(LongAnswers, "_has_place", lambda *_args: False)
    assert client.get(pair).status_code == 429, "two of a network at once, the first time too"


# --- What is read of the longest texts --------------------------------------------------------------------------------

LONG = "## Article 1. One\n\n" + "\n\n".join(f"({n}) Word{n} stands here." for n in range(1, 10)) + "\n"
GOES_ON = "This row is longer than a page has room for"


@pytest.fixture
def compared(store, django_capture_on_commit_callbacks):
    def compare(old: str, new: str) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            for text, name, date in ((old, "old", "2019"), (new, "new", "2020")):
                store(text, name, date=date, status="official")
        return reverse("comparison", args=["draft", "old", "draft", "new"])

    return compare


@pytest.mark.parametrize(("name", "most"), [("PARTS_MAX", 3), ("LETTERS_MAX", 200), ("LISTED_MAX", 3)])
def test_a_row_longer_than_a_page_prints_its_first_parts_and_leads_on(client, compared, monkeypatch, name, most):
    page = compared(LONG, LONG.replace("here", "there"))
    assert "Word9" in client.get(page).content.decode()
    monkeypatch.setattr(rows, name, most, raising=False)
    for view in ("?view=list",) if name == "LISTED_MAX" else ("", "?view=list", "?view=inline", "?show=all"):
        cache.clear()
        answer = client.get(page + view).content.decode()
        assert GOES_ON in answer and "/laws/draft/new/art_1/" in answer and answer.count(" there") <= 3, view
        assert ("Word1" in answer or "(1)" in answer) and "Word9" not in answer and "(9)" not in answer, view


def test_a_shared_row_shows_what_changed_however_far_down_it_stands(client, compared, monkeypatch):
    compared(LONG, LONG.replace("Word9 stands", "Word9 lies"))
    monkeypatch.setattr(excerpts, "PARTS_MAX", 4, raising=False)
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(reverse("share_row", args=["draft", "old", "draft", "new", "art_1"])).content.decode()
    assert "lies" in answer
    assert any("LIMIT 4" in query["sql"] for query in asked), "no more parts are read than there is room for"


def test_the_map_of_the_longest_texts_has_the_cells_of_the_page_and_the_first_of_others(
    client, compared, settings, monkeypatch
):
    articles = "\n".join(f"## Article {n}. Heading\n\nWord{n} stands here.\n" for n in range(1, 71))
    page = compared(articles, articles.replace("here", "there"))
    settings.ROWS_PER_PAGE = 10
    monkeypatch.setattr(rows, "CELLS_MAX", 20, raising=False)
    answer = client.get(page, {"page": 2}).content.decode()
    cells = re.search(r'<ol class="strip".*?</ol>', answer, re.S)[0]
    assert cells.count("<li>") == 16 and cells.count('href="#') == 10 and "?page=7#art_61" in cells
    assert re.search(r"</div>\s*<ol>(.*?)</ol>", answer, re.S)[1].count("<li>") == 16
    # What is folded fills pages too.
    monkeypatch.setattr(rows, "is_folded", lambda _pair: True)
    monkeypatch.setattr(rows, "is_shown", lambda *_of: False)
    cache.clear()
    answer = client.get(page, {"page": 4}).content.decode()
    assert "Word61" in answer and "Word60" not in answer


def test_texts_too_long_for_one_table_or_answer_are_read_by_pages(client, drafts, monkeypatch):
    monkeypatch.setattr(versions, "PAIRS_MAX", 5, raising=False)
    monkeypatch.setattr(views, "PAIRS_MAX", 5, raising=False)
    pair = reverse("comparison", args=["draft", "old", "draft", "new"])
    for name in ("versions_table", "versions_table_xlsx"):
        assert client.get(reverse(name, args=["draft"])).headers["Location"] == pair
    address = reverse("comparison_json", args=["draft", "old", "draft", "new"])
    answer = client.get(address)
    assert answer.status_code == 400 and "has its pairs by pages" in answer.json()["error"]
    assert b"pairs" in visit(address, "http://testserver").body, "the mirror has it whole"


def test_an_article_longer_than_its_own_page_may_be_is_read_by_pages(client, store, monkeypatch):
    store(LONG, "one")
    monkeypatch.setattr(version_page, "CLAUSE_PAGE_MAX", 4, raising=False)
    answer = client.get("/laws/draft/one/", {"at": "art_1__para_5"}).content.decode()
    assert re.findall(r"Word\d", answer) == ["Word4", "Word5", "Word6", "Word7"]


def test_the_words_of_a_clause_are_read_once_however_many_rows_have_it(drafts, cast):
    """Of 2,000 notes on long clauses a visitor's page took 4.5 GB: each note came with its clause. Tables of notes and
    of values print no words: those of 36 texts were 2 GB.
    """
    clause = drafts[1].clauses.get(eid="chp_1__art_3")
    access = Topic.objects.create(slug="access", title="Access")
    for number, other in enumerate(drafts[0].clauses.filter(element="article")):
        make_note(cast, clause, f"n{number}", "")
        state_correspondence(access, clause, other, "partial", "Why.", "An editor")
        Value.objects.create(clause=clause, version=drafts[1], element=f"e{number}", status="confirmed")
    for found in (
        [note.clause for note in Annotation.objects.for_reading()],
        [note.clause for note in Annotation.objects.for_export()],
        [row.subject for row in visible_correspondences(VISITOR)],
        [value.clause for value in visible_values(VISITOR)],
    ):
        assert len(found) > 2 and len({id(one) for one in found}) == 1
    for found in (Annotation.objects.for_export()[0].clause, visible_values(VISITOR)[0].clause):
        assert found.get_deferred_fields() == {"text"}


def test_a_page_has_room_for_so_many_letters_and_leads_to_the_rest(client, drafts, monkeypatch):
    first, *_others, last = drafts[1].clauses.filter(element="article").exclude(text="")
    page = lambda: client.get(drafts[1].get_absolute_url()).content.decode()  # noqa: E731
    assert last.text[:30] in unescape(page()) and "This page is full" not in page()
    room = len(first.text) + sum(len(one.heading) for one in drafts[1].clauses.filter(position__lte=first.position))
    monkeypatch.setattr("lawcompare.annotations.html.LETTERS_ON_PAGE", room)
    html = unescape(page())
    assert first.text[:30] in html and last.text[:30] not in html
    assert f'<a href="{last.get_absolute_url()}">This page is full' in html
