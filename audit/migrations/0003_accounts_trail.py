"""Users, sites and memberships are under the trail too; what a password hashes to and each log-in's time are not."""

from django.db import migrations

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_record"), ("accounts", "0002_kept_for_ever")]
    operations = [
        Trail("accounts_user", leave_out=("password", "last_login")),
        Trail("accounts_site"),
        Trail("accounts_membership"),
    ]
