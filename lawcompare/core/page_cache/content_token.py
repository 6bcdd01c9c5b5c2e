"""The token of the public content: random, and another one after every change of what a visitor may see.

It is part of the key of every kept page. Triggers on the tables below change it in the transaction of the change, so no
service can forget to and a change by hand counts too. It is no count: a database restored from a backup never has a
token that it had before. ``manage.py migrate`` sets the triggers anew, since SQLite drops those of a table that a
migration rebuilds.

**You show a new table to visitors?** Name it in ``PUBLIC``, with the condition under which its row is public.
"""

from typing import Any
from uuid import uuid4

from django.db import connection, transaction

from lawcompare.core.models import ContentToken

ALWAYS = "true"
OF_PUBLIC_TEXT = "EXISTS (SELECT 1 FROM laws_version v WHERE v.id = {row}.%s AND v.published_at IS NOT NULL)"

# The public tables, and when a row counts: before or after its change. Tables that stand here with a condition are
# also written while nothing is public: words of a draft, progress of a job, texts that are read and not published.
PUBLIC = {
    "accounts_organisation": ALWAYS,
    "accounts_user": "{row}.display_name <> ''",  # whom a credit names
    "annotations_annotation": "{row}.status IN ('published', 'withdrawn')",
    "publishing_carried": ALWAYS,
    "annotations_category": ALWAYS,
    "annotations_categorychange": ALWAYS,
    "annotations_renderedwords": ALWAYS,
    "annotations_reply": "{row}.status = 'published'",
    "core_statement": ALWAYS,
    "comparisons_comparison": "{row}.finished_at IS NOT NULL",
    "comparisons_concordance": ALWAYS,
    "comparisons_mapdecision": ALWAYS,
    "crosswalk_correspondence": "{row}.status = 'confirmed'",
    "crosswalk_silence": ALWAYS,
    "crosswalk_topic": ALWAYS,
    "crosswalk_topic_clauses": ALWAYS,
    "crosswalk_value": "{row}.status IN ('confirmed', 'disputed')",
    "crosswalk_examination": "{row}.finished_at IS NOT NULL",
    "crosswalk_findingdecision": ALWAYS,
    "laws_clausetranslation": OF_PUBLIC_TEXT % "translation_version_id",
    "laws_event": ALWAYS,
    "laws_event_versions": ALWAYS,
    "laws_law": "EXISTS (SELECT 1 FROM laws_version v WHERE v.law_id = {row}.id AND v.published_at IS NOT NULL)",
    "laws_origin": OF_PUBLIC_TEXT % "version_id",
    "laws_translationreview": OF_PUBLIC_TEXT % "version_id",
    "laws_version": "{row}.published_at IS NOT NULL",
    "laws_withdrawal": ALWAYS,
    "core_localisedtext": ALWAYS,
}
# Of a person one column counts; signing in changes others.
COLUMNS = {"accounts_user": " OF display_name"}
PREFIX = "content_token_"

# An UPDATE, since INSERT OR IGNORE outside would make an INSERT in here be ignored too.
RENEW_ON_SQLITE = "UPDATE core_contenttoken SET token = lower(hex(randomblob(16)));"
# Once a transaction.
RENEW_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION renew_content_token() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('lawcompare.token', true) IS DISTINCT FROM txid_current()::text THEN
    UPDATE core_contenttoken SET token = replace(gen_random_uuid()::text, '-', '');
    PERFORM set_config('lawcompare.token', txid_current()::text, true);
  END IF;
END $$
"""


def current_token() -> str | None:
    """Returns the present token; None where there is none, and then no page may be kept."""
    return ContentToken.objects.values_list("token", flat=True).first()


@transaction.atomic
def set_triggers() -> None:
    """Set the triggers of all public tables that are there, and no others. Safe to repeat."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if ContentToken._meta.db_table not in tables:
            return
        if not ContentToken.objects.exists():
            ContentToken.objects.create(token=uuid4().hex)
        public = {table: condition for table, condition in PUBLIC.items() if table in tables}
        statements = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
        for statement in statements(cursor, public):
            cursor.execute(statement)


def _on_sqlite(cursor: Any, public: dict[str, str]) -> list[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'content_token_%'")
    statements = [f"DROP TRIGGER {name}" for (name,) in cursor.fetchall()]
    for table, condition in public.items():
        for event, rows in (("insert", ["NEW"]), ("update", ["OLD", "NEW"]), ("delete", ["OLD"])):
            name, when = f"{PREFIX}{table}_{event}", " OR ".join(condition.format(row=row) for row in rows)
            columns = COLUMNS.get(table, "") if event == "update" else ""
            statements.append(
                f"CREATE TRIGGER {name} AFTER {event}{columns} ON {table} WHEN {when} BEGIN {RENEW_ON_SQLITE} END"
            )
    return statements


def _on_postgresql(cursor: Any, public: dict[str, str]) -> list[str]:
    """A trigger that is there already is left, so that nobody waits for its table; its function is made anew."""
    cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE 'content_token_%'")
    there = dict(cursor.fetchall())
    statements = [f"DROP TRIGGER {name} ON {table}" for name, table in there.items() if table not in public]
    statements.append(RENEW_ON_POSTGRESQL)
    for table, condition in public.items():
        name = PREFIX + table
        # OLD has no values at an INSERT, and NEW none at a DELETE.
        when = f"({condition.format(row='OLD')}) OR ({condition.format(row='NEW')})"
        body = f"BEGIN IF {when} THEN PERFORM renew_content_token(); END IF; RETURN NULL; END"
        statements.append(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        # At the end of the transaction, so that the one row is never locked while a long one is under way.
        if name not in there:
            statements.append(
                f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE{COLUMNS.get(table, '')} ON {table} "
                f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    return statements
