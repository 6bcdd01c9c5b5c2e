"""Comparisons are computed by rules 2. Those of rules 1 stay; the default is Python's alone, and no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0002_private_texts"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="comparison",
                    name="engine",
                    field=models.CharField(default="2", max_length=20),
                ),
            ],
        ),
    ]
