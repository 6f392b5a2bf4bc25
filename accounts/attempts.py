"""How often a password or a code may be tried, and how long one waits in between.

A stranger is counted by the name that was typed and the address that it came from: who guesses at a name pauses for
that name at that address, while its owner signs in elsewhere. Whoever is signed in already is counted by the session:
no stranger's guesses reach there, so nobody can keep an investigator from signing. Pauses grow slowly.

One address may be a whole hospital. Of names that never signed in from there it may try STRANGERS in STRANGERS_WITHIN
seconds; names that did are not held up by the others.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from allauth.core.internal.ratelimit import RateLimitUsage, cache_lock, consume, get_ip
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

# Failures without a pause; then FIRST_PAUSE, doubled with each failure up to LONGEST_PAUSE (seconds).
FREE, FIRST_PAUSE, LONGEST_PAUSE, FORGOTTEN_AFTER = 5, 15, 300, 3600
STRANGERS, STRANGERS_WITHIN = 300, 300
KNOWN_FOR = 90 * 24 * 3600


@dataclass(frozen=True)
class Attempts:
    """Those under one key. An attempt counts as failed until it has `succeeded`, so that many at once do not pass."""

    key: str

    def begin(self) -> float:
        """0 where it may be tried now; else for how many seconds not, and then nothing is counted."""
        with cache_lock(self.key) as locked:
            number, until = cache.get(self.key, (0, 0.0))
            wait: float = until - time.time()
            if wait > 0 or not locked:
                return max(wait, 1.0)
            cache.set(self.key, (number + 1, time.time() + pause_after(number + 1)), FORGOTTEN_AFTER)
        return 0

    def succeeded(self) -> None:
        cache.delete(self.key)


def pause_after(failures: int) -> float:
    """Seconds after that many failures in a row."""
    return 0 if failures < FREE else float(min(FIRST_PAUSE * 2 ** (failures - FREE), LONGEST_PAUSE))


def in_session(request: HttpRequest, kind: str) -> Attempts:
    """Of who is signed in, at that `kind` of thing ("password", "code"); a program's token has no session."""
    return Attempts(_key(f"attempts:{kind}", str(request.user.pk), request.session.session_key or "token"))


def _key(what: str, *of: str) -> str:
    """What was typed as a name may be a password, and a session's key is one: neither is kept as it is."""
    return f"{what}:{salted_hmac('accounts.attempts', json.dumps(of), algorithm='sha256').hexdigest()}"


class SignInAttempts:
    """One attempt at the door."""

    def __init__(self, request: HttpRequest, username: str) -> None:
        pair = username.strip().lower(), get_ip(request)
        self.request, self.attempts = request, Attempts(_key("attempts:sign-in", *pair))
        self.known = _key("signed-in-before", *pair)
        self.of_address: RateLimitUsage | None = None

    def may_be_tried(self) -> bool:
        return self._address_lets() and not self.attempts.begin()

    def succeeded(self) -> None:
        self.attempts.succeeded()
        cache.set(self.known, True, KNOWN_FOR)
        if self.of_address:
            self.of_address.rollback()

    def _address_lets(self) -> bool:
        if cache.get(self.known):
            return True
        limit: dict[str, Any] = {"strangers": f"{STRANGERS}/{STRANGERS_WITHIN}s/ip"}
        self.of_address = consume(self.request, app="accounts", action="strangers", config=limit)
        return self.of_address is not None
