"""What a form's pages and the casebook show of signatures and locks."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from accounts.roles import Permission
from assessments.models import CaseForm, FormState
from signature.signing import WITH_FORM, Standing, lapsed_at, standings

register = template.Library()


@register.inclusion_tag("signature/manifest.html", takes_context=True)
def signatures_of(context: Context, case_form: CaseForm | None) -> dict[str, Any]:
    """Who signed the form, when and what for, newest first; and the way to sign it. One statement where nobody has."""
    if case_form is None or case_form.pk is None:
        return {}
    found = standings(WITH_FORM.filter(case_form=case_form))
    signed = [(one, how, lapsed_at(one) if how == Standing.LAPSED else None) for one, how in found]
    holds = any(how == Standing.HOLDS for _, how in found)
    may = context["request"].access.can(Permission.SIGN, case_form.subject.site_id)
    waits = case_form.state == FormState.COMPLETE and not case_form.locked_at and not holds
    return {"signed": signed, "sign_url": f"{reverse('to_sign')}?form={case_form.pk}" if may and waits else ""}


@register.inclusion_tag("signature/doors.html", takes_context=True)
def seals(context: Context, scope: str, pk: int, site_id: int) -> dict[str, Any]:
    """The ways to sign, and to freeze or lock, a subject's casebook or one visit. No statement."""
    access = context["request"].access
    return {
        "scope": scope,
        "sign_url": f"{reverse('to_sign')}?{scope}={pk}" if access.can(Permission.SIGN, site_id) else "",
        "shut_url": reverse(f"{scope}_closure", args=[pk]) if access.can(Permission.FREEZE, site_id) else "",
    }
