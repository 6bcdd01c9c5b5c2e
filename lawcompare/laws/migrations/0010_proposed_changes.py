from django.db import migrations, models

from lawcompare.core.triggers import run_statements
from lawcompare.laws import triggers


def let_stand(apps, schema_editor):
    """What was changed before changes were proposals was made at once."""
    apps.get_model("laws", "LawChange").objects.update(confirmation="")


class Migration(migrations.Migration):
    dependencies = [
        ("laws", "0009_amendments"),
    ]

    operations = [
        migrations.AddField(
            model_name="lawchange",
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
