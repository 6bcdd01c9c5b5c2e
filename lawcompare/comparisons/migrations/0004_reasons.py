from django.db import migrations, models

from lawcompare.comparisons.triggers import reasons_statements
from lawcompare.triggers import run_statements


class Migration(migrations.Migration):
    """Why clauses were set together, as values; pairs stored before keep the English sentence."""

    dependencies = [
        ("comparisons", "0003_engine_2"),
    ]

    operations = [
        migrations.AddField(
            model_name="clausepair",
            name="reasons",
            field=models.JSONField(null=True),
        ),
        run_statements(reasons_statements),
    ]
