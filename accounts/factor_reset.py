"""A second factor that was lost is taken away by an administrator, who has made sure who asks.

Whoever gets it reset needs the password still, and sets up a new one before anything else. The user hears of it by mail
and at the next sign-in: one who did not ask for it has been impersonated.
"""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.actor import Actor, acting
from accounts.mail import tell_by_mail
from accounts.models import User
from accounts.standing import end_other_ways_in
from values.times import shown_moment

NAMES = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


def reset_second_factor(*, user: User, identity: str, reason: str, by: Actor) -> None:
    """Take away every factor with the recovery codes, and end sessions and token.

    `identity` says how it was made sure who asks. ValidationError for one's own factor, and where there is none.
    """
    if user.pk == by.user_id:
        raise ValidationError("You cannot reset your own second factor: ask another administrator.")
    with acting(by, reason=f"second factor reset: {reason}; identity: {identity}", waits=False):
        User.objects.select_for_update().get(pk=user.pk)
        held = Authenticator.objects.filter(user=user)
        if not held.exists():
            raise ValidationError(f"{user.username} has no second factor.")
        held.delete()
        end_other_ways_in(user, than="")
        now = timezone.now()
        changed = {"factor_reset_at": now, "factor_reset_by": by.name, "sessions_ended_at": now}
        User.objects.filter(pk=user.pk).update(**changed, session_epoch=F("session_epoch") + 1)
        transaction.on_commit(lambda: _tell(user, by.name), robust=True)
    user.refresh_from_db()


def _tell(user: User, by: str) -> None:
    """Beside the notice at the next sign-in."""
    text = render_to_string("people/factor_reset.txt", {"person": user, "by": by, "address": settings.SITE_ADDRESS})
    tell_by_mail(user.email, "Your second factor was reset", text)


def notice_of_reset(user: User, last_sign_in: datetime | None) -> str:
    """What to tell at the first sign-in after it; "" where there is nothing to tell."""
    at = user.factor_reset_at
    if at is None or (last_sign_in is not None and last_sign_in >= at):
        return ""
    return (
        f"{user.factor_reset_by} reset your second factor on {shown_moment(at)}. If you did not ask for that, somebody"
        " may have asked in your name: inform the data manager or the auditor at once."
    )


def factors_in_words(user: User) -> list[str]:
    """What the user has beside the password, and since when."""
    kept = Authenticator.objects.filter(user=user).order_by("created_at", "pk")
    return [f"{NAMES[factor.type]} since {shown_moment(factor.created_at)}" for factor in kept]
