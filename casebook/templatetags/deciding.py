"""What the decision on a slot rests on."""

from typing import Any

from django import template

from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm
from casebook.enrolment import cohort_offers
from cohorts.models import Enrolment
from review.models import QueryState
from review.queries.reading import listed
from signature.manifest import manifest
from signature.signing import WITH_FORM

register = template.Library()


@register.inclusion_tag("casebook/decision_on.html")
def decision_on(enrolment: Enrolment) -> dict[str, Any]:
    """What the decision on a slot rests on: the verdict on each criterion of the cohort's phase, what is asked of the
    subject still, and which of its forms are signed as they stand. A constant number of statements."""
    subject, code = enrolment.subject, enrolment.cohort and enrolment.cohort.code
    offer = next(offer for offer in cohort_offers(subject) if offer.plan.code == code)
    live = subject.queries.filter(state__in=(QueryState.OPEN, QueryState.ANSWERED)).order_by("pk")
    signed = manifest(WITH_FORM.filter(case_form__subject=subject).order_by("pk"))
    holding = {manifested.signature.case_form_id: manifested for manifested in signed if manifested.holds}
    forms = CaseForm.objects.filter(subject=subject).select_related("visit").order_by("pk")
    return {
        "subject": subject,
        "place": enrolment.place,
        "verdicts": offer.verdicts,
        "against": offer.against,
        "is_recorded": offer.is_recorded,
        "queries": listed(live),
        "forms": [(form, CATALOGUE[form.code].title, holding.get(form.pk)) for form in forms],
    }
