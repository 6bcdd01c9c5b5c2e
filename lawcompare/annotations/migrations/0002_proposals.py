from django.db import migrations, models

from lawcompare.annotations import triggers
from lawcompare.core.triggers import run_statements


def let_stand(apps, schema_editor):
    """What was there before proposals were stands."""
    for name in ("CategoryChange",):
        apps.get_model("annotations", name).objects.update(confirmation="confirmed")


def keep_words(apps, schema_editor):
    """What is published keeps what its kinds of risk are called now."""
    for note in apps.get_model("annotations", "Annotation").objects.exclude(published_at=None).iterator():
        note.kind_words = {
            kind.code: {"en": kind.label} | kind.in_other_languages.get("label", {}) for kind in note.categories.all()
        }
        note.save(update_fields=["kind_words"])


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="annotation",
            name="kind_words",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="categorychange",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.RunPython(let_stand, migrations.RunPython.noop),
        migrations.RunPython(keep_words, migrations.RunPython.noop),
        run_statements(triggers.statements),
    ]
