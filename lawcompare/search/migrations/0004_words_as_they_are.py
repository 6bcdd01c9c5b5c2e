"""Phrases are looked for in the words: on PostgreSQL they are kept without compression, which costs more to undo."""

from django.db import migrations

LONG = ("words", "tokens", "text")


def set_storage(storage):
    def run(apps, editor):
        if editor.connection.vendor == "postgresql":
            for column in LONG:
                editor.execute(f"ALTER TABLE search_searchentry ALTER COLUMN {column} SET STORAGE {storage}")

    return run


class Migration(migrations.Migration):
    dependencies = [("search", "0003_citations_in_one_index")]

    operations = [migrations.RunPython(set_storage("EXTERNAL"), set_storage("EXTENDED"))]
