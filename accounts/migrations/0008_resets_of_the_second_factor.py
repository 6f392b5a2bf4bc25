from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_time_zone_of_a_site")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="factor_reset_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="factor_reset_by",
            field=models.CharField(blank=True, editable=False, max_length=80),
        ),
    ]
