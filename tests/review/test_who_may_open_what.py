"""Each page of finding one's way, for each role, at the own site and from another one."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actor import acting
from accounts.roles import ROLES
from accounts.roles import Permission as P
from assessments.models import CaseForm
from audit.models import AccessEvent
from casebook.services import request_enrolment
from cohorts.models import Cohort
from laboratory.services import add_range
from review.services import raise_query
from sdv.services import open_visit
from tests.api.operations import PEOPLE
from tests.cast import SETUP, actor
from tests.safety.events import reported
from tests.trail_reviews.planned import planned_review

# (address, right that opens it, whether it belongs to one site, method)
PAGES = [
    ("/subjects/", P.VIEW_SUBJECTS, False, "get"),
    ("/subjects/add/", P.ENTER_DATA, False, "get"),
    ("/subjects/{subject}/", P.VIEW_SUBJECTS, True, "get"),
    ("/subjects/{subject}/picture/", P.VIEW_SUBJECTS, True, "get"),
    ("/subjects/{subject}/enrolment/", P.ENROL, True, "get"),
    ("/subjects/{subject}/visits/add/", P.ENTER_DATA, True, "get"),
    ("/subjects/{subject}/visits/add/", P.ENTER_DATA, True, "post"),
    ("/subjects/{subject}/treatment/begin/", P.ENTER_DATA, True, "get"),
    ("/subjects/{subject}/treatment/end/", P.ENTER_DATA, True, "post"),
    ("/cohorts/", P.VIEW_SUBJECTS, False, "get"),
    ("/cohorts/{cohort}/open/", P.MANAGE_COHORTS, False, "get"),
    ("/cohorts/{cohort}/close/", P.MANAGE_COHORTS, False, "post"),
    ("/enrolments/{enrolment}/approve/", P.APPROVE_ENROLMENT, True, "get"),
    ("/enrolments/{enrolment}/refuse/", P.APPROVE_ENROLMENT, True, "post"),
    ("/laboratory/", P.VIEW_SUBJECTS, False, "get"),
    ("/subjects/{subject}/laboratory/", P.VIEW_SUBJECTS, True, "get"),
    ("/laboratory/ranges/add/", P.MANAGE_RANGES, False, "get"),
    ("/laboratory/ranges/add/", P.MANAGE_RANGES, False, "post"),
    ("/laboratory/ranges/{range}/", P.MANAGE_RANGES, True, "get"),
    ("/laboratory/ranges/{range}/", P.MANAGE_RANGES, True, "post"),
    ("/laboratory/import/", P.IMPORT_LABORATORY, False, "get"),
    ("/laboratory/import/", P.IMPORT_LABORATORY, False, "post"),
    ("/queries/", P.VIEW_SUBJECTS, False, "get"),
    ("/queries/{query}/", P.VIEW_SUBJECTS, True, "get"),
    ("/queries/{query}/answer/", P.ANSWER_QUERY, True, "post"),
    ("/queries/{query}/close/", P.CLOSE_QUERY, True, "post"),
    ("/queries/{query}/reopen/", P.CLOSE_QUERY, True, "post"),
    ("/queries/{query}/cancel/", P.CLOSE_QUERY, True, "post"),
    ("/queries/{query}/assign/", P.CLOSE_QUERY, True, "get"),
    ("/queries/at-once/answer/", P.ANSWER_QUERY, False, "post"),
    ("/queries/at-once/close/", P.CLOSE_QUERY, False, "post"),
    ("/queries/at-once/reopen/", P.CLOSE_QUERY, False, "post"),
    ("/queries/at-once/cancel/", P.CLOSE_QUERY, False, "post"),
    ("/queries/at-once/assign/", P.CLOSE_QUERY, False, "post"),
    ("/queries/raise/", P.RAISE_QUERY, False, "get"),
    ("/queries/raise/chosen/", P.RAISE_QUERY, False, "post"),
    ("/queries/import/", P.RAISE_QUERY, False, "get"),
    ("/queries/import/", P.RAISE_QUERY, False, "post"),
    ("/queries.csv", P.VIEW_SUBJECTS, False, "get"),
    ("/queries.xlsx", P.VIEW_SUBJECTS, False, "get"),
    ("/queries/ageing/", P.VIEW_SUBJECTS, False, "get"),
    ("/queries/ageing.csv", P.VIEW_SUBJECTS, False, "get"),
    ("/queries/filters/keep/", P.VIEW_SUBJECTS, False, "post"),
    ("/queries/filters/forget/", P.VIEW_SUBJECTS, False, "post"),
    ("/subjects/{subject}/queries/add/", P.RAISE_QUERY, True, "get"),
    ("/subjects/{subject}/queries/add/", P.RAISE_QUERY, True, "post"),
    ("/sdv/", P.VERIFY_SOURCE, False, "get"),
    ("/sdv/?form={form}", P.VERIFY_SOURCE, False, "get"),
    ("/sdv/verify/", P.VERIFY_SOURCE, False, "post"),
    ("/sdv/progress/", P.VIEW_SUBJECTS, False, "get"),
    ("/sdv/progress.csv", P.VIEW_SUBJECTS, False, "get"),
    ("/forms/{form}/sdv/", P.VIEW_SUBJECTS, True, "get"),
    ("/forms/{form}/sdv/take-back/", P.VERIFY_SOURCE, True, "get"),
    ("/forms/{form}/sdv/take-back/", P.VERIFY_SOURCE, True, "post"),
    ("/monitoring-visits/", P.VIEW_SUBJECTS, False, "get"),
    ("/monitoring-visits/add/", P.VERIFY_SOURCE, False, "get"),
    ("/monitoring-visits/add/", P.VERIFY_SOURCE, False, "post"),
    ("/monitoring-visits/{monitoring}/", P.VIEW_SUBJECTS, True, "get"),
    ("/monitoring-visits/{monitoring}/report.pdf", P.VIEW_SUBJECTS, True, "get"),
    ("/monitoring-visits/{monitoring}/close/", P.VERIFY_SOURCE, True, "get"),
    ("/monitoring-visits/{monitoring}/close/", P.VERIFY_SOURCE, True, "post"),
    ("/checks/", P.VIEW_SUBJECTS, False, "get"),
    ("/checks/run/progress/", P.VIEW_SUBJECTS, False, "get"),
    ("/checks/run/", P.RUN_CHECKS, False, "get"),
    ("/checks/run/", P.RUN_CHECKS, False, "post"),
    ("/forms/{form}/queries/add/", P.RAISE_QUERY, True, "get"),
    ("/forms/{form}/lock/", P.LOCK, True, "get"),
    ("/forms/{form}/unlock/", P.LOCK, True, "post"),
    ("/forms/{form}/freeze/", P.FREEZE, True, "get"),
    ("/forms/{form}/unfreeze/", P.FREEZE, True, "post"),
    ("/forms/{form}/closure/", P.FREEZE, True, "get"),
    ("/subjects/{subject}/closure/", P.FREEZE, True, "get"),
    ("/subjects/{subject}/freeze/", P.FREEZE, True, "post"),
    ("/subjects/{subject}/lock/", P.LOCK, True, "post"),
    ("/closures/", P.VIEW_SUBJECTS, False, "get"),
    ("/sign/", P.SIGN, False, "get"),
    ("/sign/", P.SIGN, False, "post"),
    ("/signatures/", P.VIEW_SIGNATURES, False, "get"),
    ("/signatures.csv", P.VIEW_SIGNATURES, False, "get"),
    ("/trial/lock/", P.LOCK, False, "get"),
    ("/trial/unlock/", P.LOCK, False, "post"),
    ("/worklists/", P.VIEW_SUBJECTS, False, "get"),
    ("/worklists/digests/", P.VIEW_SUBJECTS, False, "get"),
    ("/serious/", P.VIEW_SUBJECTS, False, "get"),
    ("/serious/{serious}/", P.VIEW_SUBJECTS, True, "get"),
    ("/forms/{form}/clock/", P.VIEW_SUBJECTS, True, "get"),
    ("/subjects/{subject}/guidance/infusion/", P.VIEW_SUBJECTS, True, "get"),
    ("/notices/", P.CONFIRM_SERIOUS, False, "get"),
    ("/cohorts/levels/", P.VIEW_SUBJECTS, False, "get"),
    ("/cohorts/levels/{level}/decide/", P.MANAGE_COHORTS, False, "get"),
    ("/cohorts/levels/{level}/decide/", P.MANAGE_COHORTS, False, "post"),
    ("/subjects/{subject}/terms/", P.ENTER_DATA, True, "get"),
    ("/trail/", P.VIEW_TRAIL, False, "get"),
    ("/trail/?form={form}", P.VIEW_RECORD_TRAIL, False, "get"),
    ("/trail.csv", P.VIEW_TRAIL, False, "get"),
    ("/access-log/", P.VIEW_ACCESS_LOG, False, "get"),
    ("/access-log.csv", P.VIEW_ACCESS_LOG, False, "get"),
    ("/files/verify/", P.VERIFY_FILES, False, "get"),
    ("/files/verify/", P.VERIFY_FILES, False, "post"),
    ("/trail/seal/", P.VIEW_TRAIL, False, "get"),
    ("/trail/seal/verified/", P.VERIFY_WHOLES, False, "get"),
    ("/trail/seal/verify/trail/", P.VERIFY_WHOLES, False, "post"),
    ("/trail/reviews/", P.VIEW_TRAIL_REVIEWS, False, "get"),
    ("/trail/reviews/add/", P.REVIEW_TRAIL, False, "get"),
    ("/trail/reviews/add/", P.REVIEW_TRAIL, False, "post"),
    ("/trail/reviews/{trail_review}/", P.VIEW_TRAIL_REVIEWS, False, "get"),
    ("/trail/reviews/{trail_review}/sign/", P.REVIEW_TRAIL, False, "post"),
    ("/trail/reviews/{trail_review}/findings/add/?event={event}", P.REVIEW_TRAIL, False, "get"),
    ("/trail/reviews/{trail_review}/findings/{finding}/query/", P.REVIEW_TRAIL, False, "get"),
]


@pytest.fixture
def things(trial):
    subject = trial.subject()
    trial.screen(subject)
    cohort = Cohort.objects.get(code="P2-10D")
    enrolment = request_enrolment(subject=subject, cohort=cohort, by=actor(trial.investigator, "investigator"))
    form = subject.forms.get(code="demography")
    query = raise_query(case_form=form, item="age", text="54?", by=actor(trial.monitor, "monitor"))
    with acting(SETUP):
        event = reported(CaseForm.objects.create(subject=subject, code="adverse_event")).event
    keys = {"subject": subject, "cohort": cohort, "enrolment": enrolment, "form": form, "query": query}
    by = actor(trial.data_manager, "data_manager")
    line = {"analyte": "K", "unit": "mmol/L", "high": Decimal(5), "valid_from": date(2000, 1, 1)}
    keys |= dict(zip(("trail_review", "finding", "event"), planned_review(trial, form), strict=True))
    keys["range"] = add_range(site=trial.site, **line, by=by)
    keys["monitoring"] = open_visit(
        site=trial.site,
        purpose="Routine",
        starts_on=date(2008, 1, 7),
        present="Ines",
        monitor=trial.monitor,
        by=actor(trial.monitor, "monitor"),
    )
    keys |= {"serious": event, "level": Cohort.objects.get(code="P1-5D")}
    return {name: thing.pk for name, thing in keys.items()}


def expected(role, right, of_a_site):
    held = ROLES[role].permissions
    if right in held:
        return "opens"
    return 403 if P.VIEW_SUBJECTS in held or not of_a_site else 404


@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_opens_what_its_rights_open_and_a_refusal_is_logged(trial, things, as_user, role):
    client = as_user(getattr(trial, PEOPLE[role]))
    for address, right, of_a_site, method in PAGES:
        before = AccessEvent.objects.filter(kind__in=["refused", "stranger"]).count()
        status = getattr(client, method)(address.format(**things)).status_code
        refusals = AccessEvent.objects.filter(kind__in=["refused", "stranger"]).count() - before
        right_answer = expected(role, right, of_a_site)
        if right_answer == "opens":
            # A post without anything typed is answered with what is missing; one that needs nothing is done.
            assert status in ((422, 302) if method == "post" else (200,)), address
            assert refusals == 0, address
        else:
            assert (status, refusals) == (right_answer, 1), address


def test_to_a_stranger_a_page_of_another_site_does_not_exist(trial, things, as_user):
    client = as_user(trial.stranger)
    for address, method in [(page[0], page[3]) for page in PAGES if page[2]]:
        url = address.format(**things)
        assert getattr(client, method)(url).status_code == 404, address
        logged = AccessEvent.objects.filter(kind="stranger").latest("id")
        assert (logged.actor_name, logged.path) == ("stella", f"{method.upper()} {url}")


def test_nobody_opens_anything_without_signing_in(things, client):
    for address, method in [(page[0], page[3]) for page in PAGES]:
        answer = getattr(client, method)(address.format(**things))
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/accounts/login/"), address


def test_lists_show_the_own_sites_only(trial, things, as_user):
    other = trial.subject(trial.other_site)
    client = as_user(trial.stranger)
    assert [row.book.subject for row in client.get("/subjects/").context["matrix"].rows] == [other]
    assert client.get("/queries/").context["queries"] == []
    seen = client.get("/trail/").context["entries"]
    assert {entry["site"] for entry in seen} == {"102"}
    assert "101-001" not in b"".join(client.get("/trail.csv").streaming_content).decode("utf-8-sig")
    cohorts = client.get("/cohorts/").content.decode()
    assert "101-001" not in cohorts
    assert "1 of 55" in cohorts


def test_what_belongs_to_no_site_is_in_the_trail_of_those_who_see_all_sites(trial, as_user):
    assert b"Cohort changed" in as_user(trial.data_manager).get("/trail/?table=cohorts_cohort").content
    # Who sees one site alone has no such kind of record to look for: an unknown choice is refused, not passed over.
    refused = as_user(trial.coordinator).get("/trail/?table=cohorts_cohort")
    assert refused.status_code == 400
    assert "Select a valid choice" in refused.content.decode()
    assert b"Cohort changed" not in refused.content
