"""Each filter of the trail's page is answered newest first by an index; the keys of users and rows nobody asks by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_seal")]

    operations = [
        migrations.RemoveIndex(model_name="accessevent", name="access_by_actor"),
        migrations.RemoveIndex(model_name="event", name="event_by_actor"),
        migrations.RemoveIndex(model_name="event", name="event_by_row"),
        migrations.AddIndex("accessevent", models.Index(fields=["actor_name", "id"], name="access_by_name")),
        migrations.AddIndex("accessevent", models.Index(fields=["kind", "id"], name="access_by_kind")),
        migrations.AddIndex("event", models.Index(fields=["actor_name", "id"], name="event_by_name")),
        migrations.AddIndex("event", models.Index(fields=["table_name", "id"], name="event_by_table")),
        migrations.AddIndex("event", models.Index(fields=["role", "id"], name="event_by_role")),
        migrations.AddIndex("event", models.Index(fields=["channel", "id"], name="event_by_channel")),
        migrations.AddIndex("event", models.Index(fields=["at"], name="event_by_time")),
    ]
