import django.db.models.functions.datetime
from django.db import migrations, models

from audit.operations import Trail


class Migration(migrations.Migration):
    initial = True
    dependencies = [("audit", "0020_no_temporary_table_before_what_waits")]
    operations = [
        migrations.CreateModel(
            name="InForce",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=40)),
                ("version", models.CharField(max_length=20)),
                ("sha256", models.CharField(max_length=64)),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
            ],
            options={
                "verbose_name": "protocol in force",
                "verbose_name_plural": "protocols in force",
                "get_latest_by": "pk",
            },
        ),
        Trail("protocol_inforce"),
    ]
