"""The log of who did what: it grows, it never changes, and a change made behind its back is found."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from lawcompare.core.log.services import (
    BEGINNING,
    BrokenLog,
    check_log,
    publish,
    read_signing_key,
    read_statement,
    record,
)
from lawcompare.core.models import Entry, Statement

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
KEY = read_signing_key(base64.b64encode(b"k" * 32).decode())
DAYS = [date(2026, 11, 25) + timedelta(days=n) for n in range(3)]


@pytest.fixture
def log():
    """Three days with two entries each and a statement, and one entry since."""
    for day in DAYS:
        record("publish", f"annotation/{day.day}a", organisation="centre", words=1)
        record("withdraw", f"annotation/{day.day}b")
        publish("law.example", day, list, KEY)
    record("publish", "annotation/since")


def test_an_entry_keeps_the_number_of_a_person_and_nothing_else(cast):
    entry = record("return", "annotation/x", by=cast.rita, organisation="centre", reason_length=12)
    assert entry.actor == cast.rita.pk
    assert cast.rita.email not in str(vars(entry))


def test_what_is_undone_leaves_no_entry():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("publish", "annotation/x")
        raise ZeroDivisionError
    assert check_log() == (0, 0)


def test_a_statement_covers_what_came_since_the_one_before_and_names_that_one(log):
    first, second, third = (read_statement(made.words) for made in Statement.objects.order_by("day"))
    assert [made.entries.count() for made in Statement.objects.all()] == [3, 3, 3]  # one is that it was made
    assert first.before == BEGINNING
    assert [second.before, third.before] == [made.digest for made in Statement.objects.order_by("day")[:2]]
    assert Entry.objects.get(statement=None).subject == "annotation/since"
    assert check_log(KEY.public_key()) == (10, 3)


def test_an_entry_that_was_committed_late_is_covered_by_the_next_statement(log):
    covered = Entry.objects.order_by("number")[0]
    late = Entry(number=covered.number - 1, at=covered.at, action="publish", subject="annotation/late")
    late.digest = late.right_digest
    late.save(force_insert=True)
    made = publish("law.example", DAYS[-1] + timedelta(days=1), list, KEY)
    assert set(made.entries.values_list("subject", flat=True)) == {
        "annotation/since", "annotation/late", "statement/2026-11-28",
    }  # fmt: skip
    assert check_log(KEY.public_key()) == (12, 4)


def test_the_same_action_twice_has_two_digests_and_no_digest_or_salt_is_published():
    """Else a day of one entry could be guessed: who tries all that may have happened finds what did."""
    entries = [record("publish", "annotation/x") for _ in range(2)]
    Entry.objects.filter(pk=entries[1].pk).update(statement=Statement.objects.create(day=DAYS[0], words=""))
    made = publish("law.example", DAYS[1], list, KEY)
    assert set(made.entries.values_list("subject", flat=True)) == {"annotation/x", f"statement/{DAYS[1]}"}
    secrets = {one for entry in entries for one in (entry.salt, entry.digest)}
    assert len(secrets) == 4 and not any(one in made.words for one in secrets)
    for entry in entries:
        entry.at = entries[0].at
    assert len({entry.right_digest for entry in entries}) == 2, "of one moment too"


def test_a_statement_does_not_tell_how_much_was_done(log):
    """A quiet day looks as a busy one: what organisations do in private is counted by nobody."""
    busy, days = Statement.objects.get(day=DAYS[-1]), [DAYS[-1] + timedelta(days=more) for more in (1, 2)]
    quiet = [publish("law.example", day, list, KEY) for day in days][1]
    drawn = r"\d{4}-\d\d-\d\d|[0-9a-f]{64}|(?<=signature: ).*"
    assert quiet.entries.count() == 1 < busy.entries.count()
    assert re.sub(drawn, "", quiet.words) == re.sub(drawn, "", busy.words)
    assert read_statement(quiet.words).log not in {read_statement(busy.words).log, hashlib.sha256(b"").hexdigest()}


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(action="nothing"),
        lambda: Entry.objects.update(statement=Statement.objects.first()),
        lambda: Entry.objects.filter(statement=None).update(statement=Statement.objects.first(), actor=7),
        lambda: Entry.objects.update(statement=None),
        lambda: Entry.objects.all().delete(),
        lambda: Statement.objects.update(words="nothing"),
        lambda: Statement.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_refuses_to_change_or_delete_an_entry_or_a_statement(change, log):
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert check_log(KEY.public_key()) == (10, 3)


def without_the_guard(statements: list[str]) -> None:
    """Change the tables as one would who owns the database."""
    with connection.cursor() as cursor:
        for table in ("core_entry", "core_statement"):
            for event in ("update", "delete"):
                name = f"{table}_refuses_{event}"
                cursor.execute(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
        for statement in statements:
            cursor.execute(statement)


SECOND = "(SELECT id FROM core_statement WHERE day = '2026-11-26')"


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE core_entry SET subject = 'x' WHERE subject = 'annotation/since'"], r"entry \d+ was changed"),
        (["DELETE FROM core_entry WHERE subject = 'annotation/26a'"], "26 is not as it was stated"),
        (["UPDATE core_entry SET statement_id = NULL WHERE subject = 'annotation/26a'"], "26 is not as it was stated"),
        ([f"UPDATE core_entry SET statement_id = {SECOND} WHERE statement_id IS NULL"], "26 is not as it was stated"),
        ([f"UPDATE core_statement SET words = replace(words, 'law.', 'x.') WHERE id = {SECOND}"], "26 is not as this"),
        ([f"UPDATE core_statement SET words = 'nothing' WHERE id = {SECOND}"], "statement of 2026-11-26 was changed"),
        (
            [
                f"UPDATE core_entry SET statement_id = NULL WHERE statement_id = {SECOND}",
                "DELETE FROM core_statement WHERE day = '2026-11-26'",
            ],
            "the statement before that of 2026-11-27 is missing or was changed",
        ),
    ],
)
def test_a_change_made_behind_its_back_is_found(statements, sentence, log, settings):
    without_the_guard(statements)
    settings.MIRROR_KEY = base64.b64encode(b"k" * 32).decode()
    with pytest.raises(BrokenLog, match=sentence):
        check_log(KEY.public_key())
    with pytest.raises(CommandError, match=sentence) as error:
        call_command("check_audit")
    assert error.value.returncode == 1


def test_the_command_says_how_much_is_whole(log, capsys):
    call_command("check_audit")
    assert capsys.readouterr().out == "The activity log is whole: 10 entries, 3 statements.\n"
