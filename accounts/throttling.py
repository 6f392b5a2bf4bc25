"""How often the API may be asked. Counted in memory a process: a limit on load, not on guessing (that is sign-in's)."""

from django.core.cache import caches
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle


class UserThrottle(UserRateThrottle):
    cache = caches["throttle"]


class StrangerThrottle(AnonRateThrottle):
    cache = caches["throttle"]
