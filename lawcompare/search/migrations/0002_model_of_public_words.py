

import lawcompare.search.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchModel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(default=lawcompare.search.models.new_token, max_length=32)),
                ('entries', models.PositiveIntegerField()),
                ('of', models.CharField(max_length=60)),
                ('words', models.TextField()),
                ('meaning', models.BinaryField()),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
    ]
