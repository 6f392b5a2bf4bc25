"""Sessions by the SHA-256 of their key, with their user and the proof that the site said so; the same of tokens.

Who is signed in has to sign in again: the keys that the table of before is full of are let go.
"""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from database.entering import microseconds, proof_of


def prove_tokens(apps: Any, schema_editor: Any) -> None:
    """Those that were made before, as they are now; the trail's trigger wants an actor, and does not record it."""
    alias = schema_editor.connection.alias
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT set_config('edc.actor_name', 'system', true)")
    for token in apps.get_model("accounts", "ApiToken").objects.using(alias).all():
        said = (token.digest, token.user_id, microseconds(token.expires_at), token.scope, token.only_role)
        token.proof = proof_of("token", *said, token.only_site_id)
        token.save(using=alias, update_fields=["proof"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_secrets_of_factors_encrypted"),
        ("sessions", "0001_initial"),
    ]
    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("session_key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("proof", models.CharField(blank=True, max_length=64)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.AlterField(
            model_name="signin",
            name="session_key",
            field=models.CharField(max_length=64, unique=True),
        ),
        migrations.AddField(
            model_name="apitoken",
            name="proof",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(prove_tokens, migrations.RunPython.noop),
        migrations.RunSQL("DELETE FROM django_session; DELETE FROM accounts_signin", migrations.RunSQL.noop),
    ]
