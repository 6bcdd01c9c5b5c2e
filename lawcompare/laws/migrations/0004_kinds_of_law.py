from django.db import migrations, models

KINDS = [
    ("draft", "Draft"), ("statute", "Statute"), ("treaty", "Treaty"), ("instrument", "International instrument"),
    ("constitution", "Constitution"), ("decree", "Decree"), ("sub-decree", "Sub-decree"), ("prakas", "Prakas"),
    ("regulation", "Regulation"), ("order", "Order"), ("decision", "Decision"), ("instruction", "Instruction"),
    ("declaration", "Declaration"), ("guideline", "Guideline"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("laws", "0003_reply_of_the_government")]
    operations = [migrations.AlterField("law", "kind", models.CharField(choices=KINDS, max_length=12))]
