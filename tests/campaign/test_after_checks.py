"""Each check after a campaign finds what it is there for: of what is right nothing, and each wrong by its name."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import psutil
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.actor import acting
from assessments.models import CaseForm
from audit.sealing import seal_trail
from cohorts.models import Subject
from review.models import QueryStep
from review.services import ANSWER, raise_query, take_step
from sdv.models import Verification
from sdv.services import FormToVerify, verify
from signature import signing
from signature.closing import reach_of_form, reopen, shut
from signature.models import Closure, ClosureState
from tests.campaign.checks import acts, left_running, versions, what_waits, wholes
from tests.campaign.load import ActLedger
from tests.campaign.plan import Act, KeptForm
from tests.cast import SETUP, Trial, actor
from tests.endpoints.test_refresh import drain
from tests.examples import EXAMPLES
from tests.unlimited import unlimited

TERM = "Event 0-1"
ASK, ANSWERED, FREEZE, UNFREEZE = (Act(kind, kind, True) for kind in ("ask", "answer", "freeze", "unfreeze"))
DONE = ("create", "sign", "verify")


@pytest.fixture
def subject(trial: Trial) -> Subject:
    made = trial.subject()
    trial.fill(made, "consent", {"consent_given": "Y", "consent_date": "2007-12-20"}, visit="SCR")
    return made


@pytest.fixture
def form(trial: Trial, subject: Subject) -> CaseForm:
    """As the first acts of a story leave it: created, signed, verified, asked about, answered, frozen and opened."""
    made = enter(trial, subject)
    sign(trial, made)
    monitor = actor(trial.monitor, "monitor")
    verify(chosen=[FormToVerify(made.pk, made.version)], by=lambda site: monitor)
    query = raise_query(case_form=made, text=ASK.words, by=monitor)
    take_step(query=query, step=ANSWER, text=ANSWERED.words, by=trial.by)
    reach = reach_of_form(CaseForm.objects.get(pk=made.pk))
    shut(reach=reach, state=ClosureState.FROZEN, reason=FREEZE.words, by=monitor)
    reopen(reach=reach, state=ClosureState.FROZEN, reason=UNFREEZE.words, by=monitor)
    return CaseForm.objects.get(pk=made.pk)


def enter(trial: Trial, subject: Subject, grade: str = "1", case_form: CaseForm | None = None) -> CaseForm:
    record = EXAMPLES["adverse_event"][0] | {"term": TERM, "grade": grade}
    return trial.fill(
        subject, "adverse_event", record, case_form=case_form, reason="typed wrongly" if case_form else ""
    )


def sign(trial: Trial, form: CaseForm) -> None:
    by = actor(trial.investigator, "investigator")
    signing.sign_forms(seen={form.pk: form.version}, signed_by=trial.investigator, by=by)


def kept() -> KeptForm:
    whole = KeptForm(TERM)
    for act in (*(Act(kind, kind, True) for kind in DONE[1:]), ASK, ANSWERED, FREEZE, UNFREEZE):
        whole = whole.after(act)
    return whole


def wrong(*allowed: KeptForm | None) -> list[str]:
    return list(acts(ActLedger({TERM: allowed or (kept(),)})))


def execute(statement: str, *values: Any) -> None:
    with unlimited(), acting(SETUP, reason="by hand"), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


def test_nothing_is_wrong_with_what_was_acknowledged(form: CaseForm) -> None:
    assert wrong() == []
    assert list(versions()) == []


def a_lost_change(trial: Trial, form: CaseForm) -> None:
    """What was saved once more is as it was before."""
    enter(trial, form.subject, "2", form)
    execute("UPDATE assessments_adverseevent SET grade = '1' WHERE case_form_id = %s", form.pk)


def a_second_signature(trial: Trial, form: CaseForm) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(signing, "_require_first", lambda *_: None)
        sign(trial, form)


def a_second_query(trial: Trial, form: CaseForm) -> None:
    raise_query(case_form=form, text=ASK.words, by=actor(trial.monitor, "monitor"))


def a_second_answer(trial: Trial, form: CaseForm) -> None:
    step = QueryStep.objects.get(state="answered")
    step.pk = None
    with acting(trial.by):
        step.save(force_insert=True)


def a_lost_answer(trial: Trial, form: CaseForm) -> None:
    execute("DELETE FROM review_querystep WHERE state = 'answered'")


def a_second_freeze(trial: Trial, form: CaseForm) -> None:
    monitor = actor(trial.monitor, "monitor")
    shut(reach=reach_of_form(form), state=ClosureState.FROZEN, reason=FREEZE.words, by=monitor)


def a_freeze_that_still_stands(trial: Trial, form: CaseForm) -> None:
    (closure,) = Closure.objects.all()
    execute(
        "UPDATE signature_closure SET reopened_at = NULL, reopened_by = '', reopened_for = '' WHERE id = %s", closure.pk
    )


def a_lost_verification(trial: Trial, form: CaseForm) -> None:
    with unlimited(), acting(SETUP, reason="by hand"):
        Verification.objects.all().delete()


def a_second_verification(trial: Trial, form: CaseForm) -> None:
    verification = Verification.objects.first()
    assert verification is not None
    with unlimited(), acting(SETUP, reason="by hand"):
        Verification.objects.filter(pk=verification.pk).update(
            ended_at=timezone.now(), ended_by="mona", end_reason="by hand"
        )
        verification.pk = None
        verification.save(force_insert=True)


HARMS: tuple[Callable[[Trial, CaseForm], None], ...] = (
    a_lost_change,
    a_second_signature,
    a_second_query,
    a_second_answer,
    a_lost_answer,
    a_second_freeze,
    a_freeze_that_still_stands,
    a_lost_verification,
    a_second_verification,
)


def test_what_is_not_as_it_was_acknowledged_is_named(trial: Trial, form: CaseForm) -> None:
    for harm in HARMS:
        with transaction.atomic():
            harm(trial, CaseForm.objects.get(pk=form.pk))
            sentences = wrong()
            transaction.set_rollback(True)
        assert len(sentences) == 1, harm.__name__
        assert sentences[0].startswith(f"{TERM}: acknowledged as {kept()}, stored as"), harm.__name__
        assert wrong() == []


def test_a_form_that_is_gone_or_stands_twice_or_is_nobodys_is_named(
    trial: Trial, subject: Subject, form: CaseForm
) -> None:
    assert wrong(None) == [f"{TERM}: acknowledged as None, stored as {[kept()]}"]
    assert list(acts(ActLedger({}))) == [f"{TERM} {[kept()]} was acknowledged to nobody"]
    assert list(acts(ActLedger({TERM: (kept(),), "Event 0-2": (KeptForm("Event 0-2"),)}))) == [
        f"Event 0-2: acknowledged as {KeptForm('Event 0-2')}, stored as None"
    ]
    enter(trial, subject)
    assert wrong() == [f"{TERM} stands 2 times"]


def test_an_act_of_any_kind_that_is_not_there_is_named(form: CaseForm) -> None:
    """The database lets nobody take a signature away; one that never came looks the same."""
    for kind in ("change", "sign", "verify", "ask", "close", "freeze", "lock"):
        (sentence,) = wrong(kept().after(Act(kind, "lost", True)))
        assert sentence.endswith(f"stored as {[kept()]}"), kind


def test_what_was_given_up_may_be_there_once_or_not_at_all(trial: Trial, form: CaseForm) -> None:
    following = kept().after(Act("change", "change", False))
    assert wrong(kept(), following) == []
    changed = enter(trial, form.subject, "2", form)
    assert wrong(kept(), following) == []
    enter(trial, form.subject, "1", changed)
    assert len(wrong(kept(), following)) == 1


def test_a_version_that_was_passed_over_is_named(form: CaseForm) -> None:
    execute("UPDATE assessments_caseform SET version = 3 WHERE id = %s", form.pk)
    assert list(versions()) == [f"form {form.pk}: versions [1, 3] in the trail"]


def test_what_the_worker_and_the_clock_leave_is_named(form: CaseForm) -> None:
    derive, seal = what_waits(patience=0)
    assert derive.endswith("changes still wait to be derived after 0 s")
    assert seal.endswith("entries still wait to be sealed after 0 s")


def test_an_altered_trail_signature_or_figure_is_named(committed_db: None, as_owner: Any) -> None:
    trial = Trial()
    form = enter(trial, trial.treated_subject())
    sign(trial, form)
    drain()
    seal_trail()
    assert list(wholes()) == []
    event = as_owner.execute("SELECT max(id) FROM audit_event WHERE table_name = 'assessments_adverseevent'").fetchone()
    as_owner.execute("UPDATE audit_event SET reason = 'another' WHERE id = %s", event)
    execute("UPDATE assessments_adverseevent SET grade = '2' WHERE case_form_id = %s", form.pk)
    drain()
    execute("UPDATE endpoints_outcome SET treated = NOT treated WHERE subject_id = %s", form.subject_id)
    of_trail, of_signature, *of_figures = wholes()
    assert of_trail.startswith(f"audit_event {event[0]}: the row was altered")
    assert "the signature or what it covers was altered" in of_signature
    assert f"outcome of subject {form.subject.label}: altered after it was derived" in " ".join(of_figures)


def test_a_process_that_is_left_is_named() -> None:
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    ended = subprocess.Popen([sys.executable, "-c", ""])
    processes = [psutil.Process(process.pid) for process in (left, ended)]
    ended.wait()
    assert left_running(processes, patience=0.1) == [f"process {left.pid} is left running"]
    left.kill()
    left.wait()
    assert left_running(processes, patience=1) == []
