"""Outcomes, estimates, the preview of an assessment and the protocol in the API. What is stored is shown."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.filters import CodeFilter, LiveChoiceFilter
from accounts.resource.base import Resource, Wanted
from accounts.roles import Permission
from accounts.serializers import Problem
from assessments.api.posted import posted
from assessments.catalogue import CATALOGUE
from assessments.entering.entry import Entry, typed
from assessments.models import CaseForm
from cohorts.api import SUBJECTS, key_in
from cohorts.models import Subject
from endpoints.arithmetic.populations import CATEGORIES
from endpoints.arithmetic.results import COUNTED_OF_A_TIME, RATES, TIMES
from endpoints.behind import behind, subjects
from endpoints.models import Estimate, Mark, Outcome
from endpoints.preview import response_of, typed_rows
from endpoints.reading import selection
from endpoints.serializers import (
    AssessmentOut,
    Assumed,
    EstimateOut,
    EstimateWithFigures,
    OutcomeOut,
    Setting,
    SubjectDerivation,
    Typed,
    described_plan,
)
from protocol import current
from protocol.schema import Protocol

PREVIEWED = ("record", "rows")
RATE_CODES = ", ".join(f"`{rate.code}`" for rate in RATES)
WHICH = f"""Which number's subjects: `all`; `confirmed.` or `unconfirmed.` with {RATE_CODES}, `none` or a
category ({", ".join(CATEGORIES)}); {", ".join(f"`{time.code}.`" for time in TIMES)} with
{", ".join(f"`{number}`" for number in COUNTED_OF_A_TIME)};
`sensitivity.`, the name of the analysis and `.orr`, `.cbr` or `.pfs`; of a randomised group `arm.`, its code, a dot and
one of the former; of its comparison with the reference `compared.`, its code, a dot and one of the times, or
{", ".join(f"`{rate.code}.all`" for rate in RATES)}."""


def population_codes() -> list[tuple[str, str]]:
    return [(population.code, population.label) for population in current().populations]


def analysis_set_codes() -> list[tuple[str, str]]:
    return [(analysis_set.code, analysis_set.label) for analysis_set in current().analysis_sets]


def is_number(name: str) -> bool:
    try:
        behind(name)
    except Http404:
        return False
    return True


class BehindFilter(Wanted):
    population = LiveChoiceFilter(
        choices=population_codes, label="Code of the population; the headline one if left out"
    )
    analysis_set = LiveChoiceFilter(choices=analysis_set_codes, label="Code of the analysis set; the first if left out")
    which = CodeFilter(known=is_number, what="number of the endpoints", label=WHICH)

    @staticmethod
    def found(access: Any, filters: Any) -> Any:
        return subjects(selection(filters["population"], filters["analysis_set"]), filters["which"] or "all")[1]


class OutcomeResource(Resource):
    """What is derived from each subject's records. The key is the subject's."""

    serializer_class = OutcomeOut
    queryset = Outcome.objects.all()
    filterset_class = BehindFilter

    def list(self, request: Request) -> Response:
        """The subjects behind a number of an estimate."""
        self.access.require(Permission.VIEW_ENDPOINTS)
        return self.shown(self.queryset)

    @extend_schema(responses=SubjectDerivation)
    def retrieve(self, request: Request, pk: int) -> Response:
        """One subject's derivation; also for the investigator at the subject's own site."""
        subject = self.access.load(Subject.objects.all(), Permission.VIEW_OWN_OUTCOMES, pk=pk)
        return Response(get_object_or_404(Outcome, pk=subject.pk).derivation)


class EstimateResource(Resource):
    """The endpoints of each population in each analysis set, as last estimated."""

    serializer_class = EstimateOut
    queryset = Estimate.objects.all()
    pagination_class = None
    filter_backends = []

    @extend_schema(responses=EstimateOut(many=True))
    def list(self, request: Request) -> Response:
        """Which estimates there are, how fresh each is, and how many changes it does not hold yet."""
        self.access.require(Permission.VIEW_ENDPOINTS)
        # Of each the newest version's stands last.
        stored = {(estimate.population, estimate.analysis_set): estimate for estimate in self._stored().reverse()}
        waiting, protocol = Mark.objects.count(), current()
        codes = [(group.code, kind.code) for group in protocol.populations for kind in protocol.analysis_sets]
        return Response([_freshness(*code, stored.get(code), waiting) for code in codes])

    @extend_schema(responses=EstimateWithFigures)
    def figures(self, request: Request, population: str, analysis_set: str) -> Response:
        self.access.require(Permission.VIEW_ENDPOINTS)
        codes = selection(population, analysis_set).codes
        stored = self._stored().filter(population=codes[0], analysis_set=codes[1]).defer(None).first()
        answer = _freshness(*codes, stored, Mark.objects.count())
        return Response(answer | {"figures": stored.figures if stored else None})

    def _stored(self) -> Any:
        newest = Estimate.objects.select_related("protocol").order_by("-protocol")
        return newest.defer("figures", "protocol__content")


def _freshness(population: str, analysis_set: str, stored: Estimate | None, waiting: int) -> dict[str, Any]:
    chosen = selection(population, analysis_set)
    return {
        "population": population,
        "population_label": chosen.population.label,
        "analysis_set": analysis_set,
        "analysis_set_label": chosen.analysis_set.label,
        "subjects": stored.subjects if stored else 0,
        "as_of": stored.as_of if stored else None,
        "waiting": waiting,
        "protocol_version": stored.protocol.version if stored else None,
        "protocol_sha256": stored.protocol.sha256 if stored else None,
    }


class PreviewResource(Resource):
    serializer_class = AssessmentOut
    queryset = Subject.objects.all()

    @extend_schema(request=Typed, responses={200: AssessmentOut, 400: Problem})
    @action(detail=True, methods=["post"], url_path="tumour-preview")
    def preview(self, request: Request, pk: int) -> Response:
        """The sums and the response that follow from a tumour assessment; nothing is saved."""
        subject = self.access.load(SUBJECTS, Permission.ENTER_DATA, pk=pk)
        form_type = CATALOGUE["tumour"]
        case_form = None
        if self.body.get("form") is not None:
            forms = CaseForm.objects.filter(subject=subject, code=form_type.code)
            case_form = get_object_or_404(forms, pk=key_in(self.body, "form"))
        sent = posted(form_type, self.beside("form"), PREVIEWED)
        data = typed(sent.record, sent.rows)
        entry = Entry(form_type, subject=subject, case_form=case_form, data=data)
        if not entry.is_valid():
            raise ValidationError(entry.errors)
        return Response(_told(response_of(subject, entry, typed_rows(entry))))


def _told(figures: dict[str, Any]) -> dict[str, Any]:
    result = figures["result"]
    if result is None:
        raise ValidationError({"": ["There is no complete assessment at baseline to compare with."]})
    names = ("target", "derived", "complete", "reason", "baseline_sum", "nadir", "sum", "change", "nadir_change")
    return {name: getattr(result, name) for name in names} | {
        "investigator": figures["investigator"],
        "differs": figures["differs"],
    }


class ProtocolResource(Resource):
    """The protocol file that is in force."""

    filter_backends: list[Any] = []
    pagination_class = None
    serializer_class = Setting
    queryset = Estimate.objects.none()

    @extend_schema(responses=Protocol)
    def show(self, request: Request) -> Response:
        """The whole protocol in force, with the SHA-256 of its file."""
        return Response(current().model_dump(mode="json"))

    @extend_schema(responses=Setting(many=True))
    @action(detail=False)
    def plan(self, request: Request) -> Response:
        """The settings of the analysis plan in words."""
        return Response(described_plan())

    @extend_schema(responses=Assumed(many=True))
    @action(detail=False)
    def assumptions(self, request: Request) -> Response:
        """Every value of the file that no source states, and why it was chosen."""
        return Response([assumption._asdict() for assumption in current().assumed()])
