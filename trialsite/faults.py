"""So that a page that broke is heard of: a number for each request, on its log lines and its page, and a mail.

A mail never carries what was asked or typed, nor an error's words, which may quote a record: they stay in the log.
"""

import json
import logging
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime

from django.core.mail import mail_admins
from django.http import HttpRequest, HttpResponseBase

HEADER = "X-Request-ID"
NO_REQUEST = "-"
A_MAIL_EVERY_S = 60

request_number: ContextVar[str] = ContextVar("request_number", default=NO_REQUEST)


class RequestNumberMiddleware:
    """Outermost, so that whatever logs has the number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        number = secrets.token_hex(6)
        token = request_number.set(number)
        try:
            response = self.get_response(request)
        finally:
            request_number.reset(token)
        response.headers[HEADER] = number
        return response


class WithRequestNumber(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_number = request_number.get()
        return True


class JsonLine(logging.Formatter):
    """One JSON object a line, for a collector: at (UTC, ISO 8601), level, request, logger, message, fault if any."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "request": getattr(record, "request_number", NO_REQUEST),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["fault"] = self.formatException(record.exc_info)
        return json.dumps(entry)


class MailAdmins(logging.Handler):
    """Tells settings.ADMINS that something broke and where the log has it; in a storm once a minute a process."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.quiet_until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if time.monotonic() < self.quiet_until:
            return
        self.quiet_until = time.monotonic() + A_MAIL_EVERY_S
        request = getattr(record, "request", None)
        what = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else record.levelname
        where = f"{request.method} {request.path}" if request is not None else record.name
        text = f"{what} at {where}. The log has the rest: look for {request_number.get()} or for {record.name}."
        mail_admins(f"Something broke: {what}", text, fail_silently=True)
