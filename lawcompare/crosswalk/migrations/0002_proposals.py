from django.db import migrations, models

from lawcompare.core.triggers import run_statements
from lawcompare.crosswalk import triggers


def let_stand(apps, schema_editor):
    """What was there before proposals were stands."""
    for name in ("Correspondence", "FindingDecision", "Topic", "TopicChange", "Value"):
        apps.get_model("crosswalk", name).objects.update(confirmation="confirmed")


class Migration(migrations.Migration):
    dependencies = [
        ("crosswalk", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="correspondence",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="correspondence",
            name="placed",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="findingdecision",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="topic",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="topicchange",
            name="before",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="topicchange",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="value",
            name="confirmation",
            field=models.CharField(
                choices=[("proposed", "proposed"), ("confirmed", "confirmed"), ("refused", "refused")],
                default="proposed",
                max_length=10,
            ),
        ),
        migrations.RunPython(let_stand, migrations.RunPython.noop),
        run_statements(triggers.statements),
    ]
