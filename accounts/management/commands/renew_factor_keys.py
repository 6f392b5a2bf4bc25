"""Encrypt the secrets of second factors with the first of FACTOR_KEYS, whichever of them made them."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand

from accounts.actor import SYSTEM, acting
from accounts.factor_secrets import decrypt, each_secret, encrypt


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(SYSTEM, reason="secrets of second factors encrypted with a new key", waits=False):
            kept = list(Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN))
            for factor in kept:
                factor.data = each_secret(factor.data, lambda secret: encrypt(decrypt(secret)))
                factor.save(update_fields=["data"])
        self.stdout.write(f"{len(kept)} secrets are encrypted with the first key; the others are needed no more.")
