"""Requests made up from the schema, right and wrong ones, by each role: no server error, every answer as described.

In the suite a few of each, always the same ones; `make fuzz` makes up others, for as long as it is told to.
"""

import json
import os
import random
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from rest_framework.test import APIClient
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from accounts.actor import SYSTEM
from accounts.models import User
from accounts.roles import Role
from accounts.services import create_token
from assessments.catalogue import CATALOGUE
from tests.api.operations import PEOPLE
from tests.api.rows import rows_of_each_kind
from tests.cast import Trial

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
# Of tests.api.fuzz: how many requests of each kind, and for how many seconds in all; 0 in the suite.
EXAMPLES, SECONDS = (int(os.environ.get(name, "0")) for name in ("FUZZ_EXAMPLES", "FUZZ_SECONDS"))
AT_A_TIME = settings(
    max_examples=EXAMPLES or 1,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
load_all_checks()
AS_DESCRIBED = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    )
]
# The forms of all codes are handled by the same lines: each role tries these, who enters data all of them.
SOME_CODES = ("adverse_event", "tumour", "haematology")
HALF_A_CHARACTER = "\ud800"


@cache
def description() -> Any:
    whole = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(json.loads(OpenApiJsonRenderer().render(whole)))
    schema.app = get_wsgi_application()
    return schema


def operations() -> Iterator[Any]:
    for result in description().get_all_operations():
        assert isinstance(result, Ok), result
        yield result.ok()


def in_an_order(all_of_them: list[Any]) -> list[Any]:
    """At length in another one each time, so that none is always last when the time is over."""
    return random.sample(all_of_them, len(all_of_them)) if EXAMPLES else all_of_them


def who_tries(operation: Any, mode: Any) -> list[Role]:
    """Each role what it may do and what it may not; of the forms of other codes than some, one who enters data."""
    if mode is GenerationMode.NEGATIVE and not (len(list(operation.query)) or len(list(operation.body))):
        return []  # nothing is sent that could be wrong
    if EXAMPLES:
        return list(PEOPLE)
    parts = operation.path.split("/")
    if parts[3] == "forms" and parts[4] in CATALOGUE and parts[4] not in SOME_CODES:
        return [Role.INVESTIGATOR] if mode is GenerationMode.POSITIVE else []
    return list(PEOPLE) if mode is GenerationMode.POSITIVE else [Role.INVESTIGATOR, Role.ADMINISTRATOR]


def keep_the_connection() -> None:
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's own test client: the end of a request must not end the test's transaction."""
    keep_the_connection()
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def keys(trial: Trial) -> dict[str, int]:
    """Rows that are there, so that what is made up gets past the door."""
    return rows_of_each_kind(trial)


KEY_OF = {
    "users": "user",
    "subjects": "subject",
    "visits": "visit",
    "sites": "site",
    "queries": "query",
    "enrolments": "enrolment",
    "memberships": "membership",
    "outcomes": "subject",
    "reference-ranges": "range",
    "verifications": "demography",
    "monitoring-visits": "monitoring",
    "serious-events": "serious",
    "trail-reviews": "trail_review",
    "access-reviews": "access_review",
    "forms": "demography",
}


def with_real_keys(case: Any, keys: dict[str, int]) -> None:
    parts = case.path.split("/")
    kind = parts[4] if parts[3] == "forms" and parts[4] in CATALOGUE else KEY_OF.get(parts[3], "subject")
    real = {"id": keys[kind], "subject": keys["subject"], "line": keys["access_line"]}
    for name in set(case.path_parameters or ()) & {*real}:
        case.path_parameters[name] = real[name]
    if isinstance(case.body, dict):
        for name in case.body.keys() & {"subject", "visit", "form"}:
            case.body[name] = keys["demography" if name == "form" else name]
        if "version" in case.body:
            case.body["version"] = 1


def broken(value: Any) -> Any:
    """The same with half of a character behind every text."""
    if isinstance(value, dict):
        return {name: broken(part) for name, part in value.items()}
    if isinstance(value, list):
        return [broken(part) for part in value]
    return value + HALF_A_CHARACTER if isinstance(value, str) else value


def is_refused(case: Any, headers: dict[str, str]) -> None:
    """Halves of surrogate pairs, which JSON can spell, though neither UTF-8 nor the database has them.

    Sent by another client: the generator's own would have to spell them in UTF-8.
    """
    body = json.dumps(broken(case.body))
    answer = APIClient().generic(case.method, case.formatted_path, body, "application/json", headers=headers)
    keep_the_connection()  # which Django's client lets go when it is through
    assert 400 <= answer.status_code < 500, (answer.status_code, body)
    assert {*answer.json()} >= {"code", "detail", "errors"}, answer.content


def try_out(operation: Any, mode: Any, people: list[User], keys: dict[str, int], number: int) -> None:
    """Made-up requests of one operation, each sent by all of these; raises what is wrong with an answer."""

    @seed(number)
    @AT_A_TIME
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            with_real_keys(case, keys)
        for user in people:
            # A new token each time: what was made up may have ended the last.
            headers = {"Authorization": f"Token {create_token(user=user, by=SYSTEM)}"}
            case.call_and_validate(headers=headers, checks=AS_DESCRIBED)
            if isinstance(case.body, dict) and broken(case.body) != case.body:
                is_refused(case, headers)

    answers()


@pytest.mark.requirement("CSA 2025 unscripted tests")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_requests_are_answered_as_described_to_each_role(trial: Trial, keys: dict[str, int], mode: Any) -> None:
    deadline = time.monotonic() + (SECONDS / 2 if SECONDS else 3600)
    wrong, tried = [], 0
    for number, operation in enumerate(in_an_order(list(operations()))):
        people = [getattr(trial, PEOPLE[role]) for role in who_tries(operation, mode)]
        if not people or time.monotonic() > deadline:
            continue
        tried += 1
        try:
            try_out(operation, mode, people, keys, number if not EXAMPLES else time.time_ns())
        except Unsatisfiable:
            continue  # a request without parameters cannot be wrong
        except (Exception, BaseExceptionGroup) as failure:
            wrong.append(f"{operation.label}: {failure!r}")
    print(f"{tried} operations tried")
    assert not wrong, "\n".join(wrong)
    assert tried > (80 if not SECONDS else 0)
