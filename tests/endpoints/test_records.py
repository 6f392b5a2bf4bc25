"""From tables to the arithmetic's records: nothing lost, nothing misread."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.actor import acting
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import Lesion
from assessments.withdrawing import withdraw
from cohorts.models import Subject
from cohorts.services import add_visit
from endpoints.arithmetic.outcomes import SubjectOutcome
from endpoints.arithmetic.records import Assessment, SubjectRecords
from endpoints.arithmetic.subject import derive
from endpoints.records import examined, new_lesion_of, non_target_of, records_of
from tests.arithmetic.build import DERIVED
from tests.cast import FIRST_DOSE, SETUP, Trial
from tests.examples import EXAMPLES

pytestmark = pytest.mark.django_db


def on(day: int) -> str:
    return (FIRST_DOSE + timedelta(days=day - 1)).isoformat()


def row(kind: str, state: str, examined_on: str = "", label: str = "X01") -> dict[str, Any]:
    return {"lesion__kind": kind, "lesion__label": label, "state": state, "examined_on": examined_on}


@pytest.fixture
def subject(trial: Trial) -> Subject:
    return trial.treated_subject()


@pytest.fixture
def assess(trial: Trial, subject: Subject) -> Callable[..., Any]:
    """A tumour assessment with these rows; T01 and T02 are stable and the bone lesion is present unless told."""

    def fill(day: int, *rows: dict[str, Any], new: str = "N", **record: str) -> Any:
        by_label = {entry["label"]: entry for entry in rows if entry.get("label")}
        usual = (
            {"label": "T01", "kind": "TARGET", "location": "LIVER", "diameters_mm": "60"},
            {"label": "T02", "kind": "TARGET", "location": "LUNG", "diameters_mm": "40"},
            {"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "state": "PRESENT"},
        )
        lesions = [entry | by_label.pop(entry["label"], {}) for entry in usual]
        lesions += [*by_label.values(), *(entry for entry in rows if not entry.get("label"))]
        stated = {"non_target_response": "NON-CR/NON-PD", "new_lesions": new, "overall_response": "SD"} | record
        return trial.fill(subject, "tumour", {"assessment_date": on(day)} | stated, lesions)

    return fill


def read(subject: Subject) -> SubjectRecords:
    return records_of([subject.pk])[subject.pk]


def scans(subject: Subject) -> list[Assessment]:
    return sorted(read(subject).assessments, key=lambda scan: scan.date)


def outcome(subject: Subject) -> SubjectOutcome:
    return derive(read(subject), DERIVED)


def new_lesion(state: str, label: str = "", **more: str) -> dict[str, Any]:
    return {"label": label, "kind": "NEW", "location": "LIVER", "method": "CT SCAN", "state": state, **more}


def test_sizes_fragments_and_states_are_read_as_they_were_typed(subject: Subject, assess: Callable[..., Any]) -> None:
    assess(57, {"label": "T01", "diameters_mm": "15+10.5"}, {"label": "T02", "diameters_mm": "", "state": "TOO SMALL"})
    assess(113, {"label": "T01", "diameters_mm": "0"}, {"label": "T02", "diameters_mm": "", "state": "NOT ASSESSED"})
    first, second = scans(subject)
    assert [str(mm) for mm in first.measurements[0].diameters or ()] == ["15.00", "10.50"]
    assert first.measurements[1].too_small
    assert second.measurements[0].absent
    assert [result.target for result in outcome(subject).assessments] == ["PR", "NE"]


def test_a_draft_is_no_data_yet_and_a_struck_out_lesion_none_any_more(
    trial: Trial, subject: Subject, assess: Callable[..., Any]
) -> None:
    trial.fill(subject, "tumour", {"assessment_date": on(57), "overall_response": "PD"}, complete=False)
    assert scans(subject) == []
    assess(113)
    with acting(SETUP):
        Lesion.objects.filter(subject=subject, label="T02").update(struck_out=True)
    for scan in (*scans(subject), *read(subject).baselines):
        assert [lesion.lesion for lesion in scan.measurements] == ["T01"]


def test_progression_of_the_targets_is_dated_by_their_own_procedure(
    subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(60, {"label": "T01", "diameters_mm": "90"}, {"label": "NT01", "state": "PRESENT", "examined_on": on(50)})
    pfs = outcome(subject).pfs
    assert pfs is not None and (pfs.days, pfs.reason) == (60, "PD")


def test_progression_of_a_bone_lesion_is_dated_by_the_bone_scan_and_response_by_the_last_procedure(
    subject: Subject, assess: Callable[..., Any]
) -> None:
    progressed = {"label": "NT01", "state": "UNEQUIVOCAL PROGRESSION", "examined_on": on(116)}
    assess(57, {"label": "NT01", "state": "PRESENT", "examined_on": on(61)})
    assess(113, progressed, non_target_response="PD", overall_response="PD")
    first, second = outcome(subject).assessments
    assert str(first.date) == on(61)
    assert str(second.pd_date) == on(116)


def test_a_lesion_without_a_date_was_seen_on_the_day_of_the_assessment() -> None:
    rows = [row("TARGET", "MEASURED"), row("NON-TARGET", "PRESENT", "2008-03-01")]
    assert examined(rows, "2008-03-03") == {
        "finding_date": None,
        "target_date": "2008-03-03",
        "non_target_date": "2008-03-01",
        "last_procedure": "2008-03-03",
    }


def test_a_lesion_that_was_not_assessed_dates_nothing() -> None:
    rows = [row("TARGET", "MEASURED", "2008-03-01"), row("NON-TARGET", "NOT ASSESSED", "2008-03-09")]
    assert examined(rows, "2008-03-03")["last_procedure"] == "2008-03-01"


def test_a_new_lesion_proven_later_dates_progression_at_its_own_first_sight(
    subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(57, new_lesion("EQUIVOCAL"), new="EQUIVOCAL")
    assess(113, new_lesion("UNEQUIVOCAL", "NEW01"), new="Y", overall_response="PD")
    pfs = outcome(subject).pfs
    assert pfs is not None and (pfs.days, pfs.reason) == (57, "PD")


def test_another_new_lesion_does_not_prove_the_one_that_was_equivocal(
    subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(57, new_lesion("EQUIVOCAL"), new="EQUIVOCAL")
    assess(113, new_lesion("ABSENT", "NEW01"), new_lesion("UNEQUIVOCAL"), new="Y", overall_response="PD")
    pfs = outcome(subject).pfs
    assert pfs is not None and (pfs.days, pfs.reason) == (113, "PD")


def test_a_carried_new_lesion_left_blank_is_asked_for_and_not_taken_for_proven(
    subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(57, new_lesion("EQUIVOCAL"), new="EQUIVOCAL")
    record = {"assessment_date": on(113), "new_lesions": "N"}
    entry = Entry(CATALOGUE["tumour"], subject=subject, data=typed(record, [{"label": "NEW01"}]), complete=True)
    assert not entry.is_valid()
    assert "rows-0-state" in entry.errors


@pytest.mark.parametrize(
    ("stated", "states", "expected"),
    [
        ("N", [], "N"),
        ("", [], None),
        ("Y", ["EQUIVOCAL"], "Y"),
        ("N", ["UNEQUIVOCAL"], "Y"),
        ("N", ["MEASURED"], "Y"),
        ("N", ["EQUIVOCAL"], "EQUIVOCAL"),
        ("EQUIVOCAL", ["EQUIVOCAL", "UNEQUIVOCAL"], "Y"),
        ("N", ["ABSENT", "NOT ASSESSED"], "N"),
    ],
)
def test_what_the_form_states_and_what_its_new_lesions_show_give_the_stronger(
    stated: str, states: list[str], expected: str | None
) -> None:
    assert new_lesion_of(stated, [row("NEW", state) for state in states]) == expected


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], None),
        (["ABSENT"], "CR"),
        (["ABSENT", "PRESENT"], "NONCR"),
        (["PRESENT", "NOT ASSESSED"], "NE"),
        (["", "ABSENT"], "NE"),
        (["NOT ASSESSED", "UNEQUIVOCAL PROGRESSION"], "PD"),
    ],
)
def test_the_non_target_response_that_the_lesions_give(states: list[str], expected: str | None) -> None:
    assert non_target_of([row("NON-TARGET", state) for state in states]) == expected


def test_none_at_baseline_is_read_from_the_lesions_when_the_subject_has_some(
    subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(57, non_target_response="NA")
    assert scans(subject)[0].non_target == "NONCR"
    assert read(subject).baselines[0].non_target == "PRESENT"


def test_partial_dates_reach_the_arithmetic_as_they_were_typed(
    trial: Trial, subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(57)
    trial.fill(subject, "death", {"death_date": "2008-06", "cause": "DISEASE UNDER STUDY"})
    records = read(subject)
    assert records.death is not None and records.death.date == "2008-06"
    survival = outcome(subject).os
    assert survival is not None and (survival.days, survival.event) == (161, True)


def test_only_a_contact_at_which_the_subject_was_alive_shows_it_alive(trial: Trial, subject: Subject) -> None:
    follow_up = {"vital_status": "ALIVE", "contact_date": on(200), "new_therapy_given": "N"}
    trial.fill(subject, "follow_up", follow_up, visit=_follow_up(trial, subject))
    trial.fill(
        subject, "follow_up", follow_up | {"vital_status": "UNKNOWN", "contact_date": on(300)},
        visit=_follow_up(trial, subject),
    )  # fmt: skip
    survival = outcome(subject).os
    assert survival is not None and (survival.days, survival.event) == (200, False)


def _follow_up(trial: Trial, subject: Subject) -> str:
    return add_visit(subject=subject, on=FIRST_DOSE + timedelta(days=150), by=trial.by).code


@pytest.mark.parametrize(("reason", "days"), [("PHYSICIAN DECISION", 90), ("LOST TO FOLLOW-UP", 1)])
def test_the_day_on_which_a_subject_was_given_up_as_lost_shows_nobody_alive(
    trial: Trial, subject: Subject, reason: str, days: int
) -> None:
    trial.fill(subject, "end_of_treatment", {"end_date": on(90), "reason": reason})
    survival = outcome(subject).os
    assert survival is not None and survival.days == days


def test_symptoms_and_new_therapy_are_read_with_their_dates(trial: Trial, subject: Subject) -> None:
    end = {"end_date": on(90), "reason": "PHYSICIAN DECISION", "clinical_progression_date": "2008-04"}
    trial.fill(subject, "end_of_treatment", end)
    follow_up = {
        "vital_status": "ALIVE",
        "contact_date": on(120),
        "new_therapy_given": "Y",
        "new_therapy_name": "lapatinib",
        "new_therapy_date": on(100),
    }
    trial.fill(subject, "follow_up", follow_up, visit=_follow_up(trial, subject))
    records = read(subject)
    assert records.clinical_progression is not None and records.clinical_progression.date == "2008-04"
    assert [therapy.date for therapy in records.new_therapies] == [on(100)]


THERAPY = {"kind": "CHEMOTHERAPY", "name": "capecitabine", "ongoing": "U"}


def test_a_new_therapy_is_read_from_its_form_and_from_follow_up_and_the_earlier_counts(
    trial: Trial, subject: Subject, assess: Callable[..., Any]
) -> None:
    assess(57, {"label": "T01", "diameters_mm": "30"}, {"label": "T02", "diameters_mm": "20"}, overall_response="PR")
    assess(113, {"label": "T01", "diameters_mm": "30"}, {"label": "T02", "diameters_mm": "20"}, overall_response="PR")
    assert outcome(subject).cbor.value == "PR"
    trial.fill(subject, "new_therapy", THERAPY | {"start_date": on(80)})
    follow_up = {"vital_status": "ALIVE", "contact_date": on(150), "new_therapy_given": "Y"}
    follow_up |= {"new_therapy_name": "lapatinib", "new_therapy_date": on(140)}
    trial.fill(subject, "follow_up", follow_up, visit=_follow_up(trial, subject))
    derived = outcome(subject)
    assert (str(derived.new_therapy), derived.cbor.value, derived.bor.value) == (on(80), "SD", "PR")
    assert derived.new_therapy_ref.startswith("new_therapy:")


def test_a_new_therapy_that_is_a_draft_or_not_done_counts_for_nothing(trial: Trial, subject: Subject) -> None:
    trial.fill(subject, "new_therapy", THERAPY | {"start_date": on(80)}, complete=False)
    assert read(subject).new_therapies == ()


def test_a_new_therapy_that_was_entered_in_error_ends_nothing_and_shows_nobody_alive(
    trial: Trial, subject: Subject, assess: Callable[..., Any]
) -> None:
    sizes = ({"label": "T01", "diameters_mm": "30"}, {"label": "T02", "diameters_mm": "20"})
    assess(57, *sizes, overall_response="PR")
    assess(113, *sizes, overall_response="PR")
    form = trial.fill(subject, "new_therapy", THERAPY | {"start_date": on(80)})
    late = trial.fill(subject, "new_therapy", THERAPY | {"start_date": on(300)})
    for entry in (form, late):
        withdraw(case_form=entry, why="Of another subject", by=trial.by, seen_version=entry.version)
    derived = outcome(subject)
    assert (derived.cbor.value, derived.new_therapy) == ("PR", None)
    assert derived.os is not None and derived.os.days == 113


def test_of_two_therapies_a_month_and_a_day_in_it_are_compared_as_days(trial: Trial, subject: Subject) -> None:
    trial.fill(subject, "new_therapy", THERAPY | {"start_date": "2008-04"})
    trial.fill(subject, "new_therapy", THERAPY | {"start_date": "2008-04-03"})
    assert str(outcome(subject).new_therapy) == "2008-04-03"
    trial.fill(subject, "new_therapy", THERAPY | {"start_date": "2008-03"})
    assert str(outcome(subject).new_therapy) == "2008-03-15"


@pytest.mark.parametrize(
    ("code", "record", "days"),
    [
        ("haematology", {"sample_date": on(300)}, 300),
        ("vital_signs", {"vital_signs_date": on(310)}, 310),
        ("ecg", {"ecg_date": on(311)}, 311),
        ("lvef", {"lvef_date": on(312)}, 312),
        ("adverse_event", {"start_date": on(320), "ongoing": "Y", "end_date": ""}, 320),
        ("adverse_event", {"start_date": on(20), "ongoing": "N", "end_date": on(330)}, 330),
        ("medication", {"before_trial": "N", "start_date": on(340), "ongoing": "N", "end_date": on(350)}, 340),
        ("new_therapy", THERAPY | {"start_date": on(360)}, 360),
    ],
)
def test_whatever_a_living_person_makes_shows_the_subject_alive(
    trial: Trial, subject: Subject, code: str, record: dict[str, Any], days: int
) -> None:
    filled = EXAMPLES.get(code, ({}, ()))[0] | record
    visit = None if CATALOGUE[code].is_log else add_visit(subject=subject, on=FIRST_DOSE, by=trial.by).code
    trial.fill(subject, code, filled, EXAMPLES.get(code, ({}, ()))[1], visit=visit)
    survival = outcome(subject).os
    assert survival is not None and (survival.days, survival.event) == (days, False)


def test_the_end_of_an_event_that_nobody_recovered_from_shows_nobody_alive(trial: Trial, subject: Subject) -> None:
    event = EXAMPLES["adverse_event"][0] | {"start_date": on(20), "ongoing": "N", "end_date": on(330)}
    trial.fill(subject, "adverse_event", event | {"outcome": "UNKNOWN"})
    survival = outcome(subject).os
    assert survival is not None and survival.days == 20


def test_a_visit_that_took_place_shows_the_subject_alive_until_a_form_says_who_was_seen(
    trial: Trial, subject: Subject
) -> None:
    visit = add_visit(subject=subject, on=FIRST_DOSE + timedelta(days=199), took_place=True, by=trial.by)
    survival = outcome(subject).os
    assert survival is not None and (survival.days, survival.refs) == (200, (f"visit:{visit.pk}",))
    lost = {"vital_status": "UNKNOWN", "contact_date": on(200), "new_therapy_given": "N"}
    trial.fill(subject, "follow_up", lost, visit=visit.code)
    survival = outcome(subject).os
    assert survival is not None and survival.days == 1


def test_the_day_on_which_treatment_ended_by_death_is_none_on_which_the_subject_lived(
    trial: Trial, subject: Subject
) -> None:
    trial.fill(subject, "end_of_treatment", {"end_date": on(90), "reason": "DEATH", "last_paclitaxel_date": on(60)})
    survival = outcome(subject).os
    assert survival is not None and survival.days == 60


def test_procedures_of_which_the_day_is_unknown_are_compared_as_days() -> None:
    rows = [row("TARGET", "MEASURED", "2008-04"), row("TARGET", "MEASURED", "2008-04-03", "X02")]
    assert examined(rows, "2008-05-02")["last_procedure"] == "2008-04"
    assert examined(rows, "2008-05-02")["target_date"] == "2008-04-03"
    # Of the month of the assessment it was looked at with it.
    assert examined(rows, "2008-04-03")["last_procedure"] == "2008-04-03"


def test_of_a_day_that_a_check_holds_against_death_the_derivation_asks_nothing(subject: Subject) -> None:
    form = subject.forms.get(code="medical_history")
    signs = {sign.ref: sign for sign in records_of([subject.pk])[subject.pk].signs_of_life}
    assert CATALOGUE["medical_history"].within_life
    assert signs[f"medical_history:{form.pk}"].asked
