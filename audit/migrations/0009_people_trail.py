"""Training and acceptances of the statement are under the trail."""

from django.db import migrations

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0008_sites_that_are_shown"),
        ("accounts", "0005_training_statement_and_sign_ins"),
    ]
    operations = [Trail(f"accounts_{name}") for name in ("training", "acceptance")]
