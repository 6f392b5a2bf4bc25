"""What pages of cohorts and subjects show of randomisation."""

from typing import Any

from django import template
from django.template import Context

from accounts.roles import Permission
from protocol import current
from randomisation.reading import strata

register = template.Library()


@register.inclusion_tag("randomisation/state.html", takes_context=True)
def randomisation_state(context: Context) -> dict[str, Any]:
    """How many numbers the lists have left by stratum, for whoever approves enrolments; no statement elsewhere."""
    access = context["request"].access
    if current().randomisation is None or not access.can(Permission.APPROVE_ENROLMENT):
        return {"is_shown": False}
    return {"is_shown": True, "strata": strata()}
