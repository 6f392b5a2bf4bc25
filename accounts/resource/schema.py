"""What the description of the API says of every operation alike: how to sign in, what may be refused, and how."""

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from accounts.resource.once import HEADER, KEY, REPLAYED
from receipts.services import KEPT

READS = ("get", "head")
REFUSALS = {
    "400": "Something that was sent was refused: `errors` says by field what and why.",
    "401": "Nobody is signed in, or by a token that is not known.",
    "403": "No right to do this.",
    "404": "Not there, or at a site that is not yours.",
    "406": "There is no answer of the kind that Accept asks for.",
    "429": "Too many requests.",
    "503": "The database does not answer: nothing is confirmed.",
}
REFUSALS_OF_WRITES = {
    "409": "It was changed since you read it, exists already, or an earlier request with this key is under way.",
    "411": "The body has no Content-Length.",
    "413": "The body is too large: `limit` says how many bytes are taken.",
    "415": "The body is not JSON in UTF-8.",
    "422": "This Idempotency-Key was used for another request.",
    "423": "Frozen or locked: `detail` says by whom.",
}
WAITING = ("409", "429", "503")
IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "A name of your own for this request, such as a UUID. Sent again with it, and with the same body, the request"
        f" counts once: you get the first answer again, with {REPLAYED}. Kept for {KEPT.days} days; what was refused"
        " is not kept."
    ),
    "schema": {"type": "string", "pattern": f"^{KEY.pattern}$"},
}
PROBLEM = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


class SessionScheme(OpenApiAuthenticationExtension):
    """Describes the sign-in by session; drf-spectacular finds it by its being there."""

    target_class = "accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class Operations(AutoSchema):
    """Filters and pages are described where they are taken: where a list is asked for, and not what is of one row."""

    def _get_paginator(self) -> Any:
        return super()._get_paginator() if self._is_of_a_list else None

    def get_filter_backends(self) -> Any:
        return super().get_filter_backends() if self._is_of_a_list else []

    @property
    def _is_of_a_list(self) -> bool:
        return getattr(self.view, "detail", None) is False


def say_what_is_common(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Each refusal is described once, and pointed to by every operation that does not describe its own."""
    common = {f"Refused{status}": _refusal(status, words) for status, words in (REFUSALS | REFUSALS_OF_WRITES).items()}
    result["components"]["responses"] = common
    for name, described in result["components"]["schemas"].items():
        if name.endswith("Record"):
            # A form that was marked as not done before anybody filled it has an empty one.
            described.pop("required", None)
    result["components"]["parameters"] = {"IdempotencyKey": IDEMPOTENCY_KEY}
    for operations in result["paths"].values():
        for method, operation in operations.items():
            if method not in READS:
                operation.setdefault("parameters", []).append({"$ref": "#/components/parameters/IdempotencyKey"})
                _say_that_it_may_be_replayed(operation["responses"])
            statuses = REFUSALS if method in READS else REFUSALS | REFUSALS_OF_WRITES
            for status in statuses:
                described = operation["responses"].setdefault(
                    status, {"$ref": f"#/components/responses/Refused{status}"}
                )
                if "$ref" not in described and not described.get("description"):
                    described["description"] = statuses[status]
    return result


def _say_that_it_may_be_replayed(responses: dict[str, Any]) -> None:
    words = "Sent where the request was answered before: this is the answer of then, and nothing was done anew."
    for status, response in responses.items():
        if status.startswith("2"):
            header = {"description": words, "schema": {"type": "string", "enum": ["true"]}}
            response.setdefault("headers", {})[REPLAYED] = header


def _refusal(status: str, words: str) -> dict[str, Any]:
    described: dict[str, Any] = {"description": words, "content": PROBLEM}
    if status in WAITING:
        wait = {"description": "After how many seconds to ask again.", "schema": {"type": "integer"}}
        described["headers"] = {"Retry-After": wait}
    return described
