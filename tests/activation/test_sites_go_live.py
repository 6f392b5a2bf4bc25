"""A site takes subjects once its checklist is signed, and no door lets anybody in before."""

from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actor import acting
from accounts.models import User
from activation.checklist import checklist, checklists, missing
from activation.services import take_site_live
from audit.models import Event
from cohorts.go_live import signature_holds
from cohorts.models import Basis, Cohort, Enrolment, EnrolmentStatus, SiteGoLive, Subject, TrialGoLive
from cohorts.services import Refused, add_subject, give_slot, reserve_slot, sync_protocol
from laboratory.services import add_range
from tests.activation.opened import approved, new_site, ranges, ready_site, staff, train
from tests.cast import PASSWORD, SETUP, Trial, actor, people, person
from tests.sdtm.study import WRITERS, data

TODAY = timezone.localdate


def signed(trial: Trial, **more: str) -> dict[str, str]:
    seen = {"forms_seen_by": "Dr Ivo", "forms_seen_on": "2026-02-01"}
    return seen | {"username": trial.data_manager.username, "password": PASSWORD} | more


def open_lines(site: Any) -> list[str]:
    return [line.what for line in missing(checklist(site, TODAY()))]


def test_each_line_is_missing_until_its_record_is_there(trial: Trial) -> None:
    with acting(SETUP):
        site = new_site()
    assert open_lines(site) == ["Ethics committee", "Reference ranges", "People", "Training"]
    approved(site)
    ranges(site)
    assert open_lines(site) == ["People", "Training"]
    staff(site)
    assert open_lines(site) == []


def test_a_line_says_what_exactly_is_missing(trial: Trial) -> None:
    site = new_site()
    ranges(site, leave_out="HGB")
    [investigator] = people(("ivo", "investigator", site))
    lines = {line.what: line for line in checklist(site, TODAY())}
    assert "have none: Haemoglobin." in lines["Reference ranges"].says
    assert lines["People"].says == "Nobody is assigned who verifies against the source."
    assert lines["Training"].says == "No training is recorded of Ivo, investigator."
    train(investigator)
    assert "Training" not in open_lines(site)


def test_a_range_for_women_alone_or_of_another_day_covers_nobody_else(trial: Trial) -> None:
    site = new_site()
    ranges(site, leave_out="HGB")
    line = {"site": site, "analyte": "HGB", "unit": "g/L", "low": Decimal(120), "high": Decimal(160), "by": SETUP}
    add_range(**line, sex="F", valid_from=date(2026, 1, 1))
    add_range(**line, sex="M", valid_from=date(2020, 1, 1), valid_to=date(2025, 12, 31))
    says = {point.what: point.says for point in checklist(site, TODAY())}["Reference ranges"]
    assert "Haemoglobin (men)" in says
    add_range(**line, sex="M", valid_from=date(2026, 1, 1), age_to=64)
    says = {point.what: point.says for point in checklist(site, TODAY())}["Reference ranges"]
    assert "Haemoglobin (some ages)" in says


def test_whoever_is_suspended_or_whose_role_ended_counts_for_nothing(trial: Trial) -> None:
    site = ready_site(trial)
    with acting(SETUP):
        User.objects.filter(username="mia").update(is_active=False)
    assert open_lines(site) == ["People"]


def test_nobody_is_added_before_and_the_page_the_api_and_the_service_say_why(trial: Trial, as_user: Any) -> None:
    site = new_site()
    new = person("nora", "coordinator", site)
    why = "Site 103 is not live: it accepts no subjects until its checklist is signed"
    with pytest.raises(Refused, match="is not live"):
        add_subject(site=site, by=actor(new, "coordinator"))
    desk = as_user(new)
    assert why in desk.get("/subjects/add/").content.decode()
    answer = desk.post("/subjects/add/", {"site": site.pk})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    answer = desk.post("/api/v1/subjects/", {"site": "103"}, content_type="application/json")
    assert answer.status_code in (400, 409, 422)
    assert why in answer.content.decode()
    assert not Subject.objects.filter(site=site).exists()


def test_nobody_is_enrolled_before_whichever_way_the_subject_came(trial: Trial) -> None:
    subject = trial.subject()
    trial.screen(subject)
    elsewhere = new_site()
    with acting(SETUP):
        Subject.objects.create(site=elsewhere, number=1, label="103-001")
        stranded = Subject.objects.get(label="103-001")
        cohort = Cohort.objects.get(code="P2-10D")
        enrolment = Enrolment.objects.create(subject=stranded, cohort=cohort, status=EnrolmentStatus.REQUESTED)
    with pytest.raises(Refused, match="Site 103 is not live"):
        reserve_slot(subject=stranded, cohort=cohort, by=SETUP)
    with pytest.raises(Refused, match="Site 103 is not live"):
        give_slot(enrolment=enrolment, on=TODAY(), by=SETUP)


def test_an_import_says_that_the_site_is_not_live(trial: Trial, tmp_path: Any) -> None:
    site = new_site("701")
    importer = person("iris", "coordinator", site)
    for name, rows in data().items():
        WRITERS["csv"](tmp_path / f"{name}.csv", rows)
    with pytest.raises(CommandError, match="Site 701 is not live"):
        call_command("import_sdtm", str(tmp_path), "--by", importer.username)
    assert not Subject.objects.filter(site=site).exists()


def test_the_checklist_is_signed_and_the_site_takes_subjects(trial: Trial, as_user: Any) -> None:
    site = ready_site(trial)
    desk, address = as_user(trial.data_manager), f"/go-live/sites/{site.pk}/"
    assert "Complete, but for the person" in desk.get(address).content.decode()
    assert desk.post(f"{address}sign/", signed(trial, password="wrong")).status_code == 422
    assert not hasattr(type(site).objects.get(pk=site.pk), "go_live")
    assert desk.post(f"{address}sign/", signed(trial)).status_code == 302
    made = SiteGoLive.objects.get(site=site)
    assert (made.basis, made.signed_by, made.live_from) == (Basis.SIGNED, "dora", TODAY())
    assert [what for what, _ in made.checklist] == [
        *("Trial", "Ethics committee", "Reference ranges", "People", "Training", "Blank forms")
    ]
    assert signature_holds(made)
    assert Event.objects.get(table_name="cohorts_sitegolive", row_id=made.pk).actor_name == "dora"
    page = desk.get(address).content.decode()
    assert "Reviewed by Dr Ivo on 1 Feb 2026." in page
    assert add_subject(site=site, by=SETUP).label == "103-001"
    assert desk.post(f"{address}sign/", signed(trial)).status_code == 422


def test_nothing_is_signed_while_a_line_is_missing(trial: Trial, as_user: Any) -> None:
    site = new_site()
    answer = as_user(trial.data_manager).post(f"/go-live/sites/{site.pk}/sign/", signed(trial))
    assert answer.status_code == 422
    assert "No approval of version 1.0 of the protocol is recorded." in answer.content.decode()
    assert not SiteGoLive.objects.filter(site=site).exists()


def test_forms_are_not_looked_through_on_a_day_to_come(trial: Trial) -> None:
    site = ready_site(trial)
    by = actor(trial.data_manager, "data_manager")
    with pytest.raises(Refused, match="is in the future"):
        take_site_live(
            site=site,
            forms_seen_by="Dr Ivo",
            forms_seen_on=TODAY() + timedelta(1),
            signer=trial.data_manager,
            by=by,
        )


def test_a_closed_site_does_not_go_live(trial: Trial) -> None:
    site = ready_site(trial)
    with acting(SETUP):
        site.is_active = False
        site.save(update_fields=["is_active"])
    by = actor(trial.data_manager, "data_manager")
    with pytest.raises(Refused, match="is closed"):
        take_site_live(site=site, forms_seen_by="X", forms_seen_on=TODAY(), signer=trial.data_manager, by=by)


def test_nobody_is_enrolled_on_a_day_before_the_site_was_live(trial: Trial) -> None:
    site = ready_site(trial)
    by = actor(trial.data_manager, "data_manager")
    take_site_live(site=site, forms_seen_by="Dr Ivo", forms_seen_on=TODAY(), signer=trial.data_manager, by=by)
    subject = add_subject(site=site, by=SETUP)
    enrolment = reserve_slot(subject=subject, cohort=Cohort.objects.get(code="P2-10D"), by=SETUP)
    with pytest.raises(Refused, match="went live later"):
        give_slot(enrolment=enrolment, on=TODAY() - timedelta(1), by=SETUP)
    assert give_slot(enrolment=enrolment, on=TODAY(), by=SETUP).status == EnrolmentStatus.APPROVED


def test_an_altered_signature_is_told(trial: Trial, as_user: Any, as_owner: Any) -> None:
    site = ready_site(trial)
    by = actor(trial.data_manager, "data_manager")
    made = take_site_live(site=site, forms_seen_by="Dr Ivo", forms_seen_on=TODAY(), signer=trial.data_manager, by=by)
    made.checklist = [["Training", "All are trained."]]
    assert not signature_holds(made)


def test_the_approval_of_the_version_in_force_is_recorded_on_the_page_of_the_site(trial: Trial, as_user: Any) -> None:
    site = new_site()
    desk, days = as_user(trial.data_manager), {"approved_on": "2026-01-20", "active_from": "2026-02-01"}
    assert desk.post(f"/go-live/sites/{site.pk}/approval/", days).status_code == 302
    assert "Ethics committee" not in open_lines(site)
    answer = desk.post(f"/go-live/sites/{site.pk}/approval/", days)
    assert answer.status_code == 422
    assert "approved at 103 already" in answer.content.decode()


def test_an_approval_that_is_active_later_does_not_count_yet(trial: Trial, as_user: Any) -> None:
    site = new_site()
    later = (TODAY() + timedelta(30)).isoformat()
    days = {"approved_on": "2026-01-20", "active_from": later}
    as_user(trial.data_manager).post(f"/go-live/sites/{site.pk}/approval/", days)
    assert "Ethics committee" in open_lines(site)


def test_the_list_shows_each_role_its_sites_with_what_is_missing(trial: Trial, as_user: Any) -> None:
    site = new_site()
    page = as_user(trial.data_manager).get("/go-live/").content.decode()
    assert "Ethics committee, Reference ranges, People, Training, and the signature" in page
    assert f"/go-live/sites/{site.pk}/" in page
    page = as_user(trial.coordinator).get("/go-live/").content.decode()
    assert "West Hospital" not in page
    assert "North Hospital" in page


def test_many_sites_take_no_more_statements_than_one(trial: Trial, django_assert_num_queries: Any) -> None:
    single = [new_site("103")]
    many = single + [new_site(f"2{number:02}") for number in range(20)]
    for site in many[:5]:
        ranges(site)
    with django_assert_num_queries(4):
        checklists(single, TODAY())
    with django_assert_num_queries(4):
        checklists(many, TODAY())


def test_every_page_says_that_the_trial_is_not_live(db: None, client: Any) -> None:
    sync_protocol(by=SETUP)
    site = new_site()
    for user, address in (
        (person("nora", "coordinator", site), "/subjects/"),
        (person("adam", "administrator"), "/people/"),
    ):
        client.force_login(user)
        assert "This trial is not live" in client.get(address).content.decode()
    with acting(SETUP):
        TrialGoLive.objects.create(basis=Basis.BEFORE)
    assert "This trial is not live" not in client.get("/people/").content.decode()


def test_without_a_signed_run_no_site_is_ready(db: None) -> None:
    sync_protocol(by=SETUP)
    site = new_site()
    staff(site)
    ranges(site)
    approved(site)
    assert open_lines(site) == ["Trial"]


LIVE_ALREADY = import_module("cohorts.migrations.0008_go_live").LIVE_ALREADY


def test_an_update_locks_out_no_site_that_has_subjects_and_says_that_nobody_signed(
    committed_db: None, as_owner: Any
) -> None:
    sync_protocol(by=SETUP)
    with acting(SETUP):
        working, empty = new_site("201"), new_site("202")
        subject = Subject.objects.create(site=working, number=1, label="201-001")
    with as_owner.transaction():
        as_owner.execute(LIVE_ALREADY)
    assert [(run.basis, run.signed_by) for run in TrialGoLive.objects.all()] == [(Basis.BEFORE, "")]
    assert [(live.site, live.basis) for live in SiteGoLive.objects.all()] == [(working, Basis.BEFORE)]
    written = Event.objects.filter(table_name__in=("cohorts_sitegolive", "cohorts_trialgolive"))
    assert {(event.actor_name, event.reason) for event in written} == {("system", "subjects were there before")}
    assert add_subject(site=working, by=SETUP).label == "201-002"
    enrolment = reserve_slot(subject=subject, cohort=Cohort.objects.get(code="P2-10D"), by=SETUP)
    assert give_slot(enrolment=enrolment, on=date(2026, 1, 5), by=SETUP).status == EnrolmentStatus.APPROVED
    with pytest.raises(Refused, match="Site 202 is not live"):
        add_subject(site=empty, by=SETUP)


def test_an_update_of_an_empty_installation_opens_nothing(committed_db: None, as_owner: Any) -> None:
    sync_protocol(by=SETUP)
    new_site("202")
    with as_owner.transaction():
        as_owner.execute(LIVE_ALREADY)
    assert not TrialGoLive.objects.exists()
    assert not SiteGoLive.objects.exists()


SIGNING = ("/go-live/sign-off/", "/go-live/sites/{site}/approval/", "/go-live/sites/{site}/sign/")


@pytest.mark.parametrize("address", SIGNING)
@pytest.mark.parametrize("who", ["investigator", "coordinator", "monitor", "sponsor", "auditor", "administrator"])
def test_nobody_but_a_data_manager_signs_a_go_live_or_records_an_approval(
    trial: Trial, as_user: Any, who: str, address: str
) -> None:
    site, user = ready_site(trial), getattr(trial, who)
    posted = signed(trial) | {"username": user.username, "approved_on": "2026-01-20", "active_from": "2026-02-01"}
    answer = as_user(user).post(address.format(site=site.pk), posted)
    assert answer.status_code in (403, 404)
    assert not SiteGoLive.objects.filter(site=site).exists()
    assert TrialGoLive.objects.filter(basis=Basis.SIGNED).count() == 0


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("SYNTHETIC_DATA", False, "a trial of one's own takes no demonstration"),
        ("ENVIRONMENT", "production", "where ENVIRONMENT is training, nowhere else"),
        ("PROTOCOL_FILE", Path("protocol/pharmaverse.toml"), "The demonstration is of NCT00426556"),
    ],
)
def test_no_demonstration_is_typed_into_a_trial_of_one_s_own(
    db: None, settings: Any, setting: str, value: Any, says: str
) -> None:
    setattr(settings, setting, value)
    with pytest.raises(CommandError, match=says):
        call_command("demo_trial", subjects=1)
    assert not User.objects.exists()
