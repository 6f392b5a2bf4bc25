"""A subject from screening to a derived response, by nothing but the API."""

from typing import Any

import pytest

from audit.models import Event
from endpoints.refresh import refresh_marked
from tests.assessments.posting import HISTORY, THERAPY
from tests.cast import BASELINE_LESIONS, ELIGIBLE, Trial
from tests.examples import INFUSION

pytestmark = pytest.mark.django_db

SCREENING: dict[str, tuple[dict[str, Any], Any]] = {
    "consent": ({"consent_given": "Y", "consent_date": "2007-12-20"}, None),
    "demography": ({"birth_date": "1953-05", "age": 54, "sex": "F", "race": "WHITE"}, None),
    "eligibility": (ELIGIBLE, None),
    "history": (HISTORY, [THERAPY]),
    "tumour_baseline": ({"assessment_date": "2008-01-02", "disease_measurable": "Y"}, list(BASELINE_LESIONS)),
}


def test_a_subject_goes_from_screening_to_a_response_by_api_alone(trial: Trial, api: Any) -> None:
    coordinator, investigator, manager = (
        api(user) for user in (trial.coordinator, trial.investigator, trial.data_manager)
    )
    subject = coordinator.post("/api/v1/subjects/", {"site": "101"}).json()
    assert subject["label"] == "101-001"
    key = subject["id"]
    visits = {visit["code"]: visit for visit in coordinator.get(f"/api/v1/visits/?subject={key}").json()["results"]}
    for code, (record, rows) in SCREENING.items():
        sent = {"subject": key, "visit": visits["SCR"]["id"], "complete": True, "record": record}
        made = coordinator.post(f"/api/v1/forms/{code}/", sent | ({"rows": rows} if rows else {}))
        assert made.status_code == 201, made.json()
        assert made.json()["state"] == "complete"
    assert coordinator.get(f"/api/v1/subjects/{key}/eligibility/").json()["obstacles"] == []
    slot = investigator.post("/api/v1/enrolments/", {"subject": key, "cohort": "P2-10D"}).json()
    assert slot["status"] == "requested"
    enrolled = manager.post(f"/api/v1/enrolments/{slot['id']}/approve/", {"on": "2008-01-04"})
    assert enrolled.json()["status"] == "approved", enrolled.json()
    visit = coordinator.post(f"/api/v1/subjects/{key}/begin-treatment/", {"on": "2008-01-07"}).json()
    dose = {"subject": key, "visit": visit["id"], "complete": True, "record": INFUSION | {"weight_kg": 64}}
    assert coordinator.post("/api/v1/forms/infusion/", dose).status_code == 201
    typed = {
        "record": {
            "assessment_date": "2008-03-03",
            "non_target_response": "NON-CR/NON-PD",
            "new_lesions": "N",
            "overall_response": "PR",
        },
        "rows": [
            {"label": "T01", "diameters_mm": "15 + 10"},
            {"label": "T02", "diameters_mm": [20]},
            {"label": "NT01", "state": "PRESENT"},
        ],
    }
    preview = coordinator.post(f"/api/v1/subjects/{key}/tumour-preview/", typed).json()
    shown = [preview[name] for name in ("derived", "sum", "change", "differs")]
    assert shown == ["PR", "45", "-55.0000", False]
    visits = coordinator.get(f"/api/v1/visits/?subject={key}").json()["results"]
    place = {"subject": key, "visit": next(visit["id"] for visit in visits if visit["code"] == "TA01")}
    made = coordinator.post("/api/v1/forms/tumour/", typed | place | {"complete": True}).json()
    assert made["version"] == 1
    refresh_marked()
    outcome = investigator.get(f"/api/v1/outcomes/{key}/").json()
    assert outcome["assessments"][0]["derived"] == "PR"
    assert Event.objects.filter(subject_id=key, channel="screen").count() == 0
    assert set(Event.objects.filter(case_form_id=made["id"]).values_list("channel", "actor_name", "role")) == {
        ("api", "carla", "coordinator")
    }
    read = coordinator.get(f"/api/v1/forms/tumour/{made['id']}/").json()
    assert [row["diameters_mm"] for row in read["rows"]] == [["15.00", "10.00"], ["20.00"], []]
    assert read["record"]["overall_response"] == "PR"
    lesions = coordinator.get(f"/api/v1/lesions/?subject={key}").json()["results"]
    assert [finding["date"] for finding in lesions[0]["findings"]] == ["2008-01-02", "2008-03-03"]
