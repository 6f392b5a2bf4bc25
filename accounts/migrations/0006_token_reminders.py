"""When the owner of a token was told by mail that it ends."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_training_statement_and_sign_ins"),
    ]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="reminded_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
