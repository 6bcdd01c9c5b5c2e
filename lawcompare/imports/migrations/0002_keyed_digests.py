from typing import Any

from django.conf import settings
from django.db import migrations

from lawcompare.laws.uploads.originals import keyed


def key_digests(apps: Any, schema_editor: Any) -> None:
    """Drafts name their file, and what was read of it, as the store of files does."""
    drafts = apps.get_model("imports", "ImportDraft").objects
    for draft in drafts.all().iterator():
        for name in ("original", "reading"):
            digest = getattr(draft, name)
            if len(digest) == 64:
                setattr(draft, name, keyed(digest, settings.ORIGINALS_KEY))
        drafts.filter(pk=draft.pk).update(original=draft.original, reading=draft.reading)


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0001_initial"),
        ("laws", "0004_keyed_digests"),
    ]

    operations = [
        migrations.RunPython(key_digests, migrations.RunPython.noop),
    ]
