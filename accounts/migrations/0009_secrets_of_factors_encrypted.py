"""What was kept of second factors in the clear is encrypted, once; from then on nothing in the clear is taken."""

import json
from collections.abc import Callable

from django.db import migrations

from accounts.factor_secrets import decrypt, each_secret, encrypt

ACTOR = """
    SELECT set_config('edc.actor_name', 'setup', true), set_config('edc.role', 'system', true),
           set_config('edc.channel', 'system', true), set_config('edc.actor_id', '', true),
           set_config('edc.reason', %s, true)
"""


def _changing(change: Callable[[str], str], reason: str) -> Callable:
    def run(apps, schema_editor) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(ACTOR, [reason])
            cursor.execute("SELECT id, data FROM mfa_authenticator ORDER BY id")
            for pk, data in cursor.fetchall():
                kept = json.loads(data) if isinstance(data, str) else data
                changed = json.dumps(each_secret(kept, change))
                cursor.execute("UPDATE mfa_authenticator SET data = %s::jsonb WHERE id = %s", [changed, pk])

    return run


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_resets_of_the_second_factor"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.RunPython(
            _changing(encrypt, "secrets of second factors encrypted"),
            _changing(decrypt, "secrets of second factors decrypted"),
        )
    ]
