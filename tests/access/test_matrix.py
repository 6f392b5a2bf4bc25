"""The whole of it: every address is in a table with its right, and does for each role what the table says."""

from collections.abc import Iterator
from datetime import date
from string import Formatter
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, get_resolver, resolve, reverse

from accounts.models import Membership, SignIn
from accounts.roles import ROLES
from audit.models import AccessEvent, Event
from audit.sealing import seal_trail
from cohorts.models import Cohort, ProtocolVersion
from endpoints.models import EarlierOutcome, Outcome
from endpoints.refresh import refresh_marked
from safety.models import LevelDecision, SeriousReport
from safety.services import considered_now, decide_level
from staff.services import open_review
from tests.access.matrix import OPEN, OWN_SIGN_IN, PAGES, SIGNED_IN, WHOLE_TRIAL
from tests.api.operations import OPERATIONS
from tests.cast import Trial, actor
from tests.review.test_who_may_open_what import PAGES as PAGES_OF_WORK
from tests.review.test_who_may_open_what import PEOPLE, expected, things

__all__ = ["things"]
EVERY_PAGE = PAGES_OF_WORK + PAGES
WRITING = ("post", "put", "patch", "delete")


@pytest.fixture
def keys(trial: Trial, things: dict[str, int]) -> dict[str, int]:
    """A row of each kind at site 101."""
    decision = decide_level(
        cohort=Cohort.objects.get(code="P1-5D"),
        decision=LevelDecision.OPEN,
        decided_on=date(2008, 3, 1),
        participants="Dr A",
        rationale="No toxicity so far.",
        seen=considered_now()[1],
        signed_by=trial.data_manager,
        by=actor(trial.data_manager, "data_manager"),
    )
    refresh_marked()
    keep_outcomes()
    seal_trail()
    review = open_review(by=actor(trial.administrator, "administrator"))
    return things | {
        "access_review": review.pk,
        "access_line": review.lines.get(user=trial.stranger).pk,
        "decision": decision.pk,
        "report": SeriousReport.objects.get().pk,
        "visit": trial.site.subjects.get().visits.get(code="SCR").pk,
        "site": trial.site.pk,
        "person": trial.stranger.pk,
        "version": ProtocolVersion.objects.get().pk,
        "sign_in": SignIn.objects.create(user=trial.stranger, session_key="elsewhere").pk,
        "membership": Membership.objects.get(user=trial.stranger).pk,
    }


def routes(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """(route, name) of every address."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.name or ""
        else:
            yield from routes(pattern.url_patterns, route)


@pytest.mark.requirement("21 CFR 11.10(g)")
def test_every_address_is_in_a_table() -> None:
    rows = dict.fromkeys(keys_named(), 1)
    known = {resolve(row[0].format(**rows).partition("?")[0]).route for row in (*EVERY_PAGE, *WHOLE_TRIAL)}
    forgotten = {
        route
        for route, name in routes(get_resolver().url_patterns)
        if route not in known
        and name not in SIGNED_IN
        and name not in OPEN
        and not route.startswith((OWN_SIGN_IN, "api/v1/"))
    }
    # The API's are held against its schema by tests/api/test_who_may_do_what.py.
    assert forgotten == set()


def keys_named() -> set[str]:
    return {key for row in (*EVERY_PAGE, *WHOLE_TRIAL) for _, key, _, _ in Formatter().parse(row[0]) if key}


def test_what_is_said_to_be_for_everybody_is_there() -> None:
    named = {name for _, name in routes(get_resolver().url_patterns)}
    assert SIGNED_IN.keys() | OPEN.keys() <= named


def keep_outcomes() -> None:
    """As if the version in force had been replaced since."""
    version = ProtocolVersion.objects.get()
    for outcome in Outcome.objects.values():
        EarlierOutcome.objects.create(protocol=version, **outcome)


@pytest.mark.requirement("21 CFR 11.10(d)", "21 CFR 11.10(g)", "EMA 2023 access control")
@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_is_let_in_where_its_right_is_and_refused_elsewhere(
    role: Any, trial: Trial, keys: dict[str, int], as_user: Any
) -> None:
    client = as_user(getattr(trial, PEOPLE[role]))
    for address, right, of_a_site, method in PAGES:
        before = AccessEvent.objects.filter(kind__in=["refused", "stranger"]).count()
        status = getattr(client, method)(address.format(**keys)).status_code
        refusals = AccessEvent.objects.filter(kind__in=["refused", "stranger"]).count() - before
        right_answer = expected(role, right, of_a_site)
        if right_answer == "opens":
            assert status not in (401, 403) and not refusals, (address, status)
            assert status != 404 or of_a_site is False or "here" in address or "preview" in address, address
        else:
            assert (status, refusals) == (right_answer, 1), address


@pytest.mark.parametrize("role", PEOPLE)
def test_the_trial_is_shut_by_a_right_that_reaches_all_of_it(
    role: Any, trial: Trial, keys: dict[str, int], as_user: Any
) -> None:
    client = as_user(getattr(trial, PEOPLE[role]))
    for address, right, method in WHOLE_TRIAL:
        let_in = right in ROLES[role].permissions and ROLES[role].all_sites
        status = getattr(client, method)(address).status_code
        assert (status in (200, 422)) == let_in, (address, status)


@pytest.mark.requirement("21 CFR 11.10(d)", "EMA 2023 access control")
def test_to_a_stranger_no_address_of_another_site_exists(trial: Trial, keys: dict[str, int], as_user: Any) -> None:
    client = as_user(trial.stranger)
    for address, _, of_a_site, method in PAGES:
        if of_a_site:
            assert getattr(client, method)(address.format(**keys)).status_code == 404, address


def test_nobody_is_led_to_sign_in_whatever_is_asked(keys: dict[str, int], client: Any) -> None:
    addresses = [reverse(name) for name in ("home", "account", "account_token_create", "blank_crf")]
    addresses += [reverse("saved", args=[UUID(int=1)]), *(row[0].format(**keys) for row in (*PAGES, *WHOLE_TRIAL))]
    for address in addresses:
        for method in ("get", *WRITING):
            answer = getattr(client, method)(address)
            assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/accounts/login/"), (method, address)


@pytest.mark.requirement("21 CFR 11.10(g)", "ICH E6(R3) 4.2.7")
@pytest.mark.parametrize("who", ["auditor", "stranger"])
def test_no_method_at_any_address_changes_a_record_for_who_may_only_read(
    who: str, trial: Trial, keys: dict[str, int], as_user: Any
) -> None:
    client, before = as_user(getattr(trial, who)), Event.objects.count()
    for address in {row[0].format(**keys) for row in (*EVERY_PAGE, *WHOLE_TRIAL)}:
        for method in WRITING:
            status = getattr(client, method)(address, {"reason": "x", "text": "x"}).status_code
            assert status < 500, (method, address, status)
    # Filters of one's own, and that the trail was to be verified, which an auditor may ask for.
    of_the_reader = Event.objects.filter(table_name__in=("review_queryfilter", "audit_wholeverified")).count()
    assert Event.objects.count() - of_the_reader == before


def test_every_operation_answers_no_method_that_is_not_in_its_table(
    trial: Trial, keys: dict[str, int], api: Any
) -> None:
    listed: dict[str, set[str]] = {}
    for method, address, *_ in OPERATIONS:
        if "{" not in address:
            listed.setdefault(address, set()).add(method)
    client = api(trial.auditor)
    for address, methods in listed.items():
        for method in {"get", *WRITING} - methods:
            assert getattr(client, method)(address).status_code in (403, 405), (method, address)
