"""Which tokens and second factors a user has had is under the trail too; what they consist of is not."""

from django.db import migrations

from audit.operations import Trail


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_accounts_trail"),
        ("accounts", "0003_sign_in_history"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        Trail("accounts_apitoken", leave_out=("digest",)),
        Trail("mfa_authenticator", leave_out=("data", "last_used_at")),
    ]
