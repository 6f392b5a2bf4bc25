"""Saves that are sent again because their answer was lost: each counts once."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from assessments.models import CaseForm, SaveReceipt

# A browser that asks later is offered what it had typed beside what was saved: nothing is lost, one looks twice.
KEPT = timedelta(days=8)


def key_in(data: Mapping[str, str]) -> UUID | None:
    """The key that the browser gave to this save; none where no script sends it."""
    try:
        return UUID(data.get("save_key", ""))
    except ValueError:
        return None


def received(key: UUID | None, user: User) -> CaseForm | None:
    """The form, if this very save of this user is in the record already."""
    if key is None:
        return None
    receipt = SaveReceipt.objects.filter(key=key, user=user).select_related("case_form__subject__site").first()
    return receipt.case_form if receipt else None


def once(key: UUID | None, user: User, save: Callable[[], CaseForm]) -> CaseForm:
    """Save and note the key, both or neither. Of two with one key that run at once the second fails."""
    if key is None:
        return save()
    with transaction.atomic():
        saved = save()
        SaveReceipt.objects.create(key=key, user=user, case_form=saved)
    return saved


def forget() -> int:
    """Delete receipts that no browser can ask for any more."""
    return SaveReceipt.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
