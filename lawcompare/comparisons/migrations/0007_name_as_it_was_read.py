from hashlib import sha256

from django.db import migrations, models
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from lawcompare.comparisons import triggers
from lawcompare.core.triggers import run_statements


def keep_digests(apps, schema_editor):
    """Who is named now goes on being named, by that name, and where it is read alone: no copy of it stays."""
    for decision in apps.get_model("comparisons", "MapDecision").objects.filter(names_person=True).exclude(by=None):
        decision.name_read = sha256(decision.by.display_name.encode()).hexdigest()
        decision.save(update_fields=["name_read"])
    stated = apps.get_model("comparisons", "Concordance").objects.filter(
        old=OuterRef("original"), new=OuterRef("translation"), ended_by=None
    )
    confirmed = apps.get_model("laws", "ClauseTranslation").objects.exclude(confirmed_by="")
    confirmed.update(confirmed_by=Coalesce(Subquery(stated.values("author")[:1]), Value("–")))


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0006_private_editions"), ("laws", "0011_order_by_what_is_public")]
    operations = [
        migrations.AddField(
            model_name="mapdecision",
            name="name_read",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.RunPython(keep_digests, migrations.RunPython.noop),
        run_statements(triggers.statements),
    ]
