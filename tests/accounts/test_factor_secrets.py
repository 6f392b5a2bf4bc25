"""Secrets of second factors are encrypted where they are kept."""

import importlib
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from accounts.actor import SYSTEM, acting
from accounts.factor_secrets import decrypt, each_secret, encrypt
from accounts.models import User
from accounts.roles import Role
from tests.accounts.staff import Staff
from tests.accounts.test_second_factor import code_of

MIGRATION = "accounts.migrations.0009_secrets_of_factors_encrypted"


def kept(user: User) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, data::text FROM mfa_authenticator WHERE user_id = %s", [user.pk])
        return dict(cursor.fetchall())


@pytest.fixture
def secret(staff: Staff) -> str:
    made = generate_totp_secret()
    with acting(SYSTEM):
        TOTP.activate(staff[Role.MONITOR], made)
        RecoveryCodes.activate(staff[Role.MONITOR])
    return made


def works(user: User, secret: str) -> bool:
    return bool(Authenticator.objects.get(user=user, type="totp").wrap().validate_code(code_of(secret)))


@pytest.mark.requirement("EMA 2023 security")
def test_the_database_does_not_hold_the_secret(secret: str, staff: Staff) -> None:
    user = staff[Role.MONITOR]
    assert secret not in kept(user)["totp"]
    assert json.loads(kept(user)["recovery_codes"])["seed"].startswith("gAAAA")
    assert works(user, secret)
    assert Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


def test_another_key_opens_nothing_and_a_secret_put_there_in_the_clear_is_refused(
    secret: str, staff: Staff, settings: Any
) -> None:
    user = staff[Role.MONITOR]
    with acting(SYSTEM):
        Authenticator.objects.filter(user=user, type="totp").update(data={"secret": secret})
    with pytest.raises(ImproperlyConfigured, match="FACTOR_KEYS"):
        works(user, secret)
    encrypted = encrypt(secret)
    settings.FACTOR_KEYS = ["another key than the one that made it"]
    with pytest.raises(ImproperlyConfigured, match="FACTOR_KEYS"):
        decrypt(encrypted)


def test_a_new_key_is_put_first_and_after_the_command_the_old_one_can_go(
    secret: str, staff: Staff, settings: Any
) -> None:
    user, old = staff[Role.MONITOR], settings.FACTOR_KEYS
    settings.FACTOR_KEYS = ["a new one", *old]
    assert works(user, secret)
    call_command("renew_factor_keys", verbosity=0)
    settings.FACTOR_KEYS = ["a new one"]
    totp = Authenticator.objects.get(user=user, type="totp")
    assert decrypt(totp.data["secret"]) == secret


def test_what_was_kept_in_the_clear_is_encrypted_by_the_migration(secret: str, staff: Staff) -> None:
    user = staff[Role.MONITOR]
    with acting(SYSTEM):
        for factor in Authenticator.objects.filter(user=user):
            factor.data = each_secret(factor.data, decrypt)
            factor.save(update_fields=["data"])
    assert secret in kept(user)["totp"]
    seed = json.loads(kept(user)["recovery_codes"])["seed"]
    [operation] = importlib.import_module(MIGRATION).Migration.operations
    with connection.schema_editor(atomic=False) as editor:
        operation.code(None, editor)
    assert works(user, secret)
    assert decrypt(json.loads(kept(user)["recovery_codes"])["seed"]) == seed
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_name, new::text FROM audit_event WHERE reason = 'secrets of second factors encrypted'"
        )
        recorded = cursor.fetchall()
    assert {name for name, _ in recorded} == {"setup"}
    assert "changed, not recorded" in recorded[0][1]
