from typing import Any

from django.conf import settings
from django.db import migrations

from lawcompare.laws.triggers import statements
from lawcompare.laws.uploads.originals import keyed
from lawcompare.triggers import run_statements


def key_digests(apps: Any, schema_editor: Any) -> None:
    """What was stored under a plain SHA-256 is stored under its keyed digest."""
    connection = schema_editor.connection
    on = "" if connection.vendor == "sqlite" else " ON laws_version"
    schema_editor.execute(f"DROP TRIGGER IF EXISTS version_is_frozen{on}", params=None)
    with connection.cursor() as cursor:
        for table, column in (("laws_version", "file_hash"), ("laws_original", "digest")):
            cursor.execute(f"SELECT DISTINCT {column} FROM {table} WHERE length({column}) = 64")  # noqa: S608
            for (digest,) in cursor.fetchall():
                update = f"UPDATE {table} SET {column} = %s WHERE {column} = %s"  # noqa: S608
                cursor.execute(update, [keyed(digest, settings.ORIGINALS_KEY), digest])
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("laws", "0003_brought_by"),
    ]

    operations = [
        migrations.RunPython(key_digests, migrations.RunPython.noop),
        run_statements(statements),
    ]
