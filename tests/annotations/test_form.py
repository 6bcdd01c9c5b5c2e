"""The form: words chosen in several ways, clauses of other laws, legal tests; and what it refuses without a trace."""

import re
from html import unescape
from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.services import add_member
from lawcompare.annotations import services
from lawcompare.annotations.models import Annotation, AnnotationQuerySet, Category, Flag, NoteDecision, Reply, Revision
from lawcompare.annotations.services import SAME_WITHIN, write_new_annotation
from lawcompare.annotations.targets import TargetError, find_clauses, passage_typed
from lawcompare.core.numbers import seal
from lawcompare.core.translations.texts import store_localised_texts
from lawcompare.engine.document import Clause as EngineClause
from lawcompare.engine.document import Document
from lawcompare.laws.models import Clause
from lawcompare.laws.services import store_text
from lawcompare.publishing.services import publish
from lawcompare.search.asking import Filters, public_versions
from lawcompare.search.find import find
from lawcompare.search.services import index_clauses
from tests.annotations.conftest import WORDS
from tests.processor_time import at_most

pytestmark = pytest.mark.django_db

COVENANT = """## Article 19. Expression

Everyone has the right to hold opinions.

(2) Everyone has the right to freedom of expression.

(3) Restrictions are provided by law and are necessary.

## Article 17. Privacy

No one is subjected to unlawful interference with privacy.
"""


@pytest.fixture
def covenant(store):
    return store(COVENANT, "1966-en", law="covenant", date="1966")


@pytest.fixture
def standard(covenant):
    return covenant.clauses.get(eid__endswith="art_19__para_3")


def test_a_passage_is_typed_by_its_beginning_and_its_end_and_not_to_the_letter(clause, form, annotate):
    typed = ["deemed to … the country", "DEEMED  to...The Country", "deemed … unity of the country", WORDS.upper()]
    for place, words in enumerate(typed):
        annotate(clause, form | {"exact": words, "body": f"Note {place}."})
    assert list(Annotation.objects.values_list("exact", flat=True)) == [WORDS] * 4


def test_invisible_breaks_between_khmer_words_need_not_be_typed(store, form, annotate):
    text = "## មាត្រា ១. ភ្លើង\n\nចង្កៀង\u200bតាម\u200bផ្លូវ\u200bទាំងអស់\u200bត្រូវ\u200bបំភ្លឺ។\n"
    clause = store(text, "km", law="lanterns").clauses.get(element="article")
    annotate(clause, form | {"exact": "តាមផ្លូវ … ទាំងអស់"})
    assert Annotation.objects.get().exact == "តាម\u200bផ្លូវ\u200bទាំងអស់"


def test_a_passage_is_looked_for_in_time_in_proportion_to_the_clause():
    with (
        patch("lawcompare.annotations.targets._runs_on", return_value=False),
        at_most(seconds=1),
        pytest.raises(TargetError),
    ):
        passage_typed(Clause(text="a" * 500_000), "A" * 4_000 + "b … c")


def test_the_whole_clause_is_spoken_of_when_said_so(clause, form, annotate):
    annotate(clause, form | {"exact": "", "start": "4", "whole": "on"})
    note = Annotation.objects.get()
    assert (note.exact, note.start, note.end) == ("", None, None)


SELECTIONS = {
    "over two clauses": {"exact": "punished by a fine.\nThe fine is from 100,000 riel"},
    "over two clauses with the number": {"exact": "is punished by a fine. (1) The fine is from"},
    "over markup": {"exact": "deemed to <b>hinder</b> the unity"},
    "of zero length": {"exact": "", "start": "5"},
    "of spaces": {"exact": "  ", "start": ""},
    "of 10,000 characters": {"exact": "deemed " * 1430},
    "with a start that does not match": {"start": "2"},
    "with a start beyond the text": {"start": "99999"},
    "with a start that is no number": {"start": "five"},
    "not in the clause": {"exact": "a conversation of others"},
    "an end without a beginning": {"exact": "… country"},
    "last words before the first": {"exact": "unity … Whoever"},
    "first words that stand twice": {"exact": "the … country"},
    "words and the whole clause": {"whole": "on"},
    "with a null": {"exact": "deemed\x00"},
}
BODIES = {
    "tags of HTML": {"body": "So <b>bold</b>."},
    "a script": {"body": "<script>alert(1)</script>"},
    "an image that runs": {"body": "<img src=x onerror=alert(1)>"},
    "a comment of HTML": {"body": "<!-- hidden -->"},
    "1 MB": {"body": "x " * 495_000},
    "nothing": {"body": "   "},
}
OTHERS = {
    "an unknown test's answer": {"test-legality": "maybe"},
    "words not in the text": {"test-legality": "no", "words-legality": "words nobody wrote"},
    "words for what is not in the text": {"test-defence": "not-in-text", "words-defence": "deemed to hinder"},
    "words without an answer": {"words-legality": "deemed to hinder"},
    "an address that runs": {"source_url": "javascript:alert(1)"},
    "a file as a source": {"source_url": "ftp://example.org/x"},
    "a date that never was": {"source_date": "2014-02-31"},
    "a proposal without end": {"proposed_text": "x " * 2_501},
    "a standard that is no key": {"standards": ["1 OR 1=1"]},
    "a standard that is not here": {"standards": [seal(999999, "clause")]},
    "a standard nobody knows": {"standards_typed": "Law of the Sea 7"},
    "an unknown risk": {"risk": "9"},
    "an unknown motivation": {"motivation": "gossiping"},
    "an unknown category": {"categories": ["77"]},
}


def test_what_does_not_fit_is_refused_in_words_and_nothing_is_stored(clause, form, annotate):
    for name, wrong in (SELECTIONS | BODIES | OTHERS).items():
        response = annotate(clause, form | wrong)
        assert response.status_code == 400, name
        html = response.content.decode()
        assert "errorlist" in html or "Null characters are not allowed." in html, name
    assert not (Annotation.objects.exists() or Revision.objects.exists() or NoteDecision.objects.exists())


def test_a_risk_is_chosen_and_never_preset(client, clause, form, annotate):
    address = reverse("annotate", args=[clause.version.law.slug, clause.version.slug, clause.eid])
    choices = client.get(address).content.decode().partition('id="id_risk"')[2].partition("</fieldset>")[0]
    assert choices.count('type="radio"') == 5 and "checked" not in choices
    answer = annotate(clause, form | {"risk": ""})
    assert answer.status_code == 400 and form["body"] in unescape(answer.content.decode())
    assert not Annotation.objects.exists()
    assert annotate(clause, form | {"risk": "0"}).status_code == 302, "that none is stated can be said"


def test_forged_fields_change_nothing(cast, clause, form, annotate):
    forged = {
        "organisation": str(cast.others.pk), "creator": str(cast.rita.pk), "status": "published", "slug": "mine",
        "published_at": "2020-01-01", "revision": "9", "pending": "submitted", "body_html": "<script>", "version": "1",
    }  # fmt: skip
    annotate(clause, form | forged)
    note = Annotation.objects.get()
    assert (note.organisation, note.creator, note.status) == (cast.centre, cast.alice, "draft")
    assert (note.published_at, note.revision, note.pending, note.version) == (None, 1, "", clause.version)
    assert note.slug != "mine" and "<script>" not in note.body_html


def test_a_citation_that_means_one_clause_chooses_it(clause, form, standard, annotate):
    annotate(clause, form | {"standards_typed": "covenant 19(3)", "answers_typed": "covenant/1966-en art_17"})
    note = Annotation.objects.get()
    assert [row.eid for row in note.standards.all()] == [standard.eid]
    assert [row.eid for row in note.answers.all()] == ["art_17"]


def test_a_citation_that_may_mean_several_asks_which(clause, form, standard, store, annotate):
    store(COVENANT, "1967-en", law="covenant", date="1967")
    page = annotate(clause, form | {"standards_typed": "covenant 19(3)"})
    assert page.status_code == 400
    html = page.content.decode()
    assert html.count('name="standards"') == 2 and not Annotation.objects.exists()
    annotate(clause, form | {"standards_typed": "covenant 19(3)", "standards": [seal(standard.pk, "clause")]})
    assert list(Annotation.objects.get().standards.all()) == [standard]


def test_finding_a_clause_shows_the_form_again_and_checks_nothing_yet(clause, form, standard, annotate):
    page = annotate(clause, form | {"find": "standards", "standards_typed": "covenant 19(3)", "body": ""})
    html = page.content.decode()
    assert page.status_code == 200 and f'value="{seal(standard.pk, "clause")}" checked' in html
    assert WORDS in html and not Annotation.objects.exists()


def test_a_standard_is_of_another_law_that_is_public(client, clause, form, store, annotate):
    own = clause.version.clauses.get(num="Article 3")
    page = annotate(clause, form | {"standards": [seal(own.pk, "clause")]})
    assert page.status_code == 400 and "another law" in page.content.decode()
    hidden = store(COVENANT, "secret", law="hidden", published=False).clauses.first()
    assert annotate(clause, form | {"standards": [seal(hidden.pk, "clause")]}).status_code == 400
    assert "hidden" not in client.get(reverse("clause_names"), {"q": "hidden 19"}).content.decode()


def test_what_is_typed_is_found(cast, covenant, subtests):
    for typed, eids in [
        ("Covenant, Article 19 (3)", ["art_19__para_3"]),
        ("covenant 19", ["art_19"]),
        ("https://example.org/km/laws/covenant/1966-en/art_17/", ["art_17"]),
        ("covenant/1966-en#art_17", ["art_17"]),
        ("មាត្រា ១៩", ["art_19"]),
        ("privacy", ["art_17"]),
        ("covenant 19(9)", []),
        ("Convention 19", []),
        ("%", []),
        ("", []),
    ]:
        with subtests.test(typed=typed, eids=eids):
            assert [clause.eid for clause in find_clauses(cast.alice, typed)] == eids


def test_the_united_states_code_is_cited_as_lawyers_do(cast, store):
    store("## § 2518. Procedure for interception\n\n(1) Each application is made in writing.\n", "en", law="us-code-18")
    for typed in ("18 U.S.C. 2518(1)", "18 USC § 2518(1)", "18 u.s.c. §2518(1)"):
        assert [clause.eid for clause in find_clauses(cast.alice, typed)] == ["sec_2518__para_1"], typed


def test_the_finder_answers_while_one_types_so_often_and_no_more(client, standard, covenant, settings):
    rows = client.get(reverse("clause_names"), {"q": "covenant 19(3)"}).json()["clauses"]
    assert [row["address"] for row in rows] == [f"covenant/1966-en {standard.eid}"]
    assert client.get(reverse("clause_names"), {"q": "x" * 5000}).json() == {"clauses": []}
    cache.clear()
    settings.SEARCHES_PER_MINUTE = 2
    asked = [client.get(reverse("clause_names"), {"q": "covenant 19"}).status_code for _ in range(3)]
    assert asked == [200, 200, 429]


def test_all_that_is_said_stands_on_the_page(client, cast, clause, form, standard, annotate):
    kind = Category.objects.create(code="VAGUE", label="Vagueness", question="Can one tell in advance?")
    more = {
        "submit": "1", "standards_typed": "covenant 19(3)", "categories": [kind.code], "motivation": "editing",
        "proposed_text": "intended to harm the unity of the country", "test-legality": "no",
        "words-legality": "deemed to hinder", "test-defence": "not-in-text", "source_organisation": "Lantern Society",
        "source_title": "On lanterns", "source_date": "2014-04", "source_url": "https://example.org/on-lanterns",
    }  # fmt: skip
    annotate(clause, form | more)
    note = Annotation.objects.get()
    client.force_login(cast.rita)
    client.post(reverse("annotation_decide", args=[note.slug]), {"publish": "1", "revision": "1"})
    client.logout()
    html = client.get(note.get_absolute_url()).content.decode()
    for words in (
        "Vagueness", "Can one tell in advance?", "Restrictions are provided by law", "Article 19(3)", "Legality",
        "deemed to hinder</q>", "Not in the text", "Lantern Society", "April 2014", "https://example.org/on-lanterns",
    ):  # fmt: skip
        assert words in html, words
    assert "<ins><span" in html and "<del><span" in html
    margin = client.get(clause.version.get_absolute_url()).content.decode()
    assert "<ins><span" in margin, "a proposal is a redline wherever the note shows"


def test_a_margin_has_short_proposals_and_a_page_so_many_of_them(write, client, monkeypatch):
    """500 notes on a text that each propose 5,000 letters took half a minute of every reader's page."""
    notes = [write("published", proposed_text=f"said {number} times") for number in range(3)]
    long = write("published", proposed_text="said at great length " * 50)
    address = notes[0].version.get_absolute_url()
    html = client.get(address).content.decode()
    assert html.count("<ins><span") == 3 and html.count("Proposed wording") == 4
    assert "<ins><span" in client.get(long.get_absolute_url()).content.decode()
    monkeypatch.setattr("lawcompare.annotations.templatetags.annotations.PROPOSALS_SHOWN", 80)
    cache.clear()
    html = client.get(address).content.decode()
    assert html.count("<ins><span") == 1 and html.count("Proposed wording") == 4


def test_a_page_reads_the_beginning_of_the_notes_that_it_shows_and_no_word_of_others(drafts, write, client):
    """Pages of a text with 500 long notes read 60 to 120 megabytes each, whatever they showed."""
    long = "Nobody can **foresee** it. " + "`&` " * 3_000
    store_localised_texts("km", {long: "គ្មាន **នរណា** ដឹង។ " * 300})
    clauses = drafts[0].clauses.exclude(text="").order_by("position")[:2]
    here, there = [write("published", on=one, exact="", body=long, proposed_text="Lamps.") for one in clauses]
    text, clause = drafts[0].get_absolute_url(), here.clause.get_absolute_url()
    compared = f"{reverse('comparison', args=['draft', 'old', 'draft', 'new'])}?show=all"
    named = (("versions_table", ["draft"]), ("concerns", ["draft"]), ("sitemap", ["annotations", 1]))
    for address in (reverse(name, args=args) for name, args in named):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert not [one["sql"] for one in asked if re.search(r'[^(]"annotations_annotation"."body_html"', one["sql"])]
    for address, shown in ((clause, 1), (text, 2), (compared, 2)):
        with CaptureQueriesContext(connection) as asked:
            html = client.get(address).content.decode()
        whole = [one["sql"] for one in asked if re.search(r'[^(]"annotations_annotation"."body_html"', one["sql"])]
        assert not whole, (address, whole)
        assert html.count("Nobody can foresee it.") >= shown == html.count("Lamps."), address
        assert (f"note-{there.slug}" in html) == (shown == 2)
        khmer = client.get(f"/km{address}").content.decode()
        assert khmer.count("គ្មាន នរណា ដឹង") >= shown and "Nobody can" not in khmer, address


@pytest.mark.both_databases
def test_a_number_that_each_chapter_repeats_is_looked_for_in_few_queries(cast, django_assert_max_num_queries):
    """A query for each of 12,400 articles of one public text took ten seconds for whoever typed “Article 1(1)”."""
    clauses = []
    for number in range(1, 101):
        chapter, article = f"chp_{number}", f"chp_{number}__art_1"
        clauses.append(EngineClause(chapter, "chapter", f"Chapter {number}"))
        clauses.append(EngineClause(article, "article", "Article 1", parent=chapter, depth=1))
        clauses.append(EngineClause(f"{article}__para_1", "paragraph", "(1)", "", "X.", parent=article, depth=2))
    named = {"law": "repeating", "version": "1", "title": "Repeating", "language": "en", "kind": "draft"}
    text = store_text(Document("Repeating", "en", tuple(clauses)), named | {"jurisdiction": "kh"}, "0" * 64)
    publish(text)
    index_clauses(text)
    with django_assert_max_num_queries(62):
        found = find_clauses(cast.alice, "Article 1(1)")
    assert [clause.eid for clause in found] == [f"chp_{number}__art_1__para_1" for number in range(1, 13)]
    results = find("Article 1", Filters(), public_versions())
    assert results.cited == 10, "of one text a few are read"


def test_a_proposal_without_words_strikes_them_out(write, client):
    note = write("published", motivation="editing")
    html = client.get(note.get_absolute_url()).content.decode()
    assert "delete these words" in html and f"</span>{WORDS}</del>" in html


@pytest.mark.parametrize(
    ("asks", "name", "is_shown"), [(True, "Sokha", True), (False, "Sokha", False), (True, "", False)]
)
def test_a_person_is_named_only_by_their_own_choice(write, client, cast, asks, name, is_shown):
    cast.alice.display_name = name
    cast.alice.save()
    note = write("published", body=f"Named {name}." if asks else "Unnamed.", credits_person=asks)
    html = client.get(note.get_absolute_url()).content.decode()
    assert ("· Sokha" in html) == is_shown and "alice" not in html


def test_the_name_that_is_printed_is_the_one_that_a_reviewer_read(write, client, cast, form):
    cast.alice.display_name = "Sokha"
    cast.alice.save()
    named = write("published", body="Named and published.", credits_person=True)
    waiting = write("submitted", body="Named and waiting.", credits_person=True)
    plain = write("published", body="Published without a name.")
    client.force_login(cast.alice)
    client.post(reverse("annotation_edit", args=[plain.slug]), form | {"credits_person": "on", "based_on": "1"})
    client.post("/accounts/profile/", {"display_name": "Others Wrote This"})
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=waiting.pk))
    client.logout()
    for note in (named, waiting, plain):
        page = client.get(note.get_absolute_url()).content.decode()
        assert "Others Wrote This" not in page and "Sokha" not in page, note.body


def test_a_name_is_given_by_its_owner_alone_and_taken_back_at_once(write, client, cast, form):
    note = write("published")
    client.force_login(cast.rita)
    client.post(reverse("annotation_edit", args=[note.slug]), form | {"credits_person": "on", "based_on": "1"})
    note.refresh_from_db()
    assert note.pending == "draft" and not note.credits_person
    note = write("published", credits_person=True)
    client.force_login(cast.alice)
    client.post(reverse("annotation_edit", args=[note.slug]), form | {"based_on": "1"})
    note.refresh_from_db()
    assert not note.credits_person and note.pending == "draft"


def test_nobody_is_named_beside_words_that_another_wrote(write, client, cast, form):
    cast.alice.display_name = "Sokha"
    cast.alice.save()
    note = write("published", credits_person=True)
    assert "· Sokha" in client.get(note.get_absolute_url()).content.decode()
    client.force_login(cast.eve)
    client.post(reverse("annotation_edit", args=[note.slug]), form | {"based_on": "1", "submit": "1"})
    services.publish_annotation(cast.rita, Annotation.objects.get(pk=note.pk))
    client.logout()
    html = client.get(note.get_absolute_url()).content.decode()
    assert form["body"] in html and "· Sokha" not in html


def test_a_draft_is_seen_by_its_author_alone(client, cast, clause, form, annotate, subtests):
    annotate(clause, form)
    annotation = Annotation.objects.get()
    assert client.get(annotation.get_absolute_url()).status_code == 200
    for who in ("nobody", "rita", "charlie"):
        with subtests.test(who=who):
            client.logout()
            if who != "nobody":
                client.force_login(getattr(cast, who))
            assert client.get(annotation.get_absolute_url()).status_code == 404
            for address in (clause.version.get_absolute_url(), clause.get_absolute_url(), reverse("annotations")):
                assert b"foresee" not in client.get(address).content


def test_who_is_removed_reads_no_draft_any_more_and_finds_it_again_when_they_come_back(
    client, cast, clause, form, annotate
):
    """A draft quotes its clause, which may be the organisation's own. It stays there, and nobody reads it."""
    annotate(clause, form)
    annotation = Annotation.objects.get()
    pages = [annotation.get_absolute_url(), reverse("annotation_edit", args=[annotation.slug]), "/workspace/"]
    assert all(b"foresee" in client.get(page).content for page in pages[:2])
    role = cast.alice.memberships.get().role
    cast.alice.memberships.all().delete()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code in {200, 403, 404} and b"foresee" not in answer.content, page
    assert client.post(pages[1], form).status_code in {403, 404}
    client.force_login(cast.rita)
    assert client.get(pages[0]).status_code == 404
    add_member(cast.alice.email, annotation.organisation, role)
    client.force_login(cast.alice)
    assert b"foresee" in client.get(pages[0]).content


@pytest.mark.parametrize("button", ["save", "submit"])
def test_a_form_that_is_sent_twice_makes_one_note(clause, form, button, annotate):
    first, second = (annotate(clause, form | {button: "1"}) for _ in range(2))
    assert first["Location"] == second["Location"]
    note = Annotation.objects.get()
    assert (note.revision, note.status) == (1, "submitted" if button == "submit" else "draft")
    annotate(clause, form | {"body": "Other words."})
    assert Annotation.objects.count() == 2


def test_the_same_words_are_a_note_of_their_own_for_another_person_another_clause_and_later(
    client, cast, clause, form, annotate
):
    annotate(clause, form)
    client.force_login(cast.rita)
    annotate(clause, form)
    client.force_login(cast.alice)
    annotate(clause.version.clauses.get(num="Article 3"), form | {"exact": "", "whole": "1"})
    assert Annotation.objects.count() == 3
    Annotation.objects.update(created_at=timezone.now() - SAME_WITHIN)
    annotate(clause, form)
    assert Annotation.objects.count() == 4


def test_of_two_requests_at_once_one_writes_and_both_are_led_to_the_note(cast, clause, write, monkeypatch):
    """The second looks before the first has written, and finds the name taken when it writes."""

    def new_note():
        return Annotation(version=clause.version, clause=clause, body="Once.", risk=3)

    first = write_new_annotation(cast.alice, new_note(), {})
    with monkeypatch.context() as patched:
        patched.setattr(AnnotationQuerySet, "first", lambda self: None)
        patched.setattr(AnnotationQuerySet, "exists", lambda self: False)
        second = write_new_annotation(cast.alice, new_note(), {})
    assert second.pk == first.pk and Annotation.objects.filter(body="Once.").count() == 1


def test_a_reply_and_a_reader_s_notice_sent_twice_are_one(client, cast, write):
    note = write(upto="published")
    for _ in range(2):
        sent = client.post(reverse("annotation_flag", args=[note.slug]), {"kind": "other", "words": "Look again."})
        assert sent.status_code == 302 and not sent.cookies
    assert Flag.objects.count() == 1
    client.force_login(cast.charlie)
    for _ in range(2):
        client.post(reverse("annotation_reply", args=[note.slug]), {"kind": "reply", "body": "Not so."})
    assert Reply.objects.count() == 1
