from django.db import migrations, models


def hand_over(apps, schema_editor):
    """Give what waits, and was found by a search, to each organisation that had it looked for, and to nobody else."""
    correspondences = apps.get_model("crosswalk", "Correspondence").objects
    shared = correspondences.filter(status="suggested", organisation=None, carried_from=None).exclude(object=None)
    owners = {}
    for run in apps.get_model("crosswalk", "SuggestionRun").objects.exclude(organisation=None):
        owners.setdefault((run.subject_version_id, run.object_version_id), []).append(run.organisation_id)
    known = set(correspondences.exclude(organisation=None).values_list("subject_id", "object_id", "organisation_id"))
    for row in list(shared.exclude(decisions__isnull=False)):
        number = row.pk
        for owner in owners.get((row.subject_version_id, row.object_version_id), ()):
            if (row.subject_id, row.object_id, owner) not in known:
                row.pk, row._state.adding, row.organisation_id = None, True, owner
                row.save()
        correspondences.filter(pk=number).delete()


class Migration(migrations.Migration):
    dependencies = [("crosswalk", "0010_publishing_of_drafts")]
    operations = [
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic__isnull", True)),
                fields=("subject", "object", "organisation"),
                name="one_suggestion_without_topic_per_pair_and_organisation",
            ),
        ),
        migrations.RunPython(hand_over, migrations.RunPython.noop),
    ]
