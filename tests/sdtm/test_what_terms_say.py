"""A term decides what a row tells; its category assists. What nobody stated stays unknown."""

from typing import Any

import pytest

from assessments.models import CaseForm, Death, EndOfTreatment, ExposureInterval, TumourAssessment
from cohorts.models import Subject
from tests.sdtm.study import WEEK_8, _ds, _ex, _rs, _tr, _tu, contacts, data

pytestmark = pytest.mark.django_db

SECOND = "X-701-1002"


def lines(study: Any, domain: str, row: int) -> list[str]:
    return [line["why"] for line in study.report() if (line["domain"], line["row"]) == (domain, str(row))]


def came(study: Any, **changed: list[dict[str, Any]]) -> None:
    study.write(datasets=data() | changed)
    assert "0 were not taken" in study.run()


def with_event(category: str, decoded: str, term: str = "", on: str = "2014-08-01") -> list[dict[str, Any]]:
    row = _ds("1002", 9, category, term or decoded, on)
    return [*data()["ds"], row | {"DSDECOD": decoded}]


@pytest.mark.parametrize(
    ("category", "decoded", "term"),
    [
        ("OTHER EVENT", "DEATH", ""),
        ("OTHER EVENT", "Death", "died at home"),
        ("PROTOCOL MILESTONE", "DEATH", ""),
        ("OTHER EVENT", "OTHER", "DEATH DUE TO PROGRESSION"),
        ("", "", "DIED"),
    ],
)
def test_a_death_is_a_death_under_any_category(study: Any, category: str, decoded: str, term: str) -> None:
    came(study, ds=with_event(category, decoded, term))
    assert Death.objects.get(case_form__subject__source_id=SECOND).death_date == "2014-08-01"
    assert Subject.objects.get(source_id=SECOND).status == "died"
    assert contacts(SECOND) == []
    assert EndOfTreatment.objects.filter(case_form__subject__source_id=SECOND).count() == 1


@pytest.mark.parametrize("term", ["LOST TO FOLLOW-UP", "Lost to follow up", "LTFU"])
def test_a_loss_under_other_event_is_no_contact(study: Any, term: str) -> None:
    came(study, ds=with_event("OTHER EVENT", term, on="2014-11-01"))
    assert contacts(SECOND) == [("2014-09-30", "ALIVE"), ("2014-11-01", "UNKNOWN")]


def test_the_end_of_participation_on_the_day_of_the_loss_is_no_contact(study: Any) -> None:
    came(study, ds=with_event("OTHER EVENT", "LOST TO FOLLOW-UP", on="2014-09-30"))
    assert contacts(SECOND) == [("2014-09-30", "UNKNOWN")]
    assert "the subject was lost to follow-up on that day" in lines(study, "DM", 2)


@pytest.mark.parametrize("term", ["TREATMENT UNBLINDED", "NO CONTACT", "MISSED VISIT", "UNABLE TO CONTACT"])
def test_an_event_that_does_not_show_the_subject_is_none_of_being_alive(study: Any, term: str) -> None:
    came(study, ds=with_event("OTHER EVENT", term, on="2014-11-01"))
    assert contacts(SECOND) == [("2014-09-30", "ALIVE")]
    assert lines(study, "DS", 6) == [f"OTHER EVENT {term} has no form here"]


@pytest.mark.parametrize("on", ["", "01MAY2014"])
def test_a_death_without_a_date_is_a_draft_and_nobody_is_alive_by_it(study: Any, on: str) -> None:
    datasets = data()
    datasets["dm"][1] |= {"DTHFL": "Y", "DTHDTC": on}
    came(study, dm=datasets["dm"])
    assert CaseForm.objects.get(code="death", subject__source_id=SECOND).state == "draft"
    assert contacts(SECOND) == []
    reasons = lines(study, "DM", 2)
    assert "it may be the day of the death, which has no date" in reasons, reasons
    assert any(why.startswith("a death without a date that can be read") for why in reasons)


def test_a_whole_date_of_ds_says_more_than_the_month_of_dm(study: Any) -> None:
    datasets = data()
    datasets["dm"][1] |= {"DTHFL": "Y", "DTHDTC": "2014-08"}
    came(study, dm=datasets["dm"], ds=with_event("OTHER EVENT", "DEATH"))
    assert Death.objects.get(case_form__subject__source_id=SECOND).death_date == "2014-08-01"


def test_a_death_dated_twice_is_listed(study: Any) -> None:
    datasets = data()
    datasets["dm"][1] |= {"DTHFL": "Y", "DTHDTC": "2014-08-20"}
    came(study, dm=datasets["dm"], ds=with_event("OTHER EVENT", "DEATH"))
    assert Death.objects.get(case_form__subject__source_id=SECOND).death_date == "2014-08-20"
    assert lines(study, "DS", 6)[-1] == "the death is dated 2014-08-01 here; 2014-08-20 was taken"


def test_the_end_of_treatment_is_its_last_one_and_the_other_is_listed(study: Any) -> None:
    came(study, ds=with_event("DISPOSITION EVENT", "ADVERSE EVENT", on="2014-04-01"))
    end = EndOfTreatment.objects.get(case_form__subject__source_id=SECOND)
    assert (str(end.end_date), end.reason) == ("2014-04-01", "ADVERSE EVENT")
    assert lines(study, "DS", 4) == ["a second end of treatment, earlier: the form tells the last one, ADVERSE EVENT"]


@pytest.mark.parametrize("category", ["MRECIST", "iRECIST", "RECIST 1.0", "CHESON 2007"])
def test_a_response_by_another_criterion_is_listed(study: Any, category: str) -> None:
    other = _rs("OVRLRESP", "CR", WEEK_8) | {"RSCAT": category}
    came(study, rs=[other, *data()["rs"]])
    assert lines(study, "RS", 1) == [f"{category} is another criterion than RECIST 1.1"]
    assert TumourAssessment.objects.order_by("pk")[0].overall_response == "PR"


@pytest.mark.parametrize("category", ["RECIST v1.1", "RECIST", "recist version 1.1", ""])
def test_recist_is_recist_however_its_version_is_written(study: Any, category: str) -> None:
    came(study, rs=[row | {"RSCAT": category} for row in data()["rs"]])
    assert [form.overall_response for form in TumourAssessment.objects.order_by("pk")] == ["PR", "PD"]


def test_responses_in_full_words_are_read(study: Any) -> None:
    rows = data()["rs"]
    rows[0]["RSSTRESC"], rows[3]["RSSTRESC"] = "Partial Response", "PROGRESSIVE DISEASE"
    came(study, rs=rows)
    assert [form.overall_response for form in TumourAssessment.objects.order_by("pk")] == ["PR", "PD"]


def test_without_a_statement_nobody_knows_of_new_lesions(study: Any) -> None:
    came(study)
    assert [form.new_lesions for form in TumourAssessment.objects.order_by("pk")] == ["UNKNOWN", "EQUIVOCAL"]


@pytest.mark.parametrize(
    ("values", "given"),
    [
        ({"EXDOSE": 54.0}, "Y"),
        ({"EXDOSE": None, "EXOCCUR": "Y"}, "Y"),
        ({"EXDOSE": 54.0, "EXOCCUR": "n"}, "N"),
        ({"EXDOSE": 54.0, "EXSTAT": "not done"}, "N"),
        ({"EXDOSE": 0.0}, "N"),
        ({"EXDOSE": 0.0, "EXTRT": "Placebo"}, "Y"),
    ],
)
def test_what_was_given_is_what_the_row_says(study: Any, values: dict[str, Any], given: str) -> None:
    row = _ex("1002", 1, "2014-01-02", "2014-03-01", 54.0) | values
    came(study, ex=[*data()["ex"][:2], row])
    interval = ExposureInterval.objects.get(case_form__subject__source_id=SECOND)
    assert interval.given == given


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"EXDOSE": None}, "neither a dose nor EXOCCUR says that it was given"),
        ({"EXDOSE": 54.0, "EXOCCUR": "U"}, "“U” does not say whether the drug was given"),
        ({"EXDOSE": "ten"}, "“ten” does not say whether the drug was given"),
    ],
)
def test_a_dose_that_nobody_says_was_given_is_none(study: Any, values: dict[str, Any], why: str) -> None:
    row = _ex("1002", 1, "2014-01-02", "2014-03-01", 54.0) | values
    came(study, ex=[*data()["ex"][:2], row])
    assert not ExposureInterval.objects.filter(case_form__subject__source_id=SECOND).exists()
    assert why in lines(study, "EX", 3)


def test_an_arm_of_nobody_treated_is_no_arm(study: Any) -> None:
    datasets = data()
    datasets["dm"][1] |= {"ARMCD": "", "ARM": "", "ACTARMCD": "NOTTRT", "ACTARM": "Not Treated"}
    came(study, dm=datasets["dm"], ex=datasets["ex"][:2])
    assert not hasattr(Subject.objects.get(source_id=SECOND), "enrolment")


def test_lesions_that_merged_are_measured_once(study: Any) -> None:
    together = _tu("T01/T02", "TARGET", "LIVER", WEEK_8) | {"TUTESTCD": "TUMERGE"}
    tr = [row for row in data()["tr"] if not (row["VISIT"] == "WEEK 8" and row["TRLNKID"] in ("T01", "T02"))]
    came(study, tu=[*data()["tu"], together], tr=[*tr, _tr("T01/T02", "LDIAM", 61.0, WEEK_8)])
    form = TumourAssessment.objects.order_by("pk")[0].case_form
    lesions = {
        row.lesion.label: (row.state, [int(size) for size in row.diameters_mm]) for row in form.lesion_results.all()
    }
    assert (lesions["T01"], lesions["T02"]) == (("MEASURED", [61]), ("ABSENT", []))


@pytest.mark.parametrize(
    ("values", "diameter"),
    [
        ({"TRSTRESN": 2.5, "TRSTRESC": "2.5", "TRSTRESU": "cm"}, "25.00"),
        ({"TRSTRESN": None, "TRSTRESC": None, "TRSTRESU": None, "TRORRES": "2.5", "TRORRESU": "cm"}, "25.00"),
        ({"TRSTRESN": 2.5, "TRSTRESC": "2.5", "TRSTRESU": None, "TRORRES": "2.5", "TRORRESU": "cm"}, "25.00"),
        ({"TRSTRESN": 25.0, "TRSTRESC": "25", "TRSTRESU": "mm", "TRORRES": "2.5", "TRORRESU": "cm"}, "25.00"),
    ],
)
def test_sizes_in_centimetres_are_millimetres_on_the_form(study: Any, values: dict[str, Any], diameter: str) -> None:
    tr = data()["tr"]
    tr[6] |= values
    came(study, tr=tr)
    form = TumourAssessment.objects.order_by("pk")[0].case_form
    assert str(form.lesion_results.get(lesion__label="T01").diameters_mm[0]) == diameter


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"TRSTRESU": "mm", "TRORRES": "25.4", "TRORRESU": "cm"}, "the original result is 254.0 mm, the standardised"),
        ({"TRSTRESU": "in"}, "in is not a unit of a size here: mm and cm are"),
    ],
)
def test_a_size_that_contradicts_itself_is_not_taken(study: Any, values: dict[str, Any], why: str) -> None:
    tr = data()["tr"]
    tr[6] |= values
    came(study, tr=tr)
    assert lines(study, "TR", 7)[0].startswith(why)
