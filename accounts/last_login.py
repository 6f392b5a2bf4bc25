"""The time of the last sign-in, written with an actor, whom the trail demands, in place of Django's receiver."""

from typing import Any

from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from accounts.actor import Actor, acting
from accounts.models import User
from accounts.sessions import EPOCH
from database.entering import vouching

DJANGOS_PLACE = "update_last_login"


def record_last_login(sender: type[User], user: User, **kwargs: Any) -> None:
    with vouching(user.pk), acting(Actor(user.pk, user.username, "none", "screen"), reason="sign-in", waits=False):
        update_last_login(sender, user, **kwargs)


def bind_session(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """To what ends all sessions of a user at once."""
    request.session[EPOCH] = user.session_epoch


def take_over() -> None:
    # One receiver a name: it holds whichever of the two apps starts first.
    user_logged_in.disconnect(dispatch_uid=DJANGOS_PLACE)
    user_logged_in.connect(record_last_login, dispatch_uid=DJANGOS_PLACE)
    user_logged_in.connect(bind_session, dispatch_uid="accounts.bind_session")
