"""A production installation with an unsafe setting does not start; a training one does."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from audit.seal_keys import refuse_missing_seal_keys
from audit.sealing import seal_trail
from audit.verifying import verify
from trialsite.system_checks import (
    production_settings_are_safe,
    refuse_seal_keys,
    refuse_unsafe_settings,
)

SAFE = {
    "ENVIRONMENT": "production",
    "DEBUG": False,
    "PROJECT": "osimertinib",
    "SECRET_KEY": "k" * 50,
    "TRAIL_SEAL_KEYS": ["t" * 50],
    "FACTOR_KEYS": ["f" * 50, "g" * 50],
    "SESSION_KEYS": ["s" * 50],
    "IS_THE_SYSTEM": False,
    "ALLOWED_HOSTS": ["edc.example.org"],
    "BEHIND_TLS": True,
    "SYNTHETIC_DATA": False,
    "MFA_REQUIRED_ROLES": ["*"],
}


@pytest.fixture
def production(settings: Any) -> Any:
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def test_safe_production_settings_are_accepted(production: Any) -> None:
    refuse_unsafe_settings()
    assert production_settings_are_safe(None) == []


@pytest.mark.requirement("EMA 2023 security")
@pytest.mark.parametrize(
    ("setting", "value", "number"),
    [
        ("DEBUG", True, "E002"),
        ("PROJECT", "osimertinib-training", "E009"),
        ("SECRET_KEY", "training-only-not-secret", "E003"),
        ("TRAIL_SEAL_KEYS", ["short"], "E007"),
        ("TRAIL_SEAL_KEYS", ["k" * 50], "E008"),
        ("TRAIL_SEAL_KEYS", ["t" * 50, "k" * 50], "E008"),
        ("FACTOR_KEYS", [], "E007"),
        ("FACTOR_KEYS", ["f" * 50, "short"], "E007"),
        ("FACTOR_KEYS", ["t" * 50], "E008"),
        ("SESSION_KEYS", [], "E007"),
        ("SESSION_KEYS", ["s" * 49], "E007"),
        ("SESSION_KEYS", ["k" * 50], "E008"),
        ("SECRET_KEY", "g" * 50, "E008"),
        ("ALLOWED_HOSTS", ["*"], "E004"),
        ("ALLOWED_HOSTS", [], "E004"),
        ("BEHIND_TLS", False, "E005"),
        ("SYNTHETIC_DATA", True, "E006"),
        ("ENVIRONMENT", "staging", "E001"),
    ],
)
def test_each_unsafe_setting_is_refused_with_its_number(production: Any, setting: str, value: Any, number: str) -> None:
    setattr(production, setting, value)
    with pytest.raises(ImproperlyConfigured, match=f"trialsite.{number}"):
        refuse_unsafe_settings()


def test_training_may_be_convenient(settings: Any) -> None:
    settings.ENVIRONMENT, settings.SECRET_KEY = "training", "short"
    refuse_unsafe_settings()
    assert production_settings_are_safe(None) == []


def test_the_site_starts_without_the_key_of_the_seal_and_not_with_it(production: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="take it out of the site's environment"):
        refuse_seal_keys()
    production.TRAIL_SEAL_KEYS = []
    refuse_seal_keys()
    refuse_unsafe_settings()


def test_what_seals_and_verifies_does_not_start_without_the_key(production: Any) -> None:
    refuse_missing_seal_keys()
    production.TRAIL_SEAL_KEYS = []
    for program in (refuse_missing_seal_keys, seal_trail, verify):
        with pytest.raises(ImproperlyConfigured, match="TRAIL_SEAL_KEYS is missing"):
            program()


@pytest.mark.requirement("EMA 2023 security")
@pytest.mark.parametrize("program", ["trialsite.wsgi", "worker"])
def test_in_production_no_key_stands_in_for_another(program: str) -> None:
    """In a program of its own, as it is started: what SECRET_KEY stood in for in training is missing there."""
    keys = {"SECRET_KEY": "k" * 50, "FACTOR_KEYS": "f" * 50}
    safe = {"ENVIRONMENT": "production", "ALLOWED_HOSTS": "edc.example.org", "BEHIND_TLS": "true"}
    environment = os.environ | safe | keys | {"SYNTHETIC_DATA": "false", "MFA_REQUIRED_ROLES": "*"}
    starts = {
        "trialsite.wsgi": "import trialsite.wsgi",
        "worker": "import django; django.setup(); from celery.signals import worker_init; worker_init.send(None)",
    }
    shown = f"{starts[program]}; from django.conf import settings; print(settings.TRAIL_SEAL_KEYS)"
    without = {name: value for name, value in environment.items() if name != "TRAIL_SEAL_KEYS"}
    ended = subprocess.run([sys.executable, "-c", shown], env=without, capture_output=True, text=True)
    if program == "worker":
        assert "TRAIL_SEAL_KEYS is missing" in ended.stderr
    else:
        assert ended.stdout.strip() == "[]", ended.stderr
