from django.db import migrations

from lawcompare.comparisons.triggers import statements
from lawcompare.triggers import run_statements


class Migration(migrations.Migration):
    """What was computed of a text that never was public is deleted with it."""

    dependencies = [
        ("comparisons", "0001_initial"),
    ]

    operations = [
        run_statements(statements),
    ]
