"""The keys that the trail is sealed by."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def refuse_missing_seal_keys() -> None:
    """For the programs that seal and verify: without a key all that is sealed would look forged."""
    if not settings.TRAIL_SEAL_KEYS:
        raise ImproperlyConfigured("TRAIL_SEAL_KEYS is missing: the worker and the commands of the seal need it.")
