"""Words that were kept with the names of who decided, which may have been taken back since, are kept no longer."""

from django.db import migrations


def forget_words(apps, schema_editor):
    apps.get_model("memos", "MemoItem").objects.exclude(seen_words={}).update(seen_words={})


class Migration(migrations.Migration):
    dependencies = [("memos", "0002_clauses")]

    operations = [migrations.RunPython(forget_words, migrations.RunPython.noop, elidable=True)]
