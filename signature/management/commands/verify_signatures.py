"""Lists every signature that does not hold; ends with 1 where one was altered."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signature.models import Signature
from signature.signing import Standing, not_holding
from values.counts import counted

WHY = {
    Standing.LAPSED: "lapsed: the form was changed since",
    Standing.ALTERED: "ALTERED: it was not made by signing, or it or what it covers was changed outside a save",
}


class Command(BaseCommand):
    help = "Verify every electronic signature against what its form says now."

    def handle(self, *args: Any, **options: Any) -> None:
        altered = lapsed = 0
        for one, how in not_holding():
            altered, lapsed = altered + (how == Standing.ALTERED), lapsed + (how == Standing.LAPSED)
            self.stdout.write(
                f"signature {one.pk}, form {one.case_form_id} ({one.case_form.code} of {one.case_form.subject}),"
                f" {one.printed_name}, {one.signed_at:%Y-%m-%d %H:%M} UTC: {WHY[how]}"
            )
        every = Signature.objects.count()
        self.stdout.write(
            f"{counted(every, 'signature')}: {every - altered - lapsed} hold, {lapsed} lapsed, {altered} altered."
        )
        if altered:
            raise CommandError("Signatures were altered.")
