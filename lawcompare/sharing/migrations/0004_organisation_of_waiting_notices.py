"""Notices that wait are of somebody's work, as later ones are from the beginning."""

from typing import Any

from django.db import migrations


def name_the_only_one(apps: Any, schema_editor: Any) -> None:
    """Of who belongs to one organisation, a notice that waits is about its work."""
    Membership = apps.get_model("accounts", "Membership")
    for notice in apps.get_model("sharing", "Notice").objects.exclude(choice=None).select_related("choice"):
        organisations = set(Membership.objects.filter(user=notice.choice.user_id).values_list("organisation", flat=True))
        if len(organisations) == 1:
            notice.organisation_id = organisations.pop()
            notice.save(update_fields=["organisation"])


class Migration(migrations.Migration):

    dependencies = [("accounts", "0003_small_letters"), ("sharing", "0003_notice_organisation")]

    operations = [migrations.RunPython(name_the_only_one, migrations.RunPython.noop)]
