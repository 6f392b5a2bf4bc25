"""A production installation with an unsafe setting does not start; a training one does."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from trialsite.checks import production_settings_are_safe, refuse_unsafe_settings

SAFE = {
    "ENVIRONMENT": "production",
    "DEBUG": False,
    "SECRET_KEY": "k" * 50,
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
        ("SECRET_KEY", "training-only-not-secret", "E003"),
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
