"""Mail of a training environment says in its subject and its first line that it is: it reaches people who also get that
of the trial."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

SUBJECT = "[TRAINING]"
FIRST_LINE = "From a training environment: nothing of this is of real subjects, or of the record of the study."


class MarkedMail(BaseEmailBackend):
    """Sends by the backend of the setting MAIL_BACKEND what it has marked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sender = import_string(settings.MAIL_BACKEND)(*args, **options)

    def open(self) -> Any:
        return self._sender.open()

    def close(self) -> None:
        self._sender.close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _mark(message)
        return int(self._sender.send_messages(email_messages) or 0)


def _mark(message: EmailMessage) -> None:
    """Once, however often it is tried."""
    if not str(message.subject).startswith(SUBJECT):
        message.subject = f"{SUBJECT} {message.subject}"
        message.body = f"{FIRST_LINE}\n\n{message.body}"
