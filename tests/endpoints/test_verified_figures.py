"""What is stored of the figures is what the records give: an alteration by SQL is found, named, and derived again."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from audit.models import Whole, WholeVerified
from audit.wholes import ask_to_verify
from endpoints import basis
from endpoints.models import Estimate, Mark, Outcome
from endpoints.records import records_of
from endpoints.refresh import mark_everyone
from endpoints.tasks import verify_figures
from tests.cast import SETUP, Trial
from tests.endpoints.test_refresh import drain
from tests.unlimited import unlimited

pytestmark = pytest.mark.django_db


@pytest.fixture
def derived() -> Trial:
    trial = Trial()
    for _ in range(2):
        trial.assess(trial.treated_subject(), 57, {"T01": "42", "T02": "28"}, "PR")
    drain()
    return trial


def verified() -> WholeVerified:
    ask_to_verify(Whole.FIGURES, SETUP)
    verify_figures()
    return WholeVerified.objects.latest("id")


def alter(statement: str, *values: Any) -> None:
    with unlimited(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount >= 1


def test_what_was_derived_is_found_as_it_is(derived: Trial) -> None:
    answer = verified()
    assert (answer.faults, answer.fault_count, answer.ended_at is not None) == ([], 0, True)
    assert "each as a fresh derivation gives it" in answer.says
    assert answer.entries == Outcome.objects.count() + Estimate.objects.count()


@pytest.mark.requirement("21 CFR 11.10(a)", "ICH E6(R3) 4.2.2")
def test_an_estimate_altered_by_sql_is_named_and_estimated_again(derived: Trial) -> None:
    alter(
        "UPDATE endpoints_estimate SET figures = jsonb_set(figures, '{response,confirmed,orr,x}', '2')"
        " WHERE population = 'P2' AND analysis_set = 'measurable'"
    )
    (fault,) = verified().faults
    assert fault == (
        "estimate of P2, measurable: altered after it was derived: figures.response.confirmed.orr.x is 2, not 0"
    )
    drain()
    assert verified().faults == []
    assert (
        Estimate.objects.get(population="P2", analysis_set="measurable").figures["response"]["confirmed"]["orr"]["x"]
        == 0
    )


@pytest.mark.parametrize(
    "change",
    [
        "row = jsonb_set(row, '{pfs}', '[900, false]')",
        "derivation = jsonb_set(derivation, '{cbor,value}', '\"CR\"')",
        "treated = false",
        "cohort_code = 'P1-5D'",
        "basis = repeat('0', 64)",
    ],
)
def test_an_outcome_altered_by_sql_is_named_and_derived_again(derived: Trial, change: str) -> None:
    outcome = Outcome.objects.select_related("subject").first()
    assert outcome is not None
    alter(f"UPDATE endpoints_outcome SET {change} WHERE subject_id = %s", outcome.pk)
    faults = verified().faults
    assert [fault for fault in faults if fault.startswith(f"outcome of subject {outcome.subject.label}: ")]
    drain()
    assert verified().faults == []


def test_an_estimate_altered_beside_an_outcome_is_named_too(derived: Trial) -> None:
    alter("UPDATE endpoints_estimate SET figures = jsonb_set(figures, '{n}', '77') WHERE population = 'P2'")
    alter("UPDATE endpoints_outcome SET derivation = '{}' WHERE subject_id = %s", Outcome.objects.latest("pk").pk)
    faults = verified().faults
    assert {fault.split()[0] for fault in faults} == {"estimate", "outcome"}
    assert any("figures.n is 77, not 2" in fault for fault in faults)


def test_a_removed_outcome_and_estimate_are_missed(derived: Trial) -> None:
    alter("DELETE FROM endpoints_estimate WHERE population = 'P2'")
    alter("DELETE FROM endpoints_outcome WHERE subject_id = %s", Outcome.objects.latest("pk").pk)
    faults = verified().faults
    assert sum("it is missing" in fault for fault in faults) >= 1
    drain()
    assert verified().faults == []


def test_what_waits_to_be_derived_is_no_fault(derived: Trial) -> None:
    subject = Outcome.objects.latest("pk").subject
    derived.assess(subject, 113, {"T01": "42", "T02": "28"}, "PR")
    assert Mark.objects.exists()
    assert verified().faults == []


def test_another_version_of_the_code_derives_everyone_afresh(derived: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    before = set(Outcome.objects.values_list("basis", flat=True))
    basis.code_digest.cache_clear()
    monkeypatch.setattr(basis, "READERS", (*basis.READERS, "tasks.py"))
    try:
        assert drain() == Outcome.objects.count()
        assert not before & set(Outcome.objects.values_list("basis", flat=True))
    finally:
        basis.code_digest.cache_clear()


def test_the_basis_is_the_same_in_whatever_order_rows_come(derived: Trial) -> None:
    (records,) = records_of([Outcome.objects.latest("pk").pk]).values()
    turned = {name: getattr(records, name)[::-1] for name in ("contacts", "signs_of_life", "assessments", "baselines")}
    assert basis.basis_of(replace(records, **turned)) == basis.basis_of(records)
    assert basis.basis_of(replace(records, contacts=records.contacts[1:])) != basis.basis_of(records)


def test_the_basis_is_the_same_whenever_it_is_derived(derived: Trial) -> None:
    before = dict(Outcome.objects.values_list("pk", "basis"))
    mark_everyone()
    drain()
    assert dict(Outcome.objects.values_list("pk", "basis")) == before
