"""Texts are examined by rules 4. Findings of rules 1 to 3 stay; the default is Python's alone, and no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0003_engine_3"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="examination",
                    name="engine",
                    field=models.CharField(default="4", max_length=20),
                ),
            ],
        ),
    ]
