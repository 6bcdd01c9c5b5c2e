"""Texts are examined by rules 3. Findings of rules 1 and 2 stay; the default is Python's alone, and no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0002_engine_2"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="examination",
                    name="engine",
                    field=models.CharField(default="3", max_length=20),
                ),
            ],
        ),
    ]
