"""The trial goes live by the sign-off of an acceptance run of this program and this protocol, and by nothing else."""

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from activation.acceptance import content_digest, read_run
from activation.program import program_digest
from audit.models import Event
from cohorts.go_live import signature_holds, trial_is_live
from cohorts.models import Basis, TrialGoLive
from cohorts.services import sync_protocol
from protocol import in_force
from tests.acceptance import document, requirement_codes
from tests.cast import PASSWORD, SETUP, people
from values.unreadable import UnreadableValue

ENDED = datetime(2026, 2, 3, 12, 30, tzinfo=UTC)


def run(is_edited: bool = False, **changed: Any) -> bytes:
    """The file of a run in which one test shows all requirements, other at some of its keys; or changed afterwards."""
    codes = requirement_codes()
    written = document(
        outcomes={"tests/test_a.py::test_a": (codes, "passed"), "tests/test_b.py::test_b": (codes[:1], "skipped")},
        codes=codes,
        program=program_digest(),
        release=settings.RELEASE,
        protocol=in_force(),
        began=ENDED - timedelta(minutes=20),
        ended=ENDED,
    )
    written |= changed
    return json.dumps(written if is_edited else written | {"digest": content_digest(written)}).encode()


@pytest.fixture
def desk(db: None, client: Any) -> Any:
    sync_protocol(by=SETUP)
    [dora] = people(("dora", "data_manager", None))
    client.force_login(dora)
    return client


def sign(desk: Any, content: bytes, **more: str) -> Any:
    file = SimpleUploadedFile("acceptance.json", content)
    given = {"conclusion": "Fit for this trial.", "username": "dora", "password": PASSWORD}
    return desk.post("/go-live/sign-off/", given | more | {"file": file})


def test_a_run_is_signed_off_and_every_page_knows_that_the_trial_is_live(desk: Any) -> None:
    assert "This trial is not live" in desk.get("/cohorts/").content.decode()
    assert "No acceptance run is signed off" in desk.get("/go-live/").content.decode()
    content = run()
    assert sign(desk, content).status_code == 302
    made = TrialGoLive.objects.get()
    assert (made.basis, made.signed_by, made.sha256) == (Basis.SIGNED, "dora", sha256(content).hexdigest())
    assert (made.program, made.protocol_sha256, made.run_at) == (program_digest(), in_force().sha256, ENDED)
    assert signature_holds(TrialGoLive.objects.get())
    assert Event.objects.get(table_name="cohorts_trialgolive").actor_name == "dora"
    page = desk.get("/go-live/").content.decode()
    assert "1 test passed, of" in page
    assert "1 test left out; ended 3 Feb 2026 12:30 UTC" in page
    assert made.sha256 in page
    assert "This trial is not live" not in page


def test_nothing_is_signed_without_the_own_name_and_password(desk: Any) -> None:
    for wrong in ({"password": "wrong"}, {"username": "adam"}):
        assert sign(desk, run(), **wrong).status_code == 422
    assert not trial_is_live()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"program": "0" * 64}, "It was run on another program (000000000000)"),
        ({"protocol": {"code": "X", "version": "9", "sha256": "1" * 64}}, "It is of the protocol file X version 9"),
        ({"ended": "2099-01-01T00:00:00+00:00"}, "It ends at a time in the future."),
        ({"requirements": {}}, "It shows no requirement."),
        ({"requirements": {"R1": {"passed": 3, "failed": ["t::a"], "skipped": []}}}, "1 test failed: t::a."),
        (
            {"requirements": {"R1": {"passed": 0, "failed": [], "skipped": ["t::a"]}}},
            "1 requirement is shown by no test",
        ),
        ({"what": "something"}, "This is not a file of an acceptance run"),
        ({"ended": "2026-02-03T12:30:00"}, "This is not a file of an acceptance run"),
        ({"tests": None}, "This is not a file of an acceptance run"),
        ({"selection": ["-k", "safety"]}, "It is of a part of the tests (-k safety): run it without ARGS."),
        ({"exit_code": 2}, "The run was broken off before its end: run it again."),
        ({"exit_code": 3}, "The run was broken off before its end: run it again."),
        ({"is_edited": True, "ended": "2026-02-02T12:30:00+00:00"}, "It was altered after the run wrote it"),
    ],
)
def test_what_is_wrong_with_a_run_is_said_at_its_file_and_nothing_goes_live(desk: Any, changed: Any, says: str) -> None:
    answer = sign(desk, run(**changed))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not trial_is_live()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b"null", b"[" * 100_000, b'"text"'])
def test_a_file_that_is_none_is_told_so(content: bytes) -> None:
    with pytest.raises(UnreadableValue, match="not a file of an acceptance run"):
        read_run(content)


def test_a_run_is_signed_off_once(desk: Any) -> None:
    content = run()
    sign(desk, content)
    assert "signed off already" in sign(desk, content).content.decode()
    assert TrialGoLive.objects.count() == 1


def test_a_failed_phase_of_a_test_decides_and_each_requirement_is_listed() -> None:
    outcomes = {"a": (["R1"], "passed"), "b": (["R1", "R2"], "failed"), "c": (["R2"], "skipped")}
    protocol = type("P", (), {"code": "X", "version": "1", "sha256": "0"})
    written = document(
        outcomes=outcomes,
        codes=["R1", "R2", "R3"],
        program="p",
        release="0.0.1",
        protocol=protocol,
        began=ENDED,
        ended=ENDED,
    )
    assert written["release"] == "0.0.1"
    assert written["requirements"]["R1"] == {"passed": 1, "failed": ["b"], "skipped": []}
    assert written["requirements"]["R3"] == {"passed": 0, "failed": [], "skipped": []}
    assert written["tests"] == {"passed": 1, "failed": 1, "skipped": 1}
