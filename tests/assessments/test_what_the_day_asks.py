"""What a visit asks for is what the protocol plans on its day: paclitaxel is not given on day 22 of the cycle."""

from datetime import timedelta
from typing import Any

import pytest

from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.visits.not_asked import not_asked
from assessments.visits.placing import cycle_day
from casebook.profile import profile_of
from cohorts.models import Subject, Visit
from protocol import current
from reports.blank_crf import contents
from review.models import Query
from tests.api.conftest import api
from tests.cast import FIRST_DOSE, Trial
from tests.review.conftest import as_user

__all__ = ["api", "as_user"]
pytestmark = pytest.mark.django_db
DAY_22 = FIRST_DOSE + timedelta(21)
ALONE = {
    "infusion_date": DAY_22.isoformat(),
    "weight_kg": "64",
    "height_cm": "165",
    "trastuzumab_given": "Y",
    "trastuzumab_loading": "N",
    "trastuzumab_dose_mg": "128",
}
WITH_PACLITAXEL = ALONE | {"paclitaxel_given": "Y", "paclitaxel_level_mg_m2": "80", "paclitaxel_dose_mg": "137"}
SAID = "Paclitaxel is not planned on day 22 of the cycle, but on days 1, 8 and 15."


def entry(subject: Subject, code: str, record: dict[str, Any]) -> Entry:
    sheet = Entry(
        CATALOGUE["infusion"],
        subject=subject,
        data=typed(record),
        complete=True,
        visit=subject.visits.get(code=code),
    )
    sheet.is_valid()
    return sheet


@pytest.mark.parametrize(
    ("code", "day"), [("C1D1", 1), ("C3D22", 22), ("C12D15", 15), ("C1DLT", None), ("UNS01", None), ("SCR", None)]
)
def test_the_day_of_the_cycle_follows_from_the_protocol(code: str, day: int | None) -> None:
    assert cycle_day(code) == day


def test_only_the_drugs_of_the_day_are_asked_for(trial: Trial, subject: Subject) -> None:
    assert entry(subject, "C1D22", ALONE).errors == {}
    assert set(entry(subject, "C1D15", ALONE).errors) == {"paclitaxel_given"}
    assert entry(subject, "C1D22", WITH_PACLITAXEL).errors == {}
    assert set(entry(subject, "C1D22", WITH_PACLITAXEL | {"paclitaxel_dose_mg": ""}).errors) == {"paclitaxel_dose_mg"}


def test_the_days_are_those_of_the_protocol_file(
    trial: Trial, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    drug = current().drug("trastuzumab").model_copy(update={"days": (1, 8, 22)})
    protocol = type(current())
    real = protocol.drug
    monkeypatch.setattr(protocol, "drug", lambda self, code: drug if code == "trastuzumab" else real(self, code))
    assert set(not_asked("infusion", subject.visits.get(code="C1D15"))) == {"trastuzumab_given", "trastuzumab_change"}


def test_an_unscheduled_infusion_asks_for_everything(trial: Trial, subject: Subject) -> None:
    assert not_asked("infusion", Visit(code="UNS01", kind="unscheduled")) == {}
    assert not_asked("infusion", None) == {}


def test_the_page_folds_up_what_the_day_does_not_ask(trial: Trial, subject: Subject, as_user: Any) -> None:
    visit = subject.visits.get(code="C1D22")
    address = f"/subjects/{subject.pk}/forms/infusion/?visit={visit.pk}"
    page = " ".join(as_user(trial.coordinator).get(address).content.decode().split())
    assert f'<details class="form-section not-asked"> <summary>{SAID}</summary>' in page
    answer = as_user(trial.coordinator).post(address, ALONE | {"action": "complete"})
    assert answer.status_code == 302
    read = as_user(trial.monitor).get(answer.url).content.decode()
    assert "Trastuzumab given" in read and "Paclitaxel given" not in read


def test_given_all_the_same_a_query_asks_why(trial: Trial, subject: Subject) -> None:
    saved = trial.fill(subject, "infusion", WITH_PACLITAXEL, visit="C1D22")
    query = Query.objects.get(case_form=saved, check_id="dose-day")
    assert query.item == "paclitaxel_given"
    words = "Given on day 22: Paclitaxel is planned on days 1, 8 and 15 of the cycle. Why was it given?"
    assert (query.state, query.text) == ("open", words)
    trial.fill(subject, "infusion", WITH_PACLITAXEL | {"paclitaxel_given": ""}, case_form=saved, reason="a slip")
    query.refresh_from_db()
    assert query.state == "closed"


def test_the_api_takes_the_day_as_the_page_does(trial: Trial, subject: Subject, api: Any) -> None:
    sent = {"subject": subject.pk, "complete": True, "record": ALONE}
    for code, status in (("C1D15", 400), ("C1D22", 201)):
        visit = subject.visits.get(code=code)
        answer = api(trial.coordinator).post("/api/v1/forms/infusion/", sent | {"visit": visit.pk})
        assert answer.status_code == status, answer.json()


def test_the_picture_tells_of_no_omitted_paclitaxel_on_day_22(trial: Trial, subject: Subject) -> None:
    trial.fill(subject, "infusion", ALONE, visit="C1D22")
    lanes = {line.lane for line in profile_of(subject, today=DAY_22, identifying=True).lines if line.day == 22}
    assert "Trastuzumab" in lanes and "Paclitaxel" not in lanes


def test_guidance_of_the_day_speaks_of_the_drugs_of_the_day(trial: Trial, subject: Subject, as_user: Any) -> None:
    for code, drugs in (("C1D22", {"Trastuzumab"}), ("C1D15", {"Trastuzumab", "Paclitaxel"})):
        visit = subject.visits.get(code=code)
        address = f"/subjects/{subject.pk}/guidance/infusion/?visit={visit.pk}"
        page = as_user(trial.coordinator).get(address).content.decode()
        assert {drug for drug in ("Trastuzumab", "Paclitaxel") if f"<h3>{drug}</h3>" in page} == drugs
        assert (SAID in page) == ("Paclitaxel" not in drugs)


def test_the_blank_form_says_on_which_days_a_drug_is_asked_for() -> None:
    [form] = [form for form in contents(current())["forms"] if form["code"] == "infusion"]
    conditions = {item["label"]: item["condition"] for item in form["items"]}
    assert conditions["Paclitaxel given"] == "on days 1, 8 and 15 of the cycle"
    assert conditions["Trastuzumab given"] == ""
