"""The page where an investigator signs: what waits for a signature, what is still open about it, the signature."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.access import Access, SignedInRequest
from accounts.actor import Locked
from accounts.roles import Permission
from accounts.signing import SignatureForm
from assessments.catalogue import CATALOGUE
from assessments.models import CaseForm, FormState
from assessments.visits.unbegun import never_begun
from cohorts.asking import show_refusal
from cohorts.models import Subject, Visit
from cohorts.services import Refused
from components.emptiness import Emptiness
from components.filtering import wanted_of
from components.numbers import TypedWholeNumberField
from components.pages import posted, require_get_or_post
from review.services import LIVE
from signature.preflight import unsigned
from signature.signing import MEANING, sign_forms

# At most so many are signed in one act: one reads them first.
AT_ONCE = 200
CHANGED = "One of these was changed or signed since this page was shown. Look at the list again before you sign."


@dataclass(frozen=True)
class ToSign:
    """A form that waits for a signature, and what is open about it."""

    form: CaseForm

    @property
    def value(self) -> str:
        return f"{self.form.pk}-{self.form.version}"

    @property
    def title(self) -> str:
        return CATALOGUE[self.form.code].title

    @property
    def words(self) -> str:
        visit = f", {self.form.visit.label}" if self.form.visit else ""
        return f"{self.title} of {self.form.subject}{visit}"

    @property
    def queries(self) -> int:
        return int(getattr(self.form, "live_queries", 0))


class SignForm(SignatureForm):
    """Which forms, each at the version that was shown, and under them the signature."""

    form = forms.MultipleChoiceField(
        error_messages={"required": "Choose at least one form to sign.", "invalid_choice": CHANGED}
    )
    field_order = ("form", "username", "password", "code")

    def __init__(self, data: Any, request: SignedInRequest, waiting: list[ToSign]) -> None:
        super().__init__(data, request)
        fields: dict[str, Any] = self.fields
        fields["form"].choices = [(waiting_form.value, waiting_form.words) for waiting_form in waiting]
        self.order_fields(self.field_order)

    @property
    def seen(self) -> dict[int, int]:
        pairs = (value.split("-") for value in self.cleaned_data["form"])
        return {int(key): int(version) for key, version in pairs}


class PlaceFilter(forms.Form):
    """One form, visit or subject where the user signs, by its key; all of them where none is named."""

    form = TypedWholeNumberField(label="Key of a form", required=False, widget=forms.HiddenInput)
    visit = TypedWholeNumberField(label="Key of a visit", required=False, widget=forms.HiddenInput)
    subject = TypedWholeNumberField(label="Key of a subject", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, access: Access) -> None:
        super().__init__(data)
        self.access = access

    def clean_form(self) -> int | None:
        return self._known("form", CaseForm.objects.all(), "subject__site_id")

    def clean_visit(self) -> int | None:
        return self._known("visit", Visit.objects.all(), "subject__site_id")

    def clean_subject(self) -> int | None:
        return self._known("subject", Subject.objects.all(), "site_id")

    def _known(self, name: str, rows: QuerySet[Any], site: str) -> int | None:
        key: int | None = self.cleaned_data[name]
        if key is not None and not self.access.limit(rows, Permission.SIGN, site=site).filter(pk=key).exists():
            raise forms.ValidationError(f"There is no {name} of this key where you sign.")
        return key


def forms_to_sign(access: Access, **narrowed: int) -> QuerySet[CaseForm]:
    """What waits for a signature at the sites where the user signs."""
    return _unsigned(access, narrowed).filter(locked_at=None)


def _unsigned(access: Access, narrowed: dict[str, int]) -> QuerySet[CaseForm]:
    return unsigned(access.limit(CaseForm.objects.filter(**narrowed), Permission.SIGN, site="subject__site_id"))


def waiting_for(access: Access, of: dict[str, int]) -> tuple[QuerySet[CaseForm], QuerySet[CaseForm], int]:
    """(what waits for a signature, what is in progress still, how many nobody can sign because they are locked) at the
    sites where the user signs; `of` is the key of one form, visit or subject, where one is named."""
    narrowed = {"pk" if name == "form" else name: key for name, key in of.items()}
    forms = access.limit(CaseForm.objects.filter(**narrowed), Permission.SIGN, site="subject__site_id")
    complete = forms_to_sign(access, **narrowed).select_related("subject", "visit")
    counted = complete.annotate(live_queries=Count("queries", filter=Q(queries__state__in=LIVE)))
    drafts = forms.filter(state=FormState.DRAFT, locked_at=None, frozen_at=None)
    left_undone = _unsigned(access, narrowed).exclude(locked_at=None).count()
    return counted.order_by("subject__label", "visit__target_date", "pk"), drafts, left_undone


def never_begun_for(access: Access, of: dict[str, int]) -> int:
    """Forms of past visits that nobody has begun and somebody could, where the user signs; none of one form."""
    if "form" in of:
        return 0
    return never_begun(today=timezone.localdate(), sites=access.site_ids(Permission.SIGN), shut=False, **of)


@require_get_or_post
def to_sign(request: SignedInRequest) -> HttpResponse:
    request.access.require(Permission.SIGN)
    filters = wanted_of(PlaceFilter(request.GET, request.access), request.GET)
    of = {name: key for name, key in filters.items() if key is not None}
    listed, drafts, left_undone = waiting_for(request.access, of)
    waiting = [ToSign(form) for form in listed[:AT_ONCE]]
    form = SignForm(posted(request), request, waiting)
    if request.method == "POST" and form.is_valid() and _signed(request, form):
        return redirect("to_sign")
    chosen = set(request.POST.getlist("form")) if form.is_bound else set()
    narrowed = bool(of)
    context = {
        "form": form,
        "waiting": [
            (waiting_form, waiting_form.value in chosen or (narrowed and not form.is_bound)) for waiting_form in waiting
        ],
        "more": max(listed.count() - AT_ONCE, 0),
        "drafts": drafts.count(),
        "never_begun": never_begun_for(request.access, of),
        "with_queries": sum(1 for waiting_form in waiting if waiting_form.queries),
        "narrowed": narrowed,
        "empty": Emptiness(
            nothing_to_do=f"Every complete form{' here' if narrowed else ''} is signed as it is.",
            left_undone=left_undone,
            what=("complete form without a signature", "complete forms without a signature"),
            title="Nothing to sign",
        ),
        "meaning": MEANING,
    }
    return render(request, "signature/to_sign.html", context, status=422 if form.errors else 200)


def _signed(request: SignedInRequest, form: SignForm) -> bool:
    """Of several sites the right is that at each: the page offers no form of another."""
    try:
        made = sign_forms(seen=form.seen, signed_by=request.user, by=request.access.actor(permission=Permission.SIGN))
    except Refused as refusal:
        show_refusal(form, refusal)
    except Locked as locked:
        form.add_error(None, str(locked))
    else:
        messages.success(request, f"{len(made)} form{'s' if len(made) > 1 else ''} signed.")
    return not form.errors
