from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0001_initial"),
    ]

    operations = [
        # Choices and defaults are Django's alone: SQLite would make the tables anew, and their triggers stand in the way.
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
                            ("same-subject", "in both texts"),
                            ("not-in-old", "first reported"),
                            ("not-in-new", "not reported in the new text"),
                        ],
                        max_length=12,
                    ),
                ),
                migrations.AlterField(
                    model_name="comparison",
                    name="engine",
                    field=models.CharField(default="3", max_length=20),
                ),
            ]
        ),
    ]
