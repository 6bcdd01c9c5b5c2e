from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_devices_since"), ("crosswalk", "0008_order_by_what_is_public")]
    operations = [
        migrations.AlterField(
            model_name="suggestionrun",
            name="organisation",
            field=models.ForeignKey(
                null=True, on_delete=models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
    ]
