from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0004_lead_sentence"),
    ]

    operations = [
        # Choices are Django's alone: SQLite would make the table anew, and its triggers stand in the way.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="clausepair",
                    name="standing",
                    field=models.CharField(
                        choices=[
                            ("unchanged", "unchanged"),
                            ("changed", "changed"),
                            ("renumbered", "renumbered"),
                            ("moved", "moved"),
                            ("split", "split"),
                            ("merged", "merged"),
                            ("added", "added"),
                            ("removed", "removed"),
                            ("doubtful", "perhaps the same clause"),
                            ("slips", "different by probable slips of reading alone"),
                            ("same-subject", "in both texts"),
                            ("not-in-old", "first reported"),
                            ("not-in-new", "not reported in the new text"),
                        ],
                        max_length=12,
                    ),
                ),
            ]
        ),
    ]
