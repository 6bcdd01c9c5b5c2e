from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crosswalk", "0007_batches_of_decisions")]
    operations = [
        migrations.AlterModelOptions(name="topic", options={"ordering": ["position", "slug"]}),
        migrations.AlterModelOptions(name="correspondence", options={"ordering": ["topic", "subject_version", "subject__position", "object_version", "object__position", "organisation__slug"]}),
        migrations.AlterModelOptions(name="value", options={"ordering": ["version", "clause__position", "element", "words_clause__position", "start", "end", "values", "note", "status", "confirmation", "organisation__slug", "confirmed_for__slug", "pk"]}),
    ]
