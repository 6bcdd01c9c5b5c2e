"""What changes anything public leaves no page that was kept; what is private leaves all of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lawcompare.accounts import services as accounts
from lawcompare.accounts.models import Organisation, User
from lawcompare.annotations import services as annotating
from lawcompare.annotations.models import Annotation, Category, Flag, Reply
from lawcompare.annotations.own_notes import write_own_note
from lawcompare.annotations.services import content_of, relations_of, set_words, submit_annotation, write_annotation
from lawcompare.annotations.targets import set_target
from lawcompare.comparisons.correcting import services as correcting
from lawcompare.comparisons.models import Comparison
from lawcompare.comparisons.services import request_comparison
from lawcompare.core.jobs.models import Job, JobState
from lawcompare.core.log.services import publish as publish_statement
from lawcompare.core.log.services import read_signing_key, read_statement, record
from lawcompare.core.models import LocalisedText, Statement
from lawcompare.core.page_cache.content_token import PUBLIC, current_token, set_triggers
from lawcompare.crosswalk.drafts import services as drafting
from lawcompare.crosswalk.findings.models import Examination, Finding
from lawcompare.crosswalk.findings.services import decide_on_finding
from lawcompare.crosswalk.services import second_correspondence, state_by_hand
from lawcompare.crosswalk.suggestions import services as suggesting
from lawcompare.crosswalk.topics import services as topics
from lawcompare.crosswalk.values import services as valuing
from lawcompare.crosswalk.values.services import find_words
from lawcompare.laws.editing.services import COLUMNS, edit_law, rename_version
from lawcompare.laws.models import Event, Law, Origin, Version
from lawcompare.laws.services import Import, import_law
from lawcompare.laws.timeline.services import save_event
from lawcompare.laws.translations.services import set_review
from lawcompare.laws.withdrawal.services import restore, withdraw
from lawcompare.memos.services import make_memo
from lawcompare.publishing.carrying_forward.services import close, confirm, copy_of, take_up, undo
from lawcompare.publishing.models import Carried
from lawcompare.publishing.services import publish
from lawcompare.site.stated import changed_by_hand, stated_things
from tests.accounts.test_permissions import ARGUMENTS, patterns
from tests.conftest import FRONT, NEW_DRAFT, OLD_DRAFT
from tests.core.making import made
from tests.core.test_caching import read, was_rendered
from tests.naming import planted as planting
from tests.naming.relations import ANSWERS, RULES, WITH_TEXT
from tests.naming.relations import PUBLIC as ALWAYS_PUBLIC
from tests.proposals import decide, edits_the_site
from tests.site.test_proposals import place as place

# PostgreSQL changes the token at the end of a transaction; SQLite at once, so that a test may be rolled back there.

pytestmark = [pytest.mark.django_db(transaction=connection.vendor == "postgresql"), pytest.mark.both_databases]
PAGE = "/laws/"
KEY = read_signing_key(base64.b64encode(b"k" * 32).decode())


@pytest.fixture
def site(settings, cast, store, drafts):
    """Two public drafts; a private third one, and a private translation; a law beside them; a note that waits."""
    settings.PAGE_CACHE = True
    caches["pages"].clear()
    set_triggers()
    old, new = drafts
    third = store(NEW_DRAFT.replace("180 days", "90 days"), "third", date="2021", published=False)
    front = FRONT.format(law="draft", version="new-km", title="new-km", date="2020").replace("language: en\n", "")
    about = {"language": "km", "translates": "draft/new"}
    khmer = import_law(Import((front + NEW_DRAFT).encode(), "km.md", metadata=about)).version
    yield SimpleNamespace(
        cast=cast, old=old, new=new, third=third, khmer=khmer, law=Law.objects.get(slug="draft"),
        other=store(OLD_DRAFT, "only", law="other", date="2018"), note=waiting_note(cast, new),
        clause=new.clauses.get(eid="chp_1__art_3"), offence=new.clauses.get(eid="chp_1__art_1"),
        category=Category(code="VAGUE", label="Vagueness"), reply=Reply(body="Why?"),
        event=Event(law=new.law, slug="talk", date="2020", kind="drafting", title="A talk",
                    sources=[{"url": "https://example.org/"}]),
    )  # fmt: skip
    caches["pages"].clear()


def waiting_note(cast, version) -> Annotation:
    note = Annotation(body="Too wide.", risk=3, credits_person=True)
    set_target(note, version.clauses.get(eid="chp_1__art_3"), "deemed")
    annotating.write_annotation(cast.alice, note, {})
    annotating.submit_annotation(cast.alice, note)
    return note


def public_changes(site, wait):
    """(name, change), each in the state that those before it leave. ``wait`` has a change done with its jobs."""
    cast, note = site.cast, site.note
    yield "a note is published", lambda: annotating.publish_annotation(cast.rita, note)
    annotating.write_reply(cast.charlie, note, site.reply)
    yield "a reply is published", lambda: annotating.moderate_reply(cast.rita, site.reply, True)
    yield "a person is named otherwise", lambda: accounts.set_display_name(cast.alice, "Alice A.")
    yield "a person wants to be named no more", lambda: accounts.set_display_name(cast.alice, "")
    yield "a text is published", lambda: wait(lambda: publish(site.third))
    carried = Carried.objects.for_queue().get(annotation=note)
    yield "a concern is closed", lambda: close(cast.rita, carried, "removed", "It is gone.")
    yield "a text is renamed", lambda: rename_version(site.third, "third-draft")
    yield "a text is withdrawn", lambda: withdraw(cast.sara, site.third, "It was not ours.")
    yield "a text is shown again", lambda: restore(cast.sara, site.third.withdrawals.get())
    edited = {name: str(getattr(site.law, name)) for name in COLUMNS} | {"title": "Another title"}
    yield "a law is edited", lambda: edit_law(cast.sara, site.law, edited)
    yield "an event is added", lambda: save_event(cast.eve, site.event, [site.new])
    site.event.title = "Another talk"
    yield "an event is changed", lambda: save_event(cast.eve, site.event, [site.new])
    yield "an event leads to another text", lambda: save_event(cast.eve, site.event, [site.old])
    described = {"description": "Who we are.", "two_person_rule": False}
    yield "an organisation is described", lambda: accounts.describe_organisation(cast.adam, described)
    renamed = Organisation.objects.filter(pk=cast.centre.pk)
    logged = lambda: record("admin.change", f"accounts.organisation/{cast.centre.pk}")  # noqa: E731
    yield "an organisation gets another name", lambda: (renamed.update(name="Another name"), logged())
    yield "a translation is published", lambda: wait(lambda: publish(site.khmer))
    words = lambda: set_words(cast.eve, note, site.khmer.clauses.get(eid="chp_1__art_3"), "content", None)  # noqa: E731
    yield "words of a translation are marked", words
    editor = User.objects.get(pk=edits_the_site(cast.sara).pk)  # what others do of these waits for staff
    checked = {"is_checked": True, "credit": "Somebody", "note": ""}
    yield "a translation is checked", lambda: set_review(editor, site.khmer, **checked)
    rows = LocalisedText.objects
    yield "words of editors are translated", lambda: rows.create(language="km", original="a", digest="a", words="ក")
    corrected = lambda: record("admin.change", f"core.localisedtext/{rows.get().pk}")  # noqa: E731
    yield "a translation of words changes", lambda: (rows.update(words="ខ"), corrected())
    yield "a kind of risk is added", lambda: annotating.add_category(editor, site.category)
    site.category.label = "Vague words"
    yield "a kind of risk is changed", lambda: annotating.change_category(editor, site.category)
    finding = Finding.objects.filter(version=site.new).questions()[0]
    yield "a finding is decided on", lambda: decide_on_finding(editor, finding, "dismissed", "It is defined.")
    made = []
    yield "a topic is added", lambda: made.append(topics.add_topic(editor, {"title": "Lamps"}, [site.clause]))
    yield "a topic is changed", lambda: topics.edit_topic(editor, made[0], {"title": "Lanterns"}, [], 1)
    yield "another topic is added", lambda: made.append(topics.add_topic(editor, {"title": "Lights"}, []))
    stated = []
    answer = site.other.clauses.get(eid="chp_1__art_2")
    state = lambda: state_by_hand(editor, made[0], site.clause, answer, "equivalent", "They answer.")  # noqa: E731
    yield "a counterpart is stated", lambda: stated.append(state())
    yield "topics are merged", lambda: topics.merge_topic(editor, made[0], made[1])
    empty = topics.add_topic(editor, {"title": "Nothing"}, [])
    yield "a topic is retired", lambda: topics.retire_topic(editor, empty, "Not needed.")
    yield "a topic is in use again", lambda: topics.restore_topic(editor, empty)
    stated[0].refresh_from_db()
    yield "a counterpart is taken back", lambda: suggesting.reopen_correspondence(editor, stated[0])
    span = find_words(site.offence, "intentionally", None)
    value = valuing.state_value(cast.rita, site.offence, "mental", {"level": "intent"}, span)
    yield "a value is confirmed", lambda: valuing.confirm_value(cast.charlie, value, value.seen)
    other = {"level": "knowledge"}
    yield (
        "a value is corrected",
        lambda: valuing.correct_value(cast.rita, value, other, span, "Read again.", value.seen),
    )
    value.refresh_from_db()
    valuing.confirm_value(cast.charlie, value, value.seen)
    yield "a value is struck out", lambda: valuing.strike_value(cast.rita, value, "It is not there.", value.seen)
    yield "a comparison is done", lambda: wait(lambda: request_comparison(site.other, site.new))
    edge = (site.old.clauses.get(eid="chp_1__art_3"), site.new.clauses.get(eid="chp_1__art_2"))
    join = lambda: correcting.set_together(cast.rita, site.old, site.new, [edge], "One duty.", names_person=True)  # noqa: E731
    yield "a correction of a clause map is proposed", lambda: made.append(join())
    yield "it is confirmed", lambda: wait(lambda: made.append(decide(cast.sara, made.pop())))
    yield "a name is withdrawn from a decision", lambda: correcting.withdraw_name(cast.rita, made[2])
    yield "a correction is taken back", lambda: wait(lambda: correcting.undo_decision(cast.rita, made[2], "No."))
    next_day = lambda: Statement.objects.first().day + timedelta(days=1)  # noqa: E731
    yield "a day is stated", lambda: publish_statement("law.example", next_day(), list, KEY)
    logged = lambda: record("admin.delete", f"accounts.user/{cast.alice.pk}")  # noqa: E731
    yield "its author's account is deleted", lambda: (User.objects.get(pk=cast.alice.pk).delete(), logged())
    yield "a note is withdrawn", lambda: annotating.withdraw_annotation(cast.rita, note, "It was wrong.")


def private_changes(site, wait):
    """(name, change) as above, of what no visitor sees."""
    cast, draft = site.cast, Annotation(body="To be written.", risk=2)
    set_target(draft, site.offence, "without right")
    yield "a note is written", lambda: annotating.write_annotation(cast.alice, draft, {})
    yield "a note is handed in", lambda: annotating.submit_annotation(cast.alice, draft)
    yield "a note is returned", lambda: annotating.return_annotation(cast.rita, draft, "Not yet.")
    yield "an own note is written", lambda: write_own_note(cast.alice, site.clause, "For me.", 0)
    annotating.publish_annotation(cast.rita, site.note)
    yield "a reply waits", lambda: annotating.write_reply(cast.charlie, site.note, site.reply)
    yield "a reader gives notice", lambda: annotating.write_flag(site.note, Flag(kind="other", words="Look at this."))
    yield (
        "a text is imported",
        lambda: import_law(
            Import((FRONT.format(law="secret", version="1", title="Secret", date="2020") + OLD_DRAFT).encode(), "s.md")
        ),
    )
    yield (
        "a person signs in",
        lambda: Client().post("/accounts/login/", {"login": cast.alice.email, "password": "a long enough pass phrase"}),
    )
    yield "a person is invited", lambda: accounts.invite(cast.adam, "new@example.org", "member", lambda token: token)
    yield "a memo is begun", lambda: make_memo(cast.alice, "A memo")
    yield (
        "a search for counterparts is asked for",
        lambda: suggesting.request_suggestions(cast.rita, site.new, site.other),
    )
    yield "a draft comparison is begun", lambda: drafting.begin_draft(cast.rita, site.new, site.other)
    span = find_words(site.offence, "intentionally", None)
    stated = {"level": "intent"}
    yield "one person states a value", lambda: valuing.state_value(cast.rita, site.offence, "mental", stated, span)
    waiting = made(Comparison, old=site.other, new=site.third)
    yield (
        "a comparison reports progress",
        lambda: Job.objects.filter(pk=waiting.job_id).update(state=JobState.RUNNING, done=3),
    )
    examined = made(Examination, version=site.third)
    yield "an examination reports progress", lambda: Job.objects.filter(pk=examined.job_id).update(done=3)
    yield "something is logged", lambda: record("test", "test/1")
    unnamed = Organisation(slug="unnamed", name="Unnamed")
    yield "an organisation joins", unnamed.save
    yield "one that published nothing is renamed", lambda: Organisation.objects.filter(pk=unnamed.pk).update(name="No")
    yield "a person who is credited nowhere is named", lambda: accounts.set_display_name(cast.charlie, "C. C.")


@pytest.fixture
def wait(django_capture_on_commit_callbacks):
    def run(change) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            change()

    return run


@pytest.mark.verify
def test_no_page_is_kept_after_a_change_of_what_is_public(site, wait):
    stale, unlogged, statements = [], [], []
    for step, (name, change) in enumerate(public_changes(site, wait)):
        day = date(2020, 1, 1) + timedelta(days=2 * step)
        statements.append(read_statement(publish_statement("law.example", day, list, KEY, stated_things).words))
        read(PAGE)
        assert not was_rendered(PAGE), name
        change()
        if not was_rendered(PAGE):
            stale.append(name)
        unlogged += [f"{name}: {thing}" for thing, _day in changed_by_hand(statements)]
    assert stale == [], "name their tables in lawcompare/core/page_cache/content_token.py"
    assert not unlogged, "record it in the log, or the checks of the night take it for a change by hand"


def test_all_pages_are_kept_after_a_change_of_what_is_private(site, wait):
    site.cast.alice.set_password("a long enough pass phrase")
    site.cast.alice.save()
    forgotten = []
    for name, change in private_changes(site, wait):
        token = current_token()
        change()
        if current_token() != token:
            forgotten.append(name)
    assert forgotten == []


def test_a_member_s_decision_on_a_concern_counts_once_readers_see_it(site, wait):
    cast, note = site.cast, site.note
    annotating.publish_annotation(cast.rita, note)
    wait(lambda: publish(site.third))
    carried = lambda: Carried.objects.for_queue().get(annotation=note)  # noqa: E731
    begun = lambda: take_up(cast.alice, carried(), copy_of(carried()), relations_of(content_of(note)))  # noqa: E731
    before, renewed = current_token(), []
    for act in (
        begun,
        lambda: undo(cast.alice, carried().carrying),
        lambda: confirm(cast.alice, carried(), "kept"),
        lambda: undo(cast.alice, carried().carrying),
        lambda: close(cast.rita, carried(), "removed", "It is gone."),
        lambda: undo(cast.rita, carried().carrying),
    ):
        act()
        renewed.append(current_token() != before)
        before = current_token()
    assert renewed == [False] * 4 + [True] * 2
    Origin.objects.create(version=site.third, organisation=cast.centre)  # which staff have not confirmed
    before = current_token()
    close(cast.rita, carried(), "removed", "It is gone.")
    assert current_token() == before, "who brought the text alone sees it"


def that_count(table: str) -> set[int]:
    """The rows a change of which renews the token."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT r.id FROM {table} r WHERE {PUBLIC[table].format(row='r')}")
        return {key for (key,) in cursor.fetchall()}


class Private:
    """Which rows no visitor is shown, by their relations alone: to a private text, or to a note that is not public."""

    def __init__(self) -> None:
        self._known: dict[Any, bool] = {None: False}
        texts = Version.objects.filter(published_at__isnull=False)
        self._public = {Version: set(texts.values_list("pk", flat=True)), Law: set(texts.values_list("law", flat=True))}

    def __contains__(self, row: Any) -> bool:
        if row not in self._known:
            self._known[row] = False  # for a row that leads back to itself
            self._known[row] = self._is_private(row)
        return self._known[row]

    def _is_private(self, row: Any) -> bool:
        if type(row) in self._public:
            return row.pk not in self._public[type(row)]
        if isinstance(row, Annotation) and row.status in {"draft", "submitted"}:
            return True
        return any(
            getattr(row, one.name) in self for one in row._meta.fields if one.is_relation and self._is_shown_with(one)
        )

    def _is_shown_with(self, relation: Any) -> bool:
        """Whether a row is shown with what stands at its end, or not at all."""
        rule = RULES.get(f"{relation.model._meta.label}.{relation.name}")
        return rule == WITH_TEXT if rule else not relation.null


def test_no_row_of_what_is_private_counts(world, cast, store, drafts):
    """Every table, and every relation: whoever adds one says in tests/naming/relations.py what it leads to."""
    world.has("every relation", lambda: planting.plant(cast, store, drafts))
    private, counted, found = Private(), [], set()
    for model in apps.get_models(include_auto_created=True):
        rows = {row.pk: row for row in model._base_manager.all() if row in private}
        found |= {model._meta.db_table} if rows else set()
        if rows and model._meta.db_table in PUBLIC:
            counted += [f"{model._meta.db_table} {rows[key]}" for key in rows.keys() & that_count(model._meta.db_table)]
    assert not counted
    always = {table for table, condition in PUBLIC.items() if condition == "true"}
    proposed = {"annotations_category", "annotations_categorychange", "crosswalk_topic"}  # see below
    assert set(PUBLIC) - found == always | proposed | {"accounts_organisation", "accounts_user"}, (
        "plant what is private"
    )


def test_nothing_that_an_organisation_proposes_and_readers_do_not_see_counts(place, cast, client):
    set_triggers()
    client.force_login(cast.eve)
    made: list[Any] = []

    def hidden() -> Iterator[tuple[str, Any]]:
        topic, answer = place.topics["into"], place.other.clauses.get(num="Article 4")
        yield "a topic", lambda: made.append(topics.add_topic(cast.eve, {"title": "Hidden"}, [place.clause]))
        yield "its words", lambda: topics.edit_topic(cast.eve, made[0], {"title": "Other"}, [answer], 1)
        yield "a row under it", lambda: state_by_hand(cast.eve, made[0], place.clause, answer, "partial", "Why.")
        yield "a change of the site's topic", lambda: topics.edit_topic(cast.eve, topic, {"title": "Third"}, [], 1)
        yield "a kind of risk", lambda: client.post(reverse("kind_add"), {"code": "SECRET", "label": "Hidden"})
        yield "other words of one", lambda: client.post(reverse("kind_edit", args=["VAGUE"]), {"label": "Other"})
        check = reverse("review_translation", args=["draft", "old-km"])
        yield "a check", lambda: client.post(check, {"state": "checked", "credit": "Somebody"})
        finding = Finding.objects.filter(version=place.new).first()
        yield "a decision", lambda: decide_on_finding(cast.eve, finding, "dismissed", "So.")
        note = Annotation.objects.get(slug="noted")
        note.body = "Next words."
        yield "next words of a note", lambda: write_annotation(cast.alice, note, {})
        yield "their submission", lambda: submit_annotation(cast.alice, Annotation.objects.get(slug="noted"))
        Organisation.objects.filter(pk=cast.centre.pk).update(two_person_rule=True)
        eve = User.objects.get(pk=cast.eve.pk)
        row = (topic, answer, place.clause, "partial", "So.")
        yield "a row of one person", lambda: made.append(state_by_hand(eve, *row))

    for name, act in hidden():
        before = current_token()
        act()
        assert current_token() == before, name
    before = current_token()
    second_correspondence(cast.rita, made[1], made[1].seen)
    assert current_token() != before, "from here on readers see it"


def test_an_organisation_that_asks_for_a_second_person_or_waives_it_counts(place, cast):
    set_triggers()
    answer = place.other.clauses.get(num="Article 4")
    state_by_hand(cast.charlie, place.topics["into"], place.clause, answer, "partial", "So.")
    for rule in (True, False):
        before = current_token()
        Organisation.objects.filter(pk=cast.others.pk).update(two_person_rule=rule)
        assert current_token() != before, rule


def test_an_organisation_counts_wherever_it_is_named():
    """A page that names it is made anew when it is called otherwise."""
    # What the search reads anew each time, and what names a law, of no organisation.
    copies = {"search.SearchEntry.organisation", "laws.WantedText.law"}
    for name in {name for name, rule in RULES.items() if rule in {ANSWERS, ALWAYS_PUBLIC}} - copies:
        label, _dot, column = name.rpartition(".")
        table = apps.get_model(label)._meta.db_table
        assert f"{table}.{column}_id = {{row}}.id" in PUBLIC["accounts_organisation"], name


# What public pages read beside, and the row that is written in the same transaction or makes it public.
WRITTEN_WITH = {
    "annotations_annotation_answers": "its annotation",
    "annotations_annotation_categories": "its annotation",
    "annotations_annotation_standards": "its annotation",
    "annotations_notedecision": "its annotation",
    "annotations_revision": "its annotation",
    "publishing_carrying": "what was carried: the job itself is shown to nobody",
    "core_job": "how far it is, on pages that are not kept",
    "comparisons_clausepair": "its comparison, once that is done",
    "crosswalk_finding": "its examination, once that is done",
    "imports_importcorrection": "the text that comes of its draft",
    "imports_importdraft": "the text that comes of it",
    "laws_amendment": "its text",
    "laws_clause": "its text",
    "laws_lawchange": "its law",
}


def test_every_table_that_a_public_page_reads_is_in_the_list(world, cast, store, drafts):
    """Whoever shows a new table finds here where to name it."""
    assert set(PUBLIC) <= set(connection.introspection.table_names())
    world.has("every relation", lambda: planting.plant(cast, store, drafts))
    client, shown, examples = Client(raise_request_exception=False), {}, ARGUMENTS | {"slug": "public-note"}
    for name, arguments in patterns():
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(reverse(name, kwargs={argument: examples[argument] for argument in arguments}))
        if answer.headers.get("Cache-Control", "").startswith("public"):
            for table in re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(query["sql"] for query in asked)):
                shown.setdefault(table, name)
    assert len(shown) > 30
    assert {table: page for table, page in shown.items() if table not in PUBLIC | WRITTEN_WITH} == {}
