from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0015_files_taken")]

    operations = [
        migrations.CreateModel(
            name="Stranger",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("minute", models.DateTimeField()),
                ("kind", models.CharField(max_length=30)),
                ("address", models.GenericIPAddressField()),
                ("tries", models.PositiveBigIntegerField()),
                ("names", models.JSONField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("minute", "kind", "address"), name="stranger_counted_once")
                ],
            },
        ),
    ]
