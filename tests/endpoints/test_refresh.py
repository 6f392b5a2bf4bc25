"""From a saved assessment to a stored estimate."""

from io import StringIO

import pytest
from django.core.management import call_command

from accounts.actor import SYSTEM, acting
from cohorts.models import ProtocolVersion
from endpoints.models import Estimate, Mark, Outcome
from endpoints.refresh import mark_everyone, refresh_marked
from protocol import current
from review.models import Query, QueryState
from tests.cast import Trial
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db


def drain() -> int:
    total = 0
    while derived := refresh_marked():
        total += derived
    return total


def test_a_saved_assessment_becomes_a_response_rate() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    trial.assess(subject, 113, {"T01": "40", "T02": "28"}, "PR")
    assert drain() == 1
    assert not Mark.objects.exists()
    outcome = Outcome.objects.get(subject=subject)
    assert (outcome.treated, outcome.measurable, outcome.cohort_code) == (True, True, "P2-10D")
    assert outcome.derivation["cbor"]["value"] == "PR"
    figures = Estimate.objects.get(population="P2", analysis_set="measurable").figures
    assert figures["response"]["confirmed"]["orr"]["x"] == 1
    assert figures["times"]["pfs"]["events"] == 0


def test_everything_is_derived_afresh_on_demand() -> None:
    trial = Trial()
    subjects = [trial.treated_subject() for _ in range(3)]
    drain()
    with unlimited():
        Outcome.objects.all().delete()
        Estimate.objects.all().delete()
    output = StringIO()
    call_command("rederive", batch=2, stdout=output)
    assert output.getvalue().splitlines()[1:3] == ["2 derived", "3 derived"]
    assert Outcome.objects.filter(subject__in=subjects).count() == 3
    assert Estimate.objects.get(population="P2", analysis_set="all_treated").subjects == 3
    assert not Mark.objects.exists()


def test_a_correction_of_the_baseline_moves_the_subject_back() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    drain()
    assert not Query.objects.filter(check_id="response-differs").exists()
    form = subject.forms.get(code="tumour_baseline")
    lesions = [
        {"label": "T01", "kind": "TARGET", "location": "LIVER", "method": "SPIRAL CT SCAN", "diameters_mm": "50"},
        {"label": "T02", "kind": "TARGET", "location": "LUNG", "method": "SPIRAL CT SCAN", "diameters_mm": "40"},
        {"label": "NT01", "kind": "NON-TARGET", "location": "BONE", "method": "SCINTIGRAPHY", "state": "PRESENT"},
    ]
    baseline = {"assessment_date": "2008-01-02", "disease_measurable": "Y"}
    trial.fill(subject, "tumour_baseline", baseline, lesions, case_form=form, reason="Typing error")
    drain()
    assert Outcome.objects.get(subject=subject).derivation["assessments"][0]["derived"] == "SD"
    query = Query.objects.get(check_id="response-differs")
    assert (query.state, query.item) == (QueryState.OPEN, "overall_response")
    form.refresh_from_db()
    lesions[0]["diameters_mm"] = "60"
    trial.fill(subject, "tumour_baseline", baseline, lesions, case_form=form, reason="It was right before")
    drain()
    query.refresh_from_db()
    assert query.state == QueryState.CLOSED


def test_statements_of_a_refresh_do_not_grow_with_subjects(django_assert_max_num_queries: object) -> None:
    trial = Trial()
    for _ in range(3):
        trial.assess(trial.treated_subject(), 57, {"T01": "42", "T02": "28"}, "PR")
    mark_everyone()
    with django_assert_max_num_queries(44):  # type: ignore[operator]
        assert refresh_marked() == 3


def test_a_new_version_of_the_protocol_derives_everyone_afresh_once() -> None:
    trial = Trial()
    trial.assess(trial.treated_subject(), 57, {"T01": "42", "T02": "28"}, "PR")
    trial.treated_subject()
    drain()
    with acting(SYSTEM):
        before = ProtocolVersion.objects.create(code=current().code, version="0", sha256="0" * 64, content="")
        Estimate.objects.update(protocol=before)
        Outcome.objects.update(derivation={"made": "by the version before"})
    assert refresh_marked() == 2
    assert refresh_marked() == 0
    assert not Outcome.objects.filter(derivation__has_key="made").exists()
    under_each = Estimate.objects.order_by("protocol").values_list("protocol__version", "population", "analysis_set")
    by_version = {version: [row[1:] for row in under_each if row[0] == version] for version in ("0", "1.0")}
    assert by_version["0"]
    assert {*by_version["0"]} <= {*by_version["1.0"]}


def test_a_first_dose_before_consent_is_asked_about_until_one_of_the_dates_is_corrected() -> None:
    trial = Trial()
    subject = trial.treated_subject()
    consent = subject.forms.get(code="consent")

    def consented(on: str) -> list[tuple[str, str]]:
        consent.refresh_from_db()
        record = {"consent_given": "Y", "consent_date": on}
        trial.fill(subject, "consent", record, case_form=consent, reason="Source was corrected")
        drain()
        queries = Query.objects.filter(check_id="dose-before-consent")
        return list(queries.values_list("case_form__code", "state"))

    assert consented("2008-01-08") == [("infusion", "open")]
    assert consented("2008-01-07") == [("infusion", "closed")]
