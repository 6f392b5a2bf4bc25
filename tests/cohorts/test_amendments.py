"""An amendment changes what comes, and nothing of what was."""

from datetime import date
from typing import Any

import pytest

from assessments.visits.placing import forms_due
from cohorts.amendments import approve, propose, put_in_force
from cohorts.models import GoesOver, ProtocolVersion
from cohorts.services import Refused
from tests.cast import SETUP, Trial, actor
from tests.cohorts.amended import (
    ECG_ON_DAY_1,
    LDH_IS_MANDATORY,
    SCANS_EVERY_12_WEEKS,
    STATUS_0_ALONE,
    amended,
)

pytestmark = pytest.mark.django_db
ACTIVE = date(2008, 2, 1)


def amend(trial: Trial, *changes: tuple[str, str], goes_over: GoesOver = GoesOver.VISIT, **approved: Any) -> Any:
    by = actor(trial.data_manager, "data_manager")
    version = propose(content=amended(*changes), goes_over=goes_over, by=by)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    approve(site=trial.site, version=version, approved_on=ACTIVE, active_from=ACTIVE, by=by, **approved)
    return version


def forms_by_visit(subject: Any) -> dict[str, tuple[str, ...]]:
    return {visit.code: tuple(forms_due(visit)) for visit in subject.visits.select_related("subject")}


def test_a_proposed_amendment_changes_nothing(trial: Trial) -> None:
    subject = trial.treated_subject()
    before = forms_by_visit(subject)
    propose(content=amended(ECG_ON_DAY_1), goes_over=GoesOver.VISIT, by=SETUP)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    assert {code: forms for code, forms in forms_by_visit(subject).items() if code in before} == before
    assert "ecg" not in forms_by_visit(subject)["C2D1"]


def test_what_a_visit_asks_for_is_that_of_its_version(trial: Trial) -> None:
    subject = trial.treated_subject()
    amend(trial, ECG_ON_DAY_1)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    assert "ecg" not in forms_by_visit(subject)["C1D1"]
    assert "ecg" in forms_by_visit(subject)["C2D1"]


def test_a_visit_is_held_under_the_version_of_its_day(trial: Trial) -> None:
    """Planned under the one, on 4 February, it took place before the other was active."""
    subject = trial.treated_subject()
    amend(trial, ECG_ON_DAY_1)
    trial.infuse(subject, date(2008, 1, 31), "C2D1")
    assert "ecg" not in forms_by_visit(subject)["C2D1"]


def test_what_is_planned_follows_the_amendment_from_its_day_on(trial: Trial) -> None:
    amend(trial, *SCANS_EVERY_12_WEEKS)
    subject = trial.treated_subject()
    scans = subject.visits.filter(kind="tumour").order_by("target_date")
    assert list(scans.values_list("code", "target_date"))[:2] == [
        ("TA01", date(2008, 3, 31)),
        ("TA02", date(2008, 6, 23)),
    ]


def test_a_visit_that_is_overdue_stays_as_it_was_planned(trial: Trial) -> None:
    subject = trial.treated_subject()
    before = dict(subject.visits.filter(kind="tumour").values_list("code", "target_date"))
    amend(trial, *SCANS_EVERY_12_WEEKS)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    after = dict(subject.visits.filter(kind="tumour").values_list("code", "target_date"))
    assert {code: after.get(code) for code in before} == before


def test_a_site_that_has_not_approved_goes_on_as_before(trial: Trial) -> None:
    amend(trial, ECG_ON_DAY_1)
    elsewhere = trial.treated_subject(site=trial.other_site)
    assert all("ecg" not in forms for code, forms in forms_by_visit(elsewhere).items() if code.endswith("D1"))


def test_a_result_of_before_is_corrected_without_what_the_amendment_asks_for(trial: Trial) -> None:
    from tests.examples import EXAMPLES

    subject = trial.treated_subject()
    form = subject.forms.get(code="chemistry", visit__code="SCR")
    amend(trial, LDH_IS_MANDATORY)
    record, rows = EXAMPLES["chemistry"]
    assert all(row["analyte"] != "LDH" for row in rows)
    again = trial.fill(
        subject, "chemistry", record | {"laboratory": "Another"}, rows, case_form=form, reason="read again"
    )
    assert again.state == "complete"


def test_a_criterion_that_became_stricter_makes_nobody_ineligible_afterwards(trial: Trial) -> None:
    from casebook.enrolment import cohort_offers

    subject = trial.subject()
    trial.screen(subject)
    amend(trial, STATUS_0_ALONE)
    offer = next(offer for offer in cohort_offers(subject) if offer.plan.code == "P2-10D")
    assert offer.against == []


def test_who_consents_afterwards_is_judged_by_the_amendment(trial: Trial) -> None:
    from casebook.enrolment import cohort_offers

    by = actor(trial.data_manager, "data_manager")
    version = propose(content=amended(STATUS_0_ALONE), goes_over=GoesOver.VISIT, by=by)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    approve(site=trial.site, version=version, approved_on=date(2007, 12, 1), active_from=date(2007, 12, 1), by=by)
    subject = trial.subject()
    trial.screen(subject)
    offer = next(offer for offer in cohort_offers(subject) if offer.plan.code == "P2-10D")
    assert [verdict.criterion.code for verdict in offer.against] == ["I03"]


def test_a_renewed_consent_takes_a_subject_over(trial: Trial) -> None:
    subject = trial.treated_subject()
    amend(trial, ECG_ON_DAY_1, goes_over=GoesOver.CONSENT)
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    assert "ecg" not in forms_by_visit(subject)["C2D1"]
    renewed = {"consent_given": "Y", "consent_date": "2008-02-20", "protocol_version": "2.0"}
    trial.fill(subject, "reconsent", renewed)
    trial.infuse(subject, date(2008, 3, 3), "C3D1")
    assert "ecg" in forms_by_visit(subject)["C3D1"]
    assert "ecg" not in forms_by_visit(subject)["C2D1"]


def test_a_consent_to_a_version_that_is_none_is_refused(trial: Trial) -> None:
    subject = trial.treated_subject()
    renewed = {"consent_given": "Y", "consent_date": "2008-02-20", "protocol_version": "7.0"}
    with pytest.raises(Refused, match=r"There is no such version of the protocol: 1\.0\."):
        trial.fill(subject, "reconsent", renewed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (amended(version="1.0"), "Version 1.0 is known since"),
        (amended(('code = "NCT00426556"', 'code = "NCT00000000"')), "an amendment is of NCT00426556"),
        (b"version =", "is not TOML"),
        (amended(("cycle_days = 28", "cycle_days = 0")), "regimen.cycle_days"),
    ],
)
def test_what_is_no_amendment_is_refused(trial: Trial, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        propose(content=content, goes_over=GoesOver.VISIT, by=SETUP)
    assert ProtocolVersion.objects.count() == 1


def test_a_cohort_with_subjects_does_not_vanish(trial: Trial) -> None:
    trial.treated_subject("P2-10D")
    with pytest.raises(Refused, match="The cohort P2-10D has 1 subject and is not in the file"):
        propose(content=amended().replace(b"P2-10D", b"P9-10D"), goes_over=GoesOver.VISIT, by=SETUP)


def test_an_amendment_takes_force_once(trial: Trial) -> None:
    version = propose(content=amended(), goes_over=GoesOver.VISIT, by=SETUP)
    put_in_force(version=version, signed_by=trial.data_manager, by=SETUP, reason="Amendment 1")
    with pytest.raises(Refused, match="is in force already"):
        put_in_force(version=version, signed_by=trial.data_manager, by=SETUP, reason="Amendment 1")


def test_an_approval_is_of_a_version_in_force_and_of_a_day_that_has_come(trial: Trial) -> None:
    version = propose(content=amended(), goes_over=GoesOver.VISIT, by=SETUP)
    days = {"approved_on": ACTIVE, "active_from": ACTIVE}
    with pytest.raises(Refused, match="is not in force"):
        approve(site=trial.site, version=version, by=SETUP, **days)
    put_in_force(version=version, signed_by=trial.data_manager, by=SETUP, reason="Amendment 1")
    with pytest.raises(Refused, match="approved later"):
        approve(site=trial.site, version=version, by=SETUP, approved_on=ACTIVE, active_from=date(2008, 1, 1))
    with pytest.raises(Refused, match="is in the future"):
        approve(site=trial.site, version=version, by=SETUP, approved_on=date(2100, 1, 1), active_from=date(2100, 1, 1))
    approve(site=trial.site, version=version, by=SETUP, **days)
    with pytest.raises(Refused, match="approved at 101 already"):
        approve(site=trial.site, version=version, by=SETUP, **days)


def test_a_screening_that_took_place_keeps_its_version_and_its_window(trial: Trial) -> None:
    """Consented on 20 December, it began to count 14 days before the first dose by the amendment, 28 before it."""
    by = actor(trial.data_manager, "data_manager")
    version = propose(content=amended(("days_before = 28", "days_before = 14")), goes_over=GoesOver.VISIT, by=by)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    day = date(2007, 12, 22)
    approve(site=trial.site, version=version, approved_on=day, active_from=day, by=by)
    screening = trial.treated_subject().visits.get(code="SCR")
    assert (screening.protocol.version, screening.window_from) == ("1.0", date(2007, 12, 20))


def test_who_died_before_an_amendment_never_goes_over(trial: Trial) -> None:
    subject = trial.treated_subject()
    trial.fill(subject, "death", {"death_date": "2008-01-30", "cause": "DISEASE UNDER STUDY"})
    amend(trial, ECG_ON_DAY_1)
    trial.infuse(subject, date(2008, 1, 14), "C1D8")
    subject.refresh_from_db()
    assert subject.protocol.version == "1.0"
    assert {visit.protocol.version for visit in subject.visits.all()} == {"1.0"}
