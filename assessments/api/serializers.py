"""How case forms look in the API. Made from the catalogue; they describe and render, `Entry` checks."""

from functools import cache
from typing import Any

from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.serializers import Problem
from assessments.api.fields import PartialDate, ReportedResult
from assessments.api.posted import MOST_VERSION
from assessments.catalogue import CATALOGUE, FormType
from assessments.codelists import AbsenceReason, LesionKind, LesionState, Location, Method
from assessments.entering.absences import PREFIX, lackable
from assessments.items import Item, PartialDateField, ResultField, items_of, planned_field
from assessments.models import CaseForm, FormState
from assessments.reading.forms import computed_names, computed_of_rows, item_names
from assessments.reading.held import note_versions
from cohorts.serializers import SITE, Verdict, sentence_list

COMPUTED = "Computed at each save."
MASKED = "Without the right view_identifying: the year of a date, “withheld” for a text."


class Described(serializers.ModelSerializer):
    """A record or row with what the catalogue knows of each item: those asked for by the version that
    judges, in its words and with its answers. The version is looked up each time that it is described."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {
        PartialDateField: PartialDate,
        ResultField: ReportedResult,
    }

    def get_field_names(self, declared_fields: Any, info: Any) -> list[str]:
        meta: Any = self.Meta  # type: ignore[attr-defined]
        return [*dict.fromkeys([*item_names(meta.model), *meta.computed, *declared_fields])]

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        planned = planned_field(self.Meta.model, field_name)  # type: ignore[attr-defined]
        return super().build_standard_field(field_name, planned or model_field)

    def get_extra_kwargs(self) -> dict[str, Any]:
        meta: Any = self.Meta  # type: ignore[attr-defined]
        items = {field.name: _options(item) for field, item in items_of(meta.model)}
        return items | {column: {"read_only": True, "help_text": COMPUTED} for column in meta.computed}

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        return fields | self.reasons()

    def reasons(self) -> dict[str, Any]:
        return {}


class DescribedRecord(Described):
    def reasons(self) -> dict[str, Any]:
        """Beside each needed item that may be without a value, the reason for it."""
        help_text = "Why there is none, where the item was not done or is not known; *complete* takes it as answered."
        return {
            f"{PREFIX}{name}": serializers.ChoiceField(
                AbsenceReason.choices, required=False, allow_blank=True, help_text=help_text
            )
            for name in lackable(self.Meta.model)  # type: ignore[attr-defined]
        }


def _options(item: Item) -> dict[str, Any]:
    if item.computed:
        return {"required": False, "read_only": True, "help_text": f"{COMPUTED} {describe(item)}"}
    return {"required": False, "help_text": describe(item)}


def describe(item: Item) -> str:
    sentences = [
        f"In {item.unit}." if item.unit else "",
        f"Usual: {item.expected[0]} to {item.expected[1]}." if item.expected else "",
        "Required to complete the form." if item.required else "",
        f"Required if {item.needed_if[0]} is {' or '.join(item.needed_if[1])}." if item.needed_if else "",
        f"Only if {item.only_if[0]} is {' or '.join(item.only_if[1])}." if item.only_if else "",
        MASKED if item.identifying else "",
        f"CDASH {item.cdash}, SDTM {item.sdtm}.",
    ]
    return " ".join(filter(None, sentences))


def _described(
    name: str, base: type[Described], model: type[models.Model], computed: list[str], more: dict[str, Any]
) -> Any:
    meta = type("Meta", (), {"model": model, "computed": computed})
    return type(name, (base,), {"Meta": meta, "__doc__": _words_of(model), **_terms(model, computed), **more})


def _words_of(model: type[models.Model]) -> str:
    """Its docstring; of one without, the framework's lists all columns, those of other trials among them."""
    written = model.__doc__ or ""
    return str(model._meta.verbose_name) if written.startswith(f"{model.__name__}(") else written


def _terms(model: type[models.Model], computed: list[str]) -> dict[str, Any]:
    """Computed terms of a code list: what is only read may be empty, which the framework does not say by itself."""
    listed = {name: model._meta.get_field(name).choices for name in computed}
    return {
        name: serializers.ChoiceField([*choices, ("", "–")], read_only=True, help_text=COMPUTED)
        for name, choices in listed.items()
        if choices
    }


class LesionRow(serializers.Serializer):
    """A lesion at one assessment. One that is known is named by its `label`; without, it is seen for the first time."""

    label = serializers.CharField(required=False, allow_blank=True, max_length=10, help_text="T01, NT01, NEW01 ...")
    kind = serializers.ChoiceField(LesionKind.choices, required=False, allow_blank=True)
    location = serializers.ChoiceField(Location.choices, required=False, allow_blank=True)
    location_detail = serializers.CharField(required=False, allow_blank=True, max_length=100, help_text=MASKED)
    method = serializers.ChoiceField(Method.choices, required=False, allow_blank=True)
    state = serializers.ChoiceField(
        LesionState.choices, required=False, allow_blank=True, help_text="Follows from a diameter where left out."
    )
    diameters_mm = serializers.ListField(
        child=serializers.DecimalField(max_digits=5, decimal_places=2, min_value=0, max_value=999),
        required=False,
        help_text="In mm; those of the fragments of a split lesion add up. Sent also as a text: `15 + 10`.",
    )
    examined_on = PartialDate(required=False, allow_blank=True)
    struck_out = serializers.BooleanField(required=False)


def name_of(form_type: FormType) -> str:
    return form_type.code.title().replace("_", "")


@cache
def record_serializer(form_type: FormType) -> Any:
    name, computed = f"{name_of(form_type)}Record", computed_names(form_type)
    return _described(name, DescribedRecord, form_type.record, computed, {})


@cache
def row_serializer(form_type: FormType) -> Any:
    if form_type.rows is None or form_type.has_lesions:
        return LesionRow if form_type.rows else None
    row = serializers.IntegerField(required=False, allow_null=True, min_value=1, help_text="Of a row that is there.")
    more = {"row": row, "struck_out": serializers.BooleanField(required=False)}
    return _described(f"{name_of(form_type)}Row", Described, form_type.rows, computed_of_rows(form_type.rows), more)


class FormHeaders(serializers.ListSerializer):
    """Several headers: the protocol versions of all of them are read together."""

    def to_representation(self, data: Any) -> Any:
        forms = list(data.all() if isinstance(data, models.Manager) else data)
        note_versions(forms)
        return super().to_representation(forms)


class FormHeader(serializers.ModelSerializer):
    """Whose form it is, at which visit, in what state and at which version."""

    title = serializers.SerializerMethodField()
    subject_label = serializers.CharField(source="subject.label", read_only=True)
    site = serializers.CharField(**SITE)
    visit_label = serializers.CharField(source="visit.label", read_only=True, allow_null=True, default=None)
    code = serializers.ChoiceField(list(CATALOGUE))
    state = serializers.ChoiceField(FormState.choices)
    protocol_version = serializers.SerializerMethodField(
        help_text="The version of the protocol that it stands under: of its visit; of an entry of a log, of its day."
    )

    class Meta:
        model = CaseForm
        list_serializer_class = FormHeaders
        fields = (
            "id",
            "code",
            "title",
            "subject",
            "subject_label",
            "site",
            "visit",
            "visit_label",
            "state",
            "version",
            "protocol_version",
            "not_done_reason",
            "first_completed_at",
            "frozen_at",
            "locked_at",
            "locked_by",
            "withdrawn_at",
            "withdrawn_by",
            "withdrawn_reason",
        )
        read_only_fields = fields

    def get_title(self, case_form: CaseForm) -> str:
        return CATALOGUE[case_form.code].title

    def get_protocol_version(self, case_form: CaseForm) -> str:
        if not hasattr(case_form, "protocol_version"):
            note_versions([case_form])
        return str(case_form.protocol_version)


class NotTaken(serializers.Serializer):
    """What was typed into a field of a draft on a page and could not be taken as its value. It is no value."""

    item = serializers.CharField(help_text="As a query names it: `weight_kg`, `rows[3]-dose_mg`.")
    text = serializers.CharField(help_text="As it was typed; “withheld” without the right view_identifying.")
    why = serializers.CharField(
        allow_blank=True, help_text="Empty where another field's text is the reason, and where it is withheld."
    )


@cache
def form_serializer(form_type: FormType) -> Any:
    """A filled form: its header, its record and its rows."""
    parts: dict[str, Any] = {"record": record_serializer(form_type)()}
    row = row_serializer(form_type)
    if row is not None:
        parts["rows"] = row(many=True)
    parts["not_taken"] = NotTaken(many=True, read_only=True)
    meta = type("Meta", (FormHeader.Meta,), {"fields": (*FormHeader.Meta.fields, *parts)})
    return type(f"{name_of(form_type)}Form", (FormHeader,), {"Meta": meta, "__doc__": form_type.title, **parts})


class Save(serializers.Serializer):
    complete = serializers.BooleanField(required=False, help_text="False saves a draft, which may leave anything open.")
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=500, help_text="Needed once the form was complete before."
    )


def _save(name: str, form_type: FormType, before: dict[str, Any]) -> Any:
    row = row_serializer(form_type)
    rows = {"rows": row(many=True, required=False, max_length=200)} if row is not None else {}
    return type(name, (Save,), before | {"record": record_serializer(form_type)(required=False)} | rows)


@cache
def new_serializer(form_type: FormType) -> Any:
    place = {
        "subject": serializers.IntegerField(min_value=1),
        "visit": serializers.IntegerField(min_value=1, required=False, allow_null=True),
    }
    return _save(f"New{name_of(form_type)}", form_type, place)


@cache
def change_serializer(form_type: FormType) -> Any:
    version = serializers.IntegerField(min_value=1, help_text="The version that was read before the change.")
    return _save(f"Change{name_of(form_type)}", form_type, {"version": version})


class Difference(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    theirs = serializers.CharField(allow_blank=True, help_text="What is stored now.")
    mine = serializers.CharField(allow_blank=True, help_text="What was sent.")


class Conflict(Problem):
    """409: the form was saved by someone else, or is there already. Nothing was saved."""

    id = serializers.IntegerField(required=False, help_text="The form that is there.")
    version = serializers.IntegerField(required=False, help_text="Its version now: send it to save over it.")
    saved_by = serializers.CharField(required=False, allow_blank=True)
    saved_at = serializers.DateTimeField(required=False, allow_null=True)
    differences = Difference(many=True, required=False)


class Why(serializers.Serializer):
    why = serializers.CharField(max_length=200)


class NotDone(Why):
    version = serializers.IntegerField(min_value=1, max_value=MOST_VERSION)


class Withdrawal(NotDone):
    """Why a form was entered in error, or counts after all."""


class NewNotDone(serializers.Serializer):
    subject = serializers.IntegerField(min_value=1)
    visit = serializers.IntegerField(min_value=1, required=False, allow_null=True)
    code = serializers.ChoiceField(list(CATALOGUE))
    why = serializers.CharField(max_length=200)


class NewEnrolment(serializers.Serializer):
    subject = serializers.IntegerField(min_value=1)
    cohort = serializers.CharField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Code of the cohort; null for the subject to be randomised.",
    )


class Offer(serializers.Serializer):
    cohort = serializers.CharField(
        source="plan.code", allow_null=True, help_text="Code of the cohort; null for the groups that are randomised."
    )
    phase = serializers.CharField(source="plan.phase")
    is_open = serializers.BooleanField()
    is_full = serializers.BooleanField()
    obstacle = serializers.CharField(allow_blank=True, help_text="Why no slot can be requested; empty where one can.")
    verdicts = Verdict(many=True)


class EligibilityOut(serializers.Serializer):
    """What stands between a subject and a slot: forms not complete yet, and each criterion's verdict by cohort."""

    obstacles = sentence_list()
    offers = Offer(many=True)


class LesionFinding(serializers.Serializer):
    form = serializers.IntegerField(source="case_form_id")
    date = serializers.CharField(allow_blank=True, help_text="Of the assessment; may be partial.")
    state = serializers.ChoiceField(LesionState.choices)
    diameters_mm = serializers.ListField(child=serializers.DecimalField(max_digits=6, decimal_places=2))
    examined_on = serializers.CharField(allow_blank=True)
    method = serializers.CharField(allow_blank=True)


class LesionOut(serializers.Serializer):
    """A lesion with every finding of it, by date."""

    id = serializers.IntegerField()
    subject = serializers.IntegerField(source="subject_id")
    subject_label = serializers.CharField(source="subject.label")
    label = serializers.CharField()
    kind = serializers.ChoiceField(LesionKind.choices)
    location = serializers.CharField(allow_blank=True)
    location_detail = serializers.CharField(allow_blank=True, help_text=MASKED)
    method = serializers.CharField(allow_blank=True)
    form = serializers.IntegerField(source="case_form_id", help_text="Where it was first seen.")
    struck_out = serializers.BooleanField()
    findings = LesionFinding(many=True)


class Term(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()


class CatalogueItem(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()
    type = serializers.ChoiceField(
        ["date", "partial date", "choice", "text", "whole number", "number", "result", "list of numbers"],
        help_text="A result is a number, or the limit of the method behind < or >: “<0.1”.",
    )
    unit = serializers.CharField(allow_blank=True)
    codelist = Term(many=True)
    low = serializers.CharField(allow_null=True, help_text="Below it cannot be.")
    high = serializers.CharField(allow_null=True)
    decimals = serializers.IntegerField(allow_null=True)
    expected = extend_schema_field({"type": "array", "items": {"type": "string"}})(serializers.ListField)()
    required = serializers.BooleanField()
    critical = serializers.BooleanField()
    identifying = serializers.BooleanField(help_text="Withheld without the right view_identifying.")
    needed_if = serializers.CharField(allow_null=True)
    only_if = serializers.CharField(allow_null=True)
    only_values = sentence_list()
    cdash = serializers.CharField(allow_blank=True)
    sdtm = serializers.CharField(allow_blank=True)


class CatalogueForm(serializers.Serializer):
    """A case form: its items, those of its rows, and the forms that must be complete before it."""

    code = serializers.CharField()
    title = serializers.CharField()
    once_a_subject = serializers.BooleanField()
    needs = sentence_list()
    items = CatalogueItem(many=True)
    rows = CatalogueItem(many=True)
