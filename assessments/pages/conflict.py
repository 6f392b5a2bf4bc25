"""Who saved a form in the meantime."""

from typing import Any

from assessments.models import CaseForm
from audit.models import Event


def last_save(case_form: CaseForm | None) -> dict[str, Any]:
    """The name and the moment of the last change of a form's header."""
    if case_form is None:
        return {}
    events = Event.objects.filter(case_form_id=case_form.pk).order_by("-pk")
    last = events.first()
    return {"saved_by": last.actor_name, "saved_at": last.at} if last else {}
