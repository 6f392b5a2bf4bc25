"""Filters of the list of queries that a user keeps under a name."""

from accounts.actor import Actor, acting
from accounts.models import User
from review.models import KeptFilter
from review.services import NotAllowed

MOST = 50


def keep_filter(*, user: User, name: str, address: str, by: Actor) -> KeptFilter:
    """Under a name that is kept already the filter takes the other's place. NotAllowed beyond MOST of a user."""
    with acting(by, waits=False):
        filters = KeptFilter.objects.select_for_update().filter(user=user)
        if len(filters.exclude(name=name)) >= MOST:
            raise NotAllowed(f"You have {MOST} saved filters already: delete one first.")
        return KeptFilter.objects.update_or_create(user=user, name=name, defaults={"address": address})[0]


def forget_filter(*, user: User, name: str, by: Actor) -> bool:
    """False where the user keeps none of this name."""
    with acting(by, waits=False):
        return bool(KeptFilter.objects.filter(user=user, name=name).delete()[0])
