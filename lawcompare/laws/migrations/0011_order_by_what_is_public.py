from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("laws", "0010_proposed_changes")]
    operations = [
        migrations.AlterModelOptions(name="law", options={"ordering": ["title", "slug"]}),
    ]
