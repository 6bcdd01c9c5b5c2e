from django.db import migrations, models


class Migration(migrations.Migration):
    """How sure the program is of a place; of places found before, how alike they are is all that is known."""

    dependencies = [
        ("annotations", "0002_review_remarks"),
    ]

    operations = [
        migrations.AddField(
            model_name="carried",
            name="probability",
            field=models.FloatField(null=True),
        ),
    ]
