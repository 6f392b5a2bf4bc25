"""The dose levels: who counts and why, what the designs advise, and what the committee decides on it."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import acting
from audit.models import Event
from cohorts.escalation import Advice, Move
from cohorts.models import Cohort
from cohorts.services import Refused, close_cohort, give_slot, reserve_slot
from safety.levels import Level, Tolerated, levels, tolerated
from safety.models import DoseLevelDecision, LevelDecision
from safety.services import considered_now, decide_level, signature_holds, turns_of
from tests.cast import PASSWORD, SETUP, Trial, actor
from tests.safety.conftest import EVENT
from tests.safety.levels import at_level, evaluate
from tests.unlimited import unlimited

LOW, HIGH, WEEKLY = "P1-5D", "P1-10D", "P1-30W"
RATIONALE = "No toxicity that limits the dose in six subjects."


def level(code: str) -> Level:
    return next(level for level in levels() if level.plan.code == code)


def test_a_level_counts_who_was_observed_for_a_cycle(trial: Trial) -> None:
    at_level(trial, LOW, 3, dlts=1)
    tally = level(LOW).tally
    assert (tally.dose, tally.evaluable, tally.dlts) == (5.0, 3, 1)


def test_who_took_too_little_is_enrolled_and_not_evaluable(trial: Trial) -> None:
    subject = trial.treated_subject(LOW)
    evaluate(trial, subject, everolimus_percent="74.9", evaluable="N")
    low = level(LOW)
    assert (len(low.counted), low.tally.evaluable) == (1, 0)
    assert low.counted[0].verdict.why == "74.9 % of the planned everolimus, less than 75 %"
    assert low.counted[0].questions == []


def test_who_is_not_evaluated_yet_is_not_known(trial: Trial) -> None:
    trial.treated_subject(LOW)
    assert level(LOW).counted[0].verdict.evaluable is None


def test_a_toxicity_that_is_reported_and_not_evaluated_is_not_denied(trial: Trial, sign_in: Any) -> None:
    trial.fill(trial.treated_subject(LOW), "adverse_event", EVENT | {"dose_limiting": "Y"})
    low = level(LOW)
    assert (low.tally.evaluable, low.tally.dlts) == (0, 0)
    assert low.counted[0].questions == [
        "An adverse event is marked as dose-limiting: it counts once its evaluation is complete."
    ]
    page = sign_in(trial.data_manager).get("/cohorts/levels/").content.decode()
    assert "<strong>reported</strong>, not evaluated" in page


def test_a_draft_does_not_count(trial: Trial) -> None:
    subject = trial.treated_subject(LOW)
    form = evaluate(trial, subject)
    assert level(LOW).tally.evaluable == 1
    trial.fill(
        subject, "dlt_evaluation", {"cycle_completed": "Y"}, case_form=form, complete=False, reason="to be looked at"
    )
    assert level(LOW).tally.evaluable == 0


def test_forms_that_contradict_each_other_are_pointed_out(trial: Trial) -> None:
    first, second, third = (trial.treated_subject(LOW) for _ in range(3))
    evaluate(trial, first, evaluable="N")
    evaluate(trial, second, dose_limiting_toxicity="Y", criterion="neutropenia_4")
    at_level(trial, LOW, 1, dlts=1)
    toxic = level(LOW).counted[3]
    form = toxic.evaluation
    assert form is not None
    trial.fill(
        toxic.subject,
        "dlt_evaluation",
        {"evaluation_date": "2008-02-04", "cycle_completed": "Y", "everolimus_percent": "96"}
        | {"dose_limiting_toxicity": "N", "evaluable": "Y"},
        case_form=form.case_form,
        reason="corrected",
    )
    questions = [subject.questions for subject in level(LOW).counted]
    assert questions == [
        ["The site says not evaluable, the rule says otherwise."],
        ["The evaluation has a dose-limiting toxicity, no adverse event is marked as one."],
        [],
        ["An adverse event is marked as dose-limiting, the evaluation has none."],
    ]
    assert third.pk


def test_each_design_advises_from_the_same_counts(trial: Trial) -> None:
    at_level(trial, LOW, 3)
    advice = level(LOW).advice
    assert {name: given.move.value for name, given in advice.items()} == {
        "three_plus_three": "escalate",
        "boin": "escalate",
        "blrm": "escalate",
    }
    assert level(HIGH).advice["boin"].move.value == "no data"


@pytest.mark.parametrize(
    ("move", "position", "advised"),
    [
        (Move.ESCALATE, 0, Move.ESCALATE),
        (Move.ESCALATE, 1, Move.STAY),
        (Move.DE_ESCALATE, 1, Move.DE_ESCALATE),
        (Move.DE_ESCALATE, 0, Move.ELIMINATE),
    ],
)
def test_nobody_is_sent_where_no_level_is(move: Move, position: int, advised: Move) -> None:
    assert Advice(move, "Why.").within(position, 2, at_lowest=Move.ELIMINATE).move == advised


def test_each_schedule_is_a_ladder_of_its_own(trial: Trial) -> None:
    assert [rung.plan.code for rung in level(LOW).ladder] == [LOW, HIGH]
    assert [rung.plan.code for rung in level(WEEKLY).ladder] == [WEEKLY]


def test_the_maximum_tolerated_dose_is_told_by_schedule(trial: Trial) -> None:
    at_level(trial, LOW, 6)
    daily, weekly = tolerated(levels())
    assert daily == Tolerated("daily", "Everolimus 5 mg daily", "Everolimus 5 mg daily")
    assert weekly == Tolerated("weekly", None, None)


def test_the_page_costs_the_same_for_few_subjects_and_for_many(trial: Trial, sign_in: Any) -> None:
    client = sign_in(trial.data_manager)

    def cost() -> int:
        client.get("/cohorts/levels/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/cohorts/levels/").status_code == 200
        return len(seen)

    at_level(trial, LOW, 1, dlts=1)
    few = cost()
    at_level(trial, LOW, 2, dlts=1)
    at_level(trial, WEEKLY, 1)
    assert cost() == few


def test_each_number_leads_to_its_subjects_and_to_the_forms_behind_them(trial: Trial, sign_in: Any) -> None:
    (subject,) = at_level(trial, LOW, 1, dlts=1)
    page = sign_in(trial.data_manager).get("/cohorts/levels/").content.decode()
    assert f'href="#level-{LOW}"' in page
    assert f'href="/subjects/{subject.pk}/"' in page
    for code in ("dlt_evaluation", "adverse_event"):
        assert f'href="/forms/{subject.forms.get(code=code).pk}/"' in page


def test_a_site_counts_everybody_and_sees_its_own_subjects(trial: Trial, sign_in: Any) -> None:
    (subject,) = at_level(trial, LOW, 1)
    page = sign_in(trial.stranger).get("/cohorts/levels/").content.decode()
    assert subject.label not in page
    assert "0 DLTs among 1 evaluable of 1 enrolled" in " ".join(page.split())


def decide(trial: Trial, **changed: Any) -> DoseLevelDecision:
    arguments: dict[str, Any] = {
        "cohort": Cohort.objects.get(code=HIGH),
        "decision": LevelDecision.CLOSE,
        "decided_on": date(2008, 3, 1),
        "participants": "Dr A, Dr B",
        "rationale": RATIONALE,
        "seen": considered_now()[1],
        "signed_by": trial.data_manager,
        "by": actor(trial.data_manager, "data_manager"),
    }
    return decide_level(**arguments | changed)


@pytest.mark.parametrize(
    ("decision", "is_open"),
    [("open", True), ("expand", True), ("close", False), ("de_escalate", False)],
)
def test_a_decision_opens_or_closes_the_level(trial: Trial, decision: str, is_open: bool) -> None:
    decide(trial, decision=LevelDecision(decision))
    assert Cohort.objects.get(code=HIGH).is_open is is_open
    turned = Event.objects.filter(table_name="cohorts_cohort", action="update").last()
    if not is_open:
        assert turned is not None
        assert turned.reason == f"decision of the dose committee: {RATIONALE}"


def test_de_escalation_closes_every_level_from_there_up_and_goes_on_below() -> None:
    ladder = [Cohort(pk=pk, code=LOW) for pk in (1, 2, 3, 4)]
    turns = turns_of(LevelDecision.DE_ESCALATE, ladder[2], ladder)
    assert [(cohort.pk, is_open) for cohort, is_open in turns] == [(2, True), (3, False), (4, False)]
    assert [(cohort.pk, is_open) for cohort, is_open in turns_of(LevelDecision.CLOSE, ladder[1], ladder)] == [
        (2, False)
    ]


def test_de_escalation_from_the_lowest_level_is_refused(trial: Trial) -> None:
    with pytest.raises(Refused, match="lowest level"):
        decide(trial, cohort=Cohort.objects.get(code=LOW), decision=LevelDecision.DE_ESCALATE)
    assert not DoseLevelDecision.objects.exists()


def test_de_escalation_opens_the_level_below(trial: Trial) -> None:
    low = Cohort.objects.get(code=LOW)
    close_cohort(cohort=low, reason="enough", by=SETUP)
    decide(trial, decision=LevelDecision.DE_ESCALATE)
    assert set(Cohort.objects.filter(is_open=True, code__in=(LOW, HIGH)).values_list("code", flat=True)) == {LOW}


def test_a_slot_that_was_asked_for_is_not_given_once_the_level_is_closed(trial: Trial) -> None:
    enrolment = reserve_slot(subject=trial.subject(), cohort=Cohort.objects.get(code=HIGH), by=SETUP)
    decide(trial, decision=LevelDecision.DE_ESCALATE)
    with pytest.raises(Refused, match="closed to enrolment"):
        give_slot(enrolment=enrolment, on=date(2008, 1, 4), by=SETUP)


def test_a_decision_holds_every_level_of_its_schedule_and_no_other(trial: Trial) -> None:
    seen = considered_now()[1]
    with CaptureQueriesContext(connection) as statements:
        decide(trial, seen=seen)
    (held,) = [
        statement["sql"]
        for statement in statements
        if "FOR UPDATE" in statement["sql"] and "cohorts_cohort" in statement["sql"]
    ]
    assert [code in held for code in (LOW, HIGH, WEEKLY)] == [True, True, False]


def test_a_site_sees_what_was_decided_and_when_and_no_more(trial: Trial, sign_in: Any) -> None:
    made = decide(trial)
    withheld = ("Dr A, Dr B", RATIONALE, "Dora", made.digest)
    for user, may_read in ((trial.investigator, False), (trial.monitor, False), (trial.auditor, True)):
        client = sign_in(user)
        page = client.get(f"/cohorts/decisions/{made.pk}/").content.decode()
        levels_page = client.get("/cohorts/levels/").content.decode()
        assert ["Close this level" in text and "1 Mar 2008" in text for text in (page, levels_page)] == [True, True]
        assert [words in page for words in withheld] == [may_read] * 4
        assert ("signed by Dora" in levels_page) is may_read
        (shown_level,) = [level for level in client.get("/api/v1/dose-levels/").json() if level["cohort"] == HIGH]
        assert shown_level["decisions"][0]["decision"] == "close"
        assert (shown_level["decisions"][0]["rationale"] == RATIONALE) is may_read
        assert (shown_level["decisions"][0]["participants"] is None) is not may_read


def test_a_decision_keeps_the_figures_that_it_rests_on(trial: Trial) -> None:
    at_level(trial, LOW, 3, dlts=1)
    made = decide(trial)
    at_level(trial, LOW, 1)
    low = next(considered for considered in made.considered if considered["level"] == LOW)
    assert (low["enrolled"], low["evaluable"], low["dlts"]) == (3, 3, 1)
    assert low["advice"]["three_plus_three"][0] == "stay"


def test_figures_that_changed_meanwhile_are_to_be_looked_at_again(trial: Trial) -> None:
    seen = considered_now()[1]
    at_level(trial, LOW, 1)
    with pytest.raises(Refused, match="figures have changed"):
        decide(trial, seen=seen)
    assert not DoseLevelDecision.objects.exists()


def test_a_cohort_that_is_no_dose_level_has_no_decision(trial: Trial) -> None:
    with pytest.raises(Refused, match="not a dose level"):
        decide(trial, cohort=Cohort.objects.get(code="P2-10D"))


def test_the_signature_holds_for_what_was_signed_alone(trial: Trial) -> None:
    made = DoseLevelDecision.objects.get(pk=decide(trial).pk)
    assert (made.printed_name, signature_holds(made)) == ("Dora", True)
    for column, other in (
        ("rationale", "another"),
        ("considered", []),
        ("decision", "open"),
        ("printed_name", "Sven"),
        ("participants", "Dr C"),
    ):
        changed = DoseLevelDecision.objects.get(pk=made.pk)
        setattr(changed, column, other)
        assert not signature_holds(changed), column


TYPED = {"decision": "close", "decided_on": "2008-03-01", "participants": "Dr A, Dr B", "rationale": RATIONALE}


def post(client: Any, **typed: str) -> Any:
    url = f"/cohorts/levels/{Cohort.objects.get(code=HIGH).pk}/decide/"
    sent = TYPED | {"seen": considered_now()[1], "username": "dora", "password": PASSWORD}
    return client.post(url, sent | typed)


def test_who_signs_gives_user_name_and_password_again(trial: Trial, sign_in: Any) -> None:
    client = sign_in(trial.data_manager)
    answer = post(client)
    made = DoseLevelDecision.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/cohorts/decisions/{made.pk}/")
    page = client.get(answer.url).content.decode()
    assert "Dora" in page
    assert "The signature is not valid" not in page


@pytest.mark.parametrize("typed", [{"password": "wrong"}, {"username": "sven"}, {"password": ""}])
def test_nobody_signs_without_them_or_for_another(trial: Trial, sign_in: Any, typed: dict[str, str]) -> None:
    answer = post(sign_in(trial.data_manager), **typed)
    assert answer.status_code == 422
    assert RATIONALE in answer.content.decode()
    assert PASSWORD not in answer.content.decode()
    assert not DoseLevelDecision.objects.exists()
    assert Cohort.objects.get(code=HIGH).is_open


def test_a_decision_that_was_tampered_with_says_so(trial: Trial, sign_in: Any) -> None:
    made = decide(trial)
    with acting(SETUP), unlimited():
        DoseLevelDecision.objects.filter(pk=made.pk).update(rationale="another")
    page = sign_in(trial.auditor).get(f"/cohorts/decisions/{made.pk}/").content.decode()
    assert "The signature is not valid" in page
