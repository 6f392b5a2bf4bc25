"""An installation makes what its protocol file says, remembers which version is in force, and takes no other."""

import hashlib
import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from accounts.actor import SYSTEM
from assessments.plan.fit import unusable
from audit.models import Event
from cohorts.amendments import approve, propose, put_in_force
from cohorts.following import follow
from cohorts.models import Cohort, GoesOver, ProtocolVersion
from cohorts.services import open_cohort, sync_protocol
from in_force.models import InForce
from protocol import in_force, of_file
from tests.cast import SETUP, Trial, actor
from tests.cohorts.amended import NEW_COHORT, amended
from trialsite import health, starting

TRIAL = installed.PROTOCOL_FILE
PHARMAVERSE = TRIAL.with_name("pharmaverse.toml")


def set_up() -> str:
    output = StringIO()
    call_command("set_up_trial", stdout=output)
    return output.getvalue()


def refused() -> str:
    with pytest.raises(CommandError) as refusal:
        set_up()
    return str(refusal.value)


@pytest.fixture
def changed(settings, tmp_path):
    """Sets the installation's file to the trial's with each (old, new) replaced."""

    def write(*replacements: tuple[str, str]) -> Path:
        text = TRIAL.read_text()
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        settings.PROTOCOL_FILE = tmp_path / f"changed{len(list(tmp_path.iterdir()))}.toml"
        settings.PROTOCOL_FILE.write_text(text)
        return settings.PROTOCOL_FILE

    return write


@pytest.mark.requirement("21 CFR 11.10(e)", "21 CFR 11.10(k)")
def test_an_empty_database_has_the_cohorts_and_the_version_afterwards_each_on_the_trail(committed_db):
    assert "NCT00426556, version 1.0" in set_up()
    assert dict(Cohort.objects.values_list("code", "is_open")) == {
        "P1-5D": False,
        "P1-10D": False,
        "P1-30W": False,
        "P2-10D": True,
    }
    digest = hashlib.sha256(TRIAL.read_bytes()).hexdigest()
    assert list(InForce.objects.values_list("code", "version", "sha256")) == [("NCT00426556", "1.0", digest)]
    written = Event.objects.filter(table_name__in=("cohorts_cohort", "cohorts_protocolversion", "protocol_inforce"))
    assert {(event.actor_name, event.role, event.reason) for event in written} == {
        ("system", "system", "protocol file read")
    }
    assert written.count() == 6


def test_setting_up_again_writes_nothing(committed_db):
    set_up()
    before = Event.objects.count()
    set_up()
    assert Event.objects.count() == before


@pytest.fixture
def of_before(monkeypatch):
    """Records are made as they were before an installation remembered what is in force."""

    def forget():
        monkeypatch.setattr("cohorts.services.put_in_force", lambda *arguments, **more: None)

    return forget


def test_an_installation_of_before_remembers_the_file_that_it_finds(committed_db, of_before):
    of_before()
    trial = Trial()
    trial.treated_subject()
    assert not InForce.objects.exists()
    set_up()
    assert InForce.objects.get().sha256 == ProtocolVersion.objects.get().sha256


def test_records_of_before_go_on_with_a_file_that_cannot_name_the_disease(committed_db, changed, of_before):
    of_before()
    Trial().treated_subject()
    path = changed()
    path.write_text(as_of_before(path.read_text()))
    set_up()
    assert InForce.objects.get().sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_another_trial_s_file_is_refused_with_what_to_do(committed_db, settings):
    set_up()
    settings.PROTOCOL_FILE = PHARMAVERSE
    words = refused()
    assert "is of the trial PHARMAVERSE, and this installation is of NCT00426556 version 1.0" in words
    assert "make run TRIAL=name PROTOCOL_FILE=file" in words
    assert not Cohort.objects.filter(code="ALL").exists()


def test_a_file_that_changed_under_its_version_is_refused(committed_db, changed):
    set_up()
    changed(("planned = 55", "planned = 56"))
    words = refused()
    assert "has changed and still calls itself version 1.0" in words
    assert "needs a version of its own" in words


def as_of_before(text: str) -> str:
    """A file from before it could name the disease, and what forms say of it."""
    section = re.compile(r"^# Beside what is told at these forms.*?(?=^\[dlt\])", re.DOTALL | re.MULTILINE)
    before, count = section.subn("", text)
    assert count == 1 and "Breast cancer" not in before
    return before


@pytest.mark.parametrize("rewrite", [as_of_before, lambda text: f"# Typed once more.\n{text}"])
def test_a_file_that_means_the_same_starts_and_the_one_in_force_stays(
    committed_db, settings, tmp_path, monkeypatch, rewrite
):
    settings.PROTOCOL_FILE = tmp_path / "before.toml"
    settings.PROTOCOL_FILE.write_text(rewrite(TRIAL.read_text()))
    with monkeypatch.context() as before:
        before.setattr("trialsite.management.commands.set_up_trial.unfit", unusable)
        set_up()
    held = InForce.objects.get().sha256
    settings.PROTOCOL_FILE = TRIAL
    assert "version 1.0: its cohorts are there" in set_up()
    assert starting.what_is_wrong() == ""
    assert (in_force().sha256, InForce.objects.get().sha256) == (held, held)
    assert in_force().sha256 != of_file().sha256
    sync_protocol(by=SYSTEM)
    assert ProtocolVersion.objects.get().sha256 == held


def test_the_file_of_an_earlier_version_starts_though_it_lacks_what_came_since(committed_db, settings):
    set_up()
    trial = Trial()
    version = propose(content=amended(*NEW_COHORT), goes_over=GoesOver.VISIT, by=SETUP)
    by = actor(trial.data_manager, "data_manager")
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    open_cohort(cohort=Cohort.objects.get(code="P1-20D"), reason="level opened", by=by)
    approve(site=trial.site, version=version, approved_on=date(2007, 12, 1), active_from=date(2007, 12, 1), by=by)
    trial.treated_subject("P1-20D")
    assert "version 2.0" in set_up()


def test_a_new_version_does_not_take_force_by_a_start(committed_db, changed):
    set_up()
    changed(('version = "1.0"', 'version = "2.0"'))
    assert "is version 2.0, and version 1.0 is in force" in refused()
    assert InForce.objects.get().version == "1.0"


GONE_COHORT = (
    ('cohorts = ["P2-10D"]', 'cohorts = ["P2-NEW"]'),
    ('code = "P2-10D"', 'code = "P2-NEW"'),
)
GONE_VISIT = (('code = "D22"', 'code = "D23"'), ('"visits.D22"', '"visits.D23"'))


@pytest.mark.parametrize("before", ["in force", "of before"])
def test_a_cohort_and_a_visit_that_have_data_may_not_vanish(committed_db, changed, before, of_before):
    if before == "in force":
        set_up()
    else:
        of_before()
    trial = Trial()
    subject = trial.treated_subject()
    trial.infuse(subject, date(2008, 1, 28), visit="C1D22")
    changed(('version = "1.0"', 'version = "2.0"'), *GONE_COHORT, *GONE_VISIT)
    words = refused()
    assert "The cohort P2-10D has 1 subject and is not in the file." in words
    assert "Visits of kind cycle took place and are not in the file: C1D22." in words
    if before == "of before":
        assert "Records were made here under another protocol file" in words
    assert not Cohort.objects.filter(code="P2-NEW").exists()


def test_a_visit_without_data_may_be_another(committed_db, changed, of_before):
    of_before()
    trial = Trial()
    trial.treated_subject()
    changed(*GONE_VISIT)
    set_up()
    assert InForce.objects.exists()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_file_in_force_is_written_out_byte_for_byte(committed_db, settings, tmp_path, newline):
    settings.PROTOCOL_FILE = tmp_path / "trial.toml"
    settings.PROTOCOL_FILE.write_bytes(TRIAL.read_text().replace("\n", newline).encode())
    set_up()
    call_command("protocol_in_force", tmp_path / "written.toml", stderr=StringIO())
    assert (tmp_path / "written.toml").read_bytes() == settings.PROTOCOL_FILE.read_bytes()


def test_without_a_protocol_in_force_none_is_written_out(db):
    with pytest.raises(CommandError, match="No protocol is in force yet"):
        call_command("protocol_in_force")


@pytest.mark.parametrize("program", ["site", "command", "health"])
def test_no_program_starts_with_a_file_that_is_not_in_force(committed_db, settings, client, program):
    set_up()
    assert starting.what_is_wrong() == ""
    assert starting.protocol_is_in_force(None) == []
    assert starting.in_short() == ""
    settings.PROTOCOL_FILE = PHARMAVERSE
    if program == "site":
        with pytest.raises(ImproperlyConfigured, match="is of the trial PHARMAVERSE"):
            starting.refuse_wrong_protocol()
    elif program == "command":
        (message,) = starting.protocol_is_in_force(None)
        assert (message.id, message.is_serious()) == ("trialsite.E010", True)
    else:
        assert starting.in_short() == starting.NOT_IN_FORCE
        # What anybody may read says nothing of the trial.
        assert "PHARMAVERSE" not in starting.in_short()


@pytest.fixture
def looked_at_anew(monkeypatch):
    monkeypatch.setattr(health, "last_answer", health.HealthAnswer())


@pytest.mark.parametrize("fault", ["of another trial", "unsound"])
def test_health_is_red_where_what_runs_is_not_the_protocol_in_force(
    committed_db, settings, client, tmp_path, looked_at_anew, fault
):
    set_up()
    settings.PROTOCOL_FILE = PHARMAVERSE
    if fault == "unsound":
        settings.PROTOCOL_FILE = tmp_path / "unsound.toml"
        settings.PROTOCOL_FILE.write_text("code = 1")
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["protocol"] == (starting.UNSOUND if fault == "unsound" else starting.NOT_IN_FORCE)


def test_a_file_that_was_changed_under_what_runs_is_told_and_stops_nothing(
    committed_db, settings, client, tmp_path, looked_at_anew
):
    settings.PROTOCOL_FILE = tmp_path / "trial.toml"
    settings.PROTOCOL_FILE.write_bytes(TRIAL.read_bytes())
    set_up()
    assert starting.in_short() == ""
    settings.PROTOCOL_FILE.write_text("code = 1")
    answer = client.get("/health/")
    assert (answer.status_code, answer.json()["protocol"]) == (200, starting.CHANGED)
    with pytest.raises(ImproperlyConfigured, match="cannot be used as a protocol"):
        starting.refuse_wrong_protocol()
