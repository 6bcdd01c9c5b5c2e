"""Notes where the words stand: one mark for words that overlap, and filters in the address."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from lawcompare.annotations.models import Annotation, Category
from lawcompare.publishing.models import Carried, Carrying
from lawcompare.site.demonstration import load_categories
from tests.conftest import OLD_DRAFT
from tests.core.making import made
from tests.proposals import confirm_all
from tests.world import made_once

pytestmark = pytest.mark.django_db


def marks(html: str) -> list[str]:
    """The annotated runs of a page, and ``*n`` for each mark that leads to n notes."""
    runs = re.findall(
        r'<mark class="r(\d)">(.*?)</mark>|<a class="ref r\d" href="#(note-[\w-]+)"[^>]*?(?: data-count="(\d+)")?>',
        html,
    )
    return [f"*{count or 1}" if name else words for _risk, words, name, count in runs]


@pytest.fixture
@made_once
def crossing(write):
    """Three notes on words that cross and nest, and one that stands apart."""
    return [
        write("published", exact="publishes content deemed", risk=2, body="Of publishing."),
        write("published", exact="content deemed to hinder", risk=4, body="Of hindering."),
        write("published", exact="deemed", risk=1, body="Of deeming."),
        write("published", exact="a fine", risk=3, body="Of the fine."),
    ]


def test_words_that_cross_and_nest_are_cut_and_one_mark_leads_to_all_their_notes(client, clause, crossing):
    html = client.get(clause.version.get_absolute_url()).content.decode()
    assert marks(html) == ["publishes ", "content ", "deemed", " to hinder", "*3", "a fine", "*1"]
    bare = re.sub(r'<a class="ref.*?</a>', "", html)
    assert re.sub(r"<[^>]+>", "", bare).count(clause.text.split("\n")[0]) >= 1, "no letter of the law is lost"
    links = re.findall(r'class="ref r(\d)" href="#(note-[\w-]+)"', html)
    assert [risk for risk, _name in links] == ["4", "3"]
    for _risk, name in links:
        assert f'id="{name}"' in html
    group = html[html.index('class="overlap"') :]
    together = group[: group.index("</div>")]
    assert [body in together for body in ("Of publishing.", "Of hindering.", "Of deeming.", "Of the fine.")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_the_comparison_marks_them_too(client, drafts, write):
    old, _new = drafts
    clause = old.clauses.get(num="Article 2")
    for words in ("content deemed", "deemed to hinder"):
        write("published", on=clause, exact=words)
    html = client.get("/compare/draft/old/with/draft/new/?show=all").content.decode()
    assert "*2" in marks(html) and "*1" not in marks(html)
    assert html.count('class="overlap"') == 1


@pytest.fixture
@made_once
def various(write, clause, cast):
    vague = Category.objects.create(code="VAGUE", label="Vagueness")
    broad = Category.objects.create(code="BROAD", label="Overbreadth")
    write("published", exact="content", risk=4, body="First note.", relations={"categories": [vague]})
    write("published", exact="country", risk=2, body="Second note.", relations={"categories": [vague, broad]})
    write("published", exact="a fine", risk=4, body="Third note.", who=cast.charlie, relations={"categories": [broad]})


FILTERS = {
    "": [1, 2, 3],
    "risk=critical": [1, 3],
    "risk=critical&risk=medium": [1, 2, 3],
    "category=VAGUE": [1, 2],
    "organisation=others": [3],
    "risk=critical&category=VAGUE&organisation=centre": [1],
    "risk=low": [],
    "risk=&category=&organisation=": [1, 2, 3],
    "risk=banana": [1, 2, 3],
    "category=%00": [1, 2, 3],
    "organisation=nobody": [],
}


@pytest.mark.parametrize("page", ["list", "version", "clause", "comparison"])
def test_notes_are_filtered_in_the_address_and_the_hidden_counted(client, store, clause, various, page):
    addresses = {"list": reverse("annotations"), "version": clause.version.get_absolute_url()}
    addresses["clause"] = clause.get_absolute_url()
    if page == "comparison":
        other = store("## Article 2. Publications\n\nWhoever publishes content is fined.\n", "new")
        from lawcompare.comparisons.services import request_comparison
        from lawcompare.core.jobs.runner import run_now

        run_now(request_comparison(clause.version, other).job)
        addresses["comparison"] = "/compare/draft/old/with/draft/new/"
    found = {}
    for query, wanted in FILTERS.items():
        html = client.get(addresses[page] + "?" + query).content.decode()
        found[query] = [n for n, word in enumerate(["First", "Second", "Third"], 1) if f"{word} note." in html]
        hidden = 3 - len(wanted)
        counted = f"{len(wanted)} of 3 notes shown, {hidden} hidden" in html
        assert counted or (not hidden and ("0 hidden" in html or "Filter " in html)), query
    assert found == FILTERS


def test_the_filter_keeps_the_address_and_counts_no_draft_of_another(client, clause, various, cast, write):
    html = client.get(clause.version.get_absolute_url() + "?at=" + clause.eid + "&risk=critical").content.decode()
    assert f'<input type="hidden" name="at" value="{clause.eid}">' in html
    assert 'name="risk" value' not in html and re.search(r'<option\s+value="critical"[^>]*\sselected\s*>', html)
    write(exact="publishes", body="A draft.")
    html = client.get(reverse("annotations") + "?risk=medium").content.decode()
    assert "1 of 3 notes shown, 2 hidden" in html


KIND = {
    "label": "Vague words",
    "label_km": "ពាក្យមិនច្បាស់",
    "question": "Can one tell?",
    "question_km": "តើអាចដឹងទេ?",
}


def test_an_editor_changes_a_kind_of_risk_in_both_languages_and_the_change_is_kept(client, cast):
    Category.objects.create(code="VAGUE", label="Vagueness")
    client.force_login(cast.eve)
    address = reverse("kind_edit", args=["VAGUE"])
    assert client.post(address, KIND).status_code == 302
    client.post(address, KIND)  # nothing new, nothing noted
    change = Category.objects.get().changes.get()
    assert (change.before["label"], change.after["label"], change.organisation) == (
        "Vagueness", "Vague words", cast.centre,
    )  # fmt: skip
    assert "The Centre" in client.get(address).content.decode()
    confirm_all(cast.sara)
    client.logout()
    assert "Can one tell?" in client.get(reverse("kinds")).content.decode()
    assert "តើអាចដឹងទេ?" in client.get("/km/annotations/kinds/").content.decode()


def test_a_kind_is_added_and_its_history_begins(eve, cast):
    Category.objects.create(code="VAGUE", label="Vagueness", position=7)
    response = eve.post(reverse("kind_add"), KIND | {"code": "LEAKS"})
    added = Category.objects.exclude(code="VAGUE").get()
    assert response["Location"] == reverse("kind_edit", args=[added.code])
    assert "The Centre" in eve.get(response["Location"]).content.decode()
    confirm_all(cast.sara)
    added.refresh_from_db()
    assert added.code == "LEAKS" and added.position == 8 and added.label_km == KIND["label_km"]
    load_categories()
    assert Category.objects.get(code="LEAKS").label == KIND["label"], "loading the demonstration leaves it alone"


def test_a_kind_with_no_name_or_a_short_one_that_cannot_be_is_refused(eve, subtests):
    Category.objects.create(code="VAGUE", label="Vagueness")
    for code in ["", "VAGUE", "vague", "A B", "<b>", "ល", "A" * 13, "../X"]:
        with subtests.test(code=code):
            assert eve.post(reverse("kind_add"), KIND | {"code": code}).status_code == 400
            assert eve.post(reverse("kind_edit", args=["VAGUE"]), KIND | {"label": ""}).status_code == 400
            assert eve.post(reverse("kind_edit", args=["NONE"]), KIND).status_code == 404
            assert Category.objects.count() == 1


def test_a_retired_kind_stays_on_old_notes_and_leaves_the_form(client, cast, clause, write):
    vague = Category.objects.create(code="VAGUE", label="Vagueness")
    old = write("published", exact="content", relations={"categories": [vague]})
    edit = reverse("kind_edit", args=["VAGUE"])
    client.force_login(cast.eve)
    assert client.post(edit, {"label": "Vagueness", "is_retired": "on"}).status_code == 302
    confirm_all(cast.sara)
    assert "no longer in use" in client.get(edit).content.decode()
    client.force_login(cast.alice)
    new = reverse("annotate", args=[clause.version.law.slug, clause.version.slug, clause.eid])
    assert 'name="categories"' not in client.get(new).content.decode()
    form = {"exact": "country", "risk": "2", "motivation": "assessing", "body": "Why.", "categories": [vague.code]}
    assert client.post(new, form).status_code == 400, "nor is it taken"
    assert 'name="categories"' in client.get(reverse("annotation_edit", args=[old.slug])).content.decode()
    assert list(old.categories.all()) == [vague]
    assert "no longer in use" in client.get(reverse("kinds")).content.decode()
    client.force_login(cast.eve)
    client.post(edit, {"label": "Vagueness"})
    confirm_all(cast.sara)
    assert not Category.objects.get().is_retired and Category.objects.get().changes.count() == 2


WORKSPACE = "/workspace/"


@pytest.fixture
@made_once
def notes(cast, drafts, store):
    """Three of Alice's: a draft and one handed in on a law, and a grave one handed in on another."""
    other = store(OLD_DRAFT, law="other")
    rows = [("first", drafts[0], 2, "draft"), ("second", drafts[0], 2, "submitted"), ("third", other, 4, "submitted")]
    for slug, version, risk, status in rows:
        Annotation.objects.create(
            slug=slug, body=f"The {slug} note.", body_html=f"The {slug} note.", risk=risk, status=status,
            version=version, clause=version.clauses.get(num="Article 1"), organisation=cast.centre, creator=cast.alice,
        )  # fmt: skip


def shown(client, path: str = WORKSPACE, part: str = "mine") -> set[str]:
    html = client.get(path).content.decode()
    section = re.split(r'<section class="section" id="', html)
    (own,) = [one for one in section if one.startswith(f'{part}"')]
    return set(re.findall(r"/annotations/(first|second|third)/", own))


def test_a_filter_stands_in_the_address_and_says_how_many_it_hides(notes, alice):
    assert shown(alice) == {"first", "second", "third"}
    assert shown(alice, f"{WORKSPACE}?status=submitted&law=&risk=critical") == {"third"}
    page = alice.get(f"{WORKSPACE}?status=submitted&risk=critical").content.decode()
    assert "2 annotations are hidden by this filter." in page and "Clear the filter" in page
    assert shown(alice, f"{WORKSPACE}?law=draft") == {"first", "second"}
    assert shown(alice, f"{WORKSPACE}?law=") == shown(alice) == {"first", "second", "third"}


def test_what_waits_has_a_filter_of_its_own_and_each_form_keeps_the_other(notes, rita):
    assert shown(rita, part="waiting") == {"second", "third"}
    assert shown(rita, f"{WORKSPACE}?waiting_law=draft&status=draft", "waiting") == {"second"}
    page = rita.get(f"{WORKSPACE}?waiting_risk=low&law=draft").content.decode()
    assert "2 annotations are hidden by this filter." in page
    assert re.search(r'type="hidden"\s+name="law"\s+value="draft"', page)
    assert re.search(r'type="hidden"\s+name="waiting_risk"\s+value="low"', page)
    assert 'href="/workspace/?law=draft#waiting"' in page and 'href="/workspace/?waiting_risk=low#mine"' in page


def test_after_a_decision_the_lists_are_narrowed_as_before(notes, rita):
    page = rita.get(f"{WORKSPACE}?waiting_law=draft").content.decode()
    address = f"{reverse('annotations_decide')}?waiting_law=draft"
    assert f'action="{address}"' in page
    revision = Annotation.objects.get(slug="second").revision
    answer = rita.post(address, {"note": f"second:{revision}", "reason": "Say more.", "return": "1"})
    assert answer.headers["Location"] == f"{WORKSPACE}?waiting_law=draft#waiting"


def test_the_queue_of_a_later_text_has_its_filter_in_the_address(notes, drafts, rita):
    Annotation.objects.filter(slug="first").update(status="published", published_at="2021-01-01T00:00:00Z")
    carrying = made(Carrying, old=drafts[0], new=drafts[1], state="done")
    row = Carried.objects.create(
        carrying=carrying, annotation=Annotation.objects.get(slug="first"), verdict="lost", decided_by=None
    )
    address = reverse("carrying", args=[carrying.pk])
    page = rita.get(f"{address}?show=lost").content.decode()
    decide = f"{reverse('carried_decide', args=[row.pk])}?show=lost"
    assert "hidden by this filter" in page and f'action="{decide}"' in page
    assert "hidden by this filter" not in rita.get(address).content.decode()
    assert rita.post(decide, {"do": "gone"}).headers["Location"] == f"{address}?show=lost"
