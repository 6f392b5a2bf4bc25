from django.db import migrations
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("cohorts", "0002_trail")]

    operations = [
        migrations.AlterModelOptions(
            name="visit", options={"ordering": [Coalesce("visit_date", "target_date"), "id"]}
        ),
    ]
