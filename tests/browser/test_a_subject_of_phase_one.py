"""The first cycle of a subject of phase I, typed by keyboard up to the verdict on dose-limiting toxicity."""

from typing import Any

from assessments.catalogue import CATALOGUE
from cohorts.models import Subject
from review.models import Query
from tests.browser.desk import open_form, picture, press, sign_in
from tests.browser.test_a_whole_subject import INFUSION
from tests.browser.typist import KeyboardTypist
from tests.laboratory.samples import BLOOD, rows
from tests.safety.conftest import EVENT
from tests.safety.levels import EVALUATION

LOW: dict[str, Any] = {"NEUT": {"value": "0.4", "clinically_significant": "Y"}}
CYCLE = {"start_date": "20080107", "end_date": "20080203", "dose_mg": "5", "frequency": "QD"}
NEUTROPENIA = EVENT | {
    "term": "Neutrophils down",
    "dictionary_term": "Neutrophils/granulocytes (ANC/AGC)",
    "grade": "4",
    "start_date": "20080114",
    "action_everolimus": "DOSE NOT CHANGED",
    "treatment_given": "N",
    "dose_limiting": "Y",
}


def open_questions(subject: Subject) -> set[str]:
    return set(Query.objects.filter(subject=subject, state="open").values_list("check_id", flat=True))


def begin_treatment(desk: Any, subject: Subject) -> None:
    desk.goto(f"{desk.address}/subjects/{subject.pk}/treatment/begin/")
    desk.focus("#id_on")
    press(desk, "Control+a")
    desk.keyboard.type("2008-01-07")
    press(desk, "Enter")
    desk.get_by_role("heading", name=CATALOGUE["infusion"].title, exact=True).wait_for()


def test_neutropenia_over_a_week_is_asked_about_and_counts_at_its_dose_level(
    desk: Any, trial: Any, typist: KeyboardTypist
) -> None:
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject, "P1-5D")
    begin_treatment(desk, subject)
    typist.complete("infusion", INFUSION)
    for code, visit, record, typed in (
        ("everolimus", "", {"any_taken": "Y"}, [CYCLE]),
        ("haematology", "C1D8", {"sample_date": "20080114"}, rows(BLOOD, **LOW)),
        ("haematology", "C1D15", {"sample_date": "20080121"}, rows(BLOOD, **LOW)),
        ("dlt_evaluation", "C1DLT", EVALUATION, []),
    ):
        open_form(desk, subject, code, visit)
        typist.complete(code, record, typed)
    assert "dlt-blood" in open_questions(subject)
    evaluation = subject.forms.get(code="dlt_evaluation")
    desk.goto(f"{desk.address}/forms/{evaluation.pk}/")
    desk.get_by_text("Neutrophils were of grade 4 from 14 Jan 2008 to 21 Jan 2008, 8 days").first.wait_for()
    picture(desk, "phase-one-asked")
    open_form(desk, subject, "adverse_event")
    typist.complete("adverse_event", NEUTROPENIA)
    desk.goto(f"{desk.address}/forms/{evaluation.pk}/")
    desk.check("[name=dose_limiting_toxicity][value=Y]")
    desk.check("[name=criterion][value=neutropenia_4]")
    desk.keyboard.press("Control+s")
    desk.select_option("#reason", "Source was corrected")
    desk.get_by_role("button", name="Save with this reason").click()
    desk.get_by_text("Version 2").wait_for()
    assert not {"dlt-blood", "dlt-event"} & open_questions(subject)
    sign_in(desk, trial.data_manager)
    desk.goto(f"{desk.address}/cohorts/levels/")
    level = desk.get_by_role("row").filter(has=desk.get_by_role("rowheader", name="Everolimus 5 mg daily")).first
    picture(desk, "phase-one-levels")
    counts = [
        level.locator(f"[data-head={head}]").inner_text().split()[0] for head in ("Enrolled", "Evaluable", "DLTs")
    ]
    assert counts == ["1", "1", "1"]
