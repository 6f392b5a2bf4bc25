import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_sign_in_trail")]

    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("table_name", models.CharField(max_length=63)),
                ("scheme", models.PositiveSmallIntegerField()),
                ("made_at", models.DateTimeField()),
                ("rows", models.PositiveIntegerField()),
                ("ids", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("digests", models.BinaryField()),
                ("settled", models.BigIntegerField()),
                ("reach", models.BigIntegerField()),
                ("reach_transaction", models.BigIntegerField()),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("key_id", models.CharField(max_length=8)),
                ("mac", models.BinaryField(max_length=32)),
            ],
            options={"indexes": [models.Index(fields=["table_name", "number"], name="seal_by_table")]},
        ),
    ]
