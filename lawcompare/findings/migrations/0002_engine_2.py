"""Texts are examined by rules 2. Findings of rules 1 stay; the default is Python's alone, and no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="examination",
                    name="engine",
                    field=models.CharField(default="2", max_length=20),
                ),
            ],
        ),
    ]
