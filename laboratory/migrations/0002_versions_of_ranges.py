from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("laboratory", "0001_reference_ranges")]
    operations = [
        migrations.AddField(
            model_name="referencerange",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        )
    ]
