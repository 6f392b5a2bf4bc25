"""How often the API may be asked. Counted in memory a process: a limit on load, not on guessing (that is sign-in's)."""

from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle, UserRateThrottle


class UserThrottle(UserRateThrottle):
    cache = caches["throttle"]


class StrangerThrottle(AnonRateThrottle):
    cache = caches["throttle"]


class GuessThrottle(SimpleRateThrottle):
    """Of tokens that nobody has, by the address; as often as a stranger may ask for anything."""

    cache, scope = caches["throttle"], StrangerThrottle.scope

    def get_cache_key(self, request: Request, view: object) -> str:
        return f"throttle_guess_{self.get_ident(request)}"
