from django.db import migrations
from django.db.models import F, OuterRef, Subquery


def publish_with_the_text(apps, schema_editor):
    """What was published while its text was private is public since that is: no order tells that it was there before."""
    notes = apps.get_model("annotations", "Annotation").objects.filter(published_at__lt=F("version__published_at"))
    text = apps.get_model("laws", "Version").objects.filter(pk=OuterRef("version"))
    notes.update(published_at=Subquery(text.values("published_at")))


class Migration(migrations.Migration):
    dependencies = [("annotations", "0003_trigger_of_notes")]
    operations = [migrations.RunPython(publish_with_the_text, migrations.RunPython.noop)]
