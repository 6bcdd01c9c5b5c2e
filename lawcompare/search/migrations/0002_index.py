"""The index over the tokens: a vector with GIN on PostgreSQL, FTS5 with triggers on SQLite."""

from django.db import migrations

# The letters of tokens need no parser: they are words already. Long columns are kept beside the table, so that counting
# many answers reads few pages.
POSTGRESQL = [
    "ALTER TABLE search_searchentry SET (toast_tuple_target = 128)",
    "ALTER TABLE search_searchentry ADD COLUMN vector tsvector"
    " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(tokens), ' '))) STORED",
    "CREATE INDEX search_vector ON search_searchentry USING gin (vector) WITH (fastupdate = off)",
]
POSTGRESQL_BACK = [
    "DROP INDEX search_vector",
    "ALTER TABLE search_searchentry DROP COLUMN vector",
    "ALTER TABLE search_searchentry RESET (toast_tuple_target)",
]

# The ascii tokeniser takes every letter beyond ASCII as part of a word, Khmer marks among them. Phrases are looked for
# in the words themselves, so that the index holds no places.
SQLITE = [
    "CREATE VIRTUAL TABLE search_index USING fts5("
    "tokens, content='search_searchentry', content_rowid='id', tokenize='ascii', detail=none)",
    "CREATE TRIGGER search_put AFTER INSERT ON search_searchentry BEGIN"
    " INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER search_taken_out AFTER DELETE ON search_searchentry BEGIN"
    " INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER search_changed AFTER UPDATE OF tokens ON search_searchentry BEGIN"
    " INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
    " INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
]
SQLITE_BACK = [
    "DROP TRIGGER search_put",
    "DROP TRIGGER search_taken_out",
    "DROP TRIGGER search_changed",
    "DROP TABLE search_index",
]


def _run(editor, by_vendor):
    for statement in by_vendor[editor.connection.vendor]:
        editor.execute(statement)


def forwards(apps, editor):
    _run(editor, {"postgresql": POSTGRESQL, "sqlite": SQLITE})


def backwards(apps, editor):
    _run(editor, {"postgresql": POSTGRESQL_BACK, "sqlite": SQLITE_BACK})


class Migration(migrations.Migration):
    dependencies = [("search", "0001_entries")]

    operations = [migrations.RunPython(forwards, backwards)]
