"""`Idempotency-Key`: a create or change that is sent again because its answer was lost counts once.

The first request's answer is kept in the transaction of its change, so that a server that is killed between the two
leaves both or neither. A retry gets that answer and changes nothing. What was refused is not kept: a corrected retry
may use the same key.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as Broken
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.resource.problems import TELLS
from accounts.resource.rendering import Exact
from receipts.models import Receipt
from receipts.services import answered, claim, give_back, keep

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,255}")
UNFORESEEN = (DatabaseError, InterfaceError)
Handler = Callable[..., HttpResponseBase]


class KeyReused(APIException):
    status_code, default_code = 422, "key_reused"
    default_detail = (
        "You have used this Idempotency-Key for another request: each create or change has a key of its own."
    )


class RequestUnderWay(APIException):
    status_code, default_code, wait = 409, "under_way", 1
    default_detail = "A request with this Idempotency-Key is under way: ask again in a moment for its answer."


class NotToldAgain(APIException):
    status_code, default_code = 409, "not_told_again"
    default_detail = "This was done when it was first sent. Its answer is not given a second time"


def once(view: Any, handler: Handler, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Handle a request, or answer it as it was answered before. Without a key it is handled, and that is all."""
    key = _key_of(request)
    if key is None:
        return handler(request, *args, **kwargs)
    identified = {"user_id": request.user.pk, "key": key}
    digests = {"request": _digest_of(request), "rights": _digest(view.access.held)}
    with transaction.atomic():
        receipt = claim(**identified, **digests)
        if receipt is None:
            return _again(answered(**identified), digests)
        try:
            response = handler(request, *args, **kwargs)
        except Exception as refusal:
            if not _is_foreseen(refusal):
                raise
            # What a refusal itself writes, such as its line in the log of access, stays.
            give_back(receipt)
            refused = refusal
        else:
            return _first(receipt, response, view.answer_is_secret)
    raise refused


def _key_of(request: Request) -> str | None:
    key: str | None = request.headers.get(HEADER)
    if key is not None and not KEY.fullmatch(key):
        raise ValidationError({HEADER: ["Send 1 to 255 letters, digits and signs of ASCII without blanks, as a UUID."]})
    return key


def _digest_of(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True, default=str)
    return _digest([request.method, request.get_full_path(), body])


def _digest(parts: Any) -> str:
    """A keyed one: a body may hold a password, which nobody shall find by trying."""
    return str(salted_hmac("api_once", repr(parts), algorithm="sha256").hexdigest())


def _is_foreseen(error: Exception) -> bool:
    """A refusal, after which the transaction still stands; anything else takes back all of it."""
    if isinstance(error, UNFORESEEN) or connection.needs_rollback:
        return False
    return isinstance(error, APIException | Http404 | PermissionDenied | Broken) or _is_told(error)


def _is_told(error: Exception) -> bool:
    return any(kind in TELLS for kind in type(error).__mro__)


def _first(receipt: int, response: Any, is_secret: bool) -> HttpResponseBase:
    if response.status_code >= 400:
        give_back(receipt)
        return response  # type: ignore[no-any-return]
    body = _rendered(response)
    keep(receipt, status=response.status_code, body=None if is_secret else body)
    more = {name: value for name, value in response.items() if name != "Content-Type"}
    return _answer(response.status_code, body, more)


def _rendered(response: Response) -> str:
    return Exact().render(response.data).decode() if response.data is not None else ""


def _again(receipt: Receipt | None, digests: dict[str, str]) -> HttpResponseBase:
    if receipt is None or receipt.status is None:
        raise RequestUnderWay
    if receipt.request != digests["request"]:
        raise KeyReused
    if receipt.body is None:
        raise NotToldAgain(f"{NotToldAgain.default_detail}: it holds a secret. Ask for a new one with another key.")
    if receipt.rights != digests["rights"]:
        raise NotToldAgain(f"{NotToldAgain.default_detail}: your roles, or those of your token, are others since.")
    return _answer(receipt.status, receipt.body, {REPLAYED: "true"})


def _answer(status: int, body: str, headers: dict[str, str]) -> HttpResponse:
    answer = HttpResponse(body.encode(), status=status, content_type="application/json", headers=headers)
    if not body:
        del answer.headers["Content-Type"]
    return answer
