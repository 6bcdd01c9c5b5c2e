"""Editions of a comparison, and the log of what people decide on its clause map.

SQLite makes a table anew to add a column, and forgets its triggers: those that freeze a finished comparison are taken off
before and put back after.
"""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

frozen = import_module("lawcompare.comparisons.migrations.0002_finished_comparison_is_frozen")


def thaw(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        frozen.thaw(apps, schema_editor)


def freeze(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        frozen.freeze(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_display_name'),
        ('comparisons', '0002_finished_comparison_is_frozen'),
        ('laws', '0004_clause_translations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(thaw, freeze),
        migrations.CreateModel(
            name='MapDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('names_person', models.BooleanField(default=False)),
                ('reason', models.TextField()),
                ('touched', models.JSONField(default=list)),
                ('at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='comparison',
            name='one_comparison_per_pair_and_engine',
        ),
        migrations.RemoveConstraint(
            model_name='concordance',
            name='one_word_per_pair_of_clauses',
        ),
        migrations.AddField(
            model_name='comparison',
            name='edition',
            field=models.PositiveIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='comparison',
            name='made_from',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comparisons.comparison'),
        ),
        migrations.AddField(
            model_name='concordance',
            name='is_moved',
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name='concordance',
            name='author',
            field=models.CharField(max_length=300),
        ),
        migrations.AddField(
            model_name='mapdecision',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mapdecision',
            name='new_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='laws.version'),
        ),
        migrations.AddField(
            model_name='mapdecision',
            name='old_version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='laws.version'),
        ),
        migrations.AddField(
            model_name='mapdecision',
            name='organisation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='mapdecision',
            name='undoes',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='comparisons.mapdecision'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='decision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='comparisons.mapdecision'),
        ),
        migrations.AddField(
            model_name='concordance',
            name='decision',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='made', to='comparisons.mapdecision'),
        ),
        migrations.AddField(
            model_name='concordance',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='comparisons.mapdecision'),
        ),
        migrations.AddConstraint(
            model_name='comparison',
            constraint=models.UniqueConstraint(fields=('old', 'new', 'engine', 'edition'), name='one_comparison_per_pair_engine_and_edition'),
        ),
        migrations.AddConstraint(
            model_name='concordance',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_by__isnull', True)), fields=('old', 'new'), name='one_word_in_force_per_pair_of_clauses'),
        ),
        migrations.RunPython(freeze, thaw),
    ]
