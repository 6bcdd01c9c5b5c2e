"""The index over the tokens of search entries: a vector with GIN on PostgreSQL, FTS5 kept by triggers on SQLite."""

TABLE = "search_searchentry"

# The letters of tokens need no parser: they are words already. Long columns are kept beside the table, so that counting
# many answers reads few pages; words stand in the row where they can, because ranking reads them, and nothing is
# compressed, because that costs more to undo.
POSTGRESQL = [
    f"ALTER TABLE {TABLE} SET (toast_tuple_target = 128)",
    f"ALTER TABLE {TABLE} ALTER COLUMN words SET STORAGE MAIN",
    f"ALTER TABLE {TABLE} ALTER COLUMN tokens SET STORAGE EXTERNAL",
    f"ALTER TABLE {TABLE} ALTER COLUMN text SET STORAGE EXTERNAL",
    f"ALTER TABLE {TABLE} ADD COLUMN vector tsvector"
    " GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(tokens), ' '))) STORED",
    f"CREATE INDEX search_vector ON {TABLE} USING gin (vector) WITH (fastupdate = off)",
]

# The ascii tokeniser takes every letter beyond ASCII as part of a word, Khmer marks among them. Phrases are looked for
# in the words themselves, so that the index holds no places.
SQLITE = [
    "CREATE VIRTUAL TABLE search_index USING fts5("
    f"tokens, content='{TABLE}', content_rowid='id', tokenize='ascii', detail=none)",
    f"CREATE TRIGGER search_put AFTER INSERT ON {TABLE} BEGIN"
    " INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
    f"CREATE TRIGGER search_taken_out AFTER DELETE ON {TABLE} BEGIN"
    " INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    f"CREATE TRIGGER search_changed AFTER UPDATE OF tokens ON {TABLE} BEGIN"
    " INSERT INTO search_index(search_index, rowid, tokens) VALUES ('delete', old.id, old.tokens);"
    " INSERT INTO search_index(rowid, tokens) VALUES (new.id, new.tokens); END",
]


def statements(vendor: str) -> list[str]:
    return SQLITE if vendor == "sqlite" else POSTGRESQL
