"""The mail to the owner of an API token that ends soon: once a token."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.models import ApiToken
from values.dates import shown_date

logger = logging.getLogger(__name__)


def remind_owners(*, by: Actor) -> int:
    """API_TOKEN_REMINDER_DAYS before the end of a token, where mail is sent; how many were told.

    One that could not be mailed is tried again at the next call, and keeps nobody else from theirs.
    """
    if not settings.MAIL_IS_SENT:
        return 0
    now = timezone.now()
    soon = now + timedelta(days=settings.API_TOKEN_REMINDER_DAYS)
    ending = ApiToken.objects.filter(reminded_at=None, expires_at__gt=now, expires_at__lte=soon, user__is_active=True)
    keys = ending.exclude(user__email="").order_by("pk").values_list("pk", flat=True)
    return sum(_remind(key, by) for key in list(keys))


def _remind(key: int, by: Actor) -> bool:
    try:
        with acting(by, reason="owner reminded of the token's end", waits=False):
            # Held while it is sent: two workers at once send one message.
            held = ApiToken.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
            token = held.filter(pk=key, reminded_at=None).first()
            if token is None:
                return False
            text = render_to_string("people/token_ends.txt", {"token": token, "address": settings.SITE_ADDRESS})
            send_mail(f"Your API token ends on {shown_date(token.expires_at)}", text, None, [token.user.email])
            token.reminded_at = timezone.now()
            token.save(update_fields=["reminded_at"])
    except OSError:
        logger.exception("the reminder of token %s could not be sent", key)
        return False
    return True
