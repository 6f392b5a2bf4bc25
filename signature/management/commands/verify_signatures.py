"""List every signature that does not hold; end with 1 where one does not verify."""

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signature.models import Signature
from signature.signing import SignatureStanding, not_holding
from values.counts import counted


class Command(BaseCommand):
    help = "Verify every electronic signature against what its form says now."

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[SignatureStanding] = Counter()
        for signature, how in not_holding():
            counts[how] += 1
            form = signature.case_form
            self.stdout.write(
                f"signature {signature.pk}, form {form.pk} ({form.code} of {form.subject}),"
                f" {signature.printed_name}, {signature.signed_at:%Y-%m-%d %H:%M} UTC: {how.words}"
            )
        every = Signature.objects.count()
        others = ", ".join(f"{counts[how]} {how}" for how in SignatureStanding if how != SignatureStanding.HOLDS)
        self.stdout.write(f"{counted(every, 'signature')}: {every - counts.total()} hold, {others}.")
        if any(not how.verifies for how in counts):
            raise CommandError("Signatures do not verify.")
