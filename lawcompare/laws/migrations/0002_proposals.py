from django.db import migrations, models


def let_stand(apps, schema_editor):
    """What was there before proposals were stands."""
    for name in ("Event", "TranslationReview"):
        apps.get_model("laws", name).objects.update(confirmation="confirmed")


def take_over(apps, schema_editor):
    apps.get_model("laws", "Origin").objects.filter(is_confirmed=True).update(confirmation="confirmed")


class Migration(migrations.Migration):
    dependencies = [
        ("laws", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="event",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="origin",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="translationreview",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.RunPython(let_stand, migrations.RunPython.noop),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="origin",
            name="is_confirmed",
        ),
    ]
