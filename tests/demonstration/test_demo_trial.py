"""manage.py demo_trial: the synthetic trial as it stands in the database, and who typed it."""

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import Membership, User
from assessments.models import AdverseEvent, CaseForm, LaboratoryResult
from audit.models import Event
from cohorts.models import Cohort, Subject
from demonstration.logs import WHY_WITHDRAWN
from demonstration.people import PASSWORD
from demonstration.room import enlarged
from demonstration.steps import Fill, MarkNotDone, Withdraw
from demonstration.timetable import trial
from demonstration.typist import Typist
from review.models import Query
from review.services import LIVE

pytestmark = pytest.mark.django_db
SEED, SUBJECTS = 11, 6


def demo_trial(**options: Any) -> str:
    out = StringIO()
    call_command("demo_trial", **{"seed": SEED, "subjects": SUBJECTS, "stdout": out} | options)
    return out.getvalue()


def test_a_second_run_says_that_subjects_are_there_and_types_nothing() -> None:
    demo_trial(forms="light", subjects=2)
    events = Event.objects.count()
    assert "subjects already" in demo_trial()
    assert Event.objects.count() == events


def test_a_run_that_was_killed_is_taken_up_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    perform, done = Typist.perform, []

    def killed(self: Typist, step: Any) -> None:
        if len(done) == 40:
            raise KeyboardInterrupt
        done.append(step)
        perform(self, step)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Typist, "perform", killed)
        demo_trial(forms="light")
    demo_trial(forms="light")
    steps = trial(SEED, SUBJECTS, light=True)
    forms = [step for step in steps if isinstance(step, Fill | MarkNotDone) and not getattr(step, "again", False)]
    assert CaseForm.objects.count() == len(forms)
    assert Subject.objects.count() == SUBJECTS


@pytest.mark.parametrize("kind", [Fill, Withdraw])
def test_a_killed_run_finds_the_entries_of_its_logs_again(monkeypatch: pytest.MonkeyPatch, kind: type) -> None:
    steps = list(trial(SEED, 1))
    entries = [
        number
        for number, step in enumerate(steps)
        if isinstance(step, kind) and step.entry and not getattr(step, "again", False)
    ]
    perform, killed_at = Typist.perform, entries[len(entries) // 2] + (kind is Withdraw)

    def killed(self: Typist, step: Any) -> None:
        if step == steps[killed_at]:
            raise KeyboardInterrupt
        perform(self, step)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Typist, "perform", killed)
        demo_trial(subjects=1)
    demo_trial(subjects=1)
    forms = Counter(
        step.code for step in steps if isinstance(step, Fill | MarkNotDone) and not getattr(step, "again", 0)
    )
    assert Counter(CaseForm.every.values_list("code", flat=True)) == forms
    withdrawn = sum(isinstance(step, Withdraw) for step in steps)
    assert CaseForm.every.filter(state="in_error").count() == withdrawn > 0


def test_it_holds_an_entry_in_error_and_results_below_what_can_be_measured() -> None:
    """In a trial of two, of whom one has both."""
    demo_trial(seed=79, subjects=2)
    [withdrawn] = CaseForm.every.filter(state="in_error")
    assert (withdrawn.code, withdrawn.withdrawn_by) == (
        "adverse_event",
        f"coordinator{withdrawn.subject.site.code}",
    )
    assert withdrawn.withdrawn_reason in WHY_WITHDRAWN["adverse_event"]
    event = Event.objects.filter(case_form_id=withdrawn.pk, new__state="in_error").get()
    assert event.reason == withdrawn.withdrawn_reason
    twin = AdverseEvent.objects.get(pk=withdrawn.pk)
    same = AdverseEvent.objects.filter(
        case_form__subject=withdrawn.subject, term=twin.term, start_date=twin.start_date, case_form__state="complete"
    )
    assert same.count() == 1
    # What was asked of the two at once is answered by the withdrawal.
    assert not Query.objects.filter(case_form=withdrawn, state__in=LIVE).exists()
    limits = [row for row in LaboratoryResult.objects.all() if row.value and row.value.is_limit]
    assert {(row.analyte, str(row.value), row.grade, row.flag) for row in limits} == {("BILI", "<0.3", 0, "NORMAL")}


def test_everybody_can_log_in_with_the_documented_password(rf: Any) -> None:
    demo_trial(forms="light", subjects=1)
    assert User.objects.get(username="coordinator101").check_password(PASSWORD)
    assert authenticate(rf.post("/", REMOTE_ADDR="127.0.0.1"), username="sponsor", password=PASSWORD)
    assert Membership.objects.count() == User.objects.count() == 22


def test_it_refuses_where_the_data_are_real(settings: Any) -> None:
    settings.ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="training"):
        demo_trial()
    assert not User.objects.filter(username="admin").exists()


def test_a_protocol_for_load_has_slots_for_more() -> None:
    assert "planned = 111\nplanned_days = 3" in enlarged("planned = 55\nplanned_days = 3", 2.0)


def test_the_levels_are_closed_when_all_have_come() -> None:
    demo_trial(forms="light", subjects=3)
    assert not Cohort.objects.filter(is_open=True).exists()
