from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0003_notices_read_by_organisation"),
    ]

    operations = [
        migrations.AddField(
            model_name="importdraft",
            name="review",
            field=models.CharField(blank=True, max_length=64),
        ),
    ]
