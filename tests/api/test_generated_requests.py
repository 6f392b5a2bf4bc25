"""Requests made up from the schema, right and wrong ones: none is a server error, every answer is as described."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from accounts.actor import SYSTEM
from accounts.models import User
from accounts.services import create_token
from assessments.catalogue import CATALOGUE
from endpoints.refresh import refresh_marked
from review.services import raise_query
from tests.cast import Trial, actor
from trialsite.wsgi import application

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
FEW = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
load_all_checks()
AS_DESCRIBED = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
]
NO_CRASH = ["not_a_server_error"]


def description() -> Any:
    whole = SchemaGenerator().get_schema(request=None, public=True)
    schema = schemathesis.openapi.from_dict(json.loads(OpenApiJsonRenderer().render(whole)))
    schema.app = application
    return schema


def operations(schema: Any) -> Iterator[Any]:
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        yield found.ok()


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's own test client: the end of a request must not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def keys(trial: Trial) -> dict[str, int]:
    """The keys of rows that are there, so that what is made up gets past the door."""
    subject = trial.treated_subject()
    form = trial.assess(subject, 57, {"T01": "30", "T02": "20"}, "PR")
    query = raise_query(case_form=form, item="", text="?", by=actor(trial.monitor, "monitor"))
    refresh_marked()
    return dict(subject.forms.values_list("code", "pk")) | {
        "forms": form.pk,
        "queries": query.pk,
        "subjects": subject.pk,
        "subject": subject.pk,
        "visit": subject.visits.get(code="TA01").pk,
        "sites": trial.other_site.pk,
        "users": trial.stranger.pk,
        "enrolments": subject.enrolment.pk,
        "form": form.pk,
    }


def user_for(trial: Trial, method: str, path: str) -> User:
    """Somebody who may do it."""
    part = path.split("/")[3]
    if part in ("users", "memberships", "access-log") or (part == "sites" and method != "GET"):
        return trial.administrator
    if part in ("estimates", "outcomes", "trail") or path.endswith(("open/", "close/", "lock/", "approve/", "refuse/")):
        return trial.data_manager
    if part == "queries" and method == "POST" and not path.endswith("answer/"):
        return trial.monitor
    return trial.investigator


def with_real_keys(case: Any, keys: dict[str, int]) -> None:
    parts = case.path.split("/")
    kind = parts[4] if parts[3] == "forms" and parts[4] in CATALOGUE else parts[3]
    for name in set(case.path_parameters or ()) & {"id", "subject"}:
        case.path_parameters[name] = keys.get(kind, keys["subject"])
    if isinstance(case.body, dict):
        for name in case.body.keys() & {"subject", "visit", "form"}:
            case.body[name] = keys[name]
        if "version" in case.body:
            case.body["version"] = 1


def try_out(operation: Any, mode: Any, token: str, keys: dict[str, int]) -> None:
    """A few made-up requests of one operation; raises what is wrong with an answer."""
    checks = [CHECKS.get_one(name) for name in (AS_DESCRIBED if mode is GenerationMode.POSITIVE else NO_CRASH)]

    @settings(FEW, max_examples=4 if mode is GenerationMode.POSITIVE else 2)
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers(case: Any) -> None:
        if mode is GenerationMode.POSITIVE:
            with_real_keys(case, keys)
        case.call_and_validate(headers={"Authorization": f"Token {token}"}, checks=checks)

    answers()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_made_up_requests_are_answered_as_described(trial: Trial, keys: dict[str, int], mode: Any) -> None:
    tokens = {user.pk: create_token(user=user, by=SYSTEM) for user in User.objects.filter(memberships__isnull=False)}
    wrong = []
    tried = list(operations(description()))
    for operation in tried:
        user = user_for(trial, operation.method.upper(), operation.path)
        try:
            try_out(operation, mode, tokens[user.pk], keys)
        except Unsatisfiable:
            continue  # a request without parameters cannot be wrong
        except (Exception, BaseExceptionGroup) as failure:
            wrong.append(f"{operation.label}: {failure!r}")
    assert not wrong, "\n".join(wrong)
    assert len(tried) > 100
