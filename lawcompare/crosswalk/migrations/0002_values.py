import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from lawcompare.crosswalk.triggers import statements_of_values
from lawcompare.triggers import run_statements

class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('crosswalk', '0001_initial'),
        ('laws', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Value',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.CharField(choices=[('conduct', 'Conduct'), ('mental', 'Mental element'), ('harm', 'Threshold of harm'), ('defences', 'Exception or defence'), ('penalties', 'Penalty'), ('authorisation', 'Who authorises'), ('time_limits', 'Time limits'), ('scope', 'Scope')], max_length=15)),
                ('values', models.JSONField(blank=True, default=dict)),
                ('start', models.PositiveIntegerField(blank=True, null=True)),
                ('end', models.PositiveIntegerField(blank=True, null=True)),
                ('quote', models.TextField(blank=True)),
                ('status', models.CharField(choices=[('stated', 'stated by one person'), ('confirmed', 'confirmed by a second person'), ('disputed', 'disputed'), ('struck', 'struck out')], default='stated', max_length=10)),
                ('stated_at', models.DateTimeField(auto_now_add=True)),
                ('carried_from', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carried_to', to='crosswalk.value')),
                ('clause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stated_values', to='laws.clause')),
                ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_for', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('stated_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='laws.version')),
                ('words_clause', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='laws.clause')),
            ],
            options={
                'ordering': ['version', 'clause__position', 'element', 'words_clause__position', 'start', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ValueChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.CharField(choices=[('stated', 'stated'), ('taken-over', 'taken over from what the program read'), ('corrected', 'corrected'), ('confirmed', 'confirmed'), ('disputed', 'disputed'), ('settled', 'no longer disputed'), ('struck', 'struck out'), ('carried', 'carried over from an earlier text')], max_length=12)),
                ('status', models.CharField(choices=[('stated', 'stated by one person'), ('confirmed', 'confirmed by a second person'), ('disputed', 'disputed'), ('struck', 'struck out')], max_length=10)),
                ('values', models.JSONField(default=dict)),
                ('words_eid', models.CharField(blank=True, max_length=250)),
                ('quote', models.TextField(blank=True)),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation')),
                ('value', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='crosswalk.value')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='value',
            index=models.Index(fields=['version', 'status'], name='value_of_text'),
        ),
        migrations.AddConstraint(
            model_name='value',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end__isnull', True), ('quote', ''), ('start__isnull', True), ('words_clause__isnull', True)), models.Q(('end__gt', models.F('start')), ('start__isnull', False), ('words_clause__isnull', False)), _connector='OR'), name='value_has_its_words_or_none'),
        ),
        run_statements(statements_of_values),
    ]
