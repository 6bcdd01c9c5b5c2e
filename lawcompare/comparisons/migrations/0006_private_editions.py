from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from lawcompare.comparisons import triggers
from lawcompare.core.triggers import run_statements


def let_delete(apps, schema_editor):
    for name, table in (("comparison_is_frozen", "comparison"), ("pair_is_frozen", "clausepair")):
        on_table = f" ON comparisons_{table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")


def delete_private_editions(apps, schema_editor):
    """Editions that were replaced before both texts were public, or when they became so since they rest on what was
    decided in private: nobody else is told of them. Now they go whenever a text becomes public.
    """
    comparisons, pairs = (apps.get_model("comparisons", name).objects for name in ("Comparison", "ClausePair"))
    public = Greatest("old__published_at", "new__published_at")
    early = comparisons.exclude(old__published_at=None).exclude(new__published_at=None).annotate(public=public)
    later = comparisons.filter(old=OuterRef("old"), new=OuterRef("new"), finished_at__gt=OuterRef("finished_at"))
    decided = pairs.filter(comparison=OuterRef("pk"), decision__decision__at__lte=OuterRef("public"))
    decided = decided.exclude(decision__decision__organisation__slug="editors")
    lifted = Q(Exists(decided), Exists(comparisons.filter(made_from=OuterRef("pk"), decision=None)))
    lifted &= ~Q(new__translates=F("old"))
    private = early.filter(Exists(later.filter(finished_at__lte=OuterRef("public"))) | lifted)
    gone = list(private.filter(finished_at__lte=F("public")).values_list("pk", flat=True))
    comparisons.filter(made_from__in=gone).update(made_from=None)
    pairs.filter(comparison__in=gone)._raw_delete(schema_editor.connection.alias)
    comparisons.filter(pk__in=gone).delete()
    if schema_editor.connection.vendor == "postgresql":  # which makes no trigger while anything waits for the commit
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0005_slips"),
    ]

    operations = [
        migrations.RunPython(let_delete, migrations.RunPython.noop),
        migrations.RunPython(delete_private_editions, migrations.RunPython.noop),
        run_statements(triggers.statements),
    ]
