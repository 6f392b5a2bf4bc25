"""The protocol in words, for whoever is signed in: it tells of no subject."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest
from accounts.roles import Permission
from audit.files import PDF, file_response
from cohorts.following import read, with_force
from outline.contents import outline
from outline.document import document
from protocol import Protocol, in_force


@dataclass(frozen=True, slots=True)
class VersionStanding:
    """A version of the protocol, and how it stands: in force or superseded since a moment, or only proposed."""

    protocol: Protocol
    since: datetime | None
    is_in_force: bool

    @property
    def in_words(self) -> str:
        if self.is_in_force:
            return "in force"
        return "superseded" if self.since else "proposed: not in effect yet"


def standing(pk: int | None) -> VersionStanding:
    """Of that version, or of the one in force. Http404 where there is none of that number."""
    now = in_force()
    if pk is None:
        version = with_force().filter(sha256=now.sha256).first()
        return VersionStanding(now, version.since if version else None, True)
    version = get_object_or_404(with_force(), pk=pk)
    return VersionStanding(read(pk), version.since, version.sha256 == now.sha256)


@require_safe
def protocol(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    version = standing(pk)
    context = {
        "standing": version,
        "pk": pk,
        "parts": outline(version.protocol),
        "versions": with_force().order_by("-read_at", "-pk"),
        "may_see_approvals": request.access.can(Permission.VIEW_SUBJECTS),
    }
    return render(request, "outline/protocol.html", context)


@require_safe
def protocol_file(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    version = standing(pk)
    plan = version.protocol
    pdf = document(plan, version.in_words, printed_at=timezone.now(), synthetic=settings.SYNTHETIC_DATA)
    name = f"{plan.code}-protocol-{plan.version}.pdf"
    return file_response(request, f"outline of version {plan.version} of the protocol as PDF", pdf, name, PDF)
