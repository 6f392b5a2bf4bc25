"""The first and the last key of some days are read from the index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_indexes_of_what_is_asked_for")]

    operations = [
        migrations.RemoveIndex(model_name="event", name="event_by_time"),
        migrations.AddIndex("event", models.Index(fields=["at", "id"], name="event_by_day")),
    ]
