"""Suggested counterparts: stored for people, decided on by reviewers, and never shown to a reader before that."""

from __future__ import annotations

import re
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lawcompare.accounts.access import membership_of
from lawcompare.accounts.models import VISITOR, User
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.numbers import seal
from lawcompare.crosswalk.access import reviewable_correspondences, visible_correspondences
from lawcompare.crosswalk.models import Correspondence, CorrespondenceDecision, SuggestionRun, Topic
from lawcompare.crosswalk.services import state_by_hand, state_correspondence
from lawcompare.crosswalk.suggestions import services
from lawcompare.crosswalk.suggestions.services import store_suggestions
from lawcompare.crosswalk.topics.services import add_topic, retire_topic
from lawcompare.laws.models import Clause, Origin
from lawcompare.site import stated
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import edits_the_site
from tests.world import made_once

pytestmark = pytest.mark.django_db

STATUTE = """# Chapter 1. Computers

## Section 10. Fraud by wire

Whoever devises a scheme or artifice to defraud and transmits it by wire is fined.

## Section 20. Machines

Whoever knowingly accesses a computer without authorization is fined.

(1) The fine is doubled where the computer is damaged.

## Section 30. Recording of calls

Whoever intentionally intercepts a wire communication by a device is fined.

## Section 40. Contents

Whoever publishes content on a website that is obscene is fined.
"""


@pytest.fixture
@made_once
def draft(store):
    return store(OLD_DRAFT, "old", law="draft")


@pytest.fixture
@made_once
def statute(store):
    return store(STATUTE, "now", law="statute")


@pytest.fixture
@made_once
def topic(db):
    return Topic.objects.create(slug="access", title="Illegal access", position=1)


@pytest.fixture
@made_once
def suggested(draft, statute) -> Correspondence:
    """The first suggestion for Article 1 of the draft: Section 20 of the statute."""
    return suggest_counterparts(draft.clauses.get(num="Article 1"), statute)[0]


def suggest_counterparts(clause: Clause, version) -> list[Correspondence]:
    """What is suggested for one clause, best first."""
    rows = store_suggestions(clause.version, version, [clause])
    return sorted(rows, key=lambda row: (-(row.score or 0), row.pk))


def offered(person, clause: Clause, version) -> list[Clause]:
    """What of a text a person is offered for a clause, once it was looked for again."""
    suggest_counterparts(clause, version)
    rows = reviewable_correspondences(person).filter(subject=clause, object_version=version, status="suggested")
    return [row.object for row in rows]


def article(version, number: int) -> Clause:
    return version.clauses.get(num=f"Article {number}")


def section(version, number: int) -> Clause:
    return version.clauses.get(num=f"Section {number}")


def state(user, topic, subject, answer, relation="partial", reasoning="Why.", **more) -> Correspondence:
    return state_by_hand(user, topic, subject, answer, relation, reasoning, **more)


def listed(source, target, **more) -> dict[str, str]:
    return {"source": source.address, "target": target.address} | more


def test_a_suggestion_names_the_section_in_other_words_and_says_why(suggested, statute):
    assert suggested.object == section(statute, 20) and suggested.status == "suggested"
    assert suggested.relation == "" and suggested.author == "" and 0 < suggested.score <= 1
    assert "illegal access" in suggested.reason_sentences[0]


def test_what_a_person_decided_is_neither_suggested_again_nor_changed(cast, draft, statute, topic, suggested):
    services.refuse_correspondence(cast.rita, suggested, "It is not.")
    again = offered(cast.rita, article(draft, 1), statute)
    suggested.refresh_from_db()
    assert suggested.status == "refused" and suggested.object not in again
    services.reopen_correspondence(cast.rita, suggested)
    services.confirm_correspondence(cast.rita, suggested, topic, "narrower", "It is.", suggested.seen)
    assert suggested.object not in offered(cast.rita, article(draft, 1), statute)
    suggested.refresh_from_db()
    assert (suggested.status, suggested.relation, suggested.reasoning) == ("confirmed", "narrower", "It is.")


def test_why_an_organisation_refused_what_it_confirmed_since_others_do_not_read(
    cast, client, draft, statute, topic, suggested
):
    services.refuse_correspondence(cast.rita, suggested, "zzrefused")
    services.reopen_correspondence(cast.rita, suggested, "zzreopened")
    services.confirm_correspondence(cast.rita, suggested, topic, "narrower", "It is.", suggested.seen)
    for person, known in ((cast.charlie, False), (cast.rita, True)):
        client.force_login(person)
        page = client.get(reverse("suggestions"), listed(draft, statute) | {"order": "law"}).content.decode()
        assert "It is." in page and "History" in page
        assert ("zzrefused" in page, "zzreopened" in page) == (known, known), person


def test_what_is_stated_of_a_paragraph_or_the_other_way_round_needs_no_suggestion(cast, draft, statute, topic):
    paragraph = Clause.objects.get(version=statute, parent=section(statute, 20))
    state(cast.rita, topic, paragraph, article(draft, 1))
    assert section(statute, 20) not in offered(cast.rita, article(draft, 1), statute)


def test_what_one_organisation_decides_leaves_the_others_their_suggestions_and_their_word(
    cast, draft, statute, topic, suggested
):
    """Also while nothing of it stands: it neither empties their list nor takes the pair."""
    clause, answer = suggested.subject, suggested.object
    services.refuse_correspondence(cast.charlie, suggested, "No.")
    assert answer not in offered(cast.charlie, clause, statute) and answer in offered(cast.rita, clause, statute)
    state(cast.charlie, topic, clause, statute, "none", searched="All of it.")
    assert not offered(cast.charlie, clause, statute) and answer in offered(cast.rita, clause, statute)
    false = state(cast.charlie, topic, clause, answer, "contrary", "False.")
    mine = state(cast.rita, topic, clause, answer, "narrower", "True.")
    assert {row.proposed_by for row in visible_correspondences(VISITOR).filter(object=answer)} == {
        "The Others",
        "The Centre",
    }
    for own, person in ((false, cast.charlie), (mine, cast.rita)):
        services.reopen_correspondence(person, own)
        assert offered(person, clause, statute).count(answer) == 1
        other = offered(cast.rita if person == cast.charlie else cast.charlie, clause, statute)
        assert other.count(answer) == (person == cast.rita)
    sites = Correspondence.objects.get(organisation=None, status="suggested", subject=clause, object=answer)
    services.refuse_correspondence(edits_the_site(cast.sara), sites, "The site says no.")
    suggest_counterparts(clause, statute)
    again = Correspondence.objects.filter(organisation=None, status="suggested", subject=clause, object=answer)
    assert not again.exists(), "the site's own refusal is for all"


def test_no_refusal_depends_on_what_another_organisation_keeps_to_itself(cast, store, draft, statute, topic):
    """Of a private text, of one person where two are asked for, or under a topic that is merely proposed."""
    private = store(NEW_DRAFT, "hidden", published=False)
    Origin.objects.create(version=private, organisation=cast.centre)
    one, two, three = article(draft, 1), article(private, 1), section(statute, 20)
    state(cast.eve, topic, one, two, "broader")
    state(cast.eve, topic, two, three, "broader")
    own = add_topic(cast.eve, {"title": "Own"}, [])
    state(cast.eve, own, one, section(statute, 30), "broader")
    cast.centre.two_person_rule = True
    cast.centre.save()
    state(User.objects.get(pk=cast.eve.pk), topic, one, section(statute, 40), "broader")
    for number in (20, 30, 40):  # each the other way round would be a circle
        state(cast.charlie, topic, section(statute, number), one, "broader")
    state(cast.charlie, topic, one, section(statute, 40), "partial")
    unused = Topic.objects.create(slug="unused", title="Unused", position=3)
    state(cast.eve, unused, one, two)
    assert retire_topic(edits_the_site(cast.sara), unused, "Nobody uses it.").stands
    state(cast.charlie, Topic.objects.create(slug="used", title="Used", position=4), one, three)
    refused(lambda: retire_topic(cast.sara, Topic.objects.get(slug="used"), "No."), "stand under this topic")
    refused(lambda: state(cast.eve, topic, three, one, "broader"), "already broader")


def test_a_whole_text_is_searched_in_the_background(draft, statute, django_capture_on_commit_callbacks, rita):
    with django_capture_on_commit_callbacks(execute=True):
        answer = rita.post(reverse("suggestions_ask"), listed(draft, statute))
    assert answer.status_code == 302 and "order" not in answer.headers["Location"], "the strongest stand first"
    run = SuggestionRun.objects.get()
    assert run.job.finished_at is not None
    pairs = {(row.subject.num, row.object.num) for row in Correspondence.objects.all()}
    assert {("Article 1", "Section 20"), ("Article 2", "Section 40"), ("Article 3", "Section 30")} <= pairs
    rows = list(Correspondence.objects.order_by("pk").values())
    run_now(run.job)
    with django_capture_on_commit_callbacks(execute=True):
        rita.post(reverse("suggestions_ask"), listed(draft, statute))
    assert list(Correspondence.objects.order_by("pk").values()) == rows


def test_what_one_organisation_has_looked_for_no_other_notices(
    client, cast, draft, statute, django_capture_on_commit_callbacks
):
    def seen(person) -> list[object]:
        client.force_login(person)
        answers = [client.get(reverse(name), listed(draft, statute)) for name in ("suggestions", "workspace", "jobs")]
        return [re.sub(r'nonce="[^"]*"|value="\w{64}"', "", answer.content.decode()) for answer in answers]

    before = seen(cast.charlie)
    with django_capture_on_commit_callbacks():
        services.request_suggestions(cast.rita, draft, statute)
    assert seen(cast.charlie) == before and seen(cast.eve)[0] != before[0]
    run_now(SuggestionRun.objects.get().job)
    assert seen(cast.charlie) == before and "suggestions wait" in seen(cast.eve)[0]
    with pytest.raises(ProtectedError):  # with its search what it alone had looked for would be everybody's
        cast.centre.delete()
    with django_capture_on_commit_callbacks(execute=True):
        services.request_suggestions(cast.charlie, draft, statute)
    assert "suggestions wait" in seen(cast.charlie)[0]
    assert {run.organisation for run in SuggestionRun.objects.all()} == {cast.centre, cast.others}


def test_what_a_search_finds_depends_on_no_search_of_another_organisation(cast, draft, statute, topic):
    def found() -> list[tuple[object, ...]]:
        store_suggestions(draft, statute, owner=cast.others)
        rows = reviewable_correspondences(cast.charlie).filter(status="suggested").order_by("-score", "pk")
        return [(row.subject, row.object, row.topic, row.score, row.organisation) for row in rows]

    with transaction.atomic():
        alone = found()
        transaction.set_rollback(True)
    rows = store_suggestions(draft, statute, owner=cast.centre)
    topic.clauses.set([article(draft, 1)])
    services.refuse_correspondence(cast.rita, rows[0], "No.")
    services.reopen_correspondence(cast.rita, rows[0])
    services.confirm_correspondence(cast.rita, rows[1], topic, "partial", "Why.", rows[1].seen)
    topic.clauses.clear()
    assert alone and found() == alone
    waiting = [row.pk for row in store_suggestions(draft, statute, owner=cast.centre)]
    assert rows[0].pk in waiting and rows[1].pk not in waiting, "its own decisions count for it"
    reviewable = reviewable_correspondences(cast.charlie)
    assert not reviewable.filter(organisation=cast.centre, status="suggested").exists()


def test_what_was_found_for_all_is_handed_over_to_who_had_it_looked_for(cast, draft, statute):
    rows = store_suggestions(draft, statute)
    for reviewer in (cast.rita, cast.charlie):
        services.request_suggestions(reviewer, draft, statute)
    services.refuse_correspondence(cast.rita, rows[0], "No.")
    import_module("lawcompare.crosswalk.migrations.0011_suggestions_of_organisations").hand_over(apps, None)
    assert not Correspondence.objects.filter(organisation=None).exists()
    number = {one: Correspondence.objects.filter(organisation=one).count() for one in (cast.centre, cast.others)}
    assert set(number.values()) == {len(rows)}, "what was decided on is not handed over anew"
    assert Correspondence.objects.filter(status="suggested").count() == 2 * len(rows) - 1


def test_a_statement_is_of_the_day_on_which_it_was_made_not_of_the_search(cast, draft, statute, topic, monkeypatch):
    row = store_suggestions(draft, statute, owner=cast.centre)[0]
    later = timezone.now() + timedelta(days=9)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    services.confirm_correspondence(cast.rita, row, topic, "partial", "Why.", row.seen)
    assert Correspondence.objects.get(pk=row.pk).made_at == later


def test_a_reader_sees_no_suggestion_anywhere(client, draft, statute, topic, suggested):
    topic.clauses.set([article(draft, 1)])
    Correspondence.objects.update(topic=topic)
    assert not visible_correspondences(AnonymousUser()).exists()
    pages = [topic.get_absolute_url(), article(draft, 1).get_absolute_url(), "/topics/matrix.csv"]
    for page in [*pages, f"/compare/{draft.address}/with/{statute.address}/"]:
        html = client.get(page).content.decode()
        assert "Machines" not in html and "§ 20" not in html and "Both speak of" not in html, page
    assert "Article 1" not in client.get(section(statute, 20).get_absolute_url()).content.decode()


def test_services_refuse_a_member_too(cast, draft, statute, topic, suggested):
    for act in (
        lambda: services.confirm_correspondence(cast.alice, suggested, topic, "partial", "Why.", suggested.seen),
        lambda: services.refuse_correspondence(cast.alice, suggested, "Why."),
        lambda: services.reopen_correspondence(cast.alice, suggested),
        lambda: services.request_suggestions(cast.alice, draft, statute),
        lambda: state(cast.alice, topic, article(draft, 2), section(statute, 40)),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not CorrespondenceDecision.objects.exists() and not SuggestionRun.objects.exists()


def test_what_one_organisation_decided_no_other_takes_back(client, cast, topic, suggested):
    services.confirm_correspondence(cast.rita, suggested, topic, "partial", "Why.", suggested.seen)
    client.force_login(cast.charlie)
    assert client.post(reverse("suggestion_reopen", args=[suggested.pk])).status_code == 403
    html = client.get(reverse("suggestions"), listed(suggested.subject_version, suggested.object_version))
    assert "The Centre" in html.content.decode() and "Undo" not in html.content.decode()
    suggested.refresh_from_db()
    assert suggested.status == "confirmed"


def test_a_reviewer_confirms_refuses_and_takes_back_by_plain_forms(draft, statute, topic, suggested, rita):
    page = rita.get(reverse("suggestions"), listed(draft, statute)).content.decode()
    assert "Section 20. Machines" in page and "Both speak of: illegal access" in page
    confirm = reverse("suggestion_confirm", args=[suggested.pk])
    assert f'action="{confirm}?' in page and 'data-key="y"' in page and 'data-key="n"' in page
    assert f'<option value="{topic.slug}"' in page, "no number, which tells how many others made"
    data = {
        "topic": topic.slug,
        "relation": "narrower",
        "reasoning": "The draft asks for less.",
        "seen": suggested.seen,
    }
    page = rita.post(confirm, data, follow=True).content.decode()
    assert "Confirmed." in page and "The draft asks for less." in page and "Undo" in page
    assert "The draft asks for less." in rita.get(topic.get_absolute_url()).content.decode()
    own = Correspondence.objects.get(status="confirmed").pk
    page = rita.post(reverse("suggestion_reopen", args=[own]), follow=True).content.decode()
    assert "waits for a decision again" in page
    assert "The draft asks for less." not in rita.get(topic.get_absolute_url()).content.decode()
    rita.post(reverse("suggestion_refuse", args=[own]), {"reason": "Another subject."})
    kinds = [(row.status, row.relation, row.reason) for row in CorrespondenceDecision.objects.all()]
    assert kinds == [
        ("confirmed", "narrower", "The draft asks for less."),
        ("suggested", "", "Undone."),
        ("refused", "", "Another subject."),
    ]


def test_the_form_is_filled_in_so_that_one_key_is_enough(draft, statute, topic, templates_used, rita):
    topic.clauses.set([article(draft, 1)])
    suggested = suggest_counterparts(article(draft, 1), statute)[0]
    answer = rita.get(reverse("suggestions"), listed(draft, statute))
    row = next(row for row in answer.context["rows"] if row.clause == suggested.subject)
    form = row.waiting[0].confirm
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    rita.post(reverse("suggestion_confirm", args=[suggested.pk]), sent)
    own = Correspondence.objects.get(status="confirmed")
    assert (own.relation, own.topic) == ("partial", topic) and "illegal access" in own.reasoning


def test_none_found_is_recorded_with_where_it_was_looked_for(cast, draft, statute, topic, rita):
    suggest_counterparts(article(draft, 2), statute)
    address = reverse("state_correspondence", args=[draft.law.slug, draft.slug, article(draft, 2).eid])
    data = {
        "target": statute.address,
        "topic": topic.slug,
        "relation": "none",
        "reasoning": "No section is about it.",
        "searched": "All four sections.",
    }
    assert rita.post(address, data | {"searched": ""}).status_code == 400
    assert rita.post(address, data).status_code == 302
    stated = Correspondence.objects.get(relation="none")
    assert (stated.status, stated.searched, stated.object) == ("confirmed", "All four sections.", None)
    assert offered(cast.rita, article(draft, 2), statute) == []
    page = rita.get(reverse("suggestions"), listed(draft, statute)).content.decode()
    assert "All four sections." in page
    rita.post(reverse("suggestion_reopen", args=[stated.pk]))
    assert rita.get(reverse("suggestions"), listed(draft, statute)).status_code == 200


def test_a_counterpart_is_stated_by_hand_from_the_page_of_a_clause(cast, draft, statute, topic, rita):
    clause = article(draft, 2)
    address = reverse("state_correspondence", args=[draft.law.slug, draft.slug, clause.eid])
    assert address in rita.get(clause.get_absolute_url()).content.decode()
    data = {"target": statute.address, "cited": "40", "topic": topic.slug, "relation": "contrary", "reasoning": "So."}
    assert rita.post(address, data | {"elements": ["colour"]}).status_code == 400
    assert rita.post(address, data | {"elements": ["mental", "penalties"]}).status_code == 302
    stated = Correspondence.objects.get()
    assert (stated.object, stated.relation, stated.author) == (section(statute, 40), "contrary", "The Centre")
    assert stated.decisions.get().by == cast.rita
    html = rita.get(topic.get_absolute_url()).content.decode()
    assert "Section 40" in html and "Elements in which they differ: Mental element, Penalty" in html


def refused(act, sentence: str) -> None:
    """``act`` fails with one sentence and stores nothing."""
    before = Correspondence.objects.count(), CorrespondenceDecision.objects.count()
    with pytest.raises((ValidationError, PermissionDenied), match=sentence):
        act()
    assert (Correspondence.objects.count(), CorrespondenceDecision.objects.count()) == before


def test_a_clause_answers_neither_itself_nor_its_own_text(cast, draft, topic):
    one = article(draft, 1)
    refused(lambda: state(cast.rita, topic, one, one), "does not answer itself")
    refused(lambda: state(cast.rita, topic, one, article(draft, 2)), "of one text")
    refused(lambda: state(cast.rita, topic, one, draft, "none", searched="All."), "of one text")
    refused(lambda: state_correspondence(topic, one, one, "partial", "x", "y"), "does not answer itself")


def test_a_clause_of_hundreds_or_as_long_as_a_book_is_not_answered_whole(cast, draft, statute, topic, monkeypatch):
    book = article(draft, 1)
    with monkeypatch.context() as short:
        short.setattr("lawcompare.crosswalk.services.LETTERS_MAX", 10)
        refused(lambda: state(cast.rita, topic, section(statute, 20), book), "Name clauses inside these")
    book.end = book.position + 501
    refused(lambda: state(cast.rita, topic, book, section(statute, 20)), "Name an article")
    refused(lambda: state(cast.rita, topic, section(statute, 20), book), "Name an article")


def test_a_text_in_preparation_takes_part_only_for_those_who_see_it(client, cast, store, draft, topic):
    hidden = store(STATUTE, "secret", law="hidden", published=False)
    refused(lambda: state(cast.rita, topic, article(draft, 1), section(hidden, 20)), "may not see it")
    refused(lambda: state(cast.rita, topic, section(hidden, 20), article(draft, 1)), "may not see it")
    refused(lambda: services.request_suggestions(cast.rita, draft, hidden), "may not see it")
    refused(lambda: services.request_suggestions(cast.rita, draft, draft), "two different texts")
    client.force_login(cast.rita)
    data = {"cited": "20", "topic": topic.slug, "relation": "partial", "reasoning": "So.", "target": hidden.address}
    address = reverse("state_correspondence", args=[draft.law.slug, draft.slug, article(draft, 1).eid])
    assert client.post(address, data).status_code == 400
    away = reverse("state_correspondence", args=["hidden", "secret", section(hidden, 20).eid])
    assert client.get(away).status_code == 404
    assert client.get(reverse("suggestions"), listed(draft, hidden)).status_code == 400
    assert client.post(reverse("suggestions_ask"), listed(draft, hidden)).status_code == 400
    suggestion = suggest_counterparts(article(draft, 1), hidden)[0]
    assert client.post(reverse("suggestion_refuse", args=[suggestion.pk]), {"reason": "No."}).status_code == 404
    refused(lambda: services.refuse_correspondence(cast.rita, suggestion, "No."), "may not see it")
    cast.rita.is_staff = True
    assert state(cast.rita, topic, article(draft, 2), section(hidden, 40)).status == "confirmed"
    client.logout()
    assert "Section 40" not in client.get(topic.get_absolute_url()).content.decode()


def test_broader_never_leads_in_a_circle(cast, store, draft, statute, topic):
    third = store(STATUTE, "2021", law="third")
    other = Topic.objects.create(slug="other", title="Other", position=2)
    one, two, three = article(draft, 1), section(statute, 20), section(third, 20)
    state(cast.rita, topic, one, two, "broader")
    refused(lambda: state(cast.rita, topic, two, one, "broader"), "cannot be narrower too")
    refused(lambda: state(cast.rita, other, one, two, "narrower"), "cannot be narrower too")
    state(cast.rita, topic, three, two, "narrower")  # two is broader than three
    refused(lambda: state(cast.rita, topic, three, one, "broader"), "cannot be narrower too")
    refused(lambda: state(cast.rita, topic, one, three, "narrower"), "cannot be narrower too")
    Correspondence.objects.update(confirmation="confirmed")
    refused(
        lambda: state_correspondence(topic, three, one, "broader", "Why.", "An editor"),
        "cannot be narrower too",
    )
    state(cast.rita, topic, one, three, "broader")  # a short cut is no circle


def test_what_one_organisation_merely_proposes_refuses_nobody_the_other_way_round(cast, draft, statute, topic):
    one, two = article(draft, 1), section(statute, 20)
    state(cast.charlie, topic, one, two, "broader")
    state(cast.rita, topic, one, two, "narrower")
    state(edits_the_site(cast.sara), topic, one, two, "narrower")
    refused(lambda: state(cast.charlie, topic, two, one, "broader"), "cannot be narrower too")


def test_a_circle_may_be_broken_and_the_other_way_stated(cast, draft, statute, topic):
    stated = state(cast.rita, topic, article(draft, 1), section(statute, 20), "broader")
    services.reopen_correspondence(cast.rita, stated)
    assert state(cast.rita, topic, article(draft, 1), section(statute, 20), "narrower").pk == stated.pk


def test_confirming_a_suggestion_is_checked_for_circles_too(cast, draft, statute, topic, suggested):
    state(edits_the_site(cast.sara), topic, section(statute, 20), article(draft, 1), "broader")
    refused(
        lambda: services.confirm_correspondence(cast.rita, suggested, topic, "broader", "Why.", suggested.seen),
        "cannot be narrower too",
    )
    services.confirm_correspondence(cast.rita, suggested, topic, "narrower", "Why.", suggested.seen)


def test_a_confirmation_that_does_not_fit_is_not_kept(topic, suggested, rita, subtests):
    for data, sentence in [
        ({"relation": "sibling"}, "sibling"),
        ({"relation": ""}, "required"),
        ({"reasoning": "  "}, "required"),
        ({"topic": "999999"}, "Select a valid choice"),
        ({"topic": "x"}, "Select a valid choice"),
        ({"relation": "none"}, "none"),
        ({"reasoning": "x " * 2501}, "at most"),
        ({"reasoning": "a\x00b"}, "Null characters"),
    ]:
        with subtests.test(data=data, sentence=sentence):
            good = {"topic": topic.slug, "relation": "partial", "reasoning": "Why."}
            answer = rita.post(reverse("suggestion_confirm", args=[suggested.pk]), good | data)
            assert answer.status_code == 400 and sentence in answer.content.decode()
            suggested.refresh_from_db()
            assert suggested.status == "suggested" and not CorrespondenceDecision.objects.exists()


def test_forged_texts_are_refused(draft, statute, rita, subtests):
    for data in [
        {"source": "no/such", "target": "statute/now"},
        {"source": "draft/old", "target": "draft/old"},
        {"source": "draft/old"},
        {"source": "draft/old", "target": "'; DROP TABLE"},
    ]:
        with subtests.test(data=data):
            assert rita.get(reverse("suggestions"), data).status_code == 400
            assert rita.post(reverse("suggestions_ask"), data).status_code == 400
            assert not SuggestionRun.objects.exists()


def test_a_forged_answer_is_refused(draft, statute, topic, rita, subtests):
    good = {"target": statute.address, "cited": "40", "topic": topic.slug, "relation": "partial", "reasoning": "So."}
    address = reverse("state_correspondence", args=[draft.law.slug, draft.slug, article(draft, 2).eid])
    for data in [{"cited": "99"}, {"target": "no/such"}, {"cited": "40", "relation": "none"}]:
        with subtests.test(data=data):
            assert rita.post(address, good | data).status_code == 400
            assert not Correspondence.objects.exists()
    assert rita.get(reverse("state_correspondence", args=["draft", "old", "no_such"])).status_code == 404


def test_two_people_deciding_or_stating_at_once_cannot_both_win(cast, topic, suggested, draft, statute):
    same = Correspondence.objects.get(pk=suggested.pk)
    services.confirm_correspondence(cast.rita, suggested, topic, "partial", "Why.", suggested.seen)
    refused(lambda: services.refuse_correspondence(cast.eve, same, "No."), "Somebody else has already decided")
    assert Correspondence.objects.get(pk=suggested.pk).status == "confirmed"
    state(cast.rita, topic, article(draft, 2), section(statute, 40))
    state(cast.charlie, topic, article(draft, 2), section(statute, 40))
    refused(lambda: state(cast.rita, topic, article(draft, 2), section(statute, 40)), "already stated")
    other = Topic.objects.create(slug="other", title="Other", position=2)
    state(cast.charlie, other, article(draft, 2), section(statute, 40))


def test_stating_what_was_suggested_decides_on_the_suggestion(cast, draft, statute, topic, suggested):
    stated = state(cast.rita, topic, suggested.subject, suggested.object)
    assert suggested.object not in offered(cast.rita, suggested.subject, statute) and stated.decisions.count() == 1


def test_the_corpus_never_overrides_what_people_decided(cast, draft, statute, topic):
    stated = state_correspondence(topic, article(draft, 1), section(statute, 20), "partial", "Corpus.", "An editor")
    assert not stated.decisions.exists()
    with pytest.raises(PermissionDenied):
        services.reopen_correspondence(cast.rita, stated)
    mine = state(cast.rita, topic, article(draft, 2), section(statute, 40), "contrary", "Ours.")
    state_correspondence(topic, article(draft, 2), section(statute, 40), "partial", "Corpus.", "An editor")
    mine.refresh_from_db()
    assert (mine.relation, mine.reasoning, mine.author) == ("contrary", "Ours.", "The Centre")


@pytest.mark.both_databases
def test_history_is_shown_and_the_database_refuses_to_rewrite_it(client, cast, draft, statute, topic, suggested):
    services.confirm_correspondence(cast.rita, suggested, topic, "partial", "At first sight.", suggested.seen)
    services.reopen_correspondence(cast.rita, suggested, "Read again.")
    services.refuse_correspondence(cast.rita, suggested, "At second sight.")
    client.force_login(cast.charlie)
    assert "At second sight." not in client.get(reverse("suggestions"), listed(draft, statute)).content.decode()
    client.force_login(cast.eve)
    page = client.get(reverse("suggestions"), listed(draft, statute)).content.decode()
    assert page.index("At first sight.") < page.index("Read again.") < page.index("At second sight.")
    assert "rita" not in page
    first = suggested.decisions.first()
    with pytest.raises(DatabaseError), transaction.atomic():
        CorrespondenceDecision.objects.filter(pk=first.pk).update(reason="Rewritten.")
    CorrespondenceDecision.objects.filter(pk=first.pk).update(by=None)  # an account that is gone
    assert CorrespondenceDecision.objects.get(pk=first.pk).reason == "At first sight."


def many_articles(number: int) -> str:
    return "\n".join(
        f"## Article {n}. Illegal access\n\nWhoever enters a computer without right is punished.\n"
        for n in range(1, number + 1)
    )


def test_the_number_of_queries_does_not_grow_with_the_suggestions(
    store, statute, topic, django_assert_max_num_queries, rita
):
    big = store(many_articles(25), "big", law="big")
    for clause in big.clauses.all()[:12]:
        suggest_counterparts(clause, statute)
    address = reverse("suggestions")
    rita.get(address, listed(big, statute))
    with django_assert_max_num_queries(20):
        page = rita.get(address, listed(big, statute))
    assert page.content.decode().count("data-suggestion") >= 10


def test_storing_suggestions_takes_as_many_queries_for_many_clauses_as_for_few(
    store, statute, django_assert_max_num_queries
):
    big = store(many_articles(25), "big", law="big")
    with django_assert_max_num_queries(16):
        assert len(store_suggestions(big, statute)) >= 25


def test_the_strongest_come_first(client, cast, draft, statute):
    rows = store_suggestions(draft, statute)
    best = max(rows, key=lambda row: (row.score, -row.subject.position))
    client.force_login(cast.rita)
    html = client.get(reverse("suggestions"), listed(draft, statute)).content.decode()
    places = [html.index(f'id="clause-{seal(pk, "clause")}"') for pk in dict.fromkeys(row.subject_id for row in rows)]
    assert html.index(f'id="clause-{seal(best.subject_id, "clause")}"') == min(places)
    assert "Nothing is suggested for this clause." not in html and "Strongest first" in html


def test_a_long_list_is_paged_and_a_decision_leads_to_the_page_of_the_next(store, statute, rita):
    big = store(many_articles(25), "big", law="big")
    last = suggest_counterparts(article(big, 25), statute)
    answer = rita.post(reverse("suggestion_refuse", args=[last[0].pk]) + "?order=law", {"reason": "No."})
    assert "order=law" in answer.headers["Location"] and "page=3" in answer.headers["Location"]
    law = listed(big, statute, order="law")
    assert "Article 25" in rita.get(reverse("suggestions"), law | {"page": "3"}).content.decode()
    assert rita.get(reverse("suggestions"), listed(big, statute, page="no")).status_code == 200


def shown(page) -> set[int]:
    """The suggestions of a page of the list, that wait."""
    return {item.correspondence.pk for row in page.context["rows"] for item in row.waiting}


@pytest.fixture
def many(store, statute, topic) -> list[Correspondence]:
    """The suggestions for six articles, those for Article 1 under the topic."""
    more = "punished, and so is whoever defrauds by wire or intercepts a communication by a device."
    big = store(many_articles(6).replace("punished.", more), "big", law="big")
    topic.clauses.set([article(big, 1)])
    return store_suggestions(big, statute)


def test_a_list_is_narrowed_to_a_topic_and_to_clauses_and_stays_so_after_a_decision(
    many, statute, topic, rita, templates_used
):
    big, address = many[0].subject_version, reverse("suggestions")
    under = {row.pk for row in many if row.topic == topic}
    page = rita.get(address, listed(big, statute, topic="access"))
    assert shown(page) == under != {row.pk for row in many}
    assert page.context["waiting"] == len(many) and f"{len(under)} of them" in page.content.decode()
    assert not shown(rita.get(address, listed(big, statute, topic="none"))) & under
    one = many[-1]
    narrowed = listed(big, statute, clause=one.subject.num, answer=one.object.eid)
    assert shown(rita.get(address, narrowed)) == {one.pk}
    form = f'action="{reverse("suggestion_refuse", args=[one.pk])}?'
    query = rita.get(address, listed(big, statute, clause=one.subject.num)).content.decode().partition(form)[2]
    query = query.partition('"')[0].replace("&amp;", "&")
    answer = rita.post(f"{reverse('suggestion_refuse', args=[one.pk])}?{query}", {"reason": "No."})
    assert urlencode({"clause": one.subject.num}) in answer["Location"]
    assert {row.subject for row in Correspondence.objects.filter(pk__in=shown(rita.get(answer["Location"])))} <= {
        one.subject
    }
    wrong = rita.get(address, listed(big, statute, clause="Article 99"))
    assert wrong.status_code == 400 and "has no clause" in wrong.content.decode()
    assert rita.get(address, listed(big, statute, topic="nobody")).status_code == 400


def test_a_group_is_refused_with_one_reason_and_undone_at_once(cast, many, statute, rita, client):
    big = many[0].subject_version
    asked = f"{reverse('suggestions_refuse')}?{urlencode(listed(big, statute))}"
    group = [row for row in many if row.subject.num == "Article 2"]
    others = {row.pk for row in many} - {row.pk for row in group}
    assert len(group) > 1
    form = {"clause": "Article 2", "reason": "Something else.", "number": len(group)}
    for wrong in ({"reason": " "}, {"number": len(group) + 1}, {"number": "x"}, {"clause": "Article 99"}):
        rita.post(asked, form | wrong)
        assert not CorrespondenceDecision.objects.exists(), wrong
    page = rita.post(asked, form, follow=True).content.decode()
    assert f"{len(group)} suggestions are refused." in page and f"{len(group)} suggestions refused at once" in page
    waiting = reviewable_correspondences(cast.rita).filter(status="suggested")
    assert set(waiting.values_list("pk", flat=True)) == others
    assert {row.reason for row in CorrespondenceDecision.objects.all()} == {"Something else."}
    undo = re.search(r'action="([^"]+)"\s+data-undo-last', page)[1].replace("&amp;", "&")
    rita.post(undo, {"together": "1"})
    assert waiting.count() == len(many)
    services.refuse_group(cast.rita, waiting.filter(subject=group[0].subject), len(group), "Something else.")
    own = Correspondence.objects.filter(organisation=cast.centre, status="refused").order_by("pk")
    first, second = own[:2]
    services.reopen_correspondence(cast.rita, first)
    services.refuse_correspondence(cast.rita, first, "Looked at by itself.")
    services.reopen_group(cast.rita, second)
    assert list(own) == [first], "what was refused by itself since stays refused"
    services.reopen_correspondence(cast.rita, first)
    assert "data-undo-last" not in rita.get(reverse("suggestions"), listed(big, statute)).content.decode()
    client.force_login(cast.bob)
    assert client.post(asked, form).status_code == 403


def test_of_two_texts_so_many_are_suggested_and_refused_at_once(cast, many, statute, rita, monkeypatch):
    """120,000 took four seconds a page, seven a decision, half a minute to refuse."""
    big = many[0].subject_version
    monkeypatch.setattr(services, "SUGGESTED_MAX", 3, raising=False)
    kept = store_suggestions(big, statute)
    strongest = sorted((row.score for row in many), reverse=True)[:3]
    assert sorted((row.score for row in kept), reverse=True) == strongest
    assert Correspondence.objects.filter(status="suggested").count() == 3
    monkeypatch.setattr(services, "REFUSED_MAX", 2, raising=False)
    asked = f"{reverse('suggestions_refuse')}?{urlencode(listed(big, statute))}"
    page = rita.post(asked, {"reason": "None.", "number": "3"}, follow=True).content.decode()
    assert "At most 2 suggestions are refused at once" in page and not CorrespondenceDecision.objects.exists()
    monkeypatch.setattr(services, "PAIRS_MAX", 3, raising=False)
    assert rita.post(reverse("suggestions_ask"), listed(big, statute)).status_code == 403


@pytest.mark.usefixtures("empty_cache")
def test_an_organisation_refuses_and_takes_back_so_many_together_in_an_hour(cast, many, monkeypatch):
    """Each is written down for good: two presses of 2,000 with a long reason, over and over, were 3.6 GB an hour."""
    rows = reviewable_correspondences(cast.rita).filter(status="suggested")
    monkeypatch.setattr("lawcompare.crosswalk.services.TOGETHER_PER_HOUR", 2 * len(many))
    services.refuse_group(cast.rita, rows, len(many), "No.")
    services.reopen_group(cast.rita, Correspondence.objects.filter(organisation=cast.centre).first())
    written = CorrespondenceDecision.objects.count()
    with pytest.raises(ValidationError, match="Too many requests"):
        services.refuse_group(cast.rita, rows, len(many), "No.")
    assert CorrespondenceDecision.objects.count() == written == 2 * len(many)


# Queries, however many there are in it: asked of each, 1,500 held a thread of the site for seconds.
FOR_A_GROUP = 20


def test_what_one_organisation_refuses_as_a_group_waits_for_the_others(
    cast, many, statute, django_assert_max_num_queries
):
    rows = reviewable_correspondences(cast.rita).filter(status="suggested")
    with django_assert_max_num_queries(FOR_A_GROUP):
        services.refuse_group(cast.rita, rows, len(many), "No.")
    assert not rows.all() and reviewable_correspondences(cast.charlie).filter(status="suggested").count() == len(many)
    own = Correspondence.objects.filter(organisation=cast.centre).first()
    with pytest.raises(PermissionDenied):
        services.reopen_group(cast.alice, own)
    with pytest.raises(ValidationError):
        services.reopen_group(cast.charlie, own)
    with django_assert_max_num_queries(FOR_A_GROUP):
        services.reopen_group(cast.rita, own)
    assert rows.count() == len(many)


def test_what_one_person_stated_says_so_until_a_second_confirms_it(cast, draft, statute, topic, client):
    from lawcompare.crosswalk.services import second_correspondence

    own, other = draft.clauses.get(eid="chp_1__art_1"), statute.clauses.get(eid__endswith="sec_20")
    row = state_by_hand(cast.rita, topic, own, other, "partial", "Why.")
    page = "/topics/access/"
    assert "The Centre, stated by one person" in client.get(page).content.decode()
    with pytest.raises(ValidationError, match="You stated this yourself"):
        second_correspondence(cast.rita, row, row.seen)
    for person in (cast.charlie, cast.eve):
        assert "The Centre, stated by one person" in client.get(page).content.decode()
        client.force_login(person)
        assert client.post(reverse("suggestion_second", args=[row.pk]), {"seen": row.seen}).status_code == 302
        client.logout()
    assert "The Centre, confirmed by a second person" in client.get(page).content.decode(), "by one of its own alone"
    assert client.get("/api/v1/correspondences").json()["items"][0]["standing"] == "confirmed"
    with pytest.raises(ValidationError, match="no statement of one person"):
        second_correspondence(cast.eve, row, row.seen)
    services.reopen_correspondence(cast.rita, row)
    assert not visible_correspondences(AnonymousUser()).exists()


@pytest.mark.both_databases
def test_after_many_decisions_postgresql_counts_its_rows(cast, many, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(services, "COUNTED_ANEW", 1)
    waiting = reviewable_correspondences(cast.rita).filter(status="suggested")
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        services.refuse_group(cast.rita, waiting, len(many), "No.")
    counted = any(query["sql"].startswith("ANALYZE") for query in queries)
    assert counted == (connection.vendor == "postgresql")
    Correspondence.objects.filter(decisions=None).delete()
    texts = many[0].subject_version, many[0].object_version
    with CaptureQueriesContext(connection) as queries, django_capture_on_commit_callbacks(execute=True):
        assert len(store_suggestions(*texts, owner=cast.others)) > 1
    counted = any(query["sql"].startswith("ANALYZE") for query in queries)
    assert counted == (connection.vendor == "postgresql"), "after a search too"


def test_of_an_organisation_so_many_suggestions_wait_and_none_is_in_the_statement_of_the_day(
    cast, draft, statute, monkeypatch
):
    """The statement read all of them, also of private searches: 200,000 took 1.5 GB."""
    rows = store_suggestions(draft, statute, owner=cast.centre)
    monkeypatch.setattr(services, "WAITING_MAX", len(rows))
    with pytest.raises(PermissionDenied, match="wait: decide on some of them first"):
        services.request_suggestions(cast.rita, statute, draft)
    services.request_suggestions(cast.charlie, statute, draft)
    read = lambda: [row for _name, row, *_more in stated._rows() if isinstance(row, Correspondence)]  # noqa: E731
    assert not read()
    services.refuse_correspondence(cast.rita, rows[0], "No.")
    assert read() == [rows[0]], "the log has what was decided"


def test_what_the_site_states_takes_no_suggestion_of_its_editors(cast, draft, statute, topic):
    sides = article(draft, 1), section(statute, 20)
    editors = edits_the_site(cast.sara)
    topic.clauses.set([sides[0]])
    store_suggestions(draft, statute, owner=membership_of(editors).organisation)
    row = state_correspondence(topic, *sides, "partial", "Because.", "The project")
    assert row.organisation is None and row.stands


def test_what_the_editors_take_back_is_for_everybody_only_where_it_was_before(cast, draft, statute, topic):
    editors = edits_the_site(cast.sara)
    row = state_by_hand(editors, topic, article(draft, 2), section(statute, 40), "partial", "zzreason")
    services.reopen_correspondence(editors, row)
    assert not reviewable_correspondences(cast.charlie).exists(), "what they looked for, and said, is theirs"
    Correspondence.objects.filter(pk=row.pk).update(carried_from=row.pk, organisation=None)
    row.refresh_from_db()
    services.refuse_correspondence(editors, row, "No.")
    row.refresh_from_db()
    services.reopen_correspondence(editors, row)
    assert reviewable_correspondences(cast.charlie).get() == row
