from hashlib import sha256

from django.db import migrations, models


def keep_digests(apps, schema_editor):
    """Who is named now goes on being named, by that name."""
    for note in apps.get_model("annotations", "Annotation").objects.filter(credits_person=True).exclude(creator=None):
        note.name_read = sha256(note.creator.display_name.encode()).hexdigest()
        note.save(update_fields=["name_read"])


class Migration(migrations.Migration):
    dependencies = [("annotations", "0005_order_by_what_is_public")]
    operations = [
        migrations.AddField(
            model_name="annotation",
            name="name_read",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.RunPython(keep_digests, migrations.RunPython.noop),
    ]
