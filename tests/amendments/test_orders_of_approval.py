"""Two amendments, and sites that approve them late, in another order or never: no visit that took place changes its
version, and nothing that was recorded becomes missing, wrong or uncorrectable."""

from datetime import date
from typing import Any

import pytest

from amendments.replanning import plan_next
from amendments.services import approve, propose
from assessments.visits.placing import forms_due
from casebook.enrolment import cohort_offers
from casebook.services import request_enrolment
from cohorts.amendments import put_in_force
from cohorts.following import follow
from cohorts.models import Cohort, GoesOver, ProtocolVersion, Subject
from cohorts.services import Refused, open_cohort
from tests.amendments.portrait import differences, portrait
from tests.cast import PASSWORD, Trial, actor
from tests.cohorts.amended import ECG_ON_DAY_1, LDH_IS_MANDATORY, NEW_COHORT, amended

FIRST, SECOND = (ECG_ON_DAY_1,), (ECG_ON_DAY_1, LDH_IS_MANDATORY)


def in_force(trial: Trial, version: str, changes: Any, goes_over: GoesOver = GoesOver.VISIT) -> ProtocolVersion:
    by = actor(trial.data_manager, "data_manager")
    proposed = propose(content=amended(*changes, version=version), goes_over=goes_over, by=by, reason=version)
    put_in_force(version=proposed, signed_by=trial.data_manager, by=by, reason=version)
    follow()
    return proposed


def approved(trial: Trial, version: ProtocolVersion, on: date, site: Any = None) -> None:
    by = actor(trial.data_manager, "data_manager")
    approve(site=site or trial.site, version=version, approved_on=on, active_from=on, by=by)
    while plan_next():
        pass


@pytest.fixture
def subject(trial: Trial) -> Subject:
    return trial.treated_at_visits()


def held(subject: Subject) -> dict[str, str]:
    """By the code of each visit that took place, the version that it was held under."""
    visits = subject.visits.exclude(visit_date=None).select_related("protocol")
    return {visit.code: visit.protocol.version for visit in visits if visit.protocol}


def test_the_second_before_the_first_leaves_the_first_out(trial: Trial, subject: Subject, as_user: Any) -> None:
    first, second = in_force(trial, "2.0", FIRST), in_force(trial, "3.0", SECOND)
    approved(trial, second, date(2008, 2, 1))
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    assert held(subject) == {"SCR": "1.0", "C1D1": "1.0", "C2D1": "3.0"}
    before = portrait()
    # The committee's letter on the first comes later, of a later and of an earlier day.
    approved(trial, first, date(2008, 2, 20))
    assert differences(before, portrait()) == {}
    trial.infuse(subject, date(2008, 3, 3), "C3D1")
    assert held(subject)["C3D1"] == "3.0"
    page = as_user(trial.data_manager).get(f"/protocol/versions/{first.pk}/").content.decode()
    assert "planned by it since" in page


def test_the_first_in_between_once_the_second_is_active_changes_no_visit_that_took_place(
    trial: Trial, subject: Subject
) -> None:
    first, second = in_force(trial, "2.0", FIRST), in_force(trial, "3.0", SECOND)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    approved(trial, second, date(2008, 3, 1))
    before = portrait()
    approved(trial, first, date(2008, 2, 1))
    assert differences(before, portrait()) == {}
    assert held(subject)["C2D1"] == "1.0"
    trial.infuse(subject, date(2008, 3, 3), "C3D1")
    assert held(subject)["C3D1"] == "3.0"


def test_a_site_that_never_approves_goes_on_by_the_version_that_it_has(
    trial: Trial, subject: Subject, as_user: Any
) -> None:
    of_other_site = trial.treated_at_visits(trial.other_site)
    version = in_force(trial, "2.0", SECOND)
    approved(trial, version, date(2008, 2, 1), trial.other_site)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    trial.infuse(of_other_site, date(2008, 2, 4), "C2D1")
    assert (held(subject)["C2D1"], held(of_other_site)["C2D1"]) == ("1.0", "2.0")
    assert "ecg" not in forms_due(subject.visits.get(code="C2D1"))
    desk = as_user(trial.coordinator)
    # A newcomer there consents to what is active there.
    added = trial.subject()
    trial.screen(added)
    assert held(added) == {"SCR": "1.0"}
    for address in ("/subjects/", f"/subjects/{subject.pk}/", f"/subjects/{added.pk}/", "/protocol/versions/"):
        assert desk.get(address).status_code == 200, address
    form = subject.forms.get(code="infusion", visit__code="C2D1")
    assert "version 1.0" in desk.get(f"/forms/{form.pk}/").content.decode()


def test_an_approval_that_is_recorded_late_leaves_what_took_place_meanwhile(
    trial: Trial, subject: Subject, as_user: Any
) -> None:
    version = in_force(trial, "2.0", SECOND)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    trial.fill(subject, "chemistry", *chemistry("2008-02-04"), visit="C2D1")
    before = portrait()
    desk = as_user(trial.data_manager)
    approval = {"site": trial.site.pk, "approved_on": "2008-01-20", "active_from": "2008-02-01"}
    assert desk.post(f"/protocol/versions/{version.pk}/approve/", approval).status_code == 302
    while plan_next():
        pass
    assert differences(before, portrait()) == {}
    assert held(subject)["C2D1"] == "1.0"
    # A result of then is corrected without what the amendment asks for.
    form = subject.forms.select_related("visit", "subject__site").get(code="chemistry", visit__code="C2D1")
    record, rows = chemistry("2008-02-04")
    trial.fill(form.subject, "chemistry", record, [{**row, "row": place} for place, row in enumerate(rows, 1)],
               case_form=form, reason="read again")  # fmt: skip
    form.refresh_from_db()
    assert (form.state, form.visit.protocol.version) == ("complete", "1.0")


@pytest.mark.parametrize("goes_over", [GoesOver.VISIT, GoesOver.CONSENT])
def test_a_re_consent_to_an_older_version_takes_nobody_back(
    trial: Trial, subject: Subject, goes_over: GoesOver, as_user: Any
) -> None:
    version = in_force(trial, "2.0", FIRST, goes_over)
    approved(trial, version, date(2008, 2, 1))
    trial.fill(subject, "reconsent", consented("2008-02-02", "2.0"))
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    before = portrait()
    # By the page, as the site's coordinator types it.
    desk = as_user(trial.coordinator)
    sent = {"consent_given": "Y", "consent_date": "2008-02-20", "protocol_version": "1.0", "action": "complete"}
    answer = desk.post(f"/subjects/{subject.pk}/forms/reconsent/", sent)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert subject.forms.filter(code="reconsent", state="complete").count() == 2
    changed = differences(before, portrait(pages=False) | {key: before[key] for key in before if "page" in key[-1]})
    assert {key[-1] for key in changed} <= {"paper", "queries"}
    trial.infuse(subject, date(2008, 3, 3), "C3D1")
    assert held(subject) == {"SCR": "1.0", "C1D1": "1.0", "C2D1": "2.0", "C3D1": "2.0"}


def consented(on: str, version: str) -> dict[str, str]:
    return {"consent_given": "Y", "consent_date": on, "protocol_version": version}


def chemistry(on: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    from tests.examples import EXAMPLES

    record, rows = EXAMPLES["chemistry"]
    return {**record, "sample_date": on}, [row for row in rows if row["analyte"] != "LDH"]


def test_the_pages_of_both_amendments_name_the_sites_that_approved_them(trial: Trial, as_user: Any) -> None:
    first, second = in_force(trial, "2.0", FIRST), in_force(trial, "3.0", SECOND)
    approved(trial, second, date(2008, 2, 1))
    desk = as_user(trial.data_manager)
    assert "No site has approved it yet" in desk.get(f"/protocol/versions/{first.pk}/").content.decode()
    page = desk.get(f"/protocol/versions/{second.pk}/").content.decode()
    assert "1 Feb 2008" in page and "North Hospital" in page
    given = {"reason": "again", "username": trial.data_manager.username, "password": PASSWORD}
    again = desk.post(f"/protocol/versions/{second.pk}/sign/", given)
    assert again.status_code == 422 and "is in force already" in again.content.decode()


def test_a_cohort_that_an_amendment_adds_takes_nobody_where_it_is_not_active(trial: Trial, as_user: Any) -> None:
    version = in_force(trial, "2.0", NEW_COHORT)
    new, by = Cohort.objects.get(code="P1-20D"), actor(trial.data_manager, "data_manager")
    open_cohort(cohort=new, reason="level opened", by=by)
    of_this_site, of_other_site = trial.subject(), trial.subject(trial.other_site)
    for subject in (of_this_site, of_other_site):
        trial.screen(subject)
    approved(trial, version, date(2007, 12, 1), trial.other_site)
    of_other_site.refresh_from_db()
    offered = [{offer.plan.code for offer in cohort_offers(subject)} for subject in (of_this_site, of_other_site)]
    assert offered[1] - offered[0] == {"P1-20D"}
    page = as_user(trial.investigator).get(f"/subjects/{of_this_site.pk}/enrolment/").content.decode()
    assert "Everolimus 10 mg daily" in page and "Everolimus 20 mg daily" not in page
    investigator = actor(trial.investigator, "investigator")
    with pytest.raises(Refused, match=r"of a later version of the protocol than 1\.0, which holds for 101-001"):
        request_enrolment(subject=of_this_site, cohort=new, by=investigator)
    assert request_enrolment(subject=of_other_site, cohort=new, by=by).cohort == new
