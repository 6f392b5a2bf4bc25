"""Mail that only tells of what was done: one that fails undoes nothing."""

import logging

from django.conf import settings
from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def tell_by_mail(address: str, subject: str, text: str) -> None:
    """To this address, where mail is sent here and there is one."""
    if not (settings.MAIL_IS_SENT and address):
        return
    try:
        send_mail(subject, text, None, [address])
    except OSError:
        logger.exception("the mail “%s” could not be sent", subject)
