from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("crosswalk", "0011_suggestions_of_organisations")]
    operations = [
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("topic__isnull", True)),
                fields=("subject", "object", "organisation"),
                name="one_suggestion_without_topic_per_pair_and_organisation",
            ),
        ),
    ]
