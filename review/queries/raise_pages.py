"""Raising the same query at many forms or data points, chosen from a list."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Access, SignedInRequest
from accounts.filters import CodeField
from accounts.roles import Permission
from assessments.catalogue import CATALOGUE
from assessments.items import items_of
from assessments.models import CaseForm, FormState
from assessments.reading.deidentified import masked, may_identify
from cohorts.forms import ANY, SiteChoice, sites_for
from components.emptiness import Emptiness
from components.filtering import wanted_of
from review.forms import AssigneeField, StepForm, form_choices_or_any, item_choices
from review.queries.assignees import Assignees
from review.queries.at_once import MOST, raise_at_once
from review.queries.known import is_visit
from review.queries.many_pages import keys_in, role_at
from review.services import NotAllowed, Question

PAGE_SIZE = 50


class FormsFilter(forms.Form):
    """Which forms are asked about, and at which item of theirs."""

    q = forms.CharField(label="Subject", required=False)
    site = SiteChoice(required=False, empty_label="Any")
    visit = CodeField(
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "SCR, C1D8 …"}),
        known=is_visit,
        what="visit of a subject that you see",
    )
    form = forms.ChoiceField(required=False, choices=form_choices_or_any)
    item = forms.ChoiceField(required=False)
    state = forms.ChoiceField(required=False, choices=ANY + FormState.choices)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["site"].queryset = sites_for(access, Permission.RAISE_QUERY)
        items = item_choices(data.get("form", ""), rows=False)
        fields["item"].choices = [("", "The form as a whole" if items else "Choose a form first"), *items]


class QuestionForm(StepForm):
    to = AssigneeField(label="Assigned to", required=False)

    def __init__(self, data: Any, site_ids: set[int]) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["text"].label = "Query text"
        fields["to"].offer(Assignees(site_ids))


def found_forms(access: Access, form: FormsFilter) -> QuerySet[CaseForm]:
    """The forms of a filter at the sites where the user may ask. Raises UnreadableFilter."""
    filters = wanted_of(form, form.data)
    lookups = {
        "subject__label__icontains": "q",
        "subject__site": "site",
        "visit__code__iexact": "visit",
        "code": "form",
        "state": "state",
    }
    forms = access.limit(CaseForm.objects.all(), Permission.RAISE_QUERY, site="subject__site_id")
    forms = forms.filter(**{lookup: filters[name] for lookup, name in lookups.items() if filters[name]})
    return forms.select_related("subject__site", "visit").order_by("subject__label", "pk")


@require_safe
def queries_raise(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.RAISE_QUERY)
    form = FormsFilter(request.GET, request.access)
    page = Paginator(found_forms(request.access, form), PAGE_SIZE).get_page(request.GET.get("page"))
    item = form.cleaned_data.get("item", "")
    context = {
        "filter": form,
        "page": page,
        "lines": _lines(list(page.object_list), item, request.access),
        "item": item,
        "label": dict(item_choices(form.cleaned_data.get("form", ""))).get(item, ""),
        "address": request.GET.urlencode(),
        "most": MOST,
        "empty": Emptiness(
            nothing_to_do="No form was saved at your sites yet: there is nothing to query.",
            what=("form", "forms"),
            is_filtered=any(form.cleaned_data[name] for name in ("q", "site", "visit", "form", "state")),
            searched=form.cleaned_data["q"],
            all_of_it=request.path,
            title="No forms",
            every=request.access.limit(CaseForm.objects.all(), Permission.RAISE_QUERY, site="subject__site_id"),
        ),
    }
    return render(request, "review/queries_raise.html", context)


def _lines(forms: list[CaseForm], item: str, access: Access) -> list[dict[str, Any]]:
    """Each form with its title and what its item says."""
    values = _values(forms, item) if item and forms else {}
    return [
        {
            "form": case_form,
            "title": CATALOGUE[case_form.code].title,
            "value": _shown(case_form, item, values.get(case_form.pk), access),
        }
        for case_form in forms
    ]


def _values(forms: list[CaseForm], item: str) -> dict[int, Any]:
    model = CATALOGUE[forms[0].code].record
    records = model._default_manager.filter(pk__in=[case_form.pk for case_form in forms]).only("pk", item)
    return {record.pk: record for record in records}


def _shown(form: CaseForm, item: str, record: Any, access: Access) -> str:
    if record is None:
        return ""
    if not may_identify(access, form.subject.site_id):
        return str(masked(type(record), item, getattr(record, item)) or "")
    display = getattr(record, f"get_{item}_display", None)
    value = display() if display else getattr(record, item)
    return "" if value is None else str(value)


@require_POST
def queries_raise_chosen(request: SignedInRequest) -> HttpResponse:
    """The chosen forms with their count and the question; asked of all of them, or of none."""
    request.access.require(Permission.RAISE_QUERY)
    chosen, item = _chosen(request)
    number = chosen.count()
    forms = list(chosen.select_related("subject__site", "visit").order_by("pk")) if number <= MOST else []
    open_to, locked = (
        [case_form for case_form in forms if not case_form.locked_at],
        [case_form for case_form in forms if case_form.locked_at],
    )
    doing = request.POST if "do" in request.POST else None
    form = QuestionForm(doing, {case_form.subject.site_id for case_form in open_to})
    problem = _problem(number, open_to)
    if doing is not None and not problem and form.is_valid() and _raised(request, form, open_to, item):
        return redirect("query_list")
    context = {
        "chosen": open_to,
        "locked": locked,
        "item": item,
        "label": dict(item_choices(open_to[0].code)).get(item, "") if open_to else "",
        "keys": ",".join(str(case_form.pk) for case_form in open_to),
        "form": form,
        "problem": problem,
        "back": reverse("queries_raise"),
    }
    return render(request, "review/queries_raise_chosen.html", context, status=422 if problem or form.errors else 200)


def _chosen(request: SignedInRequest) -> tuple[QuerySet[CaseForm], str]:
    """The forms, and the item where all of them have it."""
    if request.POST.get("all"):
        forms = found_forms(request.access, FormsFilter(QueryDict(request.POST.get("address", "")), request.access))
    else:
        chosen = CaseForm.objects.filter(pk__in=keys_in(",".join(request.POST.getlist("form"))))
        forms = request.access.limit(chosen, Permission.RAISE_QUERY, site="subject__site_id")
    item = request.POST.get("item", "")
    codes = set(forms.order_by().values_list("code", flat=True).distinct()) if item else set()
    has_item = len(codes) == 1 and item in {field.name for field, _ in items_of(CATALOGUE[codes.pop()].record)}
    return (forms if has_item or not item else forms.none()), item


def _problem(number: int, open_to: list[CaseForm]) -> str:
    if number > MOST:
        return f"These are {number:,} forms: at most {MOST:,} at once. Narrow the filter."
    if not number:
        return "Choose at least one form."
    return "" if open_to else "All of the chosen forms are locked."


def _raised(request: SignedInRequest, form: QuestionForm, forms: list[CaseForm], item: str) -> bool:
    """Asked, and told so; False where it was refused, with the reason at the form."""
    site_of = {case_form.pk: case_form.subject.site_id for case_form in forms}
    people, to, text = Assignees(set(site_of.values())), form.cleaned_data["to"], form.cleaned_data["text"]
    questions = []
    for case_form in forms:
        assignee = people.named(to, case_form.subject.site_id)
        if assignee is None:
            form.add_error("to", f"They have no part in the queries of site {case_form.subject.site.code}.")
            return False
        questions.append(Question(case_form.subject_id, case_form, item, text, assignee))
    by = partial(role_at, request.access, Permission.RAISE_QUERY)
    try:
        number = raise_at_once(questions=questions, site_of=lambda question: site_of[question.case_form.pk], by=by)  # type: ignore[union-attr]
    except NotAllowed as refusal:
        form.add_error(None, f"No query was raised. {refusal}")
        return False
    messages.success(request, f"{number} quer{pluralize(number, 'y,ies')} raised.")
    return True
