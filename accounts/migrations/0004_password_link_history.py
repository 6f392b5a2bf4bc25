"""By whom a password link was issued and when it was used: the user is told, and the trail shows it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sign_in_history")]
    operations = [
        migrations.AddField(
            model_name="user",
            name="password_link_issued_by",
            field=models.CharField(blank=True, default="", editable=False, max_length=80),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="user",
            name="password_link_used_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
