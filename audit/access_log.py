"""The log of access: sign-ins, failures, sign-outs, refusals and exports, as they happen."""

from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from hashlib import sha256
from typing import Any, NamedTuple

import django.contrib.auth
from allauth.account.adapter import get_adapter
from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError, models
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from accounts import access as accounts_access
from accounts.access import Access
from accounts.actor import SYSTEM
from accounts.models import Site, User
from accounts.roles import Permission
from audit.models import AccessEvent
from audit.naming import marked
from audit.strangers import counted
from database.entering import vouching
from protocol import current


class AccessKind(models.TextChoices):
    SIGN_IN = "sign_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGN_OUT = "sign_out", "Signed out"
    REFUSED = "refused", "Access denied: no permission"
    STRANGER = "stranger", "Access denied: another site"
    NOT_FOUND = "not_found", "Record not found, or of another site"
    EXPORT = "export", "Export"
    SENT = "export_sent", "Export completed"
    BROKEN_OFF = "export_broken_off", "Export interrupted"
    PROTOCOL = "protocol", "Protocol file in force"
    SYSTEM = "system", "Acts for the system"


RECOVERY_CODES = "mfa_download_recovery_codes"
FILES = (AccessKind.EXPORT, AccessKind.SENT, AccessKind.BROKEN_OFF)
REFUSALS = (AccessKind.REFUSED, AccessKind.STRANGER)

_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


class AccessLogMiddleware:
    """Lets a refusal, which knows the user alone, be logged with the address that was asked for.

    Refusals that nobody logged while the page was made (a forged form, a missing second factor, a key that leads to
    nothing of the user's sites) are logged by the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _request.set(request)
        try:
            response = self.get_response(request)
            _note_unnoted(request, response)
            if response.status_code in ANSWERS and not getattr(request, "refusal_logged", False):
                ANSWERS[response.status_code](request)
            return response
        finally:
            _request.reset(token)


def _refused(request: HttpRequest) -> None:
    record(AccessKind.REFUSED, user=request.user, name="nobody", detail="by the page itself", request=request)


def _not_found(request: HttpRequest) -> None:
    """An address that names a row. One that no page has tells of nobody's curiosity, but of a stranger's: those are
    counted. One that the database cannot count, being away, stays what it is."""
    if not request.user.is_authenticated:
        with suppress(DatabaseError, InterfaceError):
            record(AccessKind.NOT_FOUND, name="nobody", request=request)
    elif request.resolver_match and request.resolver_match.kwargs:
        record(AccessKind.NOT_FOUND, user=request.user, request=request)


def _note_unnoted(request: HttpRequest, response: HttpResponseBase) -> None:
    """A file that leaves by the page of a library, such as recovery codes: no page of our own sends one unnoted."""
    is_file = response.status_code == 200 and "attachment" in response.headers.get("Content-Disposition", "")
    if not is_file or response.streaming or getattr(request, "file_noted", False):
        return
    name = marked(response.headers["Content-Disposition"].partition("filename=")[2].strip('"'))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    match = request.resolver_match
    what = "recovery codes of the user's second factor" if match and match.url_name == RECOVERY_CODES else request.path
    content = response.content  # type: ignore[attr-defined]
    record_export(request, what, TakenFile(name, sha256(content).hexdigest(), len(content)))


def _unknown_token(request: HttpRequest) -> None:
    if _is_stranger(request) and (token := request.headers.get("Authorization", "")):
        record(AccessKind.SIGN_IN_FAILED, name=_unknown(token), detail="to the API, by a token", request=request)


ANSWERS: dict[int, Callable[[HttpRequest], None]] = {
    401: _unknown_token,
    403: _refused,
    404: _not_found,
    429: _unknown_token,
}


class TakenFile(NamedTuple):
    """A file that leaves the system. `sha256` (hexadecimal) and `size` (bytes) are empty while it is not sent whole."""

    name: str
    sha256: str = ""
    size: int | None = None


def record(
    kind: AccessKind,
    *,
    user: Any = None,
    name: str = "",
    detail: str = "",
    request: HttpRequest | None = None,
    file: TakenFile | None = None,
) -> None:
    """One line of the log. `name` stands in where nobody is signed in."""
    request = request or _request.get()
    if request is not None and kind in REFUSALS:
        request.refusal_logged = True  # type: ignore[attr-defined]
    known = user is not None and user.pk is not None
    if not known and _is_stranger(request) and counted(kind, _address(request), (name or "nobody").split()[0]):
        return
    AccessEvent.objects.create(
        actor_id=user.pk if known else None,
        actor_name=(user.get_username() if known else name)[:150],
        kind=kind,
        path=f"{request.method} {request.path}"[:500] if request and request.method else "",
        detail=detail,
        address=_address(request),
        **_of_file(file),
    )


def _of_file(file: TakenFile | None) -> dict[str, Any]:
    return {"file_name": file.name[:255], "sha256": file.sha256, "size": file.size} if file else {}


def _is_stranger(request: HttpRequest | None) -> bool:
    """What the system does by itself, and who is signed in, always have a line of their own."""
    user = getattr(request, "user", None)
    return request is not None and not (user and user.is_authenticated)


def _address(request: HttpRequest | None) -> str | None:
    """As the limits on sign-in count it, behind the proxy too; None where the request has none."""
    try:
        return str(get_adapter().get_client_ip(request)) if request else None
    except PermissionDenied:
        return None


def record_export(request: HttpRequest, what: str, file: TakenFile, kind: AccessKind = AccessKind.EXPORT) -> None:
    """What left the system: `what` names in words what the file was made from, and its filter."""
    request.file_noted = True  # type: ignore[attr-defined]
    record(kind, user=request.user, detail=what, request=request, file=file)


def record_written(what: str, file: TakenFile) -> None:
    """What a command of an operator's wrote, where no request is."""
    record(AccessKind.SENT, name=SYSTEM.name, detail=what, file=file)


def record_refusal(access: Access, permission: Permission, site_id: int | None, stranger: bool) -> None:
    code = Site.objects.filter(pk=site_id).values_list("code", flat=True).first() if site_id is not None else None
    where = f" at site {code}" if code else ""
    detail = f"{permission.value.replace('_', ' ')}{where}"
    record(AccessKind.STRANGER if stranger else AccessKind.REFUSED, user=access.user, name="nobody", detail=detail)


def signed_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    # The session is not kept yet, by which the database would know whose line this is.
    with vouching(user.pk):
        record(AccessKind.SIGN_IN, user=user, request=request)


def signed_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    record(AccessKind.SIGN_OUT, user=user, request=request)


def sign_in_failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    record(AccessKind.SIGN_IN_FAILED, name=_tried(str(credentials.get("username", ""))), request=request)


def _tried(typed: str) -> str:
    """The user's name where there is such a user. Else it may be a password in the wrong field: a keyed digest."""
    known = User.objects.filter(username__iexact=typed).values_list("username", flat=True).first()
    return known or _unknown(typed)


def _unknown(typed: str) -> str:
    return f"unknown {salted_hmac('audit.sign_in_failed', typed, algorithm='sha256').hexdigest()[:8]}"


def second_factor_failed(sender: Any, user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    record(AccessKind.SIGN_IN_FAILED, user=user, detail="second factor", request=request)


def record_protocol() -> bool:
    """Note which protocol file is in force, once each time that it has changed. Returns whether it had."""
    protocol = current()
    detail = f"{protocol.code} version {protocol.version} of {protocol.date:%Y-%m-%d}, SHA-256 {protocol.sha256}"
    last = AccessEvent.objects.filter(kind=AccessKind.PROTOCOL).order_by("-id").values_list("detail", flat=True).first()
    if last != detail:
        record(AccessKind.PROTOCOL, name="system", detail=detail)
    return last != detail


def listen() -> None:
    """Called once, when the app is ready."""
    accounts_access.on_refusal = record_refusal
    user_logged_in.connect(signed_in, sender=User, dispatch_uid="audit.signed_in")
    user_logged_out.connect(signed_out, sender=User, dispatch_uid="audit.signed_out")
    authentication_failed.connect(second_factor_failed, dispatch_uid="audit.second_factor_failed")
    user_login_failed.connect(sign_in_failed, sender=django.contrib.auth.__name__, dispatch_uid="audit.sign_in_failed")
