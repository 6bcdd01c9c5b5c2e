from django.db import migrations, models

from lawcompare.comparisons import triggers
from lawcompare.core.triggers import run_statements


def let_stand(apps, schema_editor):
    """What was decided before decisions were proposals stands."""
    apps.get_model("comparisons", "MapDecision").objects.update(confirmation="confirmed")


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0002_doubtful_pairs"),
    ]

    operations = [
        migrations.AddField(
            model_name="mapdecision",
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
