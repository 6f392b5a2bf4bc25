"""What has to hold before a site goes live, as the records say it: of any number of sites in four statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from accounts.keeping import Training
from accounts.models import Membership, Site
from accounts.roles import ROLES, Permission, Role
from cohorts.go_live import trial_is_live
from cohorts.models import Approval
from laboratory.analytes import ANALYTES
from laboratory.coverage import uncovered
from laboratory.models import ReferenceRange
from protocol import Protocol, in_force
from values.dates import shown_date

# What has to be done at a site, by the right that it takes: somebody must be there who may.
NEEDED = {
    Permission.ENTER_DATA: "records data",
    Permission.SIGN: "signs",
    Permission.ENROL: "enrols subjects",
    Permission.VERIFY_SOURCE: "verifies against the source",
}


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """One line: whether it holds, and what is so or missing, in words. `where` is the page that mends it."""

    what: str
    holds: bool
    says: str
    where: str = ""


def checklists(sites: Sequence[Site], on: date) -> dict[int, list[ChecklistLine]]:
    """By site, what has to hold for it to go live on a day."""
    protocol, keys = in_force(), [site.pk for site in sites]
    trial = _trial(trial_is_live())
    approvals = {approval.site_id: approval for approval in _approvals(protocol).filter(site__in=keys)}
    ranges = _grouped(_valid(on).filter(site__in=keys))
    staff = _grouped(_staff().filter(site__in=keys))
    return {
        site.pk: [
            trial,
            _approval(site, protocol, approvals.get(site.pk), on),
            _ranges(site, protocol, ranges.get(site.pk, [])),
            _people(site, staff.get(site.pk, [])),
            _training(site, staff.get(site.pk, [])),
        ]
        for site in sites
    }


def checklist(site: Site, on: date) -> list[ChecklistLine]:
    return checklists([site], on)[site.pk]


def missing(lines: Iterable[ChecklistLine]) -> list[ChecklistLine]:
    return [line for line in lines if not line.holds]


def analytes_of(protocol: Protocol) -> list[str]:
    """What the protocol needs wherever it asks for a laboratory form, by LBTESTCD."""
    return list(dict.fromkeys(code for panel in protocol.laboratory for code in panel.analytes))


def _approvals(protocol: Protocol) -> QuerySet[Approval]:
    return Approval.objects.filter(version__sha256=protocol.sha256)


def _valid(on: date) -> QuerySet[ReferenceRange]:
    still = Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    return ReferenceRange.objects.filter(still, valid_from__lte=on).order_by()


def _staff() -> QuerySet[Membership]:
    """The roles that are held at sites by people who may sign in, each with whether a training is recorded."""
    trained = Exists(Training.objects.filter(user=OuterRef("user")))
    held = Membership.objects.filter(ended_at=None, user__is_active=True, site__isnull=False)
    return held.select_related("user").annotate(is_trained=trained).order_by("role", "user__username")


def _grouped(rows: Iterable[Any]) -> dict[int, list[Any]]:
    by_site: dict[int, list[Any]] = {}
    for row in rows:
        by_site.setdefault(row.site_id, []).append(row)
    return by_site


def _trial(is_live: bool) -> ChecklistLine:
    says = "The trial is live." if is_live else "The trial is not live: its acceptance run is not signed off."
    return ChecklistLine("Trial", is_live, says, reverse("go_live"))


def _approval(site: Site, protocol: Protocol, approval: Approval | None, on: date) -> ChecklistLine:
    where = reverse("site_approval", args=[site.pk])
    version = f"version {protocol.version} of the protocol"
    if approval is None:
        return ChecklistLine("Ethics committee", False, f"No approval of {version} is recorded.", where)
    says = f"Approved {version} on {shown_date(approval.approved_on)}, active from {shown_date(approval.active_from)}."
    return ChecklistLine("Ethics committee", approval.active_from <= on, says, where)


def _ranges(site: Site, protocol: Protocol, held: Iterable[ReferenceRange]) -> ChecklistLine:
    analytes, where = analytes_of(protocol), f"{reverse('range_list')}?site={site.code}"
    bare = uncovered([line.as_range() for line in held], analytes)
    if not analytes:
        return ChecklistLine("Reference ranges", True, "The protocol asks for no laboratory values.", where)
    if not bare:
        return ChecklistLine(
            "Reference ranges", True, f"All {len(analytes)} analytes of the protocol have limits.", where
        )
    names = ", ".join(f"{ANALYTES[code].label}{f' ({whom})' if whom else ''}" for code, whom in bare.items())
    return ChecklistLine(
        "Reference ranges", False, f"{len(bare)} of {len(analytes)} analytes have none: {names}.", where
    )


def _people(site: Site, staff: Sequence[Membership]) -> ChecklistLine:
    where = f"{reverse('staff_list')}?site={site.pk}"
    rights = {right for held in staff for right in ROLES[Role(held.role)].permissions}
    if lacking := [words for right, words in NEEDED.items() if right not in rights]:
        return ChecklistLine("People", False, f"Nobody is assigned who {', or who '.join(lacking)}.", where)
    return ChecklistLine("People", True, f"{'; '.join(_named(held) for held in staff)}.", where)


def _training(site: Site, staff: Sequence[Any]) -> ChecklistLine:
    where = f"{reverse('staff_list')}?site={site.pk}"
    untrained = [_named(held) for held in staff if not held.is_trained]
    if untrained:
        return ChecklistLine("Training", False, f"No training is recorded of {'; '.join(untrained)}.", where)
    if not staff:
        return ChecklistLine("Training", False, "Nobody has a role there yet.", where)
    return ChecklistLine("Training", True, "A training is recorded of everybody who has a role there.", where)


def _named(held: Membership) -> str:
    return f"{held.user.printed_name}, {Role(held.role).label}"
