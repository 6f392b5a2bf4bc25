"""An amendment from its file to the visits of a site, on the pages and by the command."""

import csv
import html
import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from amendments.replanning import plan_next
from amendments.services import propose
from assessments.visits.placing import forms_due
from cohorts.amendments import approve, put_in_force
from cohorts.following import follow
from cohorts.models import Approval, GoesOver, ProtocolVersion, Subject, Visit
from endpoints.refresh import refresh_marked
from in_force.models import InForce
from tests.cast import PASSWORD, SETUP, Trial, actor
from tests.cohorts.amended import ECG_ON_DAY_1, SCANS_EVERY_12_WEEKS, amended
from values.dates import shown_date

CONFIRMED = ("confirmation_required = true", "confirmation_required = false")


def sent(content: bytes, **more: str) -> dict[str, Any]:
    file = SimpleUploadedFile("amendment.toml", content)
    return {"file": file, "goes_over": "visit", "reason": "Amendment 1"} | more


def proposed(*changes: tuple[str, str], goes_over: GoesOver = GoesOver.VISIT) -> ProtocolVersion:
    return propose(content=amended(*changes), goes_over=goes_over, by=SETUP)


def test_an_amendment_is_proposed_looked_at_signed_and_approved(trial: Trial, as_user: Any) -> None:
    subject = trial.treated_subject()
    desk = as_user(trial.data_manager)
    address = desk.post("/protocol/versions/propose/", sent(amended(ECG_ON_DAY_1))).url
    assert "Nothing has changed yet" in desk.get(address, follow=True).content.decode()
    name, wrong = trial.data_manager.username, {"reason": "Safety of the heart", "username": "x", "password": "y"}
    assert desk.post(f"{address}sign/", wrong).status_code == 422
    assert InForce.objects.count() == 1
    given = {"reason": "Safety of the heart", "username": name, "password": PASSWORD}
    assert desk.post(f"{address}sign/", given).status_code == 302
    assert (InForce.objects.latest().version, InForce.objects.latest().signed_by) == ("2.0", name)
    approval = {"site": trial.site.pk, "approved_on": "2008-01-20", "active_from": "2008-02-01"}
    assert desk.post(f"{address}approve/", approval).status_code == 302
    while plan_next():
        pass
    assert Approval.objects.get().planned_at is not None
    trial.infuse(subject, date(2008, 2, 4), "C2D1")
    due = {visit.code: forms_due(visit) for visit in Visit.objects.filter(subject=subject)}
    assert ("ecg" in due["C1D1"], "ecg" in due["C2D1"]) == (False, True)


def test_what_is_wrong_with_a_file_is_said_and_nothing_is_registered(trial: Trial, as_user: Any) -> None:
    answer = as_user(trial.data_manager).post("/protocol/versions/propose/", sent(amended(version="1.0")))
    assert answer.status_code == 422
    assert "Version 1.0 is known since" in answer.content.decode()
    assert ProtocolVersion.objects.count() == 1


def on_treatment_since_today(trial: Trial) -> Subject:
    subject = trial.subject()
    trial.screen(subject)
    trial.enrol(subject)
    trial.infuse(subject, timezone.localdate())
    return subject


def test_the_page_says_what_would_change_by_subject(trial: Trial, as_user: Any) -> None:
    subject, version = on_treatment_since_today(trial), proposed(*SCANS_EVERY_12_WEEKS)
    page = as_user(trial.data_manager).get(f"/protocol/versions/{version.pk}/").content.decode()
    text = " ".join(page.split())
    assert "of 1 subject that is neither frozen nor locked 1 goes over; 0 visits added, 1 moved, 0 withdrawn" in text
    assert subject.label in page
    assert "Tumour assessment 1: " in page


def test_a_day_that_cannot_be_read_is_refused(trial: Trial, as_user: Any) -> None:
    version = proposed()
    assert as_user(trial.data_manager).get(f"/protocol/versions/{version.pk}/?active_from=soon").status_code == 400


def test_figures_stand_side_by_side_under_both_plans(trial: Trial, as_user: Any) -> None:
    trial.treated_subject()
    version = proposed(CONFIRMED)
    desk, address = as_user(trial.data_manager), f"/protocol/versions/{version.pk}/"
    by = actor(trial.data_manager, "data_manager")
    for taken in (False, True):
        if taken:
            put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
            follow()
        page = desk.get(address).content.decode()
        assert '<th scope="col">Version 1.0</th>' in page, taken
        assert '<th scope="col">Version 2.0</th>' in page, taken
        assert "ORR, confirmed" in page and "ORR, unconfirmed" in page, taken


@pytest.mark.parametrize("role", ["investigator", "coordinator", "monitor", "sponsor"])
def test_versions_are_everybody_s_to_read_and_the_data_manager_s_to_write(
    trial: Trial, as_user: Any, role: str
) -> None:
    version = proposed()
    desk = as_user(getattr(trial, role))
    assert "version 2.0" in desk.get("/protocol/versions/").content.decode()
    for address in ("propose/", f"{version.pk}/", f"{version.pk}/sign/", f"{version.pk}/approve/"):
        assert desk.get(f"/protocol/versions/{address}").status_code == 403


def test_the_command_says_what_would_change_and_writes_nothing(trial: Trial, tmp_path: Path) -> None:
    subject, today = on_treatment_since_today(trial), timezone.localdate()
    file, output = tmp_path / "two.toml", StringIO()
    file.write_bytes(amended(*SCANS_EVERY_12_WEEKS))
    call_command("amend", str(file), stdout=output)
    assert f"{subject.label}, site 101: transitions on {shown_date(today)}" in output.getvalue()
    assert "moved: Tumour assessment 1: " in output.getvalue()
    assert "nothing is saved" in output.getvalue()
    assert ProtocolVersion.objects.count() == 1
    call_command("amend", str(file), "--propose", stdout=StringIO())
    assert ProtocolVersion.objects.count() == 2
    with pytest.raises(CommandError, match="is known since"):
        call_command("amend", str(file), stdout=StringIO())


def test_a_killed_planning_goes_on_where_it_was(trial: Trial) -> None:

    first, second = trial.subject(), trial.subject()
    by, version = actor(trial.data_manager, "data_manager"), proposed(ECG_ON_DAY_1)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    approve(site=trial.site, version=version, approved_on=date(2008, 2, 1), active_from=date(2008, 2, 1), by=by)
    assert plan_next(1)
    assert Approval.objects.get().planned_to == first.pk
    assert plan_next(1) and plan_next(1)
    assert (Approval.objects.get().planned_to, Approval.objects.get().planned_at is None) == (second.pk, False)
    assert not plan_next()
    second.refresh_from_db()
    assert second.protocol_id == version.pk


def test_figures_of_the_version_before_stay_with_their_date(trial: Trial, as_user: Any) -> None:
    from endpoints.models import Estimate

    subject = trial.treated_subject()
    trial.assess(subject, 57, {"T01": "40", "T02": "25"}, "PR")
    while refresh_marked():
        pass
    before = Estimate.objects.filter(population="P2").values_list("as_of", flat=True)[0]
    by, version = actor(trial.data_manager, "data_manager"), proposed(CONFIRMED)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    while refresh_marked():
        pass
    made = Estimate.objects.filter(population="P2", analysis_set="all_treated").order_by("protocol")
    assert list(made.values_list("protocol__version", flat=True)) == ["1.0", "2.0"]
    assert made[0].as_of == before
    page = words_of(as_user(trial.sponsor).get("/endpoints/P2/all_treated/"))
    assert "Under earlier versions of the protocol" in page
    assert "ORR, unconfirmed" in page
    the_whole_of_the_version_before_is_readable(as_user(trial.sponsor), made[0])


def words_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def the_whole_of_the_version_before_is_readable(desk: Any, before: Any) -> None:
    """Its tables, figures and files, with its date and plan; its numbers lead to what was derived of subjects then."""
    address = f"/endpoints/P2/all_treated/versions/{before.protocol_id}/"
    assert f'href="{address}"' in desk.get("/endpoints/P2/all_treated/").content.decode()
    page = words_of(desk.get(address))
    assert "Under NCT00426556 version 1.0, as of " in page
    assert "ORR, confirmed" in page and "ORR, unconfirmed" not in page
    for title in ("Table 1. ", "Table 2. ", "Table 3. ", "Table 4. ", "Table 5. "):
        assert title in page
    assert "was not kept" not in page
    linked = set(re.findall(r'href="([^"]*/subjects/[^"]*)"', page[page.index("<main") : page.index("</main")]))
    assert linked and all(f"/versions/{before.protocol_id}/" in link for link in linked)
    assert {desk.get(html.unescape(link)).status_code for link in linked} == {200}
    for code in ("pfs", "os", "waterfall", "spider", "swimmer"):
        assert f'id="spec-{code}"' in page, code
        for kind in ("svg", "png", "pdf"):
            assert desk.get(f"{address}{code}.{kind}").status_code == 200, (code, kind)
    for code in ("response", "times", "waterfall", "swimmer", "at_risk"):
        assert f"{address}{code}.csv" in page
        assert desk.get(f"{address}{code}.csv").status_code == 200
    for file in ("response.csv", "outcomes.csv", "os.svg"):
        named = desk.get(f"{address}{file}")["Content-Disposition"]
        assert "version_1.0" in named and f"-edc{settings.RELEASE}." in named, file
    assert desk.get("/endpoints/P2/all_treated/versions/999999/").status_code == 404
    assert desk.get(f"{address}nothing.csv").status_code == 404
    the_outcome_of_each_subject_is_readable(desk, address, before)


def the_outcome_of_each_subject_is_readable(desk: Any, address: str, before: Any) -> None:
    """One partial response that nobody confirmed: none by the version before, one by that in force."""
    subject = Subject.objects.get()
    head, line = csv.reader(StringIO(desk.get(f"{address}outcomes.csv").content.decode("utf-8-sig")))
    row = dict(zip(head, line, strict=True))
    assert (row["subject"], row["protocol_version"]) == (subject.label, "1.0")
    assert (row["best_response_confirmed"], row["best_response_unconfirmed"]) == ("SD", "PR")
    now, then = f"/endpoints/subjects/{subject.pk}/", f"/endpoints/subjects/{subject.pk}/versions/{before.protocol_id}/"
    assert f'href="{then}"' in desk.get(now).content.decode()
    text = words_of(desk.get(then))
    assert "derived under NCT00426556 version 1.0, as it stood when the next version took effect" in text
    listed = words_of(desk.get(f"{address}subjects/?which=confirmed.SD"))
    assert "under NCT00426556 version 1.0: 1 subject" in listed and then in listed


def test_what_was_derived_before_belongs_to_the_sites_of_its_subjects(trial: Trial, as_user: Any) -> None:
    subject = trial.treated_subject()
    while refresh_marked():
        pass
    before = ProtocolVersion.objects.get()
    by, version = actor(trial.data_manager, "data_manager"), proposed(CONFIRMED)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    refresh_marked()
    address = f"/endpoints/subjects/{subject.pk}/versions/{before.pk}/"
    assert as_user(trial.investigator).get(address).status_code == 200
    assert as_user(trial.stranger).get(address).status_code == 404
    pooled = f"/endpoints/P2/all_treated/versions/{before.pk}/"
    for page in (pooled, f"{pooled}subjects/", f"{pooled}outcomes.csv", f"{pooled}os.svg"):
        assert as_user(trial.investigator).get(page).status_code == 403, page
    assert as_user(trial.sponsor).get(f"{pooled}subjects/?what=all").status_code == 400


def test_pages_and_papers_say_under_which_version_a_visit_was_held(trial: Trial, as_user: Any) -> None:
    from accounts.access import access_for
    from reports.casebook_copy import Copying, casebook_contents, form_contents

    subject = trial.treated_subject()
    form = subject.forms.get(code="infusion")
    by, version = actor(trial.data_manager, "data_manager"), proposed(ECG_ON_DAY_1)
    desk = as_user(trial.investigator)
    assert "Protocol</span> version 1.0" not in desk.get(f"/forms/{form.pk}/").content.decode()
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    follow()
    assert "Protocol</span> version 1.0" in desk.get(f"/forms/{form.pk}/").content.decode()
    assert "version 2.0 of" in desk.get("/subjects/").content.decode()
    copying = Copying(access_for(trial.investigator), trial.investigator, timezone.now())
    at_a_visit = subject.forms.get(code="consent")
    assert form_contents(at_a_visit, copying)["groups"][0]["title"].endswith(", protocol version 1.0")
    read = desk.get("/api/v1/visits/").json()["results"]
    assert read and {visit["protocol_version"] for visit in read} == {"1.0"}
    printed = casebook_contents(subject, copying)
    assert printed["protocol"].startswith("version 1.0 of ")
    assert "2.0" not in printed["protocol"]
    assert all("protocol version 1.0" in group["title"] for group in printed["groups"] if "Cycle" in group["title"])


def test_a_worker_goes_by_an_amendment_that_took_force_while_it_ran(
    committed_db: None, celery_worker_process: Any
) -> None:
    from endpoints.models import Estimate
    from endpoints.tasks import refresh
    from tests.programs import wait_until

    trial = Trial()
    trial.treated_subject()
    made = Estimate.objects.filter(population="P2").values_list("protocol__version", flat=True)
    refresh.apply_async(ignore_result=True)
    wait_until(lambda: set(made.all()) == {"1.0"}, celery_worker_process, 60)
    by, version = actor(trial.data_manager, "data_manager"), proposed(CONFIRMED)
    put_in_force(version=version, signed_by=trial.data_manager, by=by, reason="Amendment 1")
    refresh.apply_async(ignore_result=True)
    wait_until(lambda: set(made.all()) == {"1.0", "2.0"}, celery_worker_process, 60)
