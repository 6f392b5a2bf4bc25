"""Of each file that leaves: its name, the SHA-256 of its bytes and its size, in the log of access."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("audit", "0014_forms_of_a_lock_by_its_act")]

    operations = [
        migrations.AddField("accessevent", "file_name", models.CharField(blank=True, db_default="", max_length=255)),
        migrations.AddField("accessevent", "sha256", models.CharField(blank=True, db_default="", max_length=64)),
        migrations.AddField("accessevent", "size", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "accessevent", models.Index(fields=["sha256", "id"], name="access_by_file", condition=~Q(sha256=""))
        ),
    ]
