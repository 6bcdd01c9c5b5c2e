import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F


def set_apart(apps, schema_editor):
    """Keep apart what public texts translate that never was public; confirm what the editors published."""
    hidden = {"published_at__isnull": False, "translates__isnull": False, "translates__published_at": None}
    versions = apps.get_model("laws", "Version").objects
    of_private = list(versions.filter(**hidden).values_list("pk", flat=True))
    apps.get_model("laws", "ClauseTranslation").objects.filter(translation_version__in=of_private).delete()
    versions.filter(pk__in=of_private).update(kept_original=F("translates"), translates=None)
    of_editors = {"organisation__slug": "editors", "version__published_at__isnull": False}
    apps.get_model("laws", "Origin").objects.filter(**of_editors).update(confirmation="confirmed")


class Migration(migrations.Migration):
    dependencies = [("laws", "0011_order_by_what_is_public")]
    operations = [
        migrations.AddField(
            model_name="version",
            name="kept_original",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="laws.version",
            ),
        ),
        migrations.RunPython(set_apart, migrations.RunPython.noop),
    ]
