"""The demonstration, amended three times: nothing of its past becomes missing, wrong, ineligible or uncorrectable."""

from datetime import date, timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actor import SYSTEM, acting
from accounts.models import Site, User
from amendments.replanning import plan_next
from assessments.models import CaseForm
from cohorts.amendments import approve, propose, put_in_force
from cohorts.following import follow
from cohorts.models import GoesOver, Visit
from endpoints.models import Estimate
from endpoints.refresh import refresh_marked
from protocol import in_force
from signature.shut import shut_places
from tests.amendments.portrait import Portrait, differences, portrait
from tests.cast import actor
from tests.cohorts import amended as changes
from worklists.nightly import follow_the_calendar

pytestmark = pytest.mark.django_db

SEED, SUBJECTS = 11, 4
FIRST = (changes.ECG_ON_DAY_1, changes.NARROW_WINDOWS, changes.PLATELETS_FROM_300)
SECOND = (*FIRST, *changes.SCANS_EVERY_12_WEEKS, *changes.NO_DAY_22, *changes.OTHER_DOSE_STEPS)
THIRD = (*SECOND, changes.LDH_IS_MANDATORY, changes.STATUS_0_ALONE, changes.LIMITING_BELOW_95, changes.UNCONFIRMED)
AMENDMENTS = (("2.0", FIRST, GoesOver.VISIT), ("3.0", SECOND, GoesOver.CONSENT), ("4.0", THIRD, GoesOver.VISIT))


@pytest.fixture
def demonstration() -> None:
    call_command("demo_trial", seed=SEED, subjects=SUBJECTS, stdout=StringIO())
    follow()


def amend(version: str, content: bytes, goes_over: GoesOver, on: date) -> None:
    """Signed, approved at each site, its visits planned, the night passed, the figures derived."""
    desk = User.objects.get(username="datamanager")
    by = actor(desk, "data_manager")
    proposed = propose(content=content, goes_over=goes_over, by=by, reason=f"Amendment to {version}")
    put_in_force(version=proposed, signed_by=desk, by=by, reason=f"Amendment to {version}")
    follow()
    for site in Site.objects.all():
        approve(site=site, version=proposed, approved_on=on, active_from=on, by=by)
    while plan_next():
        pass
    follow_the_calendar(day=timezone.localdate(), by=SYSTEM)
    while refresh_marked():
        pass


def test_nothing_of_the_past_changes(demonstration: None) -> None:
    before = portrait()
    for version, change, goes_over in AMENDMENTS:
        amend(version, changes.amended(*change, version=version), goes_over, timezone.localdate() - timedelta(3))
    assert list(Estimate.objects.order_by("protocol").values_list("protocol__version", flat=True).distinct()) == [
        "1.0",
        *(version for version, _, _ in AMENDMENTS),
    ]
    assert differences(before, portrait()) == {}
    all_is_compared(before)
    old_values_are_corrected()


def all_is_compared(before: Portrait) -> None:
    """Were the past judged by the version in force, each part of the comparison would say so."""
    with patch("cohorts.following.read", lambda key: in_force()):
        parts = {key[-1] for key in differences(before, portrait())}
    assert parts == {"asked", "forms", "errors", "eligibility", "checks", "paper", "casebook page", "form page"}
    # What is stored is compared with what is stored: one row moved is seen.
    visit = old_form().visit
    estimate = Estimate.objects.filter(protocol__version="1.0").order_by("pk")[0]
    try:
        with acting(SYSTEM, reason="what must be seen"):
            Visit.objects.filter(pk=visit.pk).update(window_to=visit.window_to - timedelta(1))
            Estimate.objects.filter(pk=estimate.pk).update(figures={})
            parts = {key[-1] for key in differences(before, portrait(pages=False))}
            raise Undone
    except Undone:
        pass
    assert parts >= {"visit", "figures"}


class Undone(Exception):
    """What was changed to be seen is taken back."""


def old_form() -> CaseForm:
    """The first chemistry of a cycle that takes entries still."""
    places = shut_places()
    forms = CaseForm.objects.filter(code="chemistry", state="complete", visit__kind="cycle", locked_at=None)
    in_order = forms.filter(frozen_at=None).select_related("subject__site", "visit").order_by("visit__visit_date")
    return next(form for form in in_order if not places.state_of(form.subject.site_id, form.subject_id, form.visit_id))


def old_values_are_corrected() -> None:
    """Sodium of long ago, though what the amendments ask for was not measured then."""
    form = old_form()
    assert form.visit.visit_date.year < 2010
    assert not form.laboratory_results.filter(analyte="LDH").exists()
    desk = Client()
    desk.force_login(User.objects.get(username=f"coordinator{form.subject.site.code}"))
    sodium = {"analyte": "SODIUM", "value": "141", "unit": form.laboratory_results.get(analyte="SODIUM").unit}
    body = {"version": form.version, "complete": True, "reason": "read again", "rows": [sodium]}
    answer = desk.patch(f"/api/v1/forms/chemistry/{form.pk}/", body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert str(form.laboratory_results.get(analyte="SODIUM").value) == "141"
    form.refresh_from_db()
    assert (form.state, form.visit.protocol.version) == ("complete", "1.0")
