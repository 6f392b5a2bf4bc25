"""What a form's pages and the casebook show of signatures and locks."""

from typing import Any

from django import template
from django.template import Context
from django.urls import reverse

from accounts.roles import Permission
from assessments.models import CaseForm, FormState
from signature.manifest import manifest
from signature.signing import WITH_FORM

register = template.Library()


@register.inclusion_tag("signature/manifest.html", takes_context=True)
def signatures_of(context: Context, case_form: CaseForm | None) -> dict[str, Any]:
    """Who signed the form, when and what for, newest first; the ways to sign it and to take it along. One statement
    where nobody has signed."""
    if case_form is None or case_form.pk is None:
        return {}
    access, site = context["request"].access, case_form.subject.site_id
    signed = manifest(WITH_FORM.filter(case_form=case_form))
    waits = (
        case_form.state == FormState.COMPLETE
        and not case_form.locked_at
        and not any(manifested.holds for manifested in signed)
    )
    may_sign, may_copy = access.can(Permission.SIGN, site), access.can(Permission.DOWNLOAD_DATA, site)
    return {
        "signed": signed,
        "sign_url": f"{reverse('to_sign')}?form={case_form.pk}" if may_sign and waits else "",
        "copy_url": reverse("form_copy", args=[case_form.pk]) if may_copy else "",
    }


@register.inclusion_tag("signature/doors.html", takes_context=True)
def seals(context: Context, scope: str, pk: int, site_id: int, to_sign: bool = True) -> dict[str, Any]:
    """The ways to sign, where something is `to_sign`, and to freeze or lock a subject's casebook or one visit.

    No statement.
    """
    access = context["request"].access
    may_sign = to_sign and access.can(Permission.SIGN, site_id)
    return {
        "scope": scope,
        "sign_url": f"{reverse('to_sign')}?{scope}={pk}" if may_sign else "",
        "shut_url": reverse(f"{scope}_closure", args=[pk]) if access.can(Permission.FREEZE, site_id) else "",
    }
