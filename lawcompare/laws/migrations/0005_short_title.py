from django.db import migrations, models

# As SQL, since SQLite would make the table anew, which the triggers of its clauses do not let it.
ADD = "ALTER TABLE laws_version ADD COLUMN short_title varchar(60) DEFAULT '' NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("laws", "0004_kinds_of_law")]
    operations = [
        migrations.RunSQL(
            ADD,
            "ALTER TABLE laws_version DROP COLUMN short_title",
            state_operations=[
                migrations.AddField(
                    "version", "short_title", models.CharField("short title", blank=True, max_length=60)
                ),
            ],
        )
    ]
