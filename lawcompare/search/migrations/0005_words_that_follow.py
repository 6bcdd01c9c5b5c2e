"""Tokens for words that follow each other, so that the index answers phrases; of entries that are there, too.

On PostgreSQL words stand in the row where they can, because what is ranked is read from them.
"""

from itertools import pairwise

from django.db import migrations

BYTES_MAX = 1_000_000
BATCH = 2000
INDEX = "CREATE INDEX search_vector ON search_searchentry USING gin (vector) WITH (fastupdate = off)"


def forwards(apps, editor):
    is_postgresql = editor.connection.vendor == "postgresql"
    if is_postgresql:
        editor.execute("ALTER TABLE search_searchentry ALTER COLUMN words SET STORAGE MAIN")
        # Made anew at the end: row by row it takes much longer.
        editor.execute("DROP INDEX search_vector")
    _rewrite(apps, editor, _with_pairs)
    if is_postgresql:
        editor.execute(INDEX)


def backwards(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE search_searchentry ALTER COLUMN words SET STORAGE EXTERNAL")
    _rewrite(apps, editor, _without_pairs)


def _rewrite(apps, editor, tokens_of):
    """Words are written too, though they stay the same: only then does PostgreSQL store them as it is told now."""
    entries = apps.get_model("search", "SearchEntry").objects.using(editor.connection.alias).order_by("pk")
    last = 0
    while rows := list(entries.filter(pk__gt=last).values_list("pk", "words", "tokens")[:BATCH]):
        values = [[words, tokens_of(words, tokens), pk] for pk, words, tokens in rows]
        with editor.connection.cursor() as cursor:
            cursor.executemany("UPDATE search_searchentry SET words = %s, tokens = %s WHERE id = %s", values)
        last = rows[-1][0]


def _with_pairs(words, tokens):
    found = _without_pairs(words, tokens).split()
    left = BYTES_MAX - sum(len(token.encode()) for token in found)
    for pair in dict.fromkeys(f"p{first}·{second}" for first, second in pairwise(words.split())):
        left -= len(pair.encode())
        if left < 0:
            break
        found.append(pair)
    return _joined(found)


def _without_pairs(words, tokens):
    return _joined([token for token in tokens.split() if "·" not in token])


def _joined(found):
    return f" {' '.join(found)} " if found else ""


class Migration(migrations.Migration):
    dependencies = [("search", "0004_words_as_they_are")]

    operations = [migrations.RunPython(forwards, backwards)]
