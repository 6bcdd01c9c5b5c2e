"""“Did the risk survive?”: what people judged, apart from what a program found, and counted honestly."""

import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone, translation

from lawcompare.accounts.models import VISITOR
from lawcompare.annotations.models import Annotation, Category, NoteStatus
from lawcompare.annotations.services import content_of, with_content
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.correcting.services import set_together
from lawcompare.core.jobs.models import Job
from lawcompare.crosswalk.models import Topic
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.laws import reports
from lawcompare.laws.models import Law, Version
from lawcompare.publishing.carrying_forward.services import close, confirm, in_order, record_outcome, take_up
from lawcompare.publishing.concerns import views
from lawcompare.publishing.concerns.chart_svg import DARK, LIGHT, STATES
from lawcompare.publishing.concerns.outcomes import rows_in_other_law, survival
from lawcompare.publishing.models import Carried, Carrying
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import decide
from tests.publishing.test_carrying import KEPT, publish_note
from tests.world import made_once

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
@made_once
def three_texts(store, cast, django_capture_on_commit_callbacks):
    """Concerns of the Centre (two) and the Others (one) on the first of three drafts, carried to the next two."""
    old = store(OLD_DRAFT, "old", date="2019")
    clause = old.clauses.get(num="Article 2")
    vague = Category.objects.create(code="VAGUE", label="Vagueness", label_km="ភាពមិនច្បាស់លាស់")
    publish_note(clause, cast.centre, KEPT, "kept").categories.add(vague)
    publish_note(old.clauses.get(num="Article 3"), cast.centre, "", "gone")
    publish_note(clause, cast.others, "publishes content", "theirs")
    with django_capture_on_commit_callbacks(execute=True):
        store(NEW_DRAFT, "new", date="2020")
    with django_capture_on_commit_callbacks(execute=True):
        store(OLD_DRAFT, "third", date="2021")
    return old


def states():
    """Of each concern, by the name of its first note, its state in each text."""
    outcome = survival(Version.objects.published().filter(law__slug="draft"))
    return {one.root.slug: [cell.state for cell in one.cells] for one in outcome.concerns}


def row(note, text):
    return Carried.objects.for_queue().get(annotation__slug=note, carrying__new__slug=text)


def test_beside_a_concern_stands_no_row_that_is_merely_proposed(store, cast):
    clause, answer = (
        store(OLD_DRAFT, "old").clauses.get(num="Article 2"),
        store(NEW_DRAFT, "b", law="us").clauses.first(),
    )
    Law.objects.filter(slug="us").update(jurisdiction="us")
    row = state_by_hand(cast.eve, Topic.objects.create(slug="t", title="T"), clause, answer, "partial", "Why.")
    assert not rows_in_other_law(VISITOR, [clause])
    decide(cast.sara, row)
    assert rows_in_other_law(VISITOR, [clause])


def test_what_nobody_judged_is_said_to_be_so_with_what_the_program_found(client, three_texts):
    assert states()["kept"] == ["raised", "unjudged", "unjudged"]
    page = client.get("/laws/draft/concerns/").content.decode()
    assert "<b>not yet assessed</b>" in page and "(words kept)" in page
    assert "(not known in the new text)" in page and "removed</b>" not in page
    assert "Of 3 concerns raised on earlier texts, 0 survive" in page and "not yet assessed: 3" in page


def test_what_the_program_found_along_pairs_that_an_organisation_decided_names_it(
    client, cast, three_texts, django_capture_on_commit_callbacks
):
    address = reverse("concerns", args=["draft"])
    new = Version.objects.get(slug="new")
    edges = [(three_texts.clauses.get(num="Article 3"), new.clauses.get(num="Article 1"))]
    with django_capture_on_commit_callbacks(execute=True):
        decision = set_together(cast.charlie, three_texts, new, edges, "One duty.")
    said = "clauses are paired as The Others decided"
    assert said not in client.get(address).content.decode(), "it waits for staff"
    with django_capture_on_commit_callbacks(execute=True):
        decide(cast.sara, decision)
    files = [address, reverse("concerns_csv", args=["draft"]), "/annotations/kept/"]
    assert all(said in client.get(file).content.decode() for file in files)


@pytest.mark.parametrize("begins_a_note", [False, True])
def test_what_the_program_found_is_the_same_whatever_an_organisation_began_in_private(
    client, cast, three_texts, django_capture_on_commit_callbacks, begins_a_note
):
    new = Version.objects.get(slug="new")
    if begins_a_note:
        draft = with_content(Annotation(), content_of(Annotation.objects.get(slug="gone")))
        set_target(draft, new.clauses.get(num="Article 1"), "")
        take_up(cast.alice, row("gone", "new"), draft, {})
    edges = [(three_texts.clauses.get(num="Article 3"), new.clauses.get(num="Article 1"))]
    with django_capture_on_commit_callbacks() as waiting:
        decide(cast.sara, set_together(cast.charlie, three_texts, new, edges, "One duty."))
    said = []
    for _before_and_after in range(2):
        cache.clear()
        said.append(client.get(reverse("concerns_csv", args=["draft"])).content.decode())
        for callback in waiting:
            callback()
    assert "not looked for yet" in said[0]
    assert "similar words found" in next(line for line in said[1].splitlines() if "Article 3" in line)


def test_texts_of_one_date_stand_in_one_order_whether_one_corrects_what_nobody_saw(store, cast):
    kept = store(NEW_DRAFT, "kept", date="2020", published=False)
    texts = [store(NEW_DRAFT.replace("180", days), slug, date="2020") for days, slug in (("190", "a"), ("200", "b"))]
    Version.objects.filter(slug="a").update(corrects=kept)
    assert [text.slug for text in in_order(Version.objects.filter(slug__in=["a", "b"]))] == ["a", "b"], texts


def test_judgements_are_counted_by_what_people_said(client, cast, three_texts):
    confirm(cast.rita, row("kept", "new"), "worsened")
    close(cast.rita, row("gone", "new"), "removed", "Taken out after protest.")
    close(cast.rita, row("gone", "third"), "kept", "It is back.")
    close(cast.charlie, row("theirs", "third"), "not-known", "Nobody has seen it.")
    assert states() == {
        "kept": ["raised", "worsened", "unjudged"],
        "gone": ["raised", "removed", "kept"],
        "theirs": ["raised", "unjudged", "not-known"],
    }
    page = client.get("/laws/draft/concerns/").content.decode()
    assert "Of 3 concerns raised on earlier texts, 1 survive in “draft third” (1 kept, 0 softened, 0 worsened)" in page
    assert "not known there: 1; not yet assessed: 1" in page
    assert "Taken out after protest." in page


def test_a_judgement_behind_a_note_that_is_not_public_is_not_public(cast, client, three_texts):
    cast.centre.two_person_rule = True
    cast.centre.save()
    note = confirm(cast.rita, row("kept", "new"), "worsened")
    assert note.status == "submitted" and states()["kept"][1] == "unjudged"
    for form in ("/", ".svg", "-dark.svg", ".csv"):
        assert "worsened (" not in client.get(f"/laws/draft/concerns{form}").content.decode()
    note.status = NoteStatus.PUBLISHED
    note.save()
    assert states()["kept"][1] == "worsened"
    Annotation.objects.filter(pk=note.pk).update(status=NoteStatus.WITHDRAWN)
    assert states()["kept"][1] == "unjudged"


def test_one_concern_keeps_one_line_through_all_its_notes_even_past_a_withdrawn_one(cast, three_texts):
    first = Annotation.objects.get(slug="kept")
    new, third = (Version.objects.get(slug=slug).clauses.filter(text__contains=KEPT).get() for slug in ("new", "third"))
    second = publish_note(new, cast.centre, KEPT, "second", descends_from=first)
    publish_note(third, cast.centre, KEPT, "last", descends_from=second)
    lines = survival(Version.objects.published().filter(law__slug="draft")).concerns
    assert [[note.slug for note in one.notes] for one in lines if one.root == first] == [["kept", "second", "last"]]
    Annotation.objects.filter(pk=second.pk).update(status=NoteStatus.WITHDRAWN)
    lines = survival(Version.objects.published().filter(law__slug="draft")).concerns
    assert [[note.slug for note in one.notes] for one in lines if one.root == first] == [["kept", "last"]]


def test_a_concern_first_raised_on_a_later_text_counts_from_there(cast, three_texts, client):
    third = Version.objects.get(slug="third")
    publish_note(third.clauses.get(num="Article 4"), cast.centre, "", "late")
    assert states()["late"] == ["", "", "raised"]
    assert "Of 3 concerns raised on earlier texts" in client.get("/laws/draft/concerns/").content.decode()


def test_the_page_the_picture_and_the_table_are_narrowed_alike(client, three_texts, subtests):
    for query, shown in [
        ("organisation=others", {"theirs"}),
        ("organisation=centre&organisation=others", {"kept", "gone", "theirs"}),
        ("category=VAGUE", {"kept"}),
        ("risk=high", {"kept", "gone", "theirs"}),
        ("risk=low", set()),
        ("organisation=nobody", set()),
    ]:
        with subtests.test(query=query, shown=shown):
            quotes = {"kept": KEPT, "theirs": "publishes content", "gone": "Article 3"}
            table = client.get(f"/laws/draft/concerns.csv?{query}").content.decode()
            lines = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"))))
            assert len(lines) == 1 + len(shown)
            picture = client.get(f"/laws/draft/concerns.svg?{query}").content.decode()
            page = client.get(f"/laws/draft/concerns/?{query}").content.decode()
            for name, quote in quotes.items():
                for words in (table, picture):
                    assert (quote in words) == (name in shown), name
                assert (f'href="/annotations/{name}/"' in page) == (name in shown)


def test_what_does_not_exist_is_refused_with_words(client, three_texts, subtests):
    for query in ["risk=enormous", "category=NOTHING", "language=fr", "language=km"]:
        with subtests.test(query=query):
            for form in ("/", ".svg", "-dark.svg", ".csv"):
                assert client.get(f"/laws/draft/concerns{form}?{query}").status_code == 404
            assert client.get("/laws/none/concerns/").status_code == 404


def test_the_picture_is_an_image_that_says_in_words_and_either_language_what_it_shows(client, cast, three_texts):
    note = Annotation.objects.get(slug="theirs")
    Annotation.objects.filter(pk=note.pk).update(exact='<script>alert("1")</script> & more\x0b')
    close(cast.rita, row("gone", "third"), "softened", "Less of it.")
    response = client.get("/laws/draft/concerns.svg")
    assert response["Content-Type"].startswith("image/svg+xml")
    root = ET.fromstring(response.content)
    assert root.get("role") == "img" and root.get("aria-labelledby") == "title desc"
    assert "Of 3 concerns" in root.find(f"{SVG}desc").text
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "softened" in words and "not yet assessed" in words and "Vagueness · 1" in words
    html = response.content.decode()
    assert "<style" not in html and "<script" not in html and "href" not in html and "style=" not in html
    html = client.get("/km/laws/draft/concerns.svg").content.decode()
    assert 'xml:lang="km"' in html and "ភាពមិនច្បាស់លាស់ · ១" in html


def luminance(colour):
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in shares]
    return sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_word_on_the_picture_stands_out_from_its_paper(palette):
    for colour in {palette.ink, palette.quiet, *(palette.of(state) for state in STATES)}:
        darker, lighter = sorted((luminance(colour), luminance(palette.paper)))
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, colour  # WCAG 1.4.3


def test_a_page_in_dark_colours_shows_a_dark_picture_and_saves_the_light_one(client, three_texts):
    page = client.get("/laws/draft/concerns/?organisation=centre").content.decode()
    dark = "/laws/draft/concerns.dark.svg?organisation=centre"
    assert f'srcset="{dark}"' in page and f'href="{dark}"' not in page
    pictures = [client.get(path).content.decode() for path in (dark, dark.replace(".dark", ""))]
    assert pictures[0] != pictures[1]
    for one, own, other in zip(pictures, (DARK, LIGHT), (LIGHT, DARK), strict=True):
        assert f'height="100%" fill="{own.paper}"' in one
        assert not {colour for colour in vars(other).values() if colour in one}
        assert ("http://testserver/laws/draft/concerns/?organisation=centre" in one) == (own == LIGHT)


def test_the_page_of_a_note_shows_its_outcome_in_each_later_text(client, cast, three_texts):
    confirm(cast.rita, row("kept", "new"), "worsened")
    page = client.get("/annotations/kept/").content.decode()
    assert "What became of this concern" in page and "<b>worsened</b>" in page and "<b>not yet assessed</b>" in page
    assert reverse("concerns", args=["draft"]) in page
    assert reverse("concerns", args=["draft"]) in client.get("/laws/draft/").content.decode()


def test_what_is_not_public_has_no_column_and_a_law_without_concerns_says_so(client, three_texts, store):
    store(NEW_DRAFT, "secret", date="2022", published=False)
    assert "secret" not in client.get("/laws/draft/concerns/").content.decode()
    assert "secret" not in client.get("/laws/draft/concerns.csv").content.decode()
    store(OLD_DRAFT, "old", law="quiet")
    page = client.get("/laws/quiet/concerns/")
    assert page.status_code == 200 and "No organisation has published a concern" in page.content.decode()
    assert client.get("/laws/quiet/concerns.svg").status_code == 200


def test_the_page_leads_back_to_its_law(client, three_texts):
    law = three_texts.law
    back = rf'eyebrow">\s*<a href="{law.get_absolute_url()}"[^>]*>\s*{law.name}\s*</a>'
    assert re.search(back, client.get("/laws/draft/concerns/").content.decode())


def test_the_page_costs_the_same_queries_for_three_concerns_and_for_sixty(
    client, cast, three_texts, django_assert_max_num_queries
):
    with django_assert_max_num_queries(12):
        client.get("/laws/draft/concerns/?page=1")
    clause = three_texts.clauses.get(num="Article 2")
    for number in range(60):
        publish_note(clause, cast.centre, KEPT, f"n{number}")
    with django_assert_max_num_queries(12):
        assert client.get("/laws/draft/concerns/").status_code == 200
    for form in ("concerns_docx", "concerns_xlsx"):
        with django_assert_max_num_queries(20):
            assert client.get(reverse(form, args=["draft"])).status_code == 200


def test_files_of_many_concerns_count_for_what_they_take(client, three_texts, settings, monkeypatch):
    """Of 1,500 concerns on six texts each took six seconds, of which a visitor had sixty an hour."""
    cache.clear()
    address = reverse("concerns_xlsx", args=["draft"])
    assert client.get(address).status_code == 200
    monkeypatch.setattr(reports, "ROWS_AT_ONCE", 2)
    settings.FILES_PER_HOUR = 5
    assert client.get(address).status_code == 429
    cache.clear()
    given = [client.get(reverse(form, args=["draft"])).status_code for form in ("concerns_csv", "concerns_svg")]
    assert given == [200, 429]


def test_a_page_of_a_law_with_many_texts_has_fewer_rows(client, three_texts, monkeypatch):
    monkeypatch.setattr(views, "CELLS_PER_PAGE", 6)
    monkeypatch.setattr(views, "ROWS_MIN", 1)
    pages = [client.get(f"/laws/draft/concerns/?page={number}").context["page"] for number in (1, 2)]
    assert [len(page.object_list) for page in pages] == [2, 1]


def test_a_judgement_of_the_corpus_never_overrules_a_persons(cast, three_texts):
    carrying = Carrying.objects.get(new__slug="new")
    note = Annotation.objects.get(slug="kept")
    confirm(cast.rita, row("kept", "new"), "worsened")
    assert record_outcome(note, carrying, "softened", "As the corpus has it.") is False
    assert row("kept", "new").fate == "worsened"


def test_the_demonstration_has_fates(demonstration):
    outcome = survival(Version.objects.published().filter(law__slug="kh-cybercrime"))
    shown = {cell.state for one in outcome.concerns for cell in one.cells}
    assert {"kept", "not-known", "unjudged"} <= shown
    assert "removed" not in shown, "of drafts known in part nobody can say that"
    with translation.override("km"):
        assert "«" in outcome.last_tally.sentence
    assert timezone.now() >= Job.objects.filter(kind="carrying").latest("heartbeat").heartbeat
