from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("annotations", "0004_published_with_the_text")]
    operations = [
        migrations.AlterModelOptions(name="annotation", options={"ordering": ["-published_at", "slug"]}),
    ]
