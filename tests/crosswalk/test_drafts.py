"""Two laws that nobody has compared: a draft by subject, which its organisation alone sees until it publishes it."""

from __future__ import annotations

import re
from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from docx import Document

from lawcompare.accounts.models import Membership, Role, User
from lawcompare.comparisons import exports
from lawcompare.core.jobs import runner
from lawcompare.core.jobs.models import Job
from lawcompare.core.jobs.registry import SILENCE_MAX
from lawcompare.core.numbers import seal
from lawcompare.crosswalk import provisions
from lawcompare.crosswalk.access import get_draft, reviewable_correspondences, visible_correspondences
from lawcompare.crosswalk.drafts import services, views
from lawcompare.crosswalk.models import (
    Correspondence,
    CorrespondenceDecision,
    DraftComparison,
    DraftPair,
    SuggestionRun,
    Topic,
)
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.crosswalk.suggestions.services import reopen_group, store_suggestions
from lawcompare.crosswalk.topics.services import add_topic, edit_topic, merge_topic, retire_topic
from lawcompare.laws.citing import names_in_short
from lawcompare.laws.models import Origin
from lawcompare.site.views.activity_log import ACTIONS
from tests.conftest import NEW_DRAFT, OLD_DRAFT
from tests.proposals import confirm_all, edits_the_site
from tests.proposals import decide as decide_on
from tests.world import made_once

pytestmark = pytest.mark.django_db

PAIR = "/compare/one/a/with/two/b/"
REASON = "Words of a private draft."


@pytest.fixture
@made_once
def laws(store):
    return store(OLD_DRAFT, "a", law="one"), store(NEW_DRAFT, "b", law="two")


@pytest.fixture
@made_once
def topic(cast, laws) -> Topic:
    cast.centre.two_person_rule = False
    cast.centre.save()
    made = add_topic(cast.rita, {"title": "Hacking"}, [article(laws[0], 1)])
    confirm_all(cast.sara)
    return made


@pytest.fixture
@made_once
def draft(cast, laws, topic) -> DraftComparison:
    for clause in laws[0].clauses.filter(element="article"):
        store_suggestions(clause.version, laws[1], [clause])
    return services.begin_draft(cast.rita, *laws)


def article(version, number: int):
    return version.clauses.get(num=f"Article {number}")


def decide(user, draft, topic, number=1, relation="equivalent", reason=REASON) -> DraftPair:
    sides = article(draft.source, number), article(draft.target, number)
    return services.confirm_pair(user, draft, *sides, topic, relation, reason)


@pytest.fixture
def publish(monkeypatch):
    """Press the button with a client where jobs are done at once; returns the page on which one is then."""
    ask = services.ask_to_publish

    def ask_and_run(user, draft, language, seen):
        ask(user, draft, language, seen)
        run(draft)

    def press(client, draft):
        with monkeypatch.context() as patch:
            patch.setattr(services, "ask_to_publish", ask_and_run)
            address = reverse("draft_comparison_publish", args=[draft.key])
            return client.post(address, {"seen": draft.seen}, follow=True)

    return press


def run(draft) -> Job:
    """Run the job that publishes a draft."""
    draft.refresh_from_db()
    runner.run_now(draft.job)
    return Job.objects.get(pk=draft.job_id)


def test_from_two_laws_never_compared_to_a_published_comparison_by_subject(
    client, cast, laws, topic, publish, django_capture_on_commit_callbacks
):
    client.force_login(cast.rita)
    begin = reverse("draft_comparison_begin")
    assert begin in client.get(PAIR).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        address = client.post(begin, {"source": "one/a", "target": "two/b"})["Location"]
    html = client.get(address).content.decode()
    waiting = Correspondence.objects.filter(status="suggested")
    assert waiting.count() > 1 and "private to your organisation" in html
    assert html.index(">Hacking<") < html.index("No topic yet"), "what has a topic comes first"
    first = waiting.get(topic=topic, object=article(laws[1], 1))
    key = DraftComparison.objects.get().key
    stated = {"topic": topic.slug, "relation": "equivalent", "reasoning": REASON}
    answer = client.post(reverse("draft_pair_confirm", args=[key, first.pk]), stated)
    assert answer["Location"].startswith(address + "#c-")
    second = waiting.exclude(pk=first.pk).first()
    client.post(reverse("draft_pair_refuse", args=[key, second.pk]), {"reason": "Of something else."})
    assert REASON in client.get(address).content.decode()
    assert REASON in client.get(f"{address}preview/").content.decode()
    assert waiting.count() > 1 and not visible_correspondences(cast.rita).exists(), "nothing is stated yet"
    assert publish(client, DraftComparison.objects.get()).redirect_chain == [(PAIR, 302)]
    assert REASON in client.get(PAIR).content.decode()
    client.logout()
    assert REASON not in client.get(PAIR).content.decode(), "what is merely proposed makes no page of two laws"
    confirm_all(cast.sara)
    html = client.get(PAIR).content.decode()
    assert REASON in html and "Draft comparison" not in html
    second.refresh_from_db()
    assert second.status == "refused" and second.organisation == cast.centre


def test_nobody_outside_the_organisation_learns_of_a_draft(client, cast, draft, topic):
    decide(cast.rita, draft, topic)
    pages = [draft.get_absolute_url(), f"{draft.get_absolute_url()}preview/"]
    pages += [reverse("draft_comparison_docx", args=[draft.key])]
    public = [PAIR, "/topics/", "/topics/hacking/", "/api/v1/correspondences", "/workspace/suggestions/"]
    public += ["/workspace/suggestions/?source=one/a&target=two/b"]
    for person in (None, cast.charlie):
        client.logout()
        if person:
            client.force_login(person)
        for page in pages:
            assert client.get(page).status_code in {302, 404}
        for page in public:
            html = client.get(page).content.decode()
            assert REASON not in html and draft.key not in html, page
    with pytest.raises(Http404):
        get_draft(cast.charlie, draft.key)


def test_a_topic_that_staff_took_back_says_what_it_said_until_they_confirm_more(client, cast, laws):
    """Others use it: in drafts, suggestions and memos they read what everybody read."""
    topic = add_topic(cast.charlie, {"title": "Hacking"}, [article(laws[0], 1)])
    confirm_all(cast.sara)
    draft = services.begin_draft(cast.rita, *laws)
    decide(cast.rita, draft, topic)
    decide_on(cast.sara, topic.changes.get(), "undo")
    topic.refresh_from_db()
    edit_topic(cast.charlie, topic, {"title": "zzcalled"}, [], topic.revision)
    client.force_login(cast.rita)
    pages = [draft.get_absolute_url(), reverse("draft_comparison_preview", args=[draft.key])]
    assert not any("zzcalled" in client.get(page).content.decode() for page in pages)
    confirm_all(cast.sara)
    assert all("zzcalled" in client.get(page).content.decode() for page in pages)


def test_a_member_who_does_not_decide_reads_the_preview_and_no_more(cast, draft, topic, alice):
    pair = decide(cast.rita, draft, topic)
    assert alice.get(draft.get_absolute_url())["Location"].endswith("/preview/")
    html = alice.get(f"{draft.get_absolute_url()}preview/").content.decode()
    assert REASON in html and "private to your organisation" in html
    for name, *more in (
        ("draft_comparison_publish",),
        ("draft_comparison_discard",),
        ("draft_pair_state",),
        ("draft_pair_undo", pair.pk),
    ):
        assert alice.post(reverse(name, args=[draft.key, *more])).status_code == 403
    assert DraftPair.objects.filter(pk=pair.pk).exists()


def test_the_word_file_says_that_it_is_a_private_draft(cast, draft, topic, alice):
    decide(cast.rita, draft, topic)
    answer = alice.get(reverse("draft_comparison_docx", args=[draft.key]))
    with ZipFile(BytesIO(answer.content)) as parts:
        words = "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
    assert Document(BytesIO(answer.content)).paragraphs
    assert f"private to {cast.centre}" in words and REASON in words
    assert "no-store" in answer["Cache-Control"]


def none_found(client, draft, topic, **fields):
    stated = {"topic": topic.slug, "relation": "none", "reasoning": REASON, "searched": "The whole text."}
    return client.post(reverse("draft_pair_state", args=[draft.key]), stated | fields)


def test_that_a_clause_of_the_second_text_has_no_counterpart_in_the_first_is_stated_and_published(
    client, cast, draft, topic, publish
):
    client.force_login(cast.rita)
    of_second = Correspondence.objects.filter(status="suggested", object=article(draft.target, 1))
    assert of_second.exists() and none_found(client, draft, topic, cited="Article 1").status_code == 302
    pair = draft.pairs.get()
    assert (pair.subject, pair.object, pair.sides) == (article(draft.target, 1), None, (None, pair.subject))
    assert not views.waiting_in(cast.rita, draft).filter(object=pair.subject).exists(), "nothing of it waits any longer"
    page = client.get(draft.get_absolute_url()).content.decode()
    decided = page[page.index('id="decided"') :]
    assert decided.index("none found") < decided.index("Article 1"), "the first text has none, the second the clause"
    assert REASON in client.get(f"{draft.get_absolute_url()}preview/").content.decode()
    publish(client, draft)
    stated = Correspondence.objects.get(relation="none")
    assert (stated.subject, stated.object, stated.object_version) == (pair.subject, None, draft.source)
    offered = reviewable_correspondences(cast.rita).filter(pk__in=of_second)
    assert not offered.exists(), "what was suggested for it is refused with it"
    confirm_all(cast.sara)
    client.logout()
    assert REASON in client.get(PAIR).content.decode()


def test_what_cannot_be_stated_of_none_is_one_sentence(draft, topic, rita, subtests):
    for fields, sentence in [
        ({}, "Name a clause of one of the two texts."),
        ({"own": "Article 1", "cited": "Article 1"}, "Where a clause is named, “none found” cannot be said of it."),
        ({"cited": "Article 1", "relation": "equivalent"}, "Name the clause that answers, or say that none was found."),
        ({"cited": "Article 1", "searched": ""}, "Say where a counterpart was looked for."),
        ({"cited": "Article 99"}, "has no clause with the address “Article 99”"),
    ]:
        with subtests.test(fields=fields, sentence=sentence):
            answer = none_found(rita, draft, topic, **fields)
            assert answer.status_code == 400 and sentence in answer.content.decode()
            assert not draft.pairs.exists()


def test_a_decision_is_taken_back_and_the_suggestion_waits_again(cast, draft, topic, rita):
    before = views.waiting_in(cast.rita, draft).count()
    pair = decide(cast.rita, draft, topic)
    assert views.waiting_in(cast.rita, draft).count() == before - 1
    assert rita.post(reverse("draft_pair_undo", args=[draft.key, pair.pk])).status_code == 302
    assert views.waiting_in(cast.rita, draft).count() == before
    answer = rita.post(reverse("draft_pair_undo", args=[draft.key, pair.pk]), follow=True)
    assert "taken this back in the meantime" in answer.content.decode()


def test_after_a_decision_one_stands_on_the_next_that_waits_and_in_the_end_on_what_was_left(cast, draft, rita):
    first, second, last = views.queue_of(views.waiting_in(cast.rita, draft))

    def refuse(number: int) -> str:
        address = reverse("draft_pair_refuse", args=[draft.key, number])
        return rita.post(address, {"reason": "Of something else."})["Location"].partition("#")[2]

    assert refuse(second) == f"c-{seal(last, 'correspondence')}", "not the first, which was left for later"
    assert refuse(last) == f"c-{seal(first, 'correspondence')}", "after the last one what was left"
    assert refuse(first) == "decided"


def test_a_draft_is_narrowed_and_a_topic_in_it_refused_and_taken_back_at_once(cast, draft, topic, rita):
    address, waiting = draft.get_absolute_url(), views.waiting_in(cast.rita, draft)
    number, under = waiting.count(), waiting.filter(topic=topic).count()
    html = rita.get(address, {"topic": "none"}).content.decode()
    assert html.count(">It does not<") == number - under > 1 and ">Hacking</option>" in html
    group = reverse("draft_refuse_group", args=[draft.key])
    form = {"topic": "none", "reason": "Of something else.", "number": number - under}
    rita.post(group, form | {"number": number})
    assert waiting.all().count() == number, "not those that were shown"
    answer = rita.post(f"{group}?answer=Article+1", form)
    assert answer["Location"] == f"{address}?answer=Article+1" and waiting.all().count() == under
    html = rita.get(address).content.decode()
    assert html.count("suggestions refused at once") == 2, "beside the button and as one entry"
    rita.post(re.search(r'action="([^"]+)"\s+data-undo-last', html)[1])
    assert waiting.all().count() == number and not draft.pairs.exists()


def test_the_last_own_decision_is_undone_from_anywhere_and_one_stands_on_it_again(cast, draft, topic, rita):
    assert "data-undo-last" not in rita.get(draft.get_absolute_url()).content.decode()
    decide(cast.rita, draft, topic, 1)
    suggestion = views.waiting_in(cast.rita, draft)[0]
    mine = services.refuse_pair(cast.rita, draft, suggestion.subject, suggestion.object, "Of something else.")
    decide(cast.eve, draft, topic, 3)
    html = rita.get(draft.get_absolute_url()).content.decode()
    address = re.search(r'action="([^"]+)"\s+data-undo-last', html)[1]
    assert address == reverse("draft_pair_undo", args=[draft.key, mine.pk]), "not what somebody else decided since"
    assert rita.post(address)["Location"] == f"{draft.get_absolute_url()}#c-{seal(suggestion.pk, 'correspondence')}"


def test_each_clause_of_a_row_is_named_with_its_law(cast, draft, topic, rita):
    decide(cast.rita, draft, topic)
    html = rita.get(draft.get_absolute_url()).content.decode()
    waiting, decided = html.partition('id="decided"')[::2]
    names = names_in_short(draft.source, draft.target)
    assert names == ("one a", "two b"), "both are drafts of one date, and their laws have one title"
    for part in (waiting.partition('id="c-')[2], decided):
        row = part.partition("</article>")[0]
        assert re.findall(r'class="of-law">([^<]+)<', row) == list(names)


def test_a_new_topic_is_added_from_a_draft_and_leads_back_to_it(client, cast, draft):
    client.force_login(cast.rita)
    add = f"{reverse('topic_add')}?draft={draft.key}"
    public = "Your organisation alone sees a topic that it adds"
    html = client.get(draft.get_absolute_url()).content.decode()
    assert add in html and public in html
    assert '<option value="" selected>—</option>' in html.partition('id="other-relation"')[2].partition("</select>")[0]
    html = client.get(add).content.decode()
    assert html.index(public) < html.index(">Save<") and draft.get_absolute_url() in html
    assert html.count("(required)") == 1, "the title in English"
    assert client.post(add, {"title": "Snooping"})["Location"] == draft.get_absolute_url()
    assert Topic.objects.filter(title="Snooping").exists()
    client.force_login(cast.charlie)
    assert client.get(add).status_code in {403, 404}
    assert client.post(add, {"title": "Prying"}).status_code in {403, 404}
    assert not Topic.objects.filter(title="Prying").exists()


def test_a_page_that_waits_for_the_search_asks_again_until_it_is_there(draft, laws, rita):
    asks = {"HTTP_HX_REQUEST": "true"}
    run = SuggestionRun.objects.get()
    for address in (draft.get_absolute_url(), run.get_absolute_url()):
        Correspondence.objects.all().delete()
        Job.objects.filter(kind="suggestionrun").update(state="running", heartbeat=timezone.now())
        html = rita.get(address).content.decode()
        assert 'hx-trigger="load delay:1s"' in html and '<meta http-equiv="refresh"' in html
        part = rita.get(address, **asks).content.decode()
        assert "<progress" in part and "<html" not in part
        Job.objects.filter(kind="suggestionrun").update(state="done")
        assert rita.get(address, **asks)["HX-Refresh"] == "true"
        assert "hx-trigger" not in rita.get(address).content.decode()


def test_a_search_that_ends_while_the_page_is_made_is_asked_for_once_more(draft, rita, monkeypatch):
    """Else the page says for good that nothing was found."""
    Correspondence.objects.all().delete()
    Job.objects.filter(kind="suggestionrun").update(state="running", heartbeat=timezone.now())
    run, count = SuggestionRun.objects.get(), QuerySet.count

    def end_and_count(rows: QuerySet) -> int:
        counted = count(rows)
        Job.objects.filter(kind="suggestionrun").update(state="done")
        return counted

    for address in (draft.get_absolute_url(), run.get_absolute_url()):
        Job.objects.filter(kind="suggestionrun").update(state="running")
        with monkeypatch.context() as patch:
            patch.setattr(QuerySet, "count", end_and_count)
            html = rita.get(address).content.decode()
        assert "hx-trigger" in html and "0 suggestions" not in html
    assert Job.objects.get(kind="suggestionrun").state == "done"


def test_a_page_with_rows_is_not_loaded_again_under_what_is_typed(draft, rita):
    Job.objects.filter(kind="suggestionrun").update(state="running", heartbeat=timezone.now())
    html = rita.get(draft.get_absolute_url()).content.decode()
    assert "hx-vals" in html and 'http-equiv="refresh"' not in html
    Job.objects.filter(kind="suggestionrun").update(state="done")
    answer = rita.get(f"{draft.get_absolute_url()}?shown=yes", HTTP_HX_REQUEST="true")
    assert "HX-Refresh" not in answer and "Show them" in answer.content.decode()


def test_a_search_that_failed_says_why_and_is_asked_for_again(draft, rita):
    Job.objects.filter(kind="suggestionrun").update(state="failed", reason="the reader stopped")
    html = rita.get(draft.get_absolute_url()).content.decode()
    assert "The reader stopped" in html and "Look for counterparts again" in html
    begin = {"source": draft.source.address, "target": draft.target.address}
    assert rita.post(reverse("draft_comparison_begin"), begin)["Location"] == draft.get_absolute_url()
    assert SuggestionRun.objects.get().job.state == "queued"


def test_that_nobody_else_sees_what_is_published_of_a_private_text_is_said_before_and_after(
    client, cast, draft, topic, store, publish
):
    decide(cast.rita, draft, topic)
    client.force_login(cast.rita)
    assert "nobody else sees" not in client.get(draft.get_absolute_url()).content.decode()
    hidden = store(NEW_DRAFT, "c", law="two", published=False)
    Origin.objects.create(version=hidden, organisation=cast.centre)
    private = services.begin_draft(cast.rita, draft.source, hidden)
    decide(cast.rita, private, topic)
    for page in ("", "preview/"):
        html = client.get(private.get_absolute_url() + page).content.decode()
        assert "until that text is published, nobody else sees the comparison" in html
    html = publish(client, private).content.decode()
    assert "Published: 1 pair." in html and "Nobody else sees it" in html
    html = client.get(f"{private.get_absolute_url()}preview/").content.decode()
    assert html.count("nobody else sees") == 1
    client.logout()
    assert client.get(PAIR.replace("/b/", "/c/")).status_code == 404


def test_a_pair_that_nobody_suggested_and_a_clause_without_answer_are_stated_by_hand(cast, draft, topic, rita):
    address = reverse("draft_pair_state", args=[draft.key])
    stated = {"own": "Article 2", "cited": "Article 1", "topic": topic.slug, "relation": "partial", "reasoning": REASON}
    assert rita.post(address, stated)["Location"] == draft.get_absolute_url()
    none = {"own": "Article 3", "topic": topic.slug, "relation": "none", "reasoning": REASON}
    answer = rita.post(address, none)
    assert answer.status_code == 400 and "Say where a counterpart was looked for" in answer.content.decode()
    answer = rita.post(address, stated | {"own": "Article 99"})
    assert answer.status_code == 400 and "no clause with the address" in answer.content.decode()
    rita.post(address, none | {"searched": "All of it."})
    assert draft.pairs.count() == 2
    services.publish_draft(cast.rita, draft)
    stated = visible_correspondences(cast.rita)
    assert stated.get(subject=article(draft.source, 2)).relation == "partial"
    assert stated.get(subject=article(draft.source, 3)).object is None


def test_whoever_publishes_confirms_as_a_second_person_what_another_confirmed(cast, draft, topic):
    cast.centre.two_person_rule = True
    cast.centre.save()
    decide(cast.rita, draft, topic, 1)
    decide(cast.eve, draft, topic, 2)
    assert services.publish_draft(cast.eve, draft) == services.Published(stated=2, waiting=1)
    stated = {row.subject.num: row for row in Correspondence.objects.filter(status="confirmed")}
    assert stated["Article 1"].stated_by == cast.rita and stated["Article 1"].seconded_by == cast.eve
    assert stated["Article 2"].stated_by == cast.eve and stated["Article 2"].seconded_for is None
    seen = {row.subject.num for row in visible_correspondences(cast.charlie)}
    assert seen == {"Article 1"}


@pytest.mark.both_databases
def test_where_one_pair_cannot_be_stated_nothing_is_published(cast, draft, topic, publish, rita):
    decide(cast.rita, draft, topic, 1)
    decide(cast.rita, draft, topic, 2)
    sides = article(draft.source, 1), article(draft.target, 1)
    state_by_hand(edits_the_site(cast.sara), topic, *sides, "partial", "Theirs.")
    html = publish(rita, draft).content.decode()
    assert (
        "Nothing was published." in html
        and "Article 1. Illegal access: This is already stated under this topic" in html
    )
    draft.refresh_from_db()
    assert draft.published_at is None
    assert not Correspondence.objects.filter(subject=article(draft.source, 2), status="confirmed").exists()
    decide(cast.rita, draft, topic, 3)  # and it is open again


def test_a_draft_that_is_being_published_shows_how_far_that_is_and_nobody_changes_it(cast, draft, topic, rita, eve):
    mine, other = decide(cast.rita, draft, topic, 1), views.waiting_in(cast.rita, draft)[0]
    address, press = draft.get_absolute_url(), reverse("draft_comparison_publish", args=[draft.key])
    assert rita.post(press, {"seen": draft.seen})["Location"] == f"{address}?published=yes"
    draft.refresh_from_db()
    job = draft.job
    rita.post(press, {"seen": draft.seen})
    assert Job.objects.filter(kind="draftpublishing").get() == job, "a second press makes no second job"
    for act in (
        lambda: decide(cast.eve, draft, topic, 2),
        lambda: services.refuse_pair(cast.eve, draft, other.subject, other.object, "Of something else."),
        lambda: services.undo_pair(cast.eve, draft, mine.pk),
        lambda: services.discard_draft(cast.eve, draft),
    ):
        with pytest.raises(PermissionDenied, match="is being published"):
            act()
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat=timezone.now())
    html = rita.get(f"{address}?published=yes").content.decode()
    assert "<progress" in html and "hx-get" in html and '<meta http-equiv="refresh"' in html and "/undo/" not in html
    part = rita.get(f"{address}?published=yes", HTTP_HX_REQUEST="true").content.decode()
    assert "<progress" in part and "<html" not in part
    rita.cookies["language"] = "km"
    assert "កំពុងត្រូវបានផ្សព្វផ្សាយ" in rita.get(f"/km{address}").content.decode()
    Job.objects.filter(pk=job.pk).update(heartbeat=timezone.now() - SILENCE_MAX * 2)
    services.ask_to_publish(cast.rita, draft, "en", draft.seen)
    draft.refresh_from_db()
    assert draft.asked_by == cast.eve, "who takes it up again confirms nothing of it as a second person"
    Job.objects.filter(pk=job.pk).update(state="queued")
    assert run(draft).is_done
    assert rita.get(f"{address}?published=yes", HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"
    answer = rita.get(f"{address}?published=yes", follow=True)
    assert answer.redirect_chain == [(PAIR, 302)] and "Published: 1 pair." in answer.content.decode()
    assert "private to" not in rita.get(f"{address}preview/").content.decode()


@pytest.mark.parametrize("loss", ["role", "organisation", "account"])
def test_who_may_no_longer_publishes_nothing_and_the_draft_is_open_again(cast, draft, topic, rita, loss):
    decide(cast.rita, draft, topic, 1)
    services.ask_to_publish(cast.rita, draft, "en", draft.seen)
    own = Membership.objects.filter(user=cast.rita, organisation=cast.centre)
    if loss == "role":
        own.update(role=Role.MEMBER)
    elif loss == "organisation":
        own.update(organisation=cast.charlie.memberships.get().organisation)
    else:
        User.objects.filter(pk=cast.rita.pk).delete()
    job = run(draft)
    sentence = "Only a reviewer can decide" if loss == "role" else "Whoever asked for this is here no longer"
    assert job.is_failed and job.reason.startswith(sentence) and "\n" not in job.reason
    assert not job.may_be_retried, "the next one asks in their own name"
    assert not Correspondence.objects.filter(status="confirmed").exists()
    decide(cast.eve, draft, topic, 2)
    rita.force_login(cast.eve)
    html = rita.get(draft.get_absolute_url()).content.decode()
    assert "Nothing was published." in html and sentence in html
    services.ask_to_publish(cast.eve, draft, "en", draft.seen)
    assert run(draft).is_done and Correspondence.objects.filter(status="confirmed").count() == 2


@pytest.mark.both_databases
def test_a_job_whose_worker_was_lost_is_taken_up_and_publishes_once_and_whole(cast, draft, topic, monkeypatch):
    decide(cast.rita, draft, topic, 1)
    decide(cast.rita, draft, topic, 2)
    services.ask_to_publish(cast.rita, draft, "en", draft.seen)
    draft.refresh_from_db()
    second, record = [], services._log

    def lose(*said) -> None:
        """The first worker was taken for dead, and the next one publishes, before the first is at its end."""
        record(*said)
        if not second:
            second.append(None)
            silent = timezone.now() - SILENCE_MAX * 2
            Job.objects.filter(pk=draft.job_id).update(heartbeat=silent)
            cache.clear()
            second[0] = runner.claim(draft.job_id)

    with monkeypatch.context() as patch:
        patch.setattr(services, "_log", lose)
        runner.run_now(draft.job)
    draft.refresh_from_db()
    stated = Correspondence.objects.filter(status="confirmed")
    assert second[0].attempts == 2 and draft.published_at is None and not stated.exists(), "nothing of the first one"
    Job.objects.filter(pk=draft.job_id).update(heartbeat=timezone.now() - SILENCE_MAX * 2)
    assert draft.is_being_published, "nobody changes it meanwhile"
    assert runner.sweep()["draftpublishing"] == 1
    assert run(draft).is_done and not runner.run(draft.job_id)
    draft.refresh_from_db()
    assert draft.published_by == cast.rita and stated.count() == 2
    assert CorrespondenceDecision.objects.filter(correspondence__in=stated).count() == 2


def test_no_more_of_an_organisation_waits_for_staff_than_may_also_where_it_is_published_at_once(
    cast, draft, topic, settings
):
    settings.PROPOSALS_WAITING_MAX = 1
    decide(cast.rita, draft, topic, 1)
    decide(cast.rita, draft, topic, 2)
    with pytest.raises(ValidationError, match="no more are taken"):
        services.publish_draft(cast.rita, draft)
    assert not Correspondence.objects.filter(status="confirmed").exists()


def many(draft, topic, number: int, refused: int) -> None:
    """Pairs of the draft, whatever its clauses: confirmed under the topic, and refused at once."""
    mine, theirs = list(draft.source.clauses.all()), list(draft.target.clauses.all())
    pairs = [DraftPair(draft=draft, subject=one, object=other) for one in mine for other in theirs]
    assert len(pairs) >= number + refused
    for place, pair in enumerate(pairs):
        pair.by, pair.reasoning = draft.made_by, f"Reason {place}."
        pair.status, pair.topic, pair.relation = "confirmed", topic, "partial"
        if place >= number:
            pair.status, pair.topic, pair.relation, pair.batch = "refused", None, "", uuid4() if place % 3 else None
    draft.pairs.all().delete()
    DraftPair.objects.bulk_create(pairs[: number + refused])


def test_what_was_decided_stands_page_by_page_and_queries_do_not_grow_with_it(
    cast, draft, topic, monkeypatch, rita, django_assert_max_num_queries
):
    monkeypatch.setattr(views, "PER_PAGE", 3)
    monkeypatch.setattr(provisions, "PAGE_MAX", 2_000)
    address, asked = draft.get_absolute_url(), {}
    pages = [address, f"{address}preview/", reverse("draft_comparison_docx", args=[draft.key])]
    for number in (4, 10):
        many(draft, topic, number, number)
        for page in pages:
            rita.get(page)  # what is kept of it
            with django_assert_max_num_queries(100) as queries:
                rita.get(page)
            asked.setdefault(page, set()).add(len(queries))
    assert all(len(numbers) == 1 for numbers in asked.values()), asked
    first, last = (rita.get(address, {"confirmed": page}).content.decode() for page in (1, 4))
    assert first.count("/undo/") == 3 + 3 + 1 and "confirmed=2#decided" in first and "refused=2#refused" in first
    assert last.count("/undo/") == 1 + 3 + 1
    read = [rita.get(pages[1], {"page": page}).content.decode() for page in range(1, 11)]
    shown = [set(re.findall(r"Reason \d+\.", html)) for html in read]
    assert set().union(*shown) == {f"Reason {place}." for place in range(10)} and len(shown[0]) < 10
    assert f"{pages[2]}?page=2" in read[1]
    words = words_of(rita.get(pages[2], {"page": 2}))
    assert (
        "Page 2 of" in words
        and all(reason in words for reason in shown[1])
        and not any(reason in words for reason in shown[0] - shown[1])
    )


def test_what_was_published_stands_page_by_page_and_every_subject_is_found(cast, draft, topic, client, monkeypatch):
    """Each page reads the elements of its own clauses alone; its lead has all subjects, and leads to where they are."""
    topics = [topic, *(add_topic(cast.rita, {"title": f"Topic {number}"}, []) for number in range(3))]
    confirm_all(cast.sara)
    for number, one in enumerate(topics, start=1):
        decide(cast.rita, draft, one, number, reason=f"Reason {number}.")
    services.publish_draft(cast.rita, draft)
    confirm_all(cast.sara)
    reads, read_clauses = [], provisions.read_clauses
    monkeypatch.setattr(provisions, "read_clauses", lambda placed: reads.append(len(placed)) or read_clauses(placed))
    monkeypatch.setattr(provisions, "PAGE_MAX", 1_800)
    cache.clear()
    first = client.get(PAIR).content.decode()
    total = int(re.search(r"Page 1 of\s+(\d+)", first)[1])
    assert 1 < total <= 4 and reads and max(reads) < 2 * len(topics), "what is on other pages is not read"
    pages = [client.get(PAIR, {"page": number}).content.decode() for number in range(1, total + 1)]
    for number, html in enumerate(pages, start=1):
        assert all(html.count(f'id="{one.slug}"') == 1 for one in topics), "a link to any subject arrives"
        for to, slug in re.findall(r'<th scope="row"><a href="(?:\?page=(\d+))?#([\w-]+)"', html):
            there = pages[int(to or number) - 1]
            assert f'<section class="topic-row" id="{slug}"' in there
    assert sum(html.count('class="topic-row"') for html in pages) == len(topics)
    stated = client.get(reverse("comparison_json", args=["one", "a", "two", "b"])).json()["correspondences"]
    assert {one["reasoning"] for one in stated} == {f"Reason {number}." for number in range(1, 5)}
    file = reverse("two_laws_docx", args=["one", "a", "two", "b"])
    whole = [f"Reason {number}." for number in range(1, 5)]
    assert all(reason in words_of(client.get(file)) for reason in whole) or total > exports.FILE_PAGES
    monkeypatch.setattr(exports, "FILE_PAGES", 1)
    said = words_of(client.get(file, {"page": 2}))
    assert f"Page 2 of {total}" in said and any(reason in said for reason in whole)
    assert not all(reason in said for reason in whole)


def test_a_topic_stands_page_by_page_and_its_lead_has_every_verdict(cast, draft, topic, client, monkeypatch):
    confirm_all(cast.sara)
    for number in range(1, 5):
        decide(cast.rita, draft, topic, number, reason=f"Reason {number}.")
    services.publish_draft(cast.rita, draft)
    confirm_all(cast.sara)
    address, file = topic.get_absolute_url(), reverse("topic_docx", args=[topic.slug])
    whole = [f"Reason {number}." for number in range(1, 5)]
    cache.clear()
    html, words = client.get(address).content.decode(), words_of(client.get(file))
    assert all(reason in html and reason in words for reason in whole) and "?page=" not in html
    monkeypatch.setattr(provisions, "PAGE_MAX", 1_800)
    cache.clear()
    pages = [client.get(address, {"page": number}).content.decode() for number in (1, 2)]
    shown = [{reason for reason in whole if reason in page} for page in pages]
    assert shown[0] and shown[1] and not shown[0] & shown[1]
    assert f'href="{file}?page=2"' in pages[1] and f'href="{file}"' in pages[0]
    words = words_of(client.get(file, {"page": 2}))
    assert "Page 2 of" in words and {reason for reason in whole if reason in words} == shown[1]


def words_of(response) -> str:
    with ZipFile(BytesIO(response.content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


def test_what_is_asked_to_publish_a_draft_hardly_grows_with_it(cast, draft, topic, django_assert_max_num_queries):
    asked = []
    for number in (2, 10):
        many(draft, topic, number, number * 3)
        with transaction.atomic(), django_assert_max_num_queries(200) as queries:
            services.publish_draft(cast.rita, draft)
            transaction.set_rollback(True)
        asked.append(len(queries))
    assert asked[1] - asked[0] <= 8 * 5, "a size, savepoint and row for each confirmed, nothing for a refused one"


def test_a_draft_refuses_no_more_pairs_than_may_be(cast, draft, monkeypatch):
    monkeypatch.setattr(services, "REFUSED_MAX", 1)
    waiting = views.waiting_in(cast.rita, draft)
    with pytest.raises(ValidationError, match="At most 1 pairs"):
        services.refuse_group(cast.rita, draft, waiting, waiting.count(), "Of something else.")
    one, other = waiting[:2]
    services.refuse_pair(cast.rita, draft, one.subject, one.object, "Of something else.")
    with pytest.raises(ValidationError, match="At most 1 pairs"):
        services.refuse_pair(cast.rita, draft, other.subject, other.object, "Of something else.")


def test_what_was_refused_at_once_is_published_each_for_its_reason_and_taken_back_at_once(cast, draft, topic):
    waiting = views.waiting_in(cast.rita, draft)
    single, *group = list(waiting.exclude(topic=topic))
    decide(cast.rita, draft, topic)
    services.refuse_pair(cast.rita, draft, single.subject, single.object, "Alone.")
    chosen = waiting.filter(pk__in=[one.pk for one in group])
    services.refuse_group(cast.rita, draft, chosen, len(group), "Together.")
    services.publish_draft(cast.rita, draft)
    refused = Correspondence.objects.filter(organisation=cast.centre, status="refused")
    said = {(row.subject_id, row.object_id): row.decisions.get() for row in refused}
    assert said[single.subject_id, single.object_id].reason == "Alone."
    together = [said[one.subject_id, one.object_id] for one in group]
    assert {one.reason for one in together} == {"Together."}
    assert len({one.batch for one in together}) == 1 and together[0].batch
    reopen_group(cast.rita, together[0].correspondence)
    assert refused.all().get() == said[single.subject_id, single.object_id].correspondence


def test_an_empty_draft_a_published_one_and_a_discarded_one_cannot_be_published(cast, draft, topic):
    with pytest.raises(ValidationError, match="nothing to publish"):
        services.publish_draft(cast.rita, draft)
    decide(cast.rita, draft, topic)
    services.publish_draft(cast.rita, draft)
    with pytest.raises(PermissionDenied, match="published already"):
        services.publish_draft(cast.eve, draft)
    with pytest.raises(PermissionDenied, match="published already"):
        decide(cast.rita, draft, topic, 2)
    again = services.begin_draft(cast.rita, draft.source, draft.target)
    assert again.pk != draft.pk
    services.discard_draft(cast.rita, again)
    with pytest.raises(Http404):
        services.publish_draft(cast.rita, again)


def test_a_draft_of_clauses_of_other_texts_is_refused(cast, draft, topic, store):
    third = store(OLD_DRAFT, "c", law="three")
    with pytest.raises(ValidationError, match="not of the two texts"):
        services.confirm_pair(
            cast.rita, draft, article(draft.source, 1), article(third, 1), topic, "equivalent", REASON
        )
    assert not draft.pairs.exists()


def test_a_merged_topic_takes_its_draft_pairs_along_and_a_retired_one_is_named(cast, draft, topic):
    other = add_topic(cast.rita, {"title": "Machines"}, [])
    confirm_all(cast.sara)
    pair = decide(cast.rita, draft, topic)
    merge_topic(cast.eve, topic, other)
    confirm_all(cast.sara)
    pair.refresh_from_db()
    assert pair.topic == other
    Correspondence.objects.filter(topic=other).delete()
    retire_topic(cast.eve, other, "Not needed.")
    confirm_all(cast.sara)
    with pytest.raises(ValidationError, match="no longer in use"):
        services.publish_draft(cast.rita, draft)


@pytest.mark.both_databases
def test_two_who_begin_at_once_work_in_one_draft(cast, draft, laws):
    assert services.begin_draft(cast.eve, *laws) == draft
    with pytest.raises(IntegrityError), transaction.atomic():
        DraftComparison.objects.create(key="x", source=laws[0], target=laws[1], organisation=cast.centre)
    assert services.begin_draft(cast.charlie, *laws) != draft


def test_queries_of_the_page_do_not_grow_with_what_was_decided(cast, draft, topic, django_assert_max_num_queries, rita):
    rita.get(draft.get_absolute_url())
    decide(cast.rita, draft, topic, 1)
    with django_assert_max_num_queries(200) as few:
        rita.get(draft.get_absolute_url())
    decide(cast.rita, draft, topic, 2)
    decide(cast.rita, draft, topic, 3)
    with django_assert_max_num_queries(200) as many:
        rita.get(draft.get_absolute_url())
    assert len(many) <= len(few)


def test_what_is_done_in_a_draft_has_its_words_in_the_log():
    actions = {"begin", "decide in", "undo in", "publish", "discard"}
    assert {f"{action} draft comparison" for action in actions} <= ACTIONS.keys()
