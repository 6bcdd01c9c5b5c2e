"""Addresses in small letters, in which they are looked for when somebody signs in; former ones are forgotten."""

from typing import Any

from django.db import migrations
from django.db.models.functions import Lower


def store_in_small_letters(apps: Any, schema_editor: Any) -> None:
    User = apps.get_model("accounts", "User")
    for user in User.objects.exclude(email=Lower("email")):
        if not User.objects.filter(email=user.email.lower()).exists():
            User.objects.filter(pk=user.pk).update(email=user.email.lower())
        else:
            print(f"Account {user.pk} differs from another in capitals alone: give it another address.")  # noqa: T201
    for address in apps.get_model("account", "EmailAddress").objects.select_related("user"):
        if address.email != address.user.email:
            address.delete()


class Migration(migrations.Migration):

    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0002_devices_since"),
    ]

    operations = [migrations.RunPython(store_in_small_letters, migrations.RunPython.noop)]
