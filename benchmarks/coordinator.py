"""What a coordinator sends when saving a tumour assessment, for benchmarks that save many."""

from datetime import date
from typing import Any

from accounts.actor import Actor
from accounts.models import Membership
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import Lesion
from assessments.place import Place
from assessments.services import save_form
from cohorts.models import Subject


def coordinator_of(subject: Subject) -> Actor:
    membership = Membership.objects.select_related("user").get(site=subject.site, role="coordinator")
    return Actor(membership.user_id, membership.user.username, "coordinator", "screen")


def assessment(subject: Subject, on: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The record and the rows of a stable assessment: every lesion that was chosen at baseline, measured again."""
    lesions = Lesion.objects.filter(subject=subject, struck_out=False).exclude(kind="NEW").order_by("label")
    rows = [{"label": lesion.label} | _finding(lesion) for lesion in lesions]
    record = {
        "assessment_date": on.isoformat(),
        "non_target_response": "NON-CR/NON-PD" if any(row.get("state") for row in rows) else "NA",
        "new_lesions": "N",
        "overall_response": "SD",
    }
    return record, rows


def _finding(lesion: Lesion) -> dict[str, Any]:
    return {"diameters_mm": "31.5"} if lesion.kind == "TARGET" else {"state": "PRESENT"}


def type_assessment(subject: Subject, on: date, by: Actor) -> None:
    form_type = CATALOGUE["tumour"]
    entry = Entry(form_type, subject=subject, data=typed(*assessment(subject, on)), complete=True)
    if not entry.is_valid():
        raise ValueError(entry.errors)
    save_form(place=Place(subject, form_type), values=entry.values(), by=by, complete=True)
