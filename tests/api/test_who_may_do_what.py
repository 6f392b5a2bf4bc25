"""Each operation of the schema, for each role, at the own site and from another one, and for nobody."""

from typing import Any

import pytest
from django.urls import Resolver404, resolve
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from accounts.roles import ROLES, Role
from accounts.roles import Permission as P
from assessments.catalogue import CATALOGUE
from audit.models import AccessEvent
from tests.api.operations import ALSO, OPERATIONS, PEOPLE, Operation, filled, is_described
from tests.api.rows import rows_of_each_kind
from tests.cast import Trial, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(trial: Trial) -> dict[str, int]:
    return rows_of_each_kind(trial)


def ask(client: APIClient, operation: Operation, keys: dict[str, int]) -> Any:
    method, address, _, _, sent = operation
    return getattr(client, method)(filled(address, keys), *([filled(sent, keys)] if sent is not None else []))


def refusal(role: Role, operation: Operation) -> int | None:
    """What the role gets at its own site, or at all of them; None is not refused."""
    method, address, right, of_a_site, _ = operation
    held = ROLES[role].permissions
    if right is None or right in held or ALSO.get((method, address)) in held:
        return None
    return 403 if P.VIEW_SUBJECTS in held or not of_a_site else 404


def test_the_table_has_every_operation_of_the_schema() -> None:
    described = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    operations = {(method, resolve(_example(path)).route) for path, of in described.items() for method in of}
    others = (
        "monitoring",
        "trail_review",
        "access_review",
        "access_line",
        "range",
        "serious",
        "subject",
        "enrolment",
        "query",
        "visit",
        "site",
        "user",
        "membership",
    )
    keys = dict.fromkeys((*CATALOGUE, *others), 1)
    table = {(method, resolve(address.format(**keys)).route) for method, address, *_ in OPERATIONS}
    assert operations == {(method, route) for method, route in table if is_described(f"/{route}")}


def _example(path: str) -> str:
    for value in ("1", "x"):
        try:
            made = path.replace("{id}", value).replace("{line}", "1").replace("{subject}", value).replace("{code}", "x")
            made = made.replace("{population}", "P2").replace("{analysis_set}", "measurable")
            resolve(made)
        except Resolver404:
            continue
        return made
    raise AssertionError(path)


@pytest.mark.requirement("21 CFR 11.10(d)", "21 CFR 11.10(g)", "EMA 2023 access control")
@pytest.mark.parametrize("role", PEOPLE)
def test_each_role_at_its_own_site(role: Role, trial: Trial, keys: dict[str, int], api: Any) -> None:
    client = api(getattr(trial, PEOPLE[role]))
    for operation in OPERATIONS:
        before = AccessEvent.objects.count()
        answer = ask(client, operation, keys)
        expected = refusal(role, operation)
        if expected is None:
            assert answer.status_code in (200, 201, 400, 409), (operation, answer.status_code, answer.content)
        else:
            assert answer.status_code == expected, (operation, answer.status_code)
            assert AccessEvent.objects.count() == before + 1, operation
            assert answer.json()["code"] in ("permission_denied", "not_found")


@pytest.mark.parametrize("role", [role for role in PEOPLE if not ROLES[role].all_sites])
def test_a_stranger_to_the_site_finds_nothing(role: Role, trial: Trial, keys: dict[str, int], api: Any) -> None:
    client = api(person("nora", role.value, trial.other_site))
    for operation in OPERATIONS:
        answer = ask(client, operation, keys)
        if operation[3]:
            assert answer.status_code == 404, (operation, answer.status_code)
        elif operation[0] == "get" and answer.status_code == 200 and isinstance(_told(answer), dict):
            rows = answer.json().get("results", [])
            # A role at all sites (no site of its own) is a role here too.
            assert all(row.get("site", "102") in ("102", "", None) for row in rows), operation
            assert not any(row.get("subject") == keys["subject"] for row in rows), operation


def _told(answer: Any) -> Any:
    """What an answer says, of a file nothing."""
    return answer.json() if answer.headers["Content-Type"] == "application/json" else None


def test_nobody_is_told_to_sign_in(keys: dict[str, int]) -> None:
    client = APIClient()
    client.default_format = "json"
    for operation in OPERATIONS:
        answer = ask(client, operation, keys)
        assert answer.status_code == 401, operation
        assert answer.json()["code"] == "not_authenticated"
        assert answer.headers["WWW-Authenticate"] == "Token"


def test_cohorts_count_everybody_and_name_the_own_sites_subjects(trial: Trial, keys: dict[str, int], api: Any) -> None:
    seen = [api(user).get("/api/v1/cohorts/").json() for user in (trial.coordinator, trial.stranger)]
    cohorts = [next(row for row in rows if row["code"] == "P2-10D") for rows in seen]
    assert [row["taken"] for row in cohorts] == [1, 1]
    assert [len(row["requested"]) for row in cohorts] == [1, 0]
