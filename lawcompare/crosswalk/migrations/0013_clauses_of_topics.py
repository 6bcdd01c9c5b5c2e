from django.db import migrations, models
from django.db.models import CASCADE


def mark_named(apps, schema_editor):
    """What a statement set under its topic stands there as long as a statement names it."""
    rows = apps.get_model("crosswalk", "Correspondence").objects.exclude(placed=[]).order_by()
    links = apps.get_model("crosswalk", "TopicClause").objects
    for topic, placed in rows.values_list("topic", "placed"):
        links.filter(topic=topic, clause__in=placed).update(of_itself=False)


class Migration(migrations.Migration):
    dependencies = [("crosswalk", "0012_one_suggestion_of_an_organisation")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="TopicClause",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("topic", models.ForeignKey(on_delete=CASCADE, related_name="+", to="crosswalk.topic")),
                        ("clause", models.ForeignKey(on_delete=CASCADE, related_name="+", to="laws.clause")),
                    ],
                    options={"db_table": "crosswalk_topic_clauses", "unique_together": {("topic", "clause")}},
                ),
                migrations.AlterField(
                    model_name="topic",
                    name="clauses",
                    field=models.ManyToManyField(
                        blank=True, related_name="topics", through="crosswalk.TopicClause", to="laws.clause"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="topicclause", name="of_itself", field=models.BooleanField(default=True)
        ),
        migrations.RunPython(mark_named, migrations.RunPython.noop),
        migrations.RemoveField(model_name="correspondence", name="placed"),
    ]
