"""The API and files say under which version of the protocol each visit was held, and each form stands."""

from datetime import date
from typing import Any

import pytest

from amendments.replanning import plan_next
from amendments.services import approve, propose
from cohorts.amendments import put_in_force
from cohorts.following import follow
from cohorts.models import GoesOver, Subject
from review.models import Query
from review.queries.export import as_rows as queries_as_rows
from review.services import raise_query
from signature.manifest_file import as_rows as signatures_as_rows
from signature.models import Signature
from signature.signing import sign_forms
from tests.cast import SETUP, Trial, actor
from tests.cohorts.amended import ECG_ON_DAY_1, amended
from tests.examples import EXAMPLES

ACTIVE = date(2008, 2, 1)


@pytest.fixture
def amended_in_between(trial: Trial) -> Subject:
    """An infusion and a medication before the amendment was active, one of each after."""
    subject, by = trial.treated_at_visits(), actor(trial.data_manager, "data_manager")
    version = propose(content=amended(ECG_ON_DAY_1), goes_over=GoesOver.VISIT, by=SETUP)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    approve(site=trial.site, version=version, approved_on=ACTIVE, active_from=ACTIVE, by=by)
    while plan_next():
        pass
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    record, rows = EXAMPLES["medication"]
    for day in ("2008-01-10", "2008-02"):
        trial.fill(subject, "medication", record | {"start_date": day, "ongoing": "Y", "end_date": ""}, rows)
    return subject


def versions_of(desk: Any, address: str) -> list[tuple[str, str]]:
    forms = desk.get(address).json()["results"]
    return sorted((form["visit_label"] or "", form["protocol_version"]) for form in forms)


def test_the_api_says_it_of_each_form(trial: Trial, as_user: Any, amended_in_between: Subject) -> None:
    desk = as_user(trial.investigator)
    infusions = [("Cycle 1, day 1", "1.0"), ("Cycle 2, day 1", "2.0")]
    assert versions_of(desk, "/api/v1/forms/infusion/") == infusions
    # A month is of its first day; nobody was under the amendment before.
    assert versions_of(desk, "/api/v1/forms/medication/") == [("", "1.0"), ("", "2.0")]
    of_all = versions_of(desk, f"/api/v1/forms/?subject={amended_in_between.pk}&page_size=100")
    assert {*infusions, ("Screening and baseline", "1.0"), ("", "2.0")} <= {*of_all}
    visits = desk.get(f"/api/v1/visits/?subject={amended_in_between.pk}&page_size=100").json()["results"]
    held = {visit["code"]: visit["protocol_version"] for visit in visits if visit["visit_date"]}
    assert held == {"SCR": "1.0", "C1D1": "1.0", "C2D1": "2.0"}


def test_the_manifest_of_signatures_says_it(trial: Trial, amended_in_between: Subject) -> None:
    forms = amended_in_between.forms.filter(code__in=("infusion", "medication"))
    by = actor(trial.investigator, "investigator")
    sign_forms(seen={form.pk: form.version for form in forms}, signed_by=trial.investigator, by=by)
    head, *rows = signatures_as_rows(Signature.objects.all())
    at = [head.index(name) for name in ("form", "visit", "protocol_version")]
    assert sorted(tuple(row[place] for place in at) for row in rows) == [
        *(("infusion", "C1D1", "1.0"), ("infusion", "C2D1", "2.0")),
        *(("medication", "", "1.0"), ("medication", "", "2.0")),
    ]


def test_the_file_of_queries_says_it_of_those_at_visits(trial: Trial, amended_in_between: Subject) -> None:
    for form in amended_in_between.forms.filter(code="infusion"):
        raise_query(case_form=form, text="Is it right?", by=actor(trial.monitor, "monitor"))
    head, *rows = queries_as_rows(Query.objects.filter(subject=amended_in_between))
    versions = {(row[head.index("visit")], row[head.index("protocol_version")]) for row in rows}
    assert versions >= {("C1D1", "1.0"), ("C2D1", "2.0")}
    assert all(version == {"": "", "C2D1": "2.0"}.get(visit, "1.0") for visit, version in versions)
