from django.db import migrations


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
    seen = set()
    of_pairs = correspondences.filter(topic=None).exclude(organisation=None).exclude(object=None)
    for number, *pair in list(of_pairs.order_by("pk").values_list("pk", "subject", "object", "organisation")):
        if tuple(pair) in seen:  # of two that refused at the same moment
            apps.get_model("crosswalk", "CorrespondenceDecision").objects.filter(correspondence=number).delete()
            correspondences.filter(pk=number).delete()
        seen.add(tuple(pair))


class Migration(migrations.Migration):
    dependencies = [("crosswalk", "0010_publishing_of_drafts")]
    operations = [migrations.RunPython(hand_over, migrations.RunPython.noop)]
