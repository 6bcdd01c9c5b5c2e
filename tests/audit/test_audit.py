"""The log of who did what: it grows, it never changes, and a change made behind its back is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from lawcompare.audit.models import BEGINNING, Entry
from lawcompare.audit.services import BrokenLog, Head, check_log, find_head, record

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def three_entries():
    return [record("publish", f"annotation/{n}", organisation="centre", words=n) for n in range(3)]


def test_each_entry_holds_the_digest_of_the_one_before():
    first, second, third = three_entries()
    assert first.previous == BEGINNING
    assert (second.previous, third.previous) == (first.digest, second.digest)
    assert check_log() == Head(3, third.digest) == find_head()


def test_an_entry_keeps_the_number_of_a_person_and_nothing_else(cast):
    entry = record("return", "annotation/x", by=cast.rita, organisation="centre", reason_length=12)
    assert entry.actor == cast.rita.pk
    assert cast.rita.email not in str(vars(entry))


@pytest.mark.parametrize(
    "change", [lambda: Entry.objects.update(action="nothing"), lambda: Entry.objects.all().delete()]
)
def test_the_database_refuses_to_change_or_delete_an_entry(change):
    three_entries()
    with pytest.raises(DatabaseError), transaction.atomic():
        change()
    assert check_log().number == 3


def without_the_guard(statement):
    """Change the table as one would who owns the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER audit_refuses_update")
            cursor.execute("DROP TRIGGER audit_refuses_delete")
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "number", "reason"),
    [
        ("UPDATE audit_entry SET subject = 'annotation/other' WHERE number = 2", 2, "was changed"),
        ("DELETE FROM audit_entry WHERE number = 2", 2, "is missing"),
        ("UPDATE audit_entry SET previous = digest WHERE number = 3", 3, "does not follow the one before it"),
    ],
)
def test_a_change_made_behind_its_back_is_found(statement, number, reason):
    three_entries()
    without_the_guard(statement)
    with pytest.raises(BrokenLog) as error:
        check_log()
    assert (error.value.number, error.value.reason) == (number, reason)
    with pytest.raises(CommandError, match=f"entry {number} {reason}"):
        call_command("check_audit")


def test_a_log_cut_at_its_end_is_found_by_a_noted_head():
    head = Head(3, three_entries()[-1].digest)
    without_the_guard("DELETE FROM audit_entry WHERE number = 3")
    assert check_log().number == 2
    with pytest.raises(BrokenLog, match="entry 3 is missing, though it was noted"):
        check_log(head)


def test_the_command_prints_the_head_and_takes_it_back(capsys):
    three_entries()
    call_command("check_audit")
    head = capsys.readouterr().out.strip().rpartition(" ")[2]
    call_command("check_audit", noted=head)
    with pytest.raises(CommandError, match="NUMBER:DIGEST"):
        call_command("check_audit", noted="three")


def test_what_is_undone_leaves_no_entry():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record("publish", "annotation/x")
        raise ZeroDivisionError
    assert find_head().number == 0
