"""The edition of the public content: a random token that changes with everything a visitor may see.

Triggers change it in the transaction of the change itself. So no service can forget to, a change by hand counts too,
and a page made before a change is never taken for one made after it. The token is random and no count: a database
restored from a backup never has an edition that it had before. ``manage.py migrate`` sets the triggers, since SQLite
drops those of a table that a migration rebuilds.
"""

from collections.abc import Iterator
from uuid import uuid4

from django.apps import apps
from django.db import connection
from django.db.models import Model

from lawcompare.page_cache.models import Edition

# Tables of ours that never change what a visitor sees, by their model; all others are taken to. Those of frozen rows
# stand here too: they are written together with, or before, a row of another table that makes them public.
NOT_PUBLIC = {
    "accounts.User": "people are never shown",
    "accounts.User_groups": "people are never shown",
    "accounts.User_user_permissions": "people are never shown",
    "accounts.Membership": "who belongs where is never shown",
    "laws.Clause": "public with its version",
    "comparisons.ClausePair": "public with its finished comparison",
    "findings.Finding": "public with its examination",
    "crosswalk.DraftComparison": "shown to its organisation alone, until it becomes correspondences",
    "crosswalk.DraftPair": "shown to its organisation alone, until it becomes a correspondence",
    "crosswalk.SuggestionRun": "shown to reviewers alone",
    "crosswalk.TopicChange": "shown to reviewers alone; the topic, in whose transaction it is written, is public",
    "crosswalk.ValueChange": "shown to reviewers alone; the value, in whose transaction it is written, is public",
    "search.SearchEntry": "shown by answers of the search alone, which are not kept",
    "accounts.PasswordLetter": "the job, shown to nobody",
    "accounts.Invitation": "shown to administrators alone",
    "annotations.Annotation_categories": "set with the annotation, in whose transaction the row changes",
    "annotations.Annotation_standards": "set with the annotation, in whose transaction the row changes",
    "annotations.Annotation_answers": "set with the annotation, in whose transaction the row changes",
    "annotations.Revision": "public with the annotation, in whose transaction the row changes",
    "annotations.NoteDecision": "what is public of it is written with the row that it is about",
    "annotations.ReviewRemark": "shown to author and reviewers alone",
    "annotations.OwnNote": "shown to the person alone",
    "annotations.Flag": "shown to reviewers alone",
    "uscode.Archive": "shown to editors alone",
    "uscode.Fetch": "shown to editors alone",
    "uscode.Fetch_versions": "shown to editors alone",
    "uscode.ReleaseNotice": "shown to editors alone",
    "comparisons.ComparisonFile": "given out by its own address, which is not kept",
    "memos.Memo": "shown to its organisation alone",
    "memos.MemoItem": "shown to its organisation alone",
    "memos.MemoFile": "given out to its organisation alone",
    "annotations.Carrying": "shown to the members of an organisation alone",
    "audit.Entry": "shown to administrators alone",
    "laws.EventChange": "shown to editors alone",
    "laws.LawChange": "shown to editors alone",
    "audit.Leaf": "shown by statements alone, in whose transaction it is written",
    "laws.TranslationMapping": "the job; what it finds is public",
    "search.Indexing": "the job; what it writes is shown by answers of the search alone",
    "laws.Original": "given out to editors of an organisation alone",
    "imports.ImportBatch": "shown to its organisation alone",
    "imports.ImportDraft": "public with the version that comes of it",
    "imports.DraftPage": "shown to its organisation alone",
    "imports.RecognisedPage": "shown to nobody",
    "imports.Reading": "shown to its organisation alone",
    "imports.Storing": "shown to its organisation alone",
    "imports.ImportCorrection": "public with its draft",
    "mail.Letter": "nobody reads letters here",
    "mail.Delivery": "shown to staff alone",
    "letters.Choice": "shown to the person alone",
    "letters.Follower": "shown to the person alone",
    "letters.Announcement": "shown to staff alone",
    "letters.Notice": "shown to nobody",
    "letters.Digest": "shown to staff alone",
    "guests.GuestLink": "shown to its organisation alone",
    "guests.GuestOpening": "shown to its organisation alone",
    "page_cache.Edition": "the token itself",
}

# Of these tables only rows that hold this count: a comparison reports its progress several times a second, and while a
# dozen people write drafts the pages of thousands of readers stay kept.
ONLY = {
    "comparisons.Comparison": "{row}.state = 'done'",
    "annotations.Annotation": "{row}.status IN ('published', 'withdrawn')",
    "annotations.Reply": "{row}.status = 'published'",
}

ROWS = {"insert": ["NEW"], "update": ["OLD", "NEW"], "delete": ["OLD"]}

RAISE_ON_POSTGRESQL = """
CREATE OR REPLACE FUNCTION raise_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('lawcompare.edition_raised', true) IS DISTINCT FROM txid_current()::text THEN
    UPDATE page_cache_edition SET token = md5(random()::text || clock_timestamp()::text || txid_current()::text);
    PERFORM set_config('lawcompare.edition_raised', txid_current()::text, true);
  END IF;
  RETURN NULL;
END $$
"""


def current_edition() -> str | None:
    """Returns the token of the present edition; None where there is none, and then no page may be cached."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM page_cache_edition")
        row = cursor.fetchone()
    return row[0] if row else None


def watch_public_tables() -> None:
    """Create the triggers that are missing. Safe to repeat; a table that does not exist yet is passed over."""
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if Edition._meta.db_table not in there:
            return
        if not Edition.objects.exists():
            Edition.objects.create(token=uuid4().hex)
        if connection.vendor == "postgresql":
            cursor.execute(RAISE_ON_POSTGRESQL)
        set_already = _triggers(cursor)
        for model in public_models():
            if model._meta.db_table in there:
                for name, statement in _statements(model):
                    if name not in set_already:
                        cursor.execute(statement)


def public_models() -> list[type[Model]]:
    """Returns the project's models, also those of many-to-many fields, that are not in ``NOT_PUBLIC``."""
    ours = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("lawcompare.")]
    return [model for model in ours if model._meta.managed and model._meta.label not in NOT_PUBLIC]


def _triggers(cursor: object) -> set[str]:
    from_sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    from_postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    cursor.execute(from_sqlite if connection.vendor == "sqlite" else from_postgresql)  # type: ignore[attr-defined]
    return {name for (name,) in cursor.fetchall()}  # type: ignore[attr-defined]


def _statements(model: type[Model]) -> Iterator[tuple[str, str]]:
    """(name, statement) of the three triggers of a table."""
    table, only = model._meta.db_table, ONLY.get(model._meta.label)
    for event, rows in ROWS.items():
        name = f"edition_{table}_{event}"[:63]
        when = f"WHEN ({' OR '.join(only.format(row=row) for row in rows)})" if only else ""
        yield name, _statement(name, event, table, when)


def _statement(name: str, event: str, table: str, when: str) -> str:
    if connection.vendor == "sqlite":
        # An UPDATE, since INSERT OR IGNORE outside would make an INSERT in here be ignored too.
        change = "UPDATE page_cache_edition SET token = lower(hex(randomblob(16)));"
        return f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} BEGIN {change} END"
    # At the end of the transaction, so that the one row is never locked while a long one is under way.
    return (
        f"CREATE CONSTRAINT TRIGGER {name} AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW {when} EXECUTE FUNCTION raise_edition()"
    )
