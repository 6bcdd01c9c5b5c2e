import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def set_organisations(apps, schema_editor):
    """Give each search to the organisation whose job it was."""
    jobs = apps.get_model("core", "Job").objects.filter(pk=OuterRef("job"))
    apps.get_model("crosswalk", "SuggestionRun").objects.update(organisation=Subquery(jobs.values("owner")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("core", "0001_initial"),
        ("crosswalk", "0005_notes_on_values"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="suggestionrun", name="one_run_per_pair_of_texts"),
        migrations.AddField(
            model_name="suggestionrun",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestionrun",
            constraint=models.UniqueConstraint(
                fields=("organisation", "subject_version", "object_version"), name="one_run_per_pair_and_organisation"
            ),
        ),
        migrations.RunPython(set_organisations, migrations.RunPython.noop),
    ]
