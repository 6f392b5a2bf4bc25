"""Whether everything runs and is up to date, for whoever answers for it: no subject's data, whatever the role."""

from typing import NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.models import Whole
from audit.sealing import unsealed
from audit.wholes import last_of_each
from endpoints.reading import oldest_figures
from trialsite import health
from trialsite.health import OK
from trialsite.last_backup import LastBackup, last_backup


class StatusPart(NamedTuple):
    """One part of the installation and what /health/ tells of it: "ok", or what is the matter with it."""

    label: str
    says: str

    @property
    def works(self) -> bool:
        return self.says == OK


LABELS = {
    "database": "Database",
    "protocol": "Protocol file",
    "broker": "Broker of the worker's tasks",
    "worker": "Worker",
    "clock": "Clock, which asks the worker for what is due",
}


def parts() -> list[StatusPart]:
    return [StatusPart(LABELS[name], says) for name, says in health.last_answer.parts().items()]


def backup() -> LastBackup | None:
    """None where what was noted of it cannot be read."""
    last = last_backup()
    try:
        last.taken, last.archived_until, last.checked, last.is_checked  # noqa: B018
    except (OSError, ValueError):
        return None
    return last


@require_safe
def status(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.VIEW_STATUS)
    waiting, last = unsealed(), {verification.of: verification for verification in last_of_each()}
    context = {
        "parts": parts(),
        "waiting": waiting,
        "sealed_up_to": waiting.since or timezone.now(),
        "figures": oldest_figures(),
        "backup": backup(),
        "wholes": [(whole, last.get(whole)) for whole in Whole],
        "may_open_seal": request.access.can(Permission.VIEW_TRAIL),
    }
    return render(request, "status.html", context)
