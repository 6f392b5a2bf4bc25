"""Every page there is, in a real browser at both widths: nothing sticks out, nothing breaks WCAG 2.2 AA."""

from datetime import date
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, get_resolver

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from audit.sealing import seal_trail
from casebook.services import request_enrolment
from cohorts.models import Cohort, ProtocolVersion
from laboratory.services import add_range
from review.services import raise_query
from safety.models import LevelDecision, SeriousEvent
from safety.services import considered_now, decide_level
from sdv.services import FormToVerify, open_visit, verify
from signature.signing import sign_forms
from staff.services import open_review
from tests.browser.desk import faults, picture, settle, sign_in, violations, watched
from tests.cast import actor
from tests.examples import EXAMPLES
from tests.safety.conftest import SERIOUS
from tests.trail_reviews.planned import planned_review

# High enough for whole pages: the bar that stays at the bottom of a form would cover half of a button here and there.
WIDE, NARROW = {"width": 1280, "height": 3000}, {"width": 390, "height": 5000}
# Names of addresses by who looks at them; {} is filled in by `things`.
PAGES = {
    "coordinator": {
        "subject_list": "/subjects/",
        "subject_add": "/subjects/add/",
        "subject": "/subjects/{subject}/",
        "subject_picture": "/subjects/{subject}/picture/",
        "laboratory_trend": "/subjects/{subject}/laboratory/",
        "form": "/forms/{form}/",
        "work": "/worklists/",
        "digests": "/worklists/digests/",
        "laboratory_import": "/laboratory/import/",
        "query": "/queries/{query}/",
        "visit_add": "/subjects/{subject}/visits/add/",
        "visit_missed": "/visits/{missed}/missed/",
        "treatment_begin": "/subjects/{enrolled}/treatment/begin/",
        "treatment_end": "/subjects/{subject}/treatment/end/",
        "account": "/account/",
        "account_change_password": "/accounts/password/change/",
        "mfa_index": "/accounts/2fa/",
        "mfa_activate_totp": "/accounts/2fa/totp/activate/",
        "notice_list": "/notices/",
        "protocol": "/protocol/",
        "protocol_version": "/protocol/{version}/",
        "serious_list": "/serious/",
        "serious_event": "/serious/{event}/",
        "styleguide": "/styleguide/",
        "styleguide_form": "/styleguide/form/",
    },
    "investigator": {
        "to_sign": "/sign/",
        "enrolment_request": "/subjects/{screened}/enrolment/",
        "trail": "/trail/?form={form}",
    },
    "monitor": {
        "query_list": "/queries/",
        "query_raise": "/forms/{form}/queries/add/",
        "trail_seal": "/trail/seal/",
        "trail_review_list": "/trail/reviews/",
        "trail_review_plan": "/trail/reviews/add/?form_type=demography",
        "trail_review": "/trail/reviews/{trail_review}/?view=table",
        "trail_review_sign": "/trail/reviews/{trail_review}/sign/",
        "trail_finding_add": "/trail/reviews/{trail_review}/findings/add/?event={entry}",
        "trail_finding_query": "/trail/reviews/{trail_review}/findings/{finding}/query/",
        "subject_query_raise": "/subjects/{subject}/queries/add/",
        "query_assign": "/queries/{query}/assign/",
        "query_ageing": "/queries/ageing/",
        "queries_raise": "/queries/raise/?form=tumour&item=overall_response",
        "queries_import": "/queries/import/",
        "sdv_list": "/sdv/?scope=all",
        "sdv_progress": "/sdv/progress/",
        "sdv_form": "/forms/{verified}/sdv/",
        "sdv_take_back": "/forms/{verified}/sdv/take-back/",
        "monitoring_visit_list": "/monitoring-visits/",
        "monitoring_visit_open": "/monitoring-visits/add/",
        "monitoring_visit": "/monitoring-visits/{monitoring}/",
        "monitoring_visit_close": "/monitoring-visits/{monitoring}/close/",
    },
    "data_manager": {
        "cohort_list": "/cohorts/",
        "go_live": "/go-live/",
        "run_sign": "/go-live/sign-off/",
        "site_checklist": "/go-live/sites/{site}/",
        "site_approval": "/go-live/sites/{site}/approval/",
        "site_sign": "/go-live/sites/{site}/sign/",
        "ranges_from_file": "/set-up/ranges/",
        "version_list": "/protocol/versions/",
        "amendment_propose": "/protocol/versions/propose/",
        "amendment": "/protocol/versions/{version}/",
        "amendment_sign": "/protocol/versions/{version}/sign/",
        "amendment_approve": "/protocol/versions/{version}/approve/",
        "cohort_open": "/cohorts/{cohort}/open/",
        "cohort_close": "/cohorts/{cohort}/close/",
        "enrolment_approve": "/enrolments/{enrolment}/approve/",
        "closure_list": "/closures/",
        "signature_list": "/signatures/",
        "form_closure": "/forms/{form}/closure/",
        "trial_closure": "/trial/closure/",
        "trial_turn": "/trial/lock/",
        "dose_levels": "/cohorts/levels/",
        "range_list": "/laboratory/",
        "range_add": "/laboratory/ranges/add/",
        "range_change": "/laboratory/ranges/{range}/",
        "level_decide": "/cohorts/levels/{level}/decide/",
        "level_decision": "/cohorts/decisions/{decision}/",
        "check_list": "/checks/",
        "checks_run": "/checks/run/",
        "status": "/status/",
        "file_check": "/files/verify/",
        # With what was verified on it, which the monitor's has not.
        "trail_seal": "/trail/seal/",
    },
    "sponsor": {
        "endpoints": "/endpoints/",
        "endpoints_subjects": "/endpoints/P2/measurable/subjects/",
        "endpoints_subject": "/endpoints/subjects/{subject}/",
    },
    "administrator": {
        "sites_from_file": "/set-up/sites/",
        "people_from_file": "/set-up/people/",
        "people": "/people/",
        "randomisation_lists": "/people/randomisation/",
        "person_add": "/people/add/",
        "person": "/people/{person}/",
        "person_suspend": "/people/{person}/suspend/",
        "person_leave": "/people/{person}/leave/",
        "person_correct": "/people/{person}/correct/",
        "person_reset_factor": "/people/{person}/reset-factor/",
        "site_list": "/people/sites/",
        "site_add": "/people/sites/add/",
        "site_close": "/people/sites/{site}/close/",
        "site_time_zone": "/people/sites/{site}/time-zone/",
        "role_list": "/people/roles/",
        "access_log": "/access-log/",
        "staff_list": "/staff/",
        "access_review_list": "/staff/reviews/",
        "access_review": "/staff/reviews/{access_review}/",
        "access_review_sign": "/staff/reviews/{access_review}/sign/",
        "access_review_open": "/staff/reviews/open/",
        "access_line_end": "/staff/reviews/{access_review}/lines/{access_line}/end/",
    },
}


@pytest.fixture(scope="module")
def site(committed_module_db, standing_site):
    """One trial for all pages: they are only looked at."""
    return standing_site


@pytest.fixture
def browser_page(page, site):
    watched(page, site)
    yield page
    assert faults(page) == []


@pytest.fixture(scope="module")
def trial(site):
    from tests.cast import Trial

    return Trial()


@pytest.fixture(scope="module")
def things(trial):
    subject, enrolled, screened = trial.treated_subject(), trial.subject(), trial.subject()
    trial.screen(enrolled)
    trial.enrol(enrolled)
    trial.screen(screened)
    trial.screen(asking := trial.subject())
    form = trial.assess(subject, 57, {"T01": "42", "T02": "28"}, "PR")
    query = raise_query(case_form=form, item="overall_response", text="Why?", by=actor(trial.monitor, "monitor"))
    line = {"analyte": "K", "unit": "mmol/L", "low": Decimal("3.5"), "high": Decimal(5), "valid_from": date(2000, 1, 1)}
    held = add_range(site=trial.site, **line, by=actor(trial.data_manager, "data_manager"))
    trial.fill(subject, "adverse_event", SERIOUS)
    low = Cohort.objects.get(code="P1-5D")
    opening = {"decision": LevelDecision.OPEN, "decided_on": date(2008, 3, 1), "participants": "Dr A, Dr B"}
    decided = decide_level(
        cohort=low,
        **opening,
        rationale="No toxicity so far.",
        seen=considered_now()[1],
        signed_by=trial.data_manager,
        by=actor(trial.data_manager, "data_manager"),
    )
    plan, finding, entry = planned_review(trial, subject.forms.get(code="demography"))
    visit = {"purpose": "Routine", "starts_on": date(2008, 3, 3), "present": "Ines, Carla"}
    monitoring = open_visit(site=trial.site, **visit, monitor=trial.monitor, by=actor(trial.monitor, "monitor"))
    verified = subject.forms.get(code="demography")
    verify(chosen=[FormToVerify(verified.pk)], by=lambda _: actor(trial.monitor, "monitor"))
    by = actor(trial.investigator, "investigator")
    for signed in (subject.forms.get(code="consent"), ecg := subject.forms.get(code="ecg")):
        sign_forms(seen={signed.pk: signed.version}, signed_by=trial.investigator, by=by)
    # One holds, the other lapses.
    trial.fill(subject, "ecg", *EXAMPLES["ecg"], visit="SCR", case_form=ecg, reason="seen again")
    seal_trail()
    access_review = open_review(by=actor(trial.administrator, "administrator"))
    return {
        "access_review": access_review.pk,
        "access_line": access_review.lines.get(user=trial.coordinator).pk,
        "monitoring": monitoring.pk,
        "verified": verified.pk,
        "trail_review": plan.pk,
        "finding": finding.pk,
        "entry": entry.pk,
        "event": SeriousEvent.objects.get().pk,
        "decision": decided.pk,
        "range": held.pk,
        "subject": subject.pk,
        "enrolled": enrolled.pk,
        "missed": subject.visits.get(code="C1D8").pk,
        "screened": screened.pk,
        "form": form.pk,
        "query": query.pk,
        "cohort": Cohort.objects.get(code="P2-10D").pk,
        "version": ProtocolVersion.objects.get().pk,
        "level": low.pk,
        "enrolment": request_enrolment(
            subject=asking, cohort=Cohort.objects.get(code="P2-10D"), by=actor(trial.investigator, "investigator")
        ).pk,
        "site": trial.other_site.pk,
        "person": trial.coordinator.pk,
    }


@pytest.mark.parametrize("who", PAGES)
def test_pages_keep_to_the_rules_of_accessibility_at_both_widths(browser_page, trial, things, who):
    sign_in(browser_page, getattr(trial, who))
    for name, address in PAGES[who].items():
        browser_page.goto(browser_page.address + address.format(**things))
        settle(browser_page)
        assert browser_page.locator("h1").count() == 1, name
        is_sound(browser_page, name)


@pytest.mark.parametrize("part", range(4))
def test_every_form_keeps_to_the_rules_of_accessibility_at_both_widths(browser_page, trial, things, part):
    sign_in(browser_page, trial.coordinator)
    for code in sorted(CATALOGUE)[part::4]:
        browser_page.goto(f"{browser_page.address}{_address(trial, things['subject'], code)}")
        settle(browser_page)
        is_sound(browser_page, code)


def _address(trial, subject: int, code: str) -> str:
    """The form as it was saved, where one was; else a new one at a visit that asks for it."""
    saved = CaseForm.objects.filter(subject=subject, code=code).first()
    if saved is None and code in EXAMPLES and CATALOGUE[code].is_log:
        saved = trial.fill(trial.site.subjects.get(pk=subject), code, *EXAMPLES[code])
    return f"/forms/{saved.pk}/" if saved else f"/subjects/{subject}/forms/{code}/"


def is_sound(page, name: str) -> None:
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{name} sticks out by {over} pixels at {size['width']}"
        assert (name, violations(page)) == (name, [])
        picture(page, f"{name}-{size['width']}")


@pytest.mark.parametrize("status", [500, 503])
def test_what_is_shown_when_something_broke_is_sound_by_itself(browser_page, status):
    body = render_to_string(f"errors/{status}.html", {"number": "4f2a91"})
    address = f"{browser_page.address}/subjects/"
    browser_page.route(address, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    browser_page.goto(address)
    is_sound(browser_page, str(status))
    assert browser_page.locator("h1").evaluate("heading => getComputedStyle(heading).fontWeight") == "650"


def test_no_page_is_forgotten():
    looked_at = {name for pages in PAGES.values() for name in pages}
    assert named(get_resolver().url_patterns) - looked_at - NOT_LOOKED_AT == set()


def named(patterns) -> set[str]:
    names = set()
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith("api/"):
                names |= named(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            names.add(pattern.name)
    return names


# Files, fragments of a page, what only a POST takes, and pages of allauth that need a state of their own.
NOT_LOOKED_AT = {
    *("password_link", "account_login", "account_logout", "account_reauthenticate", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "account_token_create", "account_token_revoke", "mfa_add_webauthn"),
    *("mfa_authenticate", "mfa_deactivate_totp", "mfa_download_recovery_codes", "mfa_edit_webauthn"),
    *("mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_login_webauthn", "mfa_reauthenticate"),
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes"),
    *(
        "eligibility_verdicts",
        "infusion_doses",
        "laboratory_results",
        "lesion_preview",
        "here",
        "saved",
        "subject_terms",
    ),
    "laboratory_template",
    "sites_template",
    "people_template",
    "ranges_template",
    # Seen in test_entered_in_error and test_answers_while_typing.
    *("form_withdraw", "form_restore", "form_answers"),
    *(
        "endpoints_under",
        "endpoints_file_under",
        "endpoints_subject_under",
        "endpoints_subjects_under",
        "endpoints_as_of",
        "endpoints_file",
        "endpoints_of",
        "endpoints_report",
        "endpoints_table",
        "trail_csv",
    ),
    *("enrolment_refuse", "membership_grant", "membership_revoke", "notices_read", "query_step"),
    # As person_suspend, which is looked at; the statement's page is looked at by who has not signed it.
    *("person_sign_out", "session_revoke", "session_end", "training_add", "statement"),
    *("person_password_link", "person_reinstate", "site_reopen", "visit_remove", "health", "home", "form_add"),
    *("query_field", "query_file", "query_ageing_file", "query_filter_keep", "query_filter_forget"),
    *("queries_at_once", "queries_raise_chosen"),
    # As trial_closure and trial_turn, which are looked at.
    *("visit_closure", "subject_closure", "site_closure", "form_turn", "visit_turn", "subject_turn", "site_turn"),
    *("sdv_verify", "sdv_progress_file", "monitoring_visit_report"),
    *("access_log_csv", "trail_anchor", "staff_csv", "access_review_csv", "access_lines_keep"),
    *("casebook_copy", "form_copy", "record_copy", "signature_file"),
    # Part of trail_seal, and what it posts to.
    *("verified", "verify_whole"),
    *(
        "blank_crf",
        "protocol_file",
        "protocol_version_file",
        "serious_clock",
        "serious_confirm",
        "check_run",
        "dose_guidance",
    ),
}
