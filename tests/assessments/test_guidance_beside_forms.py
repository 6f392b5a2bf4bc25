"""Dose guidance as it stands beside the form: by which results and events, and when none is said to be needed."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import acting
from assessments.models import AdverseEvent, CaseForm, LaboratoryResult
from cohorts.models import Subject
from tests.cast import SETUP, Trial
from tests.safety.conftest import EVENT
from values.dates import shown_date

PNEUMONITIS = "Pneumonitis/pulmonary infiltrates"


def sample(subject: Any, on: str, grade: int, state: str = "complete", analyte: str = "NEUT") -> None:
    with acting(SETUP):
        form = CaseForm.objects.create(subject=subject, code="haematology", state=state)
        LaboratoryResult.objects.create(
            case_form=form, row=3, analyte=analyte, value="0.8", unit="10^9/L", sampled_on=on, grade=grade
        )


def guidance(client: Any, subject: Any, code: str) -> str:
    answer = client.get(f"/subjects/{subject.pk}/guidance/{code}/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_last_complete_result_counts(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    assert "without a grade; there is no earlier grade." in guidance(desk, subject, "infusion")
    sample(subject, "2008-02-01", 4)
    sample(subject, "2008-02-08", 3)
    sample(subject, "2008-02-10", 4, state="draft")
    page = guidance(desk, subject, "infusion")
    assert "<strong>Delay</strong>: until grade 2 or better, then the same dose." in page
    assert "grade 3, 8 Feb 2008" in page
    assert "Doses: 80 mg/m², then 70 mg/m², then 60 mg/m²." in page
    assert "Delayed or stopped, never reduced." in page
    assert "<strong>Interrupt</strong>" in guidance(desk, subject, "everolimus")


def test_an_event_counts_while_it_is_there(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", EVENT)
    page = guidance(desk, subject, "everolimus")
    assert f"{PNEUMONITIS}, grade 3, 20 Jan 2008" in page
    assert "Doses: 10 mg daily, then 5 mg daily, then 5 mg every other day, then stopped." in page
    over = {"ongoing": "N", "end_date": "2008-02-01", "outcome": "RECOVERED/RESOLVED"}
    trial.fill(subject, "adverse_event", EVENT | over, case_form=form, reason="over")
    assert PNEUMONITIS not in guidance(desk, subject, "everolimus")


@pytest.mark.parametrize(
    ("words", "considered"),
    [("Febrile neutropenia", True), ("FEBRILE NEUTROPENIA", True), ("Fever with few white cells", False)],
)
def test_an_event_without_a_term_of_the_ctcae_counts_by_its_words_or_is_said_not_to(
    trial: Trial, desk: Any, words: str, considered: bool
) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", EVENT | {"term": words, "dictionary_term": ""})
    with acting(SETUP):
        AdverseEvent.objects.update(dictionary_term="", dictionary="", term_code="")
    page = guidance(desk, subject, "infusion")
    assert ("Febrile neutropenia, grade 3" in page) is considered
    assert ("1 open event has no term of CTCAE 3.0: not considered." in page) is not considered
    assert (f'href="/forms/{form.pk}/"' in page) is not considered
    assert words not in page or considered


def test_an_event_coded_by_another_version_of_the_ctcae_counts_where_this_one_has_its_term(
    trial: Trial, desk: Any
) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "adverse_event", EVENT)
    words = {"term": "Low count", "dictionary_term": "", "start_date": "2008-01-11"}
    other = trial.fill(subject, "adverse_event", EVENT | words)
    with acting(SETUP):
        AdverseEvent.objects.update(dictionary="CTCAE 5.0", dictionary_term="Febrile neutropenia")
        AdverseEvent.objects.filter(pk=other.pk).update(dictionary_term="Neutrophil count decreased")
    page = guidance(desk, subject, "infusion")
    assert "Febrile neutropenia, grade 3" in page
    assert "1 open event has no term of CTCAE 3.0: not considered." in page
    assert "Neutrophil count decreased, grade 3, 11 Jan 2008" in page


def test_events_coded_with_another_dictionary_are_named_by_their_term(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    for day in ("10", "11"):
        trial.fill(subject, "adverse_event", EVENT | {"start_date": f"2008-01-{day}"})
    with acting(SETUP):
        AdverseEvent.objects.update(dictionary="MedDRA 10.0", dictionary_term="Interstitial lung disease")
    page = guidance(desk, subject, "everolimus")
    assert "2 open events have no term of CTCAE 3.0: not considered." in page
    assert "Interstitial lung disease, grade 3, 10 Jan 2008" in page
    assert PNEUMONITIS not in page


def at_day(client: Any, subject: Any, code: str = "C1D8") -> str:
    visit = subject.visits.get(code=code)
    return " ".join(client.get(f"/subjects/{subject.pk}/guidance/infusion/?visit={visit.pk}").content.decode().split())


@pytest.mark.parametrize(("days", "is_early"), [(0, False), (2, False), (3, True), (7, True)])
def test_a_count_is_that_of_the_day_if_it_is_not_too_early(trial: Trial, desk: Any, days: int, is_early: bool) -> None:
    subject = trial.treated_subject()
    day_8 = subject.visits.get(code="C1D8").target_date
    sample(subject, (day_8 - timedelta(days)).isoformat(), 4)
    page = at_day(desk, subject)
    assert "<strong>Delay</strong>" in page
    due = f"a newer result was due on {shown_date(day_8)} (Cycle 1, day 8)."
    assert (due in page) is is_early


def at_visit(client: Any, subject: Any, code: str, *counts: str, chemistry: str) -> str:
    for analyte, visits in (("NEUT", counts), ("PLAT", counts), ("BILI", (chemistry,))):
        for visit in visits:
            sample(subject, subject.visits.get(code=visit).target_date.isoformat(), 0, analyte=analyte)
    return at_day(client, subject, code)


def test_chemistry_of_day_1_is_used_on_day_15_and_its_day_is_said(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C1D15", "C1D8", "C1D15", chemistry="C1D1")
    assert "Dose guidance: no dose change indicated" in page and "cannot" not in page
    day_15, day_1 = (shown_date(subject.visits.get(code=code).target_date) for code in ("C1D15", "C1D1"))
    assert f"Neutrophils of {day_15}; Platelets of {day_15}; Bilirubin, total of {day_1}." in page


def test_a_count_that_was_due_on_the_day_and_is_missing_is_named(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C1D15", "C1D8", chemistry="C1D1")
    assert "Dose guidance: cannot be determined" in page
    day_15, day_8 = (shown_date(subject.visits.get(code=code).target_date) for code in ("C1D15", "C1D8"))
    for label in ("Neutrophils", "Platelets"):
        assert f"{label}: graded last on {day_8}; a newer result was due on {day_15} (Cycle 1, day 15)." in page
    assert "Bilirubin, total:" not in page


def test_chemistry_of_the_last_cycle_is_too_old(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C2D8", "C2D8", chemistry="C1D1")
    day_1, due = (shown_date(subject.visits.get(code=code).target_date) for code in ("C1D1", "C2D1"))
    assert "Dose guidance: cannot be determined" in page
    assert f"Bilirubin, total: graded last on {day_1}; a newer result was due on {due} (Cycle 2, day 1)." in page
    assert "Neutrophils:" not in page


def test_on_day_22_nothing_is_due_and_trastuzumab_alone_is_guided(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    page = at_visit(desk, subject, "C1D22", "C1D15", chemistry="C1D1")
    assert "cannot" not in page and "<h3>Trastuzumab</h3>" in page and "<h3>Paclitaxel</h3>" not in page
    everolimus = desk.get(f"/subjects/{subject.pk}/guidance/everolimus/?visit={subject.visits.get(code='C1D22').pk}")
    # Everolimus looks at lipids and glucose too, of which none was measured on day 1.
    words = " ".join(everolimus.content.decode().split())
    assert "Glucose" in words, words
    assert "Neutrophils:" not in words, words


def test_no_change_is_said_only_when_every_result_of_the_rules_is_there_and_fresh(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    visit = subject.visits.get(code="C1D8")
    page = at_day(desk, subject)
    assert "Dose guidance: cannot be determined" in page and "Whether the dose changes cannot be determined:" in page
    # trastuzumab's rules look at events alone
    assert page.count("No dose change indicated.") == 1
    for analyte in ("NEUT", "PLAT", "BILI"):
        assert "Dose guidance: cannot be determined" in at_day(desk, subject)
        sample(subject, visit.target_date.isoformat(), 0, analyte=analyte)
    page = at_day(desk, subject)
    assert "Dose guidance: no dose change indicated" in page and page.count("No dose change indicated.") == 2
    assert "cannot" not in page


def test_an_event_that_is_not_complete_keeps_the_rules_from_saying_that_nothing_changes(
    trial: Trial, desk: Any
) -> None:
    subject = trial.treated_subject()
    form = trial.fill(subject, "adverse_event", EVENT | {"grade": ""}, complete=False)
    page = guidance(desk, subject, "infusion")
    assert "1 event is not complete yet: not considered." in page and f'href="/forms/{form.pk}/"' in page
    assert "No dose change indicated" not in page


def test_results_of_after_the_day_are_left_out(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    day_8 = subject.visits.get(code="C1D8").target_date
    sample(subject, (day_8 + timedelta(1)).isoformat(), 4)
    assert "<strong>Delay</strong>" not in at_day(desk, subject)


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (
            {"value": None, "not_done": "SAMPLE NOT USABLE"},
            "Neutrophils of 14 Jan 2008: not done (sample not usable); the grade of 12 Jan 2008 is taken.",
        ),
        ({"value": "0.4"}, "Neutrophils 0.4 10⁹/L of 14 Jan 2008: without a grade; the grade of 12 Jan 2008 is taken."),
    ],
)
def test_a_later_result_that_has_no_grade_is_named(trial: Trial, desk: Any, later: dict[str, Any], words: str) -> None:
    subject = trial.treated_subject()
    day_8 = subject.visits.get(code="C1D8").target_date
    sample(subject, (day_8 - timedelta(2)).isoformat(), 3)
    assert words not in at_day(desk, subject)
    with acting(SETUP):
        form = CaseForm.objects.create(subject=subject, code="haematology", state="complete")
        LaboratoryResult.objects.create(
            case_form=form, row=3, analyte="NEUT", unit="10^9/L", sampled_on=day_8, grade=None, **later
        )
    page = at_day(desk, subject)
    assert words in page
    assert "<strong>Delay</strong>" in page


def test_it_stands_beside_the_dosing_forms_and_costs_the_same_with_many_findings(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    infusion = subject.forms.get(code="infusion")
    assert f"/subjects/{subject.pk}/guidance/infusion/" in desk.get(f"/forms/{infusion.pk}/").content.decode()

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            guidance(desk, subject, "infusion")
        return len(seen)

    cost()
    sample(subject, "2008-02-01", 4)
    few = cost()
    for day in range(10, 15):
        sample(subject, f"2008-02-{day}", 3)
        trial.fill(subject, "adverse_event", EVENT | {"start_date": f"2008-01-{day}"})
    assert cost() == few


def test_other_forms_have_no_guidance(trial: Trial, desk: Any) -> None:
    assert desk.get(f"/subjects/{trial.treated_subject().pk}/guidance/death/").status_code == 404


def test_once_treatment_has_ended_only_a_named_day_is_guided(trial: Trial, desk: Any) -> None:
    subject = trial.treated_subject()
    with acting(SETUP):
        Subject.objects.filter(pk=subject.pk).update(status="follow_up")
    ended = "treatment has ended, no dose is to come"
    assert ended in guidance(desk, subject, "everolimus")
    assert ended not in at_day(desk, subject)
