"""What the frame of every page shows: study, site, environment, where the user may go."""

from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

import protocol
from accounts.access import Access, access_for
from accounts.models import Site
from accounts.roles import Permission
from safety.reading import unread
from staff.due import due_on
from worklists.reading import LABELS, LISTS, worklists


class Destination(NamedTuple):
    label: str
    icon: str
    url: str
    is_current: bool


# (URL name, label, icon, permission that opens the page). Of two of one label a role has the first that it may open.
PAGES = (
    ("subject_list", "Subjects", "subject", Permission.VIEW_SUBJECTS),
    ("to_sign", "To sign", "signed", Permission.SIGN),
    ("work", "Worklist", "tasks", Permission.VIEW_SUBJECTS),
    ("cohort_list", "Cohorts", "cohort", Permission.VIEW_SUBJECTS),
    ("query_list", "Queries", "query", Permission.VIEW_SUBJECTS),
    ("sdv_list", "Verification", "verified", Permission.VERIFY_SOURCE),
    ("sdv_progress", "Verification", "verified", Permission.VIEW_SUBJECTS),
    ("check_list", "Checks", "check", Permission.VIEW_SUBJECTS),
    ("closure_list", "Locks", "locked", Permission.VIEW_SUBJECTS),
    ("range_list", "Laboratory", "flask", Permission.VIEW_SUBJECTS),
    ("serious_list", "Serious events", "warning", Permission.VIEW_SUBJECTS),
    ("endpoints", "Endpoints", "endpoints", Permission.VIEW_ENDPOINTS),
    ("trail", "Audit trail", "history", Permission.VIEW_TRAIL),
    ("access_log", "Access log", "door", Permission.VIEW_ACCESS_LOG),
    ("staff_list", "Staff", "badge", Permission.VIEW_STAFF),
    ("people", "People", "people", Permission.MANAGE_USERS),
    ("status", "Status", "pulse", Permission.VIEW_STATUS),
)


# Whoever may open more pages than a row of 1280 pixels holds finds these under one heading.
MOST_IN_A_ROW = 11
OVERSIGHT = {"Checks", "Locks", "Audit trail", "Access log", "Staff", "People", "Status"}


class Navigation(NamedTuple):
    """The pages of the row, and those under "Oversight"; none where all fit into the row."""

    row: list[Destination]
    oversight: list[Destination]

    @property
    def is_oversight_current(self) -> bool:
        return any(page.is_current for page in self.oversight)


class Shell:
    """Answers the frame's questions only when a template asks: a fragment without a frame costs no statement."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.environment = settings.ENVIRONMENT
        self.release = settings.RELEASE
        self.is_training = settings.ENVIRONMENT != "production"
        self.synthetic = settings.SYNTHETIC_DATA
        self.idle_s = int(settings.IDLE_LOGOUT.total_seconds())

    @property
    def draft_secret(self) -> str:
        """What a browser seals the drafts of this user with: whoever signs in there next cannot read them."""
        return salted_hmac("trialsite.drafts", str(self.request.user.pk), algorithm="sha256").hexdigest()

    @property
    def protocol(self) -> protocol.Protocol:
        return protocol.current()

    @cached_property
    def access(self) -> Access:
        # A request that is refused before anybody was looked for, such as for another host, has no user.
        return getattr(self.request, "access", None) or access_for(getattr(self.request, "user", AnonymousUser()))

    @property
    def is_not_live(self) -> bool:
        """Whether no site can take subjects yet, as whoever has a role is told."""
        return not self.access.is_trial_live

    @cached_property
    def destinations(self) -> list[Destination]:
        allowed: dict[str, tuple[str, str]] = {}
        for name, label, icon, right in PAGES:
            if self.access.can(right):
                allowed.setdefault(label, (icon, _url(name)))
        path = self.request.path
        return [Destination(label, icon, url, path.startswith(url)) for label, (icon, url) in allowed.items() if url]

    @property
    def navigation(self) -> Navigation:
        if len(self.destinations) <= MOST_IN_A_ROW:
            return Navigation(self.destinations, [])
        grouped = [page for page in self.destinations if page.label in OVERSIGHT]
        return Navigation([page for page in self.destinations if page.label not in OVERSIGHT], grouped)

    @cached_property
    def sites(self) -> list[Site]:
        """The sites whose subjects the user sees, by code; empty for those who see no subjects."""
        if not self.access.can(Permission.VIEW_SUBJECTS):
            return []
        return list(self.access.limit(Site.objects.order_by("code"), Permission.VIEW_SUBJECTS, site="pk"))

    @cached_property
    def site(self) -> Site | None:
        """The only site of the user, or the one that the page's address is filtered by."""
        if len(self.sites) == 1:
            return self.sites[0]
        chosen = self.request.GET.get("site", "")
        return next((site for site in self.sites if str(site.pk) == chosen), None)

    @cached_property
    def work(self) -> list[tuple[str, str, int]]:
        """(name, label, number of lines) of each worklist of the sites that the page shows."""
        counts = worklists(self.access, {"site": self.site}).counts()
        return [(name, LABELS[name], counts[name]) for name in LISTS]

    @property
    def work_tabs(self) -> list[dict[str, Any]]:
        site = {"site": self.site.pk} if self.site else {}
        return [
            {"label": label, "url": f"{reverse('work')}?{urlencode({'list': name} | site)}", "count": number}
            for name, label, number in self.work
        ]

    @cached_property
    def notices(self) -> int | None:
        """How many notices are new; None for those who get none."""
        return unread(self.access.user) if self.access.can(Permission.CONFIRM_SERIOUS) else None

    @cached_property
    def access_review_due(self) -> date | None:
        """Since when a review of access is due, for whoever has to make it; None where none is."""
        due = due_on() if self.access.can(Permission.MANAGE_USERS) else None
        return due if due and due <= timezone.localdate() else None

    @property
    def search_url(self) -> str:
        return _url("subject_list") if self.access.can(Permission.VIEW_SUBJECTS) else ""

    @property
    def roles(self) -> list[str]:
        return [role.label for role in sorted(self.access.roles)]


def _url(name: str) -> str:
    # A page that this installation does not have is left out of the frame, which must be drawn for errors too.
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
