"""By which clocks a site's times of day are read: until now all were UTC, and are so until a site says otherwise."""

from django.db import migrations, models

import accounts.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_token_reminders"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="time_zone",
            field=models.CharField(
                default="UTC", max_length=40, validators=[accounts.models.check_time_zone]
            ),
        ),
    ]
