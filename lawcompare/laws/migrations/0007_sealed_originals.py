"""Files that were handed in are sealed: what lies here in the open is sealed too."""

from django.db import migrations, models

from lawcompare.laws.encryption import seal, unseal


def seal_all(apps, schema_editor):
    originals = apps.get_model("laws", "Original").objects
    for digest in list(originals.filter(key="").values_list("digest", flat=True)):
        original = originals.get(digest=digest)
        original.data, original.key = seal(bytes(original.data), digest)
        original.save(update_fields=["data", "key"])


def unseal_all(apps, schema_editor):
    originals = apps.get_model("laws", "Original").objects
    for digest in list(originals.exclude(key="").values_list("digest", flat=True)):
        original = originals.get(digest=digest)
        original.data, original.key = unseal(bytes(original.data), digest, original.key), ""
        original.save(update_fields=["data", "key"])


class Migration(migrations.Migration):
    dependencies = [("laws", "0006_former_addresses")]
    operations = [
        migrations.AddField("original", "key", models.CharField(default="", max_length=16), preserve_default=False),
        migrations.RunPython(seal_all, unseal_all),
    ]
