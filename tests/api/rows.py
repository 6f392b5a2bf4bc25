"""A row of each kind that an address of the API names."""

from datetime import date
from decimal import Decimal

from accounts.actor import acting
from accounts.models import Membership
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from casebook.services import request_enrolment
from cohorts.models import Cohort
from endpoints.refresh import refresh_marked
from laboratory.services import add_range
from review.services import raise_query
from sdv.services import open_visit
from staff.services import open_review
from tests.cast import SETUP, Trial, actor
from tests.safety.events import reported
from tests.trail_reviews.planned import planned_review


def rows_of_each_kind(trial: Trial) -> dict[str, int]:
    """A row of each kind at site 101: every form that there is, whether or not its turn has come."""
    subject = trial.subject()
    trial.screen(subject)
    cohort = Cohort.objects.get(code="P2-10D")
    enrolment = request_enrolment(subject=subject, cohort=cohort, by=actor(trial.investigator, "investigator"))
    with acting(SETUP):
        for code in CATALOGUE:
            CaseForm.objects.get_or_create(subject=subject, code=code)
    forms = dict(subject.forms.values_list("code", "pk"))
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    refresh_marked()
    serious = reported(subject.forms.get(code="adverse_event"))
    by = actor(trial.data_manager, "data_manager")
    access_review = open_review(by=actor(trial.administrator, "administrator"))
    line = {"analyte": "K", "unit": "mmol/L", "high": Decimal(5), "valid_from": date(2000, 1, 1)}
    return forms | {
        "monitoring": open_visit(
            site=trial.site,
            purpose="Routine",
            starts_on=date(2008, 1, 7),
            present="Ines",
            monitor=trial.monitor,
            by=actor(trial.monitor, "monitor"),
        ).pk,
        "trail_review": planned_review(trial, form)[0].pk,
        "access_review": access_review.pk,
        "access_line": access_review.lines.get(user=trial.stranger).pk,
        "range": add_range(site=trial.site, **line, by=by).pk,
        "serious": serious.event_id,
        "subject": subject.pk,
        "enrolment": enrolment.pk,
        "query": query.pk,
        "visit": subject.visits.get(code="SCR").pk,
        "site": trial.site.pk,
        "user": trial.stranger.pk,
        "membership": Membership.objects.get(user=trial.stranger).pk,
    }
