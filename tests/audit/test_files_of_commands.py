"""A file that no page of our own sends, such as recovery codes, or that a command writes, is known again too."""

import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client

from accounts.actor import acting
from audit import files
from audit.models import AccessEvent
from in_force.standing import version_in_force
from tests.cast import PASSWORD, SETUP, Trial

pytestmark = pytest.mark.django_db


def known(content: bytes) -> AccessEvent:
    return AccessEvent.objects.get(sha256=sha256(content).hexdigest())


def printed(*command: str) -> bytes:
    written = StringIO()
    call_command(*command, stdout=written)
    return written.getvalue().encode()


def test_recovery_codes_are_in_the_log_by_their_hash_alone(trial: Trial) -> None:
    client, carla = Client(), trial.coordinator
    with acting(SETUP):
        TOTP.activate(carla, generate_totp_secret())
        RecoveryCodes.activate(carla)
    client.force_login(carla)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = client.get("/accounts/2fa/recovery-codes/download/")
    name = f"TRAINING-recovery-codes-edc{settings.RELEASE}.txt"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    event = known(answer.content)
    assert (event.actor_name, event.file_name, event.size) == ("carla", name, len(answer.content))
    assert event.detail == "recovery codes of the user's second factor"
    assert not any(code in event.detail for code in answer.content.decode().split())


def test_a_file_of_a_page_of_our_own_is_noted_once(trial: Trial, as_user: Any) -> None:
    answer = as_user(trial.coordinator).get("/reports/blank-crf.pdf")
    assert known(answer.content).actor_name == "carla"


def test_what_commands_write_and_print_is_verified_on_the_page(trial: Trial, as_user: Any, tmp_path: Path) -> None:
    call_command("blank_crf", str(tmp_path / "blank.pdf"), stdout=StringIO())
    contents = {"blank_crf": (tmp_path / "blank.pdf").read_bytes()}
    contents |= {"catalogue": printed("catalogue", "--format=csv"), "trail_anchor": printed("trail_anchor")}
    if version_in_force() is not None:
        call_command("protocol_in_force", str(tmp_path / "trial.toml"), stderr=StringIO())
        contents |= {"protocol_in_force": (tmp_path / "trial.toml").read_bytes()}
    for command, content in contents.items():
        event = known(content)
        assert (event.actor_name, event.kind) == ("system", "export_sent")
        assert event.detail.endswith(f"by manage.py {command} of release {settings.RELEASE}")
    page = (
        as_user(trial.auditor)
        .post("/files/verify/", {"sha256": sha256(contents["catalogue"]).hexdigest()})
        .content.decode()
    )
    assert "Unaltered" in page and "manage.py catalogue" in page
    assert json.loads(contents["trail_anchor"])["hash"]


def test_without_a_database_the_file_is_written_and_the_operator_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(files, "record_written", away)
    errors = StringIO()
    call_command("blank_crf", str(tmp_path / "blank.pdf"), stdout=StringIO(), stderr=errors)
    assert (tmp_path / "blank.pdf").read_bytes().startswith(b"%PDF-")
    assert "not in the log of access" in errors.getvalue()
