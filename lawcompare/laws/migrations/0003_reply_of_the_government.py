from django.db import migrations, models

KINDS = [
    ("drafting", "Drafting"), ("text", "A text becomes known"), ("consultation", "Workshop or meeting"),
    ("us-law", "US law and training"), ("criticism", "Criticism"), ("reply", "Reply of the government"),
    ("treaty", "International law"), ("other-law", "Another law"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("laws", "0002_proposals")]
    operations = [migrations.AlterField("event", "kind", models.CharField(choices=KINDS, max_length=12))]
