from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0004_amending_review"),
    ]

    operations = [
        migrations.AddField(
            model_name="importdraft",
            name="store_state",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
    ]
