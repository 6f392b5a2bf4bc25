"""How subjects, cohorts, enrolments and visits look in the API."""

from typing import Any

from rest_framework import serializers

from cohorts.following import judging
from cohorts.models import Cohort, Enrolment, EnrolmentStatus, Subject, Visit

SITE = {"source": "subject.site.code", "read_only": True, "help_text": "Code of the site."}


class EnrolmentOut(serializers.ModelSerializer):
    subject_label = serializers.CharField(source="subject.label", read_only=True)
    site = serializers.CharField(**SITE)
    cohort = serializers.CharField(
        source="cohort.code",
        allow_null=True,
        help_text="Code of the cohort; null before the subject is randomised.",
    )

    randomisation_number = serializers.CharField(
        source="subject.allocation.number",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="The number of the list that was given; null where nobody was randomised.",
    )

    class Meta:
        model = Enrolment
        fields = ("id", "subject", "subject_label", "site", "cohort", "status", "enrolled_on", "randomisation_number")
        read_only_fields = ("status", "enrolled_on")


class EnrolmentOfSubject(serializers.ModelSerializer):
    cohort = serializers.CharField(
        source="cohort.code",
        allow_null=True,
        help_text="Code of the cohort; null before the subject is randomised.",
    )

    class Meta:
        model = Enrolment
        fields = ("id", "cohort", "status", "enrolled_on")


class SubjectOut(serializers.ModelSerializer):
    site = serializers.CharField(source="site.code", help_text="Code of the site.")
    enrolment = EnrolmentOfSubject(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Subject
        fields = ("id", "label", "site", "number", "status", "first_dose_date", "enrolment")
        read_only_fields = ("label", "number", "status", "first_dose_date")


class NewSubject(serializers.Serializer):
    site = serializers.CharField(max_length=20, help_text="Code of the site.")


class VisitOut(serializers.ModelSerializer):
    subject_label = serializers.CharField(source="subject.label", read_only=True)
    site = serializers.CharField(**SITE)
    state = serializers.ChoiceField(
        ["planned", "due", "overdue", "done", "missed"], source="state_today", read_only=True
    )

    protocol_version = serializers.SerializerMethodField(
        help_text="The version of the protocol that it is planned under and, once it took place, was held under."
    )

    class Meta:
        model = Visit
        fields = (
            "id",
            "subject",
            "subject_label",
            "site",
            "code",
            "label",
            "kind",
            "cycle",
            "target_date",
            "window_from",
            "window_to",
            "visit_date",
            "state",
            "protocol_version",
        )

    def get_protocol_version(self, visit: Visit) -> str:
        return judging(visit.protocol_id).version


class UnscheduledVisit(serializers.Serializer):
    subject = serializers.IntegerField()
    on = serializers.DateField(help_text="Not in the future.")
    label = serializers.CharField(max_length=80, required=False, allow_blank=True)


class Day(serializers.Serializer):
    on = serializers.DateField(help_text="Not in the future.")


class FullDose(serializers.Serializer):
    """A study drug of a cohort: its full dose by the protocol, in the unit of the drug."""

    drug = serializers.CharField(help_text="Code of the drug.")
    label = serializers.CharField()
    dose = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    unit = serializers.CharField()


class CohortOut(serializers.Serializer):
    """A cohort of the protocol: `taken` counts everybody, the subjects are those that the user sees."""

    code = serializers.CharField(source="plan.code")
    label = serializers.CharField(source="plan.label")
    phase = serializers.CharField(source="plan.phase")
    dose_level = serializers.IntegerField(source="plan.dose_level", allow_null=True)
    doses = FullDose(many=True, help_text="The full dose of each drug that it gets.")
    schedule = serializers.CharField(source="plan.schedule", allow_null=True)
    planned = serializers.IntegerField(source="plan.planned", allow_null=True, help_text="Slots; null is no limit.")
    is_open = serializers.BooleanField(source="cohort.is_open")
    taken = serializers.IntegerField()
    requested = EnrolmentOut(many=True)
    enrolled = EnrolmentOut(many=True)


class CohortRow(serializers.ModelSerializer):
    class Meta:
        model = Cohort
        fields = ("code", "is_open")


class Verdict(serializers.Serializer):
    criterion = serializers.CharField(source="criterion.code")
    text = serializers.CharField(source="criterion.text")
    status = serializers.ChoiceField(["met", "not_met", "unknown"])
    reason = serializers.CharField(allow_blank=True)


STATUS = [(value, label) for value, label in EnrolmentStatus.choices]


def sentence_list(**options: Any) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), **options)
