"""Daily statements: what is signed, that it names nothing private, and that a forged log or text does not pass."""

from __future__ import annotations

import base64
import errno
import hashlib
import inspect
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from lawcompare.accounts.models import User
from lawcompare.accounts.services import add_member, describe_organisation
from lawcompare.annotations.models import Annotation, RenderedWords, Reply
from lawcompare.annotations.services import FIELDS, publish_annotation, withdraw_annotation
from lawcompare.comparisons.correcting.services import set_together
from lawcompare.comparisons.models import ClausePair, Concordance, LeadSentence, Level
from lawcompare.comparisons.services import propose_lead
from lawcompare.core.jobs.runner import run_now
from lawcompare.core.log.services import BEGINNING, public_key, publish, read_signing_key, read_statement, record
from lawcompare.core.models import Entry, LocalisedText, Statement
from lawcompare.core.page_cache.content_token import PUBLIC, current_token, set_triggers
from lawcompare.crosswalk.models import Correspondence, Silence, Topic, TopicChange, Value
from lawcompare.crosswalk.services import state_by_hand
from lawcompare.crosswalk.topics.services import add_topic, merge_topic
from lawcompare.laws.documents import load_document, text_hash
from lawcompare.laws.editing.services import COLUMNS as LAW_COLUMNS
from lawcompare.laws.editing.services import edit_law
from lawcompare.laws.models import (
    Clause,
    Event,
    Law,
    Origin,
    PlainWords,
    TranslationReview,
    Version,
    WantedText,
    Withdrawal,
)
from lawcompare.laws.withdrawal.services import restore
from lawcompare.laws.withdrawal.services import withdraw as withdraw_text
from lawcompare.publishing.carrying_forward.services import confirm, request_carryings
from lawcompare.publishing.models import Carried, Carrying
from lawcompare.publishing.services import publish as make_public
from lawcompare.site.stated import (
    BESIDE_WORDS,
    COLUMNS,
    RULES,
    _digests_of_clauses,
    _histories,
    _rows,
    _things,
    changed_by_hand,
    stated_texts,
    stated_things,
)
from tests import second_factor
from tests.conftest import NEW_DRAFT, OLD_DRAFT, ROOT
from tests.core import making
from tests.naming import planted as planting
from tests.proposals import decide
from tests.publishing.test_carrying import publish_note

pytestmark = pytest.mark.django_db
KEY = base64.b64encode(b"k" * 32).decode()
TODAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def key(settings):
    settings.MIRROR_KEY = KEY
    return read_signing_key(KEY)


@pytest.fixture
def kept(drafts, tmp_path, settings):
    """A folder with today's statement of a site with two texts and a log."""
    settings.ALLOWED_HOSTS = ["example.org", "testserver"]
    record("publish", "annotation/first", words=1)
    record("publish", "annotation/second", words=2)
    call_command("publish_statement", str(tmp_path))
    return tmp_path


def withdraw(version, organisation) -> None:
    Withdrawal.objects.create(version=version, organisation=organisation, reason="It was not ours to publish.")
    record("withdraw", f"text/{version.address}")


def without_the_guards() -> None:
    assert connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'content_token_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


def test_it_is_signed_and_lists_each_public_text_by_its_hash(kept, drafts, key):
    (path,) = kept.iterdir()
    statement = read_statement(path.read_text())
    assert statement.is_signed_by(key.public_key()) and not statement.is_signed_by(other_key())
    assert statement.texts == sorted((one.text_hash, one.address) for one in drafts)
    assert statement.site == "example.org"


def other_key():
    return read_signing_key(base64.b64encode(b"o" * 32).decode()).public_key()


def test_a_changed_statement_is_not_signed(kept, key):
    words = next(kept.iterdir()).read_text()
    forged = words.replace("site: ", "site: other.", 1)
    assert not read_statement(forged).is_signed_by(key.public_key())


def test_nothing_private_is_in_it(kept, drafts, store, cast, key):
    private = store("## Article 1. Hidden\n\nHidden words.\n", "secret", law="hidden-law", published=False)
    old, new = drafts
    withdraw(old, cast.centre)
    words = publish("example.org", TODAY + timedelta(days=400), stated_texts, key).words
    assert private.text_hash not in words and "hidden" not in words and old.address not in words
    assert f"\n{old.text_hash}\n" in words and f"{new.text_hash}  {new.address}\n" in words
    secrets = [one for row in Entry.objects.values_list("salt", "digest", "subject") for one in row]
    assert secrets and not any(secret in words for secret in secrets)


def test_the_checks_of_the_night_pass_and_go_on_passing_when_a_text_is_withdrawn(kept, drafts, cast, capsys):
    withdraw(drafts[0], cast.centre)
    call_command("check_audit", noted=kept)
    assert "It is the log of 1 statements" in capsys.readouterr().out
    call_command("check_texts", manifest=kept)


def test_a_log_that_its_owner_wrote_anew_passes_alone_and_not_before_a_kept_statement(kept, key):
    """All digests right, and signed with the site's own key."""
    without_the_guards()
    day = Statement.objects.get().day
    entry = Entry.objects.get(subject="annotation/second")
    entry.details = entry.details.replace("2", "3")
    entry.digest = entry.right_digest
    entry.save()
    Entry.objects.update(statement=None)
    Statement.objects.all().delete()
    with pytest.raises(CommandError, match=f"the statement of {day} is missing"):
        call_command("check_audit", noted=kept)
    publish("example.org", day, stated_texts, key)
    call_command("check_audit")
    with pytest.raises(CommandError, match=f"the statement of {day} is not the one that was kept"):
        call_command("check_audit", noted=kept)


def test_a_text_that_its_owner_wrote_anew_passes_alone_and_not_before_a_kept_statement(kept, drafts):
    without_the_guards()
    clause = Clause.objects.filter(version=drafts[1]).exclude(text="").order_by("position")[0]
    Clause.objects.filter(pk=clause.pk).update(text="Other words.")
    Version.objects.filter(pk=drafts[1].pk).update(text_hash=text_hash(load_document(drafts[1]).clauses))
    with pytest.raises(CommandError, match="is not the text that was stated on"):
        call_command("check_texts", manifest=kept)


def test_a_file_that_is_no_statement_of_this_site_is_refused_with_a_sentence(kept, settings):
    path = next(kept.iterdir())
    settings.MIRROR_KEY = base64.b64encode(b"o" * 32).decode()
    with pytest.raises(CommandError, match="is not signed by this site") as refused:
        call_command("check_audit", noted=kept)
    assert refused.value.returncode == 2
    dated = re.sub(r"day: \S+", "day: 2026-99-99", path.read_text())
    path.write_text(dated)
    for command, option in (("check_audit", "noted"), ("check_texts", "manifest")):
        with pytest.raises(CommandError, match="cannot be used"):
            call_command(command, **{option: kept})
    path.write_text("nothing")
    for command in ({"check_audit": {"noted": kept}}, {"check_texts": {"manifest": kept}}):
        ((name, options),) = command.items()
        with pytest.raises(CommandError, match="it is not a statement"):
            call_command(name, **options)
    path.unlink()
    for nothing in (kept, kept / "print.json"):
        (kept / "print.json").write_text("[]")
        with pytest.raises(CommandError, match=r"holds no statement|is not what check_texts printed"):
            call_command("check_texts", manifest=nothing)


def test_a_statement_that_is_kept_is_replaced_by_no_other_of_its_day(kept):
    """One that a restored, older database made replaced what everybody else had."""
    (path,) = kept.iterdir()
    path.write_text("What was stated that day.\n", "utf-8")
    with pytest.raises(CommandError, match="is another statement of that day, and stays"):
        call_command("publish_statement", kept)
    assert path.read_text("utf-8") == "What was stated that day.\n"


def test_a_statement_that_could_not_be_kept_is_kept_with_the_next(kept):
    for days, folder in ((1, []), (2, [str(kept)])):  # the folder was full on the first of them
        with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=days)):
            call_command("publish_statement", *folder)
    made = {f"{one.day}.txt": one.words for one in Statement.objects.all()}
    assert len(made) == 3 and {path.name: path.read_text() for path in kept.iterdir()} == made


def test_a_day_has_one_statement(kept):
    words = Statement.objects.get().words
    record("publish", "annotation/third", words=3)
    call_command("publish_statement", str(kept))
    assert Statement.objects.get().words == words


def test_without_a_key_nothing_is_published(drafts, settings, tmp_path, capsys):
    settings.MIRROR_KEY = ""
    call_command("publish_statement", str(tmp_path))
    assert "MIRROR_KEY is not set" in capsys.readouterr().out and not Statement.objects.exists()


def test_readers_find_statements_and_the_feed_in_both_languages(client, kept, key):
    first = Statement.objects.get()
    record("publish", "annotation/third", words=3)
    later = first.day + timedelta(days=1)
    last = publish("example.org", later, stated_texts, key)
    for prefix, title in (("", "Daily statements"), ("/km", "សេចក្តីបញ្ជាក់ប្រចាំថ្ងៃ")):
        page = client.get(f"{prefix}/statements/").content.decode()
        assert title in page and f"{prefix}/statements/{first.day}.txt" in page
        assert client.get(f"{prefix}/statements/{later}.txt").content.decode() == last.words
        feed = client.get(f"{prefix}/feeds/statements.atom").content.decode()
        assert str(later) in feed and first.digest in feed and last.digest in feed
    for path in ("/statements/2000-01-01.txt", f"/statements/{first.day}/{later}.json", "/statements/2026-13-45.txt"):
        assert client.get(path).status_code == 404, path


def test_the_guides_commands_check_signature_and_predecessor(kept, key, tmp_path_factory):
    """``openssl`` and ``sha256sum`` as the guide has them, on two statements as a reader has them."""
    first = Statement.objects.get()
    last = publish("example.org", first.day + timedelta(days=1), list, key)
    assert read_statement(first.words).before == BEGINNING
    folder = tmp_path_factory.mktemp("reader")
    for made in (first, last):
        (folder / f"{made.day}.txt").write_text(made.words)
    guide = (ROOT / "docs" / "checking.md").read_text("utf-8")
    programs = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    script = "\n".join(program for program in programs if "openssl" in program or "sha256sum" in program)
    script = script.replace("KEY=…", f"KEY={public_key(KEY)}").replace("2026-11-24", str(first.day))
    script = script.replace("2026-11-25", str(last.day))
    done = subprocess.run(["sh", "-e", "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Signature Verified Successfully" in done.stdout and first.digest in done.stdout


def test_the_guides_program_computes_the_hash_of_a_text_from_its_public_form(client, drafts):
    guide = (ROOT / "docs" / "checking.md").read_text("utf-8")
    (program,) = re.findall(r'python3 -c "\n(.*?)"\n', guide, re.DOTALL)
    public = client.get(f"{drafts[1].get_absolute_url().removesuffix('/')}.json").content
    command = [sys.executable, "-I", "-c", textwrap.dedent(program)]
    printed = subprocess.run(command, input=public, capture_output=True, check=True).stdout
    assert printed.decode().strip() == drafts[1].text_hash


# Public tables of which no column is stated, and why.
NOT_STATED = {
    "accounts_user": "a name that is taken back is gone at once",
    "annotations_categorychange": "how a kind of risk came to say what it says, which is stated",
    "comparisons_comparison": "computed from texts that are stated",
    "comparisons_mapdecision": "a decision that is never changed",
    "core_statement": "it is what states",
    "crosswalk_examination": "computed from a text that is stated",
    "crosswalk_findingdecision": "of what is computed",
    "laws_clausetranslation": "computed, or a decision that is never changed",
    "laws_origin": "with its text",
}


# Columns of words of a table that is stated, which are not, and why.
COLUMNS_NOT_STATED = {
    "the name or the address, which are stated": """
        Version.slug Version.text_hash Law.slug Event.slug WantedText.slug Annotation.slug Reply.slug Topic.slug
        Category.code Organisation.slug LocalisedText.language""",
    "the slug of the organisation is stated, or this": "Correspondence.author Concordance.author",
    "the program's": "Version.selection Correspondence.reasons",
    "shown to no reader": "Version.file_hash Annotation.pending Annotation.name_read TranslationReview.note",
    "those of one state alone are public": "Reply.status",
    "where words are found, which are stated": "Annotation.prefix Annotation.suffix Carried.prefix Carried.suffix",
    "how the program or a person came to what is stated": "Carried.exact Carried.verdict Carried.decision",
}


def test_of_every_column_of_words_it_is_said_why_it_is_not_stated():
    words = models.CharField, models.TextField, models.JSONField
    left_out = {
        f"{model.__name__}.{field.name}"
        for model, columns in COLUMNS.items()
        for field in model._meta.local_concrete_fields
        if isinstance(field, words) and field.name not in columns.split()
    }
    assert left_out == {name for names in COLUMNS_NOT_STATED.values() for name in names.split()}


# Links of a table that is stated to others, which are not, and why.
LINKS_NOT_STATED = {
    "people, whose names may go at once": """
        Annotation.creator Reply.creator TranslationReview.by PlainWords.by LeadSentence.by Withdrawal.by
        Withdrawal.restored_by Carried.decided_by Correspondence.stated_by Correspondence.seconded_by Value.stated_by
        Value.confirmed_by RenderedWords.by""",
    "named nowhere where it stands, and of a few: a digest would tell which": """
        Topic.organisation LeadSentence.organisation TranslationReview.organisation RenderedWords.organisation""",
    "jobs": "Version.index_job Version.mapping_job Version.news_job",
    "a file, of which nothing is told": "Version.kept_original",
    "how the program or a person came to what is stated": """
        Carried.rival_clause Correspondence.carried_from Value.carried_from Value.disputes""",
}

# Columns by which a row is public that are not stated, with what hides it.
TAKEN_AWAY = {
    Withdrawal: {"restored_at": "2026-11-25T00:00Z"},
    Topic: {"retired_at": "2026-11-25T00:00Z"},
    Carried: {"decision": ""},
    Reply: {"status": "held"},
    Version: {"published_at": None},
}


@pytest.fixture
def stated(world, cast, store, drafts, key):
    """What was stated of a site with something public, and something private, in every relation."""
    world.has("every relation", lambda: planting.plant(cast, store, drafts))
    old, new = drafts
    mine, theirs = (version.clauses.get(eid="chp_1__art_1") for version in drafts)
    place = {"words_clause": mine, "start": 0, "end": 7, "quote": mine.text[:7]}
    Value.objects.create(clause=mine, version=old, element="conduct", status="confirmed", **place)
    Correspondence.objects.create(
        topic=Topic.objects.get(), subject=mine, subject_version=old, object=theirs, object_version=new,
        relation="equivalent", reasoning="They answer.", status="confirmed",
    )  # fmt: skip
    Topic.objects.update(confirmation="confirmed")
    Silence.objects.create(topic=Topic.objects.get(), version=new, kind="not-known")
    of_old = Annotation.objects.ever_public().filter(version=old).first()
    RenderedWords.objects.create(annotation=of_old, version=new, clause=theirs, exact="x", organisation=cast.centre)
    review = {"is_checked": True, "credit": "Somebody", "organisation": cast.centre, "confirmation": "confirmed"}
    Version.objects.filter(pk=old.pk).update(translates=new)
    TranslationReview.objects.create(version=old, **review)
    spoken = {"text": "You may not.", "organisation": cast.centre, "confirmation": "confirmed"}
    PlainWords.objects.create(version=old, clause=mine, **spoken)
    LeadSentence.objects.create(old=old, new=new, body="It says more.", organisation=cast.centre)
    talk = {"date": "2015", "kind": "drafting", "title": "A talk", "sources": [{"url": "https://example.org/"}]}
    Event.objects.create(law=old.law, slug="talk", **talk).versions.add(old)
    retired = Event.objects.create(law=old.law, slug="retired", is_retired=True, **talk)
    retired.versions.add(old)
    with patch("django.utils.timezone.now", return_value=old.published_at):  # nobody else ever saw it
        retired.changes.create(after={})
    pairing = {"old_version": old, "new_version": new, "old": old.clauses.get(num="Article 3"), "new": theirs}
    Concordance.objects.create(**pairing, author="Somebody", reason="So says the table.")
    note = Annotation.objects.ever_public().filter(version=old).first()
    carrying = Carrying.objects.filter(old=old, new=new).first() or making.made(
        Carrying, old=old, new=new, state="done"
    )
    Carried.objects.create(carrying=carrying, annotation=note, decision="closed", fate="kept", reason="It stands.")
    LocalisedText.objects.create(language="km", original="Why.", digest="0" * 64, words="ហេតុអ្វី", checked_by="X")
    known = {"title": "The draft of 2021", "known_since": "2021", "body": "Why.", "sources": talk["sources"]}
    WantedText.objects.create(law=old.law, slug="unseen", **known)
    return read_statement(publish("example.org", TODAY, stated_texts, key, stated_things).words)


def other_than(value):
    """A value of the same kind."""
    if value is None or isinstance(value, bool | int):
        return not value if isinstance(value, bool) else (value or 0) + 1
    if isinstance(value, dict | list):
        return {**value, "km": "x"} if isinstance(value, dict) else [*value, "x"]
    return f"{value}x"


@pytest.mark.verify
def test_whatever_public_is_changed_or_deleted_by_hand_is_found_and_what_the_log_tells_of_is_not(stated):
    without_the_guards()
    assert {*(model._meta.db_table for model in COLUMNS), *NOT_STATED} == set(PUBLIC)
    assert list(changed_by_hand([stated])) == []
    rows = [one for one in _rows() if one[2]]
    examples = {type(row): (name, row, log) for name, row, _is_public, _beside, log in reversed(rows)}
    assert set(examples) == set(COLUMNS)
    links_left_out = set(" ".join(LINKS_NOT_STATED.values()).split())
    unnoticed = []
    for model, (name, row, log) in examples.items():
        ways = {column: {column: other_than(getattr(row, column))} for column in COLUMNS[model].split()}
        if "basis" in ways:  # which rests on a heading where no relation is stated
            ways["basis"] = {"basis": "heading", "relation": ""}
        for link in model._meta.local_concrete_fields:
            if link.is_relation and f"{model.__name__}.{link.name}" not in links_left_out:
                is_to_note = link.related_model is Annotation
                others = Annotation.objects.ever_public() if is_to_note else link.related_model._base_manager.all()
                others = others.exclude(pk=getattr(row, link.attname) or 0)
                ways[link.name] = {link.name: others.order_by("pk").first()}
        # What takes the row itself away, and no other row.
        ways |= {name: {name: value} for name, value in TAKEN_AWAY.get(model, {}).items()}
        for way, change in (ways | {"deleted": None}).items():
            before = transaction.savepoint_create()
            rows = model._base_manager.filter(pk=row.pk)
            if change is None:
                with suppress(ProtectedError):  # what others rest on, the database itself keeps
                    rows.delete()
            else:
                try:
                    with transaction.atomic():
                        rows.update(**change)
                except IntegrityError:  # what the database itself refuses
                    continue
                if name not in dict(changed_by_hand([stated])):
                    unnoticed.append(f"{way} of {name}")
                for subject in (name, *log[:1]):
                    record("change", subject)
                if name in dict(changed_by_hand([stated])):
                    unnoticed.append(f"{way} of {name}, which the log tells of")
            if change is None and not rows.exists() and name not in dict(changed_by_hand([stated])):
                unnoticed.append(f"{name} was deleted")
            transaction.savepoint_rollback(before)
    note = Annotation.objects.get(pk=examples[Annotation][1].pk)
    for named in (note.standards, note.answers):
        named.add(Clause.objects.filter(version=note.version).last())
        assert f"annotation/{note.slug}" in dict(changed_by_hand([stated]))
        named.clear()
    assert not unnoticed, "\n".join(unnoticed)


def test_what_staff_refuse_is_not_changed_by_hand(drafts, cast, key):
    lead = propose_lead(cast.rita, *drafts, "It says more.")
    words = publish("example.org", TODAY, stated_texts, key, stated_things).words
    assert "sentences/" in words
    decide(cast.sara, lead, "refuse")
    assert list(changed_by_hand([read_statement(words)])) == []


def test_no_digest_tells_what_an_organisation_was_called_when_it_stated_something(drafts, cast):
    """That would tell whether a text was in hand before that day."""
    old, new = drafts
    topic = Topic.objects.create(slug="access", title="Access")
    sides = old.clauses.get(num="Article 1"), new.clauses.get(num="Article 1")
    row = state_by_hand(cast.rita, topic, *sides, "equivalent", "So.")
    pairing = set_together(cast.rita, old, new, [(old.clauses.get(num="Article 3"), None)], "It is gone.")
    for one in (row, pairing):
        decide(cast.sara, one)
    before = {(said, name) for said, name in stated_things() if name.startswith(("correspondences/", "pairings/"))}
    Correspondence.objects.update(author="Center for Lamps")
    assert len(before) == 2 and before <= stated_things()


def test_no_digest_tells_who_said_what_no_page_names_anybody_for(drafts, cast):
    """One of few names was found by trying each."""
    lead = propose_lead(cast.rita, *drafts, "It says more.")
    decide(cast.sara, lead)
    brought = Origin.objects.create(version=drafts[0], organisation=cast.centre, confirmation="confirmed")
    before = stated_things()
    for row in (lead, brought):
        type(row).objects.filter(pk=row.pk).update(organisation=cast.others)
        assert stated_things() == before
    talk = {"date": "2015", "kind": "drafting", "title": "A talk", "sources": [{"url": "https://example.org/"}]}
    hidden = Event.objects.create(law=drafts[0].law, slug="talk", is_retired=True, **talk)
    hidden.versions.add(drafts[0])
    assert stated_things() == before, "nor what is no longer shown"


def test_a_sentence_in_place_of_which_another_stands_changes_no_statement_and_no_kept_page(drafts, cast):
    set_triggers()
    otto, _is_new = add_member("otto@example.org", cast.others, "editor")
    second_factor.give(otto)
    decide(cast.sara, propose_lead(cast.rita, *drafts, "It says more."))
    before = stated_things(), current_token()
    propose_lead(otto, *drafts, "It says less.")
    assert (stated_things(), current_token()) == before


def test_what_a_member_says_of_a_concern_is_stated_once_readers_see_it(cast, drafts, key):
    old, new = drafts
    note = publish_note(old.clauses.get(num="Article 2"), cast.centre, "hinder the unity of the country")
    carrying = request_carryings(new)[0]
    run_now(carrying.job)
    carried = lambda: Carried.objects.for_queue().get(annotation=note)  # noqa: E731
    name, said = f"annotation/note/{new.text_hash}", []
    for act in (
        lambda: confirm(cast.alice, carried(), "worsened"),
        lambda: publish_annotation(cast.rita, carried().successor),
        lambda: withdraw_annotation(cast.rita, carried().successor, "It was wrong."),
    ):
        words = publish("example.org", TODAY + timedelta(days=len(said)), list, key, stated_things).words
        act()
        said.append(name in dict(map(reversed, stated_things())))
        assert list(changed_by_hand([read_statement(words)])) == []
    assert said == [False, True, False]


def test_what_a_note_said_before_is_changed_by_hand_by_nobody_and_of_private_words_nothing_is_stated(cast, drafts, key):
    """Its page shows each publication since its text is public."""
    note = publish_note(drafts[0].clauses.get(num="Article 2"), cast.centre)
    since = drafts[0].published_at
    for number, days in enumerate((-2, -1, 1, 2), 1):
        said = {name: f"{name} {number}" for name in FIELDS}
        note.revisions.create(number=number, content=said, published_at=since + timedelta(days=days))
    statement = read_statement(publish("example.org", TODAY, stated_texts, key, stated_things).words)
    without_the_guards()
    for number in (1, 2, 3, 4):
        before = transaction.savepoint_create()
        note.revisions.filter(number=number).update(content=dict.fromkeys(FIELDS, "forged"))
        found = dict(changed_by_hand([statement]))
        assert (f"annotation/{note.slug}" in found) == (number > 1), "the first was replaced before others could see it"
        transaction.savepoint_rollback(before)


def test_what_is_stated_names_nothing_private_and_is_stated_once(stated, cast, key):
    words = " ".join(name for _digest, name in stated.things)
    assert "retired" not in words
    assert "hush" not in words and "zq" not in words and "note-on" not in words and "held" not in words
    later = publish("example.org", TODAY + timedelta(days=1), stated_texts, key, stated_things)
    assert read_statement(later.words).things == [] and len(stated.things) > 10


@pytest.mark.parametrize("column", sorted(set(BESIDE_WORDS) - {"eid", "parent__eid", "depth"}))
def test_what_a_text_says_of_a_clause_is_changed_by_hand_by_nobody(stated, column):
    """Each clause could be called the law's own words in place of a restatement."""
    without_the_guards()
    clause = Clause.objects.filter(version__slug="old").first()
    other = {"confidence": 0.5, "is_corrected": True}.get(column, "x")
    Clause.objects.filter(pk=clause.pk).update(**{column: other})
    assert f"text/{clause.version.text_hash}" in dict(changed_by_hand([stated]))


def test_an_entry_of_the_log_excuses_nothing_that_is_changed_after_all_was_stated_again(stated, key):
    """One about a law excused whatever was changed by hand of its events and notes, for ever."""
    event = Event.objects.get(slug="talk")
    record("change law", f"law/{event.law.slug}")
    statements = [stated]
    for days in (1, 6):  # on Thursday and, Monday's being missed, on the next Tuesday
        made = publish("example.org", TODAY + timedelta(days=days), stated_texts, key, stated_things)
        statements.append(read_statement(made.words))
    assert list(changed_by_hand(statements)) == []
    Event.objects.filter(pk=event.pk).update(title="Another talk")
    assert list(changed_by_hand(statements[:2])) == [], "the entry may be why"
    (changed,) = changed_by_hand(statements)
    assert changed[1] == statements[-1].day and "talk" in changed[0]


def test_the_night_notices_a_title_or_a_note_that_was_changed_by_hand(kept, drafts, capsys):
    call_command("check_texts")
    Law.objects.update(title="Another title")
    with pytest.raises(CommandError, match=r"law/draft is not as stated on .*, and no entry of the log says why"):
        call_command("check_texts")
    record("change law", "law/draft")
    call_command("check_texts")


def test_the_night_notices_a_redline_that_was_changed_by_hand(drafts):
    call_command("check_texts")
    without_the_guards()
    pair = ClausePair.objects.filter(level=Level.PART, old__isnull=False, new__isnull=False).exclude(changes=[])[0]
    for run, (op, words, noise) in enumerate(pair.changes):
        for other in ([op, words + " not", noise], [{"equal": "delete"}.get(op, "equal"), words, noise]):
            changed = [*pair.changes[:run], other, *pair.changes[run + 1 :]]
            ClausePair.objects.filter(pk=pair.pk).update(changes=changed)
            with pytest.raises(CommandError, match=r"A redline of draft/old and draft/new does not say"):
                call_command("check_texts")
    ClausePair.objects.filter(pk=pair.pk).update(changes=[])
    with pytest.raises(CommandError, match=r"A redline"):
        call_command("check_texts")


def test_what_changes_while_a_statement_is_made_has_its_entry_in_the_next(key):
    """Its entry was in this one, and its digest in none that could be read with it: changed by hand for ever."""

    def things() -> dict[str, str]:
        record("describe", "organisation/centre")
        return {}

    publish("example.org", TODAY, list, key, things)
    assert Entry.objects.get(subject="organisation/centre").statement is None


def test_a_full_disk_leaves_no_half_statement(drafts, tmp_path, monkeypatch):
    """It stopped every night's checks until somebody took it away."""

    def write(path: Path, words: str, encoding: str) -> None:
        path.write_bytes(words.encode()[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full, pytest.raises(CommandError, match="No space left on device"):
        full.setattr(Path, "write_text", write)
        call_command("publish_statement", str(tmp_path))
    assert not list(tmp_path.iterdir())
    call_command("publish_statement", str(tmp_path))
    assert read_statement(next(tmp_path.iterdir()).read_text("utf-8"))


def test_an_upgrade_that_states_things_otherwise_says_so_once_and_is_no_alarm(kept):
    """Every night's checks failed until somebody told the log by hand."""
    tonight = timezone.now()
    with patch.dict(COLUMNS, {Law: COLUMNS[Law].replace(" description", "")}):
        with pytest.raises(CommandError, match="is not as stated on"):
            call_command("check_texts")
        for day in (1, 2):
            at = tonight + timedelta(days=day)
            with patch("lawcompare.site.stated.RULES", RULES + 1), patch("django.utils.timezone.now", return_value=at):
                call_command("publish_statement", str(kept))
        call_command("check_texts", manifest=kept)
        assert Entry.objects.filter(subject="library", action="state by other rules").count() == 2, (
            "as made, and as now"
        )
        Law.objects.update(jurisdiction="xx")
        with pytest.raises(CommandError, match="is not as stated on"):
            call_command("check_texts", manifest=kept)


def test_whoever_changes_what_is_stated_gives_the_rules_a_new_number():
    """Take over the digest too. Other statements of the same rows without a new number are an alarm every night."""
    code = re.sub(
        r"#.*|\s", "", "".join(inspect.getsource(one) for one in (_rows, _things, _histories, _digests_of_clauses))
    )
    said = [BESIDE_WORDS, sorted((model._meta.label, columns) for model, columns in COLUMNS.items())]
    assert (RULES, hashlib.sha256(f"{code}{said}".encode()).hexdigest()[:16]) == (4, "ee574d6731540d13")


def _withdraw_the_only_text_of_a_law(cast, old, new) -> Iterator[None]:
    withdraw_text(cast.eve, old, "Ours.")
    yield
    restore(cast.eve, Withdrawal.objects.get())


def _confirm_an_event_on_a_text_withdrawn_since(cast, old, new) -> Iterator[None]:
    withdraw_text(cast.eve, old, "Ours.")
    yield
    decide(cast.sara, Event.objects.get(slug="talk"))


def _rename_a_law_of_which_a_text_is_restored(cast, old, new) -> Iterator[None]:
    withdraw_text(cast.eve, old, "Ours.")
    yield
    restore(cast.eve, Withdrawal.objects.get())
    edit_law(cast.sara, old.law, {name: str(getattr(old.law, name)) for name in LAW_COLUMNS} | {"slug": "renamed"})


def _ask_for_a_second_person_again(cast, old, new) -> Iterator[None]:
    describe_organisation(cast.adam, {"description": "", "two_person_rule": False})
    topic = Topic.objects.create(slug="access", title="Access", confirmation="confirmed")
    sides = old.clauses.get(num="Article 1"), new.clauses.get(num="Article 1")
    decide(cast.sara, state_by_hand(cast.rita, topic, *sides, "equivalent", "So."))
    yield
    describe_organisation(User.objects.get(pk=cast.adam.pk), {"description": "", "two_person_rule": True})


def _take_a_topic_back(cast, old, new) -> Iterator[None]:
    topic = add_topic(cast.eve, {"title": "Access"}, [])
    decide(cast.sara, TopicChange.objects.get())
    sides = old.clauses.get(num="Article 1"), new.clauses.get(num="Article 1")
    decide(cast.sara, state_by_hand(cast.rita, topic, *sides, "equivalent", "So."))
    yield
    decide(cast.sara, TopicChange.objects.get(), "undo")


def _merge_a_topic_into_which_another_was_merged(cast, old, new) -> Iterator[None]:
    sides = old.clauses.get(num="Article 1"), new.clauses.get(num="Article 1")
    first, second, third = (add_topic(cast.eve, {"title": title}, []) for title in ("Access", "Entry", "Computers"))
    for change in TopicChange.objects.all():
        decide(cast.sara, change)
    for topic in (first, second):
        Topic.objects.filter(pk=topic.pk).update(elsewhere=[f"us: {topic.title}"])
    decide(cast.sara, state_by_hand(cast.rita, Topic.objects.get(pk=first.pk), *sides, "equivalent", "So."))
    for source, target in ((third, first), (first, second)):
        decide(cast.sara, merge_topic(cast.eve, *(Topic.objects.get(pk=topic.pk) for topic in (source, target))))
        yield
    decide(cast.sara, TopicChange.objects.latest("pk"), "undo")


@pytest.mark.parametrize(
    "act",
    [
        _merge_a_topic_into_which_another_was_merged,
        _withdraw_the_only_text_of_a_law,
        _confirm_an_event_on_a_text_withdrawn_since,
        _rename_a_law_of_which_a_text_is_restored,
        _ask_for_a_second_person_again,
        _take_a_topic_back,
    ],
)
def test_what_people_do_is_no_alarm_whatever_else_it_hides(cast, store, key, act):
    """One organisation could have the checks of every night fail, and so nobody would look at them."""
    old, new = store(OLD_DRAFT, "old"), store(NEW_DRAFT, "new", law="other")
    Origin.objects.create(version=old, organisation=cast.centre)
    publish_note(old.clauses.get(num="Article 2"), cast.others, "hinder the unity of the country")
    source = [{"url": "https://example.org/"}]
    talk = {"date": "2015", "kind": "drafting", "title": "A talk", "sources": source, "organisation": cast.others}
    Event.objects.create(law=old.law, slug="talk", confirmation="proposed", **talk).versions.add(old)
    WantedText.objects.create(
        law=old.law, slug="unseen", title="Of 2021", known_since="2021", body="Why.", sources=source
    )

    acting, statements = act(cast, old, new), []
    for day in range(3):
        made = publish("example.org", TODAY + timedelta(days=day), stated_texts, key, stated_things)
        statements.append(read_statement(made.words))
        next(acting, None)
        assert list(changed_by_hand(statements)) == []


def test_a_text_is_stated_anew_once_the_one_it_follows_is_public(store, key):
    old = store(OLD_DRAFT, "old", published=False)
    new = store(NEW_DRAFT, "new", published=False)
    make_public(new)
    Version.objects.filter(pk=new.pk).update(follows=old, corrects=old)
    before = stated_things()
    statement = read_statement(publish("example.org", TODAY, stated_texts, key, stated_things).words)
    make_public(old)
    record("publish", f"text/{old.address}")
    assert before - stated_things() and list(changed_by_hand([statement])) == []
