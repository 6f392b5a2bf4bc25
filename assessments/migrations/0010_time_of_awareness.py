from django.db import migrations

import assessments.items


class Migration(migrations.Migration):
    dependencies = [("assessments", "0009_tablets_are_counted_at_dispensing")]
    operations = [
        migrations.AddField(
            model_name="adverseevent",
            name="aware_time",
            field=assessments.items.ClockTimeField(
                blank=True, default="", max_length=5, verbose_name="At what time (UTC)"
            ),
        )
    ]
