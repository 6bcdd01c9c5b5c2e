from django.db import migrations

from lawcompare.core.triggers import run_statements


def statements(vendor):
    """On PostgreSQL a trigger that is there is left as it is: this one began to name columns after 0.1.0.

    After all migrations it is set anew, as all triggers of public tables are.
    """
    drop = "DROP TRIGGER IF EXISTS content_token_annotations_annotation ON annotations_annotation"
    return [drop] if vendor == "postgresql" else []


class Migration(migrations.Migration):
    dependencies = [
        ("annotations", "0002_proposals"),
    ]

    operations = [run_statements(statements)]
