"""The twelve subjects of the shared set, each with one thing as sites and contract research organisations send it."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from accounts.actor import acting
from accounts.models import Site
from assessments.models import CaseForm, Consent, Death, FollowUp, LesionResult, TumourAssessment
from cohorts.models import Subject
from endpoints.models import Outcome
from tests.cast import SETUP, go_live, person
from tests.sdtm.conftest import PHARMAVERSE
from tests.sdtm.study import Study

SHARED = Path(__file__).resolve().parents[3] / "shared/checks/sdtm_quirks"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SHARED.is_dir(), reason=f"{SHARED} is not there"),
]


@pytest.fixture
def quirks(settings: Any, tmp_path: Path) -> Study:
    """The set, imported by the public data's protocol with a consent form at screening."""
    protocol = tmp_path / "quirks.toml"
    text = PHARMAVERSE.read_text().replace('forms = ["demography",', 'forms = ["consent", "demography",')
    assert '"consent", "demography"' in text
    protocol.write_text(text)
    settings.PROTOCOL_FILE = protocol
    study = Study(tmp_path / "sdtm")
    with acting(SETUP):
        site = Site.objects.create(code="901", name="Site 901", country="DEU")
    go_live(site)
    person("dieter", "coordinator", site)
    copytree(SHARED, study.folder, dirs_exist_ok=True)
    assert "12 subjects came in" in study.run("dieter")
    return study


def subject(name: str) -> Subject:
    return Subject.objects.get(source_id=f"Q-901-{name}")


def derived(name: str) -> dict[str, Any]:
    return Outcome.objects.get(subject=subject(name)).derivation


def lines(study: Study, name: str) -> list[dict[str, str]]:
    return [line for line in study.report() if line["USUBJID"] == f"Q-901-{name}"]


def overall(name: str) -> list[tuple[str, str, str]]:
    return [
        (assessment["date"], assessment["investigator"], assessment["derived"])
        for assessment in derived(name)["assessments"]
    ]


def survival(name: str) -> tuple[int, bool]:
    time_to_death = derived(name)["os"]
    return time_to_death["days"], time_to_death["event"]


def test_a_death_under_other_event_is_a_death(quirks: Study) -> None:
    assert survival("Q01") == (236, True)
    assert Death.objects.get(case_form__subject=subject("Q01")).death_date == "2024-09-01"
    assert lines(quirks, "Q01") == []


def test_a_loss_to_follow_up_is_no_contact(quirks: Study) -> None:
    assert survival("Q02") == (63, False)
    follow_ups = FollowUp.objects.filter(case_form__subject=subject("Q02")).order_by("contact_date")
    assert [(form.contact_date, form.vital_status) for form in follow_ups] == [
        ("2024-03-12", "ALIVE"),
        ("2024-12-01", "UNKNOWN"),
    ]


def test_the_first_consent_counts_and_a_later_one_is_listed(quirks: Study) -> None:
    assert str(Consent.objects.get(case_form__subject=subject("Q03")).consent_date) == "2024-01-02"
    (line,) = lines(quirks, "Q03")
    assert line["why"] == "a later consent: the first one, on 2024-01-02, is on the form"


@pytest.mark.parametrize(("name", "value"), [("Q04", "RFPENDTC 12/03/2024"), ("Q05", "DTHDTC 01MAY2024")])
def test_a_date_that_cannot_be_read_is_listed_with_its_reason(quirks: Study, name: str, value: str) -> None:
    listed = {f"{line['variable']} {line['value']}": line["why"] for line in lines(quirks, name)}
    assert "is not a date of the form YYYY-MM-DD" in listed[value]


def test_a_death_without_a_date_is_told_and_its_form_waits_for_one(quirks: Study) -> None:
    assert any("a death without a date that can be read" in line["why"] for line in lines(quirks, "Q05"))
    assert CaseForm.objects.get(subject=subject("Q05"), code="death").state == "draft"
    assert not FollowUp.objects.filter(case_form__subject=subject("Q05")).exists()


def test_visits_8_and_8_0_are_one(quirks: Study) -> None:
    assert overall("Q06") == [("2024-03-05", "PR", "PR")]


def test_the_response_by_the_protocol_s_criterion_is_taken_and_the_other_listed(quirks: Study) -> None:
    assert overall("Q07") == [("2024-03-05", "PR", "PR")]
    (line,) = lines(quirks, "Q07")
    assert (line["domain"], line["variable"], line["value"]) == ("RS", "RSCAT", "MRECIST")
    assert "another criterion" in line["why"]


def test_a_new_lesion_in_tu_alone_is_a_new_lesion(quirks: Study) -> None:
    assert overall("Q08") == [("2024-03-05", "PD", "PD")]
    assert TumourAssessment.objects.get(case_form__subject=subject("Q08")).new_lesions == "Y"


def test_a_dose_that_did_not_occur_is_not_the_first(quirks: Study) -> None:
    assert str(subject("Q09").first_dose_date) == "2024-01-10"


def test_the_fragments_of_a_lesion_add_up(quirks: Study) -> None:
    assert overall("Q10") == [("2024-03-05", "SD", "SD")]
    result = LesionResult.objects.get(case_form__subject=subject("Q10"), case_form__code="tumour")
    assert (result.lesion.label, [int(size) for size in result.diameters_mm]) == ("T01", [30, 12])
    assert lines(quirks, "Q10") == []


def test_a_digit_of_another_script_is_listed_and_the_run_goes_on(quirks: Study) -> None:
    listed = {line["variable"] for line in lines(quirks, "Q11") if "2024-03-0" in line["value"]}
    assert listed == {"TRDTC", "RSDTC"}
    assert overall("Q12") == [("2024-03-05", "PR", "PR")]


def test_of_the_control_nothing_is_listed(quirks: Study) -> None:
    assert lines(quirks, "Q12") == []
    assert str(subject("Q12").first_dose_date) == "2024-01-10"
