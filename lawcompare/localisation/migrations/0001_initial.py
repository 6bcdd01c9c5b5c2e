from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="LocalisedText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("language", models.CharField(max_length=8)),
                ("original", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("words", models.TextField()),
                ("checked_by", models.CharField(blank=True, max_length=200)),
                ("changed_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("language", "digest"), name="one_text_per_language")],
            },
        ),
    ]
