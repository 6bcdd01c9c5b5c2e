from django.db import migrations, models


def keep_what_was_read(apps, schema_editor):
    """A notice that was put aside stays so for every organisation there is."""
    organisations = list(apps.get_model("accounts", "Organisation").objects.all())
    for notice in apps.get_model("imports", "ReleaseNotice").objects.exclude(read_at=None):
        notice.read_for.set(organisations)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('imports', '0002_amending'),
    ]

    operations = [
        migrations.AddField(
            model_name='releasenotice',
            name='read_for',
            field=models.ManyToManyField(blank=True, related_name='+', to='accounts.organisation'),
        ),
        migrations.RunPython(keep_what_was_read, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField(model_name='releasenotice', name='read_at'),
    ]
