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


def _exists(table: str, link: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {table} WHERE {table}.{link} AND ({condition.format(row=table)}))"  # noqa: S608


def _of(table: str, column: str, condition: str) -> str:
    """The condition that the row of ``table`` which stands in this column is as the condition says."""
    return _exists(table, f"id = {{row}}.{column}", condition)


def _named_by(table: str, column: str, condition: str) -> str:
    """The condition that a row of ``table``, as the condition says, has this one in its column."""
    return _exists(table, f"{column} = {{row}}.id", condition)


def _text(*columns: str) -> str:
    """The condition that the texts in these columns were published, also those that were withdrawn since."""
    return " AND ".join(_of("laws_version", column, "{row}.published_at IS NOT NULL") for column in columns)


def _law(column: str) -> str:
    """The condition that a text of the law in this column was published, or is wanted."""
    published = _exists("laws_version", f"law_id = {{row}}.{column}", "{row}.published_at IS NOT NULL")
    return f"({published} OR {_exists('laws_wantedtext', f'law_id = {{row}}.{column}', ALWAYS)})"


NOTE = f"{{row}}.status IN ('published', 'withdrawn') AND {_text('version_id')}"
OF_NOTE = _of("annotations_annotation", "annotation_id", NOTE)
OF_PAIR = _text("old_version_id", "new_version_id")
# What became of notes in a text that staff have not confirmed is shown to who brought it alone.
BOTH_STAND = f"{_text('old_id', 'new_id')} AND NOT " + _exists(
    "laws_origin", "version_id = {row}.new_id", "{row}.confirmation <> 'confirmed'"
)
# What an organisation merely proposes is its own where it is not shown as proposed by it.
STANDS = "{row}.confirmation = 'confirmed'"
TOPIC = f"({{row}}.organisation_id IS NULL OR {STANDS})"
ADDED = _named_by("annotations_categorychange", "category_id", STANDS)
# Another sentence that stands is shown in place of one that is merely proposed.
LEADS = _exists(
    "comparisons_leadsentence", "old_id = {row}.old_id AND comparisons_leadsentence.new_id = {row}.new_id", STANDS
)
LEADS = f"({STANDS} OR NOT {LEADS})"
OF_TOPIC = _of("crosswalk_topic", "topic_id", TOPIC)
BY_ONE = _of("accounts_organisation", "organisation_id", "{row}.two_person_rule")

# The public tables, and when a row counts: before or after its change. Nothing that is written while no visitor may
# see it counts, or the moment would tell them: words of a draft, progress of a job, all of a text that is private.
PUBLIC = {
    "annotations_annotation": NOTE,
    "publishing_carried": OF_NOTE + " AND " + _of("publishing_carrying", "carrying_id", BOTH_STAND),
    "annotations_category": f"NOT {{row}}.is_retired OR {ADDED}",
    "annotations_categorychange": STANDS,
    "annotations_renderedwords": f"{_text('version_id')} AND {OF_NOTE}",
    "annotations_reply": f"{{row}}.status = 'published' AND {OF_NOTE}",
    "core_statement": ALWAYS,
    "comparisons_comparison": f"{{row}}.finished_at IS NOT NULL AND {_text('old_id', 'new_id')}",
    "comparisons_concordance": OF_PAIR,
    "comparisons_leadsentence": f"{_text('old_id', 'new_id')} AND {LEADS}",
    "comparisons_mapdecision": OF_PAIR,
    "crosswalk_correspondence": " AND ".join(
        (
            "{row}.status = 'confirmed'",
            OF_TOPIC,
            _text("subject_version_id", "object_version_id"),
            f"({{row}}.seconded_for_id IS NOT NULL OR NOT {BY_ONE})",
        )
    ),
    "crosswalk_silence": _text("version_id"),
    "crosswalk_topic": TOPIC,
    "crosswalk_topic_clauses": f"{OF_TOPIC} AND {_of('laws_clause', 'clause_id', _text('version_id'))}",
    "crosswalk_value": f"{{row}}.status IN ('confirmed', 'disputed') AND {_text('version_id')}",
    "crosswalk_examination": f"{{row}}.finished_at IS NOT NULL AND {_text('version_id')}",
    "crosswalk_findingdecision": f"{STANDS} AND {_of('crosswalk_finding', 'finding_id', _text('version_id'))}",
    "laws_clausetranslation": _text("original_version_id", "translation_version_id"),
    "laws_event": f"NOT {{row}}.is_retired AND {{row}}.confirmation <> 'refused' AND {_law('law_id')}",
    "laws_event_versions": f"{_text('version_id')} AND {_of('laws_event', 'event_id', _law('law_id'))}",
    "laws_law": _law("id"),
    "laws_origin": _text("version_id"),
    "laws_plainwords": f"{STANDS} AND {_text('version_id')}",
    "laws_translationreview": f"{STANDS} AND {_text('version_id')}",
    "laws_version": "{row}.published_at IS NOT NULL",
    "laws_wantedtext": ALWAYS,
    "laws_withdrawal": f"{_text('version_id')} OR {_law('law_id')}",
    "core_localisedtext": ALWAYS,  # what the site's staff translated
}
HISTORY = {
    "annotations_categorychange": STANDS,
    "crosswalk_topicchange": STANDS,
    "crosswalk_correspondencedecision": _of(
        "crosswalk_correspondence", "correspondence_id", PUBLIC["crosswalk_correspondence"]
    ),
    "crosswalk_valuechange": _of("crosswalk_value", "value_id", PUBLIC["crosswalk_value"]),
    "laws_lawchange": _law("law_id"),
}
# Who is named by something public.
PUBLIC["accounts_organisation"] = " OR ".join([
    *(_named_by(table, "organisation_id", condition) for table, condition in HISTORY.items()),
    *(_named_by(table, "organisation_id", PUBLIC[table]) for table in (
        "annotations_annotation", "annotations_reply", "comparisons_leadsentence", "comparisons_mapdecision",
        "crosswalk_correspondence",
        "crosswalk_findingdecision", "crosswalk_topic", "crosswalk_value", "laws_event", "laws_origin",
        "laws_plainwords", "laws_withdrawal",
    )),
    # By whether it asked for a second person before its own change: what it takes from readers is gone at once.
    _named_by("crosswalk_correspondence", "organisation_id",
              PUBLIC["crosswalk_correspondence"].replace(BY_ONE, "{{row}}.two_person_rule")),
    _named_by("crosswalk_correspondence", "seconded_for_id", PUBLIC["crosswalk_correspondence"]),
    _named_by("crosswalk_value", "confirmed_for_id", PUBLIC["crosswalk_value"]),
])  # fmt: skip
PUBLIC["accounts_user"] = " OR ".join((
    _named_by("annotations_annotation", "creator_id", f"{{row}}.credits_person AND {NOTE}"),
    _named_by("comparisons_mapdecision", "by_id", f"{{row}}.names_person AND {OF_PAIR}"),
))  # fmt: skip
# Of a person one column counts; signing in changes others. A note's next words are written beside it.
COLUMNS = {
    "accounts_user": " OF display_name",
    "annotations_annotation": " OF status, published_at, body_html, kind_words, risk, credits_person, creator_id, "
    "descends_from_id",
}
# What of a change of a row readers see, where that is not all of it: of what became of a concern what the program
# found, and what a reviewer decided or a published note stands for (``publishing.concerns``); not that a member began
# a note. Of a text not that its private original went.
_OUTCOME = "CASE WHEN {{row}}.decision = 'closed' OR {published} THEN {{row}}.fate || ' ' || {{row}}.reason ELSE '' END"
_OUTCOME = _OUTCOME.format(published=_of("annotations_annotation", "successor_id", "{row}.status = 'published'"))
CHANGES = {
    "publishing_carried": " OR ".join(
        f"{value.format(row='OLD')} <> {value.format(row='NEW')}" for value in ("{row}.verdict", _OUTCOME)
    ),
    "laws_version": "OLD.published_at IS NULL OR OLD.kept_original_id IS NULL OR NEW.kept_original_id IS NOT NULL"
    " OR NEW.translates_id IS NOT NULL",
}
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


def drop_triggers() -> None:
    """Drop them on SQLite, which cannot rebuild a table that a trigger of another table names."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for statement in _dropping(cursor):
                cursor.execute(statement)


def _dropping(cursor: Any) -> list[str]:
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'content_token_%'")
    return [f"DROP TRIGGER {name}" for (name,) in cursor.fetchall()]


def _on_sqlite(cursor: Any, public: dict[str, str]) -> list[str]:
    statements = _dropping(cursor)
    for table, condition in public.items():
        for event, rows in (("insert", ["NEW"]), ("update", ["OLD", "NEW"]), ("delete", ["OLD"])):
            name, when = f"{PREFIX}{table}_{event}", " OR ".join(condition.format(row=row) for row in rows)
            when = f"({when}) AND ({CHANGES[table]})" if event == "update" and table in CHANGES else when
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
        # OLD has no values at an INSERT, and NEW none at a DELETE: "is NULL" would be true of them.
        old, new = (condition.format(row=row) for row in ("OLD", "NEW"))
        when = f"(TG_OP <> 'INSERT' AND ({old})) OR (TG_OP <> 'DELETE' AND ({new}))"
        when = f"({when}) AND (TG_OP <> 'UPDATE' OR {CHANGES[table]})" if table in CHANGES else when
        body = f"BEGIN IF {when} THEN PERFORM renew_content_token(); END IF; RETURN NULL; END"
        statements.append(f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        # At the end of the transaction, so that the one row is never locked while a long one is under way.
        if name not in there:
            statements.append(
                f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR DELETE OR UPDATE{COLUMNS.get(table, '')} ON {table} "
                f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION {name}()"
            )
    return statements
