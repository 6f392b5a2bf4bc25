"""An installation of before amendments, with records, signatures and locks: brought to this version by its command."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test import Client

from accounts.actor import SYSTEM, acting_as_owner
from audit.models import Event
from audit.sealing import seal_trail
from cohorts.models import Basis, ProtocolVersion, SiteGoLive, Subject, Visit
from endpoints.models import Estimate, Outcome
from endpoints.refresh import refresh_marked
from history.views import drop_views
from in_force.models import InForce
from signature.signing import WITH_FORM, sign_forms, standings
from tests.cast import Trial, actor
from tests.signature.closed import freeze_form, lock_form
from trialsite import starting

# As the installation stood before it remembered which protocol file is in force.
BEFORE = [
    ("endpoints", "0005_digests_of_what_results_rest_on"),
    ("assessments", "0022_instants_of_a_site"),
    ("cohorts", "0006_what_is_the_trials"),
    ("protocol", None),
]
# Of a shape that this program no longer reads.
UNREADABLE = "guidance_days = 28\n"


@pytest.fixture
def trial(committed_db: None) -> Trial:
    """A subject on treatment: a form signed, one frozen, one locked; figures derived, the trail sealed."""
    trial = Trial()
    subject = trial.treated_subject()
    demography, infusion, history = (subject.forms.get(code=code) for code in ("demography", "infusion", "history"))
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={demography.pk: demography.version}, signed_by=trial.investigator, by=by)
    freeze_form(case_form=infusion, reason="verified", by=actor(trial.monitor, "monitor"))
    lock_form(case_form=history, reason="final", by=actor(trial.data_manager, "data_manager"))
    while refresh_marked():
        pass
    seal_trail()
    return trial


def back(as_owner: Any) -> None:
    """The tables as they were, and what was stored in them as it was stored then."""
    connections.close_all()
    # As `migrate` does: the views of the past stand in the way of what a table loses.
    drop_views("owner")
    executor = MigrationExecutor(connections["owner"])
    executor.migrate(BEFORE)
    as_owner.execute("UPDATE endpoints_outcome SET derivation = derivation - 'origin'")
    with acting_as_owner(SYSTEM, reason="as it was"):
        of_then = ProtocolVersion.objects.using("owner")
        of_then.update(content=Concat(Value(UNREADABLE), F("content")), sha256="0" * 64)


def upgrade() -> str:
    output = StringIO()
    call_command("setup_database", verbosity=1, stdout=output)
    return output.getvalue()


def test_records_signatures_and_trail_outlive_it_and_pages_open(trial: Trial, as_owner: Any) -> None:
    back(as_owner)
    events = Event.objects.count()
    assert "version 1.0: its cohorts are there" in upgrade()
    assert starting.what_is_wrong() == ""
    # Nobody changed a visit or a subject: of what is there the trail says no more than that trial and sites are live.
    later = Event.objects.order_by("pk")[events:]
    assert {event.table_name for event in later if event.action != "insert"} == set()
    seal_trail()
    call_command("verify_trail", stdout=StringIO())
    assert [str(standing) for _, standing in standings(WITH_FORM.all())] == ["holds"]
    # They were held under the file of then, which nothing reads any more, and are judged by the one in force.
    of_then = ProtocolVersion.objects.get(sha256="0" * 64)
    assert set(Visit.objects.values_list("protocol", flat=True)) == {of_then.pk}
    assert InForce.objects.get().sha256 != of_then.sha256
    assert set(SiteGoLive.objects.values_list("basis", flat=True)) == {Basis.BEFORE}
    pages_open(trial)
    a_form_is_corrected(trial)
    while refresh_marked():
        pass
    assert "origin" in Outcome.objects.get().derivation
    assert Estimate.objects.filter(protocol__sha256=InForce.objects.get().sha256).exists()


def pages_open(trial: Trial) -> None:
    subject = Subject.objects.get()
    assert "origin" not in Outcome.objects.get(subject=subject).derivation
    forms = [f"/forms/{form.pk}/" for form in subject.forms.all()]
    addresses = ["/endpoints/", "/subjects/", f"/subjects/{subject.pk}/", f"/endpoints/subjects/{subject.pk}/", *forms]
    desk = Client()
    desk.force_login(trial.data_manager)
    assert {address: desk.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    assert "7 Jan 2008" in desk.get(f"/endpoints/subjects/{subject.pk}/").content.decode()


def a_form_is_corrected(trial: Trial) -> None:
    form = Subject.objects.get().forms.select_related("visit", "subject__site").get(code="demography")
    record = {"birth_date": "1953-06", "age": 54, "sex": "F", "race": "WHITE"}
    trial.fill(form.subject, "demography", record, case_form=form, reason="read again")
    assert [str(standing) for _, standing in standings(WITH_FORM.all())] == ["lapsed"]
