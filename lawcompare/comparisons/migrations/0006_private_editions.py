from django.db import migrations
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Greatest

from lawcompare.comparisons import triggers
from lawcompare.core.triggers import run_statements


def delete_private_editions(apps, schema_editor):
    """Editions that were replaced before both texts were public, or when they became so since they rest on what was
    decided in private: nobody else is told of them. Now they go whenever a text becomes public. Those left are numbered
    as readers counted them, whose addresses go on leading there.
    """
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, table in (("comparison_is_frozen", "comparison"), ("pair_is_frozen", "clausepair")):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON comparisons_{table}" if is_postgresql else ""))
    comparisons, pairs = (apps.get_model("comparisons", name).objects for name in ("Comparison", "ClausePair"))
    early = comparisons.annotate(public=Greatest("old__published_at", "new__published_at"))
    later = comparisons.filter(old=OuterRef("old"), new=OuterRef("new"), finished_at__gt=OuterRef("finished_at"))
    decided = pairs.filter(comparison=OuterRef("pk"), decision__decision__at__lte=OuterRef("public"))
    decided = decided.exclude(decision__decision__organisation__slug="editors")
    lifted = Q(Exists(decided), Exists(comparisons.filter(made_from=OuterRef("pk"), decision=None)))
    private = Exists(later.filter(finished_at__lte=OuterRef("public"))) | lifted & ~Q(new__translates=F("old"))
    early = early.filter(private, finished_at__lte=F("public")).exclude(old__published_at=None)
    gone = list(early.exclude(new__published_at=None).values_list("pk", flat=True))
    sides = set(comparisons.filter(pk__in=gone).values_list("old", "new", "engine"))
    comparisons.filter(made_from__in=gone).update(made_from=None)
    pairs.filter(comparison__in=gone)._raw_delete(schema_editor.connection.alias)
    comparisons.filter(pk__in=gone).delete()
    for old, new, engine in sides:
        left = comparisons.filter(old=old, new=new, engine=engine).order_by("edition").values_list("pk", flat=True)
        for number, pk in enumerate(list(left), start=1):
            comparisons.filter(pk=pk).update(edition=number)
    if is_postgresql:  # which makes no trigger while anything waits for the commit
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0005_slips")]
    operations = [
        migrations.RunPython(delete_private_editions, migrations.RunPython.noop),
        run_statements(triggers.statements),
    ]
